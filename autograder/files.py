"""Files written whole or not at all, and authors' texts read."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from autograder.errors import SourceError


def read_text(path: Path, missing: str) -> str:
    """An author's text; a byte-order mark is forgiven.

    Raises:
        SourceError: there is no such file, and `missing` says what to do; or it is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SourceError(path, 1, missing) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SourceError(path, line, "not UTF-8 text; save it as UTF-8") from None


def write_whole(path: Path, data: str | bytes) -> None:
    """Put `data` in `path`, making its folder; whoever reads meanwhile sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data.encode("utf-8") if isinstance(data, str) else data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
