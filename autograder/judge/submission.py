"""Reads what was handed in and mends it, so that it can be graded.

    bytes → decoding → student_cells → matching → placing → a notebook to run from top to bottom

The result has the student's code cells in the student's order, each of the lesson's tests once, with its own source,
and the lesson's set-up cell. Nothing that a hand-in says of itself is trusted; it is used as a hint at most. Where a
meaning is clear it is restored, and told; where it is not, the exercise is `unclear`: not graded by guess.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from autograder.classroom.intake import printable
from autograder.classroom.reading import Unreadable, lesson_of
from autograder.classroom.released import exercise_of
from autograder.judge.decoding import Decoded, decode
from autograder.judge.matching import Matched, match
from autograder.judge.placing import Placed, place
from autograder.judge.python_source import as_ipython_reads, bound, first_line
from autograder.judge.release_cells import ReleaseCells, plain_json, release_cells
from autograder.judge.repairs import UNCLEAR, Repair, told
from autograder.judge.student_cells import StudentCell, read_cells

IMPORTS = "restored-imports"
MAX_IMPORT_SEARCH = 5_000_000  # characters in which names of modules are looked for


@dataclass(frozen=True)
class Repaired:
    """A hand-in that can be graded.

    Attributes:
        notebook: nbformat 4.5, plain JSON values, its cells in the order in which they are to run.
        repairs: what was mended.
        unclear: by exercise, why it is not graded, in words for the student. Its tests are in the notebook even so.
        handed_in: by exercise, the text of the student's cells that define it where its first test runs; "" if there
            are none. By test likewise, where that runs after a further answer.
    """

    notebook: dict[str, Any]
    repairs: tuple[Repair, ...]
    unclear: Mapping[str, str]
    handed_in: Mapping[str, str]


def repair(data: bytes, release: ReleaseCells) -> Repaired | Unreadable:
    """What was handed in for a lesson, mended; or why it cannot be read. Takes time linear in its size."""
    decoded = decode(data)
    if isinstance(decoded, Unreadable):
        return decoded
    read = read_cells(decoded)
    if isinstance(read, Unreadable):
        return read
    cells, reading = read
    found = match(cells, release)
    lesson, exercises = lesson_of(decoded.facts) or release.lesson, _exercises(decoded.facts)
    if lesson != release.lesson:
        if not found.copies or not found.defined:
            return Unreadable(f"it is a notebook of {printable(lesson, 40)}, handed in as {release.lesson}")
        exercises = None  # cells of this lesson, pasted into the file of another
    placed = place(found, release)
    missing = {name for name in release.titles if name not in found.defined and not found.hinted(name)}
    unclear = _unclear(decoded, exercises, missing, release)
    imports = _missing_imports(found, release)
    repairs = [*decoded.repairs, *reading]
    if found.older or exercises not in (None, list(release.titles)):
        repairs.append(told("older_release"))
    repairs += [each for each in (*found.repairs, *placed.repairs) if each.exercise not in unclear]
    if imports:
        repairs.append(told("imports_restored", imports="; ".join(imports)))
    repairs += [
        told("answer_missing", name, title=release.titles[name])
        for name in release.titles
        if name in missing and name not in unclear
    ]
    handed_in = {
        name: "\n\n".join(_without_other_answers(found, each, release, exercise) for each in places)
        for name, exercise, places in [
            *((name, name, places) for name, places in placed.answers.items()),
            *((test, exercise_of(test), places) for test, places in placed.others.items()),
        ]
    }
    cells_to_run = _Assembly(found, placed, release, imports).cells()
    notebook = {
        "cells": cells_to_run,
        "metadata": plain_json(release.metadata),
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return Repaired(notebook, tuple(repairs), unclear, handed_in)


def student_cells_hash(notebook: Mapping[str, Any]) -> str:
    """SHA-256 over what decides a repaired notebook's grade: the student's code, and where in it the tests run.

    Equal for notebooks that differ only in outputs, metadata, prose and execution counts.
    """
    parts = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            marks = cell["metadata"].get("nbgrader", {})
            parts.append(["lesson", marks["grade_id"]] if marks.get("locked") else ["student", cell["source"]])
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _exercises(facts: Mapping[str, Any]) -> list[str] | None:
    """The exercises that a hand-in's own metadata lists, if it lists any."""
    match facts:
        case {"metadata": {"course": {"exercises": [*entries]}}}:
            names = [each.get("id") if isinstance(each, dict) else None for each in entries]
            return [name for name in names if isinstance(name, str)] or None
    return None


def _without_other_answers(found: Matched, place: int, release: ReleaseCells, name: str) -> str:
    """A cell's text, less the statements that only answer other exercises: the cells may have been merged."""
    source = found.own[place].source
    lines = re.split(r"\r\n?|\n", as_ipython_reads(source))
    others = frozenset[str]().union(*release.names.values()) - release.names[name]
    spans = [
        (first_line(each), each.end_lineno or each.lineno, set(bound(each))) for each in found.parser.body(source) or []
    ]
    kept = {line for first, last, names in spans if not names or names - others for line in (first, last)}
    for first, last, names in spans:
        if names and names <= others and kept.isdisjoint((first, last)):
            lines[first - 1 : last] = [""] * (last - first + 1)
    return "\n".join(lines).strip("\n")


def _unclear(decoded: Decoded, listed: list[str] | None, missing: set[str], release: ReleaseCells) -> dict[str, str]:
    """Exercises whose answers may be somewhere, but not in what could be read."""
    lost = dict.fromkeys(missing, UNCLEAR[decoded.damage]) if decoded.damage else {}
    if listed is not None:
        lost |= {name: UNCLEAR["older_release"] for name in missing if name not in listed}
    return {name: lost[name] for name in release.titles if name in lost}


def _missing_imports(found: Matched, release: ReleaseCells) -> list[str]:
    """The lesson's import statements that the student's cells lack, as far as anything needs them."""
    known = set[str]()
    codes = [cell.source for cell in found.own.values() if cell.kind == "code"]
    for source in codes:
        known |= found.parser.definitions(source).keys()
    missing = {name: line for name, line in release.imports.items() if name not in known}
    if not missing:
        return []
    tests = (str(cell["source"]) for cell in release.tests.values())
    words = set(re.findall(r"\w+", "\n".join([*tests, *codes])[:MAX_IMPORT_SEARCH]))
    return [line for name, line in missing.items() if name in words]


class _Assembly:
    """The mended notebook's cells."""

    def __init__(self, found: Matched, placed: Placed, release: ReleaseCells, imports: list[str]) -> None:
        self.found, self.placed, self.release, self.imports = found, placed, release, imports
        self.taken = {IMPORTS, *(str(cell["id"]) for cell in (release.kit, *release.tests.values()) if cell)}

    def cells(self) -> list[dict[str, Any]]:
        """In the order in which they run."""
        tests_after: dict[int, list[str]] = {}
        for test in self.release.tests:
            tests_after.setdefault(self.placed.after[test], []).append(test)
        solutions = self._solutions()
        cells, kit_at = self._tests(tests_after.get(-1, [])), None
        for position in range(self.found.count):
            if kit_at is None and position in self.found.kits:
                kit_at = len(cells)
            if position in self.found.own:
                cells.append(self._own(position, self.found.own[position], solutions.get(position)))
            cells += self._tests(tests_after.get(position, []))
        first_code = next((at for at, cell in enumerate(cells) if cell["cell_type"] == "code"), len(cells))
        at = first_code if kit_at is None else min(kit_at, first_code)
        cells[at:at] = self._set_up()
        return cells

    def _tests(self, names: list[str]) -> list[dict[str, Any]]:
        return [plain_json(self.release.tests[name]) for name in names]

    def _set_up(self) -> list[dict[str, Any]]:
        kit = [plain_json(self.release.kit)] if self.release.kit else []
        return kit + ([_code(IMPORTS, "\n".join(self.imports), {})] if self.imports else [])

    def _solutions(self) -> dict[int, str]:
        """Which cell carries the grade id of which exercise: the one with the answer, else the one that claims it."""
        chosen = dict[int, str]()
        for exercise, places in self.placed.answers.items():
            for position in (*reversed(places), *self.found.hinted(exercise)):
                if position not in chosen and self.found.own[position].kind == "code":
                    chosen[position] = exercise
                    break
        return chosen

    def _own(self, position: int, cell: StudentCell, exercise: str | None) -> dict[str, Any]:
        names = chain([cell.id] if cell.id else [], (f"student-{position + self.found.count * n}" for n in count()))
        name = next(each for each in names if each not in self.taken)
        self.taken.add(name)
        if cell.kind == "code":
            return _code(name, cell.source, _solution_marks(exercise) if exercise else {})
        made: dict[str, Any] = {"cell_type": cell.kind, "id": name, "metadata": {}, "source": cell.source}
        return (
            {**made, "attachments": {key: dict(bundle) for key, bundle in cell.attachments}}
            if cell.attachments
            else made
        )


def _code(name: str, source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    empty: dict[str, Any] = {"execution_count": None, "outputs": []}
    return {"cell_type": "code", "id": name, "metadata": metadata, "source": source, **empty}


def _solution_marks(exercise: str) -> dict[str, Any]:
    marks = {
        "grade": False,
        "grade_id": exercise,
        "locked": False,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    return {"nbgrader": marks}


__all__ = ["ReleaseCells", "Repair", "Repaired", "Unreadable", "release_cells", "repair", "student_cells_hash"]
