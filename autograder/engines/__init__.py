"""Engines: what turns one hand-in into a verdict. They are chosen by name, `make_engine`, and imported then.

judge       autograder.judge: tests and answers in two processes, the answers in a sandbox
nbgrader    nbgrader's own execution: tests and answers share a kernel, so it is no judge of people who want to
            cheat. It stays as the reference that any other engine is held to.

nbgrader_settings    the settings of nbgrader's tools and of this engine, in one place
nbgrader_engine      in the grader: a process for each submission, ended in time, with all that it started
nbgrader_job         in that process: nbgrader's Autograde, in a private folder with a private gradebook
nbgrader_execute     its Execute, taught that a dead kernel costs the cells after it, not the submission
nbgrader_outcome     from the executed notebook and nbgrader's numbers to a verdict

nbgrader's own commands and its formgrader, run in the course, use the judge:

nbgrader_judge       what `nbgrader autograde` and the formgrader's button grade with
nbgrader_session     the judge that it keeps for a while, and what it writes
nbgrader_feedback    what nbgrader's pages may show, those for students and those for graders
nbgrader_filters     what becomes of each piece on them: prose, markup, code, text
nbgrader_room        how much of it a page has room for, so that none takes long
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.classroom.intake import HandIn
    from autograder.classroom.released import Released
    from autograder.classroom.verdict import Verdict
    from autograder.course import Course

DEFAULT_ENGINE = "judge"

CHOICES = {"engine": ("judge", "nbgrader"), "sandbox": ("on", "off"), "device": ("auto", "cpu", "cuda", "simulated")}


@dataclass(frozen=True)
class Graded:
    """A verdict, and the notebook as it was executed, if it was.

    Attributes:
        crashed_judge: the verdict is INTERNAL because what runs the tests died over this hand-in. It is tried once
            more, alone; a second time sets it aside.
    """

    verdict: Verdict
    notebook: bytes | None = None
    crashed_judge: bool = False


class Engine(Protocol):
    """Grades hand-ins; `grade` may be called from several threads at once and never raises for what a student did."""

    name: str

    def grade(self, hand_in: HandIn, released: Released) -> Graded:
        """The verdict on `hand_in`, whose content is bytes."""

    def key(self, hand_in: HandIn, released: Released) -> str:
        """The same for what must give the same verdict: `Basis.key`."""

    def stop(self) -> None:
        """End what runs, at once; what `grade` then returns means nothing."""

    def close(self) -> None:
        """Remove what it wrote for itself."""


def check_choices(**chosen: str) -> None:
    """Refuse names that there are not: `check_choices(engine="judge", sandbox="on")`.

    Raises:
        UsageError: with those that there are.
    """
    for what, name in chosen.items():
        if name not in CHOICES[what]:
            raise UsageError(f"no {what} {name!r}; there is {' and '.join(CHOICES[what])}")


def make_engine(
    name: str, course: Course, lessons: Iterable[Released], *, sandbox: str = "on", device: str = "auto"
) -> Engine:
    """The engine called `name`; the caller closes it. `sandbox` and `device` are the judge's.

    Raises:
        UsageError: there is none of that name, or it cannot work on this machine.
    """
    check_choices(engine=name, sandbox=sandbox, device=device)
    if name == "judge":
        from autograder.judge.engine import JudgeEngine

        return JudgeEngine(course.limits, lessons, sandbox=sandbox, device=device)
    from autograder.engines.nbgrader_engine import NbgraderEngine

    return NbgraderEngine(course.limits, lessons)
