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
CHOSEN = f"{CELL};outline:3px solid currentColor;outline-offset:-4px;font-weight:bold"
LOOKS = (("{}", CELL), ("{}", CHOSEN))  # how a cell is written, and its style


def draw(markup: str, text: str = "", caption: str = "") -> None:
    """Show HTML, its caption below, in a front end that can; `text` in one that cannot."""
    markup += f"<figcaption>{html.escape(caption)}</figcaption>" * bool(caption)
    shown = f"<figure style='margin:8px 0;overflow-x:auto;scrollbar-color:gray transparent'>{markup}</figure>"
    display({"text/html": shown} | ({"text/plain": text} if text else {}), raw=True)


def show(x: Any = None, /, text: str = "", *, mark: Any = None, **named: Any) -> None:
    """Draw a tensor, or several by name, as grids of cells. What `mark` picks of the first one is outlined."""
    tensors = {name: torch.as_tensor(each) for name, each in (({} if x is None else {"": x}) | named).items()}
    said = [text] * bool(text) + [f"{name} shape {tuple(x.shape)}\n{x}".strip() for name, x in tensors.items()]
    chosen = None if mark is None else torch.zeros(next(iter(tensors.values())).shape, dtype=torch.bool)
    if chosen is not None:
        chosen[torch.as_tensor(mark) if isinstance(mark, list) else mark] = True
        said.append(f"outlined: {', '.join(map(str, chosen.nonzero()[:20].tolist()))}")
    draw(side_by_side(tensors, chosen), "\n".join(said), text)


def side_by_side(tensors: dict[str, Any], chosen: Any = None) -> str:
    """Tensors beside each other, each under its name and shape; `chosen` is a mask for those that have its shape."""
    parts = []
    for name, each in tensors.items():
        first = (slice(MOST // 2),) * (each.ndim - 2) + (slice(MOST),) * min(each.ndim, 2)
        mask = chosen if chosen is not None and chosen.shape == each.shape else torch.zeros(each.shape).bool()
        label = f"{html.escape(name)} · shape {tuple(each.shape)}".removeprefix(" · ")
        label += ", the first entries of it" * (each[first].shape != each.shape)
        parts.append(f"<div><small>{label}</small>{grid(each.detach().cpu()[first], mask[first])}</div>")
    return f"<div style='{BESIDE}'>{''.join(parts)}</div>"


def grid(x: torch.Tensor, kinds: Any, looks: Any = LOOKS, at: str = "") -> str:
    """Up to two axes as a table with its indices; further axes beside each other. `kinds` picks each cell's look."""
    if x.ndim > 2:
        inner = (f"[{at}{i}]</small>{grid(x[i], kinds[i], looks, f'{at}{i}, ')}</div>" for i in range(len(x)))
        return f"<div style='{BESIDE}'>{''.join(f'<div><small>{each}' for each in inner) or 'empty'}</div>"
    values, kinds = (each.tolist() if x.ndim == 2 else [each.reshape(-1).tolist()] for each in (x, kinds))
    lines = [[(i, INDEX) for i in ["", *range(x.shape[-1])]] if x.ndim else []]
    for i, row in enumerate(zip(values, kinds, strict=True)):
        cells = [(looks[kind][0].format(numeral(each)), looks[kind][1]) for each, kind in zip(*row, strict=True)]
        lines.append([(i if x.ndim == 2 else "", INDEX), *cells])
    return table(lines)


def table(lines: list[list[Any]]) -> str:
    """Lines of cells, each with its style."""
    rows = ("".join(f"<td style='{STYLE}{style}'>{text}</td>" for text, style in line) for line in lines)
    body = "".join(f"<tr style='background:none'>{row}</tr>" for row in rows)
    return f"<table style='border-collapse:collapse;margin:4px 0;color:inherit'>{body}</table>"


def numeral(value: object) -> str:
    """Floats with five digits, and with a point where they are whole."""
    return re.sub(r"^-?\d+$", r"\g<0>.", f"{value:.5g}") if isinstance(value, float) else str(value)


def labelled(label: str, markup: str) -> str:
    """A drawing under its label."""
    return f"<div><small>{html.escape(label)}</small>{markup}</div>"


def fitting(width: int) -> str:
    """The style of a drawing `width` pixels wide: it shrinks where there is less room, but not until words are lost."""
    return f"max-width:max(100%,{width * 3 // 4}px);height:auto;display:block"


def picture(drawing: Any, text: str) -> None:
    """Show a matplotlib figure with the words that say the same. Black takes the colour of the theme's text."""
    file = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):  # letters stay letters
        drawing.savefig(file, format="svg", transparent=True, bbox_inches="tight")
    matplotlib.pyplot.close(drawing)  # or the notebook would show it a second time
    svg = re.sub(r"^.*?(?=<svg)|<meta.*/metadata>", "", file.getvalue(), flags=re.S).replace("#000000", "currentColor")
    style = f"max-width:max(100%,{drawing.get_figwidth() * 64:.0f}px);height:auto;fill:currentColor"  # of 96 an inch
    attributes = f'role="img" aria-label="{html.escape(text)}" style="{style}"'
    draw(svg.replace("<svg", f"<svg {attributes}", 1), text, text)
