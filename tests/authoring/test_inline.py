"""The set-up cell carries what the notebook uses, works by itself, and keeps to itself."""

from __future__ import annotations

import ast

import pytest

from autograder import kit
from autograder.authoring.inline import kit_cell, own_words, strings_in
from autograder.authoring.session import Session
from autograder.kit.words import WORDS

USES_EXPECT = 'with check("a"):\n    expect(1, 1)'


def test_only_what_is_used_is_carried() -> None:
    cell = kit_cell([USES_EXPECT], [])

    assert "def expect(" in cell
    for absent in ("def predict(", "def picture(", "def randn(", "matplotlib", "GUESSES"):
        assert absent not in cell


def test_the_cell_imports_nothing_of_ours() -> None:
    everything = kit_cell([", ".join(kit.__all__)], [])

    modules = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name) or ""
        for node in ast.walk(ast.parse(everything))
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }
    assert not [name for name in modules if name.startswith("autograder")]


def test_every_name_in_the_cell_is_defined_in_it() -> None:
    everything = kit_cell([", ".join(kit.__all__) + ', "list_or_tensor"'], [])
    session = Session()

    assert session.run(everything, "kit") is None
    for use in (
        'show(torch.eye(2), "a", mark=0)',
        "devices(), randn(2)",
        'with check("a"): expect(torch.eye(2), [[1.0, 0.0], [0.0, 1.0]])',
        'with predict("list_or_tensor", lambda: "4 2"): print("4 2")',
        "import matplotlib.pyplot as plt\npicture(plt.figure(), 'nothing')",
        "import matplotlib.pyplot as plt\nplt.plot([1])\nassert figures()[0]['axes']",
        "def f(x): return x[0]\nexpect_uses(source_of('f'), 'for', '[]', most=1)",
    ):
        assert session.run("import torch\n" + use, "use") is None, use


@pytest.mark.parametrize("name", ["row", "cell", "html", "torch", "close", "draw", "explain"])
def test_a_learners_variable_of_the_same_name_breaks_nothing(name: str) -> None:
    session = Session()
    session.run(kit_cell([USES_EXPECT, "show(1)"], []), "kit")
    session.run(f"{name} = 'mine'", "learner")

    assert session.run(USES_EXPECT, "check") is None
    assert session.run('show([[1.0]], "one")', "picture") is None


def test_words_that_only_hidden_tests_name_come_with_them() -> None:
    hidden = 'with check("a"):\n    expect(1, 2, mistake="loaded_die")'
    cell = kit_cell([USES_EXPECT], [hidden])

    assert WORDS["loaded_die"] not in cell
    known = strings_in(ast.parse(cell))
    assert WORDS["loaded_die"] in ast.literal_eval(own_words(hidden, known)[len("WORDS.update(") : -2]).values()
    assert own_words(USES_EXPECT, known) == ""


def test_a_lesson_that_asks_whether_the_gpu_is_simulated_brings_one_and_no_other_does() -> None:
    assert "simulate_gpu" not in kit_cell(["with check('a'): expect(f(devices()), [1.0])"], [])
    cell = kit_cell(["print(simulated())"], [])
    switched_on = cell.index("    simulate_gpu()\n    print(ready())\n")
    assert cell.index("class Simulation") < switched_on


def test_a_variable_in_the_kit_that_is_called_like_another_part_does_not_bring_it() -> None:
    cell = kit_cell(["show(1, 'one', mark=0)"], [])  # `mark` puts tensors on the simulated GPU, too
    assert "def mark(" not in cell and "simulation" not in cell
