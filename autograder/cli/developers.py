"""Commands for developers of the grader."""

from __future__ import annotations

from typing import Annotated

import typer

from autograder.cli.app import PASS_ON, app

PANEL = "For developers"


@app.command(rich_help_panel=PANEL, context_settings=PASS_ON)
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


@app.command(rich_help_panel=PANEL)
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
