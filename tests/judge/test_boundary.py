"""What a test can do with an answer on the other end of the wire: the same as with one beside it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from pair import connected
from torch import nn

from autograder.judge.failures import Foreign
from autograder.judge.link import Lost


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


def test_a_tests_module_is_trained_by_an_answer() -> None:
    with connected(train=train) as ask:
        model = nn.Linear(2, 1)
        before = model.weight.clone()
        ask("train")(model, 3)
        assert not torch.equal(model.weight, before)


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
        ["give", [1, []], [], [], [["stdout"]]],
        ["fail", {"mro": []}, [], [], []],
        ["fail", 3, [], [], []],
        ["ask", ["call", [["yours", 0]], ["dict", []]], [], [], []],
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


def test_a_tensor_cannot_reach_beyond_its_memory() -> None:
    from autograder.judge.mirror import Mirror
    from autograder.judge.wire import Violation

    for size, strides, offset in [([3], [1], 0), ([1], [1], 2), ([2, 2], [1, 1], 1), ([2], [2**40], 0), ([2], [-1], 1)]:
        mirror = Mirror(False, lambda number, grads: [])
        changes = [["memory", 3, "cpu", 0], ["tensor", 5, 3, "float32", size, strides, offset, False, False]]
        with pytest.raises(Violation):
            mirror.apply(changes, [memoryview(b"\0" * 8)])
