"""From bytes that were handed in to a notebook's text, or to plain words for why that cannot be."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

MAX_BYTES = 50 * 2**20
"""More than any lesson's notebook with its pictures; a larger file is not read."""


@dataclass(frozen=True)
class Unreadable:
    """Why a file is no notebook, in words for people."""

    cause: str


@dataclass(frozen=True)
class Readable:
    """A notebook's JSON: `text` as nbformat can read it, `facts` parsed."""

    text: str
    facts: dict[str, Any]


STARTS = [  # what people hand in instead, by how the file begins
    (b"%PDF", "it is a PDF, not a notebook; hand in the .ipynb file itself"),
    (b"PK\x03\x04", "it is a zip archive, not a notebook; hand in the .ipynb file itself"),
    (b"\x1f\x8b", "it is a gzip archive, not a notebook; hand in the .ipynb file itself"),
    (b"\xff\xfe", "it is UTF-16 text; a notebook is UTF-8. Save it again from Jupyter"),
    (b"\xfe\xff", "it is UTF-16 text; a notebook is UTF-8. Save it again from Jupyter"),
    (b"version https://git-lfs", "it is a Git LFS pointer, not the notebook that it points to"),
    (b"<", "it is a web page (HTML), not a notebook; download the .ipynb file itself"),
]


def read_notebook(data: bytes) -> Readable | Unreadable:
    """`data` as a notebook. A byte-order mark is forgiven."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    start = data[:4096].lstrip()
    if not start:
        return Unreadable("the file is empty")
    for prefix, cause in STARTS:
        if start.startswith(prefix):
            return Unreadable(cause)
    if b"\0" in data[:4096]:
        return Unreadable("it is not text; a notebook is UTF-8 text. Save it again from Jupyter")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Unreadable(f"it is not UTF-8 text (byte {error.start}); save it again from Jupyter")
    return _parsed(text)


def _parsed(text: str) -> Readable | Unreadable:
    try:
        facts = json.loads(text)
    except json.JSONDecodeError as error:
        if "\n<<<<<<< " in text:
            return Unreadable("it holds Git's merge-conflict markers (<<<<<<<); resolve the conflict first")
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        what = "it ends in the middle, as a cut-off download does" if cut else "it is not a notebook"
        return Unreadable(f"{what}: not JSON at line {error.lineno}, column {error.colno}")
    except RecursionError:
        return Unreadable("its JSON is nested too deep for a notebook")
    except ValueError:  # Python refuses integers of thousands of digits
        return Unreadable("it holds a number too large for a notebook")
    if not isinstance(facts, dict) or "nbformat" not in facts:
        return Unreadable("it is JSON, but not a notebook")
    if not isinstance(facts.get("cells", facts.get("worksheets")), list):
        return Unreadable("it is a notebook without cells")
    return Readable(text, facts)


def lesson_of(facts: dict[str, Any]) -> str | None:
    """The lesson that a notebook says it is, if it says so."""
    match facts:
        case {"metadata": {"course": {"lesson": str(name)}}}:
            return name
    return None
