"""One submission, in a process of its own: nbgrader's Autograde between a private folder and a private gradebook.

    FOLDER/job.json                                  in: lesson, limits
    FOLDER/gradebook.db                              in: the lesson is registered
    FOLDER/submitted/student/LESSON/LESSON.ipynb     in
    FOLDER/autograded/student/LESSON/LESSON.ipynb    out
    FOLDER/answer.json                               out: nbgrader's numbers, or why there are none

Run as `python -P -m autograder.engines.nbgrader_job FOLDER`; standard input stays open for as long as the grader lives.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

STUDENT = "student"
"""Everybody's name here: what a folder is called has no bearing on nbgrader's patterns."""


def main(folder: Path) -> None:
    """Grade what stands in `folder`."""
    os.environ.pop("PYTHONPATH", None)  # ours; the kernel must not inherit it
    threading.Thread(target=_end_with_the_grader, daemon=True).start()
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    answer = grade(folder, job)
    (folder / "answer.part").write_text(json.dumps(answer), encoding="utf-8")
    (folder / "answer.part").rename(folder / "answer.json")


def grade(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """nbgrader's scores and unanswered cells, or the cause of its failure."""
    from nbgrader.converters import Autograde
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    from autograder.course import Limits
    from autograder.engines.nbgrader_settings import private_settings

    class Recording(Autograde):  # type: ignore[misc]
        """Autograde, which logs what happened and then raises something else, with the reason kept."""

        reason: Exception | None = None

        def convert_single_notebook(self, notebook_filename: str) -> None:
            try:
                super().convert_single_notebook(notebook_filename)
            except Exception as error:
                self.reason = error
                raise

    lesson = job["lesson"]
    settings = private_settings(folder, Limits(**job["limits"]))
    course = CourseDirectory(config=settings, assignment_id=lesson, student_id=STUDENT)
    converter = Recording(coursedir=course, config=settings)
    try:
        converter.start()
    except NbGraderException as error:
        submitted = folder / "submitted" / STUDENT / lesson / f"{lesson}.ipynb"
        return {"cause": explain(converter.reason or error, json.loads(submitted.read_text(encoding="utf-8")))}
    return _scores(course.db_url, lesson)


def explain(error: Exception, notebook: dict[str, Any]) -> str:
    """Why nbgrader could not grade `notebook`, in words for people."""
    twice = [name for name, count in Counter(_grade_ids(notebook)).items() if count > 1]
    if twice:
        return f"two cells have the id `{twice[0]}`; nbgrader cannot grade that. Delete the copy and grade again"
    kind, text = type(error).__name__, (str(error).strip().splitlines() or ["no message"])[0]
    match kind:
        case "SchemaTooOldError" | "SchemaTooNewError":
            return "its nbgrader data is of another version than this nbgrader's; `nbgrader update` may help"
        case "ValidationError" | "NotebookValidationError" | "KeyError" | "AttributeError" | "TypeError":
            return f"its cells are damaged, and nbgrader cannot read them ({kind}: {text})"
    return f"nbgrader failed ({kind}: {text})"


def _grade_ids(notebook: dict[str, Any]) -> list[str]:
    """The ids of all cells that nbgrader looks at; of a damaged notebook, those that can be found."""
    ids = []
    for cell in notebook.get("cells", []):
        match cell:
            case {"metadata": {"nbgrader": {"grade_id": str(name)} as facts}}:
                if facts.get("grade") or facts.get("solution") or facts.get("locked"):
                    ids.append(name)
    return ids


def _scores(url: str, lesson: str) -> dict[str, Any]:
    from nbgrader.api import Gradebook

    with Gradebook(url) as gradebook:
        notebook = gradebook.find_submission_notebook(lesson, lesson, STUDENT)
        return {
            "scores": {grade.name: grade.auto_score for grade in notebook.grades},
            "unanswered": sorted(comment.name for comment in notebook.comments if comment.auto_comment),
        }


def _end_with_the_grader() -> None:
    from autograder.engines.processes import MARK, end_marked

    sys.stdin.buffer.read()
    end_marked(os.environ.get(MARK, ""), spare=os.getpid())
    os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
