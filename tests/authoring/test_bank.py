"""The answer bank is read as text, and what is not an answer is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring.bank import Answer, read_bank
from autograder.errors import SourceError


def bank(root: Path, text: str) -> Path:
    path = root / "01_answers.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_answers_come_with_their_mistakes_and_lines(tmp_path: Path) -> None:
    path = bank(tmp_path, '@right("a")\ndef a():\n    return 1\n\n@wrong("a", mistake="m")\nclass a:\n    x = 2\n')

    assert read_bank(path) == [
        Answer("a", None, "def a():\n    return 1", 2),
        Answer("a", "m", "class a:\n    x = 2", 6),
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("def a():\n    pass\n", 1, "write @right"),
        ('@wrong("a")\ndef a():\n    pass\n', 2, "write @right"),
        ('@right("b")\ndef a():\n    pass\n', 2, "must be called b"),
        ("\nx = 1\n", 2, "a bank holds answers only"),
        ("def a(:\n", 1, "not Python"),
    ],
)
def test_what_is_not_an_answer_is_told_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(SourceError, match=message) as raised:
        read_bank(bank(tmp_path, text))

    assert raised.value.line == line


def test_a_bank_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "01_answers.py"
    path.write_bytes(b"\n# \xfc\n")

    with pytest.raises(SourceError, match="line 2: not UTF-8"):
        read_bank(path)


def test_a_missing_bank_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no answer bank"):
        read_bank(tmp_path / "02_answers.py")
