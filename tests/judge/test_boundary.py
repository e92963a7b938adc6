"""What a test can do with an answer on the other end of the wire: the same as with one beside it."""

from __future__ import annotations

import collections
import json
import threading
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pair import Answers, connected
from torch import nn

from autograder.judge.copies import Copies, facts_of
from autograder.judge.failures import Foreign
from autograder.judge.link import Lost
from autograder.judge.peer import MOST_RAISED
from autograder.judge.proxies import peer_of
from autograder.judge.wire import Violation


def double_in_place(x: torch.Tensor) -> torch.Tensor:
    return x.mul_(2)


def train(model: nn.Module, steps: int) -> None:
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(steps):
        optimiser.zero_grad()
        model(torch.ones(4, 2)).pow(2).mean().backward()
        optimiser.step()


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x).relu()


@pytest.mark.parametrize(
    "value",
    [
        torch.zeros(0, 3),
        torch.tensor(2.5, dtype=torch.float64),
        torch.arange(12).reshape(3, 4).T,
        torch.arange(12)[::3],
        torch.ones(2, 1).expand(2, 5),
        torch.tensor([True, False]),
        torch.tensor([1 + 2j]),
        torch.ones(3, dtype=torch.bfloat16),
    ],
    ids=str,
)
def test_a_tensor_crosses_as_it_is(value: torch.Tensor) -> None:
    with connected(same=lambda x: x, copy=lambda x: x.clone()) as ask:
        assert ask("same")(value) is value
        copy = ask("copy")(value)
        assert type(copy) is torch.Tensor
        assert (copy.dtype, copy.shape) == (value.dtype, value.shape)
        assert torch.equal(copy, value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        2.5,
        "text",
        b"bytes",
        1j,
        (1, [2, {"a": {3}}]),
        slice(1, None),
        range(3),
        ...,
        torch.float16,
        int,
        torch.Size([2, 3]),
        torch.device("cpu"),
        np.float32(1.5),
        frozenset({1}),
        10**40,
    ],
    ids=str,
)
def test_a_plain_value_crosses_as_it_is(value: Any) -> None:
    with connected(same=lambda x: x) as ask:
        got = ask("same")(value)
        assert (type(got), got) == (type(value), value)


def test_what_is_written_in_place_shows_on_the_other_end() -> None:
    with connected(double=double_in_place, tail=lambda x: x[1:], array=lambda x: x.numpy()) as ask:
        x = torch.arange(4.0)
        assert ask("double")(x) is x
        assert x.tolist() == [0, 2, 4, 6]
        tail, array = ask("tail")(x), ask("array")(x)
        tail[0] = 9
        assert x.tolist() == [0, 9, 4, 6] == array.tolist()
        ask("double")(x)
        assert tail.tolist() == [18, 8, 12]
        array[0] = 5
        assert x[0] == 5


def test_a_list_that_was_handed_over_changes_here_too() -> None:
    with connected(add=lambda xs, d: (xs.append(3), d.update(a=xs))) as ask:
        numbers, facts = [1], dict[str, Any]()
        ask("add")(numbers, facts)
        assert numbers == [1, 3]
        assert facts["a"] is numbers


def test_gradients_flow_through_an_answer() -> None:
    with connected(f=lambda x: (x**3).sum(), step=lambda x: (x**2).sum().backward()) as ask:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = ask("f")(x)
        assert y.grad_fn.name() == "SumBackward0"
        assert y.grad_fn.next_functions[0][0].name() == "PowBackward0"
        (first,) = torch.autograd.grad(y, x, create_graph=True)
        (second,) = torch.autograd.grad(first.sum(), x)
        assert (first.tolist(), second.tolist()) == ([3, 12], [6, 12])
        ask("step")(x)
        assert x.grad is not None
        assert x.grad.tolist() == [2, 4]
        x.grad = None
        ask("step")(x)
        assert x.grad is not None
        assert x.grad.tolist() == [2, 4]


class Scaled(torch.autograd.Function):
    """A step whose second argument is no tensor; `short` makes its backward forget that one."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, factor: float, short: bool) -> torch.Tensor:
        ctx.factor, ctx.short = factor, short
        return x * factor

    @staticmethod
    def backward(ctx: Any, grad_output: torch.Tensor) -> Any:
        return grad_output * ctx.factor if ctx.short else (grad_output * ctx.factor, None, None)


def test_a_function_of_a_students_own_may_take_what_is_no_tensor() -> None:
    with connected(scaled=lambda x, short: Scaled.apply(x, 3.0, short)) as ask:
        x = torch.ones(2, requires_grad=True)
        y = ask("scaled")(x, False)
        assert y.grad_fn.name() == "ScaledBackward"
        (2 * y).sum().backward()
        assert x.grad is not None and x.grad.tolist() == [6, 6]
        with pytest.raises(RuntimeError, match=r"incorrect number of gradients \(expected 3, got 1\)"):
            ask("scaled")(x, True).sum().backward()


def test_a_second_backward_is_refused_as_torch_refuses_it() -> None:
    with connected(f=lambda x: (x**3).sum()) as ask:
        y = ask("f")(torch.ones(2, requires_grad=True))
        y.backward()
        with pytest.raises(RuntimeError, match="backward through the graph a second time"):
            y.backward()


def test_a_students_module_is_a_module_here() -> None:
    with connected(Net=Net) as ask:
        kind = ask("Net")
        net = kind()
        assert isinstance(net, nn.Module)
        assert isinstance(net, kind)
        assert issubclass(kind, nn.Module)
        assert isinstance(net.layer, nn.Linear)
        assert type(net).__name__ == "Net"
        assert sum(each.numel() for each in net.parameters()) == 3
        optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
        before = net.layer.bias.clone()
        (net(torch.ones(4, 2)) + net.layer.bias).sum().backward()
        optimiser.step()
        assert not torch.equal(net.layer.bias, before)
        assert set(net.state_dict()) == {"layer.weight", "layer.bias"}


@pytest.mark.parametrize("kind", [nn.Linear, torch.Tensor, np.ndarray, collections.Counter, type, bytes, np.memmap])
def test_a_librarys_class_is_known_here_and_called_where_the_answer_is(kind: type) -> None:
    with connected(kind=kind, same=lambda x: x, is_it=lambda x: x is kind) as ask:
        got = ask("kind")
        assert not isinstance(got, type)
        assert got == kind
        assert kind == got
        assert {dict: 1}.get(got) is None
        assert {kind: 1}[got] == 1
        assert ask("same")(kind) == kind
        assert ask("is_it")(kind) is True
        assert ask("is_it")(got) is True


def test_what_a_librarys_class_does_when_it_is_called_it_does_over_there(tmp_path: Path) -> None:
    opened, here = [], threading.get_ident()

    class Opens(Answers):
        def perform(self, operation: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
            opened.append((operation, threading.get_ident() == here))
            return super().perform(operation, args, kwargs)

    with connected(Opens, kind=torch._C.PyTorchFileWriter, path=str(tmp_path / "x")) as ask:
        ask("kind")(ask("path"))

    assert ("call", False) in opened


@pytest.mark.parametrize("kind", [bool, int, float, str, list, tuple, dict, set, np.float32, np.int64])
def test_a_plain_class_is_itself(kind: type) -> None:
    with connected(kind=kind) as ask:
        assert ask("kind") is kind


def test_a_tensor_is_an_instance_of_a_class_that_an_answer_gives() -> None:
    with connected(kind=torch.Tensor, mine=Net) as ask:
        assert isinstance(torch.ones(1), ask("kind"))
        assert not isinstance(1, ask("kind"))
        assert not isinstance(torch.ones(1), ask("mine"))


def test_a_tests_module_is_trained_by_an_answer() -> None:
    with connected(train=train) as ask:
        model = nn.Linear(2, 1)
        before = model.weight.clone()
        ask("train")(model, 3)
        assert not torch.equal(model.weight, before)


def one_epoch(model: nn.Module, loader: Any, optimiser: torch.optim.Optimizer, loss: Any, schedule: Any) -> float:
    model.train()
    for x, y in loader:
        optimiser.zero_grad()
        loss(model(x), y).backward()
        optimiser.step()
    schedule.step()
    model.eval()
    return float(schedule.get_last_lr()[0])


@pytest.mark.parametrize("kind", [partial(torch.optim.SGD, momentum=0.9), torch.optim.Adam, torch.optim.AdamW], ids=str)
def test_a_test_goes_on_training_where_an_answer_left_off(kind: Any) -> None:
    data = torch.utils.data.TensorDataset(torch.arange(12.0).reshape(6, 2).double() / 10, torch.ones(6, 1).double())

    def trained(epoch: Any) -> tuple[list[float], Any, Any, float]:
        torch.manual_seed(0)
        # Rounding hangs on where in memory a tensor lies, and Adam makes of a gradient that is rounding alone, such as
        # that of a bias before BatchNorm1d, a whole step.
        model = nn.Sequential(nn.Linear(2, 3, bias=False), nn.BatchNorm1d(3), nn.Dropout(0.5), nn.Linear(3, 1))
        model = model.double()
        optimiser = kind(model.parameters(), lr=0.1)
        schedule = torch.optim.lr_scheduler.StepLR(optimiser, 1, gamma=0.5)
        loader = torch.utils.data.DataLoader(data, batch_size=2, shuffle=True)
        rates = []
        for turn in (epoch, one_epoch, epoch):
            rates.append(turn(model, loader, optimiser, nn.MSELoss(), schedule))
            assert not any(each.training for each in model.modules())
        assert schedule.last_epoch == 3
        weights = torch.cat([each.flatten() for each in model.state_dict().values()])
        return rates, weights, optimiser.state_dict(), optimiser.param_groups[0]["lr"]

    with connected(one_epoch=one_epoch) as ask:
        got, want = trained(ask("one_epoch")), trained(one_epoch)
    torch.testing.assert_close(got, want)


def test_what_was_handed_over_comes_back_as_itself() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    with connected(same=lambda x: x, first=lambda x: x[0], model=lambda model, optimiser: (optimiser, model)) as ask:
        assert ask("same")(model) is model
        assert ask("first")(model) is model[0]
        assert ask("model")(model, optimiser) == (optimiser, model)


def test_a_module_with_other_modules_in_it_comes_back_as_the_answer_has_it() -> None:
    def new_head(model: nn.Sequential) -> nn.Sequential:
        model[1] = nn.Linear(2, 5)
        return model

    with connected(new_head=new_head) as ask:
        model = ask("new_head")(nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1)))
        assert isinstance(model, nn.Sequential)
        assert model[1].out_features == 5
        assert model(torch.ones(3, 2)).shape == (3, 5)


def test_a_new_parameter_in_a_tests_module_is_the_tests_as_well() -> None:
    def replace(layer: nn.Linear) -> None:
        layer.weight = nn.Parameter(torch.full((1, 2), 7.0))
        layer.bias.requires_grad_(False)

    with connected(replace=replace) as ask:
        layer = nn.Linear(2, 1)
        ask("replace")(layer)
        assert layer.weight.tolist() == [[7, 7]]
        assert isinstance(layer.weight, nn.Parameter)
        assert not layer.bias.requires_grad


@pytest.mark.parametrize(
    "facts",
    [
        None,
        {},
        {"training": 1, "parameters": {}, "buffers": {}},
        {"training": True, "parameters": {"new": None}, "buffers": {}},
        {"training": True, "parameters": {"weight": 3}, "buffers": {}},
        {"training": True, "parameters": [], "buffers": {}},
        {"training": True, "parameters": {}, "buffers": {"weight": None}},
    ],
    ids=str,
)
def test_a_change_of_no_form_changes_nothing(facts: Any) -> None:
    copies, layer = Copies(), nn.Linear(1, 1)
    number = copies.add(layer)
    with pytest.raises(Violation):
        copies.apply(number, facts)
    with pytest.raises(Violation):
        copies.apply(number + 1, facts_of(layer))


@pytest.mark.parametrize(
    "facts",
    [
        {"groups": 3, "state": {}, "called": True},
        {"groups": [], "state": {}},
        {"groups": [{"params": [1]}], "state": {}},
        {"groups": [{"params": [], "lr": print}], "state": {}},
        {"groups": [], "state": {1: {}}},
        {"groups": [], "state": {0: {"step": object()}}},
        {"groups": [], "state": {0: 1}},
    ],
)
def test_settings_of_no_form_are_refused(facts: Any) -> None:
    copies = Copies()
    number = copies.add(torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1))
    with pytest.raises(Violation):
        copies.apply(number, facts)


def test_what_is_written_into_a_tensor_that_nobody_holds_is_there() -> None:
    x = torch.zeros(2)
    with connected(x=x, first=lambda: x[0].item()) as ask:
        ask("x")[0] = 5
        assert ask("first")() == 5


def test_a_loader_that_shuffles_by_a_generator_of_its_own_gives_the_same_batches_on_both_ends() -> None:
    data = torch.utils.data.TensorDataset(torch.arange(6.0))

    def loader() -> torch.utils.data.DataLoader[Any]:
        return torch.utils.data.DataLoader(data, 2, shuffle=True, generator=torch.Generator().manual_seed(3))

    with connected(batches=lambda loader: [x.tolist() for (x,) in loader]) as ask:
        ours, alone = loader(), loader()
        for _ in range(2):  # the second epoch goes on where the first one ended
            assert ask("batches")(ours) == [x.tolist() for (x,) in alone]
        assert [x.tolist() for (x,) in ours] == [x.tolist() for (x,) in alone]


def test_loaders_generators_and_lambdas_cross() -> None:
    data = torch.utils.data.TensorDataset(torch.arange(6.0).reshape(6, 1))
    with connected(
        sizes=lambda loader: [len(x) for (x,) in loader],
        count=lambda n: (i * i for i in range(n)),
        apply=lambda f, x: f(x),
        draw=lambda g: torch.rand(2, generator=g),
    ) as ask:
        assert ask("sizes")(torch.utils.data.DataLoader(data, batch_size=4)) == [4, 2]
        assert list(ask("count")(4)) == [0, 1, 4, 9]
        assert ask("apply")(lambda x: x + 1, torch.ones(1)).tolist() == [2]
        ours, alone = torch.Generator().manual_seed(1), torch.Generator().manual_seed(1)
        assert torch.equal(ask("draw")(ours), torch.rand(2, generator=alone))
        assert torch.equal(torch.rand(2, generator=ours), torch.rand(2, generator=alone))


def test_an_exception_keeps_its_type_and_text() -> None:
    class Own(ValueError):
        pass

    def fail() -> None:
        raise Own("mine")

    with connected(fail=fail, key=lambda: {}["gone"], stub=lambda: (_ for _ in ()).throw(NotImplementedError())) as ask:
        with pytest.raises(ValueError, match="mine") as caught:
            ask("fail")()
        assert type(caught.value).__name__ == "Own"
        assert isinstance(caught.value, Foreign)
        with pytest.raises(KeyError, match="gone"):
            ask("key")()
        with pytest.raises(NotImplementedError) as stub:
            ask("stub")()
        assert stub.value.args == ()


def test_an_iterator_of_the_other_end_ends_with_its_value() -> None:
    """A StopIteration made without one is a null pointer to `yield from`."""

    def stop(value: int) -> None:
        raise StopIteration(value)

    with connected(stop=stop) as ask, pytest.raises(StopIteration) as caught:
        ask("stop")(5)
    assert caught.value.value == 5


def test_an_answer_may_list_what_a_tests_own_module_goes_through() -> None:
    with connected(count=lambda model: sum(each.numel() for each in list(model.parameters()))) as ask:
        assert ask("count")(Net()) == 3


def test_an_answer_may_call_what_it_was_given_and_no_more() -> None:
    secret = "hidden"

    def given(x: int) -> int:
        return x + len(secret)

    with connected(look=lambda f: f.__globals__, closure=lambda f: f.__closure__, call=lambda f: f(1)) as ask:
        assert ask("call")(given) == 7
        for name in ("look", "closure"):
            with pytest.raises((AttributeError, PermissionError)):
                ask(name)(given)


class Liar:
    """Says that it is whatever is asked for."""

    __class__ = torch.Tensor  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    @property
    def __array_interface__(self) -> dict[str, Any]:
        return {"shape": (10,), "typestr": "<f8", "data": (4096, False), "version": 3}


class Always(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        return True


def test_what_an_object_says_of_itself_is_not_believed() -> None:
    with connected(liar=Liar, always=lambda: torch.ones(2).as_subclass(Always)) as ask:
        liar = ask("liar")()
        assert not isinstance(liar, torch.Tensor)
        assert liar != torch.ones(1)
        with pytest.raises(AttributeError):
            _ = liar.__array_interface__
        plain = ask("always")()
        assert type(plain) is torch.Tensor
        assert not torch.equal(plain, torch.zeros(2))


@pytest.mark.parametrize(
    "message",
    [
        ["give", [["twin", 99], []], [], [], []],
        ["give", [["handle", 5, None], []], [], [], []],
        ["give", [["yours", 7], []], [], [], []],
        ["give", [["pickle", 0, 0], []], [], [], []],
        ["give", [["type", "os", "system"], []], [], [], []],
        ["give", [["type", "torch._C", "PyTorchFileWriter"], []], [], [], []],
        ["give", [["type", "torch.nn.modules.linear", "Linear"], []], [], [], []],
        ["give", [["dtype", "object"], []], [], [], []],
        ["give", [[[[]]], []], [], [], []],
        ["give", [1, []], [["memory", 3, "cpu", 0]], [], []],
        ["give", [1, []], [["memory", 2, "cpu", 0]], [], []],
        ["give", [1, []], [["tensor", 3, 5, "float32", [2], [1], 0, False, False]], [], []],
        ["give", [1, []], [["grad", 3, 5]], [], []],
        ["give", [1, []], [["node", 3, "os.system", True, [], [1]]], [], []],
        ["give", [1, []], [["drop", [["x"]]]], [], []],
        ["give", [1, []], [], [["torch", 0]], []],
        ["give", [1, []], [], [["dtype", "int64"]], []],
        ["give", [1, []], [], [["copy", 5]], []],
        ["give", [["named", "T", ["a", "\u00aa"], [1, 2]], []], [], [], []],
        ["give", [["handle", 3, {"mro": [["m", "n" * 201]], "callable": False, "iterator": False}], []], [], [], []],
        ["give", [1, []], [], [], [["stdout"]]],
        ["fail", {"mro": []}, [], [], []],
        ["fail", 3, [], [], []],
        ["ask", ["call", [["yours", 0]], []], [], [], []],
        ["shout", 1, [], [], []],
        {"a": 1},
        None,
    ],
    ids=lambda message: json.dumps(message)[:60],
)
def test_an_answer_of_no_form_ends_the_worker(message: Any) -> None:
    import socket

    from pair import TestLink

    from autograder.judge.wire import Blobs, Channel

    ours, theirs = socket.socketpair()
    with ours, theirs:
        link = TestLink(Channel(ours))
        Channel(theirs).send(message, Blobs())
        with pytest.raises(Lost):
            link.ask("name", "x")


def test_an_exception_that_lets_itself_not_be_changed_is_one_of_that_name() -> None:
    """A frozen dataclass of torch's own; a worker may claim that anything arose."""
    import socket

    from pair import TestLink

    from autograder.judge.wire import Blobs, Channel

    ours, theirs = socket.socketpair()
    facts = {"mro": [["torch._subclasses.fake_tensor", "_BypassDispatchCache"]], "text": "x", "args": [], "frames": []}
    with ours, theirs:
        link = TestLink(Channel(ours))
        Channel(theirs).send(["fail", facts, [], [], []], Blobs())
        with pytest.raises(Exception, match="x") as caught:
            link.ask("name", "x")
    assert isinstance(caught.value, Foreign)
    assert type(caught.value).__name__ == "_BypassDispatchCache"


def test_what_is_said_of_objects_has_an_end() -> None:
    from pair import TestLink

    from autograder.judge.wire import Channel

    link = TestLink(Channel(None))  # type: ignore[arg-type]
    with pytest.raises(Violation, match="more about objects"):
        for number in range(10_000):
            names = [[f"{number}", "n" * 200]] * 40
            link._handle(number, {"mro": names, "bases": names, "callable": False, "iterator": False})


@pytest.mark.parametrize("given", [[], [None, None], [1.0], "none"], ids=str)
def test_gradients_of_no_form_end_the_worker(given: Any) -> None:
    class Liar(Answers):
        def perform(self, operation: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
            return given if operation == "products" else super().perform(operation, args, kwargs)

    with connected(Liar, f=lambda x: x.exp()) as ask:
        y = ask("f")(torch.ones(2, requires_grad=True))
        with pytest.raises(Lost, match="no answer"):
            y.sum().backward()


def test_exceptions_that_pass_through_an_answer_are_the_same_ones_and_are_not_kept_for_ever() -> None:
    raised: list[BaseException] = []

    def fail(number: int) -> None:
        raised.append(KeyError(number))
        raise raised[-1]

    def many(f: Any) -> None:
        first = None
        for number in range(2 * MOST_RAISED):
            try:
                f(number)
            except KeyError as error:
                first = first or error
        raise first or AssertionError

    with connected(call=lambda f: f(1), many=many) as ask:
        with pytest.raises(KeyError) as caught:
            ask("call")(fail)
        assert caught.value is raised[-1]
        with pytest.raises(KeyError, match="0"):
            ask("many")(fail)
        assert len(peer_of(ask("many")).raised) == MOST_RAISED


def test_a_tensor_cannot_reach_beyond_its_memory() -> None:
    from autograder.judge.mirror import Mirror

    for size, strides, offset in [([3], [1], 0), ([1], [1], 2), ([2, 2], [1, 1], 1), ([2], [2**40], 0), ([2], [-1], 1)]:
        mirror = Mirror(False, lambda number, grads, inputs: [])
        changes = [["memory", 3, "cpu", 0], ["tensor", 5, 3, "float32", size, strides, offset, False, False]]
        with pytest.raises(Violation):
            mirror.apply(changes, [memoryview(b"\0" * 8)])
