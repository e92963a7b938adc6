"""What a student's process is told of a test beforehand: the names that the test asks of the notebook."""

from __future__ import annotations

import pytest

from autograder.classroom.released import exercise_of, read_released
from autograder.course import load
from autograder.judge.names import asked_in
from autograder.judge.release_cells import release_cells


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ("want = 3\nexpect(answer(2), want)", ["answer", "expect"]),
        ("import torch\nanswer(torch.zeros(2).numel())", ["answer"]),
        ("from math import sin as s\nanswer(s(1))", ["answer"]),
        ("def f(x):\n    y = answer(x)\n    return y\nlen(f(1))", ["answer"]),
        ("[answer(each) for each in range(3)]", ["answer"]),
        ("with check('a') as c:\n    answer(c, key=1)", ["answer", "check"]),
    ],
)
def test_names_that_a_test_reads_and_does_not_define(source: str, asked: list[str]) -> None:
    assert asked_in(source) == asked


def test_hidden_tests_ask_for_their_exercise_alone() -> None:
    course = load()
    for lesson in course.lessons:
        for test, names in release_cells(read_released(course, lesson)).asked.items():
            if test.endswith("-hidden") and test != "save_and_load-hidden":
                assert names == [exercise_of(test)], test
