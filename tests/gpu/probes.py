"""What a GPU prints: runs the probes of `probes.txt` on a real GPU, on the simulated one, or on the CPU.

    python3 tests/gpu/probes.py --device real --out tests/gpu/recorded.json
    python3 tests/gpu/probes.py --device simulated --out simulated.json
    python3 tests/gpu/probes.py --device cpu --out cpu.json
    python3 tests/gpu/probes.py --timing curve.json

Needs torch, NumPy and matplotlib, and nothing else of the course's: it must run on a bare machine with a GPU.
`cpu` writes "cpu" for "cuda" in every probe; it shows whether the probes themselves are sound.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import faulthandler
import gc
import importlib.util
import io
import json
import math
import os
import pickle
import platform
import re
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import matplotlib

matplotlib.use("agg")
import numpy as np
import torch
from matplotlib import pyplot as plt
from torch import nn, optim
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

HERE = Path(__file__).resolve().parent
NAMES = {
    "torch": torch,
    "nn": nn,
    "F": F,
    "optim": optim,
    "np": np,
    "plt": plt,
    "DataLoader": DataLoader,
    "TensorDataset": TensorDataset,
    "copy": copy,
    "gc": gc,
    "io": io,
    "math": math,
    "pickle": pickle,
    "warnings": warnings,
    "__name__": "__main__",
}
"""What a probe finds in its namespace."""

ADVICE = re.compile(
    r"\n(Search for `|CUDA kernel errors might|For debugging consider|Compile with `|Exception raised from)"
    r"| GPU \d+ has a total capacity|(?<=backend\.) This could be because"
)
"""Where an error's message stops being about the mistake: advice on debugging, C++ frames, this machine's memory."""

VOLATILE = [
    (r"0x[0-9a-fA-F]+", "0x…"),
    (r"(/[\w.+-]+)+/([\w.+-]+\.(py|cpp|h|cu))", r"\2"),
    (r"\.(py|cpp|h|cu)(\"?, line |:)\d+", r".\1:…"),
]
"""Parts of an output that differ from run to run or from build to build, and what to write in their place."""


def probes() -> dict[str, str]:
    """Each probe's source by its name."""
    found: dict[str, str] = {}
    text = (HERE / "probes.txt").read_text(encoding="utf-8")
    for part in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        name, _, source = part.partition("\n")
        if name in found:
            raise SystemExit(f'probes.txt: two probes are called "{name}"')
        found[name] = source.strip() + "\n"
    return found


def on_the_cpu(source: str) -> str:
    """The probe with the CPU in the GPU's place."""
    source = re.sub(r"\.cuda\(", ".cpu(", source)
    return re.sub(r"([\"'])cuda(:0)?\1", r"\1cpu\1", source)


def run(source: str, gpu_name: str) -> str:
    """What a Python prompt shows for these statements, each run whether or not one before it failed."""
    names = dict(NAMES)
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), clean_slate():
        for node in ast.parse(source).body:
            try:
                # "single" shows the value of every expression through sys.displayhook, those inside a block too.
                exec(compile(ast.Interactive([node]), "<probe>", "single"), names)
            except Exception as error:
                print(f"{type(error).__name__}: {first_lines(str(error))}")
    return normal(shown.getvalue(), gpu_name)


@contextlib.contextmanager
def clean_slate() -> Iterator[None]:
    """An empty folder, fixed seeds, torch's settings as they are at the start, and no memory left over."""
    was, hook = Path.cwd(), sys.displayhook
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.chdir(folder)
        sys.displayhook = show
        torch.manual_seed(0)
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        try:
            yield
        finally:
            os.chdir(was)
            sys.displayhook = hook
            torch.set_default_device(None)
            torch.set_default_dtype(torch.float32)
            torch.set_grad_enabled(True)
            torch.set_printoptions(profile="default")  # type: ignore[no-untyped-call]


def show(value: object) -> None:
    """A prompt's display hook that leaves `_` alone."""
    if value is not None:
        print(repr(value))


def first_lines(message: str) -> str:
    """The message up to its first empty line or its advice."""
    return ADVICE.split(message.strip().split("\n\n")[0])[0]


def normal(text: str, gpu_name: str) -> str:
    """The output without what differs between two runs or two GPUs."""
    if gpu_name:
        text = text.replace(gpu_name, "<GPU>")
    for pattern, instead in VOLATILE:
        text = re.sub(pattern, instead, text)
    return text


def start(device: str) -> str:
    """Makes the device ready and returns the GPU's name; empty for the CPU."""
    if device == "simulated":
        spec = importlib.util.spec_from_file_location(
            "simulated_gpu", HERE.parents[1] / "autograder" / "kit" / "gpu.py"
        )
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        module.simulate_gpu(force=True)
    if device == "cpu":
        return ""
    if not torch.cuda.is_available():
        raise SystemExit(f"{device}: no GPU here")
    return torch.cuda.get_device_name(0)


def record(device: str) -> dict[str, object]:
    """Every probe's output on that device, with what ran it."""
    gpu_name = start(device)
    gc.freeze()  # else each probe's collection goes through all of torch
    outputs = {}
    for name, source in probes().items():
        print(name, file=sys.stderr, flush=True)  # the last one printed is the one that killed the process
        outputs[name] = run(on_the_cpu(source) if device == "cpu" else source, gpu_name)
        if device == "real":
            try:
                torch.cuda.synchronize()
            except RuntimeError as error:
                raise SystemExit(f'"{name}" has broken the GPU for every probe after it: {error}') from None
    return {"torch": torch.__version__, "gpu": gpu_name, "python": platform.python_version(), "probes": outputs}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=["real", "simulated", "cpu"])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--timing", type=Path, metavar="FILE", help="time the CPU and the GPU instead")
    options = parser.parse_args()
    faulthandler.enable()
    if options.timing:
        from curve import measure

        result, file = measure(), options.timing
    elif options.device and options.out:
        result, file = record(options.device), options.out
    else:
        parser.error("say --device and --out, or --timing")
    file.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
