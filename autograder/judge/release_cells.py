"""What repair must know of a lesson: its cells as they run, and as they were handed out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from autograder.classroom.released import Released, exercise_of
from autograder.judge.drawings import Drawing, drawing, reads
from autograder.judge.names import asked_in
from autograder.judge.python_source import Parser, dump, imports, outline, plain

KIT = "kit"


@dataclass(frozen=True)
class ReleaseCells:
    """A lesson's cells.

    Attributes:
        metadata: the solution notebook's.
        kit: the set-up cell, if the lesson has one.
        tests: the test cells by grade id, in the lesson's order, with all that is hidden from students.
        shown: what students got, by grade id: the sources of the kit, the starters and the tests.
        titles: of the exercises, by id, in the lesson's order.
        names: by exercise, the names that an answer defines; none where an answer is not a definition.
        starters: by exercise, the statements that stand for no answer yet: by `outline`, as `dump` writes them.
        imports: by name, the statements by which the lesson's own cells import it.
        drawings: the lesson's own cells that only draw, by their source.
        reads: the names that its other cells read, starters included, by their source.
        asked: by test, the names that it asks of the notebook.
        parser: what has parsed its cells of code.
    """

    lesson: str
    metadata: Mapping[str, Any]
    kit: Mapping[str, Any] | None
    tests: Mapping[str, Mapping[str, Any]]
    shown: Mapping[str, str]
    titles: Mapping[str, str]
    names: Mapping[str, frozenset[str]]
    starters: Mapping[str, Mapping[tuple[type, ...], list[str]]]
    imports: Mapping[str, str]
    drawings: Mapping[str, Drawing]
    reads: Mapping[str, frozenset[str]]
    asked: Mapping[str, list[str]]
    parser: Parser

    @cached_property
    def plain_tests(self) -> Mapping[str, list[str]]:
        """The tests' grade ids by each text that a copy may have, with what no reader sees left out."""
        found: dict[str, list[str]] = {}
        for test, cell in self.tests.items():
            shown = plain(self.shown[test])
            for text in {shown, plain(cell["source"]), _said(shown)} - {""}:
                found.setdefault(text, []).append(test)
        return found

    @cached_property
    def plain_starters(self) -> Mapping[str, list[str]]:
        """The exercises by what was handed out for them, likewise."""
        found: dict[str, list[str]] = {}
        for exercise in self.titles:
            if text := plain(self.shown.get(exercise, "")):
                found.setdefault(text, []).append(exercise)
        return found

    @cached_property
    def plain_kit(self) -> str:
        """The kit as it was handed out, likewise; "" if there is none."""
        return plain(self.shown.get(KIT, ""))

    @cached_property
    def kit_title(self) -> str:
        """The comment with which the kit begins; "" if there is none."""
        return first_comment(self.plain_kit)

    @cached_property
    def taught(self) -> list[str]:
        """The cells that are run in a worker as they were handed out."""
        others = {self.shown[each] for each in (KIT, *self.tests) if each in self.shown}
        drawn = {each.imports or "pass": None for each in self.drawings.values()}
        return [*drawn, *(each for each in self.reads if each not in others)]

    def tests_of(self, exercise: str) -> list[str]:
        """Grade ids, in the lesson's order."""
        return [test for test in self.tests if exercise_of(test) == exercise]


def release_cells(released: Released) -> ReleaseCells:
    """What repair needs of a lesson; worked out once, for it takes longer than many repairs."""
    titles = tuple((each.id, each.title) for each in released.exercises)
    return _read(released.path, released.hash, released.lesson.name, titles)


@lru_cache(maxsize=32)
def _read(path: Path, _hash: str, lesson: str, titles: tuple[tuple[str, str], ...]) -> ReleaseCells:
    import nbformat

    from autograder.authoring.release import release  # nbgrader takes a second to import

    solution = nbformat.reads(path.read_text(encoding="utf-8"), nbformat.NO_CONVERT)
    full, parser, exercises = _by_grade_id(solution.cells), Parser(), [name for name, _ in titles]
    student = [cell for cell in release(solution).cells if cell.cell_type == "code"]
    shown = {name: str(cell["source"]) for name, cell in _by_grade_id(student).items()}
    answers = {name: parser.definitions(full[name]["source"]) for name in exercises if name in full}
    drawings = {str(cell.source): drawing(cell.source) for cell in student if _only_draws(cell)}
    teaching = [cell.source for cell in student if "nbgrader" not in cell.metadata or cell.metadata.nbgrader.solution]
    for cell in [*student, *full.values()]:
        parser.definitions(str(cell["source"]))
    tests = {name: cell for name, cell in full.items() if cell["metadata"]["nbgrader"]["grade"]}
    imported = {name: line for source in teaching for name, line in imports(parser.body(source) or []).items()}
    known = imported.keys() | (parser.definitions(full[KIT]["source"]).keys() if KIT in full else set())
    return ReleaseCells(
        lesson,
        plain_json(solution.metadata),
        full.get(KIT),
        tests,
        shown,
        dict(titles),
        {name: _names_of(name, answers) for name in exercises},
        {name: _outlined(parser.body(shown.get(name, "")) or []) for name in exercises},
        imported,
        drawings,
        {str(cell.source): reads(cell.source, Parser()) for cell in student if str(cell.source) not in drawings},
        {name: [each for each in asked_in(cell["source"]) if each not in known] for name, cell in tests.items()},
        parser,
    )


def _outlined(statements: Iterable[ast.stmt]) -> dict[tuple[type, ...], list[str]]:
    found: dict[tuple[type, ...], list[str]] = {}
    for each in statements:
        found.setdefault(outline(each), []).append(dump(each))
    return found


def first_comment(text: str) -> str:
    """The first line of a text, if it is a comment."""
    first = text.partition("\n")[0]
    return first if first.startswith("#") else ""


def _said(shown: str) -> str:
    """The comment that a hidden test is released as; "" for other tests."""
    return first_comment(shown) if all(line.startswith("#") for line in shown.splitlines()) else ""


def _only_draws(cell: Any) -> bool:
    """Whether the author has folded the cell; see CONTRIBUTING.md."""
    return "nbgrader" not in cell.metadata and bool(cell.metadata.get("jupyter", {}).get("source_hidden"))


def _names_of(exercise: str, answers: Mapping[str, Mapping[str, object]]) -> frozenset[str]:
    """An answer defines the exercise's own name; where it does not, what it defines that no other answer does."""
    mine = answers.get(exercise, {}).keys()
    if exercise in mine:
        return frozenset([exercise])
    others = [names.keys() for name, names in answers.items() if name != exercise]
    return frozenset(mine - set().union(*others) - answers.keys())


def _by_grade_id(cells: Iterable[Any]) -> dict[str, dict[str, Any]]:
    return {cell.metadata.nbgrader.grade_id: plain_json(cell) for cell in cells if "nbgrader" in cell.metadata}


def plain_json(value: Any) -> Any:
    """A copy of a JSON value, nbformat's dicts as Python's own."""
    if isinstance(value, Mapping):
        return {key: plain_json(each) for key, each in value.items()}
    return [plain_json(each) for each in value] if isinstance(value, list) else value
