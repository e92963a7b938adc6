"""One end of the wire: it asks the other end, and answers what that one asks meanwhile.

A message is [what, body, changes, state, printed]:

    ask     [operation, [argument, …], [[name, keyword argument], …]]
    give    [value, containers among the arguments that changed]
    fail    an exception: see `failures`

`changes` are the mirror's; `state` is what a process has once, such as the random generators, and what changed in
`copies`; `printed` is what was written to the standard streams meanwhile. Messages take turns, also when each end asks
the other in the middle of an answer, so the innermost question is always the one that is answered next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

import torch

from autograder.judge import failures, values
from autograder.judge.changes import Message
from autograder.judge.copies import Copies
from autograder.judge.graphs import products
from autograder.judge.known import name_of
from autograder.judge.memories import Uncrossable
from autograder.judge.mirror import Mirror
from autograder.judge.proxies import Handle, checked, handle, number_of
from autograder.judge.state import State
from autograder.judge.values import Handed
from autograder.judge.wire import Blobs, Channel, Violation, listed, text, whole
from autograder.kit.gpu_memory import unseen

DEEPEST = 20
MOST_HANDLES = 100_000
MOST_SAID = 64 << 20
"""Bytes, roughly, of what the other end says of its objects; for a hundred thousand honest ones it is enough."""
EACH_NAME = 200
MOST_RAISED = 100
MOST_NAMED = 1000


class Peer:
    """What both ends have in common. `perform` does what is asked; `print` shows what the other end printed."""

    trusting = False
    """Whether a class may come from the other end that does more, when it is called, than to make a value."""

    def __init__(self, channel: Channel, *, odd: bool) -> None:
        self.channel = channel
        self.mirror = Mirror(odd, self.ask_products)
        self.state = State(odd=odd)
        self.copies = Copies()
        self.own: list[Any] = []  # objects that the other end has handles on
        self.own_numbers: dict[int, int] = {}
        self.theirs: WeakValueDictionary[int, Handle] = WeakValueDictionary()
        self.about: dict[int, dict[str, Any]] = {}  # what is known of them
        self.said = 0
        self.raised: dict[int, BaseException] = {}  # ours, the last that passed through the other end's code
        self.raises = 0
        self.depth = 0

    # --- asking -------------------------------------------------------------------------------------------------------

    def ask(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """What the other end gives for `operation`; what it raises there is raised here."""
        if self.depth > DEEPEST:
            raise RecursionError("a test and an answer call each other too deep")
        handed = Handed()
        self._send(
            "ask",
            lambda encode: [
                operation,
                [encode(each) for each in args],
                [[encode(name), encode(each)] for name, each in kwargs.items()],
            ],
            handed,
            number=True,
        )
        self.depth += 1
        try:
            while True:
                what, body, blobs = self._receive()
                if what == "ask":
                    self._answer(body, blobs)
                elif what == "give":
                    return self._given(body, blobs, handed)
                else:
                    raise self.failure(body)
        finally:
            self.depth -= 1

    def _given(self, body: Any, blobs: list[memoryview], handed: Handed) -> Any:
        value, changed = listed(body, 2, 2)
        for each in listed(changed):
            number, new = listed(each, 2, 2)
            if whole(number, 100_000) not in handed.objects:
                raise Violation("a container that was not handed over")
            handed.replace(number, self._decoded(new, blobs, handed))
        return self._decoded(value, blobs, handed)

    def _decoded(self, form: Any, blobs: list[memoryview], handed: Handed) -> Any:
        with unseen():
            return values.decode(self, form, blobs, handed)

    def ask_products(self, node: int, grads: list[torch.Tensor | None], inputs: int) -> list[torch.Tensor | None]:
        """The products of one of the other end's nodes, which has that many inputs."""
        given = listed(self.ask("products", node, grads), inputs, inputs)
        if not all(each is None or isinstance(each, torch.Tensor) for each in given):
            raise Violation("gradients that are no tensors")
        return given

    # --- answering ----------------------------------------------------------------------------------------------------

    def serve(self) -> None:
        """Answer one question."""
        what, body, blobs = self._receive()
        if what != "ask":
            raise Violation("an answer to no question")
        self._answer(body, blobs)

    def _answer(self, body: Any, blobs: list[memoryview]) -> None:
        if self.depth > DEEPEST:
            raise Violation("questions inside questions without end")
        handed = Handed()
        self.depth += 1
        try:
            operation, forms, named = listed(body, 3, 3)
            with unseen():
                args = [values.decode(self, each, blobs, handed) for each in listed(forms)]
                kwargs = self._named(named, blobs, handed)
            value = self.perform(text(operation, 20), args, kwargs)
            self._send("give", lambda encode: [encode(value), self._changed(handed, encode)], handed)
        except self.fatal:
            raise
        except BaseException as error:
            self._fail(error)
        finally:
            self.depth -= 1

    def _named(self, named: Any, blobs: list[memoryview], handed: Handed) -> dict[str, Any]:
        """Keyword arguments."""
        pairs = [listed(each, 2, 2) for each in listed(named, MOST_NAMED)]
        return {text(name, values.MAX_TEXT): values.decode(self, form, blobs, handed) for name, form in pairs}

    fatal: tuple[type[BaseException], ...] = (Violation,)
    """What ends the conversation, in place of being told to the other end."""

    def _changed(self, handed: Handed, encode: Callable[[Any], Any]) -> list[Any]:
        changed = handed.changed()
        numbers, handed.numbers = handed.numbers, {}
        told = []
        for number, value in changed:
            handed.numbers = {key: each for key, each in numbers.items() if each != number}
            told.append([number, encode(value)])
        handed.numbers = numbers
        return told

    def _fail(self, error: BaseException) -> None:
        facts = failures.facts_of(error, self.frames(error))
        if self.depth > 1:  # it may come back to us, out of the code that asked
            facts["number"] = self.raises = self.raises + 1
            self.raised[self.raises] = error
            self.raised.pop(self.raises - MOST_RAISED, None)
        facts["yours"] = getattr(error, failures.ORIGIN, None)
        self._send("fail", lambda encode: facts, Handed())

    def failure(self, body: Any) -> BaseException:
        """The exception that the other end tells of: our own, if it came from here."""
        if not isinstance(body, dict):
            raise Violation("an exception of no form")
        yours = body.get("yours")
        ours = None if yours is None else self.raised.get(whole(yours, 2**53))
        return failures.rebuilt(body, self.locate) if ours is None else ours

    def frames(self, error: BaseException) -> list[tuple[str, int]]:
        """Where in the student's cells it arose: file names as the other end knows them, and lines."""
        return []

    def locate(self, name: str, line: int) -> tuple[str, int] | None:
        """The file and line of such a frame here; None if there is none."""
        return None

    def perform(self, operation: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Do what the other end asks; both ends know the products of a graph's nodes."""
        if operation == "products":
            number, grads = args
            node = self.mirror.nodes.get(whole(number, 2**53))
            if node is None or node.ours is None:
                raise Violation("a node that is not ours")
            return products(node, grads)
        raise Violation(f"an operation that is not known: {operation}")

    # --- messages -----------------------------------------------------------------------------------------------------

    def _send(
        self, what: str, make: Callable[[Callable[[Any], Any]], Any], handed: Handed, *, number: bool = False
    ) -> None:
        blobs = Blobs()
        message = Message(self.mirror, blobs)
        with unseen():  # the wire is about bytes; what is on the simulated GPU is told by its mark
            state = self.state.changes(blobs)
            body = make(lambda value: values.encode(self, value, message, handed, number=number))
            state += self.copies.changes(lambda value: values.encode(self, value, message, handed, number=False))
            changes = message.changes()
        self.channel.send([what, body, changes, state, self.printed()], blobs, self.deadline())

    def _receive(self) -> tuple[str, Any, list[memoryview]]:
        message, blobs = self.receive()
        what, body, changes, state, printed = listed(message, 5, 5)
        if what not in ("ask", "give", "fail"):
            raise Violation("neither a question nor an answer")
        self.follow(changes, state, printed, blobs)
        return what, body, blobs

    def follow(self, changes: Any, state: Any, printed: Any, blobs: list[memoryview]) -> None:
        """Take over what the other end's message says has changed."""
        of_copies = [listed(each, 3, 3) for each in listed(state) if listed(each, 3, 2)[0] == "copy"]
        with unseen():
            self.mirror.apply(changes, blobs)
            for _, number, facts in of_copies:
                self.copies.apply(number, values.decode(self, facts, blobs, Handed()))
        self.state.apply([each for each in state if each[0] != "copy"], blobs)
        self.print(printed)

    def receive(self) -> tuple[Any, list[memoryview]]:
        return self.channel.receive(self.deadline())

    def deadline(self) -> float | None:
        return None

    def printed(self) -> list[list[str]]:
        return []

    def print(self, printed: Any) -> None:
        for each in listed(printed, 1000):
            for part in listed(each, 2, 2):
                text(part, 1 << 20)

    # --- objects ------------------------------------------------------------------------------------------------------

    def encode_object(self, value: Any, message: Message) -> Any:
        """The form of an object: it stays here, and the other end gets a handle on it."""
        if isinstance(value, torch.Generator):
            return self.state.encode_generator(value, message.blobs)
        if issubclass(type(value), Handle):
            return ["yours", number_of(value)]
        number = self.own_numbers.get(id(value))
        if number is not None:
            return ["handle", number, None]
        if len(self.own) >= MOST_HANDLES:
            raise Uncrossable("more objects than a test may hold")
        self.own.append(value)
        self.own_numbers[id(value)] = len(self.own) - 1
        return ["handle", len(self.own) - 1, self.describe(value)]

    def describe(self, value: Any) -> dict[str, Any]:
        """What the other end may know of an object without asking."""
        kind = type(value)
        facts: dict[str, Any] = {"mro": [name_of(each) for each in kind.__mro__[:40]]}
        facts |= {"callable": callable(value), "iterator": hasattr(kind, "__next__")}
        if isinstance(value, type):
            facts["bases"] = [name_of(each) for each in type.mro(value)[:40]]
        return facts

    def decode_object(self, kind: str, facts: list[Any], blobs: list[memoryview]) -> Any:
        match kind, facts:
            case "yours", [number]:
                return self.own[whole(number, len(self.own) - 1)]
            case "handle", [number, about]:
                return self._handle(whole(number, MOST_HANDLES), about)
            case "generator", _:
                return self.state.decode_generator(facts, blobs)
        raise Violation(f"a value of an unknown kind: {kind[:20]}")

    def _handle(self, number: int, about: Any) -> Handle:
        """The one handle on that object."""
        if about is not None and number not in self.about:
            self.about[number] = checked(about)
            self.said += EACH_NAME * (len(about["mro"]) + len(about["bases"]))
            if self.said > MOST_SAID:
                raise Violation("more about objects than a judge can keep")
        if number not in self.about:
            raise Violation("a handle that was never given")
        found = self.theirs.get(number)
        if found is None:
            found = self.theirs[number] = handle(self, number, self.about[number])
        return found
