"""What students must not get, and where a text has it: lines of solutions, hidden tests and answer banks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from autograder.authoring.bank import Answer
from autograder.authoring.source import BEGIN_HIDDEN, BEGIN_SOLUTION, Source

LEAK = 24  # a line this long, with spaces folded, does not stand in two places by chance
SECRET = ("solution", "hidden")  # kinds of cells whose lines a student must not see
MARKERS = (BEGIN_SOLUTION, BEGIN_HIDDEN)


def secret_lines(source: Source, starters: Iterable[str], bank: Iterable[Answer]) -> dict[str, str]:
    """Every line that would give something away, and what it is of.

    Args:
        starters: the answer cells as students get them; their lines are no secret.
        bank: its right answers are as good as the solution, and its wrong ones tell what is tested.
    """
    public = {line for cell in source.cells if cell.kind not in SECRET for line in folded(cell.text)}
    public |= {line for starter in starters for line in folded(starter)}
    texts = [(cell.text, f"the {cell.kind} {cell.exercise!r}") for cell in source.cells if cell.kind in SECRET]
    texts += [(answer.source, f"an answer of the bank to {answer.exercise!r}") for answer in bank]
    found: dict[str, str] = {}
    for text, what in texts:
        for line in folded(text):
            if len(line) >= LEAK and line not in public:
                found.setdefault(line, what)
    return found


def leaks(text: str, secrets: dict[str, str]) -> Iterator[str]:
    """What a file's text shows that it must not, in words; a notebook is looked at string by string."""
    try:
        strings = list(strings_in(json.loads(text)))
    except ValueError:
        strings = [text]
    for line in (line for string in strings for line in folded(string)):
        if line in secrets:
            yield f"shows a line of {secrets[line]}: {line}"
        if any(marker in line for marker in MARKERS):
            yield f"shows a marker: {line}"


def strings_in(value: Any) -> Iterator[str]:
    """Every string in a JSON value, keys too. A list of strings is one text, as notebooks write them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from strings_in(each)
    elif isinstance(value, list):
        if value and all(isinstance(each, str) for each in value):
            yield "".join(value)
        else:
            for each in value:
                yield from strings_in(each)


def folded(text: str) -> list[str]:
    """The lines of a text, with every run of blanks as one space."""
    return [" ".join(line.split()) for line in text.splitlines()]
