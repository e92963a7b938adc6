"""`course lab` opens on the list of lessons, with a table of contents beside it and a cell that says how far one is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from lab import TOKEN, Lab, until
from test_lab import COURSE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEADINGS = """
return [...document.querySelectorAll('.jp-tocItem-content')]
  .filter(each => each.getBoundingClientRect().height > 0).map(each => each.textContent.trim());
"""
"""Those that can be seen; a panel behind another has them in the page too."""

LINK = "[...document.querySelectorAll('.jp-RenderedMarkdown a')].find(each => each.textContent === arguments[0])"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab") / "notebooks"
    shutil.copytree(COURSE.root / "notebooks", folder, ignore=shutil.ignore_patterns(".*"))
    with Lab(folder) as lab:
        yield lab


def test_it_opens_on_the_list_with_the_table_of_contents_beside(lab: Lab) -> None:
    lab.driver.get(f"http://127.0.0.1:{lab.port}/?token={TOKEN}")

    until("the index is open", 60, lambda: lab.driver.current_url.split("?")[0].endswith("/lab/tree/index.ipynb"))
    until("its headings are listed", 60, lambda: COURSE.title in (lab.js(HEADINGS) or []))


def test_the_list_names_every_lesson_and_its_last_cell_says_how_far_one_is(lab: Lab) -> None:
    lab.open("index.ipynb")
    welcome = lab.js("return lab.cell('welcome').node.textContent")
    for lesson in COURSE.lessons:
        assert lesson.title in welcome and str(lesson.minutes) in welcome
    lab.run("how-far-you-are")

    seen = lab.text("how-far-you-are")
    assert all(f"{lesson.name} " in seen for lesson in COURSE.lessons)
    assert "together" in seen and "not begun" in seen


def test_a_link_opens_its_lesson_in_the_same_jupyterlab(lab: Lab) -> None:
    lab.open("index.ipynb")
    until("the list is drawn", 30, lambda: lab.js(f"return {LINK}", "Creating tensors"))
    lab.js(f"{LINK}.click()", "Creating tensors")

    opened = "return lab.panel()?.context?.path"
    until("the lesson is open", 60, lambda: lab.js(opened) == "01_tensors/01_tensors.ipynb")
