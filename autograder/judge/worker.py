"""The worker: runs the student's cells and does what the judge asks of what they defined. Nothing here is secret.

It lives inside the sandbox, in one process with the student's code, which may do with it what it likes. So the judge
believes nothing of what it says, and everything that matters happens on the other end of the wire.
"""

from __future__ import annotations

import io
import os
import pickle
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import matplotlib.pyplot as plt
import torch

from autograder.judge import shell as shells
from autograder.judge.failures import text_of
from autograder.judge.figures import figure_facts
from autograder.judge.peer import Peer
from autograder.judge.proxies import OPERATIONS, Handle
from autograder.judge.wire import Channel, Closed, Violation, whole

MOST_EVENTS = 2 << 20


class WorkerPeer(Peer):
    """The worker's end of the wire."""

    def __init__(self, channel: Channel, shell: shells.Shell, refused: str = "") -> None:
        super().__init__(channel, odd=True)
        self.shell, self.refused = shell, refused
        self.busy = False
        self.labels: set[str] = set()
        self.pickled: dict[int, Any] = {}
        self.before: list[Any] = []

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
        return names[name]

    def on_begin(self) -> None:
        """A test begins: it has a state of its own."""
        self.before = [read() for read in BEFORE]
        self.shell.recorder.reset()

    def on_end(self) -> None:
        """A test has ended: what crossed for it is forgotten, and the state is the student's again."""
        self.mirror.clear()
        self.state.clear()
        self.raised.clear()
        self.pickled.clear()
        plt.close("all")
        for write, value in zip(AFTER, self.before, strict=True):
            write(value)

    def on_figures(self) -> Any:
        """What is drawn in the figures that are open."""
        return [figure_facts(plt.figure(number)) for number in plt.get_fignums()]

    def decode_object(self, kind: str, facts: list[Any], blobs: list[memoryview]) -> Any:
        match kind, facts:
            case "pickle", [number, blob]:
                self.pickled[number] = Unpickler(self, bytes(blobs[blob])).load()
                return self.pickled[number]
            case "pickled", [number]:
                return self.pickled[number]
        return super().decode_object(kind, facts, blobs)

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


BEFORE: list[Callable[[], Any]] = [torch.get_default_dtype, torch.is_grad_enabled]
AFTER: list[Callable[[Any], Any]] = [torch.set_default_dtype, torch.set_grad_enabled]


class Unpickler(pickle.Unpickler):
    """Reads a library's object from the judge, with the tensors in it those that both ends have."""

    def __init__(self, peer: WorkerPeer, data: bytes) -> None:
        super().__init__(io.BytesIO(data))
        self.peer = peer

    def persistent_load(self, facts: Any) -> Any:
        kind, number = facts
        if kind == "twin":
            return self.peer.mirror.value(number)
        if kind == "yours":
            return self.peer.own[number]
        return self.peer.state.generators[number]


def main(channel: Channel, shell: shells.Shell, refused: str = "") -> None:
    """Answer the judge until it hangs up."""
    peer = WorkerPeer(channel, shell, refused)
    shells.take_over(shell)
    shells.paint_nothing()
    serve_without_processes()
    signal.signal(signal.SIGINT, peer.interrupt)
    try:
        while True:
            peer.serve()
    except (Closed, Violation) as error:
        sys.__stderr__.write(f"worker: {type(error).__name__}: {text_of(error)}\n") if sys.__stderr__ else None
    finally:
        os._exit(0)


def serve_without_processes() -> None:
    """A data loader's helpers would be processes, and the sandbox has none: it works alone, with the same result."""
    init = torch.utils.data.DataLoader.__init__

    def alone(loader: Any, dataset: Any, *args: Any, **facts: Any) -> None:
        facts.update({name: value for name, value in ALONE.items() if name in facts})
        init(loader, dataset, *args, **facts)

    torch.utils.data.DataLoader.__init__ = alone  # type: ignore[method-assign, assignment]


ALONE = {"num_workers": 0, "prefetch_factor": None, "persistent_workers": False, "timeout": 0, "worker_init_fn": None}

__all__ = ["Handle", "WorkerPeer", "main", "whole"]
