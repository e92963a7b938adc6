"""A lesson's code run cell by cell in a namespace of its own, in this process: for authors' text, never for students'.

It is plain Python, without IPython and without magics, which shows that the lessons need neither.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import signal
import warnings
from collections.abc import Iterator
from types import FrameType
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import torch

CELL_SECONDS = 60


class TooSlow(BaseException):
    """A cell ran longer than CELL_SECONDS; a BaseException, so that no `except Exception` of a lesson swallows it."""


class Session:
    """A namespace that cells run in.

    Args:
        names: what is defined before the first cell; copied.
    """

    def __init__(self, names: dict[str, Any] | None = None) -> None:
        matplotlib.use("agg")
        self.names = dict(names or {"__name__": "__main__", "__builtins__": __builtins__})

    def run(self, source: str, label: str) -> BaseException | None:
        """Run one cell and give what it raised. What it prints is dropped; `label` names it in tracebacks."""
        filename = f"<cell {label}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        try:
            with quiet(), time_limit():
                exec(compile(source, filename, "exec"), self.names)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return error
        finally:
            plt.close("all")  # as Jupyter does at a cell's end
        return None

    def fork(self) -> Session:
        """The same names in a new session, and torch's global state as a new kernel has it."""
        torch.manual_seed(0)
        torch.set_default_dtype(torch.float32)
        torch.set_default_device(None)
        return Session(self.names)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """What is printed is dropped, warnings too: in a kernel they are words, never errors."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("default")
        yield


@contextlib.contextmanager
def time_limit() -> Iterator[None]:
    """Raise TooSlow in the block after CELL_SECONDS."""

    def ring(signum: int, frame: FrameType | None) -> None:
        raise TooSlow(f"ran longer than {CELL_SECONDS} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, CELL_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
