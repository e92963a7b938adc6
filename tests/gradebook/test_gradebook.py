"""`register` and `record`, against nbgrader's own gradebook."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autograder.classroom.released import Released, read_released
from autograder.classroom.verdict import Status, Verdict
from autograder.course import load
from autograder.errors import UsageError
from autograder.gradebook import record as record_module
from autograder.gradebook.record import Writer, record
from autograder.gradebook.register import open_gradebook, register
from notebooks import POINTS, code, solution_notebook, write

LESSON = "01_tensors"
VERDICT = Verdict(
    student="s001",
    lesson=LESSON,
    status=Status.GRADED,
    cause="",
    points=7.0,
    max_points=7.0,
    scores=tuple((name, float(most)) for name, most in POINTS.items()),
    unanswered=("dice",),
    submitted=datetime(2026, 10, 14, tzinfo=UTC),
)


@pytest.fixture
def released(root: Path) -> Released:
    course = load(root)
    return read_released(course, course.lesson(LESSON))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty gradebook: nbgrader takes a second to make one."""
    folder = tmp_path_factory.mktemp("template")
    open_gradebook(folder).close()
    return folder / "gradebook.db"


@pytest.fixture
def gradebook(tmp_path: Path, template: Path, released: Released) -> Iterator[Any]:
    shutil.copyfile(template, tmp_path / "gradebook.db")
    book = open_gradebook(tmp_path)
    register(book, released)
    yield book
    book.close()


def grades(book: Any) -> dict[str, Any]:
    return {each.name: each for each in book.find_submission_notebook(LESSON, LESSON, "s001").grades}


def test_a_lesson_is_registered_as_nbgrader_does_it(gradebook: Any, released: Released) -> None:
    notebook = gradebook.find_notebook(LESSON, LESSON)
    assert {each.name: each.max_score for each in notebook.grade_cells} == POINTS
    assert {each.name for each in notebook.solution_cells} == {"double", "dice", "guess"}
    sources = {each.name: each.source for each in notebook.source_cells}
    assert "### BEGIN HIDDEN TESTS" in sources["dice-hidden"]
    assert "YOUR CODE HERE" in sources["dice"]
    assert gradebook.find_assignment(LESSON).duedate == datetime(2026, 10, 12, 23, 59)


def test_registering_twice_changes_nothing(gradebook: Any, released: Released) -> None:
    record(gradebook, [VERDICT])
    register(gradebook, released)
    assert gradebook.find_submission(LESSON, "s001").score == 7.0


def test_a_verdict_is_recorded_as_nbgrader_would(gradebook: Any) -> None:
    record(gradebook, [VERDICT])
    submission = gradebook.find_submission(LESSON, "s001")
    assert (submission.score, submission.max_score, submission.needs_manual_grade) == (7.0, 7.0, False)
    assert submission.total_seconds_late == 24 * 3600 + 60
    assert submission.timestamp == datetime(2026, 10, 14)
    comments = {each.name: each.auto_comment for each in submission.notebooks[0].comments}
    assert comments == {"double": None, "dice": "No response.", "guess": None}


def test_recording_twice_changes_nothing(gradebook: Any) -> None:
    record(gradebook, [VERDICT])
    record(gradebook, [VERDICT])
    assert gradebook.find_submission(LESSON, "s001").score == 7.0
    assert len(gradebook.students) == 1


def test_what_a_person_wrote_is_never_overwritten(gradebook: Any) -> None:
    record(gradebook, [VERDICT])
    grade = grades(gradebook)["dice-hidden"]
    grade.manual_score, grade.extra_credit = 0.5, 0.25
    notebook = gradebook.find_submission_notebook(LESSON, LESSON, "s001")
    notebook.comments[0].manual_comment = "well done"
    gradebook.db.commit()

    record(gradebook, [VERDICT])
    assert not grades(gradebook)["dice-hidden"].needs_manual_grade
    record(gradebook, [replace(VERDICT, scores=tuple((name, 0.0) for name in POINTS))])

    grade = grades(gradebook)["dice-hidden"]
    assert (grade.auto_score, grade.manual_score, grade.extra_credit) == (0.0, 0.5, 0.25)
    assert grade.needs_manual_grade, "the automatic score changed: a person should look again"
    assert gradebook.find_submission(LESSON, "s001").score == 0.75
    notebook = gradebook.find_submission_notebook(LESSON, LESSON, "s001")
    assert "well done" in [each.manual_comment for each in notebook.comments]


def test_what_could_not_be_graded_waits_for_a_person(gradebook: Any) -> None:
    record(gradebook, [replace(VERDICT, points=None, scores=tuple((name, None) for name in POINTS))])
    assert gradebook.find_submission(LESSON, "s001").needs_manual_grade
    assert {each.auto_score for each in grades(gradebook).values()} == {None}


def test_a_lesson_with_other_cells_is_refused_once_somebody_handed_it_in(gradebook: Any, released: Released) -> None:
    changed = solution_notebook()
    changed["cells"] = [*changed["cells"][:-2], code("x = 1", "extra", solution=True)]
    write(released.path, changed)
    register(gradebook, released)  # nobody handed it in: fine
    record(gradebook, [VERDICT])
    write(released.path, solution_notebook())
    with pytest.raises(UsageError, match=r"new: guess, new: guess-predict, gone: extra.*--out"):
        register(gradebook, released)


@pytest.mark.parametrize("name", ["a?b", "half\udcff"])
def test_a_folder_that_an_address_cannot_name_is_refused(tmp_path: Path, name: str) -> None:
    """SQLAlchemy would make the file `a`, beside the folder."""
    with pytest.raises(UsageError, match="cannot be there"):
        open_gradebook(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_gradebook_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").write_text("this is not SQLite, by far")
    with pytest.raises(UsageError, match=r"gradebook\.db cannot be opened: file is not a database"):
        open_gradebook(tmp_path)


def test_a_whole_class_is_recorded_in_batches_and_as_nbgrader_adds_it(gradebook: Any) -> None:
    writer = Writer(gradebook)
    for at in range(120):
        writer.add(replace(VERDICT, student=f"s{at:03}"))
    assert len(gradebook.students) >= 100, "two batches of fifty are there before the end"
    writer.flush()
    assert len(gradebook.students) == 120
    assert gradebook.find_submission(LESSON, "s119").score == 7.0

    gradebook.update_or_create_student("by nbgrader")
    with gradebook.db.no_autoflush:
        theirs = gradebook.add_submission(LESSON, "by nbgrader").notebooks[0]
    ours = gradebook.find_submission_notebook(LESSON, LESSON, "s001")
    assert [each.name for each in ours.grades] == [each.name for each in theirs.grades]
    assert {each.name for each in ours.comments} == {each.name for each in theirs.comments}
    assert (ours.flagged, ours.late_submission_penalty) == (theirs.flagged, theirs.late_submission_penalty)


def test_what_has_waited_for_a_second_is_recorded(gradebook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Writer(gradebook)
    writer.add(VERDICT)
    writer.tick()
    assert len(gradebook.students) == 0
    monkeypatch.setattr(record_module, "monotonic", lambda: writer.since + 1)
    writer.tick()
    assert len(gradebook.students) == 1


@pytest.mark.slow  # a measurement
def test_a_class_of_a_thousand_costs_less_than_five_milliseconds_each(gradebook: Any) -> None:
    writer, start = Writer(gradebook), time.process_time()
    for at in range(1000):
        writer.add(replace(VERDICT, student=f"s{at:03}"))
    writer.flush()
    assert time.process_time() - start < 5  # 0.4 with the machine to itself


def test_a_batch_with_one_student_twice_keeps_the_later(gradebook: Any) -> None:
    record(gradebook, [replace(VERDICT, scores=tuple((name, 0.0) for name in POINTS)), VERDICT])
    assert gradebook.find_submission(LESSON, "s001").score == 7.0
