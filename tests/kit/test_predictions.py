"""A prediction is held against what the lines print, and nothing is printed before there is one."""

from __future__ import annotations

import pytest

from autograder.kit import NotAttempted, Wrong, predict
from autograder.kit.words import GUESSES, WORDS


@pytest.mark.parametrize("guess", ["4 2", " 4   2 ", '"4 2"', "4 2\n"])
def test_a_right_guess_gets_a_tick(guess: str, capsys: pytest.CaptureFixture[str]) -> None:
    with predict("list_or_tensor", lambda: guess):
        print(4, 2)

    assert capsys.readouterr().out.startswith("4 2\n")


def test_a_usual_wrong_guess_is_told_what_it_assumes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Wrong) as raised, predict("list_or_tensor", lambda: "4 4"):
        print(4, 2)

    assert raised.value.mistake == "tensors_joined"
    assert capsys.readouterr().out == "4 2\n"


def test_any_other_wrong_guess_is_told_both() -> None:
    with pytest.raises(Wrong, match="you wrote `5`, and it prints `4 2`"), predict("list_or_tensor", lambda: 5):
        print(4, 2)


def test_without_a_prediction_nothing_is_run(capsys: pytest.CaptureFixture[str]) -> None:
    def stub() -> str:
        raise NotImplementedError

    ran = []
    with pytest.raises(NotAttempted), predict("list_or_tensor", stub):
        ran.append(True)
        print(4, 2)

    assert ran == []
    assert capsys.readouterr().out == ""


def test_a_prediction_of_nothing_is_told() -> None:
    with pytest.raises(Wrong) as raised, predict("list_or_tensor", lambda: None):
        print(4, 2)

    assert raised.value.mistake == "returned_none"


def test_a_float32_is_a_torch_float32() -> None:
    import torch

    with predict("promoted_dtype", lambda: torch.float32):
        print(torch.float32)
    with predict("promoted_dtype", lambda: "FLOAT32"):
        print(torch.float32)


def test_every_usual_guess_is_written_as_it_is_compared_and_has_its_words() -> None:
    from autograder.kit.predictions import plain

    for guesses in GUESSES.values():
        for guess, mistake in guesses.items():
            assert plain(guess) == guess
            assert mistake in WORDS
