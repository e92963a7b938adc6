"""What Colab, Kaggle, VS Code and conda's JupyterLab make of a notebook when they save it costs no points."""

from __future__ import annotations

import copy
import json
from typing import Any

import nbformat
import pytest
from both_engines import MARKERS
from test_sample_class import COURSE, MAKE

from autograder.classroom.intake import HandIn
from autograder.classroom.released import read_released
from autograder.course import Lesson
from autograder.engines import make_engine
from autograder.judge.submission import Repaired, release_cells, repair, student_cells_hash

LEAST = "without nbgrader's marks"
FORMS = {**MAKE.WRITERS, LEAST: lambda notebook, student: MAKE.colab(unmarked(notebook), student)}
pytestmark = pytest.mark.slow


def unmarked(notebook: dict[str, Any]) -> dict[str, Any]:
    """As a service would leave it that keeps no metadata but its own; the cells' ids, above all, stay no help."""
    bare = copy.deepcopy(notebook)
    for cell in bare["cells"]:
        cell["metadata"] = {}
    return bare


def right(lesson: Lesson) -> dict[str, Any]:
    """The lesson as handed out, with the solutions in it, and an output under each cell of code."""
    notebook = json.loads(COURSE.notebook(lesson).read_text(encoding="utf-8"))
    solution = nbformat.read(COURSE.solution(lesson), nbformat.NO_CONVERT)
    answers = {
        cell.metadata.nbgrader.grade_id: MARKERS.sub("", cell.source)
        for cell in solution.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    for number, cell in enumerate(notebook["cells"]):
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, MAKE.text_of(cell))
        if cell["cell_type"] == "code":
            text = {"output_type": "display_data", "data": {"text/plain": "✓"}, "metadata": {}}
            cell |= {"execution_count": number + 1, "outputs": [text]}
    return notebook


@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.name)
def test_every_form_is_graded_as_the_same_notebook_and_has_all_points(lesson: Lesson) -> None:
    """What the judge is given of each form is the same, so one stands for all: the one that has least left."""
    released, notebook = read_released(COURSE, lesson), right(lesson)
    written = {form: write(notebook, "s001").encode() for form, write in FORMS.items()}
    assert len(set(written.values())) == len(FORMS)

    repaired = {form: repair(text, release_cells(released)) for form, text in written.items()}
    for form, each in repaired.items():
        assert isinstance(each, Repaired), (form, each)
        assert form == LEAST or each.repairs == (), form
        assert not each.unclear, form
    assert len({student_cells_hash(each.notebook) for each in repaired.values() if isinstance(each, Repaired)}) == 1

    engine = make_engine("judge", COURSE, [released], device="cpu")
    try:
        verdict = engine.grade(HandIn("s001", lesson.name, released.path, written[LEAST]), released).verdict
    finally:
        engine.close()
    assert (verdict.status.value, verdict.points, verdict.cause) == ("graded", verdict.max_points, "")
    assert verdict.max_points > 5
