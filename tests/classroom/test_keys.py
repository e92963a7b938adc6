from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.classroom.keys import LONGEST, cells_hash, lesson_hash, versions
from autograder.classroom.released import read_released
from autograder.course import load
from notebooks import LESSON, Notebook, cell_of, submission, write


def as_bytes(notebook: Notebook) -> bytes:
    return json.dumps(notebook).encode()


def run_again(notebook: Notebook) -> None:
    cell_of(notebook, "dice")["execution_count"] = 9
    cell_of(notebook, "dice")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]


def answer(notebook: Notebook) -> None:
    cell_of(notebook, "dice")["source"] += "\n    return 1"


def tag(notebook: Notebook) -> None:
    cell_of(notebook, "dice-check")["metadata"]["tags"] = ["skip-execution"]


@pytest.mark.parametrize(("change", "same"), [(run_again, True), (answer, False), (tag, False)])
def test_a_hand_in_is_the_same_until_something_but_its_outputs_changes(
    change: Callable[[Notebook], None], same: bool
) -> None:
    before, after = submission(), submission()
    change(after)
    assert (cells_hash(as_bytes(before)) == cells_hash(as_bytes(after))) is same


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"cells": 3}', b'{"cells": [1]}', b"[" * 10**5, b'{"a": "\\ud800"}']
)
def test_what_is_no_notebook_has_a_hash_too(content: bytes) -> None:
    assert cells_hash(content) != cells_hash(content + b" x")


def test_a_very_long_notebook_is_hashed_as_it_is() -> None:
    """To read one of 50 MB may take gigabytes, before anything is known of it."""
    notebook = submission()
    notebook["cells"][0]["outputs"] = ["x" * LONGEST]
    long = json.dumps(notebook).encode()
    assert cells_hash(long) == hashlib.sha256(long).hexdigest()


@pytest.mark.parametrize(("old", "new", "same"), [("-666", "-668", True), ("return 2 * x", "return x + x", True)])
def test_a_change_behind_the_scenes_leaves_what_was_handed_out(root: Path, old: str, new: str, same: bool) -> None:
    course = load(root)
    before = read_released(course, course.lesson(LESSON))
    told = lesson_hash(before)
    text = before.path.read_text()
    assert old in text
    write(before.path, text.replace(old, new).encode())
    after = read_released(course, course.lesson(LESSON))
    assert after.hash != before.hash
    assert (lesson_hash(after) == told) is same


def test_a_change_in_a_visible_check_changes_what_was_handed_out(root: Path) -> None:
    course = load(root)
    told = lesson_hash(before := read_released(course, course.lesson(LESSON)))
    write(before.path, before.path.read_text().replace("expect(double(2), 4)", "expect(double(3), 6)").encode())
    assert lesson_hash(read_released(course, course.lesson(LESSON))) != told


def test_versions_are_told_in_words() -> None:
    told = versions(("numpy", "no-such-package"))
    assert told.startswith("numpy ")
    assert "no-such-package missing, python 3." in told
