from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from autograder import selftest
from autograder.errors import UsageError


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The steps that were run; each ends well."""
    made: list[tuple[str, ...]] = []
    steps_end(monkeypatch, made, 0)
    monkeypatch.setattr(selftest, "has_browser", lambda: True)
    return made


def steps_end(monkeypatch: pytest.MonkeyPatch, made: list[tuple[str, ...]], status: int, only: str = "") -> None:
    def call(root: Path, step: Sequence[str]) -> int:
        made.append(tuple(step))
        return status if step[0] == only or not only else 0

    monkeypatch.setattr(selftest, "_call", call)


def test_every_step_is_run_and_pytest_is_the_last(calls: list[tuple[str, ...]], tmp_path: Path) -> None:
    assert selftest.run(tmp_path, ["-k", "late"]) == 0
    assert calls == [
        ("ruff", "check"),
        ("ruff", "format", "--check"),
        ("mypy",),
        ("pytest", "-n", "2", "-k", "late"),
    ]


@pytest.mark.parametrize("step", ["ruff", "mypy", "pytest"])
def test_one_failed_step_fails_it_all_and_the_others_are_still_run(
    calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: str
) -> None:
    steps_end(monkeypatch, calls, 1, step)
    assert selftest.run(tmp_path, []) != 0
    assert len(calls) == 4


def test_without_a_browser_its_tests_are_left_out_and_that_is_said(
    calls: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(selftest, "has_browser", lambda: False)
    assert selftest.run(tmp_path, []) == 0
    assert calls[-1] == ("pytest", "-n", "2", "-m", "not browser")
    assert selftest.run(tmp_path, ["-m", "not slow"]) == 0
    assert calls[-1] == ("pytest", "-n", "2", "-m", "(not slow) and not browser")
    assert "browser tests are left out" in capsys.readouterr().out


def test_a_missing_tool_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(selftest.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="pip install"):
        selftest.run(tmp_path, [])
