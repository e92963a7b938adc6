"""A library's objects on their way from a test to an answer: pickled in the judge, unpickled in the worker.

They go this way only. What a worker sends is never unpickled.
"""

from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING, Any

import torch

from autograder.judge.changes import Message
from autograder.judge.copies import KEPT
from autograder.judge.proxies import Handle, number_of

if TYPE_CHECKING:
    from autograder.judge.peer import Peer

PICKLED = ("torch", "numpy", "sklearn", "collections", "functools", "math", "operator", "itertools", "builtins")
"""Whose objects a worker gets a copy of."""


class Pickler(pickle.Pickler):
    """Writes a library's object for the worker; tensors in it are those that both ends have, and so are models."""

    def __init__(self, peer: Peer, root: Any, message: Message, file: io.BytesIO) -> None:
        super().__init__(file)
        self.peer, self.root, self.message = peer, root, message

    def persistent_id(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor) and type(value) in (torch.Tensor, torch.nn.Parameter):
            return "twin", self.peer.mirror.number(value, self.message)
        if issubclass(type(value), Handle):
            return "yours", number_of(value)
        if isinstance(value, torch.Generator):
            return tuple(self.peer.state.encode_generator(value, self.message.blobs))
        if isinstance(value, KEPT) and value is not self.root:
            form = self.peer.encode_object(value, self.message)
            if form[0] == "handle":
                raise pickle.PicklingError("something in it stays here")
            return tuple(form)
        return None


def pickled(peer: Peer, value: Any, message: Message) -> bytes | None:
    """A library's object as bytes; None if it is no library's, or something in it is the test's own."""
    if type(value).__module__.split(".")[0] not in PICKLED:
        return None
    file, before = io.BytesIO(), peer.copies.next
    try:
        Pickler(peer, value, message, file).dump(value)
    except (pickle.PicklingError, AttributeError, TypeError):
        peer.copies.drop_after(before)
        return None
    return file.getvalue()


class Unpickler(pickle.Unpickler):
    """Reads a library's object from the judge, with the tensors in it those that both ends have."""

    def __init__(self, peer: Peer, blobs: list[memoryview], blob: int) -> None:
        super().__init__(io.BytesIO(blobs[blob]))
        self.peer, self.blobs = peer, blobs

    def persistent_load(self, facts: Any) -> Any:
        kind, *numbers = facts
        if kind == "twin":
            return self.peer.mirror.value(numbers[0])
        return self.peer.decode_object(kind, numbers, self.blobs)
