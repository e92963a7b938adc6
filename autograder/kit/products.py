"""The matrix product: a row against a column."""

from typing import Any

import torch

from autograder.kit.pictures import CELL, CHOSEN, INDEX, draw, labelled, numeral, table


def show_product(a: Any, b: Any, row: int, column: int, text: str, *, names: tuple[str, str] = ("a", "b")) -> None:
    """Draw `a` (n, k) left of and `b` (k, m) above their product; a row, a column and where they meet are outlined.

    Raises:
        RuntimeError: the shapes do not fit; torch's own words.
    """
    a, b = (torch.as_tensor(each).detach().cpu() for each in (a, b))
    both, product = (a.tolist(), b.tolist()), torch.mm(a, b).tolist()
    left, free, both_names = a.shape[1], ("", "border:none"), " @ ".join(names)
    lines: list[list[Any]] = [[*[free] * (left + 1), (names[1], INDEX), *((j, INDEX) for j in range(b.shape[1]))]]
    for i, numbers in enumerate(both[1]):
        cells = [(numeral(each), CHOSEN if j == column else CELL) for j, each in enumerate(numbers)]
        lines.append([*[free] * (left + 1), (i, INDEX), *cells])
    lines.append([(names[0], INDEX), *((j, INDEX) for j in range(left)), (both_names, INDEX)])
    for i, numbers in enumerate(both[0]):
        cells = [(numeral(each), CHOSEN if i == row else CELL) for each in numbers]
        met = [(numeral(each), CHOSEN if (i, j) == (row, column) else CELL) for j, each in enumerate(product[i])]
        lines.append([(i, INDEX), *cells, free, *met])
    terms = (f"{numeral(x)} · {numeral(y[column])}" for x, y in zip(both[0][row], both[1], strict=True))
    total = f"({both_names})[{row}, {column}] = {' + '.join(terms)} = {numeral(product[row][column])}"
    label = f"shape {tuple(a.shape)} @ {tuple(b.shape)} → {(len(a), b.shape[1])}"
    said = [text, f"{names[0]}\n{a}", f"{names[1]}\n{b}", f"{both_names}, {label}\n{a @ b}", total]
    draw(labelled(label, table(lines)) + f"<div>{total}</div>", "\n".join(said), text)
