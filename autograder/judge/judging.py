"""A judge process: takes jobs from the grader, one after the other, and gives their results back.

It is forked for its first submission and does more as long as each leaves it as new (`uneventful`, `renew`): a fork
costs as much as half the tests of a lesson, in pages that are copied and caches that are cold. Whatever was not as it
always is, a test that was late, a worker that was lost, ends the judge with the submission that did it.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import sys
import warnings
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import torch

from autograder.judge import shell as shells
from autograder.judge.job import Cell, Job
from autograder.judge.known import class_of
from autograder.judge.link import Link
from autograder.judge.proxies import handle_class
from autograder.judge.state import READ, WRITE
from autograder.judge.trial import NoSandbox, Trial
from autograder.judge.wire import Channel, Closed
from autograder.kit.gpu_memory import simulated, simulation

MEMORY_MB = 4096
"""More than any judge needs: what an answer returns has limits of its own."""


MOST_SUBMISSIONS = 50
MOST_GROWTH_MB = 200
"""When a judge has done so many, or has grown so much, another one takes its place."""


def main(job: socket.socket, control: socket.socket, shell: shells.Shell) -> None:
    """Serve the grader at the other end of `job`, until it hangs up or this judge is not as new any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's
    gc.set_threshold(10_000)  # `renew` collects what is left
    channel, size = Channel(job), memory_mb()
    limit_memory(size)
    before, modules = beginning(), len(sys.modules)
    for done in range(1, MOST_SUBMISSIONS + 1):
        try:
            facts, _ = channel.receive()
        except Closed:
            return
        result = do(facts, control, shell)
        small = memory_mb() < size + MOST_GROWTH_MB
        again = uneventful(facts, result) and small and done < MOST_SUBMISSIONS
        channel.send_document({**result, "again": again})
        if not again:
            return
        renew(before)
        if len(sys.modules) != modules:  # what was not there when it was asked for may be by now
            modules = len(sys.modules)
            class_of.cache_clear()
            handle_class.cache_clear()


def do(facts: dict[str, Any], control: socket.socket, shell: shells.Shell) -> dict[str, Any]:
    """Do one job."""
    start = cpu_seconds()
    try:
        found = Trial(read_job(facts), Starter(control, facts["caps"]), shell).run()
        result: Any = {**vars(found), "tests": {name: vars(each) for name, each in found.tests.items()}}
    except NoSandbox as error:
        result = {"refused": str(error)}
    return {**result, "judge_seconds": round(cpu_seconds() - start, 3)}


def uneventful(facts: dict[str, Any], result: dict[str, Any]) -> bool:
    """Whether a submission was judged like any other, and so left nothing behind that the next one could meet.

    A worker that was lost, killed or late may have been cut off in the middle of anything; what PyTorch warns of once
    in a process would not be there for the next.
    """
    if "refused" in result or result["troubles"]:
        return False
    tests = [at for at, kind, *_ in facts["cells"] if kind == "test"]
    return not any(kind == "stderr" for at in tests for kind, *_ in result["outputs"].get(at, []))


def beginning() -> dict[str, Any]:
    """The state of the generators and what else there is once in a process, as the zygote left it."""
    return {name: read() for name, read in READ.items()}


def renew(before: dict[str, Any]) -> None:
    """Bring this process back to where it was before its first submission, whose objects are all gone then."""
    for name, state in before.items():
        if state != b"":  # a GPU that was not in use then
            WRITE[name](state)
    torch.set_default_device(None)
    plt.close("all")
    with warnings.catch_warnings():
        pass  # what is shown once may be shown again
    shells.forget()
    gc.collect()
    if mode := simulation():
        mode.counter.peak = mode.counter.used


class Starter:
    """Asks the zygote for workers."""

    def __init__(self, control: socket.socket, caps: dict[str, Any]) -> None:
        self.control, self.caps = control, caps

    def __call__(self, sources: dict[str, int]) -> Link:
        wire, workers_wire = socket.socketpair()
        report, zygotes_report = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with workers_wire, zygotes_report:
            request = json.dumps({"fork": "worker", "judge": os.getpid(), "caps": self.caps}).encode()
            socket.send_fds(self.control, [request], [workers_wire.fileno(), zygotes_report.fileno()])
        return Link(Channel(wire), report, sources)


def read_job(facts: dict[str, Any]) -> Job:
    """The job as the grader wrote it."""
    cells = tuple(Cell(*each) for each in facts["cells"])
    rest = {name: facts[name] for name in Job.__dataclass_fields__ if name not in ("cells", "unclear")}
    return Job(cells=cells, unclear=frozenset(facts["unclear"]), **rest)


def memory_mb() -> float:
    """The process's address space."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() / (1 << 20)


def limit_memory(size: float) -> None:
    """What a worker sends cannot make the judge take all of the machine's memory."""
    limit, gpu = int(size + MEMORY_MB) << 20, torch.cuda.is_available() and not simulated()
    resource.setrlimit(resource.RLIMIT_DATA if gpu else resource.RLIMIT_AS, (limit, limit))  # see `Caps`


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
