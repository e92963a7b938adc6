"""Verdicts into nbgrader's gradebook, where its tools and the formgrader find them. One writer at a time."""

from __future__ import annotations

from typing import Any

from nbgrader.api import InvalidEntry, MissingEntry
from sqlalchemy.exc import SQLAlchemyError

from autograder.classroom.verdict import Verdict
from autograder.errors import UsageError
from autograder.gradebook.register import reason


def record(gradebook: Any, verdict: Verdict) -> None:
    """Write what nbgrader's autograder would have written; doing it twice changes nothing.

    Scores and comments that people gave are left alone. A verdict without points leaves its cells to be graded by hand.

    Raises:
        UsageError: the gradebook is held by another program, or the disk is full.
    """
    try:
        _record(gradebook, verdict)
    except (SQLAlchemyError, InvalidEntry) as error:  # nbgrader makes the second of some of the first
        gradebook.db.rollback()
        raise UsageError(
            f"the gradebook cannot be written ({reason(error)}); what is graded is kept, run the same command again"
        ) from error


def _record(gradebook: Any, verdict: Verdict) -> None:
    notebook = _submission(gradebook, verdict)
    scores = dict(verdict.scores)
    for grade in notebook.grades:
        score = scores.get(grade.name)
        if grade.auto_score != score or grade.manual_score is None:
            # nbgrader's rule: a person's score is looked at again when the automatic one changes
            grade.needs_manual_grade = score is None or grade.manual_score is not None
        grade.auto_score = score
    for comment in notebook.comments:
        comment.auto_comment = "No response." if comment.name in verdict.unanswered else None
    gradebook.db.commit()


def _submission(gradebook: Any, verdict: Verdict) -> Any:
    try:
        submission = gradebook.find_submission(verdict.lesson, verdict.student)
    except MissingEntry:
        gradebook.update_or_create_student(verdict.student)
        with gradebook.db.no_autoflush:  # else SQLAlchemy 2 warns of the order in which nbgrader does it
            submission = gradebook.add_submission(verdict.lesson, verdict.student)
    submission.timestamp = verdict.submitted.replace(tzinfo=None) if verdict.submitted else None
    return next(each for each in submission.notebooks if each.name == verdict.lesson)
