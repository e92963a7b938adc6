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


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"student": "s001"}'])
def test_a_damaged_verdict_is_none_at_all(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path)
    store.put(VERDICT)
    store.path("s001", "01_tensors").write_text(text)
    assert store.get("s001", "01_tensors") is None
    assert list(store.all()) == []


def test_a_store_that_nobody_wrote_to_is_empty(tmp_path: Path) -> None:
    assert Store(tmp_path).get("s001", "01_tensors") is None
    assert list(Store(tmp_path).all()) == []
