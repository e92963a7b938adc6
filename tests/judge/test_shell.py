"""Cells mean what they mean in a notebook, in a real worker."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from live import CAPS, run, said, worker

from autograder.judge.failures import Foreign
from autograder.judge.judging import Starter
from autograder.judge.link import Link
from autograder.judge.processes import ZygoteProcess
from autograder.judge.shell import EACH, Compiler, Recorder


@pytest.fixture(scope="module", params=["as they come", "compiled before the fork"])
def link(request: pytest.FixtureRequest) -> Iterator[Link]:
    with contextlib.ExitStack() as stack:
        if request.param == "as they come":
            yield stack.enter_context(worker())
            return
        started = ZygoteProcess("on", "cpu")
        stack.callback(started.close)
        assert "ready" in started.facts
        started.learn("", [cell for _, cells, _ in CASES for cell in cells])
        link = Starter(started.control, asdict(CAPS))({})
        stack.callback(link.close)
        yield link


CASES = [  # what is shown by the last of the cells
    ("the last expression is shown", ["1\n2 + 3"], "5"),
    ("a semicolon keeps it quiet", ["2 + 3;"], ""),
    ("an assignment shows nothing", ["x = 2"], ""),
    ("None is not shown", ["None"], ""),
    ("names stay from cell to cell", ["kept = 4", "kept"], "4"),
    ("a loop's expressions are not shown", ["for n in range(3):\n    n"], ""),
    ("indentation before the first line is forgiven", ["    print(1)\n    print(2)"], "1\n2\n"),
    ("prompts that were pasted are taken off", [">>> 1 + 1"], "2"),
    ("IPython's prompts too", ["In [3]: 1 + 1"], "2"),
    ("await stands at the top", ["import asyncio\nawait asyncio.sleep(0)\nprint('slept')"], "slept\n"),
    ("and its value is shown", ["async def three():\n    return 3", "await three()"], "3"),
    ("a line magic runs", ["%precision 2", "3.14159"], "3.14"),
    ("the time magic shows a result", ["%time 1 + 1"], "2"),
    ("a cell magic runs the cell", ["%%capture caught\nprint('hidden')", "caught.stdout"], "'hidden\\n'"),
    ("matplotlib's magic is taken", ["%matplotlib inline\nprint('on')"], "on\n"),
    ("a magic that is not known is said", ["%nosuch"], "`%nosuch` not found"),
    ("a command is not run, and says so", ["!echo 1"], "[not run while grading: echo 1]"),
    ("its output is empty", ["files = !ls\nprint(files)"], "[]"),
    ("pip is not run either", ["!pip install x"], "[not run while grading: pip install x]"),
    ("another language is not run", ["%%bash\necho 1"], "[not run while grading: it is for another program]"),
    ("help is given", ["len?"], "Return the number of items in a container."),
    ("input gives an empty line", ["repr(input('name? '))"], "name? "),
    ("get_ipython is there", ["get_ipython().user_ns is globals()"], "True"),
    ("it is no terminal", ["import sys\nsys.stdout.isatty()"], "False"),
    ("stderr is kept", ["import sys\nprint('oh', file=sys.stderr)"], "oh\n"),
    ("a debugger does not start", ["breakpoint()\nprint('on')"], "on\n"),
    ("display shows more than one", ["display(1)\ndisplay('a')"], "1'a'"),
    ("clear_output clears", ["from IPython.display import clear_output\nprint(1)\nclear_output()\nprint(2)"], "2\n"),
    ("an error is one line", ["1 / 0"], "ZeroDivisionError: division by zero"),
    ("what came before an error stays", ["print('first')\n1 / 0"], "first\nZeroDivisionError: division by zero"),
    ("what comes after it does not run", ["late = 1\n1 / 0\nlate = 2", "late"], "1"),
    ("a syntax error is one too", ["def f(:"], "SyntaxError: "),
    ("nothing of that cell runs", ["whole = 1", "whole = 2\ndef f(:", "whole"], "1"),
    ("exit does not end the worker", ["exit()", "print('still here')"], "still here\n"),
    ("SystemExit is an error of the cell", ["raise SystemExit(3)", "print('still here')"], "still here\n"),
    (
        "an exception without a text",
        ["class Odd(Exception):\n    def __str__(self):\n        1 / 0\nraise Odd"],
        "Odd: an exception whose text could not be made (ZeroDivisionError)",
    ),
    ("the module is main", ["__name__"], "'__main__'"),
    (
        "an open figure is closed at the end",
        ["import matplotlib.pyplot as plt\n_ = plt.plot([1])", "plt.get_fignums()"],
        "[]",
    ),
]


@pytest.mark.parametrize(("name", "cells", "want"), CASES, ids=[case[0].replace(" ", "-") for case in CASES])
def test_a_cell_means_what_it_means_in_a_notebook(link: Link, name: str, cells: list[str], want: str) -> None:
    shown = [said(run(link, source)) for source in cells][-1]
    assert want in shown if want else shown == "", name


@pytest.mark.parametrize(("cells", "want"), [(["2 + 3", "_ * 10"], "50"), (["7", "8", "__"], "7")])
def test_the_last_results_have_names(cells: list[str], want: str) -> None:
    with worker() as link:  # a new one: they are given up where a cell before has its own _
        assert [said(run(link, source)) for source in cells][-1] == want


def test_a_result_and_a_display_are_told_apart(link: Link) -> None:
    kinds = [event[0] for event in run(link, "display(1)\nprint(2)\n3")]
    assert kinds == ["data", "stdout", "result"]


def test_only_texts_of_a_display_are_kept(link: Link) -> None:
    hostile = {
        "text/plain": "a",
        "text/html": "<b>",
        "application/javascript": "alert(1)",
        "application/vnd.jupyter.widget-view+json": {"model_id": "x"},
        "image/png": "AAAA",
        "text/latex": 3,
    }
    assert run(link, f"display({hostile!r}, raw=True)") == [["data", {"text/plain": "a", "text/html": "<b>"}]]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a long text", "print('x' * 30_000_000)"),
        ("many short texts", "for n in range(400_000):\n    print('x' * 9)"),
        ("many displays", "for n in range(20_000):\n    display(n)"),
        ("a huge display", "display({'text/html': 'x' * 9_000_000}, raw=True)\nprint('on')"),
        ("a long error", "raise ValueError('x' * 30_000_000)"),
        (
            "both streams in turn",
            "import sys\nfor n in range(9000):\n    print('x' * 99, file=[sys.stdout, sys.stderr][n % 2])",
        ),
    ],
)
def test_what_a_cell_shows_is_capped(link: Link, name: str, source: str) -> None:
    events = run(link, source)
    assert 0 < len(said(events)) <= (1 << 20) + 100
    assert len(events) <= 2010
    assert said(run(link, "print('the next cell may show as much as any')")).startswith("the next cell")


def test_what_was_cut_is_said() -> None:
    recorder = Recorder(10)
    recorder.write("stdout", "123456789")
    recorder.write("stdout", "0abc")
    recorder.add(["data", {"text/plain": "12345"}], 5)
    assert recorder.take() == [["stdout", "1234567890"], ["stderr", "[8 more characters were left out]\n"]]
    recorder.reset()
    recorder.write("stderr", "again")
    assert recorder.take() == [["stderr", "again"]]


def test_an_answer_that_takes_the_streams_away_can_still_be_asked() -> None:
    with worker() as link:
        run(link, "kept = 3")
        with contextlib.suppress(Foreign):
            run(link, "import sys, builtins\nsys.stdout = sys.stderr = None\nbuiltins.print = None")
        assert link.ask_within(5, "name", "kept") == 3


def test_an_input_transformer_of_the_student_is_the_students(link: Link) -> None:
    add = (
        "get_ipython().input_transformers_cleanup.append(lambda lines: [each.replace('cat', 'dog') for each in lines])"
    )
    run(link, add)
    assert said(run(link, "'cat'")) == "'dog'"
    run(link, "get_ipython().input_transformers_cleanup.pop()")
    assert said(run(link, "'cat'")) == "'cat'"


# --- what is compiled before the fork ---------------------------------------------------------------------------------


CELL = "x = 1\n\ndef f():\n    return [1 / 0 for _ in 'a']\n\nx + 1\n"


def compiled(compiler: Compiler, source: str) -> list[Any]:
    """The code of each statement, as IPython has it made."""
    return [compiler(ast.Module([each], []), "<cell 7>", "exec") for each in compiler.ast_parse(source).body]


def test_what_is_known_is_taken_and_bears_the_cells_name() -> None:
    compiler = Compiler()
    compiler.learn(CELL)
    with compiler.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
        known = [compiler.codes[id(each), "exec", compiler.flags] for each in compiler.learned[CELL].body[:2]]
        first, second, _ = compiled(compiler, CELL)
    assert [first.co_code, second.co_code] == [each.co_code for _, each in known]
    (function,) = (each for each in second.co_consts if hasattr(each, "co_code"))
    (inner,) = (each for each in function.co_consts if hasattr(each, "co_code"))
    assert {each.co_filename for each in (first, second, function, inner)} == {"<cell 7>"}


@pytest.mark.parametrize(
    "cell",
    ["def f(:", "from __future__ import annotations\nx: int = 1", "'\\d'", "return 1", "x = '\0'", "await g()\nreturn"],
)
def test_what_ipython_would_refuse_or_warn_of_is_left_to_it(cell: str) -> None:
    compiler = Compiler()
    before = compiler.flags
    compiler.learn(cell)
    assert (compiler.learned, compiler.codes, compiler.flags) == ({}, {}, before)


def test_a_future_that_a_student_imports_holds_for_known_cells_too() -> None:
    compiler = Compiler()
    compiler.learn("def f(x: nowhere): pass")
    compiled(compiler, "from __future__ import annotations")
    names: dict[str, Any] = {}
    for each in compiled(compiler, "def f(x: nowhere): pass"):
        exec(each, names)
    assert names["f"].__annotations__ == {"x": "nowhere"}


def test_a_transformer_of_trees_is_asked_of_known_cells_too(link: Link) -> None:
    """3.14159 is among the cells that were compiled."""
    source = "import ast\nclass Rounded(ast.NodeTransformer):\n    def visit_Constant(self, node):\n        "
    source += "return ast.copy_location(ast.Constant(3), node) if node.value == 3.14159 else node\n"
    run(link, source + "get_ipython().ast_transformers.append(Rounded())")
    assert [said(run(link, "3.14159")) for _ in range(2)] == ["3", "3"]
    run(link, "get_ipython().ast_transformers.clear()")
    assert said(run(link, "3.14159")).startswith("3.14")


def test_each_thing_that_is_shown_counts_for_more_than_its_own_characters() -> None:
    recorder = Recorder(3 * EACH)
    for _ in range(1000):
        recorder.add(["data", {}], 1)
    assert len(recorder.events) == 3
    recorder.write("stdout", "no room is left for this")
    assert recorder.take()[3:] == [["stderr", "[1021 more characters were left out]\n"]]
