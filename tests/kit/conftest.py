"""What a picture's test looks at."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.kit import pictures


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """What was displayed: each output's text by its kind."""
    bundles: list[dict[str, str]] = []

    def display(bundle: dict[str, str], **options: Any) -> None:
        assert options == {"raw": True}
        bundles.append(bundle)

    monkeypatch.setattr(pictures, "display", display)
    return bundles
