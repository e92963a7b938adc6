# %% [markdown]
# # 06 · Devices: the CPU and the GPU
#
# Networks are trained on graphics cards, because these multiply large matrices many times faster than a computer's
# main processor. A graphics card has a memory of its own, and most of what goes wrong there comes down to one
# question: where is this tensor?
#
# **After this lesson you can**
#
# - say which device a tensor is on, and move it to another;
# - read, line by line, the errors that tensors on different devices cause;
# - time a calculation on a GPU honestly;
# - write code that runs on whatever device there is.
#
# **It takes** about two and a quarter hours, in two sittings; after section 5 is a good place for a break. **It
# needs** lessons 01 to 05, and no graphics card: where there is none, the notebook simulates one on your CPU. This
# **simulated GPU** holds real numbers and raises CUDA's errors, but it is no faster than the CPU, and where that
# matters the notebook says so.
#
# Run the cells from top to bottom. The next cell is folded away: it brings the checks, the pictures and, where there
# is no CUDA GPU, the simulated one.

# %% [markdown]
# ## 1 · What is there
#
# A computer's main processor is the **CPU**. A graphics processor is a **GPU**, and **CUDA** is the software through
# which programs use NVIDIA's GPUs; PyTorch uses the name for AMD's as well. The line that the set-up cell printed
# says which devices the checks run on. This cell says what that means here:

# %%
import numpy as np
import torch

# simulated() comes from the set-up cell
if simulated():
    print("There is no CUDA GPU here, so this notebook simulates one. Its tensors hold real numbers, it refuses what")
    print("CUDA refuses, in CUDA's words, and results stay on it. It is no faster: the CPU does its work.")
else:
    print("This is a real GPU. All cells below use it.")
print(torch.cuda.is_available(), torch.cuda.device_count(), torch.cuda.get_device_name(0))

# %% [markdown]
# `is_available` says whether there is a GPU that PyTorch can use, `device_count` how many, `get_device_name` what a
# GPU calls itself. A simulated one says so in its name, and it exists in this notebook only.
#
# There is nothing to switch: on a machine with a CUDA GPU the same cells use that one. On Google Colab you get one by
# *Runtime*, *Change runtime type*, *T4 GPU*, before you run the first cell. Binder has none. If your laptop has an
# NVIDIA card and the notebook simulates one all the same, look at the version that the set-up cell printed: `+cpu` at
# its end is a build without CUDA, and PyTorch's site offers one with it. Outside this notebook, such a build stops at
# the first `.to("cuda")` with *Torch not compiled with CUDA enabled*.
#
# A place where tensors live is a `torch.device`. It has a `type` and, if there may be several of a kind, an `index`.

# %%
print(torch.device("cpu"), torch.device("cuda"), torch.device("cuda:0"), torch.device("cuda", 0))
print(torch.device("cuda").type, torch.device("cuda").index, torch.device("cuda:0").index)
print(torch.device("cuda") == torch.device("cuda:0"))

# %% [markdown]
# `"cuda"` without a number means *the current GPU*, which is number 0 unless somebody changed it. A tensor always
# reports its exact place, `cuda:0`. The two mean the same GPU here, but they do not compare as equal. To ask whether
# something is on a GPU, compare `.type`, or ask `.is_cuda`.
#
# GPUs of other makers have other names: `mps` on Apple machines, `xpu` for Intel's. `torch.accelerator` asks for
# whichever there is:

# %%
print(torch.accelerator.is_available(), torch.accelerator.device_count())
print(torch.accelerator.current_accelerator(check_available=True))

# %% [markdown]
# `current_accelerator` gives None where there is no such device; without `check_available=True` it also names a kind
# that PyTorch was built for and the machine lacks.
#
# **On an Apple machine** the GPU is called `mps`. It has no float64, and `torch.mps` has fewer functions than
# `torch.cuda`; moving, mixing and waiting work as in this lesson, with errors in other words. CPU and GPU share one
# memory there, and tensors have to be moved all the same. The checks do not use it: this notebook simulates a CUDA
# GPU there as well, and while it does, `torch.accelerator` speaks of that one.
#
# ### 6.1 · Which device?
# *2 points · about 5 minutes*
#
# A training script has a switch: use the GPU, or do not. Return a `torch.device`. It is of type `"cuda"` if `wanted`
# is True and there is such a GPU, and of type `"cpu"` in all other cases. Your function must be right on machines
# with and without a GPU. This notebook always has one, real or simulated, so the check reads your code as well: it
# has to call `torch.cuda.is_available()`, `device_count()` or `current_accelerator()`, by that name.
#
# For example, `pick_device(False)` gives `device(type='cpu')` everywhere.
#
# <details><summary>Hint 1</summary>Two things must hold for the GPU. Python joins them by <code>and</code>.</details>
# <details><summary>Hint 2</summary><code>torch.cuda.is_available</code> is a function. What must follow its
# name?</details>
# <details><summary>Hint 3</summary><code>torch.device("cuda" if … and … else "cpu")</code></details>


# %% solution="pick_device"
def pick_device(wanted: bool) -> torch.device:
    """The GPU if it is wanted and there is one, else the CPU."""
    ### BEGIN SOLUTION
    return torch.device("cuda" if wanted and torch.cuda.is_available() else "cpu")
    ### END SOLUTION


# %% check="pick_device" points=1
with check("pick_device"):
    for wish, kind in [(False, "cpu"), (True, "cuda")]:
        got = pick_device(wish)
        expect(isinstance(got, str), False, mistake="text_for_device")
        got = torch.device("cuda") if got == torch.device("cuda:0") else got
        expect(got, torch.device(kind), mistakes={"switch_ignored": torch.device("cuda")})
    text = "".join(source_of("pick_device").split())
    asked = [f"{name}(" in text for name in ("is_available", "device_count", "current_accelerator")]
    expect("is_available" in text and not any(asked), False, mistake="availability_not_asked")
    expect(any(asked), True, mistake="gpu_taken_for_granted")

# %% hidden="pick_device" points=1 checks="that the GPU is asked for, that the answer counts, and is not taken for granted"
with check("pick_device"):
    import ast

    from IPython.core import inputtransformer2

    expect(pick_device(False), torch.device("cpu"))
    cell = inputtransformer2.TransformerManager().transform_cell(source_of("pick_device"))
    tree = ast.parse(cell)  # without comments and magics

    def questions(part):
        calls = [each for each in ast.walk(part) if isinstance(each, ast.Call)]
        names = ("is_available", "device_count", "current_accelerator")
        return {each for each in calls if ast.unparse(each.func).rpartition(".")[2] in names}

    read = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}
    heeded = questions(tree)
    for part in ast.walk(tree):
        if isinstance(part, ast.Expr) and not isinstance(part.value, ast.NamedExpr):  # a line such as print(…)
            heeded -= questions(part)
        elif isinstance(part, ast.Assign):  # to a name that nobody reads
            names = {each.id for target in part.targets for each in ast.walk(target) if isinstance(each, ast.Name)}
            heeded -= set() if names & read else questions(part)
    asked = questions(tree) != set()
    expect("is_available" in ast.unparse(tree) and not asked, False, mistake="availability_not_asked")
    expect(asked, True, mistake="gpu_taken_for_granted")
    expect(heeded != set(), True, mistake="answer_not_heeded")

# %% [markdown]
# ## 2 · Two memories
#
# `.to(device)` gives the tensor on that device. The numbers travel over the **bus**, the wires between the two
# memories.

# %%
x = torch.arange(6.0).reshape(2, 3)
g = x.to("cuda")
print(x)
print(g)
print(x.device, g.device, x.is_cuda, g.is_cuda)

# %% folded="Drawing the two memories"
import matplotlib.pyplot as plt


def draw_memories(text: str, **tensors: torch.Tensor) -> None:
    """Each tensor, by name, in the memory that holds it."""
    figure, axis = plt.subplots(figsize=(9, 2.6))
    gpu = "the GPU's memory" + " (simulated)" * simulated()
    for left, kind, title in [(0.0, "cpu", "the CPU's memory"), (6.0, "cuda", gpu)]:
        axis.add_patch(plt.Rectangle((left, 0), 4, 3, fill=False, edgecolor="black", linewidth=1.5))
        axis.text(left + 2, 3.2, title, ha="center")
        mine = [(name, each) for name, each in tensors.items() if each.device.type == kind]
        for row, (name, each) in enumerate(mine):
            words = f"{name} · {tuple(each.shape)} · {each.numel() * each.element_size()} bytes"
            box = {"boxstyle": "round,pad=0.35", "facecolor": "none", "edgecolor": "black"}
            axis.text(left + 2, 2.4 - 0.85 * row, words, ha="center", va="center", bbox=box)
    for y, start, end, call in [(1.9, 4.1, 5.9, '.to("cuda")'), (1.0, 5.9, 4.1, ".cpu()")]:
        axis.annotate("", (end, y), (start, y), arrowprops={"arrowstyle": "->", "color": "black"})
        axis.text(5, y + 0.12, call, ha="center")
    axis.text(5, 0.3, "the bus", ha="center")
    axis.set(xlim=(-0.1, 10.1), ylim=(-0.1, 3.6))
    axis.axis("off")
    picture(figure, text)


draw_memories(
    "Two boxes, two memories. x is in the CPU's memory, its copy g in the GPU's; each takes 24 bytes. Between them runs "
    'the bus: .to("cuda") copies over it one way, .cpu() the other.',
    x=x,
    g=g,
)

# %% [markdown]
# `print` adds `device='cuda:0'` to what is not on the CPU. `x` is still where it was. Tensors move **by copy**: a
# write into one of the two does not show in the other.

# %%
g[0, 0] = 100
print(x[0, 0], g[0, 0])

# %% [markdown]
# There are several ways to say the same:

# %%
print(x.cuda().device, g.cpu().device, x.to(torch.device("cuda")).device)
print(x.to(g).device, g.to("cpu", torch.float64))

# %% [markdown]
# `.cuda()` and `.cpu()` are short forms. `.to` takes a device, a dtype, or both; given another tensor it takes over
# that one's device **and dtype**. If there is nothing to do, no copy is made, and you get the very same tensor back:

# %%
print(g.to("cuda") is g, x.cpu() is x, x.to("cuda") is g)

# %% [markdown]
# A **module** behaves differently. A module is a part of a network that holds tensors of its own, its weights;
# `Linear(3, 2)` below turns three numbers into two, and lessons 09 and 10 are about such parts. `module.to(device)`
# replaces the weights inside it and returns the module itself.

# %%
layer = torch.nn.Linear(3, 2)
print(layer.weight.device)
print(layer.to("cuda") is layer)
print(layer.weight.device)

# %% [markdown]
# ### 6.2 · Where is it now? (predict, then run)
# *1 point · about 2 minutes*
#
# What do these lines print? Return it as text, for example `"cuda:0"`.
#
# ```python
# x = torch.ones(2)
# x.to("cuda")
# print(x.device)
# ```
#
# <details><summary>Hint 1</summary>What does <code>x.to</code> do to <code>x</code>?</details>
# <details><summary>Hint 2</summary>Tensors move by copy. What became of the copy?</details>


# %% solution="where_is_it"
def where_is_it() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "cpu"
    ### END SOLUTION


# %% predict="where_is_it" points=1
with predict("where_is_it", lambda: where_is_it()):
    x = torch.ones(2)
    x.to("cuda")
    print(x.device)

# %% [markdown]
# ### 6.3 · A tensor and a module (predict, then run)
# *1 point · about 3 minutes*
#
# And these? Return it as text, for example `"True True"`, two answers with a space between them.
#
# ```python
# x, layer = torch.ones(1, 3), torch.nn.Linear(3, 2)
# y = x.to("cuda")
# layer.to("cuda")
# print(x.is_cuda, layer.weight.is_cuda)
# ```
#
# <details><summary>Hint 1</summary>One of the two moves by copy, the other in place.</details>
# <details><summary>Hint 2</summary>The copy has the name <code>y</code>. The question is about
# <code>x</code>.</details>


# %% solution="tensor_and_module"
def tensor_and_module() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "False True"
    ### END SOLUTION


# %% predict="tensor_and_module" points=1
with predict("tensor_and_module", lambda: tensor_and_module()):
    x, layer = torch.ones(1, 3), torch.nn.Linear(3, 2)
    y = x.to("cuda")
    layer.to("cuda")
    print(x.is_cuda, layer.weight.is_cuda)

# %% [markdown]
# ### 6.4 · Move a batch
# *2 points · about 6 minutes*
#
# Training goes through the data in pieces, **batches**. Here a batch is a dictionary: tensors under some keys and
# other things, such as a text, under others. Return a new dictionary with the same keys, in which every tensor is on
# `device` and everything else is what it was. Leave the given dictionary and its tensors as they were. `device` is a
# `torch.device` or its name as text.
#
# For example `move_batch({"images": torch.zeros(2, 3), "source": "camera"}, "cuda")` gives
# `{"images": tensor([[0., 0., 0.], [0., 0., 0.]], device='cuda:0'), "source": "camera"}`.
#
# <details><summary>Hint 1</summary>Go through <code>batch.items()</code> and fill a new dictionary.</details>
# <details><summary>Hint 2</summary><code>isinstance(value, torch.Tensor)</code> tells the tensors from the
# rest.</details>
# <details><summary>Hint 3</summary>A tensor's entry is <code>value.to(device)</code>, any other is
# <code>value</code>.</details>


# %% solution="move_batch"
def move_batch(batch: dict[str, object], device: torch.device | str) -> dict[str, object]:
    """A new dictionary with the tensors of `batch` on `device`, everything else as it is."""
    ### BEGIN SOLUTION
    return {key: value.to(device) if isinstance(value, torch.Tensor) else value for key, value in batch.items()}
    ### END SOLUTION


# %% check="move_batch" points=1
with check("move_batch"):
    images, labels = torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([7])
    given = {"images": images, "labels": labels}
    moved = {
        "images": torch.tensor([[1.0, 2.0, 3.0]], device="cuda"),
        "labels": torch.tensor([7], device="cuda"),
    }
    usual = {"moved_copy_dropped": {**given}, "labels_left_behind": {**moved, "labels": labels}}
    usual["dtype_taken_over"] = {**moved, "labels": moved["labels"].float()}
    expect(move_batch(given, "cuda"), moved, mistakes=usual)
    expect(given, {"images": images, "labels": labels}, mistake="input_changed")
    expect(move_batch(given, "cpu"), given, mistakes={"device_hard_coded": moved})
    expect(move_batch({"source": "camera"}, "cuda"), {"source": "camera"})

# %% hidden="move_batch" points=1 checks="other keys, what is no tensor, back to the CPU, an empty batch, other dtypes"
with check("move_batch"):
    for device in devices():
        for start in ("cpu", "cuda"):
            noise = randn(3, 1, 2, device=start)
            batch = {"source": "camera", "mask": noise > 0, "weights": noise.double(), "step": 12, "none": noise[:0]}
            before = {**batch, "mask": batch["mask"].clone(), "weights": batch["weights"].clone()}
            want = {key: each.to(device) if key not in ("source", "step") else each for key, each in before.items()}
            elsewhere = {**want, "mask": want["mask"].cuda(), "weights": want["weights"].cuda()}
            elsewhere["none"] = want["none"].cuda()
            expect(move_batch(batch, device), want, mistakes={"device_hard_coded": elsewhere})
            expect(batch, before, mistake="input_changed")
        expect(move_batch({}, device), {})

# %% [markdown]
# ## 3 · Made where it is needed
#
# Making a tensor on the CPU and then moving it costs a trip over the bus. The functions that make tensors, such as
# `zeros`, `arange`, `rand` and `tensor`, take `device=`, and make them there:

# %%
print(torch.zeros(2, device="cuda"))
print(torch.arange(3, device="cuda"))
print(torch.rand(2, 2, device="cuda").device)

# %% [markdown]
# A function should not have to know where its input is. Its helper tensors only have to be in the same place. The
# `_like` functions and the `new_` methods of lesson 01 follow their tensor; for all others there is `x.device`:

# %%
print(torch.zeros_like(g).device, g.new_ones(2).device, torch.arange(3, device=g.device).device)

# %% [markdown]
# This is the habit that makes code run anywhere: **ask the input where it is**, and never write `.cuda()` into a
# function.
#
# (`torch.set_default_device("cuda")` and `with torch.device("cuda"):` change where tensors are made when no device is
# named. The second holds for its block only.)

# %%
with torch.device("cuda"):
    print(torch.zeros(2).device)
print(torch.zeros(2).device)

# %% [markdown]
# ### 6.5 · A helper in the same place
# *2 points · about 5 minutes*
#
# Networks that read sentences have to be told where in the sentence each word stands. A simple way: add 0 to all of
# row 0, 1 to all of row 1, and so on. `x` has shape `(n, m)`, where `n` may be 0, and a float dtype, and may be on any
# device. Return the sum. It has the shape, the dtype and the device of `x`. Leave `x` as it was.
#
# For example `[[5., 5.], [5., 5.], [5., 5.]]` gives `[[5., 5.], [6., 6.], [7., 7.]]`.
#
# <details><summary>Hint 1</summary><code>torch.arange</code> counts. How many rows are there, and which device should
# the numbers be on?</details>
# <details><summary>Hint 2</summary>To be added to rows, the numbers must stand in a column: shape (n, 1).</details>
# <details><summary>Hint 3</summary><code>torch.arange(len(x), device=x.device)[:, None]</code></details>


# %% solution="same_place"
def same_place(x: torch.Tensor) -> torch.Tensor:
    """`x` (n, m) with its row's number added to each entry; on the device of `x`."""
    ### BEGIN SOLUTION
    return x + torch.arange(len(x), device=x.device)[:, None]
    ### END SOLUTION


# %% check="same_place" points=1
with check("same_place"):
    for device in devices():
        fives = torch.full((3, 2), 5.0, device=device)
        usual = {"counted_from_one": torch.tensor([[6.0, 6.0], [7.0, 7.0], [8.0, 8.0]], device=device)}
        want = torch.tensor([[5.0, 5.0], [6.0, 6.0], [7.0, 7.0]], device=device)
        usual["columns_numbered"] = torch.tensor([[5.0, 6.0], [5.0, 6.0], [5.0, 6.0]], device=device)
        usual["device_hard_coded"] = want.cuda()
        expect(same_place(fives), want, mistakes=usual)
        expect(fives, torch.full((3, 2), 5.0, device=device), mistake="input_changed")

# %% hidden="same_place" points=1 checks="one row, no rows, square inputs, float64, other devices, input unchanged"
with check("same_place"):
    for device in devices():
        for n, m, dtype in [(4, 3, torch.float32), (3, 3, torch.float32), (1, 5, torch.float64), (0, 2, torch.float32)]:
            x = randn(m, n, device=device).to(dtype).T
            before, want = x.clone(), x.clone()
            for i in range(n):
                want[i] = want[i] + i
            columns = {"columns_numbered": x + torch.arange(m, device=device)}
            expect(same_place(x), want, mistakes=columns)
            expect(x, before, mistake="input_changed")

# %% [markdown]
# ## 4 · One calculation, one device
#
# A calculation runs on one device, and it does not fetch its inputs from elsewhere. If they are on different devices,
# it stops:

# %% raises="RuntimeError"
x = torch.ones(3)
g = torch.ones(3, device="cuda")
x + g

# %% [markdown]
# Read it from its last line.
#
# 1. *RuntimeError* is the type, which says little.
# 2. *Expected all tensors to be on the same device*: that is the rule that was broken.
# 3. *but found at least two devices, cuda:0 and cpu*: these are the places. One of your tensors was never moved, or
#    one came back too early.
# 4. The arrow further up points to the line with the calculation. It names the tensors: print the `.device` of each.
#
# Which of the two should you move? Usually the small one, to where the model and the data are. PyTorch does not
# decide that for you, because a copy that nobody asked for, inside a loop, would silently make a program slow.
#
# The same mistake inside a module looks a little different:

# %% raises="RuntimeError"
layer = torch.nn.Linear(3, 2).to("cuda")
layer(torch.ones(1, 3))

# %% [markdown]
# The report goes through PyTorch's own files. What matters is the arrow in your cell and the last line.
#
# *got mat1 is on cpu, different from other tensors on cuda:0*: a layer multiplies matrices, and `mat1`, the first, is
# what you handed in. *(when checking argument in method wrapper_CUDA_addmm)*: `addmm` is *add* and *mm*, the matrix
# product, which is what a linear layer computes. So the model was moved and the data was not. With `mat1` on `cuda:0`
# and the others on `cpu`, it would be the other way round. (Older versions of PyTorch arrange the sentence
# differently; the two places and `mat1` are in it too.)
#
# There are two exceptions, for things that are usually small and travel along by themselves:

# %%
print(g * 2.5 + torch.tensor(1.0))
print(g[torch.tensor([0, 2])])

# %% [markdown]
# A Python number, or a CPU tensor **without axes**, may meet a GPU tensor. And a GPU tensor may be indexed by CPU
# indices, not the other way round:

# %% raises="RuntimeError"
x[torch.tensor([0, 2], device="cuda")]

# %% [markdown]
# *indices should be either on cpu or on the same device as the indexed tensor (cpu)*: move the indices, by `.cpu()`,
# or the tensor.
#
# The first exception has a trap in it. `torch.tensor(1.0)` is welcome and `torch.tensor([1.0])` is not, so code can
# work for months and stop on the day when a number becomes a vector of one.
#
# ### 6.6 · Repair a calculation on two devices
# *2 points · about 8 minutes*
#
# This function says which share of guesses is right. `scores` has shape `(n, classes)`, with `n` at least 1, and the
# guess for each row is the class with the largest score; `labels`, of shape `(n,)`, says which class is right.
#
# ```python
# def mend_mixed_devices(scores, labels):
#     right = torch.zeros(len(labels))
#     right[scores.argmax(dim=1) == labels] = 1
#     return right.mean().cuda()
# ```
#
# With scores and labels on the CPU it does find the share, but the result lands on the GPU, and a machine without one
# stops there. With scores on the GPU it stops earlier. Write a version that works for scores on any device, with the
# labels on the same device or on another. The result, float32 without axes, belongs **on the device of the scores**.
# Change neither input.
#
# For example, scores `[[0.1, 0.9], [0.2, 0.8]]` and labels `[1, 0]` give `tensor(0.5000)`, on the GPU if the scores
# are there.
#
# <details><summary>Hint 1</summary>Three tensors meet: guesses, labels, <code>right</code>. Which of them follow the
# scores by themselves?</details>
# <details><summary>Hint 2</summary>Move the labels to <code>scores.device</code>, and do not forget to keep the
# result.</details>
# <details><summary>Hint 3</summary>The comparison gives a tensor of True and False in the right place;
# <code>.float().mean()</code> of it is the share, so <code>right</code> is not needed.</details>


# %% solution="mend_mixed_devices"
def mend_mixed_devices(scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Share of rows of `scores` (n, classes) whose largest entry is at `labels` (n,); on the device of `scores`."""
    ### BEGIN SOLUTION
    return (scores.argmax(dim=1) == labels.to(scores.device)).float().mean()
    ### END SOLUTION


# %% check="mend_mixed_devices" points=1
with check("mend_mixed_devices"):
    for device in devices():
        rows = [[0.1, 0.9, 0.0, 0.0], [0.2, 0.8, 0.0, 0.0], [0.7, 0.1, 0.2, 0.0], [0.1, 0.2, 0.1, 0.95]]
        table, want = torch.tensor(rows, device=device), torch.tensor(3 / 4, device=device)
        truth, elsewhere = torch.tensor([1, 0, 0, 3], device=device), torch.tensor([1, 0, 0, 3])
        elsewhere = elsewhere.cuda() if device.type == "cpu" else elsewhere
        usual = {"device_hard_coded": want.cuda(), "brought_back": want.cpu()}
        usual |= {"count_for_share": 4 * want, "percent_for_share": 100 * want}
        usual |= {"wrong_axis": want - 1 / 4, "wrong_ones_counted": want - 1 / 2}
        expect(mend_mixed_devices(table, truth), want, mistakes=usual)
        expect(mend_mixed_devices(table, elsewhere), want, mistakes={"place_of_labels": want.to(elsewhere.device)})

# %% hidden="mend_mixed_devices" points=1 checks="labels on the GPU, one row, none right, all right, input unchanged"
with check("mend_mixed_devices"):
    for device in devices():
        for place in (device.type, "cuda" if device.type == "cpu" else "cpu"):
            for n, classes, shift in [(7, 3, 0), (1, 4, 1), (8, 2, 1), (12, 5, 0)]:
                scores = randn(classes, n, device=device, seed=n).T
                best = [max(range(classes), key=row.__getitem__) for row in scores.tolist()]
                guessed = [(each + (shift or i % 3 == 0)) % classes for i, each in enumerate(best)]
                labels = torch.tensor(guessed, device=place)
                before = scores.clone(), labels.clone()
                share = sum(guess == each for guess, each in zip(best, guessed, strict=True)) / n
                want = torch.tensor(share, device=device)
                usual = {"device_hard_coded": want.cuda(), "brought_back": want.cpu()}
                usual = usual if labels.device == device else {"place_of_labels": want.to(place)}
                expect(mend_mixed_devices(scores, labels), want, mistakes=usual)
                expect((scores, labels), before, mistake="input_changed")

# %% [markdown]
# ## 5 · Back again
#
# NumPy, matplotlib and scikit-learn know only the CPU's memory. Asked for an array, a GPU tensor refuses and says
# what to do:

# %% raises="TypeError"
g.numpy()

# %% [markdown]
# *Use Tensor.cpu() to copy the tensor to host memory first*: the **host** is the CPU. The refusal is deliberate, for
# the same reason as before: a slow copy should be written in the code, where somebody can see it.

# %%
print(g.cpu().numpy())
print(g.sum().item(), g.tolist())

# %% [markdown]
# `.item()` and `.tolist()` do copy by themselves: they make Python numbers, which cannot live anywhere else. Printing
# copies as well. Lesson 05 had a second refusal, for tensors that autograd watches; both together need
# `x.detach().cpu().numpy()`.
#
# To compare two tensors, bring them to one device first. `torch.testing.assert_close` looks at the device too:

# %% raises="AssertionError"
torch.testing.assert_close(x, g)

# %% [markdown]
# The numbers are equal, and the comparison fails all the same: *The values for attribute 'device' do not match*.
#
# ### 6.7 · One array from many parts
# *2 points · about 6 minutes*
#
# A model's predictions arrive batch by batch, and you want to plot them all. `parts` is a list of at least one
# tensor: of shapes `(n, m)` with the same `m` and perhaps different `n`, of one dtype, on any devices, even on
# different ones, and autograd may watch some of them. Return one NumPy array with all rows in order. It has memory of
# its own: writing into it changes no part.
#
# For example, a part `[[1., 2.]]` on the GPU and a part `[[3., 4.], [5., 6.]]` on the CPU give
# `array([[1., 2.], [3., 4.], [5., 6.]], dtype=float32)`.
#
# <details><summary>Hint 1</summary><code>torch.cat</code> joins rows, and it too wants all tensors in one
# place.</details>
# <details><summary>Hint 2</summary>Each part needs <code>.detach()</code> and <code>.cpu()</code>.</details>
# <details><summary>Hint 3</summary><code>torch.cat([part.… for part in parts])</code>, and then
# <code>.numpy()</code>. Joining copies.</details>


# %% solution="to_array"
def to_array(parts: list[torch.Tensor]) -> np.ndarray:
    """All rows of the tensors in `parts`, (n, m) each, as one array with memory of its own."""
    ### BEGIN SOLUTION
    return torch.cat([part.detach().cpu() for part in parts]).numpy()
    ### END SOLUTION


# %% check="to_array" points=1
with check("to_array"):
    for device in devices():
        pieces = [torch.tensor([[1.0, 2.0]], device=device), torch.tensor([[3.0, 4.0], [5.0, 6.0]]).requires_grad_()]
        got = to_array(pieces)
        expect(type(got).__name__, "ndarray", mistake="not_an_array")
        expect(torch.from_numpy(got), [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    alone = torch.tensor([[7.0, 8.0]])
    to_array([alone])[0, 0] = 99
    expect(alone, [[7.0, 8.0]], mistake="view_for_copy")

# %% hidden="to_array" points=1 checks="one part, watched parts, integers, no rows, other devices, own memory"
with check("to_array"):
    for device in devices():
        first, second, third = (randn(n, 3, device=device, seed=n) for n in (2, 0, 5))
        watched = randn(1, 3, device=device).requires_grad_()
        counts = torch.tensor([[4, -1]], device=device)
        for parts in ([first], [first, second, third], [third.cpu(), watched * 2], [watched], [counts, counts.cpu()]):
            before = [each.detach().clone() for each in parts]
            rows = [row for each in before for row in each.tolist()]
            want = torch.tensor(rows, dtype=before[0].dtype)
            got = to_array(parts)
            expect(type(got).__name__, "ndarray", mistake="not_an_array")
            expect(torch.from_numpy(got), want)
            got[0, 0] = 99
            for each, old in zip(parts, before, strict=True):
                expect(torch.equal(each.detach(), old), True, mistake="view_for_copy")

# %% [markdown]
# ### 6.8 · Multiply there, return here
# *2 points · about 6 minutes*
#
# A matrix product is worth the trip if the matrices are large. `a` has shape `(n, k)`, `b` has shape `(k, m)`, both
# are float32, on any device, and not always on the same one. Multiply them **on `device`**. Return a tuple: the
# product, shape `(n, m)`, **on the CPU**, and the `torch.device` on which it was computed. As long as the product is
# there, it knows that device. Leave both inputs as they were.
#
# For example, `matmul_on(torch.ones(1, 2), torch.ones(2, 1), "cuda")` gives
# `(tensor([[2.]]), device(type='cuda', index=0))`.
#
# <details><summary>Hint 1</summary>Three steps: move both, multiply, come back. Between the second and the third you
# know the place.</details>
# <details><summary>Hint 2</summary>Give the product on the device a name, and ask it for
# <code>.device</code>.</details>
# <details><summary>Hint 3</summary><code>product = a.to(device) @ b.to(device)</code></details>


# %% solution="matmul_on"
def matmul_on(a: torch.Tensor, b: torch.Tensor, device: torch.device | str) -> tuple[torch.Tensor, torch.device]:
    """`a` (n, k) @ `b` (k, m), computed on `device`: the product on the CPU, and where it was computed."""
    ### BEGIN SOLUTION
    product = a.to(device) @ b.to(device)
    return product.cpu(), product.device
    ### END SOLUTION


# %% check="matmul_on" points=1
with check("matmul_on"):
    for name, other in [("cuda", "cpu"), ("cpu", "cuda")]:
        wide, tall = torch.tensor([[1.0, 2.0], [3.0, 4.0]], device=other), torch.tensor([[1.0], [10.0]])
        want, there = torch.tensor([[21.0], [43.0]]), torch.zeros(1, device=name).device
        usual = {
            "left_on_gpu": (want.cuda(), there),
            "computed_elsewhere": (want, torch.zeros(1, device=other).device),
            "name_for_place": (want, torch.device("cuda")),
            "hadamard_for_matmul": (torch.tensor([[1.0, 2.0], [30.0, 40.0]]), there),
        }
        expect(matmul_on(wide, tall, name), (want, there), mistakes=usual)

# %% hidden="matmul_on" points=1 checks="inputs apart, one row, nothing inside, the CPU as device, input unchanged"
with check("matmul_on"):
    for device in devices():
        for here, there in [("cpu", "cuda"), ("cuda", "cpu"), ("cuda", "cuda")]:
            for n, k, m in [(3, 4, 2), (1, 5, 1), (2, 0, 3), (2, 2, 2)]:
                a, b = randn(k, n, device=here).T, randn(k, m, device=there, seed=1)
                before = a.clone(), b.clone()
                left, right = a.cpu(), b.cpu()
                want = torch.zeros(n, m)
                for i in range(n):
                    for j in range(m):
                        want[i, j] = (left[i] * right[:, j]).sum()
                usual = {
                    "computed_elsewhere": (want, a.device),
                    "left_on_gpu": (want.to(device), device),
                }
                expect(matmul_on(a, b, device), (want, device), mistakes=usual, rtol=1e-4)
                expect((a, b), before, mistake="input_changed")

# %% [markdown]
# ## 6 · Models and data
#
# To run a model on the GPU, two things must be there: its weights and its input. Two lines do it, and they look alike
# although the first changes something and the second makes something:
#
# ```python
# model.to(device)      # in place: no new name is needed
# x = x.to(device)      # a copy: without the new name it is lost
# ```

# %%
model = torch.nn.Linear(4, 2).to("cuda")
measurements = torch.ones(3, 4)
output = model(measurements.to("cuda"))
print(output.device, measurements.device)

# %% folded="Drawing where everything is"
draw_memories(
    "The measurements are in the CPU's memory. The model's weight and bias are in the GPU's, and so is the output, "
    "since that is where it was computed.",
    measurements=measurements,
    weight=model.weight,
    bias=model.bias,
    output=output,
)

# %% [markdown]
# The copy of the measurements was needed only for the calculation; nobody kept it, and its memory is free again.
#
# ### 6.9 · Model and data
# *2 points · about 6 minutes*
#
# `model` is a module and `x` its input. Each may be on any device when you get it. Move the model to `device`, and
# return its output for `x`, which stays on `device`. Afterwards the model that you were given is on `device`, and `x`
# is where it was.
#
# For example, with `model = torch.nn.Linear(3, 2)`, `model_and_data(model, torch.ones(1, 3), "cuda")` has shape `(1,
# 2)` and is on `cuda:0`, and so is `model.weight`.
#
# <details><summary>Hint 1</summary>One of the two moves in place. The other moves by copy.</details>
# <details><summary>Hint 2</summary>The copy of <code>x</code> is what the model is called with.</details>
# <details><summary>Hint 3</summary><code>model.to(device)</code> as a line of its own, then
# <code>model(x.to(device))</code>.</details>


# %% solution="model_and_data"
def model_and_data(model: torch.nn.Module, x: torch.Tensor, device: torch.device | str) -> torch.Tensor:
    """The output of `model` for `x`, computed and left on `device`; the model has moved there."""
    ### BEGIN SOLUTION
    model.to(device)
    return model(x.to(device))
    ### END SOLUTION


# %% check="model_and_data" points=1
with check("model_and_data"):
    for goal in devices():
        for begins in devices():
            small = torch.nn.Linear(3, 2)
            want = torch.ones(1, 3) @ small.weight.detach().T + small.bias.detach()
            usual = {"brought_back": want, "device_hard_coded": want.cuda()}
            got = model_and_data(small.to(begins), torch.ones(1, 3), goal)
            expect(got, want.to(goal), mistakes=usual, rtol=1e-4)
            expect(small.weight.device == goal, True, mistake="model_left_behind")

# %% hidden="model_and_data" points=1 checks="that the model moved, every start, the CPU as device, a batch of one"
with check("model_and_data"):
    for device in devices():
        for begins, lies in [("cpu", "cuda"), ("cuda", "cpu"), ("cpu", "cpu"), ("cuda", "cuda")]:
            for n in (1, 4):
                model = torch.nn.Linear(3, 2).to(begins)
                x = randn(n, 3, device=lies, seed=n)
                before = x.clone()
                want = x.cpu() @ model.weight.detach().cpu().T + model.bias.detach().cpu()
                usual = {"brought_back": want, "device_hard_coded": want.cuda()}
                expect(model_and_data(model, x, device), want.to(device), mistakes=usual, rtol=1e-4)
                expect(model.weight.device == device, True, mistake="model_left_behind")
                expect(x, before, mistake="input_changed")

# %% [markdown]
# ## 7 · Time
#
# The CPU does not calculate on the GPU; it **hands over** work. `a @ b` puts the product into the GPU's queue and
# returns at once, while the GPU may still be busy with something earlier. The CPU goes on and waits only when it
# needs a result: at `.item()`, `.tolist()`, `.cpu()`, `print`, or when you say so, by `torch.cuda.synchronize()`.

# %% folded="Drawing the queue"
launch, lasts = 1.0, 4.0
figure, axis = plt.subplots(figsize=(8, 2.3))
for i in range(3):
    axis.barh(1, launch, left=i * launch, height=0.5, facecolor="none", edgecolor="black", hatch="//")
    axis.text(i * launch + 0.35, 1.32, f"hand over {i + 1}", ha="left", va="bottom", fontsize=8, rotation=25)
    axis.barh(0, lasts, left=launch + i * lasts, height=0.5, facecolor="none", edgecolor="black")
    axis.text(launch + i * lasts + lasts / 2, 0, f"product {i + 1}", ha="center", va="center")
end = launch + 3 * lasts
axis.barh(1, end - 3 * launch, left=3 * launch, height=0.5, facecolor="none", edgecolor="black", linestyle=":")
axis.text((3 * launch + end) / 2, 1, "synchronize: waits", ha="center", va="center")
axis.set(yticks=[0, 1], yticklabels=["GPU", "CPU"], xlabel="time", xticks=[3 * launch, end], ylim=(-0.4, 2.3))
axis.set_xticklabels(["handed over", "done"])
for side in ("top", "right"):
    axis.spines[side].set_visible(False)
picture(
    figure,
    "Two lines over time. The CPU hands over three products, one after the other, in short hatched pieces, and has soon "
    "finished: handed over. The GPU works on them one after the other, much longer: done. synchronize makes the CPU wait "
    "until then.",
)

# %% [markdown]
# A clock that is read too early shows how long handing over takes, and not how long the work takes. That is the
# commonest mistake in timing GPUs, and it makes them look better than they are:

# %%
import time

a = torch.rand(600, 600, device="cuda")
a @ a  # the first call of its kind prepares things; never count it
torch.cuda.synchronize()

start = time.perf_counter()
a @ a
handed_over = time.perf_counter() - start
torch.cuda.synchronize()
done = time.perf_counter() - start
print(f"handed over after {handed_over * 1e6:.0f} µs, done after {done * 1e6:.0f} µs")
if simulated():
    print("Nearly the same: the simulated GPU has no queue, each calculation is done when it returns.")

# %% [markdown]
# So an honest measurement has four parts:
#
# 1. a call that does not count, since the first one loads libraries and reserves memory;
# 2. `synchronize`, so that nothing is left in the queue, and only then the first look at the clock;
# 3. the work;
# 4. `synchronize` again, and only then the second look.
#
# `torch.accelerator.synchronize()` does the same for whichever device there is.
# `torch.cuda.Event(enable_timing=True)` is a stopwatch inside the queue: one is recorded before the work, one after
# it, and `elapsed_time` says the milliseconds between them.

# %%
first, second = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
first.record()
a @ a
second.record()
torch.accelerator.synchronize()
print(f"{first.elapsed_time(second):.3f} ms" + " (the CPU's time, since this GPU is simulated)" * simulated())

# %% [markdown]
# ### 6.10 · A fair timer
# *3 points · about 12 minutes*
#
# Write the timer. It is handed three functions without arguments: `work` does what is to be timed, or hands it over;
# `synchronize` waits until all that was handed over is done; `clock` gives the time in seconds. Return how many
# seconds one call of `work` takes until it is **done**, as a `float`. Call `work` twice, and count only the second
# call.
#
# With `torch.cuda.synchronize` and `time.perf_counter` it times a GPU. The check hands in a made-up GPU, whose clock
# moves only when something happens, so that everybody gets the same numbers. For example: handing over takes 1
# second, the work 10, and the first call 50 more. A fair timer says `11.0`.
#
# <details><summary>Hint 1</summary>Write down the four parts above, one line each. Which of the three functions is
# each?</details>
# <details><summary>Hint 2</summary>Functions that are handed in are called like others: <code>work()</code>,
# <code>clock()</code>.</details>
# <details><summary>Hint 3</summary>The first <code>work()</code> needs a <code>synchronize()</code> after it, or its
# rest is counted. Then <code>start = clock()</code>, work, wait, and <code>clock() - start</code>.</details>


# %% solution="fair_timer"
def fair_timer(work, synchronize, clock) -> float:
    """Seconds that the second call of `work` takes until it is done."""
    ### BEGIN SOLUTION
    work()
    synchronize()
    start = clock()
    work()
    synchronize()
    return clock() - start
    ### END SOLUTION


# %% check="fair_timer" points=1
with check("fair_timer"):
    moment = {"cpu": 0.0, "gpu": 0.0, "first": 50.0}

    def hand_over():
        moment["cpu"] += 1  # handing over
        moment["gpu"] = max(moment["cpu"], moment["gpu"]) + 10 + moment["first"]  # when the GPU will be done
        moment["first"] = 0.0

    def pause():
        moment["cpu"] = max(moment["cpu"], moment["gpu"])

    got = fair_timer(hand_over, pause, lambda: moment["cpu"])
    usual = {"not_synchronised": 1.0, "queue_not_empty": 70.0, "warm_up_counted": 61.0}
    usual["both_counted"] = 71.0 if got == 71.0 else 72.0
    if isinstance(got, float) and 0 < got < 1:  # the clock that is handed in shows whole seconds
        usual["own_clock"] = got
    expect(got, 11.0, mistakes=usual)

# %% hidden="fair_timer" points=2 checks="other durations, a full queue, two measurements, how often work was called"
with check("fair_timer"):
    for handing, lasts, first, waiting in [(2.0, 7.0, 30.0, 0.0), (0.5, 0.25, 8.0, 100.0), (4.0, 0.0, 0.0, 9.0)]:
        moment = {"cpu": 3.0, "gpu": 3.0 + waiting, "first": first, "calls": 0.0}

        def work(handing=handing, lasts=lasts, moment=moment):
            moment["cpu"] += handing
            moment["gpu"] = max(moment["cpu"], moment["gpu"]) + lasts + moment["first"]
            moment["first"] = 0.0
            moment["calls"] += 1

        def synchronize(moment=moment):
            moment["cpu"] = max(moment["cpu"], moment["gpu"])

        for times in (1, 2):
            seconds = fair_timer(work, synchronize, lambda moment=moment: moment["cpu"])
            usual = {"not_synchronised": handing} if lasts else {}
            usual |= {"own_clock": seconds} if isinstance(seconds, float) and 0 < seconds < 0.4 else {}
            expect(seconds, handing + lasts, mistakes=usual)
            expect(moment["calls"], 2.0 * times, mistake="called_otherwise")

# %% [markdown]
# ### When is it worth it?
#
# Handing over costs the same for a small calculation as for a large one, some microseconds. The bus costs time for
# each byte. Against that stands how fast each device multiplies. The next cell times `a @ a` for square matrices of
# growing size `n`: on one core of the CPU here, and, if there is a real GPU, on that one, once with the matrices
# already there and once with the way there and back.
#
# Where the GPU is simulated there is nothing to measure. Then the cell draws **a model, not a measurement**: what an
# NVIDIA T4, the GPU that Colab lends, would take under these assumptions.
#
# | assumption | value | from |
# | --- | --- | --- |
# | from handing over to the start | 20 µs | an example in an article of NVIDIA's, on a V100 |
# | float32 operations a second | 8.1 · 10¹² | the peak that is published for the T4 |
# | bytes over the bus a second | 16 · 10⁹ each way | the most that its bus, PCIe 3.0 with 16 lanes, can carry, rounded up |
#
# A product of two n × n matrices takes 2n³ operations, n² entries take 4n² bytes, and one matrix travels there and
# one back. So the model says 20 µs + 2n³ / 8.1 · 10¹² s, and for the way 8n² / 16 · 10⁹ s more. It leaves out that no
# product reaches the peak, small ones least of all, and that a copy has a start-up time of its own. With large
# matrices a real T4 is slower than this, and how long handing over takes depends on the rest of the machine. The
# article is *[about launch
# latency](https://developer.nvidia.com/blog/understanding-the-visualization-of-overhead-and-latency-in-nsight-systems/)*.


# %% folded="Measuring and drawing time against size"
def best_time(work, wait) -> float:
    """The shortest of a few honest measurements: everything that disturbs one makes it longer."""
    work()
    times = []
    while len(times) < 3 or (sum(times) < 0.05 and len(times) < 50):
        wait()
        start = time.perf_counter()
        work()
        wait()
        times.append(time.perf_counter() - start)
    return min(times)


def square_there(a: torch.Tensor) -> torch.Tensor:
    """`a @ a`, computed on the GPU: one matrix goes there, one comes back."""
    there = a.cuda()
    return (there @ there).cpu()


sizes = [16, 32, 64, 128, 256, 512, 1024]
squares = [torch.rand(n, n) for n in sizes]
threads = torch.get_num_threads()
torch.set_num_threads(1)  # several cores disturb each other, most of all on a machine that is busy
on_cpu = [best_time(lambda a=a: a @ a, lambda: None) for a in squares]
torch.set_num_threads(threads)
if simulated():
    kind = "T4: a model, not a measurement"
    on_gpu = [20e-6 + 2 * n**3 / 8.1e12 for n in sizes]
    with_trip = [there + 8 * n**2 / 16e9 for n, there in zip(sizes, on_gpu, strict=True)]
else:
    kind = f"{torch.cuda.get_device_name(0)}: measured here"
    on_gpu = [best_time(lambda a=a: a @ a, torch.cuda.synchronize) for a in [each.cuda() for each in squares]]
    with_trip = [best_time(lambda a=a: square_there(a), torch.cuda.synchronize) for a in squares]

figure, axis = plt.subplots(figsize=(7.5, 3.6))
curves = [
    (on_cpu, "o-", "tab:blue", "one core of the CPU: measured here"),
    (on_gpu, "s--", "tab:red", kind),
    (with_trip, "^:", "tab:red", "the same, with the way there and back"),
]
for times, style, colour, label in curves:
    axis.loglog(sizes, [each * 1e6 for each in times], style, color=colour, label=label)
axis.set(xlabel="n, for n × n matrices", ylabel="microseconds")
axis.set_xticks(sizes, [str(n) for n in sizes])
axis.minorticks_off()
axis.legend(frameon=False, loc="upper left")
axis.set_ylim(top=20 * max(on_cpu[-1], with_trip[-1]) * 1e6)
ends = [f"{times[0] * 1e6:.0f} to {times[-1] * 1e6:,.0f} µs" for times in (on_cpu, on_gpu, with_trip)]
picture(
    figure,
    f"Time of a @ a against n from {sizes[0]} to {sizes[-1]}, both axes logarithmic. "
    f"One core of the CPU, measured here: {ends[0]}. {kind}: {ends[1]}. The same with the way there and back: {ends[2]}. "
    "The GPU's curves begin flat, since handing over costs the same for all sizes.",
)

# %% [markdown]
# Three things to take from such a curve, whichever GPU it is from:
#
# - **Small work does not belong on a GPU.** On the left, handing over is all there is, and the CPU is as fast or
#   faster. If it used all its cores, its curve would be lower on the right.
# - **Large work does**: on the right the time grows with n³, and there the GPU's speed counts.
# - **Trips cost.** Move once, calculate a lot, come back once. An `.item()` or a `.cpu()` inside a loop makes the CPU
#   wait each time.
#
# ### Pinned memory
#
# A copy from the CPU can run while other work goes on, under two conditions. The CPU's memory must be **pinned**, so
# that the operating system cannot move it meanwhile, and you must say `non_blocking=True`: do not wait for the copy.

# %%
pinned = torch.rand(4, 2).pin_memory()
print(pinned.is_pinned(), pinned.device, torch.rand(4, 2).is_pinned())
print(pinned.to("cuda", non_blocking=True).device)
torch.cuda.synchronize()
if simulated():
    print("The simulated GPU only remembers that this was asked for: nothing is pinned, and a copy is done at once.")

# %% [markdown]
# Pinned memory is still the CPU's. Pinning is itself a copy, and no other program can use that memory meanwhile, so
# it pays for batches that a loader prepares in the background (`DataLoader(…, pin_memory=True)`, lesson 09), not for
# a single tensor. Calculations on the GPU come after the copy in its queue, so they are safe, as long as you write
# nothing new into the pinned tensor before the copy is done. The other direction is not: after `y = g.to("cpu",
# non_blocking=True)` the numbers in `y` may not have arrived when you look. Call `synchronize` first, or leave
# `non_blocking` out.
#
# ## 8 · The GPU's memory
#
# A GPU has less memory than one would like. `torch.cuda.memory_allocated()` says how many bytes your tensors take
# there at the moment. (The simulated GPU counts as CUDA does, and the bytes are in your computer's own memory.)

# %%
at_first = torch.cuda.memory_allocated()
steps = {"at first": 0}
big = torch.zeros(512, 512, device="cuda")
steps["big = zeros(512, 512)"] = torch.cuda.memory_allocated() - at_first
twice = big * 2
steps["twice = big * 2"] = torch.cuda.memory_allocated() - at_first
row = big[0]
steps["row = big[0]"] = torch.cuda.memory_allocated() - at_first
del twice
steps["del twice"] = torch.cuda.memory_allocated() - at_first
del big
steps["del big"] = torch.cuda.memory_allocated() - at_first
row = row.clone()
steps["row = row.clone()"] = torch.cuda.memory_allocated() - at_first
del row
steps["del row"] = torch.cuda.memory_allocated() - at_first
for what, taken in steps.items():
    print(f"{what:22} {taken:>9,} bytes")

# %% folded="Drawing the memory in use"
figure, axis = plt.subplots(figsize=(7.5, 2.8))
axis.barh(list(steps), list(steps.values()), facecolor="none", edgecolor="black", hatch="//")
axis.invert_yaxis()
for place, taken in enumerate(steps.values()):
    axis.text(taken + 20_000, place, f"{taken:,}", va="center")
axis.set(xlabel="bytes on the GPU" + " (simulated)" * simulated(), xlim=(0, 2_700_000))
axis.xaxis.set_major_formatter("{x:,.0f}")
for side in ("top", "right"):
    axis.spines[side].set_visible(False)
picture(
    figure,
    "Bytes in use after each step: "
    + "; ".join(f"{what} {taken:,}" for what, taken in steps.items())
    + ". A view adds nothing, and keeps all that memory alive after its base is deleted; its clone takes only its own.",
)

# %% [markdown]
# `512 · 512 · 4` is 1,048,576: that is `big`. The row is a **view** and costs nothing, but it kept all of `big` alive
# after that name was deleted. Its clone has a memory of its own, so the rest could go. (Memory is handed out in
# blocks of 512 bytes; a single number takes 512.)
#
# `torch.cuda.max_memory_allocated()` says how much it was at most so far. Asking for more than there is raises an
# `OutOfMemoryError`:
#
# ```
# CUDA out of memory. Tried to allocate … GiB. GPU 0 has a total capacity of … GiB …
# ```
#
# *Tried to allocate …* is the size of the one tensor that did not fit, and often tells you which it was. *has a total
# capacity of …* is what the GPU has. The cure is usually a smaller batch; or look for a list that keeps tensors where
# `.item()` would do.
#
# ### 6.11 · Bytes on each device
# *2 points · about 8 minutes*
#
# Where has the memory gone? Return a dictionary that says for each device how many bytes the entries of the tensors
# there take, all together. The keys are the devices' names as text, such as `"cpu"` and `"cuda:0"`; devices without
# tensors do not occur. Count for each tensor its own entries, whatever it shares with others. The tensors have any
# dtype and shape, and the list may be empty. Leave the list and its tensors as they were.
#
# For example, two float32 tensors of shape `(2, 3)` on the CPU and an int64 tensor of shape `(5,)` on the GPU give
# `{"cpu": 48, "cuda:0": 40}`.
#
# <details><summary>Hint 1</summary>Start with an empty dictionary and go through the tensors. Exercise 1.13 has the
# bytes of one.</details>
# <details><summary>Hint 2</summary><code>str(x.device)</code> is the name.</details>
# <details><summary>Hint 3</summary><code>total.get(name, 0)</code> is what was counted there so far, or 0.</details>


# %% solution="device_bytes"
def device_bytes(tensors: list[torch.Tensor]) -> dict[str, int]:
    """Bytes that the entries of the tensors take, by the name of their device."""
    ### BEGIN SOLUTION
    total: dict[str, int] = {}
    for x in tensors:
        name = str(x.device)
        total[name] = total.get(name, 0) + x.numel() * x.element_size()
    return total
    ### END SOLUTION


# %% check="device_bytes" points=1
with check("device_bytes"):
    counts = torch.zeros(5, dtype=torch.int64, device="cuda")
    gpu = str(counts.device)
    given = [torch.zeros(2, 3), torch.ones(4, 3)[:2], counts]
    usual = {"entries_not_bytes": {"cpu": 12, gpu: 5}, "sum_overwritten": {"cpu": 24, gpu: 40}}
    usual |= {"four_bytes_assumed": {"cpu": 48, gpu: 20}, "index_left_out": {"cpu": 48, "cuda": 40}}
    usual |= {"blocks_for_entries": {"cpu": 1024, gpu: 512}, "whole_storage": {"cpu": 72, gpu: 40}}
    before = tuple(each.clone() for each in given)
    expect(device_bytes(given), {"cpu": 48, gpu: 40}, mistakes=usual)
    expect(tuple(given), before, mistake="input_changed")
    got = device_bytes([])
    expect(got, {}, mistakes={"devices_without_tensors": got} if isinstance(got, dict) else {})

# %% hidden="device_bytes" points=1 checks="one device only, no tensors, views, no axis, nothing inside, small dtypes, input unchanged"
with check("device_bytes"):
    expect(device_bytes([]), {})
    for device in devices():
        table = torch.zeros(10, 4, device=device)
        tensors = [table[:, 0], torch.tensor(True, device=device), torch.zeros(3, dtype=torch.float16, device=device)]
        before = tuple(each.clone() for each in tensors)
        usual = {"whole_storage": {str(device): 160 + 1 + 6}}
        expect(device_bytes(tensors), {str(device): 40 + 1 + 6}, mistakes=usual)
        expect(tuple(tensors), before, mistake="input_changed")
        expect(device_bytes([table[:0], table, table]), {str(device): 320})
        expect(device_bytes([torch.ones(4, dtype=torch.uint8).to(device)] * 3), {str(device): 12})

# %% [markdown]
# ## 9 · The last digit
#
# Do both devices compute the same? Nearly. A float32 keeps about seven digits, so every addition is rounded, and
# **the order of the additions** decides how. A sum of a million numbers is added up in pieces, side by side, and a
# GPU cuts it into other pieces than a CPU. Here are three orders on the CPU alone, and the sum in float64 to compare:

# %%
numbers = torch.rand(1_000_000, generator=torch.Generator().manual_seed(8))
print(f"{numbers.sum().item():.4f}")
print(f"{numbers.reshape(1000, 1000).sum(0).sum().item():.4f}   columns first")
print(f"{np.cumsum(numbers.numpy())[-1]:.4f}   one after the other")
print(f"{numbers.double().sum().item():.4f}   in float64")

# %% [markdown]
# None of the first three is a mistake. So compare the results of two devices as in lesson 01: on one device, and with
# `torch.allclose` or `assert_close`, not with `==`.

# %%
a = torch.rand(300, 300, generator=torch.Generator().manual_seed(1))
here, there = a @ a, (a.cuda() @ a.cuda()).cpu()
print(torch.allclose(here, there, rtol=1e-4), (here - there).abs().max().item())
if simulated():
    print("Exactly 0, since the simulated GPU's sums are the CPU's. A real one differs in the last digits.")

# %% [markdown]
# Random numbers differ altogether: each device has a generator of its own, and one seed gives other numbers on a GPU
# than on the CPU. If both must see the same numbers, draw them on the CPU and move them. And a few calculations exist
# on one side only: CUDA has no matrix product for integers, `mps` no float64.
#
# ### 6.12 · One more (predict, then run)
# *1 point · about 3 minutes*
#
# Rounding is not a matter of the device. What do these lines print, on any of them? Return it as text, for example
# `"2.0"`.
#
# ```python
# big = torch.tensor(100_000_000.0)
# print(((big + 1) - big).item())
# ```
#
# <details><summary>Hint 1</summary>How many digits does float32 keep, and how many has 100,000,001?</details>
# <details><summary>Hint 2</summary>Near 100,000,000 the float32 numbers are 8 apart. Which of them is 100,000,001
# nearest to?</details>


# %% solution="one_more"
def one_more() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "0.0"
    ### END SOLUTION


# %% predict="one_more" points=1
with predict("one_more", lambda: one_more()):
    big = torch.tensor(100_000_000.0)
    print(((big + 1) - big).item())

# %% [markdown]
# ## 10 · Code for any device
#
# All of it in one pattern. A script decides once, at its top, and hands `device` on. Its functions ask their inputs:
#
# ```python
# device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
#
# model.to(device)                          # once
# for batch in batches:
#     x = batch["x"].to(device)             # each batch
#     noise = 0.1 * torch.randn_like(x)     # helpers follow x
#     output = model(x + noise)             # everything in one place
#     kept.append(output.detach().cpu())    # what is kept comes back
# ```
#
# ### 6.13 · Classify, anywhere
# *4 points · about 15 minutes*
#
# Put it together. `batches` is a list of at least one dictionary, with `"x"` of shape `(n, features)`, float32, and
# `"label"` of shape `(n,)`, int64, both on the CPU; `n` is at least 1 and may differ from batch to batch. `model`
# gives scores of shape `(n, classes)`, and the guess is the class with the largest score. Run the model **on
# `device`** and return a dictionary:
#
# - `"guesses"`: all guesses in order, a NumPy array of int64, shape `(total,)`;
# - `"share_right"`: the share of all guesses that are right, a Python `float`.
#
# Afterwards the model is on `device`, and the batches are as they were.
#
# For example, if a model's guesses are `[1, 0]` and `[2]` for labels `[1, 1]` and `[2]`, that gives
# `{"guesses": array([1, 0, 2]), "share_right": 0.666…}`.
#
# <details><summary>Hint 1</summary>You have done all the pieces: 6.4, 6.6, 6.7, 6.9. You may call those functions,
# but check their shapes.</details>
# <details><summary>Hint 2</summary>Collect the guesses of each batch in a list, on the CPU, and join them at the end.
# Do the same with the labels.</details>
# <details><summary>Hint 3</summary>The mean of the batches' shares is not the share of all: a batch of one would
# count as much as a batch of a hundred. Compare all guesses with all labels, and take <code>.item()</code>.</details>


# %% solution="classify"
def classify(model: torch.nn.Module, batches: list[dict[str, torch.Tensor]], device: torch.device | str) -> dict:
    """The model's `guesses` for all batches, an int64 array (total,), and the `share_right` of them, a float."""
    ### BEGIN SOLUTION
    model.to(device)
    guesses = torch.cat([model(batch["x"].to(device)).argmax(dim=1).cpu() for batch in batches])
    labels = torch.cat([batch["label"] for batch in batches])
    return {"guesses": guesses.numpy(), "share_right": (guesses == labels).float().mean().item()}
    ### END SOLUTION


# %% check="classify" points=1
with check("classify"):
    echo = torch.nn.Linear(3, 3, bias=False)
    torch.nn.init.eye_(echo.weight)  # so it gives back what it is given: here x holds the scores
    given = [
        {"x": torch.tensor([[0.0, 5.0, 1.0], [3.0, 1.0, 2.0]]), "label": torch.tensor([1, 1])},
        {"x": torch.tensor([[0.0, 1.0, 4.0]]), "label": torch.tensor([2])},
    ]
    for goal in devices():
        got = classify(echo, given, goal)
        expect(dict.fromkeys(got) if isinstance(got, dict) else got, {"guesses": None, "share_right": None})
        expect(type(got["guesses"]).__name__, "ndarray", mistake="not_an_array")
        largest = torch.tensor([5.0, 3.0, 4.0])
        expect(torch.from_numpy(got["guesses"]), [1, 0, 2], mistakes={"values_for_indices": largest})
        shares = {"mean_of_batches": 0.75, "count_for_share": 2.0}
        shares |= {"percent_for_share": 200 / 3, "wrong_ones_counted": 1 / 3}
        expect(got["share_right"], 2 / 3, mistakes=shares)
        expect(echo.weight.device == goal, True, mistake="model_left_behind")

# %% hidden="classify" points=3 checks="a real model, one batch, a batch of one, that the model moved, batches unchanged"
with check("classify"):
    for device in devices():
        for sizes, begins in [((4, 1, 7), "cpu"), ((3,), "cuda"), ((1, 1), "cpu"), ((2, 6), "cuda")]:
            model = torch.nn.Linear(5, 3).to(begins)
            weight, bias = model.weight.detach().cpu(), model.bias.detach().cpu()
            batches, best, right, shares = [], [], 0, []
            for size in sizes:
                x = randn(size, 5, seed=size)
                mine = [int(torch.argmax(weight @ row + bias)) for row in x]
                label = [(guess + (i % 2)) % 3 for i, guess in enumerate(mine)]
                hits = sum(guess == each for guess, each in zip(mine, label, strict=True))
                batches.append({"x": x, "label": torch.tensor(label)})
                best, right, shares = best + mine, right + hits, [*shares, hits / size]
            before = [{key: each.clone() for key, each in batch.items()} for batch in batches]
            got = classify(model, batches, device)
            expect(type(got["guesses"]).__name__, "ndarray", mistake="not_an_array")
            expect(torch.from_numpy(got["guesses"]), torch.tensor(best))
            usual = {"mean_of_batches": sum(shares) / len(shares)}
            expect(got["share_right"], right / sum(sizes), mistakes=usual)
            expect(model.weight.device == device, True, mistake="model_left_behind")
            for batch, old in zip(batches, before, strict=True):
                expect(batch, old, mistake="input_changed")

# %% [markdown]
# ## What you can do now
#
# | you want | call |
# | --- | --- |
# | to know what is there | `torch.cuda.is_available()`, `device_count()`, `get_device_name(0)`, `torch.accelerator.current_accelerator(check_available=True)` |
# | a device | `torch.device("cuda")`; compare `.type`, not the whole |
# | to know where a tensor is | `x.device`, `x.is_cuda` |
# | a tensor elsewhere | `y = x.to(device)`, `x.to(other)`, `x.cuda()`, `x.cpu()`: a copy, to be kept |
# | a module elsewhere | `module.to(device)`: in place |
# | a tensor made in the right place | `device=x.device`, `zeros_like(x)`, `x.new_zeros(3)` |
# | an array | `x.detach().cpu().numpy()` |
# | Python numbers | `x.item()`, `x.tolist()`: they wait and copy |
# | honest times | one call that does not count, `torch.cuda.synchronize()` before and after |
# | copies while other work goes on | `x.pin_memory()`, `.to(device, non_blocking=True)` |
# | to know what takes the memory | `torch.cuda.memory_allocated()`, `max_memory_allocated()` |
# | to compare two devices' results | on one device, `torch.allclose`, `assert_close` |
#
# **To stretch yourself** (no points). Hand `fair_timer` real functions: a `work` that multiplies,
# `torch.cuda.synchronize`, and `time.perf_counter`. On Colab's GPU, find the `n` from which on `a @ a` is faster
# there than on its CPU, with and without the way there and back. How far is the model's curve from what you measure?
#
# **To read on.** PyTorch's pages *[CUDA semantics](https://docs.pytorch.org/docs/stable/notes/cuda.html)*, which tells
# all about the queue, and *[pinned memory and
# non_blocking](https://docs.pytorch.org/tutorials/intermediate/pinmem_nonblock.html)*, with measurements.
#
# **Next:** lesson 07, in which PyTorch finds the gradients.
