"""Every answer of every lesson fares as its bank says, by `course verify` and by both engines.

DIFFERENCES says where the engines cannot agree.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from both_engines import Compared, every_answer, graded
from target import ANSWERS, WRONG, Target

from autograder.authoring.verify import verify
from autograder.classroom.verdict import ExerciseResult, Verdict
from autograder.course import Lesson, load
from notebooks import Notebook, cell_of

COURSE = load()

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.name)
def test_every_answer_fares_as_the_bank_says_and_alike_by_both_engines(lesson: Lesson, tmp_path: Path) -> None:
    report = verify(COURSE, lesson)
    found = every_answer(COURSE, lesson, report.trials, tmp_path)

    assert [str(fault) for fault in report.faults] == []
    assert {each.answer.name.partition(":")[0] for each in found} == {"solution", "starter", "bank"}
    unlike = [str(each) for each in found if differs(each)]
    assert not unlike, "\n" + "\n".join(unlike)


def differs(each: Compared) -> bool:
    """Whether the engines disagree, or the judge and `course verify` do."""
    judge, nbgrader, oracle = each.judge, each.nbgrader, each.oracle
    if (judge.points, judge.state, judge.message) != (nbgrader.points, nbgrader.state, nbgrader.message):
        return True
    if oracle is None:
        return False
    right = oracle.actual == "right"
    if right and judge.mistake == each.answer.expected:
        return False  # it takes two devices to show, and `verify` tries one at a time: a later test told it there
    told = ("", "") if right else (oracle.actual, oracle.message)
    return (judge.mistake, judge.message) != told or judge.points != judge.max_points * right


# --- where they must differ -------------------------------------------------------------------------------------------

RIGHT = {name: body for name, (_, body) in ANSWERS.items()}
Points = dict[str, float] | None
"""By exercise; None if there is no grade at all."""


@dataclass(frozen=True)
class Difference:
    """A hand-in on which the engines must differ, and why."""

    name: str
    reason: str
    make: Callable[[Target], Notebook]
    nbgrader: Points
    judge: Points


def with_answers(**answers: str) -> Callable[[Target], Notebook]:
    """Right answers but for these."""
    return lambda target: target.hand_in(answers=RIGHT | answers)


def stopped(target: Target) -> Notebook:
    """The cell of `grow` stops before it defines it."""
    notebook = target.right()
    cell_of(notebook, "grow")["source"] = "1 / 0\n" + cell_of(notebook, "grow")["source"]
    return notebook


def duplicated(target: Target) -> Notebook:
    """An answer's cell was copied, id and all."""
    notebook = target.right()
    copied = {**cell_of(notebook, "double"), "id": "copy"}
    notebook["cells"].insert(notebook["cells"].index(cell_of(notebook, "double")), copied)
    return notebook


ALL, NONE = dict.fromkeys(ANSWERS, 3.0), dict.fromkeys(ANSWERS, 0.0)
DIFFERENCES = [
    Difference(
        "warning",
        "nbgrader takes anything on stderr for a failure; a warning of torch is none",
        with_answers(total='import warnings\nwarnings.warn("mind", stacklevel=1)\nreturn x.sum().item()'),
        {**ALL, "total": 0.0},
        ALL,
    ),
    Difference(
        "reads the test's variables",
        "in a kernel a test's variables are the notebook's; the judge's tests have names of their own",
        with_answers(double="return want"),
        {**ALL, "double": 2.0},
        {**ALL, "double": 0.0},
    ),
    Difference(
        "replaces a check",
        "in a kernel tests run with whatever the notebook made of `expect`; the judge has its own",
        lambda target: target.hand_in(early="expect = lambda *args, **facts: None", answers=WRONG),
        {**ALL, "cube": 3.0},
        NONE,
    ),
    Difference(
        "ends its process",
        "nbgrader has one kernel; the judge starts another worker, so the other answers keep their points",
        with_answers(double="import os\nos._exit(1)"),
        NONE,
        {**ALL, "double": 0.0},
    ),
    Difference(
        "duplicated cell",
        "nbgrader refuses a notebook with two cells of one id; the judge repairs it",
        duplicated,
        None,
        ALL,
    ),
    Difference(
        "stopped cell",
        "the points are the same, the words are not: nbgrader sees only that the name is missing",
        stopped,
        {**ALL, "grow": 0.0},
        {**ALL, "grow": 0.0},
    ),
]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Verdict]:
    """By engine and difference."""
    target = Target(tmp_path_factory.mktemp("differences"))
    contents = [json.dumps(each.make(target)).encode() for each in DIFFERENCES]
    names = [each.name for each in DIFFERENCES]
    return {
        (engine, name): verdict
        for engine in ("judge", "nbgrader")
        for name, verdict in zip(names, graded(engine, target.course, target.released, contents), strict=True)
    }


@pytest.mark.parametrize("each", DIFFERENCES, ids=lambda each: each.name.replace(" ", "-"))
def test_they_differ_where_they_must(verdicts: dict[tuple[str, str], Verdict], each: Difference) -> None:
    assert each.reason
    assert points(verdicts["nbgrader", each.name]) == each.nbgrader
    assert points(verdicts["judge", each.name]) == each.judge


def test_a_cell_that_stopped_is_told_with_its_error_by_the_judge_alone(
    verdicts: dict[tuple[str, str], Verdict],
) -> None:
    by_nbgrader, by_judge = (exercise(verdicts[engine, "stopped cell"], "grow") for engine in ("nbgrader", "judge"))

    assert (by_nbgrader.state, by_judge.state) == ("not_attempted", "wrong")
    assert "there is no `grow` yet" in by_nbgrader.messages[0]
    assert "ZeroDivisionError: division by zero" in by_judge.messages[0]


def points(verdict: Verdict) -> Points:
    return None if verdict.points is None else {each.id: each.points for each in verdict.exercises}


def exercise(verdict: Verdict, name: str) -> ExerciseResult:
    return next(each for each in verdict.exercises if each.id == name)
