"""Tests of how an answer is written and of what it draws: alike in a kernel, in `course verify` and in the judge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from authoring.small_lesson import LESSON, make
from both_engines import MARKERS, every_answer, filled, graded
from rules_lesson import BANK, SOURCE
from test_both_engines import differs

from autograder.authoring.build import build
from autograder.authoring.source import read_source
from autograder.authoring.verify import verify
from autograder.classroom.released import read_released
from autograder.classroom.verdict import ExerciseResult
from autograder.course import Course

LOOP = "def totals(x):\n    return torch.stack([row.sum() for row in x])"
TRIED = "def totals(x):\n    return x.sum(1)\n\nfor n in (1, 2):\n    print(totals(torch.ones(n, n)))"
SHOWN = "def curve(losses):\n    plt.plot(losses, label='loss')\n    plt.xlabel('epoch')\n    plt.show()"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = make(tmp_path_factory.mktemp("rules") / "course", SOURCE, BANK)
    list(build(made))
    return made


def by(engine: str, course: Course, *notebooks: dict[str, str]) -> list[dict[str, ExerciseResult]]:
    """The exercises of hand-ins that have these answers, and the lesson's own to the rest."""
    exercises = read_source(course.source(LESSON)).exercises
    right = {each.id: MARKERS.sub("", each.solution.text) for each in exercises}
    handed_out = json.loads(course.notebook(LESSON).read_text(encoding="utf-8"))
    contents = [filled(handed_out, right | each) for each in notebooks]
    verdicts = graded(engine, course, read_released(course, LESSON), contents)
    return [{each.id: each for each in verdict.exercises} for verdict in verdicts]


def test_verify_finds_no_fault_in_such_a_lesson(course: Course) -> None:
    assert [str(each) for each in verify(course, LESSON).faults] == []


@pytest.mark.slow
def test_such_a_lesson_fares_alike_in_all_three(course: Course, tmp_path: Path) -> None:
    found = every_answer(course, LESSON, verify(course, LESSON).trials, tmp_path)

    assert [str(each) for each in found if differs(each)] == []
    assert {"loop_used", "sizes_hard_coded", "swapped"} <= {each.judge.mistake for each in found}


@pytest.mark.slow
def test_a_shown_figure_is_put_away_by_a_kernel_and_not_by_the_judge(course: Course) -> None:
    """Jupyter's `plt.show()` closes the figures that it shows; the worker shows none."""
    handed_in = {"totals": TRIED, "curve": SHOWN}
    (by_nbgrader,), (by_judge,) = by("nbgrader", course, handed_in), by("judge", course, handed_in)

    assert (by_nbgrader["curve"].points, by_judge["curve"].points) == (0, 3)
    assert by_nbgrader["totals"].points == by_judge["totals"].points == 3  # a loop below the answer is no part of it


def test_the_judge_takes_the_source_from_the_notebook_whatever_a_function_says_of_itself(course: Course) -> None:
    renamed = f"{LOOP}\n\ntotals.__name__ = 'curve'\ntotals.__code__ = totals.__code__.replace(co_filename='<cell 2>')"
    overwritten = f"{LOOP}\n\nsource_of = lambda name: 'def totals(x): pass'\nexpect_uses = lambda *a, **b: None"
    tried, *hostile = by("judge", course, *({"totals": text} for text in (TRIED, LOOP, renamed, overwritten)))

    assert tried["totals"].points == 3
    for each in hostile:
        assert each["totals"].points == 1
        assert [test.mistake for test in each["totals"].tests] == ["", "loop_used"]


def test_the_judge_looks_at_the_figures_of_the_worker(course: Course) -> None:
    forged = "figures = lambda: [{'title': '', 'axes': []}]\n\ndef curve(losses):\n    pass"
    left_open = "plt.plot([1.0], label='old')\n\ndef curve(losses):\n    pass"
    for each in by("judge", course, {"curve": forged}, {"curve": left_open}):
        assert each["curve"].points == 0
