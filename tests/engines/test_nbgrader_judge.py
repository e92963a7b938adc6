"""`nbgrader autograde` grades with the judge, and gives what `course grade` gives."""

from __future__ import annotations

import copy
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import contents, the_class
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

import autograder
from autograder.classroom.grading import writing_to
from autograder.classroom.intake import HandIn
from autograder.classroom.released import Released, read_released
from autograder.classroom.replay import differences
from autograder.classroom.unexecuted import unexecuted
from autograder.classroom.verdict import Status, Verdict
from autograder.course import load
from autograder.engines import Graded, nbgrader_session
from autograder.engines.nbgrader_judge import explained
from autograder.engines.nbgrader_settings import nbgrader_settings
from autograder.errors import UsageError
from autograder.gradebook.store import Store
from autograder.judge.engine import JudgeEngine
from notebooks import ANSWERS, LESSON, SECRETS, Notebook, cell_of, code, make_course, submission, write

REPOSITORY = Path(autograder.__file__).parent.parent

HOSTILE = """
import IPython.display as d
print("\\ud800")
d.display({"application/vnd.jupyter.widget-view+json": {"model_id": "x"}}, raw=True)
d.display({"text/html": "<script>alert(1)</script>", "image/png": "no picture"}, raw=True)
"""

PERFECT = {**ANSWERS, "guess": "3"}


def hand_ins() -> dict[str, Notebook | bytes]:
    """One student for each way in which a hand-in can be good or bad."""
    hostile, retyped, kernel = (submission(**PERFECT) for _ in range(3))
    hostile["cells"].insert(1, code(HOSTILE))
    cell_of(retyped, "dice")["cell_type"] = "markdown"
    del cell_of(retyped, "double-hidden")["metadata"]["nbgrader"]["grade"]
    kernel["metadata"]["kernelspec"] = {"display_name": "R", "language": "R", "name": "ir"}
    deleted = submission(**PERFECT)
    deleted["cells"] = [each for each in deleted["cells"] if each["id"] not in ("dice", "double-check")]
    cut = json.dumps(submission(**PERFECT)).encode()
    more: dict[str, Notebook | bytes] = {
        "hostile": hostile,
        "retyped": retyped,
        "kernel": kernel,
        "deleted": deleted,
        "cut": cut[: len(cut) * 3 // 5],
    }
    return the_class() | more


def submit(course: Path, student: str, content: Notebook | bytes) -> Path:
    """`content` where nbgrader looks for it."""
    return write(course / "submitted" / student / LESSON / f"{LESSON}.ipynb", content)


def nbgrader(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """nbgrader's command, run in `course`."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.run(
        command, cwd=course, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def rows(course: Path) -> dict[str, list[Any]]:
    """All that the gradebook says of students."""
    place = """JOIN submitted_notebook n ON n.id = x.notebook_id JOIN submitted_assignment s ON s.id = n.assignment_id
        JOIN base_cell c ON c.id = x.cell_id ORDER BY s.student_id, c.name"""
    with closing(sqlite3.connect(course / "graded" / "gradebook.db")) as book:
        return {
            what: book.execute(f"SELECT s.student_id, s.timestamp, c.name, {what} {place}").fetchall()
            for what in (
                "x.auto_score, x.manual_score, x.needs_manual_grade FROM grade x",
                "x.auto_comment FROM comment x",
            )
        }


@dataclass(frozen=True)
class Both:
    """The same hand-ins, graded by nbgrader's command and by `course grade`."""

    nbgrader: Path
    ours: Path
    said: str

    def verdict(self, course: Path, student: str) -> Verdict:
        found = Store(course / "graded").get(student, LESSON)
        assert found is not None, student
        return found


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, course_command: Callable[..., subprocess.CompletedProcess[str]]
) -> Both:
    folder, said = tmp_path_factory.mktemp("both"), ""
    courses = [make_course(folder / name, cell_seconds=2, submission_seconds=20) for name in ("theirs", "ours")]
    for course, by_nbgrader in zip(courses, (True, False), strict=True):
        shutil.copy(REPOSITORY / "nbgrader_config.py", course)
        for student, content in hand_ins().items():
            submit(course, student, content)
        write(course / "submitted" / "right" / LESSON / "timestamp.txt", b"2026-10-14 00:59:00.000000 UTC\n")
        before = contents(course / "submitted")
        if by_nbgrader:
            done = nbgrader(course, "autograde", LESSON)
            said = done.stderr
        else:
            done = course_command(course, "grade", course / "submitted")
        assert done.returncode == 0, done.stderr
        assert contents(course / "submitted") == before, "hand-ins were changed"
    return Both(*courses, said)


@pytest.mark.slow
def test_the_log_says_which_engine_and_which_sandbox(both: Both) -> None:
    (line,) = [each for each in both.said.splitlines() if "Grading with the judge" in each]
    assert "the sandbox is on (" in line
    assert "duplicated: graded, 6 points" in both.said


@pytest.mark.slow
@pytest.mark.parametrize("student", sorted(hand_ins()))
def test_the_verdict_is_that_of_course_grade(both: Both, student: str) -> None:
    theirs, ours = both.verdict(both.nbgrader, student), both.verdict(both.ours, student)
    assert not list(differences(ours, theirs))
    assert (theirs.key, theirs.handed_in, theirs.submitted, theirs.late) == (
        ours.key,
        ours.handed_in,
        ours.submitted,
        ours.late,
    )


@pytest.mark.slow
def test_the_gradebook_is_that_of_course_grade(both: Both) -> None:
    assert rows(both.nbgrader) == rows(both.ours)
    waiting = [row for row in next(iter(rows(both.nbgrader).values())) if row[-1]]
    assert waiting, "nothing is left for a person to grade"
    assert {(row[0], row[3]) for row in waiting} == {("cut", None)}


@pytest.mark.slow
def test_reports_and_feedback_are_those_of_course_grade(both: Both) -> None:
    names = ["grades.csv", *(f"feedback/{student}.html" for student in hand_ins())]
    for name in names:
        assert (both.nbgrader / "graded" / name).read_bytes() == (both.ours / "graded" / name).read_bytes(), name


@pytest.mark.slow
def test_the_executed_notebooks_are_those_of_course_grade(both: Both) -> None:
    for student in hand_ins():
        theirs, ours = (Store(course / "graded").executed(student, LESSON) for course in (both.nbgrader, both.ours))
        cells = nbformat.read(theirs, as_version=4).cells
        if ours.exists():
            assert cells == nbformat.read(ours, as_version=4).cells, student
        else:
            assert "This hand-in was not run" in cells[0].source


@pytest.mark.slow
def test_course_grade_goes_on_from_there(
    both: Both, tmp_path: Path, course_command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    shutil.copytree(both.nbgrader, tmp_path / "course")
    before = rows(tmp_path / "course")
    done = course_command(tmp_path / "course", "grade", tmp_path / "course" / "submitted")
    assert f"{len(hand_ins())} reused from an earlier run" in done.stdout
    assert rows(tmp_path / "course") == before


@pytest.mark.slow
def test_nbgraders_feedback_has_a_page_for_each_without_hidden_tests(both: Both, tmp_path: Path) -> None:
    """Among them a widget, a picture that is none and half a surrogate pair, over which nbconvert fails."""
    shutil.copytree(both.nbgrader, tmp_path / "course")
    done = nbgrader(tmp_path / "course", "generate_feedback", LESSON)
    assert done.returncode == 0, done.stderr
    for student in hand_ins():
        page = (tmp_path / "course" / "graded" / "feedback" / student / LESSON / f"{LESSON}.html").read_text()
        assert not [each for each in SECRETS if each in page], student
        assert "<script>alert" not in page


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Path]:
    """A course in which s001 has handed in a good notebook."""
    made = make_course(tmp_path / "course")
    submit(made, "s001", submission(**PERFECT))
    yield made
    nbgrader_session.end()


def autograde(course: Path, lesson: str = LESSON, student: str = "*", **more: Any) -> None:
    """What nbgrader's command does, in this process."""
    settings = nbgrader_settings(course)
    folders = CourseDirectory(config=settings, assignment_id=lesson, student_id=student)
    Autograde(coursedir=folders, config=settings, **more).start()


class Scripted(JudgeEngine):
    """A judge that gives right answers 7 points, without a zygote, and dies or fails if the hand-in says so."""

    def ready(self) -> Any:
        return type("Zygote", (), {"facts": {"layers": []}})()

    def _grade(self, hand_in: HandIn, released: Released) -> Graded:
        content = hand_in.content if isinstance(hand_in.content, bytes) else b""
        if b"end the judge" in content:
            return Graded(unexecuted(hand_in, released, Status.INTERNAL, "it died"), crashed_judge=True)
        if b"a defect" in content:
            raise RuntimeError("a defect")
        if not content:
            return Graded(unexecuted(hand_in, released, Status.UNREADABLE, "no bytes"))
        verdict = unexecuted(hand_in, released, Status.GRADED, "")
        scores = tuple((test, 1.4) for test in released.tests)
        return Graded(replace(verdict, executed=True, points=7.0, scores=scores), content)


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nbgrader_session, "JudgeEngine", Scripted)


quiet = pytest.mark.filterwarnings("ignore")
"""nbgrader's own warnings."""


@quiet
@pytest.mark.parametrize("why", ["no sandbox", "another run"])
def test_where_nothing_can_be_graded_nothing_is_touched(
    course: Path, scripted: None, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    autograde(course)
    nbgrader_session.end()
    before = contents(course / "graded" / "autograded")
    assert before
    if why == "no sandbox":

        def refuse(engine: Scripted) -> Any:
            raise UsageError("nothing can be graded here: no seccomp. --sandbox off grades without a sandbox")

        monkeypatch.setattr(Scripted, "ready", refuse)
        with pytest.raises(NbGraderException, match=r"no seccomp.*--Judge\.sandbox=off"):
            autograde(course, force=True)
    else:
        with writing_to(course / "graded"), pytest.raises(NbGraderException, match="another run is writing"):
            autograde(course, force=True)
    assert contents(course / "graded" / "autograded") == before


@quiet
def test_a_sandbox_is_done_without_only_when_that_is_said(course: Path, scripted: None) -> None:
    settings = nbgrader_settings(course)
    settings.Judge.sandbox = "off"
    folders = CourseDirectory(config=settings, assignment_id=LESSON)
    Autograde(coursedir=folders, config=settings).start()
    nbgrader_session.end()
    verdict = Store(course / "graded").get("s001", LESSON)
    assert verdict is not None
    assert verdict.basis is not None
    assert verdict.basis.engine == "judge, sandbox off"


@quiet
def test_an_assignment_that_is_no_lesson_is_refused_by_name(course: Path, scripted: None) -> None:
    write(course / "submitted" / "s001" / "ps1" / "ps1.ipynb", submission())
    with pytest.raises(NbGraderException, match=r"ps1 is no lesson of .*course\.toml"):
        autograde(course, "ps1")


@quiet
@pytest.mark.parametrize(
    ("words", "cause"),
    [("end the judge", "set aside: grading it ended the judge twice: it died"), ("a defect", "the grader failed")],
)
def test_what_the_judge_cannot_grade_is_left_for_a_person(course: Path, scripted: None, words: str, cause: str) -> None:
    submit(course, "a-poison", submission(double=f"return '{words}'"))
    autograde(course)
    nbgrader_session.end()
    poison, good = (Store(course / "graded").get(each, LESSON) for each in ("a-poison", "s001"))
    assert poison is not None
    assert good is not None
    assert (poison.status, poison.points, poison.key) == (Status.INTERNAL, None, "")
    assert poison.cause.startswith(cause)
    assert good.points == 7.0
    grades, _ = rows(course).values()
    assert {(row[0], row[3], row[5]) for row in grades} == {("a-poison", None, 1), ("s001", 1.4, 0)}
    shown = nbformat.read(Store(course / "graded").executed("a-poison", LESSON), as_version=4)
    assert "not graded yet" in shown.cells[0].source
    assert words in "".join(each.source for each in shown.cells)


@quiet
def test_points_that_a_person_gave_stay(course: Path, scripted: None) -> None:
    autograde(course)
    with closing(sqlite3.connect(course / "graded" / "gradebook.db")) as book:
        book.execute("UPDATE grade SET manual_score = 0.5")
        book.commit()
    autograde(course, force=True)
    grades, _ = rows(course).values()
    assert {row[4] for row in grades} == {0.5}


@quiet
def test_files_beside_a_hand_in_do_not_reach_the_formgrader(course: Path, scripted: None) -> None:
    beside = course / "submitted" / "s001" / LESSON
    write(beside / "evil.html", b"<script>alert(1)</script>")
    write(beside / "deep" / "more.svg", b"<svg onload=alert(1)>")
    write(beside / "timestamp.txt", b"2026-10-12 20:11:05.123 UTC")
    write(course / "solutions" / LESSON / "data.csv", b"1,2")
    autograde(course)
    found = {path.name for path in (course / "graded" / "autograded").rglob("*") if path.is_file()}
    assert found == {f"{LESSON}.ipynb", "timestamp.txt", "data.csv"}
    assert (beside / "evil.html").exists()


@quiet
@pytest.mark.parametrize("text", ["next tuesday", "9" * 40, "a secret of the grader's", "\0"])
def test_a_time_that_is_none_costs_nothing_and_goes_nowhere(course: Path, scripted: None, text: str) -> None:
    """It may be a link to what the student must not read, and what lies beside a notebook goes into the feedback."""
    write(course / "elsewhere.txt", text.encode())
    (course / "submitted" / "s001" / LESSON / "timestamp.txt").symlink_to(course / "elsewhere.txt")
    autograde(course)
    nbgrader_session.end()
    verdict = Store(course / "graded").get("s001", LESSON)
    assert verdict is not None
    assert (verdict.points, verdict.submitted) == (7.0, None)
    assert not list((course / "graded" / "autograded").rglob("timestamp.txt"))


@quiet
def test_a_link_that_leads_out_or_to_a_classmate_is_not_read(course: Path, scripted: None, tmp_path: Path) -> None:
    solved = submit(course, "s001", submission(**PERFECT))
    for student, target in (("s002", write(tmp_path / "secret.ipynb", submission(**PERFECT))), ("s003", solved)):
        path = submit(course, student, b"")
        path.unlink()
        path.symlink_to(target)
    autograde(course)
    nbgrader_session.end()
    for student, status, points in (
        ("s001", Status.GRADED, 7.0),
        ("s002", Status.UNREADABLE, 0.0),
        ("s003", Status.UNREADABLE, 0.0),
    ):
        verdict = Store(course / "graded").get(student, LESSON)
        assert verdict is not None
        assert (verdict.status, verdict.points) == (status, points)


@quiet
def test_a_verdict_is_kept_only_with_its_notebook(
    course: Path, scripted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader removes what it fails on after us."""

    def fail(converter: Autograde, assignment: str, student: str) -> None:
        raise OSError("no room")

    monkeypatch.setattr(Autograde, "set_permissions", fail)
    with pytest.raises(NbGraderException):
        autograde(course)
    nbgrader_session.end()
    assert Store(course / "graded").get("s001", LESSON) is None
    with writing_to(course / "graded"):
        pass


@quiet
@pytest.mark.slow
def test_the_formgraders_button_can_be_pressed_again_and_again_and_leaves_nothing_running(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nbgrader_session, "IDLE_SECONDS", 2.0)
    submit(course, "s002", submission(double="return 2 * x"))
    settings = nbgrader_settings(course)
    zygotes = []
    for student in ("s001", "s002", "s001"):
        folders = CourseDirectory(config=settings)
        answer = NbGraderAPI(folders, config=settings).autograde(LESSON, student)
        assert answer["success"], answer
        session = nbgrader_session._current.session
        assert session is not None
        assert session.engine.zygote is not None
        zygotes.append(session.engine.zygote.process)
    assert len({each.pid for each in zygotes}) == 1
    grades, _ = rows(course).values()
    assert {row[0]: sum(r[3] for r in grades if r[0] == row[0]) for row in grades} == {"s001": 7.0, "s002": 3.0}
    end = time.monotonic() + 20
    while zygotes[0].poll() is None and time.monotonic() < end:
        time.sleep(0.1)
    assert zygotes[0].poll() is not None
    with nbgrader_session._current.lock:  # held until all of the session has ended
        assert nbgrader_session._current.session is None
    with writing_to(course / "graded"):
        assert (course / "graded" / "grades.csv").read_text().count("s00") == 2


def test_a_cause_is_told_as_text(tmp_path: Path) -> None:
    course = load(make_course(tmp_path / "course"))
    released = read_released(course, course.lesson(LESSON))
    row = HandIn("s001", LESSON, Path("x"), b"{")
    notebook = explained(unexecuted(row, released, Status.UNREADABLE, "<img src=x>\n# boo"), row, released)
    assert "<img" not in notebook["cells"][0]["source"]
    assert "\n# boo" not in notebook["cells"][0]["source"]
    nbformat.validate(nbformat.from_dict(copy.deepcopy(notebook)))
