"""The system calls that student code may make, as a filter the kernel runs before each call.

Namespaces and Landlock take things away from calls; this takes the calls away, and with them most of the kernel's code
that a hostile submission could look for holes in. It is a list of what is allowed: what a later kernel adds is refused.

- No process is made: `fork` and `exec` are refused, `clone` makes threads only. `clone3` does not exist (its flags lie
  in memory, where a filter cannot look), at which libc falls back to `clone`.
- No socket is made, but for a connected pair of streams, which asyncio wakes itself with. A pair of datagram sockets
  would do harm: it can send to any Unix socket on the machine.
- Signals go to itself only, also where there is no PID namespace.
- Memory may be made executable: importing a compiled module needs that. Machine code is bound by the same filter.
- Modes, owners and times of files cannot be changed, and the call says that they were: Landlock does not mind such
  calls, `shutil.copy` fails without them, and nobody's answer depends on them.
- Links cannot be made. Nothing needs them, and whatever clears up afterwards cannot be led astray.
"""

from __future__ import annotations

import ctypes
import struct

from autograder.judge.kernel import MACHINE, NUMBERS, syscall

ALLOWED = """
    brk mmap munmap mprotect mremap madvise msync mincore
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 open openat creat close close_range lseek
    stat fstat lstat newfstatat statx access faccessat faccessat2 statfs fstatfs readlink readlinkat
    getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
    dup dup2 dup3 ftruncate fallocate fadvise64 readahead fsync fdatasync sync_file_range flock sendfile copy_file_range
    getdents getdents64 getcwd chdir fchdir rename renameat renameat2 mkdir mkdirat rmdir unlink unlinkat umask
    poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
    pipe pipe2 eventfd eventfd2 sendto recvfrom sendmsg recvmsg shutdown getsockopt getsockname getpeername
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times getitimer setitimer alarm
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack pause
    restart_syscall getpid gettid getppid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp getpgid
    getsid getcpu getrandom getrlimit uname sysinfo getrusage capget getpriority
    sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min
    futex futex_waitv set_robust_list set_tid_address rseq membarrier exit exit_group wait4 waitid
"""

PRETENDED = "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat"

REFUSED = """
    fork vfork execve execveat socket connect bind listen accept accept4 setsockopt
    tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal pidfd_getfd ptrace kcmp
    process_vm_readv process_vm_writev process_madvise process_mrelease memfd_create memfd_secret
    shmget shmat shmctl shmdt msgget msgsnd msgrcv msgctl semget semop semctl semtimedop
    mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr add_key request_key keyctl
    bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register io_setup
    mount umount2 pivot_root mount_setattr move_mount open_tree fsopen fsconfig fsmount fspick chroot quotactl
    quotactl_fd swapon swapoff acct unshare setns personality setuid setgid setreuid setregid setresuid setresgid
    setgroups setfsuid setfsgid capset setpgid setsid setrlimit setpriority sched_setscheduler sched_setparam
    sched_setattr ioprio_set init_module finit_module delete_module kexec_load kexec_file_load reboot syslog vhangup
    sethostname setdomainname settimeofday clock_settime adjtimex clock_adjtime iopl ioperm
    link linkat symlink symlinkat mknod mknodat truncate setxattr lsetxattr fsetxattr
    removexattr lremovexattr fremovexattr name_to_handle_at open_by_handle_at lookup_dcookie
    splice tee vmsplice fanotify_init fanotify_mark inotify_init inotify_init1 inotify_add_watch
    landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp migrate_pages move_pages
"""
"""Answered with EPERM, which Python words as "Operation not permitted"; what is on no list is answered with ENOSYS."""

Check = tuple[int, int, frozenset[int]]
"""Argument's place, mask, values allowed. Only the low half is looked at: the kernel takes all of these for ints."""

_ALL = 0xFFFFFFFF
_THREAD = 0x00010900  # CLONE_THREAD, SIGHAND, VM
_NOT_A_THREAD = 0x7E02F080  # every CLONE_NEW…, VFORK, PTRACE, PARENT, PIDFD, and NEWTIME


def checked(pid: int) -> dict[str, tuple[Check, ...]]:
    """Calls that depend on their arguments: all checks must hold. `pid` is the process that may be sent signals."""
    own = ((0, _ALL, frozenset({pid})),)
    return {
        "clone": ((0, _THREAD | _NOT_A_THREAD, frozenset({_THREAD})),),
        "kill": own,
        "tgkill": own,
        "socketpair": ((0, _ALL, frozenset({1})), (1, 0xF, frozenset({1}))),  # AF_UNIX, SOCK_STREAM
        "prlimit64": ((0, _ALL, frozenset({0})),),
        "sched_setaffinity": ((0, _ALL, frozenset({0})),),
        # GET_DUMPABLE, SET_NAME, GET_NAME, GET_SECCOMP, CAPBSET_READ, GET_NO_NEW_PRIVS
        "prctl": ((0, _ALL, frozenset({3, 15, 16, 21, 23, 39})),),
        # which terminal, its size, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX; not TIOCSTI, which types for somebody else
        "ioctl": ((1, _ALL, frozenset({0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451})),),
        # copies, flags and locks; not F_SETOWN, which has the kernel send signals, nor F_SETPIPE_SZ, which takes memory
        "fcntl": ((1, _ALL, frozenset({0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032})),),
        # may AMX be used: what is computed must not depend on the sandbox
        "arch_prctl": ((0, _ALL, frozenset({0x1021, 0x1022, 0x1023})),),
    }


_ARCH_WORD = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_LOAD, _AND, _JUMP, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x05, 0x15, 0x35, 0x06
_ALLOW, _KILL, _EPERM, _ENOSYS, _DONE = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026, 0x00050000

Instruction = tuple[int, int, int, int]
"""Operation, how far to jump if true, if false, and its operand."""


def _block(checks: tuple[Check, ...]) -> list[Instruction]:
    """Code that allows the call if all checks hold."""
    code: list[Instruction] = []
    for place, mask, values in checks:
        code += [(_LOAD, 0, 0, 16 + 8 * place)] + [(_AND, 0, 0, mask)] * (mask != _ALL)
        code += [(_EQUAL, len(values) - n, 0, value) for n, value in enumerate(sorted(values))]
        code += [(_RETURN, 0, 0, _EPERM)]
    return [*code, (_RETURN, 0, 0, _ALLOW)]


def _search(starts: list[tuple[int, list[Instruction]]]) -> list[Instruction]:
    """A binary search over ranges, given by where each starts: the kernel runs this for every call that is checked."""
    if len(starts) == 1:
        return starts[0][1]
    middle = len(starts) // 2
    low, high = _search(starts[:middle]), _search(starts[middle:])
    return [(_AT_LEAST, 0, 1, starts[middle][0]), (_JUMP, 0, 0, len(low)), *low, *high]


def program(pid: int, machine: str = MACHINE) -> bytes:
    """The filter for a process that knows itself as `pid`.

    Raises:
        OSError: this kind of machine has no table here.
    """
    if machine not in NUMBERS:
        raise OSError(f"the list of system calls is for x86_64 and aarch64, and this is {machine or 'unknown'}")
    numbers = NUMBERS[machine]
    answers = {name: [(_RETURN, 0, 0, _ALLOW)] for name in ALLOWED.split()}
    answers |= {name: [(_RETURN, 0, 0, _DONE)] for name in PRETENDED.split()}
    answers |= {name: [(_RETURN, 0, 0, _EPERM)] for name in REFUSED.split()}
    answers |= {name: _block(checks) for name, checks in checked(pid).items()}
    by_number = {numbers[name]: answer for name, answer in answers.items() if name in numbers}
    unknown = [(_RETURN, 0, 0, _ENOSYS)]
    starts: list[tuple[int, list[Instruction]]] = []
    for number in range(max(by_number) + 2):  # the last one is unknown: so is x32's half, which begins at 2**30
        answer = by_number.get(number, unknown)
        if not starts or starts[-1][1] != answer:
            starts.append((number, answer))
    code = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, _ARCH_WORD[machine]), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    return b"".join(struct.pack("=HBBI", *each) for each in code + _search(starts))


def install(code: bytes) -> None:
    """Bind this process to `code` for good. `no_new_privs` must be set.

    Raises:
        OSError: the kernel has no seccomp filters.
    """
    buffer = ctypes.create_string_buffer(code, len(code))
    syscall("seccomp", 1, 0, struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer)))
