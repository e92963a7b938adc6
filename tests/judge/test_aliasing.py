"""View or copy, in place or new, in the graph or out of it: told by name, here and across the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from pair import connected

from autograder.kit import Wrong, expect_copy, expect_requires_grad, expect_same_object, expect_view
from autograder.kit.gpu import simulate_gpu, stop_simulating

VIEWS: dict[str, Callable[[Any], Any]] = {
    "itself": lambda x: x,
    "a slice": lambda x: x[1:],
    "a column": lambda x: x[:, 1],
    "one entry": lambda x: x[0, 0],
    "another shape": lambda x: x.view(-1),
    "transposed": lambda x: x.T,
    "expanded": lambda x: x[:1].expand(5, 3),
    "detached": lambda x: x.detach(),
    "as an array": lambda x: x.detach().cpu().numpy() if x.device.type == "cpu" else x[:],
    "from its array": lambda x: torch.from_numpy(x.numpy()[1:]) if x.device.type == "cpu" else x[1:],
}
COPIES: dict[str, Callable[[Any], Any]] = {
    "cloned": lambda x: x.clone(),
    "a list of rows": lambda x: x[[0, 1]],
    "a mask": lambda x: x[x > 2],
    "reshaped after a transpose": lambda x: x.T.reshape(-1),
    "contiguous": lambda x: x.T.contiguous(),
    "another dtype": lambda x: x.double(),
    "an array of its own": lambda x: x.cpu().numpy().copy(),
    "from a list": lambda x: torch.tensor(x.tolist()),
    "with arithmetic": lambda x: x + 0,
}
EMPTY: dict[str, Callable[[Any], Any]] = {"none of its rows": lambda x: x[:0], "empty": lambda x: torch.zeros(0, 3)}
apart = pytest.mark.parametrize("apart", [False, True], ids=["here", "across the wire"])


@pytest.fixture(params=["cpu", "cuda"])
def device(request: pytest.FixtureRequest) -> Iterator[str]:
    """The CPU, and the GPU: a simulated one where there is no other."""
    simulated = request.param == "cuda" and not torch.cuda.is_available()
    if simulated:
        simulate_gpu()
    yield request.param
    if simulated:
        stop_simulating()


def matrix(device: str) -> torch.Tensor:
    return torch.arange(6.0).reshape(2, 3).to(device)


def answered(answer: Callable[[Any], Any], given: Any, apart: bool) -> Any:
    """What the answer gives, here or from the other end of a wire; `given` stays alive."""
    if not apart:
        return answer(given)
    with connected(answer=answer) as ask:
        return ask("answer")(given)


def mistake(check: Callable[[Any, Any], None], got: Any, want: Any) -> str:
    """The name of what the check finds, "" if it finds nothing."""
    try:
        check(got, want)
    except Wrong as wrong:
        assert "{" not in str(wrong)
        return wrong.mistake
    return ""


@apart
@pytest.mark.parametrize("answer", VIEWS.values(), ids=VIEWS)
def test_a_view_is_told_where_a_copy_is_asked_for(answer: Callable[[Any], Any], apart: bool, device: str) -> None:
    x = matrix(device)
    got = answered(answer, x, apart)

    assert (mistake(expect_view, got, x), mistake(expect_copy, got, x)) == ("", "view_for_copy")


@apart
@pytest.mark.parametrize("answer", COPIES.values(), ids=COPIES)
def test_a_copy_is_told_where_a_view_is_asked_for(answer: Callable[[Any], Any], apart: bool, device: str) -> None:
    x = matrix(device)
    got = answered(answer, x, apart)

    assert (mistake(expect_view, got, x), mistake(expect_copy, got, x)) == ("copy_for_view", "")


@apart
@pytest.mark.parametrize("answer", EMPTY.values(), ids=EMPTY)
def test_what_is_empty_shares_nothing_and_copies_nothing(
    answer: Callable[[Any], Any], apart: bool, device: str
) -> None:
    x = matrix(device)
    got = answered(answer, x, apart)

    assert (mistake(expect_view, got, x), mistake(expect_copy, got, x)) == ("", "")


@apart
@pytest.mark.parametrize(
    ("answer", "shared"),
    [
        (torch.from_numpy, True),
        (torch.as_tensor, True),
        (lambda a: a[::-1], True),
        (lambda a: torch.from_numpy(a).double().numpy(), True),
        (torch.tensor, False),
        (np.array, False),
        (lambda a: torch.from_numpy(a).float(), False),
        (lambda a: torch.from_numpy(a[::-1].copy()), False),
    ],
    ids=["from_numpy", "as_tensor", "reversed", "there and back", "tensor", "array", "float32", "a reversed copy"],
)
def test_arrays_and_tensors_may_share_memory(answer: Callable[[Any], Any], shared: bool, apart: bool) -> None:
    array = np.arange(4.0)
    got = answered(answer, array, apart)

    assert mistake(expect_view, got, array) == ("" if shared else "copy_for_view")
    assert mistake(expect_copy, got, array) == ("view_for_copy" if shared else "")


def test_a_reversed_array_shares_memory_with_each_of_its_halves_and_these_do_not_with_each_other() -> None:
    array = np.arange(4.0)

    assert mistake(expect_view, array[::-1], array[:2]) == mistake(expect_view, array[::-1], array[2:]) == ""
    assert mistake(expect_copy, array[:2], array[2:]) == ""


@apart
def test_in_place_means_the_very_tensor_that_was_given(apart: bool) -> None:
    x = matrix("cpu")

    assert mistake(expect_same_object, answered(lambda x: x.mul_(2), x, apart), x) == ""
    for new in (lambda x: x * 2, lambda x: x[:], lambda x: None):
        assert mistake(expect_same_object, answered(new, x, apart), x) == "new_tensor_for_in_place"


@apart
def test_a_graph_that_is_lost_or_kept_is_told(apart: bool) -> None:
    w = torch.ones(3, requires_grad=True)
    kept, lost = answered(lambda w: w * 2, w, apart), answered(lambda w: (w * 2).detach(), w, apart)

    assert (mistake(expect_requires_grad, kept, True), mistake(expect_requires_grad, kept, False)) == ("", "graph_kept")
    assert (mistake(expect_requires_grad, lost, True), mistake(expect_requires_grad, lost, False)) == ("graph_lost", "")


def test_what_is_no_tensor_never_passes_for_a_view() -> None:
    for got in (None, 3, [1.0]):
        with pytest.raises(AttributeError):
            expect_view(got, matrix("cpu"))


SHAPES = {
    "transposed": "x.t_()",
    "a further dimension": "x.unsqueeze_(0)",
    "flat": "x.resize_(9)",
    "fewer": "x.resize_(2, 3)",
    "more": "x.resize_(4, 4).fill_(1)",
    "other memory": "x.data = torch.full((3, 3), 9.0)",
    "other memory of another shape": "x.data = torch.full((3,), 9.0)",
    "a part of itself": "x.data = x.data[1:]",
    "another place": "x.set_(x.untyped_storage(), 1, (2, 2), (2, 1))",
    "a memory it shares with another": "x.data = other",
    "another dtype": "x.data = x.data.double()",
    "the same bytes of another dtype": "x.data = x.data.view(torch.int32)",
}


@pytest.mark.parametrize("change", SHAPES)
def test_a_tensor_that_is_laid_elsewhere_or_otherwise_in_place_is_so_here(change: str) -> None:
    def answer(x: torch.Tensor, other: torch.Tensor) -> None:
        exec(SHAPES[change])

    here = torch.arange(9.0).reshape(3, 3), torch.zeros(3, 3)
    kernel = torch.arange(9.0).reshape(3, 3), torch.zeros(3, 3)
    answer(*kernel)
    with connected(answer=answer) as ask:
        ask("answer")(*here)
        ask("answer")  # one more message: nothing is told twice
    for mine, theirs in zip(here, kernel, strict=True):
        assert (mine.shape, mine.stride(), mine.dtype) == (theirs.shape, theirs.stride(), theirs.dtype)
        assert torch.equal(mine, theirs)
    for x, other in (here, kernel):
        other += 5
        x *= 2
    assert torch.equal(here[0], kernel[0]) and torch.equal(here[1], kernel[1]), "they share what they share there"


@pytest.mark.parametrize("change", SHAPES)
def test_what_a_test_lays_elsewhere_between_two_calls_is_so_for_the_answer(change: str) -> None:
    seen: list[torch.Tensor] = []
    x, other = torch.arange(9.0).reshape(3, 3), torch.zeros(3, 3)
    with connected(answer=lambda *args: seen.append(args[0].clone())) as ask:
        ask("answer")(x, other)
        exec(SHAPES[change])
        ask("answer")(x, other)
    assert torch.equal(seen[1], x) and seen[1].dtype is x.dtype
