"""Reductions: which cells become one."""

from typing import Any

import torch

from autograder.kit.pictures import CELL, INDEX, draw, labelled, numeral, table


def show_fold(x: Any, dim: int | None, text: str, *, how: str = "sum", keepdim: bool = False) -> None:
    """Draw a tensor of one or two axes, which of its cells become one along `dim` (None: all), and what they become.

    `how`: the method that does it; of several results, as those of "max", the first is drawn.

    Raises:
        ValueError: more axes, or none.
    """
    x = torch.as_tensor(x).detach().cpu()
    if x.ndim not in (1, 2):
        raise ValueError(f"a tensor of {x.ndim} axes; a fold is drawn of one or two")
    result = getattr(x, how)() if dim is None else getattr(x, how)(dim=dim, keepdim=keepdim)
    result = result[0] if isinstance(result, tuple) else result
    down = x.ndim == 2 and dim in (0, -2)
    values, folded = x.reshape(-1, x.shape[-1]).tolist(), [numeral(each) for each in result.reshape(-1).tolist()]
    n, m = len(values), x.shape[-1]
    bold = f"{CELL};font-weight:bold"
    lines: list[list[Any]] = [[("", INDEX), *((j, INDEX) for j in range(m))]]
    for i, row in enumerate(values):
        cells = [(numeral(each), edges(i, j, (n, m), down, dim is not None)) for j, each in enumerate(row)]
        end = [("→", "border:none"), (folded[i], bold)] if not down and i < len(folded) else []
        lines.append([(i if x.ndim == 2 else "", INDEX), *cells, *end])
    if down:
        lines += [
            [("", INDEX)] + [("↓", "border:none;text-align:center")] * m,
            [("", INDEX), *((each, bold) for each in folded)],
        ]
    call = f"{how}()" if dim is None else f"{how}(dim={dim}{', keepdim=True' * keepdim})"
    label = f"{call}: shape {tuple(x.shape)} → {tuple(result.shape)}"
    groups = [x.reshape(-1)] if dim is None else x.movedim(dim, -1).reshape(-1, x.shape[dim])
    said = [f"{' '.join(map(numeral, each.tolist()))} → {one}" for each, one in zip(groups, folded, strict=False)]
    draw(labelled(label, table(lines)), "\n".join([text, label, *said]), text)


def edges(i: int, j: int, shape: tuple[int, int], down: bool, several: bool) -> str:
    """The borders of a cell: solid where its group ends, dashed inside it."""
    across, (n, m) = several and not down, shape
    hard = {
        "top": across or i == 0,
        "bottom": across or i == n - 1,
        "left": down or j == 0,
        "right": down or j == m - 1,
    }
    return ";".join(
        f"border-{side}:{'2px solid' if each else '1px dashed'} currentColor" for side, each in hard.items()
    )
