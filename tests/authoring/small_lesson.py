"""A lesson of one exercise, a bank for it, and the course around them."""

from __future__ import annotations

from pathlib import Path

from autograder.course import Course, Lesson, Limits

SOURCE = """\
# %% [markdown]
# # 01 · Doubles
#
# ## 1 · Twice as much

# %%
import torch

# %% [markdown]
# ### 1.1 · Twice
# *3 points · about 2 minutes*
#
# Return twice `x`. For example 2.0 gives 4.0.
#
# <details><summary>Hint 1</summary>Times two.</details>
# <details><summary>Hint 2</summary><code>2 * x</code></details>

# %% solution="twice"
def twice(x):
    ### BEGIN SOLUTION
    return x + x + 0 * x.abs()
    ### END SOLUTION

# %% check="twice" points=1
with check("twice"):
    expect(twice(torch.tensor([2.0, 2.0])), [4.0, 4.0], mistakes={"swapped": [1.0, 1.0]})

# %% hidden="twice" points=2 checks="negative numbers"
with check("twice"):
    for device in devices():
        x = torch.tensor([-1.0, 3.0, 0.5], device=device)
        expect(twice(x), [-2.0, 6.0, 1.0], device=device, mistakes={"sizes_hard_coded": [4.0, 4.0]})
"""

BANK = """\
from autograder.authoring.bank import right, wrong


@right("twice")
def twice(x):
    return 2 * x


@right("twice")
def twice(x):
    return torch.add(x, x)


@wrong("twice", mistake="swapped")
def twice(x):
    return torch.ones(2)


@wrong("twice", mistake="returned_none")
def twice(x):
    2 * x


@wrong("twice", mistake="sizes_hard_coded")
def twice(x):
    return torch.tensor([4.0, 4.0])
"""

LESSON = Lesson("01_doubles", "Doubles", 5, about="twice")


def make(root: Path, source: str = SOURCE, bank: str = BANK) -> Course:
    """A course of that one lesson, not built yet."""
    course = Course(root, "A course", "OWNER/NAME", "main", root / "graded", Limits(), (LESSON,))
    (root / "solutions").mkdir(parents=True)
    course.source(LESSON).write_text(source, encoding="utf-8")
    course.bank(LESSON).write_text(bank, encoding="utf-8")
    return course


def changed(text: str, old: str, new: str) -> str:
    """`text` with `old`, which must occur, replaced by `new`."""
    assert old in text, old
    return text.replace(old, new, 1)


def line_of(text: str, part: str) -> int:
    """The 1-based line in which `part` first stands."""
    return text[: text.index(part)].count("\n") + 1
