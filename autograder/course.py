"""The course as course.toml and the folders describe it. Every path that the tools use is worked out here."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.errors import UsageError

PLACEHOLDER = "OWNER/NAME"  # what course.toml names until the course has a repository


@dataclass(frozen=True)
class Lesson:
    """One lesson: `name` is "01_tensors", everywhere; `minutes` what it takes a learner, `about` what it teaches."""

    name: str
    title: str
    minutes: int
    due: datetime | None = None
    about: str = ""


@dataclass(frozen=True)
class Limits:
    """What one submission may use; `output_kb` is what one cell may print. `jobs` are graded side by side."""

    cell_seconds: int = 20
    submission_seconds: int = 300
    memory_mb: int = 2048
    disk_mb: int = 64
    output_kb: int = 256
    jobs: int = 2


@dataclass(frozen=True)
class Course:
    """The course at `root`, with its lessons in teaching order."""

    root: Path
    title: str
    repository: str
    branch: str
    out: Path
    limits: Limits
    lessons: tuple[Lesson, ...]

    def lesson(self, name: str) -> Lesson:
        """The lesson called `name`; its number is enough ("01").

        Raises:
            UsageError: no lesson has that name, or none has that number.
        """
        for lesson in self.lessons:
            if name in (lesson.name, lesson.name.split("_")[0]):
                return lesson
        raise UsageError(f"no lesson {name!r}; the lessons are {', '.join(each.name for each in self.lessons)}")

    def source(self, lesson: Lesson) -> Path:
        """What the author edits."""
        return self.root / "solutions" / f"{lesson.name}.py"

    def bank(self, lesson: Lesson) -> Path:
        """The answer bank beside it."""
        return self.root / "solutions" / f"{lesson.name}_answers.py"

    def solution(self, lesson: Lesson) -> Path:
        """The generated solution notebook, nbgrader's source."""
        return self.root / "solutions" / lesson.name / f"{lesson.name}.ipynb"

    def notebook(self, lesson: Lesson) -> Path:
        """The generated student notebook, nbgrader's release."""
        return self.root / "notebooks" / lesson.name / f"{lesson.name}.ipynb"


def find_root() -> Path:
    """The course's folder: where this package is checked out, else the nearest one above the current folder.

    The second case is an environment that has the package installed (conda, Binder).

    Raises:
        UsageError: neither has a course.toml.
    """
    here = Path.cwd()
    for folder in (Path(__file__).resolve().parent.parent, here, *here.parents):
        if (folder / "course.toml").is_file():
            return folder
    raise UsageError(f"no course.toml in {here} or above it; run this inside the course's folder")


def load(root: Path | None = None) -> Course:
    """Read course.toml.

    Raises:
        UsageError: it is missing, is not TOML, or lacks something.
    """
    root = root or find_root()
    path = root / "course.toml"
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
        return Course(
            root=root,
            title=facts["title"],
            repository=repository(facts["repository"]),
            branch=facts["branch"],
            out=root / facts["out"],
            limits=_limits(facts.get("limits", {})),
            lessons=tuple(_lesson(each) for each in facts["lessons"]),
        )
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, AttributeError) as error:  # not TOML, not UTF-8, of another kind
        raise UsageError(f"{path}: {error}") from error
    except KeyError as error:
        raise UsageError(f"{path}: {error.args[0]} is missing") from error


def repository(name: str) -> str:
    """A repository's name on GitHub, as it was given.

    Raises:
        ValueError: it is no such name.
    """
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name, re.ASCII):
        raise ValueError(f"repository {name!r} is not of the form OWNER/NAME, as in https://github.com/OWNER/NAME")
    return name


def _limits(facts: dict[str, Any]) -> Limits:
    given = {name: value for name, value in facts.items() if (name, value) != ("jobs", 0)}
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise TypeError(f"limits: {name} must be a whole number above 0, not {value!r}")
    return Limits(**{"jobs": os.cpu_count() or 1, **given})


def _lesson(facts: dict[str, Any]) -> Lesson:
    due = facts.get("due")
    if due is not None and not isinstance(due, datetime):
        raise TypeError(f"lesson {facts['name']}: due must be a date with a time, such as 2026-10-12T23:59:00Z")
    if due is not None:
        due = due.astimezone(UTC) if due.tzinfo else due.replace(tzinfo=UTC)
    return Lesson(facts["name"], facts["title"], facts["minutes"], due, facts.get("about", ""))
