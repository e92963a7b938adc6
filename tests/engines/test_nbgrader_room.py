from __future__ import annotations

import pytest

from autograder.engines.nbgrader_filters import TAGS
from autograder.engines.nbgrader_room import LEAST, Room, cost_of_code, cost_of_colours, tangled, tidy


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a < b <c", "a &lt; b &lt;c"),
        ("<b>x</b><br/>", "<b>x</b><br/>"),
        ("<td colspan=2 title='a > b' class=\"c\" hidden>", "<td colspan=2 title='a > b' class=\"c\" hidden>"),
        ("x<!-- <b> -->y<!--z", "xy"),
        ("<b<!-- -->r>", "&lt;br>"),
        ("<p title='</p>'>", "&lt;p title='</p>'>"),
        ("<p " + "a " * 30 + ">", "&lt;p " + "a " * 30 + ">"),
        ("<!DOCTYPE html>", "&lt;!DOCTYPE html>"),
        ("<!--><b>-->", ""),
    ],
)
def test_every_angle_that_is_left_begins_a_tag(text: str, made: str) -> None:
    assert tidy(text) == made


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("<div><p>x<br>y</p></div>" * 1000, 0),
        ("<p><b><i>x</i></b></p>" * 1000, 2),
        ("<p>x</div>" * 3, 3),
        ("<div>" * 60, 0),
        ("<div>" * 61, None),
        ("<svg>" * 61, 0),
        ("<div title=1>" * 61, None),
        ("<b>" * 11, None),
        ("<p><b></p>" * 11, None),
        ("<div><table></div></table>" * 11, None),
        ("</p>" * 11, None),
    ],
)
def test_what_makes_html_slow_is_counted(text: str, most: int | None) -> None:
    assert tangled(text, TAGS) == most


def test_code_with_very_many_blank_lines_has_no_colours() -> None:
    assert cost_of_code("\n " * 50 + "x") is not None
    assert cost_of_code("\n " * 100 + "x") is None


def test_colours_cost_for_each_change_of_colour() -> None:
    assert cost_of_colours("x" * 100_000) == 0
    assert cost_of_colours("\x1b[31m" * 10) == 500


def test_what_has_no_room_left_still_shows_its_beginning() -> None:
    room = Room(rich=10, plain=300)
    assert room.affords(7)
    assert not room.affords(7)
    assert room.cut("x" * 300) == "x" * 300
    assert room.cut("x" * LEAST) == "x" * LEAST
    assert room.cut("x" * 1000).startswith("x" * LEAST + "\n… 800 more")
