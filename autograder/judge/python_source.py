"""What the text of a cell says: which names it binds, whether it stands alone. Nothing is run.

The text may be anything. What Python's parser refuses, runs out of stack for, or would take long for is text that says
nothing.
"""

from __future__ import annotations

import ast
import contextlib
import re
import symtable
import warnings
from collections.abc import Iterable, Iterator, Mapping
from threading import Lock

MAX_CELL = 200_000
MAX_IN_ALL = 2_000_000
"""Characters of a cell, and of a notebook's cells together, that are parsed. Hand-written ones come nowhere near."""
FEW_BRACES = 100
"""For an f-string's parts Python's parser takes quadratic time: with so many braces, a character counts twice."""

MAGIC = re.compile(r"^([ \t]*)(?:[%!?]|(?:pip|conda|cd|ls|cat)[ \t]+[\w./-]).*$", re.MULTILINE)
MAGIC_VALUE = re.compile(r"^([ \t]*\w[\w, ]*=)[ \t]*[%!].*$", re.MULTILINE)
HELP = re.compile(r"^([ \t]*)[\w.*]+\?\??[ \t]*$", re.MULTILINE)
RUNS_ITS_BODY = re.compile(r"\s*%%(time|capture|prun)\b.*")
INDENT = re.compile(r"(?:[ \t]*\n)*([ \t]+)(?=\S)")
PROMPT = re.compile(r"(?:>>>|In \[\d+\]:)(?: |$)", re.MULTILINE)
PROMPTS = re.compile(r"^(?:(?:>>>|\.\.\.)(?: |$)|(?:In \[\d+\]|[ \t]*\.{3,}): ?)", re.MULTILINE)
LOOKS_LIKE = re.compile(
    r"^(?:async[ \t]+def|def|class)[ \t]+(?P<definition>\w+)|^(?P<assigned>\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE
)
Block = ast.stmt | ast.ExceptHandler | ast.match_case
COMPOUND = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Match, ast.match_case),
    *(ast.Try, ast.TryStar, ast.ExceptHandler),
)
"""What has statements in it that run where it stands; a function's and a class's do not count."""

# Python 3.11 counts the depth of a tree under construction once for all threads, and raises SystemError where two of
# them build one (python/cpython#106905); filters of warnings are everybody's, too. Hand-ins are repaired in threads.
ONE_AT_A_TIME = Lock()
REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError)


def plain(text: str) -> str:
    """The text without what no reader sees: blanks at the ends of lines, empty lines around it."""
    if len(text) > MAX_CELL:  # no cell of a lesson is like that, so it need not be like one
        return text
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


class Parser:
    """Parses the cells of one notebook: each text once, and never more than MAX_IN_ALL.

    Args:
        lesson: what has parsed the lesson's own cells; it is shared, so nobody changes a statement.
    """

    def __init__(self, lesson: Parser | None = None) -> None:
        self.left = MAX_IN_ALL
        self.bodies: dict[str, list[ast.stmt] | None] = dict(lesson.bodies) if lesson else {}
        self.defined: dict[str, dict[str, ast.stmt]] = dict(lesson.defined) if lesson else {}

    def body(self, text: str) -> list[ast.stmt] | None:
        """The top-level statements of a cell as IPython would run it; None if it would not."""
        if text not in self.bodies:
            self.bodies[text] = self._parsed(text)
        return self.bodies[text]

    def definitions(self, text: str) -> dict[str, ast.stmt]:
        """Each name that a cell binds at its top level, with the statement that does it last."""
        if text not in self.defined:
            self.defined[text] = definitions(self.body(text) or [])
        return self.defined[text]

    def _parsed(self, text: str) -> list[ast.stmt] | None:
        cost = len(text) * (1 + text.count("{") // FEW_BRACES)
        if len(text) > MAX_CELL or cost > self.left:
            return None
        self.left -= cost
        text = as_ipython_reads(text)
        if text.lstrip().startswith("%%"):  # another cell magic: what follows need not be Python
            return []
        found = _statements(text)
        if found is not None:
            return found
        text = HELP.sub(r"\1pass", MAGIC_VALUE.sub(r"\1None", MAGIC.sub(r"\1pass", text)))
        return _statements(text)

    def stands_alone(self, text: str) -> bool:
        """Whether the cell would run: it parses, and no `return` has lost its function."""
        body = self.body(text)
        return body is not None and not any(isinstance(each, ast.Return) for each in flat(body))

    def same(self, text: str, other: str) -> bool:
        """Whether both texts are the same program."""
        body, wanted = self.body(text), self.body(other)
        if not body or not wanted:
            return plain(text) == plain(other)
        return len(body) == len(wanted) and all(dump(a) == dump(b) for a, b in zip(body, wanted, strict=True))


def as_ipython_reads(text: str) -> str:
    """IPython takes away prompts, the first line's indentation and a cell magic's line; the number of lines stays."""
    if PROMPT.match(text):
        text = PROMPTS.sub("", text)
    indent = INDENT.match(text)
    if indent:
        text = re.sub(f"^{indent[1]}", "", text, flags=re.MULTILINE)
    return RUNS_ITS_BODY.sub("", text, count=1) if RUNS_ITS_BODY.match(text) else text


def _statements(text: str) -> list[ast.stmt] | None:
    try:
        with _quietly():
            flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            tree = compile(text, "<cell>", "exec", flags, dont_inherit=True)
    except REFUSALS:
        return None
    return tree.body if isinstance(tree, ast.Module) else None


def scopes(text: str) -> symtable.SymbolTable | None:
    """The names of a text, scope by scope; None if Python refuses it."""
    try:
        with _quietly():
            return symtable.symtable(text, "<cell>", "exec")
    except REFUSALS:
        return None


def globals_read(table: symtable.SymbolTable) -> Iterator[str]:
    """The global names that it reads, its functions included; a function's own variables are none."""
    function = table.get_type() == "function"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (symbol.is_global() or not function):
            yield symbol.get_name()
    for child in table.get_children():
        yield from globals_read(child)


def goes_on_inside(above: str, text: str) -> bool:
    """Whether `text` reads what only the function at the end of `above` has: a parameter, or a name of its own."""
    outer, inner = scopes(above), scopes(as_ipython_reads(text))
    functions = [each for each in outer.get_children() if each.get_type() == "function"] if outer else []
    if inner is None or not functions:
        return False
    own = {each.get_name() for each in functions[-1].get_symbols() if each.is_local()}
    read = set(globals_read(inner))
    return functions[-1].get_name() not in read and not own.isdisjoint(read)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    with ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\d" in a student's string is not our affair
        yield


def flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run at the top level, in order, those inside `if`, `try`, `with` and loops too."""
    waiting: list[Block] = list(reversed(list(body)))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, COMPOUND):
            for name in ("finalbody", "orelse", "cases", "handlers", "body"):
                waiting += reversed(getattr(node, name, []))


def bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement gives a value: by def, class, import or assignment."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in aliases)
        case ast.Assign(targets=targets):
            yield from (name for target in targets for name in stored(target))
        case ast.AnnAssign(target=target, value=ast.expr()):
            yield from stored(target)


def stored(target: ast.expr) -> set[str]:
    """The names that a target of an assignment or a loop gives a value."""
    return {each.id for each in ast.walk(target) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}


def definitions(body: Iterable[ast.stmt]) -> dict[str, ast.stmt]:
    """Each name that the statements bind, with the one that does it last."""
    return {name: statement for statement in flat(body) for name in bound(statement)}


def seeming(text: str) -> set[str]:
    """The names that a text which does not parse seems to define."""
    return {found["definition"] or found["assigned"] for found in LOOKS_LIKE.finditer(text, 0, MAX_IN_ALL)}


def is_open(statement: ast.stmt) -> bool:
    """Whether a function or class says no more than `raise NotImplementedError`, after its docstring."""
    if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    rest = [each for each in statement.body if not _is_docstring(each)]
    match rest:
        case [ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError")))]:
            return True
    return False


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def outline(statement: ast.stmt) -> tuple[type, ...]:
    """Something quick to make that is equal for equal programs, and differs for most others."""
    return type(statement), *map(type, getattr(statement, "body", ()))


def dump(statement: ast.stmt) -> str:
    """A statement as text that is equal for equal programs."""
    try:
        return ast.dump(statement)
    except RecursionError:
        return f"nested too deep {id(statement)}"


def own_part(text: str, body: Iterable[ast.stmt], names: Mapping[str, object]) -> str:
    """Of a cell that replaces one of the lesson's: the definitions and imports that the lesson's does not have."""
    lines = re.split(r"\r\n?|\n", as_ipython_reads(text))
    mine = [each for each in body if (new := set(bound(each))) and not new <= names.keys()]
    spans = dict.fromkeys((first_line(each), each.end_lineno or each.lineno) for each in mine)
    return "\n".join(line for start, end in spans for line in lines[start - 1 : end])


def first_line(statement: ast.stmt) -> int:
    """Where a statement begins, its decorators included."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return min([statement.lineno, *(each.lineno for each in statement.decorator_list)])
    return statement.lineno


def imports(body: Iterable[ast.stmt]) -> dict[str, str]:
    """Each name that the statements import, with a statement that imports it alone."""
    found = dict[str, str]()
    for statement in flat(body):
        if isinstance(statement, ast.Import):
            found |= {next(bound(ast.Import([each]))): f"import {_alias(each)}" for each in statement.names}
        elif isinstance(statement, ast.ImportFrom) and not statement.level and statement.module != "__future__":
            source = f"from {statement.module} import"
            found |= {each.asname or each.name: f"{source} {_alias(each)}" for each in statement.names}
    return found


def _alias(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name
