"""What a process does once before it forks, so that no fork has to."""

from __future__ import annotations

import contextlib
import gc
import io

import torch

from autograder.judge.rehearsal import rehearse
from autograder.judge.shell import Recorder, Shell, make_shell, record
from autograder.kit.gpu import simulate_gpu
from autograder.kit.gpu_memory import simulated

WARMING = (
    """import torch
x = torch.tensor([1.0, 2.0])
print(x, torch.rand(3))
x""",
    "x.mean()",
    "1",
    "raise ValueError",
    "torch.testing.assert_close(x, x)",
    "torch.manual_seed(0)  # it formats a traceback, for CUDA's sake, and reads the files that are in it",
    "torch.optim.SGD([torch.nn.Parameter(x)], lr=0.1)",
    "torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x))",
    """import io
import matplotlib.pyplot as plt
figure, axes = plt.subplots(1, 2)
axes[0].plot([0, 1], [0, 1], label="line")
axes[0].legend()
axes[1].hist([0, 1, 1])
axes[1].imshow([[0, 1]])
figure.savefig(io.BytesIO(), format="svg")""",
)
"""Cells like a lesson's; what a process does for the first time takes ten times as long."""


def warm_shell(*, simulate: bool = False) -> Shell:
    """The process's shell, as new, with all warm that cells use; `simulate` a GPU in all forks."""
    shell = make_shell()
    if simulate:
        simulate_gpu()
    if not torch._C._has_xpu:  # torch.manual_seed formats a traceback for each kind of device that might come later
        torch.xpu.manual_seed_all = lambda seed: None
    if not torch.mtia._is_compiled():
        torch.mtia.manual_seed_all = lambda seed: None
    names = dict(shell.user_ns)
    with contextlib.redirect_stdout(io.StringIO()):
        for source in WARMING + ("x.cuda()",) * simulated():  # a real GPU is not touched before the fork
            shell.run(source, "<cell>")
        if simulated() or not torch.cuda.is_available():
            rehearse(shell)
    shell.reset()  # type: ignore[no-untyped-call]
    shell.user_ns.clear()
    shell.user_ns.update(names)
    vars(shell.displayhook).update(_="", __="", ___="")
    record(shell, Recorder())
    gc.collect()
    gc.freeze()  # or the first collection in every fork touches, and so copies, all that was imported
    return shell
