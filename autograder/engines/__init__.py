"""Engines: what turns one hand-in into a verdict.

There is one now, nbgrader's own execution (`nbgrader_engine`): tests and answers share a kernel, so it is no judge of
people who want to cheat. It stays as the reference that any other engine is held to.

    nbgrader_settings    the settings of nbgrader's tools and of this engine, in one place
    nbgrader_engine      in the grader: a process for each submission, ended in time, with all that it started
    nbgrader_job         in that process: nbgrader's Autograde, in a private folder with a private gradebook
    nbgrader_execute     its Execute, taught that a dead kernel costs the cells after it, not the submission
    nbgrader_outcome     from the executed notebook and nbgrader's numbers to a verdict
    nbgrader_feedback    what `nbgrader generate_feedback` may show
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from autograder.classroom.intake import HandIn
from autograder.classroom.released import Released
from autograder.classroom.verdict import Verdict


@dataclass(frozen=True)
class Graded:
    """A verdict, and the notebook as it was executed, if it was."""

    verdict: Verdict
    notebook: bytes | None = None


class Engine(Protocol):
    """Grades hand-ins; `grade` may be called from several threads at once and never raises for what a student did."""

    name: str

    def grade(self, hand_in: HandIn, released: Released) -> Graded:
        """The verdict on `hand_in`, whose content is bytes."""

    def key(self, hand_in: HandIn, released: Released) -> str:
        """The same for what must give the same verdict: content, lesson, limits, engine."""

    def stop(self) -> None:
        """End what runs, at once; what `grade` then returns means nothing."""

    def close(self) -> None:
        """Remove what it wrote for itself."""
