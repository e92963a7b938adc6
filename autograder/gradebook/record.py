"""Verdicts into nbgrader's gradebook, where its tools and the formgrader find them. One writer at a time.

The verdicts on disk are the truth and the gradebook follows them in batches, in SQL: nbgrader's own objects cost a
hundred times as much. What a killed run did not get to, the next run writes, as it compares all that it has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from nbgrader import api
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from autograder.classroom.verdict import Verdict
from autograder.errors import UsageError
from autograder.gradebook.register import reason

BATCH = 50
SECONDS = 1.0

SUBMISSION, NOTEBOOK, STUDENT, GRADE, COMMENT = (
    each.__table__ for each in (api.SubmittedAssignment, api.SubmittedNotebook, api.Student, api.Grade, api.Comment)
)
NO_ANSWER = "No response."


class Writer:
    """Collects verdicts and records them `BATCH` at a time, or those of a second. Call `flush` at the end."""

    def __init__(self, gradebook: Any) -> None:
        self.gradebook = gradebook
        self.waiting: list[Verdict] = []
        self.since = 0.0
        url = gradebook.engine.url
        self.file = Path(url.database) if url.drivername.startswith("sqlite") else None
        self.inode = self.file.stat().st_ino if self.file else 0

    def add(self, verdict: Verdict) -> None:
        """`verdict` is on disk; its rows follow."""
        if not self.waiting:
            self.since = monotonic()
        self.waiting.append(verdict)
        if len(self.waiting) >= BATCH:
            self.flush()
        self.tick()

    def tick(self) -> None:
        """Record what has waited for a second."""
        if self.waiting and monotonic() - self.since >= SECONDS:
            self.flush()

    def flush(self) -> None:
        """Record all that waits.

        Raises:
            UsageError: the gradebook is held by another program or gone, or the disk is full.
        """
        waiting, self.waiting = self.waiting, []  # what cannot be written now, the next run writes
        self._look()
        record(self.gradebook, waiting)
        self._look()

    def _look(self) -> None:
        """SQLite may write on, to a file that has no name any more."""
        if self.file and not (self.file.exists() and self.file.stat().st_ino == self.inode):
            raise UsageError(f"{self.file} was moved or deleted; what is graded is kept, run the same command again")


def record(gradebook: Any, verdicts: Sequence[Verdict]) -> None:
    """Write what nbgrader's autograder would have written, in one transaction; doing it twice changes nothing.

    Scores and comments that people gave are left alone. A verdict without points leaves its cells to be graded by hand.

    Raises:
        UsageError: the gradebook is held by another program, or the disk is full.
    """
    lessons: dict[str, dict[str, Verdict]] = defaultdict(dict)
    for each in verdicts:
        lessons[each.lesson][each.student] = each
    try:
        for lesson, theirs in lessons.items():
            _Lesson(gradebook.db, lesson).record(theirs)
        gradebook.db.commit()
        gradebook.db.expire_all()
    except SQLAlchemyError as error:
        gradebook.db.rollback()
        raise UsageError(
            f"the gradebook cannot be written ({reason(error)}); what is graded is kept, run the same command again"
        ) from error


class _Lesson:
    def __init__(self, db: Any, lesson: str) -> None:
        self.db = db
        place = select(api.Assignment.id, api.Notebook.id).join(api.Notebook.assignment)
        found = db.execute(place.where(api.Assignment.name == lesson, api.Notebook.name == lesson)).first()
        if found is None:
            raise UsageError(f"the gradebook has lost {lesson}; what is graded is kept, run the same command again")
        self.assignment, self.notebook = found
        base = api.BaseCell.__table__
        cells = db.execute(select(base.c.id, base.c.name, base.c.type).where(base.c.notebook_id == self.notebook)).all()
        self.graded = {id_: name for id_, name, kind in cells if kind in ("GradeCell", "TaskCell")}
        self.commented = {id_: name for id_, name, kind in cells if kind in ("SolutionCell", "TaskCell")}

    def record(self, verdicts: dict[str, Verdict]) -> None:
        self._students(verdicts)
        submissions = self._submissions(verdicts)
        notebooks = self._notebooks(submissions.values())
        theirs = {notebooks[submissions[student]]: verdict for student, verdict in verdicts.items()}
        self._grades(theirs)
        self._comments(theirs)

    def _students(self, verdicts: Iterable[str]) -> None:
        known = set(self.db.execute(select(STUDENT.c.id).where(STUDENT.c.id.in_(verdicts))).scalars())
        self._insert(STUDENT, [{"id": each} for each in verdicts if each not in known])

    def _submissions(self, verdicts: dict[str, Verdict]) -> dict[str, str]:
        """Ids by student, with their times as they should be."""
        times = {each: v.submitted.replace(tzinfo=None) if v.submitted else None for each, v in verdicts.items()}
        mine = select(SUBMISSION.c.student_id, SUBMISSION.c.id, SUBMISSION.c.timestamp).where(
            SUBMISSION.c.assignment_id == self.assignment, SUBMISSION.c.student_id.in_(verdicts)
        )
        known = {student: (id_, time) for student, id_, time in self.db.execute(mine)}
        moved = [{"row": id_, "timestamp": times[each]} for each, (id_, time) in known.items() if time != times[each]]
        self._update(SUBMISSION, moved)
        new = {each: api.new_uuid() for each in verdicts if each not in known}
        rows = [
            {"id": id_, "assignment_id": self.assignment, "student_id": student, "timestamp": times[student]}
            for student, id_ in new.items()
        ]
        self._insert(SUBMISSION, rows)
        return new | {student: id_ for student, (id_, _) in known.items()}

    def _notebooks(self, submissions: Iterable[str]) -> dict[str, str]:
        """Ids by submission."""
        wanted = list(submissions)
        mine = select(NOTEBOOK.c.assignment_id, NOTEBOOK.c.id).where(
            NOTEBOOK.c.notebook_id == self.notebook, NOTEBOOK.c.assignment_id.in_(wanted)
        )
        known = {submission: id_ for submission, id_ in self.db.execute(mine)}  # noqa: C416  (rows are no pairs to mypy)
        new = {each: api.new_uuid() for each in wanted if each not in known}
        rows = [{"id": id_, "assignment_id": each, "notebook_id": self.notebook} for each, id_ in new.items()]
        self._insert(NOTEBOOK, rows)
        return new | known

    def _grades(self, theirs: dict[str, Verdict]) -> None:
        mine = select(
            GRADE.c.notebook_id,
            GRADE.c.cell_id,
            GRADE.c.id,
            GRADE.c.auto_score,
            GRADE.c.manual_score,
            GRADE.c.needs_manual_grade,
        ).where(GRADE.c.notebook_id.in_(theirs))
        known = {(notebook, cell): rest for notebook, cell, *rest in self.db.execute(mine)}
        new, changed = [], []
        for notebook, verdict in theirs.items():
            scores = dict(verdict.scores)
            for cell, name in self.graded.items():
                score = scores.get(name)
                if (notebook, cell) not in known:
                    place = {"notebook_id": notebook, "cell_id": cell}
                    new.append({**place, "auto_score": score, "needs_manual_grade": score is None})
                    continue
                id_, before, by_hand, waits = known[notebook, cell]
                if before != score or by_hand is None:
                    # nbgrader's rule: a person's score is looked at again when the automatic one changes
                    needed = score is None or by_hand is not None
                    if (before, waits) != (score, needed):
                        changed.append({"row": id_, "auto_score": score, "needs_manual_grade": needed})
        self._insert(GRADE, new)
        self._update(GRADE, changed)

    def _comments(self, theirs: dict[str, Verdict]) -> None:
        columns = COMMENT.c.notebook_id, COMMENT.c.cell_id, COMMENT.c.id, COMMENT.c.auto_comment
        mine = select(*columns).where(COMMENT.c.notebook_id.in_(theirs))
        known = {(notebook, cell): (id_, text) for notebook, cell, id_, text in self.db.execute(mine)}
        new, changed = [], []
        for notebook, verdict in theirs.items():
            for cell, name in self.commented.items():
                text = NO_ANSWER if name in verdict.unanswered else None
                if (notebook, cell) not in known:
                    new.append({"notebook_id": notebook, "cell_id": cell, "auto_comment": text})
                elif known[notebook, cell][1] != text:
                    changed.append({"row": known[notebook, cell][0], "auto_comment": text})
        self._insert(COMMENT, new)
        self._update(COMMENT, changed)

    def _insert(self, table: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.db.execute(insert(table), rows)

    def _update(self, table: Any, rows: list[dict[str, Any]]) -> None:
        """The columns that `rows` name, of the rows whose id is "row"."""
        if rows:
            values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "row"}
            change = update(table).where(table.c.id == bindparam("row")).values(values)
            self.db.connection().execute(change, rows)
