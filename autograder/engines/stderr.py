"""What may be shown of a test's standard error: Python prints the line that warned, and that may be a hidden test's."""

from __future__ import annotations

import re

WARNING = re.compile(r"^.*?:\d+: (\w*Warning: .*)$", re.MULTILINE)

WITHHELD = "text on standard error"


def spoken(text: str) -> str:
    """The warnings in `text` without the lines that they came from; of anything else, only that there is something."""
    return "\n".join(dict.fromkeys(WARNING.findall(text))) or WITHHELD
