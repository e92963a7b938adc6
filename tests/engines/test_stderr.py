from __future__ import annotations

from autograder.engines.stderr import WITHHELD, spoken


def test_a_warning_is_told_without_the_line_it_came_from() -> None:
    text = "/x/ipykernel_1/22.py:3: UserWarning: mind the gap\n  expect(secret(-333), 1)\n"
    assert spoken(text) == "UserWarning: mind the gap"


def test_anything_else_is_withheld() -> None:
    assert spoken("expect(secret(-333), 1)\n") == WITHHELD
