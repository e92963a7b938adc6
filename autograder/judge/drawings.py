"""The lesson's own cells that only draw, which grading leaves out: nobody will look, and drawing takes the longest.

Such a cell stands folded in the notebook. Left out, it still imports what it imports, for cells after it may rely on
that. If the student has changed it, or reads a variable of it elsewhere, it runs like any other.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from autograder.judge.python_source import MAGIC, REFUSALS, Parser, bound, flat, globals_read, imports, scopes, stored


@dataclass(frozen=True)
class Drawing:
    """A cell that only draws: its import statements, and the variables that it leaves behind."""

    imports: str
    variables: frozenset[str]


def drawing(source: str) -> Drawing:
    """What there is to know of a cell that only draws."""
    table, imported = scopes(source), imports(Parser().body(source) or [])
    left = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned()} if table else words(source)
    return Drawing("\n".join(dict.fromkeys(imported.values())), frozenset(left - imported.keys()))


def reads(source: str, parser: Parser) -> frozenset[str]:
    """The names that a cell may read which it has not given a value before; rather too many than too few."""
    body = None if MAGIC.search(source) else parser.body(source)
    if body is None:
        return words(source)
    try:
        return frozenset(read(body))
    except REFUSALS:
        return words(source)


def read(block: Iterable[ast.stmt], known: Set[str] = frozenset()) -> set[str]:
    """The names that the statements read, less those that have a value by then: `known` ones, and what they bind."""
    known, found = set(known), set[str]()
    for statement in block:
        match statement:
            case ast.For(target=target, iter=values):
                found |= {*looked_up(values), *written_into(target)} - known
                found |= read(statement.body, known | stored(target))
                found |= read(statement.orelse, known)
            case ast.With(items=items, body=body):
                for item in items:
                    found |= looked_up(item.context_expr) - known
                    if item.optional_vars:
                        found |= written_into(item.optional_vars) - known
                        known |= stored(item.optional_vars)
                found |= read(body, known)
            case _:
                found |= {*looked_up(statement), *changed(statement)} - known
        known |= set(bound(statement))  # what a loop or a branch binds may have no value after it
    return found


def written_into(target: ast.expr) -> set[str]:
    """The names that a target such as `values[0]` needs."""
    return looked_up(target) - stored(target)


def words(source: str) -> frozenset[str]:
    """All that may be a name."""
    return frozenset(re.findall(r"\w+", source))


def looked_up(node: ast.AST) -> set[str]:
    """The global names that a piece of code reads, its functions included; a function's own variables are none.

    Raises:
        ValueError, RecursionError: they cannot be told.
    """
    table = scopes(ast.unparse(node))
    if table is None:
        raise ValueError("Python refuses it")
    return set(globals_read(table))


def changed(statement: ast.stmt) -> Iterator[str]:
    """The global names that it takes away, or changes by such as `+=`: they must be there."""
    for each in flat([statement]):
        if isinstance(each, (ast.AugAssign, ast.Delete)):
            targets = [each.target] if isinstance(each, ast.AugAssign) else each.targets
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
    for node in ast.walk(statement):
        if isinstance(node, ast.Global):
            yield from node.names


def left_out(sources: Iterable[str], drawings: Mapping[str, Drawing], known: Mapping[str, frozenset[str]]) -> set[str]:
    """Those of `sources` that only draw and whose variables no other one reads.

    Args:
        known: what some sources read, worked out before.
    """
    sources, parser = list(sources), Parser()
    left = frozenset[str]().union(*(each.variables for each in drawings.values()))
    read = set[str]()
    for each in sources:
        if each in known:
            read |= known[each]
        elif each not in drawings and not left.isdisjoint(words(each)):
            read |= reads(each, parser)
    return {each for each in sources if each in drawings and not drawings[each].variables & read}
