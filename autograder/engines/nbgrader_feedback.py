"""What `nbgrader generate_feedback` and the formgrader show: no hidden test, no foreign script, and still readable."""

from __future__ import annotations

import html
import re
from typing import Any

import bleach  # type: ignore[import-untyped]
from bleach.css_sanitizer import CSSSanitizer  # type: ignore[import-untyped]
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader.preprocessors import ClearHiddenTests
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


@pass_context
def prose(context: Any, source: str) -> str:
    """A Markdown cell as HTML without anything that runs; nbconvert's own filter leaves script in it."""
    attachments = context.get("cell", {}).get("attachments", {})
    try:
        renderer = IPythonRenderer(escape=False, attachments=attachments)
        return clean(MarkdownWithMath(renderer=renderer).render(source))
    except Exception:  # an image that is not attached, say: the text is still worth reading
        return f"<pre>{html.escape(source)}</pre>"


class HideTests(ClearHiddenTests):  # type: ignore[misc]
    """Cuts hidden tests out of sources and tracebacks, and shows an output's text where its HTML would be cut."""

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
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for kind in RICH:
                if kind in data and "text/plain" in data and not survives(data[kind], kind):
                    del data[kind]
        return cell, resources


def one_line(output: Any) -> str:
    """An error as the kit words it, or else as Python names it."""
    shown = "\n".join(output.traceback)
    by_the_kit = output.ename in ("Wrong", "NotAttempted") and "\n" not in shown
    return shown if by_the_kit else f"{output.ename}: {output.evalue}"


def survives(text: object, kind: str) -> bool:
    """Whether `clean` would leave it as it is meant."""
    return kind == "text/html" and all(tag.lower() in TAGS for tag in re.findall(r"<\s*([a-zA-Z][\w-]*)", str(text)))


def clean(element: object) -> str:
    """HTML with the tags of prose and tables only; anything else is printed as text."""
    text = element.decode() if isinstance(element, bytes) else str(element)
    styles = CSSSanitizer(allowed_css_properties=["background-color", "color", "text-align", "font-weight", "padding"])
    return str(bleach.clean(text, tags=TAGS, attributes=ATTRIBUTES, css_sanitizer=styles))
