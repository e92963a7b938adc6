"""Commands for authors of lessons."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli.app import app, stop, write_text

if TYPE_CHECKING:
    from rich.status import Status

PANEL = "For authors"


@app.command(rich_help_panel=PANEL)
def build(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; say what is stale, with exit status 1.")
    ] = False,
) -> None:
    """Make the notebooks from the lessons' sources.

    Writes solutions/LESSON/LESSON.ipynb and notebooks/LESSON/LESSON.ipynb for each lesson, and the lists of lessons in
    notebooks/index.ipynb and README.md. The same sources give the same bytes. A fault in a source is told with file and
    line.

    **Examples**

    - `course build`
    - `course build --check`
    """
    from autograder import display
    from autograder.authoring.build import build as build_all
    from autograder.course import PLACEHOLDER, load

    course = load()
    built = list(build_all(course, check=check))
    changed = [each for each in built if each.changed]
    for each in changed:
        told = "stray" if each.stray else "stale" if check else "wrote"
        print(f"{told}  {display.short(each.path)}{'  (no lesson gives it; delete or move it)' if each.stray else ''}")
    if check and changed:
        stop(1, "the notebooks are not what their sources give; run: course build, and see to strays by hand")
    ours = sum(not each.stray for each in built)
    print(f"{len(course.lessons)} lessons, {ours} files{'' if changed else ', nothing to change'}")
    if course.repository == PLACEHOLDER:
        print(f"course: the links to Colab, Kaggle and Binder lead to {PLACEHOLDER}; course.toml names the repository")


@app.command(rich_help_panel=PANEL)
def publish(
    folder: Annotated[Path, typer.Argument(help="Where to: a new folder, an empty one, or one published before.")],
    repository: Annotated[
        str, typer.Option(metavar="OWNER/NAME", help="Where it will be on GitHub. Default: as course.toml says.")
    ] = "",
    branch: Annotated[str, typer.Option(help="The branch there. Default: as course.toml says.")] = "",
) -> None:
    """Write what students get: lessons, data, an environment, a README with links to Colab, Kaggle and Binder.

    No solution, hidden test, answer bank or grader goes along: every text is held against every line of them, and if
    one shows, nothing is written. Put the folder on GitHub under the name that you gave, and the links work. Run it
    again after a change; the folder's `.git` stays.

    **Examples**

    - `course publish ~/for-students --repository OWNER/NAME`
    """
    from autograder import display
    from autograder.course import PLACEHOLDER, load
    from autograder.publish import publish as publish_tree

    course = load()
    with display.console(stderr=True).status("writing what students get"):
        paths = publish_tree(course, folder, repository, branch)
    print(f"{len(paths)} files in {folder}, with links to {repository or course.repository}")
    if (repository or course.repository) == PLACEHOLDER:
        print("course: OWNER/NAME stands for a repository that is not there; give --repository", file=sys.stderr)


@app.command(rich_help_panel=PANEL)
def verify(
    lesson: Annotated[list[str] | None, typer.Argument(help="Lessons, by name or number. Default: all.")] = None,
    json_file: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write how each answer fared; - for standard output.")
    ] = None,
) -> None:
    """Prove lessons against their answer banks.

    Tries every right and wrong answer against the visible and hidden tests, on every device, and looks for exercises
    without hints or answers, tests that no wrong answer needs, stale notebooks and leaked solutions. Faults are told
    with file and line, with exit status 1.

    **Examples**

    - `course verify 01`
    - `course verify --json report.json`
    """
    import json

    from autograder import display
    from autograder.authoring.verify import Report
    from autograder.authoring.verify import verify as verify_lesson
    from autograder.classroom.words import count
    from autograder.course import load

    course = load()
    console = display.console(stderr=True)
    reports: list[Report] = []
    for each in map(course.lesson, lesson) if lesson else course.lessons:
        with console.status(f"{each.name}: running the lesson") as status:

            def tell(done: int, total: int, name: str = each.name, status: Status = status) -> None:
                status.update(f"{name}: answer {done} of {total}")

            report = verify_lesson(course, each, tell)
        reports.append(report)
        for fault in report.faults:
            print(f"{display.short(fault.path)}, line {fault.line}: {fault.message}", file=sys.stderr)
        end = count(len(report.faults), "fault") if report.faults else "all as the bank says"
        print(f"{each.name}: {count(len(report.trials), 'answer')} tried, {end}", file=sys.stderr)
    if json_file:
        text = json.dumps({each.lesson: [trial.to_json() for trial in each.trials] for each in reports}, indent=1)
        write_text(json_file, text + "\n")
    if any(each.faults for each in reports):
        raise typer.Exit(1)
