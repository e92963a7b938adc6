"""Line 23 of THREATS.md: nothing that a student wrote becomes part of a page's structure.

A page made from hostile text must have the same elements as one made from harmless text, and no control characters.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest
from lab import BROWSERS, CHROMIUM, ROOT, TOKEN, free_port, get, until
from nbgrader.api import Gradebook
from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.chrome.service import Service
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
OVER_ALL = "<div class=nbgrader_cell><div class='modal-backdrop full-credit'><b id=double-check></b></div></div>"
"""By the formgrader's own styles and script: it lies over the whole page, and a click on it gives a test's points."""
NAME = "<img src=x onerror=alert(1)>"
"""Of a student: learning platforms name folders by what people call themselves."""
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
            covers = covers or (name == "class" and "modal" in said)
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
    for text in ("\n\n".join(HOSTILE), HOSTILE[0], HOSTILE[5], OVER_ALL, "<!--", "<plaintext>"):
        hostile = Structure(nbgraders_page(target, tmp_path / "out", executed(target, text))).active
        assert sorted(hostile) == sorted(harmless), text[:100]


def formgraders_page(target: Target, path: Path, notebook: Notebook) -> str:
    """What the formgrader shows of an autograded notebook: its own template, with our settings."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers

    settings = private_settings(path.parent, Limits())
    settings.HTMLExporter.template_name = "formgrade"
    settings.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    names = {"assignment_id": LESSON.name, "notebook_id": LESSON.name, "submission_id": "1", "index": 0, "total": 1}
    resources = {**names, "base_url": "", "student": "s001", "notebook_path": "x"}
    text, _ = HTMLExporter(config=settings).from_filename(str(write(path, notebook)), resources=resources)
    return str(text)


@pytest.mark.filterwarnings("ignore")  # nbconvert's own
def test_the_formgraders_page_runs_loads_and_covers_nothing(target: Target, tmp_path: Path) -> None:
    path = tmp_path / f"{LESSON.name}.ipynb"
    harmless = Structure(formgraders_page(target, path, executed(target, "harmless"))).active
    for text in ("\n\n".join(HOSTILE), HOSTILE[0], HOSTILE[5], OVER_ALL, "<!--", "<plaintext>"):
        hostile = Structure(formgraders_page(target, path, executed(target, text))).active
        assert sorted(hostile) == sorted(harmless), text[:100]


@pytest.mark.filterwarnings("ignore")  # nbconvert's own
def test_no_form_of_an_output_breaks_a_page(target: Target, tmp_path: Path) -> None:
    kinds = ("text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png", "image/jpeg")
    kinds += ("application/json", "application/javascript", "application/pdf", "application/vnd.plotly.v1+json", "x")
    kinds += ("application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json")
    values = ("abc", "\ud800", {"model_id": "x"}, {"\ud800": 1}, 5, None, True, [], ["a", 1], [{}])
    notebook = target.right()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] += "# \ud800"
            for data in ({kind: value} for kind in kinds for value in values):
                shown = {"output_type": "display_data", "metadata": {}, "data": data}
                cell["outputs"] += [shown, shown | {"output_type": "execute_result", "execution_count": 1}]
            words = {"ename": "\ud800", "evalue": "\ud800", "traceback": ["\ud800"]}
            cell["outputs"].append({"output_type": "error", **words})
            cell["outputs"].append({"output_type": "stream", "name": "stdout", "text": "\ud800"})
    assert "double" in nbgraders_page(target, tmp_path / "out", notebook)
    formgraders_page(target, tmp_path / "x.ipynb", notebook).encode()


OWNED = "window.owned = []; window.alert = window.prompt = window.confirm = word => owned.push(word)"
SHOWS = """
from IPython.display import display
for text in TEXTS:
    print(text)
    for kind in ("html", "markdown", "latex", "plain"):
        display({f"text/{kind}": text}, raw=True)
    for kind in ("image/svg+xml", "application/javascript", "application/json", "image/png"):
        display({kind: text}, raw=True)
    display({"application/vnd.jupyter.widget-view+json": {"model_id": text}}, raw=True)
raise ValueError(TEXTS[0])
"""
COURSE = f"""
title = "A course"
repository = "OWNER/NAME"
branch = "main"
out = "graded"
[limits]
output_kb = 4096
[[lessons]]
name = "{LESSON.name}"
title = "Targets"
minutes = 5
"""


def hostile_hand_in(target: Target) -> Notebook:
    """Prose and outputs with every hostile text, and a wrong answer that wants points for a click."""
    notebook = target.right()
    answer = next(cell for cell in notebook["cells"] if "def double" in "".join(cell["source"]))
    answer["source"] = "def double(x):\n    return x"
    shows = f"TEXTS = {HOSTILE!r}\n{SHOWS}"
    cell = {"cell_type": "code", "id": "shows", "metadata": {}, "source": shows, "outputs": [], "execution_count": None}
    prose = [
        {"cell_type": "markdown", "id": f"prose-{at}", "metadata": {}, "source": f"{text}\n\n[x]({text})"}
        for at, text in enumerate(HOSTILE)
    ]
    over = {"cell_type": "markdown", "id": "over", "metadata": {}, "source": OVER_ALL}
    notebook["cells"] = [over, *notebook["cells"], cell, *prose]
    return notebook


@contextmanager
def formgrader(course: Path, private: Path) -> Iterator[tuple[int, psutil.Process]]:
    """JupyterLab with nbgrader's extensions in `course`, as an instructor starts it, and where it listens."""
    port, log = free_port(), private / "log"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--allow-root"]
    settings = {f"JUPYTER_{name}_DIR": str(private / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = {**os.environ, **settings, "JUPYTER_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)}
    with log.open("wb") as file:
        server = psutil.Popen([*command], cwd=course, env=environment, stdout=file, stderr=file)
    try:
        until("the server answers", 90, lambda: server.poll() is not None or get(port, "/api/status")[0])
        assert server.poll() is None, log.read_text()[-4000:]
        yield port, server
    finally:
        server.terminate()
        server.wait(60)


@contextmanager
def chromium(private: Path) -> Iterator[webdriver.Chrome]:
    """A browser that writes down in `owned` what scripts say, before any of a page runs."""
    options = webdriver.ChromeOptions()
    for flag in [*CHROMIUM, f"--user-data-dir={private / 'profile'}"]:
        options.add_argument(flag)
    options.binary_location = next(filter(None, map(shutil.which, BROWSERS)))
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": OWNED})
        yield driver
    finally:
        driver.quit()


@pytest.mark.browser
@pytest.mark.slow
def test_an_instructor_can_grade_and_look_at_a_hostile_hand_in_with_the_formgrader(tmp_path: Path) -> None:
    """The button grades with the judge, nothing on the page runs, and the server's end is the judge's."""
    target = Target(tmp_path / "target")
    course = target.course.root
    (course / "graded" / "gradebook.db").unlink()  # the target's bait
    write(course / "course.toml", COURSE.encode())
    shutil.copy(ROOT / "nbgrader_config.py", course)
    write(course / "submitted" / "s001" / LESSON.name / f"{LESSON.name}.ipynb", hostile_hand_in(target))
    with chromium(tmp_path) as driver:
        with formgrader(course, tmp_path) as (port, server):
            address = f"http://127.0.0.1:{port}/formgrader"
            driver.get(f"{address}/manage_assignments?token={TOKEN}")
            driver.set_script_timeout(240)
            answer = driver.execute_async_script(PRESS, f"{address}/api/submission/{LESSON.name}/s001/autograde")
            assert answer["success"], answer
            assert "Grading with the judge" in answer["log"]
            zygotes = [each for each in server.children() if "autograder.judge.zygote" in each.cmdline()]
            assert len(zygotes) == 1
            rows = f"/formgrader/api/submitted_notebooks/{LESSON.name}/{LESSON.name}"
            (row,) = json.loads(get(port, rows)[1])
            assert row["score"] == 9.0
            with Gradebook(f"sqlite:///{course / 'graded' / 'gradebook.db'}") as gradebook:
                gradebook.add_student(NAME)
            for name in (NAME, f"{NAME}/{LESSON.name}"):
                driver.get(f"{address}/manage_students/{quote(name)}")
                assert NAME in driver.find_element("tag name", "body").text
                time.sleep(1)
                assert driver.execute_script("return owned") == []
            driver.get(f"{address}/submissions/{row['id']}/")
            time.sleep(2)
            assert driver.execute_script("return owned") == []
            assert "TEXTS" in driver.find_element("id", "notebook").text
            loaded = driver.execute_script("return performance.getEntriesByType('resource').map(each => each.name)")
            assert not [each for each in loaded if "x.invalid" in each]
            assert "/submissions/" in driver.current_url
            ActionChains(driver).move_by_offset(400, 300).click().perform()
            time.sleep(1)
            (clicked,) = json.loads(get(port, rows)[1])
            assert clicked["score"] == 9.0, "a click on what a student wrote gave points"
        _, left = psutil.wait_procs(zygotes, timeout=10)
        assert not left
        driver.get("data:text/html,<img src=x onerror=alert(1)>")
        time.sleep(1)
        assert driver.execute_script("return owned") == [1], "this test would not see a script that runs"


PRESS = """
const [address, done] = arguments, cookie = document.cookie.match(/_xsrf=([^;]*)/);
fetch(address, {method: 'POST', headers: {'X-XSRFToken': cookie ? cookie[1] : ''}})
  .then(answer => answer.json()).then(done, error => done({success: false, error: String(error)}));
"""


def test_hostile_notebooks_are_what_they_say(target: Target) -> None:
    """The checks above would see it: a page that prints an output as it is has more in it than a harmless one."""
    raw = "".join(str(each.get("data", "")) for each in executed(target, "".join(HOSTILE))["cells"][1]["outputs"])
    assert len(Structure(raw).active) > 10
    assert json.dumps(executed(target, "<b>"))
