"""The student notebook is nbgrader's, to the byte, and gives nothing away."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_lesson import LESSON, make

from autograder.authoring.build import build
from autograder.course import load

COURSE = load()


def test_the_students_notebook_has_the_stub_and_no_hidden_test(tmp_path: Path) -> None:
    course = make(tmp_path)
    list(build(course))
    text = course.notebook(LESSON).read_text(encoding="utf-8")

    assert "raise NotImplementedError()" in text
    for secret in ("x.abs()", "BEGIN SOLUTION", "BEGIN HIDDEN", "-1.0, 3.0", "sizes_hard_coded"):
        assert secret not in text


@pytest.mark.slow
def test_nbgraders_own_command_gives_the_same_notebooks(tmp_path: Path, subtests: pytest.Subtests) -> None:
    for name in ("solutions", "autograder"):
        ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(COURSE.root / name, tmp_path / name, ignore=ignored)
    for name in ("course.toml", "nbgrader_config.py"):
        shutil.copy(COURSE.root / name, tmp_path)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "*"]  # it takes ten seconds to start

    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)

    assert ended.returncode == 0, ended.stderr
    for lesson in COURSE.lessons:
        with subtests.test(lesson.name):
            theirs = tmp_path / "notebooks" / lesson.name / f"{lesson.name}.ipynb"
            assert theirs.read_bytes() == COURSE.notebook(lesson).read_bytes()
