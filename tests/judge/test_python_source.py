"""What the text of a cell says, when several hand-ins are read at once."""

import ast
import gc
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from autograder.judge.python_source import Parser, as_ipython_reads, dump, outline


@pytest.fixture
def switching():
    """Threads take turns in the middle of building a tree: where garbage is collected, Python code may run."""

    def give_way(phase: str, facts: dict[str, Any]) -> None:
        time.sleep(0)

    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(50)
    gc.callbacks.append(give_way)
    yield
    gc.callbacks.remove(give_way)
    gc.set_threshold(*threshold)
    sys.setswitchinterval(interval)


def test_hand_ins_that_are_read_in_threads_side_by_side_are_read_as_if_alone(switching):
    """Python 3.11 raises SystemError where two threads build trees of different depth."""
    texts = [("x = " + "-" * depth + "1\n") * 30 for depth in (3, 40)]
    with ThreadPoolExecutor(4) as pool:
        bodies = list(pool.map(lambda number: Parser().body(texts[number % 2]), range(40)))
    assert [len(body or ()) for body in bodies] == [30] * 40


def test_prompts_among_many_empty_lines_are_found_in_one_go():
    """A test that fails would not end."""
    assert as_ipython_reads(">>> x" + "\n" * 500_000 + "...") == "x" + "\n" * 500_000


def test_a_text_of_more_braces_than_anybody_writes_says_nothing_and_one_of_many_is_read():
    """For an f-string Python 3.11 takes four seconds."""
    parser = Parser()
    assert parser.body("f'" + "{x}" * 60_000 + "'") is None
    assert len(parser.body("x = {1: {}, 2: {}}\n" * 200) or ()) == 200


def test_an_outline_is_that_of_the_same_program_however_it_is_written() -> None:
    first = "class A:\n    'text'\n    def f(self): return 1"
    second = "# mine\nclass A:\n\n    'text'\n\n    def f(self):\n        return 1"
    one, other = (ast.parse(each).body[0] for each in (first, second))
    assert outline(one) == outline(other) and dump(one) == dump(other)
    assert outline(one) != outline(ast.parse("class A:\n    def f(self): return 1").body[0])
