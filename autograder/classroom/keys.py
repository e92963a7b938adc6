"""The parts of a verdict's basis, as hashes and words: what any engine needs for `Basis`."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import autograder
from autograder.classroom.released import Released

HIDDEN = re.compile(
    r"(?ms)^[ \t]*### BEGIN (SOLUTION|HIDDEN TESTS|MARK SCHEME).*?^[ \t]*### END \1[^\n]*"
)  # nbgrader's markers
RUN = {"outputs", "execution_count"}
"""Of a cell: what running it leaves behind, which no student wrote."""
LONGEST = 8 << 20
"""Bytes of a notebook that is looked into; one of 50 MB can take half a minute and gigabytes to read."""


@lru_cache(maxsize=8)  # a run asks once whether it has been graded, and once more when it is
def cells_hash(content: bytes) -> str:
    """A hash of a notebook without what running it leaves behind: run and saved again it is the same hand-in.

    Metadata counts, as tags and grade ids decide what is run. What is no notebook, or a very long one, is hashed as it
    is.
    """
    if len(content) > LONGEST:
        return hashlib.sha256(content).hexdigest()
    try:
        facts = json.loads(content.removeprefix(b"\xef\xbb\xbf"))
        cells = [{name: part for name, part in cell.items() if name not in RUN} for cell in facts["cells"]]
        return _hash({**facts, "cells": cells})
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return hashlib.sha256(content).hexdigest()


def lesson_hash(released: Released) -> str:
    """A hash of the lesson's cells as they are handed out; a change in a hidden test does not change it."""
    return _lesson_hash(released.path, released.hash)


@lru_cache(maxsize=64)
def _lesson_hash(path: Path, hash_of_file: str) -> str:
    cells = json.loads(path.read_bytes())["cells"]
    return _hash([[each["cell_type"], HIDDEN.sub("", _source(each)), each["metadata"]] for each in cells])


@cache
def versions(packages: tuple[str, ...] = ("torch", "numpy")) -> str:
    """ "torch 2.13.0, numpy 2.4.0, python 3.11.7, course 0.1.0"; imports none of them."""
    told = [f"{name} {_version(name)}" for name in packages]
    return ", ".join([*told, f"python {platform.python_version()}", f"course {autograder.__version__}"])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _source(cell: dict[str, Any]) -> str:
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def _hash(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
