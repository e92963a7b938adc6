"""`course test`: what CI runs. pytest comes last, so that its closing line is the last one."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import UsageError

STEPS = [("ruff", "check"), ("ruff", "format", "--check"), ("mypy",)]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def run(root: Path, arguments: Sequence[str]) -> int:
    """Run every step in `root`, whatever became of the one before; 0 if all went well.

    Raises:
        UsageError: a tool is not installed.
    """
    missing = [tool for tool in ("ruff", "mypy", "pytest", "xdist") if importlib.util.find_spec(tool) is None]
    if missing:
        raise UsageError(f"{', '.join(missing)} not installed; get what the tests need with: pip install -e '.[test]'")
    failed = [" ".join(step) for step in STEPS if _call(root, step)]
    if failed:
        print(f"\ncourse: failed: {', '.join(failed)}; the tests follow\n", flush=True)
    if not has_browser():
        print("\ncourse: no chromium with chromedriver here; the browser tests are left out\n", flush=True)
        arguments = without_browser(arguments)
    status = _call(root, ("pytest", "-n", "2", *arguments))
    return status or bool(failed)


def without_browser(arguments: Sequence[str]) -> list[str]:
    """pytest's arguments, with the browser tests left out; pytest minds only the last -m."""
    changed = list(arguments)
    if "-m" not in changed[:-1]:
        return ["-m", "not browser", *changed]
    place = changed.index("-m") + 1
    changed[place] = f"({changed[place]}) and not browser"
    return changed


def has_browser() -> bool:
    """Whether a browser can be driven."""
    return any(map(shutil.which, BROWSERS)) and shutil.which("chromedriver") is not None


def _call(root: Path, step: Sequence[str]) -> int:
    print(f"$ {' '.join(step)}", flush=True)
    return subprocess.run([sys.executable, "-m", *step], cwd=root, check=False).returncode
