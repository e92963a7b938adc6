"""Pictures carry every number in text, mark by shape as well, and take the theme's colours."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from autograder.authoring.inline import kit_cell
from autograder.authoring.session import Session
from autograder.kit import picture, show, show_broadcast, show_fold, show_joined, show_memory, show_product


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
    "mark",
    [
        0,
        -1,
        (slice(None), 1),
        (slice(0, 2), slice(1, None)),
        (slice(None, None, 2), slice(1, None, 2)),
        (..., -1),
        (),
        ...,
        [2, 0],
        [[0], [1]],
        ([0, 1], [1, 2]),
        ([[0], [1]], [1, 2]),
        (slice(None), [0, 3]),
        [True, False, True],
        (slice(None), [True, False, False, True]),
        torch.tensor([False, True, True]),
        torch.arange(12).reshape(3, 4) % 5 == 0,
        torch.zeros(3, 4, dtype=torch.bool),
        np.s_[1:, ::3],
        (torch.tensor([0, 2]), torch.tensor([1, 1])),
    ],
    ids=str,
)
def test_what_stands_between_the_brackets_is_outlined_and_said(mark: Any, shown: list[dict[str, str]]) -> None:
    x = torch.arange(12).reshape(3, 4)
    show(x, "twelve", mark=mark)

    chosen = x[torch.tensor(mark) if isinstance(mark, list) else mark].unique()
    assert shown[0]["text/html"].count("outline:") == len(chosen)
    said = ", ".join(str([entry // 4, entry % 4]) for entry in chosen.tolist())
    assert shown[0]["text/plain"].endswith(f"outlined: {said}")


@pytest.mark.parametrize("mark", [1, (slice(None), 1), (..., 1), (0, slice(None), [1, 3]), ([0, 1], [2, 0], [3, 3])])
def test_a_selection_in_three_axes_is_outlined(mark: Any, shown: list[dict[str, str]]) -> None:
    x = torch.arange(24).reshape(2, 3, 4)
    show(x, "24", mark=mark)

    assert shown[0]["text/html"].count("outline:") == x[mark].numel()


def test_a_negative_step_is_refused_in_torchs_words() -> None:
    with pytest.raises(ValueError, match="step must be greater than zero"):
        show(torch.arange(4), "reversed", mark=slice(None, None, -1))


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
        assert "scrollbar-color:gray transparent" in bundle["text/html"]


def test_a_figure_keeps_its_letters_and_says_what_it_shows(shown: list[dict[str, str]]) -> None:
    figure, axis = plt.subplots()
    axis.set_title("a title")
    picture(figure, 'a line "&" more')

    assert ">a title</text>" in shown[0]["text/html"]
    assert 'aria-label="a line &quot;&amp;&quot; more"' in shown[0]["text/html"]
    assert shown[0]["text/plain"] == 'a line "&" more'
    assert plt.get_fignums() == []


def test_of_a_figure_there_are_its_own_words_only_where_a_page_shows_no_drawings(shown: list[dict[str, str]]) -> None:
    figure, axis = plt.subplots()
    axis.set_title("a title")
    axis.set_axis_off()
    picture(figure, "a line")

    words = re.sub(r"<style.*?</style>|<!--.*?-->|<[^>]*>", " ", shown[0]["text/html"], flags=re.DOTALL)
    assert words.split() == ["a", "title", "a", "line"]


def test_names_and_captions_are_escaped(shown: list[dict[str, str]]) -> None:
    show(torch.ones(1), "<script>alert(1)</script>")

    assert "<script" not in shown[0]["text/html"]


@pytest.mark.parametrize(
    "use",
    [
        'show(x, "a", mark=0)',
        'show_memory("a", x=x, row=x[1])',
        'show_broadcast(x, x[0], "a", op="+")',
        'show_fold(x, 0, "a")',
        'show_product(x, x, 0, 1, "a")',
        'show_joined(lambda a, b: torch.cat([a, b]), "a", a=x, b=x)',
        "expect_view(x[0], x); expect_copy(x.clone(), x); expect_same_object(x, x); expect_requires_grad(x, False)",
    ],
)
def test_it_works_from_a_lessons_set_up_cell_alone(use: str) -> None:
    session = Session()

    assert session.run(kit_cell([use], []), "kit") is None
    assert session.run(f"import torch\nx = torch.eye(2)\n{use}", "use") is None


@pytest.mark.parametrize("draw", [show_memory, show_broadcast, show_fold, show_product, show_joined])
def test_no_picture_is_drawn_without_words(draw: Callable[..., None]) -> None:
    assert inspect.signature(draw).parameters["text"].default is inspect.Parameter.empty
