"""Around a lesson stand its links, at the top, and at the end a cell that says how far the learner is."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from pathlib import Path

import nbformat
import pytest
from small_lesson import LESSON, make

from autograder.authoring.build import build


@pytest.fixture
def notebook(tmp_path: Path) -> nbformat.NotebookNode:
    course = make(tmp_path)
    list(build(course))
    return nbformat.read(course.notebook(LESSON), nbformat.NO_CONVERT)


def test_the_links_stand_right_below_the_title(notebook: nbformat.NotebookNode) -> None:
    title, blank, *links = notebook.cells[0].source.splitlines()[:5]

    assert (title, blank) == ("# 01 · Doubles", "")
    assert [link.partition("]")[0] for link in links] == [
        f"[![Open in {each}" for each in ("Colab", "Kaggle", "Binder")
    ]
    assert all(link.endswith("notebooks/01_doubles/01_doubles.ipynb)") for link in links[:2])


@pytest.mark.parametrize(
    ("results", "told"),
    [
        ({}, "0 of 1 exercises done. Visible checks: 0 of 1 points.\n  · 1.1 · Twice: not checked yet\n"),
        ({"twice": "○"}, "0 of 1 exercises done. Visible checks: 0 of 1 points.\n  ○ 1.1 · Twice: not attempted\n"),
        ({"twice": "✗"}, "0 of 1 exercises done. Visible checks: 0 of 1 points.\n  ✗ 1.1 · Twice: not right yet\n"),
        (
            {"twice": "✓"},
            "1 of 1 exercises done. Visible checks: 1 of 1 points.\n"
            "Save, and hand it in. The hidden tests, worth 2 points more, run when it is marked.\n",
        ),
    ],
)
def test_the_last_cell_says_what_is_done_and_what_is_still_red(
    notebook: nbformat.NotebookNode, results: dict[str, str], told: str
) -> None:
    closing = notebook.cells[-1]
    with redirect_stdout(io.StringIO()) as printed:
        exec(closing.source, {"RESULTS": results})

    assert printed.getvalue() == told
    assert closing.metadata.jupyter.source_hidden


def test_the_last_cell_runs_without_the_set_up_cell(notebook: nbformat.NotebookNode) -> None:
    with redirect_stdout(io.StringIO()) as printed:
        exec(notebook.cells[-1].source, {})

    assert "not checked yet" in printed.getvalue()
