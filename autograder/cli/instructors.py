"""Commands for instructors."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli.app import app, stop, write_text
from autograder.engines import DEFAULT_ENGINE

if TYPE_CHECKING:
    from autograder.classroom.grading import Request

PANEL = "For instructors"


@app.command(rich_help_panel=PANEL)
def grade(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Hand-ins: STUDENT/LESSON.ipynb or STUDENT/LESSON/LESSON.ipynb, or Canvas's zip, unpacked. "
            "Default: a sample class."
        ),
    ] = None,
    engine: Annotated[str, typer.Option(help="What runs the notebooks: judge or nbgrader.")] = DEFAULT_ENGINE,
    sandbox: Annotated[
        str | None, typer.Option(help="on or off, for the judge: what students wrote runs sealed off. Default: on.")
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            help="The judge's second device beside the CPU: cuda (with --sandbox off), simulated, cpu for none, or "
            "auto: cuda where it can be used and else simulated. Default: auto."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where results go. Default: graded/, as course.toml says.")] = None,
    lesson: Annotated[list[str] | None, typer.Option(help="Only this lesson (01 is enough); may be repeated.")] = None,
    json_file: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="Write the verdicts as JSON; - for standard output.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Submissions side by side. Default: one a core.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Grade even what has a verdict from an earlier run, or was set aside.")
    ] = False,
) -> None:
    """Grade a folder of hand-ins.

    Writes grades.csv, one feedback page a student, nbgrader's gradebook and the executed notebooks. The folder of
    hand-ins is never changed. What has been graded before, and has not changed since, is not graded again. A submission
    that cannot be graded is a row with its cause and no points; the others are graded, and the exit status is 0. A run
    that was stopped or killed goes on where it was with the same command. What ends the grader itself twice is set
    aside: no points, no zero, and the others go on.

    **The judge** runs answers and tests in two processes, the answers sealed off from everything else. Where this
    machine cannot do that it refuses; `--sandbox off` does without, for work of people you trust.

    **The nbgrader engine has no sandbox:** notebooks run with your rights, in one kernel with their tests, and
    one that wants to can cheat or delete files. Grade with it only work of people you trust.

    nbgrader's own commands and the formgrader look for results where course.toml says, not where --out says.

    **Examples**

    - `course grade`: the sample class, into graded/
    - `course grade ~/hand-ins --lesson 01`: one lesson of a class
    - `course grade ~/hand-ins --out ~/results --json -`: results elsewhere, and the verdicts as JSON
    - `course grade ~/hand-ins --device simulated`: on the simulated GPU, even where there is a real one
    """
    from autograder.classroom.grading import Request, Stopped
    from autograder.course import load

    _judge_only(engine, sandbox, device)
    course = load()
    request = Request(
        course,
        folder or course.root / "data" / "sample_class",
        out or course.out,
        tuple(lesson or ()),
        jobs or course.limits.jobs,
        again,
        engine,
        sandbox or "on",
        device or "auto",
    )
    try:
        _grade(request, json_file)
    except Stopped as error:
        stop(130, str(error))
    except KeyboardInterrupt:
        stop(130, "stopped; nothing was graded")


def _judge_only(engine: str, sandbox: str | None, device: str | None) -> None:
    """Refuse what the engine would not keep to, and say what is given up."""
    from autograder.engines import check_choices
    from autograder.errors import UsageError

    check_choices(engine=engine, sandbox=sandbox or "on", device=device or "auto")
    for name, value in (("sandbox", sandbox), ("device", device)):
        if value and engine != "judge":
            raise UsageError(f"--{name} {value}: the {engine} engine has no such choice; add --engine judge")
    _warn(sandbox)


def _warn(sandbox: str | None) -> None:
    if sandbox == "off":
        print("course: no sandbox: what students wrote runs with your rights and can delete files", file=sys.stderr)


def _grade(request: Request, json_file: str | None) -> None:
    import signal

    from autograder import display
    from autograder.classroom import grading, report

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended like Ctrl-C: nothing stays behind
    target = _json_target(request, json_file)
    intake, lessons = grading.plan(request)
    results = display.graded(request, intake, lessons)
    text = report.as_json(results.verdicts, results.notices, request.out)
    if target is not None:
        write_text(str(target), text)
    if json_file == "-":
        print(text, end="")
    display.show_results(request, results, display.console(stderr=json_file == "-"))


def _json_target(request: Request, json_file: str | None) -> Path | None:
    """Where the JSON goes, made sure of before anything is graded."""
    from autograder.errors import UsageError

    if json_file is None or json_file == "-":
        return None
    target = Path(json_file)
    if target.is_dir() or not os.access(target.parent, os.W_OK):
        raise UsageError(f"--json {target} cannot be written; name a file in a folder that can")
    if target.resolve().is_relative_to(request.folder.resolve()):
        raise UsageError(f"--json {target} is inside {request.folder}, which must not be changed")
    return target


@app.command(rich_help_panel=PANEL)
def replay(
    verdict: Annotated[Path, typer.Argument(help="What `course grade` wrote: OUT/verdicts/LESSON/STUDENT.json.")],
    sandbox: Annotated[str, typer.Option(help="on or off, for the judge.")] = "on",
    device: Annotated[str, typer.Option(help="For the judge. Default: the kind it was graded on.")] = "",
    json_file: Annotated[
        str | None,
        typer.Option("--json", metavar="FILE", help="Write both verdicts and how they differ; - for standard output."),
    ] = None,
) -> None:
    """Grade one hand-in again, and say whether the result is the same.

    Takes the very bytes that the verdict is on, which `course grade` keeps beside it, and the same engine. Writes no
    verdict, and changes no points. Times and resources are not compared.

    The exit status is 0 if all is the same, 1 if something differs, and 2 if that cannot be said: the verdict or its
    bytes are gone, or the lesson or the grader has changed since. In that last case it grades all the same, and tells
    what has changed.

    **Examples**

    - `course replay graded/verdicts/01_tensors/s001.json`
    - `course replay graded/verdicts/01_tensors/s001.json --json -`
    """
    from autograder import display
    from autograder.classroom.replay import replay as grade_again
    from autograder.classroom.verdict import json_text
    from autograder.course import load
    from autograder.engines import check_choices

    check_choices(sandbox=sandbox, **({"device": device} if device else {}))
    _warn(sandbox)
    try:
        done = grade_again(load(), verdict, sandbox, device)
    except KeyboardInterrupt:
        stop(130, "stopped; nothing was written")
    if json_file:
        write_text(json_file, json_text(done.to_json()))
    display.show_replay(done, display.console(stderr=json_file == "-"))
    raise typer.Exit(done.exit_status)


@app.command(rich_help_panel=PANEL)
def doctor() -> None:
    """Say what this machine gives the judge: which layers of the sandbox hold, and what each of them stops.

    The exit status is 1 if nothing can be graded here safely.

    **Examples**

    - `course doctor`
    """
    from autograder.judge import doctor as examination

    rows = examination.report()
    print(examination.text(rows))
    raise typer.Exit(0 if examination.ready(rows) else 1)
