"""A folder of hand-ins, graded: what `course grade` does, without a word on the screen.

Engines run in threads; this thread alone keeps what they found (`keeping`), one verdict after the other. So whatever
ends a run, what has a verdict is kept, and the next run goes on from there. What may have ended one itself (`attempts`)
is graded last, alone, and set aside if it does so again.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder import engines
from autograder.classroom.attempts import Attempts
from autograder.classroom.intake import Ambiguous, HandIn, Intake, read_folder
from autograder.classroom.keeping import Keeper, sha256
from autograder.classroom.released import Released, read_released
from autograder.classroom.unexecuted import unexecuted
from autograder.classroom.verdict import Status, Verdict
from autograder.course import Course
from autograder.engines import DEFAULT_ENGINE, Graded
from autograder.errors import UsageError
from autograder.gradebook.store import FOLDERS

Watcher = Callable[[Verdict, bool], None]
"""Told of each verdict once it is kept, and whether it is one of an earlier run."""


@dataclass(frozen=True)
class Request:
    """What to grade: `lessons` by name, none for all; `again` grades even what has a verdict, or was set aside.

    `sandbox` and `device` are the judge's, as `engines.make_engine` takes them.
    """

    course: Course
    folder: Path
    out: Path
    lessons: tuple[str, ...] = ()
    jobs: int = 1
    again: bool = False
    engine: str = DEFAULT_ENGINE
    sandbox: str = "on"
    device: str = "auto"


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
    engines.check_choices(engine=request.engine, sandbox=request.sandbox, device=request.device)
    wanted = {course.lesson(name).name for name in request.lessons} or {each.name for each in course.lessons}
    intake = read_folder(folder, [each.name for each in course.lessons])
    intake = replace(intake, rows=tuple(each for each in intake.rows if each.lesson in wanted))
    if not intake.rows:
        raise UsageError(f"{folder} holds no notebook of {', '.join(sorted(wanted))}")
    if out.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{out} is inside {folder}, which must not be changed; choose another folder with --out")
    if any(folder.resolve().is_relative_to((out / name).resolve()) for name in FOLDERS):
        raise UsageError(f"{folder} is among the results in {out}; choose another folder with --out")
    names = sorted({each.lesson for each in intake.rows})
    return intake, {name: read_released(course, course.lesson(name)) for name in names}


def grade(request: Request, intake: Intake, lessons: dict[str, Released], watch: Watcher) -> Results:
    """Grade what `plan` found, and write verdicts, gradebook, feedback and grades.csv.

    Raises:
        UsageError: the output folder or the gradebook cannot be used, or nothing can be graded on this machine.
        Stopped: Ctrl-C.
    """
    with writing_to(request.out):
        try:
            return _Run(request, lessons, watch).go(intake)
        except OSError as error:
            where = error.filename or request.out
            raise UsageError(
                f"{where} cannot be written: {error.strerror}; what is graded is kept, run the same command again"
            ) from error


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


@contextlib.contextmanager
def noting_ctrl_c(noted: threading.Event) -> Iterator[None]:
    """Have the first Ctrl-C noted, for a moment at which nothing is being written; the second interrupts as ever.

    As an exception it may arrive in the middle of an import or of SQLite's calls, and get lost there.
    """
    usual = signal.default_int_handler
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is not usual:
        yield  # it does not arrive here, or somebody else minds it
        return

    def note(signum: int, frame: object) -> None:
        signal.signal(signal.SIGINT, usual)
        noted.set()

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


class _Run:
    def __init__(self, request: Request, lessons: dict[str, Released], watch: Watcher) -> None:
        self.request, self.lessons, self.watch = request, lessons, watch
        self.attempts = Attempts(request.out)
        self.keeper = Keeper(request.out, lessons.values())
        try:
            self.engine = engines.make_engine(
                request.engine, request.course, lessons.values(), sandbox=request.sandbox, device=request.device
            )
        except BaseException:
            self.keeper.close()
            raise
        self.verdicts: dict[tuple[str, str], Verdict] = {}
        self.reused = 0
        self.asked_to_stop = threading.Event()

    def go(self, intake: Intake) -> Results:
        try:
            new = [each for each in intake.rows if not self._reuse(each)]
            self._grade_all([each for each in new if isinstance(each, HandIn)], len(intake.rows))
            rows = [self.verdicts[each.student, each.lesson] for each in intake.rows]
            known = self.keeper.finish(self.request.course, {each.student for each in rows})
        finally:
            with contextlib.suppress(OSError):  # the disk is full: then a suspect has one chance less
                self.attempts.stopped()
            self.engine.close()
            self.keeper.close()
        return Results(rows, intake.notices, self.reused, known - len(rows))

    def _reuse(self, row: HandIn | Ambiguous) -> bool:
        """Keep what needs no engine: an earlier verdict on the same, or that there is nothing to grade."""
        released = self.lessons[row.lesson]
        if isinstance(row, Ambiguous):
            self._keep(Graded(unexecuted(row, released, Status.INTERNAL, row.cause)), row)
            return True
        if self.request.again:
            self.attempts.done(row)
            return False
        old = self.keeper.earlier(row, released, self._key(row))
        if old is not None:
            self.attempts.done(row)  # of a run that was killed between the verdict and this
            self._keep(Graded(old), row, reused=True)
        elif self.attempts.spent(row):
            self._set_aside(row, "the whole grader was ended twice while it graded this")
        return (row.student, row.lesson) in self.verdicts

    def _key(self, row: HandIn) -> str:
        """Empty if the engine fails on it: then grading it will tell."""
        try:
            return self.engine.key(row, self.lessons[row.lesson])
        except Exception:
            return ""

    def _grade_all(self, rows: list[HandIn], total: int) -> None:
        suspects = [each for each in rows if self.attempts.ended(each)]
        try:
            with noting_ctrl_c(self.asked_to_stop):
                suspects += self._grade([each for each in rows if each not in suspects], self.request.jobs)
                for each in suspects:
                    while self._grade([each], 1) and not self.attempts.spent(each):
                        pass
        except KeyboardInterrupt:
            raise Stopped(len(self.verdicts), total) from None

    def _grade(self, rows: list[HandIn], jobs: int) -> list[HandIn]:
        """Grade `rows` side by side and keep the verdicts; those that ended the judge, to be tried again, alone."""
        crashed = []
        with ThreadPoolExecutor(jobs) as pool:
            waiting: dict[Future[Graded], HandIn] = {pool.submit(self._grade_one, each): each for each in rows}
            try:
                while waiting:
                    done, _ = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
                    if self.asked_to_stop.is_set():
                        raise KeyboardInterrupt
                    self.keeper.writer.tick()
                    for each in done:
                        row, graded = waiting.pop(each), each.result()
                        if not graded.crashed_judge:
                            self._keep(graded, row)
                            self.attempts.done(row)
                            continue
                        self.attempts.crashed(row)
                        crashed.append(row)
                        if self.attempts.spent(row):
                            self._set_aside(row, f"grading it ended the judge twice: {graded.verdict.cause}")
            except BaseException:
                for each in waiting:
                    each.cancel()
                self.engine.stop()
                raise
        return crashed

    def _grade_one(self, row: HandIn) -> Graded:
        """In a thread. A defect of ours is one row's cause, not the end of the batch."""
        released = self.lessons[row.lesson]
        self.attempts.begin(row)
        try:
            graded = self.engine.grade(row, released)
            verdict = replace(graded.verdict, student=row.student, lesson=row.lesson, handed_in=sha256(row))
            graded = replace(graded, verdict=verdict)
            Verdict.from_json(json.loads(verdict.dumps()))  # what cannot be read back must not be kept
            return graded
        except UsageError:  # this machine can grade nothing so: no row's fault, and no row's mark
            raise
        except Exception as error:
            cause = f"the grader failed: {error!r}"
            return Graded(unexecuted(row, released, Status.INTERNAL, cause), crashed_judge=True)

    def _set_aside(self, row: HandIn, why: str) -> None:
        """No points and no zero; --again gives it a new chance."""
        verdict = unexecuted(row, self.lessons[row.lesson], Status.INTERNAL, f"set aside: {why}")
        verdict = replace(verdict, engine=self.engine.name, handed_in=sha256(row))
        old = self.keeper.store.get(row.student, row.lesson)
        told = old is not None and old.cause.startswith("set aside: ") and old.handed_in == verdict.handed_in
        self._keep(Graded(replace(verdict, cause=old.cause) if old and told else verdict), row)

    def _keep(self, graded: Graded, row: HandIn | Ambiguous, reused: bool = False) -> None:
        self.keeper.keep(graded, row, reused)
        self.verdicts[row.student, row.lesson] = graded.verdict
        self.reused += reused
        self.watch(graded.verdict, reused)
