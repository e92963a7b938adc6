"""A folder of hand-ins, graded: what `course grade` does, without a word on the screen.

Engines run in threads; this thread alone writes, one verdict after the other, each whole before the next. So whatever
ends a run, what has a verdict is kept, and the next run goes on from there.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.classroom.feedback import write_feedback
from autograder.classroom.intake import Ambiguous, HandIn, Intake, read_folder
from autograder.classroom.released import Released, read_released
from autograder.classroom.report import grades_csv
from autograder.classroom.unexecuted import unexecuted
from autograder.classroom.verdict import Status, Verdict, lateness
from autograder.course import Course
from autograder.engines import Graded
from autograder.errors import UsageError
from autograder.files import write_whole
from autograder.gradebook.store import Store

Watcher = Callable[[Verdict, bool], None]
"""Told of each verdict once it is kept, and whether it is one of an earlier run."""


@dataclass(frozen=True)
class Request:
    """What to grade: `lessons` by name, none for all; `again` grades even what has a verdict."""

    course: Course
    folder: Path
    out: Path
    lessons: tuple[str, ...] = ()
    jobs: int = 1
    again: bool = False


@dataclass
class Results:
    """What a run gave, in the order of the rows; `earlier` counts grades.csv's rows from other runs."""

    verdicts: list[Verdict] = field(default_factory=list)
    notices: tuple[str, ...] = ()
    reused: int = 0
    earlier: int = 0


class Stopped(Exception):
    """Somebody ended the run; what had a verdict is kept.

    Args:
        done: verdicts kept.
        total: hand-ins there were.
    """

    def __init__(self, done: int, total: int) -> None:
        super().__init__(f"stopped; {done} of {total} are graded and kept. The same command goes on from there")


def plan(request: Request) -> tuple[Intake, dict[str, Released]]:
    """What there is to grade, and the lessons it belongs to; writes nothing.

    Raises:
        UsageError: for everything that is wrong with the request.
    """
    course, folder, out = request.course, request.folder, request.out
    wanted = {course.lesson(name).name for name in request.lessons} or {each.name for each in course.lessons}
    intake = read_folder(folder, [each.name for each in course.lessons])
    intake = replace(intake, rows=tuple(each for each in intake.rows if each.lesson in wanted))
    if not intake.rows:
        raise UsageError(f"{folder} holds no notebook of {', '.join(sorted(wanted))}")
    if out.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{out} is inside {folder}, which must not be changed; choose another folder with --out")
    names = sorted({each.lesson for each in intake.rows})
    return intake, {name: read_released(course, course.lesson(name)) for name in names}


def grade(request: Request, intake: Intake, lessons: dict[str, Released], watch: Watcher) -> Results:
    """Grade what `plan` found, and write verdicts, gradebook, feedback and grades.csv.

    Raises:
        UsageError: the output folder or the gradebook cannot be used.
        Stopped: Ctrl-C.
    """
    with writing_to(request.out):
        try:
            return _Run(request, lessons, watch).go(intake)
        except OSError as error:
            where = error.filename or request.out
            raise UsageError(f"{where} cannot be written: {error.strerror}; what is graded is kept") from error


@contextlib.contextmanager
def writing_to(out: Path) -> Iterator[None]:
    """The folder `out`, made when missing, for this process alone.

    Raises:
        UsageError: it cannot be written, or another run is writing to it.
    """
    lock = out / ".grading.lock"
    try:
        out.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}; choose another folder with --out") from error
    try:
        _lock(handle, out)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, out: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise UsageError(f"another run is writing to {out}; wait for it, or choose another --out") from error


class _Run:
    def __init__(self, request: Request, lessons: dict[str, Released], watch: Watcher) -> None:
        from autograder.engines.nbgrader_engine import NbgraderEngine
        from autograder.gradebook.register import open_gradebook, register

        self.request, self.lessons, self.watch = request, lessons, watch
        self.store = Store(request.out)
        self.gradebook = open_gradebook(request.out)
        try:
            for released in lessons.values():
                register(self.gradebook, released)
        except BaseException:
            self.gradebook.close()
            raise
        self.engine = NbgraderEngine(request.course.limits, lessons.values())
        self.verdicts: dict[tuple[str, str], Verdict] = {}
        self.reused = 0

    def go(self, intake: Intake) -> Results:
        try:
            new = [each for each in intake.rows if not self._reuse(each)]
            self._grade_all([each for each in new if isinstance(each, HandIn)], len(intake.rows))
        finally:
            self.engine.close()
            self.gradebook.close()
        rows = [self.verdicts[each.student, each.lesson] for each in intake.rows]
        kept = list(self.store.all())
        write_whole(self.request.out / "grades.csv", grades_csv(kept))
        write_feedback(self.request.out, self.request.course, kept, {each.student for each in rows})
        return Results(rows, intake.notices, self.reused, len(kept) - len(rows))

    def _reuse(self, row: HandIn | Ambiguous) -> bool:
        """Keep what needs no engine: an earlier verdict on the same, or that there is nothing to grade."""
        released = self.lessons[row.lesson]
        if isinstance(row, Ambiguous):
            self._keep(Graded(unexecuted(row, released, Status.INTERNAL, row.cause)), reused=False)
            return True
        old = None if self.request.again else self.store.get(row.student, row.lesson)
        if old is None or not old.key or old.key != self.engine.key(row, released):
            return False
        if old.executed and not self.store.executed(row.student, row.lesson).exists():
            return False
        late = lateness(row.submitted, released.lesson.due)
        self._keep(Graded(replace(old, submitted=row.submitted, late=late)), reused=True)
        return True

    def _grade_one(self, row: HandIn) -> Graded:
        """In a thread. A defect of ours is one row's cause, not the end of the batch."""
        released = self.lessons[row.lesson]
        try:
            return self.engine.grade(row, released)
        except Exception as error:
            return Graded(unexecuted(row, released, Status.INTERNAL, f"the grader failed: {error!r}"))

    def _grade_all(self, rows: list[HandIn], total: int) -> None:
        with ThreadPoolExecutor(self.request.jobs) as pool:
            waiting: set[Future[Graded]] = {pool.submit(self._grade_one, each) for each in rows}
            try:
                while waiting:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for each in done:
                        self._keep(each.result(), reused=False)
            except BaseException as error:
                for each in waiting:
                    each.cancel()
                self.engine.stop()
                if isinstance(error, KeyboardInterrupt):
                    raise Stopped(len(self.verdicts), total) from None
                raise

    def _keep(self, graded: Graded, reused: bool) -> None:
        from autograder.gradebook.record import record

        verdict = graded.verdict
        executed = self.store.executed(verdict.student, verdict.lesson)
        if graded.notebook is not None:
            write_whole(executed, graded.notebook)
        elif not reused and executed.exists():
            executed.unlink()  # of an earlier hand-in
        if verdict.executed and verdict.submitted is not None:  # by which nbgrader knows that a later one is later
            write_whole(executed.with_name("timestamp.txt"), f"{verdict.submitted:%Y-%m-%d %H:%M:%S.%f} UTC\n")
        else:
            executed.with_name("timestamp.txt").unlink(missing_ok=True)
        record(self.gradebook, verdict)
        self.store.put(verdict)  # last: a verdict on disk says that all the rest is there
        self.verdicts[verdict.student, verdict.lesson] = verdict
        self.reused += reused
        self.watch(verdict, reused)
