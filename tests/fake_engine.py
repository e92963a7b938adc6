"""An engine that grades in a blink, and does what the hand-in tells it to: for tests of what is around engines.

A hand-in is JSON: {"points": 3} earns 3 points; with {"do": "raise"} and so on the engine fails as `DEEDS` has it.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path

from autograder import engines
from autograder.classroom import grading
from autograder.classroom.intake import HandIn
from autograder.classroom.released import Released
from autograder.classroom.unexecuted import unexecuted
from autograder.classroom.verdict import Basis, Status, Verdict
from autograder.course import load
from autograder.engines import Graded
from autograder.gradebook.register import open_gradebook


class FakeEngine:
    """`log` gets a line for each hand-in that is graded."""

    name = "nbgrader"

    def __init__(
        self, log: Path, seconds: float = 0.0, deeds: Mapping[str, Callable[[], object]] | None = None
    ) -> None:
        self.log, self.seconds, self.deeds = log, seconds, deeds or {}  # picklable where there are none
        self.closed = False

    def basis(self, hand_in: HandIn, released: Released) -> Basis:
        assert isinstance(hand_in.content, bytes)
        return Basis(hand_in.content.decode(), "lesson", released.hash, self.name)

    def key(self, hand_in: HandIn, released: Released) -> str:
        return self.basis(hand_in, released).key

    def grade(self, hand_in: HandIn, released: Released) -> Graded:
        basis = self.basis(hand_in, released)
        with self.log.open("a") as file:
            file.write(f"{hand_in.student}\n")
        time.sleep(self.seconds)
        facts = json.loads(basis.cells)
        verdict = unexecuted(hand_in, released, Status.GRADED, "")
        verdict = replace(verdict, executed=True, engine=self.name, basis=basis, key=basis.key)
        done = {**DEEDS, **self.deeds}[facts["do"]]() if "do" in facts else None
        if done == "crash":
            internal = unexecuted(hand_in, released, Status.INTERNAL, "the judge died")
            return Graded(replace(internal, key=basis.key, basis=basis), crashed_judge=True)
        points = float("nan") if done == "nan" else float(facts["points"])
        scores = tuple((test, points if at == 0 else 0.0) for at, test in enumerate(released.tests))
        return Graded(replace(verdict, points=points, scores=scores), b'{"cells": []}')

    def stop(self) -> None:
        """Nothing runs for long."""

    def close(self) -> None:
        self.closed = True


@cache
def empty_gradebook() -> bytes:
    """nbgrader takes a second to make one."""
    with tempfile.TemporaryDirectory() as folder:
        open_gradebook(Path(folder)).close()
        return (Path(folder) / "gradebook.db").read_bytes()


def fail() -> None:
    raise RuntimeError("a defect")


DEEDS: dict[str, Callable[[], object]] = {
    "raise": fail,
    "crash": lambda: "crash",
    "nan": lambda: "nan",
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "stop": lambda: os.kill(os.getpid(), signal.SIGINT),
}


def run(root: Path, folder: Path, engine: FakeEngine, jobs: int = 2, again: bool = False) -> list[Verdict]:
    """`course grade` with `engine`, without a screen."""
    course = load(root)
    asked = grading.Request(course, folder, course.out, jobs=jobs, again=again)
    engines.make_engine = lambda *_, **__: engine  # type: ignore[assignment]
    return grading.grade(asked, *grading.plan(asked), lambda verdict, reused: None).verdicts


def scores(out: Path) -> dict[str, float]:
    """What the gradebook says, by student; fails if it is damaged."""
    with closing(sqlite3.connect(out / "gradebook.db")) as book:
        assert book.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = book.execute(
            "SELECT s.student_id, SUM(g.auto_score) FROM submitted_assignment s "
            "JOIN submitted_notebook n ON n.assignment_id = s.id JOIN grade g ON g.notebook_id = n.id GROUP BY s.id"
        ).fetchall()
    assert len({student for student, _ in rows}) == len(rows)
    return dict(rows)
