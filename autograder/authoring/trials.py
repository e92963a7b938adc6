"""One answer against one exercise's tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from autograder.authoring.bank import Answer
from autograder.authoring.session import Session
from autograder.authoring.source import Source

STARTER = "not_attempted"  # what the untouched starter must be told


@dataclass(frozen=True)
class Candidate:
    """An answer to try: `name` is "solution", "starter" or "bank:LINE", `expected` "right" or a mistake's name."""

    exercise: str
    name: str
    text: str
    expected: str
    path: Path
    line: int


@dataclass(frozen=True)
class Trial:
    """How an answer fared on a device: `actual` is "right" or the mistake that `test` told it, in words `message`."""

    answer: Candidate
    device: str
    actual: str
    test: str
    message: str

    @property
    def expects_a_mistake(self) -> bool:
        """Whether the answer is a wrong one of the bank."""
        return self.answer.expected not in ("right", STARTER)

    def to_json(self) -> dict[str, Any]:
        """As `course verify --json` writes it."""
        return {
            "exercise": self.answer.exercise,
            "answer": self.answer.name,
            "device": self.device,
            "expected": self.answer.expected,
            "actual": self.actual,
            "test": self.test,
            "message": self.message,
        }


def candidates(source: Source, starters: dict[str, str], bank_path: Path, bank: list[Answer]) -> list[Candidate]:
    """Each exercise's solution, starter and bank, in this order."""
    found = []
    for exercise in source.exercises:
        cell = exercise.solution
        found.append(Candidate(exercise.id, "solution", cell.text, "right", source.path, cell.line))
        found.append(Candidate(exercise.id, "starter", starters[exercise.id], STARTER, source.path, cell.line))
        found += [
            Candidate(exercise.id, f"bank:{each.line}", each.source, each.mistake or "right", bank_path, each.line)
            for each in bank
            if each.exercise == exercise.id
        ]
    return found


def attempt(session: Session, answer: Candidate, tests: dict[str, str], device: torch.device) -> Trial:
    """Run an answer in the lesson's namespace, then its exercise's tests up to the first that refuses it.

    Args:
        session: the lesson after all its cells; left as it is.
        tests: the source of each test cell by its grade id.
        device: the one that `devices()` gives to the tests.
    """
    mine = [
        (grade_id.split("-")[1], text) for grade_id, text in tests.items() if grade_id.split("-")[0] == answer.exercise
    ]
    # An answer that is wrong need only be refused once; a starter must not get the points of a single test.
    rounds = [[test] for test in mine] if answer.expected == STARTER else [mine]
    trial = Trial(answer, str(device), "right", "", "")
    for cells in rounds:
        trial = run_round(session.fork(), answer, [("answer", answer.text), *cells], device)
        if trial.actual != answer.expected:
            break
    return trial


def run_round(fresh: Session, answer: Candidate, cells: list[tuple[str, str]], device: torch.device) -> Trial:
    """Run cells, each with its kind, up to the first that raises."""
    fresh.names["devices"] = lambda: [device]
    for kind, text in cells:
        error = fresh.run(text, f"{answer.exercise} {kind}")
        if error:
            return Trial(answer, str(device), getattr(error, "mistake", type(error).__name__), kind, words_of(error))
    return Trial(answer, str(device), "right", "", "")


def words_of(error: BaseException) -> str:
    """What it says; a mistake may have no words yet, or words with facts that the check does not know."""
    try:
        return str(error)
    except KeyError as missing:
        return f"words that lack {missing}"
