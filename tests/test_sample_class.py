"""The sample class is what data/README.md says, and is graded as the table in data/make_sample_class.py says."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest
from conftest import contents

from autograder.authoring.session import Session
from autograder.authoring.source import Exercise, solution_notebook
from autograder.authoring.verify import run_lesson
from autograder.classroom.intake import HandIn, parse_timestamp, read_folder
from autograder.classroom.verdict import lateness
from autograder.course import load

ROOT = Path(__file__).resolve().parent.parent
COURSE = load(ROOT)


def script() -> ModuleType:
    """data/make_sample_class.py, which is no package's."""
    spec = importlib.util.spec_from_file_location("make_sample_class", ROOT / "data" / "make_sample_class.py")
    assert spec and spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKE = script()
LESSONS = {number: MAKE.Lesson(COURSE, number) for number in ("00", "01")}

every_hand_in = pytest.mark.parametrize("line", MAKE.CLASS, ids=lambda line: f"{line.student}-{line.lesson}")


def text(line: Any) -> str:
    """A hand-in's file."""
    return str(MAKE.path_of(line, LESSONS[line.lesson]).read_text(encoding="utf-8"))


def test_it_is_a_class_of_two_lessons_handed_in_both_ways() -> None:
    intake = read_folder(MAKE.TARGET, [lesson.name for lesson in LESSONS.values()])
    assert intake.notices == ()
    assert all(isinstance(row, HandIn) for row in intake.rows)
    found = {(row.student, row.lesson) for row in intake.rows}
    assert found == {(line.student, LESSONS[line.lesson].name) for line in MAKE.CLASS}
    students = Counter(student for student, _ in found)
    assert len(students) >= 12
    assert set(students.values()) == {1, 2}
    assert {len(path.relative_to(MAKE.TARGET).parts) for path in MAKE.TARGET.rglob("*.ipynb")} == {2, 3}


def test_one_is_late_and_one_is_in_time() -> None:
    late = {
        line.student: lateness(parse_timestamp(line.handed_in), COURSE.lesson(line.lesson).due) is not None
        for line in MAKE.CLASS
        if line.handed_in
    }
    assert sorted(late.values()) == [False, True]


def test_it_is_small() -> None:
    sizes = {path: path.stat().st_size for path in MAKE.TARGET.rglob("*.*")}
    assert sum(sizes.values()) < 2_500_000
    saved = {MAKE.path_of(line, LESSONS[line.lesson]) for line in MAKE.CLASS if line.front == "jupyterlab"}
    assert [path for path, size in sizes.items() if size > 150_000 and path not in saved] == []


@every_hand_in
def test_it_names_no_path_of_the_machine_it_was_made_on(line: Any) -> None:
    assert not MAKE.MACHINE.search(text(line))
    assert not re.search(r"site-packages|dist-packages|ipykernel_\d", text(line))


@every_hand_in
def test_it_is_a_notebook_but_for_the_damaged_one(line: Any) -> None:
    if line.cut:
        with pytest.raises(json.JSONDecodeError):
            json.loads(text(line))
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbformat.validate(nbformat.reads(text(line), nbformat.NO_CONVERT))


FRONTS: dict[str, Callable[[dict[str, Any], list[dict[str, Any]]], bool]] = {
    "jupyterlab": lambda facts, cells: (
        facts["kernelspec"]["display_name"] == "Python 3 (ipykernel)" and "id" in cells[0]
    ),
    "untouched": lambda facts, cells: "version" not in facts["language_info"],
    "colab": lambda facts, cells: "colab" in facts and all("id" in each["metadata"] for each in cells),
    "vscode": lambda facts, cells: facts["kernelspec"]["display_name"] == ".venv" and "id" in cells[0],
    "kaggle": lambda facts, cells: "kaggle" in facts and all(isinstance(each["source"], str) for each in cells),
    "conda": lambda facts, cells: facts["kernelspec"]["name"].startswith("conda-env-"),
}


@every_hand_in
def test_it_has_the_marks_of_its_front_end(line: Any) -> None:
    if not line.cut:
        notebook = json.loads(text(line))
        assert FRONTS[line.front](notebook["metadata"], notebook["cells"])
        assert ("id" in notebook["cells"][0]) == (notebook["nbformat_minor"] >= 5)


@every_hand_in
def test_it_is_of_the_lesson_as_it_is_now(line: Any) -> None:
    if not line.cut:
        lesson = LESSONS[line.lesson]
        filled = [MAKE.text_of(cell) for cell in lesson.filled(line)["cells"]]
        assert [MAKE.text_of(cell) for cell in json.loads(text(line))["cells"]] == filled, "make the class anew"


# --- grading ----------------------------------------------------------------------------------------------------------


class Oracle:
    """What an answer must earn: the points of the tests that it passes, run by the author's tools in this process."""

    def __init__(self, number: str) -> None:
        self.lesson = LESSONS[number]
        solution = solution_notebook(self.lesson.source, self.lesson.name)
        self.session = Session()
        assert run_lesson(self.session, self.lesson.source, solution) is None
        graded = [cell for cell in solution.cells if "points" in cell.metadata.get("nbgrader", {})]
        self.tests = {cell.metadata.nbgrader.grade_id: cell for cell in graded}

    def points(self, exercise: Exercise, what: str) -> float:
        """Points for `what` in the answer cell of an exercise."""
        if what in (MAKE.SOLUTION, MAKE.FURTHER):
            return exercise.points
        if what in MAKE.DEFECTS or what in MAKE.BEFORE or what == MAKE.OPEN:
            return 0
        fresh = self.session.fork()
        fresh.run(self.lesson.cell(exercise.id, what), "answer")
        mine = [self.tests[f"{exercise.id}-{test.kind}"] for test in exercise.tests]
        return sum(each.metadata.nbgrader.points for each in mine if fresh.run(each.source, "test") is None)

    def expected(self, line: Any) -> dict[str, float]:
        """Points by exercise. An answer that ends its process costs its own exercise, and no other."""
        return {each.id: self.points(each, line.what(each.id)) for each in self.lesson.source.exercises}


@pytest.mark.slow
def test_course_grade_says_of_each_what_the_table_says(tmp_path: Path) -> None:
    before = contents(MAKE.TARGET)
    command = [sys.executable, "-m", "autograder", "grade", "--out", str(tmp_path / "out"), "--json", "all.json"]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
    }
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
    assert contents(MAKE.TARGET) == before

    verdicts = {
        (each["student"], each["lesson"]): each for each in json.loads((tmp_path / "all.json").read_text())["verdicts"]
    }
    oracles = {number: Oracle(number) for number in LESSONS}
    assert len(verdicts) == len(MAKE.CLASS)
    for line in MAKE.CLASS:
        verdict = verdicts[line.student, LESSONS[line.lesson].name]
        which = f"{line.student}, lesson {line.lesson}: {verdict['cause']}"
        assert verdict["status"] == line.status, which
        if line.cut:  # its whole cells are saved; the exercises after the cut are told apart from wrong ones
            assert verdict["repairs"][0]["name"] == "cut_off", which  # and the test that stood where the file ends
            assert 0 < verdict["points"] < verdict["max_points"], which
            continue
        expected = oracles[line.lesson].expected(line)
        assert {each["id"]: each["points"] for each in verdict["exercises"]} == expected, which
        assert verdict["points"] == sum(expected.values()), which
        assert (verdict["late"] is not None) == line.handed_in.startswith("2026-10-14"), which
