"""A clean copy of a lesson, and the student's work kept beside it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from autograder.authoring.build import generated
from autograder.course import Course, Lesson
from autograder.files import write_whole


def fresh(course: Course, lesson: Lesson) -> Path | None:
    """Put the lesson as it is handed out in the place of the one that was worked on.

    Returns:
        Where the work is now, beside the clean copy; None if there was none.
    """
    path = course.notebook(lesson)
    clean = generated(course, lesson)[path]
    kept = None
    if path.is_file() and path.read_bytes() != clean.encode():
        kept = free(path.with_stem(f"{path.stem}-{datetime.now():%Y-%m-%d-%H%M}"))
        path.rename(kept)
    write_whole(path, clean)
    return kept


def free(path: Path) -> Path:
    """`path`, or with a number at its end if that is taken."""
    names = (path.with_stem(f"{path.stem}-{number}") for number in range(2, 1000))
    return next(each for each in (path, *names) if not each.exists())
