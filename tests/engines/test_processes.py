from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil

from autograder.engines.processes import Process

ORPHANS = """
import subprocess, sys, time
for new_session in (False, True):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=new_session)
    print(child.pid, flush=True)
"""


def process(folder: Path, source: str) -> Process:
    return Process([sys.executable, "-c", source], os.environ, folder)


def alive(folder: Path) -> list[int]:
    """The ids that the process printed, of those that still run."""
    ids = [int(line) for line in (folder / "log").read_text().split()]
    assert len(ids) == 2
    return [each for each in ids if psutil.pid_exists(each) and psutil.Process(each).status() != psutil.STATUS_ZOMBIE]


def test_a_process_that_ends_leaves_nothing_behind(tmp_path: Path) -> None:
    assert process(tmp_path, ORPHANS).run(30)
    assert alive(tmp_path) == []


def test_a_process_that_does_not_end_is_killed_with_all_it_started(tmp_path: Path) -> None:
    start = time.monotonic()
    assert not process(tmp_path, ORPHANS + "time.sleep(600)").run(2)
    assert time.monotonic() - start < 20
    assert alive(tmp_path) == []


def test_a_process_can_tell_when_we_are_gone(tmp_path: Path) -> None:
    """Its input is a pipe of ours: nothing to read, and the end of it when we end."""
    assert not process(tmp_path, "import sys; sys.stdin.read()").run(1)
