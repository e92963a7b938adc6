"""Broadcasting: two operands stretched to the shape they have in common."""

import operator
from typing import Any

import torch

from autograder.kit.pictures import BESIDE, CELL, draw, grid, labelled

SIGNS = {
    **{"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow},
    **{"==": operator.eq, "<": operator.lt, ">": operator.gt},
}
HATCHED = "repeating-linear-gradient(135deg,color-mix(in srgb,currentColor 30%,transparent) 0 1px,transparent 1px 6px)"
STRETCHED = (("{}", CELL), ("({})", f"border:1px dashed currentColor;background:{HATCHED}"))


def show_broadcast(a: Any, b: Any, text: str, *, op: str = "", names: tuple[str, str] = ("a", "b")) -> None:
    """Draw two operands of up to two axes, stretched to their common shape. Copies are hatched, and in parentheses.

    `op`: a sign of SIGNS, to draw its result as well.

    Raises:
        RuntimeError: the shapes do not fit; torch's own words.
    """
    operands = torch.as_tensor(a), torch.as_tensor(b)
    shape, parts, said = (operands[0] + operands[1]).shape, [], [text]  # in words that a learner will meet again
    for name, each in zip(names, operands, strict=True):
        copies = torch.ones(shape, dtype=torch.bool)
        copies[tuple(slice(n) for n in (1,) * (len(shape) - each.ndim) + tuple(each.shape))] = False
        label = f"{name}: shape {tuple(each.shape)}" + f", stretched to {tuple(shape)}" * bool(copies.any())
        parts.append(labelled(label, grid(each.detach().cpu().expand(shape), copies, STRETCHED)))
        said.append(f"{label}\n{each}")
    if op:
        result, label = SIGNS[op](*operands), f"{names[0]} {op} {names[1]}: shape {tuple(shape)}"
        parts.append(labelled(label, grid(result.detach().cpu(), torch.zeros(shape, dtype=torch.bool))))
        said.append(f"{label}\n{result}")
    draw(f"<div style='{BESIDE}'>{''.join(parts)}</div>", "\n".join(said), text)
