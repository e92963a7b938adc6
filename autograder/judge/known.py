"""What both ends know by name: dtypes, devices, classes. Nothing is imported for a name, and no object is asked."""

from __future__ import annotations

import functools
import sys
from typing import Any

import numpy as np
import torch

from autograder.judge.wire import Violation, text
from autograder.kit.gpu_memory import put_on_gpu, simulated

DTYPES = {
    str(each).removeprefix("torch."): each
    for each in (
        *(torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128),
        *(torch.uint8, torch.uint16, torch.uint32, torch.uint64, torch.int8, torch.int16, torch.int32, torch.int64),
        torch.bool,
    )
}
DTYPE_NAMES = {dtype: name for name, dtype in DTYPES.items()}
ARRAY_KINDS = "?bhilqBHILQefdFD"  # numbers and truth values, by NumPy's letters
LONGEST_NAME = 200
"""Characters of a module's or a class's name."""
NUMBER_TYPES = {name: np.dtype(name) for name in {np.dtype(kind).str for kind in ARRAY_KINDS}}


def device_of(name: object) -> torch.device:
    """The device of that name, if this process may use it."""
    try:
        device = torch.device(text(name, 20))
    except RuntimeError:
        raise Violation("no device") from None
    if device.type not in ("cpu", "cuda"):
        raise Violation("no device of ours")
    return device


def moved(data: torch.Tensor, device: torch.device) -> torch.Tensor:
    """`data`, fresh memory of the CPU, on that device; to be called where the simulated GPU is unseen."""
    if device.type == "cuda" and simulated():
        return put_on_gpu(data)
    return data.to(device)


def number_type(dtype: object) -> np.dtype[Any]:
    """NumPy's dtype of that name, if it is one of numbers."""
    if type(dtype) is not str or dtype not in NUMBER_TYPES:  # NumPy reads some names as Python
        raise Violation("not a dtype of numbers")
    return NUMBER_TYPES[dtype]


def name_of(kind: type) -> tuple[str, str]:
    """The module and the name of a class, whatever its metaclass says."""
    facts = type.__dict__
    module, name = str(facts["__module__"].__get__(kind)), str(facts["__qualname__"].__get__(kind))
    return module[:LONGEST_NAME], name[:LONGEST_NAME]


@functools.lru_cache(10_000)
def class_of(name: tuple[str, str], libraries: tuple[str, ...]) -> type | None:
    """The class of that name, if it is one of these libraries' that is loaded."""
    module, path = name
    if module.split(".")[0] not in libraries or module not in sys.modules:
        return None
    found: Any = sys.modules[module]
    for part in path.split("."):
        found = vars(found).get(part)
        if not isinstance(found, type):
            return None
    return found  # type: ignore[no-any-return]
