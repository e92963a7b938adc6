"""From what a judge found out to a verdict, and to the notebook that nbgrader's tools show."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from autograder.classroom.intake import HandIn
from autograder.classroom.released import Exercise, Released, exercise_of
from autograder.classroom.tested import tested
from autograder.classroom.unexecuted import unexecuted
from autograder.classroom.verdict import ExerciseResult, State, Status, TestResult, Verdict
from autograder.judge.submission import Repaired

MEMORY = re.compile(r"MemoryError|can't allocate memory|bad_alloc|cannot allocate memory", re.IGNORECASE)
ENDINGS = {
    "late": (Status.TIMED_OUT, "{cell} ran {words}"),
    "over": (Status.TIMED_OUT, "the submission's time was over in {cell}"),
    "lost": (Status.CRASHED, "in {cell}, {words}"),
    "forbidden": (Status.FORBIDDEN, "in {cell}, {words}"),
}
"""What a trouble makes of a submission, and its words."""

NOT_FINISHED = {
    "late": "The test was stopped: it ran {words}.",
    "over": "The test was not run: the time for the whole notebook was over.",
    "lost": "The test was cut off. Your notebook was running in a process of its own, and while the test ran, {words}.",
    "broke": "The test did not finish. {words}",
    "forbidden": "The test was cut off. While it ran, {words}.",
}


def judged(hand_in: HandIn, released: Released, repaired: Repaired, result: Mapping[str, Any]) -> Verdict:
    """The verdict on a hand-in that a judge has tried."""
    cells = repaired.notebook["cells"]
    failed = {
        cells[int(at)]["metadata"].get("nbgrader", {}).get("grade_id", ""): words
        for at, words in result["errors"].items()
    }
    exercises = tuple(_exercise(each, repaired, result, failed) for each in released.exercises)
    status, cause = _ending(cells, result)
    scores = {
        test.id: None if exercise.id in repaired.unclear else test.points
        for exercise in exercises
        for test in exercise.tests
    }
    return replace(
        unexecuted(hand_in, released, status, cause),
        executed=True,
        points=sum(each.points for each in exercises),
        exercises=exercises,
        scores=tuple((test, scores.get(test)) for test in released.tests),
        unanswered=tuple(
            each.id
            for each in exercises
            if each.tests and all(test.state is State.NOT_ATTEMPTED for test in each.tests)
        ),
        repairs=repaired.repairs,
    )


def _exercise(
    exercise: Exercise, repaired: Repaired, result: Mapping[str, Any], failed: Mapping[str, str]
) -> ExerciseResult:
    unclear, stopped = repaired.unclear.get(exercise.id, ""), failed.get(exercise.id, "")
    return tested(
        exercise,
        (_test(test, most, unclear, result["tests"].get(test), stopped) for test, most in exercise.tests.items()),
    )


def _test(name: str, most: float, unclear: str, outcome: Mapping[str, Any] | None, failed: str) -> TestResult:
    """One test; `failed` is the error of the cell that holds the answer, if it raised one."""
    if unclear or outcome is None:
        return TestResult(name, 0.0, most, State.NOT_FINISHED, unclear or "The test was not run.")
    ending, words = outcome["ending"], outcome["message"]
    facts: dict[str, Any] = {"mistake": outcome["mistake"], "devices": tuple(outcome["devices"]) or ("cpu",)}
    facts["device"] = outcome["device"]
    if ending == "passed":
        return TestResult(name, most, most, State.RIGHT, devices=facts["devices"])
    if ending in ("wrong", "not_attempted") and failed and outcome["mistake"] in ("not_defined", "not_attempted"):
        return TestResult(name, 0.0, most, State.WRONG, f"The cell with your answer stopped. {failed}", **facts)
    if ending in ("wrong", "not_attempted"):
        return TestResult(name, 0.0, most, State(ending), words, **facts)
    return TestResult(name, 0.0, most, State.NOT_FINISHED, NOT_FINISHED[ending].format(words=words), **facts)


def _ending(cells: list[dict[str, Any]], result: Mapping[str, Any]) -> tuple[Status, str]:
    """How the notebook ended: the worst that happened first, and how much more there was."""
    troubles = [each for each in result["troubles"] if each[0] in ENDINGS]
    memory = [at for at, words in result["errors"].items() if MEMORY.search(words)]
    memory += [name for name, each in result["tests"].items() if MEMORY.search(each["message"])]
    if not troubles:
        if memory:
            return Status.OUT_OF_MEMORY, f"{_label(cells, memory[0])} asked for more memory than there is"
        return Status.GRADED, ""
    worst = next((each for kind in ("forbidden", "lost") for each in troubles if each[0] == kind), troubles[0])
    what, at, words = worst
    status, sentence = ENDINGS[what]
    more = len({each[1] for each in troubles}) - 1
    cause = sentence.format(cell=_label(cells, at), words=words)
    if "killed, most likely for the memory" in words:
        status = Status.OUT_OF_MEMORY
    return status, cause + (f", and {more} more did not come to {'its' if more == 1 else 'their'} end" if more else "")


def _label(cells: list[dict[str, Any]], at: int | str) -> str:
    """A cell, as people find it."""
    if isinstance(at, str) and not at.isdigit():
        return f"the test of `{exercise_of(at)}`"
    cell = cells[int(at)]
    marks = cell["metadata"].get("nbgrader", {})
    if marks.get("grade"):
        return f"the test of `{exercise_of(marks['grade_id'])}`"
    if marks.get("grade_id"):
        return f"cell `{marks['grade_id']}`"
    number = sum(each["cell_type"] == "code" for each in cells[: int(at) + 1])
    return f"code cell {number}"


def executed_notebook(repaired: Repaired, result: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook with what its cells showed."""
    notebook = repaired.notebook
    count = 0
    for at, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code":
            count += 1
            cell["execution_count"] = count
            cell["outputs"] = [_output(each, count) for each in result["outputs"].get(str(at), [])]
    return notebook


def written(notebook: Mapping[str, Any]) -> bytes:
    """A notebook as a file, a cell a line; with indents, Python writes JSON so slowly that a class waits for it."""
    cells = ",\n".join(json.dumps(each, ensure_ascii=False) for each in notebook["cells"])
    rest = json.dumps({name: each for name, each in notebook.items() if name != "cells"}, ensure_ascii=False)
    return f'{{"cells": [\n{cells}\n],\n{rest[1:]}\n'.encode("utf-8", "replace")


def _output(event: list[Any], count: int) -> dict[str, Any]:
    kind, *facts = event
    match kind:
        case "stdout" | "stderr":
            return {"output_type": "stream", "name": kind, "text": facts[0]}
        case "result":
            return {"output_type": "execute_result", "execution_count": count, "data": facts[0], "metadata": {}}
        case "data":
            return {"output_type": "display_data", "data": facts[0], "metadata": {}}
    name, words, lines = facts
    return {"output_type": "error", "ename": name, "evalue": words, "traceback": lines}
