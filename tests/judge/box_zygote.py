"""A zygote for test_sandbox.py, run as a script: it forks one box for each piece of code, and says what came of it.

Reads one JSON object from standard input: without (layers to leave out), user (whose process to be), heavy (import
torch and the rest), caps, cases (name -> Python expression), speed. Writes one to standard output.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import signal
import statistics
import sys
import time
from pathlib import Path

from autograder.judge import kernel
from autograder.judge.kernel import LIBC, NUMBERS
from autograder.judge.sandbox import Caps, Sandbox, SandboxError
from autograder.judge.shed import environment_block


def raw(name: str, *arguments: object) -> str:
    """A system call, past libc and Python: the name of its error, or "done"."""
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    done = LIBC.syscall(ctypes.c_long(NUMBERS[kernel.MACHINE][name]), *words)
    return "done" if done >= 0 else errno.errorcode[ctypes.get_errno()]


def tried(step) -> str:
    """What `step()` gives; its error's name if it raises."""
    try:
        step()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    except BaseException as error:
        return type(error).__name__
    return "done"


def fd_open(number: int) -> bool:
    return tried(lambda: os.fstat(number)) == "done"


def capabilities() -> str:
    """ "done" if this process has none, of no kind."""
    sets = ctypes.create_string_buffer(24)
    LIBC.syscall(ctypes.c_long(NUMBERS[kernel.MACHINE]["capget"]), b"\x22\x05\x08\x20" + bytes(4), sets)
    return "done" if sets.raw == bytes(24) else sets.raw.hex()


def script(text: str) -> str:
    """Run statements."""
    exec(text, {"os": os, "sys": sys, "raw": raw})
    return "done"


def attempt(sandbox: Sandbox, caps: Caps, expression: str, names: dict[str, object], seconds: float = 60) -> str:
    """What the expression is in a new box, or how the box ended."""
    reader, writer = os.pipe()
    os.set_blocking(reader, True)
    pid = -1
    try:
        pid = sandbox.fork(caps, [writer])
        if pid == 0:
            said = str(eval(expression, {**globals(), **names, "wire": writer}))
            os.write(writer, said.encode(errors="replace")[:60000])
            os._exit(0)
    except BaseException as error:
        if pid > 0:
            raise
        os.write(writer, f"{type(error).__name__}: {error}".encode())
        os._exit(0)
    os.close(writer)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
    with os.fdopen(reader, "rb") as answer:
        said = answer.read().decode()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    signal.setitimer(signal.ITIMER_REAL, 0)
    sandbox.clean(pid)
    return said or f"ended by {signal.Signals(-status).name}" if status <= 0 else f"exit {status}"


def become(user: int) -> None:
    """Go on as `user`, in a mount table of its own in which Python and the course can be reached, wherever they are."""
    kernel.call("unshare", kernel.NEWNS)
    kernel.mount(None, "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    for needed in (sys.base_prefix, sys.prefix, str(Path(__file__).resolve().parents[2])):
        place = os.open(needed, os.O_PATH)
        closed = [each for each in reversed(Path(needed).parents) if not each.stat().st_mode & 1]
        if closed:
            kernel.mount("tmpfs", str(closed[0]), "tmpfs", 0, "mode=755")
            Path(needed).mkdir(parents=True)
            kernel.mount(f"/proc/self/fd/{place}", needed, None, kernel.MS_BIND | kernel.MS_REC)
        os.close(place)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    kernel.call("prctl", kernel.PR_SET_DUMPABLE, 1, 0, 0, 0)  # as it is for a process that such a user starts


def speed(sandbox: Sandbox) -> dict[str, float]:
    """Milliseconds from the call to the child's first byte, and to the end of it, bare and boxed; medians of 30."""
    reader, writer = os.pipe()

    def once(fork) -> tuple[float, float]:
        start = time.perf_counter()
        pid = fork()
        if pid == 0:
            os.write(writer, b"+")
            os._exit(0)
        os.read(reader, 1)
        begun = time.perf_counter() - start
        os.waitpid(pid, 0)
        ended = time.perf_counter() - start
        sandbox.clean(pid)
        return 1000 * begun, 1000 * ended

    # by turns, so that whatever else the machine does weighs on both
    pairs = [(once(os.fork), once(lambda: sandbox.fork(Caps(), [writer]))) for _ in range(30)]
    table = dict(zip(("bare", "boxed"), zip(*pairs, strict=True), strict=True))
    return {f"{name}_{what}": statistics.median(times[n] for times in rows)
            for name, rows in table.items() for n, what in enumerate(("begun", "ended"))}  # fmt: skip


def main() -> None:
    wish = json.load(sys.stdin)
    if wish["heavy"]:
        import matplotlib

        matplotlib.use("agg")
        import IPython  # noqa: F401
        import matplotlib.pyplot as plt
        import sklearn.linear_model
        import torch

        torch.set_num_threads(1)
        torch.optim.SGD([torch.zeros(1)], lr=0.1)  # warm what is imported lazily
        plt.figure()
        _ = sklearn.linear_model
    if wish["user"]:
        become(wish["user"])
    try:
        sandbox = Sandbox(wish["mode"], _without=wish["without"])
    except SandboxError as error:
        print(json.dumps({"error": str(error)}))
        return
    sibling = os.fork()
    if sibling == 0:
        time.sleep(600)
    links = {link.name: link for link in Path("/proc/self/ns").iterdir()}
    spaces = {kind: str(link.readlink()) for kind, link in links.items()}
    names = {
        "zygote": int(str(Path("/proc/self").readlink())),
        "sibling": sibling,
        "block": environment_block(),
        **wish["names"],
    }
    results = {name: attempt(sandbox, Caps(**wish["caps"]), text, names) for name, text in wish["cases"].items()}
    report = {
        "results": results,
        "layers": {layer.name: layer.holds for layer in sandbox.layers},
        "sibling_lives": os.waitpid(sibling, os.WNOHANG) == (0, 0),
        "same_namespaces": spaces == {kind: str(link.readlink()) for kind, link in links.items()},
        "speed": speed(sandbox) if wish["speed"] else {},
        "descriptors": len([*Path("/proc/self/fd").iterdir()]),
    }
    with contextlib.suppress(ProcessLookupError):
        os.kill(sibling, signal.SIGKILL)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
