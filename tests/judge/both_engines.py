"""Every answer of a lesson by both engines, beside what `course verify` saw.

A notebook for each answer would take hours, so both engines get one, in which every exercise is repeated for each of
its answers: the answer, then the exercise's own test cells, under grade ids of their own.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat

from autograder.authoring.release import release
from autograder.authoring.trials import STARTER, Candidate, Trial
from autograder.classroom.intake import HandIn
from autograder.classroom.released import Released, exercise_of, read_released
from autograder.classroom.verdict import TestResult, Verdict
from autograder.course import Course, Lesson
from autograder.engines import make_engine
from notebooks import Notebook, write

PATIENCE = 1800
"""Seconds for a notebook of hundreds of answers."""
TESTS = ("check", "predict", "hidden")
MARKERS = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
Answers = dict[str, list[list[Trial]]]
"""By exercise, and for each answer to it, what `course verify` saw, a trial for each device."""


@dataclass(frozen=True)
class Compared:
    """What one test cell made of one answer. `oracle` is what `course verify` saw, None if it did not come so far."""

    answer: Candidate
    judge: TestResult
    nbgrader: TestResult
    oracle: Trial | None

    def __str__(self) -> str:
        engines = [f"{each.state} {each.points:g} {each.message!r}" for each in (self.judge, self.nbgrader)]
        verified = f"{self.oracle.actual} {self.oracle.message!r}" if self.oracle else "nothing"
        which = f"{self.judge.id}, {self.answer.name} ({self.answer.path.name}, line {self.answer.line})"
        mistake = f"{self.judge.mistake or 'no mistake'}, {engines[0]}"
        return f"{which}\n  judge:    {mistake}\n  nbgrader: {engines[1]}\n  verify:   {verified}"


def every_answer(course: Course, lesson: Lesson, trials: Iterable[Trial], folder: Path) -> list[Compared]:
    """Each solution, starter and answer of the bank, against each test of its exercise.

    Args:
        trials: what `course verify` saw of them.
        folder: to write in.
    """
    answers: Answers = {}
    for trial in trials:
        mine = answers.setdefault(trial.answer.exercise, [])
        known = next((each for each in mine if each[0].answer == trial.answer), None)
        if known is None:
            mine.append(known := [])
        known.append(trial)
    patient = replace(course.limits, submission_seconds=PATIENCE)
    found = []
    for engine in ("judge", "nbgrader"):
        other = replace(course, root=folder / engine, limits=patient)
        content = write_repeated(course.solution(lesson), other.solution(lesson), answers, engine)
        found.append(results(*graded(engine, other, read_released(other, lesson), [content])))
    judge, nbgrader = found
    assert judge.keys() == nbgrader.keys()
    return list(compared(answers, judge, nbgrader))


def write_repeated(solution: Path, path: Path, answers: Answers, engine: str) -> bytes:
    """Write a lesson with each exercise as often as it has answers; the notebook that is handed in with all of them.

    A test `NAME-KIND` of an answer is `NAME__ROW-KIND` there.
    """
    notebook = nbformat.read(solution, nbformat.NO_CONVERT)
    tests_of = {name: [f"{name}-{kind}" for kind in TESTS] for name in answers}
    cells, texts, exercises = [], {}, []
    for cell in notebook.cells:
        name = grade_id(cell)
        if name in answers:
            mine = [each for each in notebook.cells if each is cell or grade_id(each) in tests_of[name]]
            for row in reversed(range(len(answers[name]))):  # the solution last, for cells below that use it
                numbered = f"{name}__{row}"
                cells += [repeated(each, name, numbered, engine) for each in mine]
                exercises.append({"id": numbered, "title": name})
                texts[numbered] = text_of(answers[name][row])
        elif exercise_of(name) not in answers:
            cells.append(cell)
    notebook.cells, notebook.metadata.course.exercises = cells, exercises
    write(path, nbformat.writes(notebook).encode())
    return filled(json.loads(nbformat.writes(release(notebook))), texts)


def grade_id(cell: Any) -> str:
    """nbgrader's name for a cell, "" if it has none."""
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def repeated(cell: Any, name: str, numbered: str, engine: str) -> Any:
    """The cell of an exercise under another grade id. The judge finds the text of an answer by its exercise."""
    made = copy.deepcopy(cell)
    if engine == "judge":
        made.source = made.source.replace(f'source_of("{name}")', f'source_of("{numbered}")')
    grade = grade_id(cell).replace(name, numbered, 1)
    made.id, made.metadata.nbgrader.grade_id = grade[:64], grade
    return made


def text_of(trials: list[Trial]) -> str:
    """An answer as a student would hand it in."""
    return MARKERS.sub("", trials[0].answer.text)


def filled(handed_out: Notebook, texts: dict[str, str]) -> bytes:
    """A notebook as it was handed out, with these texts in the cells of these grade ids."""
    cells = [{**cell, "source": texts.get(grade_id(cell), cell["source"])} for cell in handed_out["cells"]]
    return json.dumps({**handed_out, "cells": cells}).encode()


def graded(engine: str, course: Course, released: Released, contents: Iterable[bytes]) -> list[Verdict]:
    """The verdicts on hand-ins of a lesson, by the engine of that name, two at a time."""
    grader = make_engine(engine, course, [released])
    try:
        with ThreadPoolExecutor(2) as pool:
            rows = [HandIn("s001", released.lesson.name, released.path, content) for content in contents]
            return [each.verdict for each in pool.map(lambda row: grader.grade(row, released), rows)]
    finally:
        grader.close()


def results(verdict: Verdict) -> dict[str, TestResult]:
    """The test cells of a notebook that ran to its end, by grade id."""
    assert (verdict.status, verdict.cause) == ("graded", ""), verdict
    return {test.id: test for exercise in verdict.exercises for test in exercise.tests}


def compared(answers: Answers, judge: dict[str, TestResult], nbgrader: dict[str, TestResult]) -> Iterator[Compared]:
    """Every test of every answer."""
    for name, mine in answers.items():
        for row, trials in enumerate(mine):
            for test in (judge[f"{name}__{row}-{kind}"] for kind in TESTS if f"{name}__{row}-{kind}" in judge):
                kind = test.id.rpartition("-")[2]
                yield Compared(trials[0].answer, test, nbgrader[test.id], seen(kind, trials))


def seen(kind: str, trials: list[Trial]) -> Trial | None:
    """What `course verify` saw of a test of an answer. It stops at the first test that refuses the answer."""
    refused = [each for each in trials if each.actual != "right"]
    first = next((each for test in TESTS for each in refused if each.test == test), None)
    if first is None or first.answer.expected == STARTER or first.test == kind:
        return first or trials[0]
    return None if kind == "hidden" else replace(first, actual="right", message="")
