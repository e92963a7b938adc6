"""The zygote: imports everything once and forks, for each submission, a judge and as many workers as that one asks for.

It never sees a test, an answer or a path of the course, so a fork of it knows none. It has one thread, runs no torch
operation that would start others, and never touches CUDA: children could use neither after it.

    control     a datagram socket, shared by the grader and all judges
                "judge", with one end of the grader's socket to it and its own end of this one
                "nothing", with a kit or another cell of a lesson to compile: every fork runs it, every student has it
                "worker", its limits, with one end of the wire and one of the socket on which its end is told
    leash       standard input: when it closes the grader is gone, and everything here goes too
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from autograder.judge import judging, shell, worker  # all that a fork needs: in the sandbox there is no such file
from autograder.judge.sandbox import Caps, Sandbox, SandboxError
from autograder.judge.warm import warm_shell
from autograder.judge.wire import Channel


class Worker(NamedTuple):
    """What is known of one: whose it is, and where its end is told."""

    report: socket.socket
    judge: int


class Zygote:
    """Serves `control` until the leash is let go. With `simulate`, all that it forks has a simulated GPU."""

    def __init__(self, control: socket.socket, mode: str, *, simulate: bool = False) -> None:
        self.control = control
        self.shell = warm_shell(simulate=simulate)
        self.sandbox = Sandbox(mode)  # type: ignore[arg-type]
        self.pid = os.getpid()
        self.judges: set[int] = set()
        self.workers: dict[int, Worker] = {}

    def serve(self) -> None:
        """Fork and reap."""
        wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(waker)
        signal.signal(signal.SIGCHLD, lambda signum, frame: None)
        leash = sys.stdin.fileno()
        try:
            while True:
                ready, _, _ = select.select([self.control, wake, leash], [], [])
                if leash in ready:
                    return
                if wake in ready:
                    with contextlib.suppress(BlockingIOError):
                        os.read(wake, 1000)
                    self._reap()
                if self.control in ready:
                    self._fork(*socket.recv_fds(self.control, 1 << 20, 3)[:2])
        finally:
            for pid in [*self.judges, *self.workers]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _fork(self, request: bytes, fds: list[int]) -> None:
        facts = json.loads(request)
        ends = [socket.socket(fileno=fd) for fd in fds]
        if facts["fork"] == "nothing":
            self._learn(facts)
        elif facts["fork"] == "judge":
            self._fork_judge(*ends)
        else:
            self._fork_worker(facts, *ends)

    def _learn(self, facts: dict[str, Any]) -> None:
        if "kit" in facts:
            shell.compiled(facts["kit"], shell.KIT)
        else:
            self.shell.compile.learn(self.shell.transform_cell(facts["cell"]))
        gc.freeze()  # see `warm_shell`

    def _fork_judge(self, job: socket.socket, control: socket.socket) -> None:
        pid = os.fork()
        if not pid:
            self._in_child(lambda: self._judge(job, control))
        self.judges.add(pid)
        process = os.pidfd_open(pid)
        with contextlib.suppress(OSError):
            socket.send_fds(job, [b"j"], [process])
        os.close(process)
        job.close()
        control.close()

    def _judge(self, job: socket.socket, control: socket.socket) -> None:
        for each in self._own_sockets():
            each.close()
        judging.main(job, control, self.shell)

    def _fork_worker(self, facts: dict[str, Any], wire: socket.socket, report: socket.socket) -> None:
        try:
            pid = self.sandbox.fork(Caps(**facts["caps"]), [wire.fileno()])
        except (SandboxError, OSError) as error:
            if os.getpid() == self.pid:  # no child came into being; the judge sees its sockets closed
                report.close()
                return
            refused = str(error)
            self._in_child(lambda: self._worker(wire, refused))
        if not pid:
            self._in_child(lambda: self._worker(wire))
        process = os.pidfd_open(pid)
        with contextlib.suppress(OSError):
            socket.send_fds(report, [b"worker"], [process])
        os.close(process)
        wire.close()
        self.workers[pid] = Worker(report, facts["judge"])

    def _worker(self, wire: socket.socket, refused: str = "") -> None:
        for each in self._own_sockets():
            each.detach()  # closed already; whatever has its number now is not its to close
        worker.main(Channel(wire), self.shell, refused)

    def _own_sockets(self) -> list[socket.socket]:
        return [self.control, *(each.report for each in self.workers.values())]

    def _in_child(self, work: Callable[[], None]) -> None:
        """Do a child's work, and never come back."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            work()
            status = 0
        except BaseException as error:
            with contextlib.suppress(BaseException):
                print(f"autograder: {type(error).__name__}: {error}", file=sys.__stderr__, flush=True)
        finally:
            os._exit(status)

    def _reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if pid in self.judges:
                self.judges.remove(pid)
                for orphan in [each for each, facts in self.workers.items() if facts.judge == pid]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(orphan, signal.SIGKILL)
                continue
            self.sandbox.clean(pid)
            ended = self.workers.pop(pid, None)
            if ended is not None:
                cpu, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
                ending = {"status": status, "cpu_seconds": round(cpu, 3), "memory_mb": round(memory, 1)}
                with contextlib.suppress(OSError):
                    ended.report.send(json.dumps(ending).encode())
                ended.report.close()


def main(control: int, mode: str, device: str) -> None:
    """Import, say that it is ready, serve."""
    gpu = torch.cuda.is_available()  # asks the driver; CUDA itself is not begun
    with socket.socket(fileno=control) as sock:
        try:
            zygote = Zygote(sock, mode, simulate=device == "simulated")
        except Exception as error:
            sys.stdout.write(json.dumps({"refused": f"{type(error).__name__}: {error}"}) + "\n")
            return
        layers = [{"name": each.name, "holds": each.holds} for each in zygote.sandbox.layers]
        sys.stdout.write(json.dumps({"ready": os.getpid(), "layers": layers, "gpu": gpu}) + "\n")
        sys.stdout.flush()
        zygote.serve()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
