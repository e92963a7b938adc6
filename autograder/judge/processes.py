"""The judge's processes from outside, in the grader: the zygote, and the judges that it forks.

There is no torch here, and nothing that students wrote.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import autograder
from autograder.judge.wire import Blobs, Channel, Closed, Late

GRACE_SECONDS = 30.0
"""For a judge to start and to end, on top of the submission's own time."""


class ZygoteProcess:
    """The zygote, from outside."""

    def __init__(self, mode: str, device: str) -> None:
        self.idle: list[JudgeProcess] = []
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "autograder.judge.zygote", str(theirs.fileno()), mode, device],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                env=environment(device),
                cwd="/",
                start_new_session=True,
            )

    @functools.cached_property
    def facts(self) -> dict[str, Any]:
        """What it says of itself when it has started; this waits for it."""
        assert self.process.stdout
        line = self.process.stdout.readline() or b'{"refused": "the process that grades did not start"}'
        return dict(json.loads(line))

    @contextlib.contextmanager
    def judge(self) -> Iterator[JudgeProcess]:
        """A judge for one submission: one that waits for another, or else a new one.

        Raises:
            Late, Closed: there is none.
        """
        judge = self._waiting() or self._new_judge()
        try:
            yield judge
        except BaseException:
            judge.close()
            self.dismiss()  # what did that to this one may have gone through the others, too
            raise
        if judge.again:
            self.idle.append(judge)
        else:
            judge.close()

    def _waiting(self) -> JudgeProcess | None:
        with contextlib.suppress(IndexError):
            while True:
                judge = self.idle.pop()
                if judge.lives:
                    return judge
                judge.close()
        return None

    def _new_judge(self) -> JudgeProcess:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self.control, [b'{"fork": "judge"}'], [theirs.fileno(), self.control.fileno()])
            ours.settimeout(GRACE_SECONDS)
            _, (process,), _, _ = socket.recv_fds(ours, 1, 1)
        except (OSError, ValueError) as error:
            ours.close()
            raise (Late if isinstance(error, TimeoutError) else Closed("no judge was started")) from None
        return JudgeProcess(Channel(ours), process)

    def dismiss(self) -> None:
        """End the judges that wait."""
        with contextlib.suppress(IndexError):
            while True:
                self.idle.pop().close()

    def kill(self) -> None:
        """End it, and all that it forked, at once."""
        assert self.process.stdin
        self.process.stdin.close()

    def learn(self, kit: str, cells: Iterable[str]) -> None:
        """Have what every student has of a lesson compiled once for all forks."""
        for kind, source in (("kit", kit), *(("cell", each) for each in cells)):
            self.control.send(json.dumps({"fork": "nothing", kind: source}).encode())

    def close(self) -> None:
        assert self.process.stdout
        self.dismiss()
        self.kill()
        self.process.stdout.close()
        self.control.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class JudgeProcess:
    """A judge, from outside; `process` is its pidfd, as its number would be one of the zygote's own namespace."""

    channel: Channel
    process: int
    again: bool = False
    """Whether it will do another submission."""

    def do(self, job: dict[str, Any], end: float) -> dict[str, Any]:
        """Have it do that job. Raises: see `JudgeEngine._try`."""
        try:
            self.channel.send(job, Blobs(), end)
            result = dict(self.channel.receive_document(end))
        except Late:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.process, signal.SIGKILL)
            raise
        self.again = result.pop("again")
        return result

    @property
    def lives(self) -> bool:
        return not select.select([self.process], [], [], 0)[0]

    def close(self) -> None:
        """Hang up, upon which it ends."""
        self.channel.sock.close()
        os.close(self.process)


def environment(device: str) -> dict[str, str]:
    """What the zygote sees of the grader's environment: nothing that could be secret."""
    hidden = {} if device == "cuda" else {"CUDA_VISIBLE_DEVICES": ""}
    return hidden | {
        "PYTHONPATH": str(Path(autograder.__file__).parent.parent),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # cheaper forks, and a large tensor takes few page faults
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": "0",
    }
