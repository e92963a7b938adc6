"""Every lesson in JupyterLab in a browser, in a student's order: as handed out, with wrong answers, with right ones.

What is saved at the end is rendered to HTML, and axe-core looks for what shuts people out. test_lab.py looks at lesson
01 more closely.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from axe import OF_COLOUR, grave
from lab import Lab, Shown
from nbconvert import HTMLExporter
from selenium.webdriver.support.ui import WebDriverWait
from test_lab import COURSE, NOT_FOR_LEARNERS, READY, contrast, errors, words

from autograder.authoring.bank import Answer, read_bank
from autograder.authoring.source import BEGIN_SOLUTION, END_SOLUTION, Exercise, Source, read_source
from autograder.course import Lesson
from autograder.kit.words import WORDS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE, DESKTOP = (390, 844), (1400, 900)
COLOURS = """
return Object.fromEntries(arguments[0].map(name => {
  const letters = [...lab.cell(name).outputArea.node.querySelectorAll('figure :is(svg text, td, figcaption)')];
  return [name, letters.map(each => getComputedStyle(each)[each.closest('svg') ? 'fill' : 'color'])];
}));
"""
"""The colour of each letter in the pictures of cells, by the cell."""

SHAPES = {"dropped_axis", "kept_axis", "transposed", "off_by_one"}
"""Mistakes that come with a picture: the two tensors beside each other."""

NOT_OURS = ["[data-mime-type='application/vnd.jupyter.stderr'] span", ".highlight span"]
"""What axe-core does not look at: IPython's colours of tracebacks on nbconvert's red, Pygments' of code in prose.

`as_html` leaves out cells' code and prompts, whose colours are nbconvert's too. None of these keeps a contrast of 4.5.
"""


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab") / "notebooks"
    shutil.copytree(COURSE.root / "notebooks", folder, ignore=shutil.ignore_patterns(".*"))
    with Lab(folder) as lab:
        yield lab


@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda each: each.name)
def test_a_lesson_from_its_opening_to_the_last_right_answer(
    jupyter: Lab, lesson: Lesson, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    source = read_source(COURSE.source(lesson))
    jupyter.open(f"{lesson.name}/{lesson.name}.ipynb")
    with subtests.test("all runs as it is handed out, and each exercise says that it is open"):
        as_handed_out(jupyter, source)
    with subtests.test("wrong answers are told their mistakes"):
        answered_wrongly(jupyter, source, read_bank(COURSE.bank(lesson)))
    with subtests.test("right answers get a tick"):
        answered_rightly(jupyter, source)
    with subtests.test("pictures can be seen in both themes"):
        pictures_in_both_themes(jupyter, lesson)
    for size in (DESKTOP, PHONE):
        with subtests.test("nothing is wider than the screen", size=size), jupyter.screen(*size):
            assert jupyter.sticking_out() == []
    with subtests.test("the table of contents lists the headings"):
        assert [bare(each) for each in jupyter.headings()] == headings(source)
    jupyter.save()
    for theme in ("light", "dark"):
        with subtests.test("axe-core finds nothing serious", theme=theme):
            page = as_html(jupyter.folder / lesson.name / f"{lesson.name}.ipynb", theme, tmp_path)
            jupyter.driver.get(page.as_uri())
            jupyter.js("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert grave(jupyter.driver, NOT_OURS, OF_COLOUR if theme == "dark" else ()) == []


def as_handed_out(jupyter: Lab, source: Source) -> None:
    jupyter.run_all()
    assert errors(jupyter) == []
    assert READY.search(jupyter.whole_text("kit"))
    for name, shown in jupyter.outputs(map(visible, source.exercises)).items():
        exercise = name.rpartition("-")[0]
        assert shown.text.startswith(f"○ {exercise}: {words('not_attempted')}"), exercise
        assert not NOT_FOR_LEARNERS.search(shown.text), exercise


def answered_wrongly(jupyter: Lab, source: Source, bank: list[Answer]) -> None:
    """For each exercise a wrong answer of its bank that the visible check refuses, as `verify` promises one.

    All of them stand in the notebook at once. Where an answer is told otherwise, it may call an exercise above, whose
    answer is wrong too; then it is tried among right ones.
    """
    wrong = sorted((each for each in bank if each.mistake in WORDS), key=lambda each: each.mistake not in SHAPES)
    left = {each.id: [one for one in wrong if one.exercise == each.id] for each in source.exercises}
    checks = {each.id: visible(each) for each in source.exercises}
    right = {each.id: solution(each) for each in source.exercises}
    among_right = []
    while left:
        assert all(left.values()), f"no wrong answer is refused: {[name for name in left if not left[name]]}"
        jupyter.work({name: mine[0].source for name, mine in left.items()}, [checks[name] for name in left])
        for name, shown in jupyter.outputs([checks[name] for name in left]).items():
            answer = left[name.rpartition("-")[0]].pop(0)
            if "✓" in shown.text:  # only the hidden test refuses it
                continue
            del left[answer.exercise]
            if is_told(shown, answer):
                is_shown(shown, answer)
            else:
                among_right.append(answer)
    for answer in among_right:
        check = checks[answer.exercise]
        jupyter.work({**right, answer.exercise: answer.source}, [check])
        shown = jupyter.outputs([check])[check]
        assert is_told(shown, answer), (answer, shown)
        is_shown(shown, answer)
    assert errors(jupyter) == []


def is_told(shown: Shown, answer: Answer) -> bool:
    """Whether a wrong answer is told by its sign and the words of its mistake."""
    words = pattern(WORDS[str(answer.mistake)])
    return re.search(rf"✗ {answer.exercise}: .*{words}", shown.text, re.DOTALL) is not None


def is_shown(shown: Shown, answer: Answer) -> None:
    """A wrong answer has no traceback, and a picture where two tensors stand beside each other.

    Above its message may stand a warning of torch's, in which a file of the kernel's stands for the cell.
    """
    seen = re.sub(r"^\S+:\d+: \w*Warning: .*$", "", shown.text, flags=re.MULTILINE)
    assert not NOT_FOR_LEARNERS.search(seen), (answer, shown)
    assert ("expected · shape" in shown.text) == bool(shown.figures), (answer, shown)
    assert shown.figures or answer.mistake not in SHAPES, (answer, shown)


def answered_rightly(jupyter: Lab, source: Source) -> None:
    checks = [visible(each) for each in source.exercises]
    jupyter.work({each.id: solution(each) for each in source.exercises}, checks)
    for name, shown in jupyter.outputs(checks).items():
        assert shown.text.strip().endswith(f"✓ {name.rpartition('-')[0]}"), name
        assert "✗" not in shown.text, name
    assert errors(jupyter) == []


def pictures_in_both_themes(jupyter: Lab, lesson: Lesson) -> None:
    shown = jupyter.outputs(drawing(jupyter))
    drawn = [name for name in shown if shown[name].figures]
    assert len(drawn) >= (3 if lesson.name != "00_start_here" else 1)
    for name in drawn:
        assert shown[name].captions >= 1, name
        assert not jupyter.overflowing(name), name
    for theme in ("Light", "Dark"):
        jupyter.theme(theme)
        paper = jupyter.js("return getComputedStyle(lab.panel().content.node).backgroundColor")
        for name, colours in jupyter.js(COLOURS, drawn).items():
            assert min(contrast(each, paper) for each in colours) > 4.5, (theme, name)
    jupyter.theme("Light")


def visible(exercise: Exercise) -> str:
    """The grade id of an exercise's visible test."""
    return f"{exercise.id}-{exercise.tests[0].kind}"


def solution(exercise: Exercise) -> str:
    """The answer as a student would write it."""
    return "\n".join(
        line for line in exercise.solution.text.splitlines() if line.strip() not in (BEGIN_SOLUTION, END_SOLUTION)
    )


def pattern(sentence: str) -> str:
    """A regular expression for what WORDS says, with anything in place of the facts that a check fills in."""
    return ".*".join(map(re.escape, re.split(r"\{\w+\}", sentence)))


def drawing(jupyter: Lab) -> list[str]:
    """The cells that draw, by their ids."""
    cells = [each for each in jupyter.cells() if each["cell_type"] == "code" and each["id"] != "kit"]
    return [each["id"] for each in cells if re.search(r"\b(show\w*|picture)\(", "".join(each["source"]))]


def headings(source: Source) -> list[str]:
    """The lesson's headings, as `bare` has them."""
    prose = [
        re.sub(r"^```.*?^```", "", each.text, flags=re.M | re.S) for each in source.cells if each.kind == "markdown"
    ]
    return [bare(each) for each in re.findall(r"^#+ (.+)$", "\n".join(prose), re.MULTILINE)]


def bare(heading: str) -> str:
    """A heading without marks and blanks."""
    return re.sub(r"[`*\s]", "", heading)


def as_html(notebook: Path, theme: str, folder: Path) -> Path:
    """The page that `jupyter nbconvert --to html` makes of a notebook, without code and prompts."""
    exporter = HTMLExporter(theme=theme, exclude_input=True, exclude_output_prompt=True)
    body, _ = exporter.from_notebook_node(nbformat.read(notebook, nbformat.NO_CONVERT))
    page = folder / f"{notebook.stem} {theme}.html"
    page.write_text(body, encoding="utf-8")
    return page


def test_validate_tells_what_is_open_and_when_all_is_well(jupyter: Lab) -> None:
    lesson = COURSE.lesson("00")
    source = read_source(COURSE.source(lesson))
    shutil.copy(COURSE.notebook(lesson), jupyter.folder / lesson.name)
    jupyter.open(f"{lesson.name}/{lesson.name}.ipynb")
    said = validate(jupyter)
    for exercise in source.exercises:
        assert f"○ {exercise.id}: {words('not_attempted')}" in said, exercise.id
    for exercise in source.exercises:
        jupyter.replace(exercise.id, solution(exercise))
    assert "Success" in validate(jupyter)


def validate(jupyter: Lab) -> str:
    """Press nbgrader's button, and read and close what it opens."""
    jupyter.js("document.querySelector('.jp-NotebookPanel-toolbar .validate-button').click()")
    dialog = "return document.querySelector('.jp-Dialog')?.innerText"
    said = str(WebDriverWait(jupyter.driver, 120, 0.1).until(lambda _: jupyter.js(dialog)))
    jupyter.js("document.querySelector('.jp-Dialog .jp-mod-accept').click()")
    WebDriverWait(jupyter.driver, 30, 0.1).until(lambda _: not jupyter.js(dialog))
    return said
