"""What the commands share: the application, how it ends, and text for a file or for standard output."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import NoReturn

import typer

from autograder.errors import CourseError, UsageError

app = typer.Typer(
    help="A PyTorch course in notebooks: take it, grade it, write it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
"""For a command that hands to another program whatever it does not know."""


def main() -> None:
    """Run the command line. What the user can mend is one line on standard error, never a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a pipe on Windows, say, knows neither ✓ nor ■
    try:
        app(prog_name="course")
    except (CourseError, OSError) as error:
        stop(2, str(error))


def stop(status: int, message: str) -> NoReturn:
    """End with one line."""
    print(f"course: {message}", file=sys.stderr)
    raise SystemExit(status)


def write_text(target: str, text: str) -> None:
    """Write the file, or to standard output if `target` is "-". A device or a pipe stays what it is.

    Raises:
        UsageError: it cannot be written.
    """
    from autograder.files import write_whole

    if target == "-":
        print(text, end="")
        return
    path = Path(target)
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):  # /dev/null, /dev/stdout, a pipe
            path.write_text(text, encoding="utf-8")
        else:
            write_whole(path, text)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from None
