"""One judge for all that this process grades through nbgrader: a whole `nbgrader autograde`, or a formgrader's buttons.

It is started with the first hand-in, and ended with the process or when it has had nothing to do for a while: it keeps
memory, and it keeps the folder of results, in which no other run may write meanwhile. nbgrader's gradebook has each
result at once. Verdicts lag behind by one hand-in, for a verdict says that the executed notebook is there, and nbgrader
writes that after we have returned it.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nbgrader.api import Gradebook

from autograder.classroom.feedback import write_feedback
from autograder.classroom.grading import writing_to
from autograder.classroom.intake import HandIn
from autograder.classroom.keeping import sha256
from autograder.classroom.released import Released
from autograder.classroom.report import grades_csv
from autograder.classroom.unexecuted import unexecuted
from autograder.classroom.verdict import Status, Verdict
from autograder.course import Course
from autograder.engines import Graded
from autograder.files import write_whole
from autograder.gradebook.record import record
from autograder.gradebook.register import register
from autograder.gradebook.store import Store
from autograder.judge.engine import JudgeEngine

IDLE_SECONDS = 20.0

ATTEMPTS = 2
"""A hand-in that ends the judge itself so often is set aside."""


@dataclass(frozen=True)
class Setting:
    """What is graded and how; a session is for one of these."""

    course: Course
    released: Released
    db_url: str
    sandbox: str
    device: str


class Session:
    """A judge at work, and the folder of results for it alone.

    Raises:
        UsageError: another run is writing there, the gradebook cannot be used, or there is no sandbox.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.store = Store(setting.course.out)
        self.students: set[str] = set()
        self.pending: tuple[HandIn, Verdict] | None = None
        self.engine: JudgeEngine
        with contextlib.ExitStack() as stack:
            stack.enter_context(writing_to(setting.course.out))
            self.store.sweep()
            with Gradebook(setting.db_url) as gradebook:
                register(gradebook, setting.released)
            self.engine = JudgeEngine(
                setting.course.limits, [setting.released], sandbox=setting.sandbox, device=setting.device
            )
            stack.callback(self.engine.close)
            self.layers = [each["name"] for each in self.engine.ready().facts["layers"] if each["holds"]]
            stack.callback(self._report)
            self.ending = stack.pop_all()

    @property
    def words(self) -> str:
        """Which engine and which sandbox this is, for a log."""
        layers = f"on ({', '.join(self.layers)})" if self.setting.sandbox == "on" else "off: code runs with your rights"
        return f"Grading with the judge: tests and answers in two processes; the sandbox is {layers}"

    def grade(self, row: HandIn, student: str) -> Graded:
        """The verdict on `row`, which nbgrader's gradebook has then, under nbgrader's name for the student."""
        self._settle()
        graded = self._grade(row)
        with Gradebook(self.setting.db_url) as gradebook:
            record(gradebook, [replace(graded.verdict, student=student)])
        self.pending = row, graded.verdict
        return graded

    def _grade(self, row: HandIn) -> Graded:
        released = self.setting.released
        for _ in range(ATTEMPTS):
            try:
                graded = self.engine.grade(row, released)
                verdict = replace(graded.verdict, handed_in=sha256(row))
                Verdict.from_json(json.loads(verdict.dumps()))  # what cannot be read back must not be kept
            except Exception as error:  # a defect of ours is one row's cause
                cause = f"the grader failed: {error!r}"
                return Graded(unexecuted(row, released, Status.INTERNAL, cause))
            if not graded.crashed_judge:
                return replace(graded, verdict=verdict)
        cause = f"set aside: grading it ended the judge twice: {verdict.cause}"
        return Graded(replace(verdict, cause=cause, key=""))

    def _settle(self) -> None:
        """Keep the last verdict, if nbgrader has taken the notebook that belongs to it."""
        pending, self.pending = self.pending, None
        if pending is None:
            return
        row, verdict = pending
        if verdict.executed and not self.store.executed(row.path.parent.parent.name, row.lesson).exists():
            return
        if isinstance(row.content, bytes):
            self.store.put_handed_in(row.content)
        self.store.put(verdict)
        self.students.add(verdict.student)

    def _report(self) -> None:
        """What `course grade` writes at its end."""
        self._settle()
        if self.students:
            out, kept = self.setting.course.out, list(self.store.all())
            write_whole(out / "grades.csv", grades_csv(kept))
            write_feedback(out, self.setting.course, kept, self.students)

    def close(self) -> None:
        """Write what waits, end the judge, and let others write."""
        self.ending.close()


class _Current:
    """The session of this process, if there is one, and the clock that ends it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.session: Session | None = None
        self.clock: threading.Timer | None = None

    @contextlib.contextmanager
    def use(self, setting: Setting) -> Iterator[Session]:
        with self.lock:
            self._stop_clock()
            if self.session is not None and self.session.setting != setting:
                self.end()
            if self.session is None:
                self.session = Session(setting)
            try:
                yield self.session
            finally:
                self.clock = threading.Timer(IDLE_SECONDS, self.end)
                self.clock.daemon = True
                self.clock.start()

    def end(self) -> None:
        with self.lock:
            self._stop_clock()
            session, self.session = self.session, None
            if session is not None:
                try:
                    session.close()
                except Exception as error:  # in a thread of its own, or at the very end: nobody is there to catch it
                    logging.getLogger(__name__).error("what was graded could not all be written: %s", error)

    def _stop_clock(self) -> None:
        if self.clock is not None:
            self.clock.cancel()
            self.clock = None


_current = _Current()
using = _current.use
end = _current.end
atexit.register(end)
