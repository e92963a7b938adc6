from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.cli.app import write_text
from notebooks import hand_in, submission, write

Course = Callable[..., subprocess.CompletedProcess[str]]


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on standard error of a command that was refused."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("course: ")
    return line


def nothing(tmp_path: Path) -> Path:
    return tmp_path / "nowhere"


def a_file(tmp_path: Path) -> Path:
    return write(tmp_path / "file", b"x")


def empty(tmp_path: Path) -> Path:
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def no_notebooks(tmp_path: Path) -> Path:
    write(tmp_path / "in" / "s001" / "essay.docx", b"x")
    return tmp_path / "in"


def a_class(tmp_path: Path) -> Path:
    return hand_in(tmp_path / "in", {"s001": submission()})


@pytest.mark.parametrize(
    ("folder", "options", "words"),
    [
        (nothing, [], "is missing"),
        (a_file, [], "is not a folder"),
        (empty, [], "is empty"),
        (no_notebooks, [], "holds no notebook of 00_start_here, 01_tensors"),
        (a_class, ["--lesson", "77_else"], "no lesson '77_else'"),
        (a_class, ["--lesson", "00"], "holds no notebook of 00_start_here"),
        (a_class, ["--out", "{file}/out"], "cannot be written"),
        (a_class, ["--out", "{in}/out"], "must not be changed"),
        (a_class, ["--json", "{tmp}"], "cannot be written"),
        (a_class, ["--json", "{tmp}/no/where.json"], "cannot be written"),
        (a_class, ["--json", "{in}/all.json"], "must not be changed"),
        (a_class, ["--engine", "judge", "--sandbox", "perhaps"], "no sandbox 'perhaps'; there is on and off"),
        (a_class, ["--engine", "judge", "--device", "tpu"], "no device 'tpu'; there is auto and cpu and cuda"),
        (a_class, ["--engine", "nbgrader", "--sandbox", "on"], "add --engine judge"),
        (a_class, ["--engine", "nbgrader", "--device", "cuda"], "add --engine judge"),
        (a_class, ["--engine", "magic"], "no engine 'magic'; there is judge and nbgrader"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(
    root: Path,
    tmp_path: Path,
    course_command: Course,
    folder: Callable[[Path], Path],
    options: list[str],
    words: str,
) -> None:
    graded = folder(tmp_path)
    a_file(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    names = {"tmp": tmp_path, "in": tmp_path / "in", "file": tmp_path / "file"}
    done = course_command(root, "grade", graded, *(each.format(**names) for each in options))
    assert words in refused(done)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_course_without_built_lessons_says_what_to_do(root: Path, tmp_path: Path, course_command: Course) -> None:
    (root / "solutions" / "01_tensors" / "01_tensors.ipynb").unlink()
    assert "course build" in refused(course_command(root, "grade", a_class(tmp_path)))
    assert not (root / "graded").exists()


def test_without_a_sample_class_that_is_said(root: Path, course_command: Course) -> None:
    assert "sample_class is missing" in refused(course_command(root, "grade"))


def test_json_on_standard_output_stands_there_alone(root: Path, tmp_path: Path, course_command: Course) -> None:
    folder = hand_in(tmp_path / "in", {"s001": b""})
    done = course_command(root, "grade", folder, "--json", "-")
    assert done.returncode == 0
    assert json.loads(done.stdout)["verdicts"][0]["cause"] == "the file is empty"
    assert "1 submission: 1 unreadable" in done.stderr


def test_results_go_where_they_are_wanted(root: Path, tmp_path: Path, course_command: Course) -> None:
    folder = hand_in(tmp_path / "in", {"s001": b""})
    done = course_command(root, "grade", folder, "--out", tmp_path / "res ults", "--json", tmp_path / "all.json")
    assert done.returncode == 0, done.stderr
    for name in ("grades.csv", "gradebook.db", "feedback/s001.html", "verdicts/01_tensors/s001.json"):
        assert (tmp_path / "res ults" / name).is_file()
    assert json.loads((tmp_path / "all.json").read_text())["statuses"] == {"unreadable": 1}
    assert not (root / "graded").exists()


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_what_json_goes_to_stays_what_it_is(tmp_path: Path, kind: str) -> None:
    """Run by root, `--json /dev/null` would have made a file of it."""
    target, file = tmp_path / "target", write(tmp_path / "file", b"")
    reader = 0
    if kind == "pipe":
        os.mkfifo(target)
        reader = os.open(target, os.O_RDONLY | os.O_NONBLOCK)
    else:
        target.symlink_to(file)
    write_text(str(target), "{}")
    assert (os.read(reader, 10) if reader else file.read_bytes()) == b"{}"
    assert target.is_fifo() if reader else target.is_symlink()


def test_what_the_system_refuses_is_one_line(root: Path, course_command: Course) -> None:
    assert "File name too long" in refused(course_command(root, "grade", "a" * 300))


def test_a_terminal_without_our_signs_gets_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    done = subprocess.run([sys.executable, "-m", "autograder", "status"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"together" in done.stdout


def test_a_later_run_adds_to_the_results_and_says_so(root: Path, tmp_path: Path, course_command: Course) -> None:
    folder = hand_in(tmp_path / "in", {"s001": b""})
    hand_in(folder, {"s001": b"", "s002": b""}, "00_start_here")
    course_command(root, "grade", folder, "--lesson", "00")
    done = course_command(root, "grade", folder, "--lesson", "01")
    assert "2 rows from earlier runs" in done.stdout
    assert len((root / "graded" / "grades.csv").read_text().splitlines()) == 4
    assert "Start here" in (root / "graded" / "feedback" / "s001.html").read_text()


def test_help_imports_nothing_that_takes_long_and_shows_examples() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "autograder", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "autograder.cli" in imported
    assert not imported & {"torch", "numpy", "nbformat", "nbgrader", "IPython", "sqlalchemy", "matplotlib"}
    for name in ("lab", "grade", "test"):
        assert name in done.stdout
        each = subprocess.run([sys.executable, "-m", "autograder", name, "--help"], capture_output=True, text=True)
        assert "Examples" in each.stdout


def test_help_imports_nothing_slow() -> None:
    code = (
        "import sys, autograder.cli; print([each for each in ('torch', 'nbgrader', 'nbformat') if each in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_grade_commands_help_says_that_there_is_no_sandbox() -> None:
    command = [sys.executable, "-m", "autograder", "grade", "--help"]
    assert "no sandbox" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_lab_opens_the_notebooks_and_passes_its_arguments_on(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    from autograder import cli, course, lab

    started: list[tuple[Path, list[str]]] = []
    (root / "notebooks").mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    monkeypatch.setattr(course, "find_root", lambda: root)
    monkeypatch.setattr(lab.os, "execv", lambda program, arguments: started.append((Path.cwd(), arguments)))
    monkeypatch.setattr(lab.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "argv", ["course", "lab", "--no-browser", "--port", "8899"])
    with pytest.raises(SystemExit):
        cli.main()
    command = [sys.executable, "-P", "-m", "jupyterlab", "--no-browser", "--port", "8899"]
    assert started == [(root / "notebooks", command)]
    first, *others = map(Path, os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep))
    assert (first / "labconfig" / "page_config.json").is_file()
    assert others == [Path("mine")]


def test_lab_without_notebooks_says_what_to_do(root: Path, course_command: Course) -> None:
    assert "course build" in refused(course_command(root, "lab"))
