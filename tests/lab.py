"""A real JupyterLab in a real Chromium, driven as a person would: open a lesson, type answers, run cells, look, save.

    with Lab(folder) as lab:
        lab.open("01_tensors/01_tensors.ipynb")
        lab.replace("row_means", "def row_means(scores): …")
        lab.run("row_means")
        lab.run("row_means-check")
        print(lab.text("row_means-check"))

Cells go by their nbgrader grade id, or by their cell id where they have none. JupyterLab's settings, its runtime files
and the browser's profile live in a temporary folder, so nothing of the person at this machine is read or changed.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

Answer = TypeVar("Answer")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = [
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--force-device-scale-factor=1", "--no-first-run"),
    *("--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no network, and no waiting for it
]
ROOT = Path(__file__).resolve().parent.parent
TOKEN = "not-a-secret"
START_SECONDS, RUN_SECONDS = 90, 240

HELPERS = """
window.lab = {
  panel: () => window.jupyterapp.shell.currentWidget,
  index: name => lab.panel().content.widgets.findIndex(
    cell => (cell.model.getMetadata('nbgrader') || {}).grade_id === name || cell.model.id === name),
  cell: name => lab.panel().content.widgets[lab.index(name)],
  // JupyterLab's commands to run cells return before the cells have ended.
  idle: () => lab.panel().sessionContext.session.kernel.status === 'idle',
  done: cell => cell.model.executionCount !== null && cell.model.executionState !== 'running',
  well: cell => (cell.model.getMetadata('tags') || []).includes('raises-exception')
    || !cell.model.toJSON().outputs.some(each => each.output_type === 'error'),
  all: condition => lab.panel().content.widgets.every(
    cell => cell.model.type !== 'code' || !cell.model.sharedModel.source.trim() || condition(cell)),
  drawn: () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))),
  ready: path => {
    const panel = window.jupyterapp && window.jupyterapp.shell && lab.panel();
    return !!(panel && panel.context && panel.context.path === path && panel.context.isReady
      && panel.sessionContext.isReady && panel.sessionContext.session && panel.sessionContext.session.kernel
      && panel.sessionContext.session.kernel.status === 'idle');
  },
  see: async name => {
    const content = lab.panel().content, index = lab.index(name);
    if (index < 0) throw new Error('no cell ' + name);
    content.activeCellIndex = index;
    await content.scrollToItem(index, 'start', 0);
    await lab.cell(name).ready;
    await lab.drawn();
  },
  select: names => {
    const content = lab.panel().content;
    content.deselectAll();
    content.activeCellIndex = lab.index(names[0]);
    names.forEach(name => content.select(lab.cell(name)));
  },
  outputs: async names => {
    for (const name of names) if (!lab.cell(name).outputArea.node.isConnected) await lab.see(name);
    return names.map(lab.output);
  },
  output: name => {
    const node = lab.cell(name).outputArea.node;
    const seen = selector => [...node.querySelectorAll(selector)].filter(e => e.getBoundingClientRect().height > 0);
    return [node.innerText, seen('figure').length, seen('figcaption').length];
  },
};

// JupyterLab leaves cells outside the window undrawn; here all of them are looked at.
const style = document.createElement('style');
style.textContent = '.jp-Notebook .jp-Cell { content-visibility: visible !important; }';
document.head.append(style);
"""

STICKING_OUT = """
const [root] = arguments, wide = document.documentElement.clientWidth + 1;
root.querySelectorAll('details').forEach(each => each.open = true);
const name = each => each.tagName.toLowerCase() + ': ' + (each.innerText || each.ariaLabel || '').slice(0, 60);
const scrolls = each => ['auto', 'scroll'].includes(getComputedStyle(each).overflowX);
const boxed = each => {
  for (let box = each.parentElement; box && !box.matches('.jp-Cell, body'); box = box.parentElement)
    if (scrolls(box) && box.getBoundingClientRect().right <= wide) return true;
  return false;
};
const out = each => each.getBoundingClientRect().width > 0 && each.getBoundingClientRect().right > wide;
const spills = each => each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1;  // 0: part of a line
// JupyterLab never breaks a line within code, however long.
const bursts = each => spills(each) && !each.querySelector('code');
const words = 'p, li, summary, h1, h2, h3, h4, figcaption, small, b';
const reading = [...root.querySelectorAll(words)].filter(each => !each.closest('table, svg, pre'));
const drawn = [...root.querySelectorAll(':is(table, svg, img, pre, figure):not(.jp-Placeholder *)')];
const wideWords = reading.filter(each => out(each) || bursts(each));
return [...wideWords, ...drawn.filter(each => out(each) && !boxed(each))].map(name);
"""
"""What below `root` is wider than the window: words to read; pictures and tables without a scroll box of their own.

The line that stands for a folded cell is JupyterLab's, and is wider than a phone.
"""


def until(what: str, seconds: float, condition: Callable[[], Answer]) -> Answer:
    """The first answer of `condition` that is true; `what` is named when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := condition():
            return answer
        time.sleep(0.05)
    raise TimeoutError(f"{what}: not within {seconds:g} s")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(port: int, private: Path, *arguments: str, cwd: Path = ROOT) -> Iterator[None]:
    """What `course lab ARGUMENTS` starts, from when it answers until it has ended, and the kernels with it."""
    command = [
        sys.executable,
        "-m",
        "autograder",
        "lab",
        "--no-browser",
        f"--port={port}",
        "--ServerApp.port_retries=0",
    ]
    settings = {f"JUPYTER_{name}_DIR": str(private / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, **settings, "IPYTHONDIR": str(private / "ipython"), "JUPYTER_TOKEN": TOKEN}
    environment |= {"PYTHONPATH": path, "JUPYTERLAB_WORKSPACES_DIR": str(private / "workspaces")}
    log = private / "server.log"
    with log.open("wb") as file:
        server = subprocess.Popen(
            [*command, *arguments], cwd=cwd, env=environment, stdout=file, stderr=file, start_new_session=True
        )
        try:
            until("the server answers", START_SECONDS, lambda: server.poll() is not None or get(port, "/api/status")[0])
            if server.poll() is not None:
                raise RuntimeError(f"the server ended:\n{log.read_text(errors='replace')[-4000:]}")
            yield
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()


def get(port: int, path: str) -> tuple[int, str]:
    """Status and text of a page of the server, with its token; status 0 while it does not listen."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Authorization": f"token {TOKEN}"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    except OSError:
        return 0, ""
    finally:
        connection.close()


@dataclass(frozen=True)
class Shown:
    """What stands below a cell: its text, its pictures that take room on the screen, and their captions."""

    text: str
    figures: int
    captions: int


@contextmanager
def browsing(private: Path, width: int = 1280, height: int = 1400) -> Iterator[webdriver.Chrome]:
    """A browser that keeps its profile in the folder `private`, in a window of `width` by `height` pixels."""
    options = webdriver.ChromeOptions()
    for flag in [*CHROMIUM, f"--user-data-dir={private / 'profile'}", f"--window-size={width},{height}"]:
        options.add_argument(flag)
    options.binary_location = next(filter(None, map(shutil.which, BROWSERS)))
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        driver.set_script_timeout(RUN_SECONDS)
        yield driver
    finally:
        driver.quit()


def screen(driver: webdriver.Chrome, width: int, height: int) -> None:
    """Make a page think that it is on a screen of that many pixels; a window is never as narrow as a phone."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def sticking_out(driver: webdriver.Chrome, root: str) -> list[str]:
    """What is wider than the screen in the element that the CSS selector `root` finds, by STICKING_OUT."""
    return list(driver.execute_script(STICKING_OUT, driver.find_element("css selector", root)))


class Lab(AbstractContextManager["Lab"]):
    """JupyterLab on `folder`, in a window of `width` by `height` pixels."""

    def __init__(self, folder: Path, width: int = 1280, height: int = 1400) -> None:
        self.folder, self.size = folder, (width, height)

    def __enter__(self) -> Lab:
        with ExitStack() as stack:
            private = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
            self.port = free_port()
            seen = [f"--{app}.expose_app_in_browser=True" for app in ("LabApp", "JupyterNotebookApp")]
            stack.enter_context(serving(self.port, private, str(self.folder), *seen))
            self.driver = stack.enter_context(browsing(private, *self.size))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    # --- what a person does ---

    def open(self, path: str, page: str = "lab/tree") -> None:
        """Open a notebook alone in the window, and wait for its kernel; on the page "notebooks" it is Notebook 7's."""
        self.driver.get(f"http://127.0.0.1:{self.port}/{page}/{path}?token={TOKEN}&reset")
        self.js(HELPERS)
        WebDriverWait(self.driver, START_SECONDS, 0.1).until(lambda _: self.js("return lab.ready(arguments[0])", path))
        if self.js("return !jupyterapp.shell.leftCollapsed"):
            self.command("application:toggle-left-area")

    def theme(self, name: str) -> None:
        """Change to the theme "Light" or "Dark"."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name}")
        shown = "return document.body.dataset.jpThemeName === arguments[0]"
        WebDriverWait(self.driver, 30, 0.1).until(lambda _: self.js(shown, f"JupyterLab {name}"))

    @contextmanager
    def screen(self, width: int, height: int) -> Iterator[None]:
        """The page on a screen of that many pixels, until the block ends."""
        screen(self.driver, width, height)
        self.later("await lab.drawn()")
        try:
            yield
        finally:
            self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
            self.later("await lab.drawn()")

    def run_all(self) -> None:
        """Run all cells, and wait until the last has run, or until an error that nobody meant has stopped it."""
        self.command("notebook:clear-all-cell-outputs")
        self.command("notebook:run-all-cells")
        self._wait("return lab.idle() && (lab.all(lab.done) || !lab.all(lab.well))")

    def replace(self, name: str, source: str) -> None:
        """Put `source` in place of a cell's text."""
        self.js("lab.cell(arguments[0]).model.sharedModel.setSource(arguments[1])", name, source)

    def run(self, name: str) -> None:
        """Run one cell, and wait for its end."""
        self.clear(name)
        self.command("notebook:run-cell")
        self._wait("return lab.idle() && lab.done(lab.cell(arguments[0]))", name)

    def work(self, answers: Mapping[str, str], also: Iterable[str]) -> None:
        """Type `answers` into the cells of these names, and run them and the cells `also`, in the notebook's order."""
        for name, source in answers.items():
            self.replace(name, source)
        names = [*answers, *also]
        self.js("lab.select(arguments[0])", names)
        self.command("notebook:clear-cell-output")
        self.command("notebook:run-cell")
        self._wait("return lab.idle() && arguments[0].every(name => lab.done(lab.cell(name)))", names)
        self.later("await lab.drawn()")

    def clear(self, name: str) -> None:
        """Take away what stands below a cell."""
        self.later("await lab.see(given[0])", name)
        self.command("notebook:clear-cell-output")

    def save(self) -> None:
        """Save, and wait until JupyterLab says that nothing is unsaved."""
        self.command("docmanager:save")
        WebDriverWait(self.driver, 30, 0.1).until(lambda _: self.js("return !lab.panel().model.dirty"))

    # --- what a person sees ---

    def text(self, name: str) -> str:
        """What can be read below a cell, after scrolling to it."""
        self.later("await lab.see(given[0])", name)
        return str(self.js("return lab.cell(arguments[0]).outputArea.node.innerText", name))

    def whole_text(self, name: str) -> str:
        """What can be read of a cell, its source included where that is shown."""
        self.later("await lab.see(given[0])", name)
        return str(self.js("return lab.cell(arguments[0]).node.innerText", name))

    def outputs(self, names: Iterable[str]) -> dict[str, Shown]:
        """What stands below each of these cells."""
        names = list(names)
        found = self.later("return await lab.outputs(given[0])", names)
        return dict(zip(names, (Shown(*each) for each in found), strict=True))

    def sticking_out(self) -> list[str]:
        """What of the notebook's prose and pictures is wider than the screen."""
        return sticking_out(self.driver, ".jp-Notebook")

    def headings(self) -> list[str]:
        """What JupyterLab's table of contents lists."""
        self.command("toc:show-panel")
        listed = (
            "return [...document.querySelectorAll('.jp-TableOfContents .jp-tocItem-content')].map(e => e.innerText)"
        )
        try:
            return list(WebDriverWait(self.driver, 30, 0.1).until(lambda _: self.js(listed)))
        finally:
            self.command("application:toggle-left-area")

    def shown(self, name: str, selector: str) -> int:
        """How many elements of the output below a cell match `selector` and take room on the screen."""
        self.later("await lab.see(given[0])", name)
        found = "[...lab.cell(arguments[0]).outputArea.node.querySelectorAll(arguments[1])]"
        return int(
            self.js(f"return {found}.filter(each => each.getBoundingClientRect().height > 0).length", name, selector)
        )

    def overflowing(self, name: str) -> bool:
        """Whether something below a cell is wider than the room there is, so that one must scroll sideways."""
        self.later("await lab.see(given[0])", name)
        outputs = "[...lab.cell(arguments[0]).outputArea.node.querySelectorAll('.jp-OutputArea-output')]"
        return bool(self.js(f"return {outputs}.some(each => each.scrollWidth > each.clientWidth + 1)", name))

    def cells(self) -> list[dict[str, Any]]:
        """The notebook's cells, as they would be saved."""
        return list(self.js("return lab.panel().content.widgets.map(cell => cell.model.toJSON())"))

    def screenshot(self, path: Path, name: str | None = None) -> None:
        """What is on the screen, from cell `name` on."""
        if name is not None:
            self.later("await lab.see(given[0])", name)
        self.later("await lab.drawn()")
        path.parent.mkdir(parents=True, exist_ok=True)
        assert self.driver.save_screenshot(str(path))

    # --- how ---

    def command(self, name: str, **arguments: object) -> None:
        """Carry out one of JupyterLab's own commands."""
        self.later("await jupyterapp.commands.execute(given[0], given[1])", name, arguments)

    def js(self, script: str, *arguments: object) -> Any:
        """What a script returns."""
        return self.driver.execute_script(script, *arguments)

    def later(self, script: str, *arguments: object) -> Any:
        """What a script returns that awaits something; its arguments are in `given`, what it throws is raised here."""
        wait = "const given = [...arguments], done = given.pop(); (async () => { %s })()"
        tell = ".then(value => done([value]), error => done(String(error && error.stack || error)))"
        told = self.driver.execute_async_script(wait % script + tell, *arguments)
        if isinstance(told, str):
            raise RuntimeError(f"{script}: {told}")
        return told[0]

    def _wait(self, condition: str, *arguments: object) -> None:
        WebDriverWait(self.driver, RUN_SECONDS, 0.05).until(lambda _: self.js(condition, *arguments))
