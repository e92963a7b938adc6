"""Landlock: rights to files, TCP, abstract sockets and signals that a process gives up for good, without privileges.

What a ruleset handles is refused unless a rule allows it. A newer kernel handles more; each of them gets all it knows
of what is listed here, and what an older one does not know is left to the other layers.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable

from autograder.judge.kernel import syscall

READ_FILE, WRITE_FILE, READ_DIR = 1 << 2, 1 << 1, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_FILE, _REFER, _TRUNCATE = 1 << 4, 1 << 5, 1 << 7, 1 << 8, 1 << 13, 1 << 14

READ = READ_FILE | READ_DIR
OWN = READ | WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_FILE | _REFER | _TRUNCATE
"""In its own directory: everything but executing, and making links, devices, sockets and pipes."""

_FILES = [(1, (1 << 13) - 1), (2, _REFER), (3, _TRUNCATE), (5, 1 << 15)]  # ABI that brought it, rights; 15: ioctl
_NETWORK = [(4, 0b11)]  # bind and connect TCP
_SCOPES = [(6, 0b11)]  # abstract Unix sockets of outside, signals to outside
_QUIET = 1  # ABI 7 writes each refusal to the audit log, which a loop would flood


def abi() -> int:
    """The kernel's version of Landlock.

    Raises:
        OSError: it has none, or it was not switched on.
    """
    return syscall("landlock_create_ruleset", None, 0, 1)


def handled(version: int) -> tuple[int, int, int]:
    """The rights over files, network and scopes that a kernel of this ABI can take away."""
    files, network, scopes = (
        sum(bits for since, bits in table if since <= version) for table in (_FILES, _NETWORK, _SCOPES)
    )
    return files, network, scopes


def more(version: int) -> str:
    """What an ABI stops besides files, as words to go on with."""
    return ", TCP" * (version >= 4) + ", abstract sockets and signals to outside" * (version >= 6)


def restrict(version: int, rules: Iterable[tuple[int, int]]) -> None:
    """Give up, in this process and whatever it starts, all but `rules`: (open directory or file, rights beneath it).

    `no_new_privs` must be set.

    Raises:
        OSError: nothing was given up.
    """
    rights = handled(version)
    ruleset = syscall("landlock_create_ruleset", struct.pack("=3Q", *rights), 24, 0)
    try:
        for place, allowed in rules:
            syscall("landlock_add_rule", ruleset, 1, struct.pack("=Qi", allowed & rights[0], place), 0)
        syscall("landlock_restrict_self", ruleset, _QUIET if version >= 7 else 0)
    finally:
        os.close(ruleset)
