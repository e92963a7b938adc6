"""What a worker gives up that needs no namespace: its user, descriptors, environment, and resources without end."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.judge.kernel import syscall

NOBODY = 65534


@dataclass(frozen=True)
class Caps:
    """What one worker may use. Memory is what it may take beyond the zygote's.

    It is counted in address space, or else in what can be written to: CUDA reserves addresses by the terabyte.
    """

    memory_mb: int = 2048
    address_space: bool = True
    cpu_seconds: int = 300
    open_files: int = 256
    disk_mb: int = 64
    disk_files: int = 4096
    threads: int = 256


def become_nobody() -> None:
    """From root, for good."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def must_read(paths: Iterable[str]) -> None:
    """Hold this process to being able to read what Python needs; an installation may be for its owner only.

    Raises:
        PermissionError: which folder, and what to do.
    """
    places = [*map(Path, paths), *(Path(each) for each in filter(os.path.isdir, sys.path))]
    places += [child for place in places if place.name == "site-packages" for child in place.iterdir()]
    for place in places:
        for step in (*reversed(place.parents), place):
            if not step.is_symlink() and not os.access(step, os.X_OK if step.is_dir() else os.R_OK):
                raise PermissionError(f"{step} is for its owner only; {place} must be readable for other users")


def address_space() -> int:
    """This process's, in bytes; 0 where it cannot be told."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else 0


def limit(caps: Caps, taken: int, count_threads: bool) -> None:
    """Set the limits, of which none can be raised again.

    Args:
        caps: how much.
        taken: address space in use before; 0: unknown, and memory is not limited here.
        count_threads: threads are counted for this process alone, and not for all that its user runs.
    """
    disk = caps.disk_mb << 20
    limits = {"CPU": caps.cpu_seconds, "NOFILE": caps.open_files, "FSIZE": disk, "CORE": 0, "SIGPENDING": 64}
    limits |= {"MEMLOCK": 0, "MSGQUEUE": 0, "NICE": 0, "RTPRIO": 0}
    limits |= {"AS" if caps.address_space else "DATA": taken + (caps.memory_mb << 20)} if taken else {}
    limits |= {"NPROC": caps.threads} if count_threads else {}
    for name, value in limits.items():
        if (number := getattr(resource, f"RLIMIT_{name}", None)) is not None:
            hard = resource.getrlimit(number)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(number, (value, value))


def environment_block() -> tuple[int, int]:
    """Where the environment lies that this process was started with, and how long it is; (0, 0) where unknown."""
    stat = Path("/proc/self/stat")
    if not stat.exists():
        return 0, 0
    fields = stat.read_text().rpartition(")")[2].split()
    start, end = int(fields[47]), int(fields[48])
    return start, end - start


def forget_environment(home: str, block: tuple[int, int]) -> None:
    """Leave nothing of the grader's environment, be it in Python or in memory, and point everything at `home`."""
    os.environ.clear()
    vars(sys.modules["posix"])["environ"].clear()
    if block[1]:
        ctypes.memset(block[0], 0, block[1])
    os.environ.update({"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "USER": "student", "LOGNAME": "student"})
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))
    homes = ("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR", "TORCH_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
    os.environ.update(dict.fromkeys((*homes, "XDG_DATA_HOME", "XDG_RUNTIME_DIR"), home))
    tempfile.tempdir = None  # what it found before the fork


def quiet(keep: Collection[int]) -> None:
    """Put the standard streams on /dev/null."""
    null = os.open("/dev/null", os.O_RDWR)
    for standard in {0, 1, 2}.difference(keep):
        os.dup2(null, standard)


def close_all_but(keep: Iterable[int]) -> None:
    """Close every descriptor from 3 on, except those."""
    low = 3
    for kept in (*sorted(each for each in keep if each > 2), 1 << 31):
        if kept > low:
            try:
                syscall("close_range", low, kept - 1, 0)
            except OSError:  # another system than Linux, where there is no sandbox either
                os.closerange(low, min(kept, os.sysconf("SC_OPEN_MAX")))
        low = kept + 1
