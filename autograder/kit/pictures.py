"""Pictures of tensors. Each carries its meaning in text, and takes the theme's own colours (`currentColor`)."""

import html
import io
import re
from typing import Any

import matplotlib.pyplot
import torch
from IPython.display import display

MOST = 12  # entries drawn along each of the last two axes; half as many along those before
BESIDE = "display:flex;flex-wrap:wrap;gap:8px 24px;align-items:flex-start"
STYLE = "text-align:right;background:none;color:inherit;padding:2px 8px;"
INDEX = "border:none;font-size:75%;opacity:.75"
CELL = "border:1px solid currentColor"
CHOSEN = ";outline:3px solid currentColor;outline-offset:-4px;font-weight:bold"


def draw(markup: str, text: str = "", caption: str = "") -> None:
    """Show HTML, its caption below, in a front end that can; `text` in one that cannot."""
    markup += f"<figcaption>{html.escape(caption)}</figcaption>" * bool(caption)
    shown = {"text/html": f"<figure style='margin:8px 0'>{markup}</figure>"}
    display(shown | {"text/plain": text} if text else shown, raw=True)


def show(x: Any = None, /, text: str = "", *, mark: Any = None, **named: Any) -> None:
    """Draw a tensor, or several by name, as grids of cells. What `mark` picks of the first one is outlined."""
    tensors = {name: torch.as_tensor(each) for name, each in (({} if x is None else {"": x}) | named).items()}
    chosen, said = None, [text] * bool(text)
    said += [f"{name} shape {tuple(each.shape)}\n{each}".strip() for name, each in tensors.items()]
    if mark is not None:
        chosen = torch.zeros(next(iter(tensors.values())).shape, dtype=torch.bool)
        chosen[torch.as_tensor(mark) if isinstance(mark, list) else mark] = True
        said.append(f"outlined: {', '.join(map(str, chosen.nonzero()[:20].tolist()))}")
    draw(side_by_side(tensors, chosen), "\n".join(said), text)


def side_by_side(tensors: dict[str, Any], chosen: Any = None) -> str:
    """Tensors beside each other, each under its name and shape; `chosen` is a mask for those that have its shape."""
    parts = []
    for name, each in tensors.items():
        first = (slice(MOST // 2),) * (each.ndim - 2) + (slice(MOST),) * min(each.ndim, 2)
        mask = torch.zeros(each.shape) if chosen is None or chosen.shape != each.shape else chosen
        label = f"{html.escape(name)} · shape {tuple(each.shape)}".removeprefix(" · ")
        label += ", the first entries of it" * (each[first].shape != each.shape)
        parts.append(f"<div><small>{label}</small>{grid(each.detach().cpu()[first], mask[first])}</div>")
    return f"<div style='{BESIDE}'>{''.join(parts)}</div>"


def grid(x: torch.Tensor, chosen: torch.Tensor, at: str = "") -> str:
    """Up to two axes as a table with its indices; further axes as tables beside each other."""
    if x.ndim > 2:
        parts = [f"<div><small>[{at}{i}]</small>{grid(x[i], chosen[i], f'{at}{i}, ')}</div>" for i in range(len(x))]
        return f"<div style='{BESIDE}'>{''.join(parts) or 'empty'}</div>"
    values, marks = (each.tolist() if x.ndim == 2 else [each.reshape(-1).tolist()] for each in (x, chosen))
    lines = ["".join(cell(i, INDEX) for i in ["", *range(x.shape[-1])])] if x.ndim else []
    for i, (numbers, outlined) in enumerate(zip(values, marks, strict=True)):
        cells = (cell(each, CELL + CHOSEN * bool(mark)) for each, mark in zip(numbers, outlined, strict=True))
        lines.append(cell(i if x.ndim == 2 else "", INDEX) + "".join(cells))
    body = "".join(f"<tr style='background:none'>{line}</tr>" for line in lines)
    return f"<table style='border-collapse:collapse;margin:4px 0;color:inherit'>{body}</table>"


def cell(value: object, style: str) -> str:
    """One cell of a table; floats with five digits, and with a point where they are whole."""
    words = f"{value:.5g}" if isinstance(value, float) else str(value)
    return f"<td style='{STYLE}{style}'>{words}{'.' * (isinstance(value, float) and words.lstrip('-').isdigit())}</td>"


def picture(drawing: Any, text: str) -> None:
    """Show a matplotlib figure with the words that say the same. Black takes the colour of the theme's text."""
    file = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):  # letters stay letters
        drawing.savefig(file, format="svg", transparent=True, bbox_inches="tight")
    matplotlib.pyplot.close(drawing)  # or the notebook would show it a second time
    svg = re.sub(r"^.*?(?=<svg)", "", file.getvalue(), flags=re.DOTALL).replace("#000000", "currentColor")
    attributes = f'role="img" aria-label="{html.escape(text)}" style="max-width:100%;height:auto;fill:currentColor"'
    draw(svg.replace("<svg", f"<svg {attributes}", 1), text, text)
