"""Solution notebook → student notebook.

The steps are nbgrader's own, in its order; `nbgrader generate_assignment` runs the same ones and writes the gradebook
between them. Both give the same notebook, byte for byte.
"""

from __future__ import annotations

import copy

from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from nbgrader.utils import is_solution

RELEASE_STEPS = [
    LockCells,
    ClearSolutions,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
]


def release(solution: NotebookNode) -> NotebookNode:
    """The student notebook of a solution notebook, which is left as it was."""
    notebook = copy.deepcopy(solution)
    for step in RELEASE_STEPS:
        notebook, _ = step().preprocess(notebook, {})
    return notebook


def starters_of(solution: NotebookNode) -> dict[str, str]:
    """The answer cells as students get them, by their grade ids."""
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in release(solution).cells if is_solution(cell)}
