from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.classroom.feedback import page, write_feedback
from autograder.classroom.verdict import ExerciseResult, Repair, State, Status, TestResult, Verdict
from autograder.course import Course, load

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"


@pytest.fixture
def course(root: Path) -> Course:
    return load(root)


def verdict(state: State = State.WRONG, message: str = "expected 4, got 5", **changes: object) -> Verdict:
    exercise = ExerciseResult("double", "1.1 · Twice", 1.0, 3.0, state, (message,))
    return replace(Verdict("s001", "01_tensors", Status.GRADED, "", 1.0, 3.0, (exercise,)), **changes)  # type: ignore[arg-type]


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [name for name, _ in attrs]


def test_a_page_shows_each_exercise_with_points_state_and_message(course: Course) -> None:
    shown = page("s001", [verdict()], course)
    for words in ("s001", "Creating tensors", "1.1 · Twice", "1 of 3", "not right yet", "expected 4, got 5"):
        assert words in shown


@pytest.mark.parametrize("words", ["name", "message", "title", "cause", "repair"])
def test_hostile_text_is_text(course: Course, words: str) -> None:
    exercise = ExerciseResult("a", HOSTILE if words == "title" else "t", 0, 1, State.WRONG, (HOSTILE,))
    hostile = verdict(
        exercises=(exercise,),
        cause=HOSTILE if words == "cause" else "",
        status=Status.CRASHED if words == "cause" else Status.GRADED,
        repairs=(Repair(HOSTILE, HOSTILE, HOSTILE),) if words == "repair" else (),
    )
    tags = Tags(page(HOSTILE if words == "name" else "s001", [hostile], course))
    assert not {"script", "img"} & set(tags.names)
    assert not [each for each in tags.attributes if each.startswith("on")]


def test_no_page_asks_for_anything_else(course: Course) -> None:
    shown = page("s001", [verdict()], course)
    assert "default-src 'none'" in shown
    assert not {"script", "link", "img", "iframe"} & set(Tags(shown).names)


@pytest.mark.parametrize("state", list(State))
def test_a_state_is_told_in_words(course: Course, state: State) -> None:
    words = {"right": "right", "partly": "partly right", "wrong": "not right yet", "not_attempted": "not attempted"}
    assert words.get(state, "did not finish") in page("s001", [verdict(state)], course)


def test_an_answer_under_another_name_is_told_so_and_an_untouched_one_nothing(course: Course) -> None:
    def shown(mistake: str) -> str:
        test = TestResult("double-check", 0.0, 3.0, State.NOT_ATTEMPTED, "there is no `double` yet", mistake)
        exercise = ExerciseResult("double", "1.1", 0.0, 3.0, State.NOT_ATTEMPTED, (test.message,), (test,))
        return page("s001", [verdict(exercises=(exercise,))], course)

    assert "there is no `double` yet" in shown("not_defined")
    assert "there is no `double` yet" not in shown("not_attempted")


def test_what_could_not_be_graded_has_no_points_on_the_page(course: Course) -> None:
    shown = page("s001", [verdict(status=Status.INTERNAL, points=None, cause="two cells", exercises=())], course)
    assert "not graded yet" in shown
    assert "0</strong> of" not in shown


def test_the_cause_and_the_lateness_are_told(course: Course) -> None:
    shown = page("s001", [verdict(status=Status.CRASHED, cause="the kernel died", late=timedelta(hours=3))], course)
    assert "the kernel died" in shown
    assert "3 h late" in shown


def test_the_same_verdicts_give_the_same_page_in_teaching_order(course: Course) -> None:
    both = [verdict(), verdict(lesson="00_start_here")]
    shown = page("s001", both, course)
    assert shown == page("s001", reversed(both), course)
    assert shown.index("Start here") < shown.index("Creating tensors")


def test_each_student_gets_a_page_of_their_own(course: Course, tmp_path: Path) -> None:
    write_feedback(tmp_path, course, [verdict(), verdict(student="s002")], {"s001"})
    assert [each.name for each in (tmp_path / "feedback").iterdir()] == ["s001.html"]


def test_what_was_put_right_is_told_in_a_box_of_its_own(course: Course) -> None:
    repairs = (Repair("duplicated_cell", "The answer to double was there twice.", "double"),)
    shown = page("s001", [verdict(repairs=repairs)], course)
    assert "Put right before grading" in shown
    assert "The answer to double was there twice." in shown
    assert "Put right" not in page("s001", [verdict()], course)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.TIMED_OUT, "The notebook took too long: why."),
        (Status.CRASHED, "The notebook crashed: why."),
        (Status.OUT_OF_MEMORY, "The notebook ran out of memory: why."),
        (Status.FORBIDDEN, "The notebook tried something that is not allowed here: why."),
        (Status.UNREADABLE, "The notebook could not be read: why."),
    ],
)
def test_how_a_notebook_ended_is_a_sentence(course: Course, status: Status, words: str) -> None:
    assert words in page("s001", [verdict(status=status, cause="why")], course)


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "a\u202eb", "a\ud83db", "a\x00b"])
def test_what_no_page_can_show_is_a_space(course: Course, tmp_path: Path, text: str) -> None:
    write_feedback(tmp_path, course, [verdict(message=text)], {"s001"})
    shown = (tmp_path / "feedback" / "s001.html").read_text(encoding="utf-8")
    assert ">a " in shown
    assert text not in shown


def test_a_message_keeps_its_lines(course: Course) -> None:
    assert ">a\n  b<" in page("s001", [verdict(message="a\n  b")], course)
