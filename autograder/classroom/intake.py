"""Reads a folder of hand-ins; never writes into it.

    STUDENT/LESSON.ipynb            timestamp.txt in the same folder, if the moment of handing in is known
    STUDENT/LESSON/LESSON.ipynb     nbgrader's form, timestamp.txt beside it
    submitted/STUDENT/…             both again, one level down

    NAME_USER_ATTACHMENT_LESSON.ipynb   Canvas's form, without folders; the student is NAME_USER

Where there is no file of exactly that name, one that browsers and systems have renamed will do: `LESSON (1).ipynb`,
`Copy of LESSON.ipynb`, `LESSON-Copy1.ipynb`, `lesson.IPYNB`, `LESSON.ipynb.txt`; and else a notebook of any name that
says in its metadata which lesson it is. A line says so.

If a student handed in a lesson twice, equal copies count as one, the later timestamp wins, and without timestamps
nobody can know: the row says so and has no points. What a link leads to outside the student's own folder is not read:
it may be a classmate's.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.classroom.naming import from_canvas, meant
from autograder.classroom.reading import MAX_BYTES, Unreadable, lesson_of, read_notebook
from autograder.errors import UsageError

HIDDEN = (".", "__")
"""How names begin of what nobody handed in: .git, .DS_Store, __MACOSX."""

LONGEST_TIME = 100
"""Characters: nbgrader's own parser takes quadratic time, and no time is that long."""

MOST_ASKED = 5
"""Notebooks of unknown names that are read for one student, to see what they say they are."""

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
        what = "not a folder; unpack it if it is an archive, and" if folder.exists() else "missing;"
        raise UsageError(f"{folder} is {what} name the folder of hand-ins")
    try:
        if not any(folder.iterdir()):
            raise UsageError(f"{folder} is empty; it should hold STUDENT/LESSON.ipynb")
        return _Reader(folder, frozenset(lessons)).read()
    except PermissionError as error:
        raise UsageError(f"{error.filename} cannot be read: {error.strerror}") from error


class _Reader:
    def __init__(self, folder: Path, lessons: frozenset[str]) -> None:
        self.folder, self.lessons = folder, lessons
        self.inside = folder.resolve()
        """What a link may not lead out of: the student's own folder, while one is read."""
        self.found: dict[tuple[str, str], list[HandIn]] = defaultdict(list)
        self.notices: dict[str, None] = {}
        self.barren = list[str]()
        """Students in whose folders there is nothing to grade."""
        self.asked = 0
        """Notebooks of unknown names that were read for this student."""

    def read(self) -> Intake:
        for root in (self.folder, self.folder / "submitted"):
            self.inside = self.folder.resolve()
            self._tell_of_hidden(root)
            for entry in list(self._entries(root)):
                self.inside = self.folder.resolve() / entry.relative_to(self.folder)
                if entry == self.folder / "submitted" and not self._leads_out(entry):
                    continue
                if not surely(entry.is_dir):
                    self._read_flat(entry)
                elif self._leads_out(entry):
                    self._notice(entry, LEADS_OUT)
                else:
                    self._read_student(entry)
        if not self.found:
            known = ", ".join(sorted(self.lessons))
            raise UsageError(f"{self.folder} holds no notebook of {known}; it should hold STUDENT/LESSON.ipynb")
        rows = [self._choose(hand_ins) for _, hand_ins in sorted(self.found.items())]
        barren = [f"nothing to grade from {printable(', '.join(self.barren), 2000)}"] if self.barren else []
        return Intake(tuple(rows), (*barren, *self.notices))

    def _read_flat(self, path: Path) -> None:
        """A file that lies in no student's folder."""
        found, self.asked = from_canvas(path.name), 0
        lesson = found and (meant(found.file, self.lessons) or self._says(path))
        if not found or not lesson:
            self._notice(path, "left out, not a student's folder")
            return
        if found.file != f"{lesson}.ipynb":
            self._notice(path, f"read as {lesson}.ipynb")
        self._keep(found.student, lesson, path, None)

    def _read_student(self, folder: Path) -> None:
        others, self.asked = list[tuple[Path, str]](), 0
        for entry in self._entries(folder):
            if entry.name in self.lessons and not self._leads_out(entry) and may_be_listed(entry):
                others += [(each, entry.name) for each in self._read_lesson_folder(folder, entry)]
            elif entry.name in self.lessons and (surely(entry.is_dir) or surely(entry.is_symlink)):
                self._add(folder, entry.name, entry)
            elif entry.suffix == ".ipynb" and entry.stem in self.lessons:
                self._add(folder, entry.stem, entry)
            elif entry.name != "timestamp.txt":
                others.append((entry, ""))
        for lesson_of_file in (self._meant, self._says):
            others = self._read_others(folder, others, lesson_of_file)
        have = self._lessons_of(folder)
        for entry, within in others:
            beside = self._meant(entry)
            why = f"not {within}.ipynb" if within else "not a notebook of a lesson"
            self._notice(entry, f"left out, {f'{beside}.ipynb is there too' if beside in have else why}")
        if not have:
            self.barren.append(folder.name)

    def _read_lesson_folder(self, student: Path, folder: Path) -> Iterator[Path]:
        """Read the file of the right name; the others."""
        for entry in self._entries(folder):
            if entry.name == f"{folder.name}.ipynb":
                self._add(student, folder.name, entry)
            elif entry.name != "timestamp.txt":
                yield entry

    def _read_others(
        self, folder: Path, others: list[tuple[Path, str]], lesson_of_file: Callable[[Path], str]
    ) -> list[tuple[Path, str]]:
        """Read those that will do for a lesson without a file of its name; the rest, each with its lesson's folder."""
        have, rest = self._lessons_of(folder), list[tuple[Path, str]]()
        for entry, within in others:
            lesson = lesson_of_file(entry)
            if lesson and lesson not in have and within in ("", lesson):
                self._notice(entry, f"read as {lesson}.ipynb")
                self._add(folder, lesson, entry)
            else:
                rest.append((entry, within))
        return rest

    def _lessons_of(self, folder: Path) -> set[str]:
        return {lesson for student, lesson in self.found if student == printable(folder.name)}

    def _meant(self, path: Path) -> str:
        return meant(path.name, self.lessons)

    def _says(self, path: Path) -> str:
        """The lesson that a notebook says it is of; "" for none."""
        if path.suffix != ".ipynb" or self._leads_out(path) or self.asked == MOST_ASKED:
            return ""
        self.asked += 1
        content = read_bytes(path)
        notebook = content if isinstance(content, Unreadable) else read_notebook(content)
        lesson = "" if isinstance(notebook, Unreadable) else lesson_of(notebook.facts)
        return lesson if lesson in self.lessons else ""

    def _add(self, student: Path, lesson: str, path: Path) -> None:
        self._keep(student.name, lesson, path, self._timestamp(path.parent / "timestamp.txt"))

    def _keep(self, student: str, lesson: str, path: Path, submitted: datetime | None) -> None:
        others = self.found[printable(student), lesson]
        content: bytes | Unreadable = Unreadable(LEADS_OUT)
        if len(others) >= MOST_COPIES:
            content = Unreadable(f"not read, there are more than {MOST_COPIES}")
        elif not self._leads_out(path):
            content = read_bytes(path)
        others.append(HandIn(printable(student), lesson, path, content, submitted))

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
