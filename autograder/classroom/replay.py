"""`course replay`: the bytes that a verdict is on, graded again by the same engine, and whether the same comes of it.

A verdict that points are paid on can be questioned, by a student or by us after a change. What it was made of is kept,
so the question has an answer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from autograder import engines
from autograder.classroom.intake import HandIn
from autograder.classroom.released import read_released
from autograder.classroom.verdict import Basis, Verdict
from autograder.course import Course
from autograder.errors import UsageError
from autograder.gradebook.store import Store, read_verdict

COMPARED = ("status", "cause", "points", "max_points", "scores", "unanswered", "repairs", "executed")
"""Of the verdict itself; its exercises are compared one by one. Times and resources differ from run to run."""

ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")
"""Where an object lay in memory, which many a message tells."""


@dataclass(frozen=True)
class Change:
    """`where` in the verdict, and what stood there then and stands there now."""

    where: str
    then: Any
    now: Any


@dataclass(frozen=True)
class Replay:
    """The old verdict and the new one, how they differ, and what they depend on that is not the same any more."""

    then: Verdict
    now: Verdict
    differences: tuple[Change, ...]
    basis: tuple[Change, ...]

    @property
    def exit_status(self) -> int:
        """0 the same, 1 different, 2 something else was graded than then, so that neither can be said."""
        return 2 if self.basis else int(bool(self.differences))

    def to_json(self) -> dict[str, Any]:
        """For programs; `same` is None where that cannot be said."""
        return {
            "same": None if self.basis else not self.differences,
            "basis_changed": [asdict(each) for each in self.basis],
            "differences": [asdict(each) for each in self.differences],
            "then": self.then.to_json(),
            "now": self.now.to_json(),
        }


def replay(course: Course, path: Path, sandbox: str = "on", device: str = "") -> Replay:
    """Grade again what the verdict in OUT/verdicts/LESSON/STUDENT.json is on; writes nothing.

    Args:
        device: for the judge; empty for the kind of device that it was graded on.

    Raises:
        UsageError: there is no such verdict, or its bytes are gone.
    """
    then = _read(path)
    hand_in = HandIn(then.student, then.lesson, path, _bytes(path, then), then.submitted)
    released = read_released(course, course.lesson(then.lesson))
    device = device or _kind(then.basis)
    with closing(engines.make_engine(then.engine, course, [released], sandbox=sandbox, device=device)) as engine:
        try:
            graded = engine.grade(hand_in, released)
        except KeyboardInterrupt:
            engine.stop()
            raise
    now = replace(graded.verdict, handed_in=then.handed_in)
    return Replay(then, now, tuple(differences(then, now)), tuple(_basis(then.basis, now.basis)))


def differences(then: Verdict, now: Verdict) -> Iterator[Change]:
    """Where two verdicts say different things of the work."""
    for name in COMPARED:
        yield from _compare(name, getattr(then, name), getattr(now, name))
    yield from _by_id("", then.exercises, now.exercises, ("points", "max_points", "state", "messages"))
    for exercise in now.exercises:
        before = next((each.tests for each in then.exercises if each.id == exercise.id), ())
        names = ("points", "max_points", "state", "message", "mistake", "devices")
        yield from _by_id(f"{exercise.id}, ", before, exercise.tests, names)


def _by_id(inside: str, then: Iterable[Any], now: Iterable[Any], names: Iterable[str]) -> Iterator[Change]:
    """Exercises or tests, each compared with the one of the same id."""
    before, after = ({each.id: each for each in side} for side in (then, now))
    for id_ in dict.fromkeys([*before, *after]):
        if id_ not in before or id_ not in after:
            yield Change(f"{inside}{id_}", *("there" if id_ in side else "missing" for side in (before, after)))
            continue
        for name in names:
            yield from _compare(f"{inside}{id_}: {name}", getattr(before[id_], name), getattr(after[id_], name))


def _compare(where: str, then: Any, now: Any) -> Iterator[Change]:
    if ADDRESS.sub("0x", repr(then)) != ADDRESS.sub("0x", repr(now)):
        yield Change(where, then, now)


def _basis(then: Basis | None, now: Basis | None) -> Iterator[Change]:
    before, after = (asdict(each) if each else {} for each in (then, now))
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield Change(name, before.get(name, ""), after.get(name, ""))


def _read(path: Path) -> Verdict:
    try:
        return read_verdict(path)
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror}; name a verdict, OUT/verdicts/LESSON/STUDENT.json"
        raise UsageError(what) from None
    except ValueError as error:
        raise UsageError(f"{path} is no verdict ({error}); `course grade` makes it anew") from None


def _bytes(path: Path, verdict: Verdict) -> bytes:
    """The bytes that `verdict` is on, which lie in the same output folder."""
    if not verdict.handed_in:
        raise UsageError(f"{path} is on a hand-in that could not be read; there is nothing to replay")
    try:
        where = Store(path.resolve().parents[2]).handed_in(verdict.handed_in)
        content = where.read_bytes()
    except (IndexError, ValueError, OSError) as error:
        raise UsageError(f"what {path} is on is gone: {error}") from None
    if hashlib.sha256(content).hexdigest() != verdict.handed_in:
        raise UsageError(f"{where} has been changed since; it is not what {path} is on")
    return content


def _kind(basis: Basis | None) -> str:
    kind = re.match("cpu|cuda|simulated", basis.device) if basis else None
    return kind[0] if kind else "auto"
