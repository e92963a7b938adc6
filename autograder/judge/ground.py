"""Where an ordinary user's zygote stands: a user namespace, in which it may make the namespaces that workers need.

    grader ── waiter (the process that was started; does nothing but wait, and end as the zygote ends)
                └─ zygote (process 1 of a PID namespace of its own)
                     ├─ judge
                     └─ worker (process 1 of one more)

The zygote must come back to its own PID namespace each time it has forked into a new one, and the kernel allows that
only if its own belongs to its user namespace. A process cannot move into a new PID namespace, only its child can: so
the one that was started stays behind as the waiter, and the child goes on as the zygote. Either of them takes the
other along when it dies, and the zygote all its workers. Root needs none of this.
"""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

from autograder.judge.kernel import NEWPID, NEWUSER, PR_SET_PDEATHSIG, call


def enter(own_pids: bool) -> None:
    """Go on in a user namespace in which this user is this user still, but may make namespaces.

    Args:
        own_pids: go on in a child, process 1 of a new PID namespace. Where that one ends, so does this process.

    Raises:
        OSError: this machine does not allow it; nothing has changed if the first step is refused.
    """
    user, group = os.getuid(), os.getgid()
    call("unshare", NEWUSER | (NEWPID if own_pids else 0))
    for name, text in {"setgroups": "deny", "uid_map": f"{user} {user} 1", "gid_map": f"{group} {group} 1"}.items():
        Path("/proc/self", name).write_text(text)
    if own_pids:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid:
            _wait(pid, writer)
        os.close(writer)
        call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if select.select([reader], [], [], 0)[0]:  # the waiter died before the kernel had been told
            os._exit(1)
        os.close(reader)


def _wait(pid: int, lifeline: int) -> None:
    """The waiter: hold no file open that somebody waits to see closed, and end as `pid` does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the zygote too; what it makes of it counts
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.closerange(0, lifeline)
    os.closerange(lifeline + 1, os.sysconf("SC_OPEN_MAX"))
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status < 0:
        signal.signal(-status, signal.SIG_DFL) if -status not in (signal.SIGKILL, signal.SIGSTOP) else None
        os.kill(os.getpid(), -status)
    os._exit(status & 0xFF)
