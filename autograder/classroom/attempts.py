"""How often the grader ended while it graded a hand-in: OUT/attempts/HASH, from before it begins until it is done.

Such a file left over tells that a run was killed, maybe by the hand-in itself. A suspect is graded last and alone, so
that its neighbours do not die with it; after the second time it is set aside, and its file stays to keep it so.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from autograder.classroom.intake import HandIn
from autograder.files import write_whole

MOST = 2


class Attempts:
    """Counts by hand-in: the same student handing in something else begins at none."""

    def __init__(self, out: Path) -> None:
        self.folder = out / "attempts"
        self.before: dict[Path, int] = {}  # of what has begun and is not done

    def ended(self, row: HandIn) -> int:
        """How often grading it has begun and not come to an end."""
        try:
            return int(self._path(row).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    def spent(self, row: HandIn) -> bool:
        """It is to be set aside."""
        return self.ended(row) >= MOST

    def begin(self, row: HandIn) -> None:
        """Counted before it begins: whoever is killed cannot count."""
        path, count = self._path(row), self.ended(row)
        self.before[path] = count
        write_whole(path, str(count + 1))

    def done(self, row: HandIn) -> None:
        """It came to an end, or shall have a new chance."""
        path = self._path(row)
        self.before.pop(path, None)
        path.unlink(missing_ok=True)

    def crashed(self, row: HandIn) -> None:
        """It ended the judge, not this process: the count stands."""
        self.before.pop(self._path(row), None)

    def stopped(self) -> None:
        """The run ends by somebody's wish: what was under way is no worse a suspect than before."""
        for path, count in self.before.items():
            if count:
                write_whole(path, str(count))
            else:
                path.unlink(missing_ok=True)
        self.before.clear()

    def _path(self, row: HandIn) -> Path:
        content = row.content if isinstance(row.content, bytes) else row.content.cause.encode()
        name = hashlib.sha256(f"{row.lesson}\0{row.student}\0".encode() + content)
        return self.folder / name.hexdigest()
