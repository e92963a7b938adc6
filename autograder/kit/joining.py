"""Joining: which part each cell came from."""

import html
from collections.abc import Callable

import torch

from autograder.kit.pictures import BESIDE, draw, grid, labelled

BORDERS = ("2px solid", "2px dashed", "2px dotted", "4px double")


def show_joined(join: Callable[..., torch.Tensor], text: str, **parts: torch.Tensor) -> None:
    """Draw tensors and what `join` makes of them, in their order; each cell bears its part's name and border."""
    looks = [
        (f"{{}}<sub>{html.escape(name)}</sub>", f"border:{BORDERS[i % len(BORDERS)]} currentColor")
        for i, name in enumerate(parts)
    ]
    kinds = {name: torch.full(each.shape, i) for i, (name, each) in enumerate(parts.items())}
    shown = {**parts, "": join(*parts.values())}
    kinds[""] = join(*kinds.values())
    markup, said = "", [text]
    for name, each in shown.items():
        label = f"{name or 'joined'}: shape {tuple(each.shape)}"
        markup += labelled(label, grid(each.detach().cpu(), kinds[name], looks))
        said.append(f"{label}\n{each}")
    origins = ", ".join(list(parts)[i] for i in kinds[""].reshape(-1).tolist())
    draw(f"<div style='{BESIDE}'>{markup}</div>", "\n".join([*said, f"its entries come from {origins}"]), text)
