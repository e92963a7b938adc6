"""Commands for students."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli.app import PASS_ON, app

if TYPE_CHECKING:
    from autograder.course import Course

PANEL = "For students"


@app.command(rich_help_panel=PANEL, context_settings=PASS_ON)
def lab(
    context: typer.Context,
    fresh: Annotated[
        str | None,
        typer.Option(metavar="LESSON", help="First put a clean copy of this lesson (01 is enough) in its place."),
    ] = None,
) -> None:
    """Open the lessons in JupyterLab, at their index.

    It asks nothing and looks for no news or updates on the internet. Of nbgrader's buttons it has *Validate*; those for
    instructors are in plain `jupyter lab`. Whatever follows is passed on to JupyterLab.

    With `--fresh`, what you did in that lesson stays beside the clean copy, under a name with the date and the time.

    **Examples**

    - `course lab`
    - `course lab --fresh 03`: begin lesson 03 again
    - `course lab --no-browser --port 8899`
    """
    from autograder.course import load
    from autograder.lab import serve

    course = load()
    if fresh is not None:
        _begin_again(course, fresh)
    serve(course.root / "notebooks", context.args)


def _begin_again(course: Course, name: str) -> None:
    from autograder import display
    from autograder.lab.fresh import fresh

    lesson = course.lesson(name)
    kept = fresh(course, lesson)
    work = f"; your work is in {display.short(kept)}" if kept else "; there was no work in it"
    print(f"{display.short(course.notebook(lesson))} is as it was handed out{work}", file=sys.stderr)


@app.command(rich_help_panel=PANEL)
def status() -> None:
    """Say how far you are: exercises done in each lesson, by the notebooks as you last saved them.

    It reads what the checks have printed, and sends nothing anywhere. The index of the lessons has the same at its end.

    **Examples**

    - `course status`
    """
    from autograder.course import load
    from autograder.progress import report

    print(report(load().root / "notebooks"))
