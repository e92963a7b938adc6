"""A lesson whose tests look at how answers are written and at what they draw, with its bank."""

from __future__ import annotations

HINTS = """# For example see the check.
#
# <details><summary>Hint 1</summary>One.</details>
# <details><summary>Hint 2</summary>Two.</details>"""

SOURCE = f"""\
# %% [markdown]
# # 01 · Rules
#
# ## 1 · How it is written

# %%
import matplotlib.pyplot as plt
import torch

# %% [markdown]
# ### 1.1 · Totals
# *3 points · about 2 minutes*
#
# Add up each row, without a loop.
{HINTS}

# %% solution="totals"
def totals(x):
    ### BEGIN SOLUTION
    return x.sum(1)
    ### END SOLUTION

# %% check="totals" points=1
with check("totals"):
    expect(totals(torch.tensor([[1.0, 2.0]])), [3.0])

# %% hidden="totals" points=2 checks="no loop"
with check("totals"):
    expect(totals(torch.tensor([[1.0, 2.0], [3.0, 4.0]])), [3.0, 7.0])
    expect_uses(source_of("totals"), "for", "while", most=0)

# %% [markdown]
# ### 1.2 · Curve
# *3 points · about 2 minutes*
#
# Draw the numbers as a line called loss, and name the axis below epoch.
{HINTS}

# %% solution="curve"
def curve(losses):
    ### BEGIN SOLUTION
    figure, axes = plt.subplots()
    axes.plot(losses, label="loss")
    axes.set_xlabel("epoch")
    return figure
    ### END SOLUTION

# %% check="curve" points=1
with check("curve"):
    curve([3.0, 2.0])
    expect(len(figures()), 1)

# %% hidden="curve" points=2 checks="other numbers, the label, two calls"
with check("curve"):
    for losses in [[3.0, 2.0, 1.5], [0.0, -1.0]]:
        curve(losses)
        (axes,) = figures()[-1]["axes"]
        line = {{"label": "loss", "x": [float(i) for i in range(len(losses))], "y": losses}}
        expect([each["label"] for each in axes["lines"]] == ["loss"], True, mistake="swapped")
        expect(axes["lines"] == [line], True, mistake="sizes_hard_coded")
        expect(axes["xlabel"], "epoch")
"""

BANK = """\
from autograder.authoring.bank import right, wrong


@right("totals")
def totals(x):
    return torch.einsum("ij->i", x)


@right("totals")
def totals(x):
    # no loop for me
    return x @ torch.ones(x.shape[1])


@wrong("totals", mistake="loop_used")
def totals(x):
    return torch.stack([row.sum() for row in x])


@wrong("totals", mistake="loop_used")
def totals(x):
    result = torch.zeros(len(x))
    while x.numel():
        result, x = result + x[:, 0], x[:, 1:]
    return result


@wrong("totals", mistake="kept_axis")
def totals(x):
    return x.sum(1, keepdim=True)


@right("curve")
def curve(losses):
    plt.figure()
    plt.plot(losses, label="loss")
    plt.xlabel("epoch")


@right("curve")
def curve(losses):
    axes = plt.figure().add_subplot()
    axes.plot(range(len(losses)), losses, label="loss")
    axes.set(xlabel="epoch", title="Loss")
    return axes


@wrong("curve", mistake="wrong_value")
def curve(losses):
    return losses


@wrong("curve", mistake="swapped")
def curve(losses):
    plt.plot(losses)
    plt.xlabel("epoch")


@wrong("curve", mistake="sizes_hard_coded")
def curve(losses):
    plt.plot([3.0, 2.0], label="loss")
    plt.xlabel("epoch")
"""
