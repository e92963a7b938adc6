"""What becomes of each piece of a notebook on nbgrader's pages: nothing in it runs, and none of it takes long.

They stand in nbconvert's place of the same name: see nbgrader_settings. Each looks whether the page has room for the
piece, and shows its text as it is if not.
"""

from __future__ import annotations

import html
import re
from typing import Any

import bleach  # type: ignore[import-untyped]
from bleach.css_sanitizer import CSSSanitizer  # type: ignore[import-untyped]
from jinja2 import pass_context
from nbconvert.filters.ansi import ansi2html, strip_ansi
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.filters.strings import files_url_pattern
from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]

from autograder.engines.nbgrader_room import (
    Room,
    cost_of_code,
    cost_of_colours,
    cost_of_html,
    cost_of_markdown,
    tidy,
)

TAGS = frozenset(
    re.findall(
        r"\w+",
        """a abbr b blockquote br caption code dd details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i kbd
        li ol p pre s small span strong sub summary sup table tbody td tfoot th thead tr ul""",
    )
)
ATTRIBUTES = {"*": ["style", "title", "role", "aria-label"], "a": ["href"], "td": ["colspan", "rowspan"]}
STYLES = ["background-color", "color", "text-align", "font-weight"]  # a padding of a mile would hide what follows
CLASSES = {"highlight", *STANDARD_TYPES.values()}
"""Of code in prose. By others, and by ids, the formgrader's script finds its buttons: whatever has the class
`full-credit`, and a test's id in it, gives that test's points when it is clicked."""
LANGUAGES = {"py", "python", "python3", "text"}


class Cleaned(str):
    """HTML that has been through `cleaned`; the templates send some of it there twice."""


@pass_context
def prose(context: Any, source: str) -> str:
    """A Markdown cell as HTML without anything that runs; nbconvert's own filter leaves script in it."""
    room = room_of(context)
    made = rendered(source) if room.affords(cost_of_markdown(source)) else None
    return plain(source, room) if made is None else cleaned(made, room) or plain(source, room)


@pass_context
def markup(context: Any, element: object) -> str:
    """An output's HTML without anything that runs."""
    if isinstance(element, Cleaned):
        return element
    text = element.decode() if isinstance(element, bytes) else str(element)
    room = room_of(context)
    return cleaned(text, room) or plain(text, room)


@pass_context
def code(context: Any, source: str, metadata: object = None) -> str:
    """A cell's code in colours. Other languages than Python have none: their lexers may take any time."""
    room = room_of(context)
    cost = cost_of_code(source)
    if cost is None or not room.affords(cost):
        return plain(source, room)
    return str(Highlight2HTML()(source, language="python"))


@pass_context
def terminal(context: Any, text: str) -> str:
    """What was printed, with a terminal's colours."""
    room = room_of(context)
    text = room.cut(text)
    cost = cost_of_colours(text)
    if cost is None or not room.affords(cost):
        return html.escape(strip_ansi(text))
    return str(ansi2html(text))


def linked(text: str) -> str:
    """nbconvert's `strip_files_prefix` without its search for Markdown, of which there is none in HTML."""
    return str(files_url_pattern.sub(r"\1=\2", text))


def rendered(source: str) -> str | None:
    """Markdown as HTML that is not to be trusted yet; None if the parser cannot do it."""
    try:
        return str(MarkdownWithMath(renderer=Renderer(escape=False)).render(source))
    except Exception:  # lists that are too deep, say: the text is still worth reading
        return None


def cleaned(text: str, room: Room) -> Cleaned | None:
    """HTML with the tags of prose and tables only, anything else printed as text; None if there is no room for it."""
    if len(text) > room.rich:
        return None
    text = tidy(text)
    cost = cost_of_html(text, TAGS)
    if cost is None or not room.affords(cost):
        return None
    styles = CSSSanitizer(allowed_css_properties=STYLES)
    try:
        return Cleaned(bleach.clean(text, tags=TAGS, attributes=allowed, css_sanitizer=styles))
    except Exception:  # an entity of five thousand digits, say
        return None


def allowed(tag: str, name: str, value: str) -> bool:
    """Whether an element may have this attribute."""
    if name == "class":
        return CLASSES.issuperset(value.split())
    return name in ATTRIBUTES["*"] or name in ATTRIBUTES.get(tag, ())


def plain(text: str, room: Room) -> Cleaned:
    """A text as it is, or as much of it as there is room for."""
    return Cleaned(f"<pre>{html.escape(room.cut(text))}</pre>" if text else "")


def room_of(context: Any) -> Room:
    """What is left of the room that `Displayable` gave the page."""
    room = context.get("resources", {}).get("room")
    return room if isinstance(room, Room) else Room()


class Renderer(IPythonRenderer):  # type: ignore[misc]
    """nbconvert's without what `clean` undoes: no picture comes through, and each may be large and be shown often."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return str(super(IPythonRenderer, self).image(text, url, title))

    def block_code(self, code: str, info: str | None = None) -> str:
        language = (info or "").split(maxsplit=1)
        if language and language[0] in LANGUAGES and cost_of_code(code) is not None:
            return str(super().block_code(code, info))
        return str(super(IPythonRenderer, self).block_code(code, info))
