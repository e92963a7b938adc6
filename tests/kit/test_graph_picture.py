"""The picture of a graph says what its nodes say: each step, its value, and what comes back along each arrow."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import torch

from autograder.kit import show_graph
from autograder.kit.gpu import simulate_gpu, stop_simulating


def leaf(*values: float, device: str = "cpu") -> torch.Tensor:
    return torch.tensor(values if len(values) > 1 else values[0], device=device, requires_grad=True)


def test_values_go_down_and_gradients_come_back(shown: list[dict[str, str]]) -> None:
    x = leaf(10.0)

    show_graph(lambda: 2 * x * x + 3, "2x² + 3", x=x)

    (bundle,) = shown
    assert bundle["text/plain"].splitlines() == [
        "2x² + 3",
        "1. x · leaf, value 10., gradient 40.",
        "2. MulBackward0, value 20., gradient 10.",
        "3. MulBackward0, value 200., gradient 1.",
        "4. AddBackward0, value 203., gradient 1.",
        "back from 4 to 3: 1.",
        "back from 4 to None, which needs no gradient",
        "back from 3 to 2: 10.",
        "back from 3 to 1: 20.",
        "back from 2 to 1: 20.",
        "back from 2 to None, which needs no gradient",
    ]
    for words in ("x · leaf", "value 203.", "gradient 40.", "↑ 20.", "None"):
        assert words in bundle["text/html"]


def two_paths(x: torch.Tensor, a: torch.Tensor) -> torch.Tensor:
    y, b = 2 * x**2 + 3 * a, 6 * x * a
    return y**2 + 1 / (b * y)


def diamond(x: torch.Tensor, a: torch.Tensor) -> torch.Tensor:
    return (x.exp() * x.sin() + a) * (x + a).sqrt()


def squared(x: torch.Tensor, a: torch.Tensor) -> torch.Tensor:
    return x * x + a.detach() * x


@pytest.mark.parametrize("f", [two_paths, diamond, squared])
def test_what_arrives_at_a_leaf_is_what_backward_leaves_there(
    f: Callable[..., torch.Tensor], shown: list[dict[str, str]]
) -> None:
    x, a = leaf(1.5), leaf(0.5)
    show_graph(lambda: f(x, a), "a graph", x=x, a=a)
    assert (x.grad, a.grad) == (None, None)

    f(x, a).backward()
    for name, each in (("x", x), ("a", a)):
        said = re.search(rf"{name} · leaf, value \S+, gradient (\S+)", shown[0]["text/plain"])
        assert (said is None) == (each.grad is None)
        if said and each.grad is not None:
            assert float(said[1]) == pytest.approx(each.grad.item(), rel=1e-4)


def test_a_tensor_is_drawn_as_it_is_and_can_still_go_backward(shown: list[dict[str, str]]) -> None:
    u = leaf(3.0)
    p = u**2
    r = p * (2 * u)

    show_graph(r, "r", u=u, p=p, r=r)

    lines = shown[0]["text/plain"].splitlines()
    assert "r · MulBackward0, value 54., gradient 1." in lines[-6]
    assert any("p · PowBackward0, value 9., gradient 6." in line for line in lines)
    assert any(
        re.fullmatch(r"\d\. MulBackward0, value not kept, gradient 9\.", line) for line in lines
    )  # it has no name
    r.backward()
    assert u.grad == torch.tensor(54.0)


def test_a_few_entries_are_written_out_and_many_are_told_by_their_shape(shown: list[dict[str, str]]) -> None:
    few, many = leaf(1.0, 2.0), torch.ones(3, 4, requires_grad=True)

    show_graph(lambda: (few * few).sum() + many.mean(), "both", few=few, many=many)

    assert "few · leaf, value [1., 2.], gradient [2., 4.]" in shown[0]["text/plain"]
    assert "many · leaf, value of shape (3, 4), gradient of shape (3, 4)" in shown[0]["text/plain"]


def test_a_step_with_several_results_has_no_one_gradient(shown: list[dict[str, str]]) -> None:
    x = leaf(3.0, 2.0)
    show_graph(lambda: torch.mul(*x.unbind()), "both entries", x=x)

    assert "UnbindBackward0, value not kept, 2 results" in shown[0]["text/plain"]
    assert "x · leaf, value [3., 2.], gradient [2., 3.]" in shown[0]["text/plain"]


def test_boxes_stand_apart_and_arrows_join_them(shown: list[dict[str, str]]) -> None:
    x, a = leaf(10.0), leaf(5.0)
    show_graph(lambda: two_paths(x, a), "many paths", x=x, a=a)

    drawn = shown[0]["text/html"]
    boxes = [
        tuple(map(float, each)) for each in re.findall(r"<rect x='(\S+)' y='(\S+)' width='(\S+)' height='(\S+)'", drawn)
    ]
    said = shown[0]["text/plain"]
    assert len(boxes) == len(re.findall(r"^\d+\. ", said, re.MULTILINE)) + said.count("None")
    for at, (x0, y0, wide, high) in enumerate(boxes):
        for x1, y1, other_wide, other_high in boxes[:at]:
            assert x0 + wide <= x1 or x1 + other_wide <= x0 or y0 + high <= y1 or y1 + other_high <= y0
    assert drawn.count("m-4 -7") == said.count("back from")


def curve(path: str) -> list[tuple[float, float]]:
    """Points of an arrow's curve, close to each other."""
    x, _, top, *ends = (float(each) for each in re.findall(r"-?[\d.]+", path.partition("m")[0]))
    bends = [(x, top), *zip(ends[::2], ends[1::2], strict=True)]
    shares = [(at / 200, 1 - at / 200) for at in range(201)]
    return [
        tuple(  # type: ignore[misc]
            left**3 * a + 3 * left**2 * part * b + 3 * left * part**2 * c + part**3 * d
            for a, b, c, d in zip(*bends, strict=True)
        )
        for part, left in shares
    ]


@pytest.mark.parametrize("f", [two_paths, diamond, squared])
def test_no_arrow_runs_through_its_own_words(f: Callable[..., torch.Tensor], shown: list[dict[str, str]]) -> None:
    x, a = leaf(1.5), leaf(0.5)
    show_graph(lambda: f(x, a), "a graph", x=x, a=a)

    told = re.findall(
        r"<path d='(\S[^']*)'[^>]*/><text x='(\S+)' y='(\S+)' text-anchor='(\w+)'[^>]*>([^<]*)</text>",
        shown[0]["text/html"],
    )
    assert len(told) == shown[0]["text/plain"].count("back from") - shown[0]["text/plain"].count("None")
    for path, left, foot, anchor, words in told:
        wide, x0, y0 = 6.5 * len(words), float(left), float(foot)
        x0 -= wide if anchor == "end" else 0
        assert not any(x0 <= x <= x0 + wide and y0 - 9 <= y <= y0 for x, y in curve(path)), words


def too_large() -> torch.Tensor:
    x = leaf(1.0)
    for _ in range(30):
        x = x + 1
    return x


@pytest.mark.parametrize(
    ("y", "words"),
    [(torch.ones(2), "no grad_fn"), (lambda: leaf(1.0).detach() * 2, "no grad_fn"), (too_large, "too large")],
    ids=["a leaf", "detached", "large"],
)
def test_what_has_no_graph_or_too_large_a_one_is_refused(y: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        show_graph(y, "nothing")


def test_a_graph_on_the_simulated_gpu_is_drawn_too(shown: list[dict[str, str]]) -> None:
    simulate_gpu()
    try:
        x = leaf(1.0, 2.0, device="cuda")
        show_graph(lambda: (x**2).sum(), "on the GPU", x=x)
    finally:
        stop_simulating()

    assert "x · leaf, value [1., 2.], gradient [2., 4.]" in shown[0]["text/plain"]
    assert "PowBackward0, value [1., 4.], gradient [1., 1.]" in shown[0]["text/plain"]


def test_the_theme_gives_the_colours_and_names_are_escaped(shown: list[dict[str, str]]) -> None:
    x = leaf(1.0)
    show_graph(lambda: x * 2, "<b>", **{"x<y": x})

    assert "#" not in shown[0]["text/html"]
    assert "currentColor" in shown[0]["text/html"]
    assert "x&lt;y" in shown[0]["text/html"] and "<b>" not in shown[0]["text/html"]
