"""The filter's lists and its code. That the kernel obeys it is test_sandbox.py's matter."""

from __future__ import annotations

import errno
import re
import struct
from itertools import combinations
from pathlib import Path

import pytest

from autograder.judge import seccomp
from autograder.judge.kernel import NUMBERS

ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
THREAD = 0x3D0F00  # what libc's pthread_create asks for
ALLOW, KILL, EPERM, ENOSYS, DONE = "allow", "kill", "EPERM", "ENOSYS", "done"

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}

CASES = [
    ("read", (), ALLOW),
    ("openat", (), ALLOW),
    ("sendmsg", (), ALLOW),
    ("clone", (THREAD,), ALLOW),
    ("clone", (17,), EPERM),  # fork: SIGCHLD alone
    ("clone", (0x4111,), EPERM),  # posix_spawn: CLONE_VM, CLONE_VFORK
    ("clone", (THREAD | 0x10000000,), EPERM),  # with a new user namespace
    ("clone3", (), ENOSYS),
    ("execve", (), EPERM),
    ("kill", (41, 9), ALLOW),
    ("kill", (42, 9), EPERM),
    ("kill", (0xFFFFFFFF, 9), EPERM),  # everybody
    ("kill", (0, 9), EPERM),  # the process group
    ("tgkill", (41, 43, 6), ALLOW),
    ("tgkill", (42, 42, 6), EPERM),
    ("socket", (1, 1), EPERM),
    ("socketpair", (1, 0x80801), ALLOW),  # with SOCK_CLOEXEC and SOCK_NONBLOCK
    ("socketpair", (1, 2), EPERM),  # datagrams can be addressed to anybody
    ("socketpair", (16, 1), EPERM),
    ("prctl", (15,), ALLOW),
    ("prctl", (4, 1), EPERM),  # dumpable again
    ("ioctl", (0, 0x5401), ALLOW),
    ("ioctl", (0, 0x5412), EPERM),  # TIOCSTI
    ("ioctl", (0, 0x100005412), EPERM),  # the kernel looks at the low half only
    ("fcntl", (0, 3), ALLOW),
    ("fcntl", (0, 8, 42), EPERM),  # F_SETOWN
    ("prlimit64", (0,), ALLOW),
    ("prlimit64", (42,), EPERM),
    ("fchmodat", (), DONE),
    ("io_uring_setup", (), EPERM),
]


def answer(code: bytes, arch: int, number: int, arguments: tuple[int, ...] = ()) -> str:
    """What the kernel's machine makes of a call."""
    data = struct.pack("=iIQ6Q", number, arch, 0, *arguments, *[0] * (6 - len(arguments)))
    program = [struct.unpack_from("=HBBI", code, place) for place in range(0, len(code), 8)]
    word, at = 0, 0
    while True:
        operation, yes, no, operand = program[at]
        at += 1
        match operation:
            case 0x20:
                word = struct.unpack_from("=I", data, operand)[0]
            case 0x54:
                word &= operand
            case 0x05:
                at += operand
            case 0x15:
                at += yes if word == operand else no
            case 0x35:
                at += yes if word >= operand else no
            case 0x06:
                kinds = {0x7FFF0000: ALLOW, 0x80000000: KILL, 0x00050000: DONE}
                return kinds.get(operand) or errno.errorcode[operand & 0xFFFF]
            case _:
                raise AssertionError(f"unknown operation {operation:#x}")


@pytest.mark.parametrize("machine", NUMBERS)
@pytest.mark.parametrize(("name", "arguments", "want"), CASES)
def test_a_call_gets_its_answer(machine: str, name: str, arguments: tuple[int, ...], want: str) -> None:
    number = NUMBERS[machine][name]
    assert answer(seccomp.program(41, machine), ARCH[machine], number, arguments) == want


@pytest.mark.parametrize("machine", NUMBERS)
def test_what_is_on_no_list_is_refused(machine: str) -> None:
    code, known = seccomp.program(1, machine), set(NUMBERS[machine].values())
    assert {answer(code, ARCH[machine], n) for n in range(1000) if n not in known} == {ENOSYS}


def test_calls_by_another_architecture_s_numbers_are_refused() -> None:
    code = seccomp.program(1, "x86_64")
    assert answer(code, 0x40000003, 11) == KILL  # int 0x80: 32-bit execve
    assert answer(code, ARCH["x86_64"], 0x40000000 + NUMBERS["x86_64"]["read"]) == ENOSYS  # x32


def test_another_machine_has_no_filter() -> None:
    with pytest.raises(OSError, match="riscv64"):
        seccomp.program(1, "riscv64")


def test_each_name_is_on_one_list_and_has_a_number() -> None:
    lists = [text.split() for text in (seccomp.ALLOWED, seccomp.PRETENDED, seccomp.REFUSED)] + [[*seccomp.checked(1)]]
    assert all(len(names) == len(set(names)) for names in lists)
    assert not [set(a) & set(b) for a, b in combinations(lists, 2) if set(a) & set(b)]
    assert not set().union(*lists) - NUMBERS["x86_64"].keys()


@pytest.mark.parametrize("machine", NUMBERS)
def test_the_numbers_are_those_of_the_system_s_headers(machine: str) -> None:
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip(f"{header} is not installed")
    theirs = {name: int(number) for name, number in re.findall(r"#define __NR\w*?_(\w+) (\d+)\b", header.read_text())}
    theirs |= {"newfstatat": theirs.get("fstatat", -1)} if machine == "aarch64" else {}
    compared = {name: number for name, number in NUMBERS[machine].items() if name in theirs}
    assert len(compared) > 200
    assert compared == {name: theirs[name] for name in compared}
