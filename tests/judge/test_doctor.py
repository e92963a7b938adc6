from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autograder.judge import doctor
from autograder.judge.doctor import NAMES, Row, advice, ready, report, text


def test_the_report_has_every_layer_a_verdict_and_the_facts() -> None:
    rows = report()
    assert [row.name for row in rows] == [*NAMES.values(), "Sandbox", "System", "User", "Python", "PyTorch", "CUDA"]
    assert all(row.words for row in rows)
    assert all(row.why_not for row in rows if row.state == "no")
    assert ready(rows) == any(row.name == "Sandbox" and row.state == "yes" for row in rows)


def test_what_is_missing_stands_out_with_its_reason_and_what_to_do() -> None:
    missing = Row("Landlock", "no", "stops files", "Function not implemented", "Use a newer kernel.")
    rows = [missing, Row("Limits", "yes", "stops memory")]
    assert [line.strip() for line in text(rows).splitlines()] == [
        "MISSING  Landlock        stops files",
        "because: Function not implemented",
        "Use a newer kernel.",
        "holds    Limits          stops memory",
    ]


@pytest.mark.parametrize(
    ("name", "root", "switch", "words"),
    [
        (
            "mnt",
            False,
            ("kernel/apparmor_restrict_unprivileged_userns", "1"),
            "apparmor_restrict_unprivileged_userns=0",
        ),
        ("pid", False, ("kernel/unprivileged_userns_clone", "0"), "unprivileged_userns_clone=1"),
        ("user", True, ("user/max_user_namespaces", "0"), "max_user_namespaces=10000"),
        ("mnt", True, ("user/max_user_namespaces", "9"), "SYS_ADMIN"),
        ("net", False, ("user/max_user_namespaces", "9"), "administrator"),
        ("landlock", True, ("user/max_user_namespaces", "0"), "lsm="),
        ("seccomp", True, ("user/max_user_namespaces", "0"), "x86_64"),
        ("owner", True, ("user/max_user_namespaces", "9"), "home directory"),
    ],
)
def test_advice_fits_the_machine(tmp_path: Path, name: str, root: bool, switch: tuple[str, str], words: str) -> None:
    (tmp_path / switch[0]).parent.mkdir()
    (tmp_path / switch[0]).write_text(f"{switch[1]}\n")
    assert words in advice(name, tmp_path, root)


def test_on_another_system_there_is_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(doctor, "_torch", list)
    rows = doctor.probe()
    assert not ready(rows)
    assert "Linux" in rows[0].why_not


def test_probes_that_fail_are_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    rows = report()
    assert not ready(rows)
    assert rows[0].why_not == "the probes failed: it ended with 1"
