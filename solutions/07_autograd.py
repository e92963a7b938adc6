# %% [markdown]
# # 07 · Autograd
#
# To train a network is to ask, for each of its numbers, one question again and again: if this number grew a little, how
# much would the error grow? The answers are called gradients, and PyTorch works them out by itself. This lesson shows how,
# so that you can tell what it will do, and why it sometimes does nothing.
#
# **After this lesson you can**
#
# - ask for the gradient of any calculation, and check it by hand;
# - read the graph that PyTorch keeps of a calculation, and say along which paths a gradient came;
# - avoid the usual accidents: gradients that pile up, graphs that are cut, tensors changed too early;
# - work out Jacobians and second derivatives, hold parts of a calculation fixed, and write a backward pass of your own.
#
# **It takes** about 150 minutes: 75 for sections 1 to 4, after which there is a good place for a break, and 75 for the rest. **It
# needs** lessons 01 to 03, and from school the derivative of a power. The product rule and the chain rule are explained where
# they are used.
#
# Run the cells from top to bottom. The next cell is folded away: it brings the checks and the pictures.

# %% [markdown]
# ## 1 · The slope at a point
#
# Take y = 2x² + 3. By the rules from school its derivative is 4x, so at x = 10 the slope is 40: where x grows by a little,
# y grows forty times as much. Now let PyTorch find it.

# %%
import warnings
from collections.abc import Callable

import torch

x = torch.tensor(10.0, requires_grad=True)
y = 2 * x * x + 3
y.backward()
print(x.grad)

# %% [markdown]
# Three lines, three steps.
#
# - `requires_grad=True` says: watch this tensor. Whatever is calculated from it is recorded.
# - `y = 2 * x * x + 3` is an ordinary calculation, and y is the number 203. Beside it, PyTorch has noted how y came about.
# - `y.backward()` goes through these notes from the end to the beginning, and puts dy/dx, the slope, into `x.grad`.
#
# `.backward()` itself returns nothing. Its result is in `x.grad`, a tensor of the shape, dtype and device of `x`.
#
# The slope is what you see when you stay close. The tangent, the straight line through the point with that slope, and the
# curve can hardly be told apart there:

# %% folded="Drawing the tangent on its curve"
import matplotlib.pyplot as plt

near = torch.linspace(0, 16, 100)
figure, axis = plt.subplots(figsize=(6, 3))
axis.plot(near, 2 * near * near + 3, color="tab:blue", linewidth=2.5, label="y = 2x² + 3")
axis.plot(near, y.item() + x.grad.item() * (near - x.item()), "--", color="tab:red", label="tangent, slope 40")
axis.plot([x.item()], [y.item()], "o", color="black", label="x = 10, y = 203")
axis.set(xlabel="x", ylabel="y", ylim=(-100, 550))
axis.legend(frameon=False)
picture(
    figure,
    "The curve y = 2x² + 3 and its tangent at x = 10: a straight line of slope 40 through (10, 203). "
    "They touch there, and the curve leaves the line upwards on both sides.",
)

# %% [markdown]
# You may have read elsewhere that this derivative is 200. That is the value of 2x², not its slope. If another step follows,
# z = 5y + 6, each change of y becomes five times as large in z, and then the slope is 5 · 40 = 200. That is the **chain
# rule**: along a chain of steps, slopes multiply.

# %%
x = torch.tensor(10.0, requires_grad=True)
y = 2 * x * x + 3
z = 5 * y + 6
z.backward()
print(x.grad)

# %% [markdown]
# ### Three things that are refused
#
# Slopes are about small steps, and between whole numbers there are none. So a tensor of integers cannot require grad:

# %% raises="RuntimeError"
torch.tensor(10, requires_grad=True)

# %% [markdown]
# *Only Tensors of floating point and complex dtype*: write `10.0`, or `float(n)` where `n` may be an integer.
#
# Where nothing was watched, there are no notes to go through:

# %% raises="RuntimeError"
(2 * torch.tensor(10.0)).backward()

# %% [markdown]
# *element 0 of tensors* is the tensor that `backward` was called on. It *does not require grad*, so what you have to look for
# is the place where it should have begun to: a forgotten `requires_grad=True`, or a step that left the graph. Section 7 is
# about those.
#
# And NumPy knows nothing of gradients: what it does with a tensor could not be recorded. So a tensor that requires grad is not
# handed over:

# %% raises="RuntimeError"
x.numpy()

# %% [markdown]
# The message names its cure, `x.detach().numpy()`. For a single number there is `.item()`.
#
# Here are a few curves, to try your answer to the first exercise on.


# %%
def valley(x):
    return 2 * x * x + 3


def chained(x):
    return 5 * valley(x) + 6


def wiggle(x):
    return x**3 - x


def reciprocal(x):
    return 1 / x


def falling(x):
    return 7 - 2 * x


def rippled(x):
    return 2 * x + (1e12 * x).sin() / 1e12


# %% [markdown]
# ### 7.1 · The slope at
# *2 points · about 4 minutes*
#
# `f` is a function that takes a tensor without axes and returns one; `x` is a Python number, an `int` or a `float`. Return the
# slope of `f` at `x`, as a Python `float`. Let autograd find it. Measuring it with a small step will not do: the last of these
# curves, `rippled`, goes up and down many times within any step of a usual size.
#
# For example, `valley` and 10 give `40.0`.
#
# <details><summary>Hint 1</summary>Make a tensor of <code>x</code> that is watched, call <code>f</code> with it, and call
# <code>backward</code> on what comes out.</details>
# <details><summary>Hint 2</summary>The check passes an integer. Which dtype can require grad?</details>
# <details><summary>Hint 3</summary>After <code>f(at).backward()</code>, the slope is the number inside
# <code>at.grad</code>. <code>.item()</code> takes it out.</details>


# %% solution="slope_at"
def slope_at(f: Callable[[torch.Tensor], torch.Tensor], x: float) -> float:
    """The slope at `x` of `f`, which takes and returns a tensor without axes."""
    ### BEGIN SOLUTION
    at = torch.tensor(float(x), requires_grad=True)
    f(at).backward()
    return at.grad.item()
    ### END SOLUTION


# %% check="slope_at" points=1
with check("slope_at"):
    expect(slope_at(valley, 10), 40.0, mistakes={"value_for_slope": 203.0, "none_for_gradient": None}, rtol=1e-4)
    got = slope_at(rippled, 0)  # 2, and 1 of the ripples
    expect(got, 3.0, mistakes={"slope_measured": got if 1.5 < got < 2.5 else 2.0}, rtol=1e-4)

# %% hidden="slope_at" points=1 checks="negative slopes, slope 0, numbers below 0, other functions, fine ripples, two calls"
with check("slope_at"):
    from functools import partial
    from math import cos, cosh, exp, sin

    # PyTorch's own functions, since the notebook's may have been defined anew by now.
    for f, value, slope, at in [
        (torch.sin, sin(2.0), cos(2.0), 2.0),
        (torch.square, 25.0, -10.0, -5.0),
        (torch.cosh, cosh(0.0), 0.0, 0.0),
        (torch.reciprocal, 1 / 0.5, -1 / 0.5**2, 0.5),
        (torch.neg, -7.0, -1.0, 7),
        (torch.exp, exp(1.5), exp(1.5), 1.5),
        (torch.sin, sin(-1.0), cos(-1.0), -1.0),
    ]:
        usual = {"none_for_gradient": None} | ({"value_for_slope": value} if value != slope else {})
        expect(slope_at(f, at), slope, mistakes=usual, rtol=1e-4)
    saw = partial(torch.fmod, other=1e-30)  # its teeth rise with slope 1, and fall back after each 1e-30
    expect(slope_at(saw, 0.7), 1.0, mistake="slope_measured", rtol=1e-4)

# %% [markdown]
# ## 2 · A gradient for every entry
#
# With more entries nothing new happens, as long as the result is **one** number. Its gradient has the shape of x: for each
# entry, how much the result would grow if that entry grew.

# %%
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
total = (x**2).sum()
total.backward()
show(x=x, gradient=x.grad, text="Each entry of the gradient is twice the entry of x at its place: the slope of x².")

# %% [markdown]
# The sum hands the slope 1 to each of its parts, so each entry keeps the slope of its own square. A mean over n entries hands
# 1/n to each:

# %%
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
(x**2).mean().backward()
print(x.grad)

# %% [markdown]
# Without the sum or the mean the result has four entries, and `backward` does not know which of them you ask about:

# %% raises="RuntimeError"
(x**2).backward()

# %% [markdown]
# *grad can be implicitly created only for scalar outputs.* A **scalar** is a tensor with one number. Usually a `.sum()` or
# `.mean()` was forgotten; section 5 shows what else you can say.
#
# ### A leaf of your own
#
# A tensor that you have made, and not calculated, is called a **leaf**. Gradients are kept in leaves. A function that is given a
# tensor and needs gradients should neither switch `requires_grad` on in its caller's tensor nor leave a `.grad` there. It makes
# a leaf of its own:

# %%
given = torch.tensor([1.0, 2.0])
leaf = given.detach().clone().requires_grad_()
(leaf**3).sum().backward()
print(leaf.grad)
print(given.requires_grad, given.grad)

# %% [markdown]
# `.detach()` gives the same numbers, without any history. `.clone()` gives them memory of their own. `.requires_grad_()`, with the
# underscore of everything that works in place, starts the watch and returns the tensor. It is a recipe worth remembering.
# (`torch.tensor(given, requires_grad=True)` copies as well, but it prints a warning that recommends this recipe. Answers in this
# lesson should cause no warnings: some graders count one as a failure.)
#
# ### 7.2 · The gradient of a sum
# *2 points · about 4 minutes*
#
# Return the gradient of `(2 * x**2).sum()` at `x`: a new tensor of the shape, dtype and device of `x`. `x` is a tensor of
# floats that does not require grad, of any shape. Leave it as it was: it does not require grad afterwards either, and its `.grad`
# stays `None`. Do without `torch.tensor`.
#
# For example `[10., 20.]` gives `[40., 80.]`.
#
# <details><summary>Hint 1</summary>The recipe for a leaf of your own stands right above.</details>
# <details><summary>Hint 2</summary>Calculate the sum from the leaf, call <code>.backward()</code> on it, and return what is
# then in the leaf's <code>.grad</code>.</details>


# %% solution="gradient_of_sum"
def gradient_of_sum(x: torch.Tensor) -> torch.Tensor:
    """The gradient of the sum of 2x² at `x`, in its shape; `x` stays as it was."""
    ### BEGIN SOLUTION
    leaf = x.detach().clone().requires_grad_()
    (2 * leaf**2).sum().backward()
    return leaf.grad
    ### END SOLUTION


# %% check="gradient_of_sum" points=1
with check("gradient_of_sum"):
    given = torch.tensor([10.0, 20.0, -1.0])
    got = gradient_of_sum(given)
    usual = {
        "value_for_slope": 2 * given**2,
        "gradients_added_up": torch.tensor(116.0),
        "slope_of_square": 2 * given,
        "mean_for_sum": 4 * given / 3,
        "none_for_gradient": None,
    }
    expect(got, [40.0, 80.0, -4.0], mistakes=usual)
    expect_requires_grad(got, False)
    expect(given.requires_grad, False, mistake="watch_left_on")
    expect_uses(source_of("gradient_of_sum"), "tensor", most=0, mistake="tensor_of_tensor")

# %% hidden="gradient_of_sum" points=1 checks="more axes, one entry, none, float64, negative numbers, other devices, x unchanged"
with check("gradient_of_sum"):
    text = source_of("gradient_of_sum")
    for device in devices():
        for shape, dtype in [
            ((3, 4), torch.float32),
            ((1,), torch.float64),
            ((), torch.float32),
            ((0, 2), torch.float32),
        ]:
            given = randn(1, *shape[::-1], device=device).to(dtype)[0].permute(tuple(range(len(shape)))[::-1])
            before, slopes = given.clone(), [4 * value for value in given.reshape(-1).tolist()]
            want = torch.tensor(slopes, dtype=dtype, device=device).reshape(shape)
            got = gradient_of_sum(given)
            expect(got, want, mistakes={"value_for_slope": 2 * given**2, "none_for_gradient": None})
            expect_requires_grad(got, False)
            expect((given.requires_grad, given.grad), (False, None), mistake="watch_left_on")
            expect(given, before, mistake="input_changed")
            expect(gradient_of_sum(given), want)
    expect_uses(text, "tensor", most=0, mistake="tensor_of_tensor")

# %% [markdown]
# ### 7.3 · A mean of squares
# *2 points · about 3 minutes*
#
# From PyTorch's own first tutorial: y = x + 2, z = 3y², and out is the mean of all entries of z. Return the gradient of out at
# `x`, a new tensor of the shape, dtype and device of `x`. `x` has one entry or more, and does not require grad; leave it as it
# was.
#
# For example, `x = torch.ones(2, 2)` gives 4.5 in all four places.
#
# <details><summary>Hint 1</summary>Write the three steps down as they stand above, with a leaf of your own in place of
# <code>x</code>.</details>
# <details><summary>Hint 2</summary>By hand: each entry has the slope 6 (x + 2), and the mean divides it by the number of entries.
# At 1, with four entries, that is 18 / 4.</details>


# %% solution="mean_of_squares"
def mean_of_squares(x: torch.Tensor) -> torch.Tensor:
    """The gradient of the mean of 3 (x + 2)² at `x`, in its shape."""
    ### BEGIN SOLUTION
    leaf = x.detach().clone().requires_grad_()
    y = leaf + 2
    z = 3 * y**2
    z.mean().backward()
    return leaf.grad
    ### END SOLUTION


# %% check="mean_of_squares" points=1
with check("mean_of_squares"):
    given = torch.ones(2, 2)
    got = mean_of_squares(given)
    usual = {
        "summed_for_mean": torch.full((2, 2), 18.0),
        "value_for_slope": torch.tensor(27.0).expand(getattr(got, "shape", ())),  # of out, or of each entry of z
        "none_for_gradient": None,
    }
    expect(got, [[4.5, 4.5], [4.5, 4.5]], mistakes=usual)
    expect_requires_grad(got, False)
    expect(given.requires_grad, False, mistake="watch_left_on")

# %% hidden="mean_of_squares" points=1 checks="other sizes and numbers, one entry, float64, other devices, x unchanged"
with check("mean_of_squares"):
    for device in devices():
        for shape, dtype in [
            ((3, 5), torch.float32),
            ((1,), torch.float32),
            ((2, 1, 4), torch.float64),
            ((7,), torch.float32),
        ]:
            given = randn(*shape, device=device).to(dtype)
            before, want = given.clone(), torch.zeros_like(given)
            for i, value in enumerate(given.reshape(-1).tolist()):
                want.view(-1)[i] = 6 * (value + 2) / given.numel()
            usual = {
                "summed_for_mean": want * given.numel(),
                "sizes_hard_coded": want * given.numel() / 4,
                "constants_for_all": torch.full_like(given, 4.5),
                "none_for_gradient": None,
            }
            got = mean_of_squares(given)
            expect(got, want, mistakes=usual)
            expect_requires_grad(got, False)
            expect((given.requires_grad, given.grad), (False, None), mistake="watch_left_on")
            expect(given, before, mistake="input_changed")

# %% [markdown]
# ### By hand beside autograd
#
# Autograd does not guess, and it does not try small steps. It applies the rules that you know, each step's own slope and the
# chain rule, to numbers. So you can check whatever it says. For y = x · eˣ the **product rule** says: the slope of the first
# factor times the second, plus the first times the slope of the second. The slope of eˣ is eˣ again. That gives
# 1 · eˣ + x · eˣ = (1 + x) eˣ.

# %%
x = torch.tensor([-1.0, 0.0, 2.0], requires_grad=True)
(x * x.exp()).sum().backward()
with torch.no_grad():
    by_rule = (1 + x) * x.exp()
show(
    by_autograd=x.grad,
    by_rule=by_rule,
    text="The gradient of x · eˣ, once by autograd and once by the product rule: the same.",
)

# %% [markdown]
# Inside `with torch.no_grad():` nothing is recorded. Here it says: this is a calculation to compare with, and I want no gradient
# of it.
#
# ### 7.4 · By hand
# *2 points · about 4 minutes*
#
# Derive x² · eˣ yourself, with pencil and paper, and return the derivative at each entry of `x`: a new tensor of the shape, dtype
# and device of `x`. `x` is a tensor of floats that does not require grad, of any shape; leave it as it was. This time without
# autograd: no `backward`, no `grad`, no `torch.func`.
#
# For example, `[0., 1.]` gives `[0., 8.1548]`, that is 0 and 3e.
#
# <details><summary>Hint 1</summary>A product again. The slope of the first factor, x², is 2x.</details>
# <details><summary>Hint 2</summary>2x · eˣ + x² · eˣ. <code>x.exp()</code> is eˣ.</details>


# %% solution="by_hand"
def by_hand(x: torch.Tensor) -> torch.Tensor:
    """The derivative of x²·eˣ at each entry of `x`, by the product rule."""
    ### BEGIN SOLUTION
    return (2 * x + x**2) * x.exp()
    ### END SOLUTION


# %% check="by_hand" points=1
with check("by_hand"):
    given = torch.tensor([0.0, 1.0, -1.0, 2.0])
    usual = {
        "product_of_slopes": 2 * given * given.exp(),
        "value_for_slope": given**2 * given.exp(),
        "one_factor_only": given**2 * given.exp() + 2 * given,
    }
    leaf = given.clone().requires_grad_()
    (leaf**2 * leaf.exp()).sum().backward()
    expect(by_hand(given), leaf.grad, mistakes=usual, rtol=1e-4)
    expect_uses(source_of("by_hand"), "backward", "autograd", "grad", "jacrev", "jacobian", most=0)

# %% hidden="by_hand" points=1 checks="more axes, no entry, float64, large and negative numbers, other devices, x unchanged"
with check("by_hand"):
    text = source_of("by_hand")
    for device in devices():
        for shape, dtype in [
            ((3, 4), torch.float64),
            ((0,), torch.float32),
            ((), torch.float32),
            ((5, 1, 2), torch.float32),
        ]:
            given = 3 * randn(1, *shape, device=device)[0].to(dtype)
            leaf, before = given.clone().requires_grad_(), given.clone()
            (leaf**2 * leaf.exp()).sum().backward()
            got, rtol = by_hand(given), 1e-4 if dtype == torch.float32 else 0  # a measured slope has few digits
            expect(got, leaf.grad, mistakes={"product_of_slopes": 2 * given * given.exp()}, rtol=rtol)
            expect_requires_grad(got, False)
            expect(given, before, mistake="input_changed")
    expect_uses(text, "backward", "autograd", "grad", "jacrev", "jacobian", most=0)

# %% [markdown]
# ## 3 · The graph
#
# The notes that PyTorch keeps are called the **graph**. Each step of a calculation is a node in it. You find the node of a
# result under `.grad_fn`, "gradient function", because a node knows how to send gradients back through its step. (In PyTorch's
# first year this was called `.creator`.)

# %%
x = torch.tensor(10.0, requires_grad=True)
y = 2 * x * x + 3
print(y)
print(y.grad_fn)
print(y.grad_fn.next_functions)

# %% [markdown]
# The last step was an addition, so `y.grad_fn` is an `AddBackward0`. (Names end in `Backward`, since a node is for the way back,
# and in a number that tells variants apart.) `.next_functions` says where the gradient goes from here: one pair for each input of
# the step, with the node of that input. What needs no gradient, here the 3, stands there as `None`.
#
# Follow these pairs and you walk through the whole graph:


# %%
def walk(node, depth: int = 0) -> None:
    print("    " * depth + (node.name() if node else "None"))
    if node:
        for following, _ in node.next_functions:
            walk(following, depth + 1)


walk(y.grad_fn)

# %% [markdown]
# Every walk ends at `None` or at an `AccumulateGrad`. That is the node of a leaf: it adds whatever gradient arrives to the leaf's
# `.grad`. You see it twice because x was used twice.
#
# `show_graph` walks in the same way and draws what it finds. The values go down, from the leaf to y. The gradients come back up.
# Each box says its value, and how fast y would grow with it; beside each arrow stands how much gradient goes back there.

# %%
show_graph(
    lambda: 2 * x * x + 3,
    "The graph of y = 2x² + 3 at x = 10. The two shares that arrive at x, 20 and 20, make 40.",
    x=x,
)

# %% [markdown]
# Read it from the bottom. The gradient of y with respect to y is 1. An addition hands it on as it is. A product hands each
# factor the gradient times the **other** factor: so x gets 1 · 20 = 20 along one path, and the step 2 · x gets 1 · 10. That step
# in turn hands x its 10 times 2. Where several arrows leave a box, what comes back along them is **added up**: 20 + 20.
#
# That is all there is to it: along a path slopes multiply, and paths add up. Here are two paths with names:

# %%
u = torch.tensor(3.0, requires_grad=True)
p = u**2
q = 2 * u
r = p * q
show_graph(r, "Two paths from u to r. Along p comes 36, along q comes 18: together 54.", u=u, p=p, q=q, r=r)

# %% [markdown]
# Along p: r grows by q = 6 for each unit of p, and p by 2u = 6 for each unit of u; 6 · 6 = 36. Along q: r grows by p = 9 for each
# unit of q, and q by 2 for each of u; 9 · 2 = 18. By hand, r = u² · 2u = 2u³, and its slope 6u² is 54 at u = 3.
#
# ### Who requires grad?
#
# A result requires grad as soon as **one** of its inputs does, and so on from step to step. Steps without such an input are not
# recorded. What has no slope ends it: comparisons, and everything else that gives integers or booleans.

# %%
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(5.0)
c = a * b
print(c.requires_grad, (b + 1).requires_grad, (c > 3).requires_grad, c.long().requires_grad)
print(a.is_leaf, b.is_leaf, c.is_leaf)

# %% [markdown]
# Leaves are what you made, `a` and `b`. (Whatever does not require grad counts as a leaf too, `b + 1` as well: it has no history.)
# `c` was calculated from a watched tensor, and `backward` keeps no gradient in it: gradients of what lies between are used and
# thrown away. If you ask for one all the same, you get `None` and a warning:

# %%
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    c.backward()
    print(a.grad, c.grad)
print(str(caught[0].message).partition(" If you")[0])

# %% [markdown]
# When you do want it, say so before: `c.retain_grad()`.
#
# ### 7.5 · Which need grad? (predict, then run)
# *1 point · about 2 minutes*
#
# What does the last of these lines print? Return it as text: for example `"True True True True"`.
#
# ```python
# weight = torch.tensor([1.0, 2.0], requires_grad=True)
# data = torch.tensor([3.0, 4.0])
# scaled = data * 2
# output = weight * scaled
# print(scaled.requires_grad, output.requires_grad, (output > 5).requires_grad, output.is_leaf)
# ```
#
# <details><summary>Hint 1</summary>For each line, ask whether one of its inputs requires grad.</details>
# <details><summary>Hint 2</summary>A comparison gives booleans, and those have no slope. A leaf was not
# calculated.</details>


# %% solution="which_need_grad"
def which_need_grad() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "False True False False"
    ### END SOLUTION


# %% predict="which_need_grad" points=1
with predict("which_need_grad", lambda: which_need_grad()):
    weight = torch.tensor([1.0, 2.0], requires_grad=True)
    data = torch.tensor([3.0, 4.0])
    scaled = data * 2
    output = weight * scaled
    print(scaled.requires_grad, output.requires_grad, (output > 5).requires_grad, output.is_leaf)

# %% [markdown]
# ### 7.6 · Two paths
# *3 points · about 6 minutes*
#
# `a` and `x` are tensors of floats of the same shape, and neither requires grad. With
#
# y = 2x² + 3a, b = 6xa, z = y² + 1 / (b · y), all entry by entry (neither y nor b is 0),
#
# return the pair (dz/da, dz/dx), a tuple: two new tensors of the shape, dtype and device of the inputs. Leave the inputs as they
# were. z depends on x along two paths, by y and by b, and on a along two as well; autograd adds them up if you let it.
#
# For example, a = 5 and x = 10 give 1290 and 17200. There the path by b adds less than float32 can show. At a = 0.5 and x = 0.5
# it counts: 10.8333 and 7.
#
# <details><summary>Hint 1</summary>Two leaves of your own, one backward.</details>
# <details><summary>Hint 2</summary>The inputs may have many entries, and <code>backward</code> wants one number. Each entry of z
# depends on its own a and x only, so a sum changes nothing.</details>
# <details><summary>Hint 3</summary>Write y, b and z as they stand above, call <code>z.sum().backward()</code>, and return the
# two <code>.grad</code>, a's first.</details>


# %% solution="two_paths"
def two_paths(a: torch.Tensor, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """dz/da and dz/dx of z = y² + 1/(b·y), with y = 2x² + 3a and b = 6xa, entry by entry."""
    ### BEGIN SOLUTION
    a, x = a.detach().clone().requires_grad_(), x.detach().clone().requires_grad_()
    y = 2 * x**2 + 3 * a
    b = 6 * x * a
    z = y**2 + 1 / (b * y)
    z.sum().backward()
    return a.grad, x.grad
    ### END SOLUTION


# %% check="two_paths" points=1
with check("two_paths"):
    for at, want, by_y in [
        ((5.0, 10.0), (1290.0, 17200.0), (1290.0, 17200.0)),
        ((0.5, 0.5), (65 / 6, 7.0), (11.5, 23 / 3)),
    ]:
        given_a, given_x = map(torch.tensor, at)
        want = tuple(map(torch.tensor, want))
        y, b = 2 * given_x**2 + 3 * given_a, 6 * given_x * given_a
        dz_dy, dz_db = 2 * y + 1 / b, -y / b**2  # of y² + (1 / b) · y
        usual = {
            "path_lost": tuple(map(torch.tensor, by_y)),
            "swapped": want[::-1],
            "slope_of_y": (torch.tensor(3.0), 4 * given_x),
            "divisor_without_brackets": (dz_dy * 3 + dz_db * 6 * given_x, dz_dy * 4 * given_x + dz_db * 6 * given_a),
        }
        got = two_paths(given_a, given_x)
        if isinstance(got, tuple) and any(each is None for each in got):
            raise Wrong("none_in_pair")
        expect(got, want, mistakes=usual)
        expect((given_a.requires_grad, given_x.requires_grad), (False, False), mistake="watch_left_on")

# %% hidden="two_paths" points=2 checks="small numbers, where both paths count, many entries, negative ones, other devices, inputs unchanged"
with check("two_paths"):
    for device in devices():
        for shape, dtype in [
            ((), torch.float64),
            ((4,), torch.float32),
            ((2, 3), torch.float64),
            ((0,), torch.float32),
        ]:
            a, x = (randn(1, *shape, device=device, seed=seed)[0].to(dtype) for seed in (1, 2))
            a, x = a.sign() * (a.abs() + 1) * 0.3, x.sign() * (x.abs() + 1) * 0.3
            before = a.clone(), x.clone()
            y, b = 2 * x**2 + 3 * a, 6 * x * a
            dz_dy, dz_db = 2 * y - 1 / (b * y**2), -1 / (b**2 * y)
            want = dz_dy * 3 + dz_db * 6 * x, dz_dy * 4 * x + dz_db * 6 * a
            usual = {
                "path_lost": (dz_dy * 3, dz_dy * 4 * x),
                "swapped": want[::-1],
                "mean_for_sum": (want[0] / a.numel(), want[1] / a.numel()) if a.numel() else want,
            }
            got = two_paths(a, x)
            expect(got, want, mistakes=usual, rtol=1e-3)
            expect((got[0].requires_grad, got[1].requires_grad), (False, False), mistake="graph_kept")
            expect((a.requires_grad, x.requires_grad), (False, False), mistake="watch_left_on")
            expect((a, x), before, mistake="input_changed")

# %% [markdown]
# ### A graph for every run
#
# The graph is made anew each time the code runs, by the steps that do run. So Python's `if`, `for` and `while` may decide what is
# calculated, and the gradient is that of the path that was taken. PyTorch has worked this way from its beginning; TensorFlow has
# done so too since its version 2.


# %%
def halved_until_small(x: torch.Tensor) -> torch.Tensor:
    while x > 1:
        x = x / 2
    return x


for start in (0.5, 3.0, 20.0):
    x = torch.tensor(start, requires_grad=True)
    halved_until_small(x).backward()
    print(start, "→ gradient", x.grad.item())

# %% [markdown]
# 0.5 is not halved at all, 3 is halved twice, 20 five times, and the gradients are 1, 1/4 and 1/32. The comparison `x > 1` itself is
# not in the graph: a decision has no slope.

# %%
x = torch.tensor(3.0, requires_grad=True)
show_graph(
    lambda: halved_until_small(x),
    "The graph of this run: two divisions by 2, so a gradient of 0.25. The while loop is not in it.",
    x=x,
)

# %% [markdown]
# ### 7.7 · A tariff
# *2 points · about 6 minutes*
#
# Water costs 0.25 for each unit up to and including 100 units. Each unit above 100 costs 0.40. Write the price as a function of
# the amount `x`, a tensor of floats without axes, 0 or more: return the price, a tensor of the same dtype and device. Its
# gradient says what a little more water would cost: 0.25 up to and including 100, and 0.40 above. If `x` does not require grad,
# neither does the price. Compare and calculate with `x` itself, without `float`: `float(x)` has no gradient. (Since
# version 2.8 PyTorch warns you of that.)
#
# For example, `x = 150.` gives 45 (25 for the first hundred, 20 for the fifty above), and the gradient there is 0.40.
#
# <details><summary>Hint 1</summary>A Python <code>if</code> with a tensor without axes works as you would expect.</details>
# <details><summary>Hint 2</summary>Above 100 the price is 25 plus 0.40 times what is above.</details>
# <details><summary>Hint 3</summary>Calculate with <code>x</code> itself. <code>x.item()</code> is a plain number, and the graph
# ends there.</details>


# %% solution="dynamic_branch"
def dynamic_branch(x: torch.Tensor) -> torch.Tensor:
    """The price of `x` units of water, both without axes: 0.25 each up to 100, 0.40 each above."""
    ### BEGIN SOLUTION
    if x <= 100:
        return 0.25 * x
    return 25 + 0.40 * (x - 100)
    ### END SOLUTION


# %% check="dynamic_branch" points=1
with check("dynamic_branch"):
    for amount, price, slope in [(60.0, 15.0, 0.25), (150.0, 45.0, 0.40)]:
        units = torch.tensor(amount, requires_grad=True)
        got = dynamic_branch(units)
        expect(got, torch.tensor(price), mistakes={"one_rate_for_all": torch.tensor(amount * 0.40)})
        expect_requires_grad(got, True)
        got.backward()
        expect(units.grad, torch.tensor(slope), mistakes={"other_leaf": None})
    expect_uses(source_of("dynamic_branch"), "float", most=0)

# %% hidden="dynamic_branch" points=1 checks="exactly 100, 0, float64, x without grad, other devices, the slope as well as the price"
with check("dynamic_branch"):
    text = source_of("dynamic_branch")
    for device in devices():
        for dtype in (torch.float32, torch.float64):
            for amount in (0.0, 30.5, 99.5, 100.0, 100.5, 101.0, 4000.0):
                x = torch.tensor(amount, dtype=dtype, device=device, requires_grad=True)
                price = min(amount, 100) * 0.25 + max(amount - 100, 0) * 0.40
                want = torch.tensor(price, dtype=dtype, device=device)
                slope = torch.full_like(want, 0.25 if amount <= 100 else 0.40)
                got = dynamic_branch(x)
                expect(got, want, mistakes={"one_rate_for_all": torch.full_like(want, amount * 0.40)}, rtol=1e-6)
                expect_requires_grad(got, True)
                got.backward()
                expect(x.grad is None, False, mistake="other_leaf")
                expect(x.grad, slope, mistake="slope_at_kink" if amount == 100 else "", rtol=1e-6)
            expect_requires_grad(dynamic_branch(torch.tensor(120.0, dtype=dtype, device=device)), False)
    expect_uses(text, "float", most=0)

# %% [markdown]
# ## 4 · Gradients pile up
#
# `backward` does not put a gradient into `.grad`. It **adds** it to what is there.

# %%
x = torch.tensor(3.0, requires_grad=True)
heights = []
for _ in range(4):
    y = x**2
    y.backward()
    heights.append(x.grad.item())
print(heights)

# %% folded="Drawing the gradient that grows"
figure, axis = plt.subplots(figsize=(6, 2.8))
calls = range(1, len(heights) + 1)
axis.bar(calls, [0.0, *heights[:-1]], 0.6, color="none", edgecolor="black", hatch="///", label="was there before")
axis.bar(calls, 6.0, 0.6, bottom=[0.0, *heights[:-1]], color="tab:blue", edgecolor="black", label="added by this call")
for call, height in zip(calls, heights, strict=True):
    axis.annotate(f"{height:g}", (call, height), ha="center", va="bottom")
axis.set(xlabel="call of backward", ylabel="x.grad", xticks=calls, ylim=(0, 32))
axis.legend(frameon=False, loc="upper left")
picture(
    figure,
    "x.grad after each of four calls: 6, 12, 18, 24. Each call adds 6, the slope of x² at 3, to what was there before.",
)

# %% [markdown]
# The slope of x² at 3 is 6 each time, and only the first number is right. Why would anyone want this? Because a sum of many
# losses can then be handled piece by piece, where all of it at once would not fit into memory. But from one round of training
# to the next you must clear, and forgetting it is the commonest mistake in PyTorch. There is no error, only a network that
# learns badly.
#
# There are two ways to clear: `x.grad = None` takes the tensor away, and `x.grad.zero_()` writes zeros into it. Only the first
# works when there is no gradient yet, since `None` has no `zero_`. And they differ for whoever still holds the old gradient:

# %%
x = torch.tensor([1.0, 2.0], requires_grad=True)
(x**2).sum().backward()
kept = x.grad  # no copy: the very tensor that backward will add to
x.grad.zero_()
print(kept)
(x**2).sum().backward()
print(kept)
x.grad = None  # kept is left alone from here on
(x**3).sum().backward()
print(kept, x.grad)

# %% [markdown]
# Making a new tensor under the old name, as in `x = x.detach().requires_grad_()`, clears nothing. Then there are two leaves, and
# everybody who still holds the first one, above all an optimiser, has the old gradient.
#
# ### 7.8 · After two backwards (predict, then run)
# *1 point · about 2 minutes*
#
# What does the last of these lines print? Return it as text: for example `"3.0 4.0"`.
#
# ```python
# m = torch.tensor(2.0, requires_grad=True)
# n = torch.tensor(5.0, requires_grad=True)
# (m * n).backward()
# m.grad = None
# (m * n).backward()
# print(m.grad.item(), n.grad.item())
# ```
#
# <details><summary>Hint 1</summary>The slope of m · n along m is n, and along n it is m.</details>
# <details><summary>Hint 2</summary>Which of the two was cleared between the calls?</details>


# %% solution="after_two_backwards"
def after_two_backwards() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "5.0 4.0"
    ### END SOLUTION


# %% predict="after_two_backwards" points=1
with predict("after_two_backwards", lambda: after_two_backwards()):
    m = torch.tensor(2.0, requires_grad=True)
    n = torch.tensor(5.0, requires_grad=True)
    (m * n).backward()
    m.grad = None
    (m * n).backward()
    print(m.grad.item(), n.grad.item())

# %% [markdown]
# ### 7.9 · Fresh gradients
# *3 points · about 6 minutes*
#
# `weights` is a leaf that requires grad, shape `(n,)`, where `n` may be 0; `x` and `target` are data of the same shape. The loss is
# `((weights * x - target) ** 2).sum()`. Whatever `weights.grad` holds beforehand, `None` or a gradient from earlier,
# afterwards it holds the gradient of this loss and nothing else. Return a copy of it, which later calls do not change. The
# numbers in `weights` stay as they were.
#
# For example, `weights = [1., 2.]`, `x = [3., 1.]` and `target = [1., 1.]` give `[12., 2.]`, however often you call it.
#
# <details><summary>Hint 1</summary>Clear first, then backward. Which of the two ways to clear works where there is nothing
# yet?</details>
# <details><summary>Hint 2</summary><code>weights.grad</code> itself is the tensor that the next call may add to. How do you
# make a copy of a tensor?</details>
# <details><summary>Hint 3</summary><code>weights.grad = None</code>, loss, backward,
# <code>weights.grad.clone()</code>.</details>


# %% solution="fresh_gradients"
def fresh_gradients(weights: torch.Tensor, x: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The gradient of the squared error at the leaf `weights` (n,), which holds it too, and no other, afterwards."""
    ### BEGIN SOLUTION
    weights.grad = None
    loss = ((weights * x - target) ** 2).sum()
    loss.backward()
    return weights.grad.clone()
    ### END SOLUTION


# %% check="fresh_gradients" points=1
with check("fresh_gradients"):
    own = torch.tensor([1.0, 2.0], requires_grad=True)
    data, aim, want = torch.tensor([3.0, 1.0]), torch.tensor([1.0, 1.0]), torch.tensor([12.0, 2.0])
    for calls in (1, 2):
        got = fresh_gradients(own, data, aim)
        usual = {"gradients_accumulated": calls * want, "slope_of_outer": want / data, "none_for_gradient": None}
        expect(got, want, mistakes=usual)
        expect(own.grad, want, mistakes={"cleared_after": torch.zeros(2), "not_left_in_grad": None})

# %% hidden="fresh_gradients" points=2 checks="an old gradient, results that stay as they are, one weight, none, other devices"
with check("fresh_gradients"):
    for device in devices():
        for n in (1, 5, 0, 3):
            weights = randn(n, device=device).requires_grad_()
            stale = randn(n, device=device, seed=9)
            weights.grad = stale.clone()
            before, earlier = weights.detach().clone(), []
            for seed in (1, 2, 2):
                x, target = randn(n, device=device, seed=seed), randn(n, device=device, seed=seed + 5)
                want = torch.zeros(n, device=device)
                for i in range(n):
                    want[i] = 2 * (before[i] * x[i] - target[i]) * x[i]
                usual = {"gradients_accumulated": want + (earlier[-1][1] if earlier else stale)}
                got = fresh_gradients(weights, x, target)
                expect(got, want, mistakes=usual)
                expect_requires_grad(got, False)
                usual = {
                    "not_left_in_grad": earlier[-1][1] if earlier else stale,
                    "cleared_after": torch.zeros_like(want),
                }
                expect(weights.grad, want, mistakes=usual if n else {})
                expect(weights.detach(), before, mistake="input_changed")
                earlier.append((got, want.clone()))
                for old, wanted in earlier:
                    expect(old, wanted, mistake="grad_handed_out")
            weights.grad.zero_()
            for old, wanted in earlier:
                expect(old, wanted, mistake="grad_handed_out")

# %% [markdown]
# ### Backward twice through one graph
#
# In the loop above `y = x**2` stood inside, so each round had a graph of its own. PyTorch refuses to go back twice through the
# **same** graph:

# %% raises="RuntimeError"
x = torch.tensor(3.0, requires_grad=True)
y = x**2
y.backward()
y.backward()

# %% [markdown]
# *Saved intermediate values of the graph are freed when you call .backward()*: to send a gradient back through x², its node had
# kept x. After the first pass that memory is given back, since graphs can be large. The message offers `retain_graph=True`,
# and this works:

# %%
x = torch.tensor(3.0, requires_grad=True)
y = x**2
y.backward(retain_graph=True)
y.backward()
print(x.grad)

# %% [markdown]
# Yet it is seldom what you need. When this error turns up in a training loop, something that was calculated **before** the loop is
# used in it again, and the cure is to calculate it inside. `retain_graph=True` everywhere silences the message, and lets graph
# upon graph fill the memory. It is right where one graph is asked several questions, as in the next section.
#
# **A good place for a break.** The second half asks more of a graph: many slopes, slopes of slopes, and steps of your own.
#
# ## 5 · Several results: vectors and Jacobians
#
# "Only scalars can be differentiated" is half true. With several results there are several slopes for each input, and they make a
# table: row i says how result i depends on each input. This is the **Jacobian**, J. For two results of two inputs,
#
# - y₀ = x₀² + 3 x₁, with slopes 2 x₀ and 3,
# - y₁ = 2 x₀ + x₁², with slopes 2 and 2 x₁,
#
# it is [[4, 3], [2, 6]] at x = [2, 3]. One backward pass does not give all of it. It gives a weighted sum of its **rows**, and the
# weights are what you hand to `backward`: `y.backward(v)` computes vᵀJ. For a scalar the weight is 1, and may be left out.


# %%
def two_results(x: torch.Tensor) -> torch.Tensor:
    return torch.stack([x[0] ** 2 + 3 * x[1], 2 * x[0] + x[1] ** 2])


x = torch.tensor([2.0, 3.0], requires_grad=True)
two_results(x).backward(torch.tensor([1.0, 0.0]))
print("first row: ", x.grad)

x.grad = None
two_results(x).backward(torch.tensor([0.0, 1.0]))
print("second row:", x.grad)

x.grad = None
two_results(x).backward(torch.tensor([1.0, 10.0]))
print("first + 10 · second:", x.grad)

# %% [markdown]
# A weight of 1 for one result and 0 for all others picks one row. With ones everywhere you get all rows added up, and that is what
# `.sum().backward()` does.
#
# `v` must have the shape of `y`, or it is refused:

# %% raises="RuntimeError"
two_results(x).backward(torch.tensor([1.0, 1.0, 1.0]))

# %% [markdown]
# *grad_output[0]* is what you handed over, *output[0]* what you called `backward` on.
#
# ### Asking without `.grad`
#
# `torch.autograd.grad(y, x)` is the other way to ask. It returns the gradient, in a tuple with one entry for each input that you ask
# about. It touches no `.grad`, so nothing piles up.

# %%
x = torch.tensor([2.0, 3.0], requires_grad=True)
y = two_results(x)
(first,) = torch.autograd.grad(y[0], x, retain_graph=True)  # the graph is needed once more
(second,) = torch.autograd.grad(y[1], x)
show(jacobian=torch.stack([first, second]), text="Row by row: the slopes of y₀, then the slopes of y₁.")
print(x.grad)

# %% [markdown]
# For a whole Jacobian there is `torch.func.jacrev`. It takes the function, not its result, and gives a function that makes the
# Jacobian at a point:

# %%
print(torch.func.jacrev(two_results)(torch.tensor([2.0, 3.0])))

# %% [markdown]
# Three more functions with several results, or one, for vectors of any length, to try your next answer on:


# %%
def totals(x):
    return torch.stack([(x**3).sum(), x[0] * x[-1], 5 * x[0]])


def length_squared(x):
    return (x**2).sum()[None]


def steps_squared(x):
    return (x[1:] - x[:-1]) ** 2


# %% [markdown]
# ### 7.10 · Row by row
# *3 points · about 8 minutes*
#
# `f` takes a tensor of shape `(n,)` and returns one of shape `(m,)`, with `m` at least 1. Return its Jacobian at `x`: shape
# `(m, n)`, in the dtype and on the device of `x`; row i holds the slopes of result i. Build it yourself, one row at a time: without
# `jacrev` and `jacfwd`, which make all of it at once, and without `torch.autograd.functional`, whose `jacobian` does so too. `x`
# does not require grad and stays as it was, and the result belongs to no graph.
#
# For example, `two_results` at `[2., 3.]` gives `[[4., 3.], [2., 6.]]`.
#
# <details><summary>Hint 1</summary>A leaf of your own, one call of <code>f</code>, and then one question for each entry of the
# result.</details>
# <details><summary>Hint 2</summary><code>torch.autograd.grad(y[i], leaf, retain_graph=True)</code> gives a tuple with row i in
# it.</details>
# <details><summary>Hint 3</summary>Collect the rows in a list, then <code>torch.stack</code>.</details>


# %% solution="jacobian_rows"
def jacobian_rows(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """The Jacobian (m, n) at `x` (n,) of `f`, which returns (m,)."""
    ### BEGIN SOLUTION
    leaf = x.detach().clone().requires_grad_()
    y = f(leaf)
    rows = [torch.autograd.grad(y[i], leaf, retain_graph=True)[0] for i in range(len(y))]
    return torch.stack(rows)
    ### END SOLUTION


# %% check="jacobian_rows" points=1
with check("jacobian_rows"):
    given = torch.tensor([2.0, 3.0])
    got = jacobian_rows(two_results, given)
    want = torch.tensor([[4.0, 3.0], [2.0, 6.0]])
    usual = {
        "gradients_accumulated": want.cumsum(0),
        "rows_added_up": want.sum(0),
        "last_row_kept": want[-1].expand(2, 2),
        "sum_kept": want.sum(0).expand(2, 2),
    }
    expect(got, want, mistakes=usual)
    expect_requires_grad(got, False)
    expect(given.requires_grad, False, mistake="watch_left_on")
    got = jacobian_rows(totals, torch.tensor([1.0, 2.0]))  # three results of two inputs
    expect(
        got, [[3.0, 12.0], [2.0, 1.0], [5.0, 0.0]], mistakes={"rows_by_inputs": torch.tensor([[3.0, 12.0], [2.0, 1.0]])}
    )
    expect_uses(source_of("jacobian_rows"), "jacrev", "jacfwd", "jacobian", "functional", most=0)

# %% hidden="jacobian_rows" points=2 checks="more results than inputs and fewer, one of each, other functions, float64, other devices"
with check("jacobian_rows"):
    from functools import partial

    text = source_of("jacobian_rows")
    # Functions of PyTorch's own, since the notebook's may have been defined anew by now.
    bent, products = torch.nn.Tanh(), partial(torch.cumprod, dim=0)
    for device in devices():
        for name, m, n, dtype in [
            ("layer", 3, 2, torch.float32),
            ("layer", 3, 5, torch.float64),
            ("layer", 1, 3, torch.float32),
            ("layer", 1, 1, torch.float64),
            ("products", 4, 4, torch.float64),
            ("steps", 3, 4, torch.float32),
        ]:
            given = randn(n, device=device).to(dtype)
            before, x = given.clone(), given.tolist()
            want = torch.zeros(m, n, dtype=dtype, device=device)
            if name == "layer":  # tanh(weight @ x), and the slope of tanh is 1 - tanh²
                layer = torch.nn.Linear(n, m, bias=False).to(device, dtype).requires_grad_(False)
                weight = layer.weight.copy_(randn(m, n, device=device, seed=1)).clone()
                f, want = torch.nn.Sequential(layer, bent), (1 - (weight @ given).tanh() ** 2)[:, None] * weight
            elif name == "products":  # x₀, x₀ x₁, x₀ x₁ x₂, …: each slope is the product of the other factors
                f = products
                for i in range(m):
                    for j in range(i + 1):
                        want[i, j] = torch.tensor([x[k] for k in range(i + 1) if k != j], dtype=dtype).prod()
            else:  # from each entry to the next
                f = torch.diff
                for i in range(m):
                    want[i, i], want[i, i + 1] = -1, 1
            got = jacobian_rows(f, given)
            usual = {
                "transposed": want.T,
                "gradients_accumulated": want.cumsum(0),
                "rows_added_up": want.sum(0),
                "last_row_kept": want[-1].expand(m, n),
                "sum_kept": want.sum(0).expand(m, n),
            }
            expect(got, want, mistakes=usual, rtol=1e-4 if dtype == torch.float32 else 0)
            expect_requires_grad(got, False)
            expect((given.requires_grad, given.grad), (False, None), mistake="watch_left_on")
            expect(given, before, mistake="input_changed")
    expect_uses(text, "jacrev", "jacfwd", "jacobian", "functional", most=0)

# %% [markdown]
# ## 6 · The slope of the slope
#
# A gradient is calculated step by step, like anything else. With `create_graph=True` these steps are recorded as well. Then the
# gradient has a `grad_fn` of its own, and can be differentiated too.

# %%
x = torch.tensor(2.0, requires_grad=True)
y = x**3
(slope,) = torch.autograd.grad(y, x, create_graph=True)
(bend,) = torch.autograd.grad(slope, x)
print(slope)
print(bend)

# %% [markdown]
# The slope of x³ is 3x², 12 at x = 2. The slope of that is 6x, again 12. Here is the graph of the slope: it has been recorded, so it
# can be drawn. (The picture knows the values of steps that your code takes. Those in here were taken inside PyTorch, and not
# kept.)

# %%
show_graph(
    lambda: torch.autograd.grad(x**3, x, create_graph=True)[0],
    "The graph of the slope 3x² at x = 2, recorded by create_graph=True. The second derivative, 12, is the gradient at x.",
    x=x,
)

# %% [markdown]
# (`backward(create_graph=True)` exists as well. But it leaves in `.grad` a gradient that holds on to its own graph, and PyTorch
# warns that memory may leak. For second derivatives ask with `torch.autograd.grad`.)
#
# Without `create_graph=True` the first gradient is a plain number without a past:

# %% raises="RuntimeError"
(slope,) = torch.autograd.grad(x**3, x)
torch.autograd.grad(slope, x)

# %% [markdown]
# You know this message: *does not require grad and does not have a grad_fn*. Something left the graph.
#
# Curves that work entry by entry, to try your next answer on:


# %%
def cube(x):
    return x**3


def bent(x):
    return x**3 - 2 * x**2


def growth(x):
    return (2 * x).exp()


def wave(x):
    return x * x.sin()


# %% [markdown]
# ### 7.11 · The second derivative
# *2 points · about 5 minutes*
#
# `f` works on a tensor of any shape, entry by entry: each entry of `f(x)` depends on the same entry of `x` only. (It is never a
# straight line, whose slope would have no graph.) Return its second derivative at each entry of `x`: a new tensor of the shape,
# dtype and device of `x`, which belongs to no graph. `x` has one entry or more, does not require grad, and stays as it was. Do
# without `backward`.
#
# For example, `cube` and `x = [1., -2.]` give `[6., -12.]`.
#
# <details><summary>Hint 1</summary>Since entries do not mix, the gradient of <code>f(leaf).sum()</code> is the slope at each
# entry. The same holds once more.</details>
# <details><summary>Hint 2</summary>Only the first of the two gradients needs a graph.</details>
# <details><summary>Hint 3</summary><code>torch.autograd.grad(f(leaf).sum(), leaf, create_graph=True)</code>, then
# <code>torch.autograd.grad</code> of the sum of that.</details>


# %% solution="second_derivative"
def second_derivative(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """The second derivative at each entry of `x` of `f`, which works entry by entry; in the shape of `x`."""
    ### BEGIN SOLUTION
    leaf = x.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(f(leaf).sum(), leaf, create_graph=True)
    (bend,) = torch.autograd.grad(slope.sum(), leaf)
    return bend
    ### END SOLUTION


# %% check="second_derivative" points=1
with check("second_derivative"):
    given = torch.tensor([1.0, -2.0])
    got = second_derivative(cube, given)
    usual = {"first_for_second": 3 * given**2, "first_and_second": 3 * given**2 + 6 * given}
    expect(got, [6.0, -12.0], mistakes=usual)
    expect(given.requires_grad, False, mistake="watch_left_on")
    expect_uses(source_of("second_derivative"), "backward", most=0)

# %% hidden="second_derivative" points=1 checks="other functions, more axes, one entry, float64, no graph left, other devices"
with check("second_derivative"):
    from functools import partial

    text = source_of("second_derivative")
    # Functions of PyTorch's own, since the notebook's may have been defined anew by now.
    for device in devices():
        for f, first, second in [
            (partial(torch.pow, exponent=4), lambda x: 4 * x**3, lambda x: 12 * x**2),
            (torch.sin, lambda x: x.cos(), lambda x: -x.sin()),
            (torch.nn.Tanh(), lambda x: 1 - x.tanh() ** 2, lambda x: -2 * x.tanh() * (1 - x.tanh() ** 2)),
        ]:
            for shape, dtype in [
                ((3,), torch.float64),
                ((2, 4), torch.float32),
                ((1,), torch.float32),
                ((), torch.float64),
            ]:
                given = randn(1, *shape, device=device)[0].to(dtype)
                before = given.clone()
                got = second_derivative(f, given)
                usual = {"first_for_second": first(given), "first_and_second": first(given) + second(given)}
                expect(got, second(given), mistakes=usual, rtol=1e-4 if dtype == torch.float32 else 0)
                expect_requires_grad(got, False)
                expect((given.requires_grad, given.grad), (False, None), mistake="watch_left_on")
                expect(given, before, mistake="input_changed")
    expect_uses(text, "backward", most=0)

# %% [markdown]
# ## 7 · Leaving the graph
#
# Sometimes a number should count as given: data, a target, the part of a network that is not to be trained. There are four ways
# out, and they differ in what they cover.
#
# | write | what leaves |
# | --- | --- |
# | `x.detach()` | this one tensor: the same numbers, in the same memory, without history |
# | `with torch.no_grad():` | all that is calculated inside; nothing is recorded |
# | `with torch.inference_mode():` | the same, faster; but a graph that needs its results refuses them |
# | `x.requires_grad_(False)` | a leaf is no longer watched, from now on |
#
# Inside `no_grad`, `with torch.enable_grad():` switches recording on again.

# %%
x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.no_grad():
    outside = x * 2
    with torch.enable_grad():
        inside_again = x * 2
with torch.inference_mode():
    for_good = x * 2
print(outside.requires_grad, inside_again.requires_grad, for_good.requires_grad)

# %% raises="RuntimeError"
(x * for_good).sum()

# %% [markdown]
# *Inference tensors cannot be saved for backward*: the product would have to keep `for_good`, to send x its gradient. Use
# `inference_mode` where you only want answers from a finished network, and `no_grad` everywhere else.
#
# A detached tensor is a constant to autograd, even where its number came from a leaf. In the picture it is a `None`:

# %%
w = torch.tensor(3.0, requires_grad=True)
show_graph(
    lambda: w * w.detach(),
    "The graph of w · w.detach() at w = 3. Only one factor is followed, so the gradient is 3 and not 6.",
    w=w,
)

# %% [markdown]
# The same happens by accident. `.item()` and `.tolist()` give numbers without a past; so do `float(x)` and `torch.tensor(x)`,
# which at least warn. If you calculate on from there, the result is right and its gradient is missing. When that is the only
# path, `backward` raises an error. When there is another path, as here, nothing tells you:

# %%
w = torch.tensor(3.0, requires_grad=True)
y = w * w.item()
y.backward()
print(w.grad)  # the slope of w² would be 6

# %% [markdown]
# ### 7.12 · Cut or kept? (predict, then run)
# *1 point · about 2 minutes*
#
# What does the last of these lines print? Return it as text: for example `"1.0"`.
#
# ```python
# k = torch.tensor(2.0, requires_grad=True)
# with torch.no_grad():
#     square = k * k
# (k * square).backward()
# print(k.grad.item())
# ```
#
# <details><summary>Hint 1</summary>What is <code>square</code> to autograd: something that grows with k, or the number
# 4?</details>
# <details><summary>Hint 2</summary>The slope of 4k.</details>


# %% solution="cut_or_kept"
def cut_or_kept() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "4.0"
    ### END SOLUTION


# %% predict="cut_or_kept" points=1
with predict("cut_or_kept", lambda: cut_or_kept()):
    k = torch.tensor(2.0, requires_grad=True)
    with torch.no_grad():
        square = k * k
    (k * square).backward()
    print(k.grad.item())

# %% [markdown]
# ### 7.13 · A frozen part
# *3 points · about 6 minutes*
#
# A network has learned from a million pictures, and you have ten of your own to teach it with. Its **body** turns a picture into
# features, and stays as it is: it is frozen. Only the **head**, which turns features into an answer, goes on learning. In
# miniature: `features = (x * body).tanh()`, `output = features * head`, and the loss is `((output - target) ** 2).mean()`. All
# four arguments have shape `(n,)`, with `n` at least 1. `body` and `head` are leaves that require grad, and go on doing so.
#
# Return the loss, a tensor without axes. Do not call `backward` yourself; the caller does. It must leave a gradient in
# `head.grad`, and `body.grad` as it was.
#
# For example, with `x = [0.]`, `body = [1.]`, `head = [2.]`, `target = [3.]` the loss is 9.
#
# <details><summary>Hint 1</summary>Which one tensor on the way has to forget where it came from?</details>
# <details><summary>Hint 2</summary><code>body.requires_grad_(False)</code> would freeze it, but also for everybody else, and for
# good. <code>.detach()</code> concerns one tensor.</details>
# <details><summary>Hint 3</summary>The body ends at <code>features</code>, so that is where the graph is to be cut.</details>


# %% solution="frozen_part"
def frozen_part(x: torch.Tensor, body: torch.Tensor, head: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The mean squared error of head · tanh(x · body), all (n,), whose gradient reaches `head` and not `body`."""
    ### BEGIN SOLUTION
    features = (x * body).tanh().detach()
    output = features * head
    return ((output - target) ** 2).mean()
    ### END SOLUTION


# %% check="frozen_part" points=1
with check("frozen_part"):
    data, aim = torch.tensor([0.5, -1.0]), torch.tensor([3.0, 0.0])
    lower, upper = (torch.tensor(numbers, requires_grad=True) for numbers in ([1.0, 2.0], [2.0, -1.0]))
    features = (data * lower).detach().tanh()
    want = ((features * upper - aim) ** 2).mean().detach()
    got = frozen_part(data, lower, upper, aim)
    expect(got, want, mistakes={"summed_for_mean": 2 * want})
    expect_requires_grad(got, True)
    expect_uses(source_of("frozen_part"), "backward", most=0)
    got.backward()
    expect(lower.grad, None, mistake="not_frozen")
    expect(upper.grad, (features * upper - aim).detach() * features, mistakes={"head_frozen": None})
    expect((lower.requires_grad, upper.requires_grad), (True, True), mistake="frozen_for_good")

# %% hidden="frozen_part" points=2 checks="gradients from before, two calls, one number, float64, other devices, inputs unchanged"
with check("frozen_part"):
    text = source_of("frozen_part")
    for device in devices():
        for n, dtype in [(1, torch.float32), (5, torch.float64), (3, torch.float32)]:
            x, body, head, target = (randn(n, device=device, seed=seed).to(dtype) for seed in range(4))
            before = x.clone(), body.clone(), head.clone(), target.clone()
            stale = randn(n, device=device, seed=8).to(dtype)
            features = (x * body).tanh()
            slope = 2 * (features * head - target) * features / n
            want = ((features * head - target) ** 2).sum() / n
            body, head = body.requires_grad_(), head.requires_grad_()
            body.grad, head.grad = stale.clone(), None
            for calls in (1, 2):
                got = frozen_part(x, body, head, target)
                expect(got, want, mistakes={"summed_for_mean": n * want})
                expect_requires_grad(got, True)
                expect_uses(text, "backward", most=0)  # or the one below would find no graph
                got.backward()
                expect(body.grad is None, False, mistake="old_gradient_gone")
                expect(body.grad, stale, mistake="not_frozen")
                expect(head.grad is None, False, mistake="head_frozen")
                expect(head.grad, calls * slope, mistakes={"old_gradient_gone": slope} if calls > 1 else {}, rtol=1e-4)
            expect((body.requires_grad, head.requires_grad), (True, True), mistake="frozen_for_good")
            expect((x, body.detach(), head.detach(), target), before, mistake="input_changed")

# %% [markdown]
# ## 8 · Changing tensors in place
#
# Graphs keep numbers for the way back. Change such a number in between, and the gradient would be wrong. PyTorch guards against
# this in two ways.
#
# **Leaves that require grad cannot be changed in place.** Where should the gradient be taken: at the old number or at the new one?

# %% raises="RuntimeError"
x = torch.tensor([1.0, 2.0], requires_grad=True)
x.add_(1)

# %% [markdown]
# *a leaf Variable that requires grad*: a leaf as above. (A **Variable** is what a tensor with gradients was called until
# 2018, when the two became one. In old code you see `Variable(x)`; today it returns a plain tensor.) Yet updating weights in
# place is what training does. The cure is to say that this step is not part of the calculation:

# %%
with torch.no_grad():
    x.add_(1)
print(x)

# %% [markdown]
# **Every tensor has a version counter.** Each change in place adds one to it. When the graph keeps a tensor, it notes the
# version, and on the way back it checks that it is still the same.

# %%
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.exp()  # the slope of exp is exp, so the graph keeps y itself
print(y._version)
y.add_(1)
print(y._version)

# %% raises="RuntimeError"
y.sum().backward()

# %% [markdown]
# Long, but each part helps. *modified by an inplace operation*: what has happened. *output 0 of Exp*: which step made the tensor, so
# you know where to look. *is at version 1; expected version 0*: it was changed once. The cure is to make something new,
# `y = y + 1`. Then the graph still has the old y.
#
# Old code has one more way, `.data`. It gives the same memory without history, as `.detach()` does, but with a counter of its own.
# So mistakes pass unnoticed:

# %%
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.exp()
y.data.add_(1)  # unseen
y.sum().backward()
print("wrong:", x.grad)
print("right:", x.detach().exp())

# %% [markdown]
# `.data` and `.detach()` both share memory with their tensor, and the address shows it. `id()` would not: each call makes a new
# Python object, whatever it refers to.

# %%
print(x.data.data_ptr() == x.data_ptr(), x.detach().data_ptr() == x.data_ptr())

# %% [markdown]
# Use `.detach()` to leave the graph and `torch.no_grad()` to write. Leave `.data` alone.
#
# ## 9 · A step of your own
#
# Every node of a graph is a pair: the step forward, and the rule that sends a gradient back. You can write such a pair as a
# subclass of `torch.autograd.Function`. Here is the cube.


# %%
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return 3 * x**2 * grad_output


x = torch.tensor([1.0, -2.0], requires_grad=True)
y = Cube.apply(x)
print(y)
y.backward(torch.tensor([1.0, 10.0]))
print(x.grad)

# %% [markdown]
# - `forward` calculates. Nothing inside it is recorded. `ctx`, the context, carries what the way back will need.
# - `backward` is given `grad_output`, the gradient that has arrived **at the result**, and returns the gradient **at the input**. By
#   the chain rule that is `grad_output` times the step's own slope. Forgetting that factor is the usual mistake: it shows as
#   soon as another step follows.
# - `backward` returns one thing for each argument that `forward` got after `ctx`. For an argument that is no tensor, it returns
#   `None`.
# - You call `Cube.apply(x)`. The node bears the name of the class: `CubeBackward`.
#
# Whether a backward is right, `torch.autograd.gradcheck` will tell you. It moves each input a tiny bit, measures how the result
# moves, and compares the measured slopes with those that your backward gives. Tiny steps need many digits, so give it float64.

# %%
at = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(Cube.apply, (at,)))


# %% raises="GradcheckError"
class WrongCube(Cube):
    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return 2 * x**2 * grad_output


torch.autograd.gradcheck(WrongCube.apply, (at,))

# %% [markdown]
# *numerical* is the Jacobian that was measured, *analytical* the one that your backward gives. On the diagonal, 0.75 was
# measured where 0.5 was claimed: a third is missing everywhere, so a 2 stands where a 3 should.
#
# When do you write one? When the result of a step comes from elsewhere, from NumPy say; when a formula of your own is faster or
# more exact; and when the true slope is of no use, as in the next exercise.
#
# ### 7.14 · Rounding that can learn
# *4 points · about 10 minutes*
#
# Small devices store a weight in a few bits, so the weights of a network are rounded for them. But rounding is a staircase: its
# slope is 0 nearly everywhere, and with gradients of 0 nothing can be learned. The usual way out is to round on the way forward,
# and to act on the way back as if nothing had been rounded.
#
# Write a class `Rounded`, a subclass of `torch.autograd.Function`, and let `my_function(x, step)` return `Rounded.apply(x, step)`.
# The class may stand above the function or inside it. `x` is a tensor of floats of any shape, and `step` a Python number that
# goes into 1 a whole number of times, such as 0.25.
#
# - **Forward**: limit `x` to the range from -1 to 1, then round it to the nearest multiple of `step`, that is
#   `(limited / step).round() * step`. A new tensor of the same shape, dtype and device; `x` stays as it was.
# - **Backward**: where -1 ≤ x ≤ 1, the ends included, the gradient goes through as it came. Elsewhere it is 0.
#
# For example, `x = [0.3, -0.9, 1.7]` and `step = 0.5` give `[0.5, -1., 1.]`, and a gradient of `[10., 20., 30.]` comes back as
# `[10., 20., 0.]`.
#
# <details><summary>Hint 1</summary><code>x.clamp(-1, 1)</code> limits. Backward needs to know x: what did <code>Cube</code> do about
# that?</details>
# <details><summary>Hint 2</summary><code>x.abs() &lt;= 1</code> is a mask, and a gradient times a mask is 0 where the mask is
# false.</details>
# <details><summary>Hint 3</summary><code>forward</code> is given <code>ctx, x, step</code>. So <code>backward</code> returns
# two things, and the second is <code>None</code>.</details>


# %% solution="my_function"
def my_function(x: torch.Tensor, step: float) -> torch.Tensor:
    """`x` limited to -1 … 1 and rounded to multiples of `step`; the gradient passes where |x| ≤ 1."""

    ### BEGIN SOLUTION
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, step):
            ctx.save_for_backward(x)
            return (x.clamp(-1, 1) / step).round() * step

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output * (x.abs() <= 1), None

    return Rounded.apply(x, step)
    ### END SOLUTION


# %% check="my_function" points=2
with check("my_function"):
    given = torch.tensor([0.3, -0.9, 1.7, -1.2], requires_grad=True)
    got = my_function(given, 0.5)
    expect(got, [0.5, -1.0, 1.0, -1.0], mistakes={"not_limited": torch.tensor([0.5, -1.0, 1.5, -1.0])})
    expect_requires_grad(got, True)
    expect(given.detach(), [0.3, -0.9, 1.7, -1.2], mistake="input_changed")
    came = torch.tensor([10.0, 20.0, 30.0, 40.0])
    got.backward(came)
    usual = {
        "staircase_slope": torch.zeros(4),
        "upstream_forgotten": torch.tensor([1.0, 1.0, 0.0, 0.0]),
        "passes_everywhere": came,
        "one_end_open": torch.tensor([10.0, 20.0, 0.0, 40.0]),
        "gradient_rounded": torch.tensor([10.0, 20.0, 0.0, 0.0]) * got.detach(),
        "other_leaf": None,
    }
    expect(given.grad, [10.0, 20.0, 0.0, 0.0], mistakes=usual)
    expect(got.grad_fn.name(), "RoundedBackward", mistake="not_a_step_of_its_own")

# %% hidden="my_function" points=2 checks="exactly 1 and -1, halves, other steps, more axes, no entry, float64, steps before and after it, other devices"
with check("my_function"):
    for device in devices():
        for shape, step, dtype in [
            ((7,), 0.25, torch.float32),
            ((4, 3), 0.5, torch.float64),
            ((), 1.0, torch.float32),
            ((2, 0), 0.5, torch.float32),
            ((2, 3, 2), 0.125, torch.float32),
        ]:
            data = (randn(1, *shape, device=device)[0] * 8).round().to(dtype) / 8  # many halves
            data.view(-1)[:2] = torch.tensor([1, -1], dtype=dtype, device=device)[: data.numel()]
            before, came = data.clone(), randn(1, *shape, device=device, seed=3)[0].to(dtype)
            want, slope = torch.zeros_like(data), torch.zeros_like(data)
            for i, value in enumerate(data.reshape(-1).tolist()):
                want.view(-1)[i] = round(min(max(value, -1), 1) / step) * step
                slope.view(-1)[i] = 1.0 if -1 <= value <= 1 else 0.0
            for x in (
                data.clone().requires_grad_(),
                data.T.clone().T.requires_grad_() if len(shape) == 2 else data.clone().requires_grad_(),
            ):
                got = my_function(x, step)
                expect(got, want, mistakes={"halves_upwards": (data.clamp(-1, 1) / step + 0.5).floor() * step})
                expect_requires_grad(got, True)
                expect(x.detach(), before, mistake="input_changed")
                (3 * got**2).backward(came)
                true = 6 * want * came * slope
                usual = {
                    "ends_left_out": 6 * want * came * (data.abs() < 1),
                    "upstream_forgotten": slope,
                    "passes_everywhere": 6 * want * came,
                    "staircase_slope": torch.zeros_like(true),
                }
                expect(x.grad is None, False, mistake="other_leaf")
                expect(x.grad, true, mistakes=usual if data.numel() > 1 else {}, rtol=1e-4)
                expect(got.grad_fn.name(), "RoundedBackward", mistake="not_a_step_of_its_own")
            expect_requires_grad(my_function(data, step), False)
        outer = torch.tensor([0.2, 0.4], device=device, requires_grad=True)
        my_function(2 * outer, 0.5).sum().backward()
        expect(outer.grad, [2.0, 2.0], device=device)

# %% [markdown]
# ## 10 · All of it together
#
# Gradients are useful without any network too. Say you measure a pendulum: its length is 0.994 m, give or take 0.002 m, its period
# 2.00 s, give or take 0.01 s. From g = 4π² · length / period² you get 9.81 m/s². But give or take how much?
#
# The gradient knows. If g grows by dg/dlength for each metre, then an error of 0.002 m in the length makes an error of
# 0.002 · dg/dlength in g. So each measurement contributes its slope times its error. Errors of different measurements partly
# cancel, so they are not added, but combined like the short sides of a right-angled triangle: the root of the sum of the squares.


# %%
def gravity(measured: torch.Tensor) -> torch.Tensor:
    length, period = measured
    return 4 * torch.pi**2 * length / period**2


measured = torch.tensor([0.994, 2.0], dtype=torch.float64, requires_grad=True)
show_graph(
    lambda: gravity(measured),
    "The graph of g. At the leaf stands how fast g grows with each measurement: 9.87 for each metre, -9.81 for each second.",
    measured=measured,
)

# %% [markdown]
# Two more things to measure: the area of a rectangle, and the energy in up to four springs, which depends on how far each is
# stretched and on how stiff it is. Somebody wants to learn the stiffness, so it requires grad.

# %%
stiffness = torch.tensor([3.0, 2.0, 4.0, 2.5], requires_grad=True)


def area(sides):
    return sides[0] * sides[1]


def energy(stretched):
    return (stiffness[: len(stretched)].to(stretched) * stretched**2).sum() / 2


# %% [markdown]
# ### 7.15 · Give or take
# *4 points · about 10 minutes*
#
# `f` takes a tensor of measurements, shape `(n,)`, and returns one number, a tensor without axes. `values` are the
# measurements and `errors` how far each may be off, both of shape `(n,)`, with `n` at least 1. Return a pair of tensors without
# axes, in the dtype and on the device of `values`:
#
# - the value of `f` at `values`;
# - its error: the root of the sum of the squares of (slope along entry i · `errors[i]`).
#
# Neither belongs to a graph. `values` may be watched by somebody else: it may require grad or not, and may hold a gradient.
# Leave all of that as it was. `f` may use tensors of its own that require grad, as `energy` does; their gradients must not
# change either.
#
# For example, `gravity` at `[0.994, 2.0]` with errors `[0.002, 0.01]` gives 9.8104 and 0.1001.
#
# <details><summary>Hint 1</summary>The recipe for a leaf of your own. Then: which of the two ways to ask for a gradient touches no
# <code>.grad</code>, of nobody?</details>
# <details><summary>Hint 2</summary><code>torch.autograd.grad(result, leaf)</code> asks about the leaf alone. The value itself still
# belongs to the graph; how does it leave it?</details>
# <details><summary>Hint 3</summary><code>((slope * errors) ** 2).sum().sqrt()</code> is the error.
# <code>result.detach()</code> is the value.</details>


# %% solution="give_or_take"
def give_or_take(
    f: Callable[[torch.Tensor], torch.Tensor], values: torch.Tensor, errors: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """f(values) and its error, both without axes, from `values` and their `errors`, both (n,)."""
    ### BEGIN SOLUTION
    leaf = values.detach().clone().requires_grad_()
    result = f(leaf)
    (slope,) = torch.autograd.grad(result, leaf)
    return result.detach(), ((slope * errors) ** 2).sum().sqrt()
    ### END SOLUTION


# %% check="give_or_take" points=2
with check("give_or_take"):
    lengths, doubts = torch.tensor([3.0, 2.0]), torch.tensor([0.1, 0.2])
    got = give_or_take(area, lengths, doubts)  # slopes 2 and 3
    want = torch.tensor(6.0), torch.tensor((0.2**2 + 0.6**2) ** 0.5)
    usual = {
        "errors_added": (want[0], torch.tensor(0.8)),
        "root_left_out": (want[0], torch.tensor(0.4)),
        "errors_without_slopes": (want[0], torch.tensor(0.05**0.5)),
        "swapped": want[::-1],
    }
    expect(got, want, mistakes=usual)
    expect((got[0].requires_grad, got[1].requires_grad), (False, False), mistake="graph_kept")
    expect((lengths.requires_grad, lengths.grad), (False, None), mistake="watch_left_on")

# %% hidden="give_or_take" points=2 checks="negative slopes, one measurement, leaves with gradients, weights inside f, two calls, other devices"
with check("give_or_take"):
    from functools import partial

    for device in devices():
        for n, dtype in [(1, torch.float64), (4, torch.float32), (3, torch.float64)]:
            values, errors = randn(n, device=device).to(dtype), randn(n, device=device, seed=6).to(dtype).abs() / 4
            centre = torch.tensor([3.0, -2.0, 0.5, 2.5][:n], dtype=dtype, device=device)
            value, sizes = ((values - centre) ** 2).sum() / n, (2 * (values - centre) * errors / n).abs()
            want = value, sizes.square().sum().sqrt()
            before, stale = values.clone(), randn(n, device=device, seed=7).to(dtype)
            centre.requires_grad_().grad = torch.full_like(centre, 7.0)
            f = partial(torch.nn.functional.mse_loss, target=centre)  # the mean squared distance from it
            for watched in (False, True, True):
                if watched:
                    values.requires_grad_()
                    values.grad = stale.clone()
                got = give_or_take(f, values, errors)
                usual = {
                    "errors_added": (value, sizes.sum()),
                    "root_left_out": (value, want[1] ** 2),
                    "swapped": want[::-1],
                }
                if n > 1:
                    expect(got, want, mistakes=usual, rtol=1e-4)
                expect(got, want, rtol=1e-4)
                expect((got[0].requires_grad, got[1].requires_grad), (False, False), mistake="graph_kept")
                expect(centre.grad, torch.full_like(centre, 7.0), mistake="gradient_leaked")
                expect((values.requires_grad, values.is_leaf), (watched, True), mistake="watch_left_on")
                expect(values.grad, stale if watched else None, mistake="gradient_leaked")
                expect(values.detach(), before, mistake="input_changed")

# %% [markdown]
# ## What you can do now
#
# | you want | write |
# | --- | --- |
# | a tensor that is watched | `torch.tensor(2.0, requires_grad=True)`, `x.requires_grad_()` |
# | a leaf of your own from a tensor that was given | `x.detach().clone().requires_grad_()` |
# | all gradients of a scalar | `loss.backward()`, then `x.grad` |
# | a gradient, and nothing left in `.grad` | `torch.autograd.grad(loss, x)`, a tuple |
# | to clear before the next round | `x.grad = None`, or `x.grad.zero_()` |
# | a weighted sum of the Jacobian's rows, vᵀJ | `y.backward(v)` |
# | the whole Jacobian | row by row with `retain_graph=True`, or `torch.func.jacrev(f)(x)` |
# | a second derivative | `create_graph=True` in the first |
# | to see where a result came from | `y.grad_fn`, `.next_functions`, `x.is_leaf` |
# | one tensor outside the graph | `x.detach()` |
# | a stretch of code outside the graph, to measure or to update | `with torch.no_grad():` |
# | answers only, as fast as can be | `with torch.inference_mode():` |
# | NumPy or a number | `x.detach().numpy()`, `x.item()` |
# | a step of your own, and proof | `torch.autograd.Function`, `torch.autograd.gradcheck` |
#
# | the message says | and the cure is |
# | --- | --- |
# | *Only Tensors of floating point and complex dtype* | floats in place of integers |
# | *does not require grad and does not have a grad_fn* | find where the graph was left, or never begun |
# | *grad can be implicitly created only for scalar outputs* | `.sum()`, `.mean()`, or `backward(v)` |
# | *Trying to backward through the graph a second time* | calculate anew in each round; seldom `retain_graph=True` |
# | *a leaf Variable that requires grad is being used in an in-place operation* | update under `torch.no_grad()` |
# | *modified by an inplace operation* | make a new tensor in place of a change |
# | *Can't call numpy() on Tensor that requires grad* | `.detach().numpy()` |
#
# **To stretch yourself** (no points). Find the square root of 2 by Newton's method: begin with x = 1, and replace x by
# x - f(x) / f′(x) for f(x) = x² - 2, with the slope from autograd. How many rounds until float64 has no more digits? Then use the
# second derivative as well, and find where x⁴ - 3x has its lowest point.
#
# **To read on.** *[Autograd mechanics](https://docs.pytorch.org/docs/stable/notes/autograd.html)* says what is saved when, and what
# the modes do. *[Extending PyTorch](https://docs.pytorch.org/docs/stable/notes/extending.html)* is about functions of your own.
# *[torch.func](https://docs.pytorch.org/docs/stable/func.html)* has Jacobians, Hessians and gradients for each row of a batch.
#
# **Next:** lesson 08, going downhill with gradients.
