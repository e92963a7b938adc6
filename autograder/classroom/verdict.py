"""What grading found out about one submission: plain values, written to JSON and read back unchanged."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """What became of one exercise."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    NOT_ATTEMPTED = "not_attempted"
    NOT_FINISHED = "not_finished"


class Status(StrEnum):
    """What became of a submission.

    TIMED_OUT, CRASHED and UNREADABLE are the submission's fault: points for what worked (none, if unreadable).
    INTERNAL is ours, or something the engine cannot process: points are None, never a zero.
    """

    GRADED = "graded"
    TIMED_OUT = "timed_out"
    CRASHED = "crashed"
    UNREADABLE = "unreadable"
    INTERNAL = "internal"


@dataclass(frozen=True)
class ExerciseResult:
    """One exercise: `messages` are the tests' own words for the student, none if all is well."""

    id: str
    title: str
    points: float
    max_points: float
    state: State
    messages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """One student's hand-in of one lesson.

    Attributes:
        cause: words for people; empty if the notebook ran from top to bottom.
        points: None if and only if `status` is INTERNAL.
        scores: nbgrader's number for each test cell, by grade id; None where it has none.
        unanswered: grade ids of the answer cells that are as they were handed out.
        executed: there is a notebook with the outputs of this run.
        submitted: when it was handed in, if that is known; aware, UTC.
        key: what was graded and how, as a hash; empty if the verdict must not be used again.
    """

    student: str
    lesson: str
    status: Status
    cause: str
    points: float | None
    max_points: float
    exercises: tuple[ExerciseResult, ...] = ()
    scores: tuple[tuple[str, float | None], ...] = ()
    unanswered: tuple[str, ...] = ()
    submitted: datetime | None = None
    late: timedelta | None = None
    executed: bool = False
    engine: str = ""
    seconds: float = 0.0
    key: str = ""

    @property
    def percent(self) -> float | None:
        """Points of 100; None if there are no points to speak of."""
        return None if self.points is None or not self.max_points else 100 * self.points / self.max_points

    def to_json(self) -> dict[str, Any]:
        """A dict of what JSON knows; times are ISO 8601, `late` is in seconds."""
        facts = asdict(self)
        facts["scores"] = dict(self.scores)
        facts["submitted"] = self.submitted.isoformat() if self.submitted else None
        facts["late"] = self.late.total_seconds() if self.late is not None else None
        return facts

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Verdict:
        """The verdict that `to_json` wrote.

        Raises:
            ValueError, TypeError, KeyError: it did not write this.
        """
        return cls(
            **{
                **facts,
                "status": Status(facts["status"]),
                "exercises": tuple(
                    ExerciseResult(**{**each, "state": State(each["state"]), "messages": tuple(each["messages"])})
                    for each in facts["exercises"]
                ),
                "scores": tuple(facts["scores"].items()),
                "unanswered": tuple(facts["unanswered"]),
                "submitted": datetime.fromisoformat(facts["submitted"]) if facts["submitted"] else None,
                "late": timedelta(seconds=facts["late"]) if facts["late"] is not None else None,
            }
        )

    def dumps(self) -> str:
        """`to_json` as text, the same for the same verdict."""
        return json.dumps(self.to_json(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def lateness(submitted: datetime | None, due: datetime | None) -> timedelta | None:
    """How long after `due`; None if in time, or if either is not known."""
    if submitted is None or due is None or submitted <= due:
        return None
    return submitted.astimezone(UTC) - due.astimezone(UTC)
