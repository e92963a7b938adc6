"""What a message tells of tensors, arrays and graphs: all that changed since the last one."""

from __future__ import annotations

from typing import Any

import torch

from autograder.judge.graphs import Node, is_leaf, outputs_of, saves
from autograder.judge.memories import Memory, Uncrossable, place_in_memory
from autograder.judge.mirror import Mirror, Twin
from autograder.judge.wire import Blobs
from autograder.kit.gpu_memory import mark, marked, place_of

MAX_NODES = 20_000  # of one message's graph


class Message:
    """What changed since the last message. All values go through `Mirror.number`; then `changes` is asked once."""

    def __init__(self, mirror: Mirror, blobs: Blobs) -> None:
        self.mirror, self.blobs = mirror, blobs
        self.fresh: list[Twin] = []
        self.shapes: list[list[Any]] = []
        self.nodes: list[list[Any]] = []
        self.grads: list[list[Any]] = []
        self.held: list[Any] = []  # values made for this message alone, until it is sent

    def changes(self) -> list[list[Any]]:
        """All changes, in the order in which the other end must make them."""
        fresh = {each.id for each in self.fresh}
        self._look_at([each for each in self.mirror.twins.values() if each.id not in fresh])
        done = 0
        while done < len(self.fresh):  # gradients, and the leaves of graphs, are found on the way
            done, new = len(self.fresh), self.fresh[done:]
            self._look_at(new, new=True)
        memories = self._memories()  # of those too that are forgotten below: they may have been written to before
        return [*memories, *self.shapes, *self.nodes, *self.grads, *self._drop()]

    def _drop(self) -> list[list[Any]]:
        dead, self.mirror.dead = self.mirror.dead, {}
        gone = [each for each in dead if each in self.mirror.twins and self.mirror.twins[each].get() is None]
        for number in gone:
            self.mirror.forget(number)
        return [["drop", gone]] if gone else []

    def _memories(self) -> list[list[Any]]:
        told: list[list[Any]] = []
        for memory in self.mirror.memories.values():
            if memory.seen is None:
                told.append(["memory", memory.id, str(place_of(memory.bytes)), self._blob(memory)])
            elif memory.changed():
                told.append(["bytes", memory.id, self._blob(memory)])
        return told

    def _blob(self, memory: Memory) -> int:
        memory.seen = memory.read().clone()
        return self.blobs.add(memory.seen.numpy().data)

    def _look_at(self, twins: list[Twin], new: bool = False) -> None:
        graphs: list[tuple[Twin, torch.Tensor]] = []
        for twin in twins:
            value = twin.get()
            if isinstance(value, torch.Tensor):
                self._tensor(twin, value, new)
                if value.grad_fn is not None and twin.node != id(value.grad_fn):
                    graphs.append((twin, value))
                    twin.node = id(value.grad_fn)
            elif value is not None and new:
                self.shapes.append(["array", twin.id, *twin.shape, value.flags.writeable])
        if graphs:
            self._graphs(graphs)

    def _tensor(self, twin: Twin, value: torch.Tensor, new: bool) -> None:
        memory, shape, place = twin.memory, twin.shape, place_in_memory(value)
        if not new and place != twin.place:
            memory, shape = self.mirror.memories.describe(value)
        twin.place = place
        plain = type(value) is torch.Tensor
        flags = (value.requires_grad and value.is_leaf, not plain and isinstance(value, torch.nn.Parameter))
        if new or shape != twin.shape or flags != twin.flags:
            self.mirror.move(twin, memory, shape)
            twin.flags = flags
            self.shapes.append(["tensor", twin.id, *shape, *flags])
        grad = value.grad if value.is_leaf else None
        if grad is not None and marked(value):
            mark(grad)  # backward leaves it unmarked until somebody looks
        number = None if grad is None else self.mirror.number(grad, self)
        if number != twin.grad:
            twin.grad = number
            self.grads.append(["grad", twin.id, number])

    def _graphs(self, graphs: list[tuple[Twin, torch.Tensor]]) -> None:
        """Tell the nodes behind these tensors, those first that others rest on."""
        mirror, outputs = self.mirror, dict[int, dict[int, int]]()
        for twin, value in graphs:
            outputs.setdefault(id(value.grad_fn), {})[value.output_nr] = twin.id
        stack: list[tuple[Any, bool]] = [(value.grad_fn, False) for _, value in graphs]
        while stack:
            node, ready = stack.pop()
            known, wanted = mirror.our_nodes.get(id(node)), outputs.get(id(node), {})
            if known is not None and wanted.items() <= known.crossed.items():
                continue
            if not ready:
                stack.append((node, True))
                stack += [(each, False) for each, _ in node.next_functions if each is not None and not is_leaf(each)]
                if len(self.nodes) + len(stack) > MAX_NODES:
                    raise Uncrossable("a graph of too many operations cannot be handed over")
                continue
            made = Node(mirror.new(), ours=node, crossed=wanted)
            mirror.our_nodes[id(node)] = mirror.nodes[made.id] = made
            self.nodes.append(["node", made.id, node.name(), saves(node), self._edges(node), outputs_of(made)])

    def _edges(self, node: Any) -> list[Any]:
        edges: list[Any] = []
        for each, at in node.next_functions:
            if each is None:
                edges.append(None)
            elif is_leaf(each):
                edges.append(["leaf", self.mirror.number(each.variable, self)])
            else:
                edges.append([self.mirror.our_nodes[id(each)].id, at])
        return edges
