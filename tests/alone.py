"""An environment that has what a notebook may import and nothing else, no network in it, and kernels in there.

    python = environment(folder)
    with Kernel(python) as kernel:
        kernel.run(notebook, empty_folder)

It is a real virtual environment whose packages are links to those of this one: torch, numpy, matplotlib, scikit-learn,
ipykernel and what these need in turn. This repository is not on its path.
"""

from __future__ import annotations

import copy
import functools
import json
import os
import subprocess
import tempfile
import venv
from collections.abc import Iterable
from contextlib import AbstractContextManager
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PACKAGES = ("torch", "numpy", "matplotlib", "scikit-learn", "ipykernel")


def needed(names: Iterable[str] = PACKAGES) -> dict[str, Distribution]:
    """What is installed here of these packages and of all that they need, by name."""
    found: dict[str, Distribution] = {}
    todo = [Requirement(name) for name in names]
    while todo:
        need = todo.pop()
        name = canonicalize_name(need.name)
        try:
            found[name] = package = distribution(name)
        except PackageNotFoundError:  # a CUDA build of torch names parts that other systems have
            continue
        for text in package.requires or []:
            each = Requirement(text)
            wanted = each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in need.extras or [""])
            if wanted and canonicalize_name(each.name) not in found:
                todo.append(each)
    return found


def environment(folder: Path) -> Path:
    """Make an environment in `folder` with what lessons may import, and give its Python.

    What is in its folder of packages already, put there by `pip install --target`, is left as it is.
    """
    site = packages(folder)
    own = {canonicalize_name(each.metadata["Name"]) for each in distributions(path=[str(site)])}
    venv.create(folder, with_pip=False, symlinks=True)
    for name, package in needed().items():
        if name in own:
            continue
        for first in {each.parts[0] for each in package.files or []} - {"..", "__pycache__"}:
            if not (site / first).exists():
                (site / first).symlink_to(package.locate_file(first))
    return folder / "bin" / "python"


def packages(folder: Path) -> Path:
    """Where the environment in `folder` has, or will have, its packages."""
    return folder / "lib" / Path(os.__file__).parent.name / "site-packages"


@functools.cache
def offline() -> list[str]:
    """What to put before a command so that it has no network, not even this machine's own; [] where that is denied."""
    try:
        denied = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode
    except OSError:
        denied = 1
    return [] if denied else ["unshare", "-rn"]


def surroundings() -> dict[str, str]:
    """The environment variables, without those that tell a Python of another one."""
    return {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


class Kernel(AbstractContextManager["Kernel"]):
    """A kernel of `python`, reached through files, since it has no network; it starts with the first run."""

    def __init__(self, python: Path) -> None:
        self.python = python

    def __enter__(self) -> Kernel:
        self._private = tempfile.TemporaryDirectory()
        private = Path(self._private.name)
        spec = private / "kernels" / "alone" / "kernel.json"
        spec.parent.mkdir(parents=True)
        argv = [*offline(), str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec.write_text(json.dumps({"argv": argv, "display_name": "alone", "language": "python"}))
        specs = KernelSpecManager(kernel_dirs=[str(private / "kernels")], ensure_native_kernel=False)
        self._manager = KernelManager(
            kernel_name="alone",
            kernel_spec_manager=specs,
            transport="ipc",
            ip=str(private / "kernel"),
            client_class="jupyter_client.asynchronous.AsyncKernelClient",
        )
        self._environment = surroundings() | {"IPYTHONDIR": str(private / "ipython")}
        return self

    def __exit__(self, *error: object) -> None:
        if self._manager.has_kernel:
            self._manager.shutdown_kernel(now=True)
        self._private.cleanup()

    def run(self, notebook: NotebookNode, folder: Path) -> NotebookNode:
        """The notebook after a run in `folder`; a cell that fails without leave is an error."""
        ran = copy.deepcopy(notebook)
        resources: dict[str, Any] = {"metadata": {"path": str(folder)}}
        client = NotebookClient(ran, km=self._manager, timeout=60, resources=resources)
        try:
            client.execute(env=self._environment)
        finally:
            client.kc.stop_channels()
        return ran

    def restart(self) -> None:
        """What *Restart kernel* does."""
        self._manager.restart_kernel(now=True)
