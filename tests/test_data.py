"""Data files are what their scripts make, and the lessons, which travel alone, carry the same text."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from autograder.authoring.source import read_source
from autograder.course import load

COURSE = load()
DATA = COURSE.root / "data"

# each file, the script that makes it, the lessons that carry it
FILES = [("pendulum.csv", "make_pendulum.py", ["05_numpy"])]


def script(path: Path) -> ModuleType:
    """A script in data/, which is no package's."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def texts_in(lesson: str) -> set[str]:
    """All texts in the cells that a lesson gives its learners to run."""
    source = read_source(COURSE.root / "solutions" / f"{lesson}.py")
    trees = [ast.parse(cell.text) for cell in source.cells if cell.kind == "code"]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@pytest.mark.parametrize(("file", "maker", "lessons"), FILES)
def test_a_data_file_is_what_its_script_makes(file: str, maker: str, lessons: list[str]) -> None:
    assert (DATA / file).read_bytes() == script(DATA / maker).table().encode()


@pytest.mark.parametrize(("file", "maker", "lessons"), FILES)
def test_a_lesson_carries_its_data_file_letter_for_letter(file: str, maker: str, lessons: list[str]) -> None:
    for lesson in lessons:
        assert (DATA / file).read_text(encoding="utf-8") in texts_in(lesson)


def test_every_data_file_has_its_origin_in_the_readme_and_its_line_above() -> None:
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    files = sorted(path.name for path in DATA.glob("*.csv"))

    assert files == [file for file, _, _ in FILES]
    assert [file for file, maker, _ in FILES if f"`{file}`" not in readme or f"data/{maker}" not in readme] == []
