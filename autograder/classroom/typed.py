"""JSON into dataclasses, strictly: each field is there, none is unknown, and each value is of its type.

A verdict is what points are paid on, so a file that somebody edited into `"points": "7"` is refused, not believed. A
class of a thousand is read in each run: the reader of each type is put together once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
Reader = Callable[[Any], Any]


class Refused(ValueError):
    """A value that is not of its type; `place` grows as the error passes through what holds it."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place.strip('.')}: {what}" if place else what)
        self.place, self.what = place, what

    def inside(self, place: str) -> Refused:
        return Refused(place + self.place, self.what)


def typed(kind: type[T], value: object) -> T:
    """`value`, as JSON has it, as the dataclass `kind`.

    Raises:
        ValueError: it is anything else; says where.
    """
    read: T = _reader(kind)(value)  # type: ignore[arg-type]  # a class is hashable
    return read


@cache
def _reader(kind: Any) -> Reader:
    parts = get_args(kind)
    if type(None) in parts:
        inner = _reader(parts[0])
        return lambda value: None if value is None else inner(value)
    if get_origin(kind) is tuple:
        return _list(_reader(parts[0])) if parts[-1] is Ellipsis else _pair([_reader(each) for each in parts])
    if is_dataclass(kind):
        return _object(kind)
    return _simple(kind, READERS.get(kind) or (_enum(kind) if issubclass(kind, Enum) else _exact(kind)))


def _object(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    readers = {each.name: _reader(hints[each.name]) for each in fields(kind)}

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise Refused("", f"expected an object, got {_short(value)}")
        if readers.keys() != value.keys():
            missing, unknown = sorted(readers.keys() - value.keys()), sorted(value.keys() - readers.keys())
            raise Refused("", f"missing {missing}, unknown {unknown}")
        found = {}
        for name, reader in readers.items():
            try:
                found[name] = reader(value[name])
            except Refused as error:
                raise error.inside(f".{name}") from None
        return kind(**found)

    return read


def _list(reader: Reader) -> Reader:
    return lambda value: tuple(_each([reader] * len(_a_list(value)), value))


def _pair(readers: list[Reader]) -> Reader:
    def read(value: Any) -> Any:
        if len(_a_list(value)) != len(readers):
            raise Refused("", f"expected {len(readers)} values, got {len(value)}")
        return tuple(_each(readers, value))

    return read


def _each(readers: list[Reader], values: Any) -> list[Any]:
    found = []
    for at, (reader, value) in enumerate(zip(readers, values, strict=True)):
        try:
            found.append(reader(value))
        except Refused as error:
            raise error.inside(f"[{at}]") from None
    return found


def _a_list(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise Refused("", f"expected a list, got {_short(value)}")
    return value


def _simple(kind: Any, convert: Reader) -> Reader:
    def read(value: Any) -> Any:
        try:
            return convert(value)
        except (ValueError, TypeError, OverflowError):
            raise Refused("", f"expected {kind.__name__}, got {_short(value)}") from None

    return read


def _exact(kind: Any) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not kind:  # a bool is an int to isinstance
            raise ValueError
        return value

    return read


def _float(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError
    return float(value)


def _enum(kind: Any) -> Reader:
    names = {str(each.value): each for each in kind}

    def read(value: Any) -> Any:
        if value not in names:
            raise ValueError
        return names[value]

    return read


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _duration(value: Any) -> timedelta:
    return timedelta(seconds=_float(value))


READERS: dict[Any, Reader] = {float: _float, datetime: _moment, timedelta: _duration}


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "…"
