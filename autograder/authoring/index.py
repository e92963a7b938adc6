"""The way in: a notebook that lists the lessons, and the same list in the README."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder import progress
from autograder.authoring.source import FOLDED, KERNEL, Source
from autograder.course import Course, Lesson
from autograder.links import badges, words

NAME = "index.ipynb"
BEGIN, END = "<!-- lessons: made by course build -->", "<!-- /lessons -->"
WELCOME = """\
# {title}

{badges}

Lessons to read, run and work in, from the first tensor to a network that reads digits. They build on each other:
begin with the first. Colab and Kaggle run a lesson on their own machines; you need an account there and nothing else.

{table}

The minutes are for the lesson with its exercises; most lessons name a good place for a break. Points come from
the checks that you see, and from hidden tests that run when your work is marked.

**To hand in** a lesson, save it and take its `.ipynb` file. What the lesson's first code cell prints says how to get it
where you are."""
PROGRESS = """\
# @title How far you are: run this cell after you have saved a lesson
def how_far_you_are():
{functions}

    print(report(Path()))

how_far_you_are()"""


def index(course: Course, sources: dict[Lesson, Source]) -> str:
    """The text of notebooks/index.ipynb."""
    head = ["| | lesson | what it teaches | minutes | points | opens in |", "| --- | --- | --- | --- | --- | --- |"]
    rows = [
        row(
            number(lesson),
            f"[{lesson.title}]({lesson.name}/{lesson.name}.ipynb)",
            lesson.about,
            f"{lesson.minutes}",
            f"{sum(each.points for each in source.exercises):g}",
            words(course, place(course, lesson), "Colab", "Kaggle"),
        )
        for lesson, source in sources.items()
    ]
    opening = WELCOME.format(title=course.title, badges=way_in(course), table="\n".join(head + rows))
    notebook = new_notebook(
        cells=[
            new_markdown_cell(opening, id="welcome"),
            new_code_cell(progress_cell(), metadata=dict(FOLDED), id="how-far-you-are"),
        ],
        metadata=dict(KERNEL),
    )
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)) + "\n"


def progress_cell() -> str:
    """`autograder.progress` as one cell that leaves one name behind."""
    text = Path(progress.__file__).read_text(encoding="utf-8").partition('"""\n\n')[2]
    lines = [f"    {line}" if line else "" for line in text.rstrip().splitlines()]
    return PROGRESS.format(functions="\n".join(lines).replace("  # type: ignore[type-arg]", ""))


def readme(course: Course, text: str) -> str:
    """A README with the list of lessons between its two marks brought up to date; without marks it stays as it is."""
    head = ["| | lesson | what it teaches | takes | opens in |", "| --- | --- | --- | --- | --- |"]
    rows = [
        row(
            number(lesson),
            f"[{lesson.title}]({place(course, lesson)})",
            lesson.about,
            f"{lesson.minutes} min",
            words(course, place(course, lesson), "Colab", "Kaggle", "Binder"),
        )
        for lesson in course.lessons
    ]
    made = "\n".join([BEGIN, way_in(course), "", *head, *rows, END])
    return re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: made, text, flags=re.DOTALL)


def way_in(course: Course) -> str:
    """The badge that opens the index; its links lead on only where the whole course is, which is on Binder."""
    return badges(course, f"notebooks/{NAME}", "Binder")


def row(*cells: str) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def place(course: Course, lesson: Lesson) -> str:
    """Where the lesson's notebook lies in the repository."""
    return course.notebook(lesson).relative_to(course.root).as_posix()


def number(lesson: Lesson) -> str:
    """ "01" of "01_tensors"."""
    return lesson.name.split("_")[0]
