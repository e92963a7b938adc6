from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from autograder.classroom import report
from autograder.classroom.verdict import Repair, Status, Verdict
from autograder.classroom.words import duration, number

GRADED = Verdict("s001", "01_tensors", Status.GRADED, "", 5.5, 8.0)
UNGRADED = Verdict("s002", "01_tensors", Status.INTERNAL, "two cells have the id `dice`", None, 8.0)


def read_csv(*verdicts: Verdict) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(report.grades_csv(verdicts))))


def printed(*verdicts: Verdict) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(report.table(verdicts))
    return console.export_text()


def test_grades_csv_has_a_row_for_each_verdict() -> None:
    late = replace(GRADED, late=timedelta(days=1, hours=2, minutes=3))
    assert read_csv(late, UNGRADED) == [
        {
            "student": "s001",
            "lesson": "01_tensors",
            "points": "5.5",
            "max_points": "8",
            "percent": "68.8",
            "status": "graded",
            "cause": "",
            "late": "1 d 2 h",
        },
        {
            "student": "s002",
            "lesson": "01_tensors",
            "points": "",
            "max_points": "8",
            "percent": "",
            "status": "internal",
            "cause": "two cells have the id `dice`",
            "late": "",
        },
    ]


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", " =1+1", "\r=1", "=cmd|'/c calc'!A0", "＝1"]
)
def test_no_name_and_no_cause_becomes_a_formula(name: str) -> None:
    (row,) = read_csv(replace(GRADED, student=name, cause=name))
    for cell in (row["student"], row["cause"]):
        assert cell.startswith("'")


def test_a_name_that_looks_like_markup_or_an_escape_is_printed_as_it_is() -> None:
    shown = printed(replace(GRADED, student="[red]s001[/red]", cause="a\x1b[2Jb\nc"))
    assert "[red]s001[/red]" in shown
    assert "a [2Jb c" in shown


def test_no_points_are_a_dash_and_never_a_zero() -> None:
    assert "– / 8" in printed(UNGRADED)


def test_the_table_has_no_column_that_nothing_would_stand_in() -> None:
    assert "late" not in printed(GRADED)
    assert "cause" not in printed(GRADED)


def test_the_summary_counts_how_submissions_ended() -> None:
    assert report.summary([GRADED, GRADED, UNGRADED], 0) == "3 submissions: 2 graded, 1 not graded"
    assert "1 reused" in report.summary([GRADED], 1)


def test_only_the_first_notices_are_shown() -> None:
    assert report.notices(["a"] * 12) == ["a"] * 10 + ["and 2 more such lines; --json FILE writes all"]
    assert report.notices(["a"]) == ["a"]


def test_json_holds_every_verdict() -> None:
    facts = json.loads(report.as_json([GRADED, UNGRADED], ["a line"], Path("graded")))
    assert [Verdict.from_json(each) for each in facts["verdicts"]] == [GRADED, UNGRADED]
    assert facts["statuses"] == {"graded": 1, "internal": 1}
    assert facts["notices"] == ["a line"]


@pytest.mark.parametrize(
    ("points", "shown"), [(3.0, "3"), (2.5, "2.5"), (0.0, "0"), (10.0, "10"), (1 / 3, "0.33"), (None, "–")]
)
def test_points_have_no_needless_zeros(points: float | None, shown: str) -> None:
    assert number(points) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(1, "1 min"), (3600, "1 h"), (3720, "1 h 2 min"), (90000, "1 d 1 h"), (172800, "2 d")]
)
def test_a_duration_has_two_units_at_most(seconds: int, shown: str) -> None:
    assert duration(timedelta(seconds=seconds)) == shown
    assert duration(None) == ""


@pytest.mark.parametrize(
    ("cause", "many", "shown"),
    [
        ("", 1, "1 thing put right"),
        ("", 2, "2 things put right"),
        ("the kernel died", 1, "the kernel died; 1 thing put right"),
    ],
)
def test_the_table_counts_what_was_put_right(cause: str, many: int, shown: str) -> None:
    assert shown in printed(replace(GRADED, cause=cause, repairs=(Repair("a", "b"),) * many))


def test_json_holds_what_no_file_could(tmp_path: Path) -> None:
    text = report.as_json([replace(GRADED, cause="half a pair \ud83d")], [], Path("graded"))
    (tmp_path / "all.json").write_text(text, encoding="utf-8")
    assert json.loads(text)["verdicts"][0]["cause"] == "half a pair \ud83d"


def test_grades_csv_holds_what_no_file_could(tmp_path: Path) -> None:
    (tmp_path / "grades.csv").write_text(report.grades_csv([replace(GRADED, cause="half \ud83d")]), encoding="utf-8")
