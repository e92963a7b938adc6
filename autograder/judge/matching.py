"""Which cell of a hand-in is which cell of the lesson.

A cell's text says more than its marks: marks are lost when cells are copied, doubled when they are split, and anybody
can write them. So a check is known by its text first and by its grade id second, an answer by what it defines.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from autograder.classroom.released import exercise_of
from autograder.judge.python_source import (
    INDENT,
    Parser,
    dump,
    goes_on_inside,
    is_open,
    outline,
    own_part,
    plain,
    seeming,
)
from autograder.judge.release_cells import KIT, ReleaseCells, first_comment
from autograder.judge.repairs import Repair, told
from autograder.judge.student_cells import StudentCell

ANSWER, BROKEN, START = "answer", "broken", "start"
"""How a cell may define an exercise: well, with a text that does not parse, or as it was handed out."""


@dataclass
class Matched:
    """A hand-in's cells, each in one of three roles.

    Attributes:
        own: by position, the student's cells, and what is the student's in cells of the lesson.
        copies: by grade id, where the student's copies of a test stand.
        kits: where copies of the kit stand.
        defined: by exercise, the positions of cells that define it, and how.
        repairs: what is to be told of all that.
        older: a cell is as it was handed out, and yet not the lesson's; so that was an earlier one.
        parser: what the cells were read with.
    """

    count: int
    parser: Parser
    own: dict[int, StudentCell] = field(default_factory=dict)
    copies: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    kits: list[int] = field(default_factory=list)
    defined: dict[str, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    repairs: list[Repair] = field(default_factory=list)
    older: bool = False

    def hinted(self, exercise: str) -> list[int]:
        """Where the cells stand that claim to answer the exercise."""
        return [place for place, cell in self.own.items() if exercise in (cell.grade_id, cell.id)]


def match(cells: list[StudentCell], release: ReleaseCells) -> Matched:
    """Find the lesson's cells among those of a hand-in."""
    return _Matcher(release).match(cells)


class _Matcher:
    def __init__(self, release: ReleaseCells) -> None:
        self.release, self.parser = release, Parser(release.parser)
        self.order = {test: place for place, test in enumerate(release.tests)}
        self.last = -1
        self.in_full = set[str]()
        self.known = dict[StudentCell, dict[str, str]]()

    def match(self, cells: list[StudentCell]) -> Matched:
        cells, joined = self._join(cells)
        cells, retyped = self._to_code(cells)
        self.in_full = {test for cell in cells for test in self.release.plain_tests.get(cell.plain, [])}
        found = Matched(len(cells), self.parser)
        found.repairs += joined + retyped
        for place, cell in enumerate(cells):
            test = self._test(cell)
            if self._is_kit(cell):
                found.kits.append(place)
            elif test is not None:
                found.copies[test].append(place)
                self.last = self.order[test]
            else:
                found.own[place] = cell
                continue
            if part := self._own_part(cell, test or KIT):
                found.own[place] = replace(cell, kind="code", source=part, grade_id="", id="")
        self._define(found)
        self._tell_of_the_kit(found, cells)
        for test in self.release.tests:
            self._tell_of_a_test(found, test, [cells[place] for place in found.copies.get(test, [])])
        if any(test not in {cells[place].grade_id for place in places} for test, places in found.copies.items()):
            found.repairs.append(told("marks_restored"))
        return found

    # --- cells as a whole ---------------------------------------------------------------------------------------------

    def _join(self, cells: Iterable[StudentCell]) -> tuple[list[StudentCell], list[Repair]]:
        """Put the halves of a split cell together: they make sense together and not apart."""
        joined, repairs = list[StudentCell](), list[Repair]()
        for cell in cells:
            before = joined[-1] if joined else None
            if before and self._are_halves(before, cell):
                joined[-1] = replace(before, source=f"{before.source}\n{cell.source}", untouched=False)
                if not before.grade_id:
                    joined[-1] = replace(joined[-1], grade_id=cell.grade_id)
                repairs.append(told("cell_joined"))
            else:
                joined.append(cell)
        return joined, repairs[:1]

    def _are_halves(self, before: StudentCell, cell: StudentCell) -> bool:
        if not before.kind == cell.kind == "code" or self._is_kit(before):
            return False
        first, second = map(self.parser.stands_alone, (before.source, cell.source))
        indented = INDENT.match(cell.source) is not None  # IPython forgives that, so it is not enough
        if first and second:
            body = self.parser.body(before.source) or [ast.Pass()]
            in_function = isinstance(body[-1], ast.FunctionDef)
            apart = not (indented and in_function and goes_on_inside(before.source, cell.source))
        else:
            apart = (first or second) and not indented
        return not apart and self.parser.stands_alone(f"{before.source}\n{cell.source}")

    def _to_code(self, cells: list[StudentCell]) -> tuple[list[StudentCell], list[Repair]]:
        """Cells that became text, made code again where an exercise has no other answer."""
        answered = {name for cell in cells if cell.kind == "code" for name in self._defines(cell)}
        done, retyped = list[StudentCell](), False
        for cell in cells:
            missing = self.release.titles.keys() - answered  # most often none, and prose need not be parsed
            if cell.kind != "code" and missing and (names := self._names_as_code(cell) & missing):
                cell, retyped = replace(cell, kind="code", attachments=()), True
                answered |= names
            retyped |= cell.kind != "code" and (self._test(cell) is not None or self._is_kit(cell))
            done.append(cell)
        return done, [told("cell_retyped")] if retyped else []

    def _names_as_code(self, cell: StudentCell) -> set[str]:
        if hint := {cell.grade_id, cell.id} & self.release.titles.keys():
            return hint
        return {name for name, how in self._defines(cell).items() if how != BROKEN}

    # --- which is which -----------------------------------------------------------------------------------------------

    def _is_kit(self, cell: StudentCell) -> bool:
        if self.release.kit is None:
            return False
        title, kit = self.release.kit_title, self.release.plain_kit
        named = title != "" and cell.plain.partition("\n")[0] == title
        return KIT in (cell.grade_id, cell.id) or cell.plain == kit or named

    def _test(self, cell: StudentCell) -> str | None:
        """The test that a cell is a copy of. Hidden tests may be released with one text: then the next in order."""
        hints = [each for each in (cell.grade_id, cell.id) if each in self.release.tests]
        known = self.release.plain_tests
        same = known.get(cell.plain) or known.get(first_comment(cell.plain))
        if not same:  # a mark alone; one on an answer is a slip if the test itself is somewhere else
            slip = not self.in_full.isdisjoint(hints) and ANSWER in self._defines(cell).values()
            return hints[0] if hints and not slip else None
        if hints and hints[0] in same:
            return hints[0]
        return next((test for test in same if self.order[test] > self.last), same[0])

    def _own_part(self, cell: StudentCell, original: str) -> str:
        """What the student wrote into one of the lesson's own cells: all of it, if there is an answer among it."""
        if cell.plain in self.release.plain_tests or cell.plain == self.release.plain_kit:
            return ""
        body = self.parser.body(cell.source)
        if original != KIT and ANSWER in self._defines(cell).values():
            return cell.source
        return own_part(cell.source, body, self.parser.definitions(self._source(original))) if body else ""

    def _source(self, name: str) -> str:
        found = self.release.kit if name == KIT else self.release.tests[name]
        return str(found["source"]) if found else ""

    # --- answers ------------------------------------------------------------------------------------------------------

    def _define(self, found: Matched) -> None:
        for place, cell in found.own.items():
            if cell.kind == "code":
                for exercise, how in self._defines(cell).items():
                    found.defined[exercise][place] = how

    def _defines(self, cell: StudentCell) -> dict[str, str]:
        """The exercises that a cell defines, and how."""
        if cell not in self.known:
            self.known[cell] = self._read(cell)
        return self.known[cell]

    def _read(self, cell: StudentCell) -> dict[str, str]:
        body = self.parser.body(cell.source)
        bound, found = self.parser.definitions(cell.source), dict[str, str]()
        names = bound.keys() if body is not None else seeming(cell.source)
        for exercise in self.release.plain_starters.get(cell.plain, []):
            found[exercise] = START
        for exercise, wanted in self.release.names.items():
            if exercise in found:
                continue
            if not wanted and exercise in (cell.grade_id, cell.id):
                found[exercise] = ANSWER
            elif wanted & names:
                open_ = (self._is_start(exercise, bound[name]) for name in wanted & names & bound.keys())
                found[exercise] = BROKEN if body is None else START if all(open_) else ANSWER
        return found

    def _is_start(self, exercise: str, statement: ast.stmt) -> bool:
        alike = self.release.starters[exercise].get(outline(statement), [])
        return is_open(statement) or (bool(alike) and dump(statement) in alike)

    # --- what to tell -------------------------------------------------------------------------------------------------

    def _tell_of_the_kit(self, found: Matched, cells: list[StudentCell]) -> None:
        kits = [cells[place] for place in found.kits]
        if self.release.kit is not None and not kits:
            found.repairs.append(told("kit_restored"))
        elif kits and all(cell.plain != self.release.plain_kit and not cell.untouched for cell in kits):
            found.repairs.append(told("kit_changed"))

    def _tell_of_a_test(self, found: Matched, test: str, copies: list[StudentCell]) -> None:
        exercise = exercise_of(test)
        names = ["test_restored"] if not copies else ["test_duplicated"] if len(copies) > 1 else []
        if copies and not any(self._is_unchanged(test, cell) for cell in copies):
            if any(cell.untouched for cell in copies):
                found.older = True
            elif any(ANSWER in self._defines(cell).values() for cell in copies):
                names.append("answer_in_test")
            else:
                names.append("test_changed")
        repairs = [told(name, exercise, title=self.release.titles[exercise]) for name in names]
        found.repairs += [each for each in repairs if each not in found.repairs]

    def _is_unchanged(self, test: str, cell: StudentCell) -> bool:
        originals = (self.release.shown[test], self._source(test))
        return any(cell.plain == plain(each) for each in originals) or (
            bool(cell.plain) and any(self.parser.same(cell.source, each) for each in originals)
        )
