"""The answer bank: right answers, and wrong ones with the mistake each must be told.

A bank is a Python file beside the lesson's source:

    @right("row_means")
    def row_means(scores):
        return scores.sum(1, keepdim=True) / scores.shape[1]

    @wrong("row_means", mistake="dropped_axis")
    def row_means(scores):
        return scores.mean(1)

It is read, not imported: an answer's text runs in the lesson's own namespace, as if a learner had typed it there.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from autograder.errors import SourceError
from autograder.files import read_text

Answered = TypeVar("Answered", bound=Callable[..., Any])


@dataclass(frozen=True)
class Answer:
    """One answer to one exercise; `mistake` is what it must be told, None for a right answer. `line` is 1-based."""

    exercise: str
    mistake: str | None
    source: str
    line: int


def right(exercise: str) -> Callable[[Answered], Answered]:
    """Mark a further right answer to `exercise`."""
    return lambda answer: answer


def wrong(exercise: str, *, mistake: str) -> Callable[[Answered], Answered]:
    """Mark a wrong answer to `exercise`, and name the mistake that its author must be told."""
    return lambda answer: answer


def read_bank(path: Path) -> list[Answer]:
    """The answers in a bank, in their order.

    Raises:
        SourceError: the file is missing or is not Python, or a definition in it is not an answer to one exercise.
    """
    text = read_text(path, "there is no answer bank; make this file (CONTRIBUTING.md shows one)")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise SourceError(path, error.lineno or 1, f"not Python: {error.msg}") from None
    answers = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            answers.append(_answer(path, text, node))
        elif not isinstance(node, (ast.Import, ast.ImportFrom, ast.Expr)):
            raise SourceError(path, node.lineno, "a bank holds answers only, each with @right(…) or @wrong(…) above it")
    return answers


def _answer(path: Path, text: str, node: ast.FunctionDef | ast.ClassDef) -> Answer:
    line = node.lineno
    match node.decorator_list:
        case [ast.Call(func=ast.Name("right"), args=[ast.Constant(str() as exercise)], keywords=[])]:
            mistake = None
        case [
            ast.Call(
                func=ast.Name("wrong"),
                args=[ast.Constant(str() as exercise)],
                keywords=[ast.keyword("mistake", ast.Constant(str() as mistake))],
            )
        ]:
            pass
        case _:
            raise SourceError(path, line, f'write @right("{node.name}") or @wrong("{node.name}", mistake="…") above it')
    if node.name != exercise:
        raise SourceError(path, line, f"an answer to {exercise!r} must be called {exercise}, not {node.name}")
    lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
    return Answer(exercise, mistake, "\n".join(lines), line)
