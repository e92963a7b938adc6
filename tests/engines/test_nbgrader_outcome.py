from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from autograder.classroom.intake import HandIn
from autograder.classroom.released import Exercise, Released
from autograder.classroom.verdict import State, Status, Verdict
from autograder.course import Lesson
from autograder.engines.nbgrader_outcome import executed
from notebooks import POINTS, cell_of, submission

EXERCISES = (
    Exercise("double", "Twice", {"double-check": 1.0, "double-hidden": 2.0}),
    Exercise("dice", "Dice", {"dice-check": 1.0, "dice-hidden": 2.0}),
    Exercise("guess", "A guess", {"guess-predict": 1.0}),
)
RELEASED = Released(Lesson("01_tensors", "Tensors", 10), Path("x.ipynb"), EXERCISES, "hash")


def error(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": ["a hidden line"]}


def stderr(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stderr", "text": [text]}


def outcome(outputs: Mapping[str, dict[str, Any]], without: str = "") -> Verdict:
    """The verdict where the cells in `outputs` wrote that, and the other tests passed."""
    notebook = submission()
    for name, output in outputs.items():
        cell_of(notebook, name)["outputs"] = [output]
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != without]
    scores: dict[str, float | None] = {name: 0.0 if name in outputs else float(most) for name, most in POINTS.items()}
    if without:
        scores[without] = None
    return executed(HandIn("s001", "01_tensors", Path("x"), b""), RELEASED, notebook, scores, ["double"])


def test_a_notebook_that_passes_everything_is_right() -> None:
    verdict = outcome({})
    assert (verdict.status, verdict.cause, verdict.points, verdict.max_points) == (Status.GRADED, "", 7.0, 7.0)
    assert {each.state for each in verdict.exercises} == {State.RIGHT}
    assert not any(each.messages for each in verdict.exercises)


@pytest.mark.parametrize(
    ("outputs", "state", "message"),
    [
        ({"guess-predict": error("Wrong", "expected 3, got 2")}, State.WRONG, "expected 3, got 2"),
        ({"guess-predict": error("NotAttempted", "guess first")}, State.NOT_ATTEMPTED, "guess first"),
        ({"guess-predict": error("NameError", "no expect")}, State.NOT_FINISHED, "NameError: no expect"),
        ({"guess-predict": error("CellTimeoutError", "longer than 3 s")}, State.NOT_FINISHED, "longer than 3 s"),
        ({"guess-predict": error("DeadKernelError", "the kernel died")}, State.NOT_FINISHED, "kernel died"),
        ({"guess-predict": error("NotRun", "the kernel had died")}, State.NOT_FINISHED, "not run"),
        ({"guess-predict": stderr("a.py:1: UserWarning: eek\n  secret")}, State.WRONG, "UserWarning: eek"),
    ],
)
def test_each_way_to_fail_has_a_state_and_words(outputs: dict[str, Any], state: State, message: str) -> None:
    exercise = outcome(outputs).exercises[2]
    assert exercise.state is state
    assert message in exercise.messages[0]
    assert "hidden line" not in exercise.messages[0]
    assert "secret" not in exercise.messages[0]


def test_an_exercise_with_some_points_is_partly_right() -> None:
    verdict = outcome({"dice-hidden": error("Wrong", "not for an empty list")})
    assert verdict.exercises[1].state is State.PARTLY
    assert verdict.exercises[1].points == 1.0
    assert verdict.points == 5.0


def test_a_deleted_test_is_told_and_earns_nothing() -> None:
    exercise = outcome({}, without="guess-predict").exercises[2]
    assert (exercise.state, exercise.points) == (State.NOT_FINISHED, 0.0)
    assert "missing" in exercise.messages[0]


@pytest.mark.parametrize(
    ("outputs", "status", "cause"),
    [
        (
            {"double": error("CellTimeoutError", "longer than 20 s")},
            Status.TIMED_OUT,
            "cell `double` ran longer than 20 s",
        ),
        (
            {"dice-check": error("CellTimeoutError", "longer than 20 s")}
            | {"dice-hidden": error("CellTimeoutError", "")},
            Status.TIMED_OUT,
            "the test of `dice` ran longer than 20 s, and so did 1 more",
        ),
        (
            {"double-check": error("DeadKernelError", "x"), "dice-check": error("NotRun", "the kernel had died")},
            Status.CRASHED,
            "the kernel died in the test of `double`",
        ),
        ({"dice-check": error("NotRun", "60 s were over")}, Status.TIMED_OUT, "60 s were over"),
        ({"double": error("ZeroDivisionError", "x")}, Status.GRADED, ""),
    ],
)
def test_the_cause_says_what_ended_the_notebook(outputs: dict[str, Any], status: Status, cause: str) -> None:
    verdict = outcome(outputs)
    assert (verdict.status, verdict.cause) == (status, cause)


def test_a_message_has_an_end() -> None:
    (message,) = outcome({"guess-predict": error("Wrong", "x" * 10**6)}).exercises[2].messages
    assert len(message) < 2100


def test_each_test_has_its_own_result() -> None:
    exercise = outcome({"dice-hidden": error("Wrong", "not for an empty list")}).exercises[1]
    told = [(each.id, each.points, each.max_points, each.state, each.message) for each in exercise.tests]
    assert told == [
        ("dice-check", 1.0, 1.0, State.RIGHT, ""),
        ("dice-hidden", 0.0, 2.0, State.WRONG, "not for an empty list"),
    ]
    assert {each.mistake for each in exercise.tests} == {""}
