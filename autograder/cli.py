"""The `course` command: arguments, progress, exit codes; nothing else.

    0    done; submissions that failed are rows of the table, with a warning for those that could not be graded
    1    `build --check`, `verify`, `replay`: something is not as it should be, and is told
    2    a wrong argument or something else that the user can mend, told in one line
    130  stopped by Ctrl-C; what was done is kept

What is slow to import is imported inside the commands: `course --help` answers at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from autograder.engines import DEFAULT_ENGINE
from autograder.errors import CourseError

if TYPE_CHECKING:
    from rich.status import Status

    from autograder.classroom.grading import Request
    from autograder.course import Course

app = typer.Typer(
    help="A PyTorch course in notebooks: take it, grade it, write it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


def main() -> None:
    """Run the command line. What the user can mend is one line on standard error, never a traceback."""
    try:
        app(prog_name="course")
    except CourseError as error:
        stop(2, str(error))


def stop(status: int, message: str) -> NoReturn:
    """End with one line."""
    print(f"course: {message}", file=sys.stderr)
    raise SystemExit(status)


# --- for students -----------------------------------------------------------------------------------------------------


@app.command(context_settings=PASS_ON)
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


@app.command()
def status() -> None:
    """Say how far you are: exercises done in each lesson, by the notebooks as you last saved them.

    It reads what the checks have printed, and sends nothing anywhere. The index of the lessons has the same at its end.

    **Examples**

    - `course status`
    """
    from autograder.course import load
    from autograder.progress import report

    print(report(load().root / "notebooks"))


# --- for instructors --------------------------------------------------------------------------------------------------


@app.command()
def grade(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Hand-ins: STUDENT/LESSON.ipynb or STUDENT/LESSON/LESSON.ipynb. Default: a sample class."),
    ] = None,
    engine: Annotated[str, typer.Option(help="What runs the notebooks: judge or nbgrader.")] = DEFAULT_ENGINE,
    sandbox: Annotated[
        str | None, typer.Option(help="on or off, for the judge: what students wrote runs sealed off. Default: on.")
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            help="The judge's second device beside the CPU: cuda, simulated, cpu for none, or auto: cuda where "
            "there is a GPU and else simulated. Default: auto."
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
    from autograder.files import write_whole

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended like Ctrl-C: nothing stays behind
    target = _json_target(request, json_file)
    intake, lessons = grading.plan(request)
    results = display.graded(request, intake, lessons)
    text = report.as_json(results.verdicts, results.notices, request.out)
    if target is not None:
        write_whole(target, text)
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


@app.command()
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
        _write_text(json_file, json_text(done.to_json()))
    display.show_replay(done, display.console(stderr=json_file == "-"))
    raise typer.Exit(done.exit_status)


@app.command()
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


# --- for authors ------------------------------------------------------------------------------------------------------


@app.command()
def build(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; say what is stale, with exit status 1.")
    ] = False,
) -> None:
    """Make the notebooks from the lessons' sources.

    Writes solutions/LESSON/LESSON.ipynb and notebooks/LESSON/LESSON.ipynb for each lesson, and the lists of lessons in
    notebooks/index.ipynb and README.md. The same sources give the
    same bytes. A fault in a source is told with file and line.

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


@app.command()
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


@app.command()
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
        _write_text(json_file, text + "\n")
    if any(each.faults for each in reports):
        raise typer.Exit(1)


def _write_text(target: str, text: str) -> None:
    from autograder.errors import UsageError
    from autograder.files import write_whole

    if target == "-":
        print(text, end="")
        return
    try:
        write_whole(Path(target), text)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from None


# --- for developers ---------------------------------------------------------------------------------------------------


@app.command(context_settings=PASS_ON)
def test(context: typer.Context) -> None:
    """Check the course's own code: ruff, mypy, then the tests.

    Whatever follows is passed on to pytest.

    **Examples**

    - `course test`
    - `course test tests/classroom -k late`
    - `course test -m "not slow"`
    """
    from autograder.course import load
    from autograder.selftest import run

    raise typer.Exit(run(load().root, context.args))


@app.command()
def bench(
    submissions: Annotated[
        int, typer.Option(metavar="N", min=0, help="How large a class the judge grades; 0 leaves grading out.")
    ] = 40,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of measures as JSON instead.")] = False,
) -> None:
    """Measure how long things take, as ratios to what they cannot do without.

    Seconds differ between machines; the ratios hold. A check is measured a hundred times over, a lesson once. Classes
    are graded by the judge, by nbgrader's autograde and in a bare fork with no sandbox, two hand-ins at a time.
    """
    import json
    from dataclasses import asdict

    from rich.table import Table

    from autograder import display
    from autograder.bench import bench as measure_all
    from autograder.course import load

    table = Table("what", "", "times", "of", "", box=None, pad_edge=False, header_style="bold")
    with display.console(stderr=True).status("measuring; this takes a minute or two"):
        measures = list(measure_all(load(), submissions=submissions))
    if as_json:
        print(json.dumps([{**asdict(each), "ratio": each.ratio} for each in measures], indent=1))
        return
    for each in measures:
        digits = 3 if each.unit == "s" else 0
        amount, bare = (f"{value:.{digits}f} {each.unit}" for value in (each.amount, each.bare))
        table.add_row(each.what, amount, f"{each.ratio:.2f}", each.yardstick, bare)
    display.console().print(table)
