"""What students get: a tree with the lessons, their data and an environment, and nothing that graders know.

It is made from a list of what belongs to it, not by leaving out what does not. Then every text in it is held against
every line of the solutions, the hidden tests and the answer banks; one that shows a line of them stops all.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from autograder.authoring.bank import read_bank
from autograder.authoring.build import generated, lists
from autograder.authoring.index import BEGIN, END, readme
from autograder.authoring.release import starters_of
from autograder.authoring.secrets import leaks, secret_lines
from autograder.authoring.source import read_source, solution_notebook
from autograder.course import Course, repository
from autograder.errors import CourseError, UsageError
from autograder.files import write_whole

NAMES = ("LICENSE", "README.md", "data", "environment.yml", "notebooks")
STAMP = ".published-course"
STAMPED = "Written by `course publish`, which replaces what stands beside this file.\n"
GRADER = "  # what the grader needs besides"
README = f"""\
# {{title}}

Lessons in Jupyter notebooks, from the first tensor to a network that reads digits. They are for people who write
Python, have met NumPy, and have never used PyTorch. Each exercise has a check that answers at once and says which
mistake was made. You need no GPU.

{BEGIN}
{END}

The badge opens all lessons on Binder; *Colab* and *Kaggle* open one lesson there. On a machine of your own, with conda:

```console
$ conda env create -f environment.yml
$ conda activate pytorch-course
$ jupyter lab notebooks/index.ipynb
```

Any other environment does as well that has torch, numpy, matplotlib, scikit-learn and JupyterLab; a lesson needs no
other file than itself. Work from top to bottom: read, run, write your answer where it says `# YOUR CODE HERE`, run the
check. **○** means not attempted, **✗** not right yet, **✓** right. Save, and hand in the lesson's `.ipynb` file.

Code under MIT, lessons and prose under CC BY 4.0: see [LICENSE](LICENSE).
"""


class LeakError(CourseError):
    """Something that students must not see would have been published. Nothing was written."""


def publish(course: Course, folder: Path, repository_name: str = "", branch: str = "") -> list[Path]:
    """Write the students' tree into `folder`, and say which files it has.

    Args:
        folder: new, empty, or written by this before; in the last case it is brought up to date. Its hidden files, a
            `.git` above all, stay.
        repository_name: where the tree will be on GitHub, "OWNER/NAME"; course.toml's if empty.
        branch: the branch there; course.toml's if empty.

    Raises:
        UsageError: `folder` holds something else, or the name is not one of a repository.
        LeakError: a file would show a line of a solution, a hidden test or an answer bank.
    """
    try:
        named = replace(course, repository=repository(repository_name or course.repository))
    except ValueError as error:
        raise UsageError(str(error)) from None
    check_folder(course, folder)
    texts = tree(replace(named, branch=branch or course.branch))
    check_secrets(course, texts)
    write(folder, texts)
    return [folder / name for name in sorted(texts)]


def tree(course: Course) -> dict[str, str]:
    """The texts of the students' tree, by their places in it."""
    made = lists(course)
    for lesson in course.lessons:
        made |= {path: text for path, text in generated(course, lesson).items() if path == course.notebook(lesson)}
    texts = {path.relative_to(course.root).as_posix(): text for path, text in made.items()}
    texts["README.md"] = readme(course, README.format(title=course.title))
    texts["LICENSE"] = (course.root / "LICENSE").read_text(encoding="utf-8")
    texts["environment.yml"] = environment((course.root / "environment.yml").read_text(encoding="utf-8"))
    for path in sorted((course.root / "data").glob("*.csv")):
        for each in (path, path.with_name(f"make_{path.stem}.py")):
            texts[f"data/{each.name}"] = each.read_text(encoding="utf-8")
    about = (course.root / "data" / "README.md").read_text(encoding="utf-8").partition("\n## The sample class")[0]
    texts["data/README.md"] = "".join(line for line in about.splitlines(True) if "sample_class" not in line)
    return texts


def environment(text: str) -> str:
    """The students' part of environment.yml: without the remarks at its head, and without what the grader needs."""
    kept, mark, _ = text.partition(GRADER)
    if not mark:
        raise UsageError(f"environment.yml lacks the line {GRADER.strip()!r}, which ends the students' part")
    return "".join(line for line in kept.splitlines(True) if not line.startswith("#"))


def check_secrets(course: Course, texts: dict[str, str]) -> None:
    """Hold every text against every lesson's secrets."""
    for lesson in course.lessons:
        source = read_source(course.source(lesson))
        starters = starters_of(solution_notebook(source, lesson.name))
        secrets = secret_lines(source, starters.values(), read_bank(course.bank(lesson)))
        own = course.notebook(lesson).relative_to(course.root).as_posix()
        for name, text in texts.items():
            if name != own and name.startswith("notebooks/") and name != "notebooks/index.ipynb":
                continue  # two lessons may well have a line in common; its own secrets are looked for in each
            for leak in leaks(text, secrets):
                raise LeakError(f"{name} {leak}; nothing was written")


def check_folder(course: Course, folder: Path) -> None:
    """Refuse to write over what is not ours."""
    inside = folder.resolve()
    if inside == course.root.resolve() or course.root.resolve().is_relative_to(inside):
        raise UsageError(f"{folder} holds the course itself; name a folder of its own for what students get")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder")
    held = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    others = [name for name in held if not name.startswith(".") and (name not in NAMES or STAMP not in held)]
    if others:
        raise UsageError(f"{folder} holds {others[0]}, which course publish did not write; name an empty folder")


def write(folder: Path, texts: dict[str, str]) -> None:
    """Put the tree into the folder; what an earlier one had besides is gone."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".publishing-") as name:
        new = Path(name)
        for place, text in texts.items():
            write_whole(new / place, text)
        write_whole(folder / STAMP, STAMPED)
        for each in NAMES:
            old = folder / each
            if old.is_dir():
                shutil.rmtree(old)
            elif old.exists():
                old.unlink()
            (new / each).rename(old)
