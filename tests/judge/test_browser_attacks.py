"""Line 23 of THREATS.md: nothing that a student wrote becomes part of a page's structure.

A page made from hostile text must have the same elements as one made from harmless text, and no control characters.
"""

from __future__ import annotations

import copy
import json
import shutil
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from target import LESSON, Target

from autograder.classroom.feedback import page
from autograder.classroom.intake import HandIn
from autograder.classroom.unexecuted import unexecuted
from autograder.classroom.verdict import ExerciseResult, State, Status
from autograder.course import Limits
from autograder.engines.nbgrader_settings import private_settings
from autograder.gradebook.register import open_gradebook, register
from notebooks import Notebook, write

HOSTILE = [
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>", '"><iframe src="javascript:alert(1)"></iframe>',
    "<a href='javascript:alert(1)'>x</a>", "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<style>* { display: none }</style>", "<div style='position:fixed;inset:0'>x</div>",
    "<base href='http://x.invalid'>", "<meta http-equiv=refresh content='0;url=http://x.invalid'>",
    "<form action='http://x.invalid'><input name=p></form>", "<object data=x></object><embed src=x>",
    "<link rel=stylesheet href='http://x.invalid'>", "<!--", "<![CDATA[", "]]>", "{{ 7 * 7 }}", "{% raw %}",
    "\x1b[2J\x1b]0;owned\x07", "\u202eevil", "\0", "&lt;script&gt;alert(1)&lt;/script&gt;", "[x](javascript:alert(1))",
    "![x](x 'onerror=alert(1)')", "<math><mtext><script>alert(1)</script></mtext></math>", "<plaintext>",
    "$$\\href{javascript:alert(1)}{x}$$", "<details open ontoggle=alert(1)>", "<video src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<img src=http://x.invalid/beacon>",
]  # fmt: skip
ACTIVE = {
    "script",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "base",
    "meta",
    "link",
    "style",
    "svg",
    "math",
    "video",
}


class Structure(HTMLParser):
    """Every element of a page in order, and what in it could run, load or cover."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.active: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in ACTIVE:
            self.active.append(tag)
        for name, value in attributes:
            said = "".join((value or "").split()).lower()
            covers = name == "style" and "position:" in said
            loads = name in ("src", "href", "data", "action") and said.startswith("http") and "x.invalid" in said
            if name.startswith("on") or said.startswith(("javascript:", "data:text")) or covers or loads:
                self.active.append(f"{tag} {name}={said[:60]}")

    handle_startendtag = handle_starttag


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Target:
    return Target(tmp_path_factory.mktemp("browser"))


def feedback(target: Target, text: str) -> str:
    """The page of a student all of whose words are `text`."""
    hand_in = HandIn(text, LESSON.name, Path("x"), b"")
    verdict = unexecuted(hand_in, target.released, Status.CRASHED, text)
    exercises = [ExerciseResult("double", text, 1.0, 3.0, State.PARTLY, (text, text + "!")) for _ in range(2)]
    return page(text, [replace(verdict, exercises=tuple(exercises))], target.course)


@pytest.mark.parametrize("text", HOSTILE)
def test_our_page_has_the_same_elements_whatever_a_student_wrote(target: Target, text: str) -> None:
    made = feedback(target, text)
    assert Structure(made).tags == Structure(feedback(target, "harmless")).tags
    assert not [each for each in made if not each.isprintable() and each not in "\n\t"]


def executed(target: Target, text: str) -> Notebook:
    """An executed notebook with `text` wherever a student can put some."""
    notebook, line = copy.deepcopy(target.right()), " ".join(text.replace(",", " ").split())
    outputs: list[dict[str, Any]] = [
        {"output_type": "stream", "name": "stdout", "text": text},
        {"output_type": "stream", "name": "stderr", "text": text},
        {"output_type": "error", "ename": text, "evalue": text, "traceback": [text, text]},
    ]
    kinds = ("text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml", "application/javascript")
    for kind in (*kinds, "application/json"):
        outputs += [
            {"output_type": "display_data", "metadata": {kind: {"alt": text, "width": text}}, "data": {kind: text}},
            {
                "output_type": "execute_result",
                "execution_count": 1,
                "metadata": {},
                "data": {kind: text, "text/plain": "x"},
            },
        ]
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": text, "version_major": 2}}
    outputs.append({"output_type": "display_data", "metadata": {}, "data": widget})
    for kind in ("image/png", "image/jpeg"):
        outputs.append({"output_type": "display_data", "metadata": {}, "data": {kind: text}})
    for cell in notebook["cells"]:
        cell["id"] = text if len(text) < 64 and text.isalnum() else cell["id"]
        cell["metadata"]["tags"] = [line]
        if cell["cell_type"] == "code":
            cell["outputs"] = copy.deepcopy(outputs)
            cell["source"] = f"{cell['source']}\n# {text}"
        else:
            cell["source"] = f"{text}\n\n[x]({text})\n\n{text}"
    prose = {"cell_type": "markdown", "id": "mine", "source": f"![x](attachment:a.png)\n{text}"}
    notebook["cells"] += [
        prose | {"metadata": {"name": line}, "attachments": {"a.png": {"image/png": text}}},
        {"cell_type": "raw", "id": "raw", "metadata": {"format": "text/html"}, "source": text},
    ]
    notebook["metadata"] |= {"title": text, "authors": [{"name": text}]}
    notebook["metadata"]["language_info"] = {"name": "python", "pygments_lexer": text, "codemirror_mode": text}
    return notebook


def nbgraders_page(target: Target, folder: Path, notebook: Notebook) -> str:
    """What `nbgrader generate_feedback` makes of an autograded notebook, with our settings."""
    from nbgrader.converters import GenerateFeedback
    from nbgrader.coursedir import CourseDirectory

    shutil.rmtree(folder, ignore_errors=True)
    write(folder / "autograded" / "s001" / LESSON.name / f"{LESSON.name}.ipynb", notebook)
    with closing(open_gradebook(folder)) as gradebook:
        register(gradebook, target.released)
        gradebook.add_student("s001")
        gradebook.add_submission(LESSON.name, "s001")
    settings = private_settings(folder, Limits())
    course = CourseDirectory(config=settings, assignment_id=LESSON.name, student_id="s001")
    GenerateFeedback(coursedir=course, config=settings).start()
    return (folder / "feedback" / "s001" / LESSON.name / f"{LESSON.name}.html").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # nbconvert's own
def test_nbgraders_page_runs_loads_and_covers_nothing(target: Target, tmp_path: Path) -> None:
    harmless = Structure(nbgraders_page(target, tmp_path / "out", executed(target, "harmless"))).active
    for text in ("\n\n".join(HOSTILE), HOSTILE[0], HOSTILE[5], "<!--", "<plaintext>"):
        hostile = Structure(nbgraders_page(target, tmp_path / "out", executed(target, text))).active
        assert sorted(hostile) == sorted(harmless), text[:100]


def test_hostile_notebooks_are_what_they_say(target: Target) -> None:
    """The checks above would see it: a page that prints an output as it is has more in it than a harmless one."""
    raw = "".join(str(each.get("data", "")) for each in executed(target, "".join(HOSTILE))["cells"][1]["outputs"])
    assert len(Structure(raw).active) > 10
    assert json.dumps(executed(target, "<b>"))
