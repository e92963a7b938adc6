"""Whole runs: real kernels, real processes, real signals."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from conftest import GradedClass, command, contents

from autograder.classroom import grading
from autograder.classroom.grading import Request, plan, writing_to
from autograder.classroom.intake import HandIn
from autograder.classroom.keeping import Keeper
from autograder.classroom.released import read_released
from autograder.classroom.verdict import Basis, State, Status, Verdict
from autograder.course import load
from autograder.errors import UsageError
from autograder.gradebook.store import Store
from autograder.judge.engine import JudgeEngine
from notebooks import ANSWERS, SECRETS, hand_in, make_course, submission

Course = Callable[..., subprocess.CompletedProcess[str]]

SECOND, THIRD = 1, 2  # exercises of the class


@pytest.mark.slow
@pytest.mark.parametrize(
    ("student", "status", "points", "cause"),
    [
        ("right", Status.GRADED, 7, ""),
        ("partly", Status.GRADED, 1, ""),
        ("untouched", Status.GRADED, 0, ""),
        ("endless", Status.TIMED_OUT, 4, "the test of `dice` ran longer than 3 s, and so did 1 more"),
        ("deaf", Status.TIMED_OUT, 3, "the test of `dice` ran longer than 3 s, and could not be stopped"),
        ("died", Status.CRASHED, 3, "the kernel died in the test of `dice`"),
        ("warned", Status.GRADED, 0, ""),
        ("duplicated", Status.INTERNAL, None, "two cells have the id `double`"),
        ("no_json", Status.UNREADABLE, 0, "not a notebook"),
    ],
)
def test_each_submission_ends_in_a_verdict(
    graded_class: GradedClass, student: str, status: Status, points: float | None, cause: str
) -> None:
    verdict = graded_class.verdict(student)
    assert (verdict.status, verdict.points, verdict.max_points) == (status, points, 7)
    assert cause in verdict.cause
    assert bool(verdict.cause) == bool(cause)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("student", "states"),
    [
        ("right", [State.RIGHT, State.RIGHT, State.RIGHT]),
        ("partly", [State.PARTLY, State.WRONG, State.WRONG]),
        ("untouched", [State.NOT_ATTEMPTED, State.NOT_ATTEMPTED, State.WRONG]),
        ("endless", [State.RIGHT, State.NOT_FINISHED, State.RIGHT]),
        ("deaf", [State.RIGHT, State.NOT_FINISHED, State.NOT_FINISHED]),
        ("died", [State.RIGHT, State.NOT_FINISHED, State.NOT_FINISHED]),
        ("warned", [State.WRONG, State.NOT_ATTEMPTED, State.WRONG]),
    ],
)
def test_each_exercise_has_a_state(graded_class: GradedClass, student: str, states: list[State]) -> None:
    assert [each.state for each in graded_class.verdict(student).exercises] == states


@pytest.mark.slow
def test_the_table_has_a_row_for_everyone_and_the_log_shows_progress_only(graded_class: GradedClass) -> None:
    for student in ("right", "partly", "untouched", "endless", "deaf", "died", "warned", "duplicated", "no_json"):
        assert re.search(rf"^{student} +01_tensors", graded_class.stdout, re.MULTILINE)
    assert "right/notes.txt: left out" in graded_class.stdout
    assert re.search(r"^right .* 1 d 1 h", graded_class.stdout, re.MULTILINE)
    assert "1 submission could not be graded" in graded_class.stdout
    assert [line for line in graded_class.stderr.splitlines() if not re.match(r"\d+ of \d+ done: ", line)] == []


@pytest.mark.slow
def test_no_feedback_shows_a_hidden_test(graded_class: GradedClass) -> None:
    pages = list((graded_class.out / "feedback").glob("*.html"))
    assert len(pages) == 9
    for page in pages:
        text = page.read_text()
        assert not [secret for secret in SECRETS if secret in text], page
        assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in (graded_class.out / "feedback" / "partly.html").read_text()


@pytest.mark.slow
def test_nbgrader_finds_the_time_of_handing_in(graded_class: GradedClass) -> None:
    times = list((graded_class.out / "autograded").glob("*/*/timestamp.txt"))
    assert [(each.parent.parent.name, each.read_text()) for each in times] == [
        ("right", "2026-10-14 00:59:00.000000 UTC\n")
    ]


@pytest.mark.slow
def test_nothing_that_a_student_started_is_left(graded_class: GradedClass) -> None:
    assert not [each for each in psutil.process_iter(["cmdline"]) if "98765" in (each.info["cmdline"] or [])]


@pytest.mark.slow
def test_a_second_run_grades_nothing_again(graded_class: GradedClass, course_command: Course) -> None:
    before = {name for name in contents(graded_class.out / "autograded") if "ipynb" in name}
    done = course_command(graded_class.root, "grade", graded_class.folder, "--engine", "nbgrader", "--json", "-")
    assert "8 reused" in done.stderr
    assert {name for name in contents(graded_class.out / "autograded") if "ipynb" in name} == before
    assert {each["student"]: each["points"] for each in json.loads(done.stdout)["verdicts"]}["endless"] == 4


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_was(tmp_path: Path, course_command: Course) -> None:
    root = make_course(tmp_path / "course")
    folder = hand_in(
        tmp_path / "in", {"a": submission(**ANSWERS), "b": submission(), "c": submission(double="return 1")}
    )
    first = Store(root / "graded").path("a", "01_tensors")
    with subprocess.Popen(
        command(root, "grade", folder, "--engine", "nbgrader", "--jobs", "1"), stderr=subprocess.DEVNULL
    ) as running:
        wait_for(first.exists)
        wait_for(lambda: kernels(running.pid))
        started = psutil.Process(running.pid).children(recursive=True)
        running.kill()
    wait_for(lambda: not [each for each in started if each.is_running() and each.status() != psutil.STATUS_ZOMBIE], 10)
    kept = Store(root / "graded").get("a", "01_tensors")

    done = course_command(root, "grade", folder, "--engine", "nbgrader", "--json", "-")
    assert done.returncode == 0, done.stderr
    assert "reused" in done.stderr
    assert Store(root / "graded").get("a", "01_tensors") == kept
    assert [each["points"] for each in json.loads(done.stdout)["verdicts"]] == [6, 0, 0]


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_done_and_leaves_nothing_running(tmp_path: Path) -> None:
    root = make_course(tmp_path / "course", cell_seconds=50)
    forever = submission(double="import time\ntime.sleep(86399)")
    folder = hand_in(tmp_path / "in", {"a": b"no notebook", "b": forever})
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command(root, "grade", folder, "--engine", "nbgrader"), text=True, **pipes) as running:
        wait_for(lambda: kernels(running.pid) and Store(root / "graded").get("a", "01_tensors") is not None)
        started = kernels(running.pid)
        running.send_signal(signal.SIGINT)
        stdout, stderr = running.communicate(timeout=45)  # a cell may take 50
    assert running.returncode == 130
    assert stdout == ""
    assert stderr == "course: stopped; 1 of 2 are graded and kept. The same command goes on from there\n"
    assert not [each for each in started if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


def kernels(pid: int) -> list[psutil.Process]:
    children = psutil.Process(pid).children(recursive=True)
    return [each for each in children if any("ipykernel" in part for part in each.cmdline())]


def wait_for(happened: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def request(root: Path, folder: Path, out: Path | None = None, **changes: object) -> Request:
    course = load(root)
    return Request(course, folder, out or course.out, **changes)  # type: ignore[arg-type]


def test_a_plan_knows_only_the_lessons_asked_for(root: Path, tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "in", {"s001": submission(), "s002": submission()})
    hand_in(folder, {"s001": submission(lesson="00_start_here")}, "00_start_here")
    intake, lessons = plan(request(root, folder, lessons=("00",)))
    assert [(each.student, each.lesson) for each in intake.rows] == [("s001", "00_start_here")]
    assert list(lessons) == ["00_start_here"]


def test_the_results_may_not_be_inside_the_hand_ins(root: Path, tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "in", {"s001": submission()})
    with pytest.raises(UsageError, match="must not be changed"):
        plan(request(root, folder, folder / "out"))


def test_the_hand_ins_may_not_be_among_the_results(root: Path, tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "out" / "autograded", {"s001": submission()})
    with pytest.raises(UsageError, match="among the results"):
        plan(request(root, folder, tmp_path / "out"))
    plan(request(root, hand_in(tmp_path / "out" / "in", {"s001": submission()}), tmp_path / "out"))


def test_a_verdict_that_lies_in_anothers_place_is_not_theirs(root: Path, tmp_path: Path) -> None:
    basis = Basis("cells", "lesson", "tests", "judge")
    verdict = Verdict("s001", "01_tensors", Status.GRADED, "", 5.0, 8.0, basis=basis, key=basis.key)
    released = read_released(load(root), load(root).lesson("01"))
    with closing(Keeper(tmp_path, [released])) as keeper:
        keeper.store.put(verdict)
        shutil.copy(keeper.store.path("s001", "01_tensors"), keeper.store.path("s002", "01_tensors"))
        rows = [HandIn(student, "01_tensors", tmp_path, b"{}") for student in ("s001", "s002")]
        assert [keeper.earlier(row, released, basis.key) for row in rows] == [verdict, None]


def test_an_output_folder_is_one_runs_alone(tmp_path: Path) -> None:
    with writing_to(tmp_path), pytest.raises(UsageError, match="another run is writing"), writing_to(tmp_path):
        pass
    with writing_to(tmp_path):
        pass


@pytest.mark.slow
def test_a_defect_of_ours_is_one_row_and_the_others_are_graded(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder.engines.nbgrader_engine import NbgraderEngine

    def broken(self: object, hand_in: object, released: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(NbgraderEngine, "_prepare", broken)
    folder = hand_in(tmp_path / "in", {"a": submission(), "b": b""})
    asked = request(root, folder, engine="nbgrader")
    results = grading.grade(asked, *plan(asked), lambda verdict, reused: None)
    assert [(each.status, each.points) for each in results.verdicts] == [
        (Status.INTERNAL, None),
        (Status.UNREADABLE, 0),
    ]
    assert "a defect" in results.verdicts[0].cause
    assert results.verdicts[0].cause.startswith("set aside"), "it failed twice"


def test_where_nothing_can_be_graded_the_run_ends_and_nobody_is_set_aside(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(self: object) -> None:
        raise UsageError("nothing can be graded here: no seccomp")

    monkeypatch.setattr(JudgeEngine, "ready", refuses)
    asked = request(root, hand_in(tmp_path / "in", {"a": submission(), "b": submission()}), tmp_path / "out", jobs=2)
    with pytest.raises(UsageError, match="no seccomp"):
        grading.grade(asked, *plan(asked), lambda verdict, reused: None)
    assert not list((tmp_path / "out" / "attempts").iterdir())
    assert not list((tmp_path / "out").glob("verdicts/*/*.json"))
