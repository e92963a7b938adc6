"""Runs notebooks under IPython, without a kernel: `python run_cells.py FOLDER NOTEBOOK...`

It needs IPython and what lessons may import, nothing of this repository, so it works in an environment of only those.
Each notebook runs in FOLDER, in a process of its own, which is a fork of one that has the imports already. For each it
prints a line of JSON: a list of its cells of code, as they came, {"id", "shown", "stderr", "error"}. It ends before its
time at a cell that fails without leave.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import matplotlib.pyplot as pyplot
import sklearn  # noqa: F401  # so that no fork need import it
import torch
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell


def run(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each cell of code gave."""
    shell = InteractiveShell.instance(display_pub_class=CapturingDisplayPublisher)
    shell.showtraceback = lambda *arguments, **options: None  # errors are reported by name
    found = []
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        shell.display_pub.outputs.clear()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as stderr:
            done = shell.run_cell("".join(cell["source"]), store_history=True)
        pyplot.close("all")  # as notebooks do at the end of a cell
        error = done.error_before_exec or done.error_in_exec
        shown = [each["data"].get("text/plain", "") for each in shell.display_pub.outputs]
        name = type(error).__name__ if error else ""
        found.append({"id": cell["id"], "shown": shown, "stderr": stderr.getvalue(), "error": name, "text": str(error)})
        if error and "raises-exception" not in cell["metadata"].get("tags", []):
            break
    return found


def in_a_fork(path: Path) -> None:
    """Run a notebook in a process of its own, and print what came of it."""
    child = os.fork()
    if child == 0:
        print(json.dumps(run(json.loads(path.read_text(encoding="utf-8"))["cells"])), flush=True)
        os._exit(0)
    if status := os.waitpid(child, 0)[1]:
        sys.exit(f"{path}: it ended by itself, with status {status}")


if __name__ == "__main__":
    torch.set_num_threads(1)  # threads do not live on in a fork
    torch.testing.assert_close(torch.ones(2), torch.ones(2))  # imports the rest of it
    os.chdir(sys.argv[1])
    for name in sys.argv[2:]:
        in_a_fork(Path(name))
