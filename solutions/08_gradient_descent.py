# %% [markdown]
# # 08 · Gradient descent by hand
#
# A network learns by taking many small steps. Before each one it asks in which direction its loss grows, and then it goes the
# other way. In this lesson you take these steps yourself, one line of code for each part, and arrive at PyTorch's own
# optimiser.
#
# **After this lesson you can**
#
# - write the update rule, and change a parameter in place without harming the graph;
# - say why `w = w - lr * w.grad` loses its gradient, and where gradients have to be cleared;
# - tell from a loss curve whether the learning rate is too small, right or too large;
# - write a training step from scratch, with and without momentum, and get what `optim.SGD` gets.
#
# **It takes** about 125 minutes; after section 4 is a good place for a break. **It needs** lesson 07.
#
# Run the cells from top to bottom. The next cell is folded away: it brings the checks and the pictures.

# %% [markdown]
# ## 1 · Down the slope
#
# Take `f(x) = x² + 20`. It is smallest at 0, where it is 20. Imagine that you do not know this: you stand at `x = 10`, in fog,
# and can feel only how steep the ground is.
#
# The slope of `x² + 20` is `2x`, so at 10 it is 20. It is positive: to the right it goes up. So you step to the left. How far?
# A little, in proportion to the slope. The share that you take of it is the **learning rate**, `lr` for short. With `lr = 0.1`
# the step is `0.1 · 20 = 2`, and you stand at 8.

# %%
import torch

lr = 0.1
x = torch.tensor(10.0)
places = [x]
for step in range(6):
    slope = 2 * x
    print(f"step {step}: x = {x:7.4f}   f = {x**2 + 20:8.4f}   slope = {slope:8.4f}")
    x = x - lr * slope
    places.append(x)
places = torch.stack(places)

# %% folded="Drawing the first steps"
import matplotlib.pyplot as plt

figure, axis = plt.subplots(figsize=(6.5, 3.2))
line = torch.linspace(-4, 11, 200)
axis.plot(line, line**2 + 20, color="black", linewidth=1)
axis.plot(places, places**2 + 20, "o--", color="black", linewidth=1, markersize=5)
for step, at in enumerate(places[:4].tolist()):
    axis.annotate(f"{step}: x = {at:.4g}", (at, at**2 + 20), (9, -5), textcoords="offset points")
axis.annotate("minimum: f(0) = 20", (0, 20), (-3.9, 50), arrowprops={"arrowstyle": "->", "color": "black"})
axis.set(xlabel="x", ylabel="f(x) = x² + 20", xlim=(-4, 13))
picture(
    figure,
    "The parabola x² + 20 with the places after 0 to 6 steps, at 10, 8, 6.4, 5.12 and so on down its right side. "
    "The steps become shorter as the slope becomes flatter.",
)

# %% [markdown]
# The steps become shorter by themselves, because the slope does. And the sign takes care of the direction: on the left side of
# the parabola the slope is negative, and subtracting something negative leads to the right.
#
# This is the **update rule**, the same for one number and for a billion:
#
# > new place = old place − learning rate · gradient
#
# With several numbers there is one slope for each of them. Together they are the **gradient**, a tensor of the same shape.
#
# ### 8.1 · One step
# *2 points · about 3 minutes*
#
# Return where one step of gradient descent leads: a new tensor of the shape, dtype and device of `w`. `grad` has the same
# shape and dtype as `w`; `lr` is a number. None of the tensors requires grad, the result included. Leave `w` and `grad` as they
# were.
#
# For example `w = [10., -3.]`, `grad = [20., -6.]` and `lr = 0.1` give `[8., -2.4]`.
#
# <details><summary>Hint 1</summary>Read the update rule again. All shapes agree, so no loop is needed.</details>
# <details><summary>Hint 2</summary><code>w -= …</code> would write into the caller's tensor. <code>w - …</code> makes a new
# one.</details>


# %% solution="one_step"
def one_step(w: torch.Tensor, grad: torch.Tensor, lr: float) -> torch.Tensor:
    """Where one step from `w` against `grad`, of the same shape, leads."""
    ### BEGIN SOLUTION
    return w - lr * grad
    ### END SOLUTION


# %% check="one_step" points=1
with check("one_step"):
    spot, uphill = torch.tensor([10.0, -3.0]), torch.tensor([20.0, -6.0])
    usual = {"uphill": spot + 0.1 * uphill, "rate_forgotten": spot - uphill, "step_for_place": 0.1 * uphill}
    usual |= {"step_negated": -0.1 * uphill, "rate_on_place": 0.1 * (spot - uphill)}
    expect(one_step(spot, uphill, 0.1), [8.0, -2.4], mistakes=usual)
    expect(spot, [10.0, -3.0], mistake="input_changed")

# %% hidden="one_step" points=1 checks="no axis, several axes, nothing inside, a learning rate of 0, float64, other devices"
with check("one_step"):
    for device in devices():
        for shape, lr in [((4,), 0.5), ((2, 3), 0.01), ((0,), 0.1), ((3, 1, 2), 2.0), ((5,), 0.0)]:
            for dtype in (torch.float32, torch.float64):
                w = randn(*shape, device=device).to(dtype)
                grad = (3 * randn(*shape[::-1], device=device, seed=1)).to(dtype)
                grad = grad.permute(*range(len(shape))[::-1])  # not contiguous where there are several axes
                before = w.clone(), grad.clone()
                want = torch.add(w, grad, alpha=-lr)
                got = one_step(w, grad, lr)
                expect(got, want, mistakes={"uphill": w + lr * grad, "rate_forgotten": w - grad})
                expect_requires_grad(got, False)
                expect_copy(got, w)
                expect((w, grad), before, mistake="input_changed")
        alone = one_step(torch.tensor(3.0, device=device), torch.tensor(-4.0, device=device), 0.25)
        expect(alone, torch.tensor(4.0, device=device))

# %% [markdown]
# ## 2 · Autograd finds the slope
#
# So far the slope came from a formula that you knew. From now on autograd computes it, as in lesson 07: `x` requires grad, the
# loss is computed from `x`, and `backward()` leaves the slope in `x.grad`.

# %%
x = torch.tensor(10.0, requires_grad=True)

loss = x**2 + 20
loss.backward()
print("slope:", x.grad)

with torch.no_grad():
    x -= 0.1 * x.grad
x.grad = None
print("after the step:", x)

# %% [markdown]
# Four moves: **forward** computes the loss, **backward** the gradient, the **update** moves `x`, and **clearing** makes room
# for the next gradient. In the update, `torch.no_grad()` says that this line is not part of the calculation whose slope we
# want, and `-=` changes `x` **in place**: the tensor stays, and its value changes.
#
# Both look as if they could be left out. Nearly everybody first writes the rule as books print it, `w = w - lr * w.grad`.
#
# ### 8.2 · What kind of tensor? (predict, then run)
# *1 point · about 2 minutes*
#
# What does the last of these lines print? Return it as text: for example `"False False"`, two answers with a space between
# them. Remember from lesson 07 which tensors are leaves: those that were made, and not calculated from a watched tensor.
#
# ```python
# w = torch.tensor(10.0, requires_grad=True)
# loss = w**2 + 20
# loss.backward()
# w = w - 0.1 * w.grad
# print(w.requires_grad, w.is_leaf)
# ```
#
# <details><summary>Hint 1</summary>The new <code>w</code> is made from the old one, outside of any
# <code>no_grad</code>.</details>
# <details><summary>Hint 2</summary>What is made from a tensor that requires grad requires grad as well, and has a
# <code>grad_fn</code>. A leaf that requires grad has none.</details>


# %% solution="still_a_leaf"
def still_a_leaf() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "True False"
    ### END SOLUTION


# %% predict="still_a_leaf" points=1
with predict("still_a_leaf", lambda: still_a_leaf()):
    w = torch.tensor(10.0, requires_grad=True)
    loss = w**2 + 20
    loss.backward()
    w = w - 0.1 * w.grad
    print(w.requires_grad, w.is_leaf)

# %% [markdown]
# ### Three ways to lose the gradient
#
# **One: a new tensor under the old name.** After `w = w - lr * w.grad` the name `w` stands for the result of a subtraction. Its
# value is right, and the first step looks fine. But `backward` leaves gradients only in leaves, and this tensor is not one. In
# the second round `w.grad` is `None`. PyTorch warns when you look; the cell catches the warning and prints how it begins.

# %%
import warnings

w = torch.tensor(10.0, requires_grad=True)
(w**2 + 20).backward()
w = w - 0.1 * w.grad  # step 1: a new tensor
print(w)

(w**2 + 20).backward()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    grad = w.grad
for each in caught:
    print(str(each.message).partition(" If you")[0])
print(grad)

# %% [markdown]
# `grad_fn=<SubBackward0>` gives it away: this tensor has a history. The old `w`, a leaf, is still there at the far end of it,
# and it got the gradient, but no name leads to it any more. So step 2 fails:

# %% raises="TypeError"
w - 0.1 * grad

# %% [markdown]
# *unsupported operand type(s) for \*: 'float' and 'NoneType'*: a number times `None`. If you see this in a training loop, look
# for a parameter that was assigned to with `=`.
#
# **Two: in place, without `no_grad`.** The change itself would become part of the graph, and then `w` would be no leaf any
# more. PyTorch refuses:

# %% raises="RuntimeError"
w = torch.tensor(10.0, requires_grad=True)
(w**2 + 20).backward()
w -= 0.1 * w.grad

# %% [markdown]
# *a leaf Variable that requires grad is being used in an in-place operation.* `Variable` is the old name of a tensor in
# autograd. (Older code writes `w.data -= …` here. It runs, but it hides the change from autograd, which then cannot warn you
# of a wrong gradient either. Use `no_grad`.)
#
# **Three: `no_grad`, but not in place.** Inside `no_grad` nothing is recorded, so the new tensor does not require grad, and the
# next loss has no graph:

# %% raises="RuntimeError"
w = torch.tensor(10.0, requires_grad=True)
(w**2 + 20).backward()
with torch.no_grad():
    w = w - 0.1 * w.grad
print(w, w.requires_grad)
(w**2 + 20).backward()

# %% [markdown]
# *element 0 of tensors does not require grad and does not have a grad_fn*: the tensor on which `backward` was called belongs
# to no graph.
#
# So you need both: `with torch.no_grad():`, and a change in place, by `-=` or a method whose name ends in `_`.
#
# | the update | what you hold afterwards |
# | --- | --- |
# | `w = w - lr * w.grad` | not a leaf: `.grad` stays `None` |
# | `w -= lr * w.grad` | an error |
# | `with torch.no_grad(): w = w - lr * w.grad` | requires no grad: the next `backward` is an error |
# | `with torch.no_grad(): w -= lr * w.grad` | the same leaf, moved |
#
# ### 8.3 · Move the parameters
# *2 points · about 5 minutes*
#
# `params` is a list of leaves that require grad. Take one step of gradient descent with each of them, **in place**, and clear
# its gradient: afterwards `.grad` is `None` or all zeros. A parameter whose `.grad` is `None` stays as it is. All of them must
# still be leaves that require grad. Return nothing. Do it by hand, without `torch.optim` and without `.data`.
#
# For example, with a parameter `w = [10., -3.]` whose `.grad` is `[20., -6.]`, `update_in_place([w], 0.1)` leaves
# `[8., -2.4]` in `w`.
#
# <details><summary>Hint 1</summary>Loop over the list. For each parameter do what the first cell of this section does after
# <code>backward</code>.</details>
# <details><summary>Hint 2</summary>Inside <code>with torch.no_grad():</code>, ask <code>if p.grad is not None</code>
# first.</details>
# <details><summary>Hint 3</summary><code>p -= lr * p.grad</code>, then <code>p.grad = None</code>. With
# <code>p = p - …</code> the list would still hold the old tensor.</details>


# %% solution="update_in_place"
def update_in_place(params: list[torch.Tensor], lr: float) -> None:
    """Move each parameter against its gradient, in place, and clear the gradient."""
    ### BEGIN SOLUTION
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad
                p.grad = None
    ### END SOLUTION


# %% check="update_in_place" points=1
with check("update_in_place"):
    w = torch.tensor([10.0, -3.0], requires_grad=True)
    w.grad = torch.tensor([20.0, -6.0])
    update_in_place([w], 0.1)
    usual = {"nothing_moved": torch.tensor([10.0, -3.0]), "uphill": torch.tensor([12.0, -3.6])}
    expect(w, [8.0, -2.4], mistakes=usual | {"rate_forgotten": torch.tensor([-10.0, 3.0])})
    expect(w.requires_grad, True, mistake="grad_switched_off")
    expect(torch.zeros(2) if w.grad is None else w.grad, [0.0, 0.0], mistake="grad_not_cleared")
    expect_uses(source_of("update_in_place"), "data", "optim", "SGD", most=0)

# %% hidden="update_in_place" points=1 checks="several parameters, some without a gradient, none at all, two rounds, other devices"
with check("update_in_place"):
    text = source_of("update_in_place")
    for device in devices():
        update_in_place([], 0.5)
        for lr in (0.1, 1.5):
            shapes = [(3, 2), (4,), (1,), (2, 2)]
            params = [randn(*shape, device=device, seed=i).requires_grad_() for i, shape in enumerate(shapes)]
            params.append(torch.tensor(2.0, device=device, requires_grad=True))
            for turn in range(2):
                before = [p.detach().clone() for p in params]
                for i, p in enumerate(params):
                    if i != 2 - turn:  # a parameter that took no part in the loss has no gradient
                        (p**2 * (i + 1)).sum().backward()
                slopes = [0 * p if i == 2 - turn else 2 * (i + 1) * p for i, p in enumerate(before)]
                update_in_place(params, lr)
                for p, old, slope in zip(params, before, slopes, strict=True):
                    expect(p, old - lr * slope, mistakes={"parameter_left_out": old})
                    expect(p.requires_grad, True, mistake="grad_switched_off")
                    left = torch.zeros_like(old) if p.grad is None else p.grad
                    expect(left, torch.zeros_like(old), mistake="grad_not_cleared")
    expect_uses(text, "data", "optim", "SGD", most=0)

# %% [markdown]
# ## 3 · Clearing the gradient, and where
#
# Lesson 07 showed that `backward` **adds** to `.grad`. In a loop of steps that means: without clearing, each update uses the sum
# of all gradients so far. No error tells you so.
#
# ### 8.4 · The forgotten zero (predict, then run)
# *1 point · about 3 minutes*
#
# What do these lines print? They start at 10, take two steps with a learning rate of 0.1, and never clear `.grad`. Return it as
# text: two numbers with one decimal and a space between them, for example `"9.5 9.0"`.
#
# ```python
# x = torch.tensor(10.0, requires_grad=True)
# for _ in range(2):
#     loss = x**2 + 20
#     loss.backward()
#     with torch.no_grad():
#         x -= 0.1 * x.grad
#     print(f"{x.item():.1f}", end=" ")
# ```
#
# <details><summary>Hint 1</summary>The first step is the one from section 1.</details>
# <details><summary>Hint 2</summary>After the second <code>backward</code>, <code>.grad</code> holds the slope at 10 and the
# slope at the second place, added.</details>
# <details><summary>Hint 3</summary>20 + 16 = 36, and a tenth of it is taken away.</details>


# %% solution="forgotten_zero"
def forgotten_zero() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "8.0 4.4"
    ### END SOLUTION


# %% predict="forgotten_zero" points=1
with predict("forgotten_zero", lambda: forgotten_zero()):
    x = torch.tensor(10.0, requires_grad=True)
    for _ in range(2):
        loss = x**2 + 20
        loss.backward()
        with torch.no_grad():
            x -= 0.1 * x.grad
        print(f"{x.item():.1f}", end=" ")

# %% [markdown]
# It even looks faster. But the old slopes go on pushing when the minimum has been passed. Here are more steps, with and without
# clearing.

# %%
for clear in (True, False):
    x = torch.tensor(10.0, requires_grad=True)
    places = []
    for _ in range(12):
        (x**2 + 20).backward()
        with torch.no_grad():
            x -= 0.1 * x.grad
        places.append(round(x.item(), 1))
        if clear:
            x.grad.zero_()
    print("cleared:    " if clear else "not cleared:", places)

# %% [markdown]
# Without clearing, x swings from one side to the other and does not settle. If your own loss swings like this, look first for a
# gradient that nobody clears.
#
# **Where?** Anywhere after the update and before the next `backward`. Two places are usual: right after the update, or at the top
# of the loop. The top is safer, since it also removes what other code left in `.grad`. One place is wrong: between `backward`
# and the update, where it wipes out what you are about to use.
#
# **How?** `x.grad.zero_()` writes zeros into the gradient's memory. `x.grad = None` lets go of that memory, which is a little
# faster and is what PyTorch's optimisers do. Code that reads `x.grad` must then expect `None`.
#
# ### Keeping track of the path
#
# To draw a path or a loss curve you have to keep the numbers. With a tensor that changes in place, that goes wrong easily:

# %%
x = torch.tensor(10.0)
kept, copies = [], []
for _ in range(3):
    kept.append(x)
    copies.append(x.clone())
    x -= 0.2 * x
print("kept:  ", kept)
print("copies:", copies)

# %% [markdown]
# `kept` holds one tensor three times, with the value that it has at the end. Keep a copy: `.clone()` of a tensor,
# `.detach().clone()` of one that requires grad, `.item()` for a plain number. (`float(x)` and `torch.tensor(x)` do similar
# things, but torch warns about both when `x` requires grad.)
#
# The tensor that you start from may belong to somebody else. `start.clone().requires_grad_()` makes a leaf of your own with its
# numbers; `start.requires_grad_()` would change the caller's tensor, and so would every step. (In this lesson `start` never
# requires grad. Where it may, write `.detach()` before `.clone()`, as in lesson 07: the clone of a watched tensor is no leaf.)
#
# ### 8.5 · Descend
# *2 points · about 6 minutes*
#
# Go down `x² + 20`. `start` is a tensor without axes, float32. Return the places that gradient descent visits with the learning
# rate `lr` in `steps` steps: shape `(steps + 1,)`, float32, on the device of `start`, beginning with `start` itself, and not
# requiring grad. `steps` may be 0. Leave `start` as it was.
#
# For example `start = 10.`, `lr = 0.1` and `steps = 3` give `[10., 8., 6.4, 5.12]`.
#
# <details><summary>Hint 1</summary><code>x = start.clone().requires_grad_()</code> gives you a leaf of your own. Begin the
# list of places with a copy of it.</details>
# <details><summary>Hint 2</summary>In each round: forward, backward, update, clear, and a copy into the list.</details>
# <details><summary>Hint 3</summary><code>places.append(x.detach().clone())</code>; after the loop,
# <code>torch.stack(places)</code>.</details>


# %% solution="descend"
def descend(start: torch.Tensor, lr: float, steps: int) -> torch.Tensor:
    """The places, shape (steps + 1,), that descending x² + 20 from `start` visits."""
    ### BEGIN SOLUTION
    x = start.clone().requires_grad_()
    places = [start.clone()]
    for _ in range(steps):
        loss = x**2 + 20
        loss.backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
        places.append(x.detach().clone())
    return torch.stack(places)
    ### END SOLUTION


# %% check="descend" points=1
with check("descend"):
    begin = torch.tensor(10.0)
    got = descend(begin, 0.1, 3)
    usual = {
        "grad_not_cleared": torch.tensor([10.0, 8.0, 4.4, -0.08]),
        "nothing_moved": torch.full((4,), 10.0),
        "slope_halved": torch.tensor([10.0, 9.0, 8.1, 7.29]),
        "same_tensor_kept": torch.full((4,), 5.12),
        "same_tensor_after_first": torch.tensor([10.0, 5.12, 5.12, 5.12]),
        "losses_for_places": torch.tensor([120.0, 84.0, 60.96, 46.2144]),
    }
    expect(got, [10.0, 8.0, 6.4, 5.12], mistakes=usual, rtol=1e-4)
    expect_requires_grad(got, False)
    expect(begin, torch.tensor(10.0), mistake="input_changed")

# %% hidden="descend" points=1 checks="other starts and learning rates, no step, a start in the minimum, other devices"
with check("descend"):
    for device in devices():
        for begin, lr, steps in [
            (-7.5, 0.3, 6),
            (4.0, 0.5, 3),
            (3.0, 1.1, 8),
            (2.0, 0.25, 0),
            (0.0, 0.2, 4),
            (9.0, 0.01, 20),
        ]:
            start = torch.tensor(begin, device=device)
            want = [begin * (1 - 2 * lr) ** step for step in range(steps + 1)]
            stale, total = [begin], 0.0
            for _ in range(steps):
                total += 2 * stale[-1]
                stale.append(stale[-1] - lr * total)
            usual = {
                "grad_not_cleared": stale,
                "slope_halved": [begin * (1 - lr) ** step for step in range(steps + 1)],
            }
            got = descend(start, lr, steps)
            expect(got, want, device=device, mistakes=usual, rtol=1e-4)
            expect_requires_grad(got, False)
            expect(start, torch.tensor(begin, device=device), mistake="input_changed")
            expect(start.requires_grad, False, mistake="input_needs_grad")

# %% [markdown]
# ## 4 · The learning rate
#
# On this parabola you can see exactly what the learning rate does. A step leads from `x` to `x − lr · 2x`, which is
# `(1 − 2·lr) · x`: each step multiplies the distance to the minimum by the same factor.
#
# | `lr` | factor `1 − 2·lr` | what happens |
# | --- | --- | --- |
# | 0.01 | 0.98 | right direction, slowly: too small |
# | 0.1 | 0.8 | a good pace |
# | 0.5 | 0 | there in one step |
# | 0.9 | −0.8 | past the minimum each time, and still closer |
# | 1.0 | −1 | from one side to the other, for ever |
# | 1.1 | −1.2 | further away with each step: too large |
#
# ### 8.6 · Too far (predict, then run)
# *1 point · about 3 minutes*
#
# These lines take two steps from 10 on `x² + 20`, with a learning rate of 1.5. Which two places do they print? Return them as
# text, whole numbers with a space between them, for example `"7 5"`.
#
# ```python
# x = torch.tensor(10.0, requires_grad=True)
# for _ in range(2):
#     loss = x**2 + 20
#     loss.backward()
#     with torch.no_grad():
#         x -= 1.5 * x.grad
#     x.grad = None
#     print(round(x.item()), end=" ")
# ```
#
# <details><summary>Hint 1</summary>The slope at 10 is 20. One and a half times that is taken away from 10.</details>
# <details><summary>Hint 2</summary>At the new place there is a new slope. Its sign decides the direction.</details>


# %% solution="diverges"
def diverges() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "-20 40"
    ### END SOLUTION


# %% predict="diverges" points=1
with predict("diverges", lambda: diverges()):
    x = torch.tensor(10.0, requires_grad=True)
    for _ in range(2):
        loss = x**2 + 20
        loss.backward()
        with torch.no_grad():
            x -= 1.5 * x.grad
        x.grad = None
        print(round(x.item()), end=" ")

# %% [markdown]
# Every step went in the right direction, and every one went too far. The loss is 120, then 420, then 1620: it **diverges**. With
# more steps it becomes `inf`, and then `nan`.
#
# ### The same as loss curves
#
# In practice you see no parabola, only the loss after each step. The next cell goes down with five learning rates and keeps how
# far the loss is above its minimum of 20.


# %%
def losses_above(lr: float, steps: int = 30) -> torch.Tensor:
    x = torch.tensor(10.0)
    losses = []
    for _ in range(steps + 1):
        losses.append(x**2)
        x = x - lr * 2 * x
    return torch.stack(losses)


curves = {lr: losses_above(lr) for lr in (0.01, 0.1, 0.4, 1.0, 1.1)}
for lr, losses in curves.items():
    print(f"lr = {lr:4}: {losses[0]:.3g}  {losses[1]:.3g}  {losses[2]:.3g}  …  {losses[30]:.3g}")

# %% folded="Drawing the loss on a log axis"
figure, axis = plt.subplots(figsize=(7, 3.6))
looks = {0.01: "-.", 0.1: "-", 0.4: ":", 1.0: (0, (1, 3)), 1.1: "--"}
words = {0.01: "too small", 0.1: "good", 0.4: "faster still", 1.0: "to and fro", 1.1: "too large"}
for lr, losses in curves.items():
    drawn = losses[losses > 1e-7]
    axis.plot(drawn, linestyle=looks[lr], color="black", linewidth=1.6)
    at = len(drawn) - 1
    shift = {1.0: 4, 0.01: -11}.get(lr, -3)  # or two of the words would lie on each other
    axis.annotate(f"lr = {lr}: {words[lr]}", (at, drawn[at]), (6, shift), textcoords="offset points")
axis.set_yscale("log")
axis.set(xlabel="step", ylabel="loss above its minimum", xlim=(0, 47), ylim=(1e-7, 1e8), xticks=range(0, 31, 5))
picture(
    figure,
    "The loss above its minimum for 30 steps, on a logarithmic axis. Each learning rate gives a straight line: "
    "0.01 falls slowly, 0.1 faster, 0.4 steeply; 1.0 stays level at 100; 1.1 rises.",
)

# %% [markdown]
# The axis on the left is **logarithmic**: from one mark to the next the loss becomes a hundred times larger. A quantity that is
# multiplied by the same factor in each step makes a straight line there. On an ordinary axis the curve of 1.1 would press all
# the others flat.
#
# If such a curve hardly falls, try a rate ten times larger. If it rises or becomes `nan`, try one ten times smaller. If it falls
# at first and then jitters on one level, try a somewhat smaller one.
#
# Here are the paths themselves, for six learning rates.


# %% folded="Drawing six learning rates"
def draw_descent(axis, lr: float, steps: int = 8) -> None:
    places = 10 * (1 - 2 * lr) ** torch.arange(steps + 1)
    line = torch.linspace(-24, 24, 200)
    axis.plot(line, line**2 + 20, color="black", linewidth=0.8, alpha=0.6)
    axis.plot(places, places**2 + 20, "o-", color="black", linewidth=0.8, markersize=3.5)
    axis.plot(places[:1], places[:1] ** 2 + 20, "s", color="black", markersize=7, markerfacecolor="none")
    axis.set(title=f"lr = {lr:g}: after {steps} steps x = {places[-1]:.3g}", xlim=(-24, 24), ylim=(0, 560))


figure, axes = plt.subplots(2, 3, figsize=(10.5, 5), layout="constrained")
for axis, lr in zip(axes.flat, (0.01, 0.1, 0.4, 0.9, 1.0, 1.05), strict=True):
    draw_descent(axis, lr)
picture(
    figure,
    "Eight steps from x = 10, marked by a square, on x² + 20. With 0.01 x hardly moves, with 0.1 it goes down on one side, "
    "with 0.4 it is at the bottom after a few steps; with 0.9 it jumps from side to side and comes closer, "
    "with 1.0 it jumps between 10 and -10, with 1.05 it jumps and climbs.",
)

# %% [markdown]
# Now try it yourself. The next cell shows a slider, if your Jupyter has the package *ipywidgets*. Find the rate at which the path
# begins to jump, and the one at which it begins to climb. If no slider appears, change the number in the cell after it instead.


# %% folded="A slider for the learning rate"
def slide(lr: float) -> None:
    figure, axis = plt.subplots(figsize=(5.5, 3))
    draw_descent(axis, lr)
    picture(figure, f"Eight steps from x = 10 on x² + 20 with a learning rate of {lr:g}.")


try:
    from ipywidgets import FloatSlider, interact
except ImportError:
    print("There is no slider here. The six pictures above show the same, and the next cell draws any other.")
else:
    interact(slide, lr=FloatSlider(0.1, min=0.01, max=1.1, step=0.01, continuous_update=False))

# %%
slide(0.75)

# %% [markdown]
# ### 8.7 · How many steps?
# *2 points · about 6 minutes*
#
# Descend `x² + 20` from `start` (a tensor without axes, float32) with the learning rate `lr` until the loss is at most `goal`.
# Return the number of steps as an `int`: 0 if the loss is at most `goal` at the start, `None` if it takes more than `most` steps.
# Leave `start` as it was. The path may diverge, so mind `nan`.
#
# For example `start = 8.`, `lr = 0.25` halves x in each step: 8, 4, 2, 1. With `goal = 24` the loss is 24 at 2, so the answer is
# 2 for `most = 2` or more, and `None` for `most = 1`.
#
# <details><summary>Hint 1</summary>Look at the loss before each step, and once more after the last. That makes
# <code>most + 1</code> looks.</details>
# <details><summary>Hint 2</summary><code>for step in range(most + 1):</code> compute the loss; if it is at most
# <code>goal</code>, return <code>step</code>; if not, take a step.</details>
# <details><summary>Hint 3</summary>Comparing with <code>nan</code> always gives False. So <code>while loss > goal</code> stops
# at <code>nan</code>, as if it had arrived; <code>if loss &lt;= goal</code> does not.</details>


# %% solution="steps_to_reach"
def steps_to_reach(start: torch.Tensor, lr: float, goal: float, most: int) -> int | None:
    """After how many steps x² + 20 is at most `goal`; None if it is not within `most` steps."""
    ### BEGIN SOLUTION
    x = start.clone().requires_grad_()
    for step in range(most + 1):
        loss = x**2 + 20
        if loss.item() <= goal:
            return step
        loss.backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
    return None
    ### END SOLUTION


# %% check="steps_to_reach" points=1
with check("steps_to_reach"):
    begin = torch.tensor(8.0)
    usual = {"one_step_less": 3, "one_step_more": 5, "grad_not_cleared": 6}
    expect(steps_to_reach(begin, 0.25, 20.5, 50), 4, mistakes=usual)
    expect(begin, torch.tensor(8.0), mistake="input_changed")
    expect(steps_to_reach(begin, 0.25, 24.0, 50), 2, mistakes={"goal_excluded": 3})
    expect(steps_to_reach(begin, 0.25, 24.0, 2), 2, mistakes={"never_reached": None})
    got = steps_to_reach(begin, 0.25, 24.0, 1)
    expect(got, None, mistakes={"most_exceeded": 2, "number_for_none": got})

# %% hidden="steps_to_reach" points=1 checks="a goal at the start, hit exactly, out of reach, in the very last step; paths that diverge; other devices"
with check("steps_to_reach"):
    for device in devices():
        for begin, lr, goal, most in [
            (10.0, 0.1, 20.01, 100),
            (8.0, 0.25, 22.0, 3),
            (2.0, 0.25, 30.0, 5),
            (8.0, 0.25, 84.0, 9),
            (8.0, 0.25, 21.0, 3),
            (8.0, 0.25, 21.0, 2),
            (-8.0, 0.75, 20.25, 30),
            (10.0, 0.01, 50.0, 10),
            (10.0, 1.0, 119.0, 40),
            (2.0, 1.5, 19.0, 200),
            (10.0, 1.5, 100.0, 180),
            (1.0, 0.1, 30.0, 0),
            (9.0, 0.3, 25.0, 0),
        ]:
            start = torch.tensor(begin, device=device)
            x, losses = begin, []
            for _ in range(most + 2):
                losses.append(x * x + 20)
                x = x - lr * 2 * x
            reached = [step for step, loss in enumerate(losses[: most + 1]) if loss <= goal]
            strictly = [step for step, loss in enumerate(losses[: most + 1]) if loss < goal]
            want = reached[0] if reached else None
            got = steps_to_reach(start, lr, goal, most)
            if want is None:
                usual = {"most_exceeded": most + 1, "number_for_none": got}
                if isinstance(got, int) and 90 < got < most:
                    usual = {"nan_taken_for_goal": got}  # x has overflowed by then
                expect(got, None, mistakes=usual)
            else:
                usual = {"goal_excluded": strictly[0] if strictly else None} if strictly != reached else {}
                usual |= {"never_reached": None, "one_step_less": want - 1, "one_step_more": want + 1}
                expect(got, want, mistakes=usual)
            expect(start, torch.tensor(begin, device=device), mistake="input_changed")
            expect(start.requires_grad, False, mistake="input_needs_grad")

# %% [markdown]
# ## 5 · A loss for data
#
# `x² + 20` was there to show the steps. To learn, a program needs a measure of how wrong it is. The usual one for numbers is the
# **mean squared error**: take the differences between predictions and targets, square them, and average.
#
# > MSE = (1/n) · Σ (predictionᵢ − targetᵢ)²
#
# Squares cannot cancel each other as plain differences do, and a large miss counts more than many small ones. `nn.MSELoss()`
# makes a function that computes it.

# %%
from torch import nn

prediction = torch.tensor([2.0, 5.0, 3.0, 8.0])
target = torch.tensor([1.0, 5.0, 6.0, 6.0])

differences = prediction - target
show(
    prediction=prediction,
    target=target,
    differences=differences,
    squares=differences**2,
    text="Differences 1, 0, -3 and 2 have the squares 1, 0, 9 and 4. Their sum is 14, their mean 3.5.",
)
print("by the formula:", (differences**2).mean())
print("nn.MSELoss:    ", nn.MSELoss()(prediction, target))
print("the sum:       ", nn.MSELoss(reduction="sum")(prediction, target))
print("one by one:    ", nn.MSELoss(reduction="none")(prediction, target))

# %% [markdown]
# By default the mean runs over **all** entries, whatever the shape: for shape `(2, 3)` the sum is divided by 6, not by 2.
#
# The slope of the loss along one prediction is `2 · (prediction − target) / n`. The further off, the stronger the pull:

# %%
prediction.requires_grad_()
loss = nn.MSELoss()(prediction, target)
loss.backward()
print(prediction.grad)
print(2 * (prediction - target).detach() / 4)

# %% [markdown]
# Both tensors must be floats. Integers are refused, with a message that names a function inside PyTorch and calls int64 by its
# old name, Long:

# %% raises="NotImplementedError"
nn.MSELoss()(torch.tensor([2, 5]), torch.tensor([1, 5]))

# %% [markdown]
# And both must have the **same shape**. Shapes `(n, 1)` and `(n,)` broadcast to `(n, n)`; PyTorch warns and goes on with a wrong
# loss. Lesson 09 comes back to this trap.
#
# ### 8.8 · The mean squared error
# *2 points · about 4 minutes*
#
# Return the mean squared error of `prediction` against `target`, two float tensors of one shape with at least one entry. The
# result is a tensor without axes, through which gradients flow back to `prediction`. Write the formula; do not use `MSELoss`
# or `mse_loss`.
#
# For example `prediction = [2., 5., 3., 8.]` and `target = [1., 5., 6., 6.]` give `3.5`.
#
# <details><summary>Hint 1</summary>Difference, square, mean: in this order.</details>
# <details><summary>Hint 2</summary><code>**</code> binds more tightly than <code>-</code>, so the difference needs
# brackets. And the result must stay a tensor: no <code>.item()</code>.</details>


# %% solution="mse"
def mse(prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The mean over all entries of the squared differences, a tensor without axes."""
    ### BEGIN SOLUTION
    return ((prediction - target) ** 2).mean()
    ### END SOLUTION


# %% check="mse" points=1
with check("mse"):
    guess = torch.tensor([2.0, 5.0, 3.0, 8.0], requires_grad=True)
    aim = torch.tensor([1.0, 5.0, 6.0, 4.0])
    misses = guess.detach() - aim
    usual = {
        "summed_for_mean": (misses**2).sum(),
        "root_taken": (misses**2).mean().sqrt(),
        "absolute_for_squared": misses.abs().mean(),
        "differences_cancel": misses.mean(),
        "squared_after_mean": misses.mean() ** 2,
        "halved": (misses**2).mean() / 2,
        "brackets_forgotten": (guess.detach() - aim**2).mean(),
    }
    got = mse(guess, aim)
    expect(got, torch.tensor(6.5), mistakes=usual)
    expect_requires_grad(got, True)
    expect_uses(source_of("mse"), "MSELoss", "mse_loss", most=0)

# %% hidden="mse" points=1 checks="one entry, no axis, several axes, float64, the gradient, the inputs unchanged, other devices"
with check("mse"):
    text = source_of("mse")
    for device in devices():
        for shape, dtype in [
            ((1,), torch.float32),
            ((7,), torch.float32),
            ((3, 2), torch.float64),
            ((2, 1, 4), torch.float32),
            ((), torch.float32),
        ]:
            prediction = randn(*shape, 1, device=device)[..., 0].to(dtype).requires_grad_()
            target = (2 * randn(*shape[::-1], 1, device=device, seed=1))[..., 0].to(dtype)
            target = target.permute(tuple(range(len(shape))[::-1]))
            before, misses = (prediction.detach().clone(), target.clone()), prediction.detach() - target
            squares = misses**2
            usual = {
                "summed_for_mean": squares.sum(),
                "rows_for_all": squares.sum() / (shape or (1,))[0],
            }
            got = mse(prediction, target)
            expect(got, squares.sum() / squares.numel(), mistakes=usual, rtol=1e-5)
            expect_requires_grad(got, True)
            got.backward()
            pull = torch.zeros_like(misses) if prediction.grad is None else prediction.grad
            expect(pull, 2 * misses / misses.numel(), mistakes={"cut_from_input": torch.zeros_like(misses)}, rtol=1e-5)
            expect((prediction, target), before, mistake="input_changed")
    expect_uses(text, "MSELoss", "mse_loss", most=0)

# %% [markdown]
# ## 6 · The gradients of a layer
#
# The most common calculation in networks is `matmul(x, w) + b`. Here `x` holds 2 examples with 5 features each, `w` the 5 × 3
# weights and `b` 3 biases. The result has 3 numbers for each example.

# %%
torch.manual_seed(8)
x = torch.ones(2, 5)
x[1] = torch.tensor([1.0, 0.0, 2.0, 0.0, -1.0])
w = torch.randn(5, 3, requires_grad=True)
b = torch.randn(3, requires_grad=True)
target = torch.zeros(2, 3)

z = torch.matmul(x, w) + b  # (2, 5) @ (5, 3) gives (2, 3); b joins each row
loss = nn.MSELoss()(z, target)
loss.backward()
print("z:", tuple(z.shape), "  w.grad:", tuple(w.grad.shape), "  b.grad:", tuple(b.grad.shape))
show(
    w=w,
    w_grad=w.grad,
    b=b,
    b_grad=b.grad,
    text="The gradient of w has the shape of w, 5 by 3, and that of b the shape of b, 3: one slope for each number.",
)

# %% [markdown]
# A gradient always has the shape of the tensor it belongs to. You can compute both without autograd, and it is worth doing once.
# The slope of the loss along each entry of `z` is `2 · (z − target) / 6`, since `z` has 6 entries. Call this tensor `pull`, shape
# `(2, 3)`.
#
# - `b[j]` was added to column `j` in every row. So its slope is the sum of that column of `pull`.
# - `w[i, j]` was multiplied by `x[n, i]` and went into `z[n, j]`, for each example `n`. So its slope is the sum over `n` of
#   `x[n, i] · pull[n, j]`, and that is the matrix product `x.T @ pull`.

# %%
pull = 2 * (z - target).detach() / z.numel()
print(x.T.shape, "@", pull.shape, "gives", (x.T @ pull).shape)
torch.testing.assert_close(x.T @ pull, w.grad)
torch.testing.assert_close(pull.sum(dim=0), b.grad)
show_product(
    x.T,
    pull,
    2,
    0,
    "The slope of w[2, 0] is row 2 of x.T, feature 2 of both examples, times column 0 of pull.",
    names=("x.T", "pull"),
)

# %% [markdown]
# ### 8.9 · Gradients of a layer
# *2 points · about 6 minutes*
#
# For `x` of shape `(n, k)`, `w` `(k, m)`, `b` `(m,)` and `target` `(n, m)`, all float32 on one device, return the tuple `(dw, db)`:
# the gradients, at `w` and at `b`, of the mean squared error between `matmul(x, w) + b` and `target`. Shapes `(k, m)` and `(m,)`.
# With autograd or by formula, as you like. None of the four requires grad, and that must be so afterwards too: leave all of them
# as they were.
#
# For example `x = [[1., 2.]]`, `w = [[1.], [1.]]`, `b = [0.]` and `target = [[1.]]` give `dw = [[4.], [8.]]` and `db = [4.]`: the
# output is 3, off by 2, which pulls with 4.
#
# <details><summary>Hint 1</summary>With autograd you need leaves of your own: <code>w.clone().requires_grad_()</code>, and the
# same for <code>b</code>.</details>
# <details><summary>Hint 2</summary>Then compute the loss from these, call <code>backward()</code>, and return their
# <code>.grad</code>. Or follow the cell above.</details>
# <details><summary>Hint 3</summary>By formula, the division is by all entries of the output, <code>n · m</code>, and
# <code>db</code> adds up the rows with <code>sum(dim=0)</code>.</details>


# %% solution="gradients_of_layer"
def gradients_of_layer(
    x: torch.Tensor, w: torch.Tensor, b: torch.Tensor, target: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """The gradients of the MSE of x @ w + b against `target` in `w` (k, m) and `b` (m,)."""
    ### BEGIN SOLUTION
    w, b = w.clone().requires_grad_(), b.clone().requires_grad_()
    loss = nn.MSELoss()(torch.matmul(x, w) + b, target)
    loss.backward()
    return w.grad, b.grad
    ### END SOLUTION


# %% check="gradients_of_layer" points=1
with check("gradients_of_layer"):
    data, weight, bias = torch.tensor([[1.0, 2.0], [0.0, 1.0]]), torch.tensor([[1.0], [1.0]]), torch.tensor([0.0])
    aim = torch.tensor([[1.0], [0.0]])  # outputs 3 and 1, off by 2 and 1
    dw, db = torch.tensor([[2.0], [5.0]]), torch.tensor([3.0])
    usual = {"swapped": (db, dw), "summed_for_mean": (2 * dw, 2 * db), "halved": (dw / 2, db / 2)}
    usual |= {"bias_not_summed": (dw, torch.tensor([[2.0], [1.0]])), "bias_averaged": (dw, db / 2)}
    got = gradients_of_layer(data, weight, bias, aim)
    if isinstance(got, tuple) and any(each is None for each in got):
        raise Wrong("none_in_pair")
    expect(got, (dw, db), mistakes=usual)
    expect((weight.requires_grad, bias.requires_grad), (False, False), mistake="input_needs_grad")

# %% hidden="gradients_of_layer" points=1 checks="x (2, 5), w (5, 3), b (3,); one example, one feature, one output, square shapes, two calls, other devices"
with check("gradients_of_layer"):
    for device in devices():
        for n, k, m in [(2, 5, 3), (1, 4, 2), (6, 1, 3), (5, 3, 1), (4, 4, 4)]:
            x, w = randn(k, n, device=device).T, randn(k, m, device=device, seed=1)
            b, target = randn(m, device=device, seed=2), randn(n, m, device=device, seed=3)
            before = x.clone(), w.clone(), b.clone(), target.clone()
            pull = 2 * (x @ w + b - target) / (n * m)
            dw, db = torch.zeros(k, m, device=device), torch.zeros(m, device=device)
            for example in range(n):
                dw += x[example][:, None] * pull[example]
                db += pull[example]
            usual = {
                "rows_for_all": (dw * m, db * m),
                "bias_not_summed": (dw, pull),
                "grad_not_cleared": (dw * 2, db * 2),
            }
            for _ in range(2):
                got = gradients_of_layer(x, w, b, target)
                expect(got, (dw, db), mistakes=usual, rtol=1e-4)
                expect_requires_grad(got[0], False)
                expect_requires_grad(got[1], False)
                expect((x, w, b, target), before, mistake="input_changed")
                needs = x.requires_grad or w.requires_grad or b.requires_grad or target.requires_grad
                expect(needs, False, mistake="input_needs_grad")

# %% [markdown]
# ## 7 · Two weights make a landscape
#
# A river rises. Its level was read every hour, from one hour before noon to three hours after, in decimetres above a mark. We
# look for a line, `level = w · hour + b`: `w` says how fast the river rises, `b` how high it stood at noon.

# %%
hours = torch.tensor([-1.0, 0.0, 1.0, 2.0, 3.0])
levels = torch.tensor([1.2, 2.9, 4.8, 7.3, 8.8])


def river_loss(w: torch.Tensor, b: torch.Tensor, hours: torch.Tensor = hours) -> torch.Tensor:
    return nn.MSELoss()(w * hours + b, levels)


print(river_loss(torch.tensor(-1.0), torch.tensor(6.0)))
print(river_loss(torch.tensor(2.0), torch.tensor(3.0)))

# %% [markdown]
# Each pair `(w, b)` has a loss. So above the plane of all pairs there is a landscape, and a map of it has **contours**: lines
# along which the loss is the same, like the lines of equal height on a hiking map. The gradient points uphill, at right angles
# to them if the map has the same scale in both directions. Descent goes the opposite way.
#
# The next cell walks down from one place with three learning rates. Find the four moves in it.


# %%
def walk(lr: float, steps: int) -> tuple[torch.Tensor, torch.Tensor]:
    w = torch.tensor(-1.0, requires_grad=True)
    b = torch.tensor(6.0, requires_grad=True)
    path, losses = [], []
    for _ in range(steps):
        loss = river_loss(w, b)  # forward
        path.append([w.item(), b.item()])
        losses.append(loss.item())
        loss.backward()  # backward
        with torch.no_grad():
            w -= lr * w.grad  # update
            b -= lr * b.grad
        w.grad = b.grad = None  # clear
    return torch.tensor(path), torch.tensor(losses)


walks = {lr: walk(lr, 16) for lr in (0.02, 0.2, 0.305)}
for lr, (path, losses) in walks.items():
    print(f"lr = {lr:5}: loss {losses[0]:.2f} → {losses[-1]:.2f}, at w = {path[-1, 0]:.2f}, b = {path[-1, 1]:.2f}")


# %% folded="Drawing the three paths on the map, and their losses"
def draw_map(axis, hours: torch.Tensor, w_ends: tuple, b_ends: tuple, contours: list) -> None:
    ws, bs = torch.linspace(*w_ends, 70), torch.linspace(*b_ends, 70)
    misses = ws[None, :, None] * hours + bs[:, None, None] - levels  # for each b, each w, each reading
    drawn = axis.contour(ws, bs, (misses**2).mean(dim=2), levels=contours, colors="black", linewidths=0.6, alpha=0.7)
    axis.clabel(drawn, fmt="%g", fontsize=8)
    axis.set(xlabel="w", ylabel="b", xlim=w_ends, ylim=b_ends)


figure, axes = plt.subplots(1, 3, figsize=(12, 4), sharey=True, layout="constrained")
words = {0.02: "too small", 0.2: "good", 0.305: "too large"}
for axis, (lr, (path, _)) in zip(axes, walks.items(), strict=True):
    draw_map(axis, hours, (-4.0, 7.0), (-2.0, 8.0), [0.5, 2, 5, 10, 20, 40, 80])
    axis.plot(path[:, 0], path[:, 1], "o-", color="black", linewidth=1.3, markersize=3.5)
    axis.annotate("start", (-1, 6), (-6, 9), textcoords="offset points", ha="right")
    axis.plot(1.96, 3.04, "x", color="black", markersize=11, markeredgewidth=2.2)
    axis.set_title(f"lr = {lr}: {words[lr]}")
picture(
    figure,
    "Three contour maps of the loss over w and b: ellipses around the minimum at w = 1.96, b = 3.04, marked with a cross. "
    "With 0.02 the path of 16 places bends towards the minimum and ends far from it. With 0.2 it takes a long first step, swings "
    "a little and arrives. With 0.305 it jumps from one side of the valley to the other, and in the end further each time.",
)

figure, axis = plt.subplots(figsize=(7, 3))
for (lr, (_, losses)), look in zip(walks.items(), ("-.", "-", "--"), strict=True):
    axis.plot(losses, linestyle=look, color="black")
    axis.annotate(f"lr = {lr}: {words[lr]}", (15, losses[-1]), (6, -3), textcoords="offset points")
axis.set_yscale("log")
axis.set(xlabel="step", ylabel="loss (log axis)", xlim=(0, 22), xticks=range(0, 16, 3))
picture(
    figure,
    "The same walks as loss against step, on a logarithmic axis: with 0.02 the loss falls slowly, with 0.2 it falls quickly "
    "and then stays level near its minimum, 0.04; with 0.305 it falls at first and then rises.",
)

# %% [markdown]
# The contours are ellipses: the valley is steep across and flat along. The steep direction decides how large the learning rate
# may be, and in the flat direction the same rate makes small steps. Section 8 comes back to that.
#
# The good curve comes to rest above 0, because no line goes through all five points.
#
# ### 8.10 · A training step
# *3 points · about 8 minutes*
#
# Write the step that every training loop repeats. `x` has shape `(n, k)`, `y` `(n,)`; the model is `x @ w + b`, with `w` of shape
# `(k,)` and `b` without axes, both leaves that require grad. Take **one** step of gradient descent on the mean squared error,
# changing `w` and `b` in place, and return the loss **before** the step as a Python `float`, by `.item()`. There may be old
# gradients in `w.grad` and `b.grad` when you begin: they must not count. What you leave there is up to you.
#
# For example `x = [[1.], [2.]]`, `y = [2., 4.]`, `w = [0.]`, `b = 0.` and `lr = 0.1` return `10.0` and leave `w = [1.]`, `b = 0.6`.
#
# <details><summary>Hint 1</summary>Order the moves so that an old gradient cannot get in: clear, forward, backward,
# update.</details>
# <details><summary>Hint 2</summary><code>.grad</code> may be <code>None</code>, and then it has no <code>zero_()</code>.
# Assigning <code>None</code> always works.</details>
# <details><summary>Hint 3</summary>The loss is computed before the update, so <code>return loss.item()</code> at the end gives
# the right number.</details>


# %% solution="train_step"
def train_step(x: torch.Tensor, y: torch.Tensor, w: torch.Tensor, b: torch.Tensor, lr: float) -> float:
    """One step for `w` (k,) and `b` (), in place, on the MSE of x @ w + b against `y` (n,); the loss before it."""
    ### BEGIN SOLUTION
    w.grad = b.grad = None
    loss = nn.MSELoss()(x @ w + b, y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return loss.item()
    ### END SOLUTION


# %% check="train_step" points=1
with check("train_step"):
    data, aim = torch.tensor([[1.0], [2.0]]), torch.tensor([2.0, 4.0])
    weight, bias = torch.zeros(1, requires_grad=True), torch.tensor(0.0, requires_grad=True)
    usual = {"loss_after_step": 1.06, "summed_for_mean": 20.0, "halved": 5.0}
    expect(train_step(data, aim, weight, bias, 0.1), 10.0, mistakes=usual, rtol=1e-4)
    usual = {"nothing_moved": torch.zeros(1), "pairs_for_entries": torch.tensor([0.9]), "uphill": torch.tensor([-1.0])}
    expect(weight, [1.0], mistakes=usual, rtol=1e-4)
    expect(bias, torch.tensor(0.6), mistakes={"bias_forgotten": torch.tensor(0.0)}, rtol=1e-4)
    expect((weight.requires_grad, bias.requires_grad), (True, True), mistake="grad_switched_off")

# %% hidden="train_step" points=2 checks="old gradients, three steps in a row, one example, one feature, other devices"
with check("train_step"):
    for device in devices():
        for n, k, lr in [(6, 2, 0.1), (1, 3, 0.05), (5, 1, 0.2), (4, 4, 0.02)]:
            x, y = randn(n, k, device=device), 3 * randn(n, device=device, seed=1)
            w = randn(k, device=device, seed=2).requires_grad_()
            b = torch.tensor(0.5, device=device, requires_grad=True)
            w.grad, b.grad = 5 + randn(k, device=device, seed=3), torch.tensor(-4.0, device=device)
            given = x.clone(), y.clone()
            for _ in range(3):
                old_w, old_b = w.detach().clone(), b.detach().clone()
                stale_w, stale_b = (torch.zeros_like(p) if p.grad is None else p.grad.clone() for p in (w, b))
                misses = x @ old_w + old_b - y
                dw, db = 2 * (misses[:, None] * x).sum(0) / n, 2 * misses.sum() / n
                new_w, new_b = old_w - lr * dw, old_b - lr * db
                before, after = (misses**2).mean().item(), ((x @ new_w + new_b - y) ** 2).mean().item()
                got = train_step(x, y, w, b, lr)
                expect(got, before, mistakes={"loss_after_step": after}, rtol=1e-4)
                usual = {"nothing_moved": old_w, "stale_gradient": old_w - lr * (dw + stale_w)}
                expect(w, new_w, mistakes=usual, rtol=1e-4)
                usual = {"bias_forgotten": old_b, "stale_gradient": old_b - lr * (db + stale_b)}
                expect(b, new_b, mistakes=usual, rtol=1e-4)
                expect((w.requires_grad, b.requires_grad), (True, True), mistake="grad_switched_off")
                expect((x, y), given, mistake="input_changed")

# %% [markdown]
# ## 8 · Momentum
#
# Suppose that the hours are counted from ten o'clock instead: the readings are at 1, 2, 3, 4 and 5. That alone changes the
# landscape. The slope now grows 70 times as fast across the valley as along it. So the largest possible learning rate is small,
# and along the valley the steps become tiny.
#
# **Momentum** helps. The place gets a **velocity**, as a rolling ball has one. Each step keeps a share of the old velocity, often
# 0.9, and adds the gradient; then the place moves by the velocity:
#
# > velocity = momentum · velocity + gradient
# >
# > place = place − learning rate · velocity
#
# Across the valley the gradients change their sign and cancel. Along it they agree and add up: in the long run to
# `1 + 0.9 + 0.81 + …`, which is ten times the gradient. With 0.8, as in the next cell, that is five times.

# %%
late_hours = hours + 2


def roll(momentum: float, lr: float = 0.04, steps: int = 80) -> tuple[torch.Tensor, torch.Tensor]:
    place = torch.tensor([1.0, 6.0], requires_grad=True)  # w and b in one tensor
    velocity = torch.zeros(2)
    path, losses = [], []
    for _ in range(steps):
        loss = river_loss(place[0], place[1], late_hours)
        path.append(place.detach().clone())
        losses.append(loss.item())
        loss.backward()
        velocity = momentum * velocity + place.grad
        with torch.no_grad():
            place -= lr * velocity
        place.grad = None
    return torch.stack(path), torch.tensor(losses)


rolls = {momentum: roll(momentum) for momentum in (0.0, 0.8)}
for momentum, (path, losses) in rolls.items():
    print(
        f"momentum {momentum}: loss {losses[0]:.2f} → {losses[-1]:.4f}, at w = {path[-1, 0]:.3f}, b = {path[-1, 1]:.3f}"
    )

# %% folded="Drawing both paths in the long valley"
figure, axes = plt.subplots(1, 2, figsize=(11, 4), sharey=True, layout="constrained")
for axis, (momentum, (path, losses)) in zip(axes, rolls.items(), strict=True):
    draw_map(axis, late_hours, (-1.0, 4.5), (-4.5, 7.5), [0.5, 2, 8, 30, 100, 300])
    axis.plot(path[:, 0], path[:, 1], "o-", color="black", linewidth=1, markersize=3)
    axis.plot(1.96, -0.88, "x", color="black", markersize=11, markeredgewidth=2.2)
    axis.annotate("start", (1, 6), (7, 2), textcoords="offset points")
    axis.annotate(f"after 79 steps: loss {losses[-1]:.2g}", (0.97, 0.93), xycoords="axes fraction", ha="right")
    axis.set_title(f"momentum {momentum}" + (": none" if momentum == 0 else ""))
picture(
    figure,
    "Two contour maps of a long, narrow valley, the minimum marked with a cross. Without momentum the path drops to the valley's "
    "floor at once, creeps along it, and ends before the cross. With a momentum of 0.8 it swings from side to side at first, "
    "then runs along the valley and ends at the cross.",
)

# %% [markdown]
# The formula above is PyTorch's. Some books put the learning rate inside, `velocity = momentum · velocity − lr · gradient`, and
# then `place = place + velocity`; that leads to the same places as long as the rate does not change. Others average,
# `velocity = 0.9 · velocity + 0.1 · gradient`; their steps are a tenth as large for the same `lr`.
#
# ### 8.11 · Descend with momentum
# *2 points · about 6 minutes*
#
# Go down `x² + 20` with momentum. `start` has shape `(n,)`, float32: `n` places, each of which goes its own way. Return the path,
# shape `(steps + 1, n)`: row 0 is `start`. Velocities begin at 0. Otherwise as in 8.5: float32, on the device of `start`, not
# requiring grad, `start` as it was; `steps` and `n` may be 0.
#
# For example `start = [10.]`, `lr = 0.1`, `momentum = 0.8` and `steps = 2` give `[[10.], [8.], [4.8]]`: the second velocity is
# `0.8 · 20 + 16 = 32`.
#
# <details><summary>Hint 1</summary>Take <code>descend</code> and give it a second tensor,
# <code>velocity = torch.zeros_like(start)</code>.</details>
# <details><summary>Hint 2</summary><code>backward()</code> needs one number. <code>(x**2 + 20).sum().backward()</code> leaves in
# each place its own slope.</details>
# <details><summary>Hint 3</summary>Between backward and update: <code>velocity = momentum * velocity + x.grad</code>.
# The velocity must outlive the round, the gradient must not.</details>


# %% solution="descend_with_momentum"
def descend_with_momentum(start: torch.Tensor, lr: float, momentum: float, steps: int) -> torch.Tensor:
    """The path (steps + 1, n) that descending x² + 20 with momentum from `start` (n,) takes."""
    ### BEGIN SOLUTION
    x = start.clone().requires_grad_()
    velocity = torch.zeros_like(start)
    path = [start.clone()]
    for _ in range(steps):
        loss = (x**2 + 20).sum()
        loss.backward()
        velocity = momentum * velocity + x.grad
        with torch.no_grad():
            x -= lr * velocity
        x.grad = None
        path.append(x.detach().clone())
    return torch.stack(path)
    ### END SOLUTION


# %% check="descend_with_momentum" points=1
with check("descend_with_momentum"):
    begin = torch.tensor([10.0])
    got = descend_with_momentum(begin, 0.1, 0.8, 2)
    usual = {
        "momentum_ignored": torch.tensor([[10.0], [8.0], [6.4]]),
        "slope_weakened": torch.tensor([[10.0], [9.6], [8.896]]),
        "rate_inside_velocity": torch.tensor([[10.0], [9.8], [9.444]]),
        "velocity_late": torch.tensor([[10.0], [10.0], [8.0]]),
        "nesterov_taken": torch.tensor([[10.0], [6.4], [2.816]]),
        "same_tensor_after_first": torch.tensor([[10.0], [4.8], [4.8]]),
        "grad_not_cleared": torch.tensor([[10.0], [8.0], [2.8]]),
    }
    expect(got, [[10.0], [8.0], [4.8]], mistakes=usual, rtol=1e-3)
    expect_requires_grad(got, False)
    expect(begin, [10.0], mistake="input_changed")

# %% hidden="descend_with_momentum" points=1 checks="one place, none, no step, no momentum, many steps, other devices"
with check("descend_with_momentum"):

    def rolled(x, lr, momentum, steps, share=1.0):
        x, velocity, path = x.double(), x.double() * 0, [x.double()]
        for _ in range(steps):
            velocity = momentum * velocity + share * 2 * x
            x = x - lr * velocity
            path.append(x)
        return torch.stack(path).float()

    for device in devices():
        for n, lr, momentum, steps in [
            (3, 0.1, 0.9, 12),
            (1, 0.05, 0.5, 4),
            (2, 0.3, 0.0, 3),
            (4, 0.2, 0.9, 0),
            (0, 0.1, 0.9, 2),
        ]:
            start = 5 * randn(n, device=device)
            before = start.clone()
            want = rolled(start, lr, momentum, steps)
            usual = {"mean_for_sum": rolled(start, lr, momentum, steps, share=1 / max(n, 1))}
            got = descend_with_momentum(start, lr, momentum, steps)
            expect(got, want, mistakes=usual, rtol=1e-3)
            expect_requires_grad(got, False)
            expect(start, before, mistake="input_changed")
            expect(start.requires_grad, False, mistake="input_needs_grad")

# %% [markdown]
# ## 9 · optim.SGD
#
# PyTorch has all of this built in. An **optimiser** is given the parameters once, and remembers them:
#
# - `optimiser.zero_grad()` clears their gradients (it sets them to `None`);
# - `optimiser.step()` updates each parameter in place, under `no_grad`; with momentum it keeps a velocity for each.
#
# Forward and `loss.backward()` remain yours. `SGD` stands for *stochastic gradient descent*. Stochastic means random: in practice
# each step sees a random part of the data, as in lesson 09. The step itself is the one that you know.
#
# Here both go side by side, and the cell compares them after each step.

# %%
from torch import optim

by_hand = torch.tensor([-1.0, 6.0], requires_grad=True)
velocity = torch.zeros(2)

place = torch.tensor([-1.0, 6.0], requires_grad=True)
optimiser = optim.SGD([place], lr=0.05, momentum=0.9)

for step in range(5):
    river_loss(by_hand[0], by_hand[1]).backward()
    velocity = 0.9 * velocity + by_hand.grad
    with torch.no_grad():
        by_hand -= 0.05 * velocity
    by_hand.grad = None

    optimiser.zero_grad()
    river_loss(place[0], place[1]).backward()
    optimiser.step()

    torch.testing.assert_close(by_hand, place)
    print(f"step {step + 1}: by hand {by_hand.tolist()}")
    print(f"      optim.SGD {place.tolist()}")

# %% [markdown]
# They agree, step by step. (Now and then a last digit differs, because the two round in another order; `assert_close` allows for
# that.) The optimiser keeps the velocity under the name `momentum_buffer`:

# %%
print(velocity)
print(optimiser.state[place]["momentum_buffer"])

# %% [markdown]
# Three mistakes are common. An optimiser moves the tensors that it was made with, so if you replace a parameter later, it goes on
# moving the old one. Without `backward()`, `step()` finds `None` in `.grad` and leaves everything as it is, without a word. And
# what an optimiser is given must be leaves:

# %% raises="ValueError"
doubled = 2 * torch.tensor([-1.0, 6.0], requires_grad=True)
optim.SGD([doubled], lr=0.05)

# %% [markdown]
# ### 8.12 · The same as SGD
# *3 points · about 8 minutes*
#
# Write what happens inside `step()`. `params` is a list of leaves that require grad, `velocities` a list of tensors of the same
# shapes, zeros before the first call. Do for each parameter what `optim.SGD(params, lr=lr, momentum=momentum).step()` does, with
# its velocity kept in `velocities`: change both tensors **in place**, since the next call gets the same ones.
#
# A parameter whose `.grad` is `None` is left out: it and its velocity stay as they are. Leave the gradients as they are too, since
# clearing them is the task of `zero_grad`. Return nothing. Do it by hand, without `torch.optim` and without `.data`.
#
# For example `w = [1.]` with `.grad = [2.]` and velocity `[10.]`, for `lr = 0.1` and `momentum = 0.9`, gets the velocity
# `0.9 · 10 + 2 = [11.]` and becomes `[-0.1]`.
#
# <details><summary>Hint 1</summary>Go through both lists together: <code>for p, v in zip(params, velocities):</code></details>
# <details><summary>Hint 2</summary><code>v = momentum * v + p.grad</code> makes a new tensor, and the list keeps the old one.
# Which in-place methods multiply and add?</details>
# <details><summary>Hint 3</summary><code>v.mul_(momentum).add_(p.grad)</code>, then <code>p.sub_(lr * v)</code>, all under
# <code>no_grad</code>.</details>


# %% solution="same_as_sgd"
def same_as_sgd(params: list[torch.Tensor], velocities: list[torch.Tensor], lr: float, momentum: float) -> None:
    """One step of SGD with momentum: parameters and velocities change in place."""
    ### BEGIN SOLUTION
    with torch.no_grad():
        for p, v in zip(params, velocities, strict=True):
            if p.grad is not None:
                v.mul_(momentum).add_(p.grad)
                p.sub_(lr * v)
    ### END SOLUTION


# %% check="same_as_sgd" points=1
with check("same_as_sgd"):
    w, velocity = torch.tensor([1.0], requires_grad=True), torch.tensor([10.0])
    w.grad = torch.tensor([2.0])
    same_as_sgd([w], [velocity], 0.1, 0.9)
    usual = {"momentum_ignored": [0.8], "nothing_moved": [1.0], "velocity_late": [0.0], "slope_weakened": [0.08]}
    usual |= {"rate_inside_velocity": [-8.2], "nesterov_taken": [-0.19]}
    expect(w, [-0.1], mistakes=usual)
    expect(velocity, [11.0], mistakes={"velocity_not_kept": [10.0]})
    expect(torch.zeros(1) if w.grad is None else w.grad, [2.0], mistake="cleared_in_step")
    expect(w.requires_grad, True, mistake="grad_switched_off")
    expect_uses(source_of("same_as_sgd"), "data", "optim", "SGD", most=0)

# %% hidden="same_as_sgd" points=2 checks="optim.SGD over five steps, with and without momentum; missing gradients, zero gradients, no parameters; other devices"
with check("same_as_sgd"):
    text = source_of("same_as_sgd")
    for device in devices():
        same_as_sgd([], [], 0.1, 0.9)
        for lr, momentum in [(0.1, 0.9), (0.05, 0.0), (0.3, 0.5)]:
            shapes = [(3, 2), (4,), (1,), (2, 2)]
            mine = [randn(*shape, device=device, seed=i).requires_grad_() for i, shape in enumerate(shapes)]
            theirs = [p.detach().clone().requires_grad_() for p in mine]
            velocities, kept = ([torch.zeros(*shape, device=device) for shape in shapes] for _ in range(2))
            sgd = torch.optim.SGD(theirs, lr=lr, momentum=momentum)
            for step in range(5):
                before = [p.detach().clone() for p in theirs]
                for i, shape in enumerate(shapes):
                    grad = randn(*shape, device=device, seed=10 * step + i) * (i != 1 or step != 2)
                    missing = i == 3 or (i == 0 and step in (0, 3))
                    mine[i].grad = None if missing else grad.clone()
                    theirs[i].grad = None if missing else grad.clone()
                    if not missing:
                        kept[i] = momentum * kept[i] + grad
                same_as_sgd(mine, velocities, lr, momentum)
                sgd.step()
                for p, other, v, rolling, old in zip(mine, theirs, velocities, kept, before, strict=True):
                    usual = {"parameter_left_out": old}
                    if step == 2 and other is theirs[1]:
                        usual = {"zero_taken_for_missing": old}
                    if other.grad is None:
                        usual = {"moved_without_gradient": p.detach().clone()}
                    expect(p, other.detach(), mistakes=usual, rtol=1e-4)
                    usual = {"moved_without_gradient": v.clone()} if other.grad is None else {}
                    expect(v, rolling, mistakes=usual, rtol=1e-4)
                    if other.grad is not None:
                        left = torch.zeros_like(other.grad) if p.grad is None else p.grad
                        expect(left, other.grad, mistake="cleared_in_step")
                    expect(p.requires_grad, True, mistake="grad_switched_off")
    expect_uses(text, "data", "optim", "SGD", most=0)

# %% [markdown]
# ## 10 · All of it together
#
# Gradient descent needs no network. Wherever you can compute how wrong a guess is, it can make the guess better.
#
# A phone measures how far it is from some masts, whose places are known. Where is the phone? Guess a place, compute its distances
# from the masts, and compare them with the measured ones: the mean squared error is a landscape over the map.

# %%
masts = torch.tensor([[1.0, 1.0], [9.0, 2.0], [8.0, 9.0], [2.0, 7.0], [5.0, 4.0]])
phone = torch.tensor([6.5, 6.0])


def distances_from(place: torch.Tensor) -> torch.Tensor:
    return torch.linalg.vector_norm(masts - place, dim=1)  # the root of the sum of squares, for each mast


measured = distances_from(phone)
print(measured)
print("at the right place:", nn.MSELoss()(distances_from(phone), measured))
print("at a wrong one:    ", nn.MSELoss()(distances_from(torch.tensor([2.0, 3.0])), measured))

# %% folded="Drawing the map with the masts"
figure, axis = plt.subplots(figsize=(5, 4.6))
grid = torch.linspace(0, 10, 60)
squares = torch.stack(torch.meshgrid(grid, grid, indexing="xy"), dim=-1)  # (60, 60, 2): east and north of each
misses = torch.linalg.vector_norm(squares[:, :, None] - masts, dim=-1) - measured
drawn = axis.contour(grid, grid, (misses**2).mean(-1), [0.2, 1, 3, 6, 10], colors="black", linewidths=0.6, alpha=0.7)
axis.clabel(drawn, fmt="%g", fontsize=8)
axis.plot(masts[:, 0], masts[:, 1], "^", color="black", markersize=8)
axis.plot(phone[:1], phone[1:], "x", color="black", markersize=11, markeredgewidth=2.2)
axis.annotate("phone", phone.tolist(), (9, 4), textcoords="offset points")
for mast in masts.tolist():
    left = mast[0] > 7
    axis.annotate("mast", mast, (-8 if left else 8, -3), textcoords="offset points", ha="right" if left else "left")
axis.set(xlabel="kilometres east", ylabel="kilometres north", xlim=(0, 10), ylim=(0, 10), aspect="equal")
picture(
    figure,
    "A map of 10 by 10 kilometres with five masts, drawn as triangles, and contours of the loss. They close in on the place "
    "of the phone, a cross at 6.5 east and 6 north.",
)

# %% [markdown]
# ### 8.13 · Find the phone
# *4 points · about 10 minutes*
#
# `masts` has shape `(n, 2)`, float32, in kilometres: at least four, spread over a square of 10 by 10, never in one line. `measured`,
# shape `(n,)`, holds the distances of the phone from them, without error. The phone is inside the square. Return its place,
# shape `(2,)`, float32, on the device of `masts`, not requiring grad, right to 0.01 kilometres in both numbers. Leave the inputs
# as they were.
#
# Find it by gradient descent, by hand or with `optim.SGD`, and not by `lstsq`, `solve` or another formula. Choose the start, the
# number of steps and the learning rate by looking at the loss. A few hundred steps are enough; more than a few thousand take too
# long for the check.
#
# For example, the masts and distances of the cell above give `[6.5, 6.0]`.
#
# <details><summary>Hint 1</summary>A good first guess is the middle of the masts, <code>masts.mean(dim=0)</code>. Make it a leaf
# that requires grad.</details>
# <details><summary>Hint 2</summary>Compute distances as <code>distances_from</code> does, but from the argument
# <code>masts</code>. Then forward, backward, update, clear.</details>
# <details><summary>Hint 3</summary>300 steps with a learning rate of 0.3 do it. Return <code>place.detach()</code>.</details>


# %% solution="locate"
def locate(masts: torch.Tensor, measured: torch.Tensor) -> torch.Tensor:
    """The place (2,) whose distances from `masts` (n, 2) are `measured` (n,)."""
    ### BEGIN SOLUTION
    place = masts.mean(dim=0).requires_grad_()
    for _ in range(300):
        loss = nn.MSELoss()(torch.linalg.vector_norm(masts - place, dim=1), measured)
        loss.backward()
        with torch.no_grad():
            place -= 0.3 * place.grad
        place.grad = None
    return place.detach()
    ### END SOLUTION


# %% check="locate" points=2
with check("locate"):
    towers = torch.tensor([[0.5, 2.0], [9.5, 1.0], [7.0, 9.5], [1.0, 8.0], [4.0, 5.0]])
    there = torch.tensor([7.5, 3.0])
    distances = (towers - there).square().sum(1).sqrt()
    got = locate(towers, distances)
    expect_kind(got, there)
    near = torch.where((got.detach() - there).abs() < 0.01, there, got.detach())
    usual = {
        "start_returned": towers.mean(0),
        "nearest_mast": towers[distances.argmin()],
        "went_to_nan": there * torch.nan,
        "coordinates_swapped": there.flip(0),
    }
    if masts.shape == towers.shape:  # those of the cell above: is the loss from them level here?
        away = got.detach() - masts
        far = away.square().sum(1).sqrt()
        usual |= {"other_masts": near} if (((far - distances) / far) @ away).abs().max() < 0.05 else {}
    expect(near, there, mistakes=usual | {"not_arrived": near}, rtol=1e-3)
    expect_requires_grad(got, False)
    expect_uses(source_of("locate"), "lstsq", "solve", "pinv", "inv", "inverse", most=0)

# %% hidden="locate" points=2 checks="other masts and phones, a phone near the edge, more masts, the inputs unchanged, other devices"
with check("locate"):
    text = source_of("locate")
    for device in devices():
        cases = [(4, 0, [3.0, 7.5]), (7, 1, [9.0, 1.0]), (12, 3, [0.5, 5.0])]
        for n, seed, place in cases if device.type == "cpu" else cases[:1]:  # each takes hundreds of steps or more
            towers = torch.tensor([[0.5, 1.0], [9.0, 0.5], [1.0, 9.5], [9.5, 8.5]] + [[5.0, 5.0]] * (n - 4))
            towers += 0.9 * randn(n, 2, seed=seed).clamp(-3, 3) * torch.arange(n)[:, None].clamp(max=4) / 4
            there = torch.tensor(place)
            distances = (towers - there).square().sum(1).sqrt()
            towers, distances, there = towers.to(device), distances.to(device), there.to(device)
            before = towers.clone(), distances.clone()
            got = locate(towers, distances)
            expect_kind(got, there)
            # 0.01: from 3,000 random starts, at 7 settings of rate and momentum, none of these phones was missed by it
            near = torch.where((got.detach() - there).abs() < 0.01, there, got.detach())
            usual = {"start_returned": towers.mean(0), "went_to_nan": there * torch.nan}
            usual |= {"coordinates_swapped": there.flip(0), "not_arrived": near}
            expect(near, there, mistakes=usual, rtol=1e-3)
            expect_requires_grad(got, False)
            expect((towers, distances), before, mistake="input_changed")
            expect(towers.requires_grad or distances.requires_grad, False, mistake="input_needs_grad")
    expect_uses(text, "lstsq", "solve", "pinv", "inv", "inverse", most=0)

# %% [markdown]
# ## What you can do now
#
# | you want | write | mind |
# | --- | --- | --- |
# | a parameter | `w = torch.tensor(…, requires_grad=True)`, `start.clone().requires_grad_()` | a leaf of your own |
# | the loss | `nn.MSELoss()(prediction, target)`, `((prediction - target) ** 2).mean()` | floats, one shape |
# | the gradient | `loss.backward()`, then `w.grad` | it is added to what is there |
# | the update | `with torch.no_grad(): w -= lr * w.grad` | in place, and not recorded |
# | to clear | `w.grad = None`, `w.grad.zero_()` | not between backward and update |
# | to keep a place | `w.detach().clone()`, `loss.item()` | `w` itself will change |
# | momentum | `velocity = momentum * velocity + w.grad`, then `w -= lr * velocity` | starts at zeros, outlives the step |
# | the same from PyTorch | `optim.SGD([w, b], lr=…, momentum=…)`, `.zero_grad()`, `.step()` | `backward()` is still yours |
#
# If the loss falls too slowly, raise the learning rate. If it rises or becomes `nan`, lower it. If it swings, look for a gradient
# that is never cleared.
#
# **To stretch yourself** (no points). `w⁴ − 8·w² + 3·w` has two valleys. Start in each and see where you arrive. Then try to get
# from the higher valley into the lower one by momentum alone: which learning rate and momentum carry you over the hill, and
# still let you come to rest?
#
# **To read on.** *[torch.optim](https://docs.pytorch.org/docs/stable/optim.html)* lists the optimisers;
# *[SGD](https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html)* gives its update as pseudo-code, in which you will
# recognise yours. *[Why momentum really works](https://distill.pub/2017/momentum/)* has the long valley with sliders for both
# numbers.
#
# **Next:** lesson 09, a whole linear regression, with data in batches.
