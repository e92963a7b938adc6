"""What Colab, Kaggle, VS Code and conda's JupyterLab make of a notebook when they save it costs no points."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import nbformat
import pytest
from test_sample_class import COURSE, MAKE

from autograder.classroom.intake import HandIn
from autograder.classroom.released import read_released
from autograder.classroom.verdict import Verdict
from autograder.course import Lesson
from autograder.engines import make_engine

MARKERS = re.compile(r"^ *### (BEGIN|END) SOLUTION\n", re.MULTILINE)
FORMS = {**MAKE.WRITERS, "without nbgrader's marks": lambda notebook, student: MAKE.colab(unmarked(notebook), student)}
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


@pytest.fixture(scope="module", params=COURSE.lessons, ids=lambda lesson: lesson.name)
def verdicts(request: pytest.FixtureRequest) -> Iterator[dict[str, Verdict]]:
    """By the form in which it was saved."""
    lesson: Lesson = request.param
    released, notebook = read_released(COURSE, lesson), right(lesson)
    engine = make_engine("judge", COURSE, [released], device="cpu")
    try:
        yield {
            form: engine.grade(
                HandIn("s001", lesson.name, released.path, write(notebook, "s001").encode()), released
            ).verdict
            for form, write in FORMS.items()
        }
    finally:
        engine.close()


def test_all_points_are_there_in_every_form(verdicts: dict[str, Verdict]) -> None:
    told = {form: (each.status.value, each.points, each.cause) for form, each in verdicts.items()}
    assert told == {form: ("graded", each.max_points, "") for form, each in verdicts.items()}
    assert all(each.max_points > 5 for each in verdicts.values())


def test_nothing_had_to_be_repaired_where_the_marks_were_kept(verdicts: dict[str, Verdict]) -> None:
    assert {form: each.repairs for form, each in verdicts.items() if form in MAKE.WRITERS} == dict.fromkeys(
        MAKE.WRITERS, ()
    )
