"""The box that a submission's code runs in.

Theory of operation. A worker is a fork of the zygote that has given up, before any student's byte reaches it, all that
it does not need. No layer is trusted alone: each has had its holes, and a submission has to find one in all those that
guard the same thing at the same time.

- *System calls* (seccomp): no processes, sockets, signals to others, debugging, mounts, keys, io_uring, bpf. It is the
  one layer that cannot be missing: it keeps a submission from most of the kernel's code, where the others have their
  holes. But it cannot look at file names.
- *File tree* (mount namespace): what is not in the tree cannot be named. Its own directory is a tmpfs, so a full disk
  or a million files are its own trouble, and vanish with it. Alone it would not do: a descriptor left open leads out.
- *Landlock*: the same rule about files once more, in other code of the kernel, and the only one where a container
  forbids mounting. It also refuses TCP, abstract sockets and signals to outside. It does not hide that a file exists.
- *Process ids* (PID namespace): processes outside have no number here, so there is nothing to aim at, and the end of
  the worker is the end of everything in the namespace. For a filter that missed a way to make a process.
- *Network*, *IPC*, *host name*, *cgroups* (their namespaces): empty ones. A socket that came into being in some way
  would have nowhere to go.
- *User* (another user than root): what belongs to root cannot be opened, signalled or changed.
- *User namespace*: one for each worker, in which nobody exists. Nothing run here can become root by a defect in a
  capability check of the kernel, and threads are counted for each submission by itself.
- *Limits*: memory, CPU time, descriptors, threads, file size. For honest accidents more than for attacks.

A worker must have the filter, and the tree or Landlock; else there is no sandbox, and no grading.

What no layer hides is the memory that a worker shares with the zygote, copied at the fork. So the zygote never sees a
test, a submission or a password, and is best started with a clean environment.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.judge import ground, jail, landlock, seccomp, shed
from autograder.judge.kernel import NEWNS, NEWPID, NEWUSER, PR_SET_DUMPABLE, attempt, call, drop_capabilities
from autograder.judge.shed import NOBODY, Caps

__all__ = ["Caps", "Layer", "Sandbox", "SandboxError"]

STOPS = {
    "seccomp": "making processes and sockets, signals to others, debugging, most of the kernel's code",
    "mnt": "naming files outside the box, writing any but its own, filling the disk",
    "landlock": "opening files outside the box",
    "pid": "seeing other processes, leaving one behind",
    "net": "sending anything, to this machine too",
    "ipc": "shared memory and message queues of others",
    "uts": "changing the host's name",
    "cgroup": "seeing and joining control groups",
    "owner": "opening or signalling what belongs to root",
    "user": "becoming root, more threads than allowed",
    "limits": "memory, CPU time, descriptors and file sizes without end",
}
"""What each layer stops. Landlock stops more as it grows: see its module."""


@dataclass(frozen=True)
class Layer:
    """One layer: what it stops, whether it holds on this machine, and if not, why."""

    name: str
    holds: bool
    stops: str
    why_not: str = ""


class SandboxError(Exception):
    """A sandbox, or what was promised of it, cannot be had. `layers` is what was found."""

    def __init__(self, message: str, layers: tuple[Layer, ...] = ()) -> None:
        super().__init__(message)
        self.layers = layers


class Sandbox:
    """Made once, by the single-threaded zygote, after its imports; each `fork` is one more worker in a box.

    For an ordinary user this may go on in a child of the process that called (see `ground`). `_without` leaves layers
    out, for tests of what remains.

    Raises:
        SandboxError: the least that is needed cannot be had.
    """

    def __init__(self, mode: Literal["on", "off"] = "on", _without: Collection[str] = ()) -> None:
        self._boxes: dict[int, Path] = {}
        self._environment = shed.environment_block()
        self._has: set[str] = set()
        self.layers: tuple[Layer, ...] = ()
        if mode == "off":
            return
        why = dict.fromkeys(_without, "left out")
        self._prepare(why)
        why["limits"] = ""
        self._has = {name for name in STOPS if not why[name]}
        stops = {**STOPS, "landlock": STOPS["landlock"] + landlock.more(self._landlock)}
        self.layers = tuple(Layer(name, name in self._has, stops[name], why[name]) for name in STOPS)
        if "seccomp" not in self._has:
            raise SandboxError(f"no sandbox without a filter of system calls: {why['seccomp']}", self.layers)
        if not self._has & {"mnt", "landlock"}:
            message = f"nothing keeps files from a submission: {why['mnt']}; Landlock: {why['landlock']}"
            raise SandboxError(message, self.layers)
        if failure := attempt(self._rehearse):
            raise SandboxError(f"the layers do not hold together: {failure}", self.layers)

    def _prepare(self, why: dict[str, str]) -> None:
        """Find out what can be had, into `why` (name -> why not), and make what can be made once."""

        def probe(name: str, *steps: Callable[[], object]) -> None:
            if name not in why:
                why[name] = attempt(*steps)

        probe("seccomp", drop_capabilities, lambda: seccomp.install(seccomp.program(os.getpid())))
        probe("landlock", drop_capabilities, lambda: landlock.restrict(landlock.abi(), []))
        self._program = b"" if why["seccomp"] else seccomp.program(1)
        self._landlock = 0 if why["landlock"] else landlock.abi()
        if {"mnt", "pid", "net"} - why.keys() and attempt(lambda: call("unshare", NEWNS)):
            own_pids = "pid" not in why
            refused = attempt(lambda: call("unshare", NEWUSER | NEWPID), lambda: call("unshare", NEWNS))
            if not refused:
                try:
                    ground.enter(own_pids)
                except OSError as error:  # it was possible in a child, which has one thread
                    raise SandboxError(f"{error}; the process that makes workers must have no threads") from error
        own = Path("/proc/self/ns/pid")
        self._own_pids = os.open(own, os.O_RDONLY | os.O_CLOEXEC) if own.exists() else -1
        probe("pid", self._try_pids)
        paths = jail.shown()
        self._jail = jail.make(paths, [kind for kind in jail.KINDS if kind in why])
        why |= {kind: self._jail.missing.get(kind, "") for kind in jail.KINDS}
        self._readable = jail.readable(paths) if self._landlock else []
        if os.getuid():
            why.setdefault("owner", "only root can become another user; it is the user who grades")
        self._owner = (NOBODY, NOBODY)
        needed = [*paths, *([tempfile.gettempdir()] if why["mnt"] else [])]

        def enter() -> None:
            self._jail.enter(1, 8, self._owner)

        probe("owner", enter, shed.become_nobody, lambda: shed.must_read(needed))
        if why["owner"]:
            self._owner = (os.getuid(), os.getgid())
        become = [] if why["owner"] else [shed.become_nobody]
        probe("user", enter, *become, lambda: call("unshare", NEWUSER))

    def fork(self, caps: Caps, keep: Collection[int]) -> int:
        """`os.fork`, into the box: in the child every layer is in force, and all descriptors but `keep` are closed.

        The child may only be trusted to end itself if this raises there: it may have some layers and not others.

        Raises:
            SandboxError: in the child, a layer that was promised cannot be had; in the parent, there was no fork.
        """
        try:
            box = None if "mnt" in self._has else Path(tempfile.mkdtemp(prefix="autograder-box-"))
            if box and "owner" in self._has:
                os.chown(box, NOBODY, NOBODY)
            pid = self._fork_into_pids() if "pid" in self._has else os.fork()
        except OSError as error:
            raise SandboxError(f"no process could be made: {error}") from error
        if pid:
            if box:
                self._boxes[pid] = box
            return pid
        try:
            self._enter(caps, keep, box)
        except (OSError, ValueError) as error:
            raise SandboxError(f"a layer of the sandbox failed: {error}") from error
        return 0

    def clean(self, pid: int) -> None:
        """Remove what the child `pid`, which has been reaped, left on a disk that was not its own."""
        if box := self._boxes.pop(pid, None):
            shutil.rmtree(box, ignore_errors=True)

    def _fork_into_pids(self) -> int:
        call("unshare", NEWPID)  # for children; this process stays where it is
        pid = -1
        try:
            pid = os.fork()
        finally:
            if pid:
                try:
                    call("setns", self._own_pids, NEWPID)
                except OSError:
                    if pid > 0:
                        os.kill(pid, signal.SIGKILL)
                        os.waitpid(pid, 0)
                    raise
        return pid

    def _try_pids(self) -> None:
        for _ in range(2):  # the second one fails where the way back is closed
            pid = self._fork_into_pids()
            if pid == 0:
                os._exit(0)
            os.waitpid(pid, 0)

    def _enter(self, caps: Caps, keep: Collection[int], box: Path | None) -> None:
        """All layers, in the one order that works: what a step needs is given up after it."""
        shed.quiet(keep)
        taken = shed.address_space()
        if self._has:
            self._jail.enter(caps.disk_mb, caps.disk_files, self._owner)
        home = str(box or jail.BOX)
        os.chdir(home)
        os.setsid()
        os.umask(0o077)
        shed.forget_environment(home, self._environment)
        if "owner" in self._has:
            shed.become_nobody()
        if "user" in self._has:
            call("unshare", NEWUSER)  # nobody is mapped into it
        if self._has:
            drop_capabilities()
            call("prctl", PR_SET_DUMPABLE, 0, 0, 0, 0)
        shed.limit(caps, taken, count_threads="user" in self._has)
        if "landlock" in self._has:
            own = os.open(".", os.O_PATH)
            landlock.restrict(self._landlock, [*self._readable, (own, landlock.OWN)])
        shed.close_all_but(keep)
        if "seccomp" in self._has:
            seccomp.install(self._program if os.getpid() == 1 else seccomp.program(os.getpid()))

    def _rehearse(self) -> None:
        pid = self.fork(Caps(), [])
        if pid == 0:
            os._exit(7)
        status = os.waitpid(pid, 0)[1]
        self.clean(pid)
        if os.waitstatus_to_exitcode(status) != 7:
            raise SandboxError(f"; a worker could not be made (status {status})")
