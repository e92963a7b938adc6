"""What several test modules share: a small course, and a class of it graded once for all of them."""

from __future__ import annotations

import copy
import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.classroom.verdict import Verdict
from autograder.gradebook.store import Store
from autograder.kit import pictures
from notebooks import ANSWERS, Notebook, cell_of, code, hand_in, make_course, submission

ELSEWHERE = """
import sys
from pathlib import Path
import autograder.course
root = Path(sys.argv.pop(1))
autograder.course.find_root = lambda: root
from autograder.cli import main
main()
"""
"""The `course` command for a course that is not the one this package belongs to."""


def command(root: Path, *arguments: str | Path) -> list[str]:
    """The `course` command in the course at `root`."""
    return [sys.executable, "-c", ELSEWHERE, str(root), *map(str, arguments)]


@pytest.fixture(scope="session")
def course_command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `course ARGUMENTS` in the course at ROOT."""

    def run(root: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command(root, *arguments), capture_output=True, text=True, timeout=300, check=False)

    return run


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course of two lessons."""
    return make_course(tmp_path / "course")


@dataclass(frozen=True)
class GradedClass:
    """A class that `course grade` has graded, with what it printed."""

    root: Path
    folder: Path
    stdout: str
    stderr: str
    before: dict[str, bytes]

    @property
    def out(self) -> Path:
        return self.root / "graded"

    def verdict(self, student: str) -> Verdict:
        found = Store(self.out).get(student, "01_tensors")
        assert found is not None, student
        return found


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, with its bytes and its time."""
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    return {f"{each.relative_to(folder)} {each.stat().st_mtime_ns}": each.read_bytes() for each in files}


def the_class() -> dict[str, Notebook | bytes]:
    """One student for each way in which a submission can end."""
    endless = submission(double="return 2 * x", dice="while True:\n    pass", guess="3")
    deaf = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"
    duplicated = submission(**ANSWERS)
    duplicated["cells"].insert(2, copy.deepcopy(duplicated["cells"][1]))
    skipped = submission(double="import warnings\nwarnings.warn('mind')\nreturn 2 * x")
    cell_of(skipped, "dice-hidden")["metadata"]["tags"].append("skip-execution")
    orphan = "import subprocess; subprocess.Popen(['sleep', '98765'], start_new_session=True)"
    untouched = submission()
    untouched["cells"].insert(1, code(orphan))
    return {
        "right": submission(**ANSWERS, guess="3"),
        "partly": submission(
            double="return 2 * x if x > 0 else 0", dice="raise ValueError('<script>alert(1)</script>')"
        ),
        "untouched": untouched,
        "endless": endless,
        "deaf": submission(guess="3", double="return 2 * x", dice=deaf),
        "died": submission(double="return 2 * x", dice="import os\nos._exit(0)", guess="3"),
        "warned": skipped,
        "duplicated": duplicated,
        "no_json": b"{ this is not JSON",
    }


@pytest.fixture(scope="session")
def graded_class(
    tmp_path_factory: pytest.TempPathFactory, course_command: Callable[..., subprocess.CompletedProcess[str]]
) -> GradedClass:
    """`the_class`, graded by the real command; once, however many processes run the tests."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    root, folder = shared / "shared class" / "kurs ü", shared / "shared class" / "in"
    with locked(shared / "class.lock"):
        if not (shared / "stderr").exists():
            make_course(root)
            hand_in(folder, the_class())
            (folder / "right" / "timestamp.txt").write_text("2026-10-14 00:59:00.000000 UTC\n")
            (folder / "right" / "notes.txt").write_text("mine")
            before = contents(folder)
            done = course_command(root, "grade", folder, "--engine", "nbgrader")
            assert done.returncode == 0, done.stderr
            assert contents(folder) == before, "the folder of hand-ins was changed"
            (shared / "stdout").write_text(done.stdout)
            (shared / "stderr").write_text(done.stderr)
    return GradedClass(root, folder, (shared / "stdout").read_text(), (shared / "stderr").read_text(), contents(folder))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """What was displayed: each output's text by its kind."""
    bundles: list[dict[str, str]] = []

    def display(bundle: dict[str, str], **options: Any) -> None:
        assert options == {"raw": True}
        bundles.append(bundle)

    monkeypatch.setattr(pictures, "display", display)
    return bundles
