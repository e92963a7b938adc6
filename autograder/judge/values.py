"""Values on the wire: a closed list of kinds, everything else a handle on an object that stays where it is.

Numbers, strings and None are themselves in JSON; all else is a list that begins with its kind:

    list tuple set frozenset dict OrderedDict           built of further values; the first and the last three may carry
    named slice range ellipsis complex bytes size       a number, by which a change in them comes back after the call
    scalar dtype device type                            NumPy's numbers; what both ends know by name, see `known_by`
    twin                                                a tensor or an array: see `mirror`
    again                                               a container that this call handed over as an argument

What else there is depends on the end: see `Peer.encode_object` and `Peer.decode_object`. Decoding believes nothing: an
unknown kind, a number out of range, a name that is not known is a `Violation`.
"""

from __future__ import annotations

import collections
import functools
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from autograder.judge.known import ARRAY_KINDS, DTYPES, class_of, device_of, name_of, number_type
from autograder.judge.memories import Uncrossable
from autograder.judge.proxies import Handle
from autograder.judge.wire import Violation, blob_of, listed, take_blob, text, whole

if TYPE_CHECKING:
    from autograder.judge.changes import Message
    from autograder.judge.peer import Peer

DEEPEST = 50
MAX_TEXT = 4 << 20
MOST_MADE = 10_000
"""Objects of one message for which a class may have to be made: handles and named tuples."""
MOST_ALIKE = 100
"""Keys of one set or dict that may have the same hash."""
KINDS: dict[str, type] = {each.__name__: each for each in (list, tuple, set, frozenset, dict, collections.OrderedDict)}
EXACT = {kind: name for name, kind in KINDS.items()}
NUMBERS = frozenset({bool, int, float})
MUTABLE = (list, dict, set, collections.OrderedDict)
NAMED = ("torch", "numpy", "collections", "builtins")
"""Where classes come from that a test may hand to an answer by name."""
PLAIN = frozenset(
    {bool, int, float, complex, str, list, tuple, dict, set, frozenset, *(np.dtype(each).type for each in ARRAY_KINDS)}
)
"""Classes that an answer may hand to a test."""


class Handed:
    """The containers that a call handed over as arguments, by number, on either end."""

    def __init__(self) -> None:
        self.objects: dict[int, Any] = {}
        self.before: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}
        self.made = 0

    def count(self) -> None:
        """Another object that takes long to make.

        Raises:
            Violation: there are so many that it is meant to take long.
        """
        self.made += 1
        if self.made > MOST_MADE:
            raise Violation("more objects than a message may hold")

    def add(self, value: Any, number: int | None = None) -> int:
        number = len(self.objects) if number is None else number
        self.objects[number], self.before[number] = value, type(value)(value)
        self.numbers[id(value)] = number
        return number

    def changed(self) -> list[tuple[int, Any]]:
        """Those whose entries are not what they were."""
        return [(number, value) for number, value in self.objects.items() if not same(value, self.before[number])]

    def replace(self, number: int, new: Any) -> None:
        """Make the entries of a container those of `new`."""
        value = self.objects[number]
        if type(new) is not type(value):
            raise Violation("a container of another kind")
        if isinstance(value, list):
            value[:] = new
        else:
            value.clear()
            value.update(new)


def same(value: Any, before: Any) -> bool:
    """Whether a container holds the very objects that it held before."""
    if len(value) != len(before):
        return False
    if isinstance(value, list):
        return all(map(operator.is_, value, before))
    if isinstance(value, dict):
        return all(key in before and value[key] is before[key] for key in value)
    return bool(value == before)


def encode(peer: Peer, value: Any, message: Message, handed: Handed, *, number: bool, depth: int = 0) -> Any:
    """`value` in wire form; with `number`, changes in its lists, dicts and sets can come back.

    Raises:
        Uncrossable: it cannot be handed over.
    """
    kind = type(value)
    if value is None or kind in NUMBERS:
        return value
    if kind is str:
        if len(value) > MAX_TEXT:
            raise Uncrossable(f"a text of {len(value)} characters is too long to be handed over")
        return value
    if kind is torch.Tensor:
        return encode_twin(peer, value, message)
    if issubclass(kind, Handle):  # before anything asks what it is an instance of
        return peer.encode_object(value, message)
    if depth > DEEPEST:
        raise Uncrossable("nested too deep to be handed over, or inside itself")
    inner = functools.partial(encode, peer, message=message, handed=handed, number=number, depth=depth + 1)
    if issubclass(kind, (torch.Tensor, np.ndarray)):
        return encode_twin(peer, value, message)
    if kind in EXACT:
        return encode_container(EXACT[kind], kind, value, inner, handed, number)
    for name, base in reversed(KINDS.items()):
        if issubclass(kind, base) and not is_named(kind) and kind is not torch.Size:
            return encode_container(name, base, value, inner, handed, number)
    simple = encode_simple(peer, value, kind, message, inner)
    if simple is not None:
        return simple
    bases: tuple[Any, ...] = (int, float, str, bytes, complex)
    for plain in bases:
        if issubclass(kind, plain):  # a subclass crosses as its bare value; what it says of itself does not matter
            bare = plain.__getnewargs__(value)[0]
            return encode(peer, bare, message, handed, number=number, depth=depth + 1)
    return peer.encode_object(value, message)


def encode_container(
    name: str, base: Any, value: Any, inner: Callable[[Any], Any], handed: Handed, number: bool
) -> Any:
    if id(value) in handed.numbers:
        return ["again", handed.numbers[id(value)]]
    mark = [handed.add(value)] if number and type(value) in MUTABLE else []
    if issubclass(base, dict):
        return [name, [[inner(key), inner(each)] for key, each in dict.items(value)], *mark]
    return [name, [inner(each) for each in base.__iter__(value)], *mark]


def encode_twin(peer: Peer, value: Any, message: Message) -> Any:
    with torch._C.DisableTorchFunctionSubclass():
        if isinstance(value, np.ndarray):
            if value.dtype.char not in ARRAY_KINDS or not value.dtype.isnative:
                return peer.encode_object(value, message)
            value = value if type(value) is np.ndarray else value.view(np.ndarray)
        else:
            if value.is_conj() or value.is_neg():
                value = value.resolve_conj().resolve_neg()
            value = value if type(value) in (torch.Tensor, torch.nn.Parameter) else value.as_subclass(torch.Tensor)
        message.held.append(value)
        return ["twin", peer.mirror.number(value, message)]


def encode_simple(peer: Peer, value: Any, kind: type, message: Message, inner: Callable[[Any], Any]) -> Any:
    """What is neither a container nor an object; None if it is one of these."""
    if is_named(kind):
        return ["named", kind.__name__[:100], fields_of(kind), [inner(each) for each in tuple.__iter__(value)]]
    match value:
        case torch.Size():
            return ["size", list(tuple.__iter__(value))]
        case torch.dtype():
            return ["dtype", str(value).removeprefix("torch.")]
        case torch.device():
            return ["device", str(value)]
        case np.generic() if value.dtype.char in ARRAY_KINDS:
            return ["scalar", value.dtype.str, message.blobs.add(value.tobytes())]
        case bytes() | bytearray():
            return ["bytes", message.blobs.add(bytes(value))]
        case slice():
            return ["slice", inner(value.start), inner(value.stop), inner(value.step)]
        case range():
            return ["range", value.start, value.stop, value.step]
        case type() if known_by(name_of(value), plain=peer.trusting) is value:
            return ["type", *name_of(value)]
    if kind is complex:
        return ["complex", value.real, value.imag]
    return ["ellipsis"] if value is ... else None


def decode(peer: Peer, data: Any, blobs: list[memoryview], handed: Handed, depth: int = 0) -> Any:
    """The value that `data` stands for.

    Raises:
        Violation: it stands for none.
    """
    if data is None or type(data) in (bool, int, float, str):
        return data
    kind, *facts = listed(data, 8, 1)
    if type(kind) is not str or depth > DEEPEST + 2:
        raise Violation("a value of no kind")
    inner = functools.partial(decode, peer, blobs=blobs, handed=handed, depth=depth + 1)
    try:
        if kind in KINDS:
            return decode_container(kind, facts, inner, handed)
        return decode_simple(peer, kind, facts, blobs, inner, handed)
    except (ValueError, TypeError, IndexError, KeyError, OverflowError, SyntaxError) as error:
        raise Violation(f"{kind[:20]}: {type(error).__name__}") from None


def decode_container(kind: str, facts: list[Any], inner: Callable[[Any], Any], handed: Handed) -> Any:
    items, *number = facts
    if issubclass(KINDS[kind], dict):
        entries = [(inner(key), inner(each)) for key, each in listed(items)]
        hold_apart([key for key, _ in entries])
        made = KINDS[kind](entries)
    else:
        entries = [inner(each) for each in listed(items)]
        if KINDS[kind] in (set, frozenset):
            hold_apart(entries)
        made = KINDS[kind](entries)
    if number:
        handed.add(made, whole(number[0], 100_000))
    return made


def hold_apart(keys: list[Any]) -> None:
    """Refuse keys that were chosen to have one hash: a table would compare each of them with all the others."""
    if len(keys) > MOST_ALIKE:
        _, counts = np.unique(np.fromiter(map(hash, keys), np.int64, len(keys)), return_counts=True)
        if counts.max() > MOST_ALIKE:
            raise Violation("keys that are made to be slow")


def decode_simple(
    peer: Peer, kind: str, facts: list[Any], blobs: list[memoryview], inner: Callable[[Any], Any], handed: Handed
) -> Any:
    match kind, facts:
        case "twin", [number]:
            return peer.mirror.value(number)
        case "again", [number]:
            return handed.objects[whole(number, 100_000)]
        case "size", [sizes]:
            return torch.Size([whole(each, 2**53) for each in listed(sizes, 64)])
        case "named", [name, fields, items]:
            handed.count()
            return named(text(name, 100), listed(fields, 100), [inner(each) for each in listed(items, 100)])
        case "dtype", [name]:
            return DTYPES[text(name)]
        case "device", [name]:
            return device_of(name)
        case "scalar", [dtype, blob]:
            return np.frombuffer(blob_of(blobs, blob), number_type(dtype), 1)[0]
        case "complex", [real, imaginary]:
            return complex(float(real), float(imaginary))
        case "bytes", [blob]:
            return take_blob(blobs, blob)
        case "slice", [start, stop, step]:
            return slice(inner(start), inner(stop), inner(step))
        case "range", [int() as start, int() as stop, int() as step]:
            return range(start, stop, step)
        case "ellipsis", []:
            return ...
        case "type", [module, name]:
            found = known_by((text(module), text(name)), plain=not peer.trusting)
            if found is None:
                raise Violation("a class that is not known here")
            return found
    handed.count()
    return peer.decode_object(kind, facts, blobs)


def known_by(name: tuple[str, str], *, plain: bool) -> type | None:
    """The class of that name, if it crosses as itself; `plain` on its way to the judge.

    A test may call what an answer gives it. Were it one of the libraries' classes itself, that call would run here, out
    of the sandbox, and some of them open files or evaluate texts. So it is a handle there, and the call runs where the
    answer is; only of plain classes can nothing come but a value.
    """
    found = class_of(name, NAMED)
    return found if not plain or found in PLAIN else None


# --- named tuples -----------------------------------------------------------------------------------------------------


def is_named(kind: type) -> bool:
    """Whether it is a named tuple's class, or one of torch's own kind."""
    return issubclass(kind, tuple) and (hasattr(kind, "_fields") or kind.__module__ == "torch.return_types")


def fields_of(kind: type) -> list[str]:
    fields: Any = getattr(kind, "_fields", None) or getattr(kind, "__match_args__", ())
    return [str(each)[:100] for each in fields]


def named(name: str, fields: list[Any], items: list[Any]) -> Any:
    """A named tuple, or torch's own kind of it."""
    known = getattr(torch.return_types, name, None) if name.isidentifier() else None
    if isinstance(known, type) and len(items) == getattr(known, "n_fields", -1):
        return known(items)
    if not name.isidentifier() or len(fields) != len(items):
        raise Violation("not a named tuple")
    return collections.namedtuple(name, [text(each, 100) for each in fields])(*items)


NUMBER_TYPES = {name: np.dtype(name) for name in {np.dtype(kind).str for kind in ARRAY_KINDS}}
