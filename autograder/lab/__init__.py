"""JupyterLab as students get it: on the lessons, quiet, with no buttons that are for instructors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from autograder.errors import UsageError


def serve(notebooks: Path, arguments: Sequence[str]) -> NoReturn:
    """Become JupyterLab in the folder `notebooks`; `arguments` are its own.

    Raises:
        UsageError: there is no such folder.
    """
    if not notebooks.is_dir():
        raise UsageError(f"{notebooks} is missing; make it with: course build")
    # Nothing but a labconfig/page_config.json switches off the question about news: no flag of JupyterLab does.
    settings = [str(Path(__file__).parent), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(settings)
    os.chdir(notebooks)
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    sys.stdout.flush()
    # -P: a torch.py or jupyterlab.py in this folder is a learner's, not the library.
    index = ["--LabApp.default_url=/lab/tree/index.ipynb"] if Path("index.ipynb").is_file() else []
    os.execv(sys.executable, [sys.executable, "-P", "-m", "jupyterlab", *as_root, *index, *arguments])
