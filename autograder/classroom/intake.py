"""Reads a folder of hand-ins; never writes into it.

    STUDENT/LESSON.ipynb            timestamp.txt in the same folder, if the moment of handing in is known
    STUDENT/LESSON/LESSON.ipynb     nbgrader's form, timestamp.txt beside it
    submitted/STUDENT/…             both again, one level down

Where there is no file of exactly that name, one that browsers and systems have renamed will do: `LESSON (1).ipynb`,
`Copy of LESSON.ipynb`, `LESSON-Copy1.ipynb`, `lesson.IPYNB`, `LESSON.ipynb.txt`; a line says so.

If a student handed in a lesson twice, equal copies count as one, the later timestamp wins, and without timestamps
nobody can know: the row says so and has no points. What a link leads to outside the student's own folder is not read:
it may be a classmate's.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.classroom.reading import MAX_BYTES, Unreadable
from autograder.errors import UsageError

HIDDEN = (".", "__")
"""How names begin of what nobody handed in: .git, .DS_Store, __MACOSX."""

RENAMED = re.compile(
    r"(?:copy of |kopie von )*+(?P<lesson>.+?)(?:[-_ ]*+copy[-_ ]*+\d*+| *+\(\d++\))*+\.ipynb(?:\.txt|\.json)?",
    re.IGNORECASE,
)
"""A notebook's name, with what browsers, file managers, Jupyter and Google Drive add to it.

Nothing in it is tried twice (`*+`), or a long name made of "copy--copy--" would take for ever.
"""

LONGEST_TIME = 100
"""Characters: nbgrader's own parser takes quadratic time, and no time is that long."""

MOST_COPIES = 4
"""Files of one lesson by one student that are read: a hundred of 50 MB each would be more than the memory."""

LEADS_OUT = "not read, a link that leads out of the student's folder"


@dataclass(frozen=True)
class HandIn:
    """One student's notebook of one lesson. `content` is its bytes, or why there are none."""

    student: str
    lesson: str
    path: Path
    content: bytes | Unreadable
    submitted: datetime | None = None


@dataclass(frozen=True)
class Ambiguous:
    """Two notebooks of one lesson by one student, and nothing that tells which is meant."""

    student: str
    lesson: str
    cause: str
    submitted: datetime | None = None


@dataclass(frozen=True)
class Intake:
    """What a folder holds: one row for each student and lesson, and a line for whatever was left out."""

    rows: tuple[HandIn | Ambiguous, ...]
    notices: tuple[str, ...]


def read_folder(folder: Path, lessons: Iterable[str]) -> Intake:
    """All hand-ins of `lessons` in `folder`, by student and lesson.

    Raises:
        UsageError: `folder` is missing, no folder, empty, or holds no lesson's notebook.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is {'not a folder' if folder.exists() else 'missing'}; name the folder of hand-ins")
    try:
        if not any(folder.iterdir()):
            raise UsageError(f"{folder} is empty; it should hold STUDENT/LESSON.ipynb")
        return _Reader(folder, frozenset(lessons)).read()
    except PermissionError as error:
        raise UsageError(f"{error.filename} cannot be read: {error.strerror}") from error


class _Reader:
    def __init__(self, folder: Path, lessons: frozenset[str]) -> None:
        self.folder, self.lessons = folder, lessons
        self.by_name = {each.lower(): each for each in lessons}
        self.inside = folder.resolve()
        """What a link may not lead out of: the student's own folder, while one is read."""
        self.found: dict[tuple[str, str], list[HandIn]] = defaultdict(list)
        self.notices: dict[str, None] = {}

    def read(self) -> Intake:
        for root in (self.folder, self.folder / "submitted"):
            self.inside = self.folder.resolve()
            self._tell_of_hidden(root)
            for entry in list(self._entries(root)):
                self.inside = self.folder.resolve() / entry.relative_to(self.folder)
                if entry == self.folder / "submitted" and not self._leads_out(entry):
                    continue
                if not surely(entry.is_dir):
                    self._notice(entry, "left out, not a student's folder")
                elif self._leads_out(entry):
                    self._notice(entry, LEADS_OUT)
                else:
                    self._read_student(entry)
        if not self.found:
            known = ", ".join(sorted(self.lessons))
            raise UsageError(f"{self.folder} holds no notebook of {known}; it should hold STUDENT/LESSON.ipynb")
        rows = [self._choose(hand_ins) for _, hand_ins in sorted(self.found.items())]
        return Intake(tuple(rows), tuple(self.notices))

    def _read_student(self, folder: Path) -> None:
        others = list[tuple[Path, str, str]]()
        for entry in self._entries(folder):
            if entry.name in self.lessons and not self._leads_out(entry) and may_be_listed(entry):
                others += self._read_lesson_folder(folder, entry)
            elif entry.name in self.lessons and (surely(entry.is_dir) or surely(entry.is_symlink)):
                self._add(folder, entry.name, entry)
            elif entry.suffix == ".ipynb" and entry.stem in self.lessons:
                self._add(folder, entry.stem, entry)
            elif entry.name != "timestamp.txt":
                others.append((entry, self._meant(entry), "left out, not a notebook of a lesson"))
        exact = {lesson for student, lesson in self.found if student == printable(folder.name)}
        for entry, lesson, otherwise in others:
            if lesson and lesson not in exact:
                self._notice(entry, f"read as {lesson}.ipynb")
                self._add(folder, lesson, entry)
            else:
                self._notice(entry, otherwise)

    def _read_lesson_folder(self, student: Path, folder: Path) -> Iterator[tuple[Path, str, str]]:
        """Read the file of the right name; the others, each with the lesson that it may be, and what to say if not."""
        for entry in self._entries(folder):
            if entry.name == f"{folder.name}.ipynb":
                self._add(student, folder.name, entry)
            elif entry.name != "timestamp.txt":
                meant = folder.name if self._meant(entry) == folder.name else ""
                yield entry, meant, f"left out, not {folder.name}.ipynb"

    def _meant(self, path: Path) -> str:
        """The lesson that a file's name seems to mean; "" for none."""
        found = RENAMED.fullmatch(path.name)
        return self.by_name.get(found["lesson"].lower(), "") if found else ""

    def _add(self, student: Path, lesson: str, path: Path) -> None:
        others = self.found[printable(student.name), lesson]
        content: bytes | Unreadable = Unreadable(LEADS_OUT)
        if len(others) >= MOST_COPIES:
            content = Unreadable(f"not read, there are more than {MOST_COPIES}")
        elif not self._leads_out(path):
            content = read_bytes(path)
        time = self._timestamp(path.parent / "timestamp.txt")
        others.append(HandIn(printable(student.name), lesson, path, content, time))

    def _choose(self, hand_ins: list[HandIn]) -> HandIn | Ambiguous:
        first = hand_ins[0]
        times = {each.submitted for each in hand_ins}
        if len(hand_ins) == 1:
            return first
        if None not in times and len(times) == len(hand_ins):
            newest = max(hand_ins, key=lambda each: each.submitted or datetime.min.replace(tzinfo=UTC))
            chosen = printable(str(newest.path.relative_to(self.folder)), 200)
            self.notices[f"{first.student} handed in {first.lesson} twice; graded is the later, {chosen}"] = None
            return newest
        if isinstance(first.content, bytes) and all(each.content == first.content for each in hand_ins):
            return first
        some = hand_ins[:MOST_COPIES]
        where = " and ".join(printable(str(each.path.relative_to(self.folder)), 200) for each in some)
        where += f" and {len(hand_ins) - len(some)} more" if hand_ins[MOST_COPIES:] else ""
        return Ambiguous(
            first.student, first.lesson, f"handed in twice ({where}), and no timestamp.txt says which is later"
        )

    def _timestamp(self, path: Path) -> datetime | None:
        if not surely(path.is_file) or self._leads_out(path):
            return None
        content = read_bytes(path)
        moment = None if isinstance(content, Unreadable) else parse_timestamp(content.decode("utf-8", "replace"))
        if moment is None:
            self._notice(path, "not a time; counted as handed in on time")
        return moment

    def _entries(self, folder: Path) -> Iterator[Path]:
        if not surely(folder.is_dir) or self._leads_out(folder):
            return
        try:
            yield from sorted(each for each in folder.iterdir() if not each.name.startswith(HIDDEN))
        except OSError as error:
            self._notice(folder, f"not read: {error.strerror}")

    def _tell_of_hidden(self, root: Path) -> None:
        """A student may be called so; what archives and systems leave behind mostly is."""
        if surely(root.is_dir) and not self._leads_out(root):
            names = sorted(each.name for each in root.iterdir() if each.name.startswith(HIDDEN) and surely(each.is_dir))
            if names:
                listed = printable(", ".join(names), 200)
                self.notices[f"{listed}: left out, a student's folder must not begin with . or __; rename it"] = None

    def _leads_out(self, path: Path) -> bool:
        return leads_out(path, self.inside)

    def _notice(self, path: Path, what: str) -> None:
        self.notices[f"{printable(str(path.relative_to(self.folder)), 200)}: {what}"] = None


def leads_out(path: Path, inside: Path) -> bool:
    """Whether `path` is a link, or lies behind one, to something that is not below `inside`, a path without links."""
    try:
        return not path.resolve().is_relative_to(inside)
    except (OSError, RuntimeError):  # a link to itself
        return True


def surely(question: Callable[[], bool]) -> bool:
    """Whether `path.is_dir` or the like says so: where a link leads to what cannot be a name, and in a folder that may
    not be entered, it raises instead."""
    try:
        return question()
    except OSError:
        return False


def may_be_listed(folder: Path) -> bool:
    """Whether `folder` is one whose entries can be read."""
    return surely(lambda: any(folder.iterdir()) or True)


def read_bytes(path: Path) -> bytes | Unreadable:
    """A regular file's bytes. A pipe or a device is not waited for."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                return Unreadable("it is not a file")
            if facts.st_size > MAX_BYTES:
                return Unreadable(f"it is too large: {facts.st_size >> 20} MB; a notebook may have {MAX_BYTES >> 20}")
            return file.read(MAX_BYTES + 1)
    except IsADirectoryError:
        return Unreadable("it is a folder, not a file")
    except OSError as error:
        return Unreadable(f"it cannot be read: {error.strerror}")


def parse_timestamp(text: str) -> datetime | None:
    """The moment in nbgrader's timestamp.txt ("2026-10-12 20:11:05.123 UTC") or ISO 8601; without a zone, UTC."""
    text = text.strip()
    if len(text) > LONGEST_TIME:
        return None
    for zone in ("", " UTC", " GMT"):
        if text.endswith(zone):
            try:
                moment = datetime.fromisoformat(text.removesuffix(zone))
                return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
            except (ValueError, OverflowError):  # no time, or one beyond the calendar in UTC
                continue
    return _parse_as_nbgrader_does(text)


def _parse_as_nbgrader_does(text: str) -> datetime | None:
    from nbgrader.utils import parse_utc

    try:
        moment = parse_utc(text)
    except Exception:  # whatever the parts that read numbers raise; no student's file ends a run
        return None
    return moment.replace(tzinfo=UTC) if isinstance(moment, datetime) else None


def printable(name: str, limit: int = 100) -> str:
    """`name` fit for tables, file names and the gradebook: no control characters, no half ones, not too long."""
    text = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in name)
    if len(text.encode()) <= limit:
        return text
    return text.encode()[: limit - 9].decode(errors="ignore") + "~" + hashlib.sha256(text.encode()).hexdigest()[:8]
