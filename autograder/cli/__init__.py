"""The `course` command: arguments, progress, exit codes; nothing else. A file for each kind of user.

    0    done; submissions that failed are rows of the table, with a warning for those that could not be graded
    1    `build --check`, `verify`, `replay`: something is not as it should be, and is told
    2    a wrong argument or something else that the user can mend, told in one line
    130  stopped by Ctrl-C; what was done is kept

What is slow to import is imported inside the commands: `course --help` answers at once.
"""

from autograder.cli import students, instructors, authors, developers  # noqa: I001  # in the order of the help
from autograder.cli.app import app, main

__all__ = ["app", "authors", "developers", "instructors", "main", "students"]
