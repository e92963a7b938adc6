"""Where in a hand-in each test runs: where its student ran it, if an answer stands before it, else after the answer."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from autograder.judge.matching import ANSWER, BROKEN, Matched
from autograder.judge.release_cells import ReleaseCells
from autograder.judge.repairs import Repair, told


@dataclass(frozen=True)
class Placed:
    """Where tests run, and what they test.

    Attributes:
        after: by test, the position after which it runs.
        answers: by exercise, the cells with the answer that its first test finds.
        others: by test, the cells with the answer that it finds, if that is another one.
    """

    after: dict[str, int]
    answers: dict[str, tuple[int, ...]]
    others: dict[str, tuple[int, ...]]
    repairs: tuple[Repair, ...]


def place(found: Matched, release: ReleaseCells) -> Placed:
    """A place for each test of the lesson."""
    after, repairs = dict[str, int](), list[Repair]()
    answers, others = dict[str, tuple[int, ...]](), dict[str, tuple[int, ...]]()
    for exercise, title in release.titles.items():
        one = _Exercise(found, exercise, release.tests_of(exercise))
        after |= one.places()
        at = min((after[test] for test in one.tests), default=found.count)
        answers[exercise] = tuple(one.answer(at, release.names[exercise]))
        for test in one.tests:
            tested = tuple(one.answer(after[test], release.names[exercise]))
            others |= {test: tested} if tested != answers[exercise] else {}
        if any(after[test] not in found.copies.get(test, [after[test]]) for test in one.tests):
            repairs.append(told("test_moved", exercise, title=title))
    return Placed(after, answers, others, tuple(repairs))


class _Exercise:
    def __init__(self, found: Matched, exercise: str, tests: list[str]) -> None:
        self.found, self.exercise, self.tests = found, exercise, tests
        self.defined = found.defined.get(exercise, {})
        for how in (ANSWER, BROKEN):  # a cell that cannot run is an answer only if there is no other
            self.answers = sorted(each for each, by in self.defined.items() if by == how)
            if self.answers:
                break
        self.starts = sorted(each for each, by in self.defined.items() if by not in (ANSWER, BROKEN))

    def places(self) -> dict[str, int]:
        """A copy's own place if the answer is in force there; a missing test goes with another of the exercise."""
        copies = {test: self.found.copies.get(test, []) for test in self.tests}
        good = {test: next(filter(self._in_force, reversed(places)), None) for test, places in copies.items()}
        beside = next((each for each in good.values() if each is not None), None)
        if self.answers:
            fallback = self.answers[-1] if beside is None else beside
            return {test: fallback if own is None else own for test, own in good.items()}
        standing = [places[0] for places in copies.values() if places]
        near = [*standing, *self.starts, *self.found.hinted(self.exercise), self.found.count - 1]
        return {test: places[0] if places else near[0] for test, places in copies.items()}

    def _in_force(self, at: int) -> bool:
        """Whether what defines the exercise last, at this place, is an answer."""
        before = [each for each in (*self.answers, *self.starts) if each <= at]
        return bool(before) and max(before) in self.answers

    def answer(self, at: int, names: frozenset[str]) -> list[int]:
        """The cells with the answer that is in force at a place, in their order; else the start, if there is one.

        `f = faster(f)` alone says little: the cells above it count as well, up to one that has a `def` or `class`.
        """
        candidates = self.answers or self.starts
        chosen = list[int]()
        for each in reversed([each for each in candidates if each <= at] or candidates):
            chosen.insert(0, each)
            bound = self.found.parser.definitions(self.found.own[each].source)
            if any(
                isinstance(bound.get(name), (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) for name in names
            ):
                break
        return chosen
