"""./course, for real: real environments and a real pip, but a course that depends on nothing or on one tiny package.

Each test has a folder with the bootstrap as it is, a package that prints what it was given, and a wheel made here.
"""

from __future__ import annotations

import ast
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

BOOTSTRAP = Path(__file__).resolve().parent.parent / "course"
MAIN = """
import json, os, sys
import {imports}
print(json.dumps([sys.argv[1:], sys.prefix, os.environ.get("PYTHONPATH")]))
sys.exit(7)
"""
pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals, symlinks and modes as POSIX has them")


def make_wheel(folder: Path, name: str, version: str) -> None:
    """A wheel of one module, `name`, that knows its version."""
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", f"version = {version!r}\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def make_course(root: Path, needs: str = "pebble", pins: str = "pebble==1.0", imports: str = "pebble") -> Path:
    """A course in `root` that needs `needs`; the wheels that exist lie in its folder `wheels`."""
    (root / "autograder").mkdir(parents=True)
    shutil.copy(BOOTSTRAP, root / "course")
    (root / "autograder" / "__init__.py").touch()
    (root / "autograder" / "__main__.py").write_text(MAIN.format(imports=imports))
    extra = '[project.optional-dependencies]\ntest = ["gravel"]\n'
    (root / "pyproject.toml").write_text(f"[project]\ndependencies = {json.dumps(needs.split())}\n{extra}")
    (root / "constraints.txt").write_text(pins + "\n")
    (root / "wheels").mkdir()
    for name, version in [("pebble", "1.0"), ("pebble", "2.0"), ("gravel", "1.0")]:
        make_wheel(root / "wheels", name, version)
    return root


def environment(root: Path, **more: str) -> dict[str, str]:
    """The environment of a user whose pip knows only the course's own wheels."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "VIRTUAL_ENV"))}
    wheels = (root / "wheels").as_uri()  # pip splits this variable at spaces
    return kept | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheels, "PIP_CONFIG_FILE": os.devnull} | more


def course(
    root: Path, *arguments: str, start: list[str] | None = None, **more: object
) -> subprocess.CompletedProcess[str]:
    """Run ./course of `root` with this Python; `start` is another way to start it."""
    command = [*(start or [sys.executable, str(root / "course")]), *arguments]
    env = environment(root, **more.pop("env", {}))  # type: ignore[arg-type]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, **more)  # type: ignore[call-overload,no-any-return]


def in_disguise(root: Path, lines: str) -> list[str]:
    """Start ./course in a Python in which `lines` ran before."""
    script = str(root / "course")
    return [
        sys.executable,
        "-c",
        f"import runpy, sys; {lines}; sys.argv[0] = {script!r}; runpy.run_path({script!r}, run_name='__main__')",
    ]


def handed_over(done: subprocess.CompletedProcess[str]) -> list[object]:
    """What the package got: arguments, prefix, PYTHONPATH. Its exit status, 7, is the whole command's."""
    assert done.returncode == 7, done.stderr
    result: list[object] = json.loads(done.stdout)
    return result


def version_of(root: Path, name: str) -> str:
    """The version of `name` in the course's environment, "" where it is not there."""
    asked = f"import {name}; print({name}.version)"
    return subprocess.run([root / ".venv/bin/python", "-Ic", asked], capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A course in a path with a space and an umlaut, and what its first run printed."""
    root = make_course(tmp_path_factory.mktemp("made") / "a path with ü")
    return root, course(root, "grade", "--out", "a b", "")


@pytest.fixture
def made(first_run: tuple[Path, subprocess.CompletedProcess[str]]) -> Path:
    """A course that is set up. Tests share it and leave it as it is."""
    return first_run[0]


@pytest.fixture
def moved(made: Path, tmp_path: Path) -> Path:
    """A copy of it, which has its environment from elsewhere."""
    return Path(shutil.copytree(made, tmp_path / "course ß", symlinks=True))


@pytest.fixture
def changeable(moved: Path, made: Path) -> Path:
    """A copy whose stamp says that it was made where it is; this spares each test the 4 seconds of making it."""
    stamp = moved / ".venv" / "course-stamp"
    stamp.write_text(stamp.read_text().replace(ascii(str(made / ".venv")), ascii(str(moved / ".venv"))))
    done = course(moved)
    assert (done.returncode, done.stderr) == (7, "")
    return moved


def test_it_parses_on_python_3_6() -> None:
    ast.parse(BOOTSTRAP.read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.slow
def test_the_first_run_sets_up_and_hands_over_arguments_and_exit_status(
    first_run: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    root, done = first_run
    assert handed_over(done)[:2] == [["grade", "--out", "a b", ""], str(root / ".venv")]
    assert (root / ".venv/bin/course").samefile(root / "course")
    assert done.stderr.startswith(f"course: setting up {root}") and done.stderr.endswith("course: ready\n")
    assert version_of(root, "pebble") == "1.0"


@pytest.mark.slow
def test_the_second_run_starts_no_pip_and_says_nothing(made: Path) -> None:
    packages = next(made.glob(".venv/lib/*/site-packages"))
    (packages / "pip").rename(packages / "no_pip")
    try:
        done = course(made, "lab")
    finally:
        (packages / "no_pip").rename(packages / "pip")
    assert handed_over(done)[0] == ["lab"]
    assert done.stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_it_works_through_a_symlink_and_from_another_folder(made: Path, tmp_path: Path, locale: str) -> None:
    (tmp_path / "link").symlink_to(made / "course")
    done = course(made, "lab", start=[str(tmp_path / "link")], cwd=tmp_path, env={"LC_ALL": locale})
    assert handed_over(done)[:2] == [["lab"], str(made / ".venv")]


@pytest.mark.slow
def test_a_module_in_the_current_folder_is_not_taken_for_a_package(made: Path, tmp_path: Path) -> None:
    (tmp_path / "pebble.py").write_text("raise SystemExit('the wrong pebble')")
    (tmp_path / "autograder.py").write_text("raise SystemExit('the wrong autograder')")
    handed_over(course(made, cwd=tmp_path))


@pytest.mark.slow
def test_another_environment_that_is_active_does_not_matter(made: Path, tmp_path: Path) -> None:
    (tmp_path / "autograder.py").write_text("raise SystemExit('the wrong autograder')")
    env = {"PYTHONPATH": str(tmp_path), "VIRTUAL_ENV": str(tmp_path)}
    assert handed_over(course(made, env=env)) == [[], str(made / ".venv"), None]


@pytest.mark.slow
def test_it_can_be_started_from_inside_its_own_environment_and_remake_it(changeable: Path) -> None:
    (changeable / ".venv/course-stamp").unlink()
    done = course(changeable, "lab", start=[str(changeable / ".venv/bin/python"), str(changeable / "course")])
    assert handed_over(done)[1] == str(changeable / ".venv")


@pytest.mark.slow
def test_changed_constraints_and_a_changed_pyproject_are_installed(changeable: Path) -> None:
    (changeable / "constraints.txt").write_text("pebble==2.0\n")
    handed_over(course(changeable))
    assert version_of(changeable, "pebble") == "2.0"

    text = (changeable / "pyproject.toml").read_text()
    (changeable / "pyproject.toml").write_text(text.replace('"pebble"', '"pebble", "gravel"'))
    done = course(changeable)
    handed_over(done)
    assert version_of(changeable, "gravel") == "1.0"
    assert "up to date" in done.stderr


@pytest.mark.slow
def test_what_tests_need_is_installed_for_tests_and_then_kept(changeable: Path) -> None:
    assert version_of(changeable, "gravel") == ""
    handed_over(course(changeable, "test"))
    assert version_of(changeable, "gravel") == "1.0"
    assert course(changeable, "lab").stderr == ""


@pytest.mark.slow
def test_an_environment_without_its_interpreter_is_made_anew(changeable: Path) -> None:
    (changeable / ".venv/bin/python").unlink()
    (changeable / ".venv/bin/python").symlink_to("/nowhere/python")
    assert handed_over(course(changeable))[1] == str(changeable / ".venv")
    assert version_of(changeable, "pebble") == "1.0"


@pytest.mark.slow
def test_an_environment_that_was_moved_or_copied_is_made_anew(moved: Path) -> None:
    done = course(moved)
    assert handed_over(done)[1] == str(moved / ".venv")
    assert f"setting up {moved}" in done.stderr


@pytest.mark.slow
def test_an_environment_behind_a_link_is_left_as_it_is(made: Path, tmp_path: Path) -> None:
    root = make_course(tmp_path / "other")
    (root / ".venv").symlink_to(made / ".venv")

    run = course(root)

    assert run.returncode == 1
    assert f"{root / '.venv'} is a link" in run.stderr
    assert "Remove the link" in run.stderr
    assert course(made).returncode == 7
    assert (root / ".venv").is_symlink()


def test_an_interrupted_install_says_so_and_is_repaired_by_the_next_run(tmp_path: Path) -> None:
    root = make_course(tmp_path / "course")
    with subprocess.Popen(
        [sys.executable, root / "course"],
        env=environment(root),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        while not (root / ".venv/bin/python").exists():
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal sends it
        _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert said.splitlines()[-1] == "course: stopped; run the same again to go on"
    handed_over(course(root))
    assert version_of(root, "pebble") == "1.0"


@pytest.mark.slow
def test_an_install_cut_short_while_packages_are_copied_is_made_anew(changeable: Path) -> None:
    """pip alone would take the package for complete: what describes it is there."""
    (changeable / "constraints.txt").write_text("pebble==2.0\n")
    slow = f"import pathlib, time; pathlib.Path({str(changeable / 'copying')!r}).touch(); time.sleep(60)"
    packages = next(changeable.glob(".venv/lib/*/site-packages"))
    installer = packages / "pip/_internal/operations/install/wheel.py"
    installer.write_text(installer.read_text() + f"\n\ndef install_wheel(*args, **kwargs):\n    {slow}\n")
    with subprocess.Popen([sys.executable, changeable / "course"], env=environment(changeable)) as running:
        while not (changeable / "copying").exists():
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
    assert running.returncode == 130
    done = course(changeable)
    handed_over(done)
    assert "setting up" in done.stderr and version_of(changeable, "pebble") == "2.0"


@pytest.mark.slow
def test_of_two_at_once_one_sets_up_and_the_other_waits(tmp_path: Path) -> None:
    root = make_course(tmp_path / "course")
    command = [sys.executable, root / "course", "lab"]
    both = [
        subprocess.Popen(command, env=environment(root), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [running.communicate(timeout=60)[1] for running in both]
    assert [running.returncode for running in both] == [7, 7]
    assert sorted(said)[0].startswith("course: setting up")
    assert sorted(said)[1] == "course: waiting, another ./course is setting up\n"


def test_an_old_python_is_told_what_is_needed(tmp_path: Path) -> None:
    root = make_course(tmp_path)
    start = in_disguise(root, "sys.version_info = (3, 9, 2, 'final', 0)")
    done = course(root, start=start, env={"PATH": str(tmp_path)})
    assert done.returncode == 1
    assert "Python 3.11 or later is needed" in done.stderr and "is 3.9." in done.stderr
    assert len(done.stderr.splitlines()) <= 3


@pytest.mark.slow
def test_an_old_python_starts_a_later_one_that_is_on_the_path(changeable: Path, tmp_path: Path) -> None:
    (changeable / "constraints.txt").write_text("pebble==2.0\n")
    broken, good = tmp_path / "python3.11", tmp_path / "python3.12"
    broken.write_text("#!/bin/sh\necho 'not installed' >&2; exit 127\n")
    good.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    for each in (broken, good):
        each.chmod(0o755)
    start = in_disguise(changeable, "sys.version_info = (3, 9, 2, 'final', 0)")
    done = course(changeable, "a", "b c", start=start, env={"PATH": f"{tmp_path}:/bin:/usr/bin"})
    assert handed_over(done)[0] == ["a", "b c"]
    assert "not installed" not in done.stderr


def test_a_python_without_venv_is_told_the_package(tmp_path: Path) -> None:
    root = make_course(tmp_path)
    done = course(root, start=in_disguise(root, "sys.modules['ensurepip'] = None"))
    assert done.returncode == 1
    assert "sudo apt install python3-venv" in done.stderr
    assert len(done.stderr.splitlines()) <= 3


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    root = make_course(tmp_path / "course")
    root.chmod(0o555)
    done = course(root, preexec_fn=heed_file_modes)
    root.chmod(0o755)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr and str(root / ".venv.lock") in done.stderr
    assert len(done.stderr.splitlines()) <= 3


def heed_file_modes() -> None:
    """Give up root's right to write everywhere, where the tests run as root."""
    if os.geteuid() == 0:
        drop_capability, may_override_modes = 24, 1
        ctypes.CDLL(None).prctl(drop_capability, may_override_modes, 0, 0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [2, 40])
def test_a_full_disk_is_said(tmp_path: Path, megabytes: int) -> None:
    """Full while venv works, and full while pip does: on a file system of that size, with a package that is larger."""
    root = make_course(tmp_path / "course", needs="boulder")
    make_wheel(root / "wheels", "boulder", "1.0")
    with zipfile.ZipFile(root / "wheels/boulder-1.0-py3-none-any.whl", "a", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("boulder_data.bin", bytes(60 << 20))
    (root / "disk").mkdir()
    mount = f"mount -t tmpfs -o size={megabytes}m none disk && cp -r course autograder *.t* disk"
    script = mount + ' && exec "$1" disk/course'
    done = course(root, start=["unshare", "-rm", "sh", "-c", script, "sh", sys.executable], cwd=root)
    if "mount:" in done.stderr or "unshare:" in done.stderr:
        pytest.skip("no file system may be mounted here")
    assert done.returncode == 1
    assert "the disk is full, or your quota" in done.stderr and "No space left on device" in done.stderr


@pytest.mark.slow
def test_packages_that_cannot_be_fetched_are_said_and_the_next_run_goes_on(changeable: Path) -> None:
    text = (changeable / "pyproject.toml").read_text()
    (changeable / "pyproject.toml").write_text(text.replace('"pebble"', '"pebble", "unobtainium"'))
    done = course(changeable)
    assert done.returncode == 1
    assert "could not be fetched" in done.stderr and "unobtainium" in done.stderr
    assert (changeable / ".venv/course-stamp").exists()  # nothing was touched
    make_wheel(changeable / "wheels", "unobtainium", "1.0")
    handed_over(course(changeable))


@pytest.mark.slow
def test_a_dead_network_is_said(changeable: Path) -> None:
    (changeable / "constraints.txt").write_text("pebble==2.0\n")
    dead = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9", "PIP_FIND_LINKS": "", "PIP_RETRIES": "1"}
    done = course(changeable, env=dead)
    assert done.returncode == 1
    assert "Is the network up?" in done.stderr


@pytest.mark.slow
def test_any_other_failure_shows_the_last_words_of_pip(changeable: Path) -> None:
    (changeable / "constraints.txt").write_text("pebble==1.0\npebble==2.0\n")
    done = course(changeable)
    assert done.returncode == 1
    assert "setting up failed; pip said:" in done.stderr and "conflict" in done.stderr


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: Could not install packages due to an OSError: [Errno 122] Disk quota exceeded: 'x'", "or your quota"),
        (
            "OSError: [Errno 28] No space left on device\nWARNING: Retrying after connection broken by 'x'",
            "the disk is full",
        ),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(...)'",
            "Is the network up?",
        ),
        (
            "ERROR: Could not find a version that satisfies the requirement torch (from versions: none)",
            "Is the network up?",
        ),
        ("pip._vendor.urllib3.exceptions.ReadTimeoutError: Read timed out.", "Is the network up?"),
        ("socket.gaierror: [Errno -3] Temporary failure in name resolution", "Is the network up?"),
        ("ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: 'x'", "cannot be written"),
        ("ERROR: Cannot install pebble because of conflicting dependencies.", "pip said:"),
    ],
)
def test_what_pip_says_is_put_in_other_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str, cause: str
) -> None:
    import runpy

    with pytest.raises(SystemExit):
        runpy.run_path(str(BOOTSTRAP))["stop"]("pip said:", words)
    assert cause in capsys.readouterr().err
