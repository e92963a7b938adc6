"""What has become of a hand-in, put where it belongs; one thread writes, one verdict after the other, each whole.

The order makes a kill at any moment harmless: the bytes that were handed in, the executed notebook, and then the
verdict, which says that both are there. The gradebook follows, and each run compares it with all that it reuses.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.classroom.feedback import write_feedback
from autograder.classroom.intake import Ambiguous, HandIn
from autograder.classroom.released import Released
from autograder.classroom.report import grades_csv
from autograder.classroom.verdict import Status, Verdict, lateness
from autograder.course import Course
from autograder.engines import Graded
from autograder.errors import UsageError
from autograder.files import write_whole
from autograder.gradebook.store import Store


class Keeper:
    """The output folder `out` with its gradebook, which `close` lets go of."""

    def __init__(self, out: Path, lessons: Iterable[Released]) -> None:
        from autograder.gradebook.record import Writer
        from autograder.gradebook.register import open_gradebook, register

        self.out, self.store = out, Store(out)
        self.on_disk: dict[tuple[str, str], Verdict] = {}  # of what this run has to do with
        self.store.sweep()
        self.gradebook: Any = open_gradebook(out)
        try:
            for released in lessons:
                register(self.gradebook, released)
            self.writer = Writer(self.gradebook)
        except BaseException:
            self.gradebook.close()
            raise

    def close(self) -> None:
        """Record what waits, if that can be: where it cannot, there is another error to tell of, and the next run
        does it."""
        with contextlib.suppress(UsageError, OSError):
            self.writer.flush()
        self.gradebook.close()

    def earlier(self, row: HandIn, released: Released, key: str) -> Verdict | None:
        """An earlier run's verdict on the same cells, with what is known now of the time of handing in.

        What could not be graded is tried again whatever has changed in its file, be it an output.
        """
        old = self.store.get(row.student, row.lesson)
        if old is None or not old.key or old.key != key:
            return None
        if (old.student, old.lesson) != (row.student, row.lesson):  # a file that somebody copied or renamed
            return None
        if old.status is Status.INTERNAL and old.handed_in != sha256(row):
            return None
        if old.executed and not self.store.executed(row.student, row.lesson).exists():
            return None
        self.on_disk[row.student, row.lesson] = old
        return replace(old, submitted=row.submitted, late=lateness(row.submitted, released.lesson.due))

    def keep(self, graded: Graded, row: HandIn | Ambiguous, reused: bool = False) -> None:
        """Put a verdict and all that belongs to it in place; of one that is reused, what has changed."""
        verdict = graded.verdict
        executed = self.store.executed(verdict.student, verdict.lesson)
        if isinstance(row, HandIn) and isinstance(row.content, bytes):
            self.store.put_handed_in(row.content)
        if not reused:
            if graded.notebook is not None:
                write_whole(executed, graded.notebook)
            else:
                executed.unlink(missing_ok=True)  # of an earlier hand-in
        self._put_time(verdict, executed.with_name("timestamp.txt"))
        if not reused or self.on_disk[verdict.student, verdict.lesson] != verdict:
            self.store.put(verdict)
        self.on_disk[verdict.student, verdict.lesson] = verdict
        self.writer.add(verdict)

    def finish(self, course: Course, students: set[str]) -> int:
        """Write grades.csv of all that is known and a page for each of `students`; how many verdicts that were."""
        self.writer.flush()
        kept = list(self.store.all(self.on_disk))
        write_whole(self.out / "grades.csv", grades_csv(kept))
        write_feedback(self.out, course, kept, students)
        return len(kept)

    def _put_time(self, verdict: Verdict, path: Path) -> None:
        """By which nbgrader knows that a later hand-in is later."""
        if not verdict.executed or verdict.submitted is None:
            path.unlink(missing_ok=True)
            return
        text = f"{verdict.submitted:%Y-%m-%d %H:%M:%S.%f} UTC\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_whole(path, text)


def sha256(row: HandIn) -> str:
    """Of a hand-in's bytes; empty if there are none."""
    return hashlib.sha256(row.content).hexdigest() if isinstance(row.content, bytes) else ""
