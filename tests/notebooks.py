"""Small courses, lessons and hand-ins, built in code for the tests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]

LESSON = "01_tensors"

KIT = """
from IPython.display import HTML, display

class Wrong(Exception):
    def _render_traceback_(self):
        return [f"✗ {self}"]

class NotAttempted(Wrong):
    pass

class check:
    def __init__(self, name):
        self.name = name
    def __enter__(self):
        return self
    def __exit__(self, kind, error, trace):
        if error is None:
            display(HTML("<b>✓</b>"))
        elif isinstance(error, NotImplementedError):
            raise NotAttempted(f"{self.name} is as it was handed out") from None
        elif isinstance(error, Exception) and not isinstance(error, Wrong):
            raise Wrong(f"{self.name} raised {type(error).__name__}: {error}") from None

def expect(got, want):
    if got != want:
        raise Wrong(f"expected {want}, got {got}")
"""

ANSWERS = {"double": "return 2 * x", "dice": "return sum(rolls)"}
CHECKS = {"double": "expect(double(2), 4)", "dice": "expect(dice([1]), 1)"}
HIDDEN = {"double": "expect(double(-333), -666)", "dice": "expect(dice([111, 222]), 333)"}
"""Hidden tests; SECRETS is what no student may read of them."""
SECRETS = ["-333", "[111, 222]", "BEGIN HIDDEN"]

HEADERS = {"double": "def double(x):", "dice": "def dice(rolls):"}
TITLES = {"double": "1.1 · Twice & <more>", "dice": "1.2 · Dice", "guess": "1.3 · A guess"}
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
POINTS = {"double-check": 1, "double-hidden": 2, "dice-check": 1, "dice-hidden": 2, "guess-predict": 1}


def code(source: str, grade_id: str = "", *, solution: bool = False) -> Notebook:
    """A code cell, nbgrader's if it has a `grade_id`."""
    cell: Notebook = {"cell_type": "code", "id": grade_id or f"cell-{abs(hash(source)) % 10**8}", "metadata": {}}
    cell |= {"source": source, "outputs": [], "execution_count": None}
    if grade_id:
        points = POINTS.get(grade_id)
        cell["metadata"]["nbgrader"] = {"grade_id": grade_id, "schema_version": 3, "task": False}
        cell["metadata"]["nbgrader"] |= {"solution": solution, "locked": not solution, "grade": points is not None}
        if points is not None:
            cell["metadata"]["nbgrader"]["points"] = points
            cell["metadata"]["tags"] = ["raises-exception"]
    return cell


def notebook(cells: list[Notebook], lesson: str = LESSON) -> Notebook:
    """A notebook of a lesson of this course."""
    exercises = [{"id": name, "title": title} for name, title in TITLES.items()]
    return {
        "cells": cells,
        "metadata": {
            "course": {"lesson": lesson, "exercises": exercises},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def solution_notebook(lesson: str = LESSON) -> Notebook:
    """nbgrader's source notebook."""
    cells = [code(KIT, "kit")]
    for name, answer in ANSWERS.items():
        body = f"    ### BEGIN SOLUTION\n    {answer}\n    ### END SOLUTION"
        hidden = f"# checks more\n### BEGIN HIDDEN TESTS\n{test(name, HIDDEN[name])}\n### END HIDDEN TESTS"
        cells += [
            code(f"{HEADERS[name]}\n{body}", name, solution=True),
            code(test(name, CHECKS[name]), f"{name}-check"),
            code(hidden, f"{name}-hidden"),
        ]
    cells.append(code("### BEGIN SOLUTION\nguess = 3\n### END SOLUTION", "guess", solution=True))
    cells.append(code(test("guess", "expect(guess, 3)"), "guess-predict"))
    return notebook(cells, lesson)


def submission(lesson: str = LESSON, **answers: str) -> Notebook:
    """A student's notebook: the body of each answer that is given; the others are as they were handed out."""
    handed_in = solution_notebook(lesson)
    for cell in handed_in["cells"]:
        name = cell["metadata"]["nbgrader"]["grade_id"]
        cell["source"] = re.sub(r"(?s)### BEGIN HIDDEN.*### END HIDDEN TESTS", "", cell["source"])
        if name == "guess":
            cell["source"] = f"guess = {answers.get('guess', '0')}"
        elif name in ANSWERS:
            lines = answers.get(name, STUB).splitlines()
            cell["source"] = "\n".join([HEADERS[name], *(f"    {line}" for line in lines)])
    return handed_in


def cell_of(handed_in: Notebook, grade_id: str) -> Notebook:
    """The cell called `grade_id`."""
    return next(c for c in handed_in["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def test(name: str, line: str) -> str:
    """A test cell's source."""
    return f'with check("{name}"):\n    {line}'


test.__test__ = False  # type: ignore[attr-defined]  # not pytest's


def write(path: Path, content: Notebook | bytes) -> Path:
    """`content` in a file, its folders made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def make_course(root: Path, *, cell_seconds: int = 3, submission_seconds: int = 60, out: str = "graded") -> Path:
    """A course of two lessons at `root`."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "course.toml").write_text(
        f"""
title = "A test course"
repository = "OWNER/NAME"
branch = "main"
out = "{out}"
[limits]
cell_seconds = {cell_seconds}
submission_seconds = {submission_seconds}
jobs = 2
[[lessons]]
name = "00_start_here"
title = "Start here"
minutes = 10
[[lessons]]
name = "{LESSON}"
title = "Creating tensors"
minutes = 10
due = 2026-10-12T23:59:00Z
""",
        encoding="utf-8",
    )
    for lesson in ("00_start_here", LESSON):
        write(root / "solutions" / lesson / f"{lesson}.ipynb", solution_notebook(lesson))
    return root


def hand_in(folder: Path, students: Mapping[str, Notebook | bytes], lesson: str = LESSON) -> Path:
    """A folder of hand-ins, STUDENT/LESSON.ipynb."""
    for student, content in students.items():
        write(folder / student / f"{lesson}.ipynb", content)
    return folder
