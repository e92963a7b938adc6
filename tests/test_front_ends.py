"""What a lesson is outside JupyterLab: in IPython's console, in VS Code, in whatever reads notebooks."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pexpect
import pytest
from alone import environment, offline
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from autograder.authoring.bank import read_bank
from autograder.course import Lesson, load
from autograder.kit.words import WORDS

COURSE = load()
every_lesson = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.name)

MARKUP = re.compile(r"</?(figure|div|table|td|svg|b|small)\b|\x1b|<IPython|object at 0x|_render_traceback_|Traceback")


def code_cells(lesson: Lesson) -> list[NotebookNode]:
    notebook = nbformat.read(COURSE.notebook(lesson), nbformat.NO_CONVERT)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


# --- a plain console --------------------------------------------------------------------------------------------------


class Console:
    """`ipython` in a terminal, where cells are pasted."""

    CONTROL = re.compile(r"\x1b(\[[0-9;?]*[a-zA-Z]|[=>])|\r")
    END = "# the cell ends"

    def __init__(self, python: Path, folder: Path) -> None:
        settings = {"IPYTHONDIR": str(folder / "ipython"), "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
        command = [*offline(), str(python), "-m", "IPython", "--no-banner", "--no-confirm-exit"]
        self.terminal = pexpect.spawn(
            command[0], command[1:], cwd=folder, env={**os.environ, **settings}, encoding="utf-8", timeout=120
        )
        self.terminal.setwinsize(50, 160)
        self.cells = 1
        self._prompt()

    def run(self, source: str) -> str:
        """What stands below a cell once it has run, without the terminal's control characters."""
        self.terminal.send(f"\x1b[200~{source}\n{self.END}\x1b[201~\x1b\r")
        self.cells += 1
        return self._prompt().rpartition(self.END)[2].strip()

    def _prompt(self) -> str:
        """All that comes before the next prompt."""
        colour = r"(\x1b\[[\d;]*m)*"
        self.terminal.expect(rf"In {colour}\[{colour}{self.cells}{colour}\]: ")
        return self.CONTROL.sub("", str(self.terminal.before))

    def close(self) -> None:
        self.terminal.close(force=True)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    found = Console(environment(tmp_path_factory.mktemp("alone")), tmp_path_factory.mktemp("console"))
    yield found
    found.close()


@pytest.mark.slow
def test_in_a_console_pictures_are_text_and_a_wrong_answer_is_told_in_plain_words(console: Console) -> None:
    lesson = COURSE.lesson("01")
    cells = {cell.id: cell.source for cell in code_cells(lesson)}
    bank = [each for each in read_bank(COURSE.bank(lesson)) if each.exercise == "from_rows"]
    right = next(each.source for each in bank if each.mistake is None)
    wrong = next(each.source for each in bank if each.mistake == "transposed")

    assert re.fullmatch(r"Ready: PyTorch \d.*", console.run(cells["kit"]))
    console.run("import matplotlib.pyplot as plt\nimport torch")
    shown = console.run('show(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), "two rows", mark=[0, 1])')
    assert shown.splitlines()[0] == "two rows"
    assert "shape (2, 2)" in shown and "[3., 4.]" in shown and "outlined: [0, 0]" in shown
    drawn = console.run('figure, axes = plt.subplots()\naxes.plot([1, 2])\npicture(figure, "a line that rises")')
    assert drawn == "a line that rises"

    untouched = console.run(cells["from_rows"]) + console.run(cells["from_rows-check"])
    assert untouched.startswith(f"○ from_rows: {WORDS['not_attempted'].partition('{')[0]}")
    refused = console.run(wrong) + console.run(cells["from_rows-check"])
    assert refused.startswith(f"✗ from_rows: {WORDS['transposed'].partition('{')[0]}")
    accepted = console.run(right) + console.run(cells["from_rows-check"])
    assert accepted == "✓ from_rows"
    for text in (shown, drawn, untouched, refused, accepted):
        assert not MARKUP.search(text), text


@every_lesson
def test_no_cell_needs_a_magic_or_anything_else_that_is_not_python(lesson: Lesson) -> None:
    for cell in code_cells(lesson):
        ast.parse(cell.source)
        assert TransformerManager().transform_cell(cell.source).strip() == cell.source.strip(), cell.id


# --- VS Code and others -----------------------------------------------------------------------------------------------


@every_lesson
def test_a_notebook_is_of_the_form_that_editors_keep(lesson: Lesson) -> None:
    """VS Code cannot be had here. This is what its notebook editor goes by: a valid notebook with ids that it keeps, a
    language and a kernel to choose by, and `source_hidden`, by which it folds a cell. What it saves is graded in
    tests/judge (damage.vs_code); what it shows, HTML or else text, is in every output, see test_lessons.py."""
    notebook = nbformat.read(COURSE.notebook(lesson), nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.kernelspec.language == notebook.metadata.language_info.name == "python"

    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    hidden = {cell.id for cell in notebook.cells if cell.metadata.get("jupyter", {}).get("source_hidden")}
    folded = {cell.id for cell in code_cells(lesson) if cell.source.startswith("# @title")}
    assert "kit" in hidden
    assert hidden == folded == {cell.id for cell in notebook.cells if cell.metadata.get("cellView") == "form"}
