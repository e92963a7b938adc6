"""What CUDA refuses, in CUDA's words: tensors on two devices in one operation, kernels that CUDA lacks."""

import functools
import re
from pathlib import Path
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from autograder.kit.gpu_memory import CPU, GPU, mark, marked, storage_of

ACROSS = {  # take both devices
    *("copy_", "_foreach_copy_", "lift_fresh", "_local_scalar_dense", "is_same_size", "_pack_padded_sequence")
}
BINARY = {"mse_loss", "smooth_l1_loss", "fill", "fill_"}  # take a CPU scalar, as operations tagged "pointwise" do
LACKING = {  # the kernels that CUDA has not for whole numbers
    **dict.fromkeys(["mm", "addmm"], "addmm_cuda"),
    **dict.fromkeys(["bmm", "baddbmm"], "baddbmm_cuda"),
    **dict.fromkeys(["mv", "addmv"], "addmv_impl_cuda"),
    **{"dot": "dot", "convolution": "slow_conv2d_cuda"},
}
WHOLE = {
    **{torch.int64: "Long", torch.int32: "Int", torch.int16: "Short", torch.int8: "Char"},
    **{torch.uint8: "Byte", torch.bool: "Bool"},
}
GivenTensors = list[
    tuple[str, torch.Tensor, bool]
]  # an operation's tensors: the argument's name, and whether on the GPU


class Inspector(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Sees the operations that a call is made of; refuses those that CUDA refuses and marks what the others make."""

    def __torch_dispatch__(self, op: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        names = [each.name for each in op._schema.arguments]
        given = given_tensors([*zip(names, args, strict=False), *kwargs.items()])
        if not any(there for _, _, there in given):
            return op(*args, **kwargs)
        refuse(op, given, args)
        result = op(*args, **kwargs)
        kernel, dtype = LACKING.get(op.overloadpacket.__name__), given[0][1].dtype
        if kernel and dtype in WHOLE:  # shapes are complained about first
            raise NotImplementedError(f"\"{kernel}\" not implemented for '{WHOLE[dtype]}'")
        theirs = {storage_of(tensor)._cdata for _, tensor, there in given if not there}
        results = result if isinstance(result, (tuple, list)) else [result]
        for each in results[:1] if "pack_padded" in op._schema.name else results:  # the batches' sizes stay on the CPU
            if isinstance(each, torch.Tensor) and storage_of(each)._cdata not in theirs:
                mark(each)
        return result


def given_tensors(arguments: list[tuple[str, Any]]) -> GivenTensors:
    """The tensors among an operation's arguments."""
    found = []
    for name, value in arguments:
        values = value if isinstance(value, (tuple, list)) else [value]
        found += [(name, each, marked(each)) for each in values if isinstance(each, torch.Tensor)]
    return found


def refuse(op: Any, given: GivenTensors, args: Any) -> None:
    """Raise what CUDA raises for this operation on these tensors, if it does."""
    name = op._schema.name.removeprefix("aten::")
    place = {each: GPU if there else CPU for each, _, there in given[::-1]}
    value = {each: tensor for each, tensor, _ in given[::-1]}
    if name == "convolution":
        refuse_convolution(place, value, args)
    if name in ACROSS or all(there for _, _, there in given):
        return
    elsewhere = [tensor.device for _, tensor, _ in given if tensor.device != CPU]
    if elsewhere:
        raise two_devices(elsewhere[0])
    if name in ("index", "index_put", "index_put_", "_index_put_impl_"):
        if place["self"] == CPU and any(there for each, _, there in given if each == "indices"):
            raise RuntimeError("indices should be either on cpu or on the same device as the indexed tensor (cpu)")
        if place.get("values", place["self"]) != place["self"] and value["values"].dim():
            if place["self"] == GPU and True in args[3:4]:  # accumulate
                raise RuntimeError("expected device cuda:0 but got device cpu for value tensor")
            raise two_devices()
    elif name in ("masked_fill", "masked_fill_"):
        if place["mask"] != place["self"]:
            raise RuntimeError(
                f"expected self and mask to be on the same device, but got mask on {place['mask']} and self on "
                f"{place['self']}"
            )
        if place["self"] == CPU:
            raise RuntimeError("masked_fill_: Expected inputs to be on same device")
    elif name.startswith("_scaled_dot_product") and len({place[each] for each in ("query", "key", "value")}) == 2:
        raise RuntimeError(
            f"Expected query, key, and value to have the same device type, but got query.device: {place['query']} "
            f"key.device: {place['key']} and value.device: {place['value']} instead."
        )
    else:
        refuse_in_kernel(op, name, given)


def refuse_convolution(place: dict[str, Any], value: dict[str, torch.Tensor], args: Any) -> None:
    """A convolution compares whole types, of another dtype or on another device."""
    for each in [each for each in ("weight", "bias") if each in place]:
        kinds = [type_name(value[it], place[it] == GPU) for it in ("input", each)]
        if kinds[0] != kinds[1]:
            words = f"Input type ({kinds[0]}) and {each} type ({kinds[1]}) should be the same"
            if place["input"] == CPU and "Mkldnn" in str(torch._C._select_conv_backend(*args)):
                words += f" or input should be a MKLDNN tensor and {each} is a dense tensor"
            raise RuntimeError(words)


def refuse_in_kernel(op: Any, name: str, given: GivenTensors) -> None:
    """The check at the start of a CUDA kernel, or where it loops over the elements."""
    overload, there = op._schema.overload_name, [on_gpu for _, _, on_gpu in given]
    written = [each.name for each in op._schema.arguments if each.is_write]
    arguments = [(each, on_gpu) for each, _, on_gpu in given]
    if name == "embedding":  # these are other operations on CUDA
        name, overload, arguments = "index_select", "", [("self", there[0]), ("index", there[1])]
    elif name == "stack":
        name, overload = "cat", ""
    elif name == "mv":
        name, overload, written = "addmv", "out", ["out"]
        arguments = [("out", there[1]), ("mat", there[0])]
    elif name == "native_batch_norm" and there[0] and given[0][1].dim() > 2:
        name = "cudnn_batch_norm"
    is_out = written != [] and not name.endswith("_")
    checked, structured, composed = checks_of(f"{name}.{overload}" if overload else name)
    if checked:
        called = name + "_out" * is_out
        parts = [called, overload] if structured else [overload, called]
        kernel = "wrapper_CUDA_" + "_".join(parts if overload or not structured else [called])
        arguments.sort(key=lambda argument: not (is_out and argument[0] in written))
        first = arguments[0][1]
        wrong = next(each for each, on_gpu in arguments if on_gpu != first)
        here, elsewhere = (GPU, CPU) if first else (CPU, GPU)
        raise RuntimeError(
            f"Expected all tensors to be on the same device, but got {wrong} is on {elsewhere}, different from other "
            f"tensors on {here} (when checking argument in method {kernel})"
        )
    takes_scalars = composed or torch.Tag.pointwise in op.tags or name in BINARY or name.startswith("_foreach_")
    scalars = 0
    for each, tensor, on_gpu in given:
        if is_out and structured and not takes_scalars and each in written:
            other = not next(on_gpu for each, _, on_gpu in given if each not in written)
            raise RuntimeError(
                f"Expected out tensor to have device {CPU if other else GPU}, but got {GPU if other else CPU} instead"
            )
        if not on_gpu and (tensor.dim() or each in written or not takes_scalars):
            raise two_devices()
        scalars += not on_gpu
    if scalars > 1 and not composed and name != "where" and not name.startswith("_foreach_"):
        raise RuntimeError("Trying to pass too many CPU scalars to non-CPU kernel!")


@functools.cache
def checks_of(operation: str) -> tuple[bool, bool, bool]:
    """Whether the operation's CUDA kernel checks its devices at once, is "structured", or is composed of others.

    From the list of operations that those checks are generated from; it comes with torch.
    """
    listed = Path(torch.__file__).parents[1] / "torchgen/packaged/ATen/native/native_functions.yaml"
    text = listed.read_text(encoding="utf-8") if listed.exists() else ""
    entry = text.partition(f"- func: {operation}(")[2].partition("\n\n")[0]
    structured = re.search(r"^  structured(_delegate)?:", entry, re.MULTILINE) is not None
    own = structured or re.search(r"^    [^:\n]*\bCUDA\b[^:\n]*:", entry, re.MULTILINE) is not None
    return own and "device_check: NoCheck" not in entry, structured, not own


def two_devices(other: torch.device = CPU) -> RuntimeError:
    return RuntimeError(
        f"Expected all tensors to be on the same device, but found at least two devices, {GPU} and {other}!"
    )


def type_name(tensor: torch.Tensor, on_gpu: bool) -> str:
    """Torch's old name for a kind of tensor, such as torch.cuda.FloatTensor."""
    name = torch.Tensor.type(tensor)
    assert isinstance(name, str)
    return name.replace("torch.", "torch.cuda.") if on_gpu else name
