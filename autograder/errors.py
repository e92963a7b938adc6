"""What can go wrong, as types.

    CourseError            what the user can mend; shown as one line, exit status 2
    ├── SourceError        a lesson's text or its answer bank; carries file and line
    └── UsageError         an argument, a folder, course.toml

Anything else that escapes is a defect of the course and is shown with its traceback.
"""

from __future__ import annotations

from pathlib import Path


class CourseError(Exception):
    """Something the user can mend. Its text says what, where, and what to do."""


class UsageError(CourseError):
    """A wrong argument, a folder that cannot be used, a fault in course.toml."""


class SourceError(CourseError):
    """A fault in a lesson's source.

    Args:
        path: the file the author edits.
        line: 1-based line in it.
        message: what is wrong and what to do about it.
    """

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}, line {line}: {message}")
        self.path = path
        self.line = line
        self.message = message
