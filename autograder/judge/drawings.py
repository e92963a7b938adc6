"""The lesson's own cells that only draw, which grading leaves out: nobody will look, and drawing takes the longest.

Such a cell stands folded in the notebook. Left out, it still imports what it imports, for cells after it may rely on
that. If the student has changed it, or reads a variable of it elsewhere, it runs like any other.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograder.judge.python_source import MAGIC, MAX_CELL, Parser, definitions, imports


@dataclass(frozen=True)
class Drawing:
    """A cell that only draws: its import statements, and the variables that it leaves behind."""

    imports: str
    variables: frozenset[str]


def drawing(source: str) -> Drawing:
    """What there is to know of a cell that only draws."""
    body = Parser().body(source) or []
    imported = imports(body)
    return Drawing("\n".join(dict.fromkeys(imported.values())), frozenset(definitions(body)) - imported.keys())


def reads(source: str) -> frozenset[str]:
    """The names that a cell may read which it has not given a value before; rather too many than too few."""
    body = None if len(source) > MAX_CELL or MAGIC.search(source) else Parser().body(source)
    if body is None:
        return frozenset(re.findall(r"\w+", source))
    found, known = set[str](), set[str]()
    for statement in body:
        for node in ast.walk(statement):
            target = node.target if isinstance(node, ast.AugAssign) else node
            if isinstance(target, ast.Name) and (target is not node or isinstance(target.ctx, ast.Load)):
                found |= {target.id} - known
        known |= definitions([statement]).keys()
    return frozenset(found)


def left_out(sources: Iterable[str], drawings: Mapping[str, Drawing], known: Mapping[str, frozenset[str]]) -> set[str]:
    """Those of `sources` that only draw and whose variables no other one reads.

    Args:
        known: what some sources read, worked out before.
    """
    sources = list(sources)
    others = frozenset[str]().union(
        *(known[each] if each in known else reads(each) for each in sources if each not in drawings)
    )
    return {each for each in sources if each in drawings and not drawings[each].variables & others}
