"""File names of hand-ins, as browsers, people and learning platforms leave them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

RENAMED = re.compile(
    r"(?:copy of |kopie von )*+(?P<lesson>.+?)"
    r"(?:[-_ ]*+copy[-_ ]*+\d*+| *+\(\d++\)|-\d{1,2}+)*+\.ipynb(?:\.txt|\.json)?",
    re.IGNORECASE,
)
"""A notebook's name, with what browsers, file managers, Jupyter, Google Drive and Canvas (-1) add to it.

Nothing in it is tried twice (`*+`), or a long name made of "copy--copy--" would take for ever.
"""

CANVAS = re.compile(r"(?P<who>[^_]++)(?:_LATE)?+_(?P<user>\d++)_\d++_(?P<file>.++)", re.DOTALL)
"""A file of Canvas's *Download Submissions*: who, perhaps LATE, their number, the attachment's, the name it had."""


@dataclass(frozen=True)
class FromCanvas:
    """A file of a student who has no folder."""

    student: str
    file: str


def from_canvas(name: str) -> FromCanvas | None:
    """Whose file it is, if Canvas gave it its name. The number tells apart two students of one name."""
    found = CANVAS.fullmatch(name)
    return FromCanvas(f"{found['who']}_{found['user']}", found["file"]) if found else None


def meant(name: str, lessons: Iterable[str]) -> str:
    """The lesson whose notebook a file of that name seems to be; "" for none."""
    found = RENAMED.fullmatch(name)
    return {each.lower(): each for each in lessons}.get(found["lesson"].lower(), "") if found else ""
