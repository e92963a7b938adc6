"""The wire between the judge and a worker: frames of JSON with blobs behind it, and nothing that runs.

    version   2 bytes     both ends speak the same one, or not at all
    head      4 bytes     length of the JSON text
    body      8 bytes     length of all blobs together
    …                     the JSON: [message, [length of each blob]]
    …                     the blobs

Whatever bytes arrive give a message or a `Violation`: lengths are held to caps before anything is read, JSON knows no
objects, and nothing is unpickled. A message that arrives late is not lost: `receive` goes on where it was.
"""

from __future__ import annotations

import json
import socket
import struct
from time import monotonic
from typing import Any

VERSION = 2
FRAME = struct.Struct("!HIQ")
MAX_HEAD = 8 << 20
MAX_BODY = 256 << 20
CHUNK, LEAST = 1 << 20, 1 << 14
"""Bytes that one system call reads: most messages are shorter than the least, and come in one piece."""


class Violation(Exception):
    """The other end does not keep to the protocol."""


class Closed(Exception):
    """The other end is gone."""


class Late(Exception):
    """The other end has not answered in time; it may still do so."""


to_json = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), check_circular=False).encode
from_json = json.JSONDecoder().decode


class Blobs:
    """The blobs of a message that is being made; `add` gives the number by which the message speaks of one."""

    def __init__(self) -> None:
        self.parts: list[bytes | memoryview] = []

    def add(self, data: bytes | memoryview) -> int:
        self.parts.append(data)
        return len(self.parts) - 1


class Channel:
    """One end of a connected stream socket."""

    def __init__(self, sock: socket.socket, max_body: int = MAX_BODY) -> None:
        self.sock, self.max_body = sock, max_body
        self.buffer = bytearray()

    def send(self, message: Any, blobs: Blobs, deadline: float | None = None) -> None:
        """Send a message.

        Raises:
            Closed: nobody is there. Late: nobody reads. ValueError: it is larger than the other end would take.
        """
        lengths = [memoryview(part).nbytes for part in blobs.parts]
        head = to_json([message, lengths]).encode()
        if len(head) > MAX_HEAD or sum(lengths) > self.max_body:
            raise ValueError(f"too large to hand over: {(len(head) + sum(lengths)) >> 20} MB")
        frame = FRAME.pack(VERSION, len(head), sum(lengths)) + head
        try:
            self.sock.settimeout(remaining(deadline))
            self.sock.sendall(frame if not lengths else b"".join([frame, *blobs.parts]))
        except TimeoutError:
            raise Late from None
        except OSError as error:
            raise Closed(str(error)) from None

    def receive(self, deadline: float | None = None) -> tuple[Any, list[memoryview]]:
        """The next message and its blobs.

        Raises:
            Closed: there is none, and none will come. Late: not before `deadline`. Violation: it is not a message.
        """
        self._fill(FRAME.size, deadline)
        version, head, body = FRAME.unpack_from(self.buffer)
        if version != VERSION:
            raise Violation(f"version {version}, not {VERSION}")
        if head > MAX_HEAD or body > self.max_body:
            raise Violation("a message larger than any may be")
        end = FRAME.size + head + body
        self._fill(end, deadline)
        frame, self.buffer = memoryview(self.buffer)[:end], self.buffer[end:]
        text, rest = bytes(frame[FRAME.size : FRAME.size + head]), frame[FRAME.size + head :]
        return parse(text, rest)

    def send_document(self, facts: Any, deadline: float | None = None) -> None:
        """Send JSON that may be longer than a message's own; for ends that trust each other. See `send`."""
        blobs = Blobs()
        self.send(blobs.add(to_json(facts).encode()), blobs, deadline)

    def receive_document(self, deadline: float | None = None) -> Any:
        """What the other end sends with `send_document`; see `receive`."""
        number, blobs = self.receive(deadline)
        return json.loads(bytes(blob_of(blobs, number)))

    def _fill(self, size: int, deadline: float | None) -> None:
        """Read until `size` bytes are there; what comes after them is kept for the next message."""
        while len(self.buffer) < size:
            if deadline is not None and deadline <= monotonic():
                raise Late  # also where there is always something to read: it may be sent for ever
            try:
                self.sock.settimeout(remaining(deadline))
                data = self.sock.recv(min(CHUNK, max(LEAST, size - len(self.buffer))))
            except TimeoutError:
                raise Late from None
            except OSError as error:
                raise Closed(str(error)) from None
            if not data:
                raise Closed("the other end is closed")
            self.buffer += data


def parse(text: bytes, body: memoryview) -> tuple[Any, list[memoryview]]:
    """A frame's content.

    Raises:
        Violation: it is not JSON, or not of the form [message, lengths].
    """
    try:
        facts = from_json(text.decode())
    except (ValueError, RecursionError) as error:
        raise Violation(f"not JSON: {error}") from None
    if not isinstance(facts, list) or len(facts) != 2 or not isinstance(facts[1], list):
        raise Violation("not [message, lengths]")
    message, lengths = facts
    start, blobs = 0, []
    for length in lengths:
        blobs.append(body[start : start + whole(length, body.nbytes - start)])
        start += length
    if start != body.nbytes:
        raise Violation("bytes that belong to no blob")
    return message, blobs


def remaining(deadline: float | None) -> float | None:
    """Seconds until `deadline`, for a socket: None waits for ever, and 0 would not wait at all."""
    return None if deadline is None else max(0.001, deadline - monotonic())


# --- what a message is held to ----------------------------------------------------------------------------------------


def whole(value: object, most: int, least: int = 0) -> int:
    """`value`, if it is an integer from `least` to `most`."""
    if type(value) is not int or not least <= value <= most:
        raise Violation(f"not a number from {least} to {most}")
    return value


def text(value: object, most: int = 1000) -> str:
    """`value`, if it is a string of at most `most` characters."""
    if type(value) is not str or len(value) > most:
        raise Violation("not a short string")
    return value


def listed(value: object, most: int = 1_000_000, least: int = 0) -> list[Any]:
    """`value`, if it is a list of `least` to `most` entries."""
    if type(value) is not list or not least <= len(value) <= most:
        raise Violation("not a list of that length")
    return value


def blob_of(blobs: list[memoryview], value: object) -> memoryview:
    """The blob of that number."""
    return blobs[whole(value, len(blobs) - 1)]


def take_blob(blobs: list[memoryview], value: object) -> bytes:
    """The bytes of that blob, once: a message that names one a thousand times would take a thousand times its room."""
    blob = blob_of(blobs, value)
    try:
        return bytes(blob)
    except ValueError:
        raise Violation("a blob that was taken before") from None
    finally:
        blob.release()
