"""The memory behind tensors and arrays that cross the wire: who shares it, and where in it each of them lies."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from autograder.judge.known import ARRAY_KINDS, DTYPE_NAMES
from autograder.kit.gpu_memory import place_of

MAX_MEMORY = 512 << 20


class Uncrossable(TypeError):
    """A value that has no form on the wire."""


@dataclass(eq=False)
class Memory:
    """Bytes that tensors and arrays share: all of a storage, or of the array that owns them."""

    id: int
    bytes: torch.Tensor
    seen: torch.Tensor | None = None
    users: int = 0
    owner: Any = None

    def read(self) -> torch.Tensor:
        return self.bytes.cpu() if self.bytes.is_cuda else self.bytes

    def changed(self) -> bool:
        """Whether it holds anything else than at the last message."""
        return self.seen is None or not torch.equal(self.seen, self.read())


Shape = tuple[int, str, tuple[int, ...], tuple[int, ...], int]
"""Memory, dtype, size, strides (in entries; in bytes for an array), offset (likewise)."""


class Memories(dict[int, Memory]):
    """All of it; `new` gives out numbers."""

    def __init__(self, new: Callable[[], int]) -> None:
        super().__init__()
        self.new = new
        self.places: dict[tuple[str, int], Memory] = {}
        self.total = 0

    def describe(self, value: Any) -> tuple[Memory, Shape]:
        """Where a tensor or array lies."""
        if isinstance(value, np.ndarray):
            memory = self._memory_of_array(value)
            pointer = value.__array_interface__["data"][0]
            offset = pointer - memory.bytes.data_ptr() if value.size else 0
            return memory, (memory.id, value.dtype.str, value.shape, value.strides, offset)
        if value.layout is not torch.strided or value.dtype not in DTYPE_NAMES or value.is_meta:
            raise Uncrossable(f"a tensor of {value.layout}, {value.dtype} cannot be handed over")
        storage, itemsize = value.untyped_storage(), value.itemsize
        pointer, device = storage.data_ptr() * bool(storage.nbytes()), str(place_of(value))
        found = self.places.get((device, pointer)) or self._around(pointer, pointer + storage.nbytes(), device)
        memory = found or self.add(self.new(), bytes_of(storage, value.device))
        offset = (pointer - memory.bytes.data_ptr()) // itemsize * bool(pointer) + int(value.storage_offset())
        return memory, (memory.id, DTYPE_NAMES[value.dtype], tuple(value.shape), value.stride(), offset)

    def add(self, number: int, data: torch.Tensor) -> Memory:
        self.total += data.numel()
        if self.total > MAX_MEMORY:
            raise Uncrossable(f"more than {MAX_MEMORY >> 20} MB of tensors cross between a test and an answer")
        memory = self[number] = Memory(number, data)
        self.places[str(place_of(data)), data.data_ptr()] = memory  # all that are empty lie at the address 0
        return memory

    def _around(self, low: int, high: int, device: str = "cpu") -> Memory | None:
        """The memory that this range lies in."""
        for memory in self.values() if low < high else ():
            start = memory.bytes.data_ptr()
            if start <= low and high <= start + memory.bytes.numel() and str(place_of(memory.bytes)) == device:
                return memory
        return None

    def _memory_of_array(self, array: np.ndarray[Any, Any]) -> Memory:
        """The memory that an array lies in, which may be a tensor's."""
        if array.dtype.char not in ARRAY_KINDS:
            raise Uncrossable(f"an array of {array.dtype} cannot be handed over")
        memory = self._around(*extent(array))
        if memory is not None:
            return memory
        base: Any = array
        while isinstance(base.base, np.ndarray):
            base = base.base
        if isinstance(base.base, torch.Tensor):
            return self.add(self.new(), bytes_of(base.base.untyped_storage(), torch.device("cpu")))
        memory = self.add(self.new(), raw_bytes(*extent(base)))
        memory.owner = base
        return memory

    def leave(self, memory: Memory) -> None:
        """One of its users is gone."""
        memory.users -= 1
        if not memory.users:
            del self[memory.id]
            self.total -= memory.bytes.numel()
            place = str(place_of(memory.bytes)), memory.bytes.data_ptr()
            if self.places.get(place) is memory:  # of those that are empty only the last is there
                del self.places[place]


set_: Callable[..., torch.Tensor] = torch._C.TensorBase.set_
"""`Tensor.set_`, past the simulated GPU, which has no part in what is done with bytes."""


def place_in_memory(value: torch.Tensor) -> tuple[Any, ...]:
    """What differs if a tensor lies elsewhere than before, or otherwise: quicker to tell than `Memories.describe`."""
    return value.data_ptr(), value.dtype, value.shape, value.stride()


def bytes_of(storage: torch.UntypedStorage, device: torch.device) -> torch.Tensor:
    """All of a storage, as bytes."""
    data = torch.empty(0, dtype=torch.uint8, device=device)
    return set_(data, storage)


def extent(array: np.ndarray[Any, Any]) -> tuple[int, int]:
    """The addresses of an array's first byte and of the one after its last."""
    start = array.__array_interface__["data"][0]
    reach = [(n - 1) * step for n, step in zip(array.shape, array.strides, strict=True)] if array.size else []
    low, high = sum(each for each in reach if each < 0), sum(each for each in reach if each > 0)
    return start + low, start + high + array.itemsize * bool(array.size)


def raw_bytes(start: int, end: int) -> torch.Tensor:
    """The bytes between two addresses, whose owner must outlive them."""
    if start == end:
        return torch.empty(0, dtype=torch.uint8)
    return torch.frombuffer((ctypes.c_uint8 * (end - start)).from_address(start), dtype=torch.uint8)
