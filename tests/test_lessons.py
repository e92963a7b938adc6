"""Every lesson of the course holds to what it promises: a small kit, cells that run anywhere, alone and twice.

Its answers are proved in `judge/test_both_engines.py`.
"""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import nbformat
import pytest
from alone import Kernel, environment, offline, surroundings
from nbformat import NotebookNode

from autograder.authoring.build import build
from autograder.course import Lesson, load
from autograder.kit.words import GUESSES, WORDS

COURSE = load()
every_lesson = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.name)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has what lessons may import, and nothing else."""
    return environment(tmp_path_factory.mktemp("alone"))


def run_twice(path: Path, python: Path, folder: Path) -> list[NotebookNode]:
    """The notebook after each of two runs in one kernel, in a folder that holds nothing else and is left so."""
    notebook = nbformat.read(path, nbformat.NO_CONVERT)
    with Kernel(python) as kernel:
        first = kernel.run(notebook, folder)
        second = kernel.run(first, folder)
    assert list(folder.iterdir()) == []
    return [first, second]


def outputs(notebook: NotebookNode, kind: str) -> list[tuple[str, NotebookNode]]:
    """The outputs of one kind, each with its cell's grade id or first line."""
    return [
        (cell.metadata.get("nbgrader", {}).get("grade_id") or cell.source.splitlines()[0], output)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == kind
    ]


def errors(notebook: NotebookNode) -> list[tuple[str, str, str]]:
    """Each cell that failed, with its error."""
    return [(name, error.ename, error.evalue) for name, error in outputs(notebook, "error")]


def test_the_committed_notebooks_are_what_the_sources_give() -> None:
    assert [built.path for built in build(COURSE, check=True) if built.changed] == []


@every_lesson
def test_the_kit_that_a_lesson_carries_is_short_enough_to_read(lesson: Lesson) -> None:
    notebook = nbformat.read(COURSE.notebook(lesson), nbformat.NO_CONVERT)
    setup = notebook.cells[1]

    assert setup.metadata.nbgrader.grade_id == "kit"
    without = setup.source.partition("    GPU = ")[0]  # the simulated GPU comes last, where a lesson brings it
    assert len(without.splitlines()) < (320 if lesson.name == "01_tensors" else 650)


@pytest.mark.slow
@every_lesson
def test_the_solution_runs_alone_twice_and_passes_every_test(lesson: Lesson, python: Path, tmp_path: Path) -> None:
    for notebook in run_twice(COURSE.solution(lesson), python, tmp_path):
        tests = {cell.id for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")}
        assert not {name for name, _ in outputs(notebook, "error")} & tests
        shown = [output.data for _, output in outputs(notebook, "display_data")]
        assert [data for data in shown if not {"text/html", "text/plain"} <= data.keys()] == []  # for every front end
        ticks = [data["text/plain"] for data in shown]
        assert sum(text.startswith("✓") for text in ticks) == len(tests)
        assert [output.text for _, output in outputs(notebook, "stream") if output.name == "stderr"] == []
        exercises = len(notebook.metadata.course.exercises)
        assert notebook.cells[-1].outputs[0].text.startswith(f"{exercises} of {exercises} exercises done.")


@pytest.mark.slow
@every_lesson
def test_the_students_notebook_runs_alone_to_its_end_twice(lesson: Lesson, python: Path, tmp_path: Path) -> None:
    first, second = run_twice(COURSE.notebook(lesson), python, tmp_path)

    states = {name: error.ename for name, error in outputs(first, "error") if name.endswith(("-check", "-predict"))}
    exercises = [exercise["id"] for exercise in first.metadata.course.exercises]
    assert {name.rpartition("-")[0] for name in states} == set(exercises)
    assert set(states.values()) == {"NotAttempted"}
    assert errors(second) == errors(first)


@pytest.mark.slow
def test_after_a_restart_a_saved_notebook_runs_as_it_did(python: Path, tmp_path: Path) -> None:
    """One lesson, the one that puts most in its kernel's place: what a run leaves outside is nothing, as seen above."""
    with Kernel(python) as kernel:
        notebook = nbformat.read(COURSE.notebook(COURSE.lesson("06")), nbformat.NO_CONVERT)
        notebook.cells.append(
            nbformat.v4.new_code_cell('print("ran before" in globals()); globals()["ran before"] = 1')
        )
        first = kernel.run(notebook, tmp_path)
        saved = nbformat.reads(nbformat.writes(first), nbformat.NO_CONVERT)
        kernel.restart()
        second = kernel.run(saved, tmp_path)

    printed = ["".join(each.text for each in ran.cells[-1].outputs) for ran in (first, second)]  # in parts, at times
    assert printed == ["False\n", "False\n"]
    assert errors(second) == errors(first)
    kinds = [[{each.output_type for each in cell.get("outputs", [])} for cell in ran.cells] for ran in (first, second)]
    assert kinds[0] == kinds[1]


def test_alone_means_without_the_repository_other_packages_and_a_network(python: Path, tmp_path: Path) -> None:
    def said(*command: str | Path) -> str:
        """The last line that a command in the lessons' environment prints."""
        done = subprocess.run(command, cwd=tmp_path, env=surroundings(), capture_output=True, text=True, check=False)
        return (done.stdout + done.stderr).strip().rpartition("\n")[2]

    there = ("torch", "numpy", "matplotlib", "sklearn", "ipykernel")
    names = (*there, "autograder", "nbgrader", "nbformat", "jupyterlab", "ipywidgets", "pandas")
    find = f"import importlib.util as u; print(*[name for name in {names} if u.find_spec(name)])"
    assert said(python, "-c", find) == " ".join(there)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        connect = f"import socket; socket.create_connection(('127.0.0.1', {port})); print('connected')"
        assert said(python, "-c", connect) == "connected"
        if not offline():
            pytest.skip("no network namespace may be made here, so lessons run with the network in reach")
        assert said(*offline(), python, "-c", connect).startswith("OSError")


def test_every_mistake_that_a_bank_names_has_its_words_and_none_is_left_over() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in (COURSE.root / "solutions").glob("*.py"))
    said += "".join(path.read_text(encoding="utf-8") for path in (COURSE.root / "autograder" / "kit").glob("[!w]*.py"))
    guessed = {mistake for guesses in GUESSES.values() for mistake in guesses.values()}

    assert [name for name in WORDS if f'"{name}"' not in said and name not in guessed] == []
