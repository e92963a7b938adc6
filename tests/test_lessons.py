"""Every lesson of the course holds to what it promises: proved answers, a small kit, cells that run anywhere."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.authoring.build import build
from autograder.authoring.verify import verify
from autograder.course import Lesson, load
from autograder.kit.words import GUESSES, WORDS

COURSE = load()
every_lesson = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.name)


def run_alone(path: Path, folder: Path) -> NotebookNode:
    """The notebook after a run in a folder that holds nothing else; a cell that fails without leave is an error."""
    notebook = nbformat.read(path, nbformat.NO_CONVERT)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def outputs(notebook: NotebookNode, kind: str) -> list[tuple[str, NotebookNode]]:
    """The outputs of one kind, each with its cell's grade id or first line."""
    return [
        (cell.metadata.get("nbgrader", {}).get("grade_id") or cell.source.splitlines()[0], output)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == kind
    ]


def test_the_committed_notebooks_are_what_the_sources_give() -> None:
    assert [built.path for built in build(COURSE, check=True) if built.changed] == []


@every_lesson
def test_every_answer_of_the_bank_fares_as_it_says(lesson: Lesson) -> None:
    assert [str(fault) for fault in verify(COURSE, lesson).faults] == []


@every_lesson
def test_the_kit_that_a_lesson_carries_is_short_enough_to_read(lesson: Lesson) -> None:
    notebook = nbformat.read(COURSE.notebook(lesson), nbformat.NO_CONVERT)
    setup = notebook.cells[1]

    assert setup.metadata.nbgrader.grade_id == "kit"
    without = setup.source.partition("    GPU = ")[0]  # the simulated GPU comes last, where a lesson brings it
    assert len(without.splitlines()) < (320 if lesson.name == "01_tensors" else 600)


@pytest.mark.slow
@every_lesson
def test_the_solution_runs_alone_and_passes_every_test(lesson: Lesson, tmp_path: Path) -> None:
    notebook = run_alone(COURSE.solution(lesson), tmp_path)

    tests = {cell.id for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")}
    assert not {name for name, _ in outputs(notebook, "error")} & tests
    ticks = [output.data["text/plain"] for _, output in outputs(notebook, "display_data")]
    assert sum(text.startswith("✓") for text in ticks) == len(tests)
    assert [output.text for _, output in outputs(notebook, "stream") if output.name == "stderr"] == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@every_lesson
def test_the_students_notebook_runs_alone_to_its_end(lesson: Lesson, tmp_path: Path) -> None:
    notebook = run_alone(COURSE.notebook(lesson), tmp_path)

    states = {name: error.ename for name, error in outputs(notebook, "error") if name.endswith(("-check", "-predict"))}
    exercises = [exercise["id"] for exercise in notebook.metadata.course.exercises]
    assert {name.rpartition("-")[0] for name in states} == set(exercises)
    assert set(states.values()) == {"NotAttempted"}


def test_every_mistake_that_a_bank_names_has_its_words_and_none_is_left_over() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in (COURSE.root / "solutions").glob("*.py"))
    said += "".join(path.read_text(encoding="utf-8") for path in (COURSE.root / "autograder" / "kit").glob("[!w]*.py"))
    guessed = {mistake for guesses in GUESSES.values() for mistake in guesses.values()}

    assert [name for name in WORDS if f'"{name}"' not in said and name not in guessed] == []
