"""No line of a solution, a hidden test or a bank stands in what students get."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_lesson import LESSON, make

from autograder.authoring.bank import read_bank
from autograder.authoring.release import starters_of
from autograder.authoring.secrets import leaks, secret_lines
from autograder.authoring.source import read_source, solution_notebook


@pytest.fixture
def secrets(tmp_path: Path) -> dict[str, str]:
    course = make(tmp_path)
    source = read_source(course.source(LESSON))
    starters = starters_of(solution_notebook(source, LESSON.name))
    return secret_lines(source, starters.values(), read_bank(course.bank(LESSON)))


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("return x + x + 0 * x.abs()", "the solution 'twice'"),
        ("    return x + x  + 0 * x.abs()", "the solution 'twice'"),
        ("x = torch.tensor([-1.0, 3.0, 0.5], device=device)", "the hidden 'twice'"),
        ("return torch.tensor([4.0, 4.0])", "an answer of the bank to 'twice'"),
        ("### BEGIN SOLUTION", "a marker"),
        ("    ### BEGIN HIDDEN TESTS", "a marker"),
    ],
)
@pytest.mark.parametrize(
    "wrapped",
    [
        lambda text: f"# Some file\n{text}\n",
        lambda text: json.dumps({"cells": [{"source": ["import torch\n", f"{text}\n"]}]}),
        lambda text: json.dumps({"cells": [{"outputs": [{"text": f"a\n{text}"}]}]}),
        lambda text: json.dumps({"metadata": {text: 1}}),
    ],
    ids=["text", "source", "output", "metadata"],
)
def test_a_line_that_gives_something_away_is_found_wherever_it_stands(
    secrets: dict[str, str], text: str, of: str, wrapped: object
) -> None:
    assert callable(wrapped)
    (leak,) = leaks(wrapped(text), secrets)

    assert of in leak and text.split()[0] in leak


def test_the_starter_the_visible_check_and_the_prose_give_nothing_away(secrets: dict[str, str]) -> None:
    shown = (
        'def twice(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()\nwith check("twice"):\n'
        '    expect(twice(torch.tensor([2.0, 2.0])), [4.0, 4.0], mistakes={"swapped": [1.0, 1.0]})\nReturn twice `x`.'
    )

    assert list(leaks(shown, secrets)) == []
