"""A matrix product is drawn as a row against a column."""

from __future__ import annotations

import pytest
import torch

from autograder.kit import show_product

A, B = torch.tensor([[1, 2, 3], [4, 5, 6]]), torch.tensor([[7, 8], [9, 10], [11, 12]])


def test_the_row_the_column_and_their_sum_are_outlined_and_written_out(shown: list[dict[str, str]]) -> None:
    show_product(A, B, 1, 0, "a row against a column")

    (bundle,) = shown
    assert bundle["text/html"].count("outline:") == 3 + 3 + 1
    for said in ("(a @ b)[1, 0] = 4 · 7 + 5 · 9 + 6 · 11 = 139", "shape (2, 3) @ (3, 2) → (2, 2)"):
        assert said in bundle["text/html"]
        assert said in bundle["text/plain"]
    for entry in range(1, 13):  # those of a, then those of b
        chosen = entry in (4, 5, 6, 7, 9, 11)
        assert (f"bold'>{entry}<" in bundle["text/html"]) == chosen, entry
    for i, row in enumerate((A @ B).tolist()):
        for j, entry in enumerate(row):
            assert f"{'bold' if (i, j) == (1, 0) else 'currentColor'}'>{entry}<" in bundle["text/html"]


def test_names_stand_in_place_of_a_and_b(shown: list[dict[str, str]]) -> None:
    show_product(A, B, 1, 0, "a row against a column", names=("x.T", "pull"))

    (bundle,) = shown
    for cell in (">x.T<", ">pull<", ">x.T @ pull<"):
        assert cell in bundle["text/html"]
    assert "(x.T @ pull)[1, 0] = 4 · 7 + 5 · 9 + 6 · 11 = 139" in bundle["text/html"]
    for line in (f"x.T\n{A}", f"pull\n{B}", f"x.T @ pull, shape (2, 3) @ (3, 2) → (2, 2)\n{A @ B}"):
        assert line in bundle["text/plain"]
    assert "a @ b" not in bundle["text/html"] + bundle["text/plain"]


def test_every_line_has_as_many_cells_so_that_rows_and_columns_meet(shown: list[dict[str, str]]) -> None:
    show_product(torch.ones(4, 2), torch.ones(2, 5), 3, 4, "wide")

    widths = {line.count("<td") for line in shown[0]["text/html"].split("<tr")[1:]}
    assert widths - {1 + 2 + 1} == {1 + 2 + 1 + 5}  # the line between b and the product ends early


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        show_product(A, A, 0, 0, "no")
