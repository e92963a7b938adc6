from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autograder.classroom.verdict import (
    SCHEMA,
    Basis,
    ExerciseResult,
    Repair,
    Resources,
    State,
    Status,
    TestResult,
    Verdict,
    lateness,
)
from autograder.kit.words import WORDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "verdict.md"
DUE = datetime(2026, 10, 12, 23, 59, tzinfo=UTC)
BASIS = Basis("cells", "lesson", "tests", "judge", "20 s", "cpu", "torch 2.13.0", "1")
TESTS = (
    TestResult("dice-check", 1.0, 1.0, State.RIGHT),
    TestResult("dice-hidden", 0.0, 2.0, State.WRONG, "expected 3, got 2", "off_by_one", ("cpu", "cuda:0")),
)
EXERCISE = ExerciseResult("dice", "1.2 · Dice", 1.0, 3.0, State.PARTLY, ("expected 3, got 2",), TESTS)
VERDICT = Verdict(
    student="s001",
    lesson="01_tensors",
    status=Status.OUT_OF_MEMORY,
    cause="cell `dice` asked for 80 GB",
    points=1.0,
    max_points=3.0,
    exercises=(EXERCISE,),
    scores=(("dice-check", 1.0), ("dice-hidden", None)),
    unanswered=("double",),
    repairs=(Repair("duplicated_cell", "A copy of a cell was left out.", "dice"),),
    submitted=DUE,
    late=timedelta(hours=1),
    executed=True,
    engine="judge",
    handed_in="0" * 64,
    basis=BASIS,
    resources=Resources(4.5, 4.0, None),
    key=BASIS.key,
)


def facts() -> dict[str, Any]:
    """VERDICT as JSON has it, to be damaged."""
    found: dict[str, Any] = json.loads(VERDICT.dumps())
    return copy.deepcopy(found)


def test_a_verdict_survives_json_unchanged() -> None:
    assert Verdict.from_json(facts()) == VERDICT


def test_the_same_verdict_is_the_same_text() -> None:
    assert Verdict.from_json(facts()).dumps() == VERDICT.dumps()


@pytest.mark.parametrize("text", ["a\x00b\x1b[2J", "half a pair \ud83d", "</script>", "\u202eevil", "\u2028"])
def test_what_a_student_wrote_survives_any_file(tmp_path: Path, text: str) -> None:
    verdict = replace(VERDICT, cause=text)
    (tmp_path / "a.json").write_text(verdict.dumps(), encoding="utf-8")
    assert Verdict.from_json(json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))) == verdict


DAMAGE: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("points: expected float", lambda v: v.update(points="7")),
    ("points: expected float", lambda v: v.update(points=True)),
    ("points: expected float", lambda v: v.update(points=float("nan"))),
    ("points: expected float", lambda v: v.update(points=float("inf"))),
    ("points: None does not go with", lambda v: v.update(points=None)),
    ("points: 1.0 does not go with", lambda v: v.update(status="internal")),
    ("max_points: expected float", lambda v: v.update(max_points=None)),
    ("status: expected Status", lambda v: v.update(status="great")),
    ("status: expected Status", lambda v: v.update(status=1)),
    ("student: expected str", lambda v: v.update(student=7)),
    ("executed: expected bool", lambda v: v.update(executed=1)),
    ("submitted: expected datetime", lambda v: v.update(submitted="yesterday")),
    ("submitted: expected datetime", lambda v: v.update(submitted="2026-10-12T23:59:00")),
    ("late: expected timedelta", lambda v: v.update(late=1e300)),
    ("unanswered: expected a list", lambda v: v.update(unanswered="double")),
    ("unanswered[0]: expected str", lambda v: v.update(unanswered=[None])),
    ("scores[0][1]: expected float", lambda v: v["scores"].update({"dice-check": "1"})),
    ("not a verdict", lambda v: v.update(scores=[])),
    ("exercises[0].state: expected State", lambda v: v["exercises"][0].update(state="fine")),
    ("exercises[0].tests[1].devices[0]", lambda v: v["exercises"][0]["tests"][1].update(devices=[0])),
    ("exercises[0].tests[0]: missing ['points']", lambda v: v["exercises"][0]["tests"][0].pop("points")),
    ("repairs[0]: expected an object", lambda v: v.update(repairs=["x"])),
    ("resources: missing ['memory_mb'], unknown ['mb']", lambda v: v.update(resources={**RENAMED})),
    ("missing [], unknown ['bonus']", lambda v: v.update(bonus=3)),
    ("missing ['repairs'], unknown []", lambda v: v.pop("repairs")),
    ("schema 1; this is schema 3", lambda v: v.update(schema=1)),
    ("schema None", lambda v: v.pop("schema")),
    ("schema True", lambda v: v.update(schema=True)),
    ("key: not the basis's", lambda v: v["basis"].update(seed="2")),
    ("key: not the basis's", lambda v: v.update(basis=None)),
]
RENAMED = {"wall_seconds": 1, "cpu_seconds": 1, "mb": 1}


@pytest.mark.parametrize(("words", "damage"), DAMAGE, ids=[f"{at} {words}" for at, (words, _) in enumerate(DAMAGE)])
def test_what_is_not_as_it_was_written_is_refused(words: str, damage: Callable[[dict[str, Any]], object]) -> None:
    damaged = facts()
    damage(damaged)
    with pytest.raises(ValueError, match=re.escape(words)):
        Verdict.from_json(damaged)


@pytest.mark.parametrize("other", [None, [], "x", 7, {}, {"student": "s001"}])
def test_what_is_no_verdict_is_refused(other: object) -> None:
    with pytest.raises(ValueError, match="verdict"):
        Verdict.from_json(other)


def test_no_number_that_json_lacks_is_written() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        replace(VERDICT, points=float("nan")).dumps()


@pytest.mark.parametrize("field", [each.name for each in fields(Basis)])
def test_another_basis_has_another_key(field: str) -> None:
    assert replace(BASIS, **{field: "other"}).key != BASIS.key


# --- docs/verdict.md --------------------------------------------------------------------------------------------------


def example() -> dict[str, Any]:
    found = re.search(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_the_example_in_the_documentation_is_a_verdict() -> None:
    assert Verdict.from_json(example()).to_json()["schema"] == SCHEMA


def test_the_mistakes_in_the_example_are_known() -> None:
    named = {test.mistake for each in Verdict.from_json(example()).exercises for test in each.tests} - {""}
    assert named
    assert named <= WORDS.keys()


@pytest.mark.parametrize("kind", [Verdict, ExerciseResult, TestResult, Repair, Basis, Resources])
def test_the_documentation_names_each_field_once_and_no_other(kind: type) -> None:
    table = re.search(rf"^## `{kind.__name__}`$(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.M)
    assert table
    assert re.findall(r"^\| `(\w+)` \|", table[1], re.M) == [each.name for each in fields(kind)]


@pytest.mark.parametrize("name", [*Status, *State])
def test_the_documentation_has_a_word_for_each_status_and_state(name: str) -> None:
    assert f"| `{name}` |" in PAGE.read_text(encoding="utf-8")


# --- lateness ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("submitted", "late"),
    [
        (None, None),
        (DUE, None),
        (DUE - timedelta(seconds=1), None),
        (DUE + timedelta(seconds=1), timedelta(seconds=1)),
        (datetime.fromisoformat("2026-10-13T01:59:30+02:00"), timedelta(seconds=30)),
    ],
)
def test_only_what_comes_after_the_due_date_is_late(submitted: datetime | None, late: timedelta | None) -> None:
    assert lateness(submitted, DUE) == late


def test_without_a_due_date_nothing_is_late() -> None:
    assert lateness(DUE, None) is None
