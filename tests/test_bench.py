"""`course bench` measures what it says, and names the yardstick of each ratio."""

from __future__ import annotations

from pathlib import Path

import pytest
from authoring.small_lesson import LESSON, make

from autograder.authoring.build import build
from autograder.bench import Measure, bench


@pytest.mark.slow
def test_each_line_has_its_yardstick(tmp_path: Path) -> None:
    course = make(tmp_path)
    list(build(course))

    lines = {each.what: each for each in bench(course, repeats=1)}

    assert lines["100 checks that pass"].yardstick == "the answers alone"
    assert f"{LESSON.name}, top to bottom" in lines
    assert all(each.seconds > 0 and each.bare > 0 for each in lines.values())


def test_a_ratio_is_to_the_bare_cost() -> None:
    assert Measure("this", 6.0, "that", 1.5).ratio == 4.0
