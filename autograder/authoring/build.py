"""All that is made of the lessons' sources; or, with `check`, which of it is not what the sources give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.authoring.frame import framed
from autograder.authoring.index import NAME, index, readme
from autograder.authoring.release import release
from autograder.authoring.rules import read_checked
from autograder.authoring.source import read_source, solution_notebook
from autograder.course import Course, Lesson
from autograder.files import write_whole

KEPT = re.compile(r"-\d{4}-\d\d-\d\d-\d{4}(-\d+)?")  # how the name ends under which a student's work is kept


@dataclass(frozen=True)
class Built:
    """A generated file. `changed`: what was there was something else, or nothing; `stray`: no lesson gives it."""

    path: Path
    changed: bool
    stray: bool = False


def build(course: Course, *, check: bool = False) -> Iterator[Built]:
    """Write the notebooks of each lesson and the lists of them, or with `check` only say what would change.

    Raises:
        SourceError: a lesson's source has a fault; the lessons before it are written.
    """
    for make in (*(partial(generated, course, lesson) for lesson in course.lessons), partial(lists, course)):
        for path, text in make().items():
            changed = not path.is_file() or path.read_text(encoding="utf-8") != text
            if changed and not check:
                write_whole(path, text)
            yield Built(path, changed)
    for path in strays(course):
        yield Built(path, changed=True, stray=True)


def generated(course: Course, lesson: Lesson) -> dict[Path, str]:
    """The two notebooks of a lesson, by their paths."""
    source = read_checked(course.source(lesson))
    solution = framed(solution_notebook(source, lesson.name), source, course, lesson)
    return {course.solution(lesson): text_of(solution), course.notebook(lesson): text_of(release(solution))}


def lists(course: Course) -> dict[Path, str]:
    """The index of the lessons, and the README with its table of them, by their paths."""
    sources = {lesson: read_source(course.source(lesson)) for lesson in course.lessons}
    made = {course.root / "notebooks" / NAME: index(course, sources)}
    path = course.root / "README.md"
    return made | ({path: readme(course, path.read_text(encoding="utf-8"))} if path.is_file() else {})


def text_of(notebook: NotebookNode) -> str:
    """A notebook as nbconvert, and so nbgrader, writes it."""
    return str(nbformat.writes(notebook, nbformat.NO_CONVERT)) + "\n"


def strays(course: Course) -> Iterator[Path]:
    """Notebooks in the generated folders that no lesson gives and no student has kept (`course lab --fresh`)."""
    ours = {path for lesson in course.lessons for path in (course.solution(lesson), course.notebook(lesson))}
    ours.add(course.root / "notebooks" / NAME)
    for folder in ("solutions", "notebooks"):
        for path in sorted((course.root / folder).rglob("*.ipynb")):
            kept = KEPT.fullmatch(path.stem.removeprefix(path.parent.name))
            if path not in ours and not kept and ".ipynb_checkpoints" not in path.parts:
                yield path
