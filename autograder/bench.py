"""`course bench`: how long things take, beside what they cannot do without, in one run on one machine.

Seconds differ between machines; the ratios hold. Each line names its yardstick: what the same work costs bare.
`grading` is the part about whole classes.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

import nbformat
from nbclient import NotebookClient

from autograder.authoring.inline import kit_cell
from autograder.authoring.session import Session
from autograder.course import Course

LIBRARY = "import torch, matplotlib.pyplot, IPython.display"
ANSWER = "import torch\ndef twice(x): return 2 * x\ndef wrong(x): return x\nx = torch.rand(10, 10)"
PASSING = 'with check("twice"):\n    expect(twice(x), 2 * x)'
FAILING = 'with check("twice"):\n    expect(wrong(x), 2 * x)'
SUBMISSIONS = 40


@dataclass(frozen=True)
class Measure:
    """`amount` for `what`, and `bare` for `yardstick`, which it is held against; both in `unit`."""

    what: str
    amount: float
    yardstick: str
    bare: float
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """How many times the yardstick."""
        return self.amount / self.bare


def bench(course: Course, repeats: int = 5, submissions: int = SUBMISSIONS) -> Iterator[Measure]:
    """Measure one thing after the other; each is the median of `repeats`, a lesson's run of one.

    Args:
        course: its first lessons are run, and the last is graded.
        repeats: how often what is quick is done.
        submissions: how large a class the judge grades; 0 leaves grading out.
    """
    python = median(repeats, lambda: call("pass"))
    library = median(repeats, lambda: call(LIBRARY))
    help_text = median(repeats, lambda: call("import sys; sys.argv[1:] = ['--help']; import autograder.__main__"))
    yield Measure("course --help", help_text, "python", python)
    yield Measure("the kit's libraries", library, "python", python)

    session = Session()
    session.run(kit_cell([PASSING], []), "kit")
    session.run(ANSWER, "answer")
    bare = median(repeats, lambda: many(session, "twice(x)"))
    for name, source in (("100 checks that pass", PASSING), ("100 checks that draw the difference", FAILING)):
        yield Measure(name, median(repeats, partial(many, session, source)), "the answers alone", bare)

    for lesson in course.lessons:
        seconds = median(1, partial(run_notebook, course.solution(lesson)))
        yield Measure(f"{lesson.name}, top to bottom", seconds, "the kit's libraries", library)

    if submissions:
        from autograder.bench_grading import grading

        yield from (Measure(*each) for each in grading(course, submissions))


def median(repeats: int, work: Callable[[], object]) -> float:
    """The median of a few runs, in seconds."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return statistics.median(times)


def call(program: str) -> None:
    """Run a program in a new Python."""
    subprocess.run([sys.executable, "-P", "-c", program], check=True, stdout=subprocess.DEVNULL)


def many(session: Session, source: str, times: int = 100) -> None:
    """Run a cell that often."""
    for _ in range(times):
        session.run(source, "bench")


def run_notebook(path: Path) -> None:
    """Run a notebook in a kernel of its own, in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        notebook = nbformat.read(path, nbformat.NO_CONVERT)
        client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": folder}})
        client.execute(stderr=subprocess.DEVNULL)  # the kernel's own warnings
