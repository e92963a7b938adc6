"""Graphs of autograd on both ends: nodes, and the stand-ins for those of the other end.

A stand-in has the real node's name and edges; its backward asks the other end for that node's vector-Jacobian product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from autograder.judge.known import DTYPE_NAMES

if TYPE_CHECKING:
    from autograder.judge.mirror import Mirror


@dataclass(eq=False)
class Node:
    """A node of a graph: ours, which the other end may ask for its products, or the stand-in for one of theirs."""

    id: int
    ours: Any = None
    outputs: list[torch.Tensor] = field(default_factory=list)
    crossed: dict[int, int] = field(default_factory=dict)  # output number → the tensor that crossed with it


def outputs_of(node: Node) -> list[Any]:
    """For each output of one of our nodes the tensor that crosses with it, or the form that one would have."""
    return [
        node.crossed.get(at, [list(each.shape), DTYPE_NAMES[each.dtype], str(each.device)])
        for at, each in enumerate(node.ours._input_metadata)
    ]


def products(node: Node, grads: list[torch.Tensor | None]) -> list[torch.Tensor | None]:
    """The vector-Jacobian products of one of our nodes."""
    metadata = node.ours._input_metadata
    whole_grads = [
        torch.zeros(list(each.shape), dtype=each.dtype, device=each.device) if grad is None else grad
        for grad, each in zip(grads, metadata, strict=True)
    ]
    call = node.ours if callable(node.ours) else node.ours.apply
    given = call(*whole_grads)
    given = list(given) if isinstance(given, tuple) else [given]
    needed = getattr(node.ours, "needs_input_grad", None)
    if needed is None:
        return given
    # A function of somebody's own answers for each argument. Those that are no tensors have no edge.
    if len(given) < len(needed) or any(each is not None for each in given[len(needed) :]):
        expected = f"(expected {len(needed)}, got {len(given)})"
        raise RuntimeError(f"function {node.ours.name()} returned an incorrect number of gradients {expected}")
    wanted = iter([each for each, need in zip(given, needed, strict=False) if need])
    return [next(wanted) if edge is not None else None for edge, _ in node.ours.next_functions]


class StandIn(torch.autograd.Function):
    """A node of the other end's graph."""

    @staticmethod
    def forward(ctx: Any, mirror: Mirror, number: int, keeps: bool, outputs: list[torch.Tensor], *inputs: Any) -> Any:
        ctx.mirror, ctx.number = mirror, number
        ctx.set_materialize_grads(False)
        if keeps:  # so that torch refuses a second backward where the real node would
            ctx.save_for_backward(torch.empty(0))
        return tuple(outputs)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor | None) -> Any:
        _ = ctx.saved_tensors
        needed = ctx.needs_input_grad[4:]
        given = ctx.mirror.ask(ctx.number, list(grads), len(needed))
        wanted = [each if need else None for each, need in zip(given, needed, strict=True)]
        return (None, None, None, None, *wanted)


def stand_in(name: str, made: dict[str, type[StandIn]] = {}) -> type[StandIn]:  # noqa: B006  (a cache)
    """The class of stand-ins whose nodes are called `name`."""
    if name not in made:
        if len(made) > 1000:
            made.clear()
        made[name] = type(name, (StandIn,), {})
        made[name]._backward_cls.__name__ = name
    return made[name]


def saves(node: Any) -> bool:
    """Whether a node keeps tensors that a backward uses up."""
    return any(each.startswith("_raw_saved") for each in dir(node)) or bool(getattr(node, "saved_tensors", ()))


def is_leaf(node: Any) -> bool:
    return bool(node.name() == "torch::autograd::AccumulateGrad")
