"""Make `data/pendulum.csv`, the table that lesson 05 reads.

    python data/make_pendulum.py

Nobody swung a pendulum: the numbers are computed. A pendulum of length L takes 2π√(L/g) for one swing, to and fro
(Huygens, Horologium oscillatorium, 1673); the stopwatch is off by a few tenths of a second; one reading is missing. The
seed is fixed, so the same file comes out each time. The lesson carries the same text, and tests/test_data.py holds
file, script and lesson against each other.
"""

from __future__ import annotations

import math
import random
from pathlib import Path

TARGET = Path(__file__).resolve().parent / "pendulum.csv"
G = 9.81  # m/s²
STOPWATCH = 0.25  # s, the standard deviation of a reading
MISSING = 4  # the row whose reading is lost


def table() -> str:
    """The file's text: a header, then a row for each length."""
    noise = random.Random(5)
    lines = ["length_m,swings,seconds"]
    for row, length in enumerate(range(20, 165, 15)):
        swings = 20 if length < 100 else 10
        seconds = swings * 2 * math.pi * math.sqrt(length / 100 / G) + noise.gauss(0, STOPWATCH)
        lines.append(f"{length / 100:.2f},{swings},{'' if row == MISSING else f'{seconds:.2f}'}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(table(), encoding="utf-8", newline="\n")
