"""Line 18 of THREATS.md: links, devices and names in a folder of hand-ins. What is planted outside is never read."""

from __future__ import annotations

import io
import os
import socket
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.classroom.intake import Intake, read_folder
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
    unix_socket, folder, sparse, zip_bomb, linked_time,
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
    start = time.monotonic()
    intake = read_folder(inside, [LESSON])
    assert time.monotonic() - start < 2
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
