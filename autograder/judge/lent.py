"""What an answer may do with an object of a test's own, which stays in the judge and was handed over as a handle."""

from __future__ import annotations

import types
from typing import Any

import torch

MODULE = (
    "forward",
    "parameters",
    "named_parameters",
    "buffers",
    "named_buffers",
    "children",
    "named_children",
    "modules",
    "named_modules",
    "train",
    "eval",
    "training",
    "zero_grad",
    "requires_grad_",
    "state_dict",
    "load_state_dict",
    "to",
    "float",
    "double",
    "cpu",
)
"""What an answer may use of a module that a test itself defines."""


def surface(value: Any) -> str | None:
    """What kind of thing a test's own object is; None if answers have no use for it."""
    if isinstance(value, torch.nn.Module):
        return "module"
    if isinstance(value, torch.utils.data.Dataset):
        return "items"
    if hasattr(value, "__next__"):
        return "iterator"
    if isinstance(value, (types.FunctionType, types.MethodType, types.BuiltinFunctionType)) or callable(value):
        return "callable"
    return "items" if hasattr(value, "__getitem__") or hasattr(value, "__iter__") else None


ALLOWED = {
    "module": {"call", "getattr"},
    "items": {"len", "getitem", "iter", "repr", "str"},
    "iterator": {"iter", "next", "len"},  # most have none, which `list` must hear from Python
    "callable": {"call"},
}


def allowed(operation: str, target: Any, args: list[Any]) -> bool:
    """Whether an answer may do this with a test's own object."""
    kind = surface(target)
    if kind is None or operation not in ALLOWED[kind]:
        return False
    if operation != "getattr":
        return True
    (name,) = args
    return isinstance(name, str) and (
        name in MODULE or name in target._parameters or name in target._buffers or name in target._modules
    )
