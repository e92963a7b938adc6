"""A small trial in the zygote, both ends in its one process, so that what a judge and a worker do is warm in forks.

Python notes beside its code what it has learned of it, and fills its caches; after a fork each such note copies a page,
for every submission anew. What was learned before is shared. Nothing here computes a gradient: where there is a GPU,
PyTorch starts threads for that, and no fork has them.
"""

from __future__ import annotations

import socket
from typing import Any

from autograder.judge.job import Cell, Job
from autograder.judge.link import Ending, Link
from autograder.judge.peer import Peer
from autograder.judge.shell import Shell
from autograder.judge.trial import Trial
from autograder.judge.wire import Channel
from autograder.judge.worker import WorkerPeer

ANSWERS = """import torch
def doubled(x, *, times=2):
    print(x)
    return x * times
def one_more(x):
    x += 1
def refused(x):
    raise ValueError("no")
class Layer(torch.nn.Module):
    def forward(self, x):
        return x
"""
TEST = """
for device in ["cpu"] + ["cuda"] * torch.cuda.is_available():
    x = torch.tensor([[1.0, 2.0]], device=device)
    assert torch.equal(doubled(x), x * 2) and doubled([1], times=3) == [1, 1, 1]
    one_more(x)
    assert x.tolist() == [[2.0, 3.0]]
assert isinstance(doubled(numpy.zeros(3)), numpy.ndarray)
assert Layer()(x) is x
try:
    refused(1)
except ValueError:
    pass
"""
ROUNDS = 3
"""Python begins to learn when a function runs for the second time."""


class Beside(Channel):
    """The judge's end of a wire whose other end answers whenever something is to be received."""

    def __init__(self, sock: socket.socket, other: Peer) -> None:
        super().__init__(sock)
        self.other = other

    def receive(self, deadline: float | None = None) -> tuple[Any, list[memoryview]]:
        self.other.serve()
        return super().receive(deadline)


class Rehearsed(Link):
    """A link to a worker that is no process."""

    def __init__(self, channel: Channel) -> None:
        Peer.__init__(self, channel, odd=False)
        self.until, self.show, self.sources = None, lambda event: None, {}

    def end(self) -> None:
        self.control("end")
        self.mirror.clear()
        self.state.clear()

    def close(self) -> Ending:
        return Ending()


def rehearse(shell: Shell) -> None:
    """Judge a notebook of a few cells; the shell is as its last cell leaves it."""
    cells: list[Cell] = []
    for at in range(0, 2 * ROUNDS, 2):
        cells += [Cell(at, "student", ANSWERS), Cell(at + 1, "test", TEST, f"rehearsal-{at}")]
    job = Job(tuple(cells), "import torch, numpy", {}, frozenset(), 60.0, 60.0, 1000)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        link = Rehearsed(Beside(ours, WorkerPeer(Channel(theirs), shell)))
        result = Trial(job, lambda sources: link, shell).run()
    assert all(each.ending == "passed" for each in result.tests.values()), result
