"""The file tree that a worker lives in, and the empty namespaces beside it, made once and entered by each worker.

The tree is a small tmpfs with Python, its packages and the system's libraries bound into it, all read-only. The course,
home directories, `/proc`, `/sys` and `/etc` are not in it (nothing that was tried needs `/proc`; with it would come its
history of holes). A worker enters it, makes a copy of the mount table (the tree stays shared), and mounts a directory
of its own over `/box`. So a worker pays for one mount, not for twenty.

Network, IPC, host name and cgroup namespaces are empty, and a worker can change nothing in them, so all share one of
each: making and clearing away a network namespace for each submission would cost more than grading it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.judge import landlock
from autograder.judge.kernel import (
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_REC,
    NEWCGROUP,
    NEWIPC,
    NEWNET,
    NEWNS,
    NEWUTS,
    call,
    mount,
    syscall,
)

BOX = "/box"
KINDS = {"mnt": NEWNS, "net": NEWNET, "ipc": NEWIPC, "uts": NEWUTS, "cgroup": NEWCGROUP}
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")

_SYSTEM = (
    *("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"),
    *("/usr/share/fonts", "/usr/share/zoneinfo", "/etc/localtime", "/etc/fonts"),
)
_PACKAGES = ("site-packages", "dist-packages", "lib-dynload")


def shown() -> list[str]:
    """What a worker may read, as far as this machine has it: libraries, not whole prefixes.

    A prefix may be `/usr`, or a folder that holds the course too. The folders that packages are really in, and what
    `.pth` files add to the path (an editable installation is the course itself), differ in their names.
    """
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    of_python = {f"{prefix}/{part}" for prefix in prefixes for part in ("lib", "lib64", "share/fonts")}
    of_packages = {path for path in sys.path if Path(path).name in _PACKAGES}
    return sorted(path for path in {*of_python, *of_packages, *_SYSTEM} if Path(path).exists())


def plan(paths: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """What to bind so that each of `paths` can be reached by that very name: real paths, and links to them."""
    binds: set[str] = set()
    links: dict[str, str] = {}
    for path in paths:
        place = Path(path)
        while link := next((each for each in [*reversed(place.parents), place] if each.is_symlink()), None):
            links[str(link)] = os.path.realpath(link)
            place = Path(links[str(link)]) / place.relative_to(link)
        binds.add(str(place))
    outer = [path for path in sorted(binds) if not any(str(parent) in binds for parent in Path(path).parents)]
    inside = {link for link in links if any(str(parent) in outer for parent in Path(link).parents)}
    return outer, {link: target for link, target in sorted(links.items()) if link not in inside}


def readable(paths: Iterable[str]) -> list[tuple[int, int]]:
    """The same for Landlock: each place, open, with the rights to it."""
    rules = [(path, landlock.READ if Path(path).is_dir() else landlock.READ_FILE) for path in plan(paths)[0]]
    rules += [(path, landlock.READ_FILE | landlock.WRITE_FILE) for path in DEVICES if Path(path).exists()]
    return [(os.open(path, os.O_PATH | os.O_CLOEXEC), rights) for path, rights in rules]


@dataclass(frozen=True)
class Jail:
    """Open namespaces by kind, and why the others could not be had."""

    namespaces: dict[str, int]
    missing: dict[str, str]

    def enter(self, disk_mb: int, disk_files: int, owner: tuple[int, int]) -> None:
        """Move this process into them; with a tree, into an empty directory of its own there, which it may write."""
        for kind, place in self.namespaces.items():
            call("setns", place, KINDS[kind])
        if "mnt" in self.namespaces:
            call("unshare", NEWNS)
            options = f"size={disk_mb}m,nr_inodes={disk_files + 1},mode=700,uid={owner[0]},gid={owner[1]}"
            mount("tmpfs", BOX, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options)
            os.chdir(BOX)


def make(paths: Collection[str], without: Collection[str] = ()) -> Jail:
    """A jail that shows `paths`, of what this machine gives; `without` leaves kinds out."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with tempfile.TemporaryDirectory(prefix="autograder-") as stage, ours, theirs:
        pid = os.fork()
        if pid == 0:
            try:
                _make(theirs, stage, paths, [kind for kind in KINDS if kind not in without])
            finally:
                os._exit(0)
        theirs.close()
        namespaces, missing = {}, dict.fromkeys(without, "left out")
        while (record := socket.recv_fds(ours, 2000, 1))[0]:
            kind, why_not = record[0].decode(errors="replace").split(":", 1)
            if record[1]:
                namespaces[kind] = record[1][0]
            else:
                missing[kind] = why_not
        os.waitpid(pid, 0)
    for kind in KINDS:
        if kind not in namespaces:
            missing.setdefault(kind, "the process that made it ended early")
    return Jail(namespaces, missing)


def _make(wire: socket.socket, stage: str, paths: Collection[str], kinds: Iterable[str]) -> None:
    """In a child: send each namespace, or why there is none."""
    for kind in sorted(kinds, key="mnt".__eq__):  # the tree last: from inside it /proc cannot be reached
        try:
            call("unshare", KINDS[kind])
            place = os.open(f"/proc/self/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC)
            if kind == "mnt":
                _plant(stage, *plan([*paths, *filter(os.path.exists, DEVICES)]))
            socket.send_fds(wire, [f"{kind}:".encode()], [place])
        except OSError as error:
            wire.sendall(f"{kind}:{error}".encode()[:2000])


def _plant(stage: str, binds: Collection[str], links: dict[str, str]) -> None:
    """Make the tree in `stage`, and make it the root of this mount namespace."""
    os.umask(0o022)
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    mount("tmpfs", stage, "tmpfs", MS_NOSUID, "size=4m,nr_inodes=4096,mode=755")
    for path in binds:
        target = Path(stage + path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if Path(path).is_dir():
            target.mkdir(exist_ok=True)
        else:
            target.touch()
        mount(path, str(target), None, MS_BIND | MS_REC)
    Path(stage + BOX).mkdir()
    for name, goal in {"/tmp": BOX, "/var/tmp": BOX, **links}.items():  # the names that students write
        Path(stage + name).parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            Path(stage + name).symlink_to(goal)
    os.chdir(stage)
    syscall("pivot_root", b".", b".")
    call("umount2", b".", 2)  # MNT_DETACH: the old root lay under the new one
    os.chdir("/")
    # attributes to set, to clear, propagation, namespace; the last argument but two is AT_RECURSIVE
    read_only = struct.pack("=4Q", 1 | 2, 0, MS_PRIVATE, 0)
    syscall("mount_setattr", -1, b"/", 0x8000, read_only, len(read_only))
