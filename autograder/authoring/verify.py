"""Prove a lesson: every answer of its bank against every test, on every device.

What must hold, and is told with file and line where it does not:

- the lesson runs from top to bottom, and a cell with raises="…" raises that;
- the solution and every right answer of the bank pass all tests; an exercise has two further right answers or more;
- every wrong answer (three or more) fails on some device, and is told the mistake that the bank names;
- the untouched starter fails every test, and is told that it is not attempted;
- every visible test refuses some wrong answer, and every hidden test one that the visible test lets through;
- the generated notebooks are what the source gives, and no line of a solution or hidden test stands in the student's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from nbformat import NotebookNode
from nbgrader.utils import is_grade

from autograder.authoring.bank import Answer, read_bank
from autograder.authoring.build import generated
from autograder.authoring.release import starters_of
from autograder.authoring.rules import read_checked
from autograder.authoring.secrets import leaks, secret_lines
from autograder.authoring.session import Session
from autograder.authoring.source import Source, solution_notebook
from autograder.authoring.trials import Candidate, Trial, attempt, candidates
from autograder.course import Course, Lesson
from autograder.kit import devices
from autograder.kit.gpu import simulate_gpu, stop_simulating
from autograder.kit.words import WORDS

RIGHT_ANSWERS, WRONG_ANSWERS = 2, 3  # how many further ones of each an exercise needs


@dataclass(frozen=True)
class Fault:
    """Something that an author has to mend, and where."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}: {self.message}"


@dataclass(frozen=True)
class Report:
    """All that `verify` found out about a lesson."""

    lesson: str
    trials: list[Trial]
    faults: list[Fault]


def verify(course: Course, lesson: Lesson, progress: Callable[[int, int], None] = lambda done, total: None) -> Report:
    """Prove one lesson; `progress` hears how many answers of how many have been tried.

    Raises:
        SourceError: the source or the bank cannot be read at all.
    """
    source = read_checked(course.source(lesson))
    bank = read_bank(course.bank(lesson))
    solution = solution_notebook(source, lesson.name)
    starters = starters_of(solution)
    answers = candidates(source, starters, course.bank(lesson), bank)
    faults = [*bank_faults(source, course.bank(lesson), bank), *release_faults(course, lesson, source, starters, bank)]
    tests = {cell.metadata.nbgrader.grade_id: cell.source for cell in solution.cells if is_grade(cell)}
    trials = []
    with no_simulation_left():
        session = Session()
        broken = run_lesson(session, source, solution)
        if broken:
            return Report(lesson.name, [], [*faults, broken])
        for device in both_devices():
            for answer in answers:
                trials.append(attempt(session, answer, tests, device))
                progress(len(trials), len(answers) * 2)
    return Report(lesson.name, trials, [*faults, *trial_faults(source, trials)])


def both_devices() -> Iterator[torch.device]:
    """The CPU, and then a GPU, a simulated one if need be."""
    yield devices()[0]
    simulate_gpu()
    yield devices()[1]


@contextlib.contextmanager
def no_simulation_left() -> Iterator[None]:
    """Torch is itself afterwards, also if a lesson's own set-up cell switches the simulated GPU on in the block."""
    try:
        yield
    finally:
        stop_simulating()


def run_lesson(session: Session, source: Source, solution: NotebookNode) -> Fault | None:
    """Run the solution notebook from top to bottom, or to its first fault."""
    _, setup, *cells = solution.cells
    session.run(setup.source, "kit")
    for cell, node in zip(source.cells[1:], cells, strict=True):
        error = session.run(node.source, f"at line {cell.line}") if cell.kind != "markdown" else None
        raised = type(error).__name__ if error else ""
        if raised != cell.raises:
            meant = f"raises {raised}: {error}" if error else f"raises nothing, and its header says {cell.raises}"
            return Fault(source.path, cell.line, f"this {cell.kind} cell {meant}")
    return None


def bank_faults(source: Source, path: Path, bank: list[Answer]) -> Iterator[Fault]:
    """Answers to exercises that do not exist, and exercises with too few answers."""
    known = [exercise.id for exercise in source.exercises]
    for answer in bank:
        if answer.exercise not in known:
            yield Fault(path, answer.line, f"no exercise {answer.exercise!r}; there are {', '.join(known)}")
        if answer.mistake and answer.mistake.islower() and answer.mistake not in WORDS:  # others are exceptions' names
            yield Fault(path, answer.line, f"no words for the mistake {answer.mistake!r}; add them to kit/words.py")
    for exercise in source.exercises:
        mine = [answer for answer in bank if answer.exercise == exercise.id]
        right = sum(answer.mistake is None for answer in mine)
        for kind, have, need in (("right", right, RIGHT_ANSWERS), ("wrong", len(mine) - right, WRONG_ANSWERS)):
            if have < need:
                message = f"exercise {exercise.id!r} has {have} {kind} answers in its bank and needs {need}"
                yield Fault(source.path, exercise.solution.line, message)


def trial_faults(source: Source, trials: list[Trial]) -> Iterator[Fault]:
    """Answers that fared otherwise than the bank says, and tests that no wrong answer needs."""
    caught = {trial.answer for trial in trials if trial.actual == trial.answer.expected}
    told: set[Candidate] = set()  # wrong answers that have been told what they should: no other device is tried then
    for trial in trials:
        if trial.actual == trial.answer.expected:
            told |= {trial.answer} if trial.expects_a_mistake else set()
        elif trial.answer not in told and not (trial.actual == "right" and trial.answer in caught):
            yield Fault(trial.answer.path, trial.answer.line, disagreement(trial))
    for exercise in source.exercises:
        mine = [trial for trial in trials if trial.answer.exercise == exercise.id]
        wrong = [trial for trial in mine if trial.expects_a_mistake]
        for test in exercise.tests:
            if wrong and not any(trial.test == test.kind for trial in wrong):
                visible = " that the visible test lets through" if test.kind == "hidden" else ""
                message = f"the {test.kind} test {exercise.id!r} refuses no wrong answer{visible}; add one to the bank"
                yield Fault(source.path, test.line, message)


def disagreement(trial: Trial) -> str:
    """What is wrong with a trial, in words."""
    expected = trial.answer.expected
    which = f"{trial.answer.exercise}, {trial.answer.name} on {trial.device}"
    told = f"{trial.actual} ({trial.message})"
    if trial.actual == "right":
        return f"{which}: accepted, and it is {expected}"
    if expected == "right":
        return f"{which}: a right answer refused by the {trial.test} test: {told}"
    return f"{which}: told {told} by the {trial.test} test; it should be told {expected}"


def release_faults(
    course: Course, lesson: Lesson, source: Source, starters: dict[str, str], bank: list[Answer]
) -> Iterator[Fault]:
    """Stale notebooks, and lines of solutions, hidden tests or the bank in the student's."""
    for path, text in generated(course, lesson).items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            yield Fault(path, 1, "is not what its source gives; run ./course build")
    path = course.notebook(lesson)
    if path.is_file():
        secrets = secret_lines(source, starters.values(), bank)
        yield from (Fault(path, 1, leak) for leak in leaks(path.read_text(encoding="utf-8"), secrets))
