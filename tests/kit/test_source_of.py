"""Rules for how an answer is written: what counts as a loop or an index, and what a learner is told."""

from __future__ import annotations

import pytest

from autograder.authoring.inline import kit_cell
from autograder.authoring.session import Session

LOOPS, INDEX, CDIST = '"for", "while", most=0', '"[]", most=1', '"cdist", most=0'

RULES = [
    # the cell with the answer `f`, the rule, the mistake ("" for none), words of the message
    ("def f(x):\n    for row in x:\n        pass", LOOPS, "loop_used", "`for row in x:`"),
    ("def f(x):\n    while x:\n        pass", LOOPS, "loop_used", "`while x:`"),
    ("def f(x):\n    return [\n        row\n        for row in x\n    ]", LOOPS, "loop_used", "`for row in x`"),
    ("def f(x):\n    return sum(row for row in x)", LOOPS, "loop_used", "`return sum(row for row in x)`"),
    ("def f(x):\n    def g():\n        for _ in x: pass\n    return g()", LOOPS, "loop_used", "for _ in x"),
    ("def g(x):\n    for row in x: pass\n\ndef f(x):\n    return g(x)", LOOPS, "loop_used", "for row in x"),
    ("f = lambda x: [row for row in x]", LOOPS, "loop_used", "row for row"),
    ("class f:\n    def g(self, x):\n        while x: pass", LOOPS, "loop_used", "while x"),
    ("def f(x):\n    return x.sum()  # no for, no while", LOOPS, "", ""),
    ("def f(x):\n    'for each row'\n    return x\n\nfor x in [1, 2]:\n    print(f(x))", LOOPS, "", ""),
    ("%time 1\ndef f(x):\n    return x", LOOPS, "", ""),
    ("def f(x):\n    return x[:, None, 0]", INDEX, "", ""),
    ("def f(x: list[int]) -> list[int]:\n    n: list[int] = x.shape[0] + x.shape[1]\n    return x[n]", INDEX, "", ""),
    ("def f(x):\n    return x[0][1]", INDEX, "indexed_again", "2 in place of 1"),
    ("def f(x):\n    y = x[0]\n    y[1] = 3\n    return y[2]", INDEX, "indexed_again", "3 in place of 1"),
    ("def f(a, b):\n    return torch.cdist(a, b)", CDIST, "name_ruled_out", "without `cdist`"),
    ("def f(a, b):\n    far = cdist\n    return far(a, b)", CDIST, "name_ruled_out", "`far = cdist`"),
    ("def f(a, b):\n    return (a - b).norm()", CDIST, "", ""),
    ("def f(a, b):\n    cdist = (a - b).norm()\n    return cdist", CDIST, "", ""),
    ("def f(a, b):\n    cdist = torch.cdist\n    return cdist(a, b)", CDIST, "name_ruled_out", "`cdist = torch.cdist`"),
    ("import statistics\nf = statistics.mean", LOOPS, "no_function", "Write it with `def`"),
    ("f = 3", LOOPS, "no_function", "Write it with `def`"),
    ("def f(x):\n    return [y for y in x]", LOOPS + ', mistake="wrong_value"', "wrong_value", "expected"),
    ("def f(a, b):\n    return getattr(torch, 'c' + 'dist')(a, b)", CDIST, "hidden_from_view", "without `getattr`"),
    ("def f(a, b):\n    exec('for i in a: pass')", LOOPS, "hidden_from_view", "`exec('for i in a: pass')`"),
    ("def f(a, b):\n    return eval('a[0][1]')", INDEX, "hidden_from_view", "without `eval`"),
    ("def f(a, b):\n    return vars(torch)['c' + 'dist'](a, b)", CDIST, "hidden_from_view", "without `vars`"),
    ("def f(a):\n    for b in a:\n        exec(b)", LOOPS, "loop_used", "for b in a"),
    ("find = getattr\ndef f(a):\n    return find(a, 'x')", LOOPS, "hidden_from_view", "`find = getattr`"),
    ("def f(x, getattr=getattr):\n    return getattr(x, 'y')", LOOPS, "hidden_from_view", "without `getattr`"),
    ("def f(x):\n    vars = x.var(dim=1)\n    return vars.sqrt()", LOOPS, "", ""),
    ("def f(net):\n    return net.eval()", LOOPS, "", ""),
    ("def f(x):\n    return torch.compile(g)(x)", LOOPS, "", ""),
    ("def f(x, func=abs):\n    return func(x)", "'func', most=0", "", ""),
    ("def f(x):\n    def func(y):\n        return y\n    return func(x)", "'func', most=0", "", ""),
    ("def f(x, func=abs):\n    return torch.func.grad(func)(x)", "'func', most=0", "name_ruled_out", "torch.func"),
    ("def f(x):\n    from torch.func import grad as func\n    return func(x)", "'func', most=0", "name_ruled_out", ""),
    (
        "def cdist(a, b):\n    from torch import cdist\n    return cdist(a, b)\nf = cdist",
        CDIST,
        "name_ruled_out",
        "import cdist",
    ),
    (
        "def f(a, b):\n    from torch import cdist as far\n    return far(a, b)",
        CDIST,
        "name_ruled_out",
        "without `cdist`",
    ),
    (
        "from torch import cdist as far\ndef f(a, b):\n    return far(a, b)",
        CDIST,
        "name_ruled_out",
        "`return far(a, b)`",
    ),
    ("import torch\nfar = torch.cdist\ndef f(a, b):\n    return far(a, b)", CDIST, "name_ruled_out", "far(a, b)"),
    ("import torch\ndef f(a, b, far=torch.cdist):\n    return far(a, b)", CDIST, "name_ruled_out", "far=torch.cdist"),
    (
        "import torch\nfar = torch.cdist\nfar(torch.ones(1, 1), torch.ones(1, 1))\ndef f(a):\n    return a",
        CDIST,
        "",
        "",
    ),
    ("async def g(x):\n    for row in x: pass\n\ndef f(x):\n    return g(x)", LOOPS, "loop_used", "for row in x"),
    ("async def f(x):\n    async for row in x: pass", LOOPS, "loop_used", "async for row in x"),
    ("import builtins\ndef f(a):\n    return builtins.getattr(a, 'x')", LOOPS, "hidden_from_view", "without `getattr`"),
    (
        "from builtins import getattr as find\ndef f(a):\n    return find(a, 'x')",
        LOOPS,
        "hidden_from_view",
        "`getattr`",
    ),
    ("from operator import methodcaller\ndef f(a):\n    return methodcaller('x')(a)", LOOPS, "hidden_from_view", ""),
    ("import torch\ndef f(a):\n    return torch.__dict__['x'](a)", LOOPS, "hidden_from_view", "without `__dict__`"),
]


def session() -> Session:
    fresh = Session()
    assert (
        fresh.run(kit_cell(["check, expect_uses, source_of"], []) + "\nWORDS['wrong_value'] = 'expected'", "kit")
        is None
    )
    return fresh


def told(lesson: Session, use: str) -> BaseException | None:
    return lesson.run(f'with check("f"):\n    {use}', "test")


@pytest.mark.parametrize(("answer", "rule", "mistake", "words"), RULES)
def test_a_rule_is_held_against_the_functions_of_the_cell(answer: str, rule: str, mistake: str, words: str) -> None:
    lesson = session()
    lesson.run(answer.removeprefix("%time 1\n"), "answer")  # a session is plain Python, a kernel is not
    text = "source_of('f')" if "%" not in answer else repr(answer)

    error = told(lesson, f"expect_uses({text}, {rule})")

    assert getattr(error, "mistake", "") == mistake, error
    assert words in str(error or "")


def test_the_text_is_that_of_the_whole_cell_as_it_was_run_last() -> None:
    lesson = session()
    lesson.run("def f(x):\n    return 1", "first")
    second = "# mine\ndef f(x):\n    return 2\n\nf(3)"
    lesson.run(second, "second")

    assert told(lesson, f"assert source_of('f') == {second!r}") is None


def test_the_text_of_a_decorated_answer_is_the_answers_own() -> None:
    lesson = session()
    lesson.run("import torch", "imports")
    lesson.run("@torch.no_grad()\ndef f(x):\n    return x", "answer")

    assert told(lesson, "assert source_of('f').startswith('@torch.no_grad()')") is None


def test_an_answer_that_is_not_there_is_not_attempted() -> None:
    assert getattr(told(session(), "source_of('f')"), "mistake", "") == "not_defined"


def test_the_rule_is_asked_by_name_so_that_no_function_can_speak_for_itself() -> None:
    lesson = session()
    lesson.run("def f(x):\n    return x", "answer")

    assert "there is no `<function f" in str(told(lesson, "source_of(f)"))
