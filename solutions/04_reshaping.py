# %% [markdown]
# # 04 · Reshaping, transposing and joining
#
# A picture comes from a file as height by width by colour, and the layer that takes it wants colour first. One layer of a
# network gives blocks of 8 by 8 numbers, and the next wants each block in one row. Most of the code around a network does
# no arithmetic at all: it brings numbers into the shape that the next step asks for. The numbers stay the same, so nothing
# warns you when they end up in the wrong places.
#
# **After this lesson you can**
#
# - give a tensor another shape, and say in which order its entries fill it;
# - tell reshaping from transposing, which can give the same shape with different contents;
# - read `stride`, and say why `view` refuses, when `reshape` copies, and which tensors share their memory;
# - add and drop axes of size 1, repeat without copying, join tensors and take them apart;
# - cut a picture into patches, and a layer's output into attention heads.
#
# **It takes** a little over two hours, in two sittings; after section 3 is a good place for a break. **It needs**
# lessons 01 to 03.
#
# Run the cells from top to bottom. The next cell is folded away: it brings the checks and the pictures.

# %% [markdown]
# ## 1 · The same entries, another shape
#
# `reshape` takes the shape that you want. The entries keep their order.

# %%
import torch

x = torch.arange(12)
print(x.reshape(3, 4))
print(x.reshape(2, 6))
print(x.reshape(2, 3, 2))

# %% [markdown]
# Which order? That of reading: along a row to its end, then the next row. In general, **the last axis moves fastest.** The
# entries are taken out of the old shape in reading order and put into the new one in reading order.

# %%
show(
    x=x,
    in_rows_of_4=x.reshape(3, 4),
    in_rows_of_6=x.reshape(2, 6),
    text="The numbers 0 to 11 in reading order: in one row, in three rows of 4, in two rows of 6. Only the line breaks change.",
)

# %% [markdown]
# The entries must fill the new shape exactly: its sizes, multiplied, must give their number. If they do not:

# %% raises="RuntimeError"
x.reshape(5, 2)

# %% [markdown]
# *shape '[5, 2]' is invalid for input of size 12*: 5 times 2 is 10, and *size* here means the number of entries, 12.
#
# Since the sizes must multiply to that number, one of them follows from the others. Write `-1` in its place and PyTorch
# works it out. That is how you say *rows of 4, however many there are*:

# %%
print(x.reshape(-1, 4).shape, x.reshape(2, -1).shape, x.reshape(2, -1, 2).shape)

# %% [markdown]
# Only one size can be left open, and it has to come out as a whole number:

# %% raises="RuntimeError"
x.reshape(-1, -1)

# %% raises="RuntimeError"
x.reshape(5, -1)

# %% [markdown]
# *only one dimension can be inferred*: 12 could be 3 times 4 or 2 times 6. And 12 is not a multiple of 5. `reshape` never drops
# or repeats an entry to make things fit.
#
# ### 4.1 · A table from one long row
# *2 points · about 4 minutes*
#
# A logger with several sensors writes their readings into one long row: the first reading of each sensor, then the second
# of each, and so on. Return the readings as a table with one column per sensor. `readings` has shape `(n,)`, and `sensors`
# divides `n`; the result has shape `(n // sensors, sensors)`. There may be no readings at all.
#
# For example `readings = [1, 2, 3, 4, 5, 6]` and `sensors = 2` give `[[1, 2], [3, 4], [5, 6]]`: sensor 0 measured 1, 3 and 5.
#
# <details><summary>Hint 1</summary>A row of the table holds one reading of each sensor, and those are next to each other
# already.</details>
# <details><summary>Hint 2</summary>You know how long a row is. The number of rows follows.</details>
# <details><summary>Hint 3</summary><code>readings.reshape(-1, …)</code></details>


# %% solution="as_columns"
def as_columns(readings: torch.Tensor, sensors: int) -> torch.Tensor:
    """`readings` (n,), sensor by sensor in turn, as a table (n // sensors, sensors)."""
    ### BEGIN SOLUTION
    return readings.reshape(-1, sensors)
    ### END SOLUTION


# %% check="as_columns" points=1
with check("as_columns"):
    given = torch.tensor([1, 2, 3, 4, 5, 6])
    usual = {"filled_downwards": [[1, 4], [2, 5], [3, 6]], "sizes_swapped": [[1, 2, 3], [4, 5, 6]]}
    expect(as_columns(given, 2), [[1, 2], [3, 4], [5, 6]], mistakes=usual)
    expect(given, [1, 2, 3, 4, 5, 6], mistake="input_changed")
    expect(as_columns(given, 3), [[1, 2, 3], [4, 5, 6]])

# %% hidden="as_columns" points=1 checks="one sensor, one reading of each, no readings, a row with gaps, other devices"
with check("as_columns"):
    for device in devices():
        for rows, sensors in [(4, 3), (5, 1), (1, 6), (0, 2), (3, 3), (2, 7)]:
            readings = randn(2 * rows * sensors, device=device)[::2]  # not contiguous
            before = readings.clone()
            want = torch.zeros(rows, sensors, device=device)
            for i in range(rows):
                for j in range(sensors):
                    want[i, j] = readings[i * sensors + j]
            usual = {
                "filled_downwards": readings.reshape(sensors, rows).T,
                "sizes_swapped": want.reshape(sensors, rows),
            }
            expect(as_columns(readings, sensors), want, mistakes=usual)
            expect(readings, before, mistake="input_changed")

# %% [markdown]
# ### `flatten` and `unflatten`: merging axes and splitting one
#
# Two uses of `reshape` are so common that they have names. `flatten` merges neighbouring axes into one. Without an argument it
# merges all of them; `flatten(1)` starts at axis 1, so that axis 0 stays; `flatten(0, 1)` merges axes 0 and 1 and leaves
# the others. `unflatten` splits one axis, given its number and the sizes of its parts, one of which may be `-1`.

# %%
batch = torch.arange(24).reshape(2, 3, 4)
print(batch.flatten().shape, batch.flatten(1).shape, batch.flatten(0, 1).shape)
print(batch.unflatten(2, (2, 2)).shape, batch.unflatten(-1, (-1, 2)).shape)
show(
    batch=batch,
    flattened=batch.flatten(1),
    text="flatten(1) writes the rows of each of the two grids one after the other.",
)

# %% [markdown]
# Their advantage over `reshape` is that you name the axes you mean. The others stay as they are, whatever their sizes.
#
# ### 4.2 · One row for each example
# *2 points · about 4 minutes*
#
# A linear layer wants a table with one row for each example. `x` has shape `(batch, …)`, with one or more axes after the
# first. Return it with all these axes merged into one: shape `(batch, features)`, the entries of each example in their
# reading order. The batch may hold a single example, and it may be empty.
#
# For example, shape `(2, 3, 4)` gives `(2, 12)`, and shape `(0, 3, 4)` gives `(0, 12)`.
#
# <details><summary>Hint 1</summary><code>reshape(len(x), -1)</code> comes close. What can <code>-1</code> be when there are no
# entries at all? Try it on <code>torch.zeros(0, 3, 4)</code>.</details>
# <details><summary>Hint 2</summary>There is a method for merging axes that looks at the sizes of the axes, not at the number of
# entries.</details>
# <details><summary>Hint 3</summary><code>.flatten(…)</code>, told at which axis to start.</details>


# %% solution="flatten_batch"
def flatten_batch(x: torch.Tensor) -> torch.Tensor:
    """`x` (batch, …) with all axes after the first merged into one: (batch, features)."""
    ### BEGIN SOLUTION
    return x.flatten(1)
    ### END SOLUTION


# %% check="flatten_batch" points=1
with check("flatten_batch"):
    given = torch.tensor([[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]])
    usual = {
        "permuted_for_reshaped": [[1, 4, 2, 5, 3, 6], [7, 10, 8, 11, 9, 12]],
        "batch_merged_too": list(range(1, 13)),
        "first_axes_merged": [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]],
    }
    expect(flatten_batch(given), [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]], mistakes=usual)
    expect(flatten_batch(torch.ones(5, 4)), torch.ones(5, 4))
    expect(flatten_batch(torch.ones(0, 3, 4)), torch.ones(0, 12))

# %% hidden="flatten_batch" points=1 checks="a batch of one, an empty batch, two axes, four axes, other devices"
with check("flatten_batch"):
    for device in devices():
        for shape in [(4, 3, 2), (1, 2, 3), (5, 4), (2, 3, 2, 2), (0, 3, 4), (3, 1, 1)]:
            given = randn(*shape[:-2], shape[-1], shape[-2], device=device).transpose(-1, -2)  # not contiguous
            before = given.clone()
            want = torch.zeros(shape[0], given[:1].numel() if shape[0] else 12, device=device)
            for i in range(shape[0]):
                want[i] = torch.tensor([each.item() for each in given[i].reshape(-1)], device=device)
            usual = {"permuted_for_reshaped": given.permute(0, *range(len(shape) - 1, 0, -1)).flatten(1)}
            usual["batch_of_one_lost" if shape[0] == 1 else "batch_merged_too"] = want.reshape(-1)
            expect(flatten_batch(given), want, mistakes=usual)
            expect(given, before, mistake="input_changed")

# %% [markdown]
# ## 2 · Turning axes
#
# Transposing does something else. `reshape` keeps the order of the entries and moves the line breaks. Transposing **moves
# whole axes**: what was a row becomes a column, and the entry at `[i, j]` is found at `[j, i]` afterwards. For a matrix
# that is `.T`.

# %%
x = torch.arange(6).reshape(2, 3)
print(x.T)
print(x[1, 2].item(), x.T[2, 1].item())

# %% [markdown]
# Both `x.reshape(3, 2)` and `x.T` have shape `(3, 2)`. Look at where the numbers are:

# %%
show(
    x=x,
    reshaped=x.reshape(3, 2),
    transposed=x.T,
    text="x has rows 0 1 2 and 3 4 5. Reshaped it still reads 0 1 2 3 4 5, in rows of two. Transposed, its rows stand as columns.",
)

# %% [markdown]
# This is the mistake that this lesson is about. You need shape `(3, 2)`, you have `(2, 3)`, `reshape(3, 2)` runs, and every
# shape from there on is right. But the numbers are scrambled. Here is what it does to a picture, 30 rows by 40 columns,
# that should become 40 by 30:

# %%
rows, columns = torch.arange(30)[:, None], torch.arange(40)
disc = ((rows - 14) ** 2 + (columns - 24) ** 2 < 100).float()
turned = disc.T
scrambled = disc.reshape(40, 30)
print(turned.shape, scrambled.shape)

# %% folded="Drawing the three pictures"
import matplotlib.pyplot as plt

figure, axes = plt.subplots(1, 3, figsize=(8, 2.8))
titles = ("disc, 30 by 40", "disc.T, 40 by 30", "disc.reshape(40, 30)")
for axis, image, title in zip(axes, (disc, turned, scrambled), titles, strict=True):
    axis.imshow(image.tolist(), cmap="Blues", interpolation="nearest")
    axis.set(title=title, xticks=[], yticks=[])
picture(
    figure,
    "Left, a disc in a picture of 30 rows and 40 columns. Middle, transposed: the same disc, rows and columns exchanged. "
    "Right, reshaped to the same shape: slanted stripes, because every row breaks off 10 numbers too early.",
)

# %% [markdown]
# So ask yourself which of the two you mean. **Merging or splitting neighbouring axes: `reshape`. Another order of axes:
# transpose.**
#
# A square matrix is the worst place to try this out. `reshape` of a 3 by 3 matrix to `(3, 3)` does nothing, and it has the
# right shape. Try code of this kind on sizes that all differ.
#
# ### 4.3 · Reshaped or transposed? (predict, then run)
# *1 point · about 2 minutes*
#
# `x` is `[[1, 2, 3], [4, 5, 6]]`. What does `print(x.reshape(3, 2)[1].tolist(), x.T[1].tolist())` print? Return it as text:
# for example `"[1, 2] [3, 4]"`, two lists with a space between them. The check runs the line only after you have written a
# prediction.
#
# <details><summary>Hint 1</summary>Write <code>x</code> on paper as three rows of two, in reading order. Which is row
# 1?</details>
# <details><summary>Hint 2</summary>Row 1 of the transpose is a column of <code>x</code>. Which one?</details>


# %% solution="reading_order"
def reading_order() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "[3, 4] [2, 5]"
    ### END SOLUTION


# %% predict="reading_order" points=1
with predict("reading_order", lambda: reading_order()):
    table = torch.tensor([[1, 2, 3], [4, 5, 6]])
    print(table.reshape(3, 2)[1].tolist(), table.T[1].tolist())

# %% [markdown]
# ### More than two axes
#
# With more axes you say which ones. There are four ways, and each suits a different question:
#
# | call | does |
# | --- | --- |
# | `x.transpose(1, 2)` | exchanges two axes |
# | `x.mT` | exchanges the last two: the transpose of each matrix in a batch |
# | `x.permute(2, 0, 1)` | gives the new order of all axes, by their old numbers |
# | `x.movedim(-1, 0)` | takes one axis to another place; the others keep their order |
#
# All but `.mT` exist as functions too, as in `torch.permute(x, (2, 0, 1))`. Keep `.T` for two axes. On tensors with more it
# reverses the order of all of them, which is rarely meant; PyTorch warns that this will be an error one day.

# %%
batch = torch.arange(24).reshape(2, 3, 4)
print(batch.transpose(0, 1).shape)
print(batch.mT.shape)
print(batch.permute(2, 0, 1).shape)
print(batch.movedim(-1, 0).shape)

# %% [markdown]
# Read `permute(2, 0, 1)` from the result's side: *first comes the old axis 2, then the old axis 0, then the old axis 1.* Every
# axis is named once. If one is missing, the message is long, and its end tells you what you need:

# %% raises="RuntimeError"
batch.permute(1, 0)

# %% [markdown]
# *input.dim() = 3 is not equal to len(dims) = 2*: three axes, and an order for two. (The *sparse_coo* at the beginning has
# nothing to do with it.)
#
# How do you check an order of axes? Pick one entry and ask where it should be. Below, a picture of 2 by 2 pixels has three
# numbers for each pixel: its red, its green (10 more), its blue (20 more). With colour first there should be a grid of
# reds, a grid of greens and a grid of blues.

# %%
pixels = torch.tensor([[[0, 10, 20], [1, 11, 21]], [[2, 12, 22], [3, 13, 23]]])
show(
    pixels=pixels,
    permuted=pixels.permute(2, 0, 1),
    reshaped=pixels.reshape(3, 2, 2),
    text="Permuted, the first grid is all red (0 to 3), the second all green (10 to 13), the third all blue (20 to 23). "
    "Reshaped, each grid holds a mixture.",
)

# %% [markdown]
# ### 4.4 · Channels first
# *2 points · about 5 minutes*
#
# Files and plotting libraries keep colour last: a batch of pictures has shape `(batch, height, width, channels)`, in short
# NHWC. PyTorch's layers want `(batch, channels, height, width)`, in short NCHW. Return `images` in that order. It may be a
# view. The dtype stays as it is; the number of channels, the height and the width may be anything.
#
# For example, shape `(8, 32, 48, 3)` gives `(8, 3, 32, 48)`, and what was at `[n, h, w, c]` is at `[n, c, h, w]`.
#
# <details><summary>Hint 1</summary>Axes change places, so this is no <code>reshape</code>.</details>
# <details><summary>Hint 2</summary>For each new axis, write down the number of the old one. The batch stays: 0. Then comes the
# channel, which was…</details>
# <details><summary>Hint 3</summary><code>images.permute(0, 3, …, …)</code>, or move one axis to place 1.</details>


# %% solution="channels_first"
def channels_first(images: torch.Tensor) -> torch.Tensor:
    """`images` (batch, height, width, channels) as (batch, channels, height, width)."""
    ### BEGIN SOLUTION
    return images.permute(0, 3, 1, 2)
    ### END SOLUTION


# %% check="channels_first" points=1
with check("channels_first"):
    given = torch.tensor([[[[1, 10, 100], [2, 20, 200]]]])  # one picture, one row of two pixels, three channels
    usual = {
        "reshaped_for_permuted": [[[[1, 10]], [[100, 2]], [[20, 200]]]],
        "axes_swapped": [[[[1], [2]], [[10], [20]], [[100], [200]]]],
    }
    expect(channels_first(given), [[[[1, 2]], [[10, 20]], [[100, 200]]]], mistakes=usual)
    expect(channels_first(given[..., :1]), [[[[1, 2]]]])

# %% hidden="channels_first" points=1 checks="square pictures, one channel, a batch of one, integers, other devices"
with check("channels_first"):
    for device in devices():
        for n, h, w, c in [(2, 4, 5, 3), (1, 3, 3, 3), (3, 2, 6, 1), (2, 5, 2, 4)]:
            for dtype in (torch.float32, torch.uint8):
                given = (randn(n, h, w, c, device=device) * 10).abs().to(dtype)
                before = given.clone()
                want = torch.zeros(n, c, h, w, dtype=dtype, device=device)
                for k in range(c):
                    want[:, k] = given[..., k]
                usual = {"reshaped_for_permuted": given.reshape(n, c, h, w), "axes_swapped": given.transpose(1, 3)}
                expect(channels_first(given), want, mistakes=usual)
                expect(given, before, mistake="input_changed")

# %% [markdown]
# ## 3 · One tape, many shapes
#
# How can transposing a million numbers take no time? Because none of them moves. In memory there are no rows and columns,
# there is one long tape of slots. A tensor is a note that says how to read the tape. The note has three parts: the shape;
# the **stride**, which is how many slots to jump to get to the next entry along each axis; and the **offset**, the slot to
# start from.

# %%
x = torch.arange(6).reshape(2, 3)
print(x.stride(), x.T.stride(), x.storage_offset())
show_memory(
    "One storage, two notes about it. In x the next column is 1 slot away, the next row 3 slots. In x.T it is the other way round.",
    x=x,
    transposed=x.T,
)

# %% [markdown]
# The entry `[i, j]` is in slot *offset + i · (stride of axis 0) + j · (stride of axis 1)*. For `x[1, 2]` that is
# 0 + 1 · 3 + 2 · 1 = 5. For `x.T[2, 1]` it is 0 + 2 · 1 + 1 · 3 = 5: the same slot. Each box in the picture says which entry of the
# tensor is in that slot.
#
# Transposing swaps two sizes and two strides. `permute`, `movedim` and `.mT` do the same with more axes. They always give a
# **view**: another note, the same tape. So does `reshape`, when it can:

# %%
show_memory(
    "x.reshape(3, 2) reads the same tape in rows of two: the next column is 1 slot away, the next row 2 slots.",
    x=x,
    reshaped=x.reshape(3, 2),
)

# %% [markdown]
# ### 4.5 · Swap without copying
# *2 points · about 4 minutes*
#
# Transpose every matrix of a batch, or a single one. `x` has shape `(…, n, m)`: two axes or more. Return it with its last two
# axes exchanged, shape `(…, m, n)`. Copy nothing: the result must be a **view** of `x`, and `x` itself keeps its shape.
#
# For example, shape `(5, 2, 3)` gives `(5, 3, 2)`, and shape `(2, 3)` gives `(3, 2)`.
#
# <details><summary>Hint 1</summary>You do not know how many axes stand in front. From which end should you count?</details>
# <details><summary>Hint 2</summary>Axes can have negative numbers, as entries have. There is an attribute for this, too. A
# name that ends in <code>_</code> would change <code>x</code> itself.</details>
# <details><summary>Hint 3</summary><code>x.transpose(-2, …)</code></details>


# %% solution="swap_without_copy"
def swap_without_copy(x: torch.Tensor) -> torch.Tensor:
    """`x` (…, n, m) with its last two axes exchanged: a view, (…, m, n)."""
    ### BEGIN SOLUTION
    return x.transpose(-2, -1)
    ### END SOLUTION


# %% check="swap_without_copy" points=1
with check("swap_without_copy"):
    given = torch.tensor([[[1, 2, 3], [4, 5, 6]]])
    usual = {
        "reshaped_for_permuted": [[[1, 2], [3, 4], [5, 6]]],
        "first_axes_swapped": [[[1, 2, 3]], [[4, 5, 6]]],
        "all_axes_reversed": [[[1], [4]], [[2], [5]], [[3], [6]]],
    }
    got = swap_without_copy(given)
    expect(got, [[[1, 4], [2, 5], [3, 6]]], mistakes=usual)
    expect(given, [[[1, 2, 3], [4, 5, 6]]], mistake="input_changed")
    expect_view(got, given)
    expect(swap_without_copy(given[0]), [[1, 4], [2, 5], [3, 6]])

# %% hidden="swap_without_copy" points=1 checks="two axes, four axes, a batch of one, square matrices, other devices"
with check("swap_without_copy"):
    for device in devices():
        for shape in [(5, 2, 3), (2, 3), (1, 4), (2, 1, 3, 4), (3, 3, 3), (2, 2, 5, 5), (0, 2, 3)]:
            given = randn(*shape, device=device)
            before = given.clone()
            want = torch.zeros(*shape[:-2], shape[-1], shape[-2], device=device)
            for i in range(shape[-2]):
                want[..., i] = given[..., i, :]
            usual = {
                "reshaped_for_permuted": given.reshape(want.shape),
                "first_axes_swapped": given.transpose(0, 1),
                "all_axes_reversed": given.permute(*range(given.ndim - 1, -1, -1)),
            }
            got = swap_without_copy(given)
            expect(got, want, mistakes=usual)
            expect(given, before, mistake="input_changed")
            expect_view(got, given)

# %% [markdown]
# ### Contiguous, or not
#
# A tensor whose entries lie on the tape in reading order, one right after the other, is **contiguous**. `x` is. Its
# transpose is not: read row by row, it jumps back and forth over the slots 0 3 1 4 2 5. `.contiguous()` copies the entries
# into reading order on a tape of their own. If they are in order already, it returns the very same tensor.

# %%
print(x.is_contiguous(), x.T.is_contiguous())
tidy = x.T.contiguous()
print(tidy.stride(), x.contiguous() is x)
show_memory("x.T.contiguous() is a copy. Its own tape holds 0 3 1 4 2 5.", transposed=x.T, tidy=tidy)

# %% [markdown]
# ### When `view` refuses
#
# The method `view` does what `reshape` does, and promises never to copy. If no note about the old tape can give the new shape,
# it refuses:

# %%
print(x.view(3, 2).stride(), x.view(6).stride())

# %% raises="RuntimeError"
x.T.view(6)

# %% [markdown]
# Take the message apart.
#
# - *view size is not compatible with input tensor's size and stride*: no note about this tape has shape `(6,)` and the
#   right order.
# - *at least one dimension spans across two contiguous subspaces*: the new axis of 6 would run across two old axes that do
#   not fit together on the tape. In reading order the entries of `x.T` lie in slots 0 3 1 4 2 5. That is a jump of +3, then
#   of -2, then of +3. One axis has one stride, and no single stride gives these jumps.
# - *Use .reshape(...) instead*: `reshape` gives a view where that is possible, and otherwise a copy.
#
# Splitting an axis never needs a copy. Merging two neighbouring axes needs one, unless they fit together on the tape:
# the stride of the first must be the stride of the second times the size of the second. (An axis of size 1 always
# fits.) For `x`, shape (2, 3) and stride (3, 1), it is: 3 = 1 · 3. For `x.T`, shape (3, 2) and stride (1, 3), it is
# not: 1 is not 3 · 2.
#
# `view` after `transpose` or `permute` is where most people meet this message. Before you write `reshape` to silence it, ask
# whether the axes stand in the order that you want to merge them in. The message may have caught a mistake.
#
# ### 4.6 · Which views are refused? (predict, then run)
# *2 points · about 4 minutes*
#
# `x` has 3 rows and 4 columns, in reading order on its tape. The check tries `.view(-1)` on three tensors, in this order:
# `x[1:]` (without the first row), `x[:, 1:]` (without the first column), and `x.T`. For each it prints `view` where that
# works and `refused` where it raises. Return the line as text: for example `"refused refused view"`.
#
# <details><summary>Hint 1</summary>Number the slots of the tape 0 to 11. Which ones does each tensor take, in its own reading
# order?</details>
# <details><summary>Hint 2</summary><code>x[1:]</code> takes 4 5 6 7 8 9 10 11. <code>x[:, 1:]</code> takes 1 2 3 5 6 7 9 10 11. Is
# it the same step each time?</details>


# %% solution="why_view_fails"
def why_view_fails() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "view refused refused"
    ### END SOLUTION


# %% predict="why_view_fails" points=2
with predict("why_view_fails", lambda: why_view_fails()):
    table = torch.arange(12).reshape(3, 4)
    for part in (table[1:], table[:, 1:], table.T):
        try:
            part.view(-1)
            print("view", end=" ")
        except RuntimeError:
            print("refused", end=" ")

# %% [markdown]
# ### `reshape` may copy, and does not say so
#
# Whether `reshape` copies depends on the strides of what it is given, and you see it only when you write. The same goes for
# `flatten`.

# %%
base = torch.zeros(2, 3)
base.reshape(6)[1] = 7  # a view: the write arrives
base.T.reshape(6)[1] = 9  # a copy: the write is lost
print(base)

# %% [markdown]
# So do not write through the result of `reshape`. If the writes have to arrive, use `view`: it refuses rather than give you a
# copy. If they must not arrive, use `.clone()`.
#
# Two calls help you find out what shares memory. `x.data_ptr()` is the address of the *first entry* of `x`. Two views of one
# tape can begin in different slots, and then their addresses differ. `x.untyped_storage()` is the tape itself, and its
# `.data_ptr()` is where the tape begins; that is the same for all views of it.

# %%
row = x[1]
print(row.storage_offset(), row.data_ptr() == x.data_ptr())
print(row.untyped_storage().data_ptr() == x.untyped_storage().data_ptr())
print(x.untyped_storage().nbytes(), row.untyped_storage().nbytes())  # 6 entries of 8 bytes, whichever you ask

# %% [markdown]
# (`row is x` and `id` do not help: they are about the notes, and two notes can describe one tape.)
#
# ### 4.7 · Do they share?
# *2 points · about 5 minutes*
#
# Return `True` if `a` and `b` lie on the same tape, and `False` otherwise, as a plain Python `bool`. They may begin in
# different slots, and need not have a single entry in common: two different rows of one matrix share a tape. Equal numbers
# on two tapes do not count. Neither tensor is empty; both are on the same device. Write to neither.
#
# For example, `shares_storage(x[0], x[1])` is `True`, `shares_storage(x, x.clone())` is `False`.
#
# <details><summary>Hint 1</summary>Where does the first entry of <code>x[1]</code> lie, and where does the tape of <code>x[1]</code>
# begin?</details>
# <details><summary>Hint 2</summary>Ask both for their storage, and both storages for their address.</details>
# <details><summary>Hint 3</summary><code>a.untyped_storage().data_ptr()</code></details>


# %% solution="shares_storage"
def shares_storage(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether `a` and `b`, neither of them empty, are views of one storage."""
    ### BEGIN SOLUTION
    return a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()
    ### END SOLUTION


# %% check="shares_storage" points=1
with check("shares_storage"):
    given = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    expect(shares_storage(given, given.clone()), False, mistakes={"contents_compared": True})
    expect(shares_storage(given, given[:]), True, mistakes={"objects_compared": False})
    expect(shares_storage(given, given.T), True, mistakes={"shapes_compared": False})
    expect(shares_storage(given[0], given[1]), True, mistakes={"first_entries_compared": False})

# %% hidden="shares_storage" points=1 checks="rows, columns, entries that are not shared, reshape with and without a copy, other devices"
with check("shares_storage"):
    for device in devices():
        base = randn(4, 3, device=device)
        before = base.clone()
        for a, b in [(base, base.reshape(6, 2)), (base[None], base.view(12)), (base[0].expand(5, 3), base)]:
            expect(shares_storage(a, b), True, mistakes={"shapes_compared": False})
        for a, b in [(base[0], base[1]), (base, base[2:]), (base[:, 0], base[3]), (base.T, base[:, 2])]:
            expect(shares_storage(a, b), True, mistakes={"first_entries_compared": False})
        for a, b in [(base, base.T.reshape(12)), (base.T.contiguous(), base), (base[[0, 1]], base[:2])]:
            expect(shares_storage(a, b), False, mistakes={"contents_compared": True})
        expect(shares_storage(torch.zeros(4, 3, device=device), torch.zeros(4, 3, device=device)), False)
        expect(base, before, mistake="input_changed")

# %% [markdown]
# ## 4 · Axes of size 1
#
# A layer that takes batches of pictures takes a single picture only as a batch of one. `unsqueeze(dim)` puts in an axis of
# size 1, and `dim` is its place in the result. (In lesson 02 it was `None` between brackets: `x[None]` is
# `x.unsqueeze(0)`.)

# %%
image = torch.arange(6).reshape(2, 3)
print(image.unsqueeze(0).shape, image.unsqueeze(1).shape, image.unsqueeze(-1).shape)
show(
    image=image,
    in_front=image.unsqueeze(0),
    in_the_middle=image.unsqueeze(1),
    at_the_end=image.unsqueeze(-1),
    text="The same six numbers. unsqueeze(0) makes a batch of one; unsqueeze(1) makes each row a grid of its own; "
    "unsqueeze(-1) makes each number a row of its own.",
)

# %% [markdown]
# ### 4.8 · A batch of one
# *1 point · about 3 minutes*
#
# Return `x` as a batch that holds it alone: one new axis of size 1 **in front**, and the others as they were. `x` may have
# any number of axes, or none. The result must be a view, and `x` itself keeps its shape.
#
# For example, shape `(3, 32, 48)` gives `(1, 3, 32, 48)`, and a tensor with no axis gives shape `(1,)`.
#
# <details><summary>Hint 1</summary>The method takes the place that the new axis will have.</details>
# <details><summary>Hint 2</summary>The first place has the number 0. A name that ends in <code>_</code> would change
# <code>x</code> itself.</details>


# %% solution="add_batch_axis"
def add_batch_axis(x: torch.Tensor) -> torch.Tensor:
    """`x` as a batch of one: a view of shape (1, …)."""
    ### BEGIN SOLUTION
    return x.unsqueeze(0)
    ### END SOLUTION


# %% check="add_batch_axis" points=0.5
with check("add_batch_axis"):
    given = torch.tensor([[1, 2, 3], [4, 5, 6]])
    usual = {
        "axis_elsewhere": [[[1, 2, 3]], [[4, 5, 6]]],
        "axis_at_the_end": [[[1], [2], [3]], [[4], [5], [6]]],
        "flattened_too": [[1, 2, 3, 4, 5, 6]],
    }
    got = add_batch_axis(given)
    expect(got, [[[1, 2, 3], [4, 5, 6]]], mistakes=usual)
    expect(given, [[1, 2, 3], [4, 5, 6]], mistake="input_changed")
    expect_view(got, given)
    expect(add_batch_axis(torch.tensor(7)), [7])

# %% hidden="add_batch_axis" points=0.5 checks="no axis, one axis, four axes, axes of size 1 already there, nothing inside, other devices"
with check("add_batch_axis"):
    for device in devices():
        for shape in [(), (4,), (1, 3), (2, 1, 3, 2), (0, 2), (1,)]:
            given = randn(2, *reversed(shape), device=device)[1].permute(tuple(range(len(shape) - 1, -1, -1)))
            before = given.clone()
            want = torch.zeros(1, *shape, device=device)
            want[0] = given
            got = add_batch_axis(given)
            usual = {"axis_at_the_end": want[0].unsqueeze(-1), "flattened_too": want.reshape(1, -1)}
            expect(got, want, mistakes=usual)
            expect(given, before, mistake="input_changed")
            expect_view(got, given)

# %% [markdown]
# `squeeze(dim)` is the way back: it drops the axis `dim` if that has size 1. If it is larger, `squeeze` leaves it where it
# is and says nothing. Several axes go in as a tuple. Both methods give views.

# %%
scores = torch.zeros(1, 4, 1)
print(scores.squeeze(2).shape, scores.squeeze(0).shape, scores.squeeze((0, 2)).shape)
print(scores.squeeze(1).shape)  # size 4: nothing happens

# %% [markdown]
# Without an argument, `squeeze()` drops **every** axis of size 1. That works as long as no other axis happens to have
# size 1. The function below takes the scores that a network gave, one for each picture, shape `(batch, 1)`, and should return
# them in one row. It works for weeks. Then somebody sends a single picture:


# %%
def demo_scores(output: torch.Tensor) -> torch.Tensor:
    return output.squeeze()  # meant: squeeze(1)


print(demo_scores(torch.zeros(4, 1)).shape)
print(demo_scores(torch.zeros(1, 1)).shape)  # the batch is gone as well

# %% [markdown]
# The second result has no axis left. Sooner or later `len` of it will fail, far from the line that is wrong. So always say
# which axis you mean.
#
# ### 4.9 · Drop that axis
# *2 points · about 4 minutes*
#
# Return `x` without its axis `dim`, and with all its other axes, including those of size 1. Axis `dim` has size 1, and
# `dim` may be negative. The result must be a view, and `x` itself keeps its shape.
#
# For example, shape `(1, 3, 1)` and `dim = 2` give shape `(1, 3)`; with `dim = 0` they give `(3, 1)`.
#
# <details><summary>Hint 1</summary>Which method drops axes of size 1?</details>
# <details><summary>Hint 2</summary>Tell it which one.</details>


# %% solution="drop_axis"
def drop_axis(x: torch.Tensor, dim: int) -> torch.Tensor:
    """`x` without its axis `dim`, which has size 1; all others stay. A view."""
    ### BEGIN SOLUTION
    return x.squeeze(dim)
    ### END SOLUTION


# %% check="drop_axis" points=1
with check("drop_axis"):
    given = torch.tensor([[[1], [2], [3]]])
    usual = {
        "batch_of_one_lost": [1, 2, 3],
        "other_axis_dropped": [[1], [2], [3]],
        "nothing_dropped": [[[1], [2], [3]]],
    }
    got = drop_axis(given, 2)
    expect(got, [[1, 2, 3]], mistakes=usual)
    expect(given, [[[1], [2], [3]]], mistake="input_changed")
    expect_view(got, given)
    usual |= {"other_axis_dropped": [[1, 2, 3]]}
    expect(drop_axis(given, -3), [[1], [2], [3]], mistakes=usual)

# %% hidden="drop_axis" points=1 checks="each axis in turn, negative numbers, nothing left but size 1, other devices, the input unchanged"
with check("drop_axis"):
    for device in devices():
        for shape, dim in [((1, 3, 1), 0), ((4, 1), 1), ((1, 1), -1), ((2, 1, 5, 1), 1), ((1, 2, 1, 3), -2), ((1,), 0)]:
            given = randn(*shape, device=device)
            before = given.clone()
            left = list(shape)
            del left[dim]
            want = torch.tensor([each.item() for each in given.reshape(-1)], device=device).reshape(left)
            usual = {"batch_of_one_lost": before.squeeze(), "nothing_dropped": before}
            if shape[-1] == 1:
                usual["other_axis_dropped"] = before.squeeze(-1)
            got = drop_axis(given, dim)
            expect(got, want, mistakes=usual)
            expect(given, before, mistake="input_changed")
            expect_view(got, given)

# %% [markdown]
# ## 5 · The same again: `expand`, `repeat`, `tile`
#
# Sometimes the same numbers are needed many times: one picture for every example of a batch, one row for every row of a
# table. `expand` takes the shape you want and gives a view in which axes of size 1 appear larger. It does so with a stride
# of **0**: the next entry along that axis is 0 slots away, so it is the same one. `-1` leaves a size as it is, and new axes
# may be added in front.

# %%
row = torch.tensor([[1, 2, 3]])
wide = row.expand(4, -1)
print(wide)
print(wide.stride(), wide.untyped_storage().nbytes(), "bytes")
print(row.expand(2, 4, -1).shape)  # a new axis in front, of size 2
show_memory(
    "The expanded tensor has 12 entries and a tape of 3 slots. Each slot is 4 entries at once; the label names the first of them.",
    row=row,
    wide=wide,
)

# %% [markdown]
# Only an axis of size 1 can be expanded. With two rows, which one should be repeated?

# %% raises="RuntimeError"
torch.zeros(2, 3).expand(4, 3)

# %% [markdown]
# *The expanded size of the tensor (4) must match the existing size (2) at non-singleton dimension 0*: axis 0 has 2 entries,
# and is not of size 1 (a *singleton*).
#
# Since the entries of an expanded tensor share slots, a write to one of them changes all the others in its slot:

# %%
wide[0, 0] = 99
print(wide)
print(row)

# %% [markdown]
# Some writes are refused for this reason, and the message says what to do. Others, as you saw, go through. So read from
# expanded tensors, and `.clone()` them before you write.

# %% raises="RuntimeError"
wide += 1

# %% [markdown]
# `repeat` and `tile` **copy**: the result has a tape of its own, as large as it looks. Both are told how often to repeat
# along each axis, not the shape you want. With fewer numbers than axes, `tile` repeats the last axes and `repeat` refuses.

# %%
pattern = torch.tensor([[1, 2], [3, 4]])
print(pattern.repeat(2, 3))
print(pattern.tile(3))  # the same as tile(1, 3)
show(
    pattern=pattern,
    repeated=pattern.repeat(2, 3),
    text="repeat(2, 3) lays the pattern of 2 by 2 twice downwards and three times to the right: 4 by 6.",
)

# %% [markdown]
# In arithmetic you seldom need any of the three: broadcasting, which you know from lesson 03, expands for you.
#
# ### 4.10 · One for all
# *2 points · about 5 minutes*
#
# Every example of a batch should get the same mask. Return `mask`, shape `(height, width)`, as a batch of `n` of them,
# shape `(n, height, width)`, without using memory for the copies: the result must be a view. `mask` itself stays as it is.
# `n` is at least 1.
#
# For example, shape `(2, 3)` and `n = 5` give shape `(5, 2, 3)`, and `result[0]` to `result[4]` all equal `mask`.
#
# <details><summary>Hint 1</summary>Two of the three calls of this section copy.</details>
# <details><summary>Hint 2</summary>The axis that grows must be there, with size 1, or be added in front.</details>
# <details><summary>Hint 3</summary><code>mask.expand(n, -1, …)</code></details>


# %% solution="same_for_all"
def same_for_all(mask: torch.Tensor, n: int) -> torch.Tensor:
    """`mask` (height, width) `n` times over, as a view (n, height, width)."""
    ### BEGIN SOLUTION
    return mask.expand(n, -1, -1)
    ### END SOLUTION


# %% check="same_for_all" points=1
with check("same_for_all"):
    given = torch.tensor([[1, 2, 3], [4, 5, 6]])
    usual = {
        "axis_elsewhere": [[[1, 2, 3]] * 4, [[4, 5, 6]] * 4],
        "axis_at_the_end": [[[1] * 4, [2] * 4, [3] * 4], [[4] * 4, [5] * 4, [6] * 4]],
        "below_each_other": [[1, 2, 3], [4, 5, 6]] * 4,
        "reshaped_for_permuted": [[[1, 2, 3], [1, 2, 3]]] * 2 + [[[4, 5, 6], [4, 5, 6]]] * 2,
    }
    got = same_for_all(given, 4)
    expect(got, [[[1, 2, 3], [4, 5, 6]]] * 4, mistakes=usual)
    expect(given, [[1, 2, 3], [4, 5, 6]], mistake="input_changed")
    expect_view(got, given)
    expect(same_for_all(given[:, :1], 2), [[[1], [4]], [[1], [4]]])

# %% hidden="same_for_all" points=1 checks="n of 1, one row, one column, as many as rows, other devices, the input unchanged"
with check("same_for_all"):
    for device in devices():
        for h, w, n in [(2, 3, 4), (3, 2, 1), (1, 4, 3), (5, 1, 2), (3, 3, 3), (1, 1, 6)]:
            given = randn(w, h, device=device).T  # not contiguous
            before = given.clone()
            want = torch.zeros(n, h, w, device=device)
            for i in range(n):
                want[i] = given
            usual = {
                "reshaped_for_permuted": given.repeat(1, n).reshape(n, h, w),
                "axis_elsewhere": want.permute(1, 0, 2),
                "axis_at_the_end": want.permute(1, 2, 0),
            }
            got = same_for_all(given, n)
            expect(got, want, mistakes=usual)
            expect(given, before, mistake="input_changed")
            expect_view(got, given)

# %% [markdown]
# ## 6 · Joining: `cat` and `stack`
#
# There are two ways to make one tensor out of several. `torch.cat` continues an axis that is there. `torch.stack` makes a
# **new** axis. (`torch.concat` and `torch.concatenate` are other names for `cat`.) Both take a list or tuple of tensors,
# and both make a copy.

# %%
a = torch.tensor([[1, 2, 3], [4, 5, 6]])
b = torch.tensor([[10, 20, 30], [40, 50, 60]])
print(torch.cat([a, b]).shape, torch.cat([a, b], dim=1).shape)
print(torch.stack([a, b]).shape, torch.stack([a, b], dim=1).shape)
print(torch.equal(torch.concat([a, b]), torch.cat([a, b])))

# %%
show_joined(lambda a, b: torch.cat([a, b]), "cat puts the rows of b below those of a: shape (4, 3).", a=a, b=b)
show_joined(lambda a, b: torch.cat([a, b], dim=1), "cat along dim 1 puts b to the right of a: shape (2, 6).", a=a, b=b)
show_joined(
    lambda a, b: torch.stack([a, b]),
    "stack makes a new axis of size 2, with a at 0 and b at 1: shape (2, 2, 3).",
    a=a,
    b=b,
)
show_joined(
    lambda a, b: torch.stack([a, b], dim=1),
    "stack with dim=1 puts the new axis in the middle: row 0 of a with row 0 of b, then row 1 of a with row 1 of b.",
    a=a,
    b=b,
)

# %% [markdown]
# Which one? Ask whether there should be one more axis. More rows for a table: no, so `cat`. A batch made of single
# pictures: yes, so `stack`.
#
# For `cat`, sizes may differ along the axis that is joined, and nowhere else. For `stack` all shapes must be equal:

# %% raises="RuntimeError"
torch.cat([torch.zeros(2, 3), torch.zeros(5, 3), torch.zeros(2, 4)])

# %% raises="RuntimeError"
torch.stack([torch.zeros(2, 3), torch.zeros(5, 3)])

# %% [markdown]
# *Sizes of tensors must match except in dimension 0. Expected size 3 but got size 4 for tensor number 2 in the list*: they are
# joined along axis 0, so the 2 and the 5 may differ. Tensor number 2, the third, has 4 columns where the first has 3.
#
# *stack expects each tensor to be equal size, but got [2, 3] at entry 0 and [5, 3] at entry 1*: that is a case for `cat`.
#
# A third message comes from joining a single row to a table. The row has one axis, the table two. `unsqueeze(0)` turns the row
# into a table of one row.

# %% raises="RuntimeError"
torch.cat([a, torch.tensor([7, 8, 9])])

# %%
print(torch.cat([a, torch.tensor([7, 8, 9]).unsqueeze(0)]))

# %% [markdown]
# ### 4.11 · A table from its parts
# *2 points · about 4 minutes*
#
# Each day's measurements are a table of their own, with the same columns and as many rows as there were measurements that
# day. Return them as one table. `parts` is a list of at least one tensor, the i-th of shape `(n_i, m)`; days without
# measurements have shape `(0, m)`. The result has the rows of the first day, then those of the second, and so on. It has
# memory of its own, and the parts stay as they were.
#
# For example `[[1, 2], [3, 4]]` and `[[5, 6]]` give `[[1, 2], [3, 4], [5, 6]]`.
#
# <details><summary>Hint 1</summary>Should the result have one more axis than the parts?</details>
# <details><summary>Hint 2</summary>The function takes the list as it is, however many parts it has. Rows are axis 0.</details>


# %% solution="join_rows"
def join_rows(parts: list[torch.Tensor]) -> torch.Tensor:
    """Tables (n_i, m) below each other, as one table with memory of its own."""
    ### BEGIN SOLUTION
    return torch.cat(parts)
    ### END SOLUTION


# %% check="join_rows" points=1
with check("join_rows"):
    days = [torch.tensor([[1, 2, 3], [4, 5, 6]]), torch.tensor([[7, 8, 9], [10, 11, 12]])]
    usual = {
        "new_for_existing_axis": [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]],
        "joined_along_wrong_axis": [[1, 2, 3, 7, 8, 9], [4, 5, 6, 10, 11, 12]],
    }
    expect(join_rows(days), [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]], mistakes=usual)
    usual = {"first_two_only": [[1, 2, 3], [4, 5, 6], [10, 11, 12]]}
    expect(
        join_rows([days[0], days[1][1:], days[0][:1]]), [[1, 2, 3], [4, 5, 6], [10, 11, 12], [1, 2, 3]], mistakes=usual
    )
    got = join_rows(days[:1])
    expect(got, [[1, 2, 3], [4, 5, 6]])
    expect_copy(got, days[0])

# %% hidden="join_rows" points=1 checks="one part, many parts, parts of different length, a part without rows, integers, other devices"
with check("join_rows"):
    for device in devices():
        for lengths, m in [([3, 1, 2], 4), ([2], 3), ([0, 4], 2), ([1, 1, 1, 1], 1), ([5, 0, 2], 3)]:
            for dtype in (torch.float32, torch.int64):
                days = [(randn(n, m, device=device, seed=i) * 9).to(dtype) for i, n in enumerate(lengths)]
                before = [each.clone() for each in days]
                want = torch.zeros(sum(lengths), m, dtype=dtype, device=device)
                place = 0
                for day in days:
                    for i in range(len(day)):
                        want[place] = day[i]
                        place += 1
                usual = {"first_two_only": torch.cat(days[:2])} if len(days) > 2 else {}
                got = join_rows(days)
                expect(got, want, mistakes=usual)
                for day, was in zip(days, before, strict=True):
                    expect(day, was, mistake="input_changed")
                    expect_copy(got, day)

# %% [markdown]
# ### 4.12 · A stack of frames
# *2 points · about 5 minutes*
#
# A program that learns a video game is given the last few frames together, because a single one does not show which way the
# ball is flying. It plays several games side by side, so each frame is a batch of pictures, shape `(batch, height, width)`.
# `frames` is a list of at least one of them, the oldest first. Return them as one tensor of shape `(batch, frames, height,
# width)`.
#
# For example, 4 frames of shape `(8, 84, 60)` give `(8, 4, 84, 60)`; what was at `[n, h, w]` in frame `t` is at `[n, t, h,
# w]`.
#
# <details><summary>Hint 1</summary>Three axes go in and four come out.</details>
# <details><summary>Hint 2</summary>The new axis is not the first one. Which number does it have in the result?</details>
# <details><summary>Hint 3</summary><code>torch.stack(frames, dim=…)</code></details>


# %% solution="stack_frames"
def stack_frames(frames: list[torch.Tensor]) -> torch.Tensor:
    """Frames (batch, height, width) as one tensor (batch, frames, height, width)."""
    ### BEGIN SOLUTION
    return torch.stack(frames, dim=1)
    ### END SOLUTION


# %% check="stack_frames" points=1
with check("stack_frames"):
    old = torch.tensor([[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 10], [11, 12]]])  # three games
    want = torch.tensor(
        [
            [[[1, 2], [3, 4]], [[101, 102], [103, 104]]],
            [[[5, 6], [7, 8]], [[105, 106], [107, 108]]],
            [[[9, 10], [11, 12]], [[109, 110], [111, 112]]],
        ]
    )
    usual = {
        "axis_elsewhere": want.transpose(0, 1),
        "axis_inside_picture": want.transpose(1, 2),
        "axis_at_the_end": want.movedim(1, -1),
        "existing_for_new_axis": want.flatten(1, 2),
        "reshaped_for_permuted": want.transpose(0, 1).reshape(3, 2, 2, 2),
        "newest_first": want.flip(1),
    }
    expect(stack_frames([old, old + 100]), want, mistakes=usual)

# %% hidden="stack_frames" points=1 checks="one frame, a batch of one, as many frames as games, pictures of one row, other devices"
with check("stack_frames"):
    for device in devices():
        for t, n, h, w in [(4, 2, 3, 5), (3, 1, 4, 2), (1, 3, 2, 2), (2, 2, 2, 2), (5, 3, 1, 4), (2, 0, 3, 3)]:
            frames = [randn(n, h, w, device=device, seed=i) for i in range(t)]
            before = [each.clone() for each in frames]
            want = torch.zeros(n, t, h, w, device=device)
            for i in range(t):
                want[:, i] = frames[i]
            usual = {
                "existing_for_new_axis": want.reshape(n, t * h, w),
                "reshaped_for_permuted": want.transpose(0, 1).reshape(n, t, h, w),
                "axis_elsewhere": want.transpose(0, 1),
                "axis_at_the_end": want.movedim(1, -1),
                "axis_inside_picture": want.movedim(1, 2),
                "newest_first": want.flip(1),
            }
            if n == 1:
                usual["batch_of_one_lost"] = want.squeeze(0)
            got = stack_frames(frames)
            expect(got, want, mistakes=usual)
            for frame, was in zip(frames, before, strict=True):
                expect(frame, was, mistake="input_changed")

# %% [markdown]
# ## 7 · Taking apart: `split`, `chunk`, `unbind`
#
# The way back. All three give a **tuple of views**, and all three take `dim`, which is 0 if you leave it out.
#
# | call | gives |
# | --- | --- |
# | `x.split(2)` | pieces of 2, the last one perhaps smaller |
# | `x.split([1, 4])` | pieces of 1 and 4; they must add up to the size of the axis |
# | `x.chunk(3)` | at most 3 pieces of one size, the last one perhaps smaller |
# | `x.unbind()` | the entries along the axis, each without that axis: undoes `stack` |

# %%
x = torch.arange(10).reshape(5, 2)
print([part.shape for part in x.split(2)])
print([part.shape for part in x.split([1, 4])])
print([part.shape for part in x.chunk(3)])
print([part.shape for part in x.unbind(1)])

# %%
first, second, third = x.split(2)
show(
    x=x,
    first=first,
    second=second,
    third=third,
    text="x.split(2): rows 0 and 1, rows 2 and 3, and the one that is left.",
)

# %% [markdown]
# `split` is told how **large** a piece is, `chunk` how **many** pieces there are. The two are easily confused: `x.split(2)`
# gives three pieces here. And `chunk` may give fewer pieces than you asked for. It divides, rounds up, and cuts pieces of
# that size until nothing is left. For 5 entries in 4 pieces, 5 / 4 is rounded up to 2; after pieces of 2, 2 and 1 there is
# no fourth.

# %%
print(len(torch.arange(5).chunk(4)), torch.arange(5).chunk(4))

# %% raises="RuntimeError"
x.split([1, 3])

# %% [markdown]
# The lines in the middle are PyTorch's own; the last one counts. *split_sizes to sum exactly to 5*: 1 and 3 are 4, and one row
# would be left over. `split` does not drop it for you.
#
# ### 4.13 · Query, key, value
# *2 points · about 5 minutes*
#
# The layers of a language model compute three things for each word, called query, key and value. They do so in one
# multiplication, so the three come out next to each other along the last axis: first all of the query, then all of the key,
# then all of the value. `x` has shape `(batch, length, 3 · d)`. Return the three in a tuple, each of shape `(batch, length,
# d)`, as views of `x`.
#
# For example, a word's six numbers `[1, 2, 3, 4, 5, 6]` give the query `[1, 2]`, the key `[3, 4]` and the value `[5, 6]`.
#
# <details><summary>Hint 1</summary>You know how many pieces you want. Which of the three calls is told that?</details>
# <details><summary>Hint 2</summary>All of them cut along axis 0 unless they are told otherwise.</details>
# <details><summary>Hint 3</summary><code>x.chunk(3, dim=…)</code></details>


# %% solution="three_parts"
def three_parts(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Query, key and value, each a view (batch, length, d), from `x` (batch, length, 3 · d)."""
    ### BEGIN SOLUTION
    return x.chunk(3, dim=-1)
    ### END SOLUTION


# %% check="three_parts" points=1
with check("three_parts"):
    given = torch.tensor([[[1, 2, 3, 4, 5, 6]], [[7, 8, 9, 10, 11, 12]], [[13, 14, 15, 16, 17, 18]]])
    before = given.clone()
    want = [[[1, 2]], [[7, 8]], [[13, 14]]], [[[3, 4]], [[9, 10]], [[15, 16]]], [[[5, 6]], [[11, 12]], [[17, 18]]]
    usual = {
        "cut_along_batch": (given[:1], given[1:2], given[2:]),
        "interleaved": (
            [[[1, 4]], [[7, 10]], [[13, 16]]],
            [[[2, 5]], [[8, 11]], [[14, 17]]],
            [[[3, 6]], [[9, 12]], [[15, 18]]],
        ),
        "size_for_number": ([[[1, 2, 3]], [[7, 8, 9]], [[13, 14, 15]]], [[[4, 5, 6]], [[10, 11, 12]], [[16, 17, 18]]]),
        "parts_exchanged": (want[0], want[2], want[1]),
        "parts_reversed": (want[2], want[1], want[0]),
    }
    got = three_parts(given)
    expect(got, want, mistakes=usual)
    expect(given, before, mistake="input_changed")
    for part in got:
        expect_view(part, given)
    usual = {"size_for_number": ([[[1, 2]]], [[[3]]])}
    expect(three_parts(torch.tensor([[[1, 2, 3]]])), ([[[1]]], [[[2]]], [[[3]]]), mistakes=usual)

# %% hidden="three_parts" points=1 checks="a batch of one, one word, d of 1 and of 3, other devices, the input unchanged"
with check("three_parts"):
    for device in devices():
        for n, length, d in [(2, 5, 4), (1, 3, 2), (3, 3, 3), (4, 1, 5), (3, 2, 1), (6, 2, 2)]:
            given = randn(n, length, 3 * d, device=device)
            before = given.clone()
            want = tuple(torch.zeros(n, length, d, device=device) for _ in range(3))
            for i in range(3 * d):
                want[i // d][..., i % d] = given[..., i]
            usual = {
                "cut_along_batch": given.chunk(3),
                "interleaved": (given[..., 0::3], given[..., 1::3], given[..., 2::3]),
                "size_for_number": given.split(3, dim=-1),
                "parts_exchanged": (want[0], want[2], want[1]),
                "parts_reversed": want[::-1],
            }
            got = three_parts(given)
            expect(got, want, mistakes=usual)
            expect(given, before, mistake="input_changed")
            for part in got:
                expect_view(part, given)

# %% [markdown]
# ## 8 · Split, turn, merge
#
# Many reshaping problems look hard until you see three steps in them: **split** axes until everything you care about has an
# axis of its own, **turn** the axes into the order you want, and **merge** the ones that belong together. Below, each row
# of six is cut into two halves, and all left halves should come before all right halves: shape `(3, 6)` to `(6, 3)`.
# Neither `reshape` nor a transpose does that alone.

# %%
x = torch.tensor([[0, 1, 2, 3, 4, 5], [10, 11, 12, 13, 14, 15], [20, 21, 22, 23, 24, 25]])
halves = x.unflatten(1, (2, 3))  # (row, half, place)
by_half = halves.transpose(0, 1)  # (half, row, place)
result = by_half.flatten(0, 1)  # (half and row, place)
show(
    x=x,
    halves=halves,
    by_half=by_half,
    result=result,
    text="Split: each row becomes two rows of 3. Turn: all left halves in one grid, all right halves in another. "
    "Merge: the grid of right halves below the grid of left halves.",
)

# %% [markdown]
# Write the meaning of the axes next to every line, as in the comments above. It is the best guard against a scrambled tensor:
# a merge is right if the axes to be merged stand next to each other, the slower one first.
#
# ### 4.14 · Attention heads
# *3 points · about 8 minutes*
#
# Attention, the heart of a language model, looks at each word with several *heads*. Each head gets its own share of the word's
# numbers. `x` has shape `(batch, length, heads · d)`: for each word, the d numbers of head 0, then those of head 1, and so on.
# Return it as `(batch, heads, length, d)`, so that `result[n, k]` is what head `k` sees of text `n`, one row for each
# word. `heads` divides the last size.
#
# For example, one text of two words, `[[[1, 2, 3, 4], [5, 6, 7, 8]]]`, with two heads gives
# `[[[[1, 2], [5, 6]], [[3, 4], [7, 8]]]]`.
#
# <details><summary>Hint 1</summary>Split first. Which axis holds two things at once, and which of the two is the slower one?</details>
# <details><summary>Hint 2</summary>After the split the axes are (batch, length, head, place). In which order should they
# be?</details>
# <details><summary>Hint 3</summary><code>x.unflatten(-1, (heads, -1))</code>, then exchange two axes.</details>


# %% solution="split_heads"
def split_heads(x: torch.Tensor, heads: int) -> torch.Tensor:
    """`x` (batch, length, heads · d) as (batch, heads, length, d)."""
    ### BEGIN SOLUTION
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)
    ### END SOLUTION


# %% check="split_heads" points=1
with check("split_heads"):
    given = torch.tensor(
        [[[0, 1, 2, 3, 4, 5], [10, 11, 12, 13, 14, 15], [20, 21, 22, 23, 24, 25], [30, 31, 32, 33, 34, 35]]]
    )
    left, right = (
        [[0, 1, 2], [10, 11, 12], [20, 21, 22], [30, 31, 32]],
        [[3, 4, 5], [13, 14, 15], [23, 24, 25], [33, 34, 35]],
    )
    usual = {
        "reshaped_for_permuted": given.reshape(1, 2, 4, 3),
        "not_turned": [[[a, b] for a, b in zip(left, right, strict=True)]],
        "interleaved": [[given[0, :, ::2].tolist(), given[0, :, 1::2].tolist()]],
        "turned_before_split": given.mT.reshape(1, 2, 4, 3),
        "sizes_exchanged": [[given[0, :, :2].tolist(), given[0, :, 2:4].tolist(), given[0, :, 4:].tolist()]],
        "heads_first": [[left], [right]],
        "batch_of_one_lost": [left, right],
    }
    expect(split_heads(given, 2), [[left, right]], mistakes=usual)

# %% hidden="split_heads" points=2 checks="one head, d of 1, one word, as many heads as words, a batch of one, other devices"
with check("split_heads"):
    for device in devices():
        for n, length, heads, d in [(2, 5, 3, 4), (1, 4, 1, 3), (3, 1, 2, 2), (2, 3, 3, 3), (1, 6, 4, 1), (2, 2, 2, 5)]:
            given = randn(n, heads * d, length, device=device).mT  # not contiguous
            before = given.clone()
            want = torch.zeros(n, heads, length, d, device=device)
            for k in range(heads):
                for i in range(d):
                    want[:, k, :, i] = given[:, :, k * d + i]
            usual = {
                "reshaped_for_permuted": given.reshape(n, heads, length, d),
                "not_turned": want.transpose(1, 2),
                "turned_before_split": given.mT.reshape(n, heads, length, d),
                "interleaved": given.unflatten(-1, (d, heads)).permute(0, 3, 1, 2),
                "sizes_exchanged": given.unflatten(-1, (d, heads)).transpose(1, 2),
                "heads_first": want.transpose(0, 1),
            }
            expect(split_heads(given, heads), want, mistakes=usual)
            expect(given, before, mistake="input_changed")

# %% [markdown]
# The last exercise cuts a picture into patches. Here is one of them in a picture of one channel, 4 by 6. Its entries are not
# next to each other on the tape, and `reshape` alone cannot bring them together:

# %%
show(
    torch.arange(24).reshape(1, 4, 6),
    "Outlined is one of the six patches of 2 by 2: patch 1 in reading order. Patch 0 is to its left, and patch 3 is "
    "below patch 0.",
    mark=(0, slice(0, 2), slice(2, 4)),  # [0, 0:2, 2:4]
)

# %% [markdown]
# ### 4.15 · Patches
# *4 points · about 12 minutes*
#
# A vision transformer reads a picture as a text whose words are small square patches. `image` has shape `(channels, height,
# width)`; `size` divides height and width. Return its patches as shape `(patches, channels, size, size)`, in reading order:
# those at the top from left to right, then the next row of patches. Inside a patch every entry keeps its place: rows stay
# rows, columns stay columns. Write no Python loop, and leave `image` as it was.
#
# For example, one channel of 2 by 4, `[[[0, 1, 2, 3], [10, 11, 12, 13]]]`, with `size = 2` gives two patches:
# `[[[[0, 1], [10, 11]]], [[[2, 3], [12, 13]]]]`.
#
# <details><summary>Hint 1</summary>The height consists of two things: which row of patches, and which row within the patch.
# So does the width. Split both.</details>
# <details><summary>Hint 2</summary>Then you have (channel, patch row, row, patch column, column). Write down the order of these five
# that you need, before the last merge.</details>
# <details><summary>Hint 3</summary>(patch row, patch column, channel, row, column) is <code>permute(1, 3, 0, 2, 4)</code>. Then merge the
# first two axes.</details>


# %% solution="patches"
def patches(image: torch.Tensor, size: int) -> torch.Tensor:
    """The patches of `image` (channels, height, width) in reading order: (patches, channels, size, size)."""
    ### BEGIN SOLUTION
    split = image.unflatten(2, (-1, size)).unflatten(1, (-1, size))  # (channel, patch row, row, patch column, column)
    return split.permute(1, 3, 0, 2, 4).flatten(0, 1)
    ### END SOLUTION


# %% check="patches" points=1
with check("patches"):
    two_channels = torch.arange(48).reshape(2, 4, 6)
    want = torch.stack([two_channels[:, i : i + 2, j : j + 2] for i in (0, 2) for j in (0, 2, 4)])
    down = torch.stack([two_channels[:, i : i + 2, j : j + 2] for j in (0, 2, 4) for i in (0, 2)])
    usual = {
        "reshaped_for_permuted": torch.arange(48).reshape(6, 2, 2, 2),
        "downwards_first": down,
        "patches_turned": want.mT,
        "not_merged": want.unflatten(0, (2, 3)),
        "channels_apart": torch.cat([want[:, 0], want[:, 1]]).reshape(6, 2, 2, 2),
    }
    expect(patches(two_channels, 2), want, mistakes=usual)
    given = torch.tensor([[[0, 1, 2, 3], [10, 11, 12, 13]]])
    expect(patches(given, 2), [[[[0, 1], [10, 11]]], [[[2, 3], [12, 13]]]])
    expect_uses(source_of("patches"), "for", "while", most=0)

# %% hidden="patches" points=3 checks="several channels, several rows of patches, patches of one pixel, one patch, other devices, the input unchanged"
with check("patches"):
    for device in devices():
        for c, down, across, s in [(3, 2, 4, 3), (1, 3, 2, 2), (2, 1, 1, 4), (4, 2, 3, 1), (3, 3, 3, 3), (2, 2, 5, 2)]:
            given = randn(c, across * s, down * s, device=device).mT  # not contiguous
            before = given.clone()
            want = torch.zeros(down * across, c, s, s, device=device)
            for i in range(down):
                for j in range(across):
                    want[i * across + j] = given[:, i * s : (i + 1) * s, j * s : (j + 1) * s]
            rows_first = want.unflatten(0, (down, across))
            usual = {
                "reshaped_for_permuted": given.reshape(down * across, c, s, s),
                "downwards_first": rows_first.transpose(0, 1).flatten(0, 1),
                "patches_turned": want.mT,
                "not_merged": rows_first,
                "channels_apart": rows_first.movedim(2, 0).reshape(-1, c, s, s),
            }
            expect(patches(given, size=s), want, mistakes=usual)
            expect(given, before, mistake="input_changed")
    expect_uses(source_of("patches"), "for", "while", most=0)

# %% [markdown]
# Your function at work on the disc from section 2, a picture of one channel:

# %% folded="Drawing the patches"
try:
    cut = patches(disc[None], 10)
except Exception:  # not written yet, or not right
    cut = None
if getattr(cut, "shape", None) != (12, 1, 10, 10):
    print("Answer 4.15 first, then run this cell again.")
else:
    figure, axes = plt.subplots(3, 4, figsize=(4.4, 3.6))
    for i, (axis, patch) in enumerate(zip(axes.flat, cut, strict=True)):
        axis.imshow(patch[0].tolist(), cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
        axis.set(xticks=[], yticks=[])
        axis.set_title(f"patch {i}", fontsize=8)
    picture(
        figure,
        "The picture of 30 by 40 as twelve patches of 10 by 10, in three rows of four, numbered in reading order. "
        "If the order is right, together they show the disc, right of the middle.",
    )

# %% [markdown]
# ## What you can do now
#
# | you want | call | view or copy |
# | --- | --- | --- |
# | another shape, the same order | `reshape`, one size `-1` | view if possible, else a copy |
# | the same, and never a copy | `view` | view, or an error |
# | to merge axes, to split one | `flatten(1)`, `unflatten(dim, sizes)` | as `reshape`; view |
# | another order of axes | `.T`, `.mT`, `transpose`, `permute`, `movedim` | view |
# | to know how memory is read | `stride`, `storage_offset`, `is_contiguous` | |
# | entries in reading order in memory | `contiguous` | a copy, or the tensor itself |
# | to know who shares memory | `x.untyped_storage().data_ptr()`; first entries: `x.data_ptr()` | |
# | an axis of size 1 more, or less | `unsqueeze(dim)`, `squeeze(dim)` | view |
# | the same numbers many times | `expand` (the shape you want) | view with stride 0 |
# | the same, to write to | `repeat`, `tile` (how often) | copy |
# | to join along an axis that is there | `torch.cat`, also `torch.concat` | copy |
# | to join along a new axis | `torch.stack` | copy |
# | to take apart | `split` (how large), `chunk` (how many), `unbind` | views |
#
# **To stretch yourself** (no points). Write `from_patches(patches, height, width)`, which puts the picture together again, with the same
# three steps. Check it with `torch.equal(from_patches(patches(image, 2), 4, 6), image)` on an image with three
# channels. Which of your steps copies?
#
# **To read on.** *[Tensor views](https://docs.pytorch.org/docs/stable/tensor_view.html)* lists every operation that gives a view,
# and the page of *[torch.Tensor.view](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.view.html)* has the exact rule
# for when it can. The library *[einops](https://einops.rocks)* writes split, turn and merge in one line, with the axes named.
#
# **Next:** lesson 05, NumPy and back.
