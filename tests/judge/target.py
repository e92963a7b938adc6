"""What the attacks aim at: a course with one real lesson, things to steal around it, and a look at what was stolen.

Every path lies below a temporary folder, and what stands in the files is random, so that it shows wherever it turns up.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from autograder.authoring.build import build
from autograder.classroom.released import Released, read_released
from autograder.course import Course, Lesson, Limits
from notebooks import Notebook, write

LESSON = Lesson("01_targets", "Targets", 5)
ANSWERS = {
    "double": ("def double(x):", "return 2 * x"),
    "total": ("def total(x):", "return x.sum().item()"),
    "grow": ("def grow(x):", "x += 1\nreturn x"),
    "cube": ("def cube(x):", "return x ** 3"),
}
"""The head and the right body of each answer."""
WRONG = {"double": "return x * 0 - 17", "total": "return -17.0", "grow": "return x", "cube": "return x * 0 - 17"}
"""What an honest student hands in who knows nothing: no points."""

CHECKS = {
    "double": "expect(double(torch.tensor([1.0, 2.0])), [2.0, 4.0])",
    "total": "expect(total(torch.tensor([1.0, 2.0])), 3.0)",
    "grow": "x = torch.tensor([1.0, 2.0])\nexpect(grow(x), [2.0, 3.0])\nexpect(x, [2.0, 3.0])",
    "cube": "x = torch.tensor([2.0], requires_grad=True)\ncube(x).sum().backward()\nexpect(x.grad, [12.0])",
}
HIDDEN = {
    "double": """secret = "heron-5581"
for device in devices():
    want = torch.tensor([-62674.5, 90210.75], device=device)
    expect(double(torch.tensor([-31337.25, 45105.375], device=device)), want, device=device)""",
    "total": 'secret = "egret-9907"\nwant = 126989.0\nexpect(total(torch.tensor([40961.0, 86028.0])), want)',
    "grow": """secret = "stork-7243"
x, want = torch.tensor([77711.5, 55522.25]), torch.tensor([77712.5, 55523.25])
expect(grow(x), want)
expect(x, want)""",
    "cube": """secret = "crane-3319"
x, want = torch.tensor([91.5, 73.5], requires_grad=True), torch.tensor([25116.75, 16206.75])
cube(x).sum().backward()
expect(x.grad, want)""",
}
SECRETS = ("heron-5581", "egret-9907", "stork-7243", "crane-3319", "90210.75", "55523.25", "16206.75", "BEGIN HIDDEN")
"""What no message says and no answer is called with: the first wrong value is told, the second is not."""

POINTS = 12.0


def lesson_text() -> str:
    """The lesson as its author would write it."""
    parts = ["# %% [markdown]\n# # 01 · Targets\n#\n# ## 1 · Targets", "# %%\nimport torch"]
    for number, (name, (head, body)) in enumerate(ANSWERS.items(), 1):
        prose = f"### 1.{number} · {name}\n*3 points · about 2 minutes*\n\nFor example see the check.\n\n"
        prose += "".join(f"<details><summary>Hint {n}</summary>Try.</details>\n" for n in (1, 2))
        answer = f"### BEGIN SOLUTION\n{body}\n### END SOLUTION"
        parts += [
            "# %% [markdown]\n" + re.sub("(?m)^", "# ", prose.strip()),
            f'# %% solution="{name}"\n{head}\n{indented(answer)}',
            f'# %% check="{name}" points=1\nwith check("{name}"):\n{indented(CHECKS[name])}',
            f'# %% hidden="{name}" points=2 checks="more"\nwith check("{name}"):\n{indented(HIDDEN[name])}',
        ]
    return "\n\n".join(parts) + "\n"


def indented(text: str) -> str:
    return re.sub("(?m)^", "    ", text)


@dataclass
class Target:
    """A course at `root`, the things around it that nobody may touch, and two servers that nobody may call.

    `places` are the words that an attack's source may name as @WORD@.
    """

    root: Path
    token: str = field(default_factory=lambda: secrets.token_hex(6))
    places: dict[str, str] = field(default_factory=dict)
    canaries: dict[Path, bytes] = field(default_factory=dict)
    spoken: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.course = Course(
            self.root / "course", "A course", "OWNER/NAME", "main", self.root / "course" / "graded", Limits(), (LESSON,)
        )
        write(self.course.source(LESSON), lesson_text().encode())
        list(build(self.course))
        self.released: Released = read_released(self.course, LESSON)
        home, course = self.root / "home", self.course.root
        for word, path in {
            "SOLUTIONS": course / "solutions" / "answers.txt",
            "GRADEBOOK": course / "graded" / "gradebook.db",
            "OTHER": self.root / "in" / "s002" / "notes.txt",
            "HOME": home / "private.txt",
            "TMP": self.root / "tmp" / "left.txt",
        }.items():
            self.canaries[path] = write(path, f"canary-{secrets.token_hex(12)}".encode()).read_bytes()
            self.places[word] = str(path)
        self.spoken = [each.decode() for each in self.canaries.values()]
        self.canaries[self.course.solution(LESSON)] = self.course.solution(LESSON).read_bytes()
        self.drops = [
            *(
                Path(folder) / f"dropped-{self.token}"
                for folder in ("/tmp", "/dev/shm", "/var/tmp", sysconfig.get_paths()["purelib"])
            ),
            *(path.parent / f"dropped-{self.token}" for path in self.canaries),
        ]
        self.places["DATABASE"] = self.places["GRADEBOOK"]
        self.places |= {"TOKEN": self.token, "COURSE": str(course), "ROOT": str(self.root)}
        self.places["DROPS"] = repr([str(each) for each in self.drops])

    def fill(self, text: str) -> str:
        """`text` with the places that it names."""
        return re.sub(r"@([A-Z]+)@", lambda found: self.places[found[1]], text)

    def hand_in(self, *, early: str = "", late: str = "", answers: Mapping[str, str] = WRONG) -> Notebook:
        """The lesson as handed in: a cell before the first exercise, one at the end, and `answers` to the exercises."""
        notebook: Notebook = json.loads(self.course.notebook(LESSON).read_text())
        for cell in notebook["cells"]:
            name, cell["source"] = cell["metadata"].get("nbgrader", {}).get("grade_id"), "".join(cell["source"])
            if name in ANSWERS and name in answers:
                cell["source"] = f"{ANSWERS[name][0]}\n{indented(self.fill(answers[name]))}"
        extra = [(self.fill(text), place) for text, place in ((late, len(notebook["cells"])), (early, 3)) if text]
        for source, place in extra:
            cell = {"cell_type": "code", "id": f"extra-{place}", "metadata": {}, "source": source}
            notebook["cells"].insert(place, cell | {"outputs": [], "execution_count": None})
        return notebook

    def right(self) -> Notebook:
        """What the best student hands in."""
        return self.hand_in(answers={name: body for name, (_, body) in ANSWERS.items()})

    def damage(self, said: str) -> list[str]:
        """What was read, changed, written, called or left behind; `said` is all that the grader gave out."""
        found = [f"read the hidden tests ({each})" for each in SECRETS if each in said]
        found += ["read a file or a setting" for each in self.spoken if each in said]
        found += ["read the system's users"] if "root:x:0" in said else []
        found += [f"got {each}" for each in dict.fromkeys(re.findall(r"BREACH ([\w-]+)", said))]
        found += [f"changed {path.name}" for path, text in self.canaries.items() if not holds(path, text)]
        found += [f"wrote outside ({path.parent})" for path in self.drops if path.exists()]
        found += [f"called {each}" for each in self.called]
        return list(dict.fromkeys(found + [f"left {each} running" for each in self.orphans()]))

    def orphans(self) -> list[str]:
        """Processes that an attack started: each carries the token in its command line."""
        found = []
        for each in psutil.process_iter(["cmdline"]):
            if any(f"orphan-{self.token}" in word for word in each.info["cmdline"] or ()):
                found.append("a process")
                each.kill()
        return found

    def mend(self) -> None:
        """Put everything back as it was, for the next attack."""
        self.called.clear()
        for path in self.drops:
            path.unlink(missing_ok=True)
        for path, text in self.canaries.items():
            if path.is_dir():
                path.rmdir()
            if not holds(path, text):
                path.unlink(missing_ok=True)
                path.write_bytes(text)


def holds(path: Path, text: bytes) -> bool:
    return path.is_file() and not path.is_symlink() and path.read_bytes() == text and path.stat().st_nlink == 1


def said_by(verdict: str, notebook: bytes | None) -> str:
    """All that a student may get to read: the verdict, and what the cells gave out."""
    parts = [verdict]
    for cell in json.loads(notebook)["cells"] if notebook else ():
        for output in cell.get("outputs", ()):
            tested = cell["metadata"].get("nbgrader", {}).get("grade")
            parts.append(json.dumps(without_own_words(output) if tested else output, ensure_ascii=False))
    return "\n".join(parts)


def without_own_words(output: dict[str, Any]) -> dict[str, Any]:
    """A test cell's output without the kit's drawing of got beside expected, and without a traceback."""
    drawn = list(output.get("data", ())) == ["text/html"]
    return {} if drawn else {**output, "traceback": []}


@contextmanager
def around(target: Target) -> Iterator[Target]:
    """Servers on this machine that write down who calls, a process with a secret in its command line, and a setting."""
    line, setting = (f"canary-{secrets.token_hex(12)}" for _ in range(2))
    target.spoken += [line, setting]
    with ExitStack() as stack:
        stack.callback(target.mend)  # last of all: nothing that an attack dropped outlives the measurement
        decoy = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1800)", line])
        stack.callback(decoy.wait)
        stack.callback(decoy.kill)
        os.environ["COURSE_PASSWORD"] = setting
        stack.callback(os.environ.pop, "COURSE_PASSWORD", None)
        target.places["DECOY"] = str(decoy.pid)
        abstract = f"\0grader-{target.token}"
        for word, family, kind, address in (
            ("TCP", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            ("UDP", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("UNIX", socket.AF_UNIX, socket.SOCK_STREAM, str(target.root / "socket")),
            ("ABSTRACT", socket.AF_UNIX, socket.SOCK_STREAM, abstract),
        ):
            server = stack.enter_context(socket.socket(family, kind))
            server.bind(address)
            target.places[word] = str(server.getsockname()[1]) if family == socket.AF_INET else str(address).strip("\0")
            threading.Thread(target=listen, args=(server, word, target.called), daemon=True).start()
        yield target


def listen(server: socket.socket, name: str, called: list[str]) -> None:
    """Write down each caller, until the server is closed."""
    try:
        if server.type == socket.SOCK_STREAM:
            server.listen()
        while True:
            if server.type == socket.SOCK_STREAM:
                server.accept()[0].close()
            else:
                server.recv(100)
            called.append(name)
    except OSError:
        return
