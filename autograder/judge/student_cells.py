"""From a notebook's JSON, whatever its shape, to a list of cells.

Every value is looked at before it is used: a hand-in may have any type in any place. Of a cell's metadata nothing is
kept but what it may say about which cell of the lesson it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from autograder.classroom.reading import Unreadable
from autograder.judge.decoding import Decoded
from autograder.judge.python_source import plain
from autograder.judge.repairs import Repair, told

MAX_CELLS = 5_000
MAX_ATTACHMENTS = 100  # of a cell
KINDS = {"code": "code", "markdown": "markdown", "raw": "raw", "html": "markdown", "heading": "markdown"}
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True)
class StudentCell:
    """A cell that was handed in.

    Attributes:
        kind: "code", "markdown" or "raw".
        id: the notebook's own, if it may stay; "" if not.
        grade_id: which cell of the lesson it says it is. Anybody can write that: a hint, no more.
        untouched: nbgrader's checksum, made with the release, still holds, so that its text is as it was handed out.
    """

    kind: str
    source: str
    id: str = ""
    grade_id: str = ""
    untouched: bool = False
    attachments: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()

    @cached_property
    def plain(self) -> str:
        """Its text without what no reader sees."""
        return plain(self.source)


def read_cells(decoded: Decoded) -> tuple[list[StudentCell], tuple[Repair, ...]] | Unreadable:
    """The cells in their order, and what had to be mended for it."""
    entries = list(_entries(decoded.facts))
    if len(entries) > MAX_CELLS:
        return Unreadable(f"it has {len(entries)} cells; a notebook may have {MAX_CELLS}")
    cells = [_cell(each) for each in entries if isinstance(each, dict)]
    repairs = list(_format_repairs(decoded.facts))
    if len(cells) < len(entries):
        repairs.append(told("entries_skipped", count=len(entries) - len(cells)))
    return cells, tuple(repairs)


def text_of(value: Any) -> str:
    """A source, which may be a string or a list of lines, as text that can be written as UTF-8."""
    if isinstance(value, list):
        lines = [each for each in value if isinstance(each, str)]
        ends = any(line.endswith("\n") for line in lines[:-1])
        value = ("" if ends else "\n").join(lines)
    if not isinstance(value, str):
        return ""
    try:
        value.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can write and UTF-8 cannot
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _entries(facts: dict[str, Any]) -> Iterator[Any]:
    """The cells of nbformat 4, or of each worksheet of nbformat 3."""
    if isinstance(facts.get("cells"), list):
        yield from facts["cells"]
        return
    for sheet in facts.get("worksheets", []):
        match sheet:
            case {"cells": list(cells)}:
                yield from cells


def _cell(entry: dict[str, Any]) -> StudentCell:
    metadata = entry.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    marks = marks if isinstance(marks, dict) else {}
    kind, source = _kind(entry, marks), text_of(entry.get("source", entry.get("input")))
    if entry.get("cell_type") == "heading" and isinstance(entry.get("level"), int):
        source = "#" * min(max(entry["level"], 1), 6) + " " + source
    name, grade_id = entry.get("id"), marks.get("grade_id")
    return StudentCell(
        kind,
        source,
        id=name if isinstance(name, str) and CELL_ID.fullmatch(name) else "",
        grade_id=grade_id if isinstance(grade_id, str) else "",
        untouched=_untouched(source, marks),
        attachments=_attachments(entry.get("attachments")) if kind != "code" else (),
    )


def _kind(entry: dict[str, Any], marks: dict[str, Any]) -> str:
    kind = entry.get("cell_type")
    if isinstance(kind, str) and kind in KINDS:
        return KINDS[kind]
    return (
        "code" if entry.keys() & {"outputs", "execution_count", "input"} or marks.get("cell_type") == "code" else "raw"
    )


def _attachments(value: Any) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Pictures pasted into prose: name, then MIME type and Base64."""
    bundles = list(islice(value.items(), MAX_ATTACHMENTS)) if isinstance(value, dict) else []
    return tuple(
        (text_of(name), tuple((text_of(kind), text_of(data)) for kind, data in bundle.items() if isinstance(data, str)))
        for name, bundle in bundles
        if isinstance(bundle, dict)
    )


def _untouched(source: str, marks: dict[str, Any]) -> bool:
    """nbgrader's checksum of a cell, as `nbgrader.utils.compute_checksum` makes it, is the one that it carries."""
    checksum, grade_id, points = (marks.get(each) for each in ("checksum", "grade_id", "points"))
    if not isinstance(checksum, str):
        return False
    flags = "".join(str(marks.get(each) is True) for each in ("grade", "solution", "locked"))
    worth = str(float(points)) if isinstance(points, (int, float)) and marks.get("grade") is True else ""
    text = text_of(f"{source}code{flags}{grade_id}{worth}")
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() == checksum


def _format_repairs(facts: dict[str, Any]) -> Iterator[Repair]:
    version = facts.get("nbformat")
    if "cells" not in facts:
        yield told("old_format", version=3)
    elif isinstance(version, int) and not isinstance(version, bool) and version > 4:
        yield told("newer_format", version=version if version < 1000 else "unknown")
    match facts:
        case {"metadata": {"kernelspec": {"language": str(language)}}} if not language.lower().startswith("python"):
            yield told("other_language")
        case {"metadata": {"kernelspec": {"name": "ir" | "python2"}}}:
            yield told("other_language")
        case {"metadata": {"language_info": {"name": str(language)}}} if "python" not in language.lower():
            yield told("other_language")
