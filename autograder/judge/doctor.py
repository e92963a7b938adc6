"""`course doctor`: what this machine gives a sandbox, what is missing, and what to do about it."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from autograder.judge.sandbox import Layer

NAMES = {
    "seccomp": "System calls",
    "mnt": "File tree",
    "landlock": "Landlock",
    "pid": "Process ids",
    "net": "Network",
    "ipc": "Shared memory",
    "uts": "Host name",
    "cgroup": "Control groups",
    "owner": "Another user",
    "user": "User namespace",
    "limits": "Limits",
}

_NAMESPACES = ("mnt", "pid", "net", "ipc", "uts", "cgroup", "user")

_SWITCHES = [
    ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns=0"),
    ("user/max_user_namespaces", "0", "user.max_user_namespaces=10000"),
]
"""Under /proc/sys: the file, the value that forbids ordinary users their namespaces, what to set instead."""

SECONDS = 60
"""More than any machine takes; the probes themselves need well under one."""


@dataclass(frozen=True)
class Row:
    """One line of the report: a layer that holds ("yes") or does not ("no"), the verdict over all, or a fact."""

    name: str
    state: Literal["yes", "no", "fact"]
    words: str
    why_not: str = ""
    advice: str = ""


def report() -> list[Row]:
    """Every layer, whether student code would be run at all, and the facts. Probed in a process of its own.

    Probing may put a process into namespaces for good, and the sandbox wants one without threads.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    command = [sys.executable, "-m", "autograder.judge.doctor"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, env=environment, check=False)
        if done.returncode == 0:
            return [Row(**row) for row in json.loads(done.stdout)]
        reason = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
    except subprocess.TimeoutExpired:
        reason = f"it took more than {SECONDS} seconds"
    return [_verdict(f"the probes failed: {reason}"), *_facts()]


def text(rows: Iterable[Row]) -> str:
    """The report for a terminal."""
    lines = []
    for row in rows:
        mark = {"yes": "holds  ", "no": "MISSING", "fact": "       "}[row.state]
        lines.append(f"{mark}  {row.name:16}{row.words}")
        notes = [f"because: {row.why_not}"] * bool(row.why_not) + [row.advice] * bool(row.advice)
        lines += [
            line
            for note in notes
            for line in textwrap.wrap(note, 90, initial_indent=" " * 25, subsequent_indent=" " * 25)
        ]
    return "\n".join(lines)


def ready(rows: Iterable[Row]) -> bool:
    """Whether submissions can be graded in a sandbox here."""
    return any(row.name == "Sandbox" and row.state == "yes" for row in rows)


def probe() -> list[Row]:
    """The report, made in this process."""
    if not sys.platform.startswith("linux"):
        missing = "the sandbox is made of what Linux's kernel offers, and this is another system"
        return [_verdict(missing), *_facts(), *_torch()]
    from autograder.judge.sandbox import Sandbox, SandboxError  # it needs libc's functions from the start

    failure = ""
    try:
        layers = Sandbox().layers
    except SandboxError as error:
        failure, layers = str(error), error.layers
    rows = [_row(layer) for layer in layers]
    return [*rows, _verdict(failure), *_facts(), *_torch()]


def _row(layer: Layer) -> Row:
    if layer.name == "owner" and os.geteuid():
        return Row(NAMES["owner"], "fact", "not needed: you are not root; submissions run as you, without your files")
    words = f"stops {layer.stops}"
    if layer.holds:
        return Row(NAMES[layer.name], "yes", words)
    return Row(NAMES[layer.name], "no", words, layer.why_not, advice(layer.name))


def advice(name: str, switches: Path = Path("/proc/sys"), root: bool | None = None) -> str:
    """What to do about a layer that does not hold, as far as it can be told from here."""
    root = os.geteuid() == 0 if root is None else root
    if name in _NAMESPACES:
        set_so = [f"sysctl -w {better}" for path, bad, better in _SWITCHES if _reads(switches / path) == bad]
        if set_so:
            return f"An administrator can allow it: {'; '.join(set_so)}"
        if root:
            return (
                "In a container: give it the capability SYS_ADMIN, and a seccomp profile that allows unshare and mount."
            )
        return "A container or the kernel forbids user namespaces; its administrator can allow them, or grade as root."
    return {
        "seccomp": "Grade on Linux on x86_64 or aarch64, with a kernel that has CONFIG_SECCOMP_FILTER.",
        "landlock": "Linux 5.13 or newer has it; add landlock to the list lsm= of the kernel's command line.",
        "owner": "Install Python and the course where other users can read them, not below root's home directory.",
    }.get(name, "")


def _verdict(failure: str) -> Row:
    if failure:
        words = "none: nothing is graded here unless you say --sandbox off, which is for code you trust"
        return Row("Sandbox", "no", words, failure)
    return Row("Sandbox", "yes", "submissions by people you do not trust can be graded on this machine")


def _facts() -> list[Row]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    facts = {
        "System": f"{platform.system()} {platform.release()}, {platform.machine()}, {cores} cores",
        "User": "root" if os.geteuid() == 0 else f"ordinary, number {os.geteuid()}",
        "Python": platform.python_version(),
    }
    return [Row(name, "fact", words) for name, words in facts.items()]


NO_GPU = "no GPU that PyTorch can use; lessons and judge simulate one"


def _torch() -> list[Row]:
    """About PyTorch. It is imported last: its threads are in the sandbox's way."""
    try:
        import torch
    except (ImportError, OSError) as error:
        return [Row("PyTorch", "fact", f"cannot be imported: {error}")]
    gpus = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())]
    return [
        Row("PyTorch", "fact", f"{torch.__version__}, at most {torch.get_num_threads()} threads"),
        Row("CUDA", "fact", f"{', '.join(gpus)}; only --sandbox off grades on it" if gpus else NO_GPU),
    ]


def _reads(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


if __name__ == "__main__":
    json.dump([asdict(row) for row in probe()], sys.stdout)
