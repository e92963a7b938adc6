"""`course lab --fresh` puts a clean copy in a lesson's place and loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_lesson import LESSON, make

from autograder.authoring.build import build
from autograder.course import Course
from autograder.lab.fresh import fresh


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = make(tmp_path)
    list(build(course))
    return course


def test_work_is_kept_beside_the_clean_copy(course: Course) -> None:
    path = course.notebook(LESSON)
    clean = path.read_bytes()
    kept = []
    for work in (b"mine", b"mine, a second time", b"and a third"):
        path.write_bytes(work)
        kept.append(fresh(course, LESSON))
        assert path.read_bytes() == clean

    assert [each.read_bytes() for each in kept if each] == [b"mine", b"mine, a second time", b"and a third"]
    assert {each.parent for each in kept if each} == {path.parent}
    assert [built.path for built in build(course, check=True) if built.changed] == []


def test_nothing_is_kept_of_a_lesson_without_work(course: Course) -> None:
    path = course.notebook(LESSON)

    assert fresh(course, LESSON) is None
    path.unlink()
    assert fresh(course, LESSON) is None
    assert [each.name for each in path.parent.iterdir()] == [path.name]
