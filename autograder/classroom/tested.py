"""From the tests of an exercise to the whole of it, whichever engine ran them."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.classroom.released import Exercise
from autograder.classroom.verdict import ExerciseResult, State, TestResult


def tested(exercise: Exercise, results: Iterable[TestResult]) -> ExerciseResult:
    """Points, state and messages of an exercise whose tests were run."""
    tests = tuple(results)
    points, states = sum(each.points for each in tests), {each.state for each in tests}
    if points >= exercise.points:
        state = State.RIGHT
    elif points > 0:
        state = State.PARTLY
    else:
        order = (State.NOT_FINISHED, State.NOT_ATTEMPTED)
        state = next((each for each in order if each in states), State.WRONG)
    messages = tuple(dict.fromkeys(told(each) for each in tests if each.message))
    return ExerciseResult(exercise.id, exercise.title, points, exercise.points, state, messages, tests)


def told(test: TestResult) -> str:
    """A test's words for the student, with the device where it is not the CPU that everybody has."""
    return f"{test.message} (This was on {test.device}.)" if test.device not in ("", "cpu") else test.message
