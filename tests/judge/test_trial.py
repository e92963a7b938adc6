"""A notebook from top to bottom, with real workers: what is won, what is lost, and who may say what a name is."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from live import said, starter

from autograder.judge.job import Cell, Job, Result
from autograder.judge.link import Link
from autograder.judge.mirror import Mirror
from autograder.judge.names import asked_in
from autograder.judge.shell import Shell, make_shell
from autograder.judge.state import fixed
from autograder.judge.trial import CELLS_OF_OUTPUT, MESSAGE, MOST_WORKERS, Trial
from notebooks import KIT

SPECIAL = "\ndef devices():\n    return ['cpu', 'second']\ndef figures():\n    pass\ndef source_of(f):\n    pass\n"
FATAL = "import os\nos._exit(0)"
ENDLESS = "while True:\n    pass"


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # IPython's, of how it spells its own colours
        made = make_shell()
    yield made
    InteractiveShell.clear_instance()
    fixed(0)


class Judged:
    """Judges cells: "name" is a student's, a pair is a test's grade id and source."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell

    def __call__(self, *sources: str | tuple[str, str], **facts: Any) -> Result:
        cells = [Cell(0, "set-up", KIT + SPECIAL)]
        for at, each in enumerate(sources, 1):
            cells.append(Cell(at, "student", each) if isinstance(each, str) else Cell(at, "test", each[1], each[0]))
        usual: dict[str, Any] = {
            "imports": "import torch",
            "handed_in": {},
            "unclear": frozenset(),
            "cell_seconds": 5.0,
            "submission_seconds": 60.0,
            "output_characters": 1 << 18,
        }
        return Trial(Job(cells=tuple(cells), **usual | facts), starter(), self.shell).run()


@pytest.fixture
def judged(shell: Shell) -> Judged:
    return Judged(shell)


def endings(result: Result) -> dict[str, str]:
    return {name: each.ending for name, each in result.tests.items()}


DOUBLE = "def double(x):\n    return 2 * x"
CHECK = ("double-check", 'with check("double"):\n    expect(double(2), 4)')


@pytest.mark.parametrize(
    ("answer", "ending", "message"),
    [
        (DOUBLE, "passed", ""),
        ("def double(x):\n    return x", "wrong", "expected 4, got 2"),
        ("def double(x):\n    raise NotImplementedError()", "not_attempted", "double is as it was handed out"),
        ("def double(x):\n    return 1 / 0", "wrong", "double raised ZeroDivisionError: division by zero"),
        ("double = 3", "wrong", "double raised TypeError: 'int' object is not callable"),
        ("pass", "wrong", "double raised NameError: name 'double' is not defined"),
        ("def double(:", "wrong", "double raised NameError: name 'double' is not defined"),
        ("def double(x):\n    raise SystemExit(0)", "broke", "SystemExit: 0"),
        ("def double(x):\n    raise KeyboardInterrupt", "broke", "KeyboardInterrupt: "),
        (
            "def double(x):\n    import sys\n    sys.setrecursionlimit(50)\n    return double(x)",
            "wrong",
            "RecursionError",
        ),
    ],
)
def test_what_becomes_of_a_test(judged: Judged, answer: str, ending: str, message: str) -> None:
    result = judged(answer, CHECK)
    assert endings(result) == {"double-check": ending}
    assert message in result.tests["double-check"].message
    assert result.troubles == []


def test_an_exception_that_calls_itself_a_pass_is_none(judged: Judged) -> None:
    """Only the kit's own classes say what a test found."""
    answer = (
        "class NotAttempted(BaseException):\n    mistake = 'swapped'\ndef double(x):\n    raise NotAttempted('fine')"
    )
    outcome = judged(answer, CHECK).tests["double-check"]
    assert (outcome.ending, outcome.mistake) == ("broke", "")


def test_a_lost_worker_is_replaced_and_what_was_won_stays(judged: Judged) -> None:
    result = judged(
        DOUBLE, CHECK, FATAL, "def triple(x):\n    return 3 * x", ("triple-check", "expect(triple(double(1)), 6)")
    )
    assert endings(result) == {"double-check": "passed", "triple-check": "passed"}
    assert [(what, at) for what, at, _ in result.troubles] == [("lost", 3)]


def test_a_cell_that_was_fatal_is_not_run_again_and_the_others_are_once(judged: Judged) -> None:
    result = judged("seen = ['a']", "seen.append('b')", "seen.append('c')\n" + FATAL, "seen.append('d')", "print(seen)")
    assert said(result.outputs[5]) == "['a', 'b', 'd']\n"
    assert len(result.troubles) == 1


def test_what_a_cell_showed_is_kept_once_when_it_runs_again(judged: Judged) -> None:
    result = judged("print('once')", FATAL, "print('on')")
    assert said(result.outputs[1]) == "once\n" and said(result.outputs[3]) == "on\n"


def test_there_are_so_many_workers_and_no_more(judged: Judged) -> None:
    parts: list[str | tuple[str, str]] = [DOUBLE, CHECK]
    for number in range(MOST_WORKERS + 3):
        parts += [FATAL, (f"later{number}-check", "expect(double(1), 2)")]
    result = judged(*parts)
    later = [result.tests[f"later{number}-check"] for number in range(MOST_WORKERS + 3)]
    assert endings(result)["double-check"] == "passed"
    assert [each.ending for each in later] == ["passed"] * (MOST_WORKERS - 1) + ["lost"] * 4
    assert later[-1].message == "it had ended too often"
    assert result.memory_mb > 50 and result.cpu_seconds > 0


def test_an_answer_that_is_fatal_costs_its_own_test(judged: Judged) -> None:
    result = judged(f"def bad():\n    {FATAL.splitlines()[0]}\n    os._exit(0)", DOUBLE, ("bad-check", "bad()"), CHECK)
    assert endings(result) == {"bad-check": "lost", "double-check": "passed"}


def test_a_late_test_is_late_and_the_next_one_runs(judged: Judged) -> None:
    start = monotonic()
    result = judged(
        f"def slow(x):\n    {ENDLESS.splitlines()[0]}\n        pass",
        DOUBLE,
        ("slow-check", "slow(1)"),
        CHECK,
        cell_seconds=0.5,
    )
    assert endings(result) == {"slow-check": "late", "double-check": "passed"}
    assert result.tests["slow-check"].message == "longer than 0.5 s"
    assert [each[:2] for each in result.troubles] == [("late", 3)]
    assert monotonic() - start < 10


def test_a_test_that_loops_by_itself_is_late_too(judged: Judged) -> None:
    """A student's number may make a test's own loop endless; the worker is not asked any more."""
    result = judged(
        "steps = 10**18",
        ("loop-check", "n, most = 0, steps\nwhile n < most:\n    n += 1"),
        DOUBLE,
        CHECK,
        cell_seconds=0.5,
    )
    assert endings(result) == {"loop-check": "late", "double-check": "passed"}


def test_a_test_that_catches_everything_is_late_all_the_same(judged: Judged) -> None:
    source = "try:\n    slow()\nexcept Exception:\n    pass"
    result = judged("def slow():\n    while True:\n        pass", ("slow-check", source), cell_seconds=0.5)
    assert endings(result) == {"slow-check": "late"}


def test_a_late_cell_is_told_and_the_rest_runs(judged: Judged) -> None:
    result = judged(ENDLESS, DOUBLE, CHECK, cell_seconds=0.5)
    assert endings(result) == {"double-check": "passed"}
    assert result.errors == {1: "KeyboardInterrupt: the time was up"}
    assert said(result.outputs[1]).endswith("TimedOut: longer than 0.5 s")
    assert result.troubles == [("late", 1, "longer than 0.5 s")]


def test_when_the_submissions_time_is_over_what_was_won_stays(judged: Judged) -> None:
    result = judged(
        DOUBLE, CHECK, ENDLESS, ("later-check", "expect(double(1), 2)"), submission_seconds=2.0, cell_seconds=9.0
    )
    assert endings(result) == {"double-check": "passed", "later-check": "over"}


def test_an_exercise_that_is_unclear_is_not_tested(judged: Judged) -> None:
    result = judged(
        "def double(x):\n    print('called')", CHECK, ("other-check", "pass"), unclear=frozenset({"double"})
    )
    assert endings(result) == {"double-check": "unclear", "other-check": "passed"}
    assert 2 not in result.outputs


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "student", "test", "ending"),
    [
        ("a test's own name is the test's", "helper = 1", "helper = 2\nexpect(helper, 2)", "passed"),
        (
            "also inside its functions",
            "helper = 1",
            "helper = 2\ndef f():\n    return helper\nexpect(f(), 2)",
            "passed",
        ),
        ("the kit's name is the kit's", "def expect(*a):\n    pass", "expect(1, 2)", "wrong"),
        ("a name of the imports is theirs", "torch = None", "expect(torch.tensor(2).item(), 2)", "passed"),
        ("a builtin is Python's", "def len(x):\n    return 99", "expect(len([1]), 1)", "passed"),
        ("True to the letter", "import builtins\nbuiltins.len = lambda x: 99", "expect(len([1]), 1)", "passed"),
        ("all else is the student's", "mine = 5", "expect(mine, 5)", "passed"),
        ("and nobody's is a NameError", "mine = 5", "expect(yours, 5)", "broke"),
        ("a name that a test deletes is the student's again", "x = 1", "x = 2\ndel x\nexpect(x, 1)", "passed"),
        ("the test's file has no name", "__file__ = 'x'", "expect('__file__' in globals(), False)", "passed"),
    ],
)
def test_a_name_is_the_tests_then_the_kits_then_the_students(
    judged: Judged, name: str, student: str, test: str, ending: str
) -> None:
    assert endings(judged(student, ("a-check", test))) == {"a-check": ending}, name


def test_a_name_of_an_earlier_test_is_known_where_the_student_has_none(judged: Judged) -> None:
    first = ("a-check", "rows, seen = [1], 7")
    assert endings(judged(first, ("b-check", "expect(rows, [1])")))["b-check"] == "passed"
    assert endings(judged("rows = [3]", first, ("b-check", "expect(rows, [3])")))["b-check"] == "passed"


def test_what_a_test_does_to_the_kit_does_not_last(judged: Judged) -> None:
    result = judged(("a-check", "expect = None"), ("b-check", "expect(1, 1)"))
    assert endings(result)["b-check"] == "passed"


def test_a_test_sees_the_notebook_as_it_is_at_its_place(judged: Judged) -> None:
    result = judged("x = 1", ("a-check", "expect(x, 1)"), "x = 2", ("b-check", "expect(x, 2)"))
    assert endings(result) == {"a-check": "passed", "b-check": "passed"}


def test_the_source_of_an_answer_is_what_was_handed_in(judged: Judged) -> None:
    test = 'expect("for" in source_of("double"), False)'
    lying = "import inspect\ndef double(x):\n    for n in [x]:\n        return 2 * n\ninspect.getsource = lambda f: 'x'"
    assert endings(judged(lying, ("a-check", test), handed_in={"double": lying})) == {"a-check": "wrong"}
    assert endings(judged(DOUBLE, ("a-check", test), handed_in={"double": DOUBLE})) == {"a-check": "passed"}


def test_each_test_gets_the_text_that_is_in_force_where_it_runs(judged: Judged) -> None:
    tests = [(f"double-{kind}", f'expect(source_of("double"), "{kind}")') for kind in ("check", "hidden")]
    texts = {"double": "check", "double-hidden": "hidden"}
    assert set(endings(judged(DOUBLE, *tests, handed_in=texts)).values()) == {"passed"}


# --- chance, devices, output ------------------------------------------------------------------------------------------

DRAW = "import random, numpy as np\nprint(torch.rand(1).item(), np.random.rand(), random.random(), draw())"
DRAWS = (
    "import random, torch, numpy as np\ndef draw():\n    return torch.rand(1).item(), np.random.rand(), random.random()"
)


def test_each_test_has_chances_of_its_own_the_same_on_every_run(judged: Judged) -> None:
    def drawn(student: str = DRAWS, seed: int = 0) -> list[str]:
        result = judged(student, ("a-check", DRAW), ("b-check", DRAW), seed=seed)
        assert endings(result) == {"a-check": "passed", "b-check": "passed"}
        return [said(result.outputs[2]), said(result.outputs[3])]

    first, second = drawn()
    assert first != second
    assert drawn() == [first, second]
    assert drawn(f"{DRAWS}\ntorch.manual_seed(3)\ntorch.rand(9)\nrandom.seed(1)") == [first, second]
    assert first not in drawn(seed=1)


def test_the_devices_that_a_test_asked_for_are_told(judged: Judged) -> None:
    result = judged(DOUBLE, CHECK, ("d-check", "for device in devices():\n    pass"), ("e-check", "pass"))
    assert [result.tests[name].devices for name in ("double-check", "d-check", "e-check")] == [
        ["cpu"],
        ["cpu", "second"],
        ["cpu"],
    ]


def test_what_an_answer_prints_stands_where_the_test_would_print(judged: Judged) -> None:
    result = judged(
        "def double(x):\n    print('mine')\n    return 2 * x",
        ("a-check", "print('before')\ndouble(1)\nprint('behind')"),
    )
    assert said(result.outputs[2]) == "before\nmine\nbehind\n"


def test_a_cell_that_raises_is_told_and_the_rest_runs(judged: Judged) -> None:
    result = judged("x = 1\n1 / 0", DOUBLE, CHECK)
    assert result.errors == {1: "ZeroDivisionError: division by zero"}
    assert endings(result) == {"double-check": "passed"}


def test_output_is_cut_where_the_job_says(judged: Judged) -> None:
    result = judged("print('x' * 100_000)\nprint('y')", "print('z')", output_characters=1000)
    assert said(result.outputs[1]).startswith("x" * 1000) and len(said(result.outputs[1])) < 1100
    assert said(result.outputs[2]) == "z\n"


@pytest.mark.parametrize("first", ["import no_such_module\nimport torch", "x = 1"])
def test_the_lessons_imports_are_there_whatever_becomes_of_the_cell_with_them(judged: Judged, first: str) -> None:
    assert judged(first, "x = torch.ones(1)", ("x-check", "expect(x.item(), 1)")).tests["x-check"].ending == "passed"


@pytest.mark.parametrize("line", ["%cd /tmp", "%autosave 60", "%store x", "%conda install torch", "%edit"])
def test_a_magic_for_a_program_that_is_not_there_costs_nothing(judged: Judged, line: str) -> None:
    assert judged(f"{line}\nx = 1", ("x-check", "expect(x, 1)")).tests["x-check"].ending == "passed"


@pytest.mark.parametrize("how", ["@torch.compile", "@torch.compile(fullgraph=True)"])
def test_what_is_compiled_means_the_same(judged: Judged, how: str) -> None:
    cell = f"import torch\n{how}\ndef f(x):\n    return x + 1"
    assert judged(cell, ("f-check", "expect(f(torch.ones(1)).item(), 2)")).tests["f-check"].ending == "passed"


def test_a_submission_shows_so_much_in_all_and_each_cell_something(judged: Judged) -> None:
    result = judged(*["print('x' * 100_000)"] * (CELLS_OF_OUTPUT + 2), output_characters=4000)
    shown = [len(said(result.outputs[at])) for at in range(1, CELLS_OF_OUTPUT + 3)]
    assert min(shown[:CELLS_OF_OUTPUT]) >= 4000
    assert all(MESSAGE <= each < 2 * MESSAGE for each in shown[CELLS_OF_OUTPUT:])


PEER = "import gc\npeer = next(each for each in gc.get_objects() if type(each).__name__ == 'WorkerPeer')\n"
"""A student who looks for the worker's end of the wire, finds it."""
OURS = """
from autograder.judge.wire import Blobs
def send(*message):
    peer.channel.send([*message, [], [], []], Blobs())
send("ask", ["call", [1], []])
send("fail", {"yours": peer.channel.receive()[0][1]["number"]})
"""
"""It has the judge raise something, and hands that back."""
COPIES = """
from autograder.judge.wire import Blobs
blobs = Blobs()
blobs.add(bytes(32 << 20))
again = [["bytes", 3, 0]] * 100_000
peer.channel.send(["give", [True, []], [["memory", 3, "cpu", 0], *again], [], []], blobs)
"""


def test_an_exception_of_the_judges_own_that_a_cell_hands_back_is_the_workers_end(judged: Judged) -> None:
    result = judged(PEER + OURS, "x = 1", ("x-check", "expect(x, 1)"))
    assert [each[:2] for each in result.troubles] == [("forbidden", 1)]
    assert result.tests["x-check"].ending == "passed"


def test_a_fault_of_the_judges_own_is_not_put_on_the_student(judged: Judged, monkeypatch: Any) -> None:
    def faulty(*args: Any) -> None:
        raise AttributeError("our fault")

    monkeypatch.setattr(Mirror, "apply", faulty)
    with pytest.raises(AttributeError, match="our fault"):
        judged("x = 1")


def test_a_worker_that_cannot_end_a_test_costs_that_test(judged: Judged) -> None:
    fails = PEER + "def on_end(*args):\n    raise ValueError\npeer.on_end = on_end\nx = torch.zeros(2)"
    result = judged("import torch\n" + fails, ("x-check", "x[0] = 1"), ("y-check", "pass"))
    assert (result.tests["x-check"].ending, result.tests["y-check"].ending) == ("forbidden", "passed")


def test_a_worker_that_has_a_test_end_for_ever_costs_that_test(judged: Judged, monkeypatch: Any) -> None:
    monkeypatch.setattr("autograder.judge.trial.CONTROL_SECONDS", -2.5)  # and three more until the alarm

    def end(link: Link) -> None:
        while True:
            pass

    with monkeypatch.context() as patch:
        patch.setattr(Link, "end", end)
        result = judged("x = 1", ("x-check", "expect(x, 1)"), "y = 2")
    assert result.tests["x-check"].ending == "lost"
    assert [each[:2] for each in result.troubles] == [("lost", 2)]


def test_of_a_tests_text_a_worker_is_told_the_names_that_it_asks_for_alone(judged: Judged) -> None:
    test = (
        "import math\nfrom torch import sin as hidden\nfor each in [1.0]:\n"
        "    want = hidden(torch.tensor(each)).unsqueeze(0)\n    expect(answer(want), want.abs())"
    )
    asked = asked_in(test)
    assert asked == ["answer", "expect", "torch"]
    spy = (
        "told = []\nbegin = peer.on_begin\npeer.on_begin = lambda seed, names: told.extend(names) or begin(seed, names)"
    )
    result = judged(
        f"import torch\n{PEER}{spy}\ndef answer(x):\n    return x.abs()\ndef unsqueeze():\n    pass",
        ("a-check", test),
        "print(told)",
        asked={"a-check": [each for each in asked if each == "answer"]},
    )
    assert said(result.outputs[3]) == "['answer']\n"
    assert result.tests["a-check"].ending == "passed"


def test_a_message_that_would_be_read_for_hours_is_refused_at_once(judged: Judged) -> None:
    start = monotonic()
    result = judged(PEER + COPIES, ("y-check", "pass"))
    assert ("forbidden", 1) in [each[:2] for each in result.troubles]
    assert result.tests["y-check"].ending == "passed"
    assert monotonic() - start < 20  # the copies would take some ten minutes


def test_a_judge_that_a_cell_keeps_busy_stops_when_its_time_is_up(judged: Judged, monkeypatch: Any) -> None:
    read, messages = Mirror.apply, []

    def read_for_ever(*args: Any) -> None:
        messages.append(args)
        while len(messages) == 5:  # the reply to the second of these cells
            pass
        read(*args)

    monkeypatch.setattr(Mirror, "apply", read_for_ever)
    result = judged("x = 1", "y = 2", "z = 3", ("z-check", "expect(z, 3)"), cell_seconds=0.5)
    assert [each[:2] for each in result.troubles] == [("lost", 2)]
    assert result.tests["z-check"].ending == "passed"


def test_a_test_leaves_no_setting_and_no_name_in_the_notebook(judged: Judged) -> None:
    result = judged(
        "import torch",
        ("a-check", "torch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\nsecret = 3"),
        "print(torch.get_default_dtype(), torch.is_grad_enabled(), 'secret' in globals())",
    )
    assert said(result.outputs[3]) == "torch.float32 True False\n"


def test_what_a_test_wrote_last_is_there_for_the_next_cell(judged: Judged) -> None:
    result = judged("import torch\nx = torch.zeros(2)", ("a-check", "mine = x\nmine[0] = 5"), "print(x[0].item())")
    assert said(result.outputs[3]) == "5.0\n"


def test_what_a_test_writes_into_a_tensor_that_it_does_not_hold_is_there(judged: Judged) -> None:
    student = "import torch\nx = torch.zeros(2)\ndef first():\n    return x[0].item()"
    assert endings(judged(student, ("a-check", "x[0] = 5\nfirst, first\nexpect(first(), 5.0)"))) == {
        "a-check": "passed"
    }
