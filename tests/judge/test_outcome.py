"""From what a judge found out to a verdict and to the executed notebook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.classroom.intake import HandIn
from autograder.classroom.released import Released, read_released
from autograder.classroom.verdict import State, Status, Verdict
from autograder.course import Limits, load
from autograder.judge.engine import JudgeEngine
from autograder.judge.outcome import executed_notebook, judged
from autograder.judge.submission import Repaired, release_cells, repair
from notebooks import ANSWERS, LESSON, POINTS, Notebook, code, make_course, submission


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    course = load(make_course(tmp_path_factory.mktemp("course")))
    return read_released(course, course.lesson(LESSON))


@pytest.fixture(scope="module")
def engine(released: Released) -> Iterator[JudgeEngine]:
    made = JudgeEngine(Limits(cell_seconds=3, submission_seconds=20, output_kb=64), [released], device="cpu")
    yield made
    made.close()


def repaired(released: Released, notebook: Notebook | None = None) -> Repaired:
    found = repair(json.dumps(notebook or submission(**ANSWERS)).encode(), release_cells(released))
    assert isinstance(found, Repaired)
    return found


def result(**facts: Any) -> dict[str, Any]:
    """A judge's result in which every test passed, but for `facts`."""
    tests = {name: test("passed") for name in POINTS} | facts.pop("tests", {})
    return {"tests": tests, "outputs": {}, "troubles": [], "errors": {}} | facts


def test(ending: str, message: str = "", mistake: str = "") -> dict[str, Any]:
    return {"ending": ending, "message": message, "mistake": mistake, "devices": ["cpu"], "device": ""}


test.__test__ = False  # type: ignore[attr-defined]  # not pytest's


def verdict_on(released: Released, notebook: Notebook | None = None, **facts: Any) -> Verdict:
    hand_in = HandIn("s001", LESSON, Path("x.ipynb"), b"")
    return judged(hand_in, released, repaired(released, notebook), result(**facts))


@pytest.mark.parametrize(
    ("ending", "state", "words"),
    [
        ("passed", State.RIGHT, ""),
        ("wrong", State.WRONG, "expected 4"),
        ("not_attempted", State.NOT_ATTEMPTED, "expected 4"),
        ("late", State.NOT_FINISHED, "The test was stopped: it ran expected 4."),
        ("over", State.NOT_FINISHED, "The test was not run: the time for the whole notebook was over."),
        ("lost", State.NOT_FINISHED, "while the test ran, expected 4."),
        ("broke", State.NOT_FINISHED, "The test did not finish. expected 4"),
        ("forbidden", State.NOT_FINISHED, "While it ran, expected 4."),
    ],
)
def test_only_a_test_that_passed_has_points(released: Released, ending: str, state: State, words: str) -> None:
    verdict = verdict_on(released, tests={"double-hidden": test(ending, "expected 4")})
    found = next(each for each in verdict.exercises[0].tests if each.id == "double-hidden")
    assert (found.state, found.points) == (state, 2.0 if ending == "passed" else 0.0)
    assert found.message.endswith(words)
    assert dict(verdict.scores)["double-hidden"] == found.points


def test_a_test_without_an_outcome_has_no_points(released: Released) -> None:
    facts = result()
    del facts["tests"]["double-hidden"]
    verdict = judged(HandIn("s001", LESSON, Path("x"), b""), released, repaired(released), facts)
    assert verdict.exercises[0].state is State.PARTLY and verdict.exercises[0].points == 1.0
    assert "The test was not run." in verdict.exercises[0].messages


@pytest.mark.parametrize(
    ("check", "hidden", "state"),
    [
        ("passed", "passed", State.RIGHT),
        ("passed", "wrong", State.PARTLY),
        ("not_attempted", "passed", State.PARTLY),
        ("wrong", "wrong", State.WRONG),
        ("not_attempted", "not_attempted", State.NOT_ATTEMPTED),
        ("not_attempted", "wrong", State.NOT_ATTEMPTED),
        ("late", "wrong", State.NOT_FINISHED),
        ("late", "not_attempted", State.NOT_FINISHED),
    ],
)
def test_an_exercise_is_what_its_tests_are(released: Released, check: str, hidden: str, state: State) -> None:
    verdict = verdict_on(released, tests={"double-check": test(check), "double-hidden": test(hidden)})
    assert verdict.exercises[0].state is state
    assert ("double" in verdict.unanswered) is (state is State.NOT_ATTEMPTED and check == hidden)


def test_an_exercise_that_is_unclear_has_no_number_and_says_why(released: Released) -> None:
    found = replace(repaired(released), unclear={"double": "there are two of it."})
    tests = {name: test("unclear") for name in ("double-check", "double-hidden")}
    verdict = judged(HandIn("s001", LESSON, Path("x"), b""), released, found, result(tests=tests))
    assert dict(verdict.scores)["double-check"] is None and dict(verdict.scores)["dice-check"] == 1.0
    assert verdict.exercises[0].messages == ("there are two of it.",)
    assert verdict.exercises[0].state is State.NOT_FINISHED


LOST, LATE, FORBIDDEN = (
    ("lost", 1, "it ended its own process"),
    ("late", 1, "longer than 3 s"),
    ("forbidden", 4, "it lied"),
)
KILLED = ("lost", 1, "it was killed, most likely for the memory it used")


@pytest.mark.parametrize(
    ("troubles", "status", "cause"),
    [
        ([], Status.GRADED, ""),
        ([LATE], Status.TIMED_OUT, "cell `double` ran longer than 3 s"),
        ([LOST], Status.CRASHED, "in cell `double`, it ended its own process"),
        ([KILLED], Status.OUT_OF_MEMORY, f"in cell `double`, {KILLED[2]}"),
        ([FORBIDDEN], Status.FORBIDDEN, "in cell `dice`, it lied"),
        ([LATE, LOST, FORBIDDEN], Status.FORBIDDEN, "in cell `dice`, it lied, and 1 more did not come to its end"),
        ([LATE, ("late", 2, "longer than 3 s")], Status.TIMED_OUT, "cell `double` ran longer than 3 s, and 1 more"),
        ([("over", 2, "")], Status.TIMED_OUT, "the submission's time was over in the test of `double`"),
    ],
)
def test_the_worst_that_happened_is_the_status(
    released: Released, troubles: list[Any], status: Status, cause: str
) -> None:
    verdict = verdict_on(released, troubles=troubles)
    assert verdict.status is status and verdict.cause.startswith(cause)
    assert verdict.points == sum(POINTS.values()), "what was won stays"


def test_an_error_for_want_of_memory_is_the_status_too(released: Released) -> None:
    assert verdict_on(released, errors={"1": "MemoryError: "}).status is Status.OUT_OF_MEMORY
    words = "RuntimeError: DefaultCPUAllocator: can't allocate memory"
    verdict = verdict_on(released, tests={"dice-check": test("broke", words)})
    assert (verdict.status, verdict.cause) == (
        Status.OUT_OF_MEMORY,
        "the test of `dice` asked for more memory than there is",
    )


def test_the_error_of_the_answers_cell_is_told_where_its_name_is_missing(released: Released) -> None:
    wrong = test("wrong", "you have not defined double", "not_defined")
    verdict = verdict_on(released, errors={"1": "SyntaxError: invalid syntax"}, tests={"double-check": wrong})
    assert verdict.exercises[0].messages == ("The cell with your answer stopped. SyntaxError: invalid syntax",)


# --- the executed notebook --------------------------------------------------------------------------------------------

EVENTS: list[tuple[list[Any], str]] = [
    (["stdout", "a"], "stream"),
    (["stderr", "b"], "stream"),
    (["data", {"text/html": "<b>"}], "display_data"),
    (["result", {"text/plain": "3"}], "execute_result"),
    (["error", "ValueError", "no", ["ValueError: no"]], "error"),
]


def test_what_was_shown_is_in_the_executed_notebook(released: Released) -> None:
    found = repaired(released)
    notebook = executed_notebook(found, result(outputs={"1": [event for event, _ in EVENTS], "2": []}))
    nbformat.validate(notebook)
    assert [each["output_type"] for each in notebook["cells"][1]["outputs"]] == [kind for _, kind in EVENTS]
    assert notebook["cells"][2]["outputs"] == []


def test_what_was_handed_in_as_output_is_gone(released: Released) -> None:
    notebook = submission(**ANSWERS)
    forged = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "99"}}
    for cell in notebook["cells"]:
        cell["outputs"], cell["execution_count"] = [forged], 77
    made = executed_notebook(repaired(released, notebook), result())
    assert [cell["outputs"] for cell in made["cells"]] == [[]] * len(made["cells"])
    assert [cell["execution_count"] for cell in made["cells"]] == list(range(1, len(made["cells"]) + 1))


HOSTILE = """
class Odd:
    def _repr_mimebundle_(self, **kwargs):
        return {
            "text/plain": "odd",
            "text/html": "<script>1</script>",
            "application/javascript": "alert(1)",
            "application/vnd.jupyter.widget-view+json": {"model_id": 1},
            "application/json": {"a": [1]},
            "image/png": "AAAA",
            "text/markdown": 7,
            3: "x",
        }, {"isolated": True}
class Liar(str):
    def __str__(self):
        return "liar"
class Failing:
    def __repr__(self):
        raise ValueError("no")
    def _repr_html_(self):
        return 1 / 0
display(Odd())
display({"text/plain": Liar("x"), "text/latex": None}, raw=True)
display(Failing())
print("half a pair: \\ud800, nothing: \\0, escape: \\x1b[31m")
print("x" * 10**6)
from IPython.display import Javascript, Image, HTML
display(Javascript("1"), Image(data=b"\\x89PNG", format="png"))
import sys
sys.stdout.recorder.events.append(["data", {"text/html": "forged"}])
Odd()
"""


def test_whatever_a_cell_shows_the_executed_notebook_is_one(engine: JudgeEngine, released: Released) -> None:
    notebook = submission(**ANSWERS, guess="3")
    notebook["cells"].insert(1, code(HOSTILE))
    graded = engine.grade(HandIn("s001", LESSON, Path("x.ipynb"), json.dumps(notebook).encode()), released)
    assert graded.verdict.points == sum(POINTS.values())
    assert graded.notebook is not None and len(graded.notebook) < 300_000
    made = nbformat.reads(graded.notebook.decode(), as_version=4)
    nbformat.validate(made)
    shown = {kind for cell in made.cells for output in cell.get("outputs", ()) for kind in output.get("data", ())}
    assert "text/html" in shown
    assert shown <= {"text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml"}


@pytest.mark.parametrize(
    "event",
    [
        '["stdout", 3]',
        '["data", {"text/plain": 3}]',
        '["data", {"x" * 60: "y"}]',
        '["result", ["text/plain"]]',
        '["error", "E", "w", "line"]',
        '["error", "E", "w", [3]]',
        '["error", "E" * 300, "w", []]',
        '["video", "x"]',
        '["stdout"]',
        "7",
        "None",
    ],
)
def test_an_event_of_no_form_is_the_end_of_the_worker_and_of_nothing_else(
    engine: JudgeEngine, released: Released, event: str
) -> None:
    forged = f"import sys\nsys.stdout.recorder.take = lambda: [{event}]\n"
    notebook = submission(**ANSWERS, guess="3")
    notebook["cells"].insert(4, code(forged))
    graded = engine.grade(HandIn("s001", LESSON, Path("x.ipynb"), json.dumps(notebook).encode()), released)
    assert graded.verdict.status is Status.FORBIDDEN
    assert graded.verdict.points == sum(POINTS.values()), "the other cells ran in another worker"
