"""The part of the kit that a notebook uses, as one cell of source text.

The kit's modules are lists of definitions (see `autograder.kit`). Starting from the names that the notebook's cells
use, each definition brings those that it uses itself; of its tables come the rows whose names occur.

All of it stands inside one function that hands out the names meant for the notebook. A learner's variable called `row`
or `html` then leaves the kit alone, and the kit leaves the learner's alone.
"""

from __future__ import annotations

import ast
import re
import symtable
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from json import dumps
from pathlib import Path
from textwrap import indent

from autograder import kit
from autograder.kit.words import GUESSES, WORDS

# Each uses only those before it.
MODULES = (
    *("words", "pictures", "devices", "checks", "predictions", "source", "figures"),
    *("memory", "aliasing", "broadcasting", "folding", "products", "joining", "graph_picture"),
    *("gpu_memory", "gpu_rules", "gpu_calls", "gpu_errors", "gpu_mode", "gpu"),
)
TABLES: dict[str, Mapping[str, object]] = {"WORDS": WORDS, "GUESSES": GUESSES}
ALWAYS = ("RESULTS", "WORDS")  # for the closing cell, and for hidden tests that bring words of their own
TITLE = "# @title Set-up: run this cell first"
PURPOSE = "Checks, messages and pictures. You need not read this to take the course, but you are welcome to."


@dataclass(frozen=True)
class Definition:
    """A top-level definition of the kit: its text with the comments above it, and the names and strings in it."""

    name: str
    text: str
    names: frozenset[str]
    strings: frozenset[str]


def kit_cell(visible: list[str], hidden: list[str]) -> str:
    """The set-up cell for a notebook with these code cells.

    Words for mistakes that only hidden tests name stay out of it: see `own_words`.
    """
    trees = [ast.parse(source) for source in visible + hidden]
    names = frozenset[str]().union(*map(names_in, trees))
    public = [name for name in (*kit.__all__, *ALWAYS) if name in names or name in ALWAYS]
    # A lesson that asks whether its GPU is simulated is about GPUs: it brings one for those who have none.
    first = ["simulate_gpu()"] * ("simulated" in public)
    chosen = closure({*public, "ready", *["simulate_gpu"] * len(first)})
    used = frozenset[str]().union(*(each.names for each in chosen))
    said = [each.strings for each in chosen if each.name not in TABLES] + list(map(strings_in, trees[: len(visible)]))
    strings = frozenset[str]().union(*said)
    strings |= {mistake for key in strings & GUESSES.keys() for mistake in GUESSES[key].values()}
    texts = [each.text for each in chosen if each.name not in TABLES]
    texts += [table(each.name, strings) for each in chosen if each.name in TABLES]  # last: the code reads better first
    last = [*first, "print(ready())", f"return {', '.join(public)}"]
    parts = [f'"""{PURPOSE}"""\n{imports(used)}', *texts, "\n".join(last)]
    body = re.sub(r"^([A-Z, ]+ = .*\n)\n(?=[A-Z]+ = )", r"\1", "\n\n".join(parts), flags=re.MULTILINE)
    return f"{TITLE}\ndef kit():\n{indent(body, '    ')}\n\n{', '.join(public)} = kit()"


def own_words(hidden: str, known: frozenset[str]) -> str:
    """A line for a hidden test that brings the words which the set-up cell, with its strings `known`, does not have."""
    missing = strings_in(ast.parse(hidden)) - known
    brought = {key: text for key, text in WORDS.items() if key in missing}
    return f"WORDS.update({brought!r})\n" if brought else ""


def closure(names: set[str]) -> list[Definition]:
    """The definitions of `names` and all that they need, in the order in which a notebook must run them."""
    chosen, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name in definitions() and name not in chosen:
            chosen.add(name)
            waiting += definitions()[name].names
    return [each for name, each in definitions().items() if name in chosen]


def names_in(tree: ast.AST) -> frozenset[str]:
    """Every identifier that is read."""
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return frozenset(node.id for node in nodes)


def globals_in(text: str) -> frozenset[str]:
    """The names that a definition finds outside itself; its own parameters and variables are none of them."""
    waiting, found = [symtable.symtable(text, "<kit>", "exec")], set[str]()
    while waiting:
        scope = waiting.pop()
        waiting += scope.get_children()
        outermost = scope.get_type() == "module"
        found |= {
            each.get_name() for each in scope.get_symbols() if each.is_referenced() and (outermost or each.is_global())
        }
    return frozenset(found)


def strings_in(tree: ast.AST) -> frozenset[str]:
    """Every string constant, docstrings too."""
    return frozenset(
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def table(name: str, strings: frozenset[str]) -> str:
    """One of the kit's tables, with the rows whose keys are among `strings`."""
    rows = [
        f"    {dumps(key)}: {dumps(row, ensure_ascii=False)}," for key, row in TABLES[name].items() if key in strings
    ]
    return f"{name} = {{\n" + "\n".join(rows) + "\n}"


def imports(used: frozenset[str]) -> str:
    """The kit's import statements, less the names that nothing uses."""
    plain, by_module = set[str](), dict[str, set[str]]()
    for statement in statements():
        if isinstance(statement, ast.Import):
            plain |= {each.name for each in statement.names if each.name.split(".")[0] in used}
        elif (
            isinstance(statement, ast.ImportFrom) and statement.module and not statement.module.startswith("autograder")
        ):
            kept = {each.name for each in statement.names if each.name in used}
            by_module.setdefault(statement.module, set()).update(kept)
    stdlib = sorted(plain & sys.stdlib_module_names)
    lines = [f"import {', '.join(names)}" for names in (stdlib, sorted(plain.difference(stdlib))) if names]
    lines += [
        f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(by_module.items()) if names
    ]
    return "\n".join(lines)


@cache
def definitions() -> dict[str, Definition]:
    """The kit's definitions by name, in the order in which a notebook must run them."""
    found = {}
    for module in MODULES:
        lines, end = source(module).splitlines(), 0
        for node in ast.parse(source(module)).body:
            start, end = end, node.end_lineno or 0
            for name in defined(node):
                text = "\n".join(lines[start:end]).strip("\n")
                found[name] = Definition(name, text, globals_in(text), strings_in(node))
    return found


def defined(node: ast.stmt) -> Iterator[str]:
    """The names that a top-level statement of the kit defines; imports and docstrings define none."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (name.id for name in ast.walk(node.targets[0]) if isinstance(name, ast.Name))


def statements() -> Iterator[ast.stmt]:
    """All top-level statements of the kit's modules."""
    for module in MODULES:
        yield from ast.parse(source(module)).body


def source(module: str) -> str:
    """The text of one of the kit's modules."""
    return (Path(kit.__file__).parent / f"{module}.py").read_text(encoding="utf-8")
