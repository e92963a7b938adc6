"""Whatever stands in a piece, nothing of it runs, and no slow parser sees what would keep it for long."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bleach
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.server_extensions.formgrader import handlers

from autograder.course import Limits
from autograder.engines import nbgrader_filters
from autograder.engines.nbgrader_filters import code, linked, markup, prose, terminal
from autograder.engines.nbgrader_room import PLAIN, Room
from autograder.engines.nbgrader_settings import private_settings

DEEP = "<ul><li>" * 300
TANGLED = "<p>" + "".join(f"<b title={each}>" for each in range(30)) + "<p>x" * 30
UNFINISHED = "<x " * 300 + "<tbody>" * 300

SHOWN = "&lt;ul&gt;&lt;li&gt;" * 300


def within(room: Room) -> dict[str, Any]:
    """What a template gives its filters."""
    return {"resources": {"room": room}}


def shows(data: dict[str, str]) -> NotebookNode:
    return new_code_cell("x", outputs=[new_output("display_data", data=data)])


def page(folder: Path, *cells: NotebookNode) -> str:
    """The formgrader's page."""
    settings = private_settings(folder, Limits())
    settings.HTMLExporter.template_name = "formgrade"
    settings.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    names = {"assignment_id": "a", "notebook_id": "n", "submission_id": "s", "index": 0, "total": 1, "base_url": ""}
    notebook = new_notebook(cells=list(cells))
    return str(HTMLExporter(config=settings).from_notebook_node(notebook, resources={**names, "student": "s"})[0])


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """All that is given to the parsers of Markdown and HTML."""
    seen: list[str] = []
    clean, render = bleach.clean, nbgrader_filters.MarkdownWithMath.render

    def watched_clean(text: str, **settings: Any) -> str:
        seen.append(text)
        return str(clean(text, **settings))

    def watched_render(parser: Any, source: str) -> str:
        seen.append(source)
        return str(render(parser, source))

    monkeypatch.setattr(bleach, "clean", watched_clean)
    monkeypatch.setattr(nbgrader_filters.MarkdownWithMath, "render", watched_render)
    yield seen


@pytest.mark.parametrize(
    "cell",
    [
        shows({"text/html": DEEP}),
        shows({"text/markdown": DEEP}),
        shows({"text/plain": DEEP}),
        shows({"text/latex": DEEP}),
        new_markdown_cell(DEEP),
        new_raw_cell(DEEP),
        new_code_cell("x", outputs=[new_output("stream", text=DEEP)]),
        new_code_cell("x", outputs=[new_output("error", ename="E", evalue="e", traceback=[DEEP])]),
    ],
)
def test_what_is_too_deep_is_text_on_the_page_and_all_of_it_is_there(tmp_path: Path, cell: NotebookNode) -> None:
    made = page(tmp_path, cell)
    assert SHOWN in made
    assert "<li>" not in made.split("notebook-container")[1]


@pytest.mark.parametrize(
    ("source", "shown"),
    [("\n " * 300 + "a = 1", "\n " * 300 + "a = 1"), ("\\ " * 300, "\\ " * 300)],
    ids=["blank_lines", "backslashes"],
)
def test_code_is_all_there(tmp_path: Path, source: str, shown: str) -> None:
    assert shown in html.unescape(page(tmp_path, new_code_cell(source))).replace('<span class="err">\\</span>', "\\")


def test_a_page_has_room_for_so_much_markup_and_no_more(tmp_path: Path, parsed: list[str]) -> None:
    piece = "<b>x</b>" * 3_000
    made = page(tmp_path, *(shows({"text/html": piece}) for _ in range(14)))
    assert 150_000 < sum(map(len, parsed)) < 300_000
    assert made.count("<b>x</b>") == sum(each.count("<b>") for each in parsed)
    assert "&lt;b&gt;x&lt;/b&gt;" * 3_000 in made


def test_a_page_has_room_for_so_much_prose_and_no_more(tmp_path: Path, parsed: list[str]) -> None:
    page(tmp_path, *(new_markdown_cell("[" * 5_000) for _ in range(100)))
    assert 100_000 < sum(map(len, parsed)) < 500_000
    parsed.clear()
    page(tmp_path, new_markdown_cell("[" * 50_000))
    assert not parsed


@pytest.mark.parametrize("hostile", [DEEP, TANGLED, UNFINISHED.replace("<tbody>", "<b>")])
def test_the_parser_of_html_does_not_see_what_is_too_deep_or_too_tangled(hostile: str, parsed: list[str]) -> None:
    assert markup({}, hostile).startswith("<pre>&")
    assert parsed == []


@pytest.mark.parametrize("source", ["x <b", "<b>x</b><!-- y -->", "1 <2", "a & b &amp; c", "<p>x<br>y</p><hr/>"])
def test_what_is_merely_careless_stays_markup(source: str) -> None:
    assert "<pre>" not in markup({}, source)


def test_a_long_table_stays_a_table() -> None:
    table = "<table>" + "<tr><td>1</td><td style='color: red'>2</td></tr>" * 500 + "</table>"
    assert markup({}, table).count('<td style="color: red;">') == 500


def test_what_was_cleaned_is_not_cleaned_again() -> None:
    room = Room()
    once = prose(within(room), "a **b**")
    left = room.rich
    assert markup(within(room), once) is once
    assert room.rich == left


def test_an_entity_of_five_thousand_digits_is_text() -> None:
    assert markup({}, '<a href="#&#' + "1" * 900 + ';">x</a>' + "<p title='&#" + "1" * 5_000 + ";'>y</p>")


def test_a_picture_in_prose_is_named_and_not_carried_along() -> None:
    cell = {"attachments": {"a.png": {"image/png": "A" * 1000}}}
    made = prose({"cell": cell}, "before ![a](attachment:a.png) after")
    assert "before" in made
    assert "attachment:a.png" in made
    assert "AAAA" not in made


@pytest.mark.parametrize("language", ["perl", "bash", "no_such", "python"])
def test_a_block_of_any_language_is_shown_and_only_python_has_colours(language: str) -> None:
    made = prose({}, f"```{language}\nx = 1\n```")
    assert ('<span class="n">x</span>' in made) == (language == "python")
    assert "x" in made


def test_code_has_its_colours_whatever_the_cell_says_of_its_language() -> None:
    assert '<span class="mi">1</span>' in code({}, "x = 1", metadata={"magics_language": "perl"})


def test_a_terminals_colours_are_shown_and_dropped_where_they_are_too_many() -> None:
    assert terminal({}, "\x1b[31m<\x1b[0m") == '<span class="ansi-red-fg">&lt;</span>'
    assert terminal(within(Room(rich=0)), "\x1b[31m<\x1b[0m") == "&lt;"
    assert terminal({}, "\x1b[" + "0;" * 1000 + "mx") == "x"


def test_a_link_to_a_served_file_is_still_mended() -> None:
    assert linked('<a href="/files/x">[[[</a>') == '<a href="x">[[[</a>'


def test_of_a_long_text_the_beginning_is_shown_and_the_rest_counted() -> None:
    made = terminal({}, "x" * (PLAIN + 5))
    assert made.startswith("x" * PLAIN)
    assert "… 5 more characters" in made


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p>a <code>b</code></p><h2>c</h2>", "<p>a <code>b</code></p><h2>c</h2>"),
        ("<details><summary>Hint</summary>d</details>", "<details><summary>Hint</summary>d</details>"),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("<p onclick=x>a</p>", "<p>a</p>"),
        ('<a href="javascript:x">a</a>', "<a>a</a>"),
        ('<p style="position: fixed; color: red">a</p>', '<p style="color: red;">a</p>'),
    ],
)
def test_prose_stays_readable_and_scripts_become_text(html: str, cleaned: str) -> None:
    assert markup({}, html) == cleaned


@pytest.mark.parametrize(
    "attribute",
    ['class="full-credit"', "class='n modal-backdrop'", 'id="double-check"', 'style="padding: 9000000px"'],
)
def test_nothing_in_a_hand_in_is_a_part_of_the_page_to_its_script_or_its_styles(attribute: str) -> None:
    made = [markup({}, f"<div {attribute}>x</div>"), prose({}, f"<div {attribute}>x</div>\n\n# double-check")]
    assert not [each for each in made if "class" in each or "id=" in each or "padding" in each]


def test_code_in_prose_has_its_colours() -> None:
    assert '<span class="mi">1</span>' in prose({}, "```python\n1\n```")
