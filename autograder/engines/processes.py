"""A process with a time limit, and the end of everything that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psutil  # type: ignore[import-untyped]

MARK = "AUTOGRADER_JOB"
"""Kernels leave our process group and orphans leave our family, but the environment stays with both."""


@dataclass(eq=False)
class Process:
    """`command`, out of reach of Ctrl-C. Its input stays open, so that it can tell when this process is gone."""

    command: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    mark: str = field(default_factory=lambda: uuid4().hex)

    def run(self, seconds: float) -> bool:
        """Run to the end, and end what it left behind; False if it had to be killed. Its output goes to FOLDER/log."""
        with (self.folder / "log").open("wb") as log:
            child = subprocess.Popen(
                self.command,
                env={**self.env, MARK: self.mark},
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            child.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False
        finally:
            with contextlib.suppress(OSError):
                os.killpg(child.pid, signal.SIGKILL)
            end_marked(self.mark)
            if child.stdin:
                child.stdin.close()
            child.wait()

    def end(self) -> None:
        """Kill it and all that it started."""
        end_marked(self.mark)


def end_marked(mark: str, spare: int | None = None) -> None:
    """Kill whatever carries `mark`, but for the process `spare`, until nothing does."""
    for _ in range(20):  # something that forks faster than it is found is beyond an engine without a sandbox
        marked = [each for each in psutil.process_iter() if each.pid != spare and _carries(each, mark)]
        for each in marked:
            with contextlib.suppress(psutil.Error):
                each.kill()
        if not marked:
            return
        psutil.wait_procs(marked, timeout=1)


def _carries(process: psutil.Process, mark: str) -> bool:
    try:
        return bool(process.environ().get(MARK) == mark)
    except (psutil.Error, OSError):  # gone, or not ours
        return False
