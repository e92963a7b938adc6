"""Each attack of the corpus against the judge: what it must not get, and what it must not do to anybody else."""

from __future__ import annotations

import ast
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from attacks import ATTACKS, Attack
from target import LESSON, POINTS, Target, around, said_by

from autograder.classroom.intake import HandIn
from autograder.classroom.verdict import Status
from autograder.course import Limits
from autograder.engines import Graded
from autograder.judge.engine import JudgeEngine
from notebooks import write

LIMITS = Limits(cell_seconds=3, submission_seconds=20, jobs=2)
GRACE = 10
"""Seconds for what is not the submission's own time, on a busy machine."""
LARGEST = 10 << 20
"""Bytes of an executed notebook: outputs are cut long before."""


@dataclass(frozen=True)
class Bench:
    """One judge for all attacks: what one of them does to it, the next one meets."""

    target: Target
    engine: JudgeEngine
    children: int

    def grade(self, content: bytes, student: str = "s001") -> Graded:
        path = self.target.root / "in" / student / f"{LESSON.name}.ipynb"
        return self.engine.grade(HandIn(student, LESSON.name, path, content), self.target.released)

    def right(self) -> Graded:
        return self.grade(json.dumps(self.target.right()).encode(), "s002")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with around(Target(tmp_path_factory.mktemp("attacks"))) as target:
        engine = JudgeEngine(LIMITS, [target.released], sandbox="on", device="cpu")
        try:
            yield Bench(target, engine, running(engine, target))
        finally:
            engine.close()


def running(engine: JudgeEngine, target: Target) -> int:
    """How many processes there are once the engine has started, and has graded something."""
    content = json.dumps(target.right()).encode()
    engine.grade(HandIn("s002", LESSON.name, target.root / "x.ipynb", content), target.released)
    return len(psutil.Process().children(recursive=True))


def rows() -> list[object]:
    return [
        pytest.param(each, id=each.name.replace(" ", "-"), marks=[pytest.mark.slow] if each.slow else [])
        for each in ATTACKS
    ]


@pytest.mark.parametrize("attack", rows())
def test_an_attack_gets_nothing_and_stops_nobody(bench: Bench, attack: Attack) -> None:
    bench.target.mend()
    for name, text in attack.files.items():
        write(bench.target.root / "in" / "s001" / name, bench.target.fill(text).encode())
    content, start = attack.content(bench.target), time.monotonic()
    with ThreadPoolExecutor(1) as beside:
        other = beside.submit(bench.right)
        graded = bench.grade(content)
        seconds = time.monotonic() - start
        assert other.result().verdict.points == POINTS, f"beside it: {other.result().verdict}"
    verdict = graded.verdict
    assert verdict.points == 0, verdict
    assert verdict.status is not Status.INTERNAL, verdict.cause
    assert bench.target.damage(said_by(verdict.dumps(), graded.notebook)) == []
    assert seconds < LIMITS.submission_seconds + GRACE
    assert len(graded.notebook or b"") + len(verdict.dumps()) < LARGEST
    assert bench.right().verdict.points == POINTS, "after it"


def test_honest_work_gets_what_it_deserves_and_says_no_secret(bench: Bench) -> None:
    bench.target.mend()
    wrong, right = bench.grade(json.dumps(bench.target.hand_in()).encode()), bench.right()
    assert (wrong.verdict.points, right.verdict.points) == (0, POINTS)
    for graded in (wrong, right):
        assert bench.target.damage(said_by(graded.verdict.dumps(), graded.notebook)) == []


def test_a_thief_is_caught_by_these_tests(bench: Bench) -> None:
    """What the assertions above look for is found where it is."""
    target = bench.target
    target.mend()
    try:
        gradebook = Path(target.places["GRADEBOOK"])
        said = f"{gradebook.read_text()} heron-5581 BREACH tcp root:x:0"
        gradebook.write_text("mine")
        target.drops[0].write_text("mine")
        target.called.append("UDP")
        found = "; ".join(target.damage(said))
        for each in ("heron-5581", "a file or a setting", "got tcp", "users", "changed", "wrote outside", "called UDP"):
            assert each in found
    finally:
        target.mend()


@pytest.mark.slow
def test_all_at_once_they_leave_no_process_and_change_no_score(bench: Bench) -> None:
    quick = [each for each in ATTACKS if not each.slow and not each.files][::4]
    bench.target.mend()
    with ThreadPoolExecutor(LIMITS.jobs) as pool:
        jobs = [(pool.submit(bench.grade, each.content(bench.target)), pool.submit(bench.right)) for each in quick]
        assert [attack.result().verdict.points for attack, _ in jobs] == [0] * len(quick)
        assert [right.result().verdict.points for _, right in jobs] == [POINTS] * len(quick)
    assert bench.target.orphans() == []
    deadline = time.monotonic() + GRACE
    while len(psutil.Process().children(recursive=True)) > bench.children and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(psutil.Process().children(recursive=True)) <= bench.children


def test_the_corpus_has_every_line_and_its_code_is_python(tmp_path: Path) -> None:
    assert {each.line for each in ATTACKS} == {*range(1, 18), *range(19, 23)}
    assert len({each.name for each in ATTACKS}) == len(ATTACKS)
    with around(Target(tmp_path)) as target:
        for attack in ATTACKS:
            notebook = json.loads(attack.content(target)) if not attack.raw else {"cells": []}
            sources = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
            for source in [*sources, *map(target.fill, attack.files.values())]:
                ast.parse(source, attack.name)
