from __future__ import annotations

from typing import Any

import pytest
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.engines.nbgrader_feedback import NOT_SHOWN, Displayable, HideTests
from notebooks import SECRETS, cell_of, solution_notebook

HIDDEN = cell_of(solution_notebook(), "double-hidden")


def shown(grade_id: str, *outputs: dict[str, object]) -> dict[str, object]:
    source = cell_of(solution_notebook(), grade_id)
    cell = new_code_cell(source["source"], metadata=source["metadata"], outputs=list(outputs))
    return dict(HideTests().preprocess_cell(cell, {}, 0)[0])


def displayed(data: dict[str, Any]) -> dict[str, Any]:
    """What is left of an output's forms."""
    cell = new_code_cell("x", outputs=[new_output("display_data")])
    cell.outputs[0].data = from_dict(data)
    notebook = new_notebook()
    notebook.cells = [cell]
    return dict(Displayable().preprocess(notebook, {})[0].cells[0].outputs[0].data)


def test_a_hidden_test_is_not_shown_in_source_traceback_or_warning() -> None:
    trace = ["Traceback", "----> 2     expect(double(-333), -666)", "Wrong: no"]
    error = new_output("error", ename="ValueError", evalue="too small", traceback=trace)
    warning = new_output("stream", name="stderr", text="a.py:2: UserWarning: eek\n  expect(double(-333), -666)\n")
    cell = str(shown("double-hidden", error, warning))
    assert not [each for each in SECRETS if each in cell]
    assert "ValueError: too small" in cell
    assert "UserWarning: eek" in cell


def test_what_the_kit_says_stays() -> None:
    error = new_output("error", ename="Wrong", evalue="expected 4", traceback=["✗ double: expected 4"])
    assert "✗ double: expected 4" in str(shown("double-check", error))


def test_a_students_own_traceback_stays() -> None:
    error = new_output("error", ename="ValueError", evalue="x", traceback=["----> 1 my_line()"])
    assert "my_line" in str(shown("double", error))


@pytest.mark.parametrize(
    "data",
    [
        {"text/html": "<svg onload=alert(1)></svg>"},
        {"text/html": "<b>x</b><ScRiPt>alert(1)</script>"},
        {"image/svg+xml": "<svg/>"},
        {"application/javascript": "alert(1)"},
        {"text/markdown": "<img src=x onerror=alert(1)>"},
        {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}},
        {"text/html": ["<b>", 1]},
        {"image/png": "no picture!"},
    ],
)
def test_the_text_is_shown_where_the_html_would_be_cut(data: dict[str, Any]) -> None:
    assert displayed({**data, "text/plain": "a picture"}) == {"text/plain": "a picture"}


def test_what_cannot_be_shown_at_all_is_told() -> None:
    assert displayed({"application/vnd.jupyter.widget-view+json": {"model_id": "x"}}) == {"text/plain": NOT_SHOWN}


def test_html_that_comes_without_text_is_shown_in_pieces() -> None:
    assert displayed({"text/html": "<script>x</script>"}) == {"text/html": "<script>x</script>"}


@pytest.mark.parametrize(
    "data",
    [
        {"text/html": "<b>✓ double</b>", "text/plain": "✓ double"},
        {"image/png": "aGVyb24=\n", "text/plain": "<Figure>"},
        {"text/latex": "$x$"},
    ],
)
def test_what_is_harmless_stays(data: dict[str, str]) -> None:
    assert displayed(data) == data


def test_a_page_has_so_many_outputs_and_says_how_many_more_there_are() -> None:
    cells = [new_code_cell("x", outputs=[new_output("display_data", data={"text/plain": "x"})] * 600) for _ in range(3)]
    made = Displayable().preprocess(new_notebook(cells=cells), {})[0].cells
    assert [len(each.outputs) for each in made] == [600, 401, 1]
    assert "200 more outputs" in made[1].outputs[-1].text
    assert "600 more outputs" in made[2].outputs[-1].text


def test_a_page_has_so_many_cells_but_all_of_nbgraders() -> None:
    last = new_code_cell("x", metadata={"nbgrader": {"grade_id": "last", "grade": True, "solution": False}})
    made = Displayable().preprocess(new_notebook(cells=[*(new_code_cell("x") for _ in range(1200)), last]), {})[0].cells
    assert len(made) == 1002
    assert made[-2] == last
    assert "200 more cells" in made[-1].source
