"""A source's text becomes nbgrader's notebook."""

from __future__ import annotations

from pathlib import Path

import nbformat
from small_lesson import LESSON, SOURCE, changed, make

from autograder.authoring.source import read_source, solution_notebook


def notebook_of(root: Path, source: str = SOURCE) -> nbformat.NotebookNode:
    return solution_notebook(read_source(make(root, source).source(LESSON)), LESSON.name)


def test_cells_carry_nbgraders_marks(tmp_path: Path) -> None:
    marks = {
        cell.metadata.nbgrader.grade_id: (
            cell.metadata.nbgrader.grade,
            cell.metadata.nbgrader.solution,
            cell.metadata.nbgrader.locked,
            cell.metadata.nbgrader.get("points"),
        )
        for cell in notebook_of(tmp_path).cells
        if "nbgrader" in cell.metadata
    }

    assert marks == {
        "kit": (False, False, True, None),
        "twice": (False, True, False, None),
        "twice-check": (True, False, True, 1),
        "twice-hidden": (True, False, True, 2),
    }


def test_the_hidden_test_keeps_one_line_for_the_learner(tmp_path: Path) -> None:
    cell = notebook_of(tmp_path).cells[-1]

    first, second, *_, last = cell.source.splitlines()
    assert first == "# Hidden test, 2 points. It also checks: negative numbers."
    assert (second, last) == ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")


def test_words_that_only_the_hidden_test_needs_stay_hidden(tmp_path: Path) -> None:
    notebook = notebook_of(tmp_path)

    assert '"sizes_hard_coded"' not in notebook.cells[1].source
    assert "sizes_hard_coded" in notebook.cells[-1].source.split("with check")[0]
    assert '"swapped"' in notebook.cells[1].source


def test_the_same_text_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (nbformat.writes(notebook_of(tmp_path / name)) for name in "ab")

    assert first == second


def test_a_new_cell_changes_no_other_cells_id(tmp_path: Path) -> None:
    before = [cell.id for cell in notebook_of(tmp_path / "a").cells]
    more = changed(SOURCE, "# %%\nimport torch", "# %% [markdown]\n# More prose.\n\n# %%\nimport torch")
    after = [cell.id for cell in notebook_of(tmp_path / "b", more).cells]

    assert set(before) <= set(after)
    assert len(set(after)) == len(after) == len(before) + 1


def test_tests_and_deliberate_errors_do_not_stop_a_run_of_all_cells(tmp_path: Path) -> None:
    text = changed(SOURCE, "# %%\nimport torch", '# %% raises="ZeroDivisionError"\n1 / 0\n\n# %%\nimport torch')
    cells = notebook_of(tmp_path, text).cells

    tagged = [cell.source.splitlines()[0] for cell in cells if "raises-exception" in cell.metadata.get("tags", [])]
    assert tagged[0] == "1 / 0"
    assert len(tagged) == 3


def test_a_folded_cell_shows_its_title_only(tmp_path: Path) -> None:
    text = changed(SOURCE, "# %%\nimport torch", '# %% folded="Drawing it"\nimport torch')
    cell = notebook_of(tmp_path, text).cells[2]

    assert cell.source == "# @title Drawing it\nimport torch"
    assert cell.metadata.jupyter.source_hidden
    assert cell.metadata.cellView == "form"
