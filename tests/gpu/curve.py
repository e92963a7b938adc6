"""Times the CPU and the GPU for lesson 06's curve; `python3 tests/gpu/probes.py --timing FILE` writes it."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

SIZES = [2**k for k in range(5, 14)]
"""n of the float32 n × n matrices."""
BUDGET = 0.25
"""Seconds spent on one point of the curve, unless three repetitions take longer."""


def measure() -> dict[str, object]:
    """Seconds for `a @ a` and `a + a` by size, on the CPU with one and with all threads and on the GPU; what a timer
    that does not synchronise shows; bytes per second of copies from the CPU to the GPU. All are medians."""
    if not torch.cuda.is_available():
        raise SystemExit("--timing: no GPU here")
    threads = torch.get_num_threads()
    curves: dict[str, object] = {}
    for label, device, count in [
        ("cpu, 1 thread", "cpu", 1),
        (f"cpu, {threads} threads", "cpu", threads),
        ("gpu", "cuda", threads),
    ]:
        torch.set_num_threads(count)
        curves[label] = {each.__name__: [seconds(n, device, each) for n in SIZES] for each in (matmul, add)}
    return {
        "torch": torch.__version__,
        "gpu": torch.cuda.get_device_name(0),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "threads": threads,
        "python": platform.python_version(),
        "float32_matmul_precision": torch.get_float32_matmul_precision(),
        "n": SIZES,
        "seconds": curves,
        "gpu_without_synchronize": [seconds(n, "cuda", matmul, wait=False) for n in SIZES],
        "host_to_device": copies(),
    }


def matmul(a: torch.Tensor) -> torch.Tensor:
    return a @ a


def add(a: torch.Tensor) -> torch.Tensor:
    return a + a


def seconds(n: int, device: str, operation: Callable[[torch.Tensor], torch.Tensor], wait: bool = True) -> float:
    """Median time of the operation on an n × n matrix; with `wait` False only until the call returns."""
    a = torch.ones(n, n, device=device)
    return median(lambda: operation(a), wait)


def median(call: Callable[[], object], wait: bool = True) -> float:
    """Median time of the call, in seconds, after two calls to warm up."""
    for _ in range(2):
        began = time.perf_counter()
        call()
        torch.cuda.synchronize()
        first = time.perf_counter() - began
        if first > 1:  # the largest product on one thread takes many seconds, and needs no warming up
            return first
    times: list[float] = []
    while len(times) < 3 or (sum(times) < BUDGET and len(times) < 100):
        began = time.perf_counter()
        call()
        if wait:
            torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
        torch.cuda.synchronize()  # the next repetition must not queue after this one
    return statistics.median(times)


def copies() -> list[dict[str, float]]:
    """Copies from the CPU to the GPU by size: bytes, and bytes per second from pageable and from pinned memory."""
    rows = []
    for size in [2**k for k in range(12, 31, 3)]:
        pageable = torch.ones(size, dtype=torch.uint8)
        pinned = pageable.pin_memory()
        rows.append(
            {
                "bytes": size,
                "pageable": size / median(partial(pageable.to, "cuda")),
                "pinned": size / median(partial(pinned.to, "cuda", non_blocking=True)),
            }
        )
    return rows


def cpu_model() -> str:
    """The processor's name where the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
