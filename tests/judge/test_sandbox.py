"""What a box stops and what it lets through, with all of its layers and with some of them missing."""

# ruff: noqa: E501 - one line a case

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SECRET = "only-the-grader-knows"
SPACES = ("mnt", "net", "ipc", "uts", "cgroup", "pid", "user")

SETTINGS: dict[str, dict[str, Any]] = {
    "everything": {},
    "an ordinary user": {"user": 1000},
    "no Landlock": {"without": ["landlock"]},
    "no user namespaces": {"without": ["user"]},
    "no namespaces": {"without": [*SPACES]},
    "no namespaces, an ordinary user": {"without": [*SPACES], "user": 1000},
    "the file tree and the filter only": {"without": ["landlock", "owner", *SPACES[1:]]},
}

# what must not work: everything that is not an error's name counts as a way out
ATTACKS = [
    ("read the passwords", "tried(lambda: open('/etc/passwd'))"),
    ("read a file in the home directory", "tried(lambda: open(at_home))"),
    ("read the course's solutions", "tried(lambda: os.listdir(course + '/solutions'))"),
    ("read the course's sources", "tried(lambda: open(course + '/autograder/errors.py'))"),
    ("read the gradebook", "tried(lambda: open(outside + '/gradebook.db'))"),
    ("read another submission", "tried(lambda: open(outside + '/s002.ipynb'))"),
    ("climb to the gradebook", "tried(lambda: open('../' * 30 + outside[1:] + '/gradebook.db'))"),
    ("read the names of machines", "tried(lambda: open('/etc/hosts'))"),
    ("list the outer temporary directory", "tried(lambda: os.listdir(outside))"),
    ("see the environment of process 1", "tried(lambda: open('/proc/1/environ', 'rb').read())"),
    ("see the zygote's command", "tried(lambda: open(f'/proc/{zygote}/cmdline').read())"),
    ("see its own memory as a file", "tried(lambda: open('/proc/self/mem', 'rb'))"),
    ("write the gradebook", "tried(lambda: open(outside + '/gradebook.db', 'w'))"),
    ("append to the gradebook", "tried(lambda: open(outside + '/gradebook.db', 'a'))"),
    ("truncate the gradebook", "tried(lambda: os.truncate(outside + '/gradebook.db', 0))"),
    ("remove the gradebook", "tried(lambda: os.unlink(outside + '/gradebook.db'))"),
    ("rename the gradebook", "tried(lambda: os.rename(outside + '/gradebook.db', 'mine'))"),
    ("move a file out", "tried(lambda: (open('x', 'w'), os.rename('x', outside + '/x')))"),
    ("write the course", "tried(lambda: open(course + '/README.md', 'a'))"),
    ("write to site-packages", "tried(lambda: open(packages + '/evil.pth', 'w'))"),
    ("write to a package's file", "tried(lambda: open(os.__file__, 'a'))"),
    ("write to shared memory's folder", "tried(lambda: open('/dev/shm/x', 'w'))"),
    ("write to the outer temporary directory", "tried(lambda: open(outside + '/x', 'w'))"),
    ("make a hard link", "tried(lambda: os.link(os.__file__, 'mine'))"),
    ("make a symbolic link", "tried(lambda: os.symlink('/etc/passwd', 'mine'))"),
    ("make a device", "tried(lambda: os.mknod('zero', 0o20666, os.makedev(1, 5)))"),
    ("make a pipe with a name", "tried(lambda: os.mkfifo('pipe'))"),
    ("open a file by its handle", "raw('open_by_handle_at', -100, 0, 0)"),
    ("open a disk", "tried(lambda: open('/dev/vda', 'rb'))"),
    ("a Unix socket", "tried(lambda: __import__('socket').socket(1))"),
    ("a TCP socket", "raw('socket', 2, 1, 0)"),
    ("a UDP socket", "raw('socket', 2, 2, 0)"),
    ("a TCP socket, version 6", "raw('socket', 10, 1, 0)"),
    ("a raw socket", "raw('socket', 2, 3, 1)"),
    ("a netlink socket", "raw('socket', 16, 3, 0)"),
    ("a vsock socket", "raw('socket', 40, 1, 0)"),
    ("a packet socket", "raw('socket', 17, 3, 0)"),
    ("a pair of datagram sockets", "raw('socketpair', 1, 2, 0, bytes(8))"),
    ("look up a name", "tried(lambda: __import__('socket').getaddrinfo('example.org', 80))"),
    ("connect with its wire", "raw('connect', wire, bytes(16), 16)"),
    ("kill the zygote", "raw('kill', zygote, 9)"),
    ("kill a sibling", "raw('kill', sibling, 9)"),
    ("kill everybody", "raw('kill', -1, 9)"),
    ("kill its process group", "raw('kill', 0, 9)"),
    ("signal the zygote's thread", "raw('tgkill', zygote, zygote, 9)"),
    ("signal a thread by its number", "raw('tkill', sibling, 9)"),
    ("signal with a value", "raw('rt_sigqueueinfo', sibling, 9, bytes(128))"),
    ("a descriptor for a sibling", "raw('pidfd_open', sibling, 0)"),
    ("have the kernel signal a sibling", "tried(lambda: __import__('fcntl').fcntl(wire, 8, sibling))"),
    ("debug the zygote", "raw('ptrace', 16, zygote, 0, 0)"),
    ("be debugged", "raw('ptrace', 0, 0, 0, 0)"),
    ("read a sibling's memory", "raw('process_vm_readv', sibling, bytes(16), 1, bytes(16), 1, 0)"),
    ("write the zygote's memory", "raw('process_vm_writev', zygote, bytes(16), 1, bytes(16), 1, 0)"),
    ("limit a sibling", "raw('prlimit64', sibling, 7, bytes(16), 0)"),
    ("slow a sibling", "raw('sched_setaffinity', sibling, 8, bytes([1] + [0] * 7))"),
    ("fork", "tried(os.fork)"),
    ("vfork", "raw('vfork') if 'vfork' in NUMBERS[kernel.MACHINE] else 'ENOSYS'"),
    ("clone a process", "raw('clone', 17, 0, 0, 0, 0)"),
    ("clone a process the new way", "raw('clone3', bytes(64), 64)"),
    ("execute", "tried(lambda: os.execv(sys.executable, ['python', '-c', '']))"),
    ("a subprocess", "tried(lambda: __import__('subprocess').run(['/bin/true']))"),
    ("spawn", "tried(lambda: os.posix_spawn('/bin/true', ['true'], {}))"),
    ("a shell", "'EPERM' if os.system('true') else 'done'"),
    ("multiprocessing", "tried(lambda: __import__('multiprocessing').Process(target=print).start())"),
    ("keys", "raw('keyctl', 0, -3, 0, 0, 0)"),
    ("add a key", "raw('add_key', b'user', b'x', b'x', 1, -3)"),
    ("io_uring", "raw('io_uring_setup', 8, bytes(120))"),
    ("bpf", "raw('bpf', 0, bytes(64), 64)"),
    ("performance counters", "raw('perf_event_open', bytes(128), 0, -1, -1, 0)"),
    ("userfaultfd", "raw('userfaultfd', 1)"),
    ("a file in memory", "raw('memfd_create', b'x', 0)"),
    ("shared memory", "raw('shmget', 0, 4096, 0o1600)"),
    ("a message queue", "raw('msgget', 0, 0o1600)"),
    ("a semaphore", "raw('semget', 0, 1, 0o1600)"),
    ("a POSIX message queue", "raw('mq_open', b'x', 0o102, 0o600, 0)"),
    ("mount", "raw('mount', b'tmpfs', b'.', b'tmpfs', 0, 0)"),
    ("mount the new way", "raw('fsopen', b'tmpfs', 0)"),
    ("unmount", "raw('umount2', b'/box', 2)"),
    ("another user namespace", "raw('unshare', kernel.NEWUSER)"),
    ("enter a namespace", "raw('setns', 3, 0)"),
    ("become root", "raw('setuid', 0)"),
    ("set all user ids", "raw('setresuid', 0, 0, 0)"),
    ("leave the groups", "raw('setgroups', 0, 0)"),
    ("capabilities", "raw('capset', bytes(8), bytes(24))"),
    ("another root directory", "raw('chroot', b'.')"),
    ("personality", "raw('personality', 0x0040000)"),
    ("load a module", "raw('finit_module', 0, b'', 0)"),
    ("restart the machine", "raw('reboot', 0, 0, 0, 0)"),
    ("set the clock", "raw('settimeofday', bytes(16), 0)"),
    ("set the host's name", "raw('sethostname', b'x', 1)"),
    ("read the kernel's log", "raw('syslog', 3, bytes(64), 64)"),
    ("be more important", "tried(lambda: os.nice(-5))"),
    ("type for the terminal", "tried(lambda: __import__('fcntl').ioctl(wire, 0x5412, b'x'))"),
    ("be dumpable again", "raw('prctl', 4, 1, 0, 0, 0)"),
    ("raise a limit", "tried(lambda: __import__('resource').setrlimit(7, (5000, 5000)))"),
]

REFUSALS = {"EPERM", "EACCES", "ENOENT", "ENOSYS", "EROFS", "EXDEV", "gaierror", "ValueError"}

HARMLESS = ["read the passwords", "read the course's solutions", "read the gradebook"]
HARMLESS += ["climb to the gradebook", "append to the gradebook", "list the outer temporary directory", "a subprocess"]
HARMLESS += ["a Unix socket", "a TCP socket", "a netlink socket", "io_uring", "shared memory", "be debugged"]

# what must be so; each gives "done"
FACTS = [
    ("no descriptor but the wire is open", "'done' if [n for n in range(3, 2000) if fd_open(n)] == [wire] else 'open'"),
    ("standard output goes nowhere", "'done' if os.fstat(1).st_rdev == os.makedev(1, 3) else 'open'"),
    ("the grader's environment is gone", "'done' if 'AUTOGRADER_SECRET' not in os.environ else 'seen'"),
    ("it is gone from memory", f"'seen' if b{SECRET!r} in ctypes.string_at(*block) else 'done'"),
    (
        "its directory is empty, and the current one",
        "'done' if os.listdir('.') == os.listdir(os.getcwd()) == [] else '?'",
    ),
    ("it is its own home", "'done' if os.path.expanduser('~') == os.getcwd() else os.path.expanduser('~')"),
    ("it has no capabilities", "capabilities()"),
    (
        "changing a mode changes nothing outside",
        "'done' if os.chmod(os.__file__, 0) is None and open(os.__file__) else '?'",
    ),
    ("its own death is its own", "tried(lambda: os.kill(os.getpid(), 0))"),
]

USES = [
    ("tensors", "script('import torch; assert (torch.ones(50, 50) @ torch.ones(50, 50)).sum() == 125000')"),
    ("autograd, which starts threads", "script('import torch; x = torch.ones(3, requires_grad=True); (x * x).sum().backward(); assert x.grad[0] == 2')"),
    ("optimisers", "script('import torch; p = torch.nn.Parameter(torch.ones(1)); o = torch.optim.Adam([p]); p.sum().backward(); o.step()')"),
    ("convolutions", "script('import torch; c = torch.nn.Conv2d(3, 8, 3); c(torch.ones(2, 3, 16, 16)).sum().backward()')"),
    ("loaders", "script('from torch.utils.data import DataLoader; assert len([*DataLoader(range(10), batch_size=4, shuffle=True)]) == 3')"),
    ("saving and loading a model", "script('import torch; torch.save({1: torch.ones(2)}, \"m.pt\"); torch.load(\"m.pt\")')"),
    ("linear algebra", "script('import numpy as np; np.linalg.svd(np.random.rand(50, 50)); np.linalg.solve(np.eye(3), np.ones(3))')"),
    ("figures as SVG", "script('import io, matplotlib.pyplot as p; p.plot([1, 2]); p.title(\"é\"); p.savefig(io.StringIO(), format=\"svg\")')"),
    ("figures as PNG", "script('import io, matplotlib.pyplot as p; p.imshow([[1, 2]]); p.savefig(io.BytesIO(), format=\"png\"); p.savefig(\"f.png\")')"),
    ("files", "script('open(\"a\", \"w\").write(\"x\"); os.makedirs(\"d/e\"); os.rename(\"a\", \"d/e/a\"); assert open(\"d/e/a\").read() == \"x\"; os.unlink(\"d/e/a\")')"),
    ("copies of files", "script('import shutil; open(\"a\", \"w\").write(\"x\"); shutil.copy2(\"a\", \"b\"); shutil.copytree(\".\", \"c\"); shutil.rmtree(\"c\")')"),
    ("temporary files", "script('import tempfile; tempfile.TemporaryFile().write(b\"x\"); tempfile.NamedTemporaryFile().name; tempfile.TemporaryDirectory().cleanup()')"),
    ("threads", "script('import threading; s = []; t = [threading.Thread(target=s.append, args=(1,)) for _ in range(20)]; [x.start() for x in t]; [x.join() for x in t]; assert len(s) == 20')"),
    ("a pool of threads", "script('from concurrent.futures import ThreadPoolExecutor as P; assert sum(P(4).map(abs, range(9))) == 36')"),
    ("asyncio", "script('import asyncio; assert asyncio.run(asyncio.sleep(0.01, 5)) == 5')"),
    ("a library module not imported before", "script('import xml.dom.minidom, sqlite3, lzma, zoneinfo; zoneinfo.ZoneInfo(\"UTC\")')"),
    ("a scikit-learn module not imported before", "script('from sklearn.ensemble import RandomForestClassifier as R; R(3).fit([[0], [1]], [0, 1])')"),
    ("a regression", "script('from sklearn.linear_model import LinearRegression as L; assert abs(L().fit([[0], [1]], [0, 2]).coef_[0] - 2) < 1e-6')"),
    ("time", "script('import time; time.sleep(0.01); time.time(); time.localtime(); time.process_time()')"),
    ("random numbers", "script('import random, torch; random.random(); os.urandom(8); open(\"/dev/urandom\", \"rb\").read(4); torch.seed()')"),
    ("writing to nowhere", "script('open(os.devnull, \"w\").write(\"x\"); print(\"x\", flush=True)')"),
    ("IPython", "script('from IPython.core.interactiveshell import InteractiveShell as S; assert S.instance().run_cell(\"1 + 1\").result == 2')"),
    ("a pair of sockets", "script('import socket; a, b = socket.socketpair(); a.sendmsg([b\"x\"]); assert b.recvmsg(9)[0] == b\"x\"; a.sendall(b\"y\"); assert b.recv(9) == b\"y\"')"),
    ("waiting for the wire", "script('import select, selectors; r, w = os.pipe(); os.write(w, b\"x\"); select.select([r], [], []); e = select.epoll(); e.register(r); e.poll(0); select.poll().register(r)')"),
    ("the platform's name", "script('import platform, getpass; platform.platform(); getpass.getuser(); os.cpu_count()')"),
    ("too large an allocation", "'done' if tried(lambda: bytearray(8 << 30)) == 'MemoryError' else 'had it'"),
    ("too large a tensor", "'done' if tried(lambda: __import__('torch').ones(4 << 30)) == 'RuntimeError' else 'had it'"),
    ("too deep a recursion", "'done' if tried(lambda: (f := lambda: f())()) == 'RecursionError' else '?'"),
]  # fmt: skip

ENDS = [
    ("a file that is too big", "tried(lambda: open('big', 'wb').write(bytes(9 << 20)))", {"EFBIG", "ENOSPC"}),
    ("a sparse file that is too big", "tried(lambda: os.truncate(os.open('big', 66), 1 << 40))", {"EFBIG"}),
    ("a disk filled by many files", "tried(lambda: [open(f'f{n}', 'wb').write(bytes(1 << 20)) for n in range(20)])", {"ENOSPC"}),
    ("too many files", "tried(lambda: [open(f'f{n}', 'w').close() for n in range(200)])", {"ENOSPC"}),
    ("too many descriptors", "tried(lambda: [os.dup(wire) for n in range(200)])", {"EMFILE"}),
    ("too many threads", "tried(lambda: [t(target=__import__('time').sleep, args=(9,), daemon=True).start() for t in [__import__('threading').Thread] * 500])", {"RuntimeError"}),
    ("an endless loop", "script('while True: pass')", {"ended by SIGKILL"}),
    ("a crash", "ctypes.string_at(0)", {"ended by SIGSEGV"}),
    ("an abort", "os.abort()", {"ended by SIGABRT", "ended by SIGSEGV", "ended by SIGILL"}),
    ("an exit", "os._exit(3)", {"exit 3"}),
]  # fmt: skip
SMALL = {"cpu_seconds": 1, "disk_mb": 8, "disk_files": 100, "open_files": 64, "threads": 30}


@cache
def outside() -> Path:
    """Files that a submission is after, where only the grader's directory permissions would have to be passed."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="outside-"))
    folder.chmod(0o777)
    for name in ("gradebook.db", "s002.ipynb"):
        (folder / name).write_text("secret")
        (folder / name).chmod(0o666)
    return folder


@pytest.fixture(scope="module", autouse=True)
def _cleared():
    import shutil

    yield
    shutil.rmtree(outside())
    outside.cache_clear()


@cache
def run(setting: str, kind: str) -> dict[str, Any]:
    """All cases of one kind in one zygote; skips where this machine cannot be set so."""
    wish = {"without": [], "user": 0, "mode": "on", "heavy": kind == "uses", "caps": {}, "speed": kind == "uses"}
    wish |= SETTINGS[setting]
    if wish["user"] and os.geteuid():
        wish["user"] = 0  # it is one already
    harmless = [(name, dict(ATTACKS)[name]) for name in HARMLESS]
    tables = {
        "attacks": ATTACKS + FACTS,
        "harmless": harmless,
        "uses": USES,
        "ends": [row[:2] for row in ENDS],
        "none": [],
    }
    at_home = str(next((each for each in Path.home().iterdir() if each.is_file()), Path.home() / ".profile"))
    names = {"outside": str(outside()), "at_home": at_home, "course": str(ROOT), "packages": str(Path(pytest.__file__).parents[1])}  # fmt: skip
    wish |= {"cases": dict(tables[kind]), "names": names, "caps": SMALL if kind == "ends" else {}}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    environment = {**os.environ, **threads, "AUTOGRADER_SECRET": SECRET, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-B", str(Path(__file__).with_name("box_zygote.py"))]
    done = subprocess.run(
        command, input=json.dumps(wish), capture_output=True, text=True, timeout=120, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def result(setting: str, kind: str, name: str) -> str:
    found = run(setting, kind)
    if "error" in found:
        pytest.skip(f"this machine has no sandbox like that: {found['error']}")
    return str(found["results"][name])


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", [name for name, _ in ATTACKS])
def test_an_attack_is_refused(name: str, setting: str) -> None:
    by_the_filter = dict(ATTACKS)[name].startswith("raw(")
    assert result(setting, "attacks", name) in ({"EPERM", "ENOSYS"} if by_the_filter else REFUSALS)


@pytest.mark.parametrize("name", HARMLESS)
def test_the_same_attack_succeeds_without_a_box(name: str) -> None:
    """Else its refusal would prove nothing."""
    SETTINGS["off"] = {"mode": "off"}
    assert result("off", "harmless", name) == "done"
    del SETTINGS["off"]


@pytest.mark.parametrize("setting", SETTINGS)
def test_after_all_attacks_the_outside_is_as_it_was(setting: str) -> None:
    result(setting, "attacks", ATTACKS[0][0])
    assert {file.name: file.read_text() for file in outside().iterdir()} == dict.fromkeys(("gradebook.db", "s002.ipynb"), "secret")  # fmt: skip
    assert run(setting, "attacks")["sibling_lives"]
    assert run(setting, "attacks")["same_namespaces"]
    assert run(setting, "attacks")["descriptors"] < 40


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", [name for name, _ in FACTS])
def test_a_box_is_bare(name: str, setting: str) -> None:
    assert result(setting, "attacks", name) == "done"


@pytest.mark.parametrize("setting", ["everything", "an ordinary user", "no namespaces"])
@pytest.mark.parametrize("name", [name for name, _ in USES])
def test_honest_work_goes_on_as_outside(name: str, setting: str) -> None:
    assert result(setting, "uses", name) == "done"


@pytest.mark.parametrize("setting", ["everything", "an ordinary user"])
@pytest.mark.parametrize(("name", "ends"), [(name, ends) for name, _, ends in ENDS])
def test_what_wears_out_a_box_ends_there(name: str, ends: set[str], setting: str) -> None:
    assert result(setting, "ends", name) in ends


@pytest.mark.parametrize("setting", ["everything", "an ordinary user"])
def test_a_box_costs_little_more_than_a_fork(setting: str) -> None:
    result(setting, "uses", USES[0][0])
    speed = run(setting, "uses")["speed"]
    print({name: round(milliseconds, 2) for name, milliseconds in speed.items()})
    # 2 to 3 ms more on an idle machine; on a busy one both grow alike
    assert speed["boxed_begun"] < 2 * speed["bare_begun"] + 6
    assert speed["boxed_ended"] < 2 * speed["bare_ended"] + 6


@pytest.mark.parametrize("without", [["seccomp"], ["mnt", "landlock"]])
def test_without_the_least_that_is_needed_there_is_no_sandbox(without: list[str]) -> None:
    SETTINGS[str(without)] = {"without": without}
    assert "left out" in run(str(without), "none")["error"]
    del SETTINGS[str(without)]


def test_switched_off_it_is_a_fork_in_a_directory_of_its_own() -> None:
    SETTINGS["off"] = {"mode": "off"}
    found = run("off", "ends")
    del SETTINGS["off"]
    assert found["layers"] == {}
    assert found["results"]["an endless loop"] == "ended by SIGKILL"
    assert found["results"]["an exit"] == "exit 3"


ORDINARY = """
import os, sys, time
from box_zygote import become
from autograder.judge.sandbox import Caps, Sandbox
if os.geteuid() == 0:
    become(1000)
Sandbox()
print(os.getpid(), flush=True)
"""


def ordinary(then: str) -> subprocess.Popen[str]:
    """An ordinary user's zygote that has a sandbox, and then does as told; skips where there is none for such a user."""
    if "error" in run("an ordinary user", "none"):
        pytest.skip("this machine has no sandbox for an ordinary user")
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", ORDINARY + then]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def test_the_process_that_was_started_ends_as_the_zygote_does() -> None:
    with ordinary("sys.exit(5)") as started:
        assert started.communicate(timeout=30) == ("1\n", None)
    assert started.returncode == 5


def test_when_the_process_that_was_started_is_killed_the_zygote_and_its_workers_end() -> None:
    """The pipe they hold is closed by nothing else than their ends."""
    worker = "pid = Sandbox.fork(box, Caps(), [1]) or time.sleep(600); time.sleep(600)"
    with ordinary(f"box = Sandbox(); {worker}") as started:
        assert started.stdout
        assert started.stdout.readline() == "1\n"
        started.kill()
        assert started.stdout.read() == ""
