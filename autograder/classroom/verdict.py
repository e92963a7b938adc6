"""What grading found out about one submission: plain values, written to JSON and read back unchanged.

docs/verdict.md describes the JSON for those who read it; a test holds that page to these classes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from autograder.classroom.typed import typed

SCHEMA = 3
"""Of the JSON. A verdict of another schema is none: what it was on is graded again."""


class State(StrEnum):
    """What became of one exercise, or of one test."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    NOT_ATTEMPTED = "not_attempted"
    NOT_FINISHED = "not_finished"


class Status(StrEnum):
    """What became of a submission.

    TIMED_OUT, CRASHED, OUT_OF_MEMORY, FORBIDDEN and UNREADABLE are the submission's fault: points for what worked
    (none, if unreadable). INTERNAL is ours, or something the engine cannot process: points are None, never a zero.
    """

    GRADED = "graded"
    TIMED_OUT = "timed_out"
    CRASHED = "crashed"
    OUT_OF_MEMORY = "out_of_memory"
    FORBIDDEN = "forbidden"
    UNREADABLE = "unreadable"
    INTERNAL = "internal"


@dataclass(frozen=True)
class TestResult:
    """One test cell: `id` is its grade id, `message` its words for the student.

    Attributes:
        mistake: the misconception's stable name, a key of `kit.words.WORDS`; empty where it is not known.
        devices: where it ran.
        device: the one of them on which it failed, where that is known.
    """

    __test__ = False  # not pytest's

    id: str
    points: float
    max_points: float
    state: State
    message: str = ""
    mistake: str = ""
    devices: tuple[str, ...] = ("cpu",)
    device: str = ""


@dataclass(frozen=True)
class ExerciseResult:
    """One exercise: `messages` are the tests' own words for the student, each once, none if all is well."""

    id: str
    title: str
    points: float
    max_points: float
    state: State
    messages: tuple[str, ...] = ()
    tests: tuple[TestResult, ...] = ()


@dataclass(frozen=True)
class Repair:
    """Damage that was put right before grading: its stable name, words for the student, the exercise if it is one's."""

    name: str
    words: str
    exercise: str = ""


@dataclass(frozen=True)
class Basis:
    """All that a verdict depends on. The same basis must give the same verdict.

    Attributes:
        cells: hash of what the student wrote.
        lesson: hash of the cells as they were handed out.
        tests: hash of the solution notebook.
        engine, limits, device, versions, seed: how it was graded, in words; empty where the engine has no say.
    """

    cells: str
    lesson: str
    tests: str
    engine: str
    limits: str = ""
    device: str = ""
    versions: str = ""
    seed: str = ""

    @property
    def key(self) -> str:
        """One hash of it all."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Resources:
    """What grading took; None where the engine cannot tell."""

    wall_seconds: float
    cpu_seconds: float | None = None
    memory_mb: float | None = None


@dataclass(frozen=True)
class Verdict:
    """One student's hand-in of one lesson.

    Attributes:
        cause: words for people; empty if the notebook ran from top to bottom.
        points: None if and only if `status` is INTERNAL.
        scores: nbgrader's number for each test cell, by grade id; None where it has none.
        unanswered: grade ids of the answer cells that are as they were handed out.
        repairs: what was put right before grading.
        executed: there is a notebook with the outputs of this run.
        submitted: when it was handed in, if that is known; aware, UTC.
        handed_in: SHA-256 of the bytes that were graded, under which the store has them; empty if there were none.
        key: `basis.key`; empty if the verdict must not be used again.
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
    repairs: tuple[Repair, ...] = ()
    submitted: datetime | None = None
    late: timedelta | None = None
    executed: bool = False
    engine: str = ""
    handed_in: str = ""
    basis: Basis | None = None
    resources: Resources | None = None
    key: str = ""
    schema: int = SCHEMA

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
    def from_json(cls, facts: object) -> Verdict:
        """The verdict that `to_json` wrote.

        Raises:
            ValueError: it did not write this, or wrote it by another schema.
        """
        if not isinstance(facts, dict) or not isinstance(facts.get("scores"), dict):
            raise ValueError("not a verdict")
        if type(facts.get("schema")) is not int or facts["schema"] != SCHEMA:
            raise ValueError(f"a verdict of schema {facts.get('schema')!r}; this is schema {SCHEMA}")
        verdict = typed(cls, {**facts, "scores": list(facts["scores"].items())})
        if (verdict.points is None) != (verdict.status is Status.INTERNAL):
            raise ValueError(f"points: {verdict.points} does not go with status {verdict.status}")
        if verdict.key and (verdict.basis is None or verdict.key != verdict.basis.key):
            raise ValueError("key: not the basis's")
        return verdict

    def dumps(self) -> str:
        """`to_json` as text, the same for the same verdict.

        Raises:
            ValueError: a number in it is none (NaN, infinity), which JSON has no word for.
        """
        return json_text(self.to_json())


def json_text(facts: object) -> str:
    """JSON that any UTF-8 file can hold: half a surrogate pair, which a student's message may end in, is escaped."""
    text = json.dumps(facts, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def lateness(submitted: datetime | None, due: datetime | None) -> timedelta | None:
    """How long after `due`; None if in time, or if either is not known."""
    if submitted is None or due is None or submitted <= due:
        return None
    return submitted.astimezone(UTC) - due.astimezone(UTC)
