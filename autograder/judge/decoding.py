"""From bytes to a notebook's JSON, with as little lost as can be.

A file that is no notebook at all is told so. A file that is one, but cut off or damaged, gives its whole cells: each is
a JSON value of its own and can be read without the others. All of it takes time linear in the file's size.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from autograder.classroom.reading import MAX_BYTES, STARTS, Unreadable, read_notebook
from autograder.judge.repairs import Repair, told

SCRIPT = re.compile(r"^(# In\[|# ?%%|#!.*python|import |from \S+ import|(async )?def |class )", re.MULTILINE)
CONFLICT = re.compile(r"^<<<<<<< ", re.MULTILINE)
CELLS = re.compile(r'"cells"\s*:\s*\[')
BETWEEN = re.compile(r"[\s,]*")
MAX_DAMAGED = 10  # places at which reading starts anew: each may cost a look at the rest of the file
MAX_DIGITS = 300  # of an integer; Python takes quadratic time for long ones, and no notebook has use for any

IS_A_SCRIPT = (
    "it is a Python script, not a notebook; hand in the .ipynb file itself, as Jupyter saves it,"
    " not the .py that an export makes"
)
IS_IN_CONFLICT = "it holds Git's merge-conflict markers (<<<<<<<); resolve the conflict, then hand it in again"


@dataclass(frozen=True)
class Decoded:
    """A notebook's JSON. `damage` names what is wrong if cells may be missing: "cut_off" or "part_lost"."""

    facts: dict[str, Any]
    repairs: tuple[Repair, ...] = ()
    damage: str = ""


def decode(data: bytes) -> Decoded | Unreadable:
    """`data` as a notebook's JSON, or why it is none."""
    if len(data) > MAX_BYTES:
        return Unreadable(f"it is too large: {len(data) >> 20} MB; a notebook may have {MAX_BYTES >> 20}")
    text, repairs = _text(data)
    for start in (data[:4096].lstrip(), text[:4096].lstrip().encode("utf-8", "replace")):
        for prefix, cause in STARTS:
            if start.startswith(prefix) and not prefix.startswith((b"\xff", b"\xfe")):  # those have been decoded
                return Unreadable(IS_IN_CONFLICT if start.startswith(b"<<<<<<<") else cause)
    if CONFLICT.search(text):  # a notebook's own lines start with none: inside JSON strings there are no line breaks
        return Unreadable(IS_IN_CONFLICT)
    if not text.lstrip().startswith(("{", "[")) and SCRIPT.search(text[:100_000]):
        return Unreadable(IS_A_SCRIPT)
    found = _parsed(text)
    if isinstance(found, Unreadable):
        return found
    return Decoded(found.facts, repairs + found.repairs, found.damage)


def _text(data: bytes) -> tuple[str, tuple[Repair, ...]]:
    """All encodings that JSON has had are told apart by their first bytes, with or without a mark."""
    encoding = json.detect_encoding(data)
    repairs = []
    if encoding != "utf-8":
        said = "UTF-8 with a byte-order mark" if encoding == "utf-8-sig" else encoding[:6].upper()
        repairs.append(told("encoding", encoding=said))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
        repairs.append(told("bytes_lost", count=text.count("\N{REPLACEMENT CHARACTER}")))
    return text.removeprefix("\ufeff"), tuple(repairs)


def _parsed(text: str) -> Decoded | Unreadable:
    try:
        facts = json.loads(text, parse_int=_integer)
    except (ValueError, RecursionError, MemoryError) as error:
        cut = isinstance(error, json.JSONDecodeError) and _ends_there(text, error)
        return _saved(text, "cut_off" if cut else "part_lost")
    if not isinstance(facts, dict):
        return Unreadable("it is JSON, but not a notebook")
    if isinstance(facts.get("cells", facts.get("worksheets")), list):
        return Decoded(facts)
    return Unreadable("it is a notebook without cells" if "nbformat" in facts else "it is JSON, but not a notebook")


def _integer(digits: str) -> int:
    return int(digits) if len(digits) <= MAX_DIGITS else 0


def _ends_there(text: str, error: json.JSONDecodeError) -> bool:
    """Whether the text is right up to its end, so that nothing but the end is missing."""
    unfinished = error.msg.startswith("Unterminated string") and "\n" not in text[error.pos :].rstrip()
    return unfinished or error.pos >= len(text.rstrip()) - len("false")  # a literal may be cut as well


def _saved(text: str, damage: str) -> Decoded | Unreadable:
    """The whole cells of a text that is no JSON."""
    cells = _whole_cells(text)
    if cells:
        return Decoded({"nbformat": 4, "cells": cells}, (told(damage),), damage)
    why = read_notebook(text.encode("utf-8", "replace"))
    return why if isinstance(why, Unreadable) else Unreadable("it is damaged, and no cell of it can be read")


def _whole_cells(text: str) -> list[Any]:
    """The values in the list of cells. After a damaged one, reading goes on where a line opens the next one."""
    start = CELLS.search(text)
    if start is None:
        return []
    decoder, cells, damaged = json.JSONDecoder(parse_int=_integer), list[Any](), 0
    place = _skip(text, start.end())
    opening = text[text.rfind("\n", 0, place) : place] + "{"  # a line break cannot occur inside a JSON string
    while place < len(text) and text[place] != "]":
        try:
            cell, place = decoder.raw_decode(text, place)
            cells.append(cell)
        except (ValueError, RecursionError, MemoryError):
            damaged += 1
            found = text.find(opening, place) if opening[:-1].isspace() else -1
            if found < 0 or damaged > MAX_DAMAGED:
                break
            place = found + len(opening) - 1
        place = _skip(text, place)
    return cells if any(isinstance(each, dict) and "cell_type" in each for each in cells) else []


def _skip(text: str, place: int) -> int:
    found = BETWEEN.match(text, place)
    return found.end() if found else place
