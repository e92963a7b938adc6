"""The judge: the lesson's tests, run against a worker that runs the student's cells.

The notebook is walked from top to bottom. A student's cell goes to the worker; a test runs here, in a namespace of its
own, with the lesson's kit and imports, and with everything else asked of the worker by name. So tests and answers meet
in the order of the page, as they do in a kernel, and never in one process.

When a worker is lost, another one takes its place: it runs the student's cells so far, without the one that was fatal,
and the rest of the notebook is judged with it. What was won before is kept.
"""

from __future__ import annotations

import builtins
import contextlib
import hashlib
import linecache
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from types import FrameType
from typing import Any

from autograder.judge import shell as shells
from autograder.judge.failures import Foreign, text_of
from autograder.judge.link import Link, Lost, TimeUp

MOST_WORKERS = 4
MESSAGE = 2000


@dataclass(frozen=True)
class Cell:
    """A cell of the repaired notebook: `kind` is "set-up", "student" or "test"; `id` the grade id of a test."""

    index: int
    kind: str
    source: str
    id: str = ""


@dataclass(frozen=True)
class Job:
    """What a judge is given: the cells in order, import statements, the text that defines each exercise, limits."""

    cells: tuple[Cell, ...]
    imports: str
    handed_in: dict[str, str]
    unclear: frozenset[str]
    cell_seconds: float
    submission_seconds: float
    output_characters: int
    seed: int = 0


@dataclass
class Outcome:
    """What became of a test: `ending` is "passed", "wrong", "not_attempted", "broke", or why it did not finish."""

    ending: str
    message: str = ""
    mistake: str = ""
    devices: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class Result:
    """All of it, for the verdict: `troubles` are what, the cell's index and words, in their order."""

    tests: dict[str, Outcome] = field(default_factory=dict)
    outputs: dict[int, list[Any]] = field(default_factory=dict)
    troubles: list[tuple[str, int, str]] = field(default_factory=list)
    errors: dict[int, str] = field(default_factory=dict)
    received: int = 0
    cpu_seconds: float = 0.0
    memory_mb: float = 0.0


class NoSandbox(Exception):
    """The sandbox did not hold, and so nothing was run."""


class Names(dict[str, Any]):
    """A test's globals. What neither the test nor the kit defines is asked of the student's notebook, each time."""

    def __init__(self, own: dict[str, Any], ask: Callable[[str], Any], earlier: dict[str, Any]) -> None:
        super().__init__(own)
        self.ask, self.earlier = ask, earlier

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name) or name in ("__annotations__", "__file__"):
            raise KeyError(name)
        try:
            return self.ask(name)
        except NameError:
            if name in self.earlier:
                return self.earlier[name]
            raise


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
        self.overrun = False

    def run(self) -> Result:
        """Judge it. Whatever the submission does, there is a result."""
        self.end = monotonic() + self.job.submission_seconds
        self._know_cells()
        self._set_up()
        try:
            for cell in self.job.cells:
                self._step(cell)
        finally:
            self._hang_up()
        return self.result

    def _know_cells(self) -> None:
        """Give the student's cells file names, under which a message can show a line of them."""
        for number, cell in enumerate(self.job.cells, 1):
            if cell.kind == "student":
                label = self.labels[cell.index] = f"<cell {number}>"
                remember(label, cell.source)
                self.sources[label] = cell.source.count("\n") + 1

    def _set_up(self) -> None:
        """The names that tests have: the kit's and the lesson's imports, as they were handed out."""
        names: dict[str, Any] = {"__name__": "__main__"}
        for cell in self.job.cells:
            if cell.kind == "set-up":
                exec(shells.compiled(cell.source, shells.KIT), names)
        exec(compile(self.job.imports, "<imports>", "exec"), names)
        names.pop("__builtins__", None)
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
        done, self.done = self.done, []
        for cell in done:
            self._cell(cell, again=True)

    def _hang_up(self) -> None:
        if self.link is not None:
            link, self.link = self.link, None
            ending = link.close()
            self.result.received += link.channel.received
            self.result.cpu_seconds += ending.cpu_seconds
            self.result.memory_mb = max(self.result.memory_mb, ending.memory_mb)

    # --- cells --------------------------------------------------------------------------------------------------------

    def _cell(self, cell: Cell, *, again: bool = False) -> None:
        """Have the worker run a cell."""
        assert self.link is not None
        shown = shells.Recorder(self.job.output_characters)
        self.link.show = lambda event: keep(shown, event)
        try:
            if cell.kind == "set-up":
                self.link.control("setup", cell.source)
            else:
                self.link.ask_within(self._seconds(), "cell", cell.source, self.labels[cell.index])
            self.done.append(cell)
        except TimeUp:
            words = f"longer than {self.job.cell_seconds:g} s"
            shown.add(["error", "TimedOut", words, [f"TimedOut: {words}"]], 0)
            if not again:
                self.result.troubles.append(("late", cell.index, words))
        except Foreign as error:
            shown.add(["error", type(error).__name__, text_of(error), [text_of(error)]], 0)
        finally:
            if not again:
                events = self.result.outputs[cell.index] = shown.take()
                failed = next((each for each in events if each[0] == "error"), None)
                if failed is not None:
                    self.result.errors[cell.index] = f"{failed[1]}: {failed[2]}"

    def _seconds(self) -> float:
        return max(0.05, min(self.job.cell_seconds, self.end - monotonic()))

    # --- tests --------------------------------------------------------------------------------------------------------

    def _test(self, cell: Cell) -> None:
        if exercise_of(cell.id) in self.job.unclear:
            self.result.tests[cell.id] = Outcome("unclear")
            return
        assert self.link is not None
        link, began, seconds = self.link, monotonic(), self._seconds()
        self.devices, self.overrun = ["cpu"], False
        self.shell.recorder.reset()
        link.show = self._show
        link.begin(seed_of(cell.id, self.job.seed))
        link.until = began + seconds
        try:
            with self._limited(seconds):
                outcome = self._judged(cell, link)
        finally:
            link.until = None
            self.result.outputs[cell.index] = self.shell.recorder.take()
        outcome.devices, outcome.seconds = self.devices, monotonic() - began
        self.result.tests[cell.id] = outcome
        if self.overrun:  # in the middle of a conversation, perhaps
            self._hang_up()
        else:
            link.end()

    def _show(self, event: shells.Event) -> None:
        """What an answer prints while a test calls it appears where the test would print."""
        if event[0] in ("stdout", "stderr"):
            getattr(sys, event[0]).write(event[1])
        elif event[0] != "error":
            keep(self.shell.recorder, event)

    def _judged(self, cell: Cell, link: Link) -> Outcome:
        """Run a test and say what became of it."""
        label = f"<test {cell.id}>"
        remember(label, cell.source)
        names = Names(self.own, lambda name: link.ask("name", name), self.earlier)
        with captured(self.shell.recorder):
            try:
                exec(compile(cell.source, label, "exec"), names)
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

        def ring(signum: int, frame: FrameType | None) -> None:
            self.overrun = True
            raise TimeUp

        before = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds + 3)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _watched(self, devices: Callable[[], list[Any]]) -> Callable[[], list[Any]]:
        def watched() -> list[Any]:
            found = devices()
            self.devices = [str(each) for each in found]
            return found

        return watched

    def _figures(self) -> Any:
        assert self.link is not None
        return self.link.ask("figures")

    def _source_of(self, function: Any) -> str:
        """The text of an exercise's answer, as it was handed in; the worker is not asked."""
        name = function if isinstance(function, str) else getattr(function, "__name__", "")
        if name not in self.job.handed_in:
            raise NameError(f"name {name!r} is not defined", name=name)
        return self.job.handed_in[name]


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


def exercise_of(grade_id: str) -> str:
    return grade_id.rpartition("-")[0] or grade_id


def seed_of(test: str, seed: int) -> int:
    """Each test's own seed, the same on every run."""
    return int.from_bytes(hashlib.sha256(f"{seed} {test}".encode()).digest()[:4], "big")


def remember(label: str, source: str) -> None:
    """Let tracebacks and messages show lines of `source`."""
    linecache.cache[label] = (len(source), None, source.splitlines(keepends=True), label)


@contextlib.contextmanager
def captured(recorder: shells.Recorder) -> Iterator[None]:
    """What is printed goes to the recorder."""
    with (
        contextlib.redirect_stdout(shells.Stream(recorder, "stdout")),
        contextlib.redirect_stderr(shells.Stream(recorder, "stderr")),
    ):
        yield
