"""What a judge is given, and what it gives back: plain data, all of which JSON knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Cell:
    """A cell of the repaired notebook: `kind` is "set-up", "student" or "test"; `id` the grade id of a test."""

    index: int
    kind: str
    source: str
    id: str = ""


@dataclass(frozen=True)
class Job:
    """What a judge is given: the cells in order, import statements, the text that defines each exercise, limits.

    `handed_in` has that text by exercise, and by test where a test runs after a further answer.

    `asked` says which names each test will ask of the notebook, so that they can be asked for at once.
    """

    cells: tuple[Cell, ...]
    imports: str
    handed_in: dict[str, str]
    unclear: frozenset[str]
    cell_seconds: float
    submission_seconds: float
    output_characters: int
    seed: int = 0
    asked: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Outcome:
    """What became of a test: `ending` is "passed", "wrong", "not_attempted", "broke", or why it did not finish.

    `device` is the one of its `devices` that it was at when it failed.
    """

    ending: str
    message: str = ""
    mistake: str = ""
    devices: list[str] = field(default_factory=list)
    device: str = ""


@dataclass
class Result:
    """All of it, for the verdict: `troubles` are what, the cell's index and words, in their order."""

    tests: dict[str, Outcome] = field(default_factory=dict)
    outputs: dict[int, list[Any]] = field(default_factory=dict)
    troubles: list[tuple[str, int, str]] = field(default_factory=list)
    errors: dict[int, str] = field(default_factory=dict)
    cpu_seconds: float = 0.0
    memory_mb: float = 0.0
