"""The tape shows what shares memory, what each handle takes of it, and says the same in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from autograder.kit import show_memory

X = torch.arange(6).reshape(2, 3)
ARRAY = np.arange(6.0)


@pytest.mark.parametrize(
    ("handle", "facts"),
    [
        (X, "shape (2, 3), stride (3, 1), offset 0, takes slots 0 1 2 3 4 5"),
        (X.T, "shape (3, 2), stride (1, 3), offset 0, takes slots 0 3 1 4 2 5"),
        (X[:, 1], "shape (2,), stride (3,), offset 1, takes slots 1 4"),
        (X[1, ::2], "shape (2,), stride (2,), offset 3, takes slots 3 5"),
        (X[0].expand(2, 3), "shape (2, 3), stride (0, 1), offset 0, takes slots 0 1 2 0 1 2"),
        (X[1, 1], "shape (), stride (), offset 4, takes slots 4"),
        (X[:0], "shape (0, 3), stride (3, 1), offset 0, takes slots none"),
        (X.float().requires_grad_()[0], "shape (3,), stride (1,), offset 0, takes slots 0 1 2"),
        (torch.zeros(0), "shape (0,), stride (1,), offset 0, takes slots none"),
    ],
    ids=lambda each: str(getattr(each, "shape", "")),
)
def test_a_handle_says_how_it_walks_its_slots(handle: Any, facts: str, shown: list[dict[str, str]]) -> None:
    show_memory("a tape", handle=handle)

    assert shown[0]["text/plain"].startswith("a tape\nmemory of handle: ")
    assert shown[0]["text/plain"].endswith(f"\nhandle: {facts}")
    assert facts in shown[0]["text/html"]
    assert shown[0]["text/html"].count("stroke-width:2.5") == len(set(facts.partition("slots ")[2].split()) - {"none"})


def test_a_view_stands_below_the_tape_of_its_base_and_a_copy_has_its_own(shown: list[dict[str, str]]) -> None:
    show_memory("three", base=X, view=X[1], copy=X[[1]])

    lines = shown[0]["text/plain"].splitlines()
    assert [line for line in lines if line.startswith("memory of")] == [
        "memory of base, view: 0 1 2 3 4 5",
        "memory of copy: 3 4 5",
    ]


def test_arrays_and_tensors_share_a_tape_before_and_after_a_write(shown: list[dict[str, str]]) -> None:
    array = ARRAY.copy()
    tensor = torch.from_numpy(array)
    show_memory("before", array=array, tensor=tensor, back=array[::-1], tail=torch.from_numpy(array[4:]))
    tensor[5] = 9
    show_memory("after", array=array, tensor=tensor, mark=[5])

    before, after = (each["text/plain"] for each in shown)
    assert "memory of array, tensor, back, tail: 0. 1. 2. 3. 4. 5." in before
    assert "back (NumPy): shape (6,), stride (-1,), offset 5, takes slots 5 4 3 2 1 0" in before
    assert "tail: shape (2,), stride (1,), offset 4, takes slots 4 5" in before
    assert "memory of array, tensor: 0. 1. 2. 3. 4. 9.\nmarked: slot 5" in after


def test_handles_that_meet_only_in_a_third_share_its_tape(shown: list[dict[str, str]]) -> None:
    array = ARRAY.copy()
    show_memory("three", head=torch.from_numpy(array[:3]), tail=torch.from_numpy(array[3:]), array=array)

    assert shown[0]["text/plain"].count("memory of") == 1


@pytest.mark.parametrize("handle", [X.numpy(), X.T.numpy(), np.asfortranarray(ARRAY.reshape(2, 3)), ARRAY[1::2]])
def test_an_array_brings_all_the_memory_behind_it(handle: Any, shown: list[dict[str, str]]) -> None:
    show_memory("an array", handle=handle)

    assert len(shown[0]["text/plain"].splitlines()[1].split()) == 3 + 6


def test_an_arc_leads_from_each_entry_to_the_next_along_an_axis_and_names_its_stride(
    shown: list[dict[str, str]],
) -> None:
    show_memory("arcs", turned=X.T)

    assert shown[0]["text/html"].count("<path") == 2 + 1
    assert shown[0]["text/html"].count(">+3</text>") == shown[0]["text/html"].count(">+1</text>") == 1


def test_a_long_tape_is_cut_and_says_so(shown: list[dict[str, str]]) -> None:
    show_memory("long", x=torch.arange(100))

    assert "the first 24 of its 100 slots" in shown[0]["text/html"]
    assert shown[0]["text/html"].count("<rect") == 48


def test_entries_of_different_size_are_refused_on_one_tape(shown: list[dict[str, str]]) -> None:
    show_memory("two tapes", a=ARRAY, b=torch.tensor(ARRAY, dtype=torch.float32))
    with pytest.raises(ValueError, match="do not fit on one tape"):
        show_memory("one tape", a=X, b=X.view(torch.int32))


def test_the_tape_takes_the_themes_colours_and_escapes_names(shown: list[dict[str, str]]) -> None:
    show_memory("<script>", **{"<b>": X})

    assert "<script>" not in shown[0]["text/html"]
    assert "&lt;b&gt;: shape" in shown[0]["text/html"]
    assert "#" not in shown[0]["text/html"]
