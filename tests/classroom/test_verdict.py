from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from autograder.classroom.verdict import ExerciseResult, State, Status, Verdict, lateness

DUE = datetime(2026, 10, 12, 23, 59, tzinfo=UTC)


def test_a_verdict_survives_json_unchanged() -> None:
    exercise = ExerciseResult("dice", "1.2 · Dice", 1.0, 3.0, State.PARTLY, ("expected 3, got 2",))
    verdict = Verdict(
        student="s001",
        lesson="01_tensors",
        status=Status.TIMED_OUT,
        cause="cell `dice` ran longer than 20 s",
        points=1.0,
        max_points=3.0,
        exercises=(exercise,),
        scores=(("dice-check", 1.0), ("dice-hidden", None)),
        unanswered=("double",),
        submitted=DUE,
        late=timedelta(hours=1),
        executed=True,
        engine="nbgrader",
        seconds=4.5,
        key="abc",
    )
    assert Verdict.from_json(json.loads(verdict.dumps())) == verdict


@pytest.mark.parametrize(
    ("submitted", "late"),
    [
        (None, None),
        (DUE, None),
        (DUE - timedelta(seconds=1), None),
        (DUE + timedelta(seconds=1), timedelta(seconds=1)),
        (datetime.fromisoformat("2026-10-13T01:59:30+02:00"), timedelta(seconds=30)),
    ],
)
def test_only_what_comes_after_the_due_date_is_late(submitted: datetime | None, late: timedelta | None) -> None:
    assert lateness(submitted, DUE) == late


def test_without_a_due_date_nothing_is_late() -> None:
    assert lateness(DUE, None) is None
