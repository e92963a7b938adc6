"""What a check tells: the first thing that is wrong, by its name and in its words."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
import torch

from autograder.authoring.inline import kit_cell
from autograder.authoring.session import Session
from autograder.kit import NotAttempted, Wrong, check, expect, expect_kind
from autograder.kit.checks import RESULTS
from autograder.kit.words import WORDS

COLUMN = torch.tensor([[1.0], [2.0], [3.0]])
ROW = torch.tensor([1.0, 2.0, 3.0])
WIDE = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
SQUARE = torch.tensor([[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize(
    ("got", "want", "mistake"),
    [
        # type
        (None, ROW, "returned_none"),
        ([1.0, 2.0, 3.0], ROW, "not_a_tensor"),
        (np.ones(3), ROW, "not_a_tensor"),
        (WIDE.max(dim=1), ROW, "pair_for_tensor"),
        (WIDE.median(dim=1), WIDE, "pair_for_tensor"),
        (WIDE.sort(), WIDE, "pair_for_tensor"),
        (WIDE.topk(1), WIDE, "pair_for_tensor"),
        (3.0, torch.tensor(3.0), "number_for_tensor"),
        (True, torch.tensor(True), "number_for_tensor"),
        ((1.0, 2.0), torch.tensor([1.0, 2.0]), "wrong_type"),
        (torch.device("cpu"), ROW, "wrong_type"),
        (torch.tensor(3), 3, "tensor_for_number"),
        (True, 1, "wrong_type"),
        (1, True, "wrong_type"),
        (ROW.numel, 3, "method_not_called"),
        (torch.ones, ROW, "method_not_called"),
        ("torch.float32", torch.float32, "wrong_type"),
        (int, 3, "wrong_type"),
        (1, 1.0, "wrong_type"),
        # shape before dtype before values
        (ROW.double(), COLUMN, "dropped_axis"),
        (COLUMN, ROW, "kept_axis"),
        (WIDE.T.long(), WIDE, "transposed"),
        (torch.tensor([0, 5, 10]), torch.tensor([0, 5, 10, 15]), "off_by_one"),
        (torch.tensor([0, 5, 10, 15]), torch.tensor([0, 5, 10]), "off_by_one"),
        (torch.tensor([5, 10, 15]), torch.tensor([0, 5, 10, 15]), "off_by_one"),
        (torch.tensor([1, 5, 10]), torch.tensor([0, 5, 10, 15]), "wrong_shape"),
        (torch.tensor([]), torch.tensor([1.0]), "wrong_shape"),
        (torch.zeros(3, 0), torch.zeros(0, 3), "transposed"),
        # dtype
        (ROW.long(), ROW, "int_for_float"),
        (ROW, ROW.long(), "float_for_int"),
        (ROW.double(), ROW, "float64_for_float32"),
        (ROW, ROW.double(), "wrong_dtype"),
        (ROW.half(), ROW, "wrong_dtype"),
        (ROW.bool(), ROW, "wrong_dtype"),
        # arrays: type, shape, dtype, values, as of tensors
        (ROW, np.ones(3), "wrong_type"),
        (None, np.ones(3), "returned_none"),
        (np.ones((3, 1)), np.ones(3), "kept_axis"),
        (np.ones((3, 1), dtype=np.float32), np.ones(3), "kept_axis"),
        (np.ones(3, dtype=np.float32), np.ones(3), "wrong_dtype"),
        (np.array(["1", "1"]), np.ones(3), "wrong_dtype"),
        (np.arange(3.0)[::-1], np.arange(3.0), "wrong_values"),
        ((np.ones(2), "b"), (np.ones(2), "a"), "wrong_value"),
        # values
        (ROW + 1, ROW, "wrong_values"),
        (SQUARE.T, SQUARE, "transposed"),
        (torch.tensor(float("nan")), torch.tensor(1.0), "wrong_values"),
        (4, 5, "wrong_value"),
        ("a", "b", "wrong_value"),
        (0.1, 0.2, "wrong_value"),
        # containers
        ((1, 2), (1, 2, 3), "wrong_length"),
        ({"a": 1}, {"b": 1}, "wrong_keys"),
        ({"a": ROW.long()}, {"a": ROW}, "int_for_float"),
        ((ROW, None), (ROW, ROW), "wrong_type"),
    ],
)
def test_the_first_difference_is_named(got: object, want: object, mistake: str) -> None:
    with pytest.raises(Wrong) as raised:
        expect(got, want)

    assert raised.value.mistake == mistake
    assert "{" not in str(raised.value)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (ROW, [1.0, 2.0, 3.0]),
        (ROW.clone().requires_grad_(), ROW),
        (torch.tensor([float("nan"), 1.0]), torch.tensor([float("nan"), 1.0])),
        (torch.tensor(0.1) + torch.tensor(0.6), torch.tensor(0.7)),
        (torch.zeros(0, 3), torch.zeros(0, 3)),
        (np.arange(3.0)[::-1], np.array([2.0, 1.0, 0.0])),
        (np.float32([0.1]) + np.float32([0.6]), np.float32([0.7])),
        (np.array(True), np.array(True)),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (torch.Size([2, 3]), (2, 3)),
        (np.float64(0.5), 0.5),
        (0.1 + 0.2, 0.3),
        (float("inf"), float("inf")),
        (float("nan"), float("nan")),
        ({"b": 2, "a": (1, ROW)}, {"a": (1, ROW), "b": 2}),
        (torch.tensor([True, False]), [True, False]),
    ],
)
def test_what_is_right_is_accepted(got: object, want: object) -> None:
    expect(got, want)


def test_float64_is_held_to_its_own_digits() -> None:
    with pytest.raises(Wrong, match="1 of 1 values wrong, the first at"):
        expect(torch.tensor([0.1]).double(), torch.tensor([0.1], dtype=torch.float64))


def test_a_usual_mistake_is_told_by_its_name() -> None:
    with pytest.raises(Wrong) as raised:
        expect(torch.arange(0, 20, 5), [0, 5, 10, 15, 20], mistakes={"stop_excluded": [0, 5, 10, 15]})

    assert str(raised.value) == WORDS["stop_excluded"]


def test_any_difference_at_all_may_have_a_name() -> None:
    with pytest.raises(Wrong) as raised:
        expect(None, 1, mistake="seed_ignored")

    assert str(raised.value) == WORDS["seed_ignored"]


def test_the_message_counts_and_shows_the_first_wrong_value() -> None:
    with pytest.raises(Wrong) as raised:
        expect(torch.tensor([[1.0, 2.0], [7.0, 8.0]]), SQUARE)

    assert str(raised.value) == "2 of 4 values wrong, the first at [1, 0]: expected 3, got 7."
    assert raised.value.picture.count("outline:") == 4  # two cells in each of the two tables


@pytest.mark.parametrize(
    ("got", "want", "said"),
    [
        (torch.tensor([123456788]), torch.tensor([123456789]), "expected 123456789, got 123456788"),
        (torch.tensor([True]), torch.tensor([False]), "expected False, got True"),
        (torch.tensor([0.1]).double(), torch.tensor([0.1], dtype=torch.float64), "expected 0.1, got 0.10000000149"),
    ],
)
def test_expected_and_got_never_read_the_same(got: torch.Tensor, want: torch.Tensor, said: str) -> None:
    with pytest.raises(Wrong) as raised:
        expect(got, want)

    assert said in str(raised.value)


def test_a_wrong_entry_says_which_one_it_is() -> None:
    with pytest.raises(Wrong, match=r"^\['count'\]: got the function `numel` itself"):
        expect({"count": ROW.numel, "shape": (3,)}, {"count": 3, "shape": (3,)})
    with pytest.raises(Wrong, match=r"^\[1\]: 1 of 3 values wrong"):
        expect((ROW, ROW), (ROW, torch.tensor([1.0, 2.0, 4.0])))
    with pytest.raises(Wrong, match=r"^\[1\]\[0\]: expected 3, got 4"):
        expect((ROW, (4, 5)), (ROW, (3, 5)))


def test_none_inside_something_is_no_missing_return() -> None:
    with pytest.raises(Wrong, match=r"^\[1\]: expected something of type torch.Tensor, got NoneType\.$"):
        expect((ROW, None), (ROW, ROW))


def test_the_kind_alone_can_be_held_against_another() -> None:
    expect_kind(torch.rand(3), ROW)
    for got, mistake in [
        (None, "returned_none"),
        (torch.rand(4), "wrong_shape"),
        (ROW.double(), "float64_for_float32"),
    ]:
        with pytest.raises(Wrong) as raised:
            expect_kind(got, ROW)
        assert raised.value.mistake == mistake
        assert raised.value.picture == ""  # it would show values that nobody expects


def test_a_long_message_of_an_exception_is_cut_at_a_word() -> None:
    with pytest.raises(Wrong) as raised, check("long"):
        raise ValueError("a sentence of words " * 30)

    told = str(raised.value)
    assert told.endswith(" …") and told.removesuffix(" …").rpartition(" ")[2] in {"a", "sentence", "of", "words"}
    assert 270 < len(told) < 350


def test_a_tuple_too_short_and_a_pair_for_a_tensor_are_told_in_words() -> None:
    with pytest.raises(Wrong, match="expected 3 entries, got 1"):
        expect((ROW,), (ROW, ROW, ROW))
    with pytest.raises(Wrong, match="takes one of the two"):
        expect(WIDE.median(dim=1), ROW)


def test_a_changed_default_dtype_is_told_and_put_back() -> None:
    with pytest.raises(Wrong) as raised, check("double"):
        torch.set_default_dtype(torch.float64)

    assert raised.value.mistake == "default_dtype_changed"
    assert torch.get_default_dtype() == torch.float32


def test_a_large_tensor_is_not_drawn() -> None:
    with pytest.raises(Wrong) as raised:
        expect(torch.zeros(300), torch.ones(300))

    assert raised.value.picture == ""


def test_an_untouched_stub_is_not_attempted() -> None:
    with pytest.raises(NotAttempted) as raised, check("double"):
        raise NotImplementedError()

    assert raised.value.mistake == "not_attempted"
    assert raised.value._render_traceback_()[0].startswith("○ double: not attempted")


def test_torchs_own_not_implemented_error_is_an_answer_that_went_wrong() -> None:
    with pytest.raises(Wrong) as raised, check("double"):
        raise NotImplementedError("no kernel for this")

    assert raised.value.mistake == "raised"
    assert "no kernel for this" in str(raised.value)


def test_an_error_is_told_with_the_learners_line() -> None:
    session = Session()
    session.run(kit_cell(["check, expect"], []), "kit")
    session.run("def double(x):\n    y = x\n    return y + missing", "answer")
    error = session.run('with check("double"):\n    expect(double(1), 2)', "test")

    said = "line 3 of your cell, `return y + missing`, stopped with NameError: name 'missing' is not defined"
    assert str(error) == said


def test_of_a_long_error_the_useful_part_is_told() -> None:
    with pytest.raises(Wrong) as raised, check("double"):
        torch.randint(1, 7, 5)

    assert "expected one of" not in str(raised.value)
    assert "received an invalid combination of arguments - got (int, int, int)" in str(raised.value)


def test_a_function_that_is_not_there_is_not_attempted() -> None:
    session = Session()
    session.run(kit_cell(["check, expect"], []), "kit")
    error = session.run('with check("double"):\n    expect(double(1), 2)', "test")

    assert getattr(error, "mistake", None) == "not_defined"
    assert "`double`" in str(error)


def test_the_tests_own_line_is_never_shown() -> None:
    session = Session()
    session.run(kit_cell(["check, expect"], []), "kit")
    session.run("double = 5", "answer")
    error = session.run('with check("double"):\n    expect(double(-333), 2)', "test")

    assert "-333" not in str(error)
    assert str(error) == "your code stopped with TypeError: 'int' object is not callable"


@pytest.mark.parametrize("way_out", [SystemExit, RecursionError, StopIteration])
def test_no_exception_passes_for_a_right_answer(way_out: type[BaseException]) -> None:
    with pytest.raises(Wrong), check("double"):
        raise way_out


def test_an_interrupt_stays_an_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt), check("double"):
        raise KeyboardInterrupt


def test_all_words_can_be_filled_in() -> None:
    names = "name got want kind text where count total at missing end many called line most used low high"
    facts = dict.fromkeys(names.split(), "")
    for text in WORDS.values():
        text.format(**facts)


def test_how_each_check_went_is_kept_for_the_last_cell(shown: list[dict[str, str]]) -> None:
    def ran(name: str, outcome: Exception | None) -> None:
        with contextlib.suppress(Wrong), check(name):
            if outcome is not None:
                raise outcome

    ran("right", ValueError("not yet"))
    for name, outcome in {"right": None, "wrong": Wrong("wrong_values"), "open": NotImplementedError()}.items():
        ran(name, outcome)

    assert [RESULTS[name] for name in ("right", "wrong", "open")] == ["✓", "✗", "○"]
