"""Predict, then run."""

import contextlib
import io
from typing import Any

from autograder.kit.checks import Wrong, check
from autograder.kit.words import GUESSES


@contextlib.contextmanager
def predict(name: str, guess: Any) -> Any:
    """Hold a prediction against what the lines below print; without one they do not run. GUESSES knows usual ones."""
    with check(name):
        said = guess()
        if said is None:
            raise Wrong("returned_none")
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            yield
        print(printed.getvalue(), end="")
        if plain(said) != plain(printed.getvalue()):
            usual = GUESSES.get(name, {}).get(plain(said), "wrong_prediction")
            raise Wrong(usual, got=said, want=printed.getvalue().strip())


def plain(text: object) -> str:
    """A printed line without what nobody means to foretell: spacing, case, quotes, the prefix `torch.`"""
    return " ".join(str(text).replace(",", ", ").split()).casefold().replace("torch.", "").strip("'\"")
