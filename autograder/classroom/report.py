"""The class at a glance: a table for the screen, grades.csv for spreadsheets, JSON for programs."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from autograder.classroom.verdict import Status, Verdict, json_text
from autograder.classroom.words import STATUSES, count, duration, number, one_line

COLUMNS = ["student", "lesson", "points", "max_points", "percent", "status", "cause", "late"]

COLOURS = {Status.GRADED: "green", Status.INTERNAL: "magenta"}  # the others: yellow

NOTICES_SHOWN = 10


def table(verdicts: Sequence[Verdict]) -> Table:
    """One row a verdict. Causes and names are hostile text: never markup."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    late, causes = any(each.late for each in verdicts), any(map(_cause, verdicts))
    for heading in ["student", "lesson", "points", "status"]:
        shown.add_column(heading, justify="right" if heading == "points" else "left", overflow="fold")
    if late:
        shown.add_column("late", no_wrap=True)
    if causes:
        shown.add_column("cause", overflow="fold")
    for each in verdicts:
        cells = [
            Text(each.student),
            Text(each.lesson),
            Text(f"{number(each.points)} / {number(each.max_points)}"),
            Text(STATUSES[each.status], style=COLOURS.get(each.status, "yellow")),
        ]
        shown.add_row(*cells, *([Text(duration(each.late))] * late), *([Text(_cause(each))] * causes))
    return shown


def _cause(verdict: Verdict) -> str:
    """What kept it from running through, and how much was put right before."""
    put_right = f"{count(len(verdict.repairs), 'thing')} put right" if verdict.repairs else ""
    return "; ".join(filter(None, [one_line(verdict.cause), put_right]))


def summary(verdicts: Sequence[Verdict], reused: int) -> str:
    """One line: how many, how they ended, how many are from an earlier run."""
    ends = Counter(each.status for each in verdicts)
    parts = [f"{ends[status]} {STATUSES[status]}" for status in Status if ends[status]]
    again = f"; {reused} reused from an earlier run (--again grades them anew)" if reused else ""
    return f"{count(len(verdicts), 'submission')}: {', '.join(parts)}{again}"


def notices(lines: Sequence[str]) -> list[str]:
    """The first few, and how many more there are."""
    more = len(lines) - NOTICES_SHOWN
    return [*lines[:NOTICES_SHOWN], *([f"and {more} more such lines; --json FILE writes all"] if more > 0 else [])]


def grades_csv(verdicts: Iterable[Verdict]) -> str:
    """The verdicts as a spreadsheet reads them. `points` and `percent` are empty where there are none."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in verdicts:
        points = "" if each.points is None else number(each.points)
        percent = "" if each.percent is None else f"{each.percent:.1f}"
        words = [plain(each.student), plain(each.lesson)], [each.status.value, plain(each.cause), duration(each.late)]
        writer.writerow([*words[0], points, number(each.max_points), percent, *words[1]])
    return text.getvalue()


def plain(text: str) -> str:
    """`text` on one line, and never a formula: spreadsheets run what begins with = + - @ or a tab."""
    line = one_line(text)
    return f"'{line}" if line.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) else line


def as_json(verdicts: Sequence[Verdict], lines: Sequence[str], out: Path) -> str:
    """The run for programs."""
    ends = Counter(each.status.value for each in verdicts)
    facts: dict[str, Any] = {
        "out": str(out),
        "statuses": dict(sorted(ends.items())),
        "notices": list(lines),
        "verdicts": [each.to_json() for each in verdicts],
    }
    return json_text(facts)
