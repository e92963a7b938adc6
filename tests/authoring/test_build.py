"""`course build` writes what the sources give, and says what is stale."""

from __future__ import annotations

from pathlib import Path

from small_lesson import LESSON, SOURCE, changed, make

from autograder.authoring.build import build


def test_a_second_build_changes_nothing(tmp_path: Path) -> None:
    course = make(tmp_path)

    assert [built.changed for built in build(course)] == [True, True]
    written = {path: path.read_bytes() for path in tmp_path.rglob("*.ipynb")}
    assert [built.changed for built in build(course)] == [False, False]
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.ipynb")} == written


def test_check_tells_stale_notebooks_and_writes_nothing(tmp_path: Path) -> None:
    course = make(tmp_path)
    list(build(course))
    before = course.notebook(LESSON).read_bytes()
    course.source(LESSON).write_text(changed(SOURCE, "# Return twice", "# Give twice"), encoding="utf-8")

    assert [built.path for built in build(course, check=True) if built.changed] == [
        course.solution(LESSON),
        course.notebook(LESSON),
    ]
    assert course.notebook(LESSON).read_bytes() == before


def test_a_notebook_that_no_lesson_gives_is_told(tmp_path: Path) -> None:
    course = make(tmp_path)
    list(build(course))
    stray = tmp_path / "notebooks" / "old" / "old.ipynb"
    stray.parent.mkdir()
    stray.write_text("{}", encoding="utf-8")

    assert [built.path for built in build(course, check=True) if built.changed] == [stray]
    assert [built.path for built in build(course) if built.stray] == [stray]
