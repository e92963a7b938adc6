"""Verdicts on disk: OUT/verdicts/LESSON/STUDENT.json, each written whole, as soon as it is known.

Beside them, the bytes that they are on: OUT/handed_in/SHA256.ipynb, so that any verdict can be replayed.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.classroom.verdict import Verdict
from autograder.files import write_whole

FOLDERS = ("attempts", "autograded", "feedback", "handed_in", "verdicts")
"""What is ours in an output folder; beside them may lie whatever somebody keeps there."""


@dataclass(frozen=True)
class Store:
    """All verdicts of an output folder, those of earlier runs too."""

    out: Path

    def path(self, student: str, lesson: str) -> Path:
        return self.out / "verdicts" / lesson / f"{student}.json"

    def executed(self, student: str, lesson: str) -> Path:
        """The notebook as it was executed, where nbgrader looks for it."""
        return self.out / "autograded" / student / lesson / f"{lesson}.ipynb"

    def handed_in(self, sha256: str) -> Path:
        """A hand-in's bytes, by their hash."""
        if not re.fullmatch("[0-9a-f]{64}", sha256):  # a verdict that somebody edited must lead nowhere else
            raise ValueError(f"{sha256!r} is no SHA-256")
        return self.out / "handed_in" / f"{sha256}.ipynb"

    def get(self, student: str, lesson: str) -> Verdict | None:
        """The last verdict, or None: there is none, or what is there is damaged and must be made again."""
        try:
            return read_verdict(self.path(student, lesson))
        except (OSError, ValueError):
            return None

    def put(self, verdict: Verdict) -> None:
        """Keep `verdict` in place of the last one."""
        write_whole(self.path(verdict.student, verdict.lesson), verdict.dumps())

    def put_handed_in(self, content: bytes) -> str:
        """Keep a hand-in's bytes, once, and return their hash."""
        name = hashlib.sha256(content).hexdigest()
        path = self.handed_in(name)
        if not path.exists() or path.stat().st_size != len(content):  # a power cut can leave it empty
            write_whole(path, content)
        return name

    def all(self, known: Mapping[tuple[str, str], Verdict] | None = None) -> Iterator[Verdict]:
        """Every verdict, by lesson and student; those that are `known` are not read again."""
        for path in sorted((self.out / "verdicts").glob("*/*.json")):
            place = path.stem, path.parent.name
            if (verdict := (known or {}).get(place) or self.get(*place)) is not None:
                yield verdict

    def sweep(self) -> None:
        """Remove what a killed run had begun to write; nobody else may be writing."""
        places = [self.out.glob(".writing-*"), *((self.out / name).rglob(".writing-*") for name in FOLDERS)]
        for path in itertools.chain(*places):
            path.unlink(missing_ok=True)


def read_verdict(path: Path) -> Verdict:
    """The verdict in the file `path`.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no verdict, or one of another schema.
    """
    try:
        return Verdict.from_json(json.loads(path.read_text(encoding="utf-8")))
    except RecursionError:
        raise ValueError("nested too deep for a verdict") from None
