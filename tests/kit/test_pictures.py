"""Pictures carry every number in text, mark by shape as well, and take the theme's colours."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from autograder.kit import picture, pictures, show


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    bundles: list[dict[str, str]] = []

    def display(bundle: dict[str, str], **options: Any) -> None:
        assert options == {"raw": True}
        bundles.append(bundle)

    monkeypatch.setattr(pictures, "display", display)
    return bundles


@pytest.mark.parametrize(
    "x",
    [
        torch.tensor(7.0),
        torch.tensor([]),
        torch.zeros(0, 3),
        torch.zeros(3, 0),
        torch.zeros(2, 0, 3),
        torch.tensor([1, 2, 3]),
        torch.ones(2, 3, dtype=torch.bool),
        torch.tensor([1 + 2j]),
        torch.ones(2, dtype=torch.float16),
        torch.ones(2, 2, requires_grad=True),
        torch.ones(2, 3, 4, 5),
        torch.ones(40, 40),
        np.ones((2, 2)),
        [[1, 2], [3, 4]],
        3,
    ],
    ids=repr,
)
def test_every_kind_of_tensor_is_drawn(x: Any, shown: list[dict[str, str]]) -> None:
    show(x, "a picture")

    (bundle,) = shown
    assert bundle["text/html"].count("<table") == bundle["text/html"].count("</table>")
    assert f"shape {tuple(torch.as_tensor(x).shape)}" in bundle["text/html"]
    assert "a picture" in bundle["text/html"]
    assert bundle["text/plain"].startswith("a picture\n")


@pytest.mark.parametrize(
    ("mark", "chosen"),
    [
        (0, [[0, 0], [0, 1], [0, 2]]),
        ((slice(None), 1), [[0, 1], [1, 1]]),
        (torch.tensor([[True, False, False], [False, False, True]]), [[0, 0], [1, 2]]),
        (([0, 1], [1, 2]), [[0, 1], [1, 2]]),
    ],
    ids=["index", "slice", "mask", "pairs"],
)
def test_chosen_cells_are_outlined_and_said(mark: Any, chosen: list[list[int]], shown: list[dict[str, str]]) -> None:
    show(torch.arange(6).reshape(2, 3), "six", mark=mark)

    assert shown[0]["text/html"].count("outline:") == len(chosen)
    assert shown[0]["text/plain"].endswith("outlined: " + ", ".join(map(str, chosen)))


def test_several_tensors_stand_beside_each_other_under_their_names(shown: list[dict[str, str]]) -> None:
    show(left=torch.ones(2), right=torch.zeros(3), text="two")

    assert "left · shape (2,)" in shown[0]["text/html"]
    assert "right · shape (3,)" in shown[0]["text/html"]


def test_a_large_tensor_says_that_it_is_cut(shown: list[dict[str, str]]) -> None:
    show(torch.ones(50, 50), "large")

    assert "the first entries of it" in shown[0]["text/html"]
    assert shown[0]["text/html"].count("border:1px solid") == 144


def test_floats_are_drawn_with_their_point(shown: list[dict[str, str]]) -> None:
    show(torch.tensor([1.0, -2.0, 0.5, float("nan")]), "floats")

    for text in (">1.<", ">-2.<", ">0.5<", ">nan<"):
        assert text in shown[0]["text/html"]


def test_a_tensor_may_be_called_x(shown: list[dict[str, str]]) -> None:
    show(x=torch.ones(2), text="x")

    assert "x · shape (2,)" in shown[0]["text/html"]


def test_nothing_is_drawn_in_a_fixed_colour(shown: list[dict[str, str]]) -> None:
    figure, axis = plt.subplots()
    axis.plot([0, 1], [0, 1], color="black")
    axis.set_title("a title")
    picture(figure, "a line & more")
    show(torch.ones(2), "ones", mark=0)

    for bundle in shown:
        assert "#000000" not in bundle["text/html"]
        assert "#ffffff" not in bundle["text/html"]
        assert "currentColor" in bundle["text/html"]


def test_a_figure_keeps_its_letters_and_says_what_it_shows(shown: list[dict[str, str]]) -> None:
    figure, axis = plt.subplots()
    axis.set_title("a title")
    picture(figure, 'a line "&" more')

    assert ">a title</text>" in shown[0]["text/html"]
    assert 'aria-label="a line &quot;&amp;&quot; more"' in shown[0]["text/html"]
    assert shown[0]["text/plain"] == 'a line "&" more'
    assert plt.get_fignums() == []


def test_names_and_captions_are_escaped(shown: list[dict[str, str]]) -> None:
    show(torch.ones(1), "<script>alert(1)</script>")

    assert "<script" not in shown[0]["text/html"]
