"""What a lesson's source must keep to so that nobody is shut out: who listens to it, or sees no colours.

These rules see what the text shows. What a browser makes of it is looked at by the tests, with axe-core.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from autograder.authoring.source import Cell, Source, fault

# the kit's pictures, and where their text stands among the arguments
DRAWS = {
    **{"show": 1, "picture": 1, "show_memory": 0, "show_broadcast": 2, "show_fold": 2},
    **{"show_product": 4, "show_joined": 1, "show_graph": 1},
}
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
IMAGE = re.compile(r"!\[(?P<text>[^\]]*)\][(\[]|<img\b(?:[^>]*?\balt=\"(?P<alt>[^\"]*)\")?[^>]*>")
NO_TEXT = re.compile(r"\s*((an?|the) )?(image|picture|plot|figure|graph|drawing|screenshot|\S+\.\w{3,4})?[\s.]*", re.I)
ANY_HEADING = re.compile(r"^(?P<marks>#{1,6})(?P<text>.*)$", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[(?P<text>(?:!\[[^\]]*\]\([^)]*\)|[^\[\]])*)\]\((?P<to>[^)\s]*)[^)]*\)")
BARE_LINK = re.compile(r"(?<!\]\()(?<![\"'=])\bhttps?://\S+|<a\b[^>]*>")
NO_WORDS = re.compile(
    r"\W*((click |see |read |look )?(here|there|this|that|more)( (link|page|one|site))?|links?|pages?|https?:.*)?\W*",
    re.IGNORECASE | re.DOTALL,
)
COLOUR = r"(red|green|blue|orange|yellow|purple|pink|brown|gr[ea]y|black|white|coloured)"
THING = (
    r"(ones?|(check|cell|box|line|curve|dot|point|bar|arrow|area|square|cross|border|frame|word|message|letter)(es|s)?)"
)
VERB = r"(turns?|is|are|becomes?|gets?|drawn|shown)"
BY_COLOUR = re.compile(rf"\b({COLOUR} {THING}\b|{VERB} (to turn )?(in )?{COLOUR}\b(?! \w))", re.IGNORECASE)
PLOTS = {"plot", "step", "scatter", "bar", "barh", "hist", "fill_between", "loglog", "semilogx", "semilogy", "errorbar"}
LOOKS = ("linestyle", "ls", "marker", "hatch")  # what tells lines and bars apart without colour
COLOURS = ("color", "c", "facecolor", "colors")
MAPS = {"gray", "Greys", "Blues", "viridis", "cividis", "magma", "inferno", "plasma"}  # brighter or darker all the way


def check_pictures(source: Source) -> None:
    """Every picture says in words what it shows."""
    for cell in source.cells:
        if cell.kind == "markdown":
            for image in IMAGE.finditer(prose(cell)):
                if NO_TEXT.fullmatch(image["text"] or image["alt"] or ""):
                    raise fault(source, cell, "a picture without text; write what it shows", line_at(cell, image))
            continue
        for call in calls_in(cell):
            match call.func:
                case ast.Name(name) if name in DRAWS and not has_text(call, DRAWS[name]):
                    raise fault(source, cell, f'a picture without text; {name}(…, "what it shows")', call.lineno)
                case ast.Attribute(ast.Name("plt"), "show"):
                    raise fault(source, cell, 'a picture without text; picture(figure, "what it shows")', call.lineno)


def has_text(call: ast.Call, place: int) -> bool:
    """Whether a call hands over a text that says something, by name or as its argument at `place`."""
    given = [each.value for each in call.keywords if each.arg == "text"] + call.args[place : place + 1]
    return bool(given) and not (isinstance(given[0], ast.Constant) and NO_TEXT.fullmatch(str(given[0].value)))


def check_headings(source: Source) -> None:
    """The lesson's title is its first line and the only one of its level; below it no level is skipped."""
    level = 0
    for cell in source.cells:
        for heading in ANY_HEADING.finditer(prose(cell)) if cell.kind == "markdown" else ():
            line, mine = line_at(cell, heading), len(heading["marks"])
            if not heading["text"].startswith(" ") or not heading["text"].strip():
                raise fault(source, cell, f"not a heading; write {heading['marks']}, a space, and words", line)
            if mine == 1 and level:
                raise fault(source, cell, "a second title; only the lesson's own has a single #, write ##", line)
            if mine > level + 1:
                above = f"one of level {level}" if level else "no title"
                raise fault(source, cell, f"a heading of level {mine} below {above}; write {'#' * (level + 1)}", line)
            level = mine


def check_links(source: Source) -> None:
    """Links say where they lead, and stand out from the text around them by more than their colour.

    Jupyter's pages do not underline them.
    """
    for cell in source.cells:
        text = prose(cell) if cell.kind == "markdown" else ""
        for link in LINK.finditer(text):
            if NO_WORDS.fullmatch(re.sub(r"[*_`]", "", IMAGE.sub("picture", link["text"]))):
                message = f"the link {link['text']!r} does not say where it leads; name the page"
                raise fault(source, cell, message, line_at(cell, link))
            before, after = text[: link.start()][-1:], text[link.end() :][:1]
            if not IMAGE.search(link["text"]) and not before == after == "*":
                message = f"only its colour tells this link from the text; write *[{link['text']}](…)*"
                raise fault(source, cell, message.replace("\n", " "), line_at(cell, link))
        bare = BARE_LINK.search(text)
        if bare:
            raise fault(source, cell, "a link without words; write *[its title](address)*", line_at(cell, bare))


def check_colours(source: Source) -> None:
    """Nothing is told by its colour alone, in words or in a plot."""
    for cell in source.cells:
        text = prose(cell) if cell.kind == "markdown" else ""
        said = BY_COLOUR.search(text)
        if said:
            message = f"{said[0]!r}: not everybody sees the colour; say it by a sign, a shape or a place as well"
            raise fault(source, cell, message, line_at(cell, said))
        looks: list[Look] = []
        for call in calls_in(cell) if cell.kind != "markdown" else ():
            check_map(source, cell, call)
            for look in looks_of(call):
                twin = next((each for each in looks if each.shape == look.shape and each.colour != look.colour), None)
                if twin or (look.varies and not look.shape):
                    message = "told apart by colour alone; add marker=, linestyle= or hatch="
                    raise fault(source, cell, message, call.lineno)
                looks.append(look)


class Look(NamedTuple):
    """How a call to a plot draws: `shape` without colour, and whether its colour is a variable's."""

    shape: str
    colour: str
    varies: bool


def looks_of(call: ast.Call) -> Iterator[Look]:
    """The look of a call that plots and says its colour."""
    match call.func:
        case ast.Attribute(_, name) if name in PLOTS:
            given = {each.arg: each.value for each in call.keywords}
            colour = next((given[each] for each in COLOURS if each in given), None)
            formats = [each for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            shapes = [*(f"{each}={ast.unparse(given[each])}" for each in LOOKS if each in given)]
            shapes += [ast.unparse(each) for each in formats]
            if name in ("plot", "loglog", "semilogx", "semilogy"):  # a format may be a variable there
                shapes += [each.id for each in call.args[2:] if isinstance(each, ast.Name)]
            family = "line" if name in ("plot", "step", "loglog", "semilogx", "semilogy") else name
            if colour is not None:
                varies = not isinstance(colour, ast.Constant)
                yield Look(" ".join([family, *shapes]) if shapes or not varies else "", ast.unparse(colour), varies)


def check_map(source: Source, cell: Cell, call: ast.Call) -> None:
    """A map of colours gets steadily brighter or darker, so that it can be read without them."""
    for each in call.keywords:
        if each.arg == "cmap" and isinstance(each.value, ast.Constant):
            name = str(each.value.value).removesuffix("_r")
            if name not in MAPS:
                message = f"cmap={name!r} is told by colour alone; take one of {', '.join(sorted(MAPS))}"
                raise fault(source, cell, message, each.value.lineno)


def calls_in(cell: Cell) -> Iterator[ast.Call]:
    """The calls in a cell of code, in no order."""
    return (node for node in ast.walk(ast.parse(cell.text)) if isinstance(node, ast.Call))


def prose(cell: Cell) -> str:
    """A cell's text with its code blanked out, every character in its place."""
    return CODE.sub(lambda code: re.sub(r"[^\n]", "x", code[0]), cell.text)


def line_at(cell: Cell, found: re.Match[str]) -> int:
    """The line in a cell's text where something was found, the first being 1."""
    return cell.text[: found.start()].count("\n") + 1
