"""The part of `course bench` that grades a class: the judge, nbgrader and a bare fork, two submissions at a time.

The class hands in lesson 01, or the course's first; three hand-ins of four are right, the fourth is as it was handed
out. nbgrader is its own Autograde, run by `--engine nbgrader`, which adds a process and a private gradebook to it, and
runs all cells; it grades few of the class, as each takes seconds. The bare fork runs the cells that the judge runs, so
none that only draw, on the same devices; it has torch and the rest imported and warm, and paints as little.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import psutil  # type: ignore[import-untyped]

from autograder.classroom.intake import HandIn
from autograder.classroom.released import Released, read_released
from autograder.course import Course, Lesson
from autograder.engines import Engine
from autograder.engines.nbgrader_engine import NbgraderEngine
from autograder.judge.engine import JudgeEngine, cells_to_run
from autograder.judge.processes import environment
from autograder.judge.submission import Repaired, release_cells, repair

JOBS = 2
FEW = 4
INTERVAL = 0.2

Line = tuple[str, float, str, float, str]


def grading(course: Course, submissions: int) -> Iterator[Line]:
    """What it is, how much, its yardstick, how much that is, and the unit.

    Raises:
        RuntimeError: a hand-in was not graded as it must be, so that its time means nothing.
    """
    lesson = next((each for each in course.lessons if each.name.startswith("01")), course.lessons[0])
    released, hand_ins = read_released(course, lesson), list(class_of(course, lesson, submissions))
    judge = JudgeEngine(course.limits, [released])
    bare = bare_seconds(released, hand_ins, judge.device) / submissions
    start = perf_counter()
    try:
        judge.ready().facts  # noqa: B018  (waits until it has started)
        yield "the judge's start", perf_counter() - start, "a submission in a bare fork", bare, "s"
        grade(judge, released, hand_ins[:JOBS])
        seconds = grade(judge, released, hand_ins) / submissions
        with Memory() as memory:  # apart, for to look at memory takes time of its own
            grade(judge, released, hand_ins)
    finally:
        judge.close()
    nbgrader = NbgraderEngine(course.limits, [released])
    try:
        grade(nbgrader, released, hand_ins[:1])  # registers the lesson
        few = (hand_ins * FEW)[: max(JOBS, min(FEW, submissions))]
        slow = grade(nbgrader, released, few) / len(few)
    finally:
        nbgrader.close()
    yield f"{lesson.name}, a submission by the judge", seconds, "the same in a bare fork", bare, "s"
    yield f"{lesson.name}, a submission by nbgrader autograde", slow, "the judge", seconds, "s"
    yield f"{memory.kind} of {JOBS} workers and the rest, late in the class", memory.late, "early", memory.early, "MB"


def class_of(course: Course, lesson: Lesson, count: int) -> Iterator[HandIn]:
    """A class of that size."""
    right, untouched = course.solution(lesson).read_bytes(), course.notebook(lesson).read_bytes()
    for number in range(1, count + 1):
        content = right if number % 4 else untouched
        yield HandIn(f"s{number:03}", lesson.name, Path(f"s{number:03}") / f"{lesson.name}.ipynb", content)


def grade(engine: Engine, released: Released, hand_ins: list[HandIn]) -> float:
    """Grade a class; the seconds that it took."""
    start = perf_counter()
    with ThreadPoolExecutor(JOBS) as pool:
        graded = list(pool.map(lambda each: engine.grade(each, released), hand_ins))
    seconds = perf_counter() - start
    for hand_in, each in zip(hand_ins, graded, strict=True):
        wanted = released.points if hand_in.content == hand_ins[0].content else 0.0
        if each.verdict.points != wanted:
            raise RuntimeError(f"{engine.name} gave {each.verdict.points}, not {wanted} ({each.verdict.cause})")
    return seconds


def bare_seconds(released: Released, hand_ins: Iterable[HandIn], device: str) -> float:
    """How long bare forks take for the cells that a judge runs of them on that device."""
    release = release_cells(released)
    notebooks = []
    for each in hand_ins:
        assert isinstance(each.content, bytes)
        repaired = repair(each.content, release)
        assert isinstance(repaired, Repaired)
        notebooks.append([source for _, _, source, _ in cells_to_run(repaired, release)])
    done = subprocess.run(
        [sys.executable, "-P", "-m", "autograder.judge.bare"],
        input=json.dumps({"jobs": JOBS, "simulate": device == "simulated", "notebooks": notebooks}),
        text=True,
        capture_output=True,
        check=True,
        env=environment(device),
    )
    return float(json.loads(done.stdout))


@dataclass
class Memory:
    """The most that this process and all below it use: in the first and in the last third of what is inside the block.

    `kind` is PSS, in which pages that processes share count once, or RSS where the system does not tell, in which they
    count for each.
    """

    kind: str = "PSS"
    samples: list[float] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Memory:
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.done.set()
        self.thread.join()

    @property
    def early(self) -> float:
        """In MB."""
        return max(self.samples[: len(self.samples) // 3 + 1])

    @property
    def late(self) -> float:
        """In MB."""
        return max(self.samples[-(len(self.samples) // 3 + 1) :])

    def _watch(self) -> None:
        me = psutil.Process()
        while True:
            self.samples.append(sum(map(self._of, [me, *me.children(recursive=True)])) / (1 << 20))
            if self.done.wait(INTERVAL):
                return

    def _of(self, process: psutil.Process) -> float:
        try:
            if self.kind == "PSS":
                return float(process.memory_full_info().pss)
            return float(process.memory_info().rss)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            return 0.0
        except (psutil.AccessDenied, AttributeError, OSError):
            if self.kind == "PSS":
                self.kind = "RSS"
                self.samples.clear()
                return self._of(process)
            return 0.0
