"""How far a learner is, told from the notebooks that they saved."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from small_lesson import LESSON, make

from autograder.authoring.build import build
from autograder.authoring.index import progress_cell
from autograder.course import Course
from autograder.progress import exercises, report

ANSWERS = [("return x + x", "✓"), ("return torch.ones(2)", "✗"), ("raise NotImplementedError()", "○")]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = make(tmp_path)
    list(build(course))
    return course


def work(course: Course, answer: str) -> None:
    """Write an answer into the students' notebook, run it, and save it with what it has shown."""
    path = course.notebook(LESSON)
    notebook = nbformat.read(path, nbformat.NO_CONVERT)
    (cell,) = (each for each in notebook.cells if each.metadata.get("nbgrader", {}).get("solution"))
    cell.source = f"def twice(x):\n    {answer}"
    NotebookClient(notebook, timeout=60).execute()
    nbformat.write(notebook, path)


def test_a_lesson_as_it_was_handed_out_is_not_begun(course: Course) -> None:
    assert exercises(course.notebook(LESSON)) == {"twice": ""}
    assert report(course.root / "notebooks").splitlines() == [
        "01_doubles  □□□□□□□□□□  0 of 1 exercises, not begun",
        "together    0 of 1 exercises, as the notebooks were last saved",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "sign"), ANSWERS)
def test_an_exercise_has_the_sign_that_its_check_showed(course: Course, answer: str, sign: str) -> None:
    work(course, answer)

    assert exercises(course.notebook(LESSON)) == {"twice": sign}
    told = {
        "✓": "■■■■■■■■■■  1 of 1 exercises, done",
        "✗": "□□□□□□□□□□  0 of 1 exercises, 1 not right yet",
        "○": "□□□□□□□□□□  0 of 1 exercises",
    }
    assert report(course.root / "notebooks").splitlines()[0] == f"01_doubles  {told[sign]}"


@pytest.mark.parametrize("text", ["{ cut off", "[" * 100_000 + "]" * 100_000, '{"metadata": []}'])
def test_what_cannot_be_read_stops_nothing(course: Course, text: str) -> None:
    notebook = course.notebook(LESSON)
    notebook.with_stem("01_doubles-2026-10-01-0900").write_bytes(notebook.read_bytes())  # of `course lab --fresh`
    notebook.write_text(text, encoding="utf-8")

    assert report(course.root / "notebooks").splitlines() == [
        "01_doubles  cannot be read",
        "together    0 of 0 exercises, as the notebooks were last saved",
    ]


def test_an_exercise_may_be_called_anything(course: Course) -> None:
    notebook = course.notebook(LESSON)
    changed = json.loads(notebook.read_text(encoding="utf-8"))
    changed["metadata"]["course"]["exercises"] = [{"id": "("}, {"id": ["a", "list"]}]
    notebook.write_text(json.dumps(changed), encoding="utf-8")

    assert report(course.root / "notebooks").splitlines()[0] == "01_doubles  □□□□□□□□□□  0 of 2 exercises, not begun"


def test_the_index_says_the_same_where_there_is_no_course_command(course: Course) -> None:
    notebooks = course.root / "notebooks"
    alone = [sys.executable, "-I", "-c", progress_cell()]
    done = subprocess.run(alone, cwd=notebooks, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == report(notebooks)
    assert "not begun" in done.stdout
