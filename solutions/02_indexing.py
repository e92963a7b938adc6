# %% [markdown]
# # 02 · Indexing and slicing
#
# A column of a table, the middle of a picture, the rows that meet a condition, the score of the right answer in each row:
# most of what a program does with data begins with picking some of it. All of that goes between square brackets.
#
# **After this lesson you can**
#
# - pick and overwrite entries, rows, columns, ranges and corners of a tensor with any number of axes;
# - pick by position with lists, and by condition with masks, and know the shape of what comes out;
# - say when you hold a window onto a tensor and when you hold a copy, and what that means when you write to it;
# - pick one entry from each row, with `gather` or with two lists.
#
# **It takes** about two and a half hours, in two sittings; after section 5 is a good place for a break. **It needs**
# lesson 01.
#
# Run the cells from top to bottom. The next cell is folded away: it brings the checks and the pictures.

# %% [markdown]
# ## 1 · One entry, one row, one column
#
# In the tensor below every number says where it stands: 12 is in row 1, column 2. Counting starts at 0, as everywhere in
# Python.

# %%
import numpy as np
import torch

x = torch.tensor([[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23]])

print(x[1, 2])
print(x[0])
print(x[:, 2])

# %% [markdown]
# Between the brackets the axes stand in order, with commas between them: first rows, then columns.
#
# - A **number** picks one place along its axis.
# - A **colon** takes all of its axis.
# - Axes left out at the end are taken whole: `x[0]` means `x[0, :]`.
#
# So `x[:, 2]` reads *all rows, column 2*. In the next cell, `np.s_[…]` only hands `show` what stands between the brackets,
# so that it can outline what they pick.

# %%
show(x, "x[:, 2] is the third column: 2, 12 and 22.", mark=np.s_[:, 2])

# %% [markdown]
# Negative numbers count from the end: -1 is the last, -2 the one before it.

# %%
print(x[-1])
print(x[:, -1])
print(x[-1, -2].item())

# %% [markdown]
# `x[-1, -2]` is a tensor with no axis, and `.item()` takes the Python number out of it. (Lesson 01 ended with that.)
#
# A number that is too large, or too far below zero, is refused:

# %% raises="IndexError"
x[0, 4]

# %% [markdown]
# Read it from left to right. *index 4*: the number that does not fit. *out of bounds for dimension 1*: it stood in the second
# place between the brackets, so it is about columns. *with size 4*: there are four, numbered 0 to 3.
#
# More numbers than axes are refused as well:

# %% raises="IndexError"
x[0, 0, 0]

# %% [markdown]
# ### Commas, not more brackets
#
# `x[1][2]` gives 12, as `x[1, 2]` does: `x[1]` is a row, and `[2]` picks from that row. But the second pair of brackets
# always starts over, at the first axis of whatever the first pair gave. That goes wrong in silence as soon as the first
# pair keeps its axis:

# %%
print(x[:, 2])  # column 2
print(x[:][2])  # all of x, and of that row 2

# %% [markdown]
# ## 2 · Slices and steps
#
# `start:stop` takes a range of places, and is called a **slice**. `start` is included, `stop` is left out, and either may be
# missing: from the beginning, to the end.

# %%
print(x[0:2])
print(x[1:, :2])
show(x, "x[1:, :2] is a block: rows from 1 on, columns before 2.", mark=np.s_[1:, :2])

# %% [markdown]
# Three things to know about slices.
#
# **The stop is left out.** The third column is column 2, and as a slice it is `2:3`. `1:2` is a common slip: it gives
# the second.
#
# **A slice keeps its axis, a number drops it.** A slice might pick one row or a hundred, so what comes out has an axis for
# them. A number picks one, and its axis is gone.
#
# **Slices forgive.** Where they reach past the end they stop at the end, and where nothing is left they give an empty
# tensor. No error tells you that you missed.

# %%
print(x[1].shape, x[1:2].shape)
print(x[:, 1:99].shape)
print(x[5:9].shape, x[5:9])

# %% [markdown]
# ### 2.1 · Two ways to a column (predict, then run)
# *1 point · about 2 minutes*
#
# `table` has 3 rows and 4 columns. What does `print(list(table[:, 2].shape), list(table[:, 2:3].shape))` print? Return it
# as text: for example `"[3, 4] [3, 4]"`, two lists with a space between them. The check runs the line only after you have
# written a prediction.
#
# <details><summary>Hint 1</summary>One of the two has a number in the second place, the other a slice.</details>
# <details><summary>Hint 2</summary>The number drops its axis. The slice from 2 to before 3 keeps it, and has one
# column.</details>


# %% solution="column_shapes"
def column_shapes() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "[3] [3, 1]"
    ### END SOLUTION


# %% predict="column_shapes" points=1
with predict("column_shapes", lambda: column_shapes()):
    table = torch.zeros(3, 4)
    print(list(table[:, 2].shape), list(table[:, 2:3].shape))

# %% [markdown]
# ### 2.2 · The corner
# *2 points · about 3 minutes*
#
# Return the corner at the bottom right of `x`: its last two rows, and of those the last two columns, shape `(2, 2)`. `x`
# has two axes, with at least two rows and two columns.
#
# For example `[[0, 1, 2], [10, 11, 12], [20, 21, 22]]` gives `[[11, 12], [21, 22]]`.
#
# <details><summary>Hint 1</summary>You do not know how large <code>x</code> is. From which end should you count?</details>
# <details><summary>Hint 2</summary>A slice may start at a negative number, and its stop may be missing.</details>
# <details><summary>Hint 3</summary>Both slices go between the same brackets, with a comma between them. The first is
# <code>-2:</code>.</details>


# %% solution="corner"
def corner(x: torch.Tensor) -> torch.Tensor:
    """The last two rows and columns of `x` (n, m), shape (2, 2)."""
    ### BEGIN SOLUTION
    return x[-2:, -2:]
    ### END SOLUTION


# %% check="corner" points=1
with check("corner"):
    given = torch.tensor([[0, 1, 2], [10, 11, 12], [20, 21, 22]])
    usual = {
        "columns_not_picked": given[-2:].clone(),
        "inclusive_stop": given[-2:-1, -2:-1],
        "other_corner": given[:2, :2],
    }
    expect(corner(given), [[11, 12], [21, 22]], mistakes=usual)

# %% hidden="corner" points=1 checks="two rows, many columns, floats, other devices, the input unchanged"
with check("corner"):
    for device in devices():
        for n, m in [(2, 2), (2, 7), (6, 2), (4, 5)]:
            given = randn(n, m, device=device)
            before = given.clone()
            want = [[given[i, j].item() for j in (m - 2, m - 1)] for i in (n - 2, n - 1)]
            usual = {"sizes_hard_coded": given[1:3, 1:3], "columns_not_picked": given[-2:].clone()}
            expect(corner(given), want, device=device, mistakes=usual)
            expect(given, before, mistake="input_changed")

# %% [markdown]
# ### Steps
#
# A third number is the step: `start:stop:step`. With `::2` you take every other place, beginning with the first; `1::2`
# begins with the second.

# %%
print(x[:, ::2])
print(x[:, 1::2])
show(x, "x[::2, 1::2]: rows 0 and 2, columns 1 and 3.", mark=np.s_[::2, 1::2])

# %% [markdown]
# In Python lists and in NumPy, `::-1` reverses the order. PyTorch refuses:

# %% raises="ValueError"
x[::-1]

# %% [markdown]
# *step must be greater than zero.* To reverse an axis, use `.flip` and name the axis: `x.flip(0)` puts the last row first,
# `x.flip(1)` the last column. Several axes go in at once: `x.flip(0, 1)`.

# %%
show(
    x=x,
    rows_flipped=x.flip(0),
    columns_flipped=x.flip(1),
    text="flip(0) reverses the order of the rows, flip(1) that of the columns.",
)

# %% [markdown]
# ### 2.3 · Every other column
# *2 points · about 3 minutes*
#
# A recorder has written the left and right channels alternately: columns 0, 2, 4… hold the left. Return these columns of
# `x`, all rows. `x` has shape `(n, m)`; `m` may be odd, and either may be 0.
#
# For example `[[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]` gives `[[1, 3, 5], [6, 8, 10]]`.
#
# <details><summary>Hint 1</summary>All rows: what stands in the first place? Then the columns, with a step.</details>
# <details><summary>Hint 2</summary>A slice with neither start nor stop, and a step of 2, is <code>::2</code>.</details>


# %% solution="every_other_column"
def every_other_column(x: torch.Tensor) -> torch.Tensor:
    """Columns 0, 2, 4… of `x` (n, m), all rows."""
    ### BEGIN SOLUTION
    return x[:, ::2]
    ### END SOLUTION


# %% check="every_other_column" points=1
with check("every_other_column"):
    given = torch.tensor([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]])
    usual = {
        "even_odd_swapped": given[:, 1::2],
        "rows_for_columns": given[::2],
        "neighbours_for_every_other": given[:, :2],
    }
    expect(every_other_column(given), [[1, 3], [5, 7], [9, 11]], mistakes=usual)

# %% hidden="every_other_column" points=1 checks="an odd number of columns, one column, none, no rows, other devices"
with check("every_other_column"):
    for device in devices():
        for n, m in [(2, 7), (3, 1), (1, 8), (4, 0), (0, 3)]:
            given = randn(n, m, device=device)
            before = given.clone()
            want = torch.zeros(n, len(range(0, m, 2)), device=device)
            for i in range(n):
                for j in range(0, m, 2):
                    want[i, j // 2] = given[i, j]
            expect(
                every_other_column(given),
                want,
                mistakes={"even_odd_swapped": given[:, 1::2], "last_column_lost": given[:, 0:-1:2]},
            )
            expect(given, before, mistake="input_changed")

# %% [markdown]
# ### 2.4 · Last row first
# *2 points · about 3 minutes*
#
# A log has its oldest line on top. Return `x`, shape `(n, m)`, with its rows in reverse order; `n` may be 0. Each row
# stays as it is, and so does `x` itself.
#
# For example `[[1, 2], [3, 4], [5, 6]]` gives `[[5, 6], [3, 4], [1, 2]]`.
#
# <details><summary>Hint 1</summary>A step of -1 is refused. Which method reverses an axis?</details>
# <details><summary>Hint 2</summary><code>.flip</code> needs the number of the axis. Rows are axis 0.</details>


# %% solution="reversed_rows"
def reversed_rows(x: torch.Tensor) -> torch.Tensor:
    """The rows of `x` (n, m), the last one first."""
    ### BEGIN SOLUTION
    return x.flip(0)
    ### END SOLUTION


# %% check="reversed_rows" points=1
with check("reversed_rows"):
    given = torch.tensor([[1, 2], [3, 4], [5, 6]])
    usual = {
        "not_reversed": given.clone(),
        "wrong_axis_reversed": given.flip(1),
        "both_axes_reversed": given.flip(0, 1),
        "overwritten_too_soon": given[[2, 1, 2]],
    }
    expect(reversed_rows(given), [[5, 6], [3, 4], [1, 2]], mistakes=usual)
    expect(given, [[1, 2], [3, 4], [5, 6]], mistake="input_changed")

# %% hidden="reversed_rows" points=1 checks="one row, no rows, many rows, other devices, the input unchanged"
with check("reversed_rows"):
    for device in devices():
        for n, m in [(1, 3), (0, 2), (4, 1), (5, 3), (2, 6)]:
            given = randn(m, n, device=device).T  # not contiguous
            before = given.clone()
            want = torch.zeros(n, m, device=device)
            for i in range(n):
                want[n - 1 - i] = given[i]
            usual = {"not_reversed": before, "wrong_axis_reversed": before.flip(1)}
            expect(reversed_rows(given), want, mistakes=usual)
            expect(given, before, mistake="input_changed")

# %% [markdown]
# ## 3 · Writing through an index
#
# What can be picked can be overwritten: put the brackets on the left of `=`. A single number goes to every place that is
# picked. A row goes to every row of the selection.

# %%
y = torch.zeros(3, 4)
y[1:] = torch.tensor([1.0, 2.0, 3.0, 4.0])  # one row, written into rows 1 and 2
y[1, 2] = 9
y[:, 0] = 5
y[1:, 2:] += 0.5
show(
    y,
    "After four writes: a row into two rows, an entry, a column, and 0.5 added to the outlined block.",
    mark=np.s_[1:, 2:],
)

# %% [markdown]
# What stands on the right must fit into what is picked:

# %% raises="RuntimeError"
y[0] = torch.tensor([1.0, 2.0])

# %% [markdown]
# *Target sizes: [4]* is the row that is to be written, *Tensor sizes: [2]* is what was offered. *Non-singleton dimension 0*
# says along which axis the two do not agree; a size of 1 would have been repeated.
#
# The dtype of a tensor does not change when you write into it. Into integers, fractions are cut off without a word:

# %%
counts = torch.tensor([1, 2, 3])
counts[0] = 2.7
print(counts)

# %% [markdown]
# ### 2.5 · Paint the centre
# *2 points · about 4 minutes*
#
# Return a square of `n` by `n` ones, float32, in which the 2 by 2 entries in the middle are 2. `n` is even and at least 2.
#
# For example, `n = 4` gives `[[1., 1., 1., 1.], [1., 2., 2., 1.], [1., 2., 2., 1.], [1., 1., 1., 1.]]`.
#
# <details><summary>Hint 1</summary>Start from <code>torch.ones</code> and write into a block of it.</details>
# <details><summary>Hint 2</summary>For <code>n = 4</code> the middle rows are 1 and 2, for <code>n = 6</code> they are 2
# and 3. How do they follow from <code>n // 2</code>?</details>
# <details><summary>Hint 3</summary>From <code>n // 2 - 1</code> to before <code>n // 2 + 1</code>, for rows and for
# columns.</details>


# %% solution="paint_centre"
def paint_centre(n: int) -> torch.Tensor:
    """Ones, float32, shape (n, n), with a 2 in each of the four middle entries; `n` is even."""
    ### BEGIN SOLUTION
    square = torch.ones(n, n)
    middle = slice(n // 2 - 1, n // 2 + 1)
    square[middle, middle] = 2
    return square
    ### END SOLUTION


# %% check="paint_centre" points=1
with check("paint_centre"):
    one_entry, top_left, pair, row = (torch.ones(4, 4) for _ in range(4))
    one_entry[1:2, 1:2], top_left[:2, :2], pair[[1, 2], [1, 2]], row[1:3][1:3] = 2, 2, 2, 2
    usual = {"one_of_four": one_entry, "not_the_middle": top_left, "pair_for_block": pair}
    usual |= {"brackets_in_a_row": row, "write_lost": torch.ones(4, 4)}
    want = [[1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 2.0, 1.0], [1.0, 2.0, 2.0, 1.0], [1.0, 1.0, 1.0, 1.0]]
    expect(paint_centre(4), want, mistakes=usual)

# %% hidden="paint_centre" points=1 checks="the smallest square, larger ones"
with check("paint_centre"):
    for n in (6, 10, 2):
        want, inside, fixed = (torch.ones(n, n) for _ in range(3))
        for i in (n // 2 - 1, n // 2):
            for j in (n // 2 - 1, n // 2):
                want[i, j] = 2
        inside[1:-1, 1:-1], fixed[1:3, 1:3] = 2, 2
        usual = {"write_lost": torch.ones(n, n), "sizes_hard_coded": fixed}
        usual |= {"inside_for_middle": inside} if n > 2 else {}
        expect(paint_centre(n), want, mistakes=usual)

# %% [markdown]
# ## 4 · Views: two names, one memory
#
# What does `x[:, 1]` cost, when `x` fills a gigabyte? Next to nothing. The numbers stay where they are, and the new
# tensor is a **view**: it records where to start and how far apart its entries lie. Here is the memory of `grid`, its rows
# one after the other, and what the column takes of it:

# %%
grid = x.clone()
column = grid[:, 1]
show_memory(
    "The rows of grid lie one after the other, 12 numbers in all. "
    "The column is a view: it begins at slot 1 and takes every fourth slot.",
    grid=grid,
    column=column,
)

# %% [markdown]
# On top are the numbers in memory, numbered by slot. Below, each tensor has a row of its own: a box says which of the
# tensor's indices that slot is. `stride` says how many slots it is to the next entry along an axis, as the arcs do, and
# `offset` in which slot the tensor begins. (Lesson 04 does more with both.) Since there is one memory, a write through
# one name is seen through the other:

# %%
column[0] = 99
print(grid)
show_memory(
    "After column[0] = 99, slot 1 holds 99. It is entry (0, 1) of grid as well.",
    grid=grid,
    column=column,
    mark=[1],
)

# %% [markdown]
# It is the brackets on the left that write. `column = 0` would not write at all; it only gives the name to something else.
# `column[:] = 0` writes.
#
# Numbers and slices give views. That holds for `grid[:]` too. With a Python list, `[:]` makes a copy; with a tensor it
# does not. The method `.clone()` makes a copy.

# %%
same, copy = grid[:], grid.clone()
grid[2, 3] = -1
print(same[2, 3], copy[2, 3])

# %% [markdown]
# How can you tell? `.data_ptr()` is the place in memory where a tensor's first entry lies, as a number. Two tensors
# that begin with the same entry give the same number. A view may begin elsewhere: `.untyped_storage()` is the whole
# memory that a tensor reads from; compare where that begins. (`is` does not help: every pair of brackets makes a new
# tensor object, for a view as well.)

# %%
print(same.data_ptr() == grid.data_ptr(), copy.data_ptr() == grid.data_ptr())
print(column.data_ptr() == grid.data_ptr())
print(column.untyped_storage().data_ptr() == grid.untyped_storage().data_ptr())

# %% [markdown]
# Views are why large data can be sliced freely. They are also the reason for a mistake that raises no error and no
# warning: a function writes into a slice of what it was given, and its caller's data are changed. The one below is meant
# to hand out a table with its ids blanked:


# %%
def demo_blank_ids(table: torch.Tensor) -> torch.Tensor:
    ids = table[:, 0]
    ids[:] = 0  # ids is a view: this writes into the caller's tensor
    return table


readings = torch.tensor([[7.0, 1.5], [8.0, 2.5]])
print(demo_blank_ids(readings))
print(readings)  # the ids are gone here as well

# %% [markdown]
# So when a function is to leave its input as it was, it begins with `.clone()`, or it makes a new tensor in another way.
#
# ## 5 · More axes: `...` and `None`
#
# With three axes nothing new happens. `cube` below is two layers of three rows and four columns, and the hundreds say which
# layer a number is in. A number in the first, second or third place cuts it in one of three directions.

# %%
cube = torch.tensor([x.tolist(), (x + 100).tolist()])
show(cube, "cube[1]: the second layer, shape (3, 4).", mark=np.s_[1])
show(cube, "cube[:, 1]: row 1 of every layer, shape (2, 4).", mark=np.s_[:, 1])
show(cube, "cube[:, :, 1]: column 1 of every layer, shape (2, 3).", mark=np.s_[:, :, 1])
print(cube.shape, cube[1].shape, cube[:, 1].shape, cube[:, :, 1].shape)

# %% [markdown]
# Three dots, `...`, stand for as many colons as are needed. `cube[..., 1]` is the column in each layer, and the same
# brackets work for a matrix or for five axes. Use them when an axis is to be counted from the end.

# %%
print(torch.equal(cube[..., 1], cube[:, :, 1]))
print(cube[..., 0, :])  # the last axis whole, row 0 of the one before it
print(x[..., 1])

# %% [markdown]
# `None` puts in a new axis of size 1, at the place where it stands. With it you give a number's axis back, or add one for
# a batch. What comes out is still a view.

# %%
print(x[:, 2].shape, x[:, 2, None].shape)
print(x[None].shape, x[:, None, :].shape)
show(
    dropped=x[:, 2],
    given_back=x[:, 2, None],
    text="x[:, 2] has one axis, of size 3. x[:, 2, None] has two, of sizes 3 and 1: a column.",
)

# %% [markdown]
# ### 2.6 · One channel
# *2 points · about 6 minutes*
#
# A colour picture has red, green and blue along its last axis, shape `(height, width, channels)`; a batch of them, or a
# film, has one more axis in front, a batch of films two. Return channel `k` of `pictures`, with its axis kept: shape `(…,
# height, width, 1)`, for any number of axes in front. `k` counts from 0, or from the end if it is negative, so -1 is the
# last channel. The result must be a **view**, so that whoever writes into it changes the pictures.
#
# For example, `pictures` of shape `(2, 5, 4, 3)` and `k = -1` give shape `(2, 5, 4, 1)`.
#
# <details><summary>Hint 1</summary>How do you reach the last axis, however many stand before it?</details>
# <details><summary>Hint 2</summary>The slice <code>k:k + 1</code> keeps the axis. Try it with <code>k = -1</code>: what does
# <code>-1:0</code> pick?</details>
# <details><summary>Hint 3</summary>Pick with the number, and let <code>None</code> give the axis back.</details>


# %% solution="one_channel"
def one_channel(pictures: torch.Tensor, k: int) -> torch.Tensor:
    """Channel `k`, which may be negative, of `pictures` (…, height, width, channels); a view (…, height, width, 1)."""
    ### BEGIN SOLUTION
    return pictures[..., k, None]
    ### END SOLUTION


# %% check="one_channel" points=1
with check("one_channel"):
    given = torch.tensor([[[1, 2, 3], [4, 5, 6]]])  # one row of two pixels
    got = one_channel(given, 1)
    expect(got, [[[2], [5]]], mistakes={"neighbour_taken": given[..., :1]})
    expect_view(got, given)
    expect(one_channel(given, 0), [[[1], [4]]])
    expect(one_channel(given, -1), [[[3], [6]]], mistakes={"slice_to_zero": given[..., -1:0]})
    batch = randn(2, 5, 4, 3)
    want = batch[..., 2:].clone()
    expect(one_channel(batch, -1), want, mistakes={"wrong_end": batch[:, :, -1, None]})

# %% hidden="one_channel" points=1 checks="a batch, an empty one, films, two channels and four, negative numbers, other devices"
with check("one_channel"):
    for device in devices():
        for shape in [(2, 5, 4, 3), (2, 1, 3, 2, 4), (6, 5, 2), (3, 1, 1), (0, 2, 2, 3)]:
            given = randn(*shape, device=device)
            before = given.clone()
            for k in range(-shape[-1], shape[-1]):
                want = before.unbind(-1)[k].unsqueeze(-1)
                usual = {"wrong_end": given[:, :, k, None]} if -shape[2] <= k < shape[2] else {}
                usual |= {"sizes_hard_coded": given[..., k % 3 : k % 3 + 1]}
                got = one_channel(given, k)
                expect(got, want, mistakes=usual)
                expect_view(got, given)
            expect(given, before, mistake="input_changed")

# %% [markdown]
# ### 2.7 · A blank border
# *3 points · about 7 minutes*
#
# Scanned pages have dirt at their edges. `pages` has shape `(…, height, width)`: grey pictures, with any number of axes in
# front, or none. Return a copy in which the outermost rows and columns of each page are 0. Everything else stays as it was,
# and so does `pages`. Height and width are at least 1, and any dtype may come; a page with only one or two rows or columns
# is all border.
#
# For example `[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]` gives `[[0, 0, 0, 0], [0, 6, 7, 0], [0, 0, 0, 0]]`.
#
# <details><summary>Hint 1</summary>A slice is a view. What has to be done before you write into anything?</details>
# <details><summary>Hint 2</summary>The last column of every page is <code>[..., -1]</code>. What is the last row?</details>
# <details><summary>Hint 3</summary>Four writes into a clone: to <code>[..., 0, :]</code>, <code>[..., -1, :]</code>,
# <code>[..., 0]</code> and <code>[..., -1]</code>.</details>


# %% solution="blank_border"
def blank_border(pages: torch.Tensor) -> torch.Tensor:
    """A copy of `pages` (…, height, width) with 0 in the outermost rows and columns; `pages` stays as it was."""
    ### BEGIN SOLUTION
    cleaned = pages.clone()
    cleaned[..., 0, :] = 0
    cleaned[..., -1, :] = 0
    cleaned[..., 0] = 0
    cleaned[..., -1] = 0
    return cleaned
    ### END SOLUTION


# %% check="blank_border" points=1
with check("blank_border"):
    given = torch.tensor([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]])
    before, rows_only, hole, corners, two_corners = (given.clone() for _ in range(5))
    rows_only[0], rows_only[-1], hole[1:-1, 1:-1] = 0, 0, 0
    corners[[0, 0, -1, -1], [0, -1, 0, -1]], two_corners[[0, -1], [0, -1]] = 0, 0
    usual = {
        "rows_only": rows_only,
        "inside_for_border": hole,
        "corners_only": corners,
        "two_corners": two_corners,
        "inner_only": given[1:-1, 1:-1],
    }
    got = blank_border(given)
    want = [[0, 0, 0, 0], [0, 6, 7, 0], [0, 0, 0, 0]]
    expect(got, want, mistakes=usual)
    expect(given, before, mistake="input_changed")
    pages = torch.stack([given, given + 20, given + 40])
    cleaned, front = torch.zeros_like(pages), pages.clone()
    cleaned[:, 1, 1:3] = pages[:, 1, 1:3]
    front[[0, -1]], front[:, [0, -1]] = 0, 0
    expect(blank_border(pages), cleaned, mistakes={"wrong_end": front})

# %% hidden="blank_border" points=2 checks="batches, one row, two columns, pages blank already, nan on the border, other devices"
with check("blank_border"):
    for device in devices():
        for shape in [(4, 6), (3, 5, 4), (2, 1, 4, 3), (1, 7), (5, 2), (2, 2, 1), (0, 3, 3)]:
            given = randn(*shape[:-2], shape[-1], shape[-2], device=device).transpose(-1, -2)  # not contiguous
            before, want, front = given.clone(), given.clone(), given.clone()
            for i in range(shape[-2]):
                for j in range(shape[-1]):
                    if i in (0, shape[-2] - 1) or j in (0, shape[-1] - 1):
                        want[..., i, j] = 0
            if shape[0]:
                front[0], front[-1], front[:, 0], front[:, -1] = 0, 0, 0, 0
            got = blank_border(given)
            expect(got, want, mistakes={"wrong_end": front})
            expect(given, before, mistake="input_changed")
            blank = want.clone()
            again = blank_border(blank)  # nothing to blank, and a copy all the same
            expect(again, want)
            expect(blank, want, mistake="input_changed")
            expect_copy(again, blank)
        given = randn(3, 3, device=device).double()
        given[0, 1] = float("nan")
        want = torch.zeros(3, 3, dtype=torch.float64, device=device)
        want[1, 1] = given[1, 1]
        multiplied = want.clone()
        multiplied[0, 1] = float("nan")
        expect(blank_border(given), want, mistakes={"nan_survives": multiplied})

# %% [markdown]
# ## 6 · Lists of positions
#
# Numbers and slices pick what is evenly spaced. For any other choice, hand over the positions themselves, as a list or as a
# tensor of integers: in any order, and as often as you like.

# %%
print(x[[2, 0]])
print(x[:, [3, 0, 0]])
print(x[:, torch.tensor([1, 2])])

# %% [markdown]
# A list keeps its axis, as a slice does: `x[[1]]` has shape `(1, 4)`. Two lists are where most people stumble. They are
# **read in pairs**: the first of one with the first of the other, and so on.

# %%
print(x[[0, 1], [1, 2]])
show(
    x=x,
    picked=x[[0, 1], [1, 2]],
    text="x[[0, 1], [1, 2]] is a pair of entries: (0, 1) and (1, 2). Two numbers come out, not a block.",
    mark=np.s_[[0, 1], [1, 2]],
)

# %% [markdown]
# To get the **block** of rows 0 and 1 and columns 1 and 2, stand the list of rows up as a column. A column of rows against
# a row of columns makes a grid of pairs: every row with every column.

# %%
print(x[[[0], [1]], [1, 2]])
show(
    x=x,
    picked=x[[[0], [1]], [1, 2]],
    text="x[[[0], [1]], [1, 2]] is a block: rows 0 and 1, each at columns 1 and 2.",
    mark=np.s_[[[0], [1]], [1, 2]],
)

# %% [markdown]
# If the rows are a tensor, `None` stands them up: `rows[:, None]`. Write the two side by side, without a list around
# them: `x[[rows, columns]]` works with a warning; a later version will read it as one tensor of positions, and fail or
# pick something else. Two steps give the same block, first the rows, then the columns of those. And
# `torch.index_select` picks along one axis, with a tensor of positions, which must not be negative there:

# %%
rows, columns = torch.tensor([0, 1]), torch.tensor([1, 2])
print(x[rows[:, None], columns])
print(x[rows][:, columns])
print(x.index_select(0, rows).index_select(1, columns))

# %% [markdown]
# Lists that cannot be paired are refused. That is the better case: with as many rows as columns there is no error, only
# another result than you meant.

# %% raises="IndexError"
x[[0, 1, 2], [1, 2]]

# %% [markdown]
# *shape mismatch: indexing tensors could not be broadcast together with shapes [3], [2]*: three rows and two columns. To
# **broadcast** is to repeat what has size 1 until the shapes agree, as happened to the column of rows above. Lesson 03 is
# about that.
#
# Positions must be integers:

# %% raises="IndexError"
x[torch.tensor([0.0, 1.0])]

# %% [markdown]
# *long, int, byte or bool*: long is int64, the dtype that `torch.tensor([0, 1])` has. (Leave byte alone, it is an old way to
# write a mask.)
#
# And where slices forgive, lists do not. A position that does not exist is an error:

# %% raises="IndexError"
x[[0, 5]]

# %% [markdown]
# ### What comes out is a copy
#
# Entries picked by a list lie anywhere in memory, so no start and stride describe them. PyTorch copies them out.

# %%
show_memory(
    "The row is a view and lies in the memory of x. "
    "The two picked numbers were copied: they have a memory of their own.",
    x=x,
    row=x[1],
    picked=x[[0, 1], [1, 2]],
)

# %% [markdown]
# Writing through a list works all the same, because to Python `y[…] = v` and `y[…]` are two different operations. With
# one pair of brackets, left of `=`, the tensor itself is asked to write. (The brackets of a list inside do not count.)
# With two pairs, the first makes a copy, the second writes into that copy, and then it is thrown away. There is no
# error and no warning.

# %%
y = torch.zeros(4)
y[[0, 3]] = 1  # one pair of brackets: y writes
y[[1, 2]][0] = 7  # two pairs: into a copy that nobody keeps
print(y)

# %% [markdown]
# ### 2.8 · View or copy? (predict, then run)
# *1 point · about 3 minutes*
#
# What does the last of these lines print? Return it as text: for example `"[5, 5, 5, 5]"`.
#
# ```python
# line = torch.tensor([0, 0, 0, 0])
# line[:2][0] = 1
# line[[2, 3]][0] = 2
# line[[3]] = 3
# print(line.tolist())
# ```
#
# <details><summary>Hint 1</summary>Two of the lines index twice, one index after the other. What does the first index
# give in each: a view or a copy?</details>
# <details><summary>Hint 2</summary>A slice gives a view, a list a copy. In the fourth line the inner brackets make a
# list; only the outer pair is an index.</details>


# %% solution="view_or_copy"
def view_or_copy() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "[1, 0, 0, 3]"
    ### END SOLUTION


# %% predict="view_or_copy" points=1
with predict("view_or_copy", lambda: view_or_copy()):
    line = torch.tensor([0, 0, 0, 0])
    line[:2][0] = 1
    line[[2, 3]][0] = 2
    line[[3]] = 3
    print(line.tolist())

# %% [markdown]
# ### 2.9 · Pairs
# *2 points · about 4 minutes*
#
# On a board of numbers `x`, shape `(n, m)`, some places are marked: the first at `(rows[0], columns[0])`, the second at
# `(rows[1], columns[1])`, and so on. Return the numbers at these places, shape `(k,)`, in this order. `rows` and
# `columns` are int64 tensors of shape `(k,)` on the device of `x`; they may be negative, and then count from the end; a
# place may come twice, and `k` may be 0. Do it without a Python loop.
#
# For example `x = [[0, 1, 2], [10, 11, 12], [20, 21, 22]]`, `rows = [0, 2, 1]`, `columns = [2, 0, 2]` give `[2, 20, 12]`.
#
# <details><summary>Hint 1</summary>Two lists between one pair of brackets: how are they read?</details>
# <details><summary>Hint 2</summary>They need not be lists. Tensors of integers are read the same way.</details>


# %% solution="pick_pairs"
def pick_pairs(x: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
    """The entries of `x` (n, m) at the places (rows[i], columns[i]), shape (k,)."""
    ### BEGIN SOLUTION
    return x[rows, columns]
    ### END SOLUTION


# %% check="pick_pairs" points=1
with check("pick_pairs"):
    given = torch.tensor([[0, 1, 2], [10, 11, 12], [20, 21, 22]])
    rows, columns = torch.tensor([0, 2, 1]), torch.tensor([2, 0, 2])
    usual = {
        "block_for_pair": given[rows][:, columns],
        "brackets_in_a_row": given[rows][columns],
        "swapped": given[columns, rows],
    }
    expect(pick_pairs(given, rows, columns), [2, 20, 12], mistakes=usual)
    expect_uses(source_of("pick_pairs"), "for", "while", most=0)

# %% hidden="pick_pairs" points=1 checks="places that come twice, one place, none, negative positions, other devices"
with check("pick_pairs"):
    text = source_of("pick_pairs")
    for device in devices():
        for n, m, places in [
            (4, 6, [(3, 5), (0, 2), (3, 5), (1, 0)]),
            (5, 2, [(4, 1)]),
            (3, 3, []),
            (3, 4, [(-1, 0), (2, -4), (1, 3)]),
        ]:
            given = randn(n, m, device=device)
            rows = torch.tensor([i for i, _ in places], dtype=torch.int64, device=device)
            columns = torch.tensor([j for _, j in places], dtype=torch.int64, device=device)
            before = given.clone(), rows.clone(), columns.clone()
            want = torch.zeros(len(places), device=device)
            for at, (i, j) in enumerate(places):
                want[at] = given[i, j]
            expect(pick_pairs(given, rows, columns), want, mistakes={"block_for_pair": given[rows][:, columns]})
            expect((given, rows, columns), before, mistake="input_changed")
    expect_uses(text, "for", "while", most=0)

# %% [markdown]
# ### 2.10 · A block
# *2 points · about 5 minutes*
#
# `x` is a table of distances from `n` towns to `m` harbours, shape `(n, m)`. Return the smaller table for a choice of
# both: towns in the order of `rows`, harbours in the order of `columns`. `rows`, shape `(p,)`, and `columns`, shape
# `(q,)`, are int64 tensors on the device of `x`; they may be negative, and then count from the end. The result has
# shape `(p, q)`. Do it without a Python loop.
#
# For example `x = [[0, 1, 2], [10, 11, 12], [20, 21, 22]]`, `rows = [2, 0]`, `columns = [1, 0]` give `[[21, 20], [1, 0]]`.
#
# <details><summary>Hint 1</summary>Side by side, the two are read in pairs. What has to stand up as a column, so that every
# row meets every column?</details>
# <details><summary>Hint 2</summary><code>None</code> puts in an axis of size 1; or pick in two steps.</details>
# <details><summary>Hint 3</summary><code>rows[:, None]</code> is the column.</details>


# %% solution="pick_block"
def pick_block(x: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
    """The entries of `x` (n, m) where `rows` (p,) and `columns` (q,) cross, shape (p, q)."""
    ### BEGIN SOLUTION
    return x[rows[:, None], columns]
    ### END SOLUTION


# %% check="pick_block" points=1
with check("pick_block"):
    given = torch.tensor([[0, 1, 2], [10, 11, 12], [20, 21, 22]])
    rows, columns = torch.tensor([2, 0]), torch.tensor([1, 0])
    usual = {
        "pair_for_block": given[rows, columns],
        "brackets_in_a_row": given[rows][columns],
        "order_ignored": given[rows.sort().values][:, columns],
    }
    expect(pick_block(given, rows, columns), [[21, 20], [1, 0]], mistakes=usual)
    expect_uses(source_of("pick_block"), "for", "while", most=0)

# %% hidden="pick_block" points=1 checks="different lengths, one row, none, repeated and negative positions, other devices"
with check("pick_block"):
    text = source_of("pick_block")
    for device in devices():
        for n, m, chosen, across in [
            (4, 6, [3, 0, 3], [5, 1]),
            (3, 5, [2], [4, 0, 0, 1]),
            (5, 3, [1, 4, 0], [2, 0, 1]),
            (3, 4, [-1, 0], [-4]),
            (2, 2, [], [1]),
        ]:
            given = randn(n, m, device=device)
            rows, columns = (torch.tensor(each, dtype=torch.int64, device=device) for each in (chosen, across))
            before = given.clone(), rows.clone(), columns.clone()
            want = torch.zeros(len(chosen), len(across), device=device)
            for i, row in enumerate(chosen):
                for j, column_number in enumerate(across):
                    want[i, j] = given[row, column_number]
            expect(pick_block(given, rows, columns), want)
            expect((given, rows, columns), before, mistake="input_changed")
    expect_uses(text, "for", "while", most=0)

# %% [markdown]
# ## 7 · Masks: picking by a condition
#
# A comparison asks every entry a question and gives a tensor of answers, a **mask**: dtype bool, of the same shape. Between
# brackets it picks the entries whose answer is `True`.

# %%
mask = x > 11
print(mask)
print(x[mask])
show(
    x=x,
    picked=x[mask],
    text="x[x > 11] picks six entries. They come out in a row, one after the other.",
    mark=mask,
)

# %% [markdown]
# The picked entries need not form a rectangle, so they come out along **one axis**, row by row. To keep whole rows, ask one
# question per row. A mask with one axis goes where a list of positions could go: in the first place it picks rows, in
# the second, after a colon, columns.

# %%
print(x[:, 0] > 5)
print(x[x[:, 0] > 5])  # the rows that have more than 5 in column 0
print(x[:, x[0] > 1])  # the columns that have more than 1 in row 0
show(
    x,
    "x[:, x[0] > 1]: a mask over the four columns picks two of them, whole.",
    mark=np.s_[:, x[0] > 1],
)

# %% [markdown]
# In the same way a mask with two axes stands for two axes. `cube` has shape `(2, 3, 4)`; a mask of shape `(2, 3)` picks rows
# from all its layers and lines them up:

# %%
tall = cube[..., 0] > 15  # has each row of each layer more than 15 in column 0?
print(tall)
print(cube[tall])

# %% [markdown]
# Two masks side by side are read in pairs, as two lists are: the first `True` of one with the first `True` of the other. For
# a block pick in two steps, first the rows, then the columns of those.

# %%
many, wide = x[:, 0] > 5, x[0] > 1
print(x[many, wide])  # two entries: (1, 2) and (2, 3)
print(x[many][:, wide])  # the block: rows 1 and 2, columns 2 and 3

# %% [markdown]
# A mask must be as long as the axis it stands for:

# %% raises="IndexError"
x[x[0] > 1]

# %% [markdown]
# *The shape of the mask [4] at index 0 does not match the shape of the indexed tensor [3, 4] at index 0*: four answers,
# one for each column, stand in the first place, where there are three rows. If `x` were square, this would pick the wrong
# rows in silence.
#
# ### And, or, not
#
# Masks are combined with `&` (and), `|` (or) and `~` (not). Each comparison needs brackets of its own, since `&` binds
# tighter than `<`. Python's `and`, and chains such as `5 < x < 20`, ask the whole tensor for one yes or no, and there is
# none:

# %%
print(x[(x > 5) & (x < 20)])
print(x[~((x > 1) & (x < 22))])

# %% raises="RuntimeError"
x[5 < x < 20]

# %% [markdown]
# *Boolean value of Tensor with more than one value is ambiguous*: whenever you meet this line, look for `and`, `or`, `not`,
# `if`, a chain of comparisons, or missing brackets around one of them. With floats, missing brackets give another error,
# which names `bitwise_and`.
#
# ### Where are they?
#
# `.nonzero()` gives the places where a mask is `True`, one row for each place, with a number for each axis.
# `torch.where(mask)` gives the same as one tensor per axis, ready to go between brackets.

# %%
print((x > 20).nonzero())
i, j = torch.where(x > 20)
print(i, j, x[i, j])

# %% [markdown]
# ### Choosing, filling, writing
#
# With three arguments, a mask and two more, `torch.where` chooses, place by place: from the second where the mask is
# `True`, from the third where it is not. `masked_fill` gives a copy with one number in the masked places. Assigning
# through a mask writes it into the tensor itself, and so does `masked_fill_`: all of PyTorch's methods whose names end
# in an underscore work in place.

# %%
print(torch.where(x > 11, x, 0))
print(torch.where(x > 11, x, -x))
print(x.masked_fill(x > 11, -1))
y = x.clone()
y[y > 11] = -1
print(y)
print(y.masked_fill_(y < 0, 7))

# %% [markdown]
# What a mask picks is a copy, as with lists, so the same write gets lost: `y[y < 0][0] = 5` changes nothing in `y`.
#
# ### 2.11 · Rows above a limit
# *2 points · about 5 minutes*
#
# `table` has one row per measurement and shape `(n, m)`; one of its columns, number `column`, is the temperature. `column`
# counts from 0, or from the end if it is negative. Return the rows whose temperature is **greater than** `limit`, in their
# order, shape `(k, m)`. A temperature that is exactly `limit` does not count. If no row qualifies, the result has shape
# `(0, m)`. Do it without a Python loop.
#
# For example `table = [[1., 20.], [2., 35.], [3., 30.]]`, `column = 1`, `limit = 30` give `[[2., 35.]]`.
#
# <details><summary>Hint 1</summary>One question per row: compare one column, not the whole table.</details>
# <details><summary>Hint 2</summary><code>table[:, column] &gt; limit</code> has one answer for each row. In which place
# between the brackets does it belong?</details>


# %% solution="rows_where"
def rows_where(table: torch.Tensor, column: int, limit: float) -> torch.Tensor:
    """The rows of `table` (n, m) with more than `limit` in `column`, shape (k, m)."""
    ### BEGIN SOLUTION
    return table[table[:, column] > limit]
    ### END SOLUTION


# %% check="rows_where" points=1
with check("rows_where"):
    given = torch.tensor([[31.0, 20.0], [2.0, 35.0], [3.0, 30.0], [4.0, 40.0]])
    hot = given[:, 1]
    usual = {"limit_included": given[hot >= 30], "flattened": given[given > 30], "column_only": hot[hot > 30]}
    usual |= {"condition_reversed": given[hot < 30], "mask_for_rows": hot > 30}
    expect(rows_where(given, 1, 30), [[2.0, 35.0], [4.0, 40.0]], mistakes=usual)
    usual = {"column_ignored": given[hot > 3], "limit_included": given[given[:, 0] >= 3]}
    expect(rows_where(given, 0, 3), [[31.0, 20.0], [4.0, 40.0]], mistakes=usual)
    expect_uses(source_of("rows_where"), "for", "while", most=0)

# %% hidden="rows_where" points=1 checks="all rows, no row, a single row, an empty table, negative columns, integers, other devices"
with check("rows_where"):
    text = source_of("rows_where")
    for device in devices():
        for n, m, column_number, limit in [
            (6, 3, 2, 0.0),
            (5, 4, 0, -9.0),
            (4, 2, 1, 9.0),
            (0, 3, 1, 0.0),
            (1, 3, 1, -9.0),
            (3, 3, -1, 0.0),
        ]:
            for dtype in (torch.float32, torch.int64):
                given = (randn(n, m, device=device) * 3).to(dtype)
                given[1::3, column_number] = limit
                before = given.clone()
                kept = [i for i in range(n) if given[i, column_number].item() > limit]
                want = torch.zeros(len(kept), m, dtype=dtype, device=device)
                for at, i in enumerate(kept):
                    want[at] = given[i]
                usual = {"limit_included": given[given[:, column_number] >= limit]}
                usual |= {"column_ignored": given[given[:, 1] > limit]}
                expect(rows_where(given, column_number, limit), want, mistakes=usual)
                expect(given, before, mistake="input_changed")
    expect_uses(text, "for", "while", most=0)

# %% [markdown]
# ### 2.12 · Columns between two years
# *2 points · about 5 minutes*
#
# The first row of `table`, shape `(n, m)`, holds a year for each column. Return the columns whose year lies between `first`
# and `last`, **both included**, in their order and with all their rows, the years too. The years need not be sorted. `n` is
# at least 1. Do it without a Python loop.
#
# For example `table = [[2019, 2022, 2020], [5, 6, 7]]`, `first = 2019`, `last = 2020` give `[[2019, 2020], [5, 7]]`.
#
# <details><summary>Hint 1</summary>Two conditions on one row, and both must hold.</details>
# <details><summary>Hint 2</summary><code>&amp;</code> joins them, with brackets around each.</details>
# <details><summary>Hint 3</summary>The mask has one answer for each column, so a colon stands before it.</details>


# %% solution="columns_where"
def columns_where(table: torch.Tensor, first: float, last: float) -> torch.Tensor:
    """The columns of `table` (n, m) whose entry in row 0 is from `first` to `last`, both included; shape (n, k)."""
    ### BEGIN SOLUTION
    years = table[0]
    return table[:, (years >= first) & (years <= last)]
    ### END SOLUTION


# %% check="columns_where" points=1
with check("columns_where"):
    given = torch.tensor([[2019, 2022, 2020, 2023, 2021], [5, 6, 7, 8, 9], [1, 2, 3, 4, 5]])
    years = given[0]
    inside = (years >= 2020) & (years <= 2022)
    usual = {
        "limit_excluded": given[:, (years > 2020) & (years < 2022)],
        "first_excluded": given[:, (years > 2020) & (years <= 2022)],
        "last_excluded": given[:, (years >= 2020) & (years < 2022)],
        "first_ignored": given[:, years <= 2022],
        "last_ignored": given[:, years >= 2020],
        "either_for_both": given.clone(),
        "blanked_for_left_out": given * inside,
        "first_row_dropped": given[1:, inside],
        "first_row_only": years[inside],
        "condition_reversed": given[:, ~inside],
    }
    expect(columns_where(given, 2020, 2022), [[2022, 2020, 2021], [6, 7, 9], [2, 3, 5]], mistakes=usual)
    expect_uses(source_of("columns_where"), "for", "while", most=0)

# %% hidden="columns_where" points=1 checks="one year, no column, square tables, other devices, the input unchanged"
with check("columns_where"):
    text = source_of("columns_where")
    for device in devices():
        for n, m, first, last in [(3, 6, 2, 4), (4, 4, 3, 3), (1, 5, 0, 1), (2, 5, 7, 9), (6, 3, 0, 6)]:
            given = (randn(n, m, device=device) * 10).round()
            given[0] = torch.tensor([(3 * j + 1) % 7 for j in range(m)], device=device)  # not sorted
            before = given.clone()
            kept = [j for j in range(m) if first <= given[0, j].item() <= last]
            want = torch.zeros(n, len(kept), device=device)
            for at, j in enumerate(kept):
                want[:, at] = given[:, j]
            inside = (given[0] >= first) & (given[0] <= last)
            usual = {"limit_excluded": given[:, (given[0] > first) & (given[0] < last)]}
            usual |= {"rows_for_columns": given[inside]} if n == m else {}
            expect(columns_where(given, first, last), want, mistakes=usual)
            expect(given, before, mistake="input_changed")
    expect_uses(text, "for", "while", most=0)

# %% [markdown]
# ### 2.13 · Negatives to zero, in place
# *2 points · about 4 minutes*
#
# The numbers that pass through a network fill much of the memory, and a copy of them might not fit. Set every negative entry
# of `x` to 0 **in place**, and return `x` itself: the very tensor that came in, not a new one. Any shape and any dtype with
# a sign may come.
#
# For example, after `x = torch.tensor([3., -1., 0.])` and `clamp_negatives_in_place(x)`, `x` is `[3., 0., 0.]`.
#
# <details><summary>Hint 1</summary>You need a write, so the brackets stand on the left of <code>=</code>.</details>
# <details><summary>Hint 2</summary>The mask <code>x &lt; 0</code> goes between them. One pair of brackets, or the write gets
# lost.</details>


# %% solution="clamp_negatives_in_place"
def clamp_negatives_in_place(x: torch.Tensor) -> torch.Tensor:
    """Set the negative entries of `x` to 0 in place; returns `x` itself."""
    ### BEGIN SOLUTION
    x[x < 0] = 0
    return x
    ### END SOLUTION


# %% check="clamp_negatives_in_place" points=1
with check("clamp_negatives_in_place"):
    given = torch.tensor([3.0, -1.0, 0.0, -2.5])
    usual = {"write_lost": given.clone(), "sign_dropped": given.abs(), "condition_reversed": given.clone().clamp(max=0)}
    got = clamp_negatives_in_place(given)
    expect(got, [3.0, 0.0, 0.0, 0.0], mistakes=usual)
    expect_same_object(got, given)

# %% hidden="clamp_negatives_in_place" points=1 checks="parts of a larger tensor, inf, integers, no axis, empty, other devices"
with check("clamp_negatives_in_place"):
    for device in devices():
        for shape, dtype in [
            ((4, 3), torch.float64),
            ((2, 3, 2), torch.int64),
            ((0,), torch.float32),
            ((), torch.float32),
        ]:
            for sign in (1, -1):
                given = (sign * randn(*shape, 1, device=device, seed=1)[..., 0] * 5).to(dtype)
                want = given.clone()
                for place in given.nonzero().tolist():
                    want[tuple(place)] = max(given[tuple(place)].item(), 0)
                usual = {"write_lost": given.clone(), "sign_dropped": given.abs()}
                got = clamp_negatives_in_place(given)
                expect(got, want, mistakes=usual)
                expect_same_object(got, given)
        base = randn(4, 5, device=device)
        base[2, 3] = -float("inf")
        before, want = base.clone(), base.clone()
        for i in range(4):
            for j in (1, 3):
                want[i, j] = max(base[i, j].item(), 0)
        multiplied = want.clone()
        multiplied[2, 3] = float("nan")
        clamp_negatives_in_place(base[:, 1::2])
        expect(base, want, mistakes={"input_left_unchanged": before, "inf_times_zero": multiplied})

# %% [markdown]
# ### 2.14 · Fill the gaps
# *2 points · about 5 minutes*
#
# A thermometer writes `nan` (not a number) when it fails. A second one stands beside it. Return the readings of the first,
# with those of the second wherever the first has `nan`. `readings` and `backup` are floats of one shape, dtype and device.
# Return a new tensor and leave both as they were. `inf` is a reading, and stays. Do it without a Python loop.
#
# For example `readings = [20., nan, 22.]` and `backup = [19., 25., 23.]` give `[20., 25., 22.]`.
#
# One thing that you need: `nan` is equal to nothing, not even to itself, so `==` does not find it. `torch.isnan(readings)`
# does, and gives a mask.
#
# <details><summary>Hint 1</summary>Choose, place by place, between two tensors.</details>
# <details><summary>Hint 2</summary><code>torch.where</code> with three arguments: the mask, what to take where it is true,
# what to take where it is not.</details>


# %% solution="fill_gaps"
def fill_gaps(readings: torch.Tensor, backup: torch.Tensor) -> torch.Tensor:
    """`readings`, with the entry of `backup` wherever it is nan; a new tensor."""
    ### BEGIN SOLUTION
    return torch.where(torch.isnan(readings), backup, readings)
    ### END SOLUTION


# %% check="fill_gaps" points=1
with check("fill_gaps"):
    given, second = torch.tensor([20.0, float("nan"), 22.0]), torch.tensor([19.0, 25.0, 23.0])
    before, gaps = (given.clone(), second.clone()), torch.isnan(given)
    usual = {  # made before the answer runs, which might write into what it is given
        "nan_never_equal": before[0],
        "zero_for_backup": torch.nan_to_num(given),
        "mean_for_backup": torch.where(gaps, given.nanmean(), given),
        "swapped_sources": torch.where(gaps, given, second),
        "gaps_only": second[gaps],
        "gaps_dropped": given[~gaps],
    }
    got = fill_gaps(given, second)
    expect(got, [20.0, 25.0, 22.0], mistakes=usual)
    expect((given, second), before, mistake="input_changed")
    expect_uses(source_of("fill_gaps"), "for", "while", most=0)

# %% hidden="fill_gaps" points=1 checks="inf, gaps in the backup, no gap, nothing but gaps, other devices"
with check("fill_gaps"):
    text = source_of("fill_gaps")
    nan, inf = float("nan"), float("inf")
    for device in devices():
        for first_rows, second_rows in [
            ([[1.0, nan, -3.0], [nan, inf, -inf]], [[nan, 20.0, 30.0], [40.0, 50.0, 60.0]]),
            ([[nan, nan]], [[-1.0, inf]]),
            ([[0.5], [1.5]], [[2.0], [3.0]]),
            ([], []),
            ([nan, 1.0, -inf], [nan, 2.0, nan]),
        ]:
            for dtype in (torch.float32, torch.float64):
                given = torch.tensor(first_rows, dtype=dtype, device=device)
                second = torch.tensor(second_rows, dtype=dtype, device=device)
                before, want = (given.clone(), second.clone()), given.clone()
                for place in torch.isnan(given).nonzero().tolist():
                    want[tuple(place)] = second[tuple(place)]
                usual = {
                    "inf_replaced": torch.where(torch.isfinite(given), given, second),
                    "nan_survives": torch.nan_to_num(given, posinf=inf, neginf=-inf) + torch.isnan(given) * second,
                }
                got = fill_gaps(given, second)
                expect(got, want, mistakes=usual)
                expect((given, second), before, mistake="input_changed")
                expect_copy(got, given)
                expect_copy(got, second)
    expect_uses(text, "for", "while", most=0)

# %% [markdown]
# ## 8 · One from each row
#
# A classifier gives a score for every class, one row for each picture, and you want from each row one entry: that of the
# right class, or the best. There are two ways. The first you know: pairs of positions, where the rows are counted up by
# `arange`.

# %%
wanted = torch.tensor([1, 0, 3])  # a column for each row
print(x[torch.arange(3), wanted])
show(
    x=x,
    picked=x[torch.arange(3), wanted],
    text="Row 0 at column 1, row 1 at column 0, row 2 at column 3.",
    mark=np.s_[torch.arange(3), wanted],
)

# %% [markdown]
# The second is `gather`. Its index has as many axes as `x`, and the result has the shape of the index. Along axis 1 it
# reads
#
# `result[i, j] = x[i, index[i, j]]`
#
# that is: stay in your row, and go to the column that the index says. So `wanted` has to stand up as a column first.

# %%
index = wanted[:, None]
print(x.gather(1, index))
print(x.gather(1, index)[:, 0])

# %% [markdown]
# An index with two columns reads two entries from each row. The same one may come twice.

# %%
two = torch.tensor([[3, 1], [0, 2], [1, 1]])
show(
    x=x,
    index=two,
    result=x.gather(1, two),
    text="Row 0 reads its columns 3 and 1, row 1 its columns 0 and 2, row 2 its column 1 twice.",
    mark=np.s_[torch.arange(3)[:, None], two],
)

# %% [markdown]
# The column cannot be left out; a flat `wanted` is refused:

# %% raises="RuntimeError"
x.gather(1, wanted)

# %% [markdown]
# *Index tensor must have the same number of dimensions as input tensor*: one axis is missing. Another mistake is
# silent: an index with fewer rows is allowed, and the remaining rows are left out. `torch.take_along_dim` does the same
# as `gather` but repeats an index of size 1 along the other axes, which is more often what is meant:

# %%
last = torch.tensor([[3]])
print(x.gather(1, last))
print(torch.take_along_dim(x, last, dim=1))

# %% [markdown]
# `scatter_` is `gather` the other way round: it **writes** to the places that the index names, `y[i, index[i, j]] = value`.
# The underscore says it again: in place.

# %%
y = torch.zeros(3, 4)
y.scatter_(1, index, 1.0)
show(
    y,
    "scatter_ wrote 1 into column 1 of row 0, column 0 of row 1 and column 3 of row 2.",
    mark=np.s_[torch.arange(3), wanted],
)

# %% [markdown]
# ### 2.15 · Best per row
# *2 points · about 6 minutes*
#
# Each row stands for a customer, each column for an offer. `scores` says how well an offer fits, `prices` what it costs;
# both have shape `(n, m)`, with `m` at least 1, and are on the same device. Return for each customer the **price** of the
# offer that fits best, shape `(n,)`, in the dtype of `prices`. Of equal scores the first one counts. Do it without a Python
# loop.
#
# What you need for it: `scores.argmax(dim=1)` gives, for each row, the column of its largest entry (of equal ones, the
# first), as int64, shape `(n,)`.
#
# For example `scores = [[1., 9., 3.], [8., 2., 7.]]` and `prices = [[10, 20, 30], [40, 50, 60]]` give `[20, 40]`.
#
# <details><summary>Hint 1</summary>First find the column for each row. Then pick one entry from each row of the other
# table.</details>
# <details><summary>Hint 2</summary><code>gather</code> wants an index with two axes, and gives two back. The result
# should have one axis only.</details>
# <details><summary>Hint 3</summary><code>prices.gather(1, best[:, None])</code> is a column. <code>[:, 0]</code> takes the
# numbers out of it.</details>


# %% solution="best_per_row"
def best_per_row(scores: torch.Tensor, prices: torch.Tensor) -> torch.Tensor:
    """The entry of `prices` (n, m) where `scores` (n, m) is largest in its row, shape (n,)."""
    ### BEGIN SOLUTION
    best = scores.argmax(dim=1)
    return prices.gather(1, best[:, None])[:, 0]
    ### END SOLUTION


# %% check="best_per_row" points=1
with check("best_per_row"):
    scores = torch.tensor([[1.0, 9.0, 3.0], [8.0, 2.0, 7.0]])
    prices = torch.tensor([[10, 20, 30], [40, 50, 60]])
    best = scores.argmax(dim=1)
    usual = {
        "indices_for_values": best,
        "score_for_price": scores.gather(1, best[:, None])[:, 0],
        "block_for_pair": prices[:, best],
        "whole_rows": prices[best],
        "column_for_vector": prices.gather(1, best[:, None]),
        "max_of_scores": tuple(scores.max(dim=1)),
        "max_of_prices": tuple(prices.max(dim=1)),
        "largest_price": prices.amax(dim=1),
        "worst_for_best": prices.gather(1, scores.argmin(dim=1)[:, None])[:, 0],
        "first_row_for_all": prices.gather(1, best[None])[0],
        "best_column_of_all": prices[:, scores.argmax() % 3],
    }
    expect(best_per_row(scores, prices), [20, 40], mistakes=usual)
    expect_uses(source_of("best_per_row"), "for", "while", most=0)

# %% hidden="best_per_row" points=1 checks="negative scores, ties, one offer, one customer, none, other devices"
with check("best_per_row"):
    text = source_of("best_per_row")
    for device in devices():
        for n, m in [(5, 3), (2, 7), (4, 1), (1, 3), (0, 3), (4, 4)]:
            scores = -1 - randn(n, m, device=device).abs()
            if m > 3:
                scores[:, 1] = scores[:, 3] = 5.0
            prices = (randn(n, m, device=device, seed=1) * 100).long()
            before = scores.clone(), prices.clone()
            want = torch.zeros(n, dtype=torch.int64, device=device)
            for i in range(n):
                row = scores[i].tolist()
                want[i] = prices[i, row.index(max(row))]
            later = m - 1 - scores.flip(1).argmax(dim=1)
            largest = scores.amax(dim=1, keepdim=True)
            usual = {
                "last_of_ties": prices.gather(1, later[:, None])[:, 0],
                "several_for_one": prices[scores == largest],
            }
            expect(best_per_row(scores, prices), want, mistakes=usual)
            expect((scores, prices), before, mistake="input_changed")
    expect_uses(text, "for", "while", most=0)

# %% [markdown]
# ### 2.16 · One hot
# *2 points · about 6 minutes*
#
# A network computes with neither the word "cat" nor the class number 2, but with a row of zeros that has a 1 in column 2.
# Return that for each of `labels`: float32, shape `(n, classes)`, on the device of `labels`. `labels` is an int64 tensor of
# shape `(n,)` with numbers from 0 to `classes - 1`. Use no Python loop, and not PyTorch's own `one_hot`.
#
# For example `labels = [2, 0, 2]` and `classes = 4` give `[[0., 0., 1., 0.], [1., 0., 0., 0.], [0., 0., 1., 0.]]`.
#
# <details><summary>Hint 1</summary>Begin with zeros of the right shape, on the right device:
# <code>torch.zeros(…, device=labels.device)</code>.</details>
# <details><summary>Hint 2</summary>One place in each row is to be written. Which row numbers go with
# <code>labels</code>?</details>
# <details><summary>Hint 3</summary>The pairs are <code>torch.arange(len(labels))</code> and <code>labels</code>.</details>


# %% solution="one_hot"
def one_hot(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """A 1 in column labels[i] of row i, 0 elsewhere; float32, shape (n, classes), on the device of `labels`."""
    ### BEGIN SOLUTION
    rows = torch.zeros(len(labels), classes, device=labels.device)
    rows[torch.arange(len(labels)), labels] = 1
    return rows
    ### END SOLUTION


# %% check="one_hot" points=1
with check("one_hot"):
    labels, numbered = torch.tensor([2, 0, 2]), torch.arange(3)
    block, rows, skipped, unwritten = (torch.zeros(3, 4) for _ in range(4))
    block[:, labels], rows[labels], skipped[numbered, labels - 1], unwritten[[0, 2], 2] = 1, 1, 1, 1
    usual = {"block_for_pair": block, "whole_rows": rows, "class_skipped": skipped, "class_zero_unwritten": unwritten}
    usual |= {"write_lost": torch.zeros(3, 4)}
    want = [[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]
    expect(one_hot(labels, 4), want, mistakes=usual)
    expect(labels, [2, 0, 2], mistake="input_changed")
    expect_uses(source_of("one_hot"), "for", "while", "one_hot", most=0)

# %% hidden="one_hot" points=1 checks="classes that do not occur, one class, no labels, repeated labels, other devices"
with check("one_hot"):
    text = source_of("one_hot")
    for device in devices():
        for numbers, classes in [([3, 0, 0, 1], 6), ([0, 0, 0], 1), ([], 3), ([4, 3, 2, 1, 0], 5), ([1], 2)]:
            labels = torch.tensor(numbers, dtype=torch.int64, device=device)
            before = labels.clone()
            want = torch.zeros(len(numbers), classes, device=device)
            for i, label in enumerate(numbers):
                want[i, label] = 1.0
            seen = max(numbers, default=-1) + 1
            usual = {"classes_guessed": want[:, :seen]} if seen < classes else {}
            expect(one_hot(labels, classes), want, mistakes=usual)
            expect(labels, before, mistake="input_changed")
    expect_uses(text, "for", "while", "one_hot", most=0)

# %% [markdown]
# ## 9 · All of it together
#
# A network that reads sentences gives, after each word, a row of numbers. Sentences have different lengths, and rows of a
# tensor do not: so the short ones are filled up at their end, which is called **padding**, and their true lengths are kept
# beside them.
#
# To tell the words from the padding you need a mask with one row for each sentence. A comparison makes it, as in the block
# of section 6: a column of lengths against a row of positions.

# %%
lengths = torch.tensor([1, 3, 2])
steps = torch.arange(4)
show(
    lengths=lengths[:, None],
    steps=steps,
    padding=steps >= lengths[:, None],
    text="Each length is compared with each step. Padding is where the step is not below the length.",
)

# %% [markdown]
# ### 2.17 · The last word
# *4 points · about 10 minutes*
#
# `outputs` has shape `(n, t, f)`: for each of `n` sentences, `t` steps of `f` numbers. `lengths`, int64, shape `(n,)`, says
# how many of the steps are words, from 1 to `t`; the steps after those are padding. Return a tuple `(last, cleaned)`:
#
# - `last`, shape `(n, f)`: for each sentence the numbers at its last word;
# - `cleaned`, shape `(n, t, f)`: a copy of `outputs` with 0 in all the padding. The padding may hold anything, also `nan`.
#
# Leave both inputs as they were, and use no Python loop. Inputs may be on any device; make helper tensors on the same one,
# with `device=outputs.device`.
#
# For example `outputs = [[[1., 2.], [3., 4.], [5., 6.]], [[7., 8.], [9., 10.], [11., 12.]]]` and `lengths = [1, 2]` give
# `last = [[1., 2.], [9., 10.]]` and `cleaned = [[[1., 2.], [0., 0.], [0., 0.]], [[7., 8.], [9., 10.], [0., 0.]]]`.
#
# <details><summary>Hint 1</summary><code>last</code> is one from each row, with one axis more. Pairs of positions for the
# first two axes will do. Which step is the last of <code>lengths[i]</code> steps?</details>
# <details><summary>Hint 2</summary>For <code>cleaned</code>, make the mask from the cell above. It has two axes and may
# stand for the first two of three.</details>
# <details><summary>Hint 3</summary><code>last = outputs[torch.arange(n), lengths - 1]</code>; and a write through the mask,
# into a clone.</details>


# %% solution="last_steps"
def last_steps(outputs: torch.Tensor, lengths: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The output (n, f) at each sentence's last word, and a copy of `outputs` (n, t, f) with 0 in the padding."""
    ### BEGIN SOLUTION
    n, t, _ = outputs.shape
    last = outputs[torch.arange(n, device=outputs.device), lengths - 1]
    padding = torch.arange(t, device=outputs.device) >= lengths[:, None]
    cleaned = outputs.clone()
    cleaned[padding] = 0
    return last, cleaned
    ### END SOLUTION


# %% check="last_steps" points=2
with check("last_steps"):
    given = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[7.0, 8.0], [9.0, 10.0], [11.0, 12.0]]])
    many = torch.tensor([1, 2])
    before = given.clone(), many.clone()
    last = torch.tensor([[1.0, 2.0], [9.0, 10.0]])
    cleaned, one_left, words_blanked, one_more = (given.clone() for _ in range(4))
    cleaned[0, 1:], cleaned[1, 2:], one_left[0, 2:] = 0, 0, 0
    words_blanked[0, :1], words_blanked[1, :2], one_more[0], one_more[1, 1:] = 0, 0, 0, 0
    usual = {
        "padding_for_last": (before[0][:, -1], cleaned),
        "step_after_last": (given[[0, 1], many], cleaned),
        "block_for_pair": (given[:, many - 1], cleaned),
        "padding_left": (last, one_left),
        "condition_reversed": (last, words_blanked),
        "last_word_blanked": (last, one_more),
        "write_lost": (last, before[0]),
        "swapped": (cleaned, last),
    }
    expect(last_steps(given, many), (last, cleaned), mistakes=usual)
    expect((given, many), before, mistake="input_changed")
    expect_uses(source_of("last_steps"), "for", "while", most=0)

# %% hidden="last_steps" points=2 checks="sentences without padding, nan in the padding, one sentence, none, other devices"
with check("last_steps"):
    text = source_of("last_steps")
    for device in devices():
        for numbers, t, f in [
            ([2, 4, 1], 4, 2),
            ([3, 3], 3, 5),
            ([1], 6, 1),
            ([], 2, 3),
            ([2, 1, 4, 3], 4, 4),
            ([1, 1], 1, 2),
        ]:
            n = len(numbers)
            given = randn(n, t, f, device=device)
            many = torch.tensor(numbers, dtype=torch.int64, device=device)
            for i, length in enumerate(numbers):
                given[i, length:, 0] = float("nan")
            before = given.clone(), many.clone()
            last, cleaned = torch.zeros(n, f, device=device), torch.zeros(n, t, f, device=device)
            for i, length in enumerate(numbers):
                last[i] = given[i, length - 1]
                for step in range(length):
                    cleaned[i, step] = given[i, step]
            words = torch.arange(t, device=device) < many[:, None]
            usual = {"nan_survives": (last, given * words[..., None])}
            got = last_steps(given, many)
            expect(got, (last, cleaned), mistakes=usual)
            expect((given, many), before, mistake="input_changed")
            expect_copy(got[1], given)
    expect_uses(text, "for", "while", most=0)

# %% [markdown]
# ## What you can do now
#
# | you want | write | it gives |
# | --- | --- | --- |
# | an entry, a row, a column | `x[1, 2]`, `x[1]`, `x[:, 2]`, `x[-1]` | a view; each number drops its axis |
# | a slice, every other one | `x[1:3]`, `x[:, ::2]` | a view; the axis stays |
# | the last axis, however many there are | `x[..., 0]` | a view |
# | a new axis of size 1 | `x[:, None]` | a view |
# | an axis reversed | `x.flip(0)` | a copy |
# | some rows, in any order | `x[[2, 0]]`, `x.index_select(0, rows)` | a copy |
# | pairs of places | `x[rows, columns]` | a copy, one entry for each pair |
# | a block | `x[rows[:, None], columns]` | a copy, every row with every column |
# | what meets a condition | `x[x > 0]`, `x[(x > 0) & (x < 5)]` | a copy, one axis |
# | rows or columns that meet it | `x[x[:, 0] > 0]`, `x[:, x[0] > 0]` | a copy, whole rows or columns |
# | the places where it holds | `mask.nonzero()`, `torch.where(mask)` | positions |
# | one of two, place by place | `torch.where(mask, a, b)`, `x.masked_fill(mask, 0)` | a new tensor |
# | one from each row | `x[torch.arange(n), index]`, `x.gather(1, index[:, None])`, `torch.take_along_dim` | a copy |
# | to write | `x[…] = v` with any of these brackets, `x.scatter_(1, index, v)` | `x` itself, changed |
# | a copy for certain | `x.clone()` | a copy |
#
# **To stretch yourself** (no points). A knight stands on square `(i, j)` of a chess board, an 8 by 8 tensor of zeros. Write
# a 1 on every square that it can move to, with two lists of eight steps each, one mask and one assignment. Mind the edges:
# what would a row of -1 pick?
#
# **To read on.** *[Tensor views](https://docs.pytorch.org/docs/stable/tensor_view.html)* lists every call that gives a view.
# *[Indexing, slicing, joining](https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops)* lists
# the functions of this lesson. NumPy's guide to *[indexing on
# arrays](https://numpy.org/doc/stable/user/basics.indexing.html)* explains pairs, blocks and masks, and nearly all of it holds
# for tensors; negative steps are the main exception.
#
# **Next:** lesson 03, calculating with whole tensors at once.
