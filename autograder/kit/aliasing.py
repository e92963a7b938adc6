"""Checks that come after the values: the graph, shared memory, the very object."""

from typing import Any

import torch

from autograder.kit.checks import Wrong
from autograder.kit.memory import extent


def expect_requires_grad(got: torch.Tensor, want: bool) -> None:
    """Whether gradients flow through `got` must be `want`."""
    if got.requires_grad != want:
        raise Wrong("graph_lost" if want else "graph_kept")


def expect_view(got: Any, base: Any) -> None:
    """`got` must share memory with `base`; each a tensor or an array. What is empty has none, and passes."""
    if not sharing(got, base) and extent(got)[0] < extent(got)[1]:
        raise Wrong("copy_for_view")


def expect_copy(got: Any, base: Any) -> None:
    """`got` must have memory of its own."""
    if sharing(got, base):
        raise Wrong("view_for_copy")


def expect_same_object(got: Any, given: Any) -> None:
    """`got` must be what was given, not something new that is equal to it."""
    if got is not given:
        raise Wrong("new_tensor_for_in_place")


def sharing(a: Any, b: Any) -> bool:
    """Whether two lie in one memory. `id` says nothing of it: each view is a new object."""
    first, second = extent(a), extent(b)
    return max(first[0], second[0]) < min(first[1], second[1])
