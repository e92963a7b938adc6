"""What a lesson's source must keep to before it is built. Each rule raises SourceError at the line to mend."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from pathlib import Path

from autograder import kit
from autograder.authoring.accessible import check_colours, check_headings, check_links, check_pictures
from autograder.authoring.source import (
    BEGIN_HIDDEN,
    BEGIN_SOLUTION,
    END_HIDDEN,
    END_SOLUTION,
    HEADING,
    TESTS,
    Cell,
    Exercise,
    Source,
    fault,
    read_source,
)
from autograder.kit.words import WORDS

KIT_NAMES = frozenset(kit.__all__)
POINTS_LINE = re.compile(r"^\*(?P<points>[\d.]+) points? · about \d+ minutes?\*$", re.MULTILINE)


def read_checked(path: Path) -> Source:
    """Read a lesson's source and hold it against every rule.

    Raises:
        SourceError: the first fault.
    """
    source = read_source(path)
    for rule in RULES:
        rule(source)
    return source


def check_syntax(source: Source) -> None:
    """Every code cell is plain Python."""
    if source.cells[0].kind != "markdown":
        raise fault(source, source.cells[0], "a lesson opens with prose: its title and what it is for")
    for cell in source.cells:
        if cell.kind != "markdown":
            try:
                ast.parse(cell.text)
            except SyntaxError as error:
                raise fault(source, cell, f"not Python: {error.msg}", error.lineno or 0) from None


def check_markers(source: Source) -> None:
    """Solution markers stand in pairs in solution cells, and nowhere else; hidden-test markers are for us to write."""
    for cell in source.cells:
        is_open = seen = False
        for number, line in enumerate(cell.text.splitlines(), 1):
            mark = line.strip()
            if BEGIN_HIDDEN[4:] in line or END_HIDDEN[4:] in line:
                raise fault(source, cell, 'no hidden-test markers here; a header # %% hidden="…" says it', number)
            if BEGIN_SOLUTION[4:] in line or END_SOLUTION[4:] in line:
                if cell.kind != "solution":
                    raise fault(source, cell, "a solution marker outside a solution cell", number)
                if mark != (END_SOLUTION if is_open else BEGIN_SOLUTION):
                    raise fault(source, cell, f"expected {END_SOLUTION if is_open else BEGIN_SOLUTION}", number)
                is_open, seen = not is_open, True
        if is_open:
            raise fault(source, cell, f"{BEGIN_SOLUTION} without {END_SOLUTION}")
        if cell.kind == "solution" and not seen:
            raise fault(source, cell, f"solution {cell.exercise!r} has no {BEGIN_SOLUTION} … {END_SOLUTION}")


def check_pairs(source: Source) -> None:
    """A solution defines its exercise; behind it stand one visible test and, but for a prediction, one hidden test."""
    kinds: dict[str, dict[str, Cell]] = {}
    for cell in source.cells:
        if not cell.exercise:
            continue
        mine = kinds.setdefault(cell.exercise, {})
        if cell.kind in mine:
            raise fault(
                source, cell, f"a second {cell.kind} for {cell.exercise!r}; the first is in line {mine[cell.kind].line}"
            )
        if cell.kind in TESTS and "solution" not in mine:
            raise fault(
                source, cell, f'{cell.kind} test {cell.exercise!r} has no solution above it; add # %% solution="…"'
            )
        if cell.kind in TESTS and tested_in(cell) != {cell.exercise}:
            call = f'{"predict" if cell.kind == "predict" else "check"}("{cell.exercise}"'
            raise fault(source, cell, f"the test must run under: with {call}…), and name no other exercise")
        mine[cell.kind] = cell
    for name, mine in kinds.items():
        solution = mine["solution"]
        if name not in defined_in(solution):
            raise fault(source, solution, f"solution {name!r} must define a function or class called {name}")
        if ("check" in mine) == ("predict" in mine):
            raise fault(source, solution, f"exercise {name!r} needs one visible test: check or predict")
        if "check" in mine and "hidden" not in mine:
            raise fault(source, mine["check"], f"exercise {name!r} has no hidden test")
        if "hidden" in mine and not mine["hidden"].checks:
            raise fault(source, mine["hidden"], f'hidden test {name!r} does not say what it checks; add checks="…"')


def tested_in(cell: Cell) -> set[object]:
    """The names that a test cell hands to `check` or `predict`."""
    name = "predict" if cell.kind == "predict" else "check"
    calls = (node for node in ast.walk(ast.parse(cell.text)) if isinstance(node, ast.Call))
    mine = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == name]
    return {call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None for call in mine}


def check_prose(source: Source) -> None:
    """Above each solution stands its prose: a heading, the points, an example, two hints or more."""
    for exercise in source.exercises:
        prose, name = exercise.prose, exercise.id
        if prose.kind != "markdown":
            raise fault(source, exercise.solution, f"exercise {name!r} has no prose right above its solution")
        if not HEADING.search(prose.text):
            raise fault(source, prose, f"exercise {name!r} has no heading (### 1.1 · Its title)")
        check_points_line(source, exercise)
        if not re.search(r"\b(for )?example\b", prose.text, re.IGNORECASE):
            raise fault(source, prose, f"exercise {name!r} shows no example; add one (For example …)")
        if prose.text.count("<summary>Hint") < 2:
            raise fault(
                source, prose, f"exercise {name!r} needs two hints or more (<details><summary>Hint 1</summary>…)"
            )


def check_points_line(source: Source, exercise: Exercise) -> None:
    """What the prose promises is what the tests give."""
    said = POINTS_LINE.search(exercise.prose.text)
    if not said:
        example = f"*{exercise.points:g} points · about 5 minutes*"
        raise fault(source, exercise.prose, f"exercise {exercise.id!r} does not say its points; add {example}")
    if float(said["points"]) != exercise.points:
        line = exercise.prose.text[: said.start()].count("\n") + 1
        message = f"exercise {exercise.id!r} says {said['points']} points; its tests give {exercise.points:g}"
        raise fault(source, exercise.prose, message, line)


def check_names(source: Source) -> None:
    """A test names only what the kit, Python, or a cell above defines."""
    known = set(KIT_NAMES) | set(dir(builtins))
    for cell in source.cells:
        if cell.kind == "markdown":
            continue
        here = set(defined_in(cell))
        if cell.kind in TESTS:
            defined = known | here | arguments_in(cell)
            for node in ast.walk(ast.parse(cell.text)):
                if isinstance(node, ast.Name) and node.id not in defined:
                    raise fault(source, cell, f"the test names {node.id!r}, which no cell above defines", node.lineno)
        known |= here


def defined_in(cell: Cell) -> Iterator[str]:
    """The names that a cell binds, at any depth."""
    for node in ast.walk(ast.parse(cell.text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0]
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name


def arguments_in(cell: Cell) -> set[str]:
    """The parameters of the functions and lambdas in a cell."""
    return {node.arg for node in ast.walk(ast.parse(cell.text)) if isinstance(node, ast.arg)}


def check_mistakes(source: Source) -> None:
    """Every mistake that a test names has its words."""
    for cell in source.cells:
        for node in ast.walk(ast.parse(cell.text)) if cell.kind in TESTS else ():
            for name in mistakes_in(node):
                if name.value not in WORDS:
                    message = f"no words for the mistake {name.value!r}; add them to autograder/kit/words.py"
                    raise fault(source, cell, message, name.lineno)


def mistakes_in(node: ast.AST) -> Iterator[ast.Constant]:
    """The names of mistakes that a keyword argument gives: `mistake="name"` and `mistakes={"name": …}`."""
    match node:
        case ast.keyword("mistake", ast.Constant() as name):
            yield name
        case ast.keyword("mistakes", ast.Dict(keys=names)):
            yield from (name for name in names if isinstance(name, ast.Constant))


def check_inputs(source: Source) -> None:
    """No mistake gives what the answer is handed: if that is written into and returned, its name would be told."""
    for cell in source.cells:
        tree = ast.parse(cell.text if cell.kind in TESTS else "")
        handed = set(handed_in(tree, cell.exercise or ""))
        for node in ast.walk(tree):
            for name, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
                parts = value.elts if isinstance(value, ast.Tuple) else [value]
                given = next((part.id for part in parts if isinstance(part, ast.Name) and part.id in handed), "")
                if given and isinstance(name, ast.Constant) and name.value in WORDS:
                    message = f"the mistake {name.value!r} is {given} itself, which the answer may change; add .clone()"
                    raise fault(source, cell, message, value.lineno)


def handed_in(tree: ast.AST, exercise: str) -> Iterator[str]:
    """The variables that a test hands to the answer, but for devices."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == exercise:
            given = [*node.args, *(each.value for each in node.keywords)]
            yield from (each.id for each in given if isinstance(each, ast.Name) and each.id != "device")


RULES = (
    *(check_syntax, check_markers, check_pairs, check_prose, check_names, check_mistakes, check_inputs),
    *(check_pictures, check_headings, check_links, check_colours),
)
