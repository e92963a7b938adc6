"""What a process has once, kept the same on both ends: random generators, the default dtype, whether gradients are on.

A test that seeds, draws or looks at the generator's state then sees what it would see if the answer ran beside it.
The state goes with each message in which it is new. To read NumPy's and Python's in full takes longer than all else
that a message needs, so it is read only where a glance at the memory that holds it shows a change.
"""

from __future__ import annotations

import ctypes
import functools
import random
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.judge.known import DTYPE_NAMES, DTYPES, device_of
from autograder.judge.wire import Blobs, Violation, blob_of, listed, text, whole
from autograder.kit.gpu_memory import simulated, simulation

MOST_GENERATORS = 1000
MOST_CHANGES = 2 * MOST_GENERATORS


class State:
    """The state that both ends agree on; `odd` tells the ends apart, so that no generator's number occurs twice."""

    def __init__(self, *, odd: bool) -> None:
        self.seen: dict[str, Any] = {}
        self.glanced: dict[str, Any] = {}
        self.agree()
        self.generators: dict[int, torch.Generator] = {}
        self.states: dict[int, bytes] = {}
        self.next = int(odd)
        self.told: dict[str, Any] = {}  # globals of this end that the other end has asked for, and what they were
        self.globals: dict[str, Any] = {}
        self.bound: dict[str, Any] = {}  # globals of the other end, as it told them

    def agree(self) -> None:
        """The other end is in the same state as this one."""
        self.seen = {name: None if name in GLANCE else read() for name, read in READ.items()}
        self.glanced = {name: glance() for name, glance in GLANCE.items()}

    def begin(self, seed: int) -> None:
        """A test begins; what it begins with need not be told, for each end knows it from the seed."""
        fixed(seed)
        self.agree()

    def clear(self) -> None:
        """Forget the generators and names that crossed."""
        self.generators, self.states, self.told, self.bound = {}, {}, {}, {}

    def changes(self, blobs: Blobs) -> list[list[Any]]:
        """What changed since the last message."""
        told: list[list[Any]] = []
        for name, read in READ.items():
            if name in GLANCE:
                glance = GLANCE[name]()
                if glance == self.glanced[name]:
                    continue
                self.glanced[name] = glance
            now = read()
            if now != self.seen[name]:
                self.seen[name] = now
                told.append([name, blobs.add(now) if isinstance(now, bytes) else now])
        for number, generator in self.generators.items():
            state = state_of(generator)
            if state != self.states[number]:
                self.states[number] = state
                told.append(["generator", number, blobs.add(state)])
        for name in [name for name, value in self.told.items() if self.globals.get(name, self) is not value]:
            del self.told[name]
            told.append(["rebound", name])
        return told

    def apply(self, changes: Any, blobs: list[memoryview]) -> None:
        """Do what the other end's message says has changed.

        Raises:
            Violation: it is no state.
        """
        for change in listed(changes, MOST_CHANGES):
            name, *facts = listed(change, 3, 2)
            try:
                if name == "generator":
                    number, blob = facts
                    set_state(self.generators[whole(number, 2**31)], bytes(blob_of(blobs, blob)))
                    self.states[number] = bytes(blob_of(blobs, blob))
                    continue
                (value,) = facts
                if name == "rebound":
                    self.bound.pop(text(value), None)
                    continue
                value = value if name in ("dtype", "gradients") else bytes(blob_of(blobs, value))
                WRITE[name](value)
                self.seen[name] = value
                if name in GLANCE:
                    self.glanced[name] = GLANCE[name]()
            except (RuntimeError, ValueError, TypeError, KeyError, OverflowError) as error:
                raise Violation(f"state: {type(error).__name__}") from None

    def encode_generator(self, generator: torch.Generator, blobs: Blobs) -> list[Any]:
        number = next((number for number, each in self.generators.items() if each is generator), None)
        if number is None:
            self.next += 2
            number = self.next
            self.generators[number] = generator
        self.states[number] = state_of(generator)
        return ["generator", number, str(generator.device), blobs.add(self.states[number])]

    def decode_generator(self, facts: list[Any], blobs: list[memoryview]) -> torch.Generator:
        number, device, blob = listed(facts, 3, 3)
        generator = self.generators.get(whole(number, 2**31))
        if generator is None and len(self.generators) >= MOST_GENERATORS:
            raise Violation("generators without end")
        try:
            generator = generator or torch.Generator(device_of(device))
            set_state(generator, bytes(blob_of(blobs, blob)))
        except (RuntimeError, ValueError):
            raise Violation("not a generator's state") from None
        self.generators[number] = generator
        self.states[number] = bytes(blob_of(blobs, blob))
        return generator


ENGINE = struct.Struct("=QiiQ")
"""How the state of torch's generator begins: its seed, how many of its numbers are left, seeded, the next one."""


def state_of(generator: torch.Generator) -> bytes:
    return generator.get_state().numpy().tobytes()


def set_state(generator: torch.Generator, state: bytes) -> None:
    """Set a generator's state.

    Raises:
        ValueError: it would make torch draw from beyond the 624 numbers that it has, for which it does not look.
    """
    check_engine(state, generator.device)
    generator.set_state(torch.frombuffer(bytearray(state), dtype=torch.uint8))


def check_engine(state: bytes, device: torch.device) -> None:
    """Whether torch's CPU generator, which is the simulated GPU's too, would stay within its numbers."""
    if device.type == "cpu" or simulated():
        if len(state) < ENGINE.size:
            raise ValueError("not a state")
        _, left, _, following = ENGINE.unpack_from(state)
        if not 1 <= left <= 624 or following + left > 625:
            raise ValueError("not a position")


def read_gpu() -> bytes:
    """The GPU's generator, if this process uses a GPU."""
    if mode := simulation():
        return state_of(mode.generator)  # without the way through torch.cuda, which takes ten times as long
    used = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    return torch.cuda.get_rng_state().numpy().tobytes() if used else b""


def write_gpu(state: bytes) -> None:
    if not torch.cuda.is_available():
        raise ValueError("no GPU")
    check_engine(state, torch.device("cuda"))
    torch.cuda.set_rng_state(torch.frombuffer(bytearray(state), dtype=torch.uint8))


def read_numpy() -> bytes:
    _, key, *rest = np.random.get_state()
    return np.asarray(key, np.uint32).tobytes() + np.array(rest, np.float64).tobytes()


def write_numpy(state: bytes) -> None:
    if len(state) != 624 * 4 + 3 * 8:
        raise ValueError("not a state")
    position, has_gauss, gauss = np.frombuffer(state[624 * 4 :], np.float64)
    if not 0 <= position <= 624:  # NumPy does not look, and would draw from the memory around its own
        raise ValueError("not a position")
    np.random.set_state(("MT19937", np.frombuffer(state[: 624 * 4], np.uint32), int(position), int(has_gauss), gauss))


def read_python() -> bytes:
    _, key, gauss = random.getstate()
    return np.array(key, np.uint32).tobytes() + np.float64(np.nan if gauss is None else gauss).tobytes()


def write_python(state: bytes) -> None:
    if len(state) != 625 * 4 + 8:
        raise ValueError("not a state")
    gauss = float(np.frombuffer(state[625 * 4 :], np.float64)[0])
    key = tuple(np.frombuffer(state[: 625 * 4], np.uint32).tolist())
    random.setstate((3, key, None if np.isnan(gauss) else gauss))


def write_gradients(value: object) -> None:
    if type(value) is not bool:
        raise ValueError("neither on nor off")
    torch.set_grad_enabled(value)


READ: dict[str, Callable[[], Any]] = {
    "torch": lambda: state_of(torch.default_generator),
    "gpu": read_gpu,
    "numpy": read_numpy,
    "python": read_python,
    "dtype": lambda: DTYPE_NAMES[torch.get_default_dtype()],
    "gradients": torch.is_grad_enabled,
}
WRITE: dict[str, Callable[[Any], None]] = {
    "torch": lambda state: set_state(torch.default_generator, state),
    "gpu": write_gpu,
    "numpy": write_numpy,
    "python": write_python,
    "dtype": lambda name: torch.set_default_dtype(DTYPES[text(name)]),
    "gradients": write_gradients,
}


def glance_at(value: object) -> bytes:
    """An object's own memory, without its reference count and its class."""
    return ctypes.string_at(id(value) + HEADER, type(value).__basicsize__ - HEADER)


def glance_at_numpy() -> tuple[bytes, bytes]:
    generator = np.random.mtrand._rand
    return glance_at(generator), ctypes.string_at(address_of(generator._bit_generator), 625 * 4)


@functools.lru_cache(1)
def address_of(generator: Any) -> int:
    """Where a generator of NumPy's keeps its numbers; asking for that takes longer than all else here."""
    return int(generator.ctypes.state_address)


def glance_at_python() -> tuple[bytes, float | None]:
    generator: Any = random._inst
    return glance_at(generator), generator.gauss_next


HEADER = object.__basicsize__
GLANCE: dict[str, Callable[[], Any]] = {"numpy": glance_at_numpy, "python": glance_at_python}
"""Something quick that differs whenever the state does."""


def fixed(seed: int) -> None:
    """The state of a new process whose generators are seeded: what every test begins with."""
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_available():
        torch.cuda.manual_seed_all(seed)
    np.random.seed(seed % 2**32)
    random.seed(seed)
    if torch.get_default_dtype() is not torch.float32:  # to ask takes a tenth of the time
        torch.set_default_dtype(torch.float32)
    if not torch.is_grad_enabled():
        torch.set_grad_enabled(True)
