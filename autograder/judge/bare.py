"""The yardstick of the judge's speed: notebooks' cells in forks of a warm process, with no sandbox and nothing between.

Reads `{"jobs": N, "simulate": whether there is to be a simulated GPU, "notebooks": [[cell, …], …]}` from standard
input, runs as many side by side, and writes the seconds that it took. Tests and answers share a process here, so this
grades nothing.
"""

from __future__ import annotations

import json
import os
import sys
from time import perf_counter

from autograder.judge import shell as shells
from autograder.judge import worker  # noqa: F401  (what the zygote has imported, a fork of this has too)
from autograder.judge.drawing import paint_nothing
from autograder.judge.warm import warm_shell


def run_all(shell: shells.Shell, notebooks: list[list[str]], jobs: int) -> float:
    """Run each notebook in a fork of its own; the seconds from the first fork to the last end."""
    start, running = perf_counter(), 0
    for cells in notebooks:
        if running == jobs:
            os.wait()
            running -= 1
        if os.fork() == 0:
            run(shell, cells)
        running += 1
    for _ in range(running):
        os.wait()
    return perf_counter() - start


def run(shell: shells.Shell, cells: list[str]) -> None:
    """In a fork: run the cells from top to bottom."""
    shells.take_over(shell)
    paint_nothing()
    for number, source in enumerate(cells, 1):
        shell.recorder.reset()
        shell.run(source, f"<cell {number}>")
    os._exit(0)


def main() -> None:
    """Warm up as the zygote does, then run."""
    facts = json.load(sys.stdin)
    shell = warm_shell(simulate=facts["simulate"])
    print(json.dumps(run_all(shell, facts["notebooks"], facts["jobs"])))


if __name__ == "__main__":
    main()
