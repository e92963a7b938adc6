"""The mode in which a CPU seems to have a GPU beside it: each call on tensors passes through here.

A TorchFunctionMode sees each call on tensors. It answers the questions that the CPU would answer wrongly (`x.device`),
makes and moves what should lie on the GPU, which is CPU memory with a mark (`gpu_memory`), and lets all else run on the
CPU, marking what comes out. Only if a call mixes devices does it look closer (`gpu_rules`).
"""

import contextlib
import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._device import _device_constructors

from autograder.kit.gpu_calls import SimulatedGenerator, no_such_gpu, refuser
from autograder.kit.gpu_errors import in_cudas_words, rendered
from autograder.kit.gpu_memory import (
    CPU,
    GPU,
    PINNED,
    Counter,
    mark,
    mark_storage,
    marked,
    place_of,
    storage_of,
    unseen,
)
from autograder.kit.gpu_rules import WHOLE, Inspector, type_name

RANDOM = re.compile(  # the names of functions that draw numbers
    "rand|normal|uniform|dropout|bernoulli|multinomial|exponential|cauchy|geometric|poisson|rrelu|gumbel|attention"
    "|lstm|gru|rnn|xavier|kaiming|orthogonal|sparse_"
)
ON_CPU = 1
ON_GPU = 2
ON_BOTH = 3


class Simulation(TorchFunctionMode):
    """The mode, and all that has to be undone when it ends."""

    def __init__(self) -> None:
        super().__init__()
        self.counter, self.generator = Counter(), SimulatedGenerator("cuda").manual_seed(torch.initial_seed())
        self.patched: list[tuple[Any, str, Any]] = []
        self.draws: dict[Any, bool] = {}  # by function
        self.factories = _device_constructors()
        tensor: Any = torch.Tensor
        self.special: dict[Any, Callable[..., Any]] = {
            tensor.device.__get__: self.device_of,
            tensor.is_cuda.__get__: lambda f, x: marked(x) or f(x),
            tensor.is_cpu.__get__: lambda f, x: not marked(x) and f(x),
            tensor.is_shared: lambda f, x: marked(x) or f(x),
            tensor.get_device: lambda f, x: 0 if marked(x) else f(x),
            torch.get_device: lambda f, x: 0 if marked(x) else f(x),
            tensor.is_pinned: lambda f, x, *args: hasattr(storage_of(x), PINNED),
            tensor.pin_memory: self.pin,
            tensor.share_memory_: lambda f, x: x if marked(x) else f(x),
            tensor.grad.__get__: self.gradient,
            tensor.grad.__set__: self.set_gradient,
            tensor.data.__set__: lambda f, x, data: f(x, data),
            tensor.type: self.type,
            tensor.type_as: lambda f, x, other: self.to(tensor.to, x, other),
            tensor.to: self.to,
            tensor.cpu: lambda f, x, **options: self.to(tensor.to, x, "cpu", **options),
            tensor.cuda: self.cuda,
            tensor.numpy: self.numpy,
            tensor.__array__: self.numpy,
            tensor.__dlpack__: self.refuse("__dlpack__"),
            tensor.__cuda_array_interface__.__get__: self.refuse("__cuda_array_interface__"),
            # 2 is CUDA's; it has had two names.
            tensor.__dlpack_device__: lambda f, x: (torch.utils.dlpack.DLDeviceType(2), 0) if marked(x) else f(x),
            tensor.apply_: self.only_on_the_cpu,
            tensor.map_: self.only_on_the_cpu,
            tensor.__repr__: self.show,
            tensor.__format__: self.format,
            tensor.register_hook: self.register_hook,
            tensor.backward: self.backward,
            torch.autograd.backward: self.backward,
            torch.autograd.grad: self.gradients,
            torch.tensor: self.make,
            torch.as_tensor: self.make,
            torch.asarray: self.make,
            torch.device: lambda f, *args, **kwargs: f("cuda", *args) if is_index(args) else f(*args, **kwargs),
        }
        function = torch.nn.functional
        products: list[Any] = [getattr(tensor, name) for name in ("matmul", "__matmul__", "__rmatmul__")]
        products += [getattr(each, name) for each in (torch, tensor) for name in ("mm", "bmm", "mv", "dot", "addmm")]
        products += [getattr(function, f"conv{name}") for name in ("1d", "2d", "3d", "_transpose2d")]
        products += [torch.matmul, function.linear]
        self.special |= dict.fromkeys(products, self.multiply)
        self.special |= dict.fromkeys([torch.lstm, torch.gru, torch.rnn_tanh, torch.rnn_relu], self.recur)

    def __torch_function__(self, f: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        special = self.special.get(f)
        try:
            return special(f, *args, **kwargs or {}) if special else self.call(f, args, kwargs or {})
        except Exception as error:
            if not hasattr(error, "_render_traceback_"):  # what IPython prints in place of a traceback
                error._render_traceback_ = functools.partial(rendered, error)  # type: ignore[attr-defined]
            raise

    def call(self, f: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """Run what has no rule of its own: an operation or a factory."""
        sides = sides_of(args) | sides_of(kwargs.values()) if kwargs else sides_of(args)
        device = kwargs.get("device")
        if device is None and f in self.factories and "out" not in kwargs:
            device = torch.utils._device.CURRENT_DEVICE
        if device is not None:
            place = place_named(device)
            if place.type not in ("cpu", "cuda"):
                return f(*args, **{**kwargs, "device": place})
            out = place_of(kwargs["out"]).type if isinstance(kwargs.get("out"), torch.Tensor) else place.type
            if out != place.type:
                raise RuntimeError(f"device type {place.type} does not match device type of out parameter ({out})")
            if place == GPU and kwargs.get("pin_memory"):
                raise RuntimeError("Only dense CPU tensors can be pinned")
            kwargs = {**kwargs, "device": "cpu"}
            if place == GPU:
                return mark(self.run(f, args, kwargs))
        elif sides == ON_GPU:
            return mark(self.run(f, args, kwargs))
        elif sides == ON_BOTH:
            with Inspector():  # type: ignore[no-untyped-call]
                return f(*args, **kwargs)
        if kwargs.get("pin_memory"):
            return self.pin(None, f(*args, **{**kwargs, "pin_memory": False}))
        check_generator(kwargs.get("generator"), CPU)
        return f(*args, **kwargs)

    def run(self, f: Any, args: Any, kwargs: Any) -> Any:
        """Run an operation whose result lies on the GPU, with the GPU's random numbers and its lack of memory."""
        generator = kwargs.get("generator")
        check_generator(generator, GPU)
        draws = self.draws.get(f)
        if draws is None:
            draws = self.draws[f] = RANDOM.search(getattr(f, "__name__", "")) is not None
        try:
            if draws and generator is None:
                with self.own_numbers():
                    return f(*args, **kwargs)
            return f(*args, **kwargs)
        except RuntimeError as error:
            raise in_cudas_words(error) from None

    @contextlib.contextmanager
    def own_numbers(self) -> Iterator[None]:
        """Random numbers come from the GPU's generator, not the CPU's."""
        saved = torch.default_generator.get_state()
        torch.default_generator.set_state(self.generator.get_state())
        try:
            yield
        finally:
            self.generator.set_state(torch.default_generator.get_state())
            torch.default_generator.set_state(saved)

    def device_of(self, f: Any, x: torch.Tensor) -> Any:
        return GPU if marked(x) else f(x)

    def pin(self, f: Any, x: torch.Tensor, device: Any = None) -> torch.Tensor:
        """A copy in pinned memory; here, memory that says it is."""
        if marked(x):
            raise RuntimeError(f"cannot pin '{type_name(x, True)}' only dense CPU tensors can be pinned")
        if hasattr(storage_of(x), PINNED):
            return x
        x = x.clone()
        setattr(storage_of(x), PINNED, True)
        return x

    def gradient(self, f: Any, x: torch.Tensor) -> Any:
        """A leaf's gradient, which backward left in memory without a mark, lies where the leaf lies."""
        grad = f(x)
        if grad is None or marked(grad) == marked(x):
            return grad
        if marked(x):
            return mark(grad)
        x.grad = grad.clone()  # shares the memory of a gradient on the GPU
        return x.grad

    def set_gradient(self, f: Any, x: torch.Tensor, grad: Any) -> None:
        if isinstance(grad, torch.Tensor) and marked(grad) != marked(x):
            raise RuntimeError("assigned grad has data located on a different device")
        f(x, grad)

    def to(self, f: Any, x: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        """`x.to` in all its forms: a device, a dtype, both, or a tensor that has them."""
        other = kwargs.pop("other", args[0] if args else None)
        if isinstance(other, torch.Tensor):
            kwargs, args = {"device": place_of(other), "dtype": other.dtype, **kwargs}, args[1:]
        elif args and not isinstance(other, torch.dtype):
            kwargs, args = {**kwargs, "device": args[0]}, args[1:]
        if args and not isinstance(args[0], (torch.dtype, type(None))):  # non_blocking, copy
            kwargs, args = {**kwargs, **dict(zip(["non_blocking", "copy"], args, strict=False))}, ()
        elif args:
            names = ["dtype", "non_blocking", "copy"]
            kwargs, args = {**kwargs, **dict(zip(names, args, strict=False))}, args[3:]
        device = kwargs.get("device")
        place = place_of(x) if device is None else place_named(device)
        if place.type not in ("cpu", "cuda"):
            return f(x, *args, **kwargs)
        if device is not None:
            kwargs["device"] = "cpu"
        crossing = marked(x) != (place == GPU)
        if crossing:
            kwargs["copy"] = True
        moved: torch.Tensor = f(x, *args, **kwargs)
        if crossing and moved.requires_grad and moved.grad_fn:
            moved.grad_fn.register_prehook(copied)
        return mark(moved) if place == GPU else moved

    def cuda(self, f: Any, x: torch.Tensor, device: Any = None, non_blocking: bool = False, **options: Any) -> Any:
        place = GPU if device is None else place_named(device)
        if place.type != "cuda":
            raise RuntimeError("Invalid device, must be cuda device")
        return self.to(torch.Tensor.to, x, place, **options)

    def type(self, f: Any, x: torch.Tensor, dtype: Any = None, non_blocking: bool = False, **options: Any) -> Any:
        """The old name of the tensor's kind, or the tensor as one of another kind."""
        if dtype is None:
            return type_name(x, marked(x))
        if isinstance(dtype, torch.dtype):
            return self.to(torch.Tensor.to, x, dtype)
        name = dtype if isinstance(dtype, str) else f"{dtype.__module__}.{dtype.__name__}"
        kind = f(x.detach(), name.replace("torch.cuda.", "torch."))
        return self.to(torch.Tensor.to, x, GPU if "cuda" in name else CPU, kind.dtype)

    def numpy(self, f: Any, x: torch.Tensor, *args: Any, force: bool = False, **options: Any) -> Any:
        if marked(x) and not force:
            raise TypeError(
                f"can't convert {GPU} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory "
                "first."
            )
        if force:
            options["force"] = True
            x = x.clone() if marked(x) else x
        return f(x, *args, **options)

    def refuse(self, what: str) -> Callable[..., Any]:
        """A rule for what the simulation cannot do with its tensors."""

        def refused(f: Any, x: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
            if marked(x):
                refuser(what)()
            return f(x, *args, **kwargs)

        return refused

    def only_on_the_cpu(self, f: Any, x: torch.Tensor, *args: Any) -> Any:
        if marked(x):
            raise TypeError(f"{f.__name__} is only implemented on CPU tensors")
        return f(x, *args)

    def show(self, f: Any, x: torch.Tensor, **options: Any) -> str:
        if not marked(x):  # most are not, and each question on the way would come here again
            return str(f(x, **options))
        with self:  # torch's own printing asks for the device
            return str(torch._tensor_str._str(x, **options))  # type: ignore[no-untyped-call]

    def format(self, f: Any, x: torch.Tensor, spec: str) -> str:
        with self:
            return x.item().__format__(spec) if x.dim() == 0 and not x.is_meta else object.__format__(x, spec)

    def register_hook(self, f: Any, x: torch.Tensor, hook: Any) -> Any:
        """A hook sees its gradient where the tensor is."""
        return f(x, lambda grad: hook(mark(grad))) if marked(x) else f(x, hook)

    def backward(self, f: Any, tensors: Any, gradient: Any = None, *args: Any, **kwargs: Any) -> None:
        name = "gradient" if f is torch.Tensor.backward else "grad_tensors"
        gradient = kwargs.pop(name, gradient)
        check_gradients(tensors, gradient)
        with words_of(tensors):
            f(tensors, gradient, *args, **kwargs)

    def gradients(self, f: Any, outputs: Any, inputs: Any, grad_outputs: Any = None, *args: Any, **kwargs: Any) -> Any:
        check_gradients(outputs, grad_outputs)
        with words_of(outputs):
            found = f(outputs, inputs, grad_outputs, *args, **kwargs)
        inputs = [inputs] if isinstance(inputs, torch.Tensor) else inputs
        return tuple(like(each, grad) for each, grad in zip(inputs, found, strict=True))

    def make(self, f: Any, data: Any, *args: Any, **kwargs: Any) -> Any:
        """torch.tensor and its kin: a tensor stays where it is, numbers go to the default device."""
        device = kwargs.pop("device", None)
        if device is None and isinstance(data, torch.Tensor):
            place = place_of(data)
        else:
            place = place_named(device or torch.utils._device.CURRENT_DEVICE or "cpu")
        if place.type not in ("cpu", "cuda"):
            return f(data, *args, device=place, **kwargs)
        pinned = kwargs.pop("pin_memory", False)
        made: torch.Tensor = f(data, *args, device="cpu", **kwargs)
        inside = isinstance(data, torch.Tensor) and marked(data)
        if place == GPU and not inside:
            with torch.no_grad():
                made = mark(made.clone()).requires_grad_(made.requires_grad)
        elif place == CPU and inside and marked(made):
            made = made.clone()
        elif place == GPU:
            mark(made)
        return self.pin(None, made) if pinned else made

    @staticmethod
    def restored(storage: Any, location: str) -> Any:
        """What torch.load does with memory that was on the GPU, or shall be."""
        return mark_storage(storage) if location in ("cuda", "cuda:0") else None

    def multiply(self, f: Any, *args: Any, **kwargs: Any) -> Any:
        """Products of matrices: CUDA has none for whole numbers, and words of its own for two dtypes."""
        given = [each for each in (*args, *kwargs.values()) if isinstance(each, torch.Tensor)]
        if given and (given[0].dtype in WHOLE or len({each.dtype for each in given}) > 1) and any(map(marked, given)):
            with words_of(args[:1]), Inspector():  # type: ignore[no-untyped-call]
                return f(*args, **kwargs)
        return self.call(f, args, kwargs)

    def recur(self, f: Any, x: torch.Tensor, hidden: Any, weights: Any, *args: Any, **kwargs: Any) -> Any:
        """Recurrent layers, which CUDA checks as a whole."""
        if isinstance(weights, (tuple, list)):
            for kind, tensors in (
                ("hidden", [hidden] if isinstance(hidden, torch.Tensor) else hidden),
                ("parameter", weights),
            ):
                for each in tensors:
                    if marked(each) != marked(x):
                        raise RuntimeError(
                            f"Input and {kind} tensors are not at the same device, found input tensor at {place_of(x)} "
                            f"and {kind} tensor at {place_of(each)}"
                        )
        return self.call(f, (x, hidden, weights, *args), kwargs)


def sides_of(values: Any) -> int:
    """Where the tensors among these values lie."""
    sides = 0
    for value in values:
        if isinstance(value, torch.Tensor):
            sides |= ON_GPU if marked(value) else ON_CPU
        elif isinstance(value, (tuple, list)):
            sides |= sides_of(value)
    return sides


def is_index(args: Any) -> bool:
    return len(args) == 1 and type(args[0]) is int


def place_named(device: Any) -> torch.device:
    """The device of that name; the current GPU's index is put in."""
    place = torch.device("cuda", device) if type(device) is int else torch.device(device)
    if place.type == "cuda" and place.index:
        raise no_such_gpu()
    return {"cuda": GPU, "cpu": CPU}.get(place.type, place)


@contextlib.contextmanager
def words_of(tensors: Any) -> Iterator[None]:
    """Errors of backward in CUDA's words where it starts from the GPU."""
    try:
        yield
    except RuntimeError as error:
        raise (in_cudas_words(error) if sides_of([tensors]) & ON_GPU else error) from None


def check_generator(generator: Any, place: torch.device) -> None:
    if generator is not None and generator.device.type != place.type:
        raise RuntimeError(f"Expected a '{place.type}' device type for generator but found '{generator.device.type}'")


def copied(gradients: Any) -> Any:
    """Gradients that cross from one device to the other share no memory."""
    with unseen():
        return tuple(grad if grad is None else grad.clone() for grad in gradients)


def like(tensor: torch.Tensor, grad: Any) -> Any:
    """A gradient where its tensor is."""
    if grad is None or marked(grad) == marked(tensor):
        return grad
    return mark(grad) if marked(tensor) else grad.clone()


def check_gradients(tensors: Any, gradients: Any) -> None:
    """A gradient that is handed to backward must lie where its tensor is."""
    pairs = [[each] if isinstance(each, torch.Tensor) or each is None else list(each) for each in (tensors, gradients)]
    for i, (tensor, grad) in enumerate(zip(*pairs, strict=False)):
        if isinstance(grad, torch.Tensor) and marked(grad) != marked(tensor) and grad.dim():
            raise RuntimeError(
                f"invalid gradient at index {i} - expected device {place_of(tensor)} but got {place_of(grad)}"
            )
