"""Every answer of a lesson by both engines, beside what `course verify` saw.

The judge gets notebooks as students hand them in, each with one answer to every exercise: as many notebooks as the
exercise with the most answers has, and as many again for the answers that call another exercise's, which is the
solution there. nbgrader takes seconds for each notebook, so it gets one, in which every exercise is
repeated for each of its answers: the answer, then the exercise's own test cells, under grade ids of their own.
"""

from __future__ import annotations

import ast
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
    return list(compared(answers, by_judge(course, lesson, answers), by_nbgrader(course, lesson, answers, folder)))


def by_judge(course: Course, lesson: Lesson, answers: Answers) -> list[dict[str, TestResult]]:
    """For each row of answers, the judge's results by grade id; an exercise without more is as handed out."""
    handed_out = json.loads(course.notebook(lesson).read_text(encoding="utf-8"))
    texts = {name: [text_of(each) for each in mine] for name, mine in answers.items()}
    solutions = {name: mine[0] for name, mine in texts.items()}
    rows = [
        {name: mine[row] for name, mine in texts.items() if row < len(mine)}
        for row in range(max(map(len, texts.values())))
    ]
    callers = [{name for name in row if calls_another(name, row[name], solutions)} for row in rows]
    contents = []
    for row, calling in zip(rows, callers, strict=True):
        contents.append(filled(handed_out, {name: row[name] for name in row.keys() - calling}))
        if calling:
            contents.append(filled(handed_out, solutions | {name: row[name] for name in calling}))
    found = map(results, graded("judge", course, read_released(course, lesson), contents))
    together = []
    for calling in callers:
        rest, called = next(found), next(found) if calling else {}
        together.append(rest | {test: each for test, each in called.items() if exercise_of(test) in calling})
    return together


def calls_another(name: str, text: str, exercises: Iterable[str]) -> bool:
    """Whether an answer uses the answer to another exercise."""
    used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    return not used.isdisjoint(set(exercises) - {name})


def by_nbgrader(course: Course, lesson: Lesson, answers: Answers, folder: Path) -> dict[str, TestResult]:
    """nbgrader's results, under `NAME__ROW-KIND` for the test `NAME-KIND` of an answer."""
    solution = nbformat.read(course.solution(lesson), nbformat.NO_CONVERT)
    tests_of = {name: [f"{name}-{kind}" for kind in TESTS] for name in answers}
    cells, texts, exercises = [], {}, []
    for cell in solution.cells:
        name = grade_id(cell)
        if name in answers:
            mine = [each for each in solution.cells if each is cell or grade_id(each) in tests_of[name]]
            for row in reversed(range(len(answers[name]))):  # the solution last, for cells below that use it
                cells += [renamed(each, grade_id(each).replace(name, f"{name}__{row}", 1)) for each in mine]
                exercises.append({"id": f"{name}__{row}", "title": name})
                texts[f"{name}__{row}"] = text_of(answers[name][row])
        elif exercise_of(name) not in answers:
            cells.append(cell)
    solution.cells, solution.metadata.course.exercises = cells, exercises
    repeated = replace(course, root=folder)
    write(repeated.solution(lesson), nbformat.writes(solution).encode())
    content = filled(json.loads(nbformat.writes(release(solution))), texts)
    (verdict,) = graded("nbgrader", repeated, read_released(repeated, lesson), [content])
    return results(verdict)


def grade_id(cell: Any) -> str:
    """nbgrader's name for a cell, "" if it has none."""
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def renamed(cell: Any, name: str) -> Any:
    """The cell under another grade id."""
    made = copy.deepcopy(cell)
    made.id, made.metadata.nbgrader.grade_id = name[:64], name
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


def compared(
    answers: Answers, judge: list[dict[str, TestResult]], nbgrader: dict[str, TestResult]
) -> Iterator[Compared]:
    """Every test of every answer."""
    for name, mine in answers.items():
        for row, trials in enumerate(mine):
            for test in (each for each in judge[row].values() if exercise_of(each.id) == name):
                kind = test.id.rpartition("-")[2]
                yield Compared(trials[0].answer, test, nbgrader[f"{name}__{row}-{kind}"], seen(kind, trials))


def seen(kind: str, trials: list[Trial]) -> Trial | None:
    """What `course verify` saw of a test of an answer. It stops at the first test that refuses the answer."""
    refused = [each for each in trials if each.actual != "right"]
    first = next((each for test in TESTS for each in refused if each.test == test), None)
    if first is None or first.answer.expected == STARTER or first.test == kind:
        return first or trials[0]
    return None if kind == "hidden" else replace(first, actual="right", message="")
