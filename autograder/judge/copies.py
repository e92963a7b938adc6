"""Modules, optimisers and schedulers that a test hands to an answer: a copy there, the original here, kept the same.

They are pickled towards the worker, each by itself, so that what belongs together still does there; tensors in them are
those that both ends have. After that, messages carry what else changes in one: whether a module trains and which
tensors are its parameters and buffers, an optimiser's state and settings, a scheduler's numbers. So an answer may call
`model.eval()` or `optimiser.step()`, and a test may go on with both.

Not kept: modules that an answer puts into another, and attributes of its own. A module that holds others than before
comes back as a handle on the worker's. Other objects of libraries, such as estimators, are copies and no more.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from autograder.judge.wire import Violation, listed, whole

KEPT = (torch.nn.Module, Optimizer, LRScheduler)
PLAIN = (bool, int, float, str, type(None))
CALLED = "_opt_called"
"""What a scheduler looks at, and warns if its optimiser has not made a step before it."""


class Copies:
    """The objects of which each end has one, by number."""

    def __init__(self) -> None:
        self.next = 0
        self.clear()

    def clear(self) -> None:
        """Forget them all."""
        self.objects: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}  # id() of an object → its number
        self.seen: dict[int, Any] = {}
        self.inside: dict[int, list[Any]] = {}

    def add(self, value: Any, number: int | None = None) -> int:
        """A further one: pickled here, or unpickled as the other end numbered it."""
        if number is None:
            number = self.next = self.next + 1
        self.objects[number], self.numbers[id(value)] = value, number
        if isinstance(value, KEPT):
            self.seen[number], self.inside[number] = facts_of(value), inside(value)
        return number

    def drop_after(self, number: int) -> None:
        """Forget those with higher numbers: the other end will not hear of them."""
        for each in [each for each in self.objects if each > number]:
            self.numbers.pop(id(self.objects.pop(each)), None)
            self.seen.pop(each, None)
            self.inside.pop(each, None)

    def number_of(self, value: Any) -> int | None:
        """The number by which `value` is known to the other end for what it is now."""
        number = self.numbers.get(id(value))
        if number is None or number not in self.seen or not alike(inside(value), self.inside[number]):
            return None
        return number

    def changes(self, encode: Callable[[Any], Any]) -> list[list[Any]]:
        """What changed since the last message."""
        told = []
        for number, before in self.seen.items():
            now = facts_of(self.objects[number])
            if not alike(now, before):
                self.seen[number] = now
                told.append(["copy", number, encode(now)])
        return told

    def apply(self, number: object, facts: Any) -> None:
        """Do what the other end says has changed.

        Raises:
            Violation: that cannot be.
        """
        number = whole(number, 2**31)
        if number not in self.seen or not isinstance(facts, dict):
            raise Violation("a change of no copy")
        value = self.objects[number]
        try:
            write = write_module if isinstance(value, torch.nn.Module) else write_plain
            (write_optimiser if isinstance(value, Optimizer) else write)(value, facts)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise Violation(f"a copy: {type(error).__name__}") from None
        self.seen[number] = facts_of(value)


def inside(value: Any) -> list[Any]:
    """The modules that a module consists of."""
    return list(value.modules()) if isinstance(value, torch.nn.Module) else []


def facts_of(value: Any) -> dict[str, Any]:
    """What both ends keep the same of an object, beside what is in its tensors."""
    if isinstance(value, torch.nn.Module):
        facts = vars(value)
        return {
            "training": facts["training"],
            "parameters": dict(facts["_parameters"]),
            "buffers": dict(facts["_buffers"]),
        }
    if isinstance(value, Optimizer):
        order = {id(each): at for at, each in enumerate(parameters(value))}
        state = {order[id(each)]: kept(facts) for each, facts in value.state.items() if id(each) in order}
        groups = [kept(group) | {"params": list(group["params"])} for group in value.param_groups]
        return {"groups": groups, "state": state, "called": getattr(value, CALLED, False)}
    return kept(vars(value))


def parameters(optimiser: Optimizer) -> list[torch.Tensor]:
    return [each for group in optimiser.param_groups for each in group["params"]]


def kept(facts: Any) -> dict[str, Any]:
    """Those of an object's facts that are plain, or tensors."""
    return {str(name): each for name, each in facts.items() if is_kept(each)}


def is_kept(value: Any) -> bool:
    if type(value) in (list, tuple):
        return len(value) <= 1000 and all(type(each) in PLAIN for each in value)
    return type(value) in (*PLAIN, torch.Tensor, torch.nn.Parameter)


def alike(one: Any, other: Any) -> bool:
    """Whether two descriptions say the same, of the same tensors and modules."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(each, other[key]) for key, each in one.items())
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(alike, one, other))
    return one is other or (isinstance(one, PLAIN) and (one == other or (one != one and other != other)))


def write_module(module: torch.nn.Module, facts: dict[str, Any]) -> None:
    training = facts["training"]
    if type(training) is not bool:
        raise Violation("neither training nor not")
    for name, kind in (("parameters", torch.nn.Parameter), ("buffers", torch.Tensor)):
        own, new = vars(module)[f"_{name}"], facts[name]
        if not all(key in own and isinstance(each, (kind, type(None))) for key, each in new.items()):
            raise Violation(f"{name} of no form")
        own.update(new)
    module.training = training


def write_optimiser(optimiser: Optimizer, facts: dict[str, Any]) -> None:
    for group, new in zip(optimiser.param_groups, listed(facts["groups"], 1000), strict=False):
        params = listed(new.pop("params"), 10_000)
        if not all(isinstance(each, torch.Tensor) for each in params) or not all(map(is_kept, new.values())):
            raise Violation("settings of no form")
        group.update({name: each for name, each in new.items() if name in group})
        group["params"] = params
    order, state = parameters(optimiser), dict[torch.Tensor, Any]()
    for at, each in facts["state"].items():
        if not all(map(is_kept, each.values())):
            raise Violation("a state of no form")
        state[order[whole(at, len(order) - 1)]] = {str(name): value for name, value in each.items()}
    optimiser.state.clear()
    optimiser.state.update(state)
    setattr(optimiser, CALLED, facts["called"] is True)


def write_plain(value: Any, facts: dict[str, Any]) -> None:
    if not all(name in vars(value) and is_kept(each) for name, each in facts.items()):
        raise Violation("numbers of no form")
    vars(value).update(facts)


def tracked(scheduler: LRScheduler) -> None:
    """Have its optimiser note its steps, as it does from a scheduler's making on, which pickling loses."""
    optimiser: Any = scheduler.optimizer
    step = optimiser.step

    @functools.wraps(step)
    def noted(*args: Any, **facts: Any) -> Any:
        setattr(optimiser, CALLED, True)
        return step(*args, **facts)

    noted._wrapped_by_lr_sched = True  # type: ignore[attr-defined]
    optimiser.step = noted
