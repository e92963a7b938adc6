"""From an executed notebook and nbgrader's numbers to a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from autograder.classroom.intake import HandIn
from autograder.classroom.released import Exercise, Released, exercise_of
from autograder.classroom.tested import tested
from autograder.classroom.unexecuted import unexecuted
from autograder.classroom.verdict import ExerciseResult, State, Status, TestResult, Verdict
from autograder.engines.stderr import spoken

TIMED_OUT, DIED, NOT_RUN = (
    "CellTimeoutError",
    "DeadKernelError",
    "NotRun",
)  # nbgrader_execute's, which is slow to import
LONGEST_MESSAGE = 2000


def executed(
    hand_in: HandIn,
    released: Released,
    notebook: dict[str, Any],
    scores: Mapping[str, float | None],
    unanswered: Iterable[str],
) -> Verdict:
    """The verdict on a hand-in that nbgrader has executed and scored."""
    cells = {name: cell for cell in notebook["cells"] if (name := _grade_id(cell))}
    status, cause = _ending(notebook["cells"])
    exercises = tuple(_exercise(each, cells, scores) for each in released.exercises)
    return replace(
        unexecuted(hand_in, released, status, cause),
        executed=True,
        points=sum(each.points for each in exercises),
        exercises=exercises,
        scores=tuple((test, scores.get(test)) for test in released.tests),
        unanswered=tuple(unanswered),
    )


def _exercise(
    exercise: Exercise, cells: Mapping[str, dict[str, Any]], scores: Mapping[str, float | None]
) -> ExerciseResult:
    return tested(
        exercise, (_test(test, cells.get(test), scores.get(test), most) for test, most in exercise.tests.items())
    )


def _test(name: str, cell: dict[str, Any] | None, score: float | None, most: float) -> TestResult:
    state, message = _words(cell, score, most)
    return TestResult(name, score or 0.0, most, state, message)


def _words(cell: dict[str, Any] | None, score: float | None, most: float) -> tuple[State, str]:
    """What became of one test cell, and its words for the student."""
    if cell is None:
        return State.NOT_FINISHED, "A test cell of this exercise is missing from the notebook."
    if score is not None and score >= most:
        return State.RIGHT, ""
    errors = {each["ename"]: str(each["evalue"]) for each in _outputs(cell) if each["output_type"] == "error"}
    if TIMED_OUT in errors:
        return State.NOT_FINISHED, f"The test was stopped: it ran {errors[TIMED_OUT]}."
    if DIED in errors:
        return State.NOT_FINISHED, "The test was cut off: the kernel died while it ran."
    if NOT_RUN in errors:
        return State.NOT_FINISHED, f"The test was not run: {errors[NOT_RUN]}."
    for name, text in errors.items():
        match name:
            case "Wrong":
                return State.WRONG, _short(text)
            case "NotAttempted":
                return State.NOT_ATTEMPTED, _short(text)
        return State.NOT_FINISHED, _short(f"The test did not finish. {name}: {text}")
    written = "".join("".join(each["text"]) for each in _outputs(cell) if each.get("name") == "stderr").strip()
    if written:
        return State.WRONG, _short(f"The test passed, but there was a warning, and that fails it: {spoken(written)}")
    return State.WRONG, "The test gave no points and no reason."


def _ending(cells: list[dict[str, Any]]) -> tuple[Status, str]:
    """How the notebook ended, and words for that: the first cell that died, or the cells that took too long."""
    slow, rest = [], ""
    for number, cell in enumerate((each for each in cells if each["cell_type"] == "code"), 1):
        for output in _outputs(cell):
            match output:
                case {"output_type": "error", "ename": name, "evalue": text}:
                    if name == DIED:
                        return Status.CRASHED, f"the kernel died in {_label(cell, number)}"
                    if name == TIMED_OUT:
                        slow.append(f"{_label(cell, number)} ran {text}")
                    if name == NOT_RUN:
                        rest = str(text)
    if slow:
        more = f", and so did {len(slow) - 1} more" if len(slow) > 1 else ""
        return Status.TIMED_OUT, slow[0] + more
    return (Status.TIMED_OUT, rest) if rest else (Status.GRADED, "")


def _label(cell: dict[str, Any], number: int) -> str:
    name = _grade_id(cell)
    if not name:
        return f"code cell {number}"
    return f"the test of `{exercise_of(name)}`" if cell["metadata"]["nbgrader"].get("grade") else f"cell `{name}`"


def _grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _outputs(cell: dict[str, Any]) -> list[dict[str, Any]]:
    return cell.get("outputs") or []


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + " …"
