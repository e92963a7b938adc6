# %% [markdown]
# # 03 · Arithmetic, broadcasting and reductions
#
# A neural network is mostly three things done over and over: arithmetic on every entry, sums along an axis, and products
# of matrices. PyTorch does each of them on millions of numbers in one call, without a loop in your code. What you have to
# know is which numbers meet which, and what shape comes out.
#
# **After this lesson you can**
#
# - calculate with whole tensors, and write the result into a new tensor or into one that already exists;
# - fold an axis into its sum, its mean or its largest entry, and keep the axis when you need it;
# - say what happens when two shapes differ, before you run the line;
# - tell the matrix product from the product entry by entry;
# - recognise numbers that have become too large, and rearrange a calculation so that they do not occur.
#
# **It takes** about two and a half hours, in two sittings; after section 3 is a good place for a break. **It needs**
# lessons 01 and 02.
#
# Run the cells from top to bottom, the folded one first.

# %% [markdown]
# ## 1 · Entry by entry
#
# Between two tensors of one shape, Python's operators work **entry by entry**: the first with the first, the second
# with the second. A plain number is combined with every entry.

# %%
import torch

prices = torch.tensor([2.0, 3.0, 5.0])
amounts = torch.tensor([4.0, 1.0, 2.0])
print(prices + amounts, prices - amounts)
print(prices * amounts, prices / amounts)
print(prices**2, -prices, 10 - prices)

# %% [markdown]
# `**` is the power. It binds more tightly than the others, and `*` and `/` more tightly than `+` and `-`, as in all of
# Python.
#
# Each operator also exists as a function and as a method: `torch.add(a, b)`, `a.add(b)` and `a + b` do the same. The
# names are `add`, `sub`, `mul`, `div`, `pow` and `neg`. A call, unlike an operator, has room for further arguments:
# `add` and `sub` take `alpha`, a factor for their second operand.

# %%
print(prices.add(amounts, alpha=10))  # prices + 10 * amounts
print(torch.mul(prices, amounts), prices.neg())

# %% [markdown]
# None of these changes its operands. The result is a **new** tensor, and if you do not give it a name, it is lost:

# %%
prices.add(100)
print(prices)

# %% [markdown]
# ### 3.1 · Fahrenheit to Celsius
# *2 points · about 3 minutes*
#
# Return the temperatures `fahrenheit` in degrees Celsius: subtract 32, then take five ninths of what is left. It is a
# float or int64 tensor of any shape. A float tensor gives its own dtype; an int64 tensor gives float32. Leave
# `fahrenheit` as it was.
#
# For example `torch.tensor([32., 212., -40.])` gives `tensor([  0., 100., -40.])`.
#
# <details><summary>Hint 1</summary>Write it as you would for a single number.</details>
# <details><summary>Hint 2</summary>Which of <code>-</code>, <code>*</code> and <code>/</code> does Python do first?
# Brackets change that.</details>
# <details><summary>Hint 3</summary><code>(fahrenheit - 32) * …</code></details>


# %% solution="celsius"
def celsius(fahrenheit: torch.Tensor) -> torch.Tensor:
    """Temperatures in °F as °C, in the same shape; `fahrenheit` stays as it was."""
    ### BEGIN SOLUTION
    return (fahrenheit - 32) * 5 / 9
    ### END SOLUTION


# %% check="celsius" points=1
with check("celsius"):
    given = torch.tensor([32.0, 212.0, -40.0])
    usual = {
        "precedence": [32 - 160 / 9, 212 - 160 / 9, -40 - 160 / 9],
        "inverse_formula": [89.6, 413.6, -40.0],
        "ratio_inverted": [0.0, 324.0, -129.6],
        "subtraction_lost": [160 / 9, 1060 / 9, -200 / 9],
        "integer_division": [0.0, 0.0, 0.0],
    }
    expect(celsius(given), [0.0, 100.0, -40.0], mistakes=usual, rtol=1e-5)
    expect(celsius(torch.tensor([100.0])), [340 / 9], mistakes={"integer_division": [37.0]}, rtol=1e-5)
    expect(given, [32.0, 212.0, -40.0], mistake="input_changed")

# %% hidden="celsius" points=1 checks="whole numbers, float64, two axes, no axis, nothing inside, other devices"
with check("celsius"):
    for device in devices():
        for x in [
            randn(3, 4, device=device) * 50,
            torch.tensor([0, 50, 451, -40], device=device),
            randn(5, device=device, seed=1).double() * 50,
            torch.tensor(98.6, device=device),
            torch.zeros(0, 2, device=device),
        ]:
            before, dtype = x.clone(), torch.float64 if x.dtype == torch.float64 else torch.float32
            numbers = [(value - 32) * 5 / 9 for value in x.reshape(-1).tolist()]
            want = torch.tensor(numbers, dtype=dtype, device=device).reshape(x.shape)
            expect(celsius(x), want, mistakes={"integer_division": (before - 32) * 5 // 9}, rtol=1e-5)
            expect(x, before, mistake="input_changed")

# %% [markdown]
# ### Division, three ways
#
# - `/` divides and gives floats, even between integers.
# - `//` divides and **rounds down**.
# - `%` gives what is left over: `a - (a // b) * b`.

# %%
print(torch.tensor([7, 8, 9]) / 4)
print(torch.tensor([7, 8, 9]) // 4)
print(torch.tensor([7, 8, 9]) % 4)

# %% [markdown]
# All three lines divide positive numbers. Negative ones show what "down" means.
#
# ### 3.2 · Rounded which way? (predict, then run)
# *1 point · about 2 minutes*
#
# What does `print((torch.tensor([7, -7]) // 2).tolist())` print? Return it as text, for example `"[9, -9]"`.
#
# <details><summary>Hint 1</summary>7 / 2 is 3.5 and -7 / 2 is -3.5. Which whole numbers lie below them?</details>
# <details><summary>Hint 2</summary>Below -3.5 there is no -3.</details>


# %% solution="floor_or_cut"
def floor_or_cut() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "[3, -4]"
    ### END SOLUTION


# %% predict="floor_or_cut" points=1
with predict("floor_or_cut", lambda: floor_or_cut()):
    print((torch.tensor([7, -7]) // 2).tolist())

# %% [markdown]
# Down is not the same as towards zero. If you want the fraction cut off instead, say so with `rounding_mode`. And
# because `//` rounds down, the remainder `%` is 0 or has the sign of the divisor.

# %%
print(torch.div(torch.tensor([9, -9]), 4, rounding_mode="trunc"))
print(torch.tensor([9, -9]) // 4, torch.tensor([9, -9]) % 4)

# %% [markdown]
# Dividing by zero gives `inf` or `-inf`, and 0 / 0 gives `nan`; on the CPU, `//` and `%` between integers raise an error
# instead.
#
# ### In place
#
# A new tensor for each result is safe, but it costs memory. A method whose name ends in an underscore writes its result
# **into the tensor it is called on**: `add_`, `sub_`, `mul_`, `div_`, `pow_`, `neg_`, `copy_`, and many more. It also
# returns that tensor. `x *= 2` is another way to write `x.mul_(2)`, and `x.copy_(y)` writes the entries of `y` into
# `x`.

# %%
x = torch.tensor([1.0, 2.0, 3.0])
same = x  # a second name for the same tensor
x.mul_(10)
print(same)
x += 1
print(same)
x = x + 1  # a new tensor, and the name x moves over to it
print(same, x)

# %% [markdown]
# The last two assignments look alike, but they do different things. `x += 1` changed the tensor that both names mean.
# `x = x + 1` made another one, and `same` still means the old one. Whoever handed you a tensor holds such a second
# name, so change it only when you are asked to.
#
# The result must fit into the existing tensor, and halves do not fit into a tensor of integers:

# %% raises="RuntimeError"
torch.tensor([1, 2, 3]).mul_(0.5)

# %% [markdown]
# *result type Float can't be cast to the desired output type Long*: the product would be float, and the tensor is int64,
# for which *Long* is the old name. Either the tensor has a float dtype from the start, or you write `x = x * 0.5` for a
# new one.
#
# ### 3.3 · Scale in place
# *2 points · about 4 minutes*
#
# Multiply every entry of `x` by `factor`, in place, and return `x` itself. `x` is a float tensor of any shape.
#
# For example, after `y = scale_in_place(x, 10.0)` with `x = torch.tensor([1., 2.])`, `x` is `tensor([10., 20.])`, and
# `y is x` is `True`.
#
# <details><summary>Hint 1</summary><code>x * factor</code> makes a new tensor. Which spelling writes into
# <code>x</code>?</details>
# <details><summary>Hint 2</summary>The method that multiplies is called <code>mul</code>. In place it has one character
# more.</details>


# %% solution="scale_in_place"
def scale_in_place(x: torch.Tensor, factor: float) -> torch.Tensor:
    """`x` itself, every entry multiplied by `factor`."""
    ### BEGIN SOLUTION
    return x.mul_(factor)
    ### END SOLUTION


# %% check="scale_in_place" points=1
with check("scale_in_place"):
    given = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    before = given.clone()
    got = scale_in_place(given, 10.0)
    expect(got, before * 10, mistakes={"result_ignored": before})
    expect_same_object(got, given)

# %% hidden="scale_in_place" points=1 checks="a column of a larger tensor, no axis, nothing inside, 0 and negative factors, twice, other devices"
with check("scale_in_place"):
    for device in devices():
        for x, factor in [
            (randn(4, 3, device=device)[:, 1], -2.5),
            (randn(2, 3, 4, device=device, seed=1).double(), 0.1),
            (randn(3, 2, device=device, seed=2), 0.0),
            (torch.tensor(3.0, device=device), 1.5),
            (torch.zeros(0, 4, device=device), 2.0),
        ]:
            for _ in range(2):
                numbers = [value * factor for value in x.reshape(-1).tolist()]
                want = torch.tensor(numbers, dtype=x.dtype, device=device).reshape(x.shape)
                got = scale_in_place(x, factor)
                expect(got, want)
                expect_same_object(got, x)

# %% [markdown]
# ### Into an existing tensor: `out=`
#
# The functions take an argument `out=`, a tensor to write the result into. It should have the shape of the result, and
# what it held before does not matter. In a loop, this saves making the same tensor a thousand times. An `out` of
# another shape is resized, with a warning; do not rely on that.

# %%
total = torch.full((3,), 99.0)
torch.add(prices, amounts, out=total)
print(total)

# %% [markdown]
# ### 3.4 · Add into
# *2 points · about 4 minutes*
#
# Write `a + b` into the tensor `out`, whatever it held, and return `out` itself. `out` has the shape and the dtype of
# the sum. `b` may also be a single row, which `a + b` adds to every row of `a`. Leave `a` and `b` as they were.
#
# For example, `a = torch.tensor([1., 2.])`, `b = torch.tensor([10., 20.])` and `out = torch.tensor([7., 7.])` leave
# `tensor([11., 22.])` in `out`.
#
# <details><summary>Hint 1</summary><code>out = a + b</code> gives the name <code>out</code> to a new tensor. The caller's
# tensor stays as it was.</details>
# <details><summary>Hint 2</summary>The function behind <code>+</code> is <code>torch.add</code>. What else does it
# take?</details>
# <details><summary>Hint 3</summary><code>torch.add(a, b, out=…)</code></details>


# %% solution="add_into"
def add_into(a: torch.Tensor, b: torch.Tensor, out: torch.Tensor) -> torch.Tensor:
    """`out` itself, holding `a + b`; `a` and `b` stay as they were."""
    ### BEGIN SOLUTION
    return torch.add(a, b, out=out)
    ### END SOLUTION


# %% check="add_into" points=1
with check("add_into"):
    a, b = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), torch.tensor([10.0, 20.0])
    out, before = torch.full((3, 2), 7.0), (a.clone(), b.clone())
    got, sums = add_into(a, b, out), before[0] + before[1]
    expect(got, sums, mistakes={"out_added_to": sums + 7, "result_ignored": torch.full((3, 2), 7.0)})
    expect((a, b), before, mistake="input_changed")
    expect_same_object(got, out)

# %% hidden="add_into" points=1 checks="a row added to every row, whole numbers, a transposed out, nothing inside, other devices"
with check("add_into"):
    for device in devices():
        for a, b, out in [
            (randn(2, 5, device=device), randn(2, 5, device=device, seed=1), torch.full((5, 2), 3.0, device=device).T),
            (randn(4, 3, device=device), randn(3, device=device, seed=1), randn(4, 3, device=device, seed=2)),
            (torch.arange(4, device=device), torch.arange(4, device=device) * -3, torch.arange(4, device=device) + 9),
            (torch.zeros(0, 2, device=device), torch.ones(2, device=device), torch.zeros(0, 2, device=device)),
        ]:
            before, held = (a.clone(), b.clone()), out.clone()
            want = torch.zeros_like(a)
            for i in range(len(a)):
                want[i] = a[i] + (b[i] if b.ndim == a.ndim else b)
            got = add_into(a, b, out)
            expect(got, want, mistakes={"out_added_to": want + held, "result_ignored": held})
            expect((a, b), before, mistake="input_changed")
            expect_same_object(got, out)

# %% [markdown]
# ## 2 · Functions of one entry, and comparisons
#
# These take each entry by itself and keep the shape. They are methods as well: `x.sqrt()`.
#
# | call | gives |
# | --- | --- |
# | `torch.pow(x, p)` | the power, as `x**p` |
# | `torch.sqrt(x)` | the square root |
# | `torch.exp(x)` | e to the power x |
# | `torch.log(x)`, `torch.log2(x)`, `torch.log10(x)` | logarithms to the base e, 2 and 10 |
# | `torch.abs(x)` | the distance from 0 |
# | `torch.clamp(x, min=…, max=…)` | x, moved to the nearer limit where it lies outside; one limit is enough |

# %%
x = torch.tensor([1.0, 4.0, 100.0])
print(x.sqrt(), x.pow(0.5))
print(x.log10(), torch.log2(x))
print(x.log().exp())
print(x.clamp(min=2.0, max=50.0))

# %% [markdown]
# Where mathematics has no answer, PyTorch does not stop. The logarithm of 0 is `-inf`, minus infinity; the square root
# or logarithm of a negative number is `nan`, *not a number*. Nearly every calculation with a `nan` gives `nan` again,
# so a single one can spread far from where it arose.

# %%
print(torch.log(torch.tensor([1.0, 0.0, -1.0])))
print(torch.sqrt(torch.tensor([4.0, -4.0])))

# %% [markdown]
# A function of each entry has nothing to do with axes. Some old tutorials pass a `dim` all the same. This is what
# happens:

# %% raises="TypeError"
torch.sqrt(x, dim=0)

# %% [markdown]
# *unexpected keyword argument 'dim'*: there is no axis to name, because each entry is calculated by itself.
#
# ### Comparing
#
# `<`, `<=`, `>`, `>=`, `==` and `!=` compare entry by entry and give a tensor of `bool`. `True` counts as 1, so its sum
# says how often a comparison holds. Floats that were calculated are compared with `torch.isclose`, which answers for each
# entry, or with `torch.allclose`, which gives one answer for all.

# %%
a = torch.tensor([0.1, 0.5, 2.0]) + 0.6
b = torch.tensor([0.7, 1.1, 3.0])
print(a > 1, (a > 1).sum())
print(a == b)
print(torch.isclose(a, b), torch.allclose(a, b))

# %% [markdown]
# The first entries, 0.1 + 0.6 and 0.7, differ in their last digit. `==` notices, `isclose` lets it pass.
#
# Python's `if` wants a single answer, and three answers are not one:

# %% raises="RuntimeError"
if a > 1:
    print("large")

# %% [markdown]
# *Boolean value of Tensor with more than one value is ambiguous*. Say what you mean: `(a > 1).all()` or `(a > 1).any()`.
#
# ### 3.5 · Decibels
# *2 points · about 6 minutes*
#
# A recording is a tensor of amplitudes, float32, of both signs. The loudness of an amplitude, in decibels, is 20 times
# the base-10 logarithm of its absolute value. Silence would be minus infinity, so a meter has a lowest reading, here
# -60. Return the loudness of every entry of `wave`, at least -60, in the same shape. Leave `wave` as it was.
#
# For example `torch.tensor([1., -0.1, 0.])` gives `tensor([  0., -20., -60.])`.
#
# <details><summary>Hint 1</summary>Three steps, one after the other: the absolute value, the logarithm, the
# limit.</details>
# <details><summary>Hint 2</summary>The logarithm of 0 is <code>-inf</code>, which is below -60. So the limit takes care
# of it.</details>
# <details><summary>Hint 3</summary><code>(20 * wave.abs().log10()).clamp(…)</code>: is -60 its <code>min</code> or its
# <code>max</code>?</details>


# %% solution="decibels"
def decibels(wave: torch.Tensor) -> torch.Tensor:
    """Loudness of every amplitude in `wave`, in decibels and at least -60."""
    ### BEGIN SOLUTION
    return (20 * wave.abs().log10()).clamp(min=-60)
    ### END SOLUTION


# %% check="decibels" points=1
with check("decibels"):
    given = torch.tensor([1.0, -0.1, 0.0, 10.0, 1e-4])
    usual = {
        "natural_logarithm": [0.0, -46.0517, -60.0, 46.0517, -60.0],
        "limit_on_wrong_side": [-60.0, -60.0, float("-inf"), -60.0, -80.0],
        "no_limit": [0.0, -20.0, float("-inf"), 20.0, -80.0],
        "only_silence_limited": [0.0, -20.0, -60.0, 20.0, -80.0],
        "limited_too_early": [0.0, -20.0, -1200.0, 20.0, -80.0],
        "limited_above": [0.0, -20.0, -60.0, 0.0, -60.0],
        "sign_not_removed": [0.0, float("nan"), -60.0, 20.0, -60.0],
    }
    expect(decibels(given), [0.0, -20.0, -60.0, 20.0, -60.0], mistakes=usual, rtol=1e-5)
    expect(given, [1.0, -0.1, 0.0, 10.0, 1e-4], mistake="input_changed")

# %% hidden="decibels" points=1 checks="loud and faint amplitudes, the limit itself, two channels, nothing inside, other devices"
import math

with check("decibels"):
    for device in devices():
        for wave in [
            torch.tensor([10.0, -2.5, 1e-3, -1e-3, 9e-4, 1e-30, -0.0], device=device),
            randn(5, 2, device=device).T,
            torch.zeros(0, device=device),
        ]:
            before = wave.clone()
            logs = [math.log10(abs(value)) if value else -math.inf for value in wave.reshape(-1).tolist()]
            want = torch.tensor([max(20 * each, -60.0) for each in logs], device=device).reshape(wave.shape)
            usual = {
                "limited_above": want.clamp(max=0),
                "only_silence_limited": (20 * before.abs().log10()).nan_to_num(neginf=-60.0),
            }
            expect(decibels(wave), want, device=device, mistakes=usual, rtol=1e-5)
            expect(wave, before, mistake="input_changed")

# %% [markdown]
# ## 3 · Reductions: an axis becomes one number
#
# A **reduction** makes fewer numbers out of many: `sum`, `mean`, `prod`, `std`, `var`, `min`, `max`. Without arguments it
# takes the whole tensor and gives a tensor without axes. It does so whatever the shape: `x.sum()` does not add up rows or
# columns, it adds up everything.

# %%
scores = torch.tensor([[1.0, 5.0, 3.0], [4.0, 0.0, 8.0]])
print(scores.sum(), scores.mean(), scores.prod())
print(scores.min(), scores.max())

# %% [markdown]
# With `dim=` it folds that one axis. **`dim` names the axis that disappears.** `scores` has shape `(2, 3)`. With `dim=0`
# the 2 disappears and 3 numbers are left, one for each column; with `dim=1` the 3 disappears and 2 numbers are left, one
# for each row.

# %%
print(scores.sum(dim=0), scores.sum(dim=0).shape)
print(scores.sum(dim=1), scores.sum(dim=1).shape)

# %% folded="Drawing both sums"
show_fold(
    scores, 0, "dim=0 folds the rows onto each other: each column of two becomes its sum. Shape (2, 3) becomes (3,)."
)
show_fold(scores, 1, "dim=1 folds each row of three into its sum. Shape (2, 3) becomes (2,).")

# %% [markdown]
# Negative numbers count from the end, as in an index: `dim=-1` is the last axis, however many there are. A tuple folds
# several at once: `x.mean(dim=(1, 2))`.
#
# With `keepdim=True` the folded axis stays, with length 1. Section 4 shows what that is good for.

# %%
print(scores.mean(dim=1))
print(scores.mean(dim=1, keepdim=True))
print(torch.ones(4, 2, 3).sum(dim=(1, 2)))

# %% folded="Drawing the means, axis kept"
show_fold(
    scores,
    1,
    "Each row becomes its mean, 3 and 4. With keepdim=True they stay one below the other: shape (2, 3) becomes (2, 1).",
    how="mean",
    keepdim=True,
)

# %% [markdown]
# ### 3.6 · Row means
# *2 points · about 3 minutes*
#
# `scores` holds one row per student, shape `(n, m)`, float32, with `m` at least 1; `n` may be 0. Return the mean of each
# row as a column, shape `(n, 1)`. Leave `scores` as it was.
#
# For example `[[1., 2., 6.], [4., 4., 4.]]` gives `[[3.], [4.]]`.
#
# <details><summary>Hint 1</summary>A row runs along axis 1. Which axis has to disappear?</details>
# <details><summary>Hint 2</summary>It disappears, and an axis of length 1 stays in its place: there is an argument for
# that.</details>


# %% solution="row_means"
def row_means(scores: torch.Tensor) -> torch.Tensor:
    """Mean of each row of `scores` (n, m), shape (n, 1)."""
    ### BEGIN SOLUTION
    return scores.mean(dim=1, keepdim=True)
    ### END SOLUTION


# %% check="row_means" points=1
with check("row_means"):
    given = torch.tensor([[1.0, 2.0, 6.0], [4.0, 4.0, 4.0]])
    usual = {
        "wrong_axis": [[2.5, 3.0, 5.0]],
        "wrong_axis_dropped": [2.5, 3.0, 5.0],
        "whole_for_axis": torch.tensor(3.5),
        "keepdim_forgotten": [3.0, 4.0],
    }
    expect(row_means(given), [[3.0], [4.0]], mistakes=usual)
    expect(given, [[1.0, 2.0, 6.0], [4.0, 4.0, 4.0]], mistake="input_changed")

# %% hidden="row_means" points=1 checks="one row, one column, no rows, negative numbers, a transposed input, other devices"
with check("row_means"):
    for device in devices():
        for marks in [randn(n, m, device=device) for n, m in [(1, 4), (5, 1), (3, 7), (0, 3)]] + [
            randn(2, 6, device=device, seed=1).T
        ]:
            before = marks.clone()
            want = torch.zeros(len(before), 1, device=device)
            for i, row in enumerate(before.tolist()):
                want[i, 0] = sum(row) / len(row)
            usual = {"sizes_hard_coded": marks.sum(1, keepdim=True) / 3, "keepdim_forgotten": marks.mean(1)}
            expect(row_means(marks), want, mistakes=usual, rtol=1e-5)
            expect(marks, before, mistake="input_changed")

# %% [markdown]
# ### The largest, and where it is
#
# `max` and `min` do something that the other reductions above do not. With `dim=` they give **two** tensors in a named
# tuple: the values, and the index of each along that axis.

# %%
print(scores.max(dim=1))
print(scores.max(dim=1).values)
best, where = scores.max(dim=1)
print(best, where)

# %% [markdown]
# The pair is a tuple, not a tensor. Sometimes PyTorch tells you. Sometimes Python finds a meaning of its own, and nobody
# tells you: a tuple times 2 is that tuple twice.

# %% raises="TypeError"
scores - scores.max(dim=1)

# %%
print(scores.max(dim=1) * 2)

# %% [markdown]
# The error at least names what it got, `torch.return_types.max`. When you meet that name, a `.values` or `.indices` is
# missing.
#
# `argmax` and `argmin` give the index alone, `amax` and `amin` the values alone. If the largest entry occurs more than
# once, the index is that of the first. Without `dim`, `argmax` counts through the whole tensor, row after row.

# %%
print(scores.argmax(dim=1), scores.amax(dim=1))
print(scores.argmin(dim=0), scores.argmax())

# %% folded="Drawing argmax"
show_fold(
    scores, 1, "Each row becomes the index of its largest entry: 5 stands at index 1, 8 at index 2.", how="argmax"
)

# %% [markdown]
# ### 3.7 · Accuracy
# *2 points · about 5 minutes*
#
# A classifier gives each sample one number per class, and the class with the largest number is its answer. `outputs` has
# shape `(n, classes)`, float32, `n` at least 1; `labels` has shape `(n,)`, int64, and holds the right classes. Return the
# share of samples whose answer is right, as a Python `float` from 0 to 1. If the largest number of a row occurs twice,
# the first counts. Leave both as they were.
#
# For example, `outputs = torch.tensor([[0.1, 0.7, 0.2], [0.9, 0.5, 0.3]])` with `labels = torch.tensor([1, 2])` gives
# `0.5`: the first answer, class 1, is right; the second, class 0, is not.
#
# <details><summary>Hint 1</summary>First the answers, shape <code>(n,)</code>: which reduction gives the index of the
# largest entry, and along which axis?</details>
# <details><summary>Hint 2</summary>Answers and labels are compared by <code>==</code>. The mean of <code>bool</code> is
# refused; what can you turn it into?</details>
# <details><summary>Hint 3</summary><code>(… == labels).float().mean()</code> has one entry. <code>.item()</code> takes it
# out.</details>


# %% solution="accuracy"
def accuracy(outputs: torch.Tensor, labels: torch.Tensor) -> float:
    """Share of the rows of `outputs` (n, classes) whose largest entry stands at `labels` (n,)."""
    ### BEGIN SOLUTION
    return (outputs.argmax(dim=1) == labels).float().mean().item()
    ### END SOLUTION


# %% check="accuracy" points=1
with check("accuracy"):
    rows = [
        [0.1, 0.7, 0.2, 0.0],
        [0.9, 0.5, 0.3, 0.1],
        [0.2, 0.3, 2.0, 0.1],
        [1.0, 0.1, 0.3, 0.2],
        [0.4, 0.2, 0.3, 0.9],
        [1.0, 1.5, 0.3, 0.8],
        [0.2, 0.1, 0.3, 1.5],
        [0.1, 0.2, 0.3, 0.4],
    ]
    outputs, labels = torch.tensor(rows), torch.tensor([1, 0, 2, 1, 2, 1, 2, 3])
    got = accuracy(outputs, labels)
    usual = {
        "count_for_share": 5 if isinstance(got, int) else 5.0,
        "percent_for_share": 62.5,
        "wrong_ones_counted": 3 / 8,
        "divided_by_all": 5 / 32,
        "smallest_for_largest": 1 / 8,
        "values_for_indices": 2 / 8,
        "pairs_for_entries": 14 / 64,
    }
    expect(got, 5 / 8, mistakes=usual)
    expect((outputs, labels), (torch.tensor(rows), torch.tensor([1, 0, 2, 1, 2, 1, 2, 3])), mistake="input_changed")

# %% hidden="accuracy" points=1 checks="one sample, two equal largest numbers, negative numbers, all wrong, other devices"
with check("accuracy"):
    for device in devices():
        for n, classes, seed in [(1, 3, 0), (7, 4, 1), (4, 7, 2), (40, 2, 3), (9, 1, 4)]:
            outputs = (randn(n, classes, device=device, seed=seed) * 2).round() - 10  # rounded, so that ties occur
            labels = (randn(n, device=device, seed=seed + 10).abs() * 2).long() % classes
            before, rows = (outputs.clone(), labels.clone()), zip(outputs.tolist(), labels.tolist(), strict=True)
            right = [row.index(max(row)) == label for row, label in rows]
            expect(accuracy(outputs, labels), sum(right) / n)
            expect((outputs, labels), before, mistake="input_changed")
        equal = torch.tensor([[3.0, 3.0, 1.0], [2.0, 5.0, 5.0], [0.0, 0.0, 0.0]], device=device)
        expect(accuracy(equal, torch.tensor([0, 1, 0], device=device)), 1.0, mistake="last_of_equals")

# %% [markdown]
# ### Spread: `std` and `var`
#
# `var` is the variance, the mean squared distance from the mean; `std`, the standard deviation, is its square root. But
# which mean? If your numbers are a sample from a larger population, the sum of these squared distances divided by `n`
# is on average a little too low; dividing by `n - 1` corrects that. PyTorch divides by **`n - correction`**, where
# `correction` is 1 unless you say otherwise. NumPy's default is 0, division by `n`.

# %%
sample = torch.tensor([1.0, 3.0, 5.0, 7.0])
print(sample.var(), 20 / 3)
print(sample.var(correction=0), 20 / 4)
print(sample.std(correction=0))

# %% [markdown]
# The squared distances from the mean, 4, are 9, 1, 1 and 9; their sum is 20. Older code writes `unbiased=False` for
# `correction=0`. For a single number `n - 1` is 0, so its `std()` is `nan`, with a warning; its `std(correction=0)` is
# 0.
#
# Integers are refused by `mean`, `std` and `var`, as in lesson 01. `sum` and `prod` take them and give int64.
#
# ## 4 · Broadcasting: when the shapes differ
#
# A number is combined with every entry of a tensor. In the same way a row can be combined with every row of a matrix:
# PyTorch acts as if the smaller tensor were repeated until the shapes agree, and copies nothing to do so. This is
# **broadcasting**.

# %%
points = torch.tensor([[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]])
bonus = torch.tensor([1.0, 2.0, 3.0])
print(points + bonus)

# %% folded="Drawing how the row is stretched"
show_broadcast(
    points,
    bonus,
    "points has shape (2, 3), bonus (3,). The row is repeated downwards, in hatched cells with parentheses, "
    "and added entry by entry.",
    op="+",
    names=("points", "bonus"),
)

# %% [markdown]
# There are three rules. Write the two shapes one below the other, **aligned at the right**.
#
# 1. Where one shape is shorter, put 1s in front of it.
# 2. In each place the lengths must be equal, or one of them must be 1.
# 3. An axis of length 1 is stretched to the length of the other.
#
# ```text
# points         (2, 3)           column  (4, 1)           images   (8, 3, 32, 32)
# bonus             (3)           row        (5)           colour      (3,  1,  1)
# points + bonus (2, 3)           both    (4, 5)           both     (8, 3, 32, 32)
# ```
#
# In the middle example **both** are stretched. That is how all pairs are made: each number of a column with each of a
# row. `torch.broadcast_shapes` applies the rules for you.

# %%
column = torch.tensor([[10.0], [20.0], [30.0]])
row = torch.tensor([1.0, 2.0])
print(column - row)
print(torch.broadcast_shapes((8, 3, 32, 32), (3, 1, 1)))

# %% folded="Drawing how both are stretched"
show_broadcast(
    column,
    row,
    "column has shape (3, 1) and is repeated to the right, row has shape (2,) and is repeated downwards. "
    "The result has shape (3, 2): every entry of one with every entry of the other.",
    op="-",
    names=("column", "row"),
)

# %% [markdown]
# A column comes from a vector by an index with `None`, as in lesson 02: `v[:, None]` has shape `(n, 1)`, `v[None, :]`
# shape `(1, n)`.
#
# Shapes that do not fit are an error. To take its mean from each row, the obvious line is this:

# %% raises="RuntimeError"
scores - scores.mean(dim=1)

# %% [markdown]
# *The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 1*. Align them: `(2, 3)` and
# `(2)`. The 2 stands below the 3. "Non-singleton" says that neither of the two lengths is 1. What was meant is a column,
# `(2, 1)`, and that is what `keepdim=True` is for:

# %%
print(scores - scores.mean(dim=1, keepdim=True))

# %% folded="Drawing the means, taken from each row"
show_broadcast(
    scores,
    scores.mean(dim=1, keepdim=True),
    "The means have shape (2, 1). The column is repeated to the right, so each mean is subtracted from its own row.",
    op="-",
    names=("scores", "means"),
)

# %% [markdown]
# The error was luck. Had `scores` been square, the same line would have run, and subtracted from each **column** the mean
# of a row. It is a good habit to try a line on shapes whose lengths are all different.
#
# ### 3.8 · Standardise the columns
# *3 points · about 8 minutes*
#
# Features come in different units, and many methods want them on one scale. `table` has one row per sample and one column
# per feature, shape `(n, m)`, float32, `n` at least 1. Return a tensor of the same shape in which each column has had its
# mean subtracted and has then been divided by its standard deviation, with `correction=0`. A column whose standard
# deviation is 0 becomes zeros. Leave `table` as it was.
#
# For example `[[1., 10., 5.], [3., 50., 5.]]` gives `[[-1., -1., 0.], [1., 1., 0.]]`.
#
# <details><summary>Hint 1</summary>One mean and one standard deviation for each column: which axis disappears? Does the
# shape that is left fit the table?</details>
# <details><summary>Hint 2</summary>In the third column of the example the difference is 0 and so is the divisor, and 0 / 0 is
# <code>nan</code>. Any other divisor would give the 0 that is asked for.</details>
# <details><summary>Hint 3</summary><code>std[std == 0] = 1</code> writes a 1 wherever there is a 0, as in lesson 02.
# <code>torch.where(std == 0, 1.0, std)</code> does the same into a new tensor.</details>


# %% solution="standardise_columns"
def standardise_columns(table: torch.Tensor) -> torch.Tensor:
    """`table` (n, m) with each column at mean 0 and standard deviation 1 (correction=0); columns whose deviation is 0 at 0."""
    ### BEGIN SOLUTION
    std = table.std(dim=0, correction=0)
    return (table - table.mean(dim=0)) / torch.where(std == 0, 1.0, std)
    ### END SOLUTION


# %% check="standardise_columns" points=1
with check("standardise_columns"):
    given = torch.tensor([[1.0, 10.0], [1.0, 10.0], [3.0, 50.0], [3.0, 50.0]])
    before, short = given.clone(), 0.75**0.5
    usual = {
        "unbiased_for_biased": [[-short, -short], [-short, -short], [short, short], [short, short]],
        "wrong_axis": [[-1.0, 1.0], [-1.0, 1.0], [-1.0, 1.0], [-1.0, 1.0]],
        "whole_for_axis": torch.tensor([[-15.0, -6.0], [-15.0, -6.0], [-13.0, 34.0], [-13.0, 34.0]]) / 396.5**0.5,
        "variance_for_deviation": [[-1.0, -0.05], [-1.0, -0.05], [1.0, 0.05], [1.0, 0.05]],
        "only_centred": [[-1.0, -20.0], [-1.0, -20.0], [1.0, 20.0], [1.0, 20.0]],
        "precedence": [[-1.0, 8.5], [-1.0, 8.5], [1.0, 48.5], [1.0, 48.5]],
    }
    want = [[-1.0, -1.0], [-1.0, -1.0], [1.0, 1.0], [1.0, 1.0]]
    expect(standardise_columns(given), want, mistakes=usual, rtol=1e-5)
    expect(given, before, mistake="input_changed")
    constant, nan = torch.tensor([[1.0, 0.1, 5.0], [3.0, 0.5, 5.0]]), float("nan")
    naive = {"divided_by_zero": [[-1.0, -1.0, nan], [1.0, 1.0, nan]]}
    expect(standardise_columns(constant), [[-1.0, -1.0, 0.0], [1.0, 1.0, 0.0]], mistakes=naive, rtol=1e-5)

# %% hidden="standardise_columns" points=2 checks="a column of equal numbers, one row, one column, very different scales, other devices"
import math

with check("standardise_columns"):
    for device in devices():
        scale = torch.tensor([1000.0, 0.1, 1.0, -5.0], device=device)
        for table in [
            randn(9, 4, device=device) * scale + scale,
            randn(4, 4, device=device, seed=1),
            randn(6, 1, device=device, seed=2),
            randn(2, 5, device=device, seed=3).T,
            torch.tensor([[5.0, 1.0], [5.0, 2.0], [5.0, -3.0], [5.0, 8.0]], device=device),
            torch.tensor([[2.0, -7.0, 0.0]], device=device),
        ]:
            before, want = table.clone(), torch.zeros_like(table)
            for j, entries in enumerate(zip(*table.tolist(), strict=True)):
                mean = sum(entries) / len(entries)
                std = math.sqrt(sum((value - mean) ** 2 for value in entries) / len(entries))
                for i, value in enumerate(entries):
                    want[i, j] = (value - mean) / std if std else 0.0
            naive = (before - before.mean(0)) / before.std(0, correction=0)
            expect(standardise_columns(table), want, mistakes={"divided_by_zero": naive}, rtol=1e-4)
            expect(table, before, mistake="input_changed")

# %% [markdown]
# With numbers such as 0.1 the mean of equal numbers may be off by a rounding; then the deviation is tiny and not 0. Comparing
# the largest with the smallest entry of a column tells for certain.
#
# ### The quiet trap
#
# A network's predictions often have shape `(n, 1)`, and the targets in the file shape `(n,)`. Their difference should be
# `n` numbers.

# %%
predictions = torch.tensor([[1.0], [2.0], [3.0]])
targets = torch.tensor([1.0, 2.0, 4.0])
errors = predictions - targets
print(errors.shape)
print((errors**2).mean())

# %% folded="Drawing the trap"
show_broadcast(
    predictions,
    targets,
    "Predictions of shape (3, 1) minus targets of shape (3,): both are stretched, and the result is nine differences, "
    "every prediction with every target. The three that were meant stand on the diagonal.",
    op="-",
    names=("predictions", "targets"),
)

# %% [markdown]
# No error, no warning, and one number at the end that looks like a loss. It is the wrong one: the three differences meant
# are 0, 0 and -1, whose mean square is 0.3333. Bring both to one shape before you subtract, here with `predictions -
# targets[:, None]`.
#
# ### 3.9 · Which shape? (predict, then run)
# *1 point · about 2 minutes*
#
# What does `print(tuple((torch.zeros(4) * torch.zeros(4, 1)).shape))` print? Return it as text: for example `"(7, 8,
# 9)"`.
#
# <details><summary>Hint 1</summary>Write <code>(4)</code> and <code>(4, 1)</code> one below the other, aligned at the
# right.</details>
# <details><summary>Hint 2</summary>With a 1 in front, the first is <code>(1, 4)</code>. Now each place has a 1.</details>


# %% solution="which_shape"
def which_shape() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "(4, 4)"
    ### END SOLUTION


# %% predict="which_shape" points=1
with predict("which_shape", lambda: which_shape()):
    print(tuple((torch.zeros(4) * torch.zeros(4, 1)).shape))

# %% [markdown]
# ### 3.10 · The outer product
# *2 points · about 4 minutes*
#
# The **outer product** of two vectors, `a` of shape `(n,)` and `b` of shape `(m,)`, is the multiplication table of
# their entries: shape `(n, m)`, with `a[i] * b[j]` at row `i` and column `j`. Return it by broadcasting, without a loop
# and without `torch.outer`. Both have the same dtype, float or int64, and the result has it too. Either may be empty.
#
# For example `a = torch.tensor([1, 2, 3])` and `b = torch.tensor([10, 20])` give `[[10, 20], [20, 40], [30, 60]]`.
#
# <details><summary>Hint 1</summary>Which two shapes broadcast to <code>(n, m)</code> such that both are
# stretched?</details>
# <details><summary>Hint 2</summary>A column of shape <code>(n, 1)</code> and a row of shape <code>(m,)</code>.</details>
# <details><summary>Hint 3</summary><code>a[:, None]</code> is the column.</details>


# %% solution="outer_product"
def outer_product(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """`a[i] * b[j]` for all i and j, shape (n, m)."""
    ### BEGIN SOLUTION
    return a[:, None] * b
    ### END SOLUTION


# %% check="outer_product" points=1
with check("outer_product"):
    a, b = torch.tensor([1, 2, 3]), torch.tensor([10, 20])
    expect(outer_product(a, b), [[10, 20], [20, 40], [30, 60]])
    expect((a, b), (torch.tensor([1, 2, 3]), torch.tensor([10, 20])), mistake="input_changed")
    expect_uses(source_of("outer_product"), "for", "while", most=0)
    expect_uses(source_of("outer_product"), "outer", "ger", most=0)

# %% hidden="outer_product" points=1 checks="vectors of equal length, of length 1 and 0, negative numbers, floats, other devices"
with check("outer_product"):
    for device in devices():
        for n, m in [(4, 4), (1, 5), (5, 1), (3, 6), (0, 2), (2, 0)]:
            for whole in (False, True):
                a, b = randn(n, device=device) * 9, randn(m, device=device, seed=1) * 9
                a, b = (a.long(), b.long()) if whole else (a, b)
                before = a.clone(), b.clone()
                want = torch.zeros(n, m, dtype=a.dtype, device=device)
                for i in range(n):
                    for j in range(m):
                        want[i, j] = a[i] * b[j]
                expect(outer_product(a, b), want)
                expect((a, b), before, mistake="input_changed")

# %% [markdown]
# ### Pairs of points
#
# Broadcasting works in the same way with more axes. Take two places and three stations in the plane, each a row of two
# coordinates. One axis for the places, one for the stations, one for the coordinates: the differences have three axes.

# %%
places = torch.tensor([[0.0, 0.0], [3.0, 4.0]])
stations = torch.tensor([[0.0, 1.0], [3.0, 0.0], [5.0, 5.0]])
steps = places[:, None, :] - stations[None, :, :]
print(places[:, None, :].shape, stations[None, :, :].shape, steps.shape)
show(
    steps=steps,
    text="Two grids, one for each place. Each has one row for each station: how far the place lies from it along x and y.",
)

# %% [markdown]
# ### 3.11 · All distances
# *3 points · about 8 minutes*
#
# `a` holds `n` points, shape `(n, d)`, and `b` holds `m` points, shape `(m, d)`, both float32; `d` is at least 1, and
# `n` may be 0. Return the distance of every point of `a` from every point of `b`, shape `(n, m)`: the square root of
# the sum of the squared differences of their coordinates. Use no loop and no `torch.cdist`. Distances between points
# that lie close together, far away from the origin, must be right as well. Leave both as they were.
#
# For example, `a = [[0., 0.], [3., 4.]]` and `b = [[0., 1.], [6., 0.], [3., 4.]]` give
# `[[1., 6., 5.], [4.2426, 5., 0.]]`.
#
# <details><summary>Hint 1</summary>Begin with the differences: the shape <code>(n, m, d)</code>, as in the cell
# above.</details>
# <details><summary>Hint 2</summary>Square them, add them up along the axis of the coordinates, take the root.</details>
# <details><summary>Hint 3</summary><code>((a[:, None, :] - b[None, :, :]) ** 2).sum(dim=…).sqrt()</code></details>


# %% solution="pairwise_distances"
def pairwise_distances(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Distances of the points `a` (n, d) from the points `b` (m, d), shape (n, m)."""
    ### BEGIN SOLUTION
    return ((a[:, None, :] - b[None, :, :]) ** 2).sum(dim=2).sqrt()
    ### END SOLUTION


# %% check="pairwise_distances" points=1
with check("pairwise_distances"):
    a, b = torch.tensor([[0.0, 0.0], [3.0, 4.0]]), torch.tensor([[0.0, 1.0], [6.0, 0.0], [3.0, 4.0]])
    before = a.clone(), b.clone()
    usual = {
        "root_forgotten": [[1.0, 36.0, 25.0], [18.0, 25.0, 0.0]],
        "exponent_without_brackets": [[0.5, 18.0, 12.5], [9.0, 12.5, 0.0]],
        "not_squared": [[1.0, 6.0, 7.0], [6.0, 1.0, 0.0]],
        "along_axes": [[1.0, 6.0, 7.0], [6.0, 7.0, 0.0]],
        "summed_over_points": [[45**0.5, 17**0.5], [18**0.5, 5.0]],
        "not_added_up": [[[0.0, 1.0], [6.0, 0.0], [3.0, 4.0]], [[3.0, 3.0], [3.0, 4.0], [0.0, 0.0]]],
    }
    expect(pairwise_distances(a, b), [[1.0, 6.0, 5.0], [18**0.5, 5.0, 0.0]], mistakes=usual, rtol=1e-5)
    expect((a, b), before, mistake="input_changed")
    far_away = pairwise_distances(a + 10_000, b + 10_000)
    expect(far_away, [[1.0, 6.0, 5.0], [18**0.5, 5.0, 0.0]], mistake="digits_cancelled", rtol=1e-3)
    expect_uses(source_of("pairwise_distances"), "for", "while", most=0)
    expect_uses(source_of("pairwise_distances"), "cdist", "pairwise_distance", most=0)

# %% hidden="pairwise_distances" points=2 checks="one and three coordinates, one point, none, as many points as coordinates, points close together, other devices"
import math

with check("pairwise_distances"):
    for device in devices():
        for n, m, d in [(4, 6, 3), (3, 3, 3), (1, 5, 2), (5, 1, 1), (0, 3, 2)]:
            a, b = randn(n, d, device=device), randn(m, d, device=device, seed=1)
            before, want = (a.clone(), b.clone()), torch.zeros(n, m, device=device)
            for i, p in enumerate(a.tolist()):
                for j, q in enumerate(b.tolist()):
                    want[i, j] = math.dist(p, q)
            expect(pairwise_distances(a, b), want, rtol=1e-4)
            expect((a, b), before, mistake="input_changed")
        near = randn(4, 2, device=device) / 8 + 100
        want = torch.tensor([[math.dist(p, q) for q in near.tolist()] for p in near.tolist()], device=device)
        expect(pairwise_distances(near, near.clone()), want, mistake="digits_cancelled", rtol=1e-3)

# %% [markdown]
# ## 5 · Products
#
# There are two products of matrices, with little in common.
#
# `a * b` multiplies **entry by entry**; its name is the Hadamard product. The shapes must be equal, or broadcast.
#
# `a @ b` is the **matrix product**: a row of `a` against a column of `b`, multiplied entry by entry and added up. The
# rows of `a` must be as long as the columns of `b`: `(n, k) @ (k, m)` gives `(n, m)`. `torch.matmul(a, b)` is the same.

# %%
a = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
b = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
print(a @ b)
show_product(
    a, b, 1, 0, "Row 1 of a against column 0 of b, multiplied entry by entry and added up: entry (1, 0) of the product."
)

# %% raises="RuntimeError"
a @ a

# %% [markdown]
# *mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)*: the two inner numbers, 3 and 2, have to be equal. Often one
# of the two should be transposed: `a.T` is `a` with its rows as columns, shape `(3, 2)`, and `a @ a.T` works. Lesson 04
# says more about it.
#
# | call | shapes | gives |
# | --- | --- | --- |
# | `torch.dot(u, v)` | `(k)`, `(k)` | a number, without axes |
# | `torch.mv(a, v)` | `(n, k)`, `(k)` | `(n)` |
# | `torch.mm(a, b)` | `(n, k)`, `(k, m)` | `(n, m)` |
# | `torch.bmm(a, b)` | `(batch, n, k)`, `(batch, k, m)` | `(batch, n, m)` |
# | `torch.matmul(a, b)`, `a @ b` | any of these | the last two axes multiplied, those before them broadcast |
#
# The first four insist on their shapes, which makes them good for code that should fail early. `@` takes all of these,
# and also a batch of matrices with a single matrix, which then multiplies each of them.

# %%
v = torch.tensor([1.0, 1.0, 2.0])
print(torch.dot(v, v), torch.mv(a, v), a @ v)
print(torch.mm(a, b).shape)
pile = torch.ones(4, 2, 3)
print(torch.bmm(pile, torch.ones(4, 3, 5)).shape, (pile @ b).shape)

# %% [markdown]
# Matrix products do not promote: both operands need the same dtype.

# %% raises="RuntimeError"
a @ torch.tensor([[1, 0], [0, 2], [1, 1]])

# %% [markdown]
# *expected m1 and m2 to have the same dtype, but got: float != long int*. `.float()` on the second settles it.
#
# ### 3.12 · Which product? (predict, then run)
# *1 point · about 2 minutes*
#
# With `a = torch.tensor([[1, 2], [3, 4]])` and `b = torch.tensor([[0, 1], [1, 0]])`, what does `print((a *
# b)[0].tolist(), (a @ b)[0].tolist())` print? Return it as text, for example `"[5, 6] [7, 8]"`: the first row of each
# product.
#
# <details><summary>Hint 1</summary>The first list: 1 times 0 and 2 times 1.</details>
# <details><summary>Hint 2</summary>The second list: the row <code>[1, 2]</code> against the column <code>[0, 1]</code>,
# then against the column <code>[1, 0]</code>.</details>


# %% solution="hadamard_or_matmul"
def hadamard_or_matmul() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "[0, 2] [2, 1]"
    ### END SOLUTION


# %% predict="hadamard_or_matmul" points=1
with predict("hadamard_or_matmul", lambda: hadamard_or_matmul()):
    a = torch.tensor([[1, 2], [3, 4]])
    b = torch.tensor([[0, 1], [1, 0]])
    print((a * b)[0].tolist(), (a @ b)[0].tolist())

# %% [markdown]
# ### 3.13 · One product for each matrix of a batch
# *2 points · about 4 minutes*
#
# `a` holds a batch of matrices, shape `(batch, n, k)`. `b` holds one partner for each, shape `(batch, k, m)`, or a single
# one for all of them, shape `(k, m)`. The batch may be empty. Return the matrix products, shape `(batch, n, m)`, in
# float32 like the inputs. Use no loop, and leave both as they were.
#
# For example, `a` of shape `(5, 2, 3)` and `b` of shape `(3, 4)` give the shape `(5, 2, 4)`: each of the five matrices of
# `a` times `b`.
#
# <details><summary>Hint 1</summary><code>torch.bmm</code> would do for the first form of <code>b</code>. Which one takes
# both forms?</details>
# <details><summary>Hint 2</summary>The last row of the table above.</details>


# %% solution="batch_product"
def batch_product(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Each matrix of `a` (batch, n, k) times its partner in `b` (batch, k, m), or times the one `b` (k, m)."""
    ### BEGIN SOLUTION
    return a @ b
    ### END SOLUTION


# %% check="batch_product" points=1
with check("batch_product"):
    a = torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [0.0, 1.0]]])
    b = torch.tensor([[[0.0, 1.0], [1.0, 0.0]], [[5.0, 6.0], [7.0, 8.0]]])
    want, before = [[[2.0, 1.0], [4.0, 3.0]], [[5.0, 6.0], [7.0, 8.0]]], (a.clone(), b.clone())
    usual = {
        "hadamard_for_matmul": [[[0.0, 2.0], [3.0, 0.0]], [[5.0, 0.0], [0.0, 8.0]]],
        "operands_swapped": [[[3.0, 4.0], [1.0, 2.0]], [[5.0, 6.0], [7.0, 8.0]]],
        "first_of_batch": [[[2.0, 1.0], [4.0, 3.0]], [[0.0, 1.0], [1.0, 0.0]]],
    }
    expect(batch_product(a, b), want, mistakes=usual)
    expect(batch_product(a, b[0]), [[[2.0, 1.0], [4.0, 3.0]], [[0.0, 1.0], [1.0, 0.0]]])
    expect((a, b), before, mistake="input_changed")
    expect_uses(source_of("batch_product"), "for", "while", most=0)

# %% hidden="batch_product" points=1 checks="one partner for all, a batch of one and of none, matrices that are not square, other devices"
with check("batch_product"):
    for device in devices():
        for a_shape, b_shape in [
            ((5, 2, 3), (5, 3, 4)),
            ((5, 2, 3), (3, 4)),
            ((1, 4, 2), (1, 2, 1)),
            ((3, 3, 3), (3, 3)),
            ((0, 2, 3), (0, 3, 5)),
        ]:
            a, b = randn(*a_shape, device=device), randn(*b_shape, device=device, seed=1)
            before, want = (a.clone(), b.clone()), torch.zeros(*a_shape[:2], b_shape[-1], device=device)
            for i in range(len(a)):
                second = b[i] if b.ndim == 3 else b
                for j in range(b_shape[-1]):
                    want[i, :, j] = (a[i] * second[:, j]).sum(1)
            expect(batch_product(a, b), want, rtol=1e-4)
            expect((a, b), before, mistake="input_changed")

# %% [markdown]
# ### A notation to read products by: `einsum`
#
# In papers, the matrix product is written as a sum over an index. `torch.einsum` takes that formula almost literally: a
# letter for each axis of each operand, an arrow, and the letters that are left. **A letter that does not occur to the
# right of the arrow is summed over.**

# %%
a = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
b = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
print(torch.einsum("ik,kj->ij", a, b))  # a @ b: k is summed over
print(torch.einsum("ij,ij->ij", a, a))  # a * a: nothing is summed over
print(torch.einsum("ij->i", a))  # a.sum(dim=1)
print(torch.einsum("i,j->ij", a[0], a[1]))  # the outer product

# %% [markdown]
# You need not write it yourself. When you come across it, or lose your way in a product with four axes, its letters
# tell which axes go together and which disappear.
#
# ## 6 · Numbers too large
#
# float32 ends near 3·10³⁸, and e to the power 89 is already larger. Whatever is too large becomes `inf`, without a
# warning, and the difference or the ratio of two such infinities is `nan`:

# %%
print(torch.exp(torch.tensor([88.0, 89.0])))
large = torch.tensor([1000.0, 1001.0, 999.0])
print(large.exp() / large.exp().sum())

# %% [markdown]
# You will meet the calculation in the last line often. **Softmax** turns any numbers into shares that are positive and
# add up to 1: take e to the power of each number, and divide these powers by their sum. A classifier's outputs become
# probabilities that way. The formula is right, but it fails for large numbers, although the true result is nothing
# unusual: about 0.24, 0.67 and 0.09.
#
# There is a way out. Subtracting one number from all entries divides every power by the same factor, so the shares stay
# the same. Subtract the **largest**. Then the largest power is e⁰ = 1, and nothing can overflow.

# %% folded="Drawing softmax, step by step"
shifted = large - large.max()
show(
    x=large,
    shifted=shifted,
    powers=shifted.exp(),
    shares=large.softmax(0),
    text="x holds 1000, 1001 and 999. Shifted, less the largest, they are -1, 0 and -2. The powers of these are at most 1: "
    "0.368, 1 and 0.135. Divided by their sum, 1.503, they are the shares: 0.245, 0.665 and 0.09.",
)

# %% [markdown]
# `torch.logsumexp(x, dim)` uses the same trick. It gives the logarithm of the sum of the powers, which may lie far inside
# the range while the powers themselves lie outside:

# %%
print(large.exp().sum().log(), torch.logsumexp(large, dim=0))

# %% [markdown]
# ### 3.14 · A softmax that does not overflow
# *3 points · about 8 minutes*
#
# Return the softmax of `x` along the axis `dim`: e to the power of each entry, divided by the sum of those powers along
# `dim`. The shape stays. Every result must be right for entries of any size, from -10,000 to 10,000, in one tensor. An
# entry may also be minus infinity, though never all along `dim`; its share is 0. `x` is float32, the axis `dim` is not
# empty, and `dim` may be negative. Build it yourself, without `torch.softmax` and its relatives. Leave `x` as it was.
#
# For example, `x = torch.tensor([[0., 0.], [1000., 1000.]])` and `dim = 1` give `[[0.5, 0.5], [0.5, 0.5]]`.
#
# <details><summary>Hint 1</summary>Write the formula first: powers, and their sum along <code>dim</code>. Which shape
# must the sum have, for the division to fit?</details>
# <details><summary>Hint 2</summary>Before the powers, subtract the largest entry: not that of the whole tensor, but along
# <code>dim</code>, in the same way as the sum.</details>
# <details><summary>Hint 3</summary><code>x.amax(dim=dim, keepdim=True)</code>; with <code>max</code> you get a pair, and
# want its <code>.values</code>.</details>


# %% solution="stable_softmax"
def stable_softmax(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Softmax of `x` along `dim`, for entries of any size; `x` stays as it was."""
    ### BEGIN SOLUTION
    powers = (x - x.amax(dim=dim, keepdim=True)).exp()
    return powers / powers.sum(dim=dim, keepdim=True)
    ### END SOLUTION


# %% check="stable_softmax" points=1
with check("stable_softmax"):
    given, shares = torch.tensor([[0.0, 1.0, -1.0], [1000.0, 1001.0, 999.0]]), [0.244728, 0.665241, 0.090031]
    before, nan = given.clone(), float("nan")
    usual = {
        "overflowed": [shares, [nan, nan, nan]],
        "max_of_all": [[nan, nan, nan], shares],
        "whole_for_axis": [[0.0, 0.0, 0.0], shares],
        "summed_over_all": [[each / 2 for each in shares], [each / 2 for each in shares]],
        "wrong_axis": [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]],
        "not_divided": [[0.367879, 1.0, 0.135335], [0.367879, 1.0, 0.135335]],
    }
    expect(stable_softmax(given, 1), [shares, shares], mistakes=usual, rtol=1e-3)
    expect(given, before, mistake="input_changed")
    columns = [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]
    usual = {"dim_ignored": [shares, shares], "overflowed": [[0.0, 0.0, 0.0], [nan, nan, nan]]}
    expect(stable_softmax(given, 0), columns, mistakes=usual, rtol=1e-3)
    relatives = ("softmax", "log_softmax", "softmin", "Softmax", "LogSoftmax", "Softmin")
    expect_uses(source_of("stable_softmax"), *relatives, most=0)

# %% hidden="stable_softmax" points=2 checks="every axis, negative ones, square inputs, very large and very small entries together, minus infinity, other devices"
import math

with check("stable_softmax"):
    for device in devices():
        spread = torch.tensor([[10_000.0, -10_000.0, 9_999.0], [-10_000.0, -9_999.0, -10_000.0]], device=device)
        hole = torch.tensor([[0.5, -math.inf, 2.0], [1.0, 3.0, -1.0], [-2.0, 0.0, 1.0]], device=device)
        for x, dims in [
            (randn(3, 3, device=device), (0, 1, -1)),
            (randn(2, 4, 3, device=device, seed=1) * 200, (0, 1, 2, -1)),
            (spread, (0, 1, -2)),
            (randn(5, 2, device=device, seed=2).T, (1,)),
            (hole, (0, 1)),
            (randn(6, device=device, seed=3) - 500, (0,)),
            (torch.zeros(0, 3, device=device), (1,)),
        ]:
            for dim in dims:
                before, want = x.clone(), torch.softmax(x.double(), dim).float()
                whole = (x - x.max()).exp() if x.numel() else x
                usual = {
                    "overflowed": x.exp() / x.exp().sum(dim, keepdim=True),
                    "max_of_all": whole / whole.sum(dim, keepdim=True),
                    "dim_ignored": torch.softmax(x, -1),
                    "wrong_axis": torch.softmax(x, (dim + 1) % x.ndim),
                }
                expect(stable_softmax(x, dim), want, mistakes=usual, rtol=1e-3)
                expect(x, before, mistake="input_changed")

# %% [markdown]
# ### 3.15 · Average growth
# *2 points · about 7 minutes*
#
# A population grows to 2 times its size in one year and to 8 times in the next: 16 times in two years, as if it had been
# 4 times in each. That 4 is the **geometric mean**: the product of `n` numbers, to the power 1/n. Return it along the
# axis `dim` of `x`, which disappears. `x` is float32, its entries are 0 or more, and the axis `dim` is not empty. A 0
# among the numbers gives 0. The axis may hold thousands of numbers, and their product may be too large or too small for
# float32. Leave `x` as it was.
#
# For example, `x = torch.tensor([[2., 8.], [1., 9.]])` and `dim = 1` give `tensor([4., 3.])`.
#
# <details><summary>Hint 1</summary><code>prod</code> works for small axes. For large ones you need a way to the same
# number that never holds the product.</details>
# <details><summary>Hint 2</summary>The logarithm of a product is the sum of the logarithms, and the logarithm of its n-th
# root is their mean.</details>
# <details><summary>Hint 3</summary>Take <code>log</code>, then the mean along <code>dim</code>. What undoes
# <code>log</code>?</details>


# %% solution="geometric_mean"
def geometric_mean(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Geometric mean of `x` along `dim`, which disappears; entries 0 or more."""
    ### BEGIN SOLUTION
    return x.log().mean(dim=dim).exp()
    ### END SOLUTION


# %% check="geometric_mean" points=1
with check("geometric_mean"):
    given = torch.tensor([[2.0, 8.0], [1.0, 9.0], [5.0, 5.0]])
    usual = {
        "arithmetic_for_geometric": [5.0, 5.0, 5.0],
        "log_left": [1.386294, 1.098612, 1.609438],
        "product_for_mean": [16.0, 9.0, 25.0],
        "wrong_axis": [10 ** (1 / 3), 360 ** (1 / 3)],
        "whole_for_axis": torch.tensor(3600 ** (1 / 6)),
        "exponent_without_brackets": [8.0, 4.5, 12.5],
    }
    expect(geometric_mean(given, 1), [4.0, 3.0, 5.0], mistakes=usual, rtol=1e-5)
    expect(given, [[2.0, 8.0], [1.0, 9.0], [5.0, 5.0]], mistake="input_changed")
    always = {"dim_ignored": [4.0, 3.0, 5.0], "sizes_hard_coded": [10**0.5, 360**0.5]}
    expect(geometric_mean(given, 0), [10 ** (1 / 3), 360 ** (1 / 3)], mistakes=always, rtol=1e-5)
    expect(geometric_mean(torch.tensor([[0.0, 3.0]]), 1), [0.0])
    many, inf = torch.tensor([4.0, 0.25])[:, None] * torch.ones(2, 200), float("inf")
    expect(geometric_mean(many, 1), [4.0, 0.25], mistakes={"product_overflowed": [inf, 0.0]}, rtol=1e-4)

# %% hidden="geometric_mean" points=1 checks="thousands of numbers, very small ones, a 0 among them, every axis, one number, other devices"
import math

with check("geometric_mean"):
    for device in devices():
        zero = torch.tensor([[3.0, 0.0, 2.0], [1.0, 4.0, 2.0]], device=device)
        for x, dims in [
            (randn(3, 4, device=device).abs() + 0.1, (0, 1, -1)),
            (randn(2, 3, 5, device=device, seed=1).exp(), (0, 1, 2, -2)),
            (randn(2, 5000, device=device, seed=2).abs() * 3 + 2, (1,)),
            (randn(300, 2, device=device, seed=3).exp() / 1000, (0,)),
            (randn(4, 3, device=device, seed=4).exp().T, (1,)),
            (zero, (0, 1)),
            (torch.tensor([7.0], device=device), (0,)),
            (torch.zeros(0, 3, device=device), (1,)),
        ]:
            for dim in dims:
                before, rows = x.clone(), x.movedim(dim, -1)
                means = [
                    math.exp(sum(map(math.log, row)) / len(row)) if min(row) > 0 else 0.0
                    for row in rows.reshape(-1, x.shape[dim]).tolist()
                ]
                want = torch.tensor(means, device=device).reshape(rows.shape[:-1])
                usual = {"product_overflowed": x.prod(dim) ** (1 / x.shape[dim]), "wrong_axis": x.log().mean(0).exp()}
                got = geometric_mean(x, dim)
                expect(got, want, mistakes=usual, rtol=1e-4)
                expect(x, before, mistake="input_changed")

# %% [markdown]
# ## 7 · Running sums, and order
#
# `cumsum` adds up along an axis and keeps every step on the way. `sort` puts an axis in order; `topk` takes only the
# `k` largest, or with `largest=False` the `k` smallest. Both give values **and** indices, as `max` does. The indices
# say where each value stood before, so that you can put other things into the same order.

# %%
rain = torch.tensor([3.0, 0.0, 5.0, 1.0])
print(rain.cumsum(dim=0))
print(rain.sort(descending=True))
values, indices = rain.topk(2, largest=False)
print(values, indices)

names = ["Mon", "Tue", "Wed", "Thu"]
print([names[i] for i in indices.tolist()], "were the driest days")

# %% [markdown]
# On a matrix, `dim` says along which axis to sort; every row, or every column, is sorted by itself. `sort` and `topk`
# take the last axis unless you say otherwise, while `cumsum` has to be told. `torch.argsort` gives the indices alone.

# %%
show(
    scores=scores,
    sorted=scores.sort(dim=1).values,
    indices=scores.sort(dim=1).indices,
    text="scores, its rows put in order, and where each value stood before: in row 0 the 3 came from index 2.",
)

# %% [markdown]
# ### 3.16 · The nearest stations
# *4 points · about 10 minutes*
#
# What is the temperature at a place without a thermometer? A good guess is the mean of what the nearest weather
# stations measure. `stations` holds the positions of the stations, shape `(n, 2)`, and `readings` the temperature at
# each of them, shape `(n,)`. `places` holds the positions of the places, shape `(q, 2)`. All are float32. For each
# place, find the `k` stations that are nearest to it and return the mean of what they measure, shape `(q,)`. `q` may be
# 0, `k` is from 1 to `n`, and no two stations are equally far from a place. Use no loop. You may call your
# `pairwise_distances`, once its check shows ✓. Leave all as they were.
#
# For example, with stations at `[[0., 0.], [1., 0.], [9., 9.]]` that measure `[10., 20., 90.]`, the place `[[0.2, 0.]]`
# and `k = 2` give `tensor([15.])`: the mean of 10 and 20.
#
# <details><summary>Hint 1</summary>First the distances, one row for each place, shape <code>(q, n)</code>. Which call
# finds the <code>k</code> smallest of each row?</details>
# <details><summary>Hint 2</summary>What you need of it is not the values, which are distances, but the indices, shape
# <code>(q, k)</code>. A tensor of indices in brackets picks from another tensor, as in lesson 02.</details>
# <details><summary>Hint 3</summary><code>readings[nearest]</code> has shape <code>(q, k)</code>. Which axis has to
# disappear?</details>


# %% solution="nearest_mean"
def nearest_mean(stations: torch.Tensor, readings: torch.Tensor, places: torch.Tensor, k: int) -> torch.Tensor:
    """Mean `readings` (n,) of the `k` of the `stations` (n, 2) nearest to each of the `places` (q, 2), shape (q,)."""
    ### BEGIN SOLUTION
    distances = ((places[:, None, :] - stations[None, :, :]) ** 2).sum(dim=2)
    nearest = distances.topk(k, dim=1, largest=False).indices
    return readings[nearest].mean(dim=1)
    ### END SOLUTION


# %% check="nearest_mean" points=1
with check("nearest_mean"):
    stations = torch.tensor([[0.0, 0.0], [1.0, 0.0], [9.0, 9.0], [8.0, 9.0]])
    readings, places = torch.tensor([10.0, 20.0, 90.0, 70.0]), torch.tensor([[0.9, 1.0], [9.0, 8.0], [0.2, 0.0]])
    before = stations.clone(), readings.clone(), places.clone()
    usual = {
        "farthest_for_nearest": [80.0, 15.0, 80.0],
        "distances_for_values": [(1.81**0.5 + 1.01**0.5) / 2, (1 + 2**0.5) / 2, 0.5],
        "k_ignored": [20.0, 90.0, 10.0],
        "places_for_values": [0.5, 2.5, 0.5],
        "wrong_axis": [40.0, 100 / 3],
        "wrong_axis_sorted": [90.0, 10.0, 20.0],
        "whole_for_axis": torch.tensor(110 / 3),
        "stations_for_places": [50.0, 50.0, 15.0, 15.0],
        "not_averaged": [[20.0, 10.0], [90.0, 70.0], [10.0, 20.0]],
        "rows_for_columns": [47.5, 47.5],
        "not_divided_by_k": [30.0, 160.0, 30.0],
    }
    expect(nearest_mean(stations, readings, places, 2), [15.0, 80.0, 15.0], mistakes=usual, rtol=1e-5)
    of_three = nearest_mean(stations, readings, places[:1], 3)
    expect(of_three, [100 / 3], mistakes={"k_hard_coded": [15.0]}, rtol=1e-5)
    expect((stations, readings, places), before, mistake="input_changed")
    expect_uses(source_of("nearest_mean"), "for", "while", most=0)

# %% hidden="nearest_mean" points=3 checks="one station, all stations, one place, none, as many places as stations, negative readings, other devices"
import math

with check("nearest_mean"):
    for device in devices():
        for n, q, k in [(7, 4, 3), (5, 5, 2), (1, 3, 1), (4, 1, 4), (6, 2, 1), (8, 0, 2)]:
            stations, places = randn(n, 2, device=device), randn(q, 2, device=device, seed=1)
            readings = randn(n, device=device, seed=2) * 10
            before, means, of_two = (stations.clone(), readings.clone(), places.clone()), [], []
            for place in places.tolist():
                apart = [math.dist(place, station) for station in stations.tolist()]
                nearest = [degrees for _, degrees in sorted(zip(apart, readings.tolist(), strict=True))]
                means.append(sum(nearest[:k]) / k)
                of_two.append(sum(nearest[:2]) / 2)
            want, usual = torch.tensor(means, device=device), {"k_hard_coded": torch.tensor(of_two, device=device)}
            expect(nearest_mean(stations, readings, places, k), want, mistakes=usual, rtol=1e-4)
            expect((stations, readings, places), before, mistake="input_changed")

# %% [markdown]
# With your answer you can draw a map. The next cell asks it for the temperature at 1,600 places at once, from eight
# made-up stations. It draws the map as soon as `nearest_mean` is right.

# %% folded="Drawing the map"
import matplotlib.pyplot as plt

generator = torch.Generator().manual_seed(4)
network = torch.rand(8, 2, generator=generator) * 8 + 1
measured = torch.randint(5, 30, (8,), generator=generator).float()
ticks = torch.linspace(0, 10, 40)
try:
    guessed = nearest_mean(network, measured, torch.cartesian_prod(ticks, ticks), 2)
except Exception:  # not written yet, or not right
    guessed = None
if getattr(guessed, "shape", None) != (1600,):
    print("Answer 3.16 first, then run this cell again.")
else:
    figure, axis = plt.subplots(figsize=(5.5, 4.4))
    filled = axis.imshow(guessed.reshape(40, 40).T, origin="lower", extent=(0, 10, 0, 10))
    figure.colorbar(filled, label="mean of the 2 nearest stations, °C")
    for (east, north), degrees in zip(network.tolist(), measured.tolist(), strict=True):
        box = {"facecolor": "white", "edgecolor": "dimgray", "boxstyle": "round,pad=0.2"}
        axis.text(east, north, f"{degrees:.0f}", ha="center", va="center", color="#111111", bbox=box)
    axis.set(xlabel="east, km", ylabel="north, km")
    picture(
        figure,
        "A map of 10 by 10 km. Eight stations stand on it as numbers, the degrees that they measure. Around them the plane falls "
        "into patches, one for each pair of nearest stations; inside a patch the guess is the mean of those two.",
    )

# %% [markdown]
# ## What you can do now
#
# | you want | call |
# | --- | --- |
# | arithmetic | `+ - * / // % **`, or `add sub mul div pow neg`; `a.add(b, alpha=2)` |
# | to cut, not to round down | `torch.div(a, b, rounding_mode="trunc")` |
# | the result in `x` itself, or in `out` | `x.add_(b)`, `x += b`; `torch.add(a, b, out=out)` |
# | a function of each entry | `sqrt exp log log2 log10 abs clamp` |
# | to compare | `< <= > >= == !=`, `torch.isclose`, `torch.allclose` |
# | an axis folded | `sum mean prod std var amin amax`, with `dim=`, `keepdim=True`, `correction=` |
# | the largest and where it is | `x.max(dim)` gives `.values` and `.indices`; `argmax` the index alone |
# | a column from a vector | `v[:, None]` |
# | products | `*` entry by entry; `@`, `matmul`, `mm`, `mv`, `dot`, `bmm` row against column |
# | powers and their sum without overflow | subtract the largest first; `torch.logsumexp` |
# | running sums, order | `cumsum`, `sort`, `argsort`, `topk` |
#
# **To stretch yourself** (no points). Attention, the heart of a language model, is made of this lesson's pieces: `scores
# = q @ k.T`, divided by the square root of the length of a row of `q`; the softmax of each row; and that times `v`. Write
# `attention(q, k, v)` with your `stable_softmax`, for `q` of shape `(n, d)`, `k` of shape `(m, d)` and `v` of shape `(m,
# e)`. Which shape comes out? Compare it with `torch.nn.functional.scaled_dot_product_attention`.
#
# **To read on.** The pages *[broadcasting semantics](https://docs.pytorch.org/docs/stable/notes/broadcasting.html)*,
# *[torch.matmul](https://docs.pytorch.org/docs/stable/generated/torch.matmul.html)*, which spells out its rule for every
# number of axes, and *[reduction ops](https://docs.pytorch.org/docs/stable/torch.html#reduction-ops)*.
#
# **Next:** lesson 04, other shapes for the same numbers.
