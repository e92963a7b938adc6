"""The graph that autograd keeps of a calculation: numbers on their way down, gradients on their way back."""

import html
from statistics import fmean
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from autograder.kit.pictures import draw, fitting, numeral

MOST_NODES = 24  # drawn in one picture
BOX, TALL, GAP = 170, 56, 28  # in pixels: a box and the space beside it
LEVEL, SPREAD = 108, 64  # from one level to the next; between arrows that meet at one box


class Steps(TorchFunctionMode):
    """What each step of a calculation gave, by the node that stands for it in the graph."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[Any, torch.Tensor] = {}

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = function(*args, **(kwargs or {}))
        if isinstance(given, torch.Tensor) and given.grad_fn:
            self.values[given.grad_fn] = given.detach()
        return given


def show_graph(y: Any, text: str, **named: Any) -> None:
    """Draw the graph behind `y`: from the leaves at the top down to `y`, by its own `grad_fn` and `next_functions`.

    Each box bears its value and the gradient of `y` with respect to it, each arrow the share of the gradient that comes
    back along it. Where `y` has several entries, the gradients are those of their sum. No tensor's `.grad` changes.

    Args:
        y: a tensor, or a function without arguments that makes it. Of the function every step's value is known, of the
            tensor only what has a name, and what the graph has kept for itself.
        named: tensors that bear their name in the picture.

    Raises:
        ValueError: nothing to draw, since `y` has no graph; or too much, above MOST_NODES.
    """
    with Steps() as steps:
        y = y() if callable(y) else y
    if y.grad_fn is None:
        raise ValueError("this tensor has no grad_fn, so there is no graph to draw")
    nodes = upwards(y.grad_fn)
    if len(nodes) > MOST_NODES:
        raise ValueError(f"a graph of {len(nodes)} nodes is too large for a picture; at most {MOST_NODES}")
    shares = gradients(y, nodes)
    labels, said = {}, [text]
    number = {node: at for at, node in enumerate(reversed(nodes), 1)}
    for node in number:
        leaf = getattr(node, "variable", None)
        names = [name for name, each in named.items() if each is leaf or (leaf is None and each.grad_fn is node)]
        title = " · ".join([*names[:1], node.name() if leaf is None else "leaf"])
        value = next((named[name] for name in names), steps.values.get(node, getattr(node, "_saved_result", leaf)))
        back = [share for each in nodes for target, share in shares[each] if target is node and share is not None]
        total = torch.ones_like(y) if node is y.grad_fn else sum(back)
        outputs = {at for each in nodes for target, at in each.next_functions if target is node}
        gradient = f"gradient {brief(total)}" if len(outputs) < 2 else f"{len(outputs)} results"  # as of unbind
        labels[node] = [title, f"value {'not kept' if value is None else brief(value)}", gradient]
        said.append(f"{number[node]}. {', '.join(labels[node])}")
    for node in nodes:
        for target, share in shares[node]:
            to = f"{number[target]}: {brief(share)}" if target is not None else "None, which needs no gradient"
            said.append(f"back from {number[node]} to {to}")
    draw(drawing(nodes, shares, labels), "\n".join(said), text)


def upwards(root: Any) -> list[Any]:
    """All nodes of a graph, each before those that it was made from; `root` first."""
    found: list[Any] = []

    def visit(node: Any) -> None:
        if node is not None and node not in found and len(found) <= MOST_NODES:
            for each, _ in reversed(node.next_functions):
                visit(each)
            found.append(node)

    visit(root)
    return found[::-1]


def gradients(y: torch.Tensor, nodes: list[Any]) -> dict[Any, list[tuple[Any, Any]]]:
    """For each node where it sends gradients and which, after a backward that leaves every `.grad` alone."""
    shares: dict[Any, list[tuple[Any, Any]]] = {}

    def note(node: Any) -> Any:
        def hook(sent: Any, _: Any) -> None:
            targets = (each for each, _ in node.next_functions)
            shares[node] = [
                (each, None if share is None else share.detach()) for each, share in zip(targets, sent, strict=True)
            ]

        return hook

    hooks = [node.register_hook(note(node)) for node in nodes if node.next_functions]
    leaves = [node.variable for node in nodes if hasattr(node, "variable")]
    torch.autograd.grad(y, leaves, torch.ones_like(y), retain_graph=True)
    for each in hooks:
        each.remove()
    return {node: shares.get(node, []) for node in nodes}


def brief(x: torch.Tensor | None) -> str:
    """A tensor's numbers where there are few, else its shape."""
    if x is None:
        return ""
    if x.ndim == 0:
        return numeral(x.item())
    return f"[{', '.join(map(numeral, x.tolist()))}]" if x.ndim == 1 and len(x) < 4 else f"of shape {tuple(x.shape)}"


def drawing(nodes: list[Any], shares: dict[Any, list[tuple[Any, Any]]], labels: dict[Any, list[str]]) -> str:
    """The graph as an SVG: boxes level by level, arrows from what is used to what it is used in."""
    level: dict[Any, int] = levels(nodes)
    words, lines = dict(labels), []
    for node in nodes:
        for at, (target, share) in enumerate(shares[node]):
            start = (node, at) if target is None else target
            if target is None:
                words[start], level[start] = ["None"], level[node] - 1
            between = [(node, at, row) for row in range(level[start] + 1, level[node])]
            level |= {each: each[2] for each in between}  # a long arrow takes a place on each level that it passes
            way = [start, *between, node]
            said = brief(share).removeprefix("of shape ")  # there is little room beside an arrow
            tags = [""] * len(between) + [f"↑ {said}" if target is not None else ""]
            lines += list(zip(way, way[1:], tags, strict=False))
    middle, width = placed(level, words, lines)
    parts = [box(middle[each], level[each] * LEVEL, text) for each, text in words.items()]
    for line in lines:
        one, other, tag = line
        leaves, enters = (aside(line, each, lines, middle) for each in (one, other))
        start = middle[one] + leaves, level[one] * LEVEL + (TALL if one in words else 0)
        end = middle[other] + enters, level[other] * LEVEL
        inner = enters == 0 and sum(each[1] is other for each in lines) > 1
        side = -1 if enters < 0 or (inner and middle[one] > middle[other]) else 1
        parts.append(arrow(start, end, other in words))
        if tag:
            bend = max(0, side * (start[0] - end[0])) / 10  # an arrow from that side would run through the words
            parts.append(beside(end, tag, side * (6 + bend), 31 if inner else 11))
    height = max(level.values()) * LEVEL + TALL + 4
    size = f"width='{width}' height='{height}' viewBox='0 -2 {width} {height}'"
    return f"<svg aria-hidden='true' {size} style='{fitting(width)};overflow:visible'>{''.join(parts)}</svg>"


def levels(nodes: list[Any]) -> dict[Any, int]:
    """How far down each node stands: below all that it was made from; a leaf right above its first use."""
    level: dict[Any, int] = {}
    for node in reversed(nodes):
        level[node] = max((level.get(each, 0) + 1 for each, _ in node.next_functions), default=0)  # None has none: 0
    for node in nodes:
        if hasattr(node, "variable"):
            level[node] = min(level[use] for use in nodes if any(each is node for each, _ in use.next_functions)) - 1
    return level


def placed(level: dict[Any, int], words: dict[Any, list[str]], lines: list[Any]) -> tuple[dict[Any, float], int]:
    """Where the middle of each box is, so that few arrows cross, and how wide it all is."""
    wide = {each: GAP + {0: 0, 1: 56}.get(len(words.get(each, "")), BOX) for each in level}
    rows = [[each for each in level if level[each] == row] for row in range(max(level.values()) + 1)]
    width = max(sum(wide[each] for each in row) for row in rows)
    middle: dict[Any, float] = {}

    def pull(each: Any) -> float:
        ends = [(one, other) for one, other, _ in lines] + [(other, one) for one, other, _ in lines]
        return fmean([middle[other] for one, other in ends if one == each and other in middle] or [width / 2])

    for row in [*rows, *rows[::-1]] * 3:  # each pass brings boxes closer to those that they are joined to
        row.sort(key=pull)
        x = (width - sum(wide[each] for each in row)) / 2
        for each in row:
            middle[each] = x + wide[each] / 2
            x += wide[each]
    return middle, width


def aside(line: Any, end: Any, lines: list[Any], middle: dict[Any, float]) -> float:
    """How far from the middle of its box an arrow begins or ends: those on one side of a box are spread."""
    mine = [each for each in lines if each[end == line[1]] is end]
    mine.sort(key=lambda each: middle[each[end != line[1]]])
    at = next(i for i, each in enumerate(mine) if each is line)
    return (at - (len(mine) - 1) / 2) * SPREAD


def box(x: float, y: float, words: list[str]) -> str:
    """A box with up to three lines; leaves have a thick border, what needs no gradient a dashed one."""
    width, high, look = (BOX, TALL, "stroke-width:2.5" if words[0].endswith("leaf") else "")
    if len(words) == 1:
        y, width, high, look = y + TALL - 24, 56, 24, "stroke-dasharray:3 3;opacity:.75"
    frame = f"x='{x - width / 2:g}' y='{y:g}' width='{width}' height='{high}' rx='6'"
    text = "".join(
        f"<text x='{x:g}' y='{y + 16 + 16 * i:g}' font-size='{12 if i else 13}' text-anchor='middle' "
        f"fill='currentColor'{' font-weight=' + repr('bold') if i == 0 else ''}>{html.escape(each)}</text>"
        for i, each in enumerate(words)
    )
    return f"<rect {frame} style='fill:none;stroke:currentColor;{look}'/>{text}"


def arrow(start: tuple[float, float], end: tuple[float, float], pointed: bool) -> str:
    """A curve from one level down to the top of the next."""
    (x, y), (end_x, end_y) = start, end
    turn, half = end_y - LEVEL + TALL, end_y - (LEVEL - TALL) / 2  # straight past its own level, then across
    path = f"M{x:g} {y:g}V{turn:g}C{x:g} {half:g} {end_x:g} {turn + 8:g} {end_x:g} {end_y:g}"
    return f"<path d='{path}{'m-4 -7l4 7l4 -7' * pointed}' style='fill:none;stroke:currentColor'/>"


def beside(end: tuple[float, float], tag: str, away: float, lift: int) -> str:
    """Words beside an arrow's end and above it, to its left if `away` is negative."""
    place = f"x='{end[0] + away:g}' y='{end[1] - lift:g}' text-anchor='{'start' if away > 0 else 'end'}'"
    return f"<text {place} font-size='12' fill='currentColor'>{html.escape(tag)}</text>"
