"""A simulated GPU for those who have none: real values, CUDA's devices, CUDA's refusals. See docs/simulated-gpu.md.

This switches it on and off. `gpu_mode` sees what is called on tensors, `gpu_calls` stands in for torch.cuda, and what
neither can reach is replaced here.
"""

import functools
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import torch
from torch.overrides import _get_current_function_mode_stack, _pop_mode, _push_mode
from torch.utils._device import DeviceContext

from autograder.kit.gpu_calls import cuda_calls, refuser
from autograder.kit.gpu_memory import (
    CPU,
    GPU,
    MARK,
    is_on_gpu,
    mark,
    mark_storage,
    place_of,
    simulated,
    simulation,
    unseen,
)
from autograder.kit.gpu_mode import ON_GPU, Simulation, sides_of


def simulate_gpu(*, force: bool = False) -> bool:
    """Switch the simulation on, unless there is a real CUDA device; with `force`, also then. True if it is on."""
    if simulated():
        return True
    if torch.cuda.is_available() and not force:
        return False
    mode = Simulation()
    for owner, name, new in list(patches(mode)):
        mode.patched.append((owner, name, vars(owner).get(name, ...)))
        setattr(owner, name, new)
    torch.serialization.register_package(15, lambda storage: None, mode.restored)
    _push_mode(mode)  # type: ignore[no-untyped-call]
    return True


def stop_simulating() -> None:
    """Switch it off and leave torch as it was. Tensors on the simulated GPU are CPU tensors then."""
    mode = simulation()
    if mode is None:
        return
    for owner, name, old in reversed(mode.patched):
        if old is ...:  # a name that was not there
            delattr(owner, name)
        else:
            setattr(owner, name, old)
    registry = torch.serialization._package_registry
    registry[:] = [each for each in registry if each[2] is not mode.restored]
    above = []
    while _get_current_function_mode_stack():  # type: ignore[no-untyped-call]
        top = _pop_mode()  # type: ignore[no-untyped-call]
        if top is mode:
            break
        above.append(top)
    for each in reversed(above):
        _push_mode(each)  # type: ignore[no-untyped-call]


def patches(mode: Simulation) -> Iterator[tuple[Any, str, Any]]:
    """What to replace in torch: the owner, the name and the new value."""
    yield from cuda_calls(mode)
    own: Any = torch
    function, storage, hooks = own.autograd.Function, own.UntypedStorage, own.autograd.graph.saved_tensors_hooks
    autocast, context, stack = own.amp.autocast_mode.autocast, DeviceContext.__torch_function__, own.overrides
    apply, device_of, clone, keep, start = (
        *(function.apply.__func__, storage.device, storage.clone),
        *(hooks.__init__, autocast.__init__),
    )

    def casting(
        self: Any, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: Any = None
    ) -> None:
        if enabled and device_type == "cuda":
            refuser('torch.autocast("cuda")')()
        start(self, device_type, dtype, enabled, cache_enabled)

    def seen(run: Any) -> Any:
        """A function that runs in the mode's sight: the engine's hooks and backward functions, another thread."""

        @functools.wraps(run)
        def running(*args: Any, **kwargs: Any) -> Any:
            if simulation() is not mode or mode in stack._get_current_function_mode_stack():
                return run(*args, **kwargs)
            with mode:
                return run(*args, **kwargs)

        return running

    def applied(cls: Any, *args: Any, **kwargs: Any) -> Any:
        """A Function of the learner's, whose backward sees its gradients where its results are."""
        results = apply(cls, *args, **kwargs)
        for each in results if isinstance(results, tuple) else (results,):
            if isinstance(each, torch.Tensor) and each.grad_fn and is_on_gpu(each):
                each.grad_fn.register_prehook(marker(each.output_nr))
        return results

    def in_context(self: Any, f: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """A default device; out of the mode's sight all is the CPU's."""
        outside = mode not in stack._get_current_function_mode_stack()
        if outside:
            return f(*args, **kwargs or {})
        return context(self, f, types, args, kwargs)  # type: ignore[no-untyped-call]

    for kind in (own.utils.data._utils.fetch._MapDatasetFetcher, own.utils.data._utils.fetch._IterableDatasetFetcher):
        yield kind, "fetch", fetched(kind.fetch)
    yield torch.Tensor, "set_", taking
    yield function, "apply", classmethod(applied)
    yield torch.autograd, "_engine_run_backward", seen(own.autograd._engine_run_backward)
    yield Thread, "run", seen(Thread.run)
    yield DeviceContext, "__torch_function__", in_context
    yield hooks, "__init__", lambda self, pack, unpack, **options: keep(self, seen(pack), seen(unpack), **options)
    yield autocast, "__init__", casting
    yield torch.backends.cudnn, "is_acceptable", lambda tensor: False
    yield torch, "to_dlpack", exported(own.to_dlpack)
    yield torch.utils.dlpack, "to_dlpack", exported(own.utils.dlpack.to_dlpack)
    yield torch._C, "_group_tensors_by_device_and_dtype", grouped
    yield torch._C, "_get_accelerator", lambda *args: torch.device("cuda")
    yield storage, "device", property(lambda self: GPU if hasattr(self, MARK) else device_of.__get__(self))
    yield (
        storage,
        "clone",
        lambda self: mark_storage(storage(self.nbytes()).copy_(self)) if hasattr(self, MARK) else clone(self),
    )


def unwatched() -> bool:
    """Whether this runs out of the mode's sight: in `unseen`, or in another thread."""
    stack = _get_current_function_mode_stack()  # type: ignore[no-untyped-call]
    return not torch._C._is_torch_function_enabled() or simulation() not in stack


def taking(x: torch.Tensor, source: Any = None, *args: Any, **kwargs: Any) -> torch.Tensor:
    """`set_`, which no mode sees: a tensor takes another's memory, if that is on the same device."""
    take: Any = torch._C.TensorBase.set_
    if unwatched():
        return take(x, *[source] * (source is not None), *args, **kwargs)  # type: ignore[no-any-return]
    here = GPU if is_on_gpu(x) else CPU
    if source is None:
        return mark(take(x)) if here == GPU else take(x)  # type: ignore[no-any-return]
    there = getattr(source, "_untyped_storage", source).device
    if there.type in ("cpu", "cuda") and there.type != here.type:
        raise RuntimeError(
            f'Attempted to set the storage of a tensor on device "{here}" to a storage on different device "{there}".  '
            "This is no longer allowed; the devices must match."
        )
    return take(x, source, *args, **kwargs)  # type: ignore[no-any-return]


def fetched(fetch: Any) -> Any:
    """A loader's way to a batch. A worker could not send what lies on the GPU, and the loader would wait for ever."""

    def sendable(batch: Any) -> Any:
        if sides_of(torch.utils._pytree.tree_leaves(batch)) & ON_GPU:
            raise RuntimeError(
                "Cannot re-initialize CUDA in forked subprocess. To use CUDA with multiprocessing, you must use the "
                "'spawn' start method"
            )
        return batch

    @functools.wraps(fetch)
    def fetching(self: Any, index: Any) -> Any:
        collate = self.collate_fn
        if torch.utils.data.get_worker_info():
            self.collate_fn = lambda samples: sendable(collate(sendable(samples)))
        try:
            return fetch(self, index)
        finally:
            self.collate_fn = collate

    return fetching


def exported(own: Any) -> Any:
    """The way out of the mode's sight: bytes of a CPU tensor only."""
    return lambda tensor: refuser("to_dlpack")() if is_on_gpu(tensor) else own(tensor)


def grouped(lists: Any, with_indices: bool = False) -> dict[Any, Any]:
    """What optimisers ask C++ for: the tensors of the lists, by the device and dtype of those in the first."""
    groups: dict[Any, Any] = {}
    for i, first in enumerate(lists[0]):
        columns, indices = groups.setdefault((place_of(first), first.dtype), ([[] for _ in lists], []))
        for column, values in zip(columns, lists, strict=True):
            column += values[i : i + 1]
        indices += [i] * with_indices
    return groups


def marker(index: int) -> Callable[[Any], None]:
    """A hook that marks one of the gradients that a backward function is given."""

    def mark_gradient(gradients: Any) -> None:
        with unseen():
            mark(gradients[index])

    return mark_gradient
