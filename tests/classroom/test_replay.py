"""`course replay`: the same bytes, the same engine, and whether the same comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_engine import FakeEngine, empty_gradebook, run
from typer.testing import CliRunner

from autograder import engines
from autograder.classroom.replay import differences, replay
from autograder.classroom.verdict import ExerciseResult, Repair, State, Status, TestResult, Verdict
from autograder.cli import app
from autograder.course import load
from autograder.errors import UsageError
from notebooks import LESSON, hand_in, write

TESTS = (TestResult("dice-check", 1.0, 1.0, State.RIGHT), TestResult("dice-hidden", 1.0, 2.0, State.PARTLY, "no"))
EXERCISE = ExerciseResult("dice", "Dice", 2.0, 3.0, State.PARTLY, ("no",), TESTS)
VERDICT = Verdict("s001", LESSON, Status.GRADED, "", 2.0, 3.0, (EXERCISE,), (("dice-check", 1.0),))


@pytest.fixture
def root(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The course, with one hand-in graded, by an engine that stays in place."""
    monkeypatch.setattr(engines, "make_engine", None)
    write(root / "graded" / "gradebook.db", empty_gradebook())
    monkeypatch.setattr("autograder.course.find_root", lambda: root)
    run(root, hand_in(root / "in", {"s001": b'{"points": 3}'}), FakeEngine(root / "log"))
    return root


def verdict(root: Path) -> Path:
    return root / "graded" / "verdicts" / LESSON / "s001.json"


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_the_same_bytes_give_the_same_result_and_nothing_is_written(root: Path) -> None:
    before = {path: path.read_bytes() for path in (root / "graded").rglob("*") if path.is_file()}
    done = replay(load(root), verdict(root))
    assert (done.exit_status, done.differences, done.basis) == (0, (), ())
    assert done.to_json()["same"] is True
    assert {path: path.read_bytes() for path in (root / "graded").rglob("*") if path.is_file()} == before


def test_what_was_handed_in_since_does_not_matter(root: Path) -> None:
    hand_in(root / "in", {"s001": b'{"points": 1}'})
    assert replay(load(root), verdict(root)).now.points == 3


def test_points_that_differ_are_told(root: Path) -> None:
    edit(verdict(root), points=7.0)
    done = replay(load(root), verdict(root))
    assert done.exit_status == 1
    assert [(each.where, each.then, each.now) for each in done.differences] == [("points", 7.0, 3.0)]
    assert json.loads(json.dumps(done.to_json()))["same"] is False


def test_a_lesson_that_changed_since_is_told_and_graded_all_the_same(root: Path) -> None:
    solution = root / "solutions" / LESSON / f"{LESSON}.ipynb"
    solution.write_text(solution.read_text().replace("-666", "-668"))
    done = replay(load(root), verdict(root))
    assert done.exit_status == 2
    assert [each.where for each in done.basis] == ["tests"]
    assert (done.differences, done.now.points) == ((), 3)
    assert done.to_json()["same"] is None


def gone(root: Path) -> None:
    verdict(root).unlink()


def no_verdict(root: Path) -> None:
    verdict(root).write_text('{"points": "7"}')


def bytes_gone(root: Path) -> None:
    next((root / "graded" / "handed_in").iterdir()).unlink()


def bytes_changed(root: Path) -> None:
    next((root / "graded" / "handed_in").iterdir()).write_bytes(b'{"points": 7}')


def leads_elsewhere(root: Path) -> None:
    edit(verdict(root), handed_in="../../in/s001/01_tensors")


def nothing_read(root: Path) -> None:
    edit(verdict(root), handed_in="")


def lesson_gone(root: Path) -> None:
    edit(verdict(root), lesson="77_else")


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (gone, "cannot be read: No such file"),
        (no_verdict, "is no verdict"),
        (bytes_gone, "is gone"),
        (bytes_changed, "has been changed since"),
        (leads_elsewhere, "is gone"),
        (nothing_read, "nothing to replay"),
        (lesson_gone, "no lesson '77_else'"),
    ],
)
def test_what_cannot_be_replayed_is_one_line(root: Path, happens: Callable[[Path], None], words: str) -> None:
    happens(root)
    with pytest.raises(UsageError, match=words):
        replay(load(root), verdict(root))


@pytest.mark.parametrize(
    ("now", "where"),
    [
        (VERDICT, []),
        (replace(VERDICT, late=None, resources=None, key="", engine="x"), []),
        (replace(VERDICT, status=Status.CRASHED), ["status"]),
        (replace(VERDICT, repairs=(Repair("a", "b"),)), ["repairs"]),
        (replace(VERDICT, scores=(("dice-check", 0.0),)), ["scores"]),
        (replace(VERDICT, exercises=()), ["dice"]),
        (replace(VERDICT, exercises=(replace(EXERCISE, points=1.0),)), ["dice: points"]),
        (replace(VERDICT, exercises=(replace(EXERCISE, tests=TESTS[:1]),)), ["dice, dice-hidden"]),
        (
            replace(VERDICT, exercises=(replace(EXERCISE, tests=(TESTS[0], replace(TESTS[1], mistake="swapped"))),)),
            ["dice, dice-hidden: mistake"],
        ),
    ],
)
def test_each_difference_has_its_place(now: Verdict, where: list[str]) -> None:
    assert [each.where for each in differences(VERDICT, now)] == where


def test_where_an_object_lay_in_memory_is_no_difference() -> None:
    first, second = (replace(VERDICT, cause=f"got <f at {at}>") for at in ("0x7f00aa11", "0x7fbb2200"))
    assert list(differences(first, second)) == []


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({}, 0, "s001, 01_tensors: 3 of 7; the same result"),
        ({"points": 7.0}, 1, "1 difference"),
        ({"cause": "\x1b[2J[red]x[/red]"}, 1, "[red]x[/red]"),
    ],
)
def test_the_command_tells_it_and_ends_accordingly(
    root: Path, change: dict[str, object], status: int, words: str
) -> None:
    edit(verdict(root), **change)
    done = CliRunner().invoke(app, ["replay", str(verdict(root))])
    assert done.exit_code == status, done.output
    assert words in done.output
    assert "\x1b" not in done.output


def test_json_on_standard_output_stands_there_alone(root: Path) -> None:
    done = CliRunner().invoke(app, ["replay", str(verdict(root)), "--json", "-"])
    facts = json.loads(done.stdout)
    assert facts["same"] is True
    assert Verdict.from_json(facts["then"]).points == 3
