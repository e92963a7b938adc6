"""A fold says which cells become one, and what they become."""

from __future__ import annotations

import pytest
import torch

from autograder.kit import show_fold

X = torch.tensor([[1.0, 5.0, 3.0], [4.0, 2.0, 7.0]])


@pytest.mark.parametrize(
    ("x", "dim", "how", "keepdim", "label", "folds"),
    [
        (X, 1, "sum", False, "sum(dim=1): shape (2, 3) → (2,)", ["1. 5. 3. → 9.", "4. 2. 7. → 13."]),
        (X, -1, "max", True, "max(dim=-1, keepdim=True): shape (2, 3) → (2, 1)", ["1. 5. 3. → 5.", "4. 2. 7. → 7."]),
        (X, 0, "amin", False, "amin(dim=0): shape (2, 3) → (3,)", ["1. 4. → 1.", "5. 2. → 2.", "3. 7. → 3."]),
        (X, -2, "argmax", False, "argmax(dim=-2): shape (2, 3) → (3,)", ["1. 4. → 1", "5. 2. → 0", "3. 7. → 1"]),
        (X, None, "mean", False, "mean(): shape (2, 3) → ()", ["1. 5. 3. 4. 2. 7. → 3.6667"]),
        (X[0], 0, "prod", False, "prod(dim=0): shape (3,) → ()", ["1. 5. 3. → 15."]),
    ],
)
def test_the_fold_and_its_cells_are_said(
    x: torch.Tensor, dim: int | None, how: str, keepdim: bool, label: str, folds: list[str], shown: list[dict[str, str]]
) -> None:
    show_fold(x, dim, "a fold", how=how, keepdim=keepdim)

    assert shown[0]["text/plain"] == "\n".join(["a fold", label, *folds])
    assert label in shown[0]["text/html"]
    arrows = shown[0]["text/html"].count(">→<") + shown[0]["text/html"].count(">↓<")
    assert arrows == len(folds)


@pytest.mark.parametrize(("dim", "dashed"), [(1, 8), (0, 6), (None, 14)])
def test_dashed_lines_run_only_inside_a_group(dim: int | None, dashed: int, shown: list[dict[str, str]]) -> None:
    show_fold(X, dim, "a fold")

    assert shown[0]["text/html"].count("1px dashed") == dashed  # both cells beside a line draw it


@pytest.mark.parametrize("x", [torch.ones(2, 3, 4), torch.tensor(1.0)])
def test_other_numbers_of_axes_are_refused(x: torch.Tensor) -> None:
    with pytest.raises(ValueError, match="one or two"):
        show_fold(x, 0, "no")
