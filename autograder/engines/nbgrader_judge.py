"""What `nbgrader autograde` and the formgrader's button grade with, in place of nbgrader's own execution: the judge.

nbgrader turns each hand-in twice through an exporter: once to repair it, once to execute and score it. Both are
the judge's work, and it takes bytes, for a file that is no notebook must end in a verdict too. So our exporter stands
where nbgrader would read the file; what it returns is executed, and its rows are in the gradebook already. What
follows is left to nbgrader: penalties for being late, and its own files.
"""

from __future__ import annotations

import contextlib
import copy
import html
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.converters.base import NbGraderException
from traitlets import Enum, Unicode

from autograder.classroom.intake import LEADS_OUT, HandIn, leads_out, parse_timestamp, printable, read_bytes
from autograder.classroom.reading import Unreadable
from autograder.classroom.released import Released, read_released
from autograder.classroom.verdict import Status, Verdict
from autograder.classroom.words import number
from autograder.course import load
from autograder.engines import CHOICES
from autograder.engines.nbgrader_session import Session, Setting, using
from autograder.errors import UsageError
from autograder.judge.submission import release_cells, repair

HOW = 'for nbgrader that is --Judge.sandbox=off, or c.Judge.sandbox = "off" in nbgrader_config.py'


class Judge(NotebookExporter):  # type: ignore[misc]
    """`Autograde`'s exporter.

    Raises:
        NbGraderException: nothing can be graded here. It is told before nbgrader has touched any file.
    """

    course = Unicode(help="the folder with course.toml").tag(config=True)
    sandbox = Enum(CHOICES["sandbox"], "on", help="off: what students wrote runs with your rights").tag(config=True)
    device = Enum(CHOICES["device"], "auto", help="what tests run on besides the CPU").tag(config=True)

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        with self._told():
            course, folders = load(Path(self.course)), self.parent.coursedir
            lesson = next((each for each in course.lessons if each.name == folders.assignment_id), None)
            if lesson is None:
                raise UsageError(f"{folders.assignment_id} is no lesson of {course.root / 'course.toml'}")
            self.setting = Setting(course, read_released(course, lesson), folders.db_url, self.sandbox, self.device)
        with self._session() as session:
            self.log.log(logging.INFO if self.sandbox == "on" else logging.WARNING, session.words)
        folders.get_existing_timestamp = self._naive_time  # nbgrader's own fails on a time that is none
        if self.config.Execute.get("enabled") is False:
            self.log.warning("--no-execute changes nothing: the judge runs every notebook anew")

    def from_filename(self, filename: str, resources: Any = None, **more: Any) -> Any:
        """The notebook in `filename` as text, executed; what is no notebook becomes one that says so."""
        if not self.parent._sanitizing:  # nbgrader's second turn, on what we returned in the first
            return super().from_filename(filename, resources, **more)
        row, student = self._hand_in(Path(filename)), resources["nbgrader"]["student"]
        with self._session() as session:
            graded = session.grade(row, student)
        folders = self.parent.coursedir
        self._remove_other_files(Path(folders.format_path(folders.autograded_directory, student, row.lesson)))
        verdict = graded.verdict
        points = "no points yet" if verdict.points is None else f"{number(verdict.points)} points"
        cause = f" ({printable(verdict.cause, 300)})" if verdict.cause else ""
        self.log.info("%s: %s, %s%s", student, verdict.status, points, cause)
        text = graded.notebook or json.dumps(explained(verdict, row, self.setting.released)).encode()
        return self.from_notebook_node(nbformat.reads(text, as_version=4), resources)

    def _hand_in(self, path: Path) -> HandIn:
        folders = self.parent.coursedir
        inside = Path(folders.format_path(folders.submitted_directory, ".", ".")).resolve() / path.parent.parent.name
        content = Unreadable(LEADS_OUT) if leads_out(path, inside) else read_bytes(path)
        time = self._naive_time(str(path.parent))
        submitted = time.replace(tzinfo=UTC) if time else None
        return HandIn(printable(path.parent.parent.name), path.stem, path, content, submitted)

    def _naive_time(self, folder: str) -> datetime | None:
        """When what is in `folder` was handed in, UTC without saying so, as nbgrader has it; None if nothing tells."""
        content = read_bytes(Path(folder) / "timestamp.txt")
        if isinstance(content, Unreadable):
            return None
        moment = parse_timestamp(content.decode("utf-8", "replace"))
        if moment is None:
            self.log.warning("%s/timestamp.txt: not a time; counted as handed in on time", folder)
        return moment.replace(tzinfo=None) if moment else None

    def _remove_other_files(self, folder: Path) -> None:
        """What nbgrader has copied from beside the hand-in, be it through a link: no test reads it, the formgrader
        would serve it as a page of its own, with all that its cookies open, and students get it with their feedback."""
        source = self.setting.released.path.parent
        kept = {folder / "timestamp.txt"} if self._naive_time(str(folder)) else set()
        for path in folder.rglob("*"):
            inside = path.relative_to(folder)
            kept_too = path.suffix == ".ipynb" or (source / inside).exists()
            if path.is_file() and not kept_too and path not in kept:
                self.log.info("%s: left out, not a notebook of a lesson", printable(str(inside), 200))
                path.unlink()

    @contextlib.contextmanager
    def _session(self) -> Iterator[Session]:
        with self._told(), using(self.setting) as session:
            yield session

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """nbgrader ends in an orderly way on its own errors only, and expects them logged."""
        try:
            yield
        except UsageError as error:
            words = str(error).replace("--sandbox off", f"--sandbox off ({HOW})")
            self.log.error(words)
            raise NbGraderException(words) from error


def explained(verdict: Verdict, row: HandIn, released: Released) -> Any:
    """A notebook for what was not executed: why, and the student's cells as far as they can be read."""
    heading = "not graded yet" if verdict.status is Status.INTERNAL else f"{number(verdict.points or 0)} points"
    why = f"**This hand-in was not run: {heading}.**\n\n<pre>{html.escape(printable(verdict.cause, 1000))}</pre>"
    release = release_cells(released)
    repaired = None
    if isinstance(row.content, bytes):
        with contextlib.suppress(Exception):  # it may be what the grader failed on
            repaired = repair(row.content, release)
    if repaired is None or isinstance(repaired, Unreadable):
        notebook = {**new_notebook(), "metadata": copy.deepcopy(dict(release.metadata)), "nbformat_minor": 5}
    else:
        notebook = repaired.notebook
    return {**notebook, "cells": [new_markdown_cell(why, id="not-run"), *notebook["cells"]]}
