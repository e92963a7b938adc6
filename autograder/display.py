"""What the `course` command shows: progress on standard error, tables and closing lines."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from autograder.classroom import grading, report
from autograder.classroom.verdict import Status, Verdict
from autograder.classroom.words import STATUSES, count, number, one_line

if TYPE_CHECKING:
    from autograder.classroom.grading import Request, Results
    from autograder.classroom.intake import Intake
    from autograder.classroom.released import Released
    from autograder.classroom.replay import Replay


def console(stderr: bool = False) -> Console:
    """Where tables are printed; a file or a pipe is 120 characters wide."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else 120)


def short(path: Path) -> Path:
    """`path` from here, if it is below here."""
    return path.resolve().relative_to(Path.cwd()) if path.resolve().is_relative_to(Path.cwd()) else path


def graded(request: Request, intake: Intake, lessons: dict[str, Released]) -> Results:
    """Grade what `intake` found, with a bar on a terminal, and a line now and then in a log."""
    ends: Counter[str] = Counter()
    columns = [TextColumn("grading"), BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn()]
    columns.append(TextColumn("{task.fields[ends]}"))
    shown = console(stderr=True)
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as progress:
        task = progress.add_task("", total=len(intake.rows), ends="")

        def watch(verdict: Verdict, reused: bool) -> None:
            ends["reused" if reused else STATUSES[verdict.status]] += 1
            told = " · ".join(f"{many} {what}" for what, many in ends.items())
            progress.update(task, advance=1, ends=told)
            if not shown.is_terminal and not reused and ends.total() % 5 == 0:
                print(f"{ends.total()} of {len(intake.rows)} done: {told}", file=sys.stderr, flush=True)

        return grading.grade(request, intake, lessons, watch)


def show_results(request: Request, results: Results, console: Console) -> None:
    """The table of a run, what to know about it, and where everything lies."""
    console.print(report.table(results.verdicts))
    console.print()
    console.print(report.summary(results.verdicts, results.reused), markup=False, highlight=False)
    ungraded = sum(each.status is Status.INTERNAL for each in results.verdicts)
    if ungraded:
        words = f"[bold magenta]{count(ungraded, 'submission')} could not be graded[/]"
        console.print(f"{words}: no points, not even zero; see the causes")
    for line in report.notices(results.notices):
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    earlier = f" ({count(results.earlier, 'row')} from earlier runs among them)" if results.earlier else ""
    console.print()
    for what, where in [
        ("grades", f"{short(request.out / 'grades.csv')}{earlier}"),
        ("feedback", f"{short(request.out / 'feedback')}/STUDENT.html"),
        ("gradebook", f"{short(request.out / 'gradebook.db')} (nbgrader's)"),
    ]:
        console.print(f"{what:<11}{where}", markup=False, highlight=False, soft_wrap=True)


def show_replay(done: Replay, console: Console) -> None:
    """How the verdict of then and that of now differ, and in what they were graded on."""
    for heading, changes in (("depends on", done.basis), ("result", done.differences)):
        if changes:
            table = Table(heading, "then", "now", box=None, pad_edge=False, header_style="bold")
            for each in changes:
                table.add_row(
                    *(Text(one_line(part), overflow="fold") for part in (each.where, _told(each.then), _told(each.now)))
                )
            console.print(table)
            console.print()
    end = f"{count(len(done.differences), 'difference')}" if done.differences else "the same result"
    which = one_line(
        f"{done.then.student}, {done.then.lesson}: {number(done.now.points)} of {number(done.now.max_points)}"
    )
    console.print(f"{which}; {end}", markup=False, highlight=False)
    if done.basis:
        changed = ", ".join(each.where for each in done.basis)
        console.print(f"not what was graded then: {changed} changed", markup=False, highlight=False)


def _told(value: object) -> str:
    return "; ".join(map(_told, value)) if isinstance(value, tuple) else str(value)
