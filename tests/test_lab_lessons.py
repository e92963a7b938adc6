"""Every other lesson, as it is handed out, in JupyterLab in a browser; test_lab.py looks at lesson 01 more closely."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from lab import Lab
from test_lab import COURSE, NOT_FOR_LEARNERS, READY, contrast, errors, words

from autograder.authoring.source import read_source
from autograder.course import Lesson

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COLOURS = """
const letters = [...lab.cell(arguments[0]).outputArea.node.querySelectorAll('figure :is(svg text, td, figcaption)')];
return letters.map(each => getComputedStyle(each)[each.closest('svg') ? 'fill' : 'color']);
"""
"""The colour of each letter in a cell's pictures."""

LESSONS = [each for each in COURSE.lessons if each.name != "01_tensors"]


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab") / "notebooks"
    shutil.copytree(COURSE.root / "notebooks", folder, ignore=shutil.ignore_patterns(".*"))
    with Lab(folder) as lab:
        yield lab


def drawing(jupyter: Lab) -> list[str]:
    """The cells that draw, by their ids."""
    cells = [each for each in jupyter.cells() if each["cell_type"] == "code" and each["id"] != "kit"]
    return [each["id"] for each in cells if re.search(r"\b(show\w*|picture)\(", "".join(each["source"]))]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.name)
def test_a_lesson_runs_from_top_to_bottom_and_all_that_it_draws_can_be_seen(jupyter: Lab, lesson: Lesson) -> None:
    jupyter.open(f"{lesson.name}/{lesson.name}.ipynb")
    jupyter.run_all()
    assert errors(jupyter) == []
    assert READY.search(jupyter.whole_text("kit"))
    for exercise in read_source(COURSE.source(lesson)).exercises:
        seen = jupyter.text(f"{exercise.id}-{exercise.tests[0].kind}")
        assert seen.startswith(f"○ {exercise.id}: {words('not_attempted')}"), exercise.id
        assert not NOT_FOR_LEARNERS.search(seen), exercise.id
    drawn = [name for name in drawing(jupyter) if jupyter.shown(name, "figure")]
    assert len(drawn) >= (3 if lesson.name != "00_start_here" else 1)
    for name in drawn:
        assert jupyter.shown(name, "figcaption") >= 1, name
        assert not jupyter.overflowing(name), name
    for theme in ("Light", "Dark"):
        jupyter.theme(theme)
        paper = jupyter.js("return getComputedStyle(lab.panel().content.node).backgroundColor")
        for name in drawn:
            assert min(contrast(each, paper) for each in jupyter.js(COLOURS, name)) > 4.5, (theme, name)
    jupyter.theme("Light")
