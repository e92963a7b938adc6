"""The process that everything is forked from: clean, single-threaded, and gone when nobody holds its leash."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from time import monotonic

import psutil
import pytest
from live import CAPS, run, said, worker, zygote

from autograder.judge.judging import Starter
from autograder.judge.link import Lost
from autograder.judge.processes import ZygoteProcess

ROOT = Path(__file__).parents[2]

GRADER = """
import sys, time
from live import worker, zygote
with worker() as link:
    print(zygote().process.pid, flush=True)
    link.ask_within(60, "cell", "while True: pass", "<cell 1>")
"""


def process() -> psutil.Process:
    return psutil.Process(zygote().process.pid)


def test_it_has_one_thread_also_after_it_forked() -> None:
    assert process().num_threads() == 1
    with worker() as link:
        run(link, "import torch\nx = torch.ones(300, 300)\nx = x @ x")
        assert process().num_threads() == 1


def test_no_part_of_cuda_is_in_it() -> None:
    zygote()
    maps = Path(f"/proc/{process().pid}/maps").read_text()
    assert "libtorch" in maps
    assert "libcuda.so" not in maps
    opened = [each.path for each in process().open_files()]
    assert not [each for each in opened if "nvidia" in each]
    with worker() as link:
        assert (
            said(run(link, "import torch\ntorch.cuda.is_initialized(), torch.cuda._is_in_bad_fork()"))
            == "(False, False)"
        )


def test_a_real_gpu_is_not_touched_before_the_fork() -> None:
    program = """
import sys, torch
torch.cuda._lazy_init = lambda: print("CUDA was begun", file=sys.__stdout__)
torch.cuda.is_available = lambda: True
from autograder.judge.warm import warm_shell
warm_shell()
print("warm")
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "warm\n"


def test_nothing_is_left_of_what_warmed_it() -> None:
    with worker() as link:
        names = "sorted(each for each in globals() if not each.startswith('_'))"
        assert said(run(link, names)) == "['In', 'Out', 'exit', 'get_ipython', 'open', 'quit']"


def test_it_has_imported_what_lessons_import() -> None:
    with worker() as link:
        names = ("torch", "numpy", "matplotlib.pyplot", "IPython")
        assert said(run(link, f"import sys\n[each for each in {names} if each not in sys.modules]")) == "[]"


@pytest.mark.slow
def test_it_sees_nothing_of_the_graders_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PASSWORD", "ibis-4417")
    started = ZygoteProcess("off", "cpu")
    try:
        assert "ready" in started.facts
        assert b"ibis-4417" not in Path(f"/proc/{started.process.pid}/environ").read_bytes()
        assert Path(f"/proc/{started.process.pid}/cwd").readlink() == Path("/")
    finally:
        started.close()


def test_each_fork_is_as_new() -> None:
    with worker() as link:
        run(link, "import torch, math\nmath.pi = 3\nkept = 1\ntorch.nn.Linear.forward = None")
    with worker() as link:
        shown = said(
            run(link, "import torch, math\nprint(math.pi, 'kept' in globals(), torch.nn.Linear.forward is None)")
        )
        assert shown == f"{3.141592653589793} False False\n"


def test_forks_that_fail_leave_it_able_to_fork() -> None:
    for source in ("import os\nos._exit(1)", "import ctypes\nctypes.string_at(0)", "import os\nos.abort()"):
        with worker() as link, pytest.raises(Lost):
            run(link, source)
    with worker() as link:
        assert said(run(link, "1 + 1")) == "2"


def test_a_worker_that_nobody_waits_for_leaves_it_able_to_fork() -> None:
    wire, workers_wire = socket.socketpair()
    report, zygotes_report = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with wire, workers_wire, report, zygotes_report:
        request = b'{"fork": "worker", "judge": 1, "caps": {"memory_mb": 512, "disk_mb": 1, "cpu_seconds": 5}}'
        socket.send_fds(zygote().control, [request], [workers_wire.fileno(), zygotes_report.fileno()])
    with worker() as link:
        assert said(run(link, "1 + 1")) == "2"


def test_several_judges_may_ask_at_once() -> None:
    answers: list[str] = []

    def ask(number: int) -> None:
        with worker() as link:
            answers.append(said(run(link, f"{number} * 2")))

    threads = [threading.Thread(target=ask, args=(each,)) for each in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert sorted(answers, key=int) == [str(each * 2) for each in range(6)]


def test_the_dead_are_reaped() -> None:
    for _ in range(3):
        with worker() as link:
            run(link, "1")
    deadline = monotonic() + 5
    while (
        left := [each for each in process().children() if each.status() == psutil.STATUS_ZOMBIE]
    ) and monotonic() < deadline:
        psutil.wait_procs(left, timeout=0.1)
    assert not left


@pytest.mark.slow
def test_when_the_leash_is_let_go_all_ends() -> None:
    started = ZygoteProcess("on", "cpu")
    assert "ready" in started.facts
    link = Starter(started.control, asdict(CAPS))({})
    try:
        link.control("hello")
        top = psutil.Process(started.process.pid)
        everything = [top, *top.children(recursive=True)]
        assert len(everything) > 1
        started.kill()
        _, alive = psutil.wait_procs(everything, timeout=5)
        assert not alive
    finally:
        link.close()
        started.close()


@pytest.mark.slow
def test_when_the_grader_is_killed_all_ends() -> None:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "judge")])
    grader = subprocess.Popen(
        [sys.executable, "-c", GRADER], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}, text=True
    )
    assert grader.stdout
    with grader.stdout:
        top = psutil.Process(int(grader.stdout.readline()))
        everything = [top, *top.children(recursive=True)]
        assert len(everything) > 1
        grader.send_signal(signal.SIGKILL)
        grader.wait(10)
    _, alive = psutil.wait_procs(everything, timeout=5)
    for each in alive:
        each.kill()
    assert not alive
