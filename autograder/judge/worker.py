"""The worker: runs the student's cells and does what the judge asks of what they defined. Nothing here is secret.

It lives inside the sandbox, in one process with the student's code, which may do with it what it likes. So the judge
believes nothing of what it says, and everything that matters happens on the other end of the wire.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import matplotlib.pyplot as plt
import torch
from torch.optim.lr_scheduler import LRScheduler
from torch.utils import _device

from autograder.judge import shell as shells
from autograder.judge.changes import Message
from autograder.judge.copies import tracked
from autograder.judge.drawing import paint_nothing
from autograder.judge.failures import text_of
from autograder.judge.peer import Peer
from autograder.judge.pickles import Unpickler
from autograder.judge.proxies import OPERATIONS
from autograder.judge.wire import Channel, Closed, Violation
from autograder.kit.figures import figures


class AnswersPeer(Peer):
    """The end that gets copies of what tests hand over."""

    trusting = True

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel, odd=True)

    def encode_object(self, value: Any, message: Message) -> Any:
        number = self.copies.number_of(value)
        return super().encode_object(value, message) if number is None else ["pickled", number]

    def decode_object(self, kind: str, facts: list[Any], blobs: list[memoryview]) -> Any:
        match kind, facts:
            case "pickle", [number, blob]:
                value = Unpickler(self, blobs, blob).load()
                self.copies.add(value, number)
                if isinstance(value, LRScheduler):
                    tracked(value)
                return value
            case "pickled", [number]:
                return self.copies.objects[number]
        return super().decode_object(kind, facts, blobs)


class WorkerPeer(AnswersPeer):
    """The worker's end of the wire."""

    def __init__(self, channel: Channel, shell: shells.Shell, refused: str = "") -> None:
        super().__init__(channel)
        self.shell, self.refused = shell, refused
        self.busy = False
        self.labels: set[str] = set()
        self.before: list[Any] = []  # while there is a test
        self.state.globals = shell.user_ns

    def perform(self, operation: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if self.refused:
            raise RuntimeError(self.refused)
        own = getattr(self, f"on_{operation}", None)
        if own is not None:
            return own(*args)
        if operation == "products":
            return super().perform(operation, args, kwargs)
        self.busy = True
        try:
            return OPERATIONS[operation](*args, **kwargs)
        finally:
            self.busy = False

    def on_hello(self) -> str:
        return torch.__version__

    def on_cell(self, source: str, label: str) -> bool:
        """Run a cell; whether it ran to its end."""
        self._end_test()
        self.labels.add(label)
        self.shell.recorder.reset()
        self.busy = True
        try:
            return self.shell.run(source, label) is None
        except KeyboardInterrupt as error:
            self.shell.show_error(error)
            return False
        finally:
            self.busy = False

    def on_setup(self, source: str) -> None:
        """Run the kit, which is plain Python and the same for everybody."""
        exec(shells.compiled(source, shells.KIT), self.shell.user_ns)

    def on_name(self, name: str) -> Any:
        """The value of a global name."""
        names = self.shell.user_ns
        if name not in names:
            raise NameError(f"name {name!r} is not defined", name=name)
        self.state.told[name] = names[name]
        return names[name]

    def on_begin(self, seed: int, names: list[str]) -> dict[str, Any]:
        """A test begins, with a state of its own: what it will call, of the names that it uses."""
        self._end_test()
        self.before = [read() for read in BEFORE]
        torch.set_default_device(None)
        self.state.begin(seed)
        self.shell.recorder.reset()
        return {name: self.on_name(name) for name in names if callable(self.shell.user_ns.get(name))}

    def on_end(self) -> None:
        """A test has ended that wrote something last."""
        self._end_test()

    def _end_test(self) -> None:
        """What crossed for the last test is forgotten, and the state is the student's again."""
        if not self.before:
            return
        self.mirror.clear()
        self.state.clear()
        self.raised.clear()
        self.copies.clear()
        plt.close("all")
        for read, write, value in zip(BEFORE, AFTER, self.before, strict=True):
            if read() is not value:
                write(value)
        self.before = []

    def on_figures(self) -> Any:
        """What is drawn in the figures that are open."""
        return figures()

    def printed(self) -> list[list[Any]]:
        return self.shell.recorder.take()

    def frames(self, error: BaseException) -> list[tuple[str, int]]:
        found, trace = [], error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename in self.labels:
                found.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
            trace = trace.tb_next
        return found

    def interrupt(self, signum: int, frame: FrameType | None) -> None:
        """The judge says that time is up; in between questions there is nothing to stop."""
        if self.busy:
            raise KeyboardInterrupt("the time was up")


BEFORE: list[Callable[[], Any]] = [torch.get_default_dtype, torch.is_grad_enabled, lambda: _device.CURRENT_DEVICE]
AFTER: list[Callable[[Any], Any]] = [torch.set_default_dtype, torch.set_grad_enabled, torch.set_default_device]


def main(channel: Channel, shell: shells.Shell, refused: str = "") -> None:
    """Answer the judge until it hangs up."""
    peer = WorkerPeer(channel, shell, refused)
    shells.take_over(shell)
    paint_nothing()
    serve_without_processes()
    torch.compile = uncompiled
    signal.signal(signal.SIGINT, peer.interrupt)
    try:
        while True:
            peer.serve()
    except (Closed, Violation) as error:
        sys.__stderr__.write(f"worker: {type(error).__name__}: {text_of(error)}\n") if sys.__stderr__ else None
    finally:
        os._exit(0)


def uncompiled(model: Any = None, **facts: Any) -> Any:
    """`torch.compile` without its compilers, which are processes: what it gives means the same."""
    return model if model is not None else lambda each: each


def serve_without_processes() -> None:
    """A data loader's helpers would be processes, and the sandbox has none: it works alone, with the same result."""
    init = torch.utils.data.DataLoader.__init__

    def alone(loader: Any, dataset: Any, *args: Any, **facts: Any) -> None:
        facts.update({name: value for name, value in ALONE.items() if name in facts})
        init(loader, dataset, *args, **facts)

    torch.utils.data.DataLoader.__init__ = alone  # type: ignore[method-assign, assignment]


ALONE = {"num_workers": 0, "prefetch_factor": None, "persistent_workers": False, "timeout": 0, "worker_init_fn": None}
