"""Lesson 01 as a learner meets it: in JupyterLab, in a browser, in the light and in the dark."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import Lab, free_port, get, serving

from autograder.authoring.bank import Answer, read_bank
from autograder.authoring.source import Source, read_source
from autograder.course import load
from autograder.kit.words import WORDS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COURSE = load()
LESSON = COURSE.lesson("01")
BANK = read_bank(COURSE.bank(LESSON))
SOURCE: Source = read_source(COURSE.source(LESSON))

DRAWN = ("show(", "picture(")
READY = re.compile(r"Ready\W+PyTorch \d")
NOT_FOR_LEARNERS = re.compile(r"Traceback|ipykernel|_render_traceback_|raise wrong|site-packages|<figure|def kit\(")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab with a copy of the lessons; lesson 01 is open, and all of it has been run as it was handed out."""
    folder = tmp_path_factory.mktemp("lab") / "notebooks"
    shutil.copytree(COURSE.root / "notebooks", folder, ignore=shutil.ignore_patterns(".*"))
    with Lab(folder) as lab:
        lab.open(f"{LESSON.name}/{LESSON.name}.ipynb")
        lab.run_all()
        yield lab


def answers(exercise: str) -> tuple[Answer, Answer]:
    """A wrong answer that has a picture of the difference, and a right one."""
    mine = [each for each in BANK if each.exercise == exercise]
    right = next(each for each in mine if each.mistake is None)
    return next(each for each in mine if each.mistake == "transposed"), right


def words(mistake: str, **facts: object) -> str:
    """What WORDS says about a mistake, up to the first fact that only the check knows."""
    return re.split(r"\{\w+\}", WORDS[mistake])[0].strip()


def errors(lab: Lab) -> list[tuple[str, str]]:
    """The errors that nobody meant to happen, each with its cell."""
    return [
        (cell["id"], f"{output['ename']}: {output['evalue']}")
        for cell in lab.cells()
        for output in cell.get("outputs", [])
        if output["output_type"] == "error" and "raises-exception" not in cell["metadata"].get("tags", [])
    ]


def luminance(colour: str) -> float:
    """How bright a colour such as "rgb(255, 0, 0)" is, from 0 to 1, as WCAG 2 works it out."""
    parts = [float(each) / 255 for each in re.findall(r"[\d.]+", colour)[:3]]
    linear = [each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21; WCAG 2 asks 4.5 of text."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def pictures(lab: Lab) -> list[str]:
    """The cells that draw."""
    cells = [each for each in lab.cells() if each["cell_type"] == "code" and each["id"] != "kit"]
    return [each["id"] for each in cells if any(call in "".join(each["source"]) for call in DRAWN)]


def test_the_set_up_cell_is_folded_and_says_that_it_is_ready(lab: Lab) -> None:
    seen = lab.whole_text("kit")
    assert "def kit()" not in seen
    assert READY.search(seen)


def test_all_cells_run_past_the_exercises_that_are_open(lab: Lab) -> None:
    assert [each["id"] for each in lab.cells() if each["cell_type"] == "code" and not each["execution_count"]] == []
    assert errors(lab) == []


@pytest.mark.parametrize("exercise", SOURCE.exercises, ids=lambda each: each.id)
def test_an_exercise_that_is_open_says_so(lab: Lab, exercise: Any) -> None:
    seen = lab.text(f"{exercise.id}-{exercise.tests[0].kind}")
    assert seen.startswith(f"○ {exercise.id}: {words('not_attempted')}")
    assert not NOT_FOR_LEARNERS.search(seen)


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_a_wrong_answer_gets_a_message_and_a_picture_and_a_right_one_a_tick(
    lab: Lab, theme: str, tmp_path: Path
) -> None:
    wrong, right = answers("from_rows")
    lab.theme(theme)
    try:
        lab.replace("from_rows", wrong.source)
        lab.run("from_rows")
        lab.run("from_rows-check")
        seen = lab.text("from_rows-check")
        lab.screenshot(tmp_path / f"wrong {theme}.png", "from_rows")
        assert f"✗ from_rows: {words('transposed')}" in seen
        assert "got · shape (2, 3)" in seen and "expected · shape (3, 2)" in seen
        assert lab.shown("from_rows-check", "table td") == 3 * 4 + 4 * 3  # the indices of rows and columns are cells
        assert not NOT_FOR_LEARNERS.search(seen)

        lab.replace("from_rows", right.source)
        lab.run("from_rows")
        lab.run("from_rows-check")
        seen = lab.text("from_rows-check")
        lab.screenshot(tmp_path / f"right {theme}.png", "from_rows")
        assert seen.strip() == "✓ from_rows"
        assert errors(lab) == []
    finally:
        lab.theme("Light")


def test_each_picture_is_drawn_with_its_words_below_and_fits(lab: Lab) -> None:
    drawn = pictures(lab)
    assert len(drawn) > 3
    for name in drawn:
        assert lab.shown(name, "figure svg, figure table") >= 1, name
        assert lab.shown(name, "img") == 0, name
        assert lab.shown(name, "figcaption") == 1, name
        assert not lab.overflowing(name), name
        inside = "lab.cell(arguments[0]).outputArea.node"
        caption = lab.js(f"return {inside}.querySelector('figcaption').innerText", name)
        labels = lab.js(f"return [...{inside}.querySelectorAll('figure svg')].map(each => each.ariaLabel)", name)
        assert len(caption) > 20, name
        assert set(labels) <= {caption}, name


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_letters_and_lines_of_pictures_can_be_seen_in_every_theme(lab: Lab, theme: str, tmp_path: Path) -> None:
    lab.theme(theme)
    try:
        paper = lab.js("return getComputedStyle(lab.panel().content.node).backgroundColor")
        for number, name in enumerate(pictures(lab)):
            lab.screenshot(tmp_path / f"{number} {name} {theme}.png", name)
            colours = lab.js(
                """const inside = lab.cell(arguments[0]).outputArea.node;
                   const letters = [...inside.querySelectorAll('svg text, td, small, figcaption')];
                   const lines = [...inside.querySelectorAll('svg path')].filter(e => e.closest('[id^=axis]'));
                   return letters.map(e => getComputedStyle(e)[e.closest('svg') ? 'fill' : 'color'])
                     .concat(lines.map(e => getComputedStyle(e).stroke).filter(e => e !== 'none'));""",
                name,
            )
            assert colours
            assert min(contrast(each, paper) for each in colours) > 4.5, name
    finally:
        lab.theme("Light")


def test_what_is_saved_is_the_lesson_with_its_outputs(lab: Lab) -> None:
    lab.save()
    saved = (lab.folder / LESSON.name / f"{LESSON.name}.ipynb").read_text(encoding="utf-8")
    assert READY.search(saved)
    assert '"grade_id": "from_rows-hidden"' in saved


def test_nothing_pops_up_and_instructors_buttons_are_left_out(lab: Lab) -> None:
    assert lab.js("return document.querySelectorAll('.Toastify__toast, .jp-Dialog').length") == 0
    assert "Jupyter news" not in lab.js("return document.body.innerText")
    assert lab.js("return jupyterapp.hasPlugin('@jupyterlab/apputils-extension:announcements')") is False
    assert lab.js("return jupyterapp.commands.listCommands().filter(name => name.startsWith('nbgrader'))") == []
    assert "Create Assignment" not in lab.js("return document.body.innerText")
    assert "Validate" in lab.js("return document.querySelector('.jp-NotebookPanel-toolbar').innerText")


def test_course_lab_serves_the_lessons_whatever_lies_around(tmp_path: Path) -> None:
    for name in ("torch.py", "jupyterlab.py", "tornado.py"):
        (tmp_path / name).write_text("raise SystemExit('the wrong file was imported')")
    port = free_port()
    with tempfile.TemporaryDirectory() as private, serving(port, Path(private), cwd=tmp_path):
        status, text = get(port, f"/api/contents/{LESSON.name}")
        assert status == 200
        assert f"{LESSON.name}.ipynb" in text
        assert get(port, "/lab")[0] == 200
