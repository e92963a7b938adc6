"""How verdicts are worded, in tables and on pages."""

from __future__ import annotations

from datetime import timedelta

from autograder.classroom.verdict import State, Status

STATES = {
    State.RIGHT: ("✓", "right"),
    State.PARTLY: ("◐", "partly right"),
    State.WRONG: ("✗", "not right yet"),
    State.NOT_ATTEMPTED: ("○", "not attempted"),
    State.NOT_FINISHED: ("…", "did not finish"),
}
"""A mark and words for each: colour never says anything alone."""

STATUSES = {
    Status.GRADED: "graded",
    Status.TIMED_OUT: "timed out",
    Status.CRASHED: "crashed",
    Status.OUT_OF_MEMORY: "out of memory",
    Status.FORBIDDEN: "forbidden",
    Status.UNREADABLE: "unreadable",
    Status.INTERNAL: "not graded",
}
"""In tables."""

ENDINGS = {
    Status.GRADED: "was graded",
    Status.TIMED_OUT: "took too long",
    Status.CRASHED: "crashed",
    Status.OUT_OF_MEMORY: "ran out of memory",
    Status.FORBIDDEN: "tried something that is not allowed here",
    Status.UNREADABLE: "could not be read",
    Status.INTERNAL: "is not graded yet",
}
"""On pages, after "The notebook"."""


def number(points: float | None) -> str:
    """Points without needless zeros; a dash where there are none."""
    return "–" if points is None else f"{points:.2f}".rstrip("0").rstrip(".")


def duration(time: timedelta | None) -> str:
    """Days and hours, or hours and minutes; empty if there is none."""
    if time is None:
        return ""
    minutes = max(1, round(time.total_seconds() / 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (minutes, "min")] if not days else [(days, "d"), (hours, "h")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


def count(many: int, what: str) -> str:
    """`many` with its noun: "1 submission", "2 submissions"."""
    return f"{many} {what}" if many == 1 else f"{many} {what}s"


def one_line(text: str) -> str:
    """`text` without line breaks and control characters, which could move the cursor."""
    return "".join(each if each.isprintable() else " " for each in text).strip()


def tame(value: object) -> object:
    """Text for a page: line breaks and tabs stay, other control characters and half surrogate pairs become spaces.

    That takes in what turns the direction of writing around, by which a message could be made to read as another.
    """
    if type(value) is not str:  # not Markup, and not the states of exercises
        return value
    return "".join(each if each.isprintable() or each in "\n\t" else " " for each in value)
