"""nbgrader's Execute, for notebooks that end or outlive their kernel.

nbgrader gives up on a whole submission when its kernel dies or does not let itself be interrupted. Here the cell at
which that happened carries an error, and so do the cells after it; what had worked keeps its points.
"""

from __future__ import annotations

from time import monotonic
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from traitlets import Integer

TIMED_OUT, DIED, NOT_RUN = "CellTimeoutError", "DeadKernelError", "NotRun"
"""The names of the errors that say a cell did not finish."""

SKIP = "skip-execution"


class RunAll(Execute):  # type: ignore[misc]
    """Runs every cell, within a time for each and a time for all."""

    submission_seconds = Integer(300, help="seconds for all cells together").tag(config=True)

    end = 0.0
    over = ""
    """Why nothing more is run."""

    def preprocess(self, nb: Any, resources: Any, km: Any = None) -> Any:
        self.end = monotonic() + self.submission_seconds
        self.over = ""
        self.timeout_func = self.seconds_for
        return super().preprocess(nb, resources, km)

    def seconds_for(self, cell: Any) -> int:
        limit = float(self.timeout or self.submission_seconds)
        return max(1, int(min(limit, self.end - monotonic())))

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> Any:
        if cell.cell_type != "code" or not cell.source.strip():
            return cell, resources
        # a test that is skipped gets full marks from nbgrader
        cell.metadata["tags"] = [tag for tag in cell.metadata.get("tags", []) if tag != SKIP]
        if not self.over and monotonic() >= self.end:
            self.over = f"the notebook's {self.submission_seconds} s were over"
        if self.over:
            cell.outputs = [error(NOT_RUN, self.over)]
            return cell, resources
        seconds = self.seconds_for(cell)
        self.error_on_timeout = {"ename": TIMED_OUT, "evalue": f"longer than {seconds} s", "traceback": [TIMED_OUT]}
        try:
            return super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            self.over = "the kernel had died"
            cell.outputs.append(error(DIED, "the kernel died"))
        except CellTimeoutError:  # interrupted, and still running
            self.over = "a cell before it could not be stopped"
            cell.outputs.append(error(TIMED_OUT, f"longer than {seconds} s, and could not be stopped"))
        return cell, resources


def error(name: str, text: str) -> Any:
    """An error output with neither source nor traceback."""
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])
