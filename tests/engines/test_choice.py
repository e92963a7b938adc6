"""Engines are chosen by name, and imported only then."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from autograder.course import Limits, load
from autograder.engines import DEFAULT_ENGINE, check_choices, make_engine
from autograder.errors import UsageError


def test_the_nbgrader_engine_is_called_nbgrader(root: Path) -> None:
    engine = make_engine("nbgrader", load(root), [])
    engine.close()
    assert engine.name == "nbgrader"


def test_the_judge_is_told_of_sandbox_and_device(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class JudgeEngine:
        def __init__(self, limits: Limits, lessons: Iterable[Any], **more: str) -> None:
            self.given = limits, list(lessons), more

    module = ModuleType("autograder.judge.engine")
    module.JudgeEngine = JudgeEngine  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "autograder.judge.engine", module)
    course = load(root)
    engine: Any = make_engine("judge", course, [], sandbox="off", device="cpu")
    assert engine.given == (course.limits, [], {"sandbox": "off", "device": "cpu"})


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"engine": "magic"}, "no engine 'magic'; there is judge and nbgrader"),
        ({"sandbox": "maybe"}, "no sandbox 'maybe'; there is on and off"),
        ({"device": "tpu"}, "no device 'tpu'; there is auto and cpu and cuda"),
    ],
)
def test_a_name_that_there_is_not_is_told_with_those_that_there_are(chosen: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_choices(**chosen)


def test_the_default_is_a_choice() -> None:
    check_choices(engine=DEFAULT_ENGINE)


def test_choosing_imports_no_engine() -> None:
    code = "import sys, autograder.engines as e; print([n for n in sys.modules if n.startswith(e.__name__ + '.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
