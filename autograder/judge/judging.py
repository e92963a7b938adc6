"""A judge process: takes one job from the grader, runs it, gives the result back."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
from pathlib import Path
from typing import Any

from autograder.judge import shell as shells
from autograder.judge.job import Cell, Job
from autograder.judge.link import Link
from autograder.judge.trial import NoSandbox, Trial
from autograder.judge.wire import Channel

MEMORY_MB = 4096
"""More than any judge needs: what an answer returns has limits of its own."""


def main(job: socket.socket, control: socket.socket, shell: shells.Shell) -> None:
    """Serve the grader at the other end of `job`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's
    channel = Channel(job)
    facts, _ = channel.receive()
    limit_memory()
    try:
        found = Trial(read_job(facts), Starter(control, facts["caps"]), shell).run()
        result: Any = {**vars(found), "tests": {name: vars(each) for name, each in found.tests.items()}}
    except NoSandbox as error:
        result = {"refused": str(error)}
    usage = resource.getrusage(resource.RUSAGE_SELF)
    result["judge_seconds"] = round(usage.ru_utime + usage.ru_stime, 3)
    channel.send_document(result)


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


def limit_memory() -> None:
    """What a worker sends cannot make the judge take all of the machine's memory."""
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limit = size + (MEMORY_MB << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
