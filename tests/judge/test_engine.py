"""The judge as the grader sees it: several at once, stopped at once, and never stopped by a submission."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

import psutil
import pytest

from autograder.classroom.intake import HandIn
from autograder.classroom.reading import Unreadable
from autograder.classroom.released import Released, read_released
from autograder.classroom.verdict import State, Status
from autograder.course import Limits, load
from autograder.judge.engine import JudgeEngine
from autograder.judge.judging import MOST_SUBMISSIONS
from autograder.judge.processes import ZygoteProcess
from autograder.judge.wire import Closed
from notebooks import ANSWERS, LESSON, Notebook, cell_of, code, make_course, submission

LIMITS = Limits(cell_seconds=3, submission_seconds=20, jobs=2)
PATIENT = Limits(cell_seconds=50, submission_seconds=60)
SLEEP = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\ntime.sleep(60)"
"""A worker in this cell has two threads, and no other process has: so `judge_and_worker` knows it, and that it runs."""

FULL = 7.0


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    course = load(make_course(tmp_path_factory.mktemp("course")))
    return read_released(course, course.lesson(LESSON))


@pytest.fixture(scope="module")
def engine(released: Released) -> Iterator[JudgeEngine]:
    made = JudgeEngine(LIMITS, [released], device="cpu")
    yield made
    made.close()


def handed_in(content: Notebook | bytes | Unreadable, student: str = "s001") -> HandIn:
    data = json.dumps(content).encode() if isinstance(content, dict) else content
    return HandIn(student, LESSON, Path(f"{student}.ipynb"), data)


RIGHT = handed_in(submission(**ANSWERS, guess="3"), "s002")


def processes(engine: JudgeEngine) -> list[psutil.Process]:
    """Those of the submissions that are being graded."""
    return psutil.Process(engine.ready().process.pid).children(recursive=True)


T = TypeVar("T")


def wait_for(look: Callable[[], T]) -> T:
    """What `look` finds, as soon as it finds something."""
    deadline = monotonic() + 60
    while not (found := look()):
        assert monotonic() < deadline, "it did not happen"
        sleep(0.02)
    return found


def sleeping(**answers: str) -> HandIn:
    content = submission(**answers)
    content["cells"].insert(1, code(SLEEP))
    return handed_in(content)


def judge_and_worker(engine: JudgeEngine) -> list[psutil.Process]:
    """Of the one submission that is being graded, once its worker is in `SLEEP`; judges that wait are sent away."""
    engine.ready().dismiss()

    def look() -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            found = {each: each.num_threads() for each in processes(engine)}
            if sorted(found.values()) == [1, 2]:
                return sorted(found, key=lambda each: found[each])
        return []

    return wait_for(look)


def test_several_threads_get_their_own_verdicts(engine: JudgeEngine, released: Released) -> None:
    answers = [{"double": "return 2 * x"}, {"dice": "return sum(rolls)"}, {"guess": "3"}, {**ANSWERS, "guess": "3"}, {}]
    points = [3.0, 3.0, 1.0, FULL, 0.0]
    hand_ins = [handed_in(submission(**each), f"s{number:03}") for number, each in enumerate(answers * 4)]
    with ThreadPoolExecutor(6) as pool:
        verdicts = [each.verdict for each in pool.map(lambda each: engine.grade(each, released), hand_ins)]
    assert [each.points for each in verdicts] == points * 4
    assert [each.student for each in verdicts] == [each.student for each in hand_ins]


def test_the_same_bytes_get_the_same_verdict(engine: JudgeEngine, released: Released) -> None:
    noisy = submission(double="import torch, random\nreturn 2 * x + 0 * torch.rand(1).item() * random.random()")
    first, second = (engine.grade(handed_in(noisy), released) for _ in range(2))
    assert replace(first.verdict, resources=None) == replace(second.verdict, resources=None)
    assert first.notebook == second.notebook
    assert first.verdict.key


def test_what_a_submission_used_is_told(engine: JudgeEngine, released: Released) -> None:
    used = engine.grade(RIGHT, released).verdict.resources
    assert used is not None and used.cpu_seconds is not None and used.memory_mb is not None
    assert 0 < used.wall_seconds < 20 and 0 < used.cpu_seconds < 20 and 20 < used.memory_mb < LIMITS.memory_mb


@pytest.mark.parametrize("content", [Unreadable("no file"), b"", b"{", b"\xff" * 99, b"[]", b'{"cells": 3}', b"null"])
def test_what_cannot_be_read_is_the_submissions_fault(
    engine: JudgeEngine, released: Released, content: bytes | Unreadable
) -> None:
    graded = engine.grade(handed_in(content), released)
    assert (graded.verdict.status, graded.verdict.points) == (Status.UNREADABLE, 0.0)
    assert graded.verdict.cause and not graded.crashed_judge


def test_a_crash_of_the_judge_is_internal_without_a_zero_and_the_next_is_graded(
    engine: JudgeEngine, released: Released, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "limits", PATIENT)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(engine.grade, sleeping(**ANSWERS), released)
        judge, worker = judge_and_worker(engine)
        engine.grade(RIGHT, released)
        assert len(engine.ready().idle) == 1
        judge.send_signal(signal.SIGKILL)
        graded = running.result(60)
    assert engine.ready().idle == [], "those that wait are sent away: it may have gone through them, too"
    assert (graded.verdict.status, graded.verdict.points) == (Status.INTERNAL, None)
    assert graded.crashed_judge, "so that it is tried once more"
    assert graded.verdict.key == "", "so that it is graded again in the next run"
    assert not psutil.wait_procs([worker], timeout=30)[1], "the worker of a dead judge ends with it"
    assert engine.grade(RIGHT, released).verdict.points == FULL


def test_a_judge_that_hangs_is_killed_itself_and_the_submission_has_run_out_of_time(
    engine: JudgeEngine, released: Released, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.judge.engine.GRACE_SECONDS", 1.0)
    monkeypatch.setattr(engine, "limits", replace(PATIENT, submission_seconds=5))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(engine.grade, sleeping(**ANSWERS), released)
        judge, worker = judge_and_worker(engine)
        judge.send_signal(signal.SIGSTOP)
        verdict = running.result(60).verdict
    assert (verdict.status, verdict.points) == (Status.TIMED_OUT, 0.0)
    assert not psutil.wait_procs([judge, worker], timeout=30)[1]


def test_when_the_zygote_is_killed_the_next_submission_gets_another(engine: JudgeEngine, released: Released) -> None:
    first = engine.ready().process
    first.send_signal(signal.SIGKILL)
    first.wait(30)
    assert engine.grade(RIGHT, released).verdict.points == FULL
    assert engine.ready().process.pid != first.pid


def test_a_zygote_that_dies_before_it_is_asked_makes_no_judge_and_leaves_nothing_open() -> None:
    started = ZygoteProcess("off", "cpu")
    try:
        assert "ready" in started.facts
        started.process.kill()
        started.process.wait(30)
        before = psutil.Process().num_fds()
        with pytest.raises(Closed, match="no judge was started"), started.judge():
            pass
        assert psutil.Process().num_fds() == before
    finally:
        started.close()


def test_a_worker_that_is_killed_from_outside_is_not_internal(
    engine: JudgeEngine, released: Released, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "limits", PATIENT)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(engine.grade, sleeping(**ANSWERS), released)
        _, worker = judge_and_worker(engine)
        worker.send_signal(signal.SIGKILL)
        verdict = running.result(60).verdict
    assert verdict.status is Status.OUT_OF_MEMORY
    assert verdict.points == FULL - 1, "the cells after it ran in another worker"


@pytest.mark.slow
def test_stop_ends_what_runs_at_once_and_starts_nothing_more(released: Released) -> None:
    made = JudgeEngine(replace(LIMITS, cell_seconds=60, submission_seconds=100), [released], device="cpu")
    try:
        endless = submission(double="return 2 * x")
        endless["cells"].insert(1, code("while True:\n    pass"))
        with ThreadPoolExecutor(3) as pool:
            running = [pool.submit(made.grade, handed_in(endless, f"s{n}"), released) for n in range(3)]
            everything = [
                *wait_for(lambda: len(found := processes(made)) == 6 and found),
                psutil.Process(made.ready().process.pid),
            ]
            made.stop()
            graded = [each.result(40) for each in running]  # a cell may take 60 seconds
        assert {each.verdict.status for each in graded} == {Status.INTERNAL}
        assert not any(each.crashed_judge or each.verdict.key for each in graded), "nobody's fault, and not kept"
        assert not psutil.wait_procs(everything, timeout=30)[1]
    finally:
        made.close()


@pytest.mark.slow
def test_close_leaves_no_process_and_the_engine_can_be_used_again(released: Released) -> None:
    made = JudgeEngine(LIMITS, [released], device="cpu")
    try:
        for _ in range(2):
            assert made.grade(RIGHT, released).verdict.points == FULL
            zygote = psutil.Process(made.ready().process.pid)
            made.close()
            assert not psutil.wait_procs([zygote], timeout=30)[1]
    finally:
        made.close()


def test_it_forgets_what_it_graded(engine: JudgeEngine, released: Released) -> None:
    """No process, and no descriptor here, is left of a submission."""
    engine.ready().dismiss()
    engine.grade(RIGHT, released)
    wait_for(lambda: len(processes(engine)) == 1)  # the judge, which waits for the next
    descriptors, threads = psutil.Process().num_fds(), threading.active_count()
    zygotes = psutil.Process(engine.ready().process.pid).num_fds()
    for _ in range(5):
        engine.grade(RIGHT, released)
    assert psutil.Process().num_fds() == descriptors and threading.active_count() == threads
    wait_for(lambda: psutil.Process(engine.ready().process.pid).num_fds() <= zygotes)
    wait_for(lambda: len(processes(engine)) == 1)
    engine.ready().dismiss()
    wait_for(lambda: not processes(engine))


# --- one judge for several submissions --------------------------------------------------------------------------------


SEEDED = "import torch, random, numpy\ntorch.manual_seed(1)\nrandom.seed(1)\nnumpy.random.seed(1)\n"
CHANGED = SEEDED + "torch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\n"
DRAWN = (
    "import torch, random, numpy\nprint(torch.rand(1), random.random(), numpy.random.rand(), torch.zeros(1).dtype)\n"
)
PLOTTED = "import matplotlib.pyplot as plt\nplt.plot([1])\n"
KINDS = {
    "right": submission(**ANSWERS, guess="3"),
    "untouched": submission(),
    "wrong": submission(double="return 'x' * 9", dice="return 1 / 0"),
    "a state of its own": submission(double=CHANGED + "return 2 * x", dice="return sum(rolls)"),
    "draws": submission(double=DRAWN + "return 2 * x", dice=DRAWN + "return sum(rolls)"),
    "draws figures": submission(double=PLOTTED + "return 2 * x", dice=PLOTTED + "return len(plt.get_fignums())"),
    "a class": submission(double="class Two(int): pass\nreturn Two(2 * x)", dice="return len"),
    "tensors": submission(
        double="import torch\nreturn torch.tensor(2 * x)", dice="import numpy\nreturn numpy.sum(rolls)"
    ),
    "warns": submission(double="import warnings\nwarnings.warn('oh')\nreturn 2 * x"),
}


def judges(engine: JudgeEngine) -> list[psutil.Process]:
    """Those that wait."""
    return wait_for(lambda: len(found := processes(engine)) == len(engine.ready().idle) and found)


@pytest.mark.parametrize("first", KINDS)
def test_what_a_judge_did_before_changes_no_verdict_and_no_page(
    engine: JudgeEngine, released: Released, first: str
) -> None:
    engine.ready().dismiss()
    engine.grade(handed_in(KINDS[first]), released)
    for name, content in KINDS.items():
        again = engine.grade(handed_in(content), released)
        engine.ready().dismiss()
        fresh = engine.grade(handed_in(content), released)
        assert replace(again.verdict, resources=None) == replace(fresh.verdict, resources=None), name
        assert again.notebook == fresh.notebook, name


RENEWED = """
import linecache, random, warnings
import matplotlib.pyplot as plt, numpy, torch
from autograder.judge import judging, shell
from autograder.judge.warm import warm_shell
from autograder.kit.gpu_memory import simulation
warm_shell(simulate=True)

def facts():
    shown.clear()
    exec("import warnings; warnings.warn('once')", names)
    states = {name: hash(each) for name, each in judging.beginning().items()}
    others = [len(shown), torch.utils._device.CURRENT_DEVICE, plt.get_fignums(), "<cell 3>" in linecache.cache]
    return [*states.items(), *enumerate([*others, simulation().counter.peak])]

shown, names = [], {"__name__": "a", "__file__": "a.py"}
warnings.simplefilter("default")
warnings.showwarning = lambda *facts: shown.append(facts)
before = judging.beginning()
judging.renew(before)
wanted = facts()
torch.rand(3), random.random(), numpy.random.rand(3), torch.rand(3, device="cuda")
torch.set_default_dtype(torch.float64), torch.set_grad_enabled(False), torch.set_default_device("cuda")
plt.plot([1])
shell.remember("<cell 3>", "secret = 1")
assert [each for each in facts() if each in wanted] == []
judging.renew(before)
assert [each for each in facts() if each not in wanted] == []
"""


def test_a_judge_is_renewed_in_all_that_there_is_once_in_a_process() -> None:
    done = subprocess.run([sys.executable, "-c", RENEWED], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def test_a_judge_does_the_next_submission_too(engine: JudgeEngine, released: Released) -> None:
    engine.ready().dismiss()
    engine.grade(RIGHT, released)
    before = judges(engine)
    for content in KINDS["untouched"], KINDS["wrong"], KINDS["draws"]:
        engine.grade(handed_in(content), released)
        assert judges(engine) == before and len(before) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "while True:\n    pass",
        "import os\nos._exit(1)",
        "import ctypes\nctypes.string_at(0)",
        "import sys\nprint('oh', file=sys.stderr)\nreturn 2 * x",
    ],
    ids=["late", "gone", "crashed", "warned"],
)
def test_what_is_not_as_usual_is_the_last_that_a_judge_does(
    engine: JudgeEngine, released: Released, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(engine, "limits", replace(LIMITS, cell_seconds=1))
    engine.ready().dismiss()
    engine.grade(RIGHT, released)
    (before,) = judges(engine)
    engine.grade(handed_in(submission(double=answer)), released)
    assert not psutil.wait_procs([before], timeout=30)[1]
    assert engine.grade(RIGHT, released).verdict.points == FULL


def test_a_judge_does_so_many_and_no_more(engine: JudgeEngine, released: Released) -> None:
    engine.ready().dismiss()
    engine.grade(RIGHT, released)
    (before,) = judges(engine)
    for _ in range(MOST_SUBMISSIONS - 1):
        assert before.is_running()
        assert engine.grade(RIGHT, released).verdict.points == FULL
    assert not psutil.wait_procs([before], timeout=30)[1]
    assert engine.grade(RIGHT, released).verdict.points == FULL


def test_a_judge_that_is_killed_while_it_waits_is_not_missed(engine: JudgeEngine, released: Released) -> None:
    engine.grade(RIGHT, released)
    for each in judges(engine):
        each.send_signal(signal.SIGKILL)
    wait_for(lambda: not processes(engine))
    graded = engine.grade(RIGHT, released)
    assert graded.verdict.points == FULL and not graded.crashed_judge


# --- keys -------------------------------------------------------------------------------------------------------------


NOTEBOOK = submission(**ANSWERS)


@pytest.mark.parametrize(
    ("part", "facts"),
    [
        ("engine", {"sandbox": "off"}),
        ("device", {"device": "auto"}),
        ("limits", {"limits": replace(LIMITS, cell_seconds=4)}),
        ("limits", {"limits": replace(LIMITS, submission_seconds=21)}),
        ("limits", {"limits": replace(LIMITS, memory_mb=1000)}),
        ("limits", {"limits": replace(LIMITS, disk_mb=3)}),
        ("limits", {"limits": replace(LIMITS, output_kb=3)}),
    ],
)
def test_another_setting_is_another_key(released: Released, part: str, facts: dict[str, Any]) -> None:
    usual: dict[str, Any] = {"limits": LIMITS, "lessons": [released], "sandbox": "on", "device": "cpu"}
    first, other = JudgeEngine(**usual), JudgeEngine(**usual | facts)
    hand_in = handed_in(NOTEBOOK)
    assert first.key(hand_in, released) != other.key(hand_in, released)
    one, two = first.basis(hand_in, released), other.basis(hand_in, released)
    assert {name for name in vars(one) if getattr(one, name) != getattr(two, name)} == {part}


def test_how_many_run_side_by_side_is_not_in_the_key(released: Released) -> None:
    hand_in = handed_in(NOTEBOOK)
    keys = {JudgeEngine(replace(LIMITS, jobs=jobs), [released]).key(hand_in, released) for jobs in (1, 8)}
    assert len(keys) == 1


def with_outputs(notebook: Notebook) -> None:
    cell_of(notebook, "double")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "5"}]
    cell_of(notebook, "double")["execution_count"] = 9


def with_another_answer(notebook: Notebook) -> None:
    cell_of(notebook, "double")["source"] += "  # mine"


def with_another_cell(notebook: Notebook) -> None:
    notebook["cells"].insert(1, code("x = 1"))


@pytest.mark.parametrize(
    ("change", "same"), [(with_outputs, True), (with_another_answer, False), (with_another_cell, False)]
)
def test_the_key_goes_by_what_the_student_wrote(
    engine: JudgeEngine, released: Released, change: Callable[[Notebook], None], same: bool
) -> None:
    changed = json.loads(json.dumps(NOTEBOOK))
    change(changed)
    keys = [engine.key(handed_in(each, student), released) for each, student in ((NOTEBOOK, "s001"), (changed, "s002"))]
    assert (keys[0] == keys[1]) is same


def test_other_tests_are_another_key(engine: JudgeEngine, released: Released) -> None:
    hand_in = handed_in(NOTEBOOK)
    assert engine.basis(hand_in, replace(released, hash="x")).tests == "x"
    assert engine.key(hand_in, replace(released, hash="x")) != engine.key(hand_in, released)


def test_the_verdict_carries_its_key_and_what_it_is_made_of(engine: JudgeEngine, released: Released) -> None:
    verdict = engine.grade(RIGHT, released).verdict
    assert verdict.basis == engine.basis(RIGHT, released)
    assert verdict.key == verdict.basis.key == engine.key(RIGHT, released)
    assert verdict.engine == "judge"
    assert {each.state for each in verdict.exercises} == {State.RIGHT}
