# %% [markdown]
# # 00 · Start here
#
# Welcome. In eleven lessons you will go from the first tensor to a network that reads handwritten digits, and you will know
# what each of its parts does, because you will have written it.
#
# **After this lesson you can**
#
# - say what PyTorch is for, in three sentences;
# - run cells, use a hint, make a prediction, and get a ✓ from a check;
# - read an error message from its useful end.
#
# **It takes** about 45 minutes. **It needs** some Python: lists, functions, loops, and having met NumPy helps. Online there is
# nothing to install.
#
# The boxes below are **cells**. Click into the first one and press **Shift + Enter**: it runs, and the next one is
# selected. The first cell is folded away. It brings the checks and the pictures.

# %% [markdown]
# ## 1 · What PyTorch is
#
# PyTorch is a Python library with three things in it.
#
# 1. **Tensors**: boxes of numbers, as in NumPy, that can also live on a graphics card and be computed with there.
# 2. **Autograd**: it watches what you compute and can then say how the result would change if the inputs did. That is the
#    gradient, and gradients are how networks learn.
# 3. **Parts to build with**: layers, losses, optimisers, data loaders.
#
# Here is a first glimpse of each. You need not understand it yet.

# %%
import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)  # a tensor, watched by autograd
y = (x * x).sum()  # 1 + 4 + 9
y.backward()  # autograd: how does y change with each x?
print(y)
print(x.grad)
print(torch.nn.Linear(3, 1))  # a part: three numbers in, one number out

# %% [markdown]
# The second line, `x.grad`, says 2, 4, 6: twice each number, which is the derivative of a square. PyTorch was given no rule
# for this function. It knows the rules for a product and for a sum, and combines them, as you will by hand in lesson 07.
#
# ### A graph that follows the code
#
# To know the derivative, PyTorch keeps a record of each step, the **graph**. It is written while your code runs, line by
# line. So a loop or an `if` needs nothing special: another input takes another path, and the record is another one.
#
# In the next cell, `recorded_steps` only reads that record for us; you may skip its lines. `Mul` is *times*, `Add` is *plus*.
# (`x: torch.Tensor` and `-> list[str]` say what goes in and what comes out; Python does not enforce them.)


# %%
def triple_until_large(x: torch.Tensor) -> torch.Tensor:
    while x < 10:
        x = x * 3
    return x + 1


def recorded_steps(result: torch.Tensor) -> list[str]:
    """The names of the steps that led to `result`, the first one first."""
    steps, node = [], result.grad_fn
    while node.next_functions:
        steps.insert(0, node.name().removesuffix("Backward0"))
        node = node.next_functions[0][0]
    return steps


for start in (1.0, 4.0, 20.0):
    result = triple_until_large(torch.tensor(start, requires_grad=True))
    print(start, "→", result.item(), recorded_steps(result))

# %% folded="Drawing the three graphs (open it if you are curious)"
import matplotlib.pyplot as plt

words = {"Mul": "times 3", "Add": "plus 1"}
figure, axis = plt.subplots(figsize=(7.5, 2.2))
for row, start in enumerate((1.0, 4.0, 20.0)):
    steps = recorded_steps(triple_until_large(torch.tensor(start, requires_grad=True)))
    for column, name in enumerate([f"{start:g}", *(words[step] for step in steps)]):
        axis.text(column, -row, name, ha="center", va="center", bbox={"boxstyle": "round,pad=0.4", "fc": "none"})
        if column:
            axis.annotate("", (column - 0.3, -row), (column - 0.7, -row), arrowprops={"arrowstyle": "->"})
axis.set(xlim=(-0.6, 4.6), ylim=(-2.5, 0.5))
axis.axis("off")
picture(
    figure,
    "Three recorded graphs, one a row. From 1: times 3, times 3, times 3, plus 1. From 4: times 3, plus 1. "
    "From 20: plus 1 only. The same code, three different graphs.",
)

# %% [markdown]
# This is called **define-by-run**: running the code defines the graph. PyTorch has worked this way from its first day. The
# other way is **define-and-run**: you first describe the whole calculation with special objects, loops included, and only
# then feed numbers in. TensorFlow began like that, and it too has run line by line since its version 2 of 2019.
#
# ### Where it comes from
#
# Torch, the ancestor, appeared in 2002 and was later scripted in Lua. PyTorch brought its ideas to Python: a first version in
# 2016, its announcement in January 2017. Version 1.0 of December 2018 made it ready for production, and version 2.0 of March
# 2023 added `torch.compile`, which can make finished code faster without changing what it means.

# %% folded="Drawing the years"
years = {2002: "Torch", 2011: "Torch7, in Lua", 2017: "PyTorch", 2018.9: "1.0", 2023.2: "2.0"}
figure, axis = plt.subplots(figsize=(8, 1.5))
axis.plot([2001, 2025], [0, 0], color="black", linewidth=1)
for place, (year, name) in enumerate(years.items()):
    axis.plot([year], [0], "o", color="tab:blue")
    axis.text(year, 0.25 + 0.4 * (place % 2), name, ha="center")
    axis.text(year, -0.5, f"{int(year)}", ha="center")
axis.set(ylim=(-0.8, 0.8))
axis.axis("off")
picture(
    figure, "A line of years: Torch in 2002, Torch7 in Lua in 2011, PyTorch in 2017, version 1.0 in 2018, 2.0 in 2023."
)

# %% [markdown]
# ## 2 · Your machine
#
# Which version is this (`+cpu` at its end means: built without graphics-card support), and is there an NVIDIA or AMD graphics
# card that it can use?

# %%
print(torch.__version__)
print(torch.cuda.is_available())

# %% [markdown]
# `False` is a good answer. Every lesson works without a graphics card, the one about graphics cards too. The line that the
# set-up cell printed says the same about this machine.
#
# The notebook is the same wherever you open it; only the surroundings differ.
#
# | where | what is different |
# | --- | --- |
# | your own machine | files stay where you save them; the version is what you installed |
# | Google Colab | a graphics card on request; save a copy to your Drive, or your work is gone when the tab closes. Restarting is in the menu *Runtime*; to hand in, *File*, *Download* |
# | Kaggle | much like Colab; *Save Version* keeps your work, *File*, *Download* gives you the file |
# | Binder | starts from nothing each time and forgets everything; download the file before you leave |
#
# ## 3 · How a lesson works
#
# You read a little, run a cell, and look at what it says. Change things: a cell can be run as often as you like. All cells
# share one memory; what counts is the order in which you ran them, not their order on the page. If that ever gets confusing,
# restart (menu *Kernel*, *Restart Kernel*) and run from the top. And a cell that does not come to an end is stopped by the
# button ■, or by *Kernel*, *Interrupt Kernel*.
#
# Here is a first calculation. Between two tensors of the same shape, `+` adds entry by entry:

# %%
a = torch.tensor([1, 2, 3])
b = torch.tensor([10, 20, 30])
print(a + b)

# %%
show(
    a=a,
    b=b,
    total=a + b,
    text="a is 1, 2, 3 and b is 10, 20, 30. Each entry of total is the sum of the two in its place.",
)

# %% [markdown]
# Printing a tensor shows its numbers inside `tensor(…)`, so that you can tell it from a list.
#
# **Exercises** come with a heading, their points, a sentence about what to do, and an example. Under them are hints, folded
# away; open one at a time, and only when you are stuck. Then come up to three cells. The first is yours. The second checks
# your answer and gives you a message. The third stays as it is: when you hand in, it is filled with tests of your answer on
# inputs you have not seen.
#
# A check has three things to say: **○** not attempted, **✗** not right yet, and **✓** right. Run the check of the first
# exercise before you have written anything. It should say ○. And a check tests what your cell last *made*: after each
# change, run your cell first. If it ends in an error of its own, the check still sees the version before.
#
# ### 0.1 · Your first tensor
# *2 points · about 3 minutes*
#
# Return a tensor that holds the numbers of the list `numbers`.
#
# For example `[1, 2, 3]` gives `tensor([1, 2, 3])`.
#
# In the next cell, replace the two lines from `# YOUR CODE HERE` on. Keep the four spaces in front of your line. Run the
# cell, then run the check.
#
# <details><summary>Hint 1</summary>The cell above makes two tensors. How?</details>
# <details><summary>Hint 2</summary><code>torch.tensor</code> takes a list, and <code>numbers</code> is one.</details>
# <details><summary>Hint 3</summary>The line begins with <code>return</code>.</details>


# %% solution="to_tensor"
def to_tensor(numbers: list[int]) -> torch.Tensor:
    """The numbers of a list as a tensor."""
    ### BEGIN SOLUTION
    return torch.tensor(numbers)
    ### END SOLUTION


# %% check="to_tensor" points=1
with check("to_tensor"):
    expect(to_tensor([4, 7, 9]), [4, 7, 9], mistakes={"digits_split": [[4], [7], [9]]})

# %% hidden="to_tensor" points=1 checks="other numbers, a list of one, a long list"
with check("to_tensor"):
    for numbers in [[7], [-1, 0, 4, 4], list(range(50))]:
        want = torch.zeros(len(numbers), dtype=torch.int64)
        for i, number in enumerate(numbers):
            want[i] = number
        expect(to_tensor(numbers), want, mistakes={"sizes_hard_coded": [4, 7, 9]})

# %% [markdown]
# ### Predict, then run
#
# Some exercises ask what a cell will print. Write your answer down before you run it. Being wrong here is worth more than
# being right: you find out which of your ideas to correct.
#
# ### 0.2 · Lists and tensors (predict, then run)
# *1 point · about 2 minutes*
#
# What does `print(len([1, 2] + [3, 4]), len(torch.tensor([1, 2]) + torch.tensor([3, 4])))` print? Return it as text: for
# example `"1 7"`, two numbers with a space between them. `len` of these tensors is the number of their entries. The check
# runs the line only after you have written a prediction.
#
# <details><summary>Hint 1</summary>Between two tensors <code>+</code> adds entry by entry.</details>
# <details><summary>Hint 2</summary>Between two lists it joins them end to end.</details>


# %% solution="list_or_tensor"
def list_or_tensor() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "4 2"
    ### END SOLUTION


# %% predict="list_or_tensor" points=1
with predict("list_or_tensor", lambda: list_or_tensor()):
    print(len([1, 2] + [3, 4]), len(torch.tensor([1, 2]) + torch.tensor([3, 4])))

# %% [markdown]
# ### 0.3 · Is it kept? (predict, then run)
# *1 point · about 2 minutes*
#
# ```python
# x = torch.tensor([1, 2, 3])
# x + 1
# print(x)
# ```
#
# What do these lines print? Return it as text, for example `"tensor([0, 0, 0])"`.
#
# <details><summary>Hint 1</summary>What does <code>x + 1</code> do when <code>x</code> is the number 5? What is
# <code>x</code> afterwards?</details>
# <details><summary>Hint 2</summary>The result of the middle line is not given a name.</details>


# %% solution="is_it_kept"
def is_it_kept() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "tensor([1, 2, 3])"
    ### END SOLUTION


# %% predict="is_it_kept" points=1
with predict("is_it_kept", lambda: is_it_kept()):
    x = torch.tensor([1, 2, 3])
    x + 1
    print(x)

# %% [markdown]
# ## 4 · When it goes wrong
#
# It will, every day, to everyone. An error in Python is a report, called a **traceback**, and it is best read **from the
# bottom up**. Run this:


# %% raises="TypeError"
def add_shipping(prices, shipping):
    return prices + shipping


add_shipping([4.0, 2.5], 1.5)

# %% [markdown]
# 1. The **last line** says what went wrong: first the type of the error, `TypeError`, then, after the colon, what Python has
#    to say about it: *can only concatenate list (not "float") to list*. To concatenate is to join: it tried to put something
#    at the end of a list. (Some messages have several lines; then look for the one that begins with the type.)
# 2. The **arrow** nearest to the end points at the line that failed: `return prices + shipping`. In longer reports, look for
#    the last arrow in your own code.
# 3. Further **up** is the line that called it.
#
# So: `+` after a list joins lists, and `1.5` is not a list. A tensor would have done the sum.
#
# ### Looking things up
#
# Type `torch.ar` in a cell and press **Tab**: the names that begin like that appear. Put the cursor inside the brackets of a
# call and press **Shift + Tab** for its description. And `help` prints the same description below the cell:

# %%
help(torch.numel)

# %% [markdown]
# ### 0.4 · Fix the crash
# *2 points · about 4 minutes*
#
# Write `with_shipping`, which does what `add_shipping` was meant to do. It takes a list of prices, as floats, and one number,
# and returns a float32 tensor with that number added to each price. (float32 and int64 are kinds of number, a tensor's
# *dtype*: lesson 01.) The list stays as it is.
#
# For example `with_shipping([4.0, 2.5], 1.5)` gives `tensor([5.5000, 4.0000])`.
#
# <details><summary>Hint 1</summary>Make a tensor of the list first.</details>
# <details><summary>Hint 2</summary>A tensor plus a plain number adds the number to every entry.</details>


# %% solution="with_shipping"
def with_shipping(prices: list[float], shipping: float) -> torch.Tensor:
    """Each price plus `shipping`, as a tensor."""
    ### BEGIN SOLUTION
    return torch.tensor(prices) + shipping
    ### END SOLUTION


# %% check="with_shipping" points=1
with check("with_shipping"):
    prices = [4.0, 2.5]
    usual = {"number_joined": [4.0, 2.5, 1.5], "added_up": torch.tensor(8.0), "nothing_added": [4.0, 2.5]}
    expect(with_shipping(prices, 1.5), [5.5, 4.0], mistakes=usual)
    expect(tuple(prices), (4.0, 2.5), mistake="input_changed")

# %% hidden="with_shipping" points=1 checks="one price, many prices, nothing to add, a discount"
with check("with_shipping"):
    for prices, shipping in [([9.5], 2.0), ([1.0, 2.0, 3.0, 4.0], 0.0), ([10.0, 20.0, 30.0], -2.5)]:
        want = [price + shipping for price in prices]
        expect(with_shipping(prices, shipping), want, mistakes={"sizes_hard_coded": [5.5, 4.0]})

# %% [markdown]
# ### 0.5 · The useful line
# *2 points · about 6 minutes*
#
# `report` is the text of a traceback. Return the type of the error: what comes before the first colon of its last line. Some
# errors have nothing to say; then the last line is the type alone. Blank lines may follow at the end.
#
# For example, a report that ends in the line `TypeError: unsupported operand` gives `"TypeError"`.
#
# <details><summary>Hint 1</summary><code>report.strip().splitlines()</code> is the list of its lines without the blank
# ends.</details>
# <details><summary>Hint 2</summary>The last entry of a list has the index -1.</details>
# <details><summary>Hint 3</summary><code>line.split(":")[0]</code> is what comes before the first colon, or the whole line
# where there is none.</details>


# %% solution="error_type"
def error_type(report: str) -> str:
    """The type of the error that a traceback reports."""
    ### BEGIN SOLUTION
    return report.strip().splitlines()[-1].split(":")[0]
    ### END SOLUTION


# %% check="error_type" points=1
with check("error_type"):
    report = "Traceback (most recent call last):\n  File \"a.py\", line 3\n    1 + 'b'\nTypeError: unsupported operand"
    usual = {
        "first_line_of_report": "Traceback (most recent call last)",
        "message_too": "TypeError: unsupported operand",
        "message_only": " unsupported operand",
    }
    expect(error_type(report), "TypeError", mistakes=usual)
    expect(
        error_type('Traceback (most recent call last):\n  File "a.py", line 5\nKeyboardInterrupt\n\n'),
        "KeyboardInterrupt",
    )

# %% hidden="error_type" points=1 checks="a message with colons in it, other types"
with check("error_type"):
    for last, want in [
        ("RuntimeError: sizes do not match: got 3: expected 4", "RuntimeError"),
        ("StopIteration", "StopIteration"),
        ("ValueError: too many dimensions 'str'\n\n", "ValueError"),
    ]:
        report = f'Traceback (most recent call last):\n  File "b.py", line 9, in run\n    step()\n{last}'
        expect(error_type(report), want, mistakes={"last_colon": last.strip().rpartition(":")[0]})

# %% [markdown]
# ## 5 · Saving and handing in
#
# Save with **Ctrl + S** (**⌘ S** on a Mac). Before you hand in, restart and run everything once more from the top: what
# works then will work when it is graded. (If *Run all* stops at an error, as it does in some front ends, run on from the
# cell below.) Hand in this one file, `00_start_here.ipynb`, the way your course asks.
# You may leave exercises open, and you may hand in with checks that say ✗; what is right counts.
#
# If you changed other cells by accident, checks included, they are restored before grading.
#
# ## What you can do now
#
# | you want | do |
# | --- | --- |
# | to run a cell | Shift + Enter |
# | to stop a cell | ■, or *Kernel*, *Interrupt Kernel* |
# | a fresh start | *Kernel*, *Restart Kernel*, then run from the top |
# | to know what there is | `torch.` and Tab; Shift + Tab inside brackets; `help(…)` |
# | to know what went wrong | the last line of the traceback, then the arrow above it |
# | a tensor | `torch.tensor([1, 2, 3])` |
# | the version, the graphics card | `torch.__version__`, `torch.cuda.is_available()` |
#
# **To stretch yourself** (no points). Find a start for `triple_until_large` whose graph has five *times 3* steps. Zero and
# negative numbers would never come to an end: why? (Do not run it. If you did: ■.)
#
# **To read on.** *[What PyTorch is](https://docs.pytorch.org/docs/stable/index.html)*, and
# *[how Python reports errors](https://docs.python.org/3/tutorial/errors.html)*.
#
# **Next:** lesson 01, making tensors of every kind.
