"""What nbgrader's pages show: students no hidden test, nobody a foreign script, and all of it still readable."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

import bleach  # type: ignore[import-untyped]
from bleach.css_sanitizer import CSSSanitizer  # type: ignore[import-untyped]
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import List

from autograder.engines.stderr import spoken

TAGS = frozenset(
    re.findall(
        r"\w+",
        """a abbr b blockquote br caption code dd details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i kbd
        li ol p pre s small span strong sub summary sup table tbody td tfoot th thead tr ul""",
    )
)
ATTRIBUTES = {"*": ["class", "id", "style", "title", "role", "aria-label"], "a": ["href"], "td": ["colspan", "rowspan"]}
RICH = ("text/html", "text/markdown", "image/svg+xml", "application/javascript")
IMAGES = ("image/png", "image/jpeg")
NOT_SHOWN = "(an output of a kind that this page cannot show)"
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


@pass_context
def prose(context: Any, source: str) -> str:
    """A Markdown cell as HTML without anything that runs; nbconvert's own filter leaves script in it."""
    attachments = context.get("cell", {}).get("attachments", {})
    try:
        renderer = IPythonRenderer(escape=False, attachments=attachments)
        return clean(MarkdownWithMath(renderer=renderer).render(source))
    except Exception:  # an image that is not attached, say: the text is still worth reading
        return f"<pre>{html.escape(source)}</pre>"


class Displayable(NbGraderPreprocessor):  # type: ignore[misc]
    """For the pages of students and of those who grade: outputs that nbconvert can show, whatever they were.

    It fails over a widget, and over half a surrogate pair. Where HTML would be cut to pieces, the output's text is
    shown in its place.
    """

    display_data_priority = List(config=True)  # the HTML exporter sets it for every step

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> Any:
        cell = encodable(cell)
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data = shown(output.data)
        return cell, resources


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
    """Whether `clean` would leave it as it is meant."""
    if kind != "text/html":
        return kind not in RICH
    return all(tag.lower() in TAGS for tag in re.findall(r"<\s*([a-zA-Z][\w-]*)", text))


def clean(element: object) -> str:
    """HTML with the tags of prose and tables only; anything else is printed as text."""
    text = element.decode() if isinstance(element, bytes) else str(element)
    styles = CSSSanitizer(allowed_css_properties=["background-color", "color", "text-align", "font-weight", "padding"])
    return str(bleach.clean(text, tags=TAGS, attributes=ATTRIBUTES, css_sanitizer=styles))
