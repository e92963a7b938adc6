"""Figures without paint: in a worker nobody looks at one. A figure still holds all that its cell asked for."""

from __future__ import annotations

import functools
import io
from typing import Any

from matplotlib.figure import Figure


def paint_nothing() -> None:
    """For the rest of this process: pictures for the page are empty, and files are painted."""
    savefig = Figure.savefig

    @functools.wraps(savefig)
    def save(figure: Figure, target: Any, *args: Any, **facts: Any) -> Any:
        if facts.get("format") == "svg" and isinstance(target, io.StringIO):
            target.write("<svg></svg>")
            return None
        return savefig(figure, target, *args, **facts)

    patched: Any = Figure
    patched.savefig = save
