"""What shuts a reader out is told with its line before a lesson is built."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_lesson import LESSON, SOURCE, changed, line_of, make

from autograder.authoring.rules import read_checked
from autograder.errors import SourceError

SAID = "Return twice"  # a line of prose in the small lesson
DRAWN = "import matplotlib.pyplot as plt\nfigure, axis = plt.subplots()\n"

PROSE = [
    # what stands in the prose, words of the message
    ("![](x.png)", "a picture without text"),
    ("![ ](x.png)", "a picture without text"),
    ("![image](x.png)", "a picture without text"),
    ("![plot.png](x.png)", "a picture without text"),
    ("![][ref]", "a picture without text"),
    ('<img src="x.png">', "a picture without text"),
    ('<img src="x.png" alt="">', "a picture without text"),
    ('<img alt="A picture." src="x.png">', "a picture without text"),
    ("# Another title", "a second title"),
    ("##### Too deep", "a heading of level 5 below one of level 3; write ####"),
    ("##No blank", "not a heading; write ##, a space, and words"),
    ("### ", "not a heading"),
    ("*[here](https://a.example)*", "does not say where it leads"),
    ("*[this page](https://a.example)*", "does not say where it leads"),
    ("*[Click **here**](https://a.example)*", "does not say where it leads"),
    ("*[](https://a.example)*", "does not say where it leads"),
    ("*[https://a.example](https://a.example)*", "does not say where it leads"),
    ("[![](badge.svg)](https://a.example)", "a picture without text"),
    ("See [the manual](https://a.example).", "only its colour tells this link"),
    ("See https://a.example for more.", "a link without words"),
    ("<https://a.example>", "a link without words"),
    ('<a href="https://a.example">the manual</a>', "a link without words"),
    ("The red line is the loss.", "'red line': not everybody sees the colour"),
    ("Go on until your check is green.", "'is green'"),
    ("The expected values are drawn in blue.", "'drawn in blue'"),
    ("Compare it with the green one.", "'green one'"),
]

FINE = [
    "![Three bars, each twice as high as the one before.](x.png)",
    "[![Open in Colab](badge.svg)](https://a.example)",
    '<img alt="Three bars" src="x.png">',
    "#### A step down\n#\n# ## And two steps up",
    '*[The manual](https://a.example)* and **[another page](https://b.example "title")**',
    "`[here](x)`, `# not a title`, `the red line`, `https://a.example`",
    "```python\n# # a comment\n# [here](https://a.example)\n# ```",
    "A picture has a red, a green and a blue channel; a grey image has one.",
]

CODE = [
    # what a cell draws, words of the message
    ('show(torch.ones(2), "picture")', "a picture without text"),
    ('show_memory("", x=torch.ones(2))', "a picture without text"),
    ('axis.plot([1], color="red")\naxis.plot([2], color="blue")', "told apart by colour alone"),
    ('axis.bar([1], [1], color="red")\naxis.bar([2], [2], color="blue")', "told apart by colour alone"),
    ('axis.plot([1], "--", color="red")\naxis.plot([2], "--", color="blue")', "told apart by colour alone"),
    ('for each in ("red", "blue"):\n    axis.plot([1], color=each)', "told apart by colour alone"),
    ('axis.imshow([[1]], cmap="jet")', "cmap='jet' is told by colour alone"),
    ('axis.imshow([[1]], cmap="RdYlGn_r")', "cmap='RdYlGn' is told by colour alone"),
]

FINE_CODE = [
    'axis.plot([1], color="red")\naxis.plot([2], color="red")',
    'axis.plot([1], color="red")\naxis.plot([2], color="blue", linestyle="--")',
    'axis.plot([1], "o", color="red")\naxis.plot([2], "s", color="blue")',
    'axis.bar([1], [1], color="none", hatch="/")\naxis.bar([2], [2], color="blue")',
    'axis.plot([1], color="red")\naxis.scatter([1], [2], color="blue")',
    'for colour, look in (("red", "-"), ("blue", ":")):\n    axis.plot([1], [1], look, color=colour)',
    'axis.imshow([[1]], cmap="Blues")',
]


def told(tmp_path: Path, source: str) -> SourceError:
    """What is said of a lesson that is not as it should be."""
    with pytest.raises(SourceError) as raised:
        read_checked(make(tmp_path, source).source(LESSON))
    return raised.value


@pytest.mark.parametrize(("line", "message"), PROSE, ids=[each[0] for each in PROSE])
def test_prose_that_shuts_a_reader_out_is_told_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    source = changed(SOURCE, f"# {SAID}", f"# {line}\n#\n# {SAID}")
    error = told(tmp_path, source)
    assert message in error.message
    assert error.line == line_of(source, f"# {line}\n#\n# {SAID}")


@pytest.mark.parametrize("line", FINE)
def test_prose_that_shuts_nobody_out_passes(tmp_path: Path, line: str) -> None:
    read_checked(make(tmp_path, changed(SOURCE, f"# {SAID}", f"# {line}\n#\n# {SAID}")).source(LESSON))


@pytest.mark.parametrize(("code", "message"), CODE, ids=[each[0] for each in CODE])
def test_a_drawing_that_shuts_a_reader_out_is_told_with_its_line(tmp_path: Path, code: str, message: str) -> None:
    source = changed(SOURCE, "import torch\n", f"import torch\n{DRAWN}{code}\n")
    error = told(tmp_path, source)
    assert message in error.message
    assert error.line == line_of(source, code.splitlines()[-1])


@pytest.mark.parametrize("code", FINE_CODE)
def test_a_drawing_that_shuts_nobody_out_passes(tmp_path: Path, code: str) -> None:
    read_checked(make(tmp_path, changed(SOURCE, "import torch\n", f"import torch\n{DRAWN}{code}\n")).source(LESSON))


def test_a_lesson_opens_with_its_title(tmp_path: Path) -> None:
    source = changed(SOURCE, "# # 01 · Doubles", "# ## 01 · Doubles")
    error = told(tmp_path, source)
    assert "a heading of level 2 below no title; write #" in error.message
    assert error.line == line_of(source, "# ## 01")
