"""`course grade` is killed at random, runs out of disk, loses its gradebook, and meets hand-ins that end it."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from fake_engine import FakeEngine, empty_gradebook, run, scores

from autograder import engines
from autograder.classroom.grading import Stopped
from autograder.classroom.verdict import Status, Verdict
from autograder.errors import UsageError
from autograder.gradebook import store as store_module
from autograder.gradebook.record import Writer
from autograder.gradebook.store import Store
from notebooks import LESSON, make_course, write

KILLS = 36


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(engines, "make_engine", None)  # `run` replaces it; put back at the end
    return new_course(tmp_path / "course")


def new_course(root: Path) -> Path:
    """A course with an empty gradebook."""
    write(make_course(root) / "graded" / "gradebook.db", empty_gradebook())
    return root


def hand_in(root: Path, many: int = 8, **more: str) -> Path:
    """s000, s001 and so on, who earn 0, 1 … points; `more` names those who make the engine do something."""
    for student, most in healthy(many).items():
        write(root / "in" / student / f"{LESSON}.ipynb", json.dumps({"points": most}).encode())
    for student, deed in more.items():
        write(root / "in" / student / f"{LESSON}.ipynb", json.dumps({"points": 7, "do": deed}).encode())
    return root / "in"


def healthy(many: int) -> dict[str, float]:
    """What each must earn."""
    return {f"s{at:03}": float(at % 8) for at in range(many)}


HEALTHY = healthy(8)


def points(verdicts: list[Verdict]) -> dict[str, float | None]:
    return {each.student: each.points for each in verdicts}


def graded(engine: FakeEngine) -> Counter[str]:
    return Counter(engine.log.read_text().split()) if engine.log.exists() else Counter()


def leftovers(root: Path) -> list[Path]:
    return [*(root / "graded").rglob(".writing-*"), *(root / "graded" / "attempts").glob("*")]


# --- killed -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_killed_at_any_moment_it_loses_nothing_and_grades_nothing_twice(tmp_path: Path) -> None:
    """Each run is a process of its own and is killed after a random time, until one gets to the end; and so again."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["fake_engine", "autograder.gradebook.record", "autograder.gradebook.register"])
    chance, kills, patience, most = random.Random(3), 0, 60.0, healthy(24)
    while kills < KILLS:
        root = new_course(Path(tempfile.mkdtemp(dir=tmp_path)))
        folder, store, seen = hand_in(root, len(most)), Store(root / "graded"), dict[str, bytes]()
        for at in range(200):
            engine = FakeEngine(root / f"log {at}", seconds=0.03)
            process = context.Process(target=run, args=(root, folder, engine))
            start = time.monotonic()
            process.start()
            process.join(chance.uniform(0.3, 1) * patience)
            process.kill()
            process.join()
            assert process.exitcode in (0, -9)
            assert not graded(engine).keys() & seen.keys(), "graded though it had a verdict"
            kept = {path.stem: path.read_bytes() for path in store.path("x", LESSON).parent.glob("*.json")}
            assert kept.items() >= seen.items(), "a verdict was lost or changed"
            verdicts = {student: Verdict.from_json(json.loads(text)) for student, text in kept.items()}
            seen = {each: kept[each] for each, verdict in verdicts.items() if verdict.points is not None}
            assert {each: verdicts[each].points for each in seen}.items() <= most.items()
            if process.exitcode == 0:
                patience = min(patience, time.monotonic() - start) if at == 0 else patience  # the time of a whole run
                break
            began = bool(graded(engine))  # what is killed before does not count
            kills, patience = kills + began, patience if began else patience * 1.1
        else:
            pytest.fail("it never came to an end")
        aside = {each for each, verdict in verdicts.items() if verdict.points is None}
        assert all(verdicts[each].cause.startswith("set aside: the whole grader") for each in aside)
        assert scores(root / "graded") == {each: None if each in aside else points for each, points in most.items()}
        assert len(leftovers(root)) == len(aside)
        assert len((root / "graded" / "grades.csv").read_text().splitlines()) == len(most) + 1
        for verdict in verdicts.values():
            assert store.handed_in(verdict.handed_in).read_bytes()


@pytest.mark.slow
def test_what_kills_the_whole_grader_twice_is_set_aside(root: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    folder, engine = hand_in(root, s003="kill"), FakeEngine(root / "log")
    others = {each: most for each, most in HEALTHY.items() if each != "s003"}
    ends = []
    for _ in range(3):
        process = context.Process(target=run, args=(root, folder, engine))
        process.start()
        process.join()
        ends.append(process.exitcode)
        kept = {each.student: each for each in Store(root / "graded").all()}
    assert ends == [-9, -9, 0]
    assert kept["s003"].status is Status.INTERNAL
    assert kept["s003"].cause.startswith("set aside")
    assert {each: kept[each].points for each in others} == others
    assert graded(engine)["s003"] == 2

    mended = FakeEngine(root / "log 2", deeds={"kill": lambda: None})
    assert points(run(root, folder, mended))["s003"] is None, "not tried again"
    assert points(run(root, folder, mended, again=True))["s003"] == 7
    assert not leftovers(root)


# --- ended by a hand-in, but not the whole of it ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deed", "cause"),
    [
        ("raise", "set aside: grading it ended the judge twice: the grader failed: RuntimeError('a defect')"),
        ("crash", "set aside: grading it ended the judge twice: the judge died"),
        ("nan", "set aside: grading it ended the judge twice: the grader failed: ValueError"),
    ],
)
def test_what_ends_the_judge_twice_is_set_aside_and_the_others_are_graded(root: Path, deed: str, cause: str) -> None:
    folder, engine = hand_in(root, s003=deed), FakeEngine(root / "log")
    verdicts = {each.student: each for each in run(root, folder, engine)}
    assert (verdicts["s003"].status, verdicts["s003"].points) == (Status.INTERNAL, None)
    assert verdicts["s003"].cause.startswith(cause)
    assert points(list(verdicts.values())) == {**HEALTHY, "s003": None}
    assert scores(root / "graded") == {**HEALTHY, "s003": None}
    assert graded(engine) == {**dict.fromkeys(HEALTHY, 1), "s003": 2}
    assert engine.closed

    again = FakeEngine(root / "log 2")
    assert {each.student: each for each in run(root, folder, again)} == verdicts
    assert not graded(again), "neither the healthy ones nor the one set aside"


def test_what_ends_the_judge_once_is_graded(root: Path) -> None:
    deeds = iter(["crash", None])
    folder, engine = hand_in(root, s003="sometimes"), FakeEngine(root / "log", deeds={"sometimes": lambda: next(deeds)})
    assert points(run(root, folder, engine))["s003"] == 7
    assert not leftovers(root)


def test_another_hand_in_by_the_same_student_is_no_suspect(root: Path) -> None:
    folder = hand_in(root, s003="crash")
    run(root, folder, FakeEngine(root / "log"))
    assert points(run(root, hand_in(root), FakeEngine(root / "log")))["s003"] == 3


def test_ctrl_c_makes_nobody_a_suspect(root: Path) -> None:
    folder = hand_in(root, s003="stop")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore Ctrl-C
    try:
        with pytest.raises(Stopped):
            run(root, folder, FakeEngine(root / "log", seconds=0.01))
    finally:
        signal.signal(signal.SIGINT, before)
    assert not list((root / "graded" / "attempts").iterdir())
    engine = FakeEngine(root / "log 2", deeds={"stop": lambda: None})
    assert points(run(root, folder, engine)) == {**HEALTHY, "s003": 7}


def test_a_ctrl_c_that_arrives_in_a_library_is_not_lost(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed_in_a_callback(writer: Writer) -> None:
        with suppress(BaseException):  # as in the callbacks of SQLite, and in some imports
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)

    monkeypatch.setattr(Writer, "tick", pressed_in_a_callback)
    folder = hand_in(root)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(Stopped):
            run(root, folder, FakeEngine(root / "log", seconds=0.3))
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


# --- the disk and the gradebook ---------------------------------------------------------------------------------------


def test_a_full_disk_is_one_line_and_the_same_command_goes_on(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole, left = store_module.write_whole, iter(range(5))

    def on_a_full_disk(path: Path, data: str | bytes) -> None:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        write_whole(path, data)

    folder, engine = hand_in(root), FakeEngine(root / "log")
    with monkeypatch.context() as patch:
        patch.setattr(store_module, "write_whole", on_a_full_disk)
        with pytest.raises(UsageError, match="cannot be written: No space left on device; what is graded is kept"):
            run(root, folder, engine)
    kept = {each.student for each in Store(root / "graded").all()}
    assert len(kept) == 2
    assert not leftovers(root)
    assert scores(root / "graded") == {each: HEALTHY[each] for each in kept}

    rest = FakeEngine(root / "log 2")
    assert points(run(root, folder, rest)) == HEALTHY
    assert graded(rest).keys() == HEALTHY.keys() - kept


def lose(book: Path) -> None:
    book.unlink()


def move(book: Path) -> None:
    book.rename(book.with_name("old.db"))


def overwrite(book: Path) -> None:
    shutil.copyfile(book, book.with_name("copy"))
    book.with_name("copy").replace(book)


@pytest.mark.parametrize("happens", [lose, move, overwrite])
def test_a_gradebook_that_goes_is_one_line_and_the_same_command_goes_on(
    root: Path, happens: Callable[[Path], None]
) -> None:
    book = root / "graded" / "gradebook.db"
    folder = hand_in(root, s003="spoil")
    with pytest.raises(UsageError, match="moved or deleted; what is graded is kept, run the same command again"):
        run(root, folder, FakeEngine(root / "log", deeds={"spoil": lambda: happens(book)}))
    rest = FakeEngine(root / "log 2")
    assert points(run(root, folder, rest)) == {**HEALTHY, "s003": 7}
    assert not graded(rest), "the verdicts were kept; only the gradebook had to be written"
    assert scores(root / "graded") == {**HEALTHY, "s003": 7}


@pytest.mark.slow  # SQLite waits for five seconds
def test_a_locked_gradebook_is_one_line_and_the_same_command_goes_on(root: Path) -> None:
    held = sqlite3.connect(root / "graded" / "gradebook.db", check_same_thread=False, isolation_level=None)
    folder = hand_in(root, s003="hold")
    start = time.monotonic()
    with pytest.raises(UsageError, match=r"cannot be written \(database is locked\); what is graded is kept"):
        run(root, folder, FakeEngine(root / "log", deeds={"hold": lambda: held.execute("BEGIN EXCLUSIVE")}))
    assert time.monotonic() - start < 9
    with pytest.raises(UsageError, match="database is locked"):
        run(root, folder, FakeEngine(root / "log"))
    held.close()
    rest = FakeEngine(root / "log 2")
    assert points(run(root, folder, rest)) == {**HEALTHY, "s003": 7}
    assert not graded(rest)
    assert scores(root / "graded") == {**HEALTHY, "s003": 7}


def test_rows_that_a_killed_run_left_out_are_written_by_the_next(root: Path) -> None:
    folder = hand_in(root)
    run(root, folder, FakeEngine(root / "log"))
    with sqlite3.connect(root / "graded" / "gradebook.db") as book:
        book.execute("DELETE FROM grade WHERE auto_score = 3")
        book.execute("UPDATE grade SET auto_score = 99 WHERE auto_score = 5")
    book.close()
    run(root, folder, FakeEngine(root / "log"))
    assert scores(root / "graded") == HEALTHY
