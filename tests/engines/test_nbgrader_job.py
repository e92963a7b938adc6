from __future__ import annotations

import copy
from typing import Any

import pytest

from autograder.engines.nbgrader_job import explain
from notebooks import submission


class SchemaTooOldError(Exception):
    pass


def duplicated() -> dict[str, Any]:
    twice = submission()
    twice["cells"].append(copy.deepcopy(twice["cells"][1]))
    return twice


@pytest.mark.parametrize(
    ("error", "notebook", "words"),
    [
        (SchemaTooOldError("0 (expected 3)"), duplicated(), "two cells have the id `double`"),
        (SchemaTooOldError("0 (expected 3)"), submission(), "another version"),
        (KeyError("metadata"), {"cells": [1, {"metadata": None}, {}]}, "damaged"),
        (RuntimeError("first\nsecond"), {}, "nbgrader failed (RuntimeError: first)"),
    ],
)
def test_nbgraders_errors_are_put_in_plain_words(error: Exception, notebook: dict[str, Any], words: str) -> None:
    assert words in explain(error, notebook)
    assert "\n" not in explain(error, notebook)
