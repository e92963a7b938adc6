from __future__ import annotations

import json

import pytest

from autograder.classroom.reading import Readable, Unreadable, lesson_of, read_notebook
from notebooks import submission

GOOD = json.dumps(submission()).encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"hello", "not a notebook: not JSON at line 1"),
        (GOOD[:-200], "ends in the middle"),
        (GOOD.decode().encode("utf-16"), "UTF-16"),
        (GOOD.decode().encode("utf-16-le"), "not text"),
        (b"<!DOCTYPE html><title>Log in</title>", "web page"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....", "zip"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "Git LFS"),
        (b'{\n<<<<<<< HEAD\n"a": 1\n=======\n>>>>>>> x\n}', "merge-conflict"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b"[1, 2]", "not a notebook"),
        (b'{"a": 1}', "not a notebook"),
        (b'{"nbformat": 4}', "without cells"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"nbformat": ' + b"9" * 10_000 + b"}", "number too large"),
        (b"def f():\n    return 1\n", "not JSON"),
    ],
)
def test_what_is_no_notebook_is_told_in_plain_words(data: bytes, words: str) -> None:
    found = read_notebook(data)
    assert isinstance(found, Unreadable)
    assert words in found.cause


def test_a_notebook_is_read_even_with_a_byte_order_mark() -> None:
    for data in (GOOD, b"\xef\xbb\xbf" + GOOD):
        found = read_notebook(data)
        assert isinstance(found, Readable)
        assert json.loads(found.text) == submission()


def test_a_notebook_may_say_which_lesson_it_is() -> None:
    assert lesson_of(submission()) == "01_tensors"
    assert lesson_of({"metadata": {"course": ["hostile"]}}) is None
