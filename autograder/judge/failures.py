"""Exceptions on the wire: a type by its name, arguments, a text, and the lines of the student's cells they came from.

On the other end an exception of the same type arises, or of the nearest one that is known there, with the same text.
Where that text is the student's own, its type is too: a class made for the purpose, which is caught by what it names.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from autograder.judge.known import class_of, name_of
from autograder.judge.wire import listed, text, whole

ORIGIN = "_autograder_origin"
"""An attribute of a rebuilt exception: its number on the end that it came from."""
MOST = 10_000
MODULES = ("builtins", "torch", "numpy", "IPython")

Located = Callable[[str, int], "tuple[str, int] | None"]


class Foreign(BaseException):
    """Above every class of rebuilt exceptions, so that nobody takes one for an exception of this end."""

    def __str__(self) -> str:
        return str(self.__dict__.get("text", ""))


def facts_of(error: BaseException, frames: list[tuple[str, int]]) -> dict[str, Any]:
    """An exception in wire form."""
    args = [each for each in error.args[:5] if type(each) in (bool, int, float, str)]
    return {
        "mro": [name_of(each) for each in type(error).__mro__[:20]],
        "args": [each[:MOST] if isinstance(each, str) else each for each in args],
        "bare": not error.args,
        "text": text_of(error)[:MOST],
        "name": str(error.name)[:200] if isinstance(error, NameError) and error.name else None,
        "frames": frames[-3:],
    }


def text_of(error: BaseException) -> str:
    """`str(error)`, or what can be said of one that does not let itself be printed."""
    try:
        return str(error)
    except BaseException as second:
        return f"an exception whose text could not be made ({type(second).__name__})"


def rebuilt(facts: dict[str, Any], locate: Located) -> BaseException:
    """The exception that `facts` tell of, with a traceback that ends in the student's line.

    Raises:
        Violation: they tell of none.
    """
    names = [tuple(map(text, listed(each, 2, 2))) for each in listed(facts.get("mro"), 20, 1)]
    words = text(facts.get("text"), MOST)
    args = [each for each in listed(facts.get("args"), 5) if type(each) in (bool, int, float, str)]
    kind = exception_class(names[0][1].rpartition(".")[2], next(filter(None, map(known, names)), Exception))  # type: ignore[arg-type]
    given = () if facts.get("bare") is True else tuple(args) or (words,)
    try:
        error = kind.__new__(kind)
        error.args = given
    except (TypeError, AttributeError):  # made of more than a text, such as ExceptionGroup, or not to be changed
        error = exception_class(names[0][1].rpartition(".")[2], Exception)()
        error.args = given
    error.__dict__["text"] = words
    if isinstance(error, StopIteration):
        error.value = next(iter(given), None)  # `yield from` takes it, and crashes where there is none
    if isinstance(error, NameError):
        error.name = text(facts.get("name") or "?")
    if isinstance(facts.get("number"), int):
        error.__dict__[ORIGIN] = facts["number"]
    for frame in listed(facts.get("frames"), 3)[-1:]:
        name, line = listed(frame, 2, 2)
        place = locate(text(name, 200), whole(line, 1_000_000))
        if place is not None:
            return raised_at(error, *place)
    return error


@functools.lru_cache(1000)
def exception_class(name: str, base: type[BaseException]) -> type[BaseException]:
    """A class of that name, caught as `base`."""
    own = name if name.isidentifier() else base.__name__
    bases = (Foreign,) if base is BaseException else (base, Foreign)  # the class that has the constructor comes first
    return type(own, bases, {"__module__": base.__module__, "__str__": Foreign.__str__})


def known(name: tuple[str, str]) -> type[BaseException] | None:
    """The exception class of that name, if it is one of Python's or a library's that is loaded."""
    found = class_of(name, MODULES)
    return found if found is not None and issubclass(found, BaseException) else None


def raised_at(error: BaseException, filename: str, line: int) -> BaseException:
    """`error` with a traceback whose last frame is that line."""
    try:
        exec(compile("\n" * (line - 1) + "raise error", filename, "exec"), {"error": error})
    except BaseException as caught:
        return caught
    raise AssertionError("it did not arise")
