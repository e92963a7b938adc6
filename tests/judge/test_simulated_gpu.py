"""The simulated GPU on both ends of the wire: what lies on it here lies on it there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from live import run, said, worker

from autograder.judge.failures import Foreign
from autograder.judge.link import Link
from autograder.kit.gpu import simulate_gpu, stop_simulating

ANSWERS = """
import torch
def double(x):
    return 2 * x
def fill(x):
    x.fill_(7)
def row(x):
    return x[1]
def home(x):
    return x.cpu()
def away(x):
    return x.to("cuda")
def mixed(x):
    return x + torch.ones(3)
def hard(x):
    return x.numpy()
def where(x):
    return x.device, x.is_cuda, str(x.device)
def backward(x):
    x.sum().backward()
def step(model, optimiser, x):
    loss = model(x).sum()
    loss.backward()
    optimiser.step()
    return loss
def draw(device):
    return torch.rand(3, device=device)
kept = torch.arange(3.0, device="cuda")
cell = torch.nn.Linear(2, 1).to("cuda")
"""


@pytest.fixture(scope="module")
def link() -> Iterator[Link]:
    if torch.cuda.is_available():
        pytest.fail("hide the real GPU for this test: CUDA_VISIBLE_DEVICES=")
    simulate_gpu()
    try:
        with worker(device="simulated") as started:
            assert said(run(started, ANSWERS)) == ""
            yield started
    finally:
        stop_simulating()


@pytest.fixture(autouse=True)
def test_begins(link: Link) -> Iterator[None]:
    link.begin(0, [])
    yield
    link.end()


def test_a_result_lies_where_its_argument_does(link: Link) -> None:
    x = torch.tensor([1.0, 2.0], device="cuda")
    got = link.name("double")(x)
    assert str(got.device) == "cuda:0" and got.cpu().tolist() == [2.0, 4.0]
    assert link.name("double")(x.cpu()).device.type == "cpu"
    assert link.name("where")(x) == (torch.device("cuda", 0), True, "cuda:0")


def test_transfers_make_copies_and_views_stay_views(link: Link) -> None:
    x = torch.zeros(2, 3, device="cuda")
    row = link.name("row")(x)
    link.name("fill")(row)
    assert x.cpu().tolist() == [[0.0] * 3, [7.0] * 3]
    home, away = link.name("home")(x), link.name("away")(torch.ones(3))
    home.fill_(5)
    assert home.device.type == "cpu" and x.cpu()[0].tolist() == [0.0] * 3
    assert away.is_cuda and away.cpu().tolist() == [1.0] * 3


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("mixed", RuntimeError, "found at least two devices, cuda:0 and cpu"),
        ("hard", TypeError, "can't convert cuda:0 device type tensor to numpy"),
    ],
)
def test_a_mistake_is_cudas_mistake(link: Link, name: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        link.name(name)(torch.ones(3, device="cuda"))
    assert isinstance(caught.value, Foreign)


def test_what_a_student_keeps_on_it_comes_as_that(link: Link) -> None:
    kept = link.name("kept")
    assert kept.is_cuda and kept.cpu().tolist() == [0.0, 1.0, 2.0]
    assert {str(each.device) for each in link.name("cell").parameters()} == {"cuda:0"}


def test_gradients_lie_on_it(link: Link) -> None:
    x = torch.tensor([1.0, 2.0], device="cuda", requires_grad=True)
    link.name("backward")(x)
    assert x.grad is not None and x.grad.is_cuda and x.grad.cpu().tolist() == [1.0, 1.0]
    y = link.name("double")(x).sum()
    (grad,) = torch.autograd.grad(y, x)
    assert grad.is_cuda and grad.cpu().tolist() == [2.0, 2.0]


def test_gradients_cross_between_the_devices(link: Link) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (3 * link.name("away")(x)).sum().backward()
    assert x.grad is not None and x.grad.device.type == "cpu" and x.grad.tolist() == [3.0, 3.0]


def test_a_model_and_its_optimiser_are_trained_where_they_are(link: Link) -> None:
    model = torch.nn.Linear(2, 1).to("cuda")
    before = model.weight.detach().cpu().clone()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    loss = link.name("step")(model, optimiser, torch.ones(4, 2, device="cuda"))
    assert loss.is_cuda and model.weight.is_cuda
    assert torch.allclose(model.weight.detach().cpu(), before - 0.4)
    assert optimiser.state[model.weight]["momentum_buffer"].is_cuda


def test_random_numbers_of_both_devices_go_on_where_they_were(link: Link) -> None:
    torch.manual_seed(3)
    first = [link.name("draw")("cuda").cpu(), link.name("draw")("cpu")]
    torch.manual_seed(3)
    again = [torch.rand(3, device="cuda").cpu(), torch.rand(3)]
    assert all(torch.equal(*pair) for pair in zip(first, again, strict=True))
    assert not torch.equal(*first)


def test_the_default_device_of_the_notebook_does_not_reach_into_a_test(link: Link) -> None:
    run(link, "torch.set_default_device('cuda')\ndef plain():\n    return torch.ones(1)")
    link.begin(0, [])
    assert link.name("plain")().device.type == "cpu"
    link.end()
    assert said(run(link, "print(torch.ones(1).device)\ntorch.set_default_device(None)")) == "cuda:0\n"
