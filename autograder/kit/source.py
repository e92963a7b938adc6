"""How an answer is written: its text, and rules for it such as "no loop"."""

import ast
import inspect
import linecache
import sys
from pathlib import PurePath
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from autograder.kit.checks import Wrong

SYNTAX = {ast.For: "for", ast.comprehension: "for", ast.While: "while", ast.Subscript: "[]"}
OWNED = (ast.arg, ast.FunctionDef)  # what else a learner names
HIDING = {"getattr", "setattr", "eval", "exec", "globals", "__import__"}  # with them nothing need be called by its name
HIDING_TOO = {"vars", "compile"}  # unless a learner calls something of their own so
RULES = {"for": "loop_used", "while": "loop_used", "[]": "indexed_again"}


# It takes a name, since what a function says of itself is its author's choice. The judge has a `source_of` of its own,
# which answers from the notebook, so a test calls it itself and hands the text on.
def source_of(name: str) -> str:
    """The text of the cell that defined the function or class called `name`; "" if no cell did."""
    names = sys._getframe(1).f_globals
    if name not in names:
        raise NameError(f"name {name!r} is not defined", name=name)
    answer = names[name]
    parts = vars(answer).values() if isinstance(answer, type) else [answer]
    files = [code.co_filename for each in parts if (code := getattr(inspect.unwrap(each), "__code__", None))]
    own = PurePath(source_of.__code__.co_filename).parent  # IPython names cells like files in one folder
    return next(("".join(linecache.getlines(file)).strip("\n") for file in files if PurePath(file).parent == own), "")


def expect_uses(source: str, *what: str, most: int, mistake: str = "") -> None:
    """The functions in a cell's text use `what` at most so many times: "for", "while", "[]" or any name."""
    nodes = list(ast.walk(ast.parse(TransformerManager().transform_cell(source))))  # magics are not Python
    bodies = [each.body for each in nodes if isinstance(each, (ast.FunctionDef, ast.Lambda))]
    if not bodies:
        raise Wrong("no_function")
    parts = [part for body in bodies for part in (body if isinstance(body, list) else [body])]
    inside: set[Any] = {node for part in parts for node in ast.walk(part)}  # once, where functions are nested
    types = {node for each in nodes for node in ast.walk(getattr(each, "annotation", None) or ast.Pass())}
    own = {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {getattr(each, "arg", "") or getattr(each, "name", "") for each in nodes if isinstance(each, OWNED)}
    asked = {node for node in inside - types if not (isinstance(node, ast.Name) and node.id in own)}  # not a variable's
    used = [(getattr(node, "target", node).lineno, word) for node in asked if (word := word_of(node)) in what]
    if len(used) > most:
        line, word = sorted(used)[most]
        facts = {"line": source.splitlines()[line - 1].strip(), "used": word, "count": len(used), "most": most}
        raise Wrong(mistake or RULES.get(word, "name_ruled_out"), **facts)
    names = ((node.lineno, node.id) for node in nodes if isinstance(node, ast.Name))
    for line, word in sorted(each for each in names if each[1] in HIDING | (HIDING_TOO - own)):
        raise Wrong("hidden_from_view", line=source.splitlines()[line - 1].strip(), used=word)


def word_of(node: Any) -> str:
    """What `expect_uses` calls a piece of syntax; an index into a shape has no name."""
    if isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") == "shape":
        return ""
    return str(SYNTAX.get(type(node)) or getattr(node, "id", "") or getattr(node, "attr", ""))
