"""One page a student: each lesson, each exercise, its points and its test's words, never the test itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from autograder.classroom.verdict import Verdict
from autograder.classroom.words import ENDINGS, STATES, duration, number, tame
from autograder.course import Course
from autograder.files import write_whole


def write_feedback(out: Path, course: Course, verdicts: Iterable[Verdict], students: Set[str]) -> None:
    """OUT/feedback/STUDENT.html for each of `students`, with all that `verdicts` say of them."""
    theirs: dict[str, list[Verdict]] = defaultdict(list)
    for each in verdicts:
        theirs[each.student].append(each)
    for student in sorted(students):
        write_whole(page_path(out, student), page(student, theirs[student], course))


def page_path(out: Path, student: str) -> Path:
    """Where a student's page is."""
    return out / "feedback" / f"{student}.html"


def page(student: str, verdicts: Iterable[Verdict], course: Course) -> str:
    """The page's HTML; the same for the same verdicts. Names, causes and messages are hostile text and are escaped."""
    order = {lesson.name: position for position, lesson in enumerate(course.lessons)}
    return _template().render(
        student=student,
        course=course.title,
        titles={lesson.name: lesson.title for lesson in course.lessons},
        verdicts=sorted(verdicts, key=lambda each: (order.get(each.lesson, len(order)), each.lesson)),
        states=STATES,
        endings=ENDINGS,
    )


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        finalize=tame,  # whatever a page says goes through it
        undefined=StrictUndefined,
        loader=FileSystemLoader(Path(__file__).parent),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "duration": duration}
    return environment.get_template("feedback.html.j2")
