"""`course bench` measures what it says, and names the yardstick of each ratio."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from authoring.small_lesson import LESSON, make

from autograder.authoring.build import build
from autograder.bench import Measure, bench
from autograder.bench_grading import Memory, class_of, grade
from autograder.classroom.released import read_released
from autograder.engines import Graded
from autograder.judge.engine import JudgeEngine


@pytest.mark.slow
def test_each_line_has_its_yardstick(tmp_path: Path) -> None:
    course = make(tmp_path)
    list(build(course))

    lines = {each.what: each for each in bench(course, repeats=1, submissions=4)}

    yardsticks = {what: each.yardstick for what, each in lines.items()}
    assert yardsticks["100 checks that pass"] == "the answers alone"
    assert yardsticks[f"{LESSON.name}, a submission by the judge"] == "the same in a bare fork"
    assert yardsticks[f"{LESSON.name}, a submission by nbgrader autograde"] == "the judge"
    memory = next(each for each in lines.values() if each.unit == "MB")
    assert memory.yardstick == "early"
    assert f"{LESSON.name}, top to bottom" in lines
    assert all(each.amount > 0 and each.bare > 0 for each in lines.values())


def test_without_submissions_nothing_is_graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.bench.run_notebook", lambda path: None)
    course = make(tmp_path)
    assert not [each for each in bench(course, repeats=1, submissions=0) if "submission" in each.what]


def test_a_ratio_is_to_the_bare_cost() -> None:
    assert Measure("this", 6.0, "that", 1.5).ratio == 4.0


def test_a_class_is_graded_as_it_must_be_or_its_time_means_nothing(tmp_path: Path) -> None:
    course = make(tmp_path)
    list(build(course))
    released, hand_ins = read_released(course, LESSON), list(class_of(course, LESSON, 8))
    assert len({each.student for each in hand_ins}) == 8
    assert [each.content == course.notebook(LESSON).read_bytes() for each in hand_ins] == [
        False,
        False,
        False,
        True,
    ] * 2

    class AllRight(JudgeEngine):
        def grade(self, hand_in: object, released: object) -> Graded:
            return JudgeEngine.grade(self, hand_ins[0], read_released(course, LESSON))

    engine = AllRight(course.limits, [released])
    try:
        with pytest.raises(RuntimeError, match=r"judge gave 3\.0, not 0\.0"):
            grade(engine, released, hand_ins[:4])
    finally:
        engine.close()


def test_memory_counts_processes_below_this_one() -> None:
    program = "import sys; x = bytearray(300 << 20); print(flush=True); sys.stdin.read()"
    with Memory() as alone:
        pass
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with child:
        assert child.stdout
        child.stdout.readline()
        with Memory() as both:
            pass
        assert child.stdin
        child.stdin.close()
    assert both.late - alone.late > 290
    assert both.kind in ("PSS", "RSS")


def test_the_yardstick_runs_every_cell_in_a_fork_of_its_own(tmp_path: Path) -> None:
    writes = f"import os, pathlib; pathlib.Path({str(tmp_path)!r}, str(os.getpid())).write_text(str(x))"
    done = subprocess.run(
        [sys.executable, "-P", "-m", "autograder.judge.bare"],
        input=json.dumps(
            {
                "jobs": 2,
                "simulate": True,
                "notebooks": [
                    ["x = 1", writes],
                    ["x = 2", "1 / 0", writes],
                    ["import torch; x = torch.cuda.is_available()", writes],
                ],
            }
        ),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        text=True,
        capture_output=True,
        check=True,
    )
    assert float(done.stdout) > 0
    assert sorted(each.read_text() for each in tmp_path.iterdir()) == ["1", "2", "True"]
