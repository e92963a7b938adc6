from __future__ import annotations

import ast
import copy
import json
from dataclasses import replace
from pathlib import Path

import damage as d
import nbformat
import pytest

from autograder.classroom.released import read_released
from autograder.course import load
from autograder.judge.repairs import UNCLEAR, WORDS
from autograder.judge.submission import (
    ReleaseCells,
    Repaired,
    Unreadable,
    release_cells,
    repair,
    student_cells_hash,
)
from notebooks import ANSWERS, LESSON, Notebook, cell_of, make_course, solution_notebook, submission

ROOT = Path(__file__).parents[2]
GOOD = submission(**ANSWERS, guess="3")
IN_ORDER = "kit double double-check double-hidden dice dice-check dice-hidden guess guess-predict"
HEAD = "def dice(rolls):"
DICE = f"{HEAD}\n    return sum(rolls)"
START = f"{HEAD}\n    # YOUR CODE HERE\n    raise NotImplementedError()"
MARKED = {"nbgrader": {"grade": True, "grade_id": "dice-check", "locked": True, "points": 99, "solution": True}}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> ReleaseCells:
    course = load(make_course(tmp_path_factory.mktemp("course")))
    return release_cells(read_released(course, course.lesson(LESSON)))


@pytest.fixture(scope="module")
def lesson() -> ReleaseCells:
    """A real one."""
    course = load(ROOT)
    return release_cells(read_released(course, course.lesson(LESSON)))


def repaired(data: bytes | Notebook, release: ReleaseCells) -> Repaired:
    found = repair(data if isinstance(data, bytes) else d.as_bytes(data), release)
    assert isinstance(found, Repaired), found
    return found


def order(found: Repaired) -> str:
    cells = found.notebook["cells"]
    return " ".join(cell["metadata"].get("nbgrader", {}).get("grade_id", cell["id"]) for cell in cells)


def names(found: Repaired) -> str:
    return " ".join(f"{each.name}:{each.exercise}".rstrip(":") for each in found.repairs)


def with_tests_of(release: ReleaseCells, found: Repaired) -> bool:
    """Each test once, as it was written."""
    tests = [cell for cell in found.notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade")]
    return sorted(map(json.dumps, tests)) == sorted(map(json.dumps, release.tests.values()))


# --- cells ------------------------------------------------------------------------------------------------------------

CASES = [  # name, what is done, which repairs are told, where each cell is then
    ("nothing", [], "", IN_ORDER),
    ("check_deleted", [d.drop("dice-check")], "test_restored:dice", IN_ORDER),
    ("hidden_deleted", [d.drop("dice-hidden")], "test_restored:dice", IN_ORDER),
    ("both_deleted", [d.drop("dice-check", "dice-hidden")], "test_restored:dice", IN_ORDER),
    ("check_twice", [d.double("dice-check")], "test_duplicated:dice", IN_ORDER),
    ("check_changed", [d.write("dice-check", "assert True")], "test_changed:dice", IN_ORDER),
    ("check_emptied", [d.write("dice-check", "")], "test_changed:dice", IN_ORDER),
    ("check_reformatted", [d.append("dice-check", "  # ok\n\n")], "", IN_ORDER),
    ("hidden_changed", [d.append("dice-hidden", "\nprint(dice([2]))")], "test_changed:dice", IN_ORDER),
    ("prediction_changed", [d.write("guess-predict", "assert True")], "test_changed:guess", IN_ORDER),
    ("prediction_deleted", [d.drop("guess-predict")], "test_restored:guess", IN_ORDER),
    ("check_split", [d.split("dice-check", 1)], "cell_joined", IN_ORDER),
    ("check_split_marked", [d.split("dice-check", 1, marked=True)], "cell_joined", IN_ORDER),
    ("check_to_markdown", [d.retype("dice-check", "markdown")], "cell_retyped", IN_ORDER),
    ("check_to_raw", [d.retype("dice-check", "raw")], "cell_retyped", IN_ORDER),
    ("check_moved_down", [d.move("double-check", "dice")], "",
     "kit double double-hidden dice double-check dice-check dice-hidden guess guess-predict"),
    ("check_moved_up", [d.move("dice-check", "kit")], "test_moved:dice", IN_ORDER),
    ("checks_on_top", [d.move("dice-hidden", "kit"), d.move("dice-check", "kit")], "test_moved:dice", IN_ORDER),
    ("check_renamed", [d.rename("dice-check", "dice-check-2")], "marks_restored", IN_ORDER),
    ("check_marked_as_another", [d.rename("dice-check", "double-check")], "marks_restored", IN_ORDER),
    ("all_pasted", [d.pasted], "marks_restored",
     "kit double double-check double-hidden dice dice-check dice-hidden guess guess-predict"),
    ("answer_twice", [d.double("dice")], "", IN_ORDER.replace("dice ", "dice dice ", 1)),
    ("answer_split", [d.split("dice", 1)], "cell_joined", IN_ORDER),
    ("answer_split_marked", [d.split("dice", 1, marked=True)], "cell_joined", IN_ORDER),
    ("answer_split_late", [d.write("dice", f"{HEAD}\n    'Sum.'\n    return sum(rolls)"), d.split("dice", 2)],
     "cell_joined", IN_ORDER),
    ("answer_in_three", [d.write("dice", "def dice(rolls):\n    a = 1\n    return sum(rolls)"), d.split("dice", 2),
     d.split("dice", 1)], "cell_joined", IN_ORDER),
    ("answer_split_where_both_run", [d.write("dice", f"{HEAD}\n    total = sum(rolls)\n\n    print(total)"),
     d.split("dice", 2)], "cell_joined", IN_ORDER),
    ("indented_try_below_answer", [d.own("try", "    rolls = [1, 2]\n    print(dice(rolls))", "dice")], "",
     IN_ORDER.replace("dice ", "dice try ", 1)),
    ("try_below_answer", [d.own("try", "rolls = [1, 2]\nprint(rolls)", "dice")], "",
     IN_ORDER.replace("dice ", "dice try ", 1)),
    ("bracket_split", [d.write("dice", "def dice(rolls):\n    return sum(\nrolls)"), d.split("dice", 2)],
     "cell_joined", IN_ORDER),
    ("answer_to_markdown", [d.retype("dice", "markdown")], "cell_retyped", IN_ORDER),
    ("answer_to_raw_unmarked", [d.retype("dice", "raw"), d.rename("dice", "x")], "cell_retyped", IN_ORDER),
    ("answer_of_unknown_type", [d.retype("dice", "python")], "", IN_ORDER),
    ("answer_renamed", [d.rename("dice", "my-dice")], "", IN_ORDER),
    ("answer_merged_with_check", [d.merge("dice", "dice-check")], "test_restored:dice", IN_ORDER),
    ("check_merged_with_answer", [d.merge("double-check", "dice")], "answer_in_test:double",
     "kit double dice double-check double-hidden dice-check dice-hidden guess guess-predict"),
    ("answers_merged", [d.merge("double", "dice")], "", IN_ORDER.replace("dice dice-check", "dice-check")),
    ("answer_in_check", [d.write("dice", ""), d.write("dice-check", DICE)], "answer_in_test:dice",
     IN_ORDER.replace("dice ", "dice dice ", 1)),
    ("answer_below", [d.write("dice", START), d.own("mine", DICE, "guess-predict")],
     "test_moved:dice",
     "kit double double-check double-hidden dice guess guess-predict dice dice-check dice-hidden"),
    ("answer_moved_below", [d.move("dice", "guess-predict")], "test_moved:dice",
     "kit double double-check double-hidden guess guess-predict dice dice-check dice-hidden"),
    ("answer_in_a_new_cell_and_deleted", [d.own("mine", DICE, "guess-predict"), d.drop("dice")], "test_moved:dice",
     "kit double double-check double-hidden guess guess-predict dice dice-check dice-hidden"),
    ("answer_nested", [d.write("dice", f"try:\n    1 / 0\nexcept ValueError:\n    {HEAD}\n        return 1")],
     "", IN_ORDER),
    ("answer_under_magics", [d.write("dice", f"%%time\n!ls\n%cd ..\nx = !pwd\ndice?\n{DICE}")], "", IN_ORDER),
    ("answer_under_a_bare_pip", [d.write("dice", f"pip install x\n{DICE}")], "", IN_ORDER),
    ("start_below_answer", [d.own("again", START, "dice")], "test_moved:dice",
     "kit double double-check double-hidden dice dice-check dice-hidden again guess guess-predict"),
    ("answered_twice", [d.own("mine", DICE, "guess-predict")], "", f"{IN_ORDER} mine"),
    ("broken_then_right", [d.write("dice", "def dice(rolls:\n  return"), d.own("mine", DICE, "guess-predict")],
     "test_moved:dice",
     "kit double double-check double-hidden dice guess guess-predict dice dice-check dice-hidden"),
    ("broken", [d.write("dice", "def dice(rolls:\n  return")], "", IN_ORDER),
    ("exercise_deleted", [d.drop("dice", "dice-check", "dice-hidden")], "test_restored:dice answer_missing:dice",
     IN_ORDER.replace("dice dice-check dice-hidden guess ", "guess dice-check dice-hidden ")),
    ("answer_deleted", [d.drop("dice")], "answer_missing:dice", IN_ORDER.replace("dice dice-check", "dice-check")),
    ("kit_deleted", [d.drop("kit")], "kit_restored", IN_ORDER),
    ("kit_changed", [d.write("kit", "def expect(*_): pass\nimport math")], "kit_changed",
     IN_ORDER.replace("kit", "kit student-0")),
    ("kit_twice", [d.double("kit", after="guess-predict")], "", IN_ORDER),
    ("kit_below_a_cell", [d.own("mine", "x = 1", "kit"), d.move("kit", "mine")], "", "kit mine " + IN_ORDER[4:]),
    ("all_marked_as_one_test", [d.every(metadata=MARKED)], "marks_restored", IN_ORDER),
    ("no_metadata", [d.without("metadata", "id")], "marks_restored",
     "kit double double-check double-hidden dice dice-check dice-hidden guess guess-predict"),
    ("metadata_null", [d.every(metadata=None)], "marks_restored", IN_ORDER),
    ("marks_of_wrong_type", [d.every(metadata={"nbgrader": ["dice"], "tags": 3})], "marks_restored", IN_ORDER),
    ("grade_ids_of_wrong_type", [d.every(metadata={"nbgrader": {"grade_id": {}, "points": "x"}})], "marks_restored",
     IN_ORDER),
    ("source_null", [d.write("dice", None)], "", IN_ORDER),
    ("source_list", [d.write("dice", ["def dice(rolls):\n", 3, "    return sum(rolls)"])], "", IN_ORDER),
    ("source_list_without_line_ends", [d.write("dice", DICE.split("\n"))], "", IN_ORDER),
    ("bash", [d.own("mine", "%%bash\ndice=3\nif true; then ls; fi", "dice")], "",
     IN_ORDER.replace("dice ", "dice mine ", 1)),
]  # fmt: skip
"""A cell is called by its grade id, or else by its id: a start is still `dice` when another cell has the answer."""


@pytest.mark.parametrize(("name", "damages", "told", "where"), CASES, ids=[case[0] for case in CASES])
def test_damaged_cells_are_mended(
    name: str, damages: list[d.Damage], told: str, where: str, release: ReleaseCells
) -> None:
    found = repaired(d.broken(GOOD, *damages), release)
    assert (names(found), order(found)) == (told, where)
    assert with_tests_of(release, found)
    assert not found.unclear
    nbformat.validate(found.notebook)


REAL = [
    ("nothing", [], ""),
    ("check_deleted", [d.drop("dice-check")], "test_restored:dice"),
    ("answer_split", [d.split("dice", 2)], "cell_joined"),
    ("imports_deleted", [d.drop("code-0ea71fe4")], "imports_restored"),
    ("all_pasted", [d.pasted], "marks_restored"),
    ("kit_changed", [d.append("kit", "\nexpect = print")], "kit_changed"),
    ("answer_moved", [d.move("dice", "fake_batch-hidden")], "test_moved:dice"),
    ("front_end", [d.colab], ""),
]


@pytest.mark.parametrize(("name", "damages", "told"), REAL, ids=[case[0] for case in REAL])
def test_a_real_lesson_is_mended_too(name: str, damages: list[d.Damage], told: str, lesson: ReleaseCells) -> None:
    for kind in ("solutions", "notebooks"):
        notebook = json.loads((ROOT / kind / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
        damaged = d.broken(notebook, *damages)
        found = repaired(damaged, lesson)
        answered = kind == "solutions"  # a start that is split or moved is none the worse for it
        assert names(found) == (told if answered or told not in ("test_moved:dice", "cell_joined") else "")
        assert with_tests_of(lesson, found)
        nbformat.validate(found.notebook)


# --- files ------------------------------------------------------------------------------------------------------------

GRAPH = "![](attachment:a.png)"
FILES = [
    ("utf_16", d.as_bytes(GOOD, "utf-16"), "encoding"),
    ("utf_16_without_mark", d.as_bytes(GOOD, "utf-16-be"), "encoding"),
    ("utf_32", d.as_bytes(GOOD, "utf-32"), "encoding"),
    ("byte_order_mark", d.as_bytes(GOOD, "utf-8-sig"), "encoding"),
    ("a_byte_that_is_no_text", d.as_bytes(GOOD).replace(b"return sum", b"return sum  # \xff\\n    "), "bytes_lost"),
    ("nbformat_3", d.broken(GOOD, d.nbformat_3), "old_format"),
    ("nbformat_4_0", d.broken(GOOD, d.top(nbformat_minor=0), d.without("id")), ""),
    ("nbformat_4_99", d.broken(GOOD, d.top(nbformat_minor=99)), ""),
    ("nbformat_5", d.broken(GOOD, d.top(nbformat=5)), "newer_format"),
    ("nbformat_of_wrong_type", d.broken(GOOD, d.top(nbformat="four", nbformat_minor=[])), ""),
    ("no_nbformat", {"cells": GOOD["cells"]}, ""),
    ("metadata_of_wrong_type", d.broken(GOOD, d.top(metadata=[1])), ""),
    ("equal_ids", d.broken(GOOD, d.every(id="same")), ""),
    ("ids_of_wrong_type", d.broken(GOOD, d.every(id={"a": 1})), ""),
    ("ids_that_are_markup", d.broken(GOOD, d.every(id="<b>\n")), ""),
    ("outputs_of_any_shape", d.broken(GOOD, d.every(outputs=[3, {"output_type": "x"}, None], execution_count="a")), ""),
    ("no_outputs", d.broken(GOOD, d.without("outputs", "execution_count")), ""),
    ("entries_that_are_no_cells", {**GOOD, "cells": [3, None, *GOOD["cells"], "x"]}, "entries_skipped"),
    ("colab", d.broken(GOOD, d.colab), ""),
    ("kaggle", d.broken(GOOD, d.kaggle), ""),
    ("databricks", d.broken(GOOD, d.databricks), ""),
    ("pycharm", d.broken(GOOD, d.pycharm), ""),
    ("vs_code", d.broken(GOOD, d.vs_code), ""),
    ("kernel_of_r", d.broken(GOOD, d.tell(kernelspec={"name": "ir", "language": "R"})), "other_language"),
    ("kernel_of_python_2", d.broken(GOOD, d.tell(kernelspec={"name": "python2"})), "other_language"),
    ("foreign_tags", d.broken(GOOD, lambda n: cell_of(n, "dice")["metadata"].update(tags=["skip-execution"])), ""),
    ("a_number_too_long", d.as_bytes(GOOD).replace(b"null", b"9" * 9999), ""),
    ("no_number_at_all", d.as_bytes(GOOD).replace(b"null", b"NaN"), ""),
    ("an_output_nested_deep", d.as_bytes(GOOD).replace(b'"outputs": []', b'"outputs": ' + b"[" * 9**5, 1), "part_lost"),
    ("cut_behind_the_cells", d.as_bytes(GOOD)[:-40], "cut_off"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "file", "told"), FILES, ids=[case[0] for case in FILES])
def test_damaged_files_are_read(name: str, file: bytes | Notebook, told: str, release: ReleaseCells) -> None:
    found = repaired(file, release)
    deep = name == "an_output_nested_deep"  # that one's cell is the kit
    assert names(found) == (f"{told} kit_restored" if deep else told)
    assert order(found) == IN_ORDER
    assert with_tests_of(release, found)
    nbformat.validate(found.notebook)


REFUSED = [
    ("empty", b" \n", "the file is empty"),
    ("web_page", b'<!DOCTYPE html>{"cells": [{"cell_type": "code"}]}', "web page"),
    ("web_page_in_utf_16", "<html>".encode("utf-16"), "web page"),
    ("pdf", b"%PDF-1.7", "PDF"),
    ("zip", b"PK\x03\x04", "zip"),
    ("lfs_pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "Git LFS"),
    ("conflict", d.as_bytes(GOOD).replace(b'"cells"', b'"a": 1,\n<<<<<<< HEAD\n"cells"'), "merge-conflict"),
    ("conflict_at_the_start", b"<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x", "merge-conflict"),
    ("script", b"#!/usr/bin/env python\n# In[1]:\nimport torch\n", "a Python script"),
    ("script_with_a_list", b'# %%\nnotebook = {"cells": [{"cell_type": "code"}]}\n', "a Python script"),
    ("text", b"Dear all, please find attached", "not a notebook"),
    ("json", b'{"a": 1}', "not a notebook"),
    ("list", b"[]", "not a notebook"),
    ("no_cells", b'{"nbformat": 4, "cells": {}}', "without cells"),
    ("nested", b"[" * 100_000, "nested too deep"),
    ("zeros", bytes(1000), "not text"),
    ("many_cells", d.as_bytes({"nbformat": 4, "cells": [{}] * 5001}), "5001 cells"),
    (
        "another_lesson",
        (ROOT / "notebooks" / "02_indexing" / "02_indexing.ipynb").read_bytes(),
        "of 02_indexing, handed in as 01_tensors",
    ),
]


@pytest.mark.parametrize(("name", "data", "words"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_is_no_notebook_of_the_lesson_says_what_to_do(
    name: str, data: bytes, words: str, release: ReleaseCells
) -> None:
    found = repair(data, release)
    assert isinstance(found, Unreadable), found
    assert words in found.cause


# --- what is not graded by guess --------------------------------------------------------------------------------------


@pytest.mark.parametrize("indent", [1, None])
def test_of_a_file_that_is_cut_off_whole_cells_are_kept_and_the_others_are_unclear(
    indent: int | None, release: ReleaseCells
) -> None:
    data = d.as_bytes(GOOD, indent=indent)
    found = repaired(data[: data.index(b"def dice")], release)
    assert names(found) == "cut_off"
    assert found.unclear == {"dice": UNCLEAR["cut_off"], "guess": UNCLEAR["cut_off"]}
    assert order(found).startswith("kit double double-check double-hidden ")
    assert with_tests_of(release, found)


def test_what_stands_behind_a_damaged_cell_is_read_again(release: ReleaseCells) -> None:
    data = d.as_bytes(GOOD).replace(b'"id": "dice"', b'"id: "dice"')
    found = repaired(data, release)
    assert names(found) == "part_lost"
    assert list(found.unclear) == ["dice"]
    assert order(found) == IN_ORDER.replace("dice dice-check", "dice-check")


def test_a_starter_in_a_damaged_file_is_not_unclear(release: ReleaseCells) -> None:
    data = d.as_bytes(submission(double="return 2 * x"))
    assert list(repaired(data[: data.index(b'"dice-hidden"')], release).unclear) == ["guess"]


def test_an_older_edition_gets_the_checks_of_today(lesson: ReleaseCells) -> None:
    notebook = json.loads((ROOT / "notebooks" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
    original = dict(lesson.tests["dice-check"])
    newer = replace(
        lesson,
        tests={**lesson.tests, "dice-check": {**original, "source": "expect(1, 1)"}},
        shown={**lesson.shown, "dice-check": "expect(1, 1)"},
    )
    found = repaired(notebook, newer)
    assert names(found) == "older_release"
    assert with_tests_of(newer, found)


def test_an_exercise_that_an_older_edition_did_not_have_is_unclear(release: ReleaseCells) -> None:
    older = d.broken(GOOD, d.drop("guess", "guess-predict"))
    del older["metadata"]["course"]["exercises"][2]
    found = repaired(older, release)
    assert names(found) == "older_release"
    assert found.unclear == {"guess": UNCLEAR["older_release"]}


# --- what comes with it -----------------------------------------------------------------------------------------------

SOURCES = [
    ("the_cell", [], DICE),
    ("not_an_earlier_try", [d.own("first", "def dice(rolls):\n    return 0", "kit")], DICE),
    ("not_what_came_after", [d.own("later", "def dice(rolls):\n    return 0", "dice-hidden")], DICE),
    ("what_is_wrapped_too", [d.own("wrapped", "dice = abs(dice)", "dice")], f"{DICE}\n\ndice = abs(dice)"),
    ("none", [d.drop("dice")], ""),
]


@pytest.mark.parametrize(("name", "damages", "text"), SOURCES, ids=[case[0] for case in SOURCES])
def test_tests_that_look_at_the_source_get_the_cell_with_the_answer(
    name: str, damages: list[d.Damage], text: str, release: ReleaseCells
) -> None:
    assert repaired(d.broken(GOOD, *damages), release).handed_in["dice"] == text


def test_a_test_that_runs_after_a_further_answer_gets_the_text_of_that_one(release: ReleaseCells) -> None:
    again = "def dice(rolls):\n    return 0"
    found = repaired(d.broken(GOOD, d.own("again", again, "dice-check")), release).handed_in
    assert (found["dice"], found["dice-hidden"], "dice-check" in found) == (DICE, again, False)


def test_what_stands_beside_another_answer_on_one_line_is_kept(release: ReleaseCells) -> None:
    line = "double = 0; dice = lambda rolls: sum(each for each in rolls)"
    found = repaired(d.broken(GOOD, d.write("dice", f"{DICE}\n{line}")), release)
    assert line in found.handed_in["dice"]


def test_definitions_that_a_student_wrote_into_a_locked_cell_are_kept(release: ReleaseCells) -> None:
    notebook = d.broken(GOOD, d.append("double-check", "\n@staticmethod\ndef helper():\n    return 1\nprint(2)"))
    found = repaired(notebook, release)
    assert [cell["source"] for cell in found.notebook["cells"]][2] == "@staticmethod\ndef helper():\n    return 1"
    assert names(found) == "test_changed:double"


@pytest.mark.parametrize("name", [each.name for each in load(ROOT).lessons])
def test_in_every_lesson_each_locked_cell_that_was_edited_is_as_it_was_handed_out(name: str) -> None:
    """The kit, the checks, the hidden tests and the predictions. Prose is not locked: what is written there is kept."""
    course = load(ROOT)
    lesson = release_cells(read_released(course, course.lesson(name)))
    handed_out = json.loads(course.notebook(course.lesson(name)).read_text(encoding="utf-8"))
    edited = copy.deepcopy(handed_out)
    kinds = set()
    for cell in edited["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("locked"):
            kinds.add(marks["grade_id"].rpartition("-")[2])
            cell["source"] = "assert True  # edited"
        elif cell["cell_type"] == "markdown":
            cell["source"] = "My notes."
    found = repaired(edited, lesson)

    assert {"kit", "check", "hidden"} <= kinds <= {"kit", "check", "hidden", "predict"}
    assert {each.name for each in found.repairs} == {"kit_changed", "test_changed"}
    restored = {
        cell["metadata"].get("nbgrader", {}).get("grade_id"): cell["source"] for cell in found.notebook["cells"]
    }
    for cell in handed_out["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("locked"):  # a hidden test follows the line that is handed out
            assert restored[cell["id"]].startswith("".join(cell["source"])), cell["id"]
    assert with_tests_of(lesson, found)


def test_prose_and_its_pictures_are_kept_and_other_metadata_is_not(release: ReleaseCells) -> None:
    notebook = d.broken(GOOD, d.own("prose", GRAPH, "kit", "markdown"))
    prose = d.named(notebook, "prose")
    prose |= {"attachments": {"a.png": {"image/png": "AA=="}, "b": 3}, "metadata": {"tags": ["x"]}}
    cells = repaired(notebook, release).notebook["cells"]
    kept = next(cell for cell in cells if cell["cell_type"] == "markdown")
    wanted = {"cell_type": "markdown", "id": "prose", "metadata": {}, "source": GRAPH}
    assert kept == {**wanted, "attachments": {"a.png": {"image/png": "AA=="}}}


def test_half_a_surrogate_pair_does_not_end_the_grading(release: ReleaseCells) -> None:
    data = d.as_bytes(GOOD).replace(b"return sum(rolls)", b"return sum(rolls)  # \\ud800")
    found = repaired(data, release)
    assert "\N{REPLACEMENT CHARACTER}" in found.handed_in["dice"]
    json.dumps(found.notebook, ensure_ascii=False).encode()


def test_the_hash_is_of_the_code_and_of_where_the_tests_run(release: ReleaseCells) -> None:
    def hashed(*damages: d.Damage) -> str:
        return student_cells_hash(repaired(d.broken(GOOD, *damages), release).notebook)

    assert (
        len({hashed(), hashed(d.colab), hashed(d.without("outputs")), hashed(d.own("m", "x", "kit", "markdown"))}) == 1
    )
    assert len({hashed(), hashed(d.write("dice", "dice = sum")), hashed(d.move("double-check", "dice"))}) == 3


def test_a_repaired_notebook_needs_no_repair(release: ReleaseCells) -> None:
    for _, damages, _, _ in CASES:
        once = repaired(d.broken(GOOD, *damages), release)
        again = repaired(once.notebook, release)
        assert order(again) == order(once)
        assert {each.name for each in again.repairs} <= {"answer_missing"}


def test_the_class_and_the_lessons_need_no_repair(lesson: ReleaseCells) -> None:
    course = load(ROOT)
    for name in course.lessons:
        if not course.solution(name).exists():
            continue
        release = release_cells(read_released(course, name))
        files = [course.notebook(name), course.solution(name)]
        files += sorted((ROOT / "data" / "sample_class").rglob(f"{name.name}.ipynb"))
        solution = json.loads(course.solution(name).read_text(encoding="utf-8"))["cells"]
        wanted = [cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") for cell in solution]
        for file in files:
            found = repaired(file.read_bytes(), release)
            if "s011" in file.parts:
                assert names(found).startswith("cut_off")  # and what stood where the file ends
                continue
            assert names(found) == "", file
            cells = found.notebook["cells"]
            assert [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells] == wanted, file


def test_a_lesson_pasted_into_the_file_of_another_is_graded(release: ReleaseCells) -> None:
    pasted = d.broken(GOOD)
    pasted["metadata"]["course"] = {"lesson": "02_indexing", "exercises": [{"id": "other"}]}
    found = repaired(pasted, release)
    assert (order(found), names(found)) == (IN_ORDER, "")


PROMPTS = f">>> {HEAD}\n...     return sum(rolls)\n...\n>>> print(dice([1]))"


@pytest.mark.parametrize("source", [f"%%time\n{DICE}", f"%%capture out\n{DICE}", PROMPTS], ids=str)
def test_the_text_of_an_answer_is_pythons(source: str, release: ReleaseCells) -> None:
    found = repaired(d.broken(GOOD, d.write("dice", source)), release)
    assert names(found) == ""
    assert ast.parse(found.handed_in["dice"]).body[0].name == "dice"  # type: ignore[attr-defined]
    assert found.handed_in["dice"].startswith(HEAD)  # as IPython does: messages count lines from there


def test_an_answer_is_not_blamed_for_another_in_the_same_cell(release: ReleaseCells) -> None:
    other = "def double(x):\n    for _ in x:\n        pass"
    found = repaired(d.broken(GOOD, d.drop("double"), d.write("dice", f"n = 1\n{other}\n\n{DICE}")), release)
    assert "for" not in found.handed_in["dice"]
    assert "n = 1" in found.handed_in["dice"]
    assert "for" in found.handed_in["double"]


def test_of_two_copies_of_a_check_below_answers_the_last_counts(release: ReleaseCells) -> None:
    again = [d.own("again", f"{HEAD}\n    return max(rolls)", "guess-predict"), d.double("dice-check", after="again")]
    assert order(repaired(d.broken(GOOD, *again), release)).endswith("again dice-check")


def test_all_words_can_be_filled_in() -> None:
    fields = dict.fromkeys(("encoding", "count", "version", "imports", "title"), "x")
    assert all(words.format(**fields) for words in WORDS.values())


def test_a_solution_notebook_is_a_healthy_submission(release: ReleaseCells) -> None:
    assert names(repaired(solution_notebook(), release)) == ""
