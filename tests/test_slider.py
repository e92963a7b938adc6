"""Lesson 08's slider for the learning rate draws anew in JupyterLab; without ipywidgets the lesson says what to do."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from lab import Lab, until

from autograder.authoring.session import Session
from autograder.course import load

COURSE = load()
LESSON = COURSE.lesson("08_gradient_descent")
SOLUTION = nbformat.read(COURSE.solution(LESSON), nbformat.NO_CONVERT)
CODE = [cell for cell in SOLUTION.cells if cell.cell_type == "code"]
(SLIDER,) = (at for at, cell in enumerate(CODE) if "FloatSlider" in cell.source)


def test_without_ipywidgets_the_cell_says_so_and_the_next_one_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    said: list[str] = []
    drawn: list[str] = []
    session = Session()
    for cell in CODE[: SLIDER - 1]:
        if "nbgrader" not in cell.metadata or cell.metadata.nbgrader.grade_id == "kit":
            session.run(cell.source, "before")
    session.names |= {"print": said.append, "picture": lambda figure, text: drawn.append(text)}

    assert [session.run(cell.source, "slider") for cell in CODE[SLIDER - 1 : SLIDER + 2]] == [None] * 3
    assert [text.partition(".")[0] for text in said] == ["There is no slider here"]
    assert [text.partition(".")[0] for text in drawn] == [
        "Eight steps from x = 10, marked by a square, on x² + 20",
        "Eight steps from x = 10 on x² + 20 with a learning rate of 0",
    ]


@pytest.mark.browser
@pytest.mark.slow
def test_in_jupyterlab_a_move_of_the_slider_draws_the_path_of_that_rate(tmp_path: Path) -> None:
    path = COURSE.notebook(LESSON)
    shutil.copytree(path.parent, tmp_path / "notebooks" / LESSON.name, ignore=shutil.ignore_patterns(".*"))
    with Lab(tmp_path / "notebooks") as lab:
        lab.open(f"{LESSON.name}/{path.name}")
        lab.run_all()
        name = CODE[SLIDER].id
        assert "with a learning rate of 0.1." in lab.text(name)
        handle = lab.driver.find_element("css selector", ".noUi-handle")
        for _ in range(7):
            handle.send_keys("\ue014")  # the arrow to the right
        until("the path is drawn anew", 30, lambda: "with a learning rate of 0.17." in lab.text(name))
        assert lab.shown(name, "figure") == 1
