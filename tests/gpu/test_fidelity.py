"""The simulated GPU prints what a real one prints: a recording of one, or, without it, what is known of CUDA's words.

Where there is a GPU: python3 tests/gpu/probes.py --device real --out tests/gpu/recorded.json
"""

from __future__ import annotations

import difflib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

HERE = Path(__file__).parent
RECORDED = HERE / "recorded.json"
HOW = "python3 tests/gpu/probes.py --device real --out tests/gpu/recorded.json"

REWORDED: list[tuple[str, str, str, str]] = []
"""Messages that torch has changed since the recording: probe, words recorded, words now, why."""

REFUSAL = re.compile(r"^NotImplementedError: The (?:<GPU>|simulated GPU) (.*)\.$", re.MULTILINE)
NO_LAYOUT = "has no sparse and no nested tensors"
REFUSED = {
    "creation: complex and sparse": [NO_LAYOUT, NO_LAYOUT],
    "numpy: protocols": ["cannot do this: __cuda_array_interface__", "cannot do this: __dlpack__"],
    "cuda: synchronise": ["cannot do this: torch.cuda.ipc_collect"],
    "cuda: memory at its peak": ["cannot do this: torch.cuda.memory_summary"],
    "cuda: what it can": [
        "cannot do this: torch.cuda.can_device_access_peer",
        "cannot do this: torch.cuda.get_arch_list",
    ],
    "cuda: autocast": ['cannot do this: torch.autocast("cuda")'] * 2,
}
"""What the simulation declares that it cannot do, by probe; docs/simulated-gpu.md lists the calls."""

DEVICE_SPECIFIC = {
    # the CPU build has no such call
    *("creation: old tensor types", "movement: non_blocking", "movement: type() with a name", "cuda: is there one"),
    *("cuda: its name", "cuda: set_device", "cuda: events", "cuda: streams", "accelerator: is there one"),
    *("accelerator: the usual line", "accelerator: choosing", "contexts: cuda.device", "generators: states"),
    *("generators: the same seed, the same numbers", "loader: pinning", "pinning: tensors", "pinning: refused"),
    # memory is counted
    *("cuda: memory of a known tensor", "cuda: memory comes in blocks of 512 bytes", "cuda: memory of a temporary"),
    *("cuda: memory of a model", "cuda: memory at its peak"),
    # a move copies: values are not shared, and what was moved is no leaf
    *("movement: a copy, both ways", "movement: views and strides survive", "numpy: the right way"),
    *("views: memory is not shared across devices", "autograd: a leaf moved is no leaf"),
    *("autograd: grad_fn of transfers", "autograd: detach, no_grad, inference_mode"),
    *("modules: a parameter moved by hand", "mixing: in place", "indexing: assignment of GPU tensors into the CPU's"),
    # the device is what is asked for
    *("getters: where a tensor is", "getters: device objects", "getters: hash, identity, attributes"),
    *("printing: in an f-string", "autograd: a Function of one's own", "modules: parameters are still leaves"),
    *("numpy: protocols", "contexts: in another thread", "subclasses: of Tensor"),
    # there is no second GPU
    *("other devices: cuda:1", "other devices: cuda:1 in other calls"),
}
"""Probes that show other values on the CPU, because what they show is the device."""

TWO = "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!"


def got(argument: str, kernel: str, where: str = "cpu", others: str = "cuda:0") -> str:
    """The check at the start of a CUDA kernel, in the words that torch has had since 2.9 or so."""
    return (
        f"RuntimeError: Expected all tensors to be on the same device, but got {argument} is on {where}, different "
        f"from other tensors on {others} (when checking argument in method {kernel})"
    )


KNOWN = [
    # https://github.com/pytorch/pytorch/blob/v2.13.0/aten/src/ATen/TensorIterator.cpp
    ("mixing: addition and its kin", TWO),
    ("losses: the target left on the CPU", TWO),
    # https://github.com/ClownsharkBatwing/RES4LYF/pull/223
    ("modules: the data left on the CPU", got("mat1", "wrapper_CUDA_addmm")),
    # https://github.com/yolain/ComfyUI-Easy-Use/issues/937
    ("modules: the data left on the CPU", got("mat2", "wrapper_CUDA_mm", "cuda:0", "cpu")),
    # their arguments' names, in older words: https://github.com/Lightricks/LTX-Video/issues/24 (mat2 of mm),
    # https://github.com/boson-ai/higgs-audio/issues/87, https://github.com/Comfy-Org/ComfyUI/issues/7746,
    # https://github.com/sipie800/ComfyUI-PuLID-Flux-Enhanced/issues/35
    ("mixing: matrix products", got("mat2", "wrapper_CUDA_mm")),
    ("functional: embedding", got("index", "wrapper_CUDA__index_select")),
    ("mixing: cat, stack, where", got("tensors", "wrapper_CUDA_cat")),
    ("functional: normalisation", got("weight", "wrapper_CUDA__native_layer_norm")),
    # torchgen/packaged/ATen/native/native_functions.yaml of 2.13.0: these are checked as a whole, scalars too
    ("0-d: other functions", got("max", "wrapper_CUDA_clamp_Tensor")),
    ("losses: cross entropy", got("target", "wrapper_CUDA_nll_loss_forward")),
    ("indexing: index_select, gather, take", got("index", "wrapper_CUDA_gather")),
    # strings in libtorch_cpu.so, libtorch_cuda.so, libc10_cuda.so and libtorch_python.so of 2.13.0
    ("mixing: cat, stack, where", TWO),
    (
        "indexing: a GPU index into a CPU tensor",
        "RuntimeError: indices should be either on cpu or on the same device as the indexed tensor (cpu)",
    ),
    (
        "indexing: masks",
        "RuntimeError: expected self and mask to be on the same device, but got mask on cpu and self on cuda:0",
    ),
    (
        "functional: convolution",
        "RuntimeError: Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same",
    ),
    (
        "modules: recurrent layers",
        "RuntimeError: Input and hidden tensors are not at the same device, found input tensor at cuda:0 and hidden "
        "tensor at cpu",
    ),
    (
        "functional: attention and similarity",
        "RuntimeError: Expected query, key, and value to have the same device type, but got query.device: cuda:0 "
        "key.device: cuda:0 and value.device: cpu instead.",
    ),
    ("out: reductions and factories", "RuntimeError: Expected out tensor to have device cuda:0, but got cpu instead"),
    (
        "out: reductions and factories",
        "RuntimeError: device type cpu does not match device type of out parameter (cuda)",
    ),
    ("pinning: refused", "RuntimeError: Only dense CPU tensors can be pinned"),
    ("pinning: refused", "RuntimeError: cannot pin 'torch.cuda.FloatTensor' only dense CPU tensors can be pinned"),
    ("cuda: memory of other devices", "RuntimeError: Invalid device argument 1: did you call init?"),
    ("cuda: events misused", "ValueError: Both events must be recorded before calculating elapsed time."),
    (
        "matmul: dtypes that do not fit",
        "RuntimeError: expected mat1 and mat2 to have the same dtype, but got: float != double",
    ),
    (
        "numpy: refusals",
        "TypeError: can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host "
        "memory first.",
    ),
    # torch/include/ATen/Dispatch.h: an unknown dtype is a NotImplementedError; the kernel's name is in libtorch_cuda.so
    ("matmul: whole numbers", "NotImplementedError: \"addmm_cuda\" not implemented for 'Long'"),
    # https://github.com/meta-pytorch/tritonparse/issues/176, libc10_cuda.so
    ("other devices: cuda:1", "AcceleratorError: CUDA error: invalid device ordinal"),
    ("other devices: cuda:1", "GPU device may be out of range, do you have enough GPUs?"),
    # torch/cuda/_utils.py, torch/_utils.py, torch/serialization.py
    (
        "cuda: set_device",
        "ValueError: Expected a torch.device with a specified index or an integer, but got:cuda",
    ),
    ("cuda: set_device", "ValueError: Expected a cuda device, but got: cpu"),
    (
        "saving: a CPU tensor onto the GPU",
        "RuntimeError: Attempting to deserialize object on CUDA device 1 but torch.cuda.device_count() is 1. Please "
        "use torch.load with map_location to map your storages to an existing device.",
    ),
    ("generators: devices", "RuntimeError: Expected a 'cpu' device type for generator but found 'cuda'"),
]
"""A probe, and a line that CUDA is known to print in it."""


def run_probes(device: str, out: Path) -> dict[str, str]:
    """Every probe's output on that device, by name, from a process of its own: the simulation changes all of torch."""
    command = [sys.executable, str(HERE / "probes.py"), "--device", device, "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, (
        f"the probes ended with {done.returncode}; the last names are of those run:\n"
        + "\n".join(done.stderr.splitlines()[-30:])
    )
    outputs: dict[str, str] = json.loads(out.read_text(encoding="utf-8"))["probes"]
    return outputs


def refusals(output: str) -> list[str]:
    """What the simulation says in this output that it cannot do."""
    return REFUSAL.findall(output)


def without_refusals(real: str, simulated: str) -> tuple[list[str], list[str]]:
    """Both outputs' lines without the simulation's refusals and what the real GPU printed in their place."""
    was, now = real.splitlines(), simulated.splitlines()
    for tag, a, b, c, d in reversed(difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes()):
        if tag == "replace" and all(REFUSAL.match(line) for line in now[c:d]):
            del was[a:b], now[c:d]
    return was, now


def differences(real: dict[str, str], simulated: dict[str, str]) -> str:
    """The probes that print something else, each as a diff from the real GPU's output to the simulated one's."""
    parts = []
    for name in real:
        was, now = without_refusals(real[name], simulated.get(name, ""))
        if was != now:
            parts.append("\n".join([f"== {name}", *list(difflib.unified_diff(was, now, lineterm="", n=1))[2:]]))
    return f"{len(parts)} of {len(real)} probes differ (- real, + simulated)\n" + "\n".join(parts) if parts else ""


def on_either_device(output: str) -> list[str]:
    """The output's lines without errors and without the device."""
    text = output.replace("torch.cuda.", "torch.").replace("device(type='cuda', index=0)", "device(type='cpu')")
    text = re.sub(r",\s+device='cpu'", "", text.replace("cuda:0", "cpu"))
    text = re.sub(r",\s+(grad_fn|dtype|requires_grad)=", r", \1=", text)  # printing breaks lines later
    lines = re.sub(r", grad_fn=<\w+>", "", text).splitlines()
    return [line for line in lines if not re.match(r"\w+(Error|Exception)\b", line)]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return run_probes("simulated", tmp_path_factory.mktemp("simulated") / "out.json")


@pytest.fixture(scope="module")
def recorded() -> dict[str, str]:
    """What a real GPU printed, in the words of the torch that runs here."""
    if not RECORDED.exists():
        pytest.xfail(f"no real GPU has run the probes: tests/gpu/recorded.json is missing. Where there is one: {HOW}")
    recording = json.loads(RECORDED.read_text(encoding="utf-8"))
    outputs: dict[str, str] = recording["probes"]
    if recording["torch"].split("+")[0] != torch.__version__.split("+")[0]:
        for name, was, now, _ in REWORDED:
            assert was in outputs[name], f'REWORDED: "{name}" has no words {was!r}'
            outputs[name] = outputs[name].replace(was, now)
    return outputs


def test_the_recording_holds_every_probe(recorded: dict[str, str], simulated: dict[str, str]) -> None:
    assert list(recorded) == list(simulated), f"probes.txt has changed since the recording; again: {HOW}"


def test_simulated_gpu_prints_what_a_real_one_printed(recorded: dict[str, str], simulated: dict[str, str]) -> None:
    differ = differences(recorded, simulated)
    assert not differ, differ


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no real GPU here")
def test_simulated_gpu_prints_what_the_real_one_prints_here(simulated: dict[str, str], tmp_path: Path) -> None:
    differ = differences(run_probes("real", tmp_path / "real.json"), simulated)
    assert not differ, differ


def test_every_probe_ends_and_none_shows_a_defect_of_the_simulation(simulated: dict[str, str]) -> None:
    assert len(simulated) >= 150
    text = "\n".join(f"== {name}\n{output}" for name, output in simulated.items())
    assert not re.findall(r"RecursionError|SystemError|INTERNAL ASSERT|torch\._C\._cuda|_simulat\w+|autograder", text)
    assert not re.findall(r"\w*_(?:cpu|impl_cpu_|kernel_impl)\"", text), "the name of a CPU kernel"
    assert not re.findall(r"not compiled with CUDA|expected m1 and m2|DefaultCPUAllocator", text), (
        "the CPU build's words"
    )
    assertions = set(re.findall(r"^AssertionError: (.*)$", text, re.MULTILINE))
    assert assertions == {  # torch's own
        *("Invalid device id", "Torch not compiled with XPU enabled", "Tensor-likes are not close!"),
        "The values for attribute 'device' do not match: cuda:0 != cpu.",
    }
    attributes = re.findall(r"^AttributeError: (.*)$", text, re.MULTILINE)
    assert all(re.search(r"'(list|dict|Tensor)' object has|not writable", each) for each in attributes), attributes


def test_the_simulation_refuses_what_it_declares_and_nothing_else(simulated: dict[str, str]) -> None:
    assert {name: refusals(output) for name, output in simulated.items() if refusals(output)} == REFUSED
    documented = (HERE.parents[1] / "docs" / "simulated-gpu.md").read_text(encoding="utf-8")
    for call in {call for calls in REFUSED.values() for call in calls if call != NO_LAYOUT}:
        assert call.partition("do this: ")[2].removeprefix("torch.cuda.") in documented, call


def test_values_are_the_cpus(simulated: dict[str, str], tmp_path: Path) -> None:
    cpu = run_probes("cpu", tmp_path / "cpu.json")
    strange = {}
    for name, output in simulated.items():
        on_cpu = on_either_device(cpu[name])
        odd = [line for line in on_either_device(output) if line not in on_cpu]
        if odd:
            strange[name] = odd
    unlisted = {name: odd for name, odd in strange.items() if name not in DEVICE_SPECIFIC}
    assert not unlisted, unlisted
    assert strange.keys() == DEVICE_SPECIFIC, "listed, but equal"


def test_each_kernel_that_an_error_names_is_one_of_cudas(simulated: dict[str, str]) -> None:
    kernels = (HERE / "kernels.txt").read_text(encoding="utf-8").splitlines()
    named = set(re.findall(r"wrapper_CUDA_\w+", "\n".join(simulated.values())))
    assert len(named) >= 25
    assert not named - set(kernels)


@pytest.mark.parametrize(("name", "line"), KNOWN, ids=[f"{name} {i}" for i, (name, _) in enumerate(KNOWN)])
def test_known_words_of_cuda_are_printed(name: str, line: str, simulated: dict[str, str]) -> None:
    assert line in simulated[name].splitlines(), simulated[name]


def test_differences_are_told_by_name_and_declared_refusals_are_none() -> None:
    real = {"a": "1\n2\n", "b": "3\n", "c": "4\n"}
    assert differences(real, dict(real)) == ""
    told = differences(real, {"a": "1\n5\n", "b": "3\n"})
    assert told.startswith("2 of 3 probes differ")
    assert "== a\n" in told and "-2\n+5" in told and "== c\n" in told and "== b" not in told
    refused = {"a": "1\nNotImplementedError: The <GPU> cannot do this: x.\n2\n"}
    assert differences({"a": "1\ntensor([[1],\n  [2]])\n2\n"}, refused) == ""
    assert differences({"a": "1\n7\n3\n"}, refused) != ""
