"""How an answer is written: its text, and rules for it such as "no loop"."""

import ast
import inspect
import linecache
import sys
from pathlib import PurePath
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from autograder.kit.checks import Wrong

SYNTAX = {ast.For: "for", ast.AsyncFor: "for", ast.comprehension: "for", ast.While: "while", ast.Subscript: "[]"}
OWNED = (ast.arg, ast.FunctionDef)  # what else a learner names
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
NAMED = (ast.Name, ast.Attribute)
BY_NAME = (*NAMED, ast.alias)
HIDING = {  # with them nothing need be called by its name
    *("getattr", "setattr", "exec", "globals", "__import__", "import_module"),
    *("attrgetter", "methodcaller", "__builtins__", "__dict__", "__getattribute__"),
}
HIDING_TOO = {"vars", "compile"}  # unless a learner calls something of their own so; a module has an `eval` of its own
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
    """The functions in a cell's text use `what` at most so many times: "for", "while", "[]" or any name.

    What the cell gives another name, by `import … as` or `=`, counts as what it is.
    """
    nodes = list(ast.walk(ast.parse(TransformerManager().transform_cell(source))))  # magics are not Python
    parts = [part for each in nodes if isinstance(each, FUNCTIONS) for part in ast.iter_child_nodes(each)]
    if not parts:
        raise Wrong("no_function")
    inside: set[Any] = {node for part in parts for node in ast.walk(part)}  # once, where functions are nested
    hints = [getattr(each, name, None) or ast.Pass() for each in nodes for name in ("annotation", "returns")]
    types = {node for each in hints for node in ast.walk(each)}
    own = {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {getattr(each, "arg", "") or getattr(each, "name", "") for each in nodes if isinstance(each, OWNED)}
    asked = {node for node in inside - types if not (isinstance(node, ast.Name) and node.id in own)}  # not a variable's
    renamed: dict[Any, str] = {each.asname: each.name for each in nodes if isinstance(each, ast.alias)}
    plain = [each for each in nodes if isinstance(each, ast.Assign) and isinstance(each.value, NAMED)]
    renamed |= {getattr(target, "id", None): word_of(each.value) for each in plain for target in each.targets}
    meant = [(node, {word_of(node), renamed.get(getattr(node, "id", ""), "")}) for node in asked]
    used = [(getattr(node, "target", node).lineno, word) for node, words in meant for word in words & {*what}]
    if len(used) > most:
        line, word = sorted(used)[most]
        facts = {"line": source.splitlines()[line - 1].strip(), "used": word, "count": len(used), "most": most}
        raise Wrong(mistake or RULES.get(word, "name_ruled_out"), **facts)
    bare = HIDING | {"eval"} | (HIDING_TOO - own)
    ruled = [(node, bare if isinstance(node, ast.Name) else HIDING) for node in nodes if isinstance(node, BY_NAME)]
    for line, word in sorted((node.lineno, word_of(node)) for node, words in ruled if word_of(node) in words):
        raise Wrong("hidden_from_view", line=source.splitlines()[line - 1].strip(), used=word)


def word_of(node: Any) -> str:
    """What `expect_uses` calls a piece of syntax; an index into a shape has no name."""
    if isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") == "shape":
        return ""
    name = node.name if isinstance(node, ast.alias) else ""
    return str(SYNTAX.get(type(node)) or getattr(node, "id", "") or getattr(node, "attr", "") or name)
