"""The second device: which one it is, what an answer that is wrong on it is told, and who has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.classroom.intake import HandIn
from autograder.classroom.released import read_released
from autograder.classroom.verdict import Verdict
from autograder.course import load
from autograder.engines import make_engine
from autograder.engines.nbgrader_engine import NbgraderEngine
from autograder.errors import UsageError
from autograder.judge import engine as module
from autograder.judge.engine import JudgeEngine, has_gpu
from autograder.judge.processes import ZygoteProcess
from notebooks import code

pytestmark = pytest.mark.slow
COURSE = load()
LESSON = COURSE.lesson("06")


def hand_in(**answers: str) -> bytes:
    """Lesson 06's solution, with some answers in place of its own."""
    notebook: dict[str, Any] = json.loads(COURSE.solution(LESSON).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell["source"] = answers[name]
    return json.dumps(notebook).encode()


def graded(engine: Any, content: bytes) -> Verdict:
    verdict: Verdict = engine.grade(
        HandIn("s001", LESSON.name, Path("06_devices.ipynb"), content), read_released(COURSE, LESSON)
    ).verdict
    return verdict


def test_an_answer_that_is_wrong_on_the_gpu_alone_is_told_where() -> None:
    engine = JudgeEngine(COURSE.limits, [read_released(COURSE, LESSON)], device="simulated")
    try:
        content = hand_in(same_place="def same_place(x):\n    return x + torch.arange(len(x))[:, None]\n")
        verdict = graded(engine, content)
    finally:
        engine.close()
    assert verdict.basis is not None and verdict.basis.device == "simulated"
    exercise = next(each for each in verdict.exercises if each.id == "same_place")
    hidden = exercise.tests[-1]
    assert hidden.devices == ("cpu", "cuda:0 (simulated)")
    assert exercise.points < exercise.max_points
    assert hidden.device == "cuda:0 (simulated)"
    assert any(each.endswith("(This was on cuda:0 (simulated).)") for each in exercise.messages)


@pytest.mark.skipif(has_gpu(), reason="there is a real GPU here")
def test_cuda_is_refused_where_there_is_none_and_auto_simulates() -> None:
    assert JudgeEngine(COURSE.limits, []).device == "simulated"
    engine = make_engine("judge", COURSE, [], device="cuda")
    try:
        with pytest.raises(UsageError, match="no GPU here"):
            engine.ready()  # type: ignore[attr-defined]
    finally:
        engine.close()


@pytest.mark.skipif(has_gpu(), reason="there is a real GPU here")
def test_a_gpu_that_no_worker_can_use_is_refused_and_auto_simulates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or every right answer would lose its points on the second device."""

    class Claiming(ZygoteProcess):
        @property
        def facts(self) -> dict[str, Any]:  # type: ignore[override]
            return {**super().facts, "gpu": True}

    monkeypatch.setattr(module, "ZygoteProcess", Claiming)
    monkeypatch.setattr(module, "has_gpu", lambda: True)
    lessons = [read_released(COURSE, LESSON)]
    for sandbox, words in (("on", "--sandbox off is for work of people you trust"), ("off", "--device simulated")):
        with pytest.raises(UsageError, match=rf"GPU here cannot be used for grading \(.*{words}"):
            JudgeEngine(COURSE.limits, lessons, device="cuda", sandbox=sandbox).ready()
    engine = JudgeEngine(COURSE.limits, lessons)
    try:
        assert engine.device == "simulated"
        verdict = graded(engine, hand_in())
    finally:
        engine.close()
    assert verdict.points == verdict.max_points
    assert verdict.basis is not None and verdict.basis.device == "simulated"


@pytest.mark.skipif(has_gpu(), reason="there is a real GPU here")
def test_nbgraders_kernel_has_a_second_device_in_every_lesson() -> None:
    first = COURSE.lesson("00")
    notebook = json.loads(COURSE.solution(first).read_text(encoding="utf-8"))
    notebook["cells"].append(code("import torch\nprint(torch.cuda.get_device_name())"))
    engine = NbgraderEngine(COURSE.limits, [released := read_released(COURSE, first)])
    try:
        done = engine.grade(HandIn("s001", first.name, Path("x"), json.dumps(notebook).encode()), released)
    finally:
        engine.close()
    assert done.notebook is not None
    outputs = json.loads(done.notebook)["cells"][-1]["outputs"]
    assert "".join(text for each in outputs for text in each["text"]) == "simulated GPU\n"  # it may come in parts
