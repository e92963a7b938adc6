"""What a page by nbgrader may cost, so that nothing that a student hands in keeps it waiting.

The parsers behind such a page take quadratic time, or worse, for what nobody means: lists in lists, brackets that stay
open, thousands of blank lines. So each piece is judged beforehand, by its text alone and in linear time. What may be
shown richly is charged to the page's room, with about the most that a piece of its size was seen to take; what is too
tangled, or finds no room, is shown as the text that it is.

    RICH       microseconds, for a page's markup, prose and colours. The lessons' own pages need a third of it
    PLAIN      characters of plain text and of what did not become rich; the lessons' own need a hundredth
"""

from __future__ import annotations

import re
from dataclasses import dataclass

RICH = 8_000_000
PLAIN = 600_000
LEAST = 200  # characters of every piece that are shown even where there is no room left

CUT = "\n… {count} more characters: this page has no room for them; the notebook's file has them."

# What HTML calls a tag, in the form that people write: few attributes, and values of a line or so.
ATTRIBUTE = r"""\s++[a-zA-Z_:][\w:.-]*+(?:\s*+=\s*+(?:"[^"<]{0,1000}+"|'[^'<]{0,1000}+'|[^\s"'<>=`]{1,1000}+))?+"""
TAG = re.compile(rf"<(/?)([a-zA-Z][a-zA-Z0-9-]{{0,50}}+)((?:{ATTRIBUTE}){{0,20}}+)\s*+/?>")
COMMENT = r"<!--.*?(?:-->|\Z)"
TOKEN = re.compile(rf"(?s:{COMMENT})|{TAG.pattern}|<")

VOID = {"br", "hr"}
FORMATTING = {
    "a",
    "b",
    "code",
    "em",
    "i",
    "s",
    "small",
    "strong",
}  # HTML opens these anew in each paragraph that follows
DEEPEST = 60  # elements in each other
MOST_TANGLED = 10
WIDEST = 200  # white space in one go, in code
LONGEST_COLOUR = re.compile(r"\x1b\[[^@-~\n]{100}")


@dataclass
class Room:
    """What is left of a page's room."""

    rich: int = RICH
    plain: int = PLAIN

    def affords(self, cost: int) -> bool:
        """Whether something may be shown richly; it is charged then."""
        if cost > self.rich:
            return False
        self.rich -= cost
        return True

    def cut(self, text: str) -> str:
        """As much of a plain text as there is room for, and a word about the rest."""
        most = max(self.plain, LEAST)
        self.plain -= min(len(text), most)
        return text if len(text) <= most else text[:most] + CUT.format(count=len(text) - most)


def tidy(text: str) -> str:
    """HTML in which every `<` begins a tag: comments are gone, any other `<` is a character."""
    return TOKEN.sub(lambda found: found[0] if found[2] else "" if len(found[0]) > 1 else "&lt;", text)


def cost_of_html(text: str, tags: frozenset[str]) -> int | None:
    """What tidy HTML costs; None if it is too deep or too tangled to be parsed. Tags other than `tags` are text."""
    tangle = tangled(text, tags)
    if tangle is None:
        return None
    marks = 50 * text.count("<") + 20 * text.count("&") + 120 * text.count("style")
    return marks * (1 + tangle) + 5 * text.count(">") + 3 * len(text)


def tangled(text: str, tags: frozenset[str]) -> int | None:
    """How many elements a paragraph may have to open anew, which is what makes HTML slow; None if too many."""
    opened: list[str] = []
    slips = formatting = most = 0
    for found in TAG.finditer(text):
        end, name = found[1], found[2].lower()
        if name not in tags or (name in VOID and not end):
            continue
        if not end:
            opened.append(name)
            formatting += name in FORMATTING
        elif opened and opened[-1] == name:
            formatting -= opened.pop() in FORMATTING
        else:  # an element that stays open, or an end without a beginning: whatever becomes of it, it is one more
            slips += 1
        most = max(most, formatting + slips)
        if len(opened) > DEEPEST or most > MOST_TANGLED:
            return None
    return most


def cost_of_markdown(source: str) -> int:
    """What prose costs before it is HTML: brackets and dollars that stay open are looked for again and again."""
    return len(source) * (len(source) + 1000) // 150


def cost_of_code(source: str) -> int | None:
    """What colours for code cost; None where they would take quadratic time, as they do in blank lines."""
    if re.search(rf"\s{{{WIDEST}}}", source):
        return None
    return 50 * len(re.findall(r"\w+|[^\w\s]", source)) + 4 * len(source)


def cost_of_colours(text: str) -> int | None:
    """What a terminal's colours cost in a text; None where they are none."""
    return None if LONGEST_COLOUR.search(text) else text.count("\x1b") * (50 + len(text) // 5_000)
