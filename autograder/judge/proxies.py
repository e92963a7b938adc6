"""Objects of the other end, as they look from here.

A handle forwards what is done with it: calls, attributes, items, iteration, arithmetic. It answers for itself only what
the other end must not decide. `isinstance` goes by the classes that both ends know, and never by those of plain values:
what is a number or a tensor crosses as one. Two handles are equal if they are one object; one on a library's class
equals that class, and is called on the other end even so. Attributes by which libraries reach into memory, such as
`__array_interface__`, do not exist.
"""

from __future__ import annotations

import functools
import operator
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.judge.known import LONGEST_NAME, class_of
from autograder.judge.wire import Violation, listed, text

LIBRARIES = ("torch", "numpy", "matplotlib", "sklearn", "collections", "builtins", "functools", "pathlib")
PLAIN = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, slice, range, type, BaseException)
TENSORS = (torch.Tensor, torch.dtype, torch.device, np.ndarray, np.generic)
NAMELESS = {  # classes of Python's own that no module names
    "function": types.FunctionType,
    "builtin_function_or_method": types.BuiltinFunctionType,
    "method": types.MethodType,
    "generator": types.GeneratorType,
}
OWN_NAMES = ("__name__", "__qualname__", "__doc__")

ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")
UNARY = ("neg", "pos", "index", "invert")
COMPARISONS = ("lt", "le", "gt", "ge")
ITEMS = ("getitem", "setitem", "delitem")
OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": lambda target, /, *args, **kwargs: target(*args, **kwargs),
    "getattr": getattr,
    "setattr": setattr,
    "delattr": delattr,
    "enter": lambda target: type(target).__enter__(target),
    "exit": lambda target, *error: type(target).__exit__(target, *error),
    "isinstance": lambda kind, each: isinstance(each, kind),
    **{each.__name__: each for each in (len, iter, next, repr, str, bool, float, int, dir, abs)},
    **{name: getattr(operator, name) for name in (*ARITHMETIC, *UNARY, *COMPARISONS, *ITEMS, "contains")},
}
"""What can be done with an object on the other end, by name."""


class Handle:
    """An object of the other end. Its own three facts have names that no student's attribute has."""

    __slots__ = ("__weakref__", "_wire_about_", "_wire_number_", "_wire_peer_")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name not in OWN_NAMES:
            raise AttributeError(f"no attribute {name!r}", name=name)
        return ask(self, "getattr", name)

    def __setattr__(self, name: str, value: Any) -> None:
        ask(self, "setattr", name, value)

    def __delattr__(self, name: str) -> None:
        ask(self, "delattr", name)

    def __iter__(self) -> Any:
        return ask(self, "iter")

    def __len__(self) -> int:
        return int(ask(self, "len"))

    def __contains__(self, item: object) -> bool:
        return ask(self, "contains", item) is True

    def __repr__(self) -> str:
        return str(ask(self, "repr"))

    def __str__(self) -> str:
        return str(ask(self, "str"))

    def __bool__(self) -> bool:
        return True  # it is an object; what it says of itself is no proof of anything

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, type) and same_class(self) is other)

    def __hash__(self) -> int:
        return hash(same_class(self) or number_of(self))

    def __enter__(self) -> Any:
        return ask(self, "enter")

    def __exit__(self, kind: Any, error: Any, trace: Any) -> Any:
        return ask(self, "exit", None, None, None)

    def __dir__(self) -> list[str]:
        return [each for each in ask(self, "dir") if isinstance(each, str)]

    def __instancecheck__(self, other: object) -> bool:
        if isinstance(other, Handle):
            return ask(self, "isinstance", other) is True
        same = same_class(self)
        return same is not None and isinstance(other, same)

    @property
    def __bases__(self) -> tuple[type, ...]:
        """For `issubclass`, where this is a class: those above it that are known here."""
        return tuple(filter(None, map(library_class, object.__getattribute__(self, "_wire_about_").get("bases", []))))


class CallableHandle(Handle):
    """One that can be called."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return ask(self, "call", *args, **kwargs)


class IteratorHandle(Handle):
    """One that gives its entries one by one."""

    __slots__ = ()

    def __next__(self) -> Any:
        return ask(self, "next")


def _forward(name: str, operation: str, *, swapped: bool = False) -> None:
    if swapped:
        setattr(Handle, name, lambda self, other: peer_of(self).ask(operation, other, self))
    else:
        setattr(Handle, name, lambda self, *args: ask(self, operation, *args))


for _name in ARITHMETIC:
    _forward(f"__{_name}__", _name)
    _forward(f"__r{_name}__", _name, swapped=True)
for _name in (*UNARY, *COMPARISONS, *ITEMS, "abs", "float", "int"):
    _forward(f"__{_name}__", _name)


def ask(target: Handle, operation: str, *args: Any, **kwargs: Any) -> Any:
    """Have the other end do something with its object."""
    return peer_of(target).ask(operation, target, *args, **kwargs)


def peer_of(target: Handle) -> Any:
    return object.__getattribute__(target, "_wire_peer_")


def number_of(target: Handle) -> int:
    return int(object.__getattribute__(target, "_wire_number_"))


def same_class(target: Handle) -> type | None:
    """The class of this end that it is a handle on, as the other end says."""
    bases = object.__getattribute__(target, "_wire_about_").get("bases", [])
    return class_of(bases[0], LIBRARIES) if bases else None


def handle(peer: Any, number: int, about: dict[str, Any]) -> Handle:
    """The handle on the other end's object of that number."""
    kind = handle_class(tuple(map(tuple, about["mro"])), about["callable"], about["iterator"])
    made: Handle = object.__new__(kind)
    for name, value in (("peer", peer), ("number", number), ("about", about)):
        object.__setattr__(made, f"_wire_{name}_", value)
    return made


def checked(about: Any) -> dict[str, Any]:
    """What the other end says of an object, if it has that form."""
    if not isinstance(about, dict) or about.keys() - {"bases"} != {"mro", "callable", "iterator"}:
        raise Violation("not what is said of an object")
    for key in ("mro", "bases"):
        names = [listed(each, 2, 2) for each in listed(about.get(key, []), 40)]
        about[key] = [(text(module, LONGEST_NAME), text(name, LONGEST_NAME)) for module, name in names]
    if not about["mro"] or not isinstance(about["callable"], bool) or not isinstance(about["iterator"], bool):
        raise Violation("not what is said of an object")
    return about


@functools.lru_cache(1000)
def handle_class(mro: tuple[tuple[str, str], ...], callable_: bool, iterator: bool) -> type[Handle]:
    """The class of handles on objects with these classes: named like the first, an instance of those known here."""
    bases = tuple(kind for kind, wanted in ((CallableHandle, callable_), (IteratorHandle, iterator)) if wanted) or (
        Handle,
    )
    module, name = mro[0]
    name = name.rpartition(".")[2]
    claimed = claimed_class(mro, name)
    facts = {"__slots__": (), "__module__": module, "__class__": property(lambda self: claimed)}
    return type(name if name.isidentifier() else "object", bases, facts)


def claimed_class(mro: tuple[tuple[str, str], ...], name: str) -> type:
    """What `isinstance` takes an object for: the library's class, or one below the nearest of these."""
    for at, each in enumerate(mro):
        found = library_class(each)
        if found is not None and found is not object:
            if at == 0:
                return found
            try:
                return type(name, (found,), {})
            except Exception:  # one that allows no class below it; an Enum, for instance, wants members
                return found
    return type(name, (), {})


def library_class(name: tuple[str, str]) -> type | None:
    """The class of that name, if a library that is loaded has it and it is not one of plain values."""
    found = NAMELESS.get(name[1]) if name[0] == "builtins" else None
    found = found or class_of(name, LIBRARIES)
    return None if found is None or issubclass(found, (*PLAIN, *TENSORS)) else found
