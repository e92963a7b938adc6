"""JupyterLab as students get it: on the list of lessons, quiet, with no buttons that are for instructors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from autograder.errors import UsageError
from autograder.files import write_whole

HERE = Path(__file__).parent
DEFAULT = "default-37a8.jupyterlab-workspace"  # JupyterLab's name for the file of the workspace that it opens first


def serve(notebooks: Path, arguments: Sequence[str]) -> NoReturn:
    """Become JupyterLab in the folder `notebooks`; `arguments` are its own.

    Raises:
        UsageError: there is no such folder.
    """
    if not notebooks.is_dir():
        raise UsageError(f"{notebooks} is missing; make it with: course build")
    # Nothing but a labconfig/page_config.json switches off the question about news: no flag of JupyterLab does.
    settings = [str(HERE), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(settings)
    os.environ["JUPYTERLAB_WORKSPACES_DIR"] = str(workspaces(notebooks))
    os.chdir(notebooks)
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    index = ["--LabApp.default_url=/lab/tree/index.ipynb"] if Path("index.ipynb").is_file() else []
    sys.stdout.flush()
    # -P: a torch.py or jupyterlab.py in this folder is a learner's, not the library.
    os.execv(sys.executable, [sys.executable, "-P", "-m", "jupyterlab", *as_root, *index, *arguments])


def workspaces(notebooks: Path) -> Path:
    """Where JupyterLab remembers what is open. The first time, the table of contents stands beside the lesson."""
    folder = Path(os.environ.get("JUPYTERLAB_WORKSPACES_DIR") or notebooks / ".jupyter" / "workspaces")
    if not (folder / DEFAULT).exists():
        write_whole(folder / DEFAULT, (HERE / "workspace.json").read_text(encoding="utf-8"))
    return folder
