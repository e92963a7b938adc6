"""The simulated GPU's memory: plain CPU memory whose storages carry a mark.

Views share their storage, in-place operations keep theirs, and Python's storage object lives as long as the memory, so
a mark on it is where it should be by construction. When the memory is freed, so is the mark.
"""

import contextlib
from typing import Any

import torch

GPU = torch.device("cuda", 0)
CPU = torch.device("cpu")
MARK = "_simulated_gpu"  # what a storage carries that lies on the simulated GPU
PINNED = "_pinned"
BYTES = 2**34  # what the simulated GPU says that it has


class Block:
    """A storage's mark, which counts the memory in use; CUDA hands it out in pieces of 512 bytes."""

    size = 0

    def __init__(self, nbytes: int, counter: Any) -> None:
        self.counter = counter
        if counter.used + nbytes > BYTES:
            raise out_of_memory(nbytes)
        self.size = -(-nbytes // 512) * 512
        counter.used += self.size
        counter.peak = max(counter.peak, counter.used)

    def __del__(self) -> None:
        self.counter.used -= self.size


class Counter:
    """Bytes in use, and at most so far."""

    used = peak = 0


def out_of_memory(nbytes: int) -> torch.OutOfMemoryError:
    size = f"{nbytes / 2**30:.2f} GiB" if nbytes >= 2**30 else f"{nbytes / 2**20:.2f} MiB"
    return torch.OutOfMemoryError(
        f"CUDA out of memory. Tried to allocate {size}. GPU 0 has a total capacity of {BYTES / 2**30:.2f} GiB."
    )


def simulation() -> Any:
    """The simulation that is on, or None. It stands in torch: a cell may hold a second copy of this text."""
    return torch.cuda.__dict__.get("_simulation")


def simulated() -> bool:
    """Whether `simulate_gpu` is in force."""
    return simulation() is not None


def unseen() -> contextlib.AbstractContextManager[None]:
    """A context in which tensors show what they are, CPU memory. For those who read bytes."""
    return torch._C.DisableTorchFunction()


def is_on_gpu(tensor: torch.Tensor) -> bool:
    """Whether the tensor's memory is marked as the simulated GPU's."""
    with unseen():
        return marked(tensor)


def put_on_gpu(tensor: torch.Tensor) -> torch.Tensor:
    """Mark the tensor's memory, without a copy: every view of it lies on the simulated GPU from now on."""
    with unseen():
        mark(tensor)
    return tensor


def storage_of(tensor: torch.Tensor) -> torch.UntypedStorage:
    """The tensor's storage, also when torch.func has wrapped it, or a subclass answers for it."""
    with unseen():
        while torch._C._functorch.is_functorch_wrapped_tensor(tensor):
            tensor = torch._C._functorch.get_unwrapped(tensor)
        return tensor.untyped_storage()


def marked(tensor: torch.Tensor) -> bool:
    """`is_on_gpu` for those who run out of the mode's sight already."""
    try:
        return MARK in tensor.untyped_storage().__dict__
    except (RuntimeError, NotImplementedError, ValueError):  # sparse, wrapped by torch.func, or of a lazy module
        try:
            return MARK in storage_of(tensor).__dict__
        except (RuntimeError, NotImplementedError):
            return False


def mark(result: Any) -> Any:
    """Mark each tensor in a call's result; meta tensors have no memory."""
    if isinstance(result, torch.Tensor):
        if not marked(result):
            with unseen():
                if result.device.type == "cpu":
                    if result.layout != torch.strided or result.is_nested:
                        raise NotImplementedError("The simulated GPU has no sparse and no nested tensors.")
                    mark_storage(storage_of(result))
    elif isinstance(result, (tuple, list)):
        for each in result:
            mark(each)
    return result


def mark_storage(storage: Any) -> Any:
    """Mark memory itself."""
    if not hasattr(storage, MARK):
        setattr(storage, MARK, Block(storage.nbytes(), simulation().counter))
    return storage


def place_of(tensor: torch.Tensor) -> torch.device:
    """The device that the tensor shows."""
    if marked(tensor):
        return GPU
    with unseen():
        return tensor.device
