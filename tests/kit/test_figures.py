"""What is drawn is told as plain values, once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import pytest
import torch

from autograder.kit import figures

DRAWINGS: list[tuple[str, Callable[[Any], object], str, object]] = [
    # name, what is done with the axes, the fact, its value
    ("title", lambda axes: axes.set_title("Loss"), "title", "Loss"),
    ("labels", lambda axes: axes.set_xlabel("epoch"), "xlabel", "epoch"),
    ("scale", lambda axes: axes.set_yscale("log"), "yscale", "log"),
    ("line", lambda axes: axes.plot([0, 1], [2, 3], label="a"), "lines", [{"label": "a", "x": [0, 1], "y": [2, 3]}]),
    ("tensor", lambda axes: axes.plot(torch.tensor([5.0])), "lines", [{"label": "_child0", "x": [0], "y": [5]}]),
    ("words", lambda axes: axes.plot(["a", "b"], [2, 3]), "lines", [{"label": "_child0", "x": [0, 1], "y": [2, 3]}]),
    ("scatter", lambda axes: axes.scatter([1], [2], label="s"), "scatters", [{"label": "s", "x": [1], "y": [2]}]),
    ("bar", lambda axes: axes.bar([1], [3]), "bars", [{"x": 0.6, "y": 0, "width": 0.8, "height": 3}]),
    ("legend", lambda axes: [axes.plot([1], label="a"), axes.legend()], "legend", ["a"]),
    ("image", lambda axes: axes.imshow([[0, 1, 2], [3, 4, 5]]), "images", [(2, 3)]),
    ("area", lambda axes: axes.fill_between([0, 1], [0, 1]), "scatters", []),
    ("circle", lambda axes: axes.add_patch(plt.Circle((0, 0), 1)), "bars", []),
]


@pytest.mark.parametrize(("draw", "fact", "value"), [each[1:] for each in DRAWINGS], ids=[each[0] for each in DRAWINGS])
def test_what_is_drawn_is_told(draw: Callable[[Any], object], fact: str, value: object) -> None:
    figure, axes = plt.subplots()
    figure.suptitle("All")
    draw(axes)

    (drawn,) = figures()

    assert drawn["title"] == "All"
    assert drawn["axes"][0][fact] == value
    assert json.dumps(drawn)  # plain values, all of it


def test_a_figure_is_told_once_and_the_oldest_first() -> None:
    for title in ("first", "second"):
        plt.figure()
        plt.title(title)

    assert [each["axes"][0]["title"] for each in figures()] == ["first", "second"]
    assert figures() == []


def test_a_gap_in_a_line_is_not_a_number() -> None:
    plt.plot([1.0, float("nan")])

    (gap,) = figures()[0]["axes"][0]["lines"][0]["y"][1:]
    assert gap != gap
