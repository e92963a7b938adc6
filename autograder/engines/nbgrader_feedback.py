"""What nbgrader's pages show: students no hidden test, nobody a foreign script, and all of it still readable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import List

from autograder.engines.nbgrader_filters import TAGS
from autograder.engines.nbgrader_room import Room
from autograder.engines.stderr import spoken

RICH = ("text/html", "text/markdown", "image/svg+xml", "application/javascript")
IMAGES = ("image/png", "image/jpeg")
NOT_SHOWN = "(an output of a kind that this page cannot show)"
MOST_CELLS = 1_000  # besides those that nbgrader asks for
MOST_OUTPUTS = 1_000  # of a notebook
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


class Displayable(NbGraderPreprocessor):  # type: ignore[misc]
    """For the pages of students and of those who grade: outputs that nbconvert can show, whatever they were.

    It fails over a widget, and over half a surrogate pair. Where HTML would be cut to pieces, the output's text is
    shown in its place.
    """

    display_data_priority = List(config=True)  # the HTML exporter sets it for every step

    def preprocess(self, nb: Any, resources: Any) -> Any:
        resources["room"] = self.room = Room()
        self.outputs = MOST_OUTPUTS
        nb.cells = few(nb.cells)
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> Any:
        if "outputs" in cell:
            cell.outputs = self.first(cell.outputs)
        cell.metadata.pop("tags", None)  # they become classes of the page, and one with a space any class
        cell = encodable(cell)
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data = shown(output.data)
                if "text/latex" in output.data:
                    output.data["text/latex"] = self.room.cut(output.data["text/latex"])
        return cell, resources

    def first(self, outputs: list[Any]) -> list[Any]:
        """As many of a cell's outputs as the page may still show, and a word about the others."""
        most, left = self.outputs, len(outputs) - self.outputs
        self.outputs = max(0, -left)
        said = [new_output("stream", text=f"({left} more outputs: this page has no room for them)\n")]
        return outputs[:most] + (said if left > 0 else [])


class HideTests(ClearHiddenTests):  # type: ignore[misc]
    """Cuts hidden tests out of sources and tracebacks."""

    enforce_metadata = False  # a student may write the marker anywhere
    display_data_priority = List(config=True)  # the HTML exporter sets it for every step

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> Any:
        if is_grade(cell) and not is_solution(cell):
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    output.traceback = [one_line(output)]
                elif output.get("name") == "stderr":
                    output.text = spoken(output.text)
        return cell, resources


def few(cells: list[Any]) -> list[Any]:
    """A notebook's first cells, all of nbgrader's, and a word about the others."""
    kept = [cell for at, cell in enumerate(cells) if at < MOST_CELLS or "nbgrader" in cell.metadata]
    missing = len(cells) - len(kept)
    said = [new_markdown_cell(f"({missing} more cells: this page has no room for them)", id="more")]
    return kept + (said if missing else [])


def shown(data: Mapping[str, Any]) -> NotebookNode:
    """Of an output's forms those that a page can show: images, and text of any kind that stays what it is."""
    texts = {kind: text for kind, text in data.items() if isinstance(text, str)}
    images = {kind: text for kind, text in texts.items() if kind in IMAGES and BASE64.fullmatch(text)}
    others = {kind: text for kind, text in texts.items() if kind.startswith("text/") and survives(text, kind)}
    in_pieces = {kind: texts[kind] for kind in RICH if kind in texts}
    return NotebookNode({**images, **others} or in_pieces or {"text/plain": NOT_SHOWN})


def encodable(value: Any) -> Any:
    """Text, and text in lists and dicts, as UTF-8 can have it: half a surrogate pair becomes a question mark."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case list():
            return [encodable(each) for each in value]
        case dict():
            return NotebookNode({encodable(name): encodable(each) for name, each in value.items()})
    return value


def one_line(output: Any) -> str:
    """An error as the kit words it, or else as Python names it."""
    shown = "\n".join(output.traceback)
    by_the_kit = output.ename in ("Wrong", "NotAttempted") and "\n" not in shown
    return shown if by_the_kit else f"{output.ename}: {output.evalue}"


def survives(text: str, kind: str) -> bool:
    """Whether `cleaned` would leave it as it is meant."""
    if kind != "text/html":
        return kind not in RICH
    return all(tag.lower() in TAGS for tag in re.findall(r"<\s*([a-zA-Z][\w-]*)", text))
