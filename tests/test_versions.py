"""Every lesson at the oldest and the newest numpy, matplotlib and scikit-learn that go with the pinned torch."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from alone import environment, offline, packages, surroundings
from packaging.version import Version
from test_project import BASE

from autograder.course import load

COURSE = load()
VARIED = [need for need in BASE if need.name in ("numpy", "matplotlib", "scikit-learn")]

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries=1", "--timeout=20"]
WHEELS = "--only-binary=:all:"


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Version]]:
    """The versions of each package, within the promise, that come as wheels for this Python.

    pip tells them when it is asked for one that there is not. Where it can tell none, the tests are left out.
    """
    folder, found = tmp_path_factory.mktemp("wheels"), {}
    for need in VARIED:
        command = [*PIP, "download", WHEELS, "--no-deps", f"--dest={folder}", f"{need.name}==0"]
        said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
        told = re.search(r"\(from versions: (.*)\)", said)
        if told is None or told[1] == "none":
            pytest.skip(f"other versions of {need.name} cannot be fetched here: {said.strip().rpartition(chr(10))[2]}")
        found[need.name] = list(need.specifier.filter(map(Version, told[1].split(", "))))
    return found


def run_all(python: Path, folder: Path, notebooks: list[Path]) -> dict[Path, list[dict[str, Any]]]:
    """The cells of each notebook, in order, as they came out of a run by that Python."""

    def run(*command: str | Path) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*offline(), python, "-I", *command], capture_output=True, check=False, env=surroundings()
        )

    # Where a matplotlib finds no cache of fonts it makes one, and says so if that takes it five seconds.
    assert run("-c", "import matplotlib.font_manager").returncode == 0
    done = run(Path(__file__).with_name("run_cells.py"), folder, *notebooks)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return {path: json.loads(line) for path, line in zip(notebooks, done.stdout.splitlines(), strict=True)}


@pytest.mark.slow
@pytest.mark.parametrize("which", [min, max], ids=["oldest", "newest"])
def test_every_lesson_runs_at_other_versions_as_at_the_pinned_ones(
    which: Callable[[list[Version]], Version], offered: dict[str, list[Version]], tmp_path: Path
) -> None:
    chosen = {name: str(which(versions)) for name, versions in offered.items()}
    if chosen == {name: version(name) for name in chosen}:
        pytest.skip(f"{chosen} are the pinned versions, at which test_lessons.py runs every lesson")
    wanted = [f"{name}=={text}" for name, text in chosen.items()]
    place = tmp_path / "environment"
    command = [*PIP, "install", WHEELS, "--no-compile", "--quiet", f"--target={packages(place)}", *wanted]
    installed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert installed.returncode == 0, f"they do not go together: {installed.stderr}"
    empty = tmp_path / "empty"
    empty.mkdir()

    solutions = [COURSE.solution(lesson) for lesson in COURSE.lessons]
    students = [COURSE.notebook(lesson) for lesson in COURSE.lessons]
    found = run_all(environment(place), empty, [*solutions, *students])
    shutil.rmtree(place)  # pytest would keep its 300 MB

    assert list(empty.iterdir()) == []
    for path, ran in found.items():
        cells = {
            cell["id"]: cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"
        }
        assert [each["id"] for each in ran] == list(cells), f"{path} stopped: {ran[-1]}"
        assert [each for each in ran if each["stderr"]] == [], path
        ticked = {each["id"] for each in ran if any(text.startswith("✓") for text in each["shown"])}
        failed = {each["id"] for each in ran if each["error"]}
        tests = {name for name, cell in cells.items() if cell["metadata"].get("nbgrader", {}).get("grade")}
        meant = {name for name, cell in cells.items() if "raises-exception" in cell["metadata"].get("tags", [])} - tests
        if path in solutions:
            assert (ticked, failed) == (tests, meant), path
        else:
            visible = {name for name in tests if not name.endswith("-hidden")}
            assert (ticked, failed) == (set(), meant | visible), path
            assert {each["error"] for each in ran if each["id"] in visible} == {"NotAttempted"}, path
