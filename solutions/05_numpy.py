# %% [markdown]
# # 05 · NumPy and back
#
# Around PyTorch there is a world that speaks NumPy: files of measurements, images, plots, scikit-learn. Numbers come from
# there as arrays, and results go back there as arrays. The crossing costs next to nothing, because an array and a tensor can
# share one memory. That is also why a change on one side may appear on the other.
#
# **After this lesson you can**
#
# - turn an array into a tensor and back, and say each time whether the numbers were shared or copied;
# - predict which dtype arrives, and repair a calculation in which float64 meets float32;
# - read the errors at the border: negative strides, `requires_grad`, another device, a dtype that the other side lacks;
# - read a table of measurements from a file, plot it, and hand it to scikit-learn.
#
# **It takes** about two and a quarter hours; after section 3 is a good place for a break. **It needs** lessons 01 to 04,
# above all views and strides, and scikit-learn installed as well as PyTorch.
#
# Run the cells from top to bottom. The next cell is folded away: it brings the checks and the pictures.

# %% [markdown]
# ## 1 · Two handles, one memory
#
# A NumPy array is a block of memory with a shape, a dtype and strides. So is a tensor. `torch.from_numpy` takes the block
# of an array and wraps a tensor around it. No number is copied; there are now two objects that look at one memory.

# %%
import numpy as np
import torch

array = np.array([1.0, 2.0, 3.0, 4.0])
tensor = torch.from_numpy(array)
print(array, type(array).__name__, array.dtype)
print(tensor, type(tensor).__name__, tensor.dtype)

# %%
show_memory(
    "One memory of four slots. The array and the tensor each take all four of its slots.", array=array, tensor=tensor
)

# %% [markdown]
# Call them two *handles* on one memory. What is written through one handle is there for the other:

# %%
array[0] = 99.0
print(tensor)

# %%
show_memory(
    "After array[0] = 99: slot 0 holds 99, and both handles read it. Nothing was sent from one to the other.",
    array=array,
    tensor=tensor,
    mark=[0],
)

# %% [markdown]
# `.numpy()` goes the other way, and it shares as well. So a write into a tensor shows in the array that was made from it:

# %%
weights = torch.zeros(3)
seen = weights.numpy()
weights.add_(1)
print(seen, seen.dtype)
np.add(seen, 1, out=seen)
print(weights)

# %% [markdown]
# `weights.add_(1)` adds in place, into the memory that is there; the trailing underscore says so. In NumPy the same is
# written `np.add(seen, 1, out=seen)`: the result goes where `out` says. `seen += 1` does that too.
#
# ### A new name is not a write
#
# `array + 1` computes into *new* memory. `array = array + 1` then moves the name `array` over to that new memory. The tensor
# keeps the old one, and from this line on the two have nothing to do with each other.

# %%
array = np.zeros(3)
tensor = torch.from_numpy(array)
array = array + 1
print(array, tensor)

# %%
show_memory(
    "After array = array + 1 there are two memories: the name array stands for the new one, the tensor has the old one.",
    array=array,
    tensor=tensor,
)

# %% [markdown]
# ### 5.1 · An array of random doubles
# *2 points · about 4 minutes*
#
# Some library wants its random starting values as a NumPy array, and you want `torch.manual_seed` to decide them. Draw six
# float64 numbers with `torch.rand`, in one call, from the generator that all of PyTorch shares, and return a tuple
# `(array, name)`: the numbers as a NumPy array of shape `(3, 2)`, and the name of its NumPy dtype as text. Leave the seeding to
# whoever calls your function.
#
# For example, after `torch.manual_seed(0)` the first row of the array is 0.97005…, 0.7078…, and the name is
# `str(array.dtype)`.
#
# <details><summary>Hint 1</summary>Make the tensor you want, dtype included, then go over to NumPy.</details>
# <details><summary>Hint 2</summary>A float32 tensor that is widened afterwards has the right dtype, but only half the digits.</details>
# <details><summary>Hint 3</summary><code>torch.rand(3, 2, dtype=…)</code>, then <code>.numpy()</code>.</details>


# %% solution="random_double_array"
def random_double_array() -> tuple[np.ndarray, str]:
    """Uniform random numbers as a float64 array (3, 2), and the name of its dtype."""
    ### BEGIN SOLUTION
    array = torch.rand(3, 2, dtype=torch.float64).numpy()
    return array, str(array.dtype)
    ### END SOLUTION


# %% check="random_double_array" points=1
with check("random_double_array"):
    torch.manual_seed(0)
    rounded = np.array(torch.empty(3, 2).uniform_().tolist())
    torch.manual_seed(0)
    want, later = (np.array(torch.empty(3, 2).double().uniform_().tolist()) for _ in range(2))
    torch.manual_seed(0)
    got, again = random_double_array(), random_double_array()
    usual = {"digits_already_lost": (rounded, "float64"), "torch_name_for_numpy": (want, "torch.float64")}
    expect(got, (want, "float64"), mistakes=usual)
    expect(again, (later, "float64"), mistakes={"seeded_inside": (want, "float64")})

# %% hidden="random_double_array" points=1 checks="other seeds, two calls that differ"
with check("random_double_array"):
    for seed in (1, 2):
        torch.manual_seed(seed)
        wanted = [torch.rand(3, 2, dtype=torch.float64).numpy() for _ in range(2)]
        torch.manual_seed(seed)
        first, second = random_double_array(), random_double_array()
        expect(second, (wanted[1], "float64"), mistakes={"seeded_inside": first})
        expect(first, (wanted[0], "float64"))

# %% [markdown]
# ### 5.2 · Up by one, twice (predict, then run)
# *1 point · about 3 minutes*
#
# `array` and `tensor` begin as two handles on one memory of zeros. Then come two lines that look alike:
#
# ```python
# array = np.zeros(2)
# tensor = torch.from_numpy(array)
# array += 1
# array = array + 1
# print(array[0].item(), tensor[0].item())
# ```
#
# What does it print? Return it as text, for example `"5.0 5.0"`: two floats with a space between them.
#
# <details><summary>Hint 1</summary>Which of the two lines writes into the memory that is there?</details>
# <details><summary>Hint 2</summary>After the last line, <code>array</code> is the name of another memory.</details>


# %% solution="up_by_one_twice"
def up_by_one_twice() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "2.0 1.0"
    ### END SOLUTION


# %% predict="up_by_one_twice" points=1
with predict("up_by_one_twice", lambda: up_by_one_twice()):
    array = np.zeros(2)
    tensor = torch.from_numpy(array)
    array += 1
    array = array + 1
    print(array[0].item(), tensor[0].item())

# %% [markdown]
# ### 5.3 · Increment both
# *2 points · about 5 minutes*
#
# Add 1 to every number of `array`, in place, and return a tensor that shares its memory. Afterwards the array and the tensor
# both hold the new numbers. `array` is of any shape, of floats or integers, and may be a view: a column of a larger table,
# say, whose other columns must stay as they are.
#
# For example, with `array = np.array([1.0, 5.0])` you return `tensor([2., 6.], dtype=torch.float64)`, and `array` itself is
# `[2. 6.]` afterwards.
#
# <details><summary>Hint 1</summary>How many memories are there, and how often must 1 be added to each?</details>
# <details><summary>Hint 2</summary><code>array + 1</code> and <code>tensor + 1</code> both make new memory. You want a form
# that writes into the old.</details>
# <details><summary>Hint 3</summary><code>torch.from_numpy</code>, then <code>.add_</code> on what it gives.</details>


# %% solution="increment_both"
def increment_both(array: np.ndarray) -> torch.Tensor:
    """Add 1 to `array` in place; a tensor on the same memory."""
    ### BEGIN SOLUTION
    return torch.from_numpy(array).add_(1)
    ### END SOLUTION


# %% check="increment_both" points=1
with check("increment_both"):
    given = np.array([1.0, 5.0])
    got = increment_both(given)
    usual = {
        "incremented_twice": torch.tensor([3.0, 7.0], dtype=torch.float64),
        "nothing_written": torch.tensor([1.0, 5.0], dtype=torch.float64),
    }
    expect(got, torch.tensor([2.0, 6.0], dtype=torch.float64), mistakes=usual)
    expect(given, np.array([2.0, 6.0]), mistake="one_side_only")
    expect_view(got, given)

# %% hidden="increment_both" points=1 checks="integers, two axes, one column of a table, nothing inside, shared memory"
with check("increment_both"):
    table = randn(4, 3).double().numpy()
    rest = table[:, ::2].copy()
    for given in [table[:, 1], np.arange(6).reshape(2, 3), np.array([[-1.0]], dtype=np.float32), np.zeros((0, 2))]:
        want = np.array([value + 1 for value in given.ravel().tolist()], dtype=given.dtype).reshape(given.shape)
        twice = torch.tensor((given + 2).tolist(), dtype=torch.from_numpy(want).dtype).reshape(given.shape)
        got = increment_both(given)
        expect(got, torch.from_numpy(want), mistakes={"incremented_twice": twice})
        expect(given, want, mistake="one_side_only")
        expect_view(got, given)
    expect(table[:, ::2], rest, mistake="neighbours_changed")

# %% [markdown]
# ## 2 · When you want a copy
#
# Sharing is fast, and wrong as soon as the other side goes on using the numbers. A simulation that reuses its array for the
# next step would change the data that you have stored. `torch.tensor` copies, always:

# %%
array = np.array([1.0, 2.0, 3.0])
shared, copied = torch.from_numpy(array), torch.tensor(array)
array[0] = 99.0
print(shared)
print(copied)

# %%
show_memory(
    "The array and shared lie in one memory, so slot 0 holds 99 for both. copied has a memory of its own and still holds 1.",
    array=array,
    shared=shared,
    copied=copied,
    mark=[0],
)

# %% [markdown]
# `torch.as_tensor` stands between the two: it shares **if it can** and copies **if it must**, because another dtype or
# another device is asked for. It takes lists as well. Use it when you will only read.
#
# To be sure of a copy anywhere, ask for it: an array has `.copy()`, a tensor `.clone()`.
#
# | call | memory |
# | --- | --- |
# | `torch.from_numpy(array)` | shared |
# | `torch.as_tensor(array)` | shared if dtype and device may stay as they are |
# | `torch.tensor(array)` | copied |
# | `torch.from_numpy(array.copy())`, `torch.from_numpy(array).clone()` | copied |
# | `tensor.numpy()` | shared |
# | `tensor.numpy().copy()`, `tensor.clone().numpy()` | copied |
#
# Are you unsure whether two share? Ask for the address of the first entry: of a tensor with `.data_ptr()`, of an array with
# `.ctypes.data`. Where the two are equal, the memory is shared. A view that begins at a later entry shares as well and has
# another address; `np.shares_memory(array, tensor.numpy())` tells that too. `id` would not tell you: it is about the two
# objects, not about the memory behind them.

# %%
print(shared.data_ptr() == array.ctypes.data, copied.data_ptr() == array.ctypes.data)
print(torch.as_tensor(array).data_ptr() == array.ctypes.data)
print(array.copy().ctypes.data == array.ctypes.data, shared.clone().data_ptr() == shared.data_ptr())

# %% [markdown]
# ### 5.4 · Shared or not? (predict, then run)
# *1 point · about 3 minutes*
#
# One array of zeros, three tensors, one write. What does the last line print?
#
# ```python
# array = np.zeros(3)
# first = torch.from_numpy(array)
# second = torch.tensor(array)
# third = torch.as_tensor(array, dtype=torch.float32)
# array[0] = 7
# print(first[0].item(), second[0].item(), third[0].item())
# ```
#
# Return it as text, for example `"1.0 1.0 1.0"`.
#
# <details><summary>Hint 1</summary>Which of the three calls in the table above always shares, which never?</details>
# <details><summary>Hint 2</summary>What is the dtype of <code>np.zeros(3)</code>? Can <code>third</code> use that
# memory?</details>


# %% solution="shared_or_not"
def shared_or_not() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "7.0 0.0 0.0"
    ### END SOLUTION


# %% predict="shared_or_not" points=1
with predict("shared_or_not", lambda: shared_or_not()):
    array = np.zeros(3)
    first = torch.from_numpy(array)
    second = torch.tensor(array)
    third = torch.as_tensor(array, dtype=torch.float32)
    array[0] = 7
    print(first[0].item(), second[0].item(), third[0].item())

# %% [markdown]
# ### Arrays that may not be written
#
# An array can be read-only: one that NumPy has broadcast, one from a file mapped into memory, one that somebody has locked.
# Tensors have no such mark. `torch.from_numpy` gives you a tensor through which you *could* write, and warns about it, once
# in a session. (The cell catches the warning in order to print it.)

# %%
import warnings

locked = np.array([1.0, 2.0, 3.0])
locked.flags.writeable = False
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    view = torch.from_numpy(locked)
print(str(caught[0].message).partition(". You")[0] if caught else "The warning was given earlier in this session.")

# %% raises="ValueError"
locked[0] = 99.0

# %% [markdown]
# NumPy refuses: *assignment destination is read-only*. PyTorch does not ask:

# %%
view[0] = 99.0
print(locked)

# %% [markdown]
# The number in the locked array has changed. In memory that really cannot be written, such as a file mapped for reading
# only, the same line ends the whole Python process. Read through such a tensor as you like; before you write, copy.
# `torch.tensor` copies, and has no need to warn.
#
# ### 5.5 · A safe copy
# *2 points · about 4 minutes*
#
# Return a tensor with the numbers, the shape and the dtype of `array`, in memory of its own, so that no later write on one
# side shows on the other. `array` may be of any shape and of any kind of number, it may be a view such as `table.T`, and it
# may be read-only. It stays as it was.
#
# For example, `np.array([[1.0, 2.0]])` gives `tensor([[1., 2.]], dtype=torch.float64)`, and writing into that tensor leaves
# the array alone.
#
# <details><summary>Hint 1</summary>Which rows of the table above say <em>copied</em>?</details>
# <details><summary>Hint 2</summary>The dtype must stay: say nothing about it, and do not go through a list.</details>
# <details><summary>Hint 3</summary><code>torch.tensor</code> copies; so does <code>.clone()</code> after
# <code>from_numpy</code>.</details>


# %% solution="safe_copy"
def safe_copy(array: np.ndarray) -> torch.Tensor:
    """The numbers of `array`, its shape and dtype, in memory of their own."""
    ### BEGIN SOLUTION
    return torch.tensor(array)
    ### END SOLUTION


# %% check="safe_copy" points=1
with check("safe_copy"):
    for given in [np.array([[1.0, 2.0], [0.1, -3.0]]), np.array([4, 2], dtype=np.int64)]:
        before, kind = given.copy(), {"float64": torch.float64, "int64": torch.int64}[str(given.dtype)]
        got = safe_copy(given)
        expect(got, torch.tensor(before.tolist(), dtype=kind))
        expect(given, before, mistake="input_changed")
        expect_copy(got, given)

# %% hidden="safe_copy" points=1 checks="integers, truth values, float16, a transposed view, read-only, nothing inside"
with check("safe_copy"):
    table = randn(2, 3).double().numpy()
    readonly = np.broadcast_to(np.array([1, -2, 2**40]), (2, 3))
    for given in [
        table.T,
        readonly,
        np.array([True, False]),
        np.array(0.5, dtype=np.float16),
        np.zeros((0, 3), np.uint8),
    ]:
        before, want = given.copy(), torch.zeros(given.shape, dtype=torch.from_numpy(given.copy()).dtype)
        for index in np.ndindex(given.shape):
            want[index] = given[index].item()
        got = safe_copy(given)
        expect(got, want)
        expect(given, before, mistake="input_changed")
        expect_copy(got, given)
        got.zero_()
        expect(given, before, mistake="view_for_copy")

# %% [markdown]
# ## 3 · Dtypes at the border
#
# The dtype crosses unchanged, in both directions. It has to: one memory, one way to read it. Most names are the same on both
# sides. What has no counterpart cannot cross.

# %% folded="Drawing the dtype table"
import matplotlib.pyplot as plt

kinds = ["bool", "uint8", "int16", "int32", "int64", "float16", "float32", "float64", "complex64"]
figure, axis = plt.subplots(figsize=(7, 4.6))
for row, kind in enumerate(kinds):
    crossed = torch.from_numpy(np.zeros(1, dtype=kind))
    axis.annotate("", (0.64, -row), (0.36, -row), arrowprops={"arrowstyle": "<->", "color": "black"})
    axis.text(0.34, -row, f"np.{np.dtype(kind)}", ha="right", va="center", family="monospace")
    axis.text(0.66, -row, f"{crossed.dtype}", ha="left", va="center", family="monospace")
    assert crossed.numpy().dtype == kind
for row, (left, right) in enumerate([("np.str_, datetime64, object", ""), ("", "torch.bfloat16, float8")], len(kinds)):
    axis.text(0.34, -row, left, ha="right", va="center", family="monospace")
    axis.text(0.66, -row, right, ha="left", va="center", family="monospace")
    axis.text(0.5, -row, "do not cross", ha="center", va="center", style="italic")
axis.text(0.34, 1.1, "NumPy", ha="right", va="center", weight="bold")
axis.text(0.66, 1.1, "PyTorch", ha="left", va="center", weight="bold")
axis.text(0.99, -7, "what NumPy makes of 0.5", ha="left", va="center")
axis.text(0.99, -6, "what PyTorch makes of 0.5", ha="left", va="center")
axis.text(0.99, -4, "what both make of 5", ha="left", va="center")
axis.set(xlim=(0, 1.45), ylim=(-len(kinds) - 1.6, 1.8))
axis.axis("off")
picture(
    figure,
    "The dtype table. bool, uint8, int16, int32, int64, float16, float32, float64 and complex64 cross in both directions and "
    "keep their names. NumPy's text, dates and objects have no counterpart in PyTorch, PyTorch's bfloat16 and float8 none in NumPy. "
    "The number 0.5 becomes float64 in NumPy and float32 in PyTorch; the number 5 becomes int64 in both.",
)

# %% [markdown]
# (int8, uint16, uint32, uint64 and complex128 cross as well. On Windows, NumPy before version 2 makes int32 of whole
# numbers.)
#
# An array of strings is refused, and the message lists what is allowed:

# %% raises="TypeError"
torch.from_numpy(np.array(["1.5", "2.5"]))

# %% [markdown]
# *can't convert np.ndarray of type numpy.str_*: these are strings that look like numbers, as they come out of a file. Turn
# them into numbers while they are still NumPy's: `.astype(np.float64)`.
#
# ### float64 meets float32
#
# The two libraries have different habits. NumPy's floats are float64, and a network's weights are float32. Where only one
# kind is allowed, as in a matrix product, the first calculation stops with an error:

# %% raises="RuntimeError"
features = torch.from_numpy(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
weights = torch.ones(2, 1)
features @ weights

# %% [markdown]
# *double* is float64 and *float* is float32: the older names, as in the methods `.double()` and `.float()`. *m1* is the
# left matrix, *m2* the right one. From a layer of a network the same mistake reads *mat1 and mat2 must have the same dtype,
# but got Double and Float*. The cure is at the border: convert the data to float32 as they come in.

# %%
print((features.float() @ weights).dtype)
print(torch.as_tensor(np.array([1.0, 2.0]), dtype=torch.float32))

# %% [markdown]
# Entry by entry, nothing stops. The larger dtype wins, as in lesson 01, and float64 spreads silently through all that
# follows. It takes twice the memory, and on many GPUs it is many times slower.

# %%
print((features * torch.ones(2)).dtype)

# %% [markdown]
# ### Pixels are uint8
#
# Images come as `uint8`: one byte for each pixel, 0 for black, 255 for white. Here is one, made by NumPy:

# %%
rows, columns = np.mgrid[0:48, 0:64]
distance = np.hypot(rows - 24, columns - 32)
image = np.clip(255 - 30 * np.abs(distance - 14), 0, 255).astype(np.uint8)
pixels = torch.from_numpy(image)
print(pixels.dtype, tuple(pixels.shape), pixels.min().item(), pixels.max().item())

# %% folded="Drawing the image"
figure, axis = plt.subplots(figsize=(4, 3))
shown = axis.imshow(image, cmap="gray", vmin=0, vmax=255)
figure.colorbar(shown, label="uint8 value")
axis.set(xlabel="column", ylabel="row")
picture(
    figure,
    "The image: a bright ring on black, 48 rows by 64 columns. The colour bar goes from 0, black, to 255, white.",
)

# %% [markdown]
# A byte cannot hold 256. In both libraries it goes back to 0 there, silently. So convert to float **first**, and calculate
# afterwards. The usual scale for a network's input is 0 to 1: divide by 255, the largest value, so that white becomes 1.
#
# ### 5.6 · Brighter (predict, then run)
# *1 point · about 2 minutes*
#
# Somebody wants a brighter picture and adds 100 to each pixel:
#
# ```python
# pair = torch.tensor([100, 200], dtype=torch.uint8)
# print((pair + 100).tolist())
# ```
#
# What does it print? Return it as text, for example `"[0, 0]"`.
#
# <details><summary>Hint 1</summary>The plain number 100 does not widen the dtype: the sum is uint8 too.</details>
# <details><summary>Hint 2</summary>After 255 comes 0, then 1. Where do you land 100 steps after 200?</details>


# %% solution="brighter"
def brighter() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "[200, 44]"
    ### END SOLUTION


# %% predict="brighter" points=1
with predict("brighter", lambda: brighter()):
    pair = torch.tensor([100, 200], dtype=torch.uint8)
    print((pair + 100).tolist())

# %% [markdown]
# ### 5.7 · An image for a network
# *2 points · about 5 minutes*
#
# `image` is a `uint8` array with values from 0 to 255: a grey picture `(height, width)`, a colour one `(height, width, 3)`,
# or a batch of either. Return a float32 tensor of the same shape with values from 0 to 1: what was 255 is exactly 1 there.
# Leave `image` as it was.
#
# For example `np.array([[0, 51, 255]], dtype=np.uint8)` gives `tensor([[0.0000, 0.2000, 1.0000]])`.
#
# <details><summary>Hint 1</summary>Two steps: another dtype, another scale. Which one has to come first?</details>
# <details><summary>Hint 2</summary>NumPy's <code>/</code> makes float64 of uint8, PyTorch's <code>/</code> float32.</details>
# <details><summary>Hint 3</summary><code>torch.from_numpy(image).float()</code>, and then divide.</details>


# %% solution="image_to_float"
def image_to_float(image: np.ndarray) -> torch.Tensor:
    """uint8 pixels from 0 to 255 as float32 from 0 to 1, in the same shape."""
    ### BEGIN SOLUTION
    return torch.from_numpy(image).float() / 255
    ### END SOLUTION


# %% check="image_to_float" points=1
with check("image_to_float"):
    given = np.array([[0, 51, 255], [204, 102, 153]], dtype=np.uint8)
    usual = {
        "not_scaled": [[0.0, 51.0, 255.0], [204.0, 102.0, 153.0]],
        "converted_after_scaling": [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]],
        "divided_by_256": torch.tensor([[0.0, 51.0, 255.0], [204.0, 102.0, 153.0]]) / 256,
    }
    expect(image_to_float(given), [[0.0, 0.2, 1.0], [0.8, 0.4, 0.6]], mistakes=usual)
    expect(given, np.array([[0, 51, 255], [204, 102, 153]], dtype=np.uint8), mistake="input_changed")
    dark = {"scaled_by_its_own_maximum": [[0.5, 1.0]], "stretched": [[0.0, 1.0]]}
    expect(image_to_float(np.array([[51, 102]], dtype=np.uint8)), [[0.2, 0.4]], mistakes=dark)

# %% hidden="image_to_float" points=1 checks="dark pictures, colour, a batch, one pixel, no picture, the picture unchanged"
with check("image_to_float"):
    for shape, darkest, brightest in [
        ((5, 7), 3, 90),
        ((4, 6, 3), 0, 255),
        ((2, 3, 5, 3), 100, 255),
        ((1, 1), 7, 7),
        ((0, 4), 0, 1),
    ]:
        spread = (randn(*shape, seed=3).sigmoid() * (brightest - darkest) + darkest).round()
        given = spread.to(torch.uint8).numpy()
        before, want = given.copy(), torch.zeros(shape)
        for index in np.ndindex(shape):
            want[index] = given[index].item() / 255
        top = max(given.ravel().tolist(), default=1)
        usual = {"not_scaled": want * 255, "scaled_by_its_own_maximum": want * (255 / top)}
        if given.size and top > darkest:
            usual["stretched"] = (want - want.min()) / (want.max() - want.min())
        expect(image_to_float(given), want, mistakes=usual)
        expect(given, before, mistake="input_changed")

# %% [markdown]
# ### 5.8 · Columns become features
# *3 points · about 8 minutes*
#
# A table often arrives as a dictionary: under each column's name an array of shape `(n,)`, some of integers, some of float64,
# some of truth values. A network wants one float32 tensor, a row for each example. Return the columns that `names` lists, in
# that order, side by side: shape `(n, len(names))`, float32, in memory of its own. `names` lists at least one column and
# need not list all; `n` may be 0. Leave the table as it was.
#
# For example, `table = {"age": np.array([30, 41]), "height": np.array([1.7, 1.8]), "member": np.array([True, False])}` and
# `names = ["height", "age"]` give `tensor([[1.7000, 30.0000], [1.8000, 41.0000]])`.
#
# <details><summary>Hint 1</summary>First bring each column to float32, then join them.</details>
# <details><summary>Hint 2</summary>Side by side means that the columns lie along a new axis, and that it is the second
# one.</details>
# <details><summary>Hint 3</summary><code>torch.stack</code> over a list of tensors, with <code>dim=1</code>.</details>


# %% solution="float32_features"
def float32_features(table: dict[str, np.ndarray], names: list[str]) -> torch.Tensor:
    """The columns `names` of `table`, each (n,), as float32, shape (n, len(names))."""
    ### BEGIN SOLUTION
    return torch.stack([torch.from_numpy(table[name]).float() for name in names], dim=1)
    ### END SOLUTION


# %% check="float32_features" points=1
with check("float32_features"):
    table = {"age": np.array([30, 41]), "height": np.array([1.7, 1.8]), "member": np.array([True, False])}
    usual = {
        "columns_in_table_order": [[30.0, 1.7], [41.0, 1.8]],
        "existing_for_new_axis": [1.7, 1.8, 30.0, 41.0],
    }
    expect(float32_features(table, ["height", "age"]), [[1.7, 30.0], [1.8, 41.0]], mistakes=usual)

# %% hidden="float32_features" points=2 checks="one column, one row, no row, other orders, the table unchanged"
with check("float32_features"):
    for n, seed in [(5, 1), (1, 2), (0, 3), (4, 4)]:
        noise = randn(n, 3, seed=seed).double().numpy()
        table = {"up": noise[:, 0], "count": np.arange(n) - 2, "flag": noise[:, 1] > 0, "down": noise[:, 2] * 1e3}
        before = {name: column.copy() for name, column in table.items()}
        for names in [["down", "flag", "up"], ["count"], ["up"], ["flag", "count"], ["count", "down", "up", "flag"]]:
            want, sorted_names = torch.zeros(n, len(names)), [name for name in table if name in names]
            for i in range(n):
                for j, name in enumerate(names):
                    want[i, j] = float(table[name][i])
            got = float32_features(table, names)
            expect(
                got, want, mistakes={"columns_in_table_order": want[:, [names.index(each) for each in sorted_names]]}
            )
            expect(table, before, mistake="input_changed")
            for name in names:
                expect_copy(got, table[name])

# %% [markdown]
# ## 4 · Arrays that PyTorch refuses
#
# Lesson 02 said that tensors have no negative steps. Arrays do: `array[::-1]` is a view that begins at the last entry and
# walks backwards through the same memory. NumPy's `flip`, `flipud`, `fliplr` and `rot90` give such views as well.

# %%
array = np.array([1.0, 2.0, 3.0, 4.0])
backwards = array[::-1]
show_memory(
    "One memory, two arrays. The second one begins in slot 3, and its stride is -1.", array=array, backwards=backwards
)

# %% raises="ValueError"
torch.from_numpy(backwards)

# %% [markdown]
# Read it in two halves. *At least one stride in the given numpy array is negative* is the cause: some axis runs backwards.
# *You can probably work around this by making a copy* is the cure: `.copy()` writes the numbers into new memory, in the
# order in which you see them, and the copy's strides are positive.

# %%
forwards = backwards.copy()
show_memory(
    "The copy has a memory of its own, in the new order, with stride 1.", backwards=backwards, forwards=forwards
)
print(torch.from_numpy(forwards))

# %% [markdown]
# `torch.tensor` does not help here: it refuses negative strides too. `np.ascontiguousarray`, often recommended instead of
# `.copy()`, does not always help either. It copies only where the numbers lie in the wrong order. An axis of length 1 has
# no order, so a batch of one that runs backwards keeps its negative stride, and PyTorch goes on refusing it:

# %%
batch_of_one = np.ones((1, 3))[::-1]
print(np.ascontiguousarray(batch_of_one).strides, batch_of_one.copy().strides)

# %% [markdown]
# (NumPy counts strides in bytes, the pictures in entries. 24 bytes are three float64 numbers.) Arrays whose bytes are in the other order, as some
# scientific file formats store them, are refused too; `array.astype(array.dtype.newbyteorder("="))` puts them right.
#
# ### 5.9 · From a flipped array
# *2 points · about 5 minutes*
#
# Pictures are often mirrored before a network learns from them. `array` may have negative strides along any of its axes, or
# none. Return a tensor with the same numbers at the same indices, of the same shape and dtype. Leave the array as it was.
#
# For example `np.array([1.0, 2.0, 3.0])[::-1]` gives `tensor([3., 2., 1.], dtype=torch.float64)`.
#
# <details><summary>Hint 1</summary>The array is already in the order you want. It only lies in memory the wrong way
# round.</details>
# <details><summary>Hint 2</summary>Turning it back along one axis helps only if you know which axis. What helps for all of
# them?</details>
# <details><summary>Hint 3</summary><code>.copy()</code> first, <code>torch.from_numpy</code> second.</details>


# %% solution="from_flipped"
def from_flipped(array: np.ndarray) -> torch.Tensor:
    """The numbers of `array` at the same indices, whichever way its axes run in memory."""
    ### BEGIN SOLUTION
    return torch.from_numpy(array.copy())
    ### END SOLUTION


# %% check="from_flipped" points=1
with check("from_flipped"):
    given = np.array([1.0, 2.0, 3.0])[::-1]
    unflipped = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    expect(from_flipped(given), torch.tensor([3.0, 2.0, 1.0], dtype=torch.float64), mistakes={"turned_back": unflipped})
    given = np.array([[1.0, 2.0], [3.0, 4.0]])[:, ::-1]
    usual = {
        "turned_back": torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64),
        "wrong_axis_reversed": torch.tensor([[4.0, 3.0], [2.0, 1.0]], dtype=torch.float64),
    }
    expect(from_flipped(given), torch.tensor([[2.0, 1.0], [4.0, 3.0]], dtype=torch.float64), mistakes=usual)

# %% hidden="from_flipped" points=1 checks="the second axis, both axes, integers, a batch of one, no flip at all, nothing inside"
with check("from_flipped"):
    base = np.arange(12, dtype=np.float32).reshape(3, 4)
    for given in [
        base[:, ::-1],
        base[::-1],
        base[::-1, ::-2],
        np.rot90(base),
        base,
        base[:1][::-1],
        np.array([[5]])[:, ::-1],
        base[:0, ::-1],
    ]:
        before, want = given.copy(), torch.zeros(given.shape, dtype=torch.from_numpy(given.copy()).dtype)
        for index in np.ndindex(given.shape):
            want[index] = given[index].item()
        expect(from_flipped(given), want, mistakes={"turned_back": want.flip(0), "wrong_axis_reversed": want.flip(-1)})
        expect(given, before, mistake="input_changed")

# %% [markdown]
# ## 5 · Tensors that NumPy refuses
#
# On the way out there are three obstacles.
#
# **A tensor that requires grad.** PyTorch records what is done with it, in order to compute gradients (lesson 07). NumPy's
# calculations would go unrecorded, so PyTorch asks you to say that you mean it:

# %% raises="RuntimeError"
slope = torch.tensor([2.0, 3.0], requires_grad=True)
slope.numpy()

# %% [markdown]
# *Use tensor.detach().numpy() instead*: `.detach()` gives a second tensor on the same memory, of which nothing is recorded.
# The first one is left as it is.

# %%
outside = slope.detach()
print(outside.numpy(), slope.requires_grad, outside.requires_grad, outside.data_ptr() == slope.data_ptr())

# %% [markdown]
# **A tensor on a GPU.** NumPy works in the memory of the CPU and cannot reach another. There the message is *can't convert
# cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.* `.cpu()` copies, so the
# array shares nothing with a tensor on a GPU. On a tensor that is on the CPU already, `.cpu()` gives that very tensor. So
# it does no harm to write it always:

# %%
place = "cuda" if torch.cuda.is_available() else "cpu"
somewhere = torch.ones(2, device=place)
print(somewhere.device, somewhere.cpu().numpy(), torch.ones(2).cpu().numpy())

# %% [markdown]
# **A dtype without a counterpart.** A bfloat16 tensor must become float32 first:

# %% raises="TypeError"
torch.ones(2, dtype=torch.bfloat16).numpy()

# %% [markdown]
# For one number you need no array: `.item()` takes it out, from any device, with or without grad, and gives a plain Python
# number. NumPy's arrays have an `.item()` too. What you get by indexing an array is neither an array nor a plain number: it
# is a NumPy scalar, and `torch.from_numpy` refuses it.

# %%
print(type(slope.sum().item()).__name__, type(array.sum().item()).__name__, type(array[0]).__name__)

# %% [markdown]
# ### Other libraries: DLPack
#
# DLPack is an agreement between array libraries on how to hand over memory without copying, on the CPU or on a GPU.
# `torch.from_dlpack(x)` takes what any of them offers, such as JAX or CuPy, and `np.from_dlpack(tensor)` is NumPy's side of
# it.

# %%
source = np.arange(3.0)
taken = torch.from_dlpack(source)
source[0] = 99.0
print(taken, np.from_dlpack(taken))

# %% [markdown]
# It shares, and it asks less: read-only arrays come without a warning, and an array with negative strides can end the whole
# Python process instead of raising an error. Between NumPy and PyTorch, `from_numpy` is the safer door.
#
# ### 5.10 · To NumPy, from anywhere
# *2 points · about 5 minutes*
#
# Every plotting and logging function begins with this. Return the numbers of `x` as a NumPy array of the same shape and
# dtype, whether `x` lies on the CPU or on a GPU, whether it requires grad or not. Whether the array shares memory with `x`
# is up to you. Afterwards `x` is as it was: the same numbers, on the same device, requiring grad if it did so before. `x`
# has a dtype that NumPy knows.
#
# For example `to_numpy(torch.tensor([1.5, 2.0], requires_grad=True))` gives `array([1.5, 2. ], dtype=float32)`.
#
# <details><summary>Hint 1</summary>There are two obstacles on the way, and a method for each. Neither does harm where
# it is not needed.</details>
# <details><summary>Hint 2</summary>Methods that end in <code>_</code> change <code>x</code> itself.</details>
# <details><summary>Hint 3</summary><code>.detach()</code>, <code>.cpu()</code>, <code>.numpy()</code></details>


# %% solution="to_numpy"
def to_numpy(x: torch.Tensor) -> np.ndarray:
    """The numbers of `x`, from any device, with or without grad."""
    ### BEGIN SOLUTION
    return x.detach().cpu().numpy()
    ### END SOLUTION


# %% check="to_numpy" points=1
with check("to_numpy"):
    given = torch.tensor([1.5, 2.0], requires_grad=True)
    expect(to_numpy(given), np.array([1.5, 2.0], dtype=np.float32))
    expect(to_numpy(torch.tensor([[1], [2]])), np.array([[1], [2]]))
    expect(given.requires_grad, True, mistake="no_longer_requires_grad")

# %% hidden="to_numpy" points=1 checks="other devices, results of calculations, transposed, no axis, nothing inside, other dtypes"
with check("to_numpy"):
    for device in devices():
        leaf = randn(3, 2, device=device, seed=2).requires_grad_()
        for x in [
            leaf,
            (leaf * 2).T,
            randn(2, 4, device=device).double(),
            torch.tensor(7, device=device),
            torch.zeros(0, 3, dtype=torch.float16, device=device),
            torch.tensor([True, False], device=device),
        ]:
            before, needed = x.detach().clone(), x.requires_grad
            kind = str(x.dtype).removeprefix("torch.")
            want = np.array(x.tolist(), dtype=kind).reshape(tuple(x.shape))
            expect(to_numpy(x), want)
            expect(x.requires_grad, needed, mistake="no_longer_requires_grad")
            expect(x.detach(), before, mistake="input_changed")

# %% [markdown]
# PyTorch has all of this in one call, `x.numpy(force=True)`. It is short to write and says less about what happens.
#
# ## 6 · A table from a file
#
# Ten pendulums of different length, and a stopwatch: so many swings, to and fro, took so many seconds. The readings are in a
# CSV file, *comma-separated values*. A notebook travels alone, so the next cell, folded, brings the file along and writes it
# to a temporary folder; `pendulum` is its path. (Nobody measured anything. A script computed the numbers and added errors of
# the size that a hand at a stopwatch makes; in the course's repository it is `data/make_pendulum.py`.)

# %% folded="The file: data/pendulum.csv"
import tempfile
from pathlib import Path

pendulum = Path(tempfile.mkdtemp()) / "pendulum.csv"
pendulum.write_text("""\
length_m,swings,seconds
0.20,20,17.65
0.35,20,23.45
0.50,20,28.54
0.65,20,31.77
0.80,20,
0.95,20,38.54
1.10,10,21.32
1.25,10,22.48
1.40,10,24.08
1.55,10,24.85
""")
print("written:", pendulum.name)

# %%
print(pendulum.read_text())

# %% [markdown]
# Look at a file before you load it. Here the first line is a header with names, and in the row of 0.80 m the last cell is
# empty: that reading is lost. PyTorch has no reader for such files, so the way leads through NumPy:

# %%
table = np.genfromtxt(pendulum, delimiter=",", skip_header=1)
print(table.dtype, table.shape)
print(table[:6])

# %% [markdown]
# `skip_header=1` leaves out the first line. The empty cell has become `nan`, *not a number*, float's mark for what is
# missing. (`np.loadtxt`, the stricter reader, would stop there with an error.) A single `nan` spoils every sum it enters:

# %%
measured = torch.from_numpy(table).float()
print(measured.mean(dim=0))

# %% [markdown]
# And it cannot be found with `==`, because `nan` is equal to nothing, not even to itself. `torch.isnan` finds it:

# %%
missing = torch.isnan(measured)
print((measured == float("nan")).any(), missing.any())
complete = measured[~missing.any(dim=1)]
print(complete.shape)
show(measured, "The measurements; the one that is missing is outlined. Its row is left out below.", mark=missing)

# %% [markdown]
# `missing.any(dim=1)` folds each row to one answer, *is anything missing here?*, `~` negates it, and the mask keeps the
# complete rows. Writing 0 for what is missing would be worse than leaving it out: 20 swings in no time at all.
#
# One more thing about `genfromtxt`. If the file has a single row of numbers, it gives an array of **one** axis, and `dim=1`
# then fails. `ndmin=2` asks for two axes in any case. Instead of a path it also takes a list of lines:

# %%
lines = ["length_m,swings,seconds", "0.20,20,17.65"]
print(np.genfromtxt(lines, delimiter=",", skip_header=1).shape)
print(np.genfromtxt(lines, delimiter=",", skip_header=1, ndmin=2).shape)

# %% [markdown]
# ### 5.11 · Load measurements
# *3 points · about 10 minutes*
#
# `lines` is the text of a CSV file, line by line: a header with the names of the columns, then one or more lines of
# numbers. An empty cell is a missing value. Return a tuple `(names, values)`: the names as a tuple of strings, and a
# float32 tensor of shape `(rows, columns)` with the rows in which nothing is missing, in the order of the file. That may be
# a single row, or none. Leave `lines` as it was.
#
# For example `["a,b", "1,2.5", "3,", "5,6"]` gives `(("a", "b"), tensor([[1.0000, 2.5000], [5.0000, 6.0000]]))`. To load a
# file, call `load_measurements(pendulum.read_text().splitlines())`.
#
# <details><summary>Hint 1</summary>The names come from <code>lines[0]</code>, the numbers from
# <code>np.genfromtxt</code>.</details>
# <details><summary>Hint 2</summary>A string has a method <code>.split(",")</code>. What does the array look like when there is
# one row of numbers?</details>
# <details><summary>Hint 3</summary><code>np.genfromtxt(lines, delimiter=",", skip_header=1, ndmin=2)</code>, then
# <code>.float()</code> and the mask of the cells above.</details>


# %% solution="load_measurements"
def load_measurements(lines: list[str]) -> tuple[tuple[str, ...], torch.Tensor]:
    """The names of the columns, and the complete rows as float32, shape (rows, columns)."""
    ### BEGIN SOLUTION
    table = np.genfromtxt(lines, delimiter=",", skip_header=1, ndmin=2)
    values = torch.from_numpy(table).float()
    return tuple(lines[0].split(",")), values[~torch.isnan(values).any(dim=1)]
    ### END SOLUTION


# %% check="load_measurements" points=1
with check("load_measurements"):
    nan = float("nan")
    given = ["a,b", "1,2.5", "3,", "5,6"]
    usual = {
        "header_for_data": torch.tensor([[nan, nan], [1, 2.5], [3, nan], [5, 6]]),
        "missing_kept": torch.tensor([[1, 2.5], [3, nan], [5, 6]]),
        "missing_as_zero": torch.tensor([[1, 2.5], [3, 0], [5, 6]]),
        "row_lost": torch.tensor([[5.0, 6.0]]),
        "columns_left_out": torch.tensor([[1.0], [3.0], [5.0]]),
        "condition_reversed": torch.tensor([[3, nan]]),
    }
    usual = {name: (("a", "b"), values) for name, values in usual.items()}
    expect(load_measurements(given), (("a", "b"), torch.tensor([[1, 2.5], [5, 6]])), mistakes=usual)
    expect(tuple(given), ("a,b", "1,2.5", "3,", "5,6"), mistake="input_changed")
    expect(load_measurements(["length,time", "0.5,1.5"]), (("length", "time"), torch.tensor([[0.5, 1.5]])))

# %% hidden="load_measurements" points=2 checks="one row, one column, negative numbers, rows that miss several values, no complete row, the lines unchanged"
with check("load_measurements"):
    for n, names, holes in [
        (5, ("x", "y", "z"), [(1, 0), (1, 2), (4, 1)]),
        (1, ("length", "time"), []),
        (3, ("only",), []),
        (2, ("p", "q"), [(0, 0), (1, 1)]),
        (4, ("u", "v"), [(0, 1)]),
    ]:
        cells = [[f"{value:.3f}" for value in row] for row in (randn(n, len(names), seed=n) * 20).tolist()]
        for i, j in holes:
            cells[i][j] = ""
        whole = [[float(cell) for cell in row] for row in cells if "" not in row]
        want = torch.tensor(whole, dtype=torch.float32).reshape(len(whole), len(names))
        kept = torch.tensor([[float(cell or "nan") for cell in row] for row in cells])
        usual = {"missing_kept": kept, "missing_as_zero": kept.nan_to_num(0.0), "row_lost": want[1:]}
        usual = {name: (names, values) for name, values in usual.items()}
        given = [",".join(names), *(",".join(row) for row in cells)]
        before = tuple(given)
        expect(load_measurements(given), (names, want), mistakes=usual)
        expect(tuple(given), before, mistake="input_changed")

# %% [markdown]
# ## 7 · Plots and scikit-learn
#
# matplotlib turns what it is given into arrays. Lines and points accept a tensor as it is, if it lies on the CPU and does
# not require grad; for other drawings, such as `imshow`, an array is the safe choice. Any other tensor runs into the errors
# of section 5, raised deep inside matplotlib. (`axis` still belongs to the image.)

# %% raises="RuntimeError"
axis.plot(torch.linspace(0, 1, 5, requires_grad=True))

# %% [markdown]
# The traceback is long, and its last line is the one that you know. Give it `to_numpy(x)`.
#
# ### 5.12 · Points on paper
# *3 points · about 7 minutes*
#
# Draw the points `(x[i], y[i])` with pyplot's `scatter`, with `xlabel` below and `ylabel` on the left, each call in a
# new figure of its own. `x` and `y` are tensors of shape `(n,)`, on any device; one may require grad and the other not.
# Leave both as they were, return nothing, and do not call `plt.show()`: the notebook shows the figure when the cell
# ends, and the check looks at it before. (`plt` is there already: a folded cell above imported it.)
#
# For example, `draw_points(torch.tensor([1.0, 2.0]), torch.tensor([5.0, 4.0]), "length in m", "time in s")` draws two points.
# The check closes what it has looked at; to see a drawing, call your function in a cell of your own.
#
# <details><summary>Hint 1</summary>You have written a function that brings any tensor to NumPy.</details>
# <details><summary>Hint 2</summary><code>_, axis = plt.subplots()</code> makes a new figure with one pair of axes.</details>
# <details><summary>Hint 3</summary><code>axis.scatter(…, …)</code> and <code>axis.set(xlabel=…, ylabel=…)</code></details>


# %% solution="draw_points"
def draw_points(x: torch.Tensor, y: torch.Tensor, xlabel: str, ylabel: str) -> None:
    """A scatter plot of `y` over `x`, each (n,), with both axes labelled."""
    ### BEGIN SOLUTION
    _, axis = plt.subplots()
    axis.scatter(x.detach().cpu().numpy(), y.detach().cpu().numpy())
    axis.set(xlabel=xlabel, ylabel=ylabel)
    ### END SOLUTION


# %% check="draw_points" points=1
with check("draw_points"):
    x, y = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([5.0, 4.0])
    want, named = (torch.tensor([1.0, 2.0]), torch.tensor([5.0, 4.0])), {"xlabel": "length in m", "ylabel": "time in s"}
    exchanged = {"xlabel": "time in s", "ylabel": "length in m"}
    figures()
    for _ in range(2):
        draw_points(x, y, "length in m", "time in s")
    drawn = figures()
    expect((x.detach(), y), want, mistake="input_changed")  # before the drawings, which then are wrong as well
    expect(len(drawn) == 2, True, mistake="not_one_figure")
    for figure in drawn:
        groups = [group for axes in figure["axes"] for group in axes["scatters"]]
        expect(len(groups) == 1, True, mistake="no_scatter")
        got = torch.tensor(groups[0]["x"]), torch.tensor(groups[0]["y"])
        expect(got, want, mistakes={"swapped": want[::-1]})
        labels = {each: figure["axes"][0][each] for each in named}
        expect(labels, named, mistakes={"labels_exchanged": exchanged})
    expect(x.requires_grad, True, mistake="no_longer_requires_grad")

# %% hidden="draw_points" points=2 checks="other devices, grad on either side, a figure for each call, tensors that stay as they were"
with check("draw_points"):
    for device in devices():
        for n, graded in [(4, "x"), (1, "y"), (3, ""), (6, "xy")]:
            x, y = randn(n, device=device, seed=1), randn(n, device=device, seed=2)
            x.requires_grad_("x" in graded)
            y.requires_grad_("y" in graded)
            want = torch.tensor(x.tolist()), torch.tensor(y.tolist())
            figures()
            for _ in range(2):
                draw_points(x, y, "one way", "the other")
            drawn = figures()
            expect(len(drawn) == 2, True, mistake="not_one_figure")
            for figure in drawn:
                groups = [group for axes in figure["axes"] for group in axes["scatters"]]
                expect(len(groups) == 1, True, mistake="no_scatter")
                got = torch.tensor(groups[0]["x"]), torch.tensor(groups[0]["y"])
                expect(got, want, mistakes={"swapped": want[::-1]})
                labels = {each: figure["axes"][0][each] for each in ("xlabel", "ylabel")}
                exchanged = {"xlabel": "the other", "ylabel": "one way"}
                expect(
                    labels,
                    {"xlabel": "one way", "ylabel": "the other"},
                    mistakes={"labels_exchanged": exchanged},
                )
            needed = "x" in graded, "y" in graded
            expect((x.requires_grad, y.requires_grad), needed, mistake="no_longer_requires_grad")
            after = torch.tensor(x.tolist()), torch.tensor(y.tolist())
            expect(after, want, mistake="input_changed")

# %% [markdown]
# ### Into scikit-learn and out again
#
# scikit-learn works on arrays: the features are `X`, of shape `(examples, features)`, always with two axes; the target `y`
# has the shape `(examples,)`. What it learns and predicts are arrays again. Here it fits a straight line. The time of one
# swing, the period, is `seconds / swings`; its square is plotted against the length. Physics says that these points lie on
# a line through the origin.

# %%
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler

length = complete[:, 0]
period = complete[:, 2] / complete[:, 1]
X, y = length.reshape(-1, 1).numpy(), (period**2).numpy()
line = LinearRegression(fit_intercept=False).fit(X, y)
predicted = torch.from_numpy(line.predict(X))
print(line.coef_, predicted.shape, predicted.dtype)

# %% folded="Drawing the line through the points"
figure, axis = plt.subplots(figsize=(6, 3.4))
axis.scatter(length, period**2, color="tab:blue", marker="o", label="measured")
reach = np.array([[0.0], [1.6]])
axis.plot(reach, line.predict(reach), color="tab:red", linestyle="--", label="line found by scikit-learn")
axis.set(xlabel="length in m", ylabel="period squared in s²", xlim=(0, None), ylim=(0, None))
axis.legend(frameon=False)
picture(
    figure,
    "Nine measured points, from 0.2 m to 1.55 m, and a dashed straight line from the origin upwards, found by scikit-learn. "
    "All points lie close to the line.",
)

# %% [markdown]
# `length.reshape(-1, 1)` gives the features their second axis. Without it, scikit-learn says what is missing, and how to
# add it:

# %% raises="ValueError"
LinearRegression().fit(length.numpy(), y)

# %% [markdown]
# Two habits make the crossing smooth. Hand over **arrays**, though a tensor often works: from a float32 tensor some of
# scikit-learn's tools compute in float64, because they do not know its dtype, while from a float32 array they keep float32.
# And decide on the **way back** where the result belongs: which dtype, which device.
#
# ### 5.13 · There and back
# *3 points · about 8 minutes*
#
# Networks learn better from columns of similar size. scikit-learn's `StandardScaler` brings each column to mean 0 and
# standard deviation 1, and a column of equal numbers to 0. `x` is a float tensor of shape `(n, m)`, `n` at least 1, on any
# device, with or without grad. Return its scaled columns as float32, on the device of `x`, without grad. Leave `x` as it
# was.
#
# For example `torch.tensor([[1.0, 5.0], [5.0, 5.0]])` gives `tensor([[-1., 0.], [1., 0.]])`. To use the scaler:
# `StandardScaler().fit_transform(array)`.
#
# <details><summary>Hint 1</summary>The way there is <code>to_numpy</code>. What does the way back have to restore?</details>
# <details><summary>Hint 2</summary><code>torch.as_tensor</code> takes a dtype and a device at once.</details>
# <details><summary>Hint 3</summary><code>torch.as_tensor(scaled, dtype=torch.float32, device=x.device)</code></details>


# %% solution="scaled_by_scikit"
def scaled_by_scikit(x: torch.Tensor) -> torch.Tensor:
    """The columns of `x` (n, m) with mean 0 and standard deviation 1, as float32 where `x` is."""
    ### BEGIN SOLUTION
    scaled = StandardScaler().fit_transform(x.detach().cpu().numpy())
    return torch.as_tensor(scaled, dtype=torch.float32, device=x.device)
    ### END SOLUTION


# %% check="scaled_by_scikit" points=1
with check("scaled_by_scikit"):
    nan, short = float("nan"), 0.5**0.5
    usual = {
        "nan_for_equal_column": [[-1.0, nan], [1.0, nan]],
        "unbiased_for_biased": [[-short, nan], [short, nan]],
        "rows_scaled": [[-1.0, 1.0], [0.0, 0.0]],
        "only_centred": [[-2.0, 0.0], [2.0, 0.0]],
    }
    for dtype in (torch.float32, torch.float64):
        given = torch.tensor([[1.0, 5.0], [5.0, 5.0]], dtype=dtype, requires_grad=True)
        before = given.detach().clone()
        got = scaled_by_scikit(given)
        expect(got, [[-1.0, 0.0], [1.0, 0.0]], mistakes=usual)
        expect_requires_grad(got, False)
        expect(given.requires_grad, True, mistake="no_longer_requires_grad")
        expect(given.detach(), before, mistake="input_changed")

# %% hidden="scaled_by_scikit" points=2 checks="other devices, float64, one row, one column, transposed, the input unchanged"
with check("scaled_by_scikit"):
    for device in devices():
        for n, m, dtype, graded in [
            (5, 3, torch.float32, True),
            (1, 4, torch.float32, False),
            (6, 1, torch.float64, False),
            (2, 7, torch.float64, True),
        ]:
            x = (randn(m, n, device=device, seed=m).T * 4 + 3).to(dtype)
            x[:, 0] = 2.0 if m > 1 else x[:, 0]
            x.requires_grad_(graded)
            before, want = x.detach().clone(), torch.zeros(n, m)
            sample = torch.zeros(n, m)
            for j in range(m):
                column = before[:, j].tolist()
                mean = sum(column) / n
                spread = (sum((value - mean) ** 2 for value in column) / n) ** 0.5
                for i in range(n):
                    want[i, j] = (column[i] - mean) / spread if spread else 0.0
                    sample[i, j] = want[i, j] * ((n - 1) / n) ** 0.5
            got = scaled_by_scikit(x)
            expect(got, want.to(device), mistakes={"unbiased_for_biased": sample.to(device)}, rtol=1e-4)
            expect_requires_grad(got, False)
            expect(x.requires_grad, graded, mistake="no_longer_requires_grad")
            expect(x.detach(), before, mistake="input_changed")

# %% [markdown]
# ### 5.14 · Measure the Earth's pull
# *4 points · about 12 minutes*
#
# Now the whole way, from a file to a number. It builds on your `load_measurements`, so get 5.11 right first. A pendulum of
# length *L* takes the time *T* for one swing, where *T*² = (4π²/*g*)·*L*, and *g* is the acceleration that pulls it down,
# about 9.81 m/s² on Earth. So the slope of *T*² over *L*, of a straight line through the origin, is 4π²/*g*.
#
# `lines` is a CSV file of such measurements, in the form of 5.11. It has at least the columns `length_m`, `swings` and
# `seconds`, in any order and perhaps among others, and rows that miss a value are left out. Fit the line through the origin
# by least squares and return *g* as a plain Python float.
#
# For example, for the file above, `measure_gravity(pendulum.read_text().splitlines())` gives about `9.78`: the
# stopwatch was not perfect.
#
# <details><summary>Hint 1</summary>Four steps: load, compute <em>T</em>² from two columns, fit, turn the slope into
# <em>g</em>. You have seen each of them above.</details>
# <details><summary>Hint 2</summary><code>names.index("swings")</code> says which column that is.</details>
# <details><summary>Hint 3</summary><code>LinearRegression(fit_intercept=False)</code>; its slope is
# <code>.coef_[0]</code>, and <code>.item()</code> makes a Python float of it.</details>


# %% solution="measure_gravity"
def measure_gravity(lines: list[str]) -> float:
    """The acceleration g in m/s² that follows from the pendulum measurements in `lines`."""
    ### BEGIN SOLUTION
    names, values = load_measurements(lines)
    length, swings, seconds = (values[:, names.index(name)] for name in ("length_m", "swings", "seconds"))
    squared = (seconds / swings) ** 2
    line = LinearRegression(fit_intercept=False).fit(length.reshape(-1, 1).numpy(), squared.numpy())
    return 4 * np.pi**2 / line.coef_[0].item()
    ### END SOLUTION


# %% check="measure_gravity" points=1
with check("measure_gravity"):
    given = ["swings,seconds,length_m", "10,20.0,1.00", "20,,0.25", "5,15.5,2.25"]
    usual = {
        "swings_ignored": 0.254463,
        "period_not_squared": 26.66718,
        "slope_for_gravity": 4.226392,
        "intercept_fitted": 8.796439,
        "ratios_averaged": 9.546098,
        "gravities_averaged": 9.556365,
        "columns_by_position": 37855.48,
    }
    expect(measure_gravity(given), 9.340927, mistakes=usual, rtol=1e-4)

# %% hidden="measure_gravity" points=3 checks="readings with errors, columns in another order, further columns, the Moon, one complete row"
with check("measure_gravity"):
    for n, g, order in [
        (9, 9.81, ["length_m", "swings", "seconds"]),
        (12, 1.62, ["seconds", "length_m", "swings"]),
        (6, 24.8, ["swings", "angle", "seconds", "length_m"]),
        (2, 3.7, ["length_m", "seconds", "swings"]),
    ]:
        errors = (1 + randn(n, seed=n).double() * 0.05).tolist()
        rows = []
        for i in range(n):
            length, swings = 0.3 + 0.17 * i, 5 + 5 * (i % 3)
            seconds = swings * 2 * np.pi * (length / g) ** 0.5 * errors[i]
            rows.append(
                {"length_m": f"{length:.2f}", "swings": str(swings), "seconds": f"{seconds:.2f}", "angle": str(3 + i)}
            )
        rows[1]["seconds"] = ""
        given = [",".join(order), *(",".join(row[name] for name in order) for row in rows)]
        pairs = [
            (float(row["length_m"]), (float(row["seconds"]) / int(row["swings"])) ** 2)
            for row in rows
            if row["seconds"]
        ]
        want = 4 * np.pi**2 * sum(x * x for x, _ in pairs) / sum(x * y for x, y in pairs)
        x_mean, y_mean = (sum(each) / len(pairs) for each in zip(*pairs, strict=True))
        slope = sum((x - x_mean) * (y - y_mean) for x, y in pairs) / (sum((x - x_mean) ** 2 for x, _ in pairs) or 1)
        ratio = sum(y / x for x, y in pairs) / len(pairs)
        if len(pairs) > 1:
            usual = {
                "intercept_fitted": 4 * np.pi**2 / slope,
                "ratios_averaged": 4 * np.pi**2 / ratio,
                "gravities_averaged": 4 * np.pi**2 * sum(x / y for x, y in pairs) / len(pairs),
            }
        else:
            usual = {}  # with one row they give what is right, or nothing
        expect(measure_gravity(given), want, mistakes=usual, rtol=1e-4)

# %% [markdown]
# ## What you can do now
#
# | you want | call | memory |
# | --- | --- | --- |
# | a tensor on an array's memory | `torch.from_numpy(array)` | shared |
# | a tensor, whatever you have | `torch.as_tensor(data, dtype=…, device=…)` | shared if possible |
# | a tensor of its own | `torch.tensor(array)` | copied |
# | an array on a tensor's memory | `tensor.numpy()` | shared |
# | an array from any tensor | `tensor.detach().cpu().numpy()`, `tensor.numpy(force=True)` | shared on the CPU |
# | a copy | `array.copy()`, `tensor.clone()` | copied |
# | to write in place | `array += 1`, `np.add(array, 1, out=array)`, `tensor.add_(1)` | seen on both sides |
# | float32 at the border | `torch.from_numpy(array).float()` | copied, unless it is float32 |
# | an array that runs backwards | `torch.from_numpy(array.copy())` | copied |
# | one number | `.item()` | |
# | another library | `torch.from_dlpack(x)`, `np.from_dlpack(tensor)` | shared |
# | a table | `np.genfromtxt(path, delimiter=",", skip_header=1, ndmin=2)`, `torch.isnan` | |
#
# **To stretch yourself** (no points). Write `running_mean(stream, out)`: `stream` is a list of arrays of one shape, and
# `out` a tensor of that shape into which you write the mean of those seen so far, without taking new memory for the numbers
# in any step. Someone who holds `out.numpy()` then sees the mean develop. Which operations have an `out=`, and which end in
# `_`?
#
# **To read on.** *[torch.from_numpy](https://docs.pytorch.org/docs/stable/generated/torch.from_numpy.html)*,
# *[torch.Tensor.numpy](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.numpy.html)*, and NumPy's page on
# *[reading files with genfromtxt](https://numpy.org/doc/stable/user/basics.io.genfromtxt.html)*.
#
# **Next:** lesson 06, where the numbers leave the CPU.
