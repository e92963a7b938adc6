"""IPython without a kernel: what a cell means in a notebook, in this process, with what it shows kept in a list.

Made once, in the zygote; workers and judges are forks of it. It keeps no history on disk and starts no thread. What a
grader cannot give is answered in a way that loses the least: commands of the shell are not run and say so, `input()`
gives an empty line, debuggers do not start, windows are not opened, pictures are not painted.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import copy
import functools
import io
import linecache
import re
import sys
import types
import warnings
from collections.abc import Iterator
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

SHOWN = ("text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml")
KIT = "<set-up>"
Event = list[Any]
"""["stdout" or "stderr", text], ["data" or "result", {type: text}] or ["error", name, text, [line, …]]."""


SPECIAL = re.compile(r"^\s*(?:[%!?/,;]|>>>|In \[)|\A\s|[!?%]\w|\?\s*$|^\s*\.\.\.", re.MULTILINE)
"""Cells that may not be plain Python: magics, commands, help, prompts, indentation before the first line."""


FOR_A_FRONT_END = (
    *("autosave", "connect_info", "qtconsole", "edit", "store", "tensorflow_version"),
    *("conda", "mamba", "micromamba"),
)
"""Magics that ask something of a program or a disk that is not there, and that no answer depends on."""


EACH = 500
"""Characters that each thing shown counts for besides its own: a page of thirty thousand empty ones takes long, too."""


class Recorder:
    """What was shown, up to so many characters; what comes after that is counted and dropped."""

    def __init__(self, most: int = 1 << 20) -> None:
        self.most = most
        self.events: list[Event] = []
        self.room = most
        self.dropped = 0

    def add(self, event: Event, size: int) -> None:
        if size > self.room or len(self.events) > 2000:
            self.dropped += size
            return
        self.room = max(0, self.room - size - EACH)
        self.events.append(event)

    def write(self, stream: str, text: str) -> None:
        """Text on a standard stream; what does not fit is cut off."""
        if len(text) > self.room:
            self.dropped += len(text) - self.room
            text = text[: self.room]
        if not text:
            return
        self.room -= len(text)
        if self.events and self.events[-1][0] == stream:
            self.events[-1][1].append(text)
        elif len(self.events) <= 2000:
            self.events.append([stream, [text]])

    def take(self) -> list[Event]:
        """What was shown since the last time."""
        events, self.events = self.events, []
        if self.dropped and not self.room < 0:
            events.append(["stderr", [f"[{self.dropped} more characters were left out]\n"]])
            self.dropped = 0
        return [[each[0], "".join(each[1])] if each[0] in ("stdout", "stderr") else each for each in events]

    def reset(self) -> None:
        """A new cell begins: it may show as much as any."""
        self.events, self.room, self.dropped = [], self.most, 0


class Stream(io.TextIOBase):
    """A standard stream that the recorder keeps."""

    encoding = "utf-8"

    def __init__(self, recorder: Recorder, name: str) -> None:
        self.recorder, self.stream = recorder, name

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.recorder.write(self.stream, text)
        return len(text)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False


class Publisher(DisplayPublisher):
    recorder: Recorder

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **facts: Any) -> None:
        bundle = texts(data)
        self.recorder.add(["data", bundle], sum(map(len, bundle.values())))

    def clear_output(self, wait: bool = False) -> None:
        self.recorder.events.clear()


class Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        bundle = texts(format_dict)
        self.shell.recorder.add(["result", bundle], sum(map(len, bundle.values())))

    def finish_displayhook(self) -> None:
        pass


class Compiler(CachingCompiler):
    """Compiles cells, under the name in `label`. Those that it was told of before the fork are compiled already."""

    label = "<cell>"

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.learned: dict[str, ast.Module] = {}
        self.codes: dict[tuple[int, str, int], tuple[ast.stmt, types.CodeType]] = {}

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return self.label

    def learn(self, cell: str) -> None:
        """Compile a cell, as IPython reads it, for all forks; one that IPython would refuse or warn of is left out."""
        if cell in self.learned or "__future__" in cell:
            return
        with contextlib.suppress(SyntaxError, ValueError, Warning), warnings.catch_warnings():
            warnings.simplefilter("error")
            module: Any = super().ast_parse(cell)
            codes: dict[tuple[int, str, int], tuple[ast.stmt, types.CodeType]] = {}
            with self.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
                for node in module.body:
                    shown = node is module.body[-1] and isinstance(node, ast.Expr)
                    tree: Any = ast.Interactive([node]) if shown else ast.Module([node], [])
                    symbol = "single" if shown else "exec"
                    codes[id(node), symbol, self.flags] = node, super().__call__(tree, self.label, symbol)
            self.learned[cell] = module
            self.codes |= codes

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> ast.AST:
        known = self.learned.get(source) if symbol == "exec" else None
        if known is not None:
            return ast.Module(known.body.copy(), [])
        return super().ast_parse(source, filename, symbol)

    def __call__(self, source: Any, filename: str, symbol: str, **facts: Any) -> Any:
        node = source.body[0] if isinstance(source, (ast.Module, ast.Interactive)) and len(source.body) == 1 else None
        known = self.codes.get((id(node), symbol, self.flags))
        if known is not None and known[0] is node:
            return named(known[1], filename)
        return super().__call__(source, filename, symbol, **facts)


def named(code: types.CodeType, label: str) -> types.CodeType:
    """`code` as if it were compiled under that name."""
    inner = tuple(named(each, label) if isinstance(each, types.CodeType) else each for each in code.co_consts)
    return code.replace(co_filename=label, co_consts=inner)


class Shell(InteractiveShell):
    """Cells are run by `run`; what they show is in `recorder`."""

    recorder: Recorder
    transformers: list[Any]

    def enable_gui(self, gui: Any = None) -> None:
        pass

    def enable_matplotlib(self, gui: Any = None) -> tuple[str, str]:
        return "agg", "agg"

    def system(self, cmd: str) -> None:
        print(f"[not run while grading: {cmd.strip()[:200]}]", file=sys.stderr)

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        self.system(cmd)
        return [] if split else ""

    def transform_cell(self, raw_cell: str) -> str:
        """Plain Python needs no translation; finding that out by tokens takes longer than most cells run."""
        changed = self.input_transformers_cleanup + self.input_transformers_post != self.transformers
        if changed or SPECIAL.search(raw_cell):
            return str(super().transform_cell(raw_cell))  # type: ignore[no-untyped-call]
        return raw_cell if raw_cell.endswith("\n") else raw_cell + "\n"

    def transform_ast(self, node: ast.Module) -> ast.Module:
        """What is written into a tree must not meet the code that was made of it before."""
        return super().transform_ast(copy.deepcopy(node) if self.ast_transformers else node)  # type: ignore[no-any-return,no-untyped-call]

    def should_run_async(self, raw_cell: str, **facts: Any) -> bool:
        """Whether a cell waits for something; to find that out, IPython would compile every cell a second time."""
        waits = "await" in raw_cell or "async" in raw_cell
        return waits and super().should_run_async(raw_cell, **facts)

    def debugger(self, force: bool = False) -> None:
        pass

    def ask_exit(self) -> None:
        pass

    def showtraceback(self, *args: Any, **facts: Any) -> None:
        kind, error, _ = sys.exc_info()
        if kind is not None and error is not None:
            self.show_error(error)

    @contextlib.contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        yield  # IPython keeps all that is printed in its history, and so without limit

    def _format_exception_for_storage(self, *args: Any, **facts: Any) -> dict[str, Any]:
        return {}  # IPython keeps a formatted traceback of every error in its history; that took half of all time

    def showsyntaxerror(self, *args: Any, **facts: Any) -> None:
        self.showtraceback()

    def show_error(self, error: BaseException) -> None:
        """An exception as one line: students' pages show no tracebacks, and formatting one takes ten times a cell."""
        try:
            text = str(error)[:2000]
        except BaseException as second:
            text = f"an exception whose text could not be made ({type(second).__name__})"
        name = type(error).__name__
        self.recorder.add(["error", name, text, [f"{name}: {text}"]], len(text))

    def run(self, source: str, label: str) -> BaseException | None:
        """Run one cell; what it raised."""
        self.compile.label = label
        result = self.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        if plt.get_fignums():
            plt.close("all")  # as Jupyter does at a cell's end
        error: BaseException | None = result.error_before_exec or result.error_in_exec
        return error


@functools.cache
def compiled(source: str, label: str) -> Any:
    """The code of a text that many forks run, such as the kit's."""
    remember(label, source)
    return compile(source, label, "exec")


def remember(label: str, source: str) -> None:
    """Let tracebacks and messages show lines of `source`."""
    linecache.cache[label] = (len(source), None, source.splitlines(keepends=True), label)


def forget() -> None:
    """Of one submission's cells nothing is shown in the next."""
    for label in [each for each in linecache.cache if each.startswith("<cell ")]:
        del linecache.cache[label]


def texts(data: Any) -> dict[str, str]:
    """The parts of something displayed that are texts and that a notebook may keep."""
    return {kind: data[kind] for kind in SHOWN if isinstance(data, dict) and isinstance(data.get(kind), str)}


def make_shell() -> Shell:
    """The process's shell."""
    matplotlib.use("agg")
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.cache_size = 0
    shell: Shell = Shell.instance(
        config=config, display_pub_class=Publisher, displayhook_class=Hook, compiler_class=Compiler
    )
    shell.displayhook.cache_size = 1  # so that _, __ and ___ are there; Out would keep every result alive
    shell.transformers = shell.input_transformers_cleanup + shell.input_transformers_post
    for name in ("bash", "sh", "script", "ruby", "perl", "html_script"):
        shell.register_magic_function(not_run, "cell", name)  # type: ignore[arg-type]
    for name in FOR_A_FRONT_END:
        shell.register_magic_function(not_run, "line", name)  # type: ignore[arg-type]
    shell.db = {}  # where %cd keeps the folders it has been in; IPython's own lies in the home folder
    record(shell, Recorder())
    return shell


def record(shell: Shell, recorder: Recorder) -> None:
    """Have all that is shown from now on kept in `recorder`."""
    shell.recorder = shell.display_pub.recorder = recorder


def not_run(line: str, cell: str = "") -> None:
    """A command or a cell for another program."""
    print("[not run while grading: it is for another program]", file=sys.stderr)


def take_over(shell: Shell) -> None:
    """Standard streams, `input` and the debugger, for the rest of this process."""
    sys.stdin = io.StringIO()
    sys.stdout, sys.stderr = Stream(shell.recorder, "stdout"), Stream(shell.recorder, "stderr")
    builtins.input = lambda prompt="": print(prompt) or ""
    sys.breakpointhook = lambda *args, **facts: None
