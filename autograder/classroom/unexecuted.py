"""The verdict on what no engine could execute."""

from __future__ import annotations

from autograder.classroom.intake import Ambiguous, HandIn
from autograder.classroom.released import Released
from autograder.classroom.verdict import ExerciseResult, State, Status, Verdict, lateness


def unexecuted(row: HandIn | Ambiguous, released: Released, status: Status, cause: str) -> Verdict:
    """No points; for INTERNAL none to tell, and nothing said of the exercises."""
    nothing = None if status is Status.INTERNAL else 0.0
    exercises = () if status is Status.INTERNAL else released.exercises
    return Verdict(
        student=row.student,
        lesson=row.lesson,
        status=status,
        cause=cause,
        points=nothing,
        max_points=released.points,
        exercises=tuple(ExerciseResult(e.id, e.title, 0.0, e.points, State.NOT_FINISHED) for e in exercises),
        scores=tuple((test, nothing) for test in released.tests),
        submitted=row.submitted,
        late=lateness(row.submitted, released.lesson.due),
    )
