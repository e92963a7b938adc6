"""Real workers, in the sandbox and at the end of a wire, for tests of what happens between a judge and them."""

from __future__ import annotations

import atexit
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from autograder.judge.judging import Starter
from autograder.judge.link import Link
from autograder.judge.processes import ZygoteProcess
from autograder.judge.sandbox import Caps
from autograder.judge.shell import Event

CAPS = Caps(memory_mb=1024, disk_mb=16, cpu_seconds=60)


def zygote(device: str = "cpu") -> ZygoteProcess:
    """One for all tests of this process."""
    return _zygote(device)  # a cache holds f() and f("cpu") apart


@functools.cache
def _zygote(device: str) -> ZygoteProcess:
    started = ZygoteProcess("on", device)
    assert "ready" in started.facts, started.facts
    atexit.register(started.close)
    return started


def starter(caps: Caps = CAPS, device: str = "cpu") -> Starter:
    """What gives a trial its workers."""
    return Starter(zygote(device).control, asdict(caps))


@contextmanager
def worker(caps: Caps = CAPS, device: str = "cpu") -> Iterator[Link]:
    """A worker that has said hello."""
    link = starter(caps, device)({})
    try:
        link.control("hello")
        yield link
    finally:
        link.close()


def run(link: Link, source: str, seconds: float = 20) -> list[Event]:
    """Run a student's cell; what it shows."""
    shown: list[Event] = []
    before, link.show = link.show, shown.append
    try:
        link.ask_within(seconds, "cell", source, "<cell 1>")
    finally:
        link.show = before
    return shown


def said(events: list[Event]) -> str:
    """What was printed, shown or raised, as text."""
    return "".join(spoken(each) for each in events)


def spoken(event: Event) -> str:
    kind, *facts = event
    if kind in ("stdout", "stderr"):
        return str(facts[0])
    if kind == "error":
        return f"{facts[0]}: {facts[1]}"
    bundle: dict[str, Any] = facts[0]
    return bundle.get("text/plain", "")
