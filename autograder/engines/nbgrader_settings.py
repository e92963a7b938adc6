"""nbgrader's settings for this course, for its own commands and for our engine alike."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

from jinja2 import Environment
from traitlets.config import Config

from autograder.course import Limits, load
from autograder.errors import UsageError

# For the engine `nbgrader`: nbgrader's own list with one change, RunAll in place of its Execute, from which it comes.
IN_KERNEL_STEPS = [
    "autograder.engines.nbgrader_execute.RunAll",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# For nbgrader's commands. The judge repairs, executes and records by itself, and no damage ends it.
BY_THE_JUDGE = "autograder.engines.nbgrader_judge.Judge"
STEPS_BEFORE_THE_JUDGE: list[str] = []
STEPS_AFTER_THE_JUDGE = ["nbgrader.preprocessors.AssignLatePenalties"]

FEEDBACK_STEPS = [
    "autograder.engines.nbgrader_feedback.HideTests",
    "nbgrader.preprocessors.GetGrades",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]


def nbgrader_settings(root: Path) -> Config:
    """Settings for nbgrader's commands and the formgrader, run in the course at `root`; makes the folder of results."""
    course = load(root)
    course.out.mkdir(parents=True, exist_ok=True)
    escape_names()
    c = _settings(root, course.out)
    c.Autograde.exporter_class = BY_THE_JUDGE
    c.Autograde.sanitize_preprocessors = STEPS_BEFORE_THE_JUDGE
    c.Autograde.autograde_preprocessors = STEPS_AFTER_THE_JUDGE
    c.Judge.course = str(root)
    return c


def escape_names() -> None:
    """Have the formgrader print names of students as text; as it comes, markup in one is markup on its pages.

    It makes its templates' environment after it has read our settings, and has no setting for this.
    """
    from nbgrader.server_extensions.formgrader import formgrader

    formgrader.Environment = partial(Environment, autoescape=True)


def private_settings(root: Path, limits: Limits) -> Config:
    """For one submission in a folder of its own, executed in a kernel: what is graded stands in root/submitted."""
    c = _settings(root, root)
    c.Autograde.autograde_preprocessors = IN_KERNEL_STEPS
    c.Execute.timeout = limits.cell_seconds
    c.Execute.shutdown_kernel = "immediate"
    c.RunAll.submission_seconds = limits.submission_seconds
    return c


def gradebook_url(out: Path) -> str:
    """Where nbgrader's gradebook is, for results in `out`.

    Raises:
        UsageError: an address cannot have that folder's name in it.
    """
    find_alembic()
    path = str(out.resolve() / "gradebook.db")
    if "?" in path or path != path.encode("utf-8", "replace").decode("utf-8"):  # after a ? come settings
        raise UsageError(f"{out} has a ? in its path, or bytes that are no UTF-8: nbgrader's gradebook cannot be there")
    return f"sqlite:///{path}"


def find_alembic() -> None:
    """nbgrader calls `alembic` by name when it makes a gradebook; it lies beside Python, maybe not on PATH."""
    beside = str(Path(sys.executable).parent)
    if beside not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([beside, os.environ.get("PATH", os.defpath)])


def _settings(root: Path, out: Path) -> Config:
    inside = out.relative_to(root) if out.is_relative_to(root) else out
    c = Config()
    c.CourseDirectory.root = str(root)
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "notebooks"
    c.CourseDirectory.submitted_directory = "submitted"
    c.CourseDirectory.autograded_directory = str(inside / "autograded")
    c.CourseDirectory.feedback_directory = str(inside / "feedback")
    c.CourseDirectory.db_url = gradebook_url(out)

    c.GenerateFeedback.preprocessors = FEEDBACK_STEPS
    # these hold for the formgrader's pages too
    c.HTMLExporter.preprocessors = ["autograder.engines.nbgrader_feedback.Displayable"]
    c.HTMLExporter.sanitize_html = True
    # nbconvert's own let script through, know neither <p> nor <h2>, and take hours for some texts
    c.HTMLExporter.filters = {
        "ansi2html": "autograder.engines.nbgrader_filters.terminal",
        "clean_html": "autograder.engines.nbgrader_filters.markup",
        "highlight_code": "autograder.engines.nbgrader_filters.code",
        "markdown2html": "autograder.engines.nbgrader_filters.prose",
        "strip_files_prefix": "autograder.engines.nbgrader_filters.linked",
    }
    return c
