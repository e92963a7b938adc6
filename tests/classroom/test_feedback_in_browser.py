"""A student's feedback page in a real browser: on a phone and a large screen, in the light and in the dark."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from axe import grave
from lab import browsing, screen, sticking_out
from selenium import webdriver

from autograder.classroom.feedback import page
from autograder.classroom.verdict import ExerciseResult, Repair, State, Status, Verdict
from autograder.course import load

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MESSAGE = "expected shape (3, 1), got (3,)\n" + "0123456789" * 30
"""With a word that is longer than any line."""


def full_page() -> str:
    """A page with every state of an exercise, repairs, lateness, a crash, and a notebook that has no points."""
    exercises = tuple(
        ExerciseResult(f"e{number}", f"1.{number} · Twice", 1.0, 3.0, state, (MESSAGE, "a second one"))
        for number, state in enumerate(State)
    )
    repairs = (Repair("retyped", "double", "A cell had been turned to text."),)
    first = Verdict("s001", "00_start_here", Status.GRADED, "", 3.0, 18.0, exercises)
    crashed = replace(first, lesson="01_tensors", status=Status.CRASHED, cause=MESSAGE, repairs=repairs)
    lost = replace(first, lesson="02_indexing", status=Status.INTERNAL, points=None, cause="two cells", exercises=())
    return page("s001", [first, replace(crashed, late=timedelta(hours=3)), lost], load())


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """A browser with that page open."""
    file = tmp_path_factory.mktemp("feedback") / "s001.html"
    file.write_text(full_page(), encoding="utf-8")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as private, browsing(Path(private)) as driver:
        driver.get(file.as_uri())
        yield driver


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_core_finds_nothing_serious(driver: webdriver.Chrome, theme: str) -> None:
    preferred = [{"name": "prefers-color-scheme", "value": theme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": preferred})
    paper = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 22, 22)"}[theme]
    assert grave(driver) == []


@pytest.mark.parametrize("size", [(390, 844), (1400, 900)])
def test_nothing_is_wider_than_the_screen(driver: webdriver.Chrome, size: tuple[int, int], tmp_path: Path) -> None:
    screen(driver, *size)
    assert driver.execute_script("return innerWidth") == size[0]
    assert sticking_out(driver, "body") == []
    assert driver.save_screenshot(str(tmp_path / "page.png"))
