"""How far a learner is in the course, by the notebooks as they were last saved. Nothing leaves this machine.

`course build` copies this into the index of the lessons, which travels alone: it uses the standard library only.
"""

import json
import re
from pathlib import Path


def report(folder: Path) -> str:
    """A line for each lesson in `folder`, where lessons lie as NAME/NAME.ipynb, and one for all of them."""
    lessons = {path.stem: exercises(path) for path in sorted(folder.glob("*/*.ipynb")) if path.parent.name == path.stem}
    done = {name: sum(sign == "✓" for sign in signs.values()) for name, signs in lessons.items()}
    width = max(map(len, lessons), default=0)
    lines = [f"{name:<{width}}  {told(done[name], list(signs.values()))}" for name, signs in lessons.items()]
    whole = f"{sum(done.values())} of {sum(map(len, lessons.values()))} exercises"
    return "\n".join([*lines, f"{'together':<{width}}  {whole}, as the notebooks were last saved"])


def told(done: int, signs: list[str]) -> str:
    """One lesson in words: a bar, how many of its exercises are done, how many of the others are wrong."""
    many, wrong = len(signs), signs.count("✗")
    bar = "■" * (10 * done // max(many, 1))
    words = f"{bar:□<10} {done:2} of {many} exercises"
    if not any(signs):
        return f"{words}, not begun" if many else "cannot be read"
    return words + f", {wrong} not right yet" * bool(wrong) + ", done" * (done == many)


def exercises(path: Path) -> dict[str, str]:
    """Each exercise of a saved notebook, and the sign that its check left: ✓ ✗ ○, or nothing where it has not run."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        names = [str(each["id"]) for each in notebook["metadata"]["course"]["exercises"]]
        checks = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in notebook["cells"]}
        return {name: sign(name, checks.get(f"{name}-check") or checks.get(f"{name}-predict") or {}) for name in names}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def sign(name: str, cell: dict) -> str:  # type: ignore[type-arg]
    """What the outputs of an exercise's check begin with."""
    found = re.search(rf"([✓✗○]) {re.escape(name)}\b", json.dumps(cell.get("outputs", []), ensure_ascii=False))
    return found[1] if found else ""
