"""The judge's end of the wire, and the worker at the other end as a process: asked, interrupted, killed."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import select
import signal
import socket
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import torch

from autograder.judge.changes import Message
from autograder.judge.failures import Foreign
from autograder.judge.lent import allowed, surface
from autograder.judge.memories import Uncrossable
from autograder.judge.peer import Peer
from autograder.judge.pickles import pickled
from autograder.judge.proxies import OPERATIONS, Handle
from autograder.judge.shell import Event
from autograder.judge.wire import Channel, Closed, Late, Violation, listed, text, whole

GRACE_SECONDS = 2.0
"""How long a worker may take to stop what it does when its time is up."""

CONTROL_SECONDS = 10.0
SIGNALS: dict[int, str] = {
    signal.SIGSEGV: "it crashed (segmentation fault)",
    signal.SIGBUS: "it crashed (bus error)",
    signal.SIGFPE: "it crashed (arithmetic error)",
    signal.SIGILL: "it crashed (illegal instruction)",
    signal.SIGABRT: "it crashed (abort)",
    signal.SIGSYS: "it called what the sandbox forbids",
    signal.SIGXCPU: "it used up its processor time",
    signal.SIGXFSZ: "it wrote a larger file than it may",
    signal.SIGKILL: "it was killed, most likely for the memory it used",
}


@dataclass(frozen=True)
class Ending:
    """How a worker's process ended, as wait(2) tells, and what it used."""

    status: int = 0
    cpu_seconds: float = 0.0
    memory_mb: float = 0.0


class TimeUp(BaseException):
    """A cell or a test has run for as long as it may; no `except Exception` of a test takes it for a wrong answer."""


class Lost(BaseException):
    """The worker is gone, and what it was asked with it. `why` is for people."""

    def __init__(self, why: str, *, forbidden: bool = False) -> None:
        super().__init__(why)
        self.why, self.forbidden = why, forbidden


class Link(Peer):
    """One worker. Everything that it says is checked; the first thing that cannot be is its end.

    Args:
        report: a socket on which the zygote sends the worker's pidfd, and later how it ended.
        sources: the student's cells by label, with how many lines each has.
    """

    fatal = (Violation, Lost, TimeUp)

    def __init__(self, channel: Channel, report: socket.socket, sources: Mapping[str, int]) -> None:
        super().__init__(channel, odd=False)
        self.report, self.sources = report, sources
        self.process = received_pidfd(report)
        self.until: float | None = None
        self.show: Callable[[Event], None] = lambda event: None

    def control(self, operation: str, *args: Any) -> Any:
        """Ask for something that takes no time, and that no student's code is part of.

        Raises:
            Lost: there was no answer.
        """
        try:
            return self.order(CONTROL_SECONDS, operation, *args)
        except TimeUp:
            self.kill()
            raise Lost("it did not answer any more") from None

    def order(self, seconds: float, operation: str, *args: Any) -> Any:
        """Ask for something that no test's code is part of; see `ask_within`."""
        try:
            return self.ask_within(seconds, operation, *args)
        except Exception as error:
            if not any(error is each for each in self.raised.values()):
                raise  # the judge's own fault
            self.kill()
            raise Lost("what it answered was no answer (an exception of the judge's)", forbidden=True) from None

    def ask_within(self, seconds: float, operation: str, *args: Any) -> Any:
        """Ask, with a limit of its own; see `ask`.

        Raises:
            TimeUp: it took longer and was interrupted. Lost: the worker is gone.
        """
        before, self.until = self.until, monotonic() + seconds
        try:
            return self.ask(operation, *args)
        finally:
            self.until = before

    def ask(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        with self._or_lost():
            return super().ask(operation, *args, **kwargs)

    def ask_products(self, node: int, grads: list[torch.Tensor | None], inputs: int) -> list[torch.Tensor | None]:
        with self._or_lost():
            return super().ask_products(node, grads, inputs)

    @contextlib.contextmanager
    def _or_lost(self) -> Iterator[None]:
        """A worker that does not keep to the protocol is at its end, and so is the conversation where it is gone."""
        try:
            yield
        except (Violation, MemoryError) as error:
            if isinstance(error, Foreign):  # an answer's own MemoryError
                raise
            self.kill()
            raise Lost(f"what it answered was no answer ({error or 'too large'})", forbidden=True) from None
        except (Closed, Late):
            raise Lost(self._how_it_ended()) from None

    def receive(self) -> tuple[Any, list[memoryview]]:
        try:
            return self.channel.receive(self.until)
        except Late:
            self.signal(signal.SIGINT)
        try:
            self._follow(self.channel.receive(monotonic() + GRACE_SECONDS))
        except Late:
            self.kill()
            raise Lost("it ran too long and could not be stopped") from None
        raise TimeUp

    def _follow(self, message: tuple[Any, list[memoryview]]) -> None:
        """Take over what changed in an answer that came too late, so that both ends go on agreeing."""
        (what, _, changes, state, printed), blobs = listed(message[0], 5, 5), message[1]
        self.follow(changes, state, printed, blobs)
        if what == "ask":  # it wants something first; nobody will answer
            raise Late

    def deadline(self) -> float | None:
        return self.until

    def begin(self, seed: int, names: Iterable[str]) -> None:
        """A test begins, in the state in which all tests begin; it uses these of the student's names, most likely."""
        given = self.control("begin", seed, sorted(names))
        with self._or_lost():
            if type(given) is not dict:
                raise Violation("names of no form")
        self.state.bound = {name: each for name, each in given.items() if issubclass(type(each), Handle)}
        self.state.begin(seed)

    def name(self, name: str) -> Any:
        """The value of a student's global name now. Where that is an object, the worker says when it is another."""
        bound = self.state.bound
        if name not in bound:
            value = self.ask("name", name)
            if not issubclass(type(value), Handle):  # a list may change without that name's being bound again
                return value
            bound[name] = value
        return bound[name]

    def end(self) -> None:
        """A test has ended: what crossed for it is forgotten here; the worker does so when it is asked next.

        Raises:
            Lost: the worker has not survived it.
        """
        if self.mirror.untold():  # what a test writes last is there for the next cell
            try:
                self.control("end")
            except Foreign as error:
                self.kill()
                raise Lost(f"it could not end a test ({type(error).__name__})", forbidden=True) from None
            except ValueError as error:  # more was written than a message may hold
                self.kill()
                raise Lost(str(error)) from None
        self.mirror.clear()
        self.state.clear()
        self.raised.clear()
        self.copies.clear()
        if select.select([self.process], [], [], 0)[0]:
            raise Lost(self._how_it_ended())

    # --- the process --------------------------------------------------------------------------------------------------

    def signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(self.process, number)

    def kill(self) -> None:
        """End it, and in its namespace all that it started."""
        self.signal(signal.SIGKILL)

    def close(self) -> Ending:
        """End it, and say how it ended and what it used."""
        self.kill()
        self.channel.sock.close()
        ending = self._ending
        os.close(self.process)
        self.report.close()
        return ending

    @functools.cached_property
    def _ending(self) -> Ending:
        self.report.settimeout(GRACE_SECONDS)
        try:
            facts = json.loads(self.report.recv(1000))
        except (OSError, ValueError):
            return Ending()
        return Ending(**facts)

    def _how_it_ended(self) -> str:
        """Words for why a worker is gone that nobody killed."""
        select.select([self.report], [], [], 0.3)
        self.kill()
        status = self._ending.status
        if os.WIFSIGNALED(status):
            return SIGNALS.get(os.WTERMSIG(status), f"it was ended by signal {os.WTERMSIG(status)}")
        return "it ended its own process"

    # --- what it shows ------------------------------------------------------------------------------------------------

    def print(self, printed: Any) -> None:
        for event in listed(printed, 5000):
            self.show(checked_event(event))

    def locate(self, name: str, line: int) -> tuple[str, int] | None:
        return (name, line) if 1 <= line <= self.sources.get(name, 0) else None

    # --- what a test hands to an answer -------------------------------------------------------------------------------

    def encode_object(self, value: Any, message: Message) -> Any:
        if isinstance(value, (torch.Generator, types.FunctionType)) or issubclass(type(value), Handle):
            return super().encode_object(value, message)
        known = self.copies.numbers.get(id(value))
        if known is not None:
            return ["pickled", known]
        data = pickled(self, value, message)
        if data is not None:
            return ["pickle", self.copies.add(value), message.blobs.add(data)]
        if surface(value) is None:
            raise Uncrossable(f"a {type(value).__name__} cannot be handed to an answer")
        return super().encode_object(value, message)

    def decode_object(self, kind: str, facts: list[Any], blobs: list[memoryview]) -> Any:
        if kind == "pickled":
            return self.copies.objects[whole(facts[0], self.copies.next)]
        return super().decode_object(kind, facts, blobs)

    def perform(self, operation: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """What an answer may do with what a test handed it: call it, go through it, and use what its kind is for."""
        if operation == "products":
            return super().perform(operation, args, kwargs)
        target = args[0] if args else None
        if not any(each is target for each in self.own) or not allowed(operation, target, args[1:]):
            raise PermissionError("an answer may not do that with what it was given")
        return OPERATIONS[operation](*args, **kwargs)


def checked_event(event: Any) -> Event:
    """Something that was shown, if it has that form."""
    kind, *facts = listed(event, 4, 2)
    match kind, facts:
        case (("stdout" | "stderr"), [str()]):
            return [kind, *facts]
        case (("data" | "result"), [dict() as bundle]):
            return [kind, {text(key, 50): text(value, 4 << 20) for key, value in bundle.items()}]
        case "error", [name, words, lines]:
            return [kind, text(name, 200), text(words, 10_000), [text(each, 12_000) for each in listed(lines, 100)]]
    raise Violation("output of no kind")


def received_pidfd(report: socket.socket) -> int:
    """The worker's pidfd, from the zygote.

    Raises:
        Lost: there is no worker.
    """
    report.settimeout(CONTROL_SECONDS)
    try:
        _, (process,), _, _ = socket.recv_fds(report, 10, 1)
    except (OSError, ValueError):
        raise Lost("it could not be started") from None
    return process
