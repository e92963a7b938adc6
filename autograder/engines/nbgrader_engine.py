"""nbgrader's own Autograde as an engine: each submission in a process, a folder and a gradebook of its own.

Nothing a notebook does can stop a batch: its process is killed after its time, with all that it started. But it runs
with the rights of whoever grades, and in one kernel with its tests. There is no sandbox: an answer that wants to can
read the tests, give itself points, or delete files. Grade with it only what comes from people you trust.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from time import monotonic, sleep

import autograder
from autograder.classroom.intake import HandIn, printable
from autograder.classroom.keys import cells_hash, lesson_hash, versions
from autograder.classroom.reading import Unreadable, lesson_of, read_notebook
from autograder.classroom.released import Released
from autograder.classroom.unexecuted import unexecuted
from autograder.classroom.verdict import Basis, Resources, Status
from autograder.course import Limits
from autograder.engines import Graded
from autograder.engines.nbgrader_job import STUDENT
from autograder.engines.nbgrader_outcome import executed
from autograder.engines.processes import Process

GRACE_SECONDS = 40.0
"""For starting nbgrader and a kernel, on top of the submission's own time."""

DROPPED = ("PYTHON", "JUPYTER", "IPYTHON", "NBGRADER", "JPY_", "COVERAGE")
"""Settings of whoever grades that must not change what a notebook does, by how their names begin."""


SIMULATE = """import sys
sys.path.insert(0, {root!r})
from autograder.kit.gpu import simulate_gpu
sys.path.remove({root!r})
simulate_gpu()
del sys, simulate_gpu
"""
"""What a kernel begins with, so that hidden tests have a second device in every lesson."""


class NbgraderEngine:
    """Call `close` when done: it removes the template gradebook.

    Args:
        lessons: the lessons that will be graded; they are registered in a template gradebook at the first submission.
    """

    name = "nbgrader"

    def __init__(self, limits: Limits, lessons: Iterable[Released], grace: float = GRACE_SECONDS) -> None:
        self.limits, self.lessons, self.grace = limits, tuple(lessons), grace
        self.folder = Path(tempfile.mkdtemp(prefix="grading-"))
        self.lock = threading.Lock()
        self.running: set[Process] = set()
        self.stopped = False

    def key(self, hand_in: HandIn, released: Released) -> str:
        """A hash of all that the verdict depends on."""
        return self.basis(hand_in, released).key

    def basis(self, hand_in: HandIn, released: Released) -> Basis:
        """All that the verdict depends on. Notebooks choose their devices themselves here, and nothing is seeded."""
        content = hand_in.content if isinstance(hand_in.content, bytes) else b""
        return Basis(
            cells=cells_hash(content),
            lesson=lesson_hash(released),
            tests=released.hash,
            engine=self.name,
            limits=f"cell {self.limits.cell_seconds} s, submission {self.limits.submission_seconds} s",
            device="the notebook's choice",
            versions=versions(("torch", "numpy", "nbgrader")),
        )

    def grade(self, hand_in: HandIn, released: Released) -> Graded:
        """The verdict on `hand_in`; a verdict that might be another next time has no key."""
        start = monotonic()
        graded = self._grade(hand_in, released)
        took = Resources(wall_seconds=round(monotonic() - start, 2))
        basis = self.basis(hand_in, released)
        return replace(graded, verdict=replace(graded.verdict, engine=self.name, basis=basis, resources=took))

    def stop(self) -> None:
        """Kill what runs, and start nothing more."""
        with self.lock:
            self.stopped = True
        while running := list(self.running):  # again, for one that had not begun when it was first looked for
            for process in running:
                process.end()
            sleep(0.05)

    def close(self) -> None:
        """Remove what the engine wrote."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _grade(self, hand_in: HandIn, released: Released) -> Graded:
        if isinstance(hand_in.content, Unreadable):
            return Graded(unexecuted(hand_in, released, Status.UNREADABLE, hand_in.content.cause))
        notebook = read_notebook(hand_in.content)
        if isinstance(notebook, Unreadable):
            return Graded(unexecuted(hand_in, released, Status.UNREADABLE, notebook.cause))
        lesson = lesson_of(notebook.facts) or hand_in.lesson
        if lesson != hand_in.lesson:
            cause = f"it is a notebook of {printable(lesson, 40)}, handed in as {hand_in.lesson}"
            return Graded(unexecuted(hand_in, released, Status.UNREADABLE, cause))
        try:
            folder = self._prepare(hand_in.lesson, notebook.text)
        except OSError as error:
            return Graded(unexecuted(hand_in, released, Status.INTERNAL, f"no room to grade it in: {error.strerror}"))
        try:
            in_time = self._run(folder)
            return self._answer(folder, hand_in, released, in_time)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _prepare(self, lesson: str, text: str) -> Path:
        """A private folder with all that the process needs."""
        with self.lock:
            template = self._template()
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        submitted = folder / "submitted" / STUDENT / lesson / f"{lesson}.ipynb"
        submitted.parent.mkdir(parents=True)
        submitted.write_text(text, encoding="utf-8")
        shutil.copyfile(template, folder / "gradebook.db")
        startup = folder / "ipython" / "profile_default" / "startup" / "simulate.py"
        startup.parent.mkdir(parents=True)
        startup.write_text(SIMULATE.format(root=str(Path(autograder.__file__).parent.parent)), encoding="utf-8")
        job = {"lesson": lesson, "limits": asdict(self.limits)}
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        return folder

    def _template(self) -> Path:
        """A gradebook with the lessons and no student, made once: nbgrader takes a second for an empty one."""
        from autograder.gradebook.register import open_gradebook, register

        template = self.folder / "gradebook.db"
        if not template.exists():
            unfinished = self.folder / "unfinished" / "gradebook.db"
            unfinished.parent.mkdir(exist_ok=True)
            with contextlib.closing(open_gradebook(unfinished.parent)) as gradebook:
                for released in self.lessons:
                    register(gradebook, released)
            unfinished.rename(template)
        return template

    def _run(self, folder: Path) -> bool:
        process = Process(
            [sys.executable, "-P", "-m", "autograder.engines.nbgrader_job", str(folder)], environment(folder), folder
        )
        with self.lock:
            if self.stopped:
                return False
            self.running.add(process)
        try:
            return process.run(self.limits.submission_seconds + self.grace)
        finally:
            with self.lock:
                self.running.discard(process)

    def _answer(self, folder: Path, hand_in: HandIn, released: Released, in_time: bool) -> Graded:
        def ended(status: Status, cause: str, key: str = "") -> Graded:
            return Graded(replace(unexecuted(hand_in, released, status, cause), key=key))

        key = self.key(hand_in, released)
        if not in_time:
            seconds = self.limits.submission_seconds
            return ended(Status.TIMED_OUT, f"the notebook ran longer than {seconds} s, and could not be stopped", key)
        if not (folder / "answer.json").exists():
            return ended(Status.INTERNAL, f"nbgrader's process ended without an answer: {last_line(folder / 'log')}")
        answer = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
        if "cause" in answer:
            return ended(Status.INTERNAL, answer["cause"], key)
        if all(answer["scores"].get(test) is None for test in released.tests):
            return ended(Status.INTERNAL, "it holds none of the lesson's tests; was its cell data stripped?", key)
        notebook = (folder / "autograded" / STUDENT / hand_in.lesson / f"{hand_in.lesson}.ipynb").read_bytes()
        verdict = executed(hand_in, released, json.loads(notebook), answer["scores"], answer["unanswered"])
        return Graded(replace(verdict, key=key), notebook)


def environment(folder: Path) -> dict[str, str]:
    """What the process and its kernel see: ours without settings that change Python or Jupyter, and private folders."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(DROPPED)}
    private = {
        "PYTHONPATH": str(Path(autograder.__file__).parent.parent),  # the job takes it away from the kernel
        "JUPYTER_PREFER_ENV_PATH": "1",  # this Python's kernel, not one in the home folder
        "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
        "JUPYTER_DATA_DIR": str(folder / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(folder / "jupyter"),
        "IPYTHONDIR": str(folder / "ipython"),
        "OMP_NUM_THREADS": "1",  # as many submissions as cores run side by side
    }
    return kept | private


def last_line(log: Path) -> str:
    """The end of a log, for a cause."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else "nothing was logged"
