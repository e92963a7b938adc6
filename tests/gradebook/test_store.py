from __future__ import annotations

from pathlib import Path

import pytest

from autograder.classroom.verdict import Status, Verdict
from autograder.gradebook.store import Store

VERDICT = Verdict("s001", "01_tensors", Status.GRADED, "", 5.0, 8.0)


def test_what_is_put_is_got(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(VERDICT)
    assert store.get("s001", "01_tensors") == VERDICT
    assert list(store.all()) == [VERDICT]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"student": "s001"}', "[" * 10**5])
def test_a_damaged_verdict_is_none_at_all(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path)
    store.put(VERDICT)
    store.path("s001", "01_tensors").write_text(text)
    assert store.get("s001", "01_tensors") is None
    assert list(store.all()) == []


def test_a_store_that_nobody_wrote_to_is_empty(tmp_path: Path) -> None:
    assert Store(tmp_path).get("s001", "01_tensors") is None
    assert list(Store(tmp_path).all()) == []


def test_what_was_handed_in_is_kept_once_and_whole(tmp_path: Path) -> None:
    store = Store(tmp_path)
    name = store.put_handed_in(b"x")
    assert store.put_handed_in(b"x") == name
    assert [each.read_bytes() for each in (tmp_path / "handed_in").iterdir()] == [b"x"]
    store.handed_in(name).write_bytes(b"")  # a power cut
    store.put_handed_in(b"x")
    assert store.handed_in(name).read_bytes() == b"x"


@pytest.mark.parametrize("name", ["", "..", "../" * 21 + "x", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_a_hash_that_is_none_leads_nowhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no SHA-256"):
        Store(tmp_path).handed_in(name)


def test_what_a_killed_run_had_begun_to_write_is_swept_away(tmp_path: Path) -> None:
    Store(tmp_path).put(VERDICT)
    (tmp_path / "verdicts" / "01_tensors" / ".writing-x").write_text("{")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / ".writing-home").write_text("kept: --out may be a folder with more in it")
    Store(tmp_path).sweep()
    assert (tmp_path / "theirs" / ".writing-home").exists()
    assert [each.name for each in (tmp_path / "verdicts" / "01_tensors").iterdir()] == ["s001.json"]
