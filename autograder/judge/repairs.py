"""What repair may have done to a notebook, in words for the student: one table, so that it can be translated.

No line blames anybody. Front ends, downloads and slips of the mouse do all of this.
"""

from __future__ import annotations

from autograder.classroom.verdict import Repair

__all__ = ["UNCLEAR", "WORDS", "Repair", "told"]

WORDS = {
    # the file
    "encoding": "The file was saved as {encoding}; a notebook is UTF-8. It was converted.",
    "bytes_lost": "A few bytes of the file ({count}) were no text. They were read as \N{REPLACEMENT CHARACTER}.",
    "cut_off": "The file ends in the middle. What stands before the end was graded; hand in the whole notebook.",
    "part_lost": "A part of the file is damaged and could not be read. The rest was graded.",
    "entries_skipped": "The notebook holds {count} entries that are no cells. They were left out.",
    "old_format": "The notebook has an old format (nbformat {version}). It was converted.",
    "newer_format": "The notebook has a format newer than the grader's (nbformat {version}). It was read as format 4.",
    "other_language": "The notebook was set to another language or version than the course's; it ran as Python 3.",
    "older_release": "The notebook is an earlier edition of the lesson. It was graded with today's checks.",
    "marks_restored": "The grader's marks on some cells were missing or changed, as after copying them into a new"
    " notebook. The cells were recognised by their text.",
    # cells
    "kit_restored": "The set-up cell was missing. It was put back.",
    "kit_changed": "The set-up cell had been changed. The original was used.",
    "imports_restored": "Lines that the lesson imports modules with were missing. They were put back: {imports}",
    "cell_joined": "A cell had been split in two. It was put together again.",
    "cell_retyped": "A code cell had become text. It was turned into code again.",
    # exercises
    "test_restored": "A check of “{title}” was missing. It was put back.",
    "test_changed": "A check of “{title}” had been changed. The original was used.",
    "test_duplicated": "A check of “{title}” occurred more than once. It counts once.",
    "test_moved": "“{title}” is answered in another place than the lesson's. Its check ran right after that answer.",
    "answer_in_test": "An answer stood in a check's own cell, “{title}”. Both were used, the answer first.",
    "answer_missing": "No cell of the notebook answers “{title}”, not even the lesson's own start of an answer.",
}

UNCLEAR = {
    "cut_off": "The file ends before the answer to this exercise. Hand in the whole notebook to have it graded.",
    "part_lost": "The answer to this exercise may stand in the part of the file that is damaged. Save the notebook"
    " again and hand it in once more to have it graded.",
    "older_release": "Your edition of the lesson does not have this exercise yet. Take today's notebook to answer it.",
}
"""Why an exercise is not graded by guess."""


def told(name: str, exercise: str = "", **fields: object) -> Repair:
    """The repair called `name`, worded."""
    return Repair(name, WORDS[name].format(**fields), exercise)
