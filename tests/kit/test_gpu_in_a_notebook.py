"""The simulated GPU as a lesson carries it, in a kernel."""

from __future__ import annotations

import re
from pathlib import Path

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from autograder.authoring.inline import kit_cell
from autograder.kit.gpu import simulate_gpu, stop_simulating
from autograder.kit.gpu_memory import simulated


def test_a_traceback_shows_the_learners_line_and_none_of_the_simulations(tmp_path: Path) -> None:
    mixed = "import torch\nx = torch.ones(2)\nx.cuda() + x"
    notebook = new_notebook(cells=[new_code_cell(kit_cell(["simulated()"], [])), new_code_cell(mixed)])
    NotebookClient(notebook, timeout=60, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}).execute()
    ready, (error,) = notebook.cells[0].outputs, notebook.cells[1].outputs
    shown = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error.traceback))
    assert "cuda:0 (simulated GPU)" in ready[0].text
    assert (error.ename, "x.cuda() + x" in shown) == ("RuntimeError", True)
    assert "found at least two devices, cuda:0 and cpu" in shown
    assert "__torch_function__" not in shown and "Inspector" not in shown


def test_what_a_lesson_has_switched_on_can_be_switched_off_from_outside() -> None:
    for _ in range(2):
        exec(kit_cell(["simulated()"], []), {"__name__": "__main__"})
        assert simulated() and simulate_gpu()
        stop_simulating()
        assert not simulated()
