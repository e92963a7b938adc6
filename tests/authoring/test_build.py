"""`course build` writes what the sources give, and says what is stale."""

from __future__ import annotations

from pathlib import Path

import nbformat
from small_lesson import LESSON, SOURCE, changed, make

from autograder.authoring.build import build
from autograder.authoring.index import BEGIN, END


def test_a_second_build_changes_nothing(tmp_path: Path) -> None:
    course = make(tmp_path)

    assert [built.changed for built in build(course)] == [True, True, True]
    written = {path: path.read_bytes() for path in tmp_path.rglob("*.ipynb")}
    assert [built.changed for built in build(course)] == [False, False, False]
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


def test_what_a_student_has_kept_is_no_stray(tmp_path: Path) -> None:
    course = make(tmp_path)
    list(build(course))
    notebook = course.notebook(LESSON)
    notebook.with_stem("01_doubles-2026-10-01-0900-2").write_bytes(notebook.read_bytes())

    assert [built.path for built in build(course, check=True) if built.changed] == []


def test_the_readme_gets_the_list_of_lessons_between_its_marks(tmp_path: Path) -> None:
    course = make(tmp_path)
    readme = tmp_path / "README.md"
    readme.write_text(f"# Mine\n\n{BEGIN}\nold\n{END}\n\nThe end.\n", encoding="utf-8")

    assert readme in [built.path for built in build(course) if built.changed]
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"# Mine\n\n{BEGIN}\n[![Open in Binder]") and text.endswith(f"{END}\n\nThe end.\n")
    assert "| 01 | [Doubles](notebooks/01_doubles/01_doubles.ipynb) | twice | 5 min | [Colab](" in text
    assert "old" not in text
    assert [built.path for built in build(course, check=True) if built.changed] == []


def test_the_index_lists_the_lessons_with_their_minutes_and_points(tmp_path: Path) -> None:
    course = make(tmp_path)
    list(build(course))
    welcome, progress = nbformat.read(tmp_path / "notebooks" / "index.ipynb", nbformat.NO_CONVERT).cells

    assert "| 01 | [Doubles](01_doubles/01_doubles.ipynb) | twice | 5 | 3 | [Colab](" in welcome.source
    assert progress.metadata.jupyter.source_hidden
