"""The matrix product: a row against a column."""

from typing import Any

import torch

from autograder.kit.pictures import CELL, CHOSEN, INDEX, draw, labelled, numeral, table


def show_product(a: Any, b: Any, row: int, column: int, text: str) -> None:
    """Draw `a` (n, k) left of and `b` (k, m) above their product; a row, a column and where they meet are outlined.

    Raises:
        RuntimeError: the shapes do not fit; torch's own words.
    """
    a, b = (torch.as_tensor(each).detach().cpu() for each in (a, b))
    both, product = (a.tolist(), b.tolist()), torch.mm(a, b).tolist()
    left, free = a.shape[1], ("", "border:none")
    lines: list[list[Any]] = [[*[free] * (left + 1), ("b", INDEX), *((j, INDEX) for j in range(b.shape[1]))]]
    for i, numbers in enumerate(both[1]):
        cells = [(numeral(each), CHOSEN if j == column else CELL) for j, each in enumerate(numbers)]
        lines.append([*[free] * (left + 1), (i, INDEX), *cells])
    lines.append([("a", INDEX), *((j, INDEX) for j in range(left)), ("a @ b", INDEX)])
    for i, numbers in enumerate(both[0]):
        cells = [(numeral(each), CHOSEN if i == row else CELL) for each in numbers]
        met = [(numeral(each), CHOSEN if (i, j) == (row, column) else CELL) for j, each in enumerate(product[i])]
        lines.append([(i, INDEX), *cells, free, *met])
    terms = (f"{numeral(x)} · {numeral(y[column])}" for x, y in zip(both[0][row], both[1], strict=True))
    total = f"(a @ b)[{row}, {column}] = {' + '.join(terms)} = {numeral(product[row][column])}"
    label = f"shape {tuple(a.shape)} @ {tuple(b.shape)} → {(len(a), b.shape[1])}"
    said = [text, f"a\n{a}", f"b\n{b}", f"a @ b, {label}\n{a @ b}", total]
    draw(labelled(label, table(lines)) + f"<div>{total}</div>", "\n".join(said), text)
