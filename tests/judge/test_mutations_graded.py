"""Healthy notebooks, mutated at random and graded to the end; and a class with poison in it.

Every mutant ends in a verdict that is not ours to answer for, and nobody's score depends on who else is graded.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from test_submission_at_random import mutated

from autograder.classroom.intake import HandIn
from autograder.classroom.released import Released, read_released
from autograder.classroom.verdict import Status, Verdict
from autograder.course import Limits, load
from autograder.judge.engine import JudgeEngine
from notebooks import LESSON, POINTS, Notebook, cell_of, code, make_course, submission

pytestmark = pytest.mark.slow

LIMITS = Limits(cell_seconds=2, submission_seconds=10, memory_mb=768, jobs=2)
NOTEBOOKS = 170
CELLS = 4
"""Mutated cells in one notebook, beside its two mutated answers; so there are 1,020 mutated pieces of code in a run."""
STRUCTURES = 80
"""Notebooks whose JSON, metadata and order are mutated."""
FULL = float(sum(POINTS.values()))

BODIES = {
    "double": [
        "return 2 * x",
        "y = x + x\nreturn y",
        "return sum([x for _ in range(2)])",
        "return x << 1 if x > 0 else -(-x << 1)",
    ],
    "dice": [
        "return sum(rolls)",
        "total = 0\nfor each in rolls:\n    total += each\nreturn total",
        "import torch\nreturn torch.tensor(rolls).sum().item()",
        "return rolls[0] + dice(rolls[1:]) if rolls else 0",
    ],
}
EXTRA = [
    "import torch\nx = torch.arange(6.0).reshape(2, 3)\nx.mean(dim=1, keepdim=True)",
    "rows = [each * 2 for each in range(5) if each % 2]\nprint(rows, len(rows))",
    "import numpy as np\na = np.linspace(0, 1, 5)[::-1]\na @ a",
    "class Counter:\n    n = 0\n    def __call__(self, by):\n        self.n += by\n        return self.n\nCounter()(3)",
    "def fib(n):\n    a, b = 0, 1\n    while n > 0:\n        a, b, n = b, a + b, n - 1\n    return a\nfib(10)",
    "w = torch.ones(3, requires_grad=True)\nloss = (w ** 2).sum()\nloss.backward()\nw.grad",
    "with open('note.txt', 'w') as file:\n    file.write('x' * 10)\nopen('note.txt').read()",
    "layer = torch.nn.Linear(3, 1)\nlayer(torch.ones(2, 3)).shape",
    "%time sum(range(100))",
    "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error)\nfinally:\n    done = True",
]
WORDS = [
    *("x", "rolls", "double", "dice", "expect", "check", "torch", "None", "True", "0", "1", "-1", "1e9", "10**6"),
    *("'a'", "[]", "{}", "(", ")", ":", "=", "==", ",", ".", "+", "*", "**", "//", "@", "if", "not", "in", "lambda"),
    *("return", "yield", "await", "global", "del", "raise", "break", "import", "while", "for", "print", "sum", "len"),
    *("range", "open", "exec", "eval", "type", "super", "_", "__class__", "__import__('os')"),
    *("\n", "\n    ", "    ", "\\", "#", '"""', "%", "!", "?", "\0", "é"),
]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    course = load(make_course(tmp_path_factory.mktemp("course")))
    return read_released(course, course.lesson(LESSON))


@pytest.fixture(scope="module")
def engine(released: Released) -> Iterator[JudgeEngine]:
    made = JudgeEngine(LIMITS, [released], device="cpu")
    yield made
    made.close()


def grade_all(engine: JudgeEngine, released: Released, contents: list[bytes]) -> list[Verdict]:
    """Their verdicts, graded side by side."""
    hand_ins = [HandIn(f"s{n:04}", LESSON, Path(f"{n}.ipynb"), each) for n, each in enumerate(contents)]
    with ThreadPoolExecutor(LIMITS.jobs) as pool:
        return [each.verdict for each in pool.map(lambda each: engine.grade(each, released), hand_ins)]


def tokens_of(source: str) -> list[str]:
    """A source as words, signs and blanks."""
    return re.findall(r"\w+|\s+|[^\w\s]", source)


def mutant(chance: random.Random, source: str) -> str:
    """The source with one to three tokens lost, doubled, swapped or replaced."""
    pieces = tokens_of(source)
    for _ in range(chance.randrange(1, 4)):
        at, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
        match chance.randrange(5):
            case 0:
                pieces[at] = ""
            case 1:
                pieces[at] *= 2
            case 2:
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case 3:
                pieces[at] = pieces[other]
            case _:
                pieces[at] = chance.choice(WORDS)
    return "".join(pieces)


def with_mutated_code(seed: int) -> bytes:
    """A notebook whose answers are mutants, with further mutated cells before and between them."""
    chance = random.Random(seed)
    answers = {name: chance.choice(bodies) for name, bodies in BODIES.items()}
    notebook = submission(**answers, guess="3")
    for name in BODIES:
        cell = cell_of(notebook, name)
        cell["source"] = mutant(chance, cell["source"])
    for number in range(CELLS):
        cell = {**code(mutant(chance, chance.choice(EXTRA))), "id": f"extra-{number}"}
        notebook["cells"].insert(chance.randrange(1, len(notebook["cells"]) + 1), cell)
    return json.dumps(notebook).encode()


def check(verdict: Verdict, released: Released) -> None:
    assert verdict.status is not Status.INTERNAL, verdict.cause
    assert verdict.points is not None and 0 <= verdict.points <= FULL
    assert [each.id for each in verdict.exercises] == [each.id for each in released.exercises] or not verdict.executed
    assert verdict.points == sum(each.points for each in verdict.exercises)
    assert Verdict.from_json(json.loads(verdict.dumps())) == verdict


def test_mutated_code_ends_in_a_verdict_that_is_not_internal(engine: JudgeEngine, released: Released) -> None:
    verdicts = grade_all(engine, released, [with_mutated_code(seed) for seed in range(NOTEBOOKS)])
    for seed, verdict in enumerate(verdicts):
        try:
            check(verdict, released)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
    points = [each.points for each in verdicts]
    assert len(set(points)) >= 4, "mutants differ"
    assert all(verdict.executed for verdict in verdicts)


def test_a_mutated_notebook_ends_in_a_verdict_that_is_not_internal(engine: JudgeEngine, released: Released) -> None:
    healthy = submission(**{name: bodies[0] for name, bodies in BODIES.items()}, guess="3")
    verdicts = grade_all(engine, released, [mutated(random.Random(seed), healthy) for seed in range(STRUCTURES)])
    for seed, verdict in enumerate(verdicts):
        try:
            check(verdict, released)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
    assert sum(each.points == FULL for each in verdicts) > STRUCTURES / 3, "most damage is put right"


# --- poison -----------------------------------------------------------------------------------------------------------

POISON = {
    "ends itself": "import os\nos._exit(0)",
    "kills all it can": "import os, signal\nos.kill(-1, signal.SIGKILL)\nos.kill(os.getppid(), signal.SIGKILL)",
    "crashes": "import ctypes\nctypes.string_at(0)",
    "loops": "while True:\n    pass",
    "does not listen": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass",
    "takes all memory": "kept = []\nwhile True:\n    kept.append(bytearray(1 << 26))",
    "floods": "while True:\n    print('x' * 9999)",
    "shows a lot": "for n in range(9999):\n    display({'text/html': '<b>' * 999}, raw=True)",
    "fills the disk": "with open('big', 'wb') as file:\n    while True:\n        file.write(bytes(1 << 20))",
    "forks": "import os\nwhile True:\n    os.fork()",
    "threads": "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(99,)).start()",
    "garbles the wire": (
        "import contextlib, os\nfor n in range(3, 99):\n"
        "    with contextlib.suppress(OSError):\n        os.write(n, b'x' * 99)"
    ),
    "closes everything": "import os\nos.closerange(0, 999)",
    "recurses": "def f():\n    return f()\nimport sys\nsys.setrecursionlimit(10**9)\nf()",
    "breaks the interpreter": "import builtins\nfor name in list(vars(builtins)):\n    del vars(builtins)[name]",
}


def poisoned() -> list[bytes]:
    found = []
    for source in POISON.values():
        notebook = submission(double="return 2 * x", dice="return sum(rolls)")
        notebook["cells"].insert(2, code(source))
        found.append(json.dumps(notebook).encode())
    late = submission(double=POISON["ends itself"], dice=POISON["loops"])
    healthy = json.dumps(submission(double="return 2 * x")).encode()
    return [*found, json.dumps(late).encode(), healthy[: len(healthy) // 2], b"{", b"[" * 99999, bytes(9999), b""]


def the_honest(count: int) -> list[Notebook]:
    """Others, whose points are all that one can get."""
    right = {"double": "return 2 * x", "dice": "return sum(rolls)", "guess": "3"}
    noisy = "import torch\nprint(torch.rand(1))\nreturn 2 * x"
    ways = [
        right,
        {"double": right["double"]},
        {"dice": right["dice"]},
        {"guess": "3"},
        {},
        {"double": noisy},
        {"dice": "return 1"},
    ]
    return [submission(**ways[number % len(ways)]) for number in range(count)]


def bare(verdict: Verdict) -> Verdict:
    """A verdict without whose it is and how long it took."""
    return replace(verdict, student="", resources=None)


def test_poison_in_a_class_changes_nobody_elses_verdict(engine: JudgeEngine, released: Released) -> None:
    honest, poison = [json.dumps(each).encode() for each in the_honest(21)], poisoned()
    alone = grade_all(engine, released, honest)
    everybody = [(each, True) for each in honest] + [(each, False) for each in poison]
    random.Random(0).shuffle(everybody)
    together = grade_all(engine, released, [each for each, _ in everybody])
    expected = {content: bare(verdict) for content, verdict in zip(honest, alone, strict=True)}
    for (content, fine), verdict in zip(everybody, together, strict=True):
        if fine:
            assert bare(verdict) == expected[content]
        check(verdict, released)
    assert {each.points for each in alone} == {FULL, 3.0, 1.0, 0.0}


def test_poison_costs_what_it_breaks_and_no_more(engine: JudgeEngine, released: Released) -> None:
    """Its own submission keeps what the other cells are worth."""
    verdicts = dict(zip(POISON, grade_all(engine, released, poisoned()[: len(POISON)]), strict=True))
    points = {name: each.points for name, each in verdicts.items()}
    lost = {name: value for name, value in points.items() if value != FULL - 1}
    assert set(lost) <= {"breaks the interpreter"}, lost
    statuses = {name: each.status for name, each in verdicts.items()}
    assert statuses["loops"] is Status.TIMED_OUT and statuses["ends itself"] is Status.CRASHED
    assert statuses["garbles the wire"] is Status.FORBIDDEN
    assert statuses["takes all memory"] in (Status.OUT_OF_MEMORY, Status.TIMED_OUT), "whichever limit comes first"
