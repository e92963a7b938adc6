"""The corpus: what a submission may try, each with the line of THREATS.md that it stands for.

    corpus/tampering.txt     2 to 10   the tests, the scores, the helpers
    corpus/lies.txt         11 to 13   what passes between a student's code and the judge; where results are kept
    corpus/breakout.txt     14 to 17   files, the network, rights
    corpus/exhaustion.txt   19 to 22   time, memory, disk, output, crashes
    corpus/shared.txt                  code that several of them use, as @NAME@
    here                    1, 5, 10, 22   what is done to the notebook itself

Lines 18 and 23 are no notebooks that run: `test_intake_attacks.py` and `test_browser_attacks.py` hold them.

An attack's text is the student's code, in parts: `-- early` is a cell before the first exercise, `-- late` one at the
end, `-- double total` the body of both answers, `-- file NAME` a file that is handed in beside the notebook.
No attack aims at anything but what `target.py` made, and none asks for more than the machine can spare: one that our
sandbox lets through is a nuisance, not a disaster. Keep new ones like that.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from target import ANSWERS, WRONG, Target

from notebooks import Notebook, code

CORPUS = Path(__file__).parent / "corpus"
POINTS, BATCH = "points", "a batch stopped"


@dataclass(frozen=True)
class Attack:
    """One submission of somebody who cheats. Its answers are wrong, so any point it gets was stolen.

    Attributes:
        line: the line of THREATS.md.
        gets: what it is after.
        early: a cell before the first exercise; `late`: a cell at the end.
        answers: bodies of answers; the others are WRONG.
        edit: changes the notebook as it is handed in; `raw` makes the bytes that are handed in from the notebook's.
        files: what is handed in beside the notebook.
        safe: harmless where there is no sandbox.
        slow: runs into a limit.
    """

    name: str
    line: int
    gets: str
    early: str = ""
    late: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    edit: Callable[[Notebook], None] | None = None
    raw: Callable[[str], bytes] | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    safe: bool = True
    slow: bool = False

    def content(self, target: Target) -> bytes:
        """The notebook's bytes, as handed in."""
        notebook = target.hand_in(early=self.early, late=self.late, answers={**WRONG, **self.answers})
        if self.edit:
            self.edit(notebook)
        return self.raw(json.dumps(notebook)) if self.raw else json.dumps(notebook).encode()


def shared() -> dict[str, str]:
    """The code of shared.txt, by name."""
    return {name: text.strip("\n") for name, text in sections(CORPUS / "shared.txt")}


def sections(path: Path) -> Iterator[tuple[str, str]]:
    """Title and text of each `== TITLE` in a file."""
    found = re.split(r"(?m)^== (.*)\n", path.read_text(encoding="utf-8"))
    return zip(found[1::2], found[2::2], strict=True)


def read(name: str) -> Iterator[Attack]:
    """The attacks of one of the corpus's files."""
    known = shared()
    for title, text in sections(CORPUS / f"{name}.txt"):
        facts, *parts = re.split(r"(?m)^-- (.*)\n", text)
        line, gets, *marks = facts.strip().split(", ")
        cells = {"early": "", "late": ""}
        answers, files = dict[str, str](), dict[str, str]()
        for where, body in zip(parts[::2], parts[1::2], strict=True):
            source = re.sub(r"@([A-Z]+)@", lambda each: known.get(each[1], each[0]), body.strip("\n"))
            if where in cells:
                cells[where] = source
            elif where.startswith("file "):
                files[where.removeprefix("file ")] = source
            else:
                answers |= dict.fromkeys(where.split(), source)
        assert not set(answers) - set(ANSWERS) and not set(marks) - {"unsafe", "slow"}, title
        number = int(line.removeprefix("line "))
        yield Attack(
            title,
            number,
            gets.removeprefix("for "),
            cells["early"],
            cells["late"],
            answers=answers,
            files=files,
            safe="unsafe" not in marks,
            slow="slow" in marks,
        )


def tests_of(notebook: Notebook) -> list[Notebook]:
    return [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade")]


def skip(notebook: Notebook) -> None:
    for cell in tests_of(notebook):
        cell["metadata"]["tags"] = ["raises-exception", "skip-execution"]


def other_marks(notebook: Notebook) -> None:
    for cell in tests_of(notebook):
        marks = {"slideshow": {"slide_type": "skip"}, "jupytext": {"active": "md"}, "eval": False, "editable": True}
        cell["metadata"] |= marks | {"tags": ["remove-cell", "nbval-skip", "no-execute", "active-py"]}


def prose(notebook: Notebook) -> None:
    for cell in tests_of(notebook):
        cell["cell_type"] = "markdown"
        del cell["outputs"], cell["execution_count"]


def worth_more(notebook: Notebook) -> None:
    for cell in tests_of(notebook):
        cell["metadata"]["nbgrader"] |= {"points": 1000, "locked": False, "solution": True}
        cell["source"] = "1000"


def a_test_twice(notebook: Notebook) -> None:
    for cell in tests_of(notebook):
        empty = copy.deepcopy(cell) | {"source": "pass", "id": cell["id"] + "-2"}
        notebook["cells"].insert(notebook["cells"].index(cell), empty)


def emptied(notebook: Notebook) -> None:
    for cell in tests_of(notebook):
        cell["source"] = "pass"


def deleted(notebook: Notebook) -> None:
    notebook["cells"] = [cell for cell in notebook["cells"] if cell not in tests_of(notebook)]


def moved_up(notebook: Notebook) -> None:
    tests = tests_of(notebook)
    notebook["cells"] = tests + [cell for cell in notebook["cells"] if cell not in tests]


def new_tests(notebook: Notebook) -> None:
    for name in ("double", "total"):
        cell = code("pass", f"{name}-bonus")
        facts = {"grade_id": f"{name}-bonus", "schema_version": 3, "task": False}
        cell["metadata"]["nbgrader"] = facts | {"grade": True, "locked": True, "solution": False, "points": 100}
        notebook["cells"].append(cell)


def other_kernel(notebook: Notebook) -> None:
    notebook["metadata"]["kernelspec"] = {"name": "bash", "language": "bash", "display_name": "Bash"}
    notebook["metadata"]["language_info"] = {"name": "bash"}


def kit_changed(notebook: Notebook) -> None:
    kit = next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "kit")
    kit["source"] += "\nimport contextlib\ncheck, expect = contextlib.nullcontext, lambda *a, **k: None"


def stored_outputs(notebook: Notebook) -> None:
    result = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "1000"}}
    for cell in tests_of(notebook):
        cell["outputs"] = [result]


def deep(notebook: str) -> bytes:
    return notebook[:-1].encode() + b', "deep": ' + b"[" * 10**4 + b"]" * 10**4 + b"}"


def digits(notebook: str) -> bytes:
    return notebook[:-1].encode() + b', "digits": ' + b"9" * 10**6 + b"}"


def longer(notebook: str, megabytes: int) -> bytes:
    return notebook.replace("import torch", "import torch # " + "x" * (megabytes << 20), 1).encode()


def many_cells(notebook: str) -> bytes:
    cell = '{"cell_type": "code", "metadata": {}, "source": "1", "outputs": [], "execution_count": null},'
    return notebook.replace('"cells": [', '"cells": [' + cell * 20000, 1).encode()


EDITED = (
    Attack("tests tagged skip-execution", 1, POINTS, edit=skip),
    Attack("tests with other tags and marks", 1, POINTS, edit=other_marks),
    Attack("tests turned into prose", 1, POINTS, edit=prose),
    Attack("tests marked as answers worth a thousand", 1, POINTS, edit=worth_more),
    Attack("each test a second time, empty", 1, POINTS, edit=a_test_twice),
    Attack("tests emptied", 1, POINTS, edit=emptied),
    Attack("tests deleted", 1, POINTS, edit=deleted),
    Attack("tests moved above the answers", 1, POINTS, edit=moved_up),
    Attack("tests of one's own, worth a hundred", 1, POINTS, edit=new_tests),
    Attack("the kernel of another language", 1, POINTS, edit=other_kernel),
    Attack("points in the stored outputs", 5, POINTS, edit=stored_outputs),
    Attack("the set-up cell changed", 10, POINTS, edit=kit_changed),
    Attack("JSON nested ten thousand deep", 22, BATCH, raw=deep),
    Attack("a number of a million digits", 22, BATCH, raw=digits),
    Attack("a notebook of 60 MB", 22, BATCH, raw=lambda text: longer(text, 60), safe=False),
    Attack("a line of 20 MB", 22, BATCH, raw=lambda text: longer(text, 20), slow=True),
    Attack("twenty thousand cells", 22, BATCH, raw=many_cells, safe=False, slow=True),
)
FILES = ("tampering", "lies", "breakout", "exhaustion")
ATTACKS = tuple(sorted((*EDITED, *(each for name in FILES for each in read(name))), key=lambda each: each.line))
