"""A lesson's text → cells → the solution notebook.

A source is Python in Jupytext's percent format. A cell's header says what the cell is:

    # %% [markdown]                                      prose
    # %%                                                 code to run; raises="TypeError" where an error is the point,
                                                         folded="What it draws" where only the picture matters
    # %% solution="row_means"                            the answer, between ### BEGIN SOLUTION and ### END SOLUTION
    # %% check="row_means" points=1                      the visible test
    # %% hidden="row_means" points=1 checks="ties, …"    the hidden test, and what learners are told of it
    # %% predict="promoted" points=1                     the visible test of a prediction

Only this module knows how nbgrader marks such cells.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.authoring.inline import kit_cell, own_words, strings_in
from autograder.errors import SourceError
from autograder.files import read_text

HEADER = re.compile(r"# ?%%")
TESTS = ("check", "hidden", "predict")
KEYS = {
    "markdown": set[str](),
    "code": {"raises", "folded"},
    "solution": {"solution"},
    "check": {"check", "points"},
    "hidden": {"hidden", "points", "checks"},
    "predict": {"predict", "points"},
}
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
# for Colab, for Kaggle, and for JupyterLab, Notebook and VS Code
FOLDED = {"cellView": "form", "_kg_hide-input": True, "jupyter": {"source_hidden": True}}
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
HEADING = re.compile(r"^### (?P<title>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """One cell of a source: `line` is its header's, 1-based; `exercise` and `points` are set where they apply."""

    kind: str
    text: str
    line: int
    exercise: str = ""
    points: float = 0
    checks: str = ""
    raises: str = ""
    folded: str = ""


@dataclass(frozen=True)
class Exercise:
    """One exercise: its name, what it asks (`prose`), its answer, its tests (`check` or `predict`, then `hidden`)."""

    id: str
    prose: Cell
    solution: Cell
    tests: tuple[Cell, ...]

    @property
    def title(self) -> str:
        """The last heading of its prose."""
        return str(HEADING.findall(self.prose.text)[-1])

    @property
    def points(self) -> float:
        """All its tests together."""
        return sum(test.points for test in self.tests)


@dataclass(frozen=True)
class Source:
    """A lesson as its author wrote it."""

    path: Path
    cells: tuple[Cell, ...]

    @property
    def exercises(self) -> list[Exercise]:
        """The exercises, in their order."""
        return [
            Exercise(
                id=cell.exercise,
                prose=self.cells[index - 1],
                solution=cell,
                tests=tuple(each for each in self.cells if each.kind in TESTS and each.exercise == cell.exercise),
            )
            for index, cell in enumerate(self.cells)
            if cell.kind == "solution"
        ]


def fault(source: Source, cell: Cell, message: str, line: int = 0) -> SourceError:
    """A SourceError at `line` of a cell's text, 0 being its header."""
    return SourceError(source.path, cell.line + line, message)


def read_source(path: Path) -> Source:
    """Read a lesson's source. `autograder.authoring.rules` says whether it is a good one.

    Raises:
        SourceError: it is missing, or a cell's header cannot be understood.
    """
    text = read_text(path, "there is no such file; course.toml names this lesson")
    return Source(path, tuple(_cells(path, text)))


def _cells(path: Path, text: str) -> Iterator[Cell]:
    headers = [number for number, line in enumerate(text.splitlines(), 1) if HEADER.match(line)]
    # Without comment_magics=False, jupytext makes a command of a comment such as "# ls of names".
    parsed = jupytext.reads(text, fmt={"extension": ".py", "format_name": "percent", "comment_magics": False}).cells
    if not headers or text.splitlines()[0] != text.splitlines()[headers[0] - 1]:
        raise SourceError(path, 1, "a lesson starts with a cell; write # %% [markdown] above this line")
    if len(parsed) != len(headers):  # most likely a header inside a string, which jupytext does not take for one
        raise SourceError(
            path, headers[-1], "in this cell or above, a line inside a string starts with # %%; break it up"
        )
    for line, cell in zip(headers, parsed, strict=True):
        yield _cell(path, line, cell.cell_type, dict(cell.metadata), cell.source)


def _cell(path: Path, line: int, cell_type: str, keys: dict[str, Any], text: str) -> Cell:
    keys.pop("lines_to_next_cell", None)  # jupytext's own
    if "incorrectly_encoded_metadata" in keys:
        raise SourceError(path, line, 'the header cannot be read; write key="value", with both quotes')
    kinds = [kind for kind in ("solution", *TESTS) if kind in keys]
    if cell_type not in ("markdown", "code"):
        raise SourceError(path, line, f"a cell is code or [markdown], not {cell_type}")
    if len(kinds) > 1:
        raise SourceError(path, line, f"a cell is one of {' and '.join(kinds)}, not both")
    kind = kinds[0] if kinds else cell_type
    for key in keys.keys() - KEYS[kind]:
        known = f"a {kind} cell knows {', '.join(sorted(KEYS[kind])) or 'no keys'}"
        raise SourceError(path, line, f"unknown key {key!r}; {known}")
    exercise = keys.get(kind, "")
    if kinds and not (isinstance(exercise, str) and re.fullmatch(r"[a-z][a-z0-9_]*", exercise)):
        raise SourceError(path, line, f"{kind}={exercise!r} is no name; write small letters, digits and _ in quotes")
    points = _points(path, line, kind, keys)
    words = {key: str(keys.get(key, "")) for key in ("checks", "raises", "folded")}
    return Cell(kind, text, line, exercise, points, **words)


def _points(path: Path, line: int, kind: str, keys: dict[str, Any]) -> float:
    if kind not in TESTS:
        return 0
    name, points = keys[kind], keys.get("points")
    if points is None:
        raise SourceError(path, line, f"{kind} test {name!r} has no points; add points=1")
    if isinstance(points, bool) or not isinstance(points, (int, float)) or not 0 < points < float("inf"):
        raise SourceError(path, line, f"{kind} test {name!r} has points={points!r}; write a number above 0")
    return points


def solution_notebook(source: Source, lesson: str) -> NotebookNode:
    """nbgrader's source notebook: the prose, the kit, the answers and all tests. The same text gives the same bytes."""
    hidden = [cell.text for cell in source.cells if cell.kind == "hidden"]
    visible = [cell.text for cell in source.cells if cell.kind not in ("markdown", "hidden")]
    kit = new_code_cell(kit_cell(visible, hidden))
    known = strings_in(ast.parse(kit.source))
    cells = [_notebook_cell(cell, known) for cell in source.cells]
    kit.metadata = {**FOLDED, "nbgrader": _nbgrader("kit", locked=True)}
    cells.insert(1, kit)
    exercises = [{"id": each.id, "title": each.title, "points": each.points} for each in source.exercises]
    notebook = new_notebook(
        cells=_with_ids(cells),
        metadata={
            "course": {"exercises": exercises, "lesson": lesson},
            **KERNEL,
        },
    )
    nbformat.validate(notebook)
    return notebook


def _notebook_cell(cell: Cell, known: frozenset[str]) -> NotebookNode:
    if cell.kind == "markdown":
        return new_markdown_cell(cell.text)
    node = new_code_cell(cell.text)
    if cell.folded:
        node.metadata.update(FOLDED)
        node.source = f"# @title {cell.folded}\n{cell.text}"
    if cell.kind == "solution":
        node.metadata["nbgrader"] = _nbgrader(cell.exercise, solution=True)
    elif cell.kind in TESTS:
        node.metadata["nbgrader"] = _nbgrader(
            f"{cell.exercise}-{cell.kind}", grade=True, locked=True, points=cell.points
        )
    if cell.kind in TESTS or cell.raises:
        node.metadata["tags"] = ["raises-exception"]  # so that "Run all" goes on behind it
    if cell.kind == "hidden":
        points = f"{cell.points:g} point" + ("s" if cell.points != 1 else "")
        said = wrap(f"# Hidden test, {points}. It also checks: {cell.checks}.", 100, subsequent_indent="# ")
        node.source = "\n".join([*said, BEGIN_HIDDEN, own_words(cell.text, known) + cell.text, END_HIDDEN])
    return node


def _nbgrader(
    grade_id: str, *, grade: bool = False, locked: bool = False, solution: bool = False, points: float | None = None
) -> dict[str, Any]:
    marks = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return marks if points is None else {**marks, "points": points}


def _with_ids(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Name the cells by what they are or hold, so that a new cell changes no other's id."""
    taken = set[str]()
    for cell in cells:
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        name = stem = cell.metadata.get("nbgrader", {}).get("grade_id") or f"{cell.cell_type}-{digest}"
        copies = 1
        while name in taken:
            copies += 1
            name = f"{stem}-{copies}"
        taken.add(name)
        cell.id = name[:64]
    return cells
