"""Tensors and arrays on both ends of the wire, kept the same.

A tensor that crosses the wire gets a number, and so does the memory behind it. From then on each message carries what
changed since the last one: bytes, shapes, `requires_grad`, `.grad`. So a view comes back as a view of the argument that
it was made from, what is written in place shows on the other end, and tensors share memory with arrays there if they do
here. Graphs cross node by node (`graphs`); second derivatives come with them, as a node's product has a graph itself.
What a message tells is gathered in `changes`; here is what both ends remember, and what is done with what arrives.

Messages take turns, so both ends agree on what the last one was. The judge forgets a tensor when nothing uses it any
more, and says so; the worker keeps all until then. What the judge is told is checked in every number before torch sees
it: no size, stride or offset reaches beyond the memory it belongs to.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from autograder.judge.graphs import Node, stand_in
from autograder.judge.known import DTYPES, device_of, moved, number_type
from autograder.judge.memories import Memories, Memory, Shape, place_in_memory, set_
from autograder.judge.wire import Violation, blob_of, listed, text, whole
from autograder.kit.gpu_memory import unseen

if TYPE_CHECKING:
    from autograder.judge.changes import Message

CHANGES = frozenset({"memory", "bytes", "tensor", "array", "node", "grad", "drop"})
MAX_ENTRIES = 2**31
MAX_CROSSED = 200_000  # tensors, and nodes of graphs, of one test
REFUSALS = (AssertionError, RuntimeError, TypeError, ValueError, LookupError, OverflowError)
"""What Python and torch raise where the facts of a change make no sense; `Uncrossable` is among them."""


@dataclass(eq=False)
class Twin:
    """A tensor or an array that both ends have."""

    id: int
    get: Callable[[], Any]
    memory: Memory
    shape: Shape
    flags: tuple[bool, bool] = (False, False)  # a tensor's: requires_grad, Parameter; an array's: writable
    place: tuple[Any, ...] = ()  # a tensor's, as `place_in_memory` tells it
    grad: int | None = None
    node: int | None = None
    key: int = 0
    strong: Any = None


Ask = Callable[[int, list[torch.Tensor | None], int], list[torch.Tensor | None]]


class Mirror:
    """All that has crossed.

    Args:
        odd: tells the ends apart, so that no number is given out twice; the worker's is odd, and keeps everything.
        ask: has the other end work out products: a node's number, a gradient for each of its outputs, how many inputs.
    """

    def __init__(self, odd: bool, ask: Ask) -> None:
        self.keep_all, self.ask = odd, ask
        self.next = 1 if odd else 2
        self.clear()

    def clear(self) -> None:
        """Forget everything that crossed."""
        self.memories = Memories(self.new)
        self.twins: dict[int, Twin] = {}
        self.numbers: dict[int, int] = {}  # id() of an object → its twin's number
        self.nodes: dict[int, Node] = {}
        self.our_nodes: dict[int, Node] = {}
        self.dead: dict[int, None] = {}  # numbers of tensors that nothing here uses any more
        self.rewritten: set[int] = set()  # by the last message
        self.arrived: list[Any] = []  # by the last message; its own value, which names them, is read after them

    def untold(self) -> bool:
        """Whether something was written since the last message."""
        with unseen():
            return any(each.changed() for each in self.memories.values())

    def new(self) -> int:
        self.next += 2
        return self.next

    # --- sending ------------------------------------------------------------------------------------------------------

    def number(self, value: Any, message: Message) -> int:
        """The number of a tensor or array, which `message` then brings along."""
        twin = self._twin_of(value)
        if twin is None:
            twin = self._add(value, self.new())
            message.fresh.append(twin)
        return twin.id

    def _twin_of(self, value: Any) -> Twin | None:
        twin = self.twins.get(self.numbers.get(id(value), 0))
        return twin if twin is not None and twin.get() is value else None

    def _add(self, value: Any, number: int) -> Twin:
        memory, shape = self.memories.describe(value)
        return self._keep(Twin(number, lambda: None, memory, shape), value)

    def _keep(self, twin: Twin, value: Any) -> Twin:
        tensor = isinstance(value, torch.Tensor)
        if tensor:
            twin.place = place_in_memory(value)
        # A leaf's gradient may arrive after the last name for it is gone.
        if self.keep_all or (tensor and value.requires_grad):
            twin.strong, twin.get = value, lambda: value
        else:
            twin.get = weakref.ref(value, lambda _, number=twin.id: self.dead.update({number: None}))  # type: ignore[misc]
        twin.memory.users += 1
        twin.key = id(value)
        self.twins[twin.id] = twin
        self.numbers[twin.key] = twin.id
        return twin

    # --- receiving ----------------------------------------------------------------------------------------------------

    def value(self, number: object) -> Any:
        """The tensor or array of that number."""
        twin = self.twins.get(whole(number, 2**53))
        if twin is None:
            raise Violation("a tensor that never crossed")
        value = twin.get()
        if value is None:  # forgotten here a moment ago, and the other end cannot know yet
            value = self._build(twin.memory, twin.shape, twin.flags)
            twin.memory.users -= 1
            self.dead.pop(twin.id, None)
            self._keep(twin, value)
        return value

    def _build(self, memory: Memory, shape: Shape, flags: tuple[bool, bool]) -> Any:
        _, dtype, size, strides, offset = shape
        if dtype not in DTYPES:
            array: np.ndarray[Any, Any] = np.ndarray(size, dtype, memory.bytes.numpy().data, offset, strides)
            array.flags.writeable = flags[0]
            return array
        tensor = torch.empty(0, dtype=DTYPES[dtype], device=memory.bytes.device)
        set_(tensor, memory.bytes.untyped_storage(), offset, size, strides)
        return torch.nn.Parameter(tensor, flags[0]) if flags[1] else tensor.requires_grad_(flags[0])

    def apply(self, changes: Any, blobs: list[memoryview]) -> None:
        """Do what the other end's message says has changed.

        Raises:
            Violation: it speaks of what there is not, or of memory beyond a tensor's own.
        """
        self.arrived, self.rewritten = [], set()
        if not listed(changes):
            return
        with torch.no_grad():
            for change in changes:
                name, *facts = listed(change, 12, 2)
                if not isinstance(name, str) or name not in CHANGES:
                    raise Violation("an unknown change")
                try:
                    getattr(self, f"_on_{name}")(facts, blobs)
                except REFUSALS as error:
                    raise Violation(f"{name}: {type(error).__name__}") from None

    def _on_memory(self, facts: list[Any], blobs: list[memoryview]) -> None:
        number, device, blob = facts
        if self._foreign(number) in self.memories:
            raise Violation("a number given out twice")
        data = bytes_in(blobs, blob)
        self.memories.add(number, moved(data.clone(), device_of(device))).seen = data

    def _on_bytes(self, facts: list[Any], blobs: list[memoryview]) -> None:
        number, blob = whole(facts[0], 2**53), facts[1]
        if number in self.rewritten:  # or one message could have the same bytes copied for hours
            raise Violation("memory that changes twice at once")
        self.rewritten.add(number)
        memory, data = self.memories[number], bytes_in(blobs, blob)
        if data.numel() != memory.bytes.numel():
            raise Violation("memory of another length")
        memory.bytes.copy_(data)
        memory.seen = data

    def _on_tensor(self, facts: list[Any], blobs: list[memoryview]) -> None:
        number, memory, dtype, size, strides, offset, requires_grad, parameter = facts
        if type(requires_grad) is not bool or type(parameter) is not bool:
            raise Violation("flags that are not true or false")
        shape = self._shape(memory, text(dtype), size, strides, offset, DTYPES[text(dtype)].itemsize)
        flags = requires_grad, parameter
        twin = self.twins.get(whole(number, 2**53))
        if twin is None:
            self._keep_new(number, shape, flags)
            return
        tensor = self.value(number)
        if not isinstance(tensor, torch.Tensor):
            raise Violation("a tensor where an array was")
        if twin.shape != shape:
            tensor.data = self._build(self.memories[shape[0]], shape, (False, False))
            self.move(twin, self.memories[shape[0]], shape)
        if tensor.requires_grad != requires_grad and tensor.is_leaf:
            tensor.requires_grad_(requires_grad)
        twin.flags = flags

    def _on_array(self, facts: list[Any], blobs: list[memoryview]) -> None:
        number, memory, dtype, size, strides, offset, writable = facts
        kind = number_type(dtype)
        if type(writable) is not bool or number in self.twins:
            raise Violation("not an array of numbers")
        shape = self._shape(memory, kind.str, size, strides, offset, kind.itemsize, in_bytes=True)
        self._keep_new(number, shape, (writable, False))

    def _keep_new(self, number: object, shape: Shape, flags: tuple[bool, bool]) -> None:
        if len(self.twins) >= MAX_CROSSED:
            raise Violation("tensors without end")
        memory = self.memories[shape[0]]
        twin = Twin(self._foreign(number), lambda: None, memory, shape, flags)
        value = self._build(memory, shape, flags)
        self._keep(twin, value)
        self.arrived.append(value)  # held until the message is read; its own value may come last

    def _shape(
        self, memory: Any, dtype: str, size: Any, strides: Any, offset: Any, itemsize: int, in_bytes: bool = False
    ) -> Shape:
        """The place of a tensor or array, if all of it lies in its memory."""
        sizes = tuple(whole(each, MAX_ENTRIES) for each in listed(size, 32))
        steps = tuple(whole(each, 2**53, -(2**53) if in_bytes else 0) for each in listed(strides, 32))
        start = whole(offset, 2**53)
        if len(sizes) != len(steps):
            raise Violation("sizes without strides")
        entries = 1
        for each in sizes:
            entries *= each
        if entries > MAX_ENTRIES:
            raise Violation("more entries than any tensor of the course has")
        unit = 1 if in_bytes else itemsize
        reach = [(each - 1) * step * unit for each, step in zip(sizes, steps, strict=True)] if entries else []
        low, high = sum(each for each in reach if each < 0), sum(each for each in reach if each > 0)
        available = self.memories[whole(memory, 2**53)].bytes.numel()
        if entries and (start * unit + low < 0 or start * unit + high + itemsize > available):
            raise Violation("a tensor beyond its memory")
        return whole(memory, 2**53), dtype, sizes, steps, start

    def _on_node(self, facts: list[Any], blobs: list[memoryview]) -> None:
        number, name, saves, edges, outputs = facts
        if self._foreign(number) in self.nodes or not text(name, 100).replace("::", "_").isidentifier():
            raise Violation("not a node's name")
        if len(self.nodes) >= MAX_CROSSED:
            raise Violation("a graph without end")
        inputs = [self._edge(each) for each in listed(edges, 10_000)]
        made = [self._output(each) for each in listed(outputs, 10_000, 1)]
        fresh = [each if each.grad_fn is None and not each.requires_grad else each.detach() for each in made]
        with torch.enable_grad():
            node = self.nodes[number] = Node(number)
            node.outputs = list(stand_in(name).apply(self, number, bool(saves), fresh, *inputs))  # type: ignore[no-untyped-call]

    def _edge(self, edge: Any) -> torch.Tensor:
        if edge is None:
            return torch.empty(0)
        where, number = listed(edge, 2, 2)
        if where == "leaf":
            leaf = self.value(number)
            if not isinstance(leaf, torch.Tensor) or not (leaf.is_leaf and leaf.requires_grad):
                raise Violation("not a leaf")
            return leaf
        return self.nodes[whole(where, 2**53)].outputs[whole(number, 10_000)]

    def _output(self, output: Any) -> torch.Tensor:
        """A tensor that crossed, or one of that shape without memory."""
        if not isinstance(output, list):
            value = self.value(output)
            if not isinstance(value, torch.Tensor):
                raise Violation("a node that gives no tensor")
            return value
        size, dtype, device = listed(output, 3, 3)
        sizes = [whole(each, MAX_ENTRIES) for each in listed(size, 32)]
        empty = torch.empty((), dtype=DTYPES[text(dtype)], device=device_of(device))
        return empty.expand(sizes)

    def _on_grad(self, facts: list[Any], blobs: list[memoryview]) -> None:
        number, grad = facts
        twin, tensor = self.twins[whole(number, 2**53)], self.value(number)
        if not isinstance(tensor, torch.Tensor) or not tensor.is_leaf:
            raise Violation("a gradient of what is no leaf")
        tensor.grad = None if grad is None else self.value(grad)
        twin.grad = grad

    def _on_drop(self, facts: list[Any], blobs: list[memoryview]) -> None:
        for number in listed(facts[0]):
            self.forget(whole(number, 2**53))

    def _foreign(self, number: object) -> int:
        """`number`, if it is one that the other end may give out."""
        if whole(number, 2**53) % 2 == self.next % 2:
            raise Violation("a number of ours")
        return int(number)  # type: ignore[call-overload,no-any-return]

    def move(self, twin: Twin, memory: Memory, shape: Shape) -> None:
        """A tensor lies elsewhere now, or otherwise."""
        memory.users += 1
        self.memories.leave(twin.memory)
        twin.memory, twin.shape = memory, shape

    def forget(self, number: int) -> None:
        """Nobody uses that tensor any more."""
        twin = self.twins.pop(number, None)
        if twin is not None:
            if self.numbers.get(twin.key) == number:  # no other object has its address by now
                del self.numbers[twin.key]
            self.memories.leave(twin.memory)


def bytes_in(blobs: list[memoryview], blob: object) -> torch.Tensor:
    """A copy of that blob."""
    return torch.from_numpy(np.frombuffer(blob_of(blobs, blob), np.uint8).copy())
