"""Lessons in nbgrader's gradebook, put there by nbgrader's own steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
    SaveCells,
)
from sqlalchemy.exc import SQLAlchemyError

from autograder.classroom.released import Released
from autograder.engines.nbgrader_settings import gradebook_url
from autograder.errors import UsageError

# what `nbgrader generate_assignment` does to a source notebook up to the point where it writes to the gradebook
REGISTER_STEPS = [LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums, SaveCells]


def open_gradebook(out: Path) -> Any:
    """nbgrader's Gradebook in the folder `out`, made when missing; the caller closes it.

    Raises:
        UsageError: there is a file of that name which is no gradebook, or which another program holds.
    """
    url = gradebook_url(out)
    try:
        return Gradebook(url, "")
    except SQLAlchemyError as error:
        raise UsageError(f"{out / 'gradebook.db'} cannot be opened: {reason(error)}") from error


def register(gradebook: Any, released: Released) -> None:
    """Put the lesson's cells, points and due date into `gradebook`, or bring them up to date.

    Raises:
        UsageError: the gradebook has submissions of a version of the lesson with other cells.
    """
    name = released.lesson.name
    notebook = nbformat.read(released.path, as_version=4)
    _refuse_other_cells(gradebook, released, _saved_ids(notebook))
    gradebook.update_or_create_assignment(name, duedate=released.lesson.due)
    resources = {"nbgrader": {"notebook": name, "assignment": name, "db_url": str(gradebook.engine.url)}}
    for step in REGISTER_STEPS:
        notebook, resources = step().preprocess(notebook, resources)
    gradebook.db.expire_all()  # SaveCells wrote through a connection of its own


def reason(error: Exception) -> str:
    """What SQLite said, without SQLAlchemy's frame around it."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def _saved_ids(notebook: Any) -> set[str]:
    return {
        facts["grade_id"]
        for cell in notebook.cells
        if (facts := cell.metadata.get("nbgrader")) and (facts["grade"] or facts["solution"] or facts["locked"])
    }


def _refuse_other_cells(gradebook: Any, released: Released, now: set[str]) -> None:
    name = released.lesson.name
    known = next((each for each in gradebook.assignments if each.name == name), None)
    notebook = next((each for each in known.notebooks if each.name == name), None) if known else None
    if notebook is None or not notebook.submissions:
        return
    before = {each.name for each in notebook.source_cells}
    if before != now:
        changes = [f"new: {each}" for each in sorted(now - before)] + [f"gone: {each}" for each in sorted(before - now)]
        raise UsageError(
            f"the gradebook has submissions of another version of {name} ({', '.join(changes)}); "
            "grade into another folder with --out, or move this one's gradebook.db away"
        )
