from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.classroom.intake import LEADS_OUT, Ambiguous, HandIn, Intake, parse_timestamp, printable, read_folder
from autograder.classroom.reading import MAX_BYTES, Unreadable
from autograder.errors import UsageError
from notebooks import write

LESSONS = ["00_start_here", "01_tensors"]
SAYS = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {"course": {"lesson": "01_tensors"}}, "cells": []}'
MOMENT = datetime(2026, 10, 12, 20, 11, 5, tzinfo=UTC)


def rows(intake: Intake) -> list[tuple[str, str, str]]:
    """Student, lesson, and what was handed in, or why nothing was."""
    return [(each.student, each.lesson, told(each)) for each in intake.rows]


def told(row: HandIn | Ambiguous) -> str:
    if isinstance(row, Ambiguous):
        return row.cause
    return row.content.cause if isinstance(row.content, Unreadable) else row.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "s001/01_tensors.ipynb",
        "s001/01_tensors/01_tensors.ipynb",
        "submitted/s001/01_tensors.ipynb",
        "submitted/s001/01_tensors/01_tensors.ipynb",
    ],
)
def test_each_form_of_a_folder_is_read(tmp_path: Path, path: str) -> None:
    write(tmp_path / path, b"x")
    (tmp_path / path).with_name("timestamp.txt").write_text("2026-10-12 20:11:05 UTC\n")
    (row,) = read_folder(tmp_path, LESSONS).rows
    assert isinstance(row, HandIn)
    assert (row.student, row.lesson, row.content, row.submitted) == ("s001", "01_tensors", b"x", MOMENT)


def test_rows_come_by_student_and_lesson(tmp_path: Path) -> None:
    for name in ("b/00_start_here", "a/01_tensors", "a/00_start_here"):
        write(tmp_path / f"{name}.ipynb", name.encode())
    assert [each[:2] for each in rows(read_folder(tmp_path, LESSONS))] == [
        ("a", "00_start_here"),
        ("a", "01_tensors"),
        ("b", "00_start_here"),
    ]


def test_a_students_folder_that_looks_hidden_is_told_of_and_not_read(tmp_path: Path) -> None:
    for name in ("s001", ".s002", "__s003", "submitted/.s004"):
        write(tmp_path / name / "01_tensors.ipynb", b"x")
    write(tmp_path / ".DS_Store", b"x")
    intake = read_folder(tmp_path, LESSONS)
    assert [each.student for each in intake.rows] == ["s001"]
    rule = "left out, a student's folder must not begin with . or __; rename it"
    assert intake.notices == (f".s002, __s003: {rule}", f".s004: {rule}")


def test_other_files_are_told_in_a_line_each_and_cost_nothing(tmp_path: Path) -> None:
    write(tmp_path / "s001" / "01_tensors" / "01_tensors.ipynb", b"x")
    for other in ("readme.txt", "s001/notes.txt", "s001/99_other.ipynb", "s001/01_tensors/data.csv"):
        write(tmp_path / other, b"y")
    write(tmp_path / "s001" / ".ipynb_checkpoints" / "01_tensors.ipynb", b"z")
    intake = read_folder(tmp_path, LESSONS)
    assert rows(intake) == [("s001", "01_tensors", "x")]
    assert intake.notices == (
        "readme.txt: left out, not a student's folder",
        "s001/01_tensors/data.csv: left out, not 01_tensors.ipynb",
        "s001/99_other.ipynb: left out, not a notebook of a lesson",
        "s001/notes.txt: left out, not a notebook of a lesson",
    )


def twice(folder: Path, first: tuple[bytes, str], second: tuple[bytes, str]) -> Intake:
    for place, (content, time) in zip((folder / "s001", folder / "submitted" / "s001"), (first, second), strict=True):
        write(place / "01_tensors.ipynb", content)
        if time:
            (place / "timestamp.txt").write_text(time)
    return read_folder(folder, LESSONS)


@pytest.mark.parametrize("folder", ["s001", "s001/01_tensors"])
@pytest.mark.parametrize(
    "name",
    [
        "01_tensors (1).ipynb",
        "01_tensors(12).ipynb",
        "Copy of 01_tensors.ipynb",
        "Copy of Copy of 01_tensors.ipynb",
        "01_tensors-Copy1.ipynb",
        "01_tensors - Copy (2).ipynb",
        "01_tensors copy 2.ipynb",
        "01_tensors-2.ipynb",
        "01_Tensors.IPYNB",
        "01_tensors.ipynb.txt",
        "01_tensors (1).ipynb.json",
    ],
)
def test_a_notebook_that_was_renamed_on_its_way_is_read_and_told_of(tmp_path: Path, folder: str, name: str) -> None:
    write(tmp_path / folder / name, b"x")
    write(tmp_path / "s002" / "01_tensors.ipynb", b"y")
    intake = read_folder(tmp_path, LESSONS)
    assert rows(intake) == [("s001", "01_tensors", "x"), ("s002", "01_tensors", "y")]
    assert intake.notices == (f"{folder}/{name}: read as 01_tensors.ipynb",)


def test_a_renamed_notebook_beside_one_of_the_right_name_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / "s001" / "01_tensors.ipynb", b"x")
    write(tmp_path / "s001" / "01_tensors-Copy1.ipynb", b"y")
    intake = read_folder(tmp_path, LESSONS)
    assert rows(intake) == [("s001", "01_tensors", "x")]
    assert intake.notices == ("s001/01_tensors-Copy1.ipynb: left out, 01_tensors.ipynb is there too",)


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("s003_12345_98765_01_tensors.ipynb", "s003_12345"),
        ("s003_LATE_12345_98765_01_tensors-1.ipynb", "s003_12345"),
        ("s003_12345_98765_final.ipynb", "s003_12345"),
    ],
)
def test_a_folder_as_canvas_makes_it_is_read(tmp_path: Path, name: str, student: str) -> None:
    write(tmp_path / name, SAYS)
    write(tmp_path / "s003_12346_98766_01_tensors.ipynb", SAYS)
    write(tmp_path / "s003_12345_98767_notes.txt", SAYS)
    write(tmp_path / "timestamp.txt", b"2026-10-12 20:11:05 UTC")
    intake = read_folder(tmp_path, LESSONS)
    assert [each[:2] for each in rows(intake)] == [(student, "01_tensors"), ("s003_12346", "01_tensors")]
    assert {each.submitted for each in intake.rows} == {None}, "the file beside them is nobody's own"
    assert "s003_12345_98767_notes.txt: left out, not a student's folder" in intake.notices


def test_a_link_among_canvas_s_files_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "s003_1_2_01_tensors.ipynb", b"x")
    (tmp_path / "s004_3_4_01_tensors.ipynb").symlink_to(tmp_path / "s003_1_2_01_tensors.ipynb")
    (tmp_path / "s004_3_5_final.ipynb").symlink_to(tmp_path / "s003_1_2_01_tensors.ipynb")
    assert rows(read_folder(tmp_path, LESSONS)) == [
        ("s003_1", "01_tensors", "x"),
        ("s004_3", "01_tensors", LEADS_OUT),
    ]


@pytest.mark.parametrize("folder", ["s001", "s001/01_tensors"])
def test_a_notebook_of_any_name_is_read_as_what_it_says_it_is(tmp_path: Path, folder: str) -> None:
    write(tmp_path / folder / "Untitled.ipynb", SAYS)
    write(tmp_path / "s002" / "01_tensors.ipynb", b"y")
    write(tmp_path / "s002" / "hw1.ipynb", SAYS)
    intake = read_folder(tmp_path, LESSONS)
    assert [each[1] for each in rows(intake)] == ["01_tensors", "01_tensors"]
    assert intake.notices == (
        f"{folder}/Untitled.ipynb: read as 01_tensors.ipynb",
        "s002/hw1.ipynb: left out, not a notebook of a lesson",
    )


def test_a_renamed_notebook_goes_before_one_that_says_what_it_is(tmp_path: Path) -> None:
    write(tmp_path / "s001" / "01_tensors (1).ipynb", b"x")
    write(tmp_path / "s001" / "scratch.ipynb", SAYS)
    assert rows(read_folder(tmp_path, LESSONS)) == [("s001", "01_tensors", "x")]


def test_what_is_no_notebook_of_a_lesson_is_asked_and_left_out(tmp_path: Path) -> None:
    write(tmp_path / "s001" / "01_tensors.ipynb", b"x")
    others = [b"", b"[]", b"\xff\xfe", b'{"nbformat": 4, "cells": []}', SAYS.replace(b"01_tensors", b"99_other")]
    for number, content in enumerate([*others, b"x" * (MAX_BYTES + 1)]):
        write(tmp_path / "s002" / f"{number}.ipynb", content)
    intake = read_folder(tmp_path, LESSONS)
    assert [each.student for each in intake.rows] == ["s001"]
    assert intake.notices[0] == "nothing to grade from s002"


def test_students_from_whom_there_is_nothing_come_first_and_by_name(tmp_path: Path) -> None:
    write(tmp_path / "s001" / "01_tensors.ipynb", b"x")
    write(tmp_path / "s001" / "a.txt", b"x")
    write(tmp_path / "s002" / "01_tensors.zip", b"x")
    (tmp_path / "s003").mkdir()
    assert read_folder(tmp_path, LESSONS).notices[0] == "nothing to grade from s002, s003"


def test_the_right_name_beside_the_lessons_folder_counts_for_what_lies_in_it(tmp_path: Path) -> None:
    write(tmp_path / "s001" / "01_tensors" / "01_tensors (1).ipynb", b"y")
    write(tmp_path / "s001" / "01_tensors.ipynb", b"x")
    assert rows(read_folder(tmp_path, LESSONS)) == [("s001", "01_tensors", "x")]


def test_of_two_renamed_notebooks_that_differ_nobody_chooses(tmp_path: Path) -> None:
    write(tmp_path / "s001" / "01_tensors (1).ipynb", b"x")
    write(tmp_path / "s001" / "01_tensors (2).ipynb", b"y")
    (row,) = read_folder(tmp_path, LESSONS).rows
    assert isinstance(row, Ambiguous)


def test_of_two_hand_ins_the_later_counts(tmp_path: Path) -> None:
    intake = twice(tmp_path, (b"new", "2026-10-12 10:00:00 UTC"), (b"old", "2026-10-12 09:00:00 UTC"))
    assert rows(intake) == [("s001", "01_tensors", "new")]
    assert "twice" in intake.notices[0]


def test_two_equal_hand_ins_are_one(tmp_path: Path) -> None:
    assert rows(twice(tmp_path, (b"same", ""), (b"same", ""))) == [("s001", "01_tensors", "same")]


def test_of_two_hand_ins_without_times_nobody_chooses(tmp_path: Path) -> None:
    ((_, _, cause),) = rows(twice(tmp_path, (b"one", ""), (b"other", "2026-10-12 09:00:00 UTC")))
    assert "handed in twice" in cause


def test_a_link_that_leads_out_is_not_read(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret" / "01_tensors.ipynb", b"secret")
    folder = tmp_path / "in"
    for student in ("file", "lesson"):
        (folder / student).mkdir(parents=True)
    (folder / "file" / "01_tensors.ipynb").symlink_to(secret)
    (folder / "lesson" / "01_tensors").symlink_to(secret.parent)
    (folder / "student").symlink_to(secret.parent)
    (folder / "submitted").symlink_to(tmp_path / "secret")
    intake = read_folder(folder, LESSONS)
    assert [told(each) for each in intake.rows] == [LEADS_OUT] * 2
    assert intake.notices == (f"student: {LEADS_OUT}", f"submitted: {LEADS_OUT}")


@pytest.mark.parametrize("form", ["", "submitted"])
def test_a_link_to_a_classmates_work_is_not_read(tmp_path: Path, form: str) -> None:
    folder = tmp_path / form
    solved = write(folder / "s001" / "01_tensors.ipynb", b"solved")
    write(solved.with_name("timestamp.txt"), b"2026-10-12 20:11:05 UTC")
    for student in ("s002", "s003", "s005"):
        (folder / student).mkdir()
    (folder / "s002" / "01_tensors.ipynb").symlink_to("../s001/01_tensors.ipynb")
    (folder / "s003" / "01_tensors").symlink_to("../s001")
    (folder / "s004").symlink_to("s001")
    write(folder / "s005" / "01_tensors.ipynb", b"late")
    (folder / "s005" / "timestamp.txt").symlink_to("../s001/timestamp.txt")
    intake = read_folder(tmp_path, LESSONS)
    assert [(each.student, told(each)) for each in intake.rows] == [
        ("s001", "solved"),
        ("s002", LEADS_OUT),
        ("s003", LEADS_OUT),
        ("s005", "late"),
    ]
    assert [each.submitted for each in intake.rows] == [MOMENT, None, None, None]
    assert intake.notices == (f"{Path(form) / 's004'}: {LEADS_OUT}",)


def test_a_link_inside_the_students_own_folder_is_read(tmp_path: Path) -> None:
    write(tmp_path / "s001" / "mine.txt", b"x")
    (tmp_path / "s001" / "01_tensors.ipynb").symlink_to("mine.txt")
    assert rows(read_folder(tmp_path, LESSONS)) == [("s001", "01_tensors", "x")]


def test_many_other_files_are_told_of_once_each(tmp_path: Path) -> None:
    write(tmp_path / "s001" / "01_tensors.ipynb", b"x")
    for number in range(3000):
        write(tmp_path / "s001" / f"{number}.txt", b"")
    assert len(read_folder(tmp_path, LESSONS).notices) == 3000


@pytest.mark.parametrize("name", ["copy--" * 40, "(1)" * 80, "copy of " * 30, "- _ copy" * 30, "copy1" * 45])
def test_a_long_name_that_looks_renamed_is_read_at_once(tmp_path: Path, name: str) -> None:
    """A test that fails would not end: the names were made for an expression that tries everything."""
    write(tmp_path / "s001" / "01_tensors.ipynb", b"x")
    write(tmp_path / "s001" / f"a{name}x", b"y")
    write(tmp_path / "s002" / f"01_tensors{name}.ipynb"[-250:], b"z")
    assert rows(read_folder(tmp_path, LESSONS))[0] == ("s001", "01_tensors", "x")


def test_what_is_no_file_is_a_row_and_is_not_waited_for(tmp_path: Path) -> None:
    for student in ("pipe", "folder", "large", "circle"):
        (tmp_path / student).mkdir()
    os.mkfifo(tmp_path / "pipe" / "01_tensors.ipynb")
    (tmp_path / "folder" / "01_tensors.ipynb").mkdir()
    (tmp_path / "circle" / "01_tensors.ipynb").symlink_to("01_tensors.ipynb")
    with (tmp_path / "large" / "01_tensors.ipynb").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    causes = {each.student: told(each) for each in read_folder(tmp_path, LESSONS).rows}
    assert causes["pipe"] == "it is not a file"
    assert causes["folder"] == "it is a folder, not a file"
    assert causes["large"].startswith("it is too large")
    assert "circle" in causes


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: None, "is missing"),
        (lambda folder: folder.write_text("x"), "is not a folder"),
        (lambda folder: folder.mkdir(), "is empty"),
        (lambda folder: write(folder / "s001" / "notes.txt", b"x"), "holds no notebook of 00_start_here, 01_tensors"),
    ],
)
def test_a_folder_that_cannot_be_graded_is_refused(tmp_path: Path, make: object, words: str) -> None:
    folder = tmp_path / "in"
    make(folder)  # type: ignore[operator]
    with pytest.raises(UsageError, match=words):
        read_folder(folder, LESSONS)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-12 20:11:05 UTC", MOMENT),
        ("2026-10-12 20:11:05.000000 UTC\n", MOMENT),
        ("2026-10-12T20:11:05Z", MOMENT),
        ("2026-10-12T22:11:05+02:00", MOMENT),
        ("2026-10-12 20:11:05", MOMENT),
        ("2026-10-12 22:11:05 +0200", MOMENT),
        ("2026-10-12 22:11:05 Europe/Berlin", MOMENT),
        ("yesterday", None),
        ("", None),
        ("1999999999999999999999999999999999999m", None),
        ("1." * 1_000_000, None),
    ],
)
def test_timestamps_are_read_as_nbgrader_writes_them(text: str, moment: datetime | None) -> None:
    assert parse_timestamp(text) == moment


def test_a_timestamp_that_is_none_is_told_and_forgiven(tmp_path: Path) -> None:
    write(tmp_path / "s001" / "01_tensors.ipynb", b"x")
    write(tmp_path / "s001" / "timestamp.txt", b"yesterday")
    intake = read_folder(tmp_path, LESSONS)
    assert isinstance(intake.rows[0], HandIn)
    assert intake.rows[0].submitted is None
    assert intake.notices == ("s001/timestamp.txt: not a time; counted as handed in on time",)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Jörg Ω 王", "Jörg Ω 王"),
        ("a\nb\x1b[2J", r"a\nb\x1b[2J"),
        ("half\udcff", r"half\udcff"),
        ("‮gnorw", r"\u202egnorw"),
    ],
)
def test_names_are_made_fit_to_be_shown(name: str, shown: str) -> None:
    assert printable(name) == shown


def test_long_names_stay_apart() -> None:
    one, other = printable("ü" * 200 + "1"), printable("ü" * 200 + "2")
    assert one != other
    assert len(one.encode()) <= 100


def test_a_link_of_another_name_that_leads_out_is_not_asked_what_it_is(tmp_path: Path) -> None:
    write(tmp_path / "s001" / "01_tensors.ipynb", SAYS)
    (tmp_path / "s002").mkdir()
    (tmp_path / "s002" / "hw.ipynb").symlink_to(tmp_path / "s001" / "01_tensors.ipynb")

    assert [each[:2] for each in rows(read_folder(tmp_path, LESSONS))] == [("s001", "01_tensors")]


def test_a_few_notebooks_of_unknown_names_are_asked_what_they_are_and_no_more(tmp_path: Path) -> None:
    write(tmp_path / "s001" / "01_tensors.ipynb", SAYS)
    for name in "abcde":
        write(tmp_path / "s002" / f"{name}.ipynb", b"{}")
    write(tmp_path / "s002" / "f.ipynb", SAYS)

    assert [each[:2] for each in rows(read_folder(tmp_path, LESSONS))] == [("s001", "01_tensors")]
