"""Frames: whatever bytes arrive give a message or a violation."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest

from autograder.judge.wire import FRAME, MAX_HEAD, VERSION, Blobs, Channel, Closed, Late, Violation, parse


@pytest.fixture
def ends() -> Iterator[tuple[Channel, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours), theirs


def test_a_message_arrives_as_it_was_sent(ends: tuple[Channel, socket.socket]) -> None:
    channel, theirs = ends
    blobs = Blobs()
    assert [blobs.add(b"abc"), blobs.add(b"")] == [0, 1]
    Channel(theirs).send(["say", {"é": [1, 2.5, None]}], blobs)
    message, parts = channel.receive(monotonic() + 5)
    assert message == ["say", {"é": [1, 2.5, None]}]
    assert [bytes(each) for each in parts] == [b"abc", b""]


def test_a_document_may_be_longer_than_a_messages_json(ends: tuple[Channel, socket.socket]) -> None:
    channel, theirs = ends
    document = {"outputs": ["x" * MAX_HEAD, "\0" * 1000]}
    with ThreadPoolExecutor(1) as beside:
        sent = beside.submit(Channel(theirs).send_document, document)
        assert channel.receive_document(monotonic() + 20) == document
        sent.result()


def test_two_messages_that_come_at_once_are_two(ends: tuple[Channel, socket.socket]) -> None:
    channel, theirs = ends
    for message in ("one", "two"):
        Channel(theirs).send(message, Blobs())
    assert [channel.receive(monotonic() + 5)[0] for _ in range(2)] == ["one", "two"]


def test_a_late_message_is_not_lost(ends: tuple[Channel, socket.socket]) -> None:
    channel, theirs = ends
    head = json.dumps([["say"], []]).encode()
    frame = FRAME.pack(VERSION, len(head), 0) + head
    theirs.sendall(frame[:9])
    with pytest.raises(Late):
        channel.receive(monotonic() + 0.05)
    theirs.sendall(frame[9:])
    assert channel.receive(monotonic() + 5) == (["say"], [])


def test_a_closed_end_is_told(ends: tuple[Channel, socket.socket]) -> None:
    channel, theirs = ends
    theirs.close()
    with pytest.raises(Closed):
        channel.receive(monotonic() + 5)


@pytest.mark.parametrize(
    "frame",
    [
        FRAME.pack(VERSION + 1, 2, 0) + b"[]",
        FRAME.pack(VERSION, 2**31, 0),
        FRAME.pack(VERSION, 2, 2**60) + b"[]",
        FRAME.pack(VERSION, 2, 0) + b"[]",
        FRAME.pack(VERSION, 4, 0) + b"{}  ",
        FRAME.pack(VERSION, 9, 0) + b'["a",[5]]',
        FRAME.pack(VERSION, 10, 0) + b'["a",[-1]]',
        FRAME.pack(VERSION, 6, 3) + b'["",1]' + b"abc",
        FRAME.pack(VERSION, 100_000, 0) + b"[" * 100_000,
        FRAME.pack(VERSION, 5000, 0) + b"1" * 5000,
        FRAME.pack(VERSION, 4, 0) + b"\xff\xfe\x00[",
    ],
)
def test_what_is_no_frame_is_a_violation(ends: tuple[Channel, socket.socket], frame: bytes) -> None:
    channel, theirs = ends
    theirs.sendall(frame)
    with pytest.raises(Violation):
        channel.receive(monotonic() + 5)


def test_random_bytes_are_violations_and_nothing_else() -> None:
    chance = random.Random(0)
    for _ in range(3000):
        text = bytes(chance.randrange(256) for _ in range(chance.randrange(40)))
        with pytest.raises(Violation):
            parse(text, memoryview(b""))
