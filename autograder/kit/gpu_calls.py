"""What stands in for torch.cuda and torch.accelerator while the GPU is simulated."""

import contextlib
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import torch

from autograder.kit.gpu_memory import BYTES, GPU, mark

NAME = "simulated GPU"
NO_SUCH_GPU = (
    "CUDA error: invalid device ordinal\nGPU device may be out of range, do you have enough GPUs?\n"
    "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be "
    "incorrect.\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1\n"
    "Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.\n"
)
KINDS = {
    **{"FloatTensor": torch.float32, "DoubleTensor": torch.float64, "HalfTensor": torch.float16},
    **{"BFloat16Tensor": torch.bfloat16, "ByteTensor": torch.uint8, "CharTensor": torch.int8},
    **{"ShortTensor": torch.int16, "IntTensor": torch.int32, "LongTensor": torch.int64, "BoolTensor": torch.bool},
}


class CudaCalls:
    """torch.cuda's functions under their own names; `device` arguments are checked as torch does."""

    def __init__(self, mode: Any) -> None:
        self._mode, self._counter = mode, mode.counter
        self._default, self._stream = SimulatedStream(GPU), None

    def is_available(self) -> bool:
        return True

    def is_initialized(self) -> bool:
        return True

    def init(self) -> None:
        pass

    def device_count(self) -> int:
        return 1

    def current_device(self) -> int:
        return 0

    def set_device(self, device: Any) -> None:
        checked_index(device, optional=False)

    def get_device_name(self, device: Any = None) -> str:
        return str(self.get_device_properties(device).name)

    def get_device_properties(self, device: Any = None) -> Any:
        if torch.cuda._utils._get_device_index(device, optional=True):
            raise AssertionError("Invalid device id")
        return SimpleNamespace(name=NAME, total_memory=BYTES, major=0, minor=0, multi_processor_count=1)

    def get_device_capability(self, device: Any = None) -> tuple[int, int]:
        properties = self.get_device_properties(device)
        return properties.major, properties.minor

    def is_bf16_supported(self, including_emulation: bool = True) -> bool:
        return True

    def is_current_stream_capturing(self) -> bool:
        return False

    def synchronize(self, device: Any = None) -> None:
        checked_index(device)

    def empty_cache(self) -> None:
        pass

    def memory_allocated(self, device: Any = None) -> int:
        return int(self._counted(device).used)

    def max_memory_allocated(self, device: Any = None) -> int:
        return int(self._counted(device).peak)

    memory_reserved = max_memory_reserved = max_memory_allocated

    def reset_peak_memory_stats(self, device: Any = None) -> None:
        self._counted(device).peak = self._counter.used

    def mem_get_info(self, device: Any = None) -> tuple[int, int]:
        checked_index(device)
        return BYTES - self._counter.used, BYTES

    def _counted(self, device: Any) -> Any:
        index = torch.cuda._utils._get_device_index(device, optional=True)
        if index:
            raise RuntimeError(f"Invalid device argument {index}: did you call init?")
        return self._counter

    def manual_seed(self, seed: int) -> None:
        self._mode.generator.manual_seed(int(seed))

    manual_seed_all = manual_seed

    def seed(self) -> None:
        self._mode.generator.seed()

    seed_all = seed

    def initial_seed(self) -> int:
        return int(self._mode.generator.initial_seed())

    def get_rng_state(self, device: Any = "cuda") -> torch.Tensor:
        checked_index(device)
        return self._mode.generator.get_state()  # type: ignore[no-any-return]

    def get_rng_state_all(self) -> list[torch.Tensor]:
        return [self.get_rng_state()]

    def set_rng_state(self, new_state: torch.Tensor, device: Any = "cuda") -> None:
        checked_index(device)
        self._mode.generator.set_state(new_state)

    def set_rng_state_all(self, new_states: Any) -> None:
        self.set_rng_state(new_states[0])

    def current_stream(self, device: Any = None) -> Any:
        checked_index(device)
        return self._stream or self._default

    def default_stream(self, device: Any = None) -> Any:
        checked_index(device)
        return self._default

    def set_stream(self, stream: Any) -> None:
        self._stream = stream

    @contextlib.contextmanager
    def stream(self, stream: Any) -> Iterator[None]:
        saved, self._stream = self._stream, stream or self._stream
        try:
            yield
        finally:
            self._stream = saved


ACCELERATOR = {  # torch.accelerator's functions, and the ones of torch.cuda's that do the same
    **{name: name for name in ("is_available", "device_count", "synchronize", "current_stream", "set_stream")},
    **{name: name for name in ("empty_cache", "memory_allocated", "max_memory_allocated", "memory_reserved")},
    **{name: name for name in ("max_memory_reserved", "reset_peak_memory_stats")},
    **dict.fromkeys(["current_device_index", "current_device_idx"], "current_device"),
    **dict.fromkeys(["set_device_index", "set_device_idx"], "set_device"),
}


class SimulatedDevice:
    """The context in which a GPU is the current one. There is one."""

    def __init__(self, device: Any) -> None:
        self.idx = torch.cuda._utils._get_device_index(device, optional=True)

    def __enter__(self) -> None:
        checked_index(self.idx)

    def __exit__(self, *raised: object) -> None:
        pass


class SimulatedDeviceOf(SimulatedDevice):
    """The context in which a tensor's GPU is the current one."""

    def __init__(self, obj: Any) -> None:
        self.idx = 0


class SimulatedEvent:
    """A moment in a stream. The CPU waits for each operation, so it has passed as soon as it is recorded."""

    __module__, __qualname__ = "torch.cuda.streams", "Event"

    def __init__(self, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False) -> None:
        self.enable_timing, self.moment = enable_timing, 0.0

    def record(self, stream: Any = None) -> None:
        self.moment = time.perf_counter()

    def wait(self, stream: Any = None) -> None:
        pass

    def query(self) -> bool:
        return True

    def synchronize(self) -> None:
        pass

    def elapsed_time(self, end_event: Any) -> float:
        """Milliseconds from this event to the other."""
        if not (self.enable_timing and end_event.enable_timing):
            raise ValueError("Both events must be created with argument 'enable_timing=True'.")
        if not (self.moment and end_event.moment):
            raise ValueError("Both events must be recorded before calculating elapsed time.")
        return float(end_event.moment - self.moment) * 1e3


class SimulatedStream:
    """A queue of operations that is always empty."""

    cuda_stream = 0

    __module__, __qualname__ = "torch.cuda.streams", "Stream"

    def __init__(self, device: Any = None, priority: int = 0, **options: Any) -> None:
        checked_index(device)
        self.device, self.priority = GPU, priority

    def synchronize(self) -> None:
        pass

    def query(self) -> bool:
        return True

    def is_capturing(self) -> bool:
        return False

    def wait_stream(self, stream: Any) -> None:
        pass

    def wait_event(self, event: Any) -> None:
        pass

    def record_event(self, event: Any = None) -> SimulatedEvent:
        event = event or SimulatedEvent()
        event.record(self)
        return event  # type: ignore[no-any-return]


class EitherGenerator(type(torch._C.Generator)):  # type: ignore[misc]
    """Makes torch.Generator's isinstance hold for generators of both devices."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, torch._C.Generator)

    def __call__(cls, device: Any = "cpu") -> Any:
        place = torch.device(device)
        if place.type != "cuda":
            return torch._C.Generator(place)
        if place.index:
            raise no_such_gpu()
        return super().__call__()


class SimulatedGenerator(torch._C.Generator, metaclass=EitherGenerator):
    """A source of random numbers for the simulated GPU."""

    __module__, __qualname__ = "torch._C", "Generator"
    device = property(lambda self: GPU)
    told = 0

    def manual_seed(self, seed: int) -> Any:
        self.told = seed
        super().manual_seed(seed ^ 0x6770755F73696D75)  # a GPU draws other numbers from a seed than the CPU
        return self

    def seed(self) -> int:
        self.manual_seed(torch.initial_seed() ^ time.time_ns())
        return self.told

    def initial_seed(self) -> int:
        return self.told


class OldKind(type):
    """The type of torch.cuda.FloatTensor and its kin."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, torch.Tensor) and instance.is_cuda and instance.dtype == KINDS[cls.__name__]

    def __call__(cls, *args: Any) -> torch.Tensor:
        return mark(getattr(torch, cls.__name__)(*args))  # type: ignore[no-any-return]


def checked_index(device: Any, optional: bool = True) -> None:
    """Refuse what is no CUDA device, and each of them but the first; a negative index means "leave it"."""
    if torch.cuda._utils._get_device_index(device, optional=optional) > 0:
        raise no_such_gpu()


def no_such_gpu() -> RuntimeError:
    """CUDA's error for cuda:1, of CUDA's type."""
    error: RuntimeError = getattr(torch, "AcceleratorError", RuntimeError)(NO_SUCH_GPU)
    return error


def refuser(name: str, own: Any = None) -> Any:
    """What stands in for a function that the simulation lacks; torch itself may still use `own`."""

    def refused(*args: Any, **kwargs: Any) -> Any:
        if own and sys._getframe(1).f_globals.get("__name__", "").startswith("torch."):
            return own(*args, **kwargs)
        raise NotImplementedError(f"The simulated GPU cannot do this: {name}.")

    return refused


def cuda_calls(mode: Any) -> Iterator[tuple[Any, str, Any]]:
    """What to replace in torch: the owner, the name and the new value."""
    yield torch.cuda, "_simulation", mode
    yield torch.cuda, "_initialized", True
    calls = CudaCalls(mode)
    made: dict[str, Any] = {name: getattr(calls, name) for name in dir(calls) if not name.startswith("_")}
    twins = {name: made[twin] for name, twin in ACCELERATOR.items()}
    twins["current_accelerator"] = lambda check_available=False: torch.device("cuda")
    made |= {"Event": SimulatedEvent, "Stream": SimulatedStream, "_lazy_init": calls.init}
    made |= {"device": SimulatedDevice, "device_of": SimulatedDeviceOf}
    made |= {name: OldKind(name, (), {"__module__": "torch.cuda"}) for name in KINDS}
    for owner, stand_ins in ((torch.cuda, made), (torch.accelerator, twins)):
        for name in owner.__all__:
            if callable(getattr(owner, name, None)):
                stand_ins.setdefault(name, refuser(f"{owner.__name__}.{name}"))
        for name, new in stand_ins.items():
            yield owner, name, new
    yield torch, "Generator", SimulatedGenerator
    yield torch, "compile", refuser("torch.compile")
    for name in ("nested_tensor", "as_nested_tensor"):
        yield torch.nested, name, refuser(f"torch.nested.{name}")
    for name in ("script", "trace"):
        yield torch.jit, name, refuser(f"torch.jit.{name}", getattr(torch.jit, name))
    yield torch.UntypedStorage, "_share_cuda_", refuser("sharing memory between processes")
