"""Lessons and the kit use nothing of torch that the oldest one that pyproject.toml promises does not have."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from test_project import BASE
from torch_api import ROOT, Used, Wheel, used_in

HEADER, *LISTED = (ROOT / "tests" / "torch_api.txt").read_text(encoding="utf-8").splitlines()


def test_the_list_was_held_to_the_oldest_torch_that_is_promised() -> None:
    torch = next(need for need in BASE if need.name == "torch")
    (oldest,) = [each.version for each in torch.specifier if each.operator == ">="]
    assert re.search(rf"\btorch-{re.escape(oldest)}(\.0)*-", HEADER)


def test_all_that_is_used_of_torch_stands_in_the_list_and_nothing_else() -> None:
    """A name that is not listed: write the list anew, as torch_api.py says, and see whether that torch has it."""
    # In a process of its own: one in which a GPU has been simulated has names that torch has not.
    command = [sys.executable, "-c", "import torch_api; print(*torch_api.lines(torch_api.uses()), sep='\\n')"]
    done = subprocess.run(command, cwd=ROOT / "tests", capture_output=True, text=True, check=True)
    used = done.stdout.splitlines()
    assert sorted(set(used) - set(LISTED)) == [], "not in tests/torch_api.txt"
    assert sorted(set(LISTED) - set(used)) == [], "in tests/torch_api.txt, and no longer used"
    assert len(used) > 200


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("import torch\ntorch.arange(3, dtype=torch.int8)", {"torch.arange": {"dtype"}, "torch.int8": set()}),
        ("import torch\ntorch.new_in_2_99()", {"torch.new_in_2_99": set()}),
        ("import torch\nx.sum(0, keepdim=True).shape", {".sum": set(), ".shape": set()}),
        ("import torch.nn.functional as F\nF.relu(x)", {"torch.nn.functional.relu": set()}),
        ("from torch import nn, optim as o\nnn.Linear(2, out_features=1)", {"torch.nn.Linear": {"out_features"}}),
        ("from torch.optim import Fresh\nFresh(lr=1)", {"torch.optim.Fresh": {"lr"}}),
        ("import torch\ntorch.cuda.Event().record()", {"torch.cuda.Event": set(), ".record": set()}),
        ('import torch\n# %% raises="TypeError"\ntorch.sqrt(x, dim=0)', {"torch.sqrt": set()}),
        ("axes.set_xlabel('loss')\nname.__name__", {}),
    ],
)
def test_names_and_keywords_are_found_however_they_are_written(text: str, used: Used) -> None:
    found = used_in(text)
    assert used.items() <= found.items()
    assert found.keys() - used.keys() <= {"torch", "torch.cuda", "torch.nn", "torch.optim", "torch.nn.functional"}


def test_what_a_wheel_does_not_have_is_told(tmp_path: Path) -> None:
    wheel = tmp_path / "torch.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("torch/__init__.py", "from ._C import *\nfrom torch import nn as nn\nif 1:\n    pi = 3.1\n")
        file.writestr("torch/_C/__init__.pyi", "class TensorBase:\n    def sum(self): ...\nint8: int\n")
        file.writestr("torch/_C/_VariableFunctions.pyi", "def arange(end, *, dtype=None): ...\n")
        file.writestr("torch/_tensor.py", "import torch\nclass Tensor(torch._C.TensorBase): ...\n")
        file.writestr("torch/nn/__init__.py", "from torch.nn.modules import *\n")
        file.writestr("torch/nn/modules/__init__.py", "from .linear import Linear\n")
        file.writestr("torch/nn/modules/linear.py", "class Linear:\n    def __init__(self, n, bias=True): ...\n")
    old: Used = {name: set() for name in ("torch.pi", "torch.int8", "torch.nn")}
    old |= {"torch.arange": {"dtype"}, "torch.nn.Linear": {"bias"}}
    new: Used = {"torch.arange": {"device"}, "torch.int4": set(), "torch.nn.Linear": {"device"}, "torch.nn.Line": set()}

    assert Wheel(wheel).missing(old) == []
    assert Wheel(wheel).missing(new) == [
        "torch.arange(device=)",
        "torch.int4",
        "torch.nn.Line",
        "torch.nn.Linear(device=)",
    ]
