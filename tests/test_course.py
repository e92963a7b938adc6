"""course.toml is read once, and each fault in it is one line that says what to mend."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.course import Course, find_root, load
from autograder.errors import UsageError

GOOD = """\
title = "A course"
repository = "OWNER/NAME"
branch = "main"
out = "graded"

[limits]
cell_seconds = 7

[[lessons]]
name = "01_tensors"
title = "Tensors"
minutes = 90
due = 2026-10-12T23:59:00+02:00
"""


def course(root: Path, text: str = GOOD) -> Course:
    (root / "course.toml").write_text(text, encoding="utf-8")
    return load(root)


def test_every_fact_is_read(tmp_path: Path) -> None:
    read = course(tmp_path)

    assert (read.title, read.repository, read.branch, read.out) == (
        "A course",
        "OWNER/NAME",
        "main",
        tmp_path / "graded",
    )
    assert read.limits.cell_seconds == 7
    assert read.limits.jobs >= 1
    (lesson,) = read.lessons
    assert lesson.due == datetime(2026, 10, 12, 21, 59, tzinfo=UTC)
    assert read.notebook(lesson) == tmp_path / "notebooks" / "01_tensors" / "01_tensors.ipynb"


def test_a_lesson_goes_by_its_name_or_its_number(tmp_path: Path) -> None:
    read = course(tmp_path)

    assert read.lesson("01") is read.lesson("01_tensors")
    with pytest.raises(UsageError, match="no lesson '7'; the lessons are 01_tensors"):
        read.lesson("7")


def test_a_due_date_without_a_zone_is_utc(tmp_path: Path) -> None:
    read = course(tmp_path, GOOD.replace("+02:00", ""))

    assert read.lessons[0].due == datetime(2026, 10, 12, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "A course"\n', "", "title is missing"),
        ('name = "01_tensors"\n', "", "name is missing"),
        ("[[lessons]]", "[[lesson]]", "lessons is missing"),
        ("title = ", "title ", "course.toml: "),
        ('out = "graded"', "out = 3", "course.toml: "),
        ("cell_seconds = 7", "cell_second = 7", "cell_second"),
        ("cell_seconds = 7", 'cell_seconds = "7"', "limits: cell_seconds must be a whole number above 0"),
        ("cell_seconds = 7", "cell_seconds = 0", "limits: cell_seconds must be a whole number above 0"),
        ("cell_seconds = 7", "jobs = -1", "limits: jobs must be"),
        ("due = 2026-10-12T23:59:00+02:00", 'due = "soon"', "due must be a date with a time"),
        ("due = 2026-10-12T23:59:00+02:00", "due = 2026-10-12", "due must be a date with a time"),
    ],
)
def test_a_fault_is_one_line_that_says_what_to_mend(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD

    with pytest.raises(UsageError) as raised:
        course(tmp_path, GOOD.replace(old, new, 1))

    assert message in str(raised.value)
    assert str(tmp_path / "course.toml") in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_course_toml_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"course\.toml cannot be read"):
        load(tmp_path)


def test_the_course_is_where_this_package_is_checked_out() -> None:
    assert (find_root() / "autograder" / "course.py").is_file()
