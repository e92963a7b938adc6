"""All lessons, from source to notebooks; or, with `check`, which notebooks are not what their source gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.authoring.release import release
from autograder.authoring.rules import read_checked
from autograder.authoring.source import solution_notebook
from autograder.course import Course, Lesson
from autograder.files import write_whole


@dataclass(frozen=True)
class Built:
    """A generated file. `changed`: what was there was something else, or nothing; `stray`: no lesson gives it."""

    path: Path
    changed: bool
    stray: bool = False


def build(course: Course, *, check: bool = False) -> Iterator[Built]:
    """Write both notebooks of each lesson, or with `check` write nothing and say what would change.

    Raises:
        SourceError: a lesson's source has a fault; the lessons before it are written.
    """
    for lesson in course.lessons:
        for path, text in generated(course, lesson).items():
            changed = not path.is_file() or path.read_text(encoding="utf-8") != text
            if changed and not check:
                write_whole(path, text)
            yield Built(path, changed)
    for path in strays(course):
        yield Built(path, changed=True, stray=True)


def generated(course: Course, lesson: Lesson) -> dict[Path, str]:
    """The two notebooks of a lesson, by their paths."""
    solution = solution_notebook(read_checked(course.source(lesson)), lesson.name)
    return {course.solution(lesson): text_of(solution), course.notebook(lesson): text_of(release(solution))}


def text_of(notebook: NotebookNode) -> str:
    """A notebook as nbconvert, and so nbgrader, writes it."""
    return str(nbformat.writes(notebook, nbformat.NO_CONVERT)) + "\n"


def strays(course: Course) -> Iterator[Path]:
    """Notebooks in the generated folders that no lesson of course.toml gives."""
    ours = {path for lesson in course.lessons for path in (course.solution(lesson), course.notebook(lesson))}
    for folder in ("solutions", "notebooks"):
        for path in sorted((course.root / folder).rglob("*.ipynb")):
            if path not in ours and ".ipynb_checkpoints" not in path.parts:
                yield path
