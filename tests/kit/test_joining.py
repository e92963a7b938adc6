"""Joined cells show which part they came from, by name and by border."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from autograder.kit import show_joined

A, B = torch.tensor([[1, 2], [3, 4]]), torch.tensor([[5, 6], [7, 8]])


@pytest.mark.parametrize(
    ("join", "label", "origins"),
    [
        (lambda a, b: torch.cat([a, b]), "joined: shape (4, 2)", "a, a, a, a, b, b, b, b"),
        (lambda a, b: torch.cat([a, b], 1), "joined: shape (2, 4)", "a, a, b, b, a, a, b, b"),
        (lambda a, b: torch.stack([a, b]), "joined: shape (2, 2, 2)", "a, a, a, a, b, b, b, b"),
        (lambda a, b: torch.stack([a, b], -1), "joined: shape (2, 2, 2)", "a, b, a, b, a, b, a, b"),
        (lambda a, b: torch.cat([b, a]), "joined: shape (4, 2)", "b, b, b, b, a, a, a, a"),
    ],
)
def test_each_cell_bears_its_parts_name(
    join: Callable[..., torch.Tensor], label: str, origins: str, shown: list[dict[str, str]]
) -> None:
    show_joined(join, "joined", a=A, b=B)

    (bundle,) = shown
    assert label in bundle["text/html"]
    assert bundle["text/plain"].endswith(f"its entries come from {origins}")
    assert bundle["text/html"].count("<sub>a</sub>") == bundle["text/html"].count("2px solid") == 4 + 4
    assert bundle["text/html"].count("<sub>b</sub>") == bundle["text/html"].count("2px dashed") == 4 + 4


def test_a_name_is_escaped(shown: list[dict[str, str]]) -> None:
    show_joined(lambda a: a, "odd", **{"<i>": A})

    assert "<sub>&lt;i&gt;</sub>" in shown[0]["text/html"]
