"""Verdicts on disk: OUT/verdicts/LESSON/STUDENT.json, each written whole, as soon as it is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.classroom.verdict import Verdict
from autograder.files import write_whole


@dataclass(frozen=True)
class Store:
    """All verdicts of an output folder, those of earlier runs too."""

    out: Path

    def path(self, student: str, lesson: str) -> Path:
        return self.out / "verdicts" / lesson / f"{student}.json"

    def executed(self, student: str, lesson: str) -> Path:
        """The notebook as it was executed, where nbgrader looks for it."""
        return self.out / "autograded" / student / lesson / f"{lesson}.ipynb"

    def get(self, student: str, lesson: str) -> Verdict | None:
        """The last verdict, or None: there is none, or what is there is damaged and must be made again."""
        try:
            return Verdict.from_json(json.loads(self.path(student, lesson).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def put(self, verdict: Verdict) -> None:
        """Keep `verdict` in place of the last one."""
        write_whole(self.path(verdict.student, verdict.lesson), verdict.dumps())

    def all(self) -> Iterator[Verdict]:
        """Every verdict, by lesson and student."""
        for path in sorted((self.out / "verdicts").glob("*/*.json")):
            if (verdict := self.get(path.stem, path.parent.name)) is not None:
                yield verdict
