"""The judge: the lesson's tests, run against a worker that runs the student's cells.

The notebook is walked from top to bottom. A student's cell goes to the worker; a test runs here, in a namespace of its
own, with the lesson's kit and imports, and with everything else asked of the worker by name. So tests and answers meet
in the order of the page, as they do in a kernel, and never in one process.

When a worker is lost, another one takes its place: it runs the student's cells so far, without the one that was fatal,
and the rest of the notebook is judged with it. What was won before is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import signal
import sys
from collections.abc import Callable, Iterator
from time import monotonic
from types import FrameType
from typing import Any

import torch

from autograder.classroom.released import exercise_of
from autograder.judge import shell as shells
from autograder.judge.failures import Foreign, text_of
from autograder.judge.job import Cell, Job, Outcome, Result
from autograder.judge.link import CONTROL_SECONDS, Link, Lost, TimeUp
from autograder.judge.names import Names
from autograder.kit.gpu_memory import simulated

MOST_WORKERS = 4
MESSAGE = 2000
CELLS_OF_OUTPUT = 16
"""A submission may show as much as so many cells, and each cell as much as a message all the same."""


class Watched(list[torch.device]):
    """Devices; `at` is told which of them a loop is at, and None when it is done."""

    def __init__(self, devices: list[torch.device], at: Callable[[torch.device | None], None]) -> None:
        super().__init__(devices)
        self.at = at

    def __iter__(self) -> Iterator[torch.device]:
        for each in super().__iter__():
            self.at(each)
            yield each
        self.at(None)


class NoSandbox(Exception):
    """The sandbox did not hold, and so nothing was run."""


class Trial:
    """One submission. `start` gives a new worker."""

    def __init__(self, job: Job, start: Callable[[dict[str, int]], Link], shell: shells.Shell) -> None:
        self.job, self.start, self.shell = job, start, shell
        self.sources: dict[str, int] = {}
        self.labels: dict[int, str] = {}
        self.result = Result()
        self.link: Link | None = None
        self.workers = 0
        self.done: list[Cell] = []  # what the next worker would have to run again
        self.own: dict[str, Any] = {}
        self.earlier: dict[str, Any] = {}
        self.end = 0.0
        self.devices: list[str] = []
        self.device = ""
        self.overrun = False
        self.test = ""
        self.room = job.output_characters * CELLS_OF_OUTPUT

    def run(self) -> Result:
        """Judge it. Whatever the submission does, there is a result."""
        self.end = monotonic() + self.job.submission_seconds
        before = signal.signal(signal.SIGALRM, self._ring)
        try:
            self._know_cells()
            self._set_up()
            for cell in self.job.cells:
                self._step(cell)
        finally:
            self._hang_up()
            signal.signal(signal.SIGALRM, before)
        return self.result

    def _know_cells(self) -> None:
        """Give the student's cells file names, under which a message can show a line of them."""
        for number, cell in enumerate(self.job.cells, 1):
            if cell.kind == "student":
                label = self.labels[cell.index] = f"<cell {number}>"
                shells.remember(label, cell.source)
                self.sources[label] = cell.source.count("\n") + 1

    def _set_up(self) -> None:
        """The names that tests have: the kit's and the lesson's imports, as they were handed out."""
        names: dict[str, Any] = {"__name__": "__main__"}
        for cell in self.job.cells:
            if cell.kind == "set-up":
                exec(shells.compiled(cell.source, shells.KIT), names)
        exec(shells.compiled(self.job.imports, "<imports>"), names)
        if "devices" in names:
            names["devices"] = self._watched(names["devices"])
        for name, special in (("figures", self._figures), ("source_of", self._source_of)):
            if name in names:
                names[name] = special
        self.own = names
        self.shell.recorder.reset()

    def _step(self, cell: Cell) -> None:
        try:
            if self.end <= monotonic():
                raise TimeUp
            if self.link is None:
                self._new_worker()
            if cell.kind == "test":
                self._test(cell)
            else:
                self._cell(cell)
        except TimeUp:
            self._trouble("over", cell, "", "over")
        except Lost as lost:
            what = "forbidden" if lost.forbidden else "lost"
            self._trouble(what, cell, lost.why, what)

    def _trouble(self, what: str, cell: Cell, words: str, ending: str) -> None:
        """A cell that did not come to its end."""
        self.result.troubles.append((what, cell.index, words))
        if cell.kind == "test":
            self.result.tests[cell.id] = Outcome(ending, words)
        if what in ("lost", "forbidden"):
            self._hang_up()

    # --- workers ------------------------------------------------------------------------------------------------------

    def _new_worker(self) -> None:
        """Start a worker, and bring it to where the last one was."""
        self.workers += 1
        if self.workers > MOST_WORKERS:
            raise Lost("it had ended too often")
        self.link = self.start(self.sources)
        try:
            self.link.control("hello")
        except Foreign as error:  # it has no sandbox, and so it runs nothing
            raise NoSandbox(text_of(error)) from None
        self.link.control("setup", self.job.imports)  # the lesson's own, in case the cell with them stops or comes late
        done, self.done = self.done, []
        for cell in done:
            self._cell(cell, again=True)

    def _hang_up(self) -> None:
        if self.link is not None:
            link, self.link = self.link, None
            ending = link.close()
            self.result.cpu_seconds += ending.cpu_seconds
            self.result.memory_mb = max(self.result.memory_mb, ending.memory_mb)

    # --- cells --------------------------------------------------------------------------------------------------------

    def _cell(self, cell: Cell, *, again: bool = False) -> None:
        """Have the worker run a cell."""
        assert self.link is not None
        shown = shells.Recorder(self._output())
        self.link.show = lambda event: keep(shown, event)
        seconds, self.overrun = self._seconds(), False
        try:
            with self._limited(seconds):
                if cell.kind == "set-up":
                    self.link.control("setup", cell.source)
                else:
                    self.link.order(seconds, "cell", cell.source, self.labels[cell.index])
            self.done.append(cell)
        except TimeUp:
            if self.overrun:  # in the middle of a conversation, perhaps
                raise Lost("it ran too long and could not be stopped") from None
            words = f"longer than {self.job.cell_seconds:g} s"
            shown.add(["error", "TimedOut", words, [f"TimedOut: {words}"]], 0)
            if not again:
                self.result.troubles.append(("late", cell.index, words))
        except Foreign as error:
            shown.add(["error", type(error).__name__, text_of(error), [text_of(error)]], 0)
        finally:
            if not again:
                self.room -= shown.most - shown.room
                events = self.result.outputs[cell.index] = shown.take()
                failed = next((each for each in events if each[0] == "error"), None)
                if failed is not None:
                    self.result.errors[cell.index] = f"{failed[1]}: {failed[2]}"

    def _output(self) -> int:
        """How many characters the next cell may show."""
        return min(self.job.output_characters, max(MESSAGE, self.room))

    def _seconds(self) -> float:
        return max(0.05, min(self.job.cell_seconds, self.end - monotonic()))

    # --- tests --------------------------------------------------------------------------------------------------------

    def _test(self, cell: Cell) -> None:
        if exercise_of(cell.id) in self.job.unclear:
            self.result.tests[cell.id] = Outcome("unclear")
            return
        assert self.link is not None
        link, seconds = self.link, self._seconds()
        self.devices, self.device, self.overrun = ["cpu"], "", False
        self.shell.recorder.most = self._output()
        self.shell.recorder.reset()
        link.show = self._show
        link.until = monotonic() + seconds
        try:
            with self._limited(seconds):
                outcome = self._judged(cell, link)
        finally:
            link.until = None
            self.room -= self.shell.recorder.most - self.shell.recorder.room
            self.result.outputs[cell.index] = self.shell.recorder.take()
        outcome.devices, outcome.device = self.devices, "" if outcome.ending == "passed" else self.device
        self.result.tests[cell.id] = outcome
        if self.overrun:  # in the middle of a conversation, perhaps
            self._hang_up()
        else:
            self._end(link)

    def _end(self, link: Link) -> None:
        try:
            with self._limited(CONTROL_SECONDS):
                link.end()
        except TimeUp:
            raise Lost("it did not let a test come to its end") from None

    def _show(self, event: shells.Event) -> None:
        """What an answer prints while a test calls it appears where the test would print."""
        if event[0] in ("stdout", "stderr"):
            getattr(sys, event[0]).write(event[1])
        elif event[0] != "error":
            keep(self.shell.recorder, event)

    def _judged(self, cell: Cell, link: Link) -> Outcome:
        """Run a test and say what became of it."""
        self.test = cell.id
        label = f"<test {cell.id}>"
        shells.remember(label, cell.source)
        names = Names(self.own, link.name, self.earlier)
        with captured(self.shell.recorder):
            try:
                code = shells.compiled(cell.source, label)
                link.begin(seed_of(cell.id, self.job.seed), self.job.asked.get(cell.id, ()))
                exec(code, names)
            except TimeUp:
                words = f"longer than {self.job.cell_seconds:g} s"
                self.result.troubles.append(("late", cell.index, words))
                return Outcome("late", words)
            except Lost:
                raise
            except BaseException as error:
                self.shell.show_error(error)
                return outcome_of(error)
            finally:
                self.earlier |= {name: each for name, each in names.items() if name not in self.own}
        return Outcome("passed")

    @contextlib.contextmanager
    def _limited(self, seconds: float) -> Iterator[None]:
        """Raise TimeUp in the block some time after `seconds`, in case it does not ask the worker any more."""
        signal.setitimer(signal.ITIMER_REAL, seconds + 3)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, signum: int, frame: FrameType | None) -> None:
        self.overrun = True
        raise TimeUp

    def _watched(self, devices: Callable[[], list[torch.device]]) -> Callable[[], list[torch.device]]:
        """The kit's `devices`, such that it is known which of them a test's loop is at."""

        def at(device: torch.device | None) -> None:
            self.device = called(device) if device is not None else ""

        def watched() -> list[torch.device]:
            found = devices()
            self.devices = list(map(called, found))
            return Watched(found, at)

        return watched

    def _figures(self) -> Any:
        assert self.link is not None
        return self.link.ask("figures")

    def _source_of(self, name: str) -> str:
        """The text of an exercise's answer, as it was handed in and is in force here; the worker is not asked."""
        if name not in self.job.handed_in:
            raise NameError(f"name {name!r} is not defined", name=name)
        further = self.job.handed_in.get(self.test) if exercise_of(self.test) == name else None
        return self.job.handed_in[name] if further is None else further


def called(device: torch.device) -> str:
    """A device as feedback names it."""
    return f"{device} (simulated)" if str(device).startswith("cuda") and simulated() else str(device)


def outcome_of(error: BaseException) -> Outcome:
    """What an exception says of a test."""
    name, words = type(error).__name__, text_of(error)[:MESSAGE]
    mistake = "" if isinstance(error, Foreign) else str(getattr(error, "mistake", ""))
    if isinstance(error, Foreign) or name not in ("Wrong", "NotAttempted"):
        return Outcome("broke", f"{name}: {words}")
    return Outcome("not_attempted" if name == "NotAttempted" else "wrong", words, mistake)


def keep(recorder: shells.Recorder, event: shells.Event) -> None:
    """Put what another process showed into a recorder."""
    if event[0] in ("stdout", "stderr"):
        recorder.write(event[0], event[1])
    else:
        recorder.add(event, sum(len(str(each)) for each in event[1:]))


def seed_of(test: str, seed: int) -> int:
    """Each test's own seed, the same on every run."""
    return int.from_bytes(hashlib.sha256(f"{seed} {test}".encode()).digest()[:4], "big")


@contextlib.contextmanager
def captured(recorder: shells.Recorder) -> Iterator[None]:
    """What is printed goes to the recorder."""
    with (
        contextlib.redirect_stdout(shells.Stream(recorder, "stdout")),
        contextlib.redirect_stderr(shells.Stream(recorder, "stderr")),
    ):
        yield
