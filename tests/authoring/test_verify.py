"""`course verify` finds each way in which a lesson can be wrong, and says where."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_lesson import BANK, LESSON, SOURCE, changed, line_of, make

from autograder.authoring.build import build
from autograder.authoring.verify import Report, verify
from autograder.course import Course
from autograder.kit.gpu_memory import simulated

THIRD_WRONG = BANK[BANK.index('@wrong("twice", mistake="sizes') :]
LOOP = '@wrong("twice", mistake="TooSlow")\ndef twice(x):\n    while True:\n        pass\n'


def report_on(root: Path, source: str = SOURCE, bank: str = BANK) -> tuple[Course, Report]:
    course = make(root, source, bank)
    list(build(course))
    return course, verify(course, LESSON)


def test_a_good_lesson_has_no_faults(tmp_path: Path) -> None:
    _, report = report_on(tmp_path)

    assert report.faults == []
    told = [trial.actual for trial in report.trials if trial.device == "cpu"]
    assert told == [
        *("right", "not_attempted"),  # solution, starter
        *("right", "right", "swapped", "returned_none", "sizes_hard_coded"),
    ]


def test_every_answer_is_tried_on_a_gpu_too_and_torch_is_as_before_afterwards(tmp_path: Path) -> None:
    hard = BANK.replace(THIRD_WRONG, '@wrong("twice", mistake="wrong_device")\ndef twice(x):\n    return 2 * x.cpu()\n')
    _, report = report_on(tmp_path, bank=hard)

    assert report.faults == []
    assert [trial.device for trial in report.trials] == ["cpu"] * 7 + ["cuda:0"] * 7
    assert [trial.actual for trial in report.trials][6::7] == ["right", "wrong_device"]
    assert not simulated()


def test_a_right_answer_that_is_wrong_on_the_gpu_alone_is_a_fault(tmp_path: Path) -> None:
    _, report = report_on(tmp_path, bank=BANK.replace("return 2 * x\n", "return 2 * x.cpu()\n", 1))

    (fault,) = report.faults
    assert "on cuda:0: a right answer refused by the hidden test: wrong_device" in fault.message


def test_the_json_says_what_each_answer_was_told(tmp_path: Path) -> None:
    _, report = report_on(tmp_path)

    assert report.trials[4].to_json() == {
        "exercise": "twice",
        "answer": f"bank:{line_of(BANK, 'return torch.ones') - 1}",
        "device": "cpu",
        "expected": "swapped",
        "actual": "swapped",
        "test": "check",
        "message": "the right two, in the wrong order.",
    }


FAULTS = [
    # how the source and the bank change, and words of the fault
    ("right_answer_refused", (), ("return 2 * x", "return 3 * x"), "a right answer refused by the check test"),
    ("wrong_answer_accepted", (), ("return torch.ones(2)", "return 2 * x"), "accepted, and it is swapped"),
    ("told_the_wrong_thing", (), ('"swapped"', '"transposed"'), "it should be told transposed"),
    ("bad_solution", ("return x + x", "return x"), (), "this check cell raises Wrong"),
    ("starter_with_points", ("    ### BEGIN", "    return 2 * x\n    ### BEGIN"), (), "starter on cpu: accepted"),
    ("useless_hidden_test", (), (THIRD_WRONG, ""), "the hidden test 'twice' refuses no wrong answer that the visible"),
    ("too_few_wrong", (), (THIRD_WRONG, ""), "has 2 wrong answers in its bank and needs 3"),
    ("too_few_right", (), ('@right("twice")\ndef twice(x):\n    return 2 * x\n', ""), "has 1 right answers"),
    ("unknown_exercise", (), (THIRD_WRONG, THIRD_WRONG.replace("twice", "thrice")), "no exercise 'thrice'"),
    ("mistake_without_words", (), ('"swapped"', '"swoped"'), "no words for the mistake 'swoped'"),
    ("cell_that_fails", ("import torch\n", "import torch\n1 / 0\n"), (), "raises ZeroDivisionError"),
    ("error_that_fails_to_come", ("# %%\nimport", '# %% raises="TypeError"\nimport'), (), "raises nothing"),
]


@pytest.mark.parametrize(("source", "bank", "message"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS])
def test_a_fault_is_found(tmp_path: Path, source: tuple[str, ...], bank: tuple[str, ...], message: str) -> None:
    text = changed(SOURCE, *source) if source else SOURCE
    answers = changed(BANK, *bank) if bank else BANK

    course, report = report_on(tmp_path, text, answers)

    assert any(message in fault.message for fault in report.faults), report.faults
    assert all(fault.path in (course.source(LESSON), course.bank(LESSON)) for fault in report.faults)


def test_a_starter_that_one_test_lets_through_is_found(tmp_path: Path) -> None:
    _, report = report_on(tmp_path, changed(SOURCE, "    for device in devices():", "    for device in []:"))

    assert any("starter on cpu: accepted" in fault.message for fault in report.faults)


def test_an_answer_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.authoring.session.CELL_SECONDS", 0.5)

    _, report = report_on(tmp_path, bank=BANK + "\n\n" + LOOP)

    assert report.faults == []
    assert report.trials[-1].message == "ran longer than 0.5 s"


def test_a_stale_notebook_is_found(tmp_path: Path) -> None:
    course, _ = report_on(tmp_path)
    course.source(LESSON).write_text(changed(SOURCE, "# Return twice", "# Give twice"), encoding="utf-8")

    faults = verify(course, LESSON).faults

    assert [(fault.path, fault.message) for fault in faults] == [
        (path, "is not what its source gives; run ./course build")
        for path in (course.solution(LESSON), course.notebook(LESSON))
    ]


@pytest.mark.parametrize("secret", ["return x + x + 0 * x.abs()", "x = torch.tensor([-1.0, 3.0, 0.5], device=device)"])
def test_a_secret_in_the_students_notebook_is_found(tmp_path: Path, secret: str) -> None:
    course, _ = report_on(tmp_path)
    path = course.notebook(LESSON)
    leaked = path.read_text(encoding="utf-8").replace("import torch", f"import torch\\n{secret}", 1)
    path.write_text(leaked, encoding="utf-8")

    assert any("shows a line of the" in fault.message for fault in verify(course, LESSON).faults)
