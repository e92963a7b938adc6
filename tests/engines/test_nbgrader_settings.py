"""nbgrader's own commands in a course that `course grade` has graded."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import GradedClass

import autograder
from autograder.course import Limits
from autograder.engines.nbgrader_settings import nbgrader_settings, private_settings
from notebooks import SECRETS, make_course

REPOSITORY = Path(autograder.__file__).parent.parent

COMPARED = ["right", "partly", "endless", "died", "deaf", "warned"]


@pytest.fixture
def course(graded_class: GradedClass, tmp_path: Path) -> Path:
    """A copy of the graded class's course, with nbgrader's configuration file."""
    shutil.copytree(graded_class.root, tmp_path / "course")
    shutil.copy(REPOSITORY / "nbgrader_config.py", tmp_path / "course")
    return tmp_path / "course"


def nbgrader(course: Path, *arguments: str) -> str:
    """What nbgrader's command says, run in `course`."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command, cwd=course, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def exported(course: Path) -> dict[str, float]:
    """Each student's points, as `nbgrader export` gives them."""
    nbgrader(course, "export")
    with (course / "grades.csv").open() as file:
        return {
            row["student_id"]: float(row["score"]) for row in csv.DictReader(file) if row["assignment"] == "01_tensors"
        }


IN_A_KERNEL = """
from autograder.engines.nbgrader_settings import IN_KERNEL_STEPS
del c["Autograde"]
c.Autograde.autograde_preprocessors = IN_KERNEL_STEPS
c.Execute.timeout = 3
"""
"""Puts nbgrader's own execution back, for comparison."""


@pytest.mark.slow
def test_nbgraders_own_execution_gives_the_scores_of_the_engine_nbgrader(
    graded_class: GradedClass, course: Path
) -> None:
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(IN_A_KERNEL)
    for student in COMPARED:
        handed_in = graded_class.folder / student / "01_tensors.ipynb"
        place = course / "submitted" / student / "01_tensors"
        place.mkdir(parents=True)
        shutil.copy(handed_in, place)
    (course / "graded" / "gradebook.db").unlink()
    shutil.rmtree(course / "graded" / "autograded")
    nbgrader(course, "generate_assignment", "01_tensors")
    nbgrader(course, "autograde", "01_tensors")
    assert exported(course) == {student: graded_class.verdict(student).points for student in COMPARED}


@pytest.mark.slow
def test_nbgrader_exports_our_points(graded_class: GradedClass, course: Path) -> None:
    points = exported(course)
    assert len(points) == 9
    for student, score in points.items():
        assert score == (graded_class.verdict(student).points or 0)  # it has no word for "not graded"


@pytest.mark.slow
def test_nbgraders_feedback_shows_no_hidden_test(course: Path) -> None:
    said = nbgrader(course, "generate_feedback", "01_tensors")
    assert "not recognized" not in said
    pages = list((course / "graded" / "feedback").glob("*/01_tensors/01_tensors.html"))
    assert len(pages) == 7
    for page in pages:
        text = page.read_text()
        assert not [secret for secret in SECRETS if secret in text], page
        assert "<script>alert" not in text
    assert "1.0 / 1.0" in (course / "graded" / "feedback" / "right" / "01_tensors" / "01_tensors.html").read_text()


@pytest.mark.slow
def test_nbgraders_database_command_sees_our_students(course: Path) -> None:
    listed = nbgrader(course, "db", "student", "list")
    assert "right" in listed
    assert "duplicated" in listed


def test_results_may_go_outside_the_course(tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere"
    settings = nbgrader_settings(make_course(tmp_path / "course", out=str(outside)))
    assert settings.CourseDirectory.autograded_directory == str(outside / "autograded")
    assert settings.CourseDirectory.db_url == f"sqlite:///{outside}/gradebook.db"
    assert outside.is_dir()


def test_the_engine_nbgrader_runs_notebooks_in_a_kernel_and_nbgraders_commands_do_not(
    root: Path, tmp_path: Path
) -> None:
    ours, theirs = private_settings(tmp_path, Limits(3, 60, 2)), nbgrader_settings(root)
    assert "autograder.engines.nbgrader_execute.RunAll" in ours.Autograde.autograde_preprocessors
    assert ours.Execute.timeout == 3
    steps = [*theirs.Autograde.sanitize_preprocessors, *theirs.Autograde.autograde_preprocessors]
    assert not [each for each in steps if "xecute" in each or "RunAll" in each]
    assert theirs.Autograde.exporter_class == "autograder.engines.nbgrader_judge.Judge"


def test_pages_are_the_same_whatever_has_graded(root: Path, tmp_path: Path) -> None:
    ours, theirs = private_settings(tmp_path, Limits(3, 60, 2)), nbgrader_settings(root)
    assert ours.HTMLExporter == theirs.HTMLExporter
    assert ours.GenerateFeedback == theirs.GenerateFeedback
    assert ours.HTMLExporter.sanitize_html
