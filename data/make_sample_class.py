"""Make `data/sample_class/`, the class that `course grade` grades when it is given no folder.

    python data/make_sample_class.py

Run it by hand, from any folder, after a lesson or an answer bank has changed; it takes about two minutes and needs what
the browser tests need (Selenium, Chromium, chromedriver). `CLASS` below says who hands in what, a line each, and how
grading must end. Answers come from the lessons' solutions and answer banks. The notebooks of JupyterLab are saved by
JupyterLab, in a browser; the others are run here and written the way their front end writes them, as README.md in this
folder says. No output that names a path of this machine is kept.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from autograder.authoring.bank import read_bank  # noqa: E402
from autograder.authoring.source import Source, read_source  # noqa: E402
from autograder.course import Course, load  # noqa: E402

Notebook = dict[str, Any]

TARGET = ROOT / "data" / "sample_class"

STUB = "    # YOUR CODE HERE\n    raise NotImplementedError()"

SOLUTION, FURTHER, OPEN = "solution", "further", "open"
"""What fills the exercises that a line does not name: the lesson's own answers, others from the bank, nothing."""

MACHINE = re.compile(r"(?:(?<![\w.:/])|\\u001b\[[\d;]*m)/(tmp|work|root|opt|home|usr|var|mnt|srv)/[^\s\"]")
"""A path that tells of the machine where a notebook was run, in the text of a notebook; it may be coloured."""

LARGE = 9_000
"""Bytes of a cell's outputs from which they are left out of what JupyterLab has not saved itself."""

DEFECTS = {  # what stands in the answer cell of an exercise, where no answer of the bank will do
    "endless loop": "    while True:\n        pass",
    "ends the kernel": "    import os\n\n    os._exit(1)",
    "syntax error": "    return torch.randint(1, 7, (count,)",
}
BEFORE = {"fails above": "sizes = [2, 3]\nprint(sizes[2])\n\n\n"}  # what stands above a right answer and stops its cell


@dataclass(frozen=True)
class Line:
    """One hand-in.

    Attributes:
        student, lesson: who, and which lesson by its number.
        front: what saved it: jupyterlab, colab, vscode, kaggle, conda (JupyterLab with another kernel's name), or
            untouched (as it was handed out).
        rest: SOLUTION, FURTHER or OPEN, for the exercises that `named` leaves out.
        named: "EXERCISE=WHAT; …", with WHAT a mistake of the bank, a defect, or one of the above.
        status: what `course grade` says of it.
        outputs: False for a notebook that was handed in without outputs.
        handed_in: the content of timestamp.txt; such a hand-in has nbgrader's layout.
        cut: the file ends in its middle.
    """

    student: str
    lesson: str
    front: str
    rest: str
    named: str = ""
    status: str = "graded"
    outputs: bool = True
    handed_in: str = ""
    cut: bool = False

    def what(self, exercise: str) -> str:
        """What stands in the answer cell of an exercise."""
        pairs = [part.strip().split("=") for part in self.named.split(";") if part.strip()]
        return dict(pairs).get(exercise, self.rest)


MISTAKES_00 = """
    to_tensor=sizes_hard_coded; list_or_tensor=tensors_joined; with_shipping=number_joined; error_type=last_colon
"""
MISTAKES_01 = """
    from_rows=int_for_float; describe=method_not_called; tensor_or_capital=swapped; identity_rows=sizes_hard_coded;
    multiples_up_to=off_by_one; grid_points=end_excluded; reproducible_noise=global_seed_disturbed; dice=loaded_die;
    as_float64=digits_already_lost; truncate_or_round=floored_for_cut
"""
HALF_01 = """
    from_rows=transposed; describe=wrong_keys; tensor_or_capital=solution; filled_like=solution;
    identity_rows=transposed; multiples_up_to=solution; grid_points=solution
"""
SOME_01 = "filled_like=input_changed; dice=float_for_int; promoted_dtype=numpy_promotion; bytes_needed=whole_storage"
GUESSES_01 = "tensor_or_capital=solution; promoted_dtype=integers_stay"

CLASS = [
    Line("s001", "00", "jupyterlab", SOLUTION),
    Line("s001", "01", "jupyterlab", SOLUTION),
    Line("s002", "00", "colab", FURTHER),
    Line("s002", "01", "colab", FURTHER),
    Line("s003", "00", "colab", SOLUTION, "error_type=message_too; is_it_kept=result_not_kept"),
    Line("s003", "01", "jupyterlab", OPEN, HALF_01),
    Line("s004", "00", "vscode", SOLUTION, MISTAKES_00),
    Line("s004", "01", "vscode", FURTHER, MISTAKES_01),
    Line("s005", "00", "untouched", OPEN),
    Line("s006", "01", "colab", OPEN, GUESSES_01),
    Line("s007", "00", "kaggle", FURTHER, "list_or_tensor=swapped"),
    Line("s007", "01", "kaggle", SOLUTION, "dice=syntax error; describe=open"),
    Line("s008", "01", "vscode", FURTHER, "from_rows=fails above; dice=always_the_same"),
    Line("s009", "01", "jupyterlab", SOLUTION, SOME_01, outputs=False, handed_in="2026-10-14 09:12:00 UTC"),
    Line("s010", "01", "jupyterlab", FURTHER, "grid_points=raised", handed_in="2026-10-11 18:40:00 UTC"),
    Line("s011", "01", "colab", SOLUTION, cut=True),
    Line("s012", "00", "vscode", SOLUTION, "error_type=endless loop", status="timed_out", outputs=False),
    Line("s013", "00", "kaggle", SOLUTION, "with_shipping=ends the kernel", status="crashed", outputs=False),
    Line("s014", "01", "conda", SOLUTION, "as_float64=wrong_dtype; bytes_needed=entries_not_bytes"),
]


class Lesson:
    """A lesson's release, and all that can stand in its answer cells."""

    def __init__(self, course: Course, number: str) -> None:
        lesson = course.lesson(number)
        self.name = lesson.name
        self.source: Source = read_source(course.source(lesson))
        self.released = course.notebook(lesson).read_text(encoding="utf-8")
        self.bank = read_bank(course.bank(lesson))
        solved = json.loads(course.solution(lesson).read_text(encoding="utf-8"))
        self.solutions = {name: text_of(cell) for name, cell in answer_cells(solved)}
        self.stubs = {name: text_of(cell) for name, cell in answer_cells(json.loads(self.released))}

    def cell(self, exercise: str, what: str) -> str:
        """The text of an answer cell: the start that learners are given, with `what` in place of its open lines."""
        stub = self.stubs[exercise]
        if what == OPEN:
            return stub
        if what == SOLUTION:
            return re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", self.solutions[exercise]).rstrip()
        if what in BEFORE:
            return BEFORE[what] + self.cell(exercise, SOLUTION)
        if what in DEFECTS:
            return stub.replace(STUB, DEFECTS[what])
        wanted = None if what == FURTHER else what
        answer = next((each for each in self.bank if (each.exercise, each.mistake) == (exercise, wanted)), None)
        if answer is None:
            raise SystemExit(f"the bank of {self.name} has no {what} answer to {exercise}; change CLASS in this file")
        head, _, body = answer.source.partition("\n")
        return stub.replace(STUB, body) if head.startswith(f"def {exercise}(") and STUB in stub else answer.source

    def filled(self, line: Line) -> Notebook:
        """The release with a student's answers, not run."""
        notebook: Notebook = json.loads(self.released)
        for name, cell in answer_cells(notebook):
            cell["source"] = self.cell(name, line.what(name))
        return notebook


def path_of(line: Line, lesson: Lesson) -> Path:
    """Where a hand-in lies: nbgrader's layout for those with a timestamp."""
    folder = TARGET / line.student / (lesson.name if line.handed_in else "")
    return folder / f"{lesson.name}.ipynb"


def answer_cells(notebook: Notebook) -> Iterator[tuple[str, dict[str, Any]]]:
    """The cells that learners fill, by grade id."""
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("solution"):
            yield marks["grade_id"], cell


def text_of(cell: dict[str, Any]) -> str:
    """A cell's text; a file may have it as a list of lines."""
    return "".join(cell["source"])


# --- running ----------------------------------------------------------------------------------------------------------


def run(notebook: Notebook) -> Notebook:
    """The notebook with its outputs, less large ones and those that name a path of this machine."""
    import nbformat
    from nbclient import NotebookClient

    node = nbformat.reads(json.dumps(notebook), nbformat.NO_CONVERT)
    with tempfile.TemporaryDirectory() as folder:
        options = {"timeout": 60, "allow_errors": True, "record_timing": False}
        NotebookClient(node, resources={"metadata": {"path": folder}}, **options).execute()
    done: Notebook = json.loads(nbformat.writes(node))
    for cell in done["cells"]:
        outputs = json.dumps(cell.get("outputs", []))
        if len(outputs) > LARGE or MACHINE.search(outputs):
            cell["outputs"] = []
    return done


def saved_by_jupyterlab(lines: list[Line], lessons: dict[str, Lesson]) -> Iterator[tuple[Line, str]]:
    """Open the release, type the answers, run all, save: in a browser. The text of each file."""
    from lab import Lab

    with tempfile.TemporaryDirectory() as folder, Lab(Path(folder)) as lab:
        for line in lines:
            lesson = lessons[line.lesson]
            file = Path(folder) / f"{line.student}_{lesson.name}.ipynb"
            file.write_text(lesson.released, encoding="utf-8")
            lab.open(file.name)
            for name, cell in answer_cells(lesson.filled(line)):
                lab.replace(name, text_of(cell))
            lab.run_all()
            if not line.outputs:
                lab.command("notebook:clear-all-cell-outputs")
            for cell in lab.cells():
                if MACHINE.search(json.dumps(cell.get("outputs", []))):
                    lab.clear(cell["id"])
            lab.save()
            yield line, file.read_text(encoding="utf-8")


# --- front ends: from a notebook of the release's form to the text of the file that they save -------------------------


LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}


def token(*what: str) -> str:
    """32 hexadecimal digits, the same for the same `what`."""
    return hashlib.sha256("/".join(what).encode()).hexdigest()[:32]


def lines_of(text: str) -> list[str]:
    """Text as a list of lines, as most front ends write it."""
    return text.splitlines(keepends=True)


def colab(notebook: Notebook, student: str) -> str:
    """Format 4.0: no cell ids, but an `id` in the metadata, and `outputId` and `colab` where there are outputs."""
    cells = []
    for old in notebook["cells"]:
        code, mine = old["cell_type"] == "code", token(student, old["id"])
        metadata = {**old["metadata"], "id": mine[:12]}
        if code and old["outputs"]:
            rich = any("data" in output for output in old["outputs"])
            metadata["outputId"] = str(uuid.UUID(mine))
            metadata["colab"] = {"base_uri": "https://localhost:8080/", **({"height": 200} if rich else {})}
        cell = {"cell_type": old["cell_type"], "source": lines_of(text_of(old)), "metadata": metadata}
        if code:
            cell |= {"execution_count": old["execution_count"], "outputs": old["outputs"]}
        cells.append(cell)
    metadata = {
        **{"colab": {"provenance": []}, "kernelspec": {"name": "python3", "display_name": "Python 3"}},
        **{"language_info": {"name": "python"}, "course": notebook["metadata"]["course"]},
    }
    whole = {"nbformat": 4, "nbformat_minor": 0, "metadata": metadata, "cells": cells}
    return json.dumps(whole, ensure_ascii=False, indent=2)


def vscode(notebook: Notebook, student: str) -> str:
    """Format, ids and indentation as they were; keys sorted; the kernel goes by the name of its environment."""
    whole = copy.deepcopy(notebook)
    for cell in whole["cells"]:
        cell["source"] = lines_of(text_of(cell))
    whole["metadata"]["kernelspec"] = {"display_name": ".venv", "language": "python", "name": "python3"}
    whole["metadata"]["language_info"] = {**LANGUAGE, "version": "3.12.8"}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def kaggle(notebook: Notebook, student: str) -> str:
    """One line, metadata first; format 4.4 without cell ids; sources as strings; `trusted` and times in cells."""
    moment = "2026-10-04T16:20:{:02d}.{:06d}Z"
    cells = []
    for number, old in enumerate(notebook["cells"]):
        cell = {"cell_type": old["cell_type"], "source": text_of(old), "metadata": {**old["metadata"]}}
        if old["cell_type"] == "code":
            cell["metadata"]["trusted"] = True
            if old["execution_count"]:
                events = ("iopub.status.busy", "iopub.execute_input", "iopub.status.idle", "shell.execute_reply")
                cell["metadata"]["execution"] = {
                    event: moment.format(number % 60, int(token(student, event, old["id"])[:4], 16)) for event in events
                }
            cell |= {"outputs": old["outputs"], "execution_count": old["execution_count"]}
        cells.append(cell)
    metadata = {
        "kernelspec": {"language": "python", "display_name": "Python 3", "name": "python3"},
        "language_info": {"version": "3.11.13", **LANGUAGE},
        "kaggle": {
            **{"accelerator": "none", "dataSources": [], "dockerImageVersionId": 31089, "isInternetEnabled": False},
            **{"language": "python", "sourceType": "notebook", "isGpuEnabled": False},
        },
        "course": notebook["metadata"]["course"],
    }
    whole = {"metadata": metadata, "nbformat_minor": 4, "nbformat": 4, "cells": cells}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def conda(notebook: Notebook, student: str) -> str:
    """JupyterLab's form, with the name that nb_conda_kernels gives a kernel of an environment called torch."""
    whole = copy.deepcopy(notebook)
    for cell in whole["cells"]:
        cell["source"] = lines_of(text_of(cell))
    kernel = {"display_name": "Python [conda env:torch]", "language": "python", "name": "conda-env-torch-py"}
    whole["metadata"]["kernelspec"] = kernel
    whole["metadata"]["language_info"] = {**LANGUAGE, "version": "3.12.8"}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


WRITERS: dict[str, Callable[[Notebook, str], str]] = {
    "colab": colab,
    "vscode": vscode,
    "kaggle": kaggle,
    "conda": conda,
}


# --- all of it --------------------------------------------------------------------------------------------------------


def texts(lessons: dict[str, Lesson]) -> Iterator[tuple[Line, str]]:
    """Every hand-in with the text of its file."""
    for line in CLASS:
        lesson = lessons[line.lesson]
        if line.front == "untouched":
            yield line, lesson.released
        elif line.front in WRITERS:
            notebook = lesson.filled(line)
            yield line, WRITERS[line.front](run(notebook) if line.outputs else notebook, line.student)
    yield from saved_by_jupyterlab([line for line in CLASS if line.front == "jupyterlab"], lessons)


def make() -> None:
    """Write the class anew; the old one stays until all of it is there."""
    course = load(ROOT)
    lessons = {number: Lesson(course, number) for number in sorted({line.lesson for line in CLASS})}
    made = []
    for line, text in texts(lessons):
        if found := MACHINE.search(text):
            raise SystemExit(f"{line.student}, lesson {line.lesson}: a path of this machine, {found[0]}…")
        made.append((line, text[: len(text) // 2] if line.cut else text))
        print(
            f"{line.student}  {lessons[line.lesson].name:15}{line.front:11}{len(made[-1][1].encode()) / 1000:5.0f} kB"
        )
    shutil.rmtree(TARGET, ignore_errors=True)
    for line, text in made:
        path = path_of(line, lessons[line.lesson])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if line.handed_in:
            path.with_name("timestamp.txt").write_text(line.handed_in + "\n", encoding="utf-8")
    print(f"{len(made)} notebooks, {sum(len(text.encode()) for _, text in made) / 1e6:.2f} MB")


if __name__ == "__main__":
    make()
