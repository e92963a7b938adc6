"""A fault in a lesson's source is told with its line, in words that say what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_lesson import LESSON, SOURCE, changed, line_of, make

from autograder.authoring.rules import read_checked
from autograder.errors import SourceError

SOLUTION = '# %% solution="twice"'
CHECK = '# %% check="twice" points=1'
HIDDEN = '# %% hidden="twice" points=2 checks="negative numbers"'
PICTURE = "# %%\nimport torch\n"

FAULTS = [
    # what is replaced, by what, the line's text in the changed source, words of the message
    ("unknown_key", (CHECK, CHECK + " point=3"), "point=3", "unknown key 'point'"),
    ("two_kinds", (CHECK, CHECK + ' hidden="twice"'), ' hidden="twice"', "not both"),
    ("bad_name", (CHECK, '# %% check="Twice!" points=1'), "Twice!", "is no name"),
    ("no_solution", (CHECK, '# %% check="thrice" points=1'), "thrice", "has no solution above it"),
    ("two_of_one_id", (HIDDEN, '# %% check="twice" points=9'), "points=9", "a second check for 'twice'; the first"),
    ("points_missing", (CHECK, '# %% check="twice"'), '# %% check="twice"\n', "has no points; add points=1"),
    ("points_zero", (CHECK, '# %% check="twice" points=0'), "points=0", "write a number above 0"),
    ("points_negative", (CHECK, '# %% check="twice" points=-1'), "points=-1", "write a number above 0"),
    ("points_text", (CHECK, '# %% check="twice" points="one"'), 'points="one"', "write a number above 0"),
    ("points_on_code", (PICTURE, "# %% points=1\nimport torch\n"), "# %% points=1", "unknown key 'points'"),
    ("points_in_prose", ("*3 points", "*2 points"), "*2 points", "says 2 points; its tests give 3"),
    (
        "no_points_in_prose",
        ("# *3 points · about 2 minutes*\n", ""),
        "# %% [markdown]\n# ### 1.1",
        "does not say its points",
    ),
    ("end_missing", ("    ### END SOLUTION\n", ""), SOLUTION, "without ### END SOLUTION"),
    ("begin_missing", ("    ### BEGIN SOLUTION\n", ""), "### END SOLUTION", "expected ### BEGIN SOLUTION"),
    ("nested", ("    return x + x", "    ### BEGIN SOLUTION\n    return x + x"), None, "expected ### END SOLUTION"),
    ("no_markers", ("    ### BEGIN SOLUTION\n", ""), None, "expected ### BEGIN SOLUTION"),
    ("marker_outside", (PICTURE, PICTURE + "### BEGIN SOLUTION\n"), None, "outside a solution cell"),
    ("marker_in_prose", ("# Return twice", "# ### END SOLUTION\n#\n# Return twice"), None, "outside a solution cell"),
    ("hidden_marker", (PICTURE, PICTURE + "### BEGIN HIDDEN TESTS\n"), None, "no hidden-test markers here"),
    ("show_without_text", (PICTURE, PICTURE + "show(torch.ones(2))\n"), "show(", "a picture without text"),
    ("show_empty_text", (PICTURE, PICTURE + 'show(torch.ones(2), " ")\n'), "show(", "a picture without text"),
    ("plt_show", (PICTURE, PICTURE + "plt.show()\n"), "plt.show()", "a picture without text"),
    ("image_without_text", ("# Return twice", "# ![](data/x.png)\n#\n# Return twice"), "![]", "a picture without text"),
    ("img_without_alt", ("# Return twice", '# <img src="x.png">\n#\n# Return twice'), "<img", "a picture without text"),
    ("one_hint", ("# <details><summary>Hint 2</summary><code>2 * x</code></details>\n", ""), None, "needs two hints"),
    ("no_example", ("For example 2.0 gives 4.0.", ""), None, "shows no example"),
    ("no_heading", ("### 1.1 · Twice", "1.1 Twice"), None, "has no heading"),
    ("no_prose", (SOLUTION, "# %%\n1\n\n" + SOLUTION), SOLUTION, "no prose right above its solution"),
    ("no_hidden_test", (SOURCE[SOURCE.index(HIDDEN) :], ""), CHECK, "has no hidden test"),
    ("no_visible_test", (CHECK, "# %%"), SOLUTION, "needs one visible test"),
    ("hidden_says_nothing", (' checks="negative numbers"', ""), None, "does not say what it checks"),
    ("undefined_name", ("expect(twice(torch", "expect(thrice(torch"), "expect(thrice", "names 'thrice', which no cell"),
    ("unknown_mistake", ('{"sizes_hard_coded"', '{"sizes_hardcoded"'), "sizes_hardcoded", "no words for the mistake"),
    (
        "input_as_mistake",
        (
            'expect(twice(x), [-2.0, 6.0, 1.0], device=device, mistakes={"sizes_hard_coded": [4.0, 4.0]}',
            'expect(twice(x), x, mistakes={"swapped": x}',
        ),
        "expect(twice(x)",
        "the mistake 'swapped' is x itself, which the answer may change; add .clone()",
    ),
    (
        "input_in_a_tuple_of_a_mistake",
        ("        expect(twice(x), [-2", '        usual = {"swapped": (1, x)}\n        expect(twice(x=x), [-2'),
        "usual = ",
        "the mistake 'swapped' is x itself",
    ),
    (
        "quote_left_open",
        (' checks="negative numbers"', ' checks="negative numbers'),
        None,
        "cannot be read; write key=",
    ),
    ("header_in_string", (PICTURE, PICTURE + 's = """\n# %% x\n"""\n'), None, "a line inside a string starts with"),
    ("other_name_in_test", ('with check("twice")', 'with check("twise")'), CHECK, "must run under: with check"),
    ("not_defined", ("def twice(x)", "def two(x)"), SOLUTION, "must define a function or class called twice"),
    ("not_python", ("import torch\n", "import torch as\n"), "import torch as", "not Python"),
    (
        "no_title",
        ("# %% [markdown]\n# # 01 · Doubles\n#\n# ## 1 · Twice as much\n\n", ""),
        "# %%\nimport",
        "opens with prose",
    ),
    (
        "text_before",
        ("# %% [markdown]\n# # 01", "import os\n# %% [markdown]\n# # 01"),
        "import os",
        "starts with a cell",
    ),
    ("raw_cell", (PICTURE, "# %% [raw]\n# x\n\n# %%\nimport torch\n"), "# %% [raw]", "not raw"),
]


@pytest.mark.parametrize(("change", "at", "message"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS])
def test_a_fault_is_told_with_its_line(tmp_path: Path, change: tuple[str, str], at: str | None, message: str) -> None:
    text = changed(SOURCE, *change)
    course = make(tmp_path, text)

    with pytest.raises(SourceError) as raised:
        read_checked(course.source(LESSON))

    assert message in raised.value.message
    assert str(course.source(LESSON)) in str(raised.value)
    if at is not None:
        assert raised.value.line == line_of(text, at)


def test_a_good_lesson_passes(tmp_path: Path) -> None:
    source = read_checked(make(tmp_path).source(LESSON))

    (exercise,) = source.exercises
    assert (exercise.id, exercise.title, exercise.points) == ("twice", "1.1 · Twice", 3)


def test_a_test_may_name_its_own_variables_lambdas_and_loops(tmp_path: Path) -> None:
    own = "    double = lambda each: [n for n in (each,)]\n    double(1)\n    expect(twice(torch.tensor([2.0"
    source = changed(SOURCE, "    expect(twice(torch.tensor([2.0", own)

    read_checked(make(tmp_path, source).source(LESSON))


def test_a_source_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    course = make(tmp_path)
    course.source(LESSON).write_bytes(SOURCE.encode() + b"# \xfc\n")

    with pytest.raises(SourceError, match="not UTF-8") as raised:
        read_checked(course.source(LESSON))

    assert raised.value.line == SOURCE.count("\n") + 1


@pytest.mark.parametrize(
    "text",
    [SOURCE.replace("\n", "\r\n"), "\ufeff" + SOURCE, SOURCE.replace("# %% check", "#%% check")],
    ids=["crlf", "byte_order_mark", "no_space_in_header"],
)
def test_what_editors_do_to_a_file_is_forgiven(tmp_path: Path, text: str) -> None:
    course = make(tmp_path)
    course.source(LESSON).write_bytes(text.encode())

    assert [exercise.id for exercise in read_checked(course.source(LESSON)).exercises] == ["twice"]


def test_a_comment_that_looks_like_a_magic_stays_a_comment(tmp_path: Path) -> None:
    source = changed(SOURCE, "import torch\n", "# ls of names\n# %d of them\nimport torch\n")

    assert "# ls of names\n# %d of them" in read_checked(make(tmp_path, source).source(LESSON)).cells[1].text


def test_a_missing_source_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such file"):
        read_checked(tmp_path / "02_nothing.py")
