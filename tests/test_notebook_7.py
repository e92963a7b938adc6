"""Lesson 01 in Notebook 7, which comes with nbgrader, in a browser; test_lab.py looks at it in JupyterLab."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lab import Lab
from test_lab import COURSE, LESSON, NOT_FOR_LEARNERS, READY, answers, words

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_lesson_opens_and_a_wrong_and_a_right_answer_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    shutil.copytree(COURSE.notebook(LESSON).parent, folder / LESSON.name, ignore=shutil.ignore_patterns(".*"))
    wrong, right = answers("from_rows")
    with Lab(folder) as notebook:
        notebook.open(f"{LESSON.name}/{LESSON.name}.ipynb", page="notebooks")
        assert notebook.js("return jupyterapp.name") == "Jupyter Notebook"

        notebook.run("kit")
        seen = notebook.whole_text("kit")
        assert READY.search(seen)
        assert "def kit()" not in seen

        imports = next(
            cell["id"] for cell in notebook.cells() if "import torch" in cell["source"] and cell["id"] != "kit"
        )
        notebook.run(imports)
        for name in ("from_rows", "from_rows-check"):
            notebook.run(name)
        assert notebook.text("from_rows-check").startswith(f"○ from_rows: {words('not_attempted')}")

        notebook.replace("from_rows", wrong.source)
        for name in ("from_rows", "from_rows-check"):
            notebook.run(name)
        seen = notebook.text("from_rows-check")
        notebook.screenshot(tmp_path / "wrong.png", "from_rows")
        assert f"✗ from_rows: {words('transposed')}" in seen
        assert notebook.shown("from_rows-check", "table td") == 3 * 4 + 4 * 3
        assert not NOT_FOR_LEARNERS.search(seen)

        notebook.replace("from_rows", right.source)
        for name in ("from_rows", "from_rows-check"):
            notebook.run(name)
        assert notebook.text("from_rows-check").strip() == "✓ from_rows"
