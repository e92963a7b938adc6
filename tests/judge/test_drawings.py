"""Cells of a lesson that only draw are left out, unless somebody relies on what they leave behind."""

from __future__ import annotations

import pytest

from autograder.judge.drawings import drawing, left_out, reads
from autograder.judge.python_source import Parser

DRAWS = """# @title Drawing
import matplotlib.pyplot as plt
values = [1, 2]
figure, axes = plt.subplots()
for row in values:
    axes.plot([row for column in values])"""


def test_what_it_imports_and_what_it_leaves_behind_are_told_apart() -> None:
    assert drawing(DRAWS).imports == "import matplotlib.pyplot as plt"
    assert drawing(DRAWS).variables == {"values", "figure", "axes", "row"}


@pytest.mark.parametrize(
    ("other", "out"),
    [
        ("x = 1", True),
        ("plt.figure()", True),
        ("figure, axes = plt.subplots()\naxes.plot([1])", True),
        ("print(values)", False),
        ("def answer():\n    return values", False),
        ("values += [3]", False),
        ("%time sum(values)", False),
        ("values = values + [1]", False),
        ("def broken(:\n    values", False),
        ("del values", False),
        ("x = 1; x += values[0]", False),
        ("class Answer:\n    values = values", False),
        ("def answer(x=values):\n    return x", False),
        ("def answer():\n    global values\n    values += [3]", False),
        ("def answer():\n    return [value for value in values]", False),
        ("@values.append\ndef answer():\n    pass", False),
        ("  print(values)\n  x = 1", False),
        ("print(row)", False),
        ("for each in [1]:\n    print(row)", False),
        ("for row in row:\n    pass", False),
        ("for each in []:\n    row = 1\nelse:\n    print(row)", False),
        ("with open(row) as row:\n    pass", False),
        ("print(f'{row!r:>{8}}')", False),
        ("for values[0] in [3]:\n    pass", False),
        ("with open('x') as values[0]:\n    pass", False),
        ("for each in []:\n    row = 1\nprint(row)", False),
        ("if 0:\n    row = 1\nprint(row)", False),
        ("for row in [1]:\n    print(row)", True),
        ("for number, row in enumerate([1]):\n    for column in [row]:\n        print(column, row)", True),
        ("with open('x') as row:\n    print(row)", True),
        ("column = 1\nprint(column)", True),
        ("def answer(values):\n    return sum(values)", True),
        ("def answer():\n    figure, axes = plt.subplots()\n    return lambda: axes", True),
        ("def answer(data):\n    return [values for values in data]", True),
        ("def answer(data):\n    return data.values", True),
        ("lambda values: values", True),
        ("  def answer(values):\n      return sum(values)", True),
        ("def answer():\n    values = 0\n    values += 1\n    del values", True),
    ],
)
def test_it_is_left_out_where_no_other_cell_reads_its_variables(other: str, out: bool) -> None:
    assert left_out([DRAWS, other], {DRAWS: drawing(DRAWS)}, {}) == ({DRAWS} if out else set())


def test_a_cell_that_the_student_has_changed_runs() -> None:
    assert left_out([DRAWS + "\nprint(1)"], {DRAWS: drawing(DRAWS)}, {}) == set()


def test_what_was_worked_out_before_is_taken() -> None:
    assert left_out([DRAWS, "x"], {DRAWS: drawing(DRAWS)}, {"x": frozenset({"values"})}) == set()
    assert reads("y = z\nz = y", Parser()) == {"z"}
