"""Both operands are drawn in their common shape, the copies marked without colour."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from autograder.kit import show_broadcast

COLUMN, ROW = torch.tensor([[10], [20], [30]]), torch.tensor([1, 2, 3, 4])


@pytest.mark.parametrize(
    ("a", "b", "copies"),
    [
        (COLUMN, ROW, 9 + 8),
        (ROW, COLUMN, 9 + 8),
        (torch.ones(2, 3), torch.ones(3), 3),
        (torch.ones(2, 3), torch.ones(1, 3), 3),
        (torch.ones(2, 3), 2.0, 5),
        (torch.ones(2, 3), torch.ones(2, 3), 0),
        (torch.ones(3), torch.ones(1), 2),
        (torch.tensor(1), torch.tensor(2), 0),
        (torch.ones(0, 3), torch.ones(3), 0),
    ],
)
def test_every_cell_that_is_a_copy_is_dashed_and_in_parentheses(
    a: Any, b: Any, copies: int, shown: list[dict[str, str]]
) -> None:
    show_broadcast(a, b, "stretched")

    assert shown[0]["text/html"].count("dashed") == copies
    assert shown[0]["text/html"].count(">(") == copies


def test_shapes_names_and_the_result_are_said(shown: list[dict[str, str]]) -> None:
    show_broadcast(COLUMN, ROW, "each with each", op="-", names=("column", "row"))

    for said in (
        "column: shape (3, 1), stretched to (3, 4)",
        "row: shape (4,), stretched to (3, 4)",
        "column - row: shape (3, 4)",
    ):
        assert said in shown[0]["text/html"]
        assert said in shown[0]["text/plain"]
    assert str(COLUMN - ROW) in shown[0]["text/plain"]
    assert shown[0]["text/plain"].startswith("each with each\n")


def test_shapes_that_do_not_fit_raise_what_the_operation_would() -> None:
    with pytest.raises(RuntimeError, match=r"size of tensor a \(3\) must match the size of tensor b \(4\)"):
        show_broadcast(torch.ones(3), ROW, "no")
