"""A lesson as it was handed out: its exercises, the cells that test them, and a hash of it all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import Course, Lesson
from autograder.errors import UsageError


@dataclass(frozen=True)
class Exercise:
    """`tests` maps the grade ids of its test cells to their points."""

    id: str
    title: str
    tests: Mapping[str, float]

    @property
    def points(self) -> float:
        return sum(self.tests.values())


@dataclass(frozen=True)
class Released:
    """What a grader must know of a lesson, read from its solution notebook at `path`."""

    lesson: Lesson
    path: Path
    exercises: tuple[Exercise, ...]
    hash: str

    @property
    def points(self) -> float:
        return sum(each.points for each in self.exercises)

    @property
    def tests(self) -> tuple[str, ...]:
        """Grade ids of all test cells, in teaching order."""
        return tuple(test for each in self.exercises for test in each.tests)


def read_released(course: Course, lesson: Lesson) -> Released:
    """`lesson` from its solution notebook.

    Raises:
        UsageError: that is missing, or no notebook that `course build` made.
    """
    path = course.solution(lesson)
    try:
        data = path.read_bytes()
        notebook = json.loads(data)
        tests = _tests(notebook["cells"])
        exercises = tuple(
            Exercise(each["id"], each["title"], tests.pop(each["id"], {}))
            for each in notebook["metadata"]["course"]["exercises"]
        )
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); make it with: course build") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not what `course build` makes ({error!r}); make it again") from error
    if tests:
        raise UsageError(f"{path} tests {', '.join(tests)}, which its list of exercises lacks; make it again")
    return Released(lesson, path, exercises, hashlib.sha256(data).hexdigest())


def _tests(cells: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    tests: dict[str, dict[str, float]] = {}
    for cell in cells:
        facts = cell["metadata"].get("nbgrader", {})
        if facts.get("grade"):
            tests.setdefault(exercise_of(facts["grade_id"]), {})[facts["grade_id"]] = float(facts["points"])
    return tests


def exercise_of(grade_id: str) -> str:
    """The exercise that a test cell tests: `dice` for `dice-check`, `dice-hidden` and `dice-predict`."""
    return grade_id.rpartition("-")[0] or grade_id
