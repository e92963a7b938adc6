"""Memory as a tape of numbered slots, and what tensors and arrays take of it."""

import html
import itertools
from typing import Any

import torch

from autograder.kit.pictures import draw, fitting, numeral

SLOT = 44  # a slot's width in pixels
MOST_SLOTS = 24  # drawn of one tape
TAKEN, LEFT = "stroke-width:2.5", "stroke-dasharray:2 4;opacity:.6"


def show_memory(text: str, *, mark: Any = (), **handles: Any) -> None:
    """Draw the memory behind tensors and NumPy arrays, by name; those that share it stand below one tape.

    A slot that a handle takes holds the index of its entry there. Arcs lead from entry to entry, along each axis from
    the first. Strides and offsets count entries. `mark`: numbers of slots of the first tape that stand out.

    Raises:
        ValueError: what shares a tape has entries of different size.
    """
    markup, said = "", [text]
    for names, tape in tapes(handles):
        values = [numeral(each) for each in tape.values()]
        title = f"memory of {', '.join(names)}"
        more = f", the first {MOST_SLOTS} of its {len(values)} slots" * (len(values) > MOST_SLOTS)
        said += [f"{title}: {' '.join(values)}"] + [f"marked: slot {', '.join(map(str, mark))}"] * bool(mark)
        numbers = "".join(lettering(slot, 12, slot, 10) for slot in range(len(values[:MOST_SLOTS])))
        looks = [TAKEN if slot in mark else "" for slot in range(len(values))]
        markup += f"<div style='margin-top:8px'><b>{html.escape(title)}</b>{more}</div>"
        markup += strip(values, looks, numbers, 16)
        for name in names:
            facts, drawing = occupied(name, handles[name], tape)
            said.append(facts)
            markup += f"<div style='margin-top:4px'><small>{html.escape(facts)}</small></div>{drawing}"
        mark = ()
    draw(markup, "\n".join(said), text)


def occupied(name: str, x: Any, tape: dict[int, Any]) -> tuple[str, str]:
    """What a tensor or an array takes of its tape, in words and as a strip with an arc for each step along an axis."""
    size, shape, tensor = x.dtype.itemsize, tuple(x.shape), isinstance(x, torch.Tensor)
    stride = tuple(x.stride()) if tensor else tuple(step // size for step in x.strides)
    first = x.data_ptr() if tensor else x.__array_interface__["data"][0]
    offset = 0 if 0 in shape else (first - min(tape)) // size
    walk, labels = [], [""] * len(tape)
    for index in itertools.product(*map(range, shape)):
        walk.append(offset + sum(i * step for i, step in zip(index, stride, strict=True)))
        labels[walk[-1]] = labels[walk[-1]] or ",".join(map(str, index)) or "()"
    looks = [TAKEN if label else LEFT for label in labels]
    labels = [label + f" ×{walk.count(slot)}" * (walk.count(slot) > 1) for slot, label in enumerate(labels)]
    steps = [(n, step) for n, step in zip(shape, stride, strict=True) if n > 1 and step and walk]
    head = max((rise(step) + 16 for _, step in steps), default=4)
    arcs = "".join(arc(offset + i * step, step, head, named=i == 0) for n, step in steps for i in range(n - 1))
    facts = f"{name}{' (NumPy)' * (not tensor)}: shape {shape}, stride {stride}, offset {offset}"
    return f"{facts}, takes slots {' '.join(map(str, walk)) or 'none'}", strip(labels, looks, arcs, head)


def strip(labels: list[str], looks: list[str], above: str, head: int) -> str:
    """Boxes in a row with words in them, and what is drawn `above` them, `head` pixels high."""
    labels, looks = labels[:MOST_SLOTS], looks[:MOST_SLOTS]
    boxes = "".join(
        f"<rect x='{i * SLOT + 2}' y='{head}' width='{SLOT}' height='26' style='fill:none;stroke:currentColor;{look}'/>"
        for i, look in enumerate(looks)
    )
    words = "".join(lettering(i, head + 17, label, 13 if len(label) < 6 else 10) for i, label in enumerate(labels))
    size = f"width='{len(labels) * SLOT + 40}' height='{head + 34}'"  # room for a caption
    box = f"viewBox='0 0 {len(labels) * SLOT + 40} {head + 34}' style='{fitting(len(labels) * SLOT + 40)}'"
    return f"<svg aria-hidden='true' {size} {box}>{boxes}{words}{above}</svg>"


def lettering(slot: float, y: float, text: object, size: int) -> str:
    """Words in the middle of a slot."""
    place = f"x='{slot * SLOT + SLOT / 2 + 2:g}' y='{y:g}' font-size='{size}' text-anchor='middle'"
    return f"<text {place} fill='currentColor'>{html.escape(str(text))}</text>"


def arc(slot: int, step: int, base: int, named: bool) -> str:
    """An arrow from a slot to the one `step` further; the first along an axis bears its stride."""
    aside = 0.15 if step > 0 else -0.15
    start, end = (each * SLOT + SLOT / 2 + 2 for each in (slot + aside, slot + step - aside))
    high = base - 2
    path = f"M{start:g} {high}Q{(start + end) / 2:g} {high - 2 * rise(step)} {end:g} {high}m-4 -7L{end:g} {high}l4 -7"
    stride = lettering(slot + step / 2, high - 3 - rise(step), f"{step:+d}", 10) if named else ""
    return f"<path d='{path}' style='fill:none;stroke:currentColor'/>{stride}"


def rise(step: int) -> int:
    """How high an arc of that many slots goes."""
    return min(8 + 5 * abs(step), 28)


def tapes(handles: dict[str, Any]) -> list[tuple[list[str], dict[int, Any]]]:
    """For each memory the names of those that lie in it, and its entries by their addresses."""
    found: list[tuple[list[str], dict[int, Any]]] = []
    for name, x in handles.items():
        names, slots = [name], entries_behind(x)
        for each in [each for each in found if each[1].keys() & slots.keys()]:
            if len({handles[one].dtype.itemsize for one in [name, *each[0]]}) > 1:
                raise ValueError("entries of different size do not fit on one tape")
            found.remove(each)
            names, slots = [*each[0], *names], each[1] | slots
        found.append((names, dict(sorted(slots.items()))))
    return found


def entries_behind(x: Any) -> dict[int, Any]:
    """The entries of all the memory behind a tensor or an array, by their addresses."""
    if isinstance(x, torch.Tensor):
        flat = x.detach().as_strided((x.untyped_storage().nbytes() // x.element_size(),), (1,), 0)
        return dict(zip(itertools.count(x.untyped_storage().data_ptr(), x.element_size()), flat.tolist(), strict=False))
    if isinstance(x.base, (torch.Tensor, type(x))):
        return entries_behind(x.base)
    return dict(zip(itertools.count(extent(x)[0], x.itemsize), x.ravel(order="K").tolist(), strict=False))


def extent(x: Any) -> tuple[int, int]:
    """Addresses of the first byte of a tensor's storage, or of an array's entries, and of the one after the last."""
    if isinstance(x, torch.Tensor):
        start = x.untyped_storage().data_ptr()
        return start, start + x.untyped_storage().nbytes() * bool(x.numel())
    start = x.__array_interface__["data"][0]
    reach = [(n - 1) * step for n, step in zip(x.shape, x.strides, strict=True)] if x.size else []
    end = start + sum(max(each, 0) for each in reach) + x.itemsize * bool(x.size)
    return start + sum(min(each, 0) for each in reach), end
