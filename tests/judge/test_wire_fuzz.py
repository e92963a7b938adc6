"""The wire under bytes that nobody honest would send: each gives a value, an exception of the answer's, or an end.

Messages of real conversations are recorded, changed, and said again to a new judge's end that asks the same questions.
"""

from __future__ import annotations

import collections
import copy
import json
import math
import random
import resource
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, process_time
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pair import Answers, TestLink, connected

from autograder.judge.failures import Foreign
from autograder.judge.known import ARRAY_KINDS, DTYPES
from autograder.judge.link import Lost
from autograder.judge.memories import Uncrossable
from autograder.judge.state import READ, fixed
from autograder.judge.wire import (
    FRAME,
    MAX_BODY,
    MAX_HEAD,
    VERSION,
    Blobs,
    Channel,
    Closed,
    Late,
    Violation,
    parse,
)

Asks = Callable[[str], Any]
Frame = tuple[Any, list[bytes]]
"""A message, and its blobs."""

SECONDS = 5
"""Longer than any message takes; what takes longer counts as a hang."""
ROOM = 3 << 29
"""Bytes that a test may take on top of what there is."""


def fuzz(examples: int) -> Any:
    """The same examples on every run."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(max_examples=examples, derandomize=True, deadline=None, database=None, suppress_health_check=checks)


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """Little memory, no warnings of what strange values do later, and the process's state as it was."""
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size + ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
        fixed(0)


# --- a judge's end that hears what it is told to hear -----------------------------------------------------------------


class Watched(TestLink):
    """A judge's end that keeps what came out of it and may not."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self.until = monotonic() + SECONDS
        self.faults: list[BaseException] = []
        self.ended = False

    def ask(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().ask(operation, *args, **kwargs)
        except Lost:
            self.ended = True
            raise
        except (Foreign, Uncrossable):
            raise
        except RecursionError as error:  # the test's own: it went on calling
            if "call each other too deep" not in str(error):
                self.faults.append(error)
            raise
        except BaseException as error:
            self.faults.append(error)
            raise


def packed(message: Any, blobs: list[bytes]) -> bytes:
    """A frame of that content, right or wrong."""
    head = json.dumps([message, list(map(len, blobs))]).encode()
    return FRAME.pack(VERSION, len(head), sum(map(len, blobs))) + head + b"".join(blobs)


@contextmanager
def hearing(data: bytes) -> Iterator[Watched]:
    """A judge's end at whose other end these bytes are said, and then nothing."""
    ours, theirs = socket.socketpair()

    def say() -> None:
        with suppress(OSError):
            theirs.sendall(data)
            theirs.shutdown(socket.SHUT_WR)
            while theirs.recv(1 << 16):
                pass

    thread = threading.Thread(target=say, daemon=True)
    thread.start()
    try:
        yield Watched(Channel(ours))
    finally:
        ours.close()
        thread.join(5)
        theirs.close()


def end_of(data: bytes, action: Callable[[Asks], Any] = lambda ask: [ask("x") for _ in range(4)]) -> Watched:
    """What a test that does `action` meets in these bytes."""
    with hearing(data) as link:
        try:
            use(action(lambda name: link.ask("name", name)))
        except (Exception, Lost, Foreign) as error:
            if type(error) is MemoryError:
                link.faults.append(error)
    fixed(0)
    return link


def use(value: Any, depth: int = 0) -> None:
    """Look at all of a value, as a test would; memory that is not its own would be read here."""
    if isinstance(value, torch.Tensor) and value.numel() < 1 << 20:
        value.detach().clone().sum()
    elif isinstance(value, np.ndarray) and value.size < 1 << 20:
        value.copy()
    elif type(value) in (list, tuple, set, frozenset, dict) and depth < 60:
        for each in list(value):
            use(each, depth + 1)


def assert_no_fault(link: Watched, said: object = None) -> None:
    assert link.faults == [], f"{type(link.faults[0]).__mro__} came out of it: {link.faults[0]!r}; said: {said!r:.2000}"


# --- conversations ----------------------------------------------------------------------------------------------------


def failing(x: Any) -> Any:
    raise ValueError("no", x)


def filling(things: list[Any]) -> None:
    things.append({"a": (1, 2.5)})


def writing(x: torch.Tensor) -> torch.Tensor:
    x[0] = 7
    return x[:1]


def worker_names() -> dict[str, Any]:
    """What the honest worker has."""
    layer = torch.nn.Linear(2, 1)
    return {
        "x": torch.arange(6.0).reshape(2, 3),
        "turned": torch.arange(6).reshape(2, 3).t(),
        "array": np.arange(6, dtype=np.int16)[::-2],
        "both": (lambda a: [a, a[1:], torch.from_numpy(a)])(np.ones(3, np.float32)),
        "things": [None, True, 2**70, 1.5, math.nan, "é\ud800", b"ab", (1, [2]), {3}, {"k": {4: 5}}, frozenset({6})],
        "others": [1j, slice(1, None, 2), range(3), ..., torch.Size([2]), torch.float16, torch.device("cpu"), int],
        "numbers": [np.float32(1.5), np.bool_(True), np.int64(3)],
        "named": [collections.namedtuple("Point", "x y")(1, 2), torch.ones(2, 2).max(0)],
        "square": lambda x: (x**2).sum(),
        "layer": layer,
        "optimiser": torch.optim.SGD(layer.parameters(), lr=0.1),
        "steps": lambda: (n for n in range(3)),
        "failing": failing,
        "filling": filling,
        "writing": writing,
        "twice": lambda f, x: f(f(x)),
        "drawing": lambda: [torch.rand(1), np.random.rand(), random.random()],
        "source": torch.Generator().manual_seed(3),
    }


def gradient(ask: Asks) -> Any:
    x = torch.ones(3, requires_grad=True)
    ask("square")(x).backward()
    return x.grad


def second_gradient(ask: Asks) -> Any:
    x = torch.ones(2, requires_grad=True)
    (first,) = torch.autograd.grad(ask("square")(x), x, create_graph=True)
    first.sum().backward()
    return [first, x.grad]


def changed(ask: Asks) -> Any:
    things: list[Any] = [1]
    ask("filling")(things)
    return things


def written(ask: Asks) -> Any:
    x = torch.zeros(3)
    return [ask("writing")(x), x]


def trained(ask: Asks) -> Any:
    layer, optimiser = ask("layer"), ask("optimiser")
    optimiser.zero_grad()
    layer(torch.ones(1, 2)).sum().backward()
    optimiser.step()
    return [each.grad for each in layer.parameters()]


ACTIONS: dict[str, Callable[[Asks], Any]] = {
    "looked up": lambda ask: [ask(name) for name in ("x", "turned", "array", "both", "numbers", "named", "x")],
    "plain": lambda ask: [ask("things"), ask("others")],
    "gradient": gradient,
    "second gradient": second_gradient,
    "trained": trained,
    "changed": changed,
    "written": written,
    "iterated": lambda ask: list(ask("steps")()),
    "failed": lambda ask: ask("failing")(torch.ones(2)),
    "called back": lambda ask: ask("twice")(lambda x: x + 1, torch.ones(2)),
    "random": lambda ask: [ask("drawing")(), ask("source"), ask("drawing")()],
    "described": lambda ask: [dir(ask("layer")), str(ask("layer")), len(ask("things")), ask("layer").state_dict()],
}


class Recording(Channel):
    """Keeps what is sent."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self.sent: list[Frame] = []

    def send(self, message: Any, blobs: Blobs, deadline: float | None = None) -> None:
        self.sent.append((json.loads(json.dumps(message)), [bytes(each) for each in blobs.parts]))
        super().send(message, blobs, deadline)


def recorded(action: Callable[[Asks], Any]) -> list[Frame]:
    """What an honest worker says in that conversation."""
    fixed(0)
    ours, theirs = socket.socketpair()
    channel = Recording(theirs)
    answers, link = Answers(channel, worker_names()), TestLink(Channel(ours))

    def serve() -> None:
        with suppress(Closed):
            while True:
                answers.serve()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with suppress(Foreign):
        action(lambda name: link.ask("name", name))
    ours.close()
    thread.join(5)
    theirs.close()
    for message, _ in channel.sent:  # what is shown on the way is part of an honest message too
        message[4] = [["stdout", "a"], ["data", {"text/plain": "b"}], ["error", "E", "c", ["d"]]]
    return channel.sent


RECORDED = {name: recorded(action) for name, action in ACTIONS.items()}


@pytest.mark.parametrize("name", ACTIONS)
def test_what_was_recorded_is_taken_for_the_honest_talk_that_it_is(name: str) -> None:
    fixed(0)
    link = end_of(b"".join(packed(*frame) for frame in RECORDED[name]), ACTIONS[name])
    assert_no_fault(link)
    assert not link.ended, "a replay must not be refused, or nothing below is tested"


# --- random bytes -----------------------------------------------------------------------------------------------------

KINDS = [
    *("list", "tuple", "set", "frozenset", "dict", "OrderedDict", "named", "slice", "range", "ellipsis", "complex"),
    *("bytes", "size", "scalar", "dtype", "device", "type", "twin", "again", "handle", "yours", "generator", "pickled"),
]
WORDS = [
    *KINDS,
    *("ask", "give", "fail", "call", "getattr", "name", "products", "memory", "tensor", "array", "node", "grad"),
    *("drop", "leaf", "float32", "bool", "int64", "bfloat16", "complex64", "<f4", "<i8", ">f8", "|O", "|V8", "(1,f8"),
    *("M8[s]", "cpu", "cuda", "cuda:9", "meta", "xla", "torch", "numpy", "builtins", "Tensor", "object", "max", "Enum"),
    *("matplotlib.backends.registry", "mro", "text", "bare", "args", "frames", "number", "yours", "ExceptionGroup"),
    *("", "\0", "\ud800", "é", "x" * 2000, "__class__", "stdout", "data", "result", "error", "gradients", "python"),
]
INTEGERS = [0, 1, 2, 3, 4, 5, -1, 7, 64, 100, 2**15, 2**31 - 1, 2**31, 2**32, 2**53, 2**63 - 1, 2**63, -(2**63), 10**30]
ATOMS = [None, True, False, *INTEGERS, 0.0, 1.5, -0.0, math.nan, math.inf, -math.inf, 1e308, 5e-324, *WORDS, [], {}]
atoms = st.sampled_from(ATOMS)
trees = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3)
        | st.tuples(st.sampled_from(KINDS), inner, inner).map(list)
    ),
    max_leaves=12,
)
changes = st.lists(
    st.tuples(st.sampled_from(["memory", "bytes", "tensor", "array", "node", "grad", "drop"]), st.lists(trees)).map(
        lambda each: [each[0], *each[1]]
    )
    | trees,
    max_size=4,
)


@given(st.binary(max_size=300))
@fuzz(300)
def test_random_bytes_end_the_conversation(data: bytes) -> None:
    link = end_of(data)
    assert_no_fault(link, data)
    assert link.ended


@given(st.binary(max_size=100), st.integers(0, 120), st.integers(0, 50), st.integers(0, 3))
@fuzz(300)
def test_random_bytes_in_a_right_frame_end_the_conversation(data: bytes, head: int, body: int, version: int) -> None:
    link = end_of(FRAME.pack(version, head, body) + data)
    assert_no_fault(link, data)
    assert link.ended


@given(trees, st.lists(st.binary(max_size=64), max_size=3))
@fuzz(300)
def test_any_json_ends_the_conversation(message: Any, blobs: list[bytes]) -> None:
    assert_no_fault(end_of(packed(message, blobs)), message)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["give", "ask", "fail"]),
            trees,
            changes,
            st.just([]) | st.lists(trees, max_size=2),
            st.just([]) | trees,
            st.lists(st.binary(max_size=64) | st.just(bytes(5056)), max_size=3),
        ),
        min_size=1,
        max_size=4,
    )
)
@fuzz(300)
def test_any_content_of_a_message_gives_a_value_or_an_end(messages: list[Any]) -> None:
    said = [packed(list(facts), blobs) for *facts, blobs in messages]
    assert_no_fault(end_of(b"".join(said)), messages)


@given(st.lists(trees, max_size=3), st.lists(st.binary(max_size=16), max_size=2))
@fuzz(300)
def test_any_value_is_one_or_is_refused(values: list[Any], blobs: list[bytes]) -> None:
    message = ["give", [["list", values], []], [], [], []]
    assert_no_fault(end_of(packed(message, blobs)), message)


# --- honest messages, changed -----------------------------------------------------------------------------------------


def places(value: Any) -> list[tuple[Any, Any]]:
    """All entries of a tree, each as what holds it and its key there."""
    found, waiting = [], [value]
    while waiting:
        each = waiting.pop()
        entries = each.items() if isinstance(each, dict) else enumerate(each) if isinstance(each, list) else ()
        for key, inner in list(entries):
            found.append((each, key))
            waiting.append(inner)
    return found


def change(chance: random.Random, frames: list[Frame]) -> None:
    """Do one thing to one of the messages."""
    message, blobs = chance.choice(frames)
    holder, key = chance.choice(places(message))
    old = holder[key]
    match chance.randrange(8):
        case 0:
            holder[key] = copy.deepcopy(chance.choice(ATOMS))
        case 1:
            other, at = chance.choice(places(chance.choice(frames)[0]))
            holder[key] = copy.deepcopy(other[at])
        case 2:
            del holder[key]
        case 3 if isinstance(holder, list):
            holder.insert(chance.randrange(len(holder) + 1), copy.deepcopy(old))
        case 4 if isinstance(holder, list):
            chance.shuffle(holder)
        case 5 if isinstance(old, int):
            holder[key] = old + chance.choice([-2, -1, 1, 2, 4, 8, 2**31, -(2**31), 2**62])
        case 6 if blobs:
            at = chance.randrange(len(blobs))
            blobs[at] = chance.choice([b"", blobs[at][:-1], blobs[at] * 2, bytes(len(blobs[at])), b"\xff" * 80])
        case 7:
            holder[key] = ["list", [old, copy.deepcopy(old)]]
        case _:
            holder[key] = str(old)[:100] if not isinstance(old, str) else chance.choice(INTEGERS)


@pytest.mark.parametrize("name", ACTIONS)
def test_a_changed_message_gives_a_value_or_an_end(name: str) -> None:
    @given(st.randoms(use_true_random=False), st.integers(1, 4))
    @fuzz(150)
    def said_again(chance: random.Random, times: int) -> None:
        frames = copy.deepcopy(RECORDED[name])
        for _ in range(times):
            with suppress(IndexError):  # nothing is left of that message
                change(chance, frames)
        assert_no_fault(end_of(b"".join(packed(*frame) for frame in frames), ACTIONS[name]), frames)

    said_again()


@given(st.sampled_from(sorted(ACTIONS)), st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), max_size=4))
@fuzz(300)
def test_flipped_bits_give_a_value_or_an_end(name: str, flips: list[tuple[int, int]]) -> None:
    data = bytearray(b"".join(packed(*frame) for frame in RECORDED[name]))
    for at, bits in flips:
        data[at % len(data)] ^= bits
    assert_no_fault(end_of(bytes(data), ACTIONS[name]), flips)


@given(st.sampled_from(sorted(ACTIONS)), st.randoms(use_true_random=False))
@fuzz(200)
def test_messages_left_out_twice_or_in_another_order_give_a_value_or_an_end(name: str, chance: random.Random) -> None:
    frames = [chance.choice(RECORDED[name]) for _ in RECORDED[name]]
    assert_no_fault(end_of(b"".join(packed(*frame) for frame in frames), ACTIONS[name]), frames)


# --- one by one: what random changes find too seldom ------------------------------------------------------------------

MEMORY = ["memory", 3, "cpu", 0]
HERE = [MEMORY, ["tensor", 5, 3, "float32", [2], [1], 0, False, False]]


def giving(value: Any = None, changes: Any = (), state: Any = (), blobs: tuple[bytes, ...] = (bytes(8),)) -> bytes:
    """A right answer, but for what it holds."""
    return packed(["give", [value, []], list(changes), list(state), []], list(blobs))


def tensor(size: Any, strides: Any, offset: Any = 0, dtype: str = "float32") -> bytes:
    return giving(["twin", 5], [MEMORY, ["tensor", 5, 3, dtype, size, strides, offset, False, False]])


def array(size: Any, strides: Any, offset: Any = 0, dtype: str = "<f4") -> bytes:
    return giving(["twin", 5], [MEMORY, ["array", 5, 3, dtype, size, strides, offset, True]])


def failure(**facts: Any) -> bytes:
    told = {"mro": [["builtins", "ValueError"]], "args": [], "bare": True, "text": "", "frames": []}
    return packed(["fail", told | facts, [], [], []], [])


def rng(name: str, at: int, change: bytes) -> bytes:
    """A generator's state in which some bytes are others."""
    data = bytearray(READ[name]())
    data[at : at + len(change)] = change
    return giving(state=[[name, 0]], blobs=(bytes(data),))


COLLIDING = [each * (2**61 - 1) for each in range(1, 5000)]
"""Numbers that Python gives one hash."""

REFUSED: list[tuple[str, Callable[[], bytes]]] = [
    ("an offset beyond the memory", lambda: tensor([2], [1], 1)),
    ("a negative offset", lambda: tensor([1], [1], -1)),
    ("a stride beyond the memory", lambda: tensor([2], [2])),
    ("a negative stride", lambda: tensor([2], [-1], 1)),
    ("a size beyond the memory", lambda: tensor([3], [1])),
    ("a size that overflows", lambda: tensor([2**31, 2**31, 2**31], [0, 0, 0])),
    ("a stride that overflows", lambda: tensor([2, 2], [2**63, 1])),
    ("more sizes than strides", lambda: tensor([2, 1], [1])),
    ("65 dimensions", lambda: tensor([1] * 65, [1] * 65)),
    ("a size that is a truth", lambda: tensor([True], [1])),
    ("a size that is no whole number", lambda: tensor([1.0], [1])),
    ("a dtype that is none", lambda: tensor([1], [1], dtype="float31")),
    ("a quantised dtype", lambda: tensor([1], [1], dtype="qint8")),
    ("a memory that is not there", lambda: giving(["twin", 5], [["tensor", 5, 9, "int8", [1], [1], 0, False, False]])),
    ("an array before its memory", lambda: array([2], [-4], 0)),
    ("an array beyond its memory", lambda: array([3], [4])),
    ("an array that overflows", lambda: array([2], [2**62])),
    ("an array of objects", lambda: array([1], [8], dtype="|O")),
    ("an array of texts", lambda: array([1], [8], dtype="<U2")),
    ("an array of records", lambda: array([1], [8], dtype="|V8")),
    ("an array of dates", lambda: array([1], [8], dtype="<M8[s]")),
    ("an array of a dtype that does not end", lambda: array([1], [8], dtype="(1,f4")),
    ("a number of objects", lambda: giving(["scalar", "|O", 0])),
    ("a number of a dtype that does not end", lambda: giving(["scalar", "(1,f4", 0])),
    ("a number of too few bytes", lambda: giving(["scalar", "<f8", 0], blobs=(b"abc",))),
    ("a memory of the judge's numbers", lambda: giving(changes=[["memory", 4, "cpu", 0]])),
    ("a memory given out twice", lambda: giving(changes=[MEMORY, MEMORY])),
    ("a blob that is not there", lambda: giving(["bytes", 1])),
    ("a blob of a negative number", lambda: giving(["bytes", -1])),
    ("bytes of another length", lambda: giving(changes=[MEMORY, ["bytes", 3, 1]], blobs=(bytes(8), bytes(9)))),
    ("a tensor that is not there", lambda: giving(["twin", 5])),
    ("a tensor of the judge's", lambda: giving(["twin", 4])),
    ("a handle that is not there", lambda: giving(["handle", 7, None])),
    ("an object of ours that is not there", lambda: giving(["yours", 0])),
    ("a pickled object that is not there", lambda: giving(["pickled", 0])),
    ("a pickle", lambda: giving(["pickle", 0, 0], blobs=(b"\x80\x04N.",))),
    ("a generator on a device that is not here", lambda: giving(["generator", 1, "cuda", 0])),
    ("a generator's state of another length", lambda: giving(["generator", 1, "cpu", 0])),
    ("a memory on a device that is not here", lambda: giving(changes=[["memory", 3, "cuda", 0]])),
    (
        "a node on a device that is not here",
        lambda: giving(changes=[["node", 7, "A", False, [], [[[1], "int8", "cuda"]]]]),
    ),
    ("a node behind a node that is not there", lambda: giving(changes=[*HERE, ["node", 7, "A", False, [[9, 0]], [5]]])),
    ("a node behind no leaf", lambda: giving(changes=[*HERE, ["node", 7, "A", False, [["leaf", 5]], [5]]])),
    ("a node of no name", lambda: giving(changes=[*HERE, ["node", 7, "a b", False, [], [5]]])),
    ("a node of endless size", lambda: giving(changes=[["node", 7, "A", False, [], [[[2**31] * 9, "int8", "cpu"]]]])),
    (
        "a tensor where an array was",
        lambda: giving(changes=[MEMORY, ["array", 5, 3, "<f4", [2], [4], 0, True], HERE[1]]),
    ),
    (
        "a gradient of an array",
        lambda: giving(changes=[MEMORY, ["array", 5, 3, "<f4", [2], [4], 0, True], ["grad", 5, 5]]),
    ),
    (
        "a gradient that is an array",
        lambda: giving(changes=[*HERE, ["array", 7, 3, "<f4", [2], [4], 0, True], ["grad", 5, 7]]),
    ),
    ("a container that was not handed over", lambda: packed(["give", [None, [[9, ["list", []]]]], [], [], []], [])),
    ("a container of an unknown kind", lambda: giving(["bag", []])),
    ("a list as a key", lambda: giving(["dict", [[["list", []], 1]]])),
    ("a named tuple with code for a name", lambda: giving(["named", "a(b)", [], []])),
    ("a named tuple with code for a field", lambda: giving(["named", "a", ["x=print(1)"], [1]])),
    ("a class that is not known by name", lambda: giving(["type", "os", "system"])),
    ("a range of no step", lambda: giving(["range", 0, 1, 0])),
    (
        "questions inside questions",
        lambda: packed(["ask", ["call", [["yours", 0]], []], [], [], []], []) * 30,
    ),
    ("a question without arguments", lambda: packed(["ask", ["len", None, []], [], [], []], [])),
    ("keyword arguments in a dict", lambda: packed(["ask", ["len", [], {"a": 1}], [], [], []], [])),
    ("a keyword argument without a name", lambda: packed(["ask", ["len", [], [[["list", []], 1]]], [], [], []], [])),
    ("a keyword argument without a value", lambda: packed(["ask", ["len", [], [["a"]]], [], [], []], [])),
    ("keyword arguments without end", lambda: packed(["ask", ["len", [], [["a", 1]] * 1001], [], [], []], [])),
    ("an exception of no class", lambda: failure(mro=[])),
    ("an unknown state", lambda: giving(state=[["path", 0]])),
    ("NumPy's generator beyond its end", lambda: rng("numpy", 624 * 4, np.float64(5000).tobytes())),
    ("NumPy's generator before its start", lambda: rng("numpy", 624 * 4, np.float64(-5).tobytes())),
    ("NumPy's generator nowhere", lambda: rng("numpy", 624 * 4, np.float64("nan").tobytes())),
    ("Python's generator beyond its end", lambda: rng("python", 624 * 4, np.uint32(5000).tobytes())),
    ("torch's generator beyond its end", lambda: rng("torch", 8, np.array([624, 1, 624, 0], np.int32).tobytes())),
    ("events that are none", lambda: packed(["give", [None, []], [], [], [["stdout", 1]]], [])),
    ("two answers for one", lambda: packed(["give", [None]], []) * 2),
    ("a text that is not UTF-8", lambda: FRAME.pack(VERSION, 4, 0) + b'["\xff"'),
    ("a text in UTF-16", lambda: FRAME.pack(VERSION, 22, 0) + '["give",[]]'.encode("utf-16-le")),
    ("values inside values", lambda: giving(json.loads('["list",[' * 60 + "1" + "]]" * 60))),
    ("brackets without end", lambda: FRAME.pack(VERSION, 1 << 20, 0) + b"[" * (1 << 20)),
    ("a number of a million digits", lambda: FRAME.pack(VERSION, 1 << 20, 0) + b"1" * (1 << 20)),
    ("keys that have one hash", lambda: giving(["set", COLLIDING])),
    ("keys of a dict that have one hash", lambda: giving(["dict", [[each, 1] for each in COLLIDING]])),
    ("a blob a thousand times", lambda: giving(["list", [["bytes", 0]] * 1000], blobs=(bytes(1 << 24),))),
    ("many named tuples", lambda: giving(["list", [["named", f"a{n}", [], []] for n in range(50_000)]])),
    (
        "more memory than there may be",
        lambda: giving(changes=[["memory", 2 * n + 3, "cpu", 0] for n in range(40)], blobs=(bytes(1 << 24),)),
    ),
]


@pytest.mark.parametrize(
    ("name", "data"),
    [pytest.param(name, data, id=name.replace(" ", "-")) for name, data in REFUSED],
)
def test_it_is_refused(name: str, data: Callable[[], bytes]) -> None:
    said = data()
    start = process_time()
    with hearing(said) as link:
        with pytest.raises(Lost, match="no answer") as lost:
            for _ in range(30):
                link.ask("name", "x")
        assert lost.value.forbidden
    assert_no_fault(link, name)
    assert process_time() - start < SECONDS


@pytest.mark.parametrize("kind", [MemoryError, ExceptionGroup])
def test_an_exception_with_a_constructor_of_its_own_arrives(kind: type[BaseException]) -> None:
    mro = [["builtins", each.__name__] for each in kind.__mro__]
    with hearing(failure(mro=mro, text="several")) as link:
        with pytest.raises(Foreign, match="several") as caught:
            link.ask("name", "x")
        assert type(caught.value).__name__ == kind.__name__


def test_a_handle_may_claim_any_class_of_a_library() -> None:
    about = {
        "mro": [["__main__", "Mine"], ["matplotlib.backends.registry", "Enum"]],
        "callable": False,
        "iterator": False,
    }
    with hearing(giving(["handle", 1, about])) as link:
        assert type(link.ask("name", "x")).__name__ == "Mine"


def test_lengths_of_gigabytes_take_no_room_before_there_is_something() -> None:
    tracemalloc.start()
    try:
        for head, body in [(MAX_HEAD, MAX_BODY), (MAX_HEAD, 0), (2, MAX_BODY), (2**32 - 1, 2**64 - 1)]:
            link = end_of(FRAME.pack(VERSION, head, body) + b"[]")
            assert_no_fault(link)
            assert link.ended
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_a_worker_that_never_stops_asking_is_late_all_the_same() -> None:
    """It leaves no moment in which nothing is there to be read."""
    ours, theirs = socket.socketpair()
    stop = threading.Event()
    question = packed(["ask", ["len", [[]], []], [], [], []], [])

    def babble() -> None:
        with suppress(OSError):
            while not stop.is_set():
                theirs.sendall(question)

    thread = threading.Thread(target=babble, daemon=True)
    thread.start()
    channel, start = Channel(ours), monotonic()
    try:
        with pytest.raises(Late):
            while monotonic() < start + SECONDS:
                channel.receive(start + 0.2)
    finally:
        stop.set()
        ours.close()
        thread.join(5)
        theirs.close()


def test_a_name_twice_in_an_object_is_one_name() -> None:
    assert parse(b'[{"a":1,"a":2},[]]', memoryview(b"")) == ({"a": 2}, [])


def test_what_is_not_a_number_in_json_is_a_float() -> None:
    message, _ = parse(b"[[NaN,Infinity,-Infinity,1e999],[]]", memoryview(b""))
    assert math.isnan(message[0]) and message[1:] == [math.inf, -math.inf, math.inf]


@pytest.mark.parametrize("lengths", [[5], [-1], [True], [1.0], ["1"], [None], [2**70], [[]], [1, 1, 1, 1]])
def test_lengths_that_are_not_those_of_the_blobs_are_refused(lengths: list[Any]) -> None:
    with pytest.raises(Violation):
        parse(json.dumps([None, lengths]).encode(), memoryview(b"abc"))


# --- what is right arrives as it is -----------------------------------------------------------------------------------

shapes = st.lists(st.integers(0, 3), max_size=4)


@st.composite
def tensors(draw: st.DrawFn) -> torch.Tensor:
    """Any dtype, shape, strides and offset; overlapping, turned, expanded, empty, of no dimension."""
    dtype = DTYPES[draw(st.sampled_from(sorted(DTYPES)))]
    size, gap = draw(shapes), draw(st.integers(1, 2))
    strides = [draw(st.sampled_from([0, 1, 2, 3, 6])) for _ in size]
    reach = sum((each - 1) * step for each, step in zip(size, strides, strict=True) if each) + 1
    room = (max(reach, 1) + gap) * dtype.itemsize
    raw = bytearray(draw(st.binary(min_size=room, max_size=room)))
    if dtype is torch.bool:
        raw = bytearray(each & 1 for each in raw)
    return torch.frombuffer(raw, dtype=dtype).as_strided(size, strides, gap - 1)


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray[Any, Any]:
    """Any dtype of numbers, and strides of either sign."""
    dtype = np.dtype(draw(st.sampled_from(ARRAY_KINDS)))
    size = [draw(st.integers(0, 4)) for _ in range(draw(st.integers(0, 3)))]
    room = math.prod(size) * dtype.itemsize
    raw = draw(st.binary(min_size=room, max_size=room))
    if dtype.char == "?":
        raw = bytes(each & 1 for each in raw)
    made = np.frombuffer(bytearray(raw), dtype).reshape(size)
    made = made[(..., *(slice(None, None, draw(st.sampled_from([1, -1, 2, -2]))) for _ in size))]
    return made.T if draw(st.booleans()) else made


texts = st.text(st.characters(), max_size=20)  # halves of surrogate pairs included
plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.sampled_from([10**300, -(10**4000), 2**63, 2**64])
    | st.floats()
    | texts
    | st.binary(max_size=20)
    | st.complex_numbers()
    | st.sampled_from([..., torch.float16, torch.device("cpu"), torch.Size([2, 0]), int, dict, np.float32])
    | st.builds(slice, st.none() | st.integers(), st.none() | st.integers(), st.none() | st.integers())
    | st.builds(range, st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 3))
    | st.sampled_from(
        [np.float32(1.5), np.float64(math.nan), np.bool_(True), np.int8(-3), np.complex64(1j), np.uint64(2**64 - 1)]
    )
)
keys = st.booleans() | st.integers() | texts | st.binary(max_size=5) | st.tuples(st.integers(), texts)
values = st.recursive(
    plain | tensors() | arrays(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
        | st.dictionaries(keys, inner, max_size=3).map(collections.OrderedDict)
        | st.sets(keys, max_size=4)
        | st.frozensets(keys, max_size=4)
        | st.tuples(inner, inner).map(lambda each: Pair(*each))
    ),
    max_leaves=8,
)
Pair = collections.namedtuple("Pair", "left right")


def alike(got: Any, want: Any) -> bool:
    """Whether two values are one to the bit, type, shape, strides and the sign of a zero included."""
    if isinstance(want, torch.Tensor):
        return (
            type(got) is torch.Tensor
            and (got.dtype, got.shape, got.stride()) == (want.dtype, want.shape, want.stride())
            and bits(got) == bits(want)
        )
    if isinstance(want, np.ndarray):
        return (
            type(got) is np.ndarray
            and (got.dtype, got.shape, got.strides) == (want.dtype, want.shape, want.strides)
            and got.tobytes() == want.tobytes()
        )
    if isinstance(want, tuple) and hasattr(want, "_fields"):
        return type(got).__name__ == "Pair" and got._fields == want._fields and alike(tuple(got), tuple(want))
    if type(got) is not type(want):
        return False
    if isinstance(want, (list, tuple)):
        return len(got) == len(want) and all(map(alike, got, want))
    if isinstance(want, dict):
        return list(got) == list(want) and all(map(alike, got.values(), want.values()))
    if isinstance(want, (float, complex, np.generic)):
        return repr(got) == repr(want)
    return bool(got == want)


def bits(value: torch.Tensor) -> bytes:
    flat = value.reshape(-1)
    return bytes(flat.untyped_storage())[flat.storage_offset() * flat.itemsize :][: flat.numel() * flat.itemsize]


def arrived(value: Any) -> Any:
    """What a test gets where an answer has `value`."""
    with connected(x=value) as ask:
        return ask("x")


@given(values)
@fuzz(400)
def test_a_value_arrives_as_it_is(value: Any) -> None:
    assert alike(arrived(value), value)


@given(values)
@fuzz(300)
def test_an_argument_comes_back_as_it_is(value: Any) -> None:
    with connected(same=lambda x: [x]) as ask:
        (got,) = ask("same")(value)
        assert alike(got, value)


@given(tensors() | arrays())
@fuzz(200)
def test_a_tensor_that_comes_back_is_the_one_that_was_handed_over(value: Any) -> None:
    with connected(same=lambda x: {"first": x, "second": [x]}) as ask:
        got = ask("same")(value)
        assert got["first"] is value and got["second"][0] is value


@given(tensors(), st.integers(0, 20))
@fuzz(200)
def test_views_of_one_memory_are_views_of_one_memory_there(value: torch.Tensor, at: int) -> None:
    storage = value.untyped_storage()
    whole = torch.empty(0, dtype=torch.uint8).set_(storage)
    got, view, same = arrived([value, whole, value])
    assert got is same
    assert got.untyped_storage().data_ptr() == view.untyped_storage().data_ptr()
    view[at % len(view)] ^= 1
    whole[at % len(whole)] ^= 1
    assert bits(got) == bits(value), "what is written through one shows in the other"


@given(arrays().filter(lambda each: each.size > 0 and each.dtype.char in "bhilqBfd"))
@fuzz(100)
def test_a_tensor_made_of_an_array_shares_its_memory_there(value: np.ndarray[Any, Any]) -> None:
    straight = value.copy()
    got, made = arrived([straight, torch.from_numpy(straight)])
    made.fill_(1)
    assert (got == 1).all()


@given(st.lists(st.integers(), max_size=5), st.lists(texts, max_size=3))
@fuzz(100)
def test_a_list_that_is_handed_over_twice_is_one_list(numbers: list[int], more: list[str]) -> None:
    def fill(first: list[Any], second: list[Any]) -> bool:
        first.extend(more)
        return first is second

    with connected(fill=fill) as ask:
        handed: list[Any] = list(numbers)
        assert ask("fill")(handed, handed) is True
        assert handed == [*numbers, *more]
