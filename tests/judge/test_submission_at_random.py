"""Healthy notebooks, mutated at random, and ones made to wear repair out: each ends in a value, soon."""

from __future__ import annotations

import copy
import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.classroom.released import read_released
from autograder.course import load
from autograder.judge.submission import (
    ReleaseCells,
    Repaired,
    Unreadable,
    release_cells,
    repair,
    student_cells_hash,
)
from notebooks import ANSWERS, LESSON, Notebook, code, make_course, submission

ROOT = Path(__file__).parents[2]
SMALL, REAL = 1500, 100
JUNK: list[Any] = [
    None,
    True,
    -1,
    10**20,
    1e999,
    "",
    "x",
    "\ud800",
    "\0",
    [],
    [[]],
    {},
    {"a": {"b": []}},
    "kit",
    "dice",
]
JUNK += ["dice-check", "double", "code", "markdown", "raw", "    return 1", "def dice(", "%%bash\n", "('" * 300]


def released(root: Path) -> ReleaseCells:
    course = load(root)
    return release_cells(read_released(course, course.lesson(LESSON)))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> ReleaseCells:
    return released(make_course(tmp_path_factory.mktemp("course")))


def holders(value: Any) -> list[Any]:
    """All dicts and lists in a notebook."""
    found, waiting = [], [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, (dict, list)) and each:
            found.append(each)
            waiting += each.values() if isinstance(each, dict) else each
    return found


def replace_something(chance: random.Random, notebook: Notebook) -> None:
    holder = chance.choice(holders(notebook))
    key = chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))
    holder[key] = copy.deepcopy(chance.choice(JUNK))


def lose_something(chance: random.Random, notebook: Notebook) -> None:
    holder = chance.choice(holders(notebook))
    holder.pop(chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder)))


def swap_cells(chance: random.Random, notebook: Notebook) -> None:
    chance.shuffle(notebook["cells"])


def double_a_cell(chance: random.Random, notebook: Notebook) -> None:
    cell = copy.deepcopy(chance.choice(notebook["cells"]))
    notebook["cells"].insert(chance.randrange(len(notebook["cells"])), cell)


def split_a_cell(chance: random.Random, notebook: Notebook) -> None:
    place = chance.randrange(len(notebook["cells"]))
    cell = notebook["cells"][place]
    at = chance.randrange(len(cell["source"]) + 1)
    second = {**copy.deepcopy(cell), "source": cell["source"][at:]}
    cell["source"] = cell["source"][:at]
    notebook["cells"].insert(place + 1, second)


def change_a_text(chance: random.Random, notebook: Notebook) -> None:
    cell = chance.choice(notebook["cells"])
    at = chance.randrange(len(cell["source"]) + 1)
    cell["source"] = cell["source"][:at] + str(chance.choice(JUNK)) + cell["source"][at + chance.randrange(9) :]


def paste(chance: random.Random, notebook: Notebook) -> None:
    cell = chance.choice(notebook["cells"])
    cell["metadata"], cell["id"] = {}, "pasted"


def write_anew(chance: random.Random, notebook: Notebook) -> None:
    kind = chance.choice(["code", "code", "markdown", "raw"])
    cell = {**code(f"def {chance.choice(['dice', 'double'])}(x):\n    return x"), "cell_type": kind}
    notebook["cells"].insert(chance.randrange(len(notebook["cells"]) + 1), cell)


TO_CELLS = [
    replace_something,
    lose_something,
    swap_cells,
    double_a_cell,
    split_a_cell,
    change_a_text,
    paste,
    write_anew,
]


def cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def flip(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 8)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def leave_out(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randrange(2000) :]


def insert(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.choice([b'"', b"{", b"[" * 2000, b"\0", b"\xff\xfe", b"\n<<<<<<< x\n", b","]) + data[at:]


def encode(chance: random.Random, data: bytes) -> bytes:
    return data.decode().encode(chance.choice(["utf-16", "utf-32", "utf-8-sig", "utf-16-le"]))


TO_BYTES = [cut, flip, leave_out, insert, encode]


def mutated(chance: random.Random, healthy: Notebook) -> bytes:
    """A notebook to which a few things were done."""
    notebook = copy.deepcopy(healthy)
    for _ in range(chance.randrange(5)):
        try:
            chance.choice(TO_CELLS)(chance, notebook)
        except (TypeError, KeyError, IndexError, ValueError, AttributeError):  # it no longer is what this one changes
            continue
    data = json.dumps(notebook, indent=chance.choice([None, 1, 2])).encode()
    return chance.choice(TO_BYTES)(chance, data) if chance.random() < 0.4 else data


def check(found: Repaired | Unreadable, release: ReleaseCells, *, validate: bool) -> None:
    if isinstance(found, Unreadable):
        assert found.cause
        return
    cells = found.notebook["cells"]
    marks = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    tests = [cell for cell, mark in zip(cells, marks, strict=True) if mark.get("grade")]
    assert sorted(map(json.dumps, tests)) == sorted(map(json.dumps, release.tests.values()))
    assert next(cell for cell in cells if cell["cell_type"] == "code") == release.kit
    grade_ids, ids = [mark["grade_id"] for mark in marks if mark], [cell["id"] for cell in cells]
    assert len(set(grade_ids)) == len(grade_ids) and len(set(ids)) == len(ids)
    assert found.handed_in.keys() >= release.titles.keys() >= found.unclear.keys()
    assert all(each.words and each.exercise in {"", *release.titles} for each in found.repairs)
    json.dumps(found.notebook, ensure_ascii=False, allow_nan=False).encode()
    assert student_cells_hash(found.notebook)
    if validate:
        nbformat.validate(found.notebook)


def grade_all(healthy: Notebook, count: int, release: ReleaseCells) -> float:
    """Repairs `count` mutated notebooks; how many of them could be."""
    saved = 0
    for seed in range(count):
        data = mutated(random.Random(seed), healthy)
        try:
            found = repair(data, release)
            check(found, release, validate=seed % 25 == 0)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
        saved += isinstance(found, Repaired)
    return saved / count


def test_any_mutated_notebook_is_repaired_or_refused(release: ReleaseCells) -> None:
    assert grade_all(submission(**ANSWERS, guess="3"), SMALL, release) > 0.8


def test_any_mutated_notebook_of_a_real_lesson_is_repaired_or_refused() -> None:
    healthy = json.loads((ROOT / "solutions" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
    for cell in healthy["cells"]:
        cell["source"] = "".join(cell["source"])
    assert grade_all(healthy, REAL, released(ROOT)) > 0.8


# --- wearing it out ---------------------------------------------------------------------------------------------------


def of_cells(*sources: str) -> bytes:
    return json.dumps({"nbformat": 4, "cells": [code(source) for source in sources]}).encode()


HOSTILE: list[tuple[str, Callable[[], bytes]]] = [
    ("a_cell_of_20_MB", lambda: of_cells("x = 1\n" * (20 * 2**20 // 6))),
    ("a_line_of_20_MB", lambda: of_cells("x" * 20 * 2**20)),
    ("a_comment_of_20_MB", lambda: of_cells("#" + " " * 20 * 2**20)),
    ("blanks", lambda: of_cells(" " * 190_000 + "x", "x" + " " * 190_000 + "(", "x," * 90_000 + "(")),
    ("brackets", lambda: of_cells("(" * 190_000, "[" * 90 + "]" * 90, "x = " + "{" * 50_000)),
    ("deep_expressions", lambda: of_cells("1+" * 9**5 + "1", "a" + ".b" * 9**5, "-" * 9**5 + "1", "not " * 40_000)),
    ("deep_definition", lambda: of_cells("dice = " + "-" * 800 + "1", "dice = " + "1+" * 950 + "1")),
    ("null_and_halves", lambda: of_cells("dice = '\0'", "dice = '\ud800'")),
    ("many_broken_cells", lambda: of_cells(*["def f(:\n"] * 4999)),
    ("many_halves", lambda: of_cells("def f():", *["    return 1"] * 4998)),
    ("many_large_cells", lambda: of_cells(*["x = [" + "1," * 90_000 + "]"] * 100)),
    ("many_open_cells", lambda: b'{"cells": [' + b'\n {"a": [' * 1_000_000),
    ("many_magics", lambda: of_cells("%x\n" * 60_000 + "(", "x?\n" * 60_000 + "(", "x = !\n" * 30_000 + "(")),
    ("a_huge_number", lambda: b'{"nbformat": 4, "cells": [], "x": ' + b"9" * 10**7 + b"}"),
    ("a_huge_fraction", lambda: b'{"nbformat": 4, "cells": [], "x": 0.' + b"9" * 10**7 + b"}"),
    ("deep_metadata", lambda: b'{"nbformat": 4, "cells": [], "metadata": ' + b'{"a":' * 900 + b"1" + b"}" * 901),
    ("many_attachments", lambda: json.dumps({"cells": [{"attachments": {str(i): {} for i in range(10**6)}}]}).encode()),
    ("sheets", lambda: json.dumps({"worksheets": [{"cells": [{}] * 9}] * 900}).encode()),
    ("too_large", lambda: b" " * (51 * 2**20)),
    ("only_line_breaks", lambda: b"\n" * (49 * 2**20)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data"), HOSTILE, ids=[case[0] for case in HOSTILE])
def test_what_is_made_to_wear_repair_out_ends_soon(name: str, data: Callable[[], bytes], release: ReleaseCells) -> None:
    content = data()
    start = time.process_time()
    check(repair(content, release), release, validate=False)
    assert time.process_time() - start < 15
