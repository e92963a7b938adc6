# %% [markdown]
# # 01 · Creating tensors
#
# Everything in PyTorch works on tensors: images, sentences, a network's weights and its loss. So the first skill is to make
# the tensor you mean, and to notice when you have made another one.
#
# **After this lesson you can**
#
# - build a tensor from numbers you have, from a shape you want, from a range, or at random;
# - read off its shape, its dtype and its size in memory, and say why they are what they are;
# - predict which dtype a calculation gives;
# - draw random numbers that you can reproduce.
#
# **It takes** about 110 minutes. **It needs** lesson 00, Python's lists and functions, and having seen NumPy once.
#
# Run the cells from top to bottom. The next cell is folded away: it brings the checks and the pictures.

# %% [markdown]
# ## 1 · Numbers in a grid
#
# A tensor is a grid of numbers with three properties. All its numbers are of **one kind**, they are arranged in **rows of
# equal length** along any number of axes, and all of them live on **one device**. `torch.tensor` makes one from what
# you already have: a number, a list, a list of lists.

# %%
import numpy as np
import torch

scalar = torch.tensor(7.0)
vector = torch.tensor([2.0, 3.0, 5.0])
matrix = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
stack = torch.tensor([[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 10], [11, 12]]])

print(matrix)

# %% [markdown]
# Each pair of brackets is an axis. (PyTorch also says *dimension*, and `dim` in arguments and messages.) A number without
# brackets has no axis, and it is a tensor all the same.

# %%
show(
    scalar=scalar,
    vector=vector,
    matrix=matrix,
    stack=stack,
    text="No axis, one axis, two axes, three axes: a single cell, a row of 3, a grid of 2 by 3, and three grids of 2 by 2.",
)

# %% [markdown]
# `.shape` says how many entries there are along each axis, from the outermost brackets to the innermost. `.size()` is the
# same thing as a method, `.ndim` the number of axes, `.numel()` the number of entries.

# %%
print(stack.shape, stack.size(), stack.ndim, stack.numel())
print(scalar.shape, scalar.ndim, scalar.numel())
print(matrix.device, matrix.dtype)

# %% [markdown]
# The scalar's shape is `torch.Size([])`: no axes, and one number. A `torch.Size` is a tuple, so `rows, columns =
# matrix.shape` works. `.device` says where its numbers live, here in the memory of the CPU; lesson 06 moves them elsewhere.
#
# Rows of different length do not make a grid, and PyTorch says so. Read the line that begins with the type of the error
# first, here the last one: it says what was wrong.

# %% raises="ValueError"
torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0]])

# %% [markdown]
# *expected sequence of length 3 at dim 1 (got 2)*: along axis 1, inside the second pair of brackets, the first row has three
# numbers, so the second needs three as well. It has two.
#
# ### Which kind of number?
#
# A tensor's kind of number is its **dtype**. You may leave it to PyTorch, which looks at what it is given:
#
# | you give | you get |
# | --- | --- |
# | Python integers | `torch.int64` |
# | Python floats, or integers and floats mixed | `torch.float32` |
# | `True` and `False` | `torch.bool` |
# | a NumPy array | whatever the array has, for floats usually `torch.float64` |

# %%
print(torch.tensor([1, 2, 3]).dtype)
print(torch.tensor([1, 2.0, 3]).dtype)
print(torch.tensor([True, False]).dtype)
print(torch.tensor(np.array([1.0, 2.0, 3.0])).dtype)

# %% [markdown]
# One `.0` makes the difference between the first two lines. It matters, because integers cannot do all that floats can.
# The mean of integers would need a fraction, and PyTorch would rather stop than guess:

# %% raises="RuntimeError"
torch.tensor([1, 2, 4]).mean()

# %% [markdown]
# *Got: Long*: that is the older name of int64, and `mean` wants a float dtype. The fix is to say what you want when you make
# the tensor: `dtype=` overrides the guess.

# %%
counts = torch.tensor([1, 2, 4], dtype=torch.float32)
print(counts, counts.mean())

# %% [markdown]
# ### 1.1 · Rows to a tensor
# *2 points · about 4 minutes*
#
# A table from a file arrives as a list of rows, at least one, all of one length. Return it as a tensor of shape
# `(rows, columns)` and dtype `torch.float32`, on the CPU, whether its numbers are written as integers or as floats.
#
# For example `[[1, 2], [3, 4]]` gives `tensor([[1., 2.], [3., 4.]])`.
#
# Replace the last line of the next cell with your answer, run it, then run the check below it.
#
# <details><summary>Hint 1</summary>What does <code>torch.tensor</code> make of a list of lists?</details>
# <details><summary>Hint 2</summary>Whole numbers would give int64. Which argument overrides that?</details>
# <details><summary>Hint 3</summary><code>torch.tensor(…, dtype=…)</code></details>


# %% solution="from_rows"
def from_rows(rows: list[list[float]]) -> torch.Tensor:
    """The table `rows` as float32, shape (rows, columns)."""
    ### BEGIN SOLUTION
    return torch.tensor(rows, dtype=torch.float32)
    ### END SOLUTION


# %% check="from_rows" points=1
with check("from_rows"):
    expect(from_rows([[1, 2], [3, 4], [5, 6]]), [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])

# %% hidden="from_rows" points=1 checks="fractions, one row, one column, numbers of both kinds"
with check("from_rows"):
    for rows in [[[0.5, -1.25, 3.75]], [[2.5], [4.0], [-0.5]], [[1, 0.5], [2, -3]], [[7]]]:
        want = torch.zeros(len(rows), len(rows[0]))
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                want[i, j] = value
        expect(from_rows(rows), want, mistakes={"fractions_cut": want.trunc()})

# %% [markdown]
# ### 1.2 · Describe a tensor
# *2 points · about 5 minutes*
#
# When something goes wrong deep inside a network, the first thing anyone asks is what the tensor looks like. Return a
# dictionary with the keys `"shape"`, `"dtype"`, `"device"` and `"count"`. The values are the objects themselves, not text:
# a `torch.Size` or tuple, a `torch.dtype`, a `torch.device`, and the number of entries as an `int`. It must work for any
# number of axes. Leave `x` as it was.
#
# For example `describe(torch.zeros(4, 3))` gives
# `{"shape": torch.Size([4, 3]), "dtype": torch.float32, "device": device(type="cpu"), "count": 12}`.
#
# <details><summary>Hint 1</summary>Type <code>matrix.</code> in an empty cell and press Tab.</details>
# <details><summary>Hint 2</summary>Three of the four are attributes, without brackets. The number of entries is a
# method.</details>
# <details><summary>Hint 3</summary>The method is <code>.numel()</code>: number of elements.</details>


# %% solution="describe"
def describe(x: torch.Tensor) -> dict[str, object]:
    """Shape, dtype, device and number of entries of `x`."""
    ### BEGIN SOLUTION
    return {"shape": x.shape, "dtype": x.dtype, "device": x.device, "count": x.numel()}
    ### END SOLUTION


# %% check="describe" points=1
with check("describe"):
    want = {"shape": (4, 3), "dtype": torch.float32, "device": torch.device("cpu"), "count": 12}
    expect(describe(torch.zeros(4, 3)), want)

# %% hidden="describe" points=1 checks="no axis, one axis, three axes, nothing inside, other dtypes, other devices, the input unchanged"
with check("describe"):
    for device in devices():
        for shape, dtype in [
            ((), torch.float64),
            ((5,), torch.int64),
            ((2, 1, 4), torch.bool),
            ((0, 3), torch.float16),
        ]:
            count = 1
            for length in shape:
                count *= length
            want = {"shape": shape, "dtype": dtype, "device": device, "count": count}
            x = torch.zeros(shape, dtype=dtype, device=device)
            expect(describe(x), want)
            expect(x, torch.zeros(shape, dtype=dtype, device=device), mistake="input_changed")

# %% [markdown]
# ## 2 · A shape first, numbers later
#
# Often you know the shape before you know the numbers. These take the shape and fill it:

# %%
print(torch.zeros(2, 3))
print(torch.ones(2, 3))
print(torch.full((2, 3), 0.5))
print(torch.eye(2, 4))

# %% [markdown]
# `torch.full` takes the shape as a tuple, because a second argument follows it, and that argument decides the dtype:
# `torch.full((2, 3), 5)` would be int64. The others give float32. `torch.eye` puts ones on the diagonal; with one number,
# `torch.eye(3)`, it makes the square identity matrix.
#
# To match a tensor that is already there, use the `_like` functions or the `new_` methods. Both follow its dtype and its
# device; the `_like` functions take its shape as well.

# %%
prices = torch.tensor([[3, 5], [8, 2]])
print(torch.zeros_like(prices))
print(torch.ones_like(prices, dtype=torch.float32))
print(torch.full_like(prices, 9))
print(torch.empty_like(prices).shape)
print(prices.new_zeros(3), prices.new_ones(1, 2), prices.new_full((2,), 4))

# %% [markdown]
# ### Uninitialised memory
#
# `torch.empty` reserves memory and stops there. What you read is whatever those bytes held before. Often that is zeros, which
# is the worst case, since the mistake then hides until another day. The next cell makes a tensor of sevens, forgets it, and
# asks for memory of the same size. You may see the sevens again, zeros, or any odd numbers; run it twice.

# %%
forgotten = torch.full((2, 3), 7.0)
del forgotten
print(torch.empty(2, 3))

# %% [markdown]
# So use `torch.empty` only for a tensor whose every entry you are about to write.
#
# Older code has a capital letter here, and it means something else. `torch.Tensor(3)` is not the number 3: it is
# `torch.empty(3)` under another name, three uninitialised floats. Likewise `torch.Tensor(3, 4)` is not random, it is
# uninitialised. The typed relatives `torch.FloatTensor`, `DoubleTensor`, `IntTensor`, `LongTensor` and `ShortTensor` do the
# same with sizes. Given a list, all of them copy its numbers into the dtype that their name says (`torch.Tensor`: the default
# dtype), cutting off fractions where that is an integer:

# %%
print(torch.Tensor(3, 4).shape, torch.Tensor([3, 4]))
for make in (torch.FloatTensor, torch.DoubleTensor, torch.ShortTensor, torch.IntTensor, torch.LongTensor):
    x = make([1, 2, 3])
    print(f"{make.__name__:12}  {x.dtype}   {x.type()}")

# %% [markdown]
# You will meet them in old code; `torch.tensor(…, dtype=…)` says the same and cannot be misread. `.type()` without an
# argument gives that old name. In new code ask for `.dtype`.
#
# ### 1.3 · The number or the size? (predict, then run)
# *1 point · about 2 minutes*
#
# What does `print(torch.Tensor(3).numel(), torch.tensor(3).numel())` print? Return it as text: for example `"5 5"`, two
# numbers with a space between them. The check runs the line only after you have written a prediction.
#
# <details><summary>Hint 1</summary>One of the two treats 3 as a value, the other as a size.</details>
# <details><summary>Hint 2</summary>The capital letter is the one that reserves memory.</details>


# %% solution="tensor_or_capital"
def tensor_or_capital() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "3 1"
    ### END SOLUTION


# %% predict="tensor_or_capital" points=1
with predict("tensor_or_capital", lambda: tensor_or_capital()):
    print(torch.Tensor(3).numel(), torch.tensor(3).numel())

# %% [markdown]
# ### 1.4 · Filled like another
# *2 points · about 4 minutes*
#
# Return a new tensor of the same shape, dtype and device as `x`, with `value` in every place. `value` is a number that the
# dtype of `x` can hold. Leave `x` as it was.
#
# For example, `x = torch.tensor([[1, 2], [3, 4]])` and `value = 9` give `tensor([[9, 9], [9, 9]])`.
#
# <details><summary>Hint 1</summary>Writing into <code>x</code> would change the caller's tensor. Which family of functions
# makes a new one that matches?</details>
# <details><summary>Hint 2</summary>The ones whose names end in <code>_like</code>.</details>
# <details><summary>Hint 3</summary><code>torch.full_like</code> takes the tensor and the value.</details>


# %% solution="filled_like"
def filled_like(x: torch.Tensor, value: float) -> torch.Tensor:
    """`value` everywhere, in the shape, dtype and device of `x`; `x` stays as it was."""
    ### BEGIN SOLUTION
    return torch.full_like(x, value)
    ### END SOLUTION


# %% check="filled_like" points=1
with check("filled_like"):
    given = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    expect(filled_like(given, 7.5), [[7.5, 7.5, 7.5], [7.5, 7.5, 7.5]])
    expect(filled_like(given, 7), [[7.0, 7.0, 7.0], [7.0, 7.0, 7.0]])
    expect(given, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], mistake="input_changed")
    expect(filled_like(torch.tensor([1, 2]), 9), [9, 9])

# %% hidden="filled_like" points=1 checks="other dtypes, no axis, nothing inside, inf and nan, other devices"
with check("filled_like"):
    for device in devices():
        for shape, dtype, value in [
            ((4,), torch.float64, 0.5),
            ((2, 1, 3), torch.int64, -3),
            ((), torch.float16, 2.0),
            ((0, 2), torch.float32, 1.0),
            ((3, 2), torch.uint8, 200),
        ]:
            template = torch.ones(shape, dtype=dtype, device=device)
            want = torch.zeros(shape, dtype=dtype, device=device) + torch.tensor(value, dtype=dtype, device=device)
            expect(filled_like(template, value), want)
            expect(template, torch.ones(shape, dtype=dtype, device=device), mistake="input_changed")
        template = torch.tensor([float("inf"), float("nan"), 1.0], device=device)
        expect(
            filled_like(template, 2.0), [2.0, 2.0, 2.0], device=device, mistakes={"built_on_input": template * 0 + 2}
        )

# %% [markdown]
# ### 1.5 · The first rows of the identity
# *2 points · about 3 minutes*
#
# Return the first `k` rows of the identity matrix with `n` columns: dtype float32, shape `(k, n)`, where 0 ≤ `k` ≤ `n`. Row `i`
# has a single 1, in column `i`. Such rows pick out entries when you multiply by them.
#
# For example, `k = 2` and `n = 3` give `tensor([[1., 0., 0.], [0., 1., 0.]])`.
#
# <details><summary>Hint 1</summary><code>torch.eye</code> makes an identity matrix. How many numbers can it take?</details>
# <details><summary>Hint 2</summary>Rows come first, columns second, here as everywhere.</details>


# %% solution="identity_rows"
def identity_rows(k: int, n: int) -> torch.Tensor:
    """The first `k` rows of the n × n identity matrix, float32, shape (k, n)."""
    ### BEGIN SOLUTION
    return torch.eye(k, n)
    ### END SOLUTION


# %% check="identity_rows" points=1
with check("identity_rows"):
    expect(identity_rows(2, 3), [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])

# %% hidden="identity_rows" points=1 checks="one row, all rows, no row, many columns"
with check("identity_rows"):
    for k, n in [(1, 1), (1, 6), (4, 4), (3, 5), (0, 2)]:
        want = torch.zeros(k, n)
        for i in range(k):
            want[i, i] = 1.0
        expect(identity_rows(k, n), want, mistakes={"sizes_hard_coded": torch.eye(2, 3)})

# %% [markdown]
# ## 3 · Ranges
#
# There are two ways to lay numbers on a line. `torch.arange(start, end, step)` walks: it begins at `start`, goes on by
# `step`, and stops **before** `end`, like Python's `range`. `torch.linspace(start, end, steps)` divides: it places exactly
# `steps` points at equal distances, and **both ends are among them**.

# %%
walked = torch.arange(0, 1, 0.25)
divided = torch.linspace(0, 1, 5)
print(walked)
print(divided)

# %% folded="Drawing arange beside linspace"
import matplotlib.pyplot as plt

figure, axis = plt.subplots(figsize=(7, 1.8))
axis.plot(walked, torch.full_like(walked, 1.0), "o", color="tab:blue", markersize=11)
axis.plot(divided, torch.full_like(divided, 0.0), "s", color="tab:red", markersize=10)
axis.plot([1.0], [1.0], "o", markerfacecolor="none", markeredgecolor="tab:blue", markersize=11)
axis.annotate("end left out", (1.0, 1.0), (1.03, 0.93))
axis.annotate("end included", (1.0, 0.0), (1.03, -0.07))
axis.set_yticks([1.0, 0.0], ["arange(0, 1, 0.25)", "linspace(0, 1, 5)"])
axis.set(ylim=(-0.6, 1.6), xlim=(-0.05, 1.28), xticks=[0, 0.25, 0.5, 0.75, 1])
picture(
    figure,
    "One axis from 0 to 1. arange(0, 1, 0.25) marks 0, 0.25, 0.5 and 0.75; its end, 1, is an empty ring. "
    "linspace(0, 1, 5) marks the same four points and 1 as well.",
)

# %% [markdown]
# Which one? If you know the **step**, walk; if you know **how many** points you need, divide. With whole numbers
# `arange` is exact and gives int64. With a fractional step there is a trap. How many points there are is worked out by a
# division, and rounding can push its result past a whole number. Then the end comes along, which was to be left out:

# %%
print(torch.arange(0, 5).dtype, torch.arange(0.0, 5.0).dtype)
print(torch.arange(1, 1.3, 0.1))  # three numbers expected; 1.3 is there all the same
print(torch.linspace(1, 1.3, 4))  # four numbers asked for, four given

# %% [markdown]
# ### 1.6 · Multiples, the last one included
# *2 points · about 5 minutes*
#
# Return `0`, `step`, `2·step` and so on, as long as they do not exceed `stop`, as int64. If `stop` is itself a multiple of
# `step` it belongs to the result. Both are whole numbers, `step` at least 1 and `stop` at least 0.
#
# For example, `step = 5` and `stop = 20` give `tensor([ 0,  5, 10, 15, 20])`; so does `stop = 22`.
#
# <details><summary>Hint 1</summary><code>arange</code> leaves out its end. Where must the end lie for <code>stop</code> to be
# the last number that is kept?</details>
# <details><summary>Hint 2</summary>Beyond <code>stop</code>, but not so far that another multiple fits in.</details>
# <details><summary>Hint 3</summary>One further is enough, since these are whole numbers.</details>


# %% solution="multiples_up_to"
def multiples_up_to(step: int, stop: int) -> torch.Tensor:
    """The multiples of `step` from 0 to `stop`, `stop` included when it is one; int64."""
    ### BEGIN SOLUTION
    return torch.arange(0, stop + 1, step)
    ### END SOLUTION


# %% check="multiples_up_to" points=1
with check("multiples_up_to"):
    expect(multiples_up_to(5, 20), [0, 5, 10, 15, 20], mistakes={"stop_excluded": torch.arange(0, 20, 5)})
    expect(multiples_up_to(5, 22), [0, 5, 10, 15, 20])

# %% hidden="multiples_up_to" points=1 checks="steps larger than the stop, a stop of 0, steps of 1"
with check("multiples_up_to"):
    for step, stop in [(5, 22), (4, 3), (1, 6), (7, 0), (3, 9), (6, 11)]:
        want = torch.tensor([number for number in range(stop + 1) if number % step == 0])
        expect(multiples_up_to(step, stop), want)

# %% [markdown]
# ### 1.7 · Points on a grid
# *2 points · about 5 minutes*
#
# To plot a function you need evenly spaced points. Return `count` of them, at least one, from `start` to `stop`, both ends
# included, as float32. With `count = 1` the only point is `start`. `start` may be larger than `stop`; then the points
# descend.
#
# For example, `start = 0`, `stop = 1`, `count = 5` give `tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])`.
#
# <details><summary>Hint 1</summary>You know how many points, not how far apart. Walk or divide?</details>
# <details><summary>Hint 2</summary><code>torch.linspace</code> takes exactly these three numbers.</details>


# %% solution="grid_points"
def grid_points(start: float, stop: float, count: int) -> torch.Tensor:
    """`count` evenly spaced points from `start` to `stop`, both included; float32."""
    ### BEGIN SOLUTION
    return torch.linspace(start, stop, count)
    ### END SOLUTION


# %% check="grid_points" points=1
with check("grid_points"):
    want = [0.0, 0.25, 0.5, 0.75, 1.0]
    expect(grid_points(0, 1, 5), want, mistakes={"end_excluded": [0.0, 0.2, 0.4, 0.6, 0.8]})
    expect(grid_points(2, 9, 1), [2.0])

# %% hidden="grid_points" points=1 checks="negative ends, descending points, two points, many points"
with check("grid_points"):
    for start, stop, count in [(-2, 4, 7), (3, -1, 5), (2.5, 9, 1), (1, 8, 2), (-0.5, 0.5, 101)]:
        gap = (stop - start) / max(count - 1, 1)
        want = torch.tensor([start + i * gap for i in range(count)], dtype=torch.float32)
        mistakes = {"ends_swapped": torch.linspace(stop, start, count)}
        expect(grid_points(start, stop, count), want, mistakes=mistakes, rtol=1e-4)

# %% [markdown]
# ## 4 · Random numbers
#
# A network's weights start as random numbers, its data are shuffled, some of its layers drop entries at random. Four
# functions cover nearly all of it:
#
# | call | gives |
# | --- | --- |
# | `torch.rand(2, 3)` | the uniform distribution from 0 (included) to 1 (left out) |
# | `torch.randn(2, 3)` | the normal distribution: mean 0, standard deviation 1, both signs |
# | `torch.randint(1, 7, (2, 3))` | whole numbers from 1 to 6: the second argument itself is never drawn |
# | `torch.randperm(5)` | the numbers 0 to 4, each once, shuffled |
#
# `torch.rand_like(x)` and `torch.randn_like(x)` take shape, dtype and device from `x`. They cannot make
# integers: `x` must be a tensor of floats, or you add `dtype=`.

# %%
torch.manual_seed(0)
uniform = torch.rand(10_000)
normal = torch.randn(10_000)
print(torch.randint(1, 7, (10,)))
print(torch.randperm(5))
print(torch.rand_like(prices, dtype=torch.float32))
print(torch.randn_like(vector))

# %% folded="Drawing the two histograms"
figure, axes = plt.subplots(1, 2, figsize=(8, 2.4), sharey=True)
for axis, values, name in zip(axes, (uniform, normal), ("rand", "randn"), strict=True):
    axis.hist(values, bins=40, range=(-4, 4), color="tab:blue", edgecolor="black", linewidth=0.4)
    axis.set(title=f"torch.{name}(10_000)", xlabel="value")
axes[0].set_ylabel("how many")
picture(
    figure,
    "Two histograms over the range -4 to 4. rand: a flat block between 0 and 1 and nothing elsewhere. "
    "randn: a bell around 0, most of it between -2 and 2, as much below zero as above.",
)

# %% [markdown]
# ### The same random numbers twice
#
# These numbers are computed, one after the other, from a starting number: the **seed**. The same seed gives the same
# numbers, on the same device and with the same version of PyTorch. `torch.manual_seed` sets it for the generator that
# all of PyTorch shares, and `torch.initial_seed` tells what it was set to.

# %%
torch.manual_seed(42)
first = torch.rand(3)
torch.manual_seed(42)
second = torch.rand(3)
print(first)
print(second, torch.initial_seed())

# %% [markdown]
# Because that generator is shared, a function that seeds it also changes what all other code draws afterwards. Here an
# innocent-looking call makes two unrelated draws identical:


# %%
def demo_noise() -> torch.Tensor:
    torch.manual_seed(42)  # meant only for itself
    return torch.rand(2)


demo_noise()
print(torch.rand(1))
demo_noise()
print(torch.rand(1))

# %% [markdown]
# For random numbers of your own, make a generator of your own and hand it over with `generator=`:

# %%
mine = torch.Generator().manual_seed(42)
print(torch.rand(3, generator=mine))  # the same three numbers as above
print(torch.rand(3, generator=mine))  # a generator moves on with every draw

# %% [markdown]
# ### 1.8 · Noise that comes back
# *2 points · about 7 minutes*
#
# Return `n` numbers from the normal distribution as float32, shape `(n,)`: the same ones whenever the seed is the same,
# others when it is another. The shared generator must be left as it was found. Someone who draws from it after calling your
# function must get what they would have got without it.
#
# For example, `reproducible_noise(3, seed=1)` gives the same three numbers each time, and `torch.rand(2)` after it gives
# what it would have given without that call. `n` is at least 1.
#
# <details><summary>Hint 1</summary><code>torch.manual_seed</code> would do the first half and spoil the second.</details>
# <details><summary>Hint 2</summary>Make a <code>torch.Generator()</code> inside the function and seed that one.</details>
# <details><summary>Hint 3</summary><code>torch.randn(n, generator=…)</code></details>


# %% solution="reproducible_noise"
def reproducible_noise(n: int, seed: int) -> torch.Tensor:
    """`n` standard normal numbers, decided by `seed` alone; the global generator stays as it was."""
    ### BEGIN SOLUTION
    return torch.randn(n, generator=torch.Generator().manual_seed(seed))
    ### END SOLUTION


# %% check="reproducible_noise" points=1
with check("reproducible_noise"):
    noise = reproducible_noise(5, seed=1)
    expect_kind(noise, torch.zeros(5))
    expect(reproducible_noise(5, seed=1), noise, mistake="not_reproducible")
    expect(torch.equal(reproducible_noise(5, seed=2), noise), False, mistake="seed_ignored")
    before = torch.get_rng_state()
    reproducible_noise(5, seed=1)
    expect(torch.equal(torch.get_rng_state(), before), True, mistake="global_seed_disturbed")

# %% hidden="reproducible_noise" points=1 checks="the mean and spread of many numbers, both signs, the bell, whether one number tells another"
with check("reproducible_noise"):
    noise, other = reproducible_noise(20_000, seed=3), reproducible_noise(20_000, seed=4)
    expect_kind(noise, torch.zeros(20_000))
    expect(bool((noise < 0).any()), True, mistake="uniform_for_normal")
    expect(abs(noise.mean().item()) < 0.1 and 0.9 < noise.std().item() < 1.1, True, mistake="not_standard_normal")
    # 13,654 of them lie within one standard deviation and 910 beyond two, give or take 66 and 29.
    near, far = int((noise.abs() < 1).sum()), int((noise.abs() > 2).sum())
    expect(13_200 < near < 14_100 and 710 < far < 1_110, True, mistake="not_a_bell")
    for partner in (noise.roll(1), other):  # the mean of these products is 0, give or take 0.007
        expect(abs((noise * partner).mean().item()) < 0.05, True, mistake="not_independent")

# %% [markdown]
# ### 1.9 · Dice
# *2 points · about 5 minutes*
#
# Return `count` throws of a fair die, whole numbers from 1 to 6 as int64, shape `(count,)`; `count` may be 0. Draw from the
# shared generator, without seeding it, so that two calls do not repeat each other.
#
# For example `dice(4)` might give `tensor([3, 6, 1, 3])`.
#
# <details><summary>Hint 1</summary><code>torch.randint</code> takes the lowest number, a limit, and a shape.</details>
# <details><summary>Hint 2</summary>The limit itself is never drawn.</details>
# <details><summary>Hint 3</summary>The shape is a tuple, also when it has one axis: <code>(count,)</code>.</details>


# %% solution="dice"
def dice(count: int) -> torch.Tensor:
    """`count` throws of a fair die, 1 to 6, int64, shape (count,)."""
    ### BEGIN SOLUTION
    return torch.randint(1, 7, (count,))
    ### END SOLUTION


# %% check="dice" points=1
with check("dice"):
    throws = dice(600)
    expect_kind(throws, torch.zeros(600, dtype=torch.int64))
    low, high = int(throws.min()), int(throws.max())
    if (low, high) != (1, 6):
        raise Wrong("die_range", low=low, high=high)
    expect_kind(dice(7), torch.zeros(7, dtype=torch.int64))

# %% hidden="dice" points=1 checks="every face about as often, after every other one too, no throws at all, two calls that differ, the shared generator"
with check("dice"):
    throws = dice(30_000)
    steps = throws.diff() % 6
    for face in range(1, 7):  # 5,000 each; their standard deviation is 65, so 430 is 6.6 of them
        expect(4_570 < int((throws == face).sum()) < 5_430, True, mistake="loaded_die")
    for step in range(6):  # from one throw to the next: 5,000 of each again
        expect(4_570 < int((steps == step).sum()) < 5_430, True, mistake="not_independent")
    expect(torch.equal(dice(50), dice(50)), False, mistake="always_the_same")
    state = torch.get_rng_state()
    first = dice(50)
    torch.set_rng_state(state)
    expect(dice(50), first, mistake="other_generator")
    expect(dice(0), torch.zeros(0, dtype=torch.int64))

# %% [markdown]
# ## 5 · Dtypes
#
# A dtype says how many bytes each entry takes, and which values it can hold.
#
# | dtype | bytes | holds | made by | short form |
# | --- | --- | --- | --- | --- |
# | `float32` | 4 | about 7 digits, up to 3·10³⁸ | Python floats | `.float()` |
# | `float64` | 8 | about 16 digits | NumPy's floats | `.double()` |
# | `float16` | 2 | about 3 digits, up to 65,504 | asking for it | `.half()` |
# | `int64` | 8 | whole numbers up to 9·10¹⁸ | Python integers | `.long()` |
# | `int32` | 4 | whole numbers up to 2,147,483,647 | asking for it | `.int()` |
# | `int16` | 2 | -32,768 to 32,767 | asking for it | `.short()` |
# | `bool` | 1 | `True`, `False` | comparisons | `.bool()` |
#
# The short forms give the tensor in that dtype: a new one if the dtype changes, the very same one if it does not.
# `.to(torch.float16)` does this for any dtype; `.type(torch.float16)` is the older spelling.

# %%
x = torch.tensor([0.0, 1.5, -2.7])
for y in (x.double(), x.half(), x.long(), x.int(), x.short(), x.bool()):
    print(f"{y.element_size()} byte(s) each   {y}")
print(x.to(torch.float16).dtype, x.type(torch.float16).dtype, x.float() is x)

# %% [markdown]
# Three things in this list deserve a second look. float16 keeps only about three digits, so -2.7 became -2.6992. On the way to
# integers `-2.7` became `-2`: the fraction is **truncated**, cut off, and not rounded. And `bool` turned every number but 0
# into `True`.

# %% folded="Drawing cut and rounded"
values = torch.linspace(-3, 3, 601)
figure, axis = plt.subplots(figsize=(6, 3))
axis.step(values, values.long(), where="mid", color="tab:blue", linewidth=2.5, label=".long() cuts off")
axis.step(values, values.round(), where="mid", color="tab:red", linewidth=1.5, linestyle="--", label=".round() rounds")
axis.set(xlabel="x", xticks=range(-3, 4), yticks=range(-3, 4))
axis.legend(frameon=False)
picture(
    figure,
    "Two staircases over x from -3 to 3. The solid one, .long(), is 0 everywhere between -1 and 1 and takes whole steps "
    "outside: every number with a fraction is moved towards zero. The dashed one, .round(), steps half-way between whole numbers.",
)

# %% [markdown]
# `torch.round` sends a half to the **even** neighbour: 0.5 becomes 0, 1.5 becomes 2, 2.5 becomes 2. Over many numbers that
# errs as often upwards as downwards.
#
# ### Out of range
#
# When you convert or calculate, a number that does not fit is not an error. A float that is too large becomes `inf`; an
# integer that is too large wraps round to the other end; a float that is too large for an integer dtype gives a
# meaningless number. All of it is silent.

# %%
print(torch.tensor(70_000.0).half())
print(torch.tensor(40_000).short())
print(torch.tensor([1], dtype=torch.int16) * 40_000)

# %% [markdown]
# Only writing such an integer straight into a tensor is refused:

# %% raises="RuntimeError"
torch.tensor(40_000, dtype=torch.int16)

# %% [markdown]
# ### 1.10 · Every digit
# *2 points · about 6 minutes*
#
# Measurements arrive as a list of Python floats, which have 64 bits. Return them as a float64 tensor with every digit they
# came with. Change no setting on the way. An empty list gives an empty tensor.
#
# For example `[0.1, 0.2]` gives `tensor([0.1000, 0.2000], dtype=torch.float64)`, and `.tolist()` of that gives back
# `[0.1, 0.2]`.
#
# <details><summary>Hint 1</summary>A tensor made without <code>dtype=</code> is float32. What has happened to the digits by
# then?</details>
# <details><summary>Hint 2</summary>Widening afterwards cannot bring back what was rounded away.</details>
# <details><summary>Hint 3</summary>Ask for <code>torch.float64</code> in the call that makes the tensor.</details>


# %% solution="as_float64"
def as_float64(values: list[float]) -> torch.Tensor:
    """`values` as float64, to the last digit."""
    ### BEGIN SOLUTION
    return torch.tensor(values, dtype=torch.float64)
    ### END SOLUTION


# %% check="as_float64" points=1
with check("as_float64"):
    want = torch.tensor([0.1, 0.2], dtype=torch.float64)
    lost = torch.tensor([0.1, 0.2]).double()
    expect(as_float64([0.1, 0.2]), want, mistakes={"digits_already_lost": lost})

# %% hidden="as_float64" points=1 checks="numbers that float32 cannot hold, one number, none, the default dtype afterwards"
with check("as_float64"):
    for numbers in [[1 / 3, 2 / 3, -1e-9], [123456789.123], [1e-300, 1e300], []]:
        want = torch.from_numpy(np.array(numbers, dtype=np.float64))
        rounded = torch.from_numpy(np.array(numbers, dtype=np.float64).round(6))
        expect(as_float64(numbers), want, mistakes={"digits_rounded": rounded}, rtol=1e-15)

# %% [markdown]
# ### 1.11 · Cut or rounded
# *2 points · about 6 minutes*
#
# Return two int64 tensors in a tuple, `(cut, rounded)`: the entries of `x` with their fractions cut off, and the entries of
# `x` rounded to the nearest whole number, a half to the even neighbour. `x` is a float tensor of any shape on any device,
# and the results stay there. Leave `x` as it was.
#
# For example `x = torch.tensor([1.2, 1.7, -1.7, 2.5])` gives `(tensor([ 1,  1, -1,  2]), tensor([ 1,  2, -2,  2]))`.
#
# <details><summary>Hint 1</summary>Going to integers cuts off. What has to come first for the second tensor?</details>
# <details><summary>Hint 2</summary>There is a method <code>.round()</code>; its result is still a float tensor.</details>
# <details><summary>Hint 3</summary>int64 is <code>.long()</code>; <code>.int()</code> is the smaller int32.</details>


# %% solution="truncate_or_round"
def truncate_or_round(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The entries of `x` with fractions cut off, and rounded (half to even); both int64."""
    ### BEGIN SOLUTION
    return x.long(), x.round().long()
    ### END SOLUTION


# %% check="truncate_or_round" points=1
with check("truncate_or_round"):
    given = torch.tensor([1.2, 1.7, -1.7, 2.5])
    cut, rounded = torch.tensor([1, 1, -1, 2]), torch.tensor([1, 2, -2, 2])
    usual = {
        "floored_for_cut": (torch.tensor([1, 1, -2, 2]), rounded),
        "halves_upwards": (cut, torch.tensor([1, 2, -2, 3])),
        "swapped": (rounded, cut),
    }
    expect(truncate_or_round(given), (cut, rounded), mistakes=usual)
    expect(given, [1.2, 1.7, -1.7, 2.5], mistake="input_changed")

# %% hidden="truncate_or_round" points=1 checks="halves, negative numbers, two axes, float64, other devices, the input unchanged"
with check("truncate_or_round"):
    for device in devices():
        for dtype in (torch.float32, torch.float64):
            x = torch.tensor([[0.5, 1.5, 2.5], [-0.5, -1.5, -2.6]], dtype=dtype, device=device)
            want = [[0, 1, 2], [0, -1, -2]], [[0, 2, 2], [0, -2, -3]]
            before = x.clone()
            expect(truncate_or_round(x), want, device=device)
            expect(x, before, mistake="input_changed")

# %% [markdown]
# ## 6 · When dtypes meet
#
# `a + b` needs one dtype for its result. Dtypes fall into **categories**, in this order: bool, integers, floats.
# (Complex numbers, above the floats, do not occur in this course.) Between tensors the higher category wins, whatever
# its size: int64 and float16 give float16. Within one category the larger dtype wins (if neither can hold the other, as
# with int8 and uint8, a larger one that holds both). `/` between integers gives floats; `//` does not.

# %%
ints = torch.tensor([1, 2, 3])
floats = torch.tensor([0.5, 0.5, 0.5])
print((ints + floats).dtype)
print((floats + floats.double()).dtype)
print((torch.tensor([True, False, True]) + ints).dtype)
print((ints + floats.half()).dtype)
print((ints / 2).dtype)

# %% [markdown]
# Plain Python numbers count for less. They never widen a tensor of their own category: a Python float leaves a `float16`
# tensor at `float16`. They matter only when their category is higher than the tensor's. Then a Python float brings the
# **default dtype**, which is `float32` unless somebody changed it, and a Python integer brings int64. A tensor without axes
# never widens a tensor of its own category that has axes, either; if its category is higher, the result takes its dtype.

# %%
print((floats.half() * 2.5).dtype)
print((torch.tensor([True, False]) + 1).dtype)
print((floats + torch.tensor(2.0, dtype=torch.float64)).dtype)

# %% [markdown]
# `torch.set_default_dtype` changes that default, for every float tensor that is made afterwards without `dtype=`. Call it at
# the top of a program or not at all. Here is what it does, and the way back:

# %%
torch.set_default_dtype(torch.float64)
print(torch.tensor([1.0, 2.0]).dtype, torch.zeros(2).dtype)
torch.set_default_dtype(torch.float32)
print(torch.tensor([1.0, 2.0]).dtype, torch.zeros(2).dtype)

# %% [markdown]
# ### 1.12 · Which dtype wins? (predict, then run)
# *1 point · about 2 minutes*
#
# What does `print((torch.tensor([1, 2, 3]) * 0.5).dtype)` print? Return it as text, for example `"torch.int32"`.
#
# <details><summary>Hint 1</summary>One of the two is a tensor of integers, the other a plain Python float. Whose category is
# higher?</details>
# <details><summary>Hint 2</summary>A plain float of a higher category brings the default dtype with it.</details>


# %% solution="promoted_dtype"
def promoted_dtype() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "torch.float32"
    ### END SOLUTION


# %% predict="promoted_dtype" points=1
with predict("promoted_dtype", lambda: promoted_dtype()):
    print((torch.tensor([1, 2, 3]) * 0.5).dtype)

# %% [markdown]
# ## 7 · Size in memory
#
# `.element_size()` is the number of bytes of one entry. Multiplied by `.numel()` it says what the entries take together. A
# batch of 16 colour pictures of 224 by 224 pixels, in float32:

# %%
batch = torch.zeros(16, 3, 224, 224)
print(f"{batch.numel():,} numbers of {batch.element_size()} bytes each")

# %% [markdown]
# ### 1.13 · Bytes needed
# *2 points · about 4 minutes*
#
# Return how many bytes the entries of `x` take, as an `int`, whatever its dtype and shape. Count the entries of `x` alone, not
# what it may share its memory with. Leave `x` as it was.
#
# For example, `torch.zeros(2, 3)` needs `24`: six entries of four bytes.
#
# <details><summary>Hint 1</summary>How many entries, times how much for each.</details>
# <details><summary>Hint 2</summary>Both are methods used in the cell above.</details>


# %% solution="bytes_needed"
def bytes_needed(x: torch.Tensor) -> int:
    """Bytes that the entries of `x` take."""
    ### BEGIN SOLUTION
    return x.numel() * x.element_size()
    ### END SOLUTION


# %% check="bytes_needed" points=1
with check("bytes_needed"):
    expect(bytes_needed(torch.zeros(2, 3)), 24, mistakes={"entries_not_bytes": 6})
    expect(bytes_needed(torch.zeros(3, dtype=torch.float64)), 24)

# %% hidden="bytes_needed" points=1 checks="other dtypes, no axis, nothing inside, part of a larger tensor, other devices, the input unchanged"
with check("bytes_needed"):
    sizes = {torch.float64: 8, torch.float16: 2, torch.int64: 8, torch.uint8: 1, torch.bool: 1}
    for device in devices():
        for dtype, size in sizes.items():
            x = torch.zeros(2, 3, 4, dtype=dtype, device=device)
            expect(bytes_needed(x), 24 * size)
            expect(x, torch.zeros(2, 3, 4, dtype=dtype, device=device), mistake="input_changed")
        for shape, count in [((), 1), ((5,), 5), ((0, 4), 0)]:
            expect(bytes_needed(torch.zeros(shape, device=device)), 4 * count)
        column = torch.zeros(10, 4, device=device)[:, 0]
        expect(bytes_needed(column), 40, mistakes={"whole_storage": 160})

# %% [markdown]
# ### 1.14 · A batch to try things on
# *3 points · about 10 minutes*
#
# Before you have real data you can try a network on made-up data. Return a dictionary with
#
# - `"images"`: `count` grey images of `size` by `size` pixels, shape `(count, size, size)`, float32, uniform from 0 to 1;
# - `"labels"`: `count` whole numbers from 0 to 9, shape `(count,)`, int64;
# - `"bytes"`: how many bytes the two tensors take together, as an `int`.
#
# The same `seed` gives the same batch, another seed another one, and the shared generator stays as it was.
#
# For example, `fake_batch(2, 4, seed=0)` has images of shape `(2, 4, 4)`, two labels, and `"bytes"` 144.
#
# <details><summary>Hint 1</summary>Each piece is an exercise that you have done: 1.8, 1.9, 1.13.</details>
# <details><summary>Hint 2</summary>One generator of your own serves both draws, one after the other.</details>
# <details><summary>Hint 3</summary><code>torch.rand</code> and <code>torch.randint</code> both take
# <code>generator=</code>.</details>


# %% solution="fake_batch"
def fake_batch(count: int, size: int, seed: int) -> dict[str, object]:
    """Random `images` (count, size, size), `labels` (count,) from 0 to 9, and the `bytes` of both."""
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(count, size, size, generator=generator)
    labels = torch.randint(0, 10, (count,), generator=generator)
    return {"images": images, "labels": labels, "bytes": images.nbytes + labels.nbytes}
    ### END SOLUTION


# %% check="fake_batch" points=1
with check("fake_batch"):
    batch = fake_batch(2, 4, seed=0)
    filled = batch if isinstance(batch, dict) else {}
    expect(batch, {key: filled.get(key) for key in ("images", "labels", "bytes")})
    expect_kind(batch["images"], torch.zeros(2, 4, 4))
    expect_kind(batch["labels"], torch.zeros(2, dtype=torch.int64))
    expect({"bytes": batch["bytes"]}, {"bytes": 144})
    before = torch.get_rng_state()
    again, other = fake_batch(2, 4, seed=0), fake_batch(2, 4, seed=1)
    expect(again["images"], batch["images"], mistake="not_reproducible")
    expect(torch.equal(other["images"], batch["images"]), False, mistake="seed_ignored")
    expect(torch.equal(torch.get_rng_state(), before), True, mistake="global_seed_disturbed")

# %% hidden="fake_batch" points=2 checks="the range of both, images that fill it evenly, labels that come back, other sizes, whether one number tells another"
with check("fake_batch"):
    batch, again, other = (fake_batch(500, 3, seed=seed) for seed in (7, 7, 8))
    expect_kind(batch["images"], torch.zeros(500, 3, 3))
    expect(again["labels"], batch["labels"], mistake="not_reproducible")
    expect(torch.equal(other["labels"], batch["labels"]), False, mistake="seed_ignored")
    low, high = batch["images"].min().item(), batch["images"].max().item()
    expect(0 <= low < 0.1 and 0.9 < high <= 1, True, mistake="not_uniform")
    pixels, others = batch["images"].flatten(), other["images"].flatten()
    for tenth in range(10):  # 450 in each, give or take 20
        expect(310 < int((pixels * 10).long().eq(tenth).sum()) < 590, True, mistake="not_uniform")
    expect(batch["labels"].unique(), list(range(10)), mistake="label_range")  # 500 draws miss a digit once in 10²²
    for partner in (pixels.roll(1), others):  # the mean of these products is 0, give or take 0.0012
        expect(abs(((pixels - 0.5) * (partner - 0.5)).mean().item()) < 0.01, True, mistake="not_independent")
    for partner in (batch["labels"].roll(1), other["labels"]):  # they miss a difference as seldom as a digit
        expect(((batch["labels"] - partner) % 10).unique(), list(range(10)), mistake="not_independent")
    want = {"bytes": 500 * 9 * 4 + 500 * 8}
    expect({"bytes": batch["bytes"]}, want, mistakes={"sizes_hard_coded": {"bytes": 144}})

# %% [markdown]
# ## 8 · Back to Python, and comparing tensors
#
# `.item()` takes the number out of a tensor that has one entry. `.tolist()` turns any tensor into nested Python lists.

# %%
print(torch.tensor([2.5]).item(), type(torch.tensor([2.5]).item()).__name__)
print(matrix.tolist())

# %% raises="RuntimeError"
matrix.item()

# %% [markdown]
# *a Tensor with 6 elements cannot be converted to Scalar*: one number was asked for and there are six.
#
# And how do you tell whether two tensors hold the same numbers? `==` compares place by place and gives a tensor of answers;
# `torch.equal` says in one word whether shape and numbers are the same. That is right for integers. For floats it is hardly
# ever what you want, because nearly every decimal fraction is rounded on the way in, and rounded again in each calculation:

# %%
a = torch.tensor(0.1) + torch.tensor(0.6)
b = torch.tensor(0.7)
print(a == b, torch.equal(a, b))
print(f"{a.item():.10f}")
print(f"{b.item():.10f}")

# %% [markdown]
# Ask instead whether they are close. `torch.allclose` answers yes or no, for tensors of one dtype.
# `torch.testing.assert_close` stays silent when they are, and otherwise raises an error that says where and by how much. It
# also insists on equal shape, dtype and device, which makes it the one to use in tests. Of the long report below, only the end
# matters, from `AssertionError` on.

# %%
print(torch.allclose(a, b))
torch.testing.assert_close(a, b)

# %% raises="AssertionError"
torch.testing.assert_close(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 2.5, 3.0]))

# %% [markdown]
# *Mismatched elements: 1 / 3*. The absolute difference is the plain distance; the relative one is that distance divided by
# the expected number. *Up to … allowed* are the two tolerances, chosen by dtype. They act together: a distance may be as
# large as the absolute one plus the relative one times the expected number.
#
# ## What you can do now
#
# | you have, or want | call |
# | --- | --- |
# | numbers, lists, an array | `torch.tensor(data, dtype=…)` |
# | a shape | `torch.zeros`, `ones`, `full`, `eye`, `empty` |
# | a tensor to match | `zeros_like`, `ones_like`, `full_like`, `x.new_zeros`, `x.new_full` |
# | a step, or a number of points | `arange` (end left out), `linspace` (end included) |
# | random numbers | `rand`, `randn`, `randint`, `randperm`, and a `torch.Generator` to repeat them |
# | to know what you have | `.shape`, `.ndim`, `.numel()`, `.dtype`, `.device`, `.element_size()` |
# | another dtype | `.to(dtype)`, `.float()`, `.double()`, `.half()`, `.long()`, `.int()`, `.short()`, `.bool()` |
# | plain Python again | `.item()`, `.tolist()` |
# | to compare floats | `torch.allclose`, `torch.testing.assert_close` |
#
# **To stretch yourself** (no points). Write `same_like(x, seed)`: normal noise with the shape, dtype and device of `x`, the
# same for the same seed, without touching the shared generator. `torch.randn` takes a shape, a dtype, a device and a
# generator. Where must the generator live when `x` is on a GPU?
#
# **To read on.** The pages *[torch: creation ops](https://docs.pytorch.org/docs/stable/torch.html#creation-ops)* and
# *[tensor attributes](https://docs.pytorch.org/docs/stable/tensor_attributes.html)*, whose first section says exactly which
# dtype wins when two meet.
#
# **Next:** lesson 02, picking out the entries you want.
