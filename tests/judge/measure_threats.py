"""Runs the corpus against plain nbgrader, or against the judge, and writes what it saw into docs/threat-model.md.

    python tests/judge/measure_threats.py nbgrader     as nbgrader comes, with its own steps; two at once, some minutes
    python tests/judge/measure_threats.py judge        our engine, in its sandbox
    python tests/judge/measure_threats.py judge 'expect redefined'      only attacks with these words in their names
    python tests/judge/measure_threats.py write        only the table again, from what was measured

What is measured is kept in tests/judge/measured.json; nbgrader is measured without the attacks that could harm the
machine they run on, and the table says so.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "judge")]

from attacks import ATTACKS, Attack  # noqa: E402
from target import LESSON, Target, around, said_by  # noqa: E402

from autograder.course import Limits  # noqa: E402
from autograder.engines.nbgrader_engine import environment  # noqa: E402
from autograder.engines.processes import MARK, end_marked  # noqa: E402
from autograder.gradebook.register import open_gradebook, register  # noqa: E402
from notebooks import write  # noqa: E402

MEASURED, PAGE = Path(__file__).parent / "measured.json", ROOT / "docs" / "threat-model.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
LIMITS = Limits(cell_seconds=3, submission_seconds=20, jobs=2)
SECONDS = 60
"""After this, nbgrader is killed, and counts as stopped. A healthy run takes five seconds for each submission."""
WITH_ANOTHER = {1, 11, 12, 17, 19, 20, 21, 22}
"""Lines whose attacks may stop a batch: there, another student's right answers are handed in with them."""

Row = dict[str, Any]


def nbgrader(attack: Attack) -> Row:
    """What plain `nbgrader autograde` does with `attack`."""
    folder = Path(tempfile.mkdtemp(prefix="threat-"))
    try:
        with around(Target(folder)) as target:
            (course := folder / "nbgrader").mkdir()
            shutil.copy(gradebook(), course / "gradebook.db")
            target.places["DATABASE"] = str(course / "gradebook.db")
            submitted = course / "submitted"
            name = f"{LESSON.name}/{LESSON.name}.ipynb"
            write(submitted / "s001" / name, attack.content(target))
            for file, text in attack.files.items():
                write(submitted / "s001" / LESSON.name / file, target.fill(text).encode())
            if attack.line in WITH_ANOTHER:
                write(submitted / "s002" / name, target.right())
            start = monotonic()
            ended, log, left = autograde(course, target)
            done = course / "autograded" / "s001" / name
            said = said_by("", done.read_bytes() if done.exists() else None)
            damage = short(target.damage(said) + left)
            target.mend()  # what it wrote outside `folder`
            return {
                "points": score(course, "s001"),
                "damage": damage,
                "stopped": not ended or (attack.line in WITH_ANOTHER and score(course, "s002") != 12),
                "graded": done.exists(),
                "seconds": round(monotonic() - start, 1),
                "log": log[-400:],
            }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def autograde(course: Path, target: Target) -> tuple[bool, str, list[str]]:
    """Whether nbgrader ended by itself, what it said, and what it left running."""
    mark = uuid4().hex
    env = {**environment(course), MARK: mark}
    del env["PYTHONPATH"]
    command = [sys.executable, "-P", "-m", "nbgrader", "autograde", LESSON.name, "--Execute.timeout=5"]
    with (target.root / "log").open("wb") as log:
        job = subprocess.Popen(command, cwd=course, env=env, stdout=log, stderr=log, start_new_session=True)
        try:
            job.wait(SECONDS)
            ended = True
        except subprocess.TimeoutExpired:
            ended = False
        left = [f"left {each} running" for each in target.orphans()]
        end_marked(mark)
        job.wait()
    return ended, (target.root / "log").read_text(errors="replace"), left


@cache
def gradebook() -> Path:
    """A gradebook that knows the lesson; it takes two seconds to make."""
    folder = Path(tempfile.mkdtemp(prefix="threat-gradebook-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with closing(open_gradebook(folder)) as book:
        register(book, Target(folder / "target").released)
    return folder / "gradebook.db"


def score(course: Path, student: str) -> float | None:
    """What nbgrader's gradebook gives `student`."""
    from nbgrader.api import MissingEntry

    with closing(open_gradebook(course)) as gradebook:
        try:
            return float(gradebook.find_submission_notebook(LESSON.name, LESSON.name, student).score)
        except (MissingEntry, TypeError):
            return None


def measure_nbgrader(attacks: list[Attack]) -> dict[str, Row]:
    """Those that are safe without a sandbox; first what must hold for honest work."""
    honest = nbgrader(Attack("honest", 0, "nothing"))
    assert (honest["points"], honest["damage"]) == (0, []), honest
    safe = [each for each in attacks if each.safe]
    with ProcessPoolExecutor(2) as pool:
        rows = {}
        for attack, row in zip(safe, pool.map(nbgrader, safe), strict=True):
            rows[attack.name] = row
            print(f"{attack.line:3} {attack.name}: {worded(row)} ({row['seconds']} s)", flush=True)
    return rows


@contextmanager
def judged() -> Iterator[Any]:
    """Grades an attack with the judge: (target, attack) -> Graded."""
    from autograder.classroom.intake import HandIn
    from autograder.judge.engine import JudgeEngine

    with around(Target(Path(tempfile.mkdtemp(prefix="threat-")))) as target:
        engine = JudgeEngine(LIMITS, [target.released])
        try:
            yield (
                target,
                lambda content: engine.grade(
                    HandIn("s001", LESSON.name, target.root / "in" / "s001" / f"{LESSON.name}.ipynb", content),
                    target.released,
                ),
            )
        finally:
            engine.close()
            shutil.rmtree(target.root, ignore_errors=True)


def measure_judge(attacks: list[Attack]) -> dict[str, Row]:
    """One after another, each followed by an honest right submission."""
    rows = {}
    with judged() as (target, grade):
        right = json.dumps(target.right()).encode()
        for attack in attacks:
            target.mend()
            for name, text in attack.files.items():
                write(target.root / "in" / "s001" / name, target.fill(text).encode())
            start = monotonic()
            graded = grade(attack.content(target))
            seconds = round(monotonic() - start, 1)
            other = grade(right).verdict.points
            rows[attack.name] = {
                "points": graded.verdict.points,
                "damage": short(target.damage(said_by(graded.verdict.dumps(), graded.notebook))),
                "stopped": other != 12,
                "graded": graded.notebook is not None,
                "seconds": seconds,
                "log": f"{graded.verdict.status}: {graded.verdict.cause}",
            }
            print(f"{attack.line:3} {attack.name}: {worded(rows[attack.name])} ({seconds} s)", flush=True)
    return rows


def short(damage: list[str]) -> list[str]:
    """What was done, without the places: they differ from machine to machine."""
    return list(dict.fromkeys(re.sub(r" \(.*\)", "", each) for each in damage))


def worded(row: Row | None) -> str:
    """What came of an attack, in the words of the table."""
    if row is None:
        return "not measured"
    found = [f"**{row['points']:g} of 12 points stolen**"] if row["points"] else []
    damage = list(row["damage"])
    got = [each.removeprefix("got ") for each in damage if each.startswith("got ")]
    found += [f"**{each}**" for each in damage if not each.startswith("got ")]
    found += [f"**got {', '.join(got)}**"] if got else []
    if row["stopped"]:
        found.append(f"**ran on after {SECONDS} s**" if row["seconds"] >= SECONDS else "**stopped the batch**")
    if found:
        return "; ".join(found)
    return "held" if row["graded"] else "held, ungraded"


def table(measured: dict[str, dict[str, Row]]) -> str:
    """The table of the page, with how often each engine held."""
    lines = ["| line | attack | after | plain nbgrader | ours |", "|---|---|---|---|---|"]
    theirs, ours = measured.get("nbgrader", {}), measured.get("judge", {})
    for attack in sorted(ATTACKS, key=lambda each: each.line):
        plain = worded(theirs.get(attack.name)) if attack.safe else "not run"
        lines.append(f"| {attack.line} | {attack.name} | {attack.gets} | {plain} | {worded(ours.get(attack.name))} |")
    return "\n".join([counted("Plain nbgrader", theirs), counted("Ours", ours), "", *lines])


def counted(name: str, rows: dict[str, Row]) -> str:
    """One line that sums up an engine."""
    if not rows:
        return f"- {name}: not measured yet."
    stolen = sum(bool(row["points"]) for row in rows.values())
    read = sum(any("hidden tests" in each for each in row["damage"]) for row in rows.values())
    held = sum(worded(row).startswith("held") for row in rows.values())
    stopped = sum(row["stopped"] for row in rows.values())
    return (
        f"- {name}: of {len(rows)} attacks, {held} held, {stolen} stole points, {read} read hidden tests, "
        f"{stopped} stopped the batch or ran on."
    )


def write_page() -> None:
    """Put the table between the page's two marks."""
    measured = json.loads(MEASURED.read_text()) if MEASURED.exists() else {}
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table(measured)}\n{END}{after}", encoding="utf-8")


def main(what: str, *names: str) -> None:
    """Measure all attacks, or those named, and write the page."""
    if what in ("nbgrader", "judge"):
        chosen = [each for each in ATTACKS if not names or any(name in each.name for name in names)]
        rows = measure_nbgrader(chosen) if what == "nbgrader" else measure_judge(chosen)
        Path(tempfile.gettempdir(), f"threats_{what}.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False))
        kept = {name: {key: value for key, value in row.items() if key != "log"} for name, row in rows.items()}
        measured = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
        known = {each.name for each in ATTACKS}
        together = {name: row for name, row in {**measured.get(what, {}), **kept}.items() if name in known}
        text = json.dumps({**measured, what: together}, indent=1, ensure_ascii=False)
        MEASURED.write_text(text + "\n", encoding="utf-8")
    write_page()


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    main(*sys.argv[1:] or ["write"])
