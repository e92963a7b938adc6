"""What a process has once, kept the same on both ends: random generators, the default dtype, whether gradients are on.

A test that seeds, draws or looks at the generator's state then sees what it would see if the answer ran beside it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.judge.mirror import DTYPE_NAMES, DTYPES, device_of
from autograder.judge.wire import Blobs, Violation, blob_of, listed, text, whole

MOST_GENERATORS = 1000


class State:
    """The state that both ends agree on; `odd` tells the ends apart, so that no generator's number occurs twice."""

    def __init__(self, *, odd: bool) -> None:
        self.seen: dict[str, Any] = {}
        self.generators: dict[int, torch.Generator] = {}
        self.states: dict[int, bytes] = {}
        self.next = int(odd)
        self.refresh()

    def refresh(self) -> None:
        """Take what is there now for what both ends know."""
        self.seen = {name: read() for name, read in READ.items()}

    def clear(self) -> None:
        """Forget the generators that crossed."""
        self.generators, self.states = {}, {}

    def changes(self, blobs: Blobs) -> list[list[Any]]:
        """What changed since the last message."""
        told: list[list[Any]] = []
        for name, read in READ.items():
            now = read()
            if now != self.seen[name]:
                self.seen[name] = now
                told.append([name, blobs.add(now) if isinstance(now, bytes) else now])
        for number, generator in self.generators.items():
            state = state_of(generator)
            if state != self.states[number]:
                self.states[number] = state
                told.append(["generator", number, blobs.add(state)])
        return told

    def apply(self, changes: Any, blobs: list[memoryview]) -> None:
        """Do what the other end's message says has changed.

        Raises:
            Violation: it is no state.
        """
        for change in listed(changes, MOST_GENERATORS + len(READ)):
            name, *facts = listed(change, 3, 2)
            try:
                if name == "generator":
                    number, blob = facts
                    set_state(self.generators[whole(number, 2**31)], bytes(blob_of(blobs, blob)))
                    self.states[number] = bytes(blob_of(blobs, blob))
                    continue
                (value,) = facts
                value = value if name in ("dtype", "gradients") else bytes(blob_of(blobs, value))
                WRITE[name](value)
                self.seen[name] = value
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
        if generator is None:
            if len(self.generators) >= MOST_GENERATORS:
                raise Violation("generators without end")
            generator = self.generators[number] = torch.Generator(device_of(device))
        try:
            set_state(generator, bytes(blob_of(blobs, blob)))
        except RuntimeError:
            raise Violation("not a generator's state") from None
        self.states[number] = bytes(blob_of(blobs, blob))
        return generator


def state_of(generator: torch.Generator) -> bytes:
    return generator.get_state().numpy().tobytes()


def set_state(generator: torch.Generator, state: bytes) -> None:
    generator.set_state(torch.frombuffer(bytearray(state), dtype=torch.uint8))


def read_numpy() -> bytes:
    _, key, *rest = np.random.get_state()
    return np.asarray(key, np.uint32).tobytes() + np.array(rest, np.float64).tobytes()


def write_numpy(state: bytes) -> None:
    if len(state) != 624 * 4 + 3 * 8:
        raise ValueError("not a state")
    position, has_gauss, gauss = np.frombuffer(state[624 * 4 :], np.float64)
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
    "torch": lambda: torch.get_rng_state().numpy().tobytes(),
    "numpy": read_numpy,
    "python": read_python,
    "dtype": lambda: DTYPE_NAMES[torch.get_default_dtype()],
    "gradients": torch.is_grad_enabled,
}
WRITE: dict[str, Callable[[Any], None]] = {
    "torch": lambda state: torch.set_rng_state(torch.frombuffer(bytearray(state), dtype=torch.uint8)),
    "numpy": write_numpy,
    "python": write_python,
    "dtype": lambda name: torch.set_default_dtype(DTYPES[text(name)]),
    "gradients": write_gradients,
}


def fixed(seed: int) -> None:
    """The state of a new process whose generators are seeded: what every test begins with."""
    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)
    random.seed(seed)
    torch.set_default_dtype(torch.float32)
    torch.set_grad_enabled(True)
