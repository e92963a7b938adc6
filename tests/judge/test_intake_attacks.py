"""Line 18 of THREATS.md: links, devices and names in a folder of hand-ins. What is planted outside is never read."""

from __future__ import annotations

import io
import os
import socket
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.classroom.intake import Ambiguous, Intake, read_folder
from autograder.classroom.reading import MAX_BYTES, Unreadable, read_notebook
from notebooks import hand_in, submission, write

LESSON = "01_tensors"
SECRET = "canary-of-the-folder-above"


def link(place: Path, secret: Path) -> None:
    place.symlink_to(secret)


def link_by_steps(place: Path, secret: Path) -> None:
    (place.parent / "a").symlink_to("../../..")
    place.symlink_to(Path("a") / secret.name)


def link_to_itself(place: Path, secret: Path) -> None:
    place.symlink_to(place.name)


def climbing_link(place: Path, secret: Path) -> None:
    place.symlink_to(Path("..") / ".." / secret.name)


def link_to_no_name(place: Path, secret: Path) -> None:
    place.symlink_to("a" * 300)


def folder_that_links_to_no_name(place: Path, secret: Path) -> None:
    place.with_suffix("").symlink_to("a" * 300)


def time_that_links_to_no_name(place: Path, secret: Path) -> None:
    write(place, b"{}")
    (place.parent / "timestamp.txt").symlink_to("a" * 300)


def link_to_memory(place: Path, secret: Path) -> None:
    place.symlink_to("/proc/self/environ")


def endless_device(place: Path, secret: Path) -> None:
    place.symlink_to("/dev/zero")


def device(place: Path, secret: Path) -> None:
    os.mknod(place, 0o20644, os.makedev(1, 5))


def hard_link(place: Path, secret: Path) -> None:
    place.hardlink_to(secret)


def pipe(place: Path, secret: Path) -> None:
    os.mkfifo(place)


def unix_socket(place: Path, secret: Path) -> None:
    here = Path.cwd()
    os.chdir(place.parent)  # a socket's whole path may have a hundred letters
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(place.name)
    finally:
        os.chdir(here)


def folder(place: Path, secret: Path) -> None:
    (place / place.name).mkdir(parents=True)


def sparse(place: Path, secret: Path) -> None:
    write(place, b"{")
    os.truncate(place, MAX_BYTES * 1000)


def zip_bomb(place: Path, secret: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../climbs.ipynb", b"0" * (50 << 20))
    write(place, packed.getvalue())


def linked_time(place: Path, secret: Path) -> None:
    write(place, b"{}")
    (place.parent / "timestamp.txt").symlink_to(secret)


KINDS: list[Callable[[Path, Path], None]] = [
    link, link_by_steps, link_to_itself, climbing_link, link_to_memory, endless_device, device, hard_link, pipe,
    unix_socket, folder, sparse, zip_bomb, linked_time, link_to_no_name, folder_that_links_to_no_name,
    time_that_links_to_no_name,
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_honest_file_costs_one_row_and_tells_nothing(
    tmp_path: Path, kind: Callable[[Path, Path], None]
) -> None:
    secret = write(tmp_path / "secret.txt", SECRET.encode())
    inside = hand_in(tmp_path / "in", {"s002": submission()}, LESSON)
    place = inside / "s001" / f"{LESSON}.ipynb"
    place.parent.mkdir()
    try:
        kind(place, secret)
    except PermissionError:
        pytest.skip("only root may make one here")
    intake = read_folder(inside, [LESSON])
    assert [row.student for row in intake.rows] == ["s001", "s002"]
    assert SECRET not in told(intake)
    assert secret.read_text() == SECRET


def told(intake: Intake) -> str:
    """All that is said of the first hand-in: why it is not read, or why what it holds is no notebook."""
    content = intake.rows[0].content  # type: ignore[union-attr]
    read = content if isinstance(content, Unreadable) else read_notebook(content)
    assert isinstance(read, Unreadable)
    return read.cause + " ".join(intake.notices)


@pytest.mark.parametrize(
    "name",
    [
        "s\\..\\s002", "a\nb", "a\rb", "a\x1b[2J\x1b]0;owned\x07", "\u202egpj.exe", "x" * 240, "-rf", "--out=x",
        "%2e%2e%2f", "$(true)", "`true`", "'; --", '"><img src=x onerror=alert(1)>', "=cmd|' -C calc'!A0", "NUL",
        "CON.ipynb", " ", "\udcff", "{{ 7 * 7 }}", "[bold red]x", "*", "~", "é" * 80,
    ],
)  # fmt: skip
def test_a_students_name_is_one_harmless_line_and_stays_apart(tmp_path: Path, name: str) -> None:
    inside = hand_in(tmp_path / "in", {name: submission(), "s002": submission()}, LESSON)
    rows = read_folder(inside, [LESSON]).rows
    shown = {row.student for row in rows}
    assert len(rows) == len(shown) == 2
    for each in shown:
        assert each.isprintable() and "/" not in each and each not in ("", ".", "..") and len(each.encode()) <= 100


@pytest.mark.parametrize("name", ["s001", "submitted", ".s001"])
def test_a_link_beside_the_students_folders_ends_nothing(tmp_path: Path, name: str) -> None:
    inside = hand_in(tmp_path / "in", {"s002": submission()}, LESSON)
    (inside / name).symlink_to("a" * 300)
    assert [row.student for row in read_folder(inside, [LESSON]).rows] == ["s002"]


@pytest.fixture
def for_anybody() -> Iterator[Path]:
    """A folder that others than its owner may enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("mode", [0o000, 0o444])
@pytest.mark.parametrize(("locked", "rows"), [("s001", ["s002"]), (f"s001/{LESSON}", ["s001", "s002"])])
def test_a_folder_that_may_not_be_read_costs_its_student_only(
    for_anybody: Path, locked: str, rows: list[str], mode: int
) -> None:
    """An archive brings its folders' modes along."""
    inside = hand_in(for_anybody / "in", {"s002": submission()}, LESSON)
    write(inside / "s001" / LESSON / f"{LESSON}.ipynb", b"{}")
    (inside / locked).chmod(mode)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # root may read any
    try:
        intake = read_folder(inside, [LESSON])
    finally:
        os.seteuid(user)
        (inside / locked).chmod(0o755)
    assert [row.student for row in intake.rows] == rows
    if "s001" in rows:
        assert intake.rows[0].content == Unreadable("it cannot be read: Permission denied")  # type: ignore[union-attr]
    else:
        assert [each for each in intake.notices if each.startswith("s001")]


def test_a_hundred_large_files_of_one_lesson_are_not_all_read(tmp_path: Path) -> None:
    inside = hand_in(tmp_path / "in", {"s002": submission()}, LESSON)
    for number in range(100):
        os.truncate(write(inside / "s001" / f"{LESSON} ({number}).ipynb", str(number).encode()), MAX_BYTES)
    tracemalloc.start()
    try:
        (row, _) = read_folder(inside, [LESSON]).rows
        assert tracemalloc.get_traced_memory()[1] < 6 * MAX_BYTES
    finally:
        tracemalloc.stop()
    assert isinstance(row, Ambiguous)
    assert "and 96 more" in row.cause
