# %% [markdown]
# # 10 · A first neural network
#
# You have met everything that a network needs: tensors and their shapes, gradients, optimisers, a training loop. Now they come
# together. You build a network, follow a picture through it shape by shape, teach it to read handwritten digits, and look at
# those that it still gets wrong.
#
# **After this lesson you can**
#
# - write a network as an `nn.Module`, and say how many numbers it has to learn;
# - work out the shape after each convolution, pooling and linear layer;
# - say what `CrossEntropyLoss` wants, and choose an optimiser;
# - train a network and measure it, with `train()`, `eval()` and `no_grad()` in the right places;
# - read from a confusion matrix what a network mistakes for what.
#
# **It takes** about 105 minutes; after section 4, about half way, is a good place for a break. **It needs** lessons 08 and 09,
# and scikit-learn.
#
# Run the cells from top to bottom. The next cell is folded away: it brings the checks and the pictures.

# %% [markdown]
# ## 1 · A module
#
# `nn.Linear` from lesson 09 can only draw straight lines. Two of them in a row are no better than one: a weighted sum of
# weighted sums is a weighted sum. To draw a bend, a network needs something non-linear between two linear layers. The usual
# choice is **relu**, which replaces negative numbers by 0 and leaves the others alone.

# %%
import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

print(F.relu(torch.tensor([-2.0, -0.5, 0.0, 1.5])))

# %% [markdown]
# A network is written as a subclass of `nn.Module`. It has two parts: `__init__` makes the layers, once; `forward` says what
# happens to data, every time.


# %%
class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 4)
        self.second = nn.Linear(4, 1)

    def forward(self, x):
        return self.second(F.relu(self.first(x)))


torch.manual_seed(0)
small = Small()
points = torch.tensor([[1.0, -2.0], [0.5, 0.5]])
print(small)
print(small(points))

# %% [markdown]
# Write `small(points)`, not `small.forward(points)`: the call runs `forward`, and whatever else has been attached to the module
# (PyTorch calls that *hooks*).
#
# The layers hold tensors that are to be learned, the **parameters**. `named_parameters()` goes through them, layer by layer;
# `parameters()` gives the same without the names.

# %%
for name, parameter in small.named_parameters():
    print(f"{name:14} {tuple(parameter.shape)!s:8} requires_grad={parameter.requires_grad}")

# %% [markdown]
# The weight of `nn.Linear(2, 4)` has shape `(4, 2)`: one row for each output. Every parameter is a leaf that requires grad,
# of the class `nn.Parameter`.
#
# How does the module know of them? `self.first = …` does not only store the layer, it also **registers** it. A layer that
# sits in a plain list is overlooked:


# %%
class Lost(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 4), nn.Linear(4, 1)]


print(list(Lost().parameters()))

# %% raises="ValueError"
optim.SGD(Lost().parameters(), lr=0.1)

# %% [markdown]
# The optimiser finds nothing to optimise. (`nn.ModuleList([…])` is a list that registers its layers.) The other error that
# everybody meets once comes from a forgotten `super().__init__()`, which makes the place where layers are registered:


# %% raises="AttributeError"
class Hasty(nn.Module):
    def __init__(self):
        self.first = nn.Linear(2, 4)


Hasty()

# %% [markdown]
# ### 10.1 · How many numbers to learn?
# *2 points · about 3 minutes*
#
# `model` is any module. Return as an `int` how many numbers in it are to be learned: the entries of all its parameters that
# require grad, in layers inside layers as well. A parameter that occurs in two places counts once. Leave the model as it was.
#
# For example `nn.Linear(3, 2)` has 3 · 2 weights and 2 biases, which makes 8.
#
# <details><summary>Hint 1</summary><code>model.parameters()</code> goes through all layers, also those inside others, and gives
# no parameter twice.</details>
# <details><summary>Hint 2</summary>Each parameter is a tensor, and <code>numel()</code> says how many entries it
# has.</details>
# <details><summary>Hint 3</summary><code>sum(p.numel() for p in … if …)</code></details>


# %% solution="count_parameters"
def count_parameters(model: nn.Module) -> int:
    """How many entries the parameters of `model` have that require grad."""
    ### BEGIN SOLUTION
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
    ### END SOLUTION


# %% check="count_parameters" points=1
with check("count_parameters"):
    usual = {"biases_forgotten": 6, "tensors_for_numbers": 2}
    expect(count_parameters(nn.Linear(3, 2)), 8, mistakes=usual)
    nested = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Sequential(nn.Linear(3, 5), nn.ReLU()))
    usual = {"inner_layers_forgotten": 15}
    expect(count_parameters(nested), 35, mistakes=usual)

# %% hidden="count_parameters" points=1 checks="frozen and shared parameters, buffers, layers inside layers, nothing to learn, other devices"
with check("count_parameters"):
    for device in devices():
        frozen = nn.Sequential(nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 3))
        frozen[0].requires_grad_(False)
        half_frozen = nn.Linear(5, 2)
        half_frozen.bias.requires_grad_(False)
        again = nn.Linear(4, 4)
        for model, want, usual in [
            (nn.Conv2d(3, 8, 5), 8 * 3 * 5 * 5 + 8, {"biases_forgotten": 600}),
            (nn.Linear(7, 3, bias=False), 7 * 3, {}),
            (frozen, 4 * 3 + 3, {"frozen_counted": 43}),
            (half_frozen, 5 * 2, {"frozen_counted": 12}),
            (nn.Sequential(again, nn.ReLU(), again), 4 * 4 + 4, {"shared_counted_twice": 40}),
            (nn.BatchNorm2d(6), 6 + 6, {"buffers_counted": 6 * 4 + 1}),
            (nn.Sequential(nn.ReLU(), nn.MaxPool2d(2)), 0, {}),
            (nn.Sequential(nn.Sequential(nn.Sequential(nn.Linear(2, 3)))), 9, {"inner_layers_forgotten": 0}),
        ]:
            model = model.to(device)
            flags = tuple(p.requires_grad for p in model.parameters())
            expect(count_parameters(model), want, mistakes=usual)
            expect(tuple(p.requires_grad for p in model.parameters()), flags, mistake="input_changed")

# %% [markdown]
# ### 10.2 · A perceptron with one hidden layer
# *3 points · about 6 minutes*
#
# Write a *multi-layer perceptron*, a network of linear layers. It takes a batch `x` of shape `(n, …)`, in which each example
# has `inputs` entries in all: images `(n, 1, 8, 8)` with `inputs = 64`, for instance. It flattens each example, applies a
# linear layer to `hidden` numbers, relu, and a linear layer to `outputs` numbers. Nothing follows it: the result, of shape
# `(n, outputs)`, may have any sign. `n` may be 1.
#
# Fill in both methods of the class; `mlp` itself is complete. (If you prefer to build it in another way, let `mlp` return that;
# it has to be an `nn.Module` with these two layers' parameters and no others.)
#
# For example `mlp(64, 32, 10)` turns a batch `(5, 1, 8, 8)` into `(5, 10)`, and has 64 · 32 + 32 + 32 · 10 + 10 = 2410
# parameters.
#
# <details><summary>Hint 1</summary>Layers are made in <code>__init__</code> and given to <code>self</code>; a layer made in
# <code>forward</code> would have new random weights at each call.</details>
# <details><summary>Hint 2</summary><code>torch.flatten(x, 1)</code> flattens all axes from axis 1 on, and so leaves the batch
# alone.</details>
# <details><summary>Hint 3</summary>Apart from the flattening, <code>forward</code> is the one of
# <code>Small</code>.</details>


# %% solution="mlp"
class MLP(nn.Module):
    """From `inputs` entries over `hidden` ones to `outputs`, with relu between."""

    def __init__(self, inputs: int, hidden: int, outputs: int):
        super().__init__()
        ### BEGIN SOLUTION
        self.hidden = nn.Linear(inputs, hidden)
        self.output = nn.Linear(hidden, outputs)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        return self.output(F.relu(self.hidden(torch.flatten(x, 1))))
        ### END SOLUTION


def mlp(inputs: int, hidden: int, outputs: int) -> nn.Module:
    """A new network, from (n, …) with `inputs` entries for each example to (n, outputs)."""
    return MLP(inputs, hidden, outputs)


# %% check="mlp" points=1
with check("mlp"):
    model = mlp(64, 32, 10)
    expect(isinstance(model, nn.Module), True, mistake="not_a_network")
    shapes = sorted(tuple(p.shape) for p in model.parameters())
    expect(shapes != [], True, mistake="layers_not_registered")
    expect(shapes == sorted([(32, 64), (32,), (10, 32), (10,)]), True, mistake="other_parameters")
    got = model(randn(5, 1, 8, 8))
    expect_kind(got, torch.zeros(5, 10))
    expect(bool((got.detach().sum(1) - 1).abs().max() > 1e-4), True, mistake="softmax_in_net")
    expect(bool((got.detach().exp().sum(1) - 1).abs().max() > 1e-4), True, mistake="log_softmax_in_net")
    expect(bool((got < 0).any()), True, mistake="relu_on_scores")

# %% hidden="mlp" points=2 checks="the values for given weights, other sizes, a batch of one, gradients, other devices"
with check("mlp"):
    for device in devices():
        for inputs, hidden, outputs, shape in [
            (64, 5, 10, (3, 1, 8, 8)),
            (6, 9, 2, (1, 6)),
            (12, 4, 3, (7, 3, 4)),
            (5, 8, 1, (4, 5)),
        ]:
            model = mlp(inputs, hidden, outputs)
            expect(isinstance(model, nn.Module), True, mistake="not_a_network")
            model = model.to(device)
            parameters = {tuple(p.shape): p for p in model.parameters()}
            want = {(hidden, inputs), (hidden,), (outputs, hidden), (outputs,)}
            expect(set(parameters) == want, True, mistake="other_parameters")
            given = {each: randn(*each, device=device, seed=at) for at, each in enumerate(sorted(want))}
            with torch.no_grad():
                for each, p in parameters.items():
                    p.copy_(given[each])
            x = randn(*shape, device=device, seed=9)
            before = x.clone()
            middle = x.reshape(len(x), -1) @ given[hidden, inputs].T + given[hidden,]
            weight, bias = given[outputs, hidden], given[outputs,]
            want = middle.clamp(min=0) @ weight.T + bias
            usual = {
                "relu_forgotten": middle @ weight.T + bias,
                "relu_on_scores": want.clamp(min=0),
                "softmax_in_net": want.softmax(1),
                "log_softmax_in_net": want.log_softmax(1),
            }
            got = model(x)
            expect(got, want, mistakes=usual, rtol=1e-4)
            expect_requires_grad(got, True)
            expect(x, before, mistake="input_changed")
            got.square().sum().backward()
            expect(all(p.grad is not None for p in model.parameters()), True, mistake="layer_cut_off")

# %% [markdown]
# ## 2 · A window that slides over a picture
#
# scikit-learn brings 1,797 handwritten digits, 8 × 8 pixels each, with a brightness from 0 to 16. PyTorch's layers for pictures
# expect shape `(N, C, H, W)`: examples, channels, height, width. Each pixel has one number, its brightness, so `C` is 1. The
# network that we shall build was made for 32 × 32 pixels, so we enlarge them, and bring the brightness to the range from 0
# to 1.

# %%
from sklearn.datasets import load_digits

digits_data = load_digits()
small_images = torch.tensor(digits_data.images, dtype=torch.float32).unsqueeze(1)
labels = torch.tensor(digits_data.target)
images = F.interpolate(small_images, size=(32, 32), mode="bilinear") / 16
print(small_images.shape, "→", images.shape, images.dtype)
print(labels[:10], labels.dtype)

# %% folded="Drawing the first ten digits"
import matplotlib.pyplot as plt

figure, axes = plt.subplots(2, 5, figsize=(7, 3.2), layout="constrained")
for axis, image, label in zip(axes.flat, images, labels, strict=False):
    axis.imshow(image[0], cmap="gray")
    axis.set_title(f"label {label}", fontsize=10)
    axis.set_axis_off()
picture(
    figure, "The first ten digits, enlarged to 32 by 32 pixels, white on black: 0 to 9 in order, each below its label."
)

# %% [markdown]
# A linear layer would treat the 1,024 pixels as so many unrelated numbers. A **convolution** looks through a small window. It
# multiplies what it sees by the weights of the window, adds up, and writes one number; then the window moves on by one pixel.
# The same weights serve everywhere, so a stroke is found wherever it is. Here is a window of 3 × 3 that responds to edges:

# %%
edge = torch.tensor([[0.0, 0.0, 9.0, 9.0, 9.0]]).repeat(5, 1)
window = torch.tensor([[-1.0, 0.0, 1.0]]).repeat(3, 1)
answer = F.conv2d(edge[None, None], window[None, None])[0, 0]
show(
    edge=edge,
    window=window,
    answer=answer,
    mark=(slice(0, 3), slice(1, 4)),
    text="The outlined part times the window, added up, is 9 + 9 + 9 = 27: entry (0, 1) of the answer. Where the "
    "brightness does not change, at the right, the answer is 0.",
)

# %% [markdown]
# A window of size `k` fits into `n` pixels at `n - k + 1` places. So 5 becomes 3 here, and for a window of 5 a width of 32
# becomes 28. `nn.Conv2d(1, 6, 5)` has six windows of 5 × 5 on one channel. Their weights are parameters: nobody chooses them,
# they are learned. Each window gives a channel of its own, a **feature map**.

# %%
torch.manual_seed(0)
conv = nn.Conv2d(1, 6, 5)
print("weight", tuple(conv.weight.shape), " bias", tuple(conv.bias.shape))
print(tuple(images[:4].shape), "→", tuple(conv(images[:4]).shape))

# %% [markdown]
# With several channels coming in, each window is as deep as there are channels, and adds up over all of them:
# `nn.Conv2d(6, 16, 5)` has a weight of shape `(16, 6, 5, 5)`.
#
# After the convolution comes relu, and then **pooling**: `F.max_pool2d(x, 2)` keeps the largest number of each block of 2 ×
# 2. It halves height and width, and what is left depends less on where exactly a stroke was.

# %%
block = torch.tensor([[1.0, 3.0, 0.0, 2.0], [4.0, 2.0, 1.0, 1.0], [0.0, 0.0, 5.0, 6.0], [2.0, 1.0, 7.0, 8.0]])
show(
    before=block,
    after=F.max_pool2d(block[None, None], 2)[0, 0],
    mark=(slice(0, 2), slice(0, 2)),
    text="The outlined block holds 1, 3, 4 and 2. Its largest number, 4, is entry (0, 0) of the result.",
)
print(nn.MaxPool2d(2)(block[None, None]))

# %% [markdown]
# `nn.MaxPool2d(2)` does the same as a module, as `nn.ReLU()` does for `F.relu`. Neither has parameters, so in `forward` the
# function serves as well. A last row or column that fills no block is left out: 9 becomes 4.
#
# The commonest mistake with pictures is a missing axis. Eight pictures without a channel axis look to the layer like one
# picture with eight channels:

# %% raises="RuntimeError"
conv(torch.zeros(8, 32, 32))

# %% [markdown]
# Read the message from its end: it expected 1 channel and got 8. `x.unsqueeze(1)` puts the channel axis in.
#
# ### 10.3 · What comes out? (predict, then run)
# *1 point · about 2 minutes*
#
# Which two shapes do these lines print? Return them as text, for example `"[1, 2, 3, 4] [5, 6, 7, 8]"`.
#
# ```python
# x = nn.Conv2d(3, 8, 3)(torch.zeros(4, 3, 11, 11))
# print(list(x.shape), list(F.max_pool2d(x, 2).shape))
# ```
#
# <details><summary>Hint 1</summary>The batch stays. The channels become what the second argument of
# <code>Conv2d</code> says.</details>
# <details><summary>Hint 2</summary>A window of 3 fits into 11 pixels at 9 places. How many whole pairs are there in
# 9?</details>


# %% solution="what_comes_out"
def what_comes_out() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "[4, 8, 9, 9] [4, 8, 4, 4]"
    ### END SOLUTION


# %% predict="what_comes_out" points=1
with predict("what_comes_out", lambda: what_comes_out()):
    x = nn.Conv2d(3, 8, 3)(torch.zeros(4, 3, 11, 11))
    print(list(x.shape), list(F.max_pool2d(x, 2).shape))

# %% [markdown]
# ## 3 · LeNet, layer by layer
#
# **LeNet** read the amounts on bank cheques in the 1990s. Two rounds of convolution and pooling turn a picture into 16 small
# maps, and three linear layers turn these into ten scores, one for each digit. Between the layers there is relu. (The original
# used tanh in place of relu and averaged where we take the largest; the sizes are the same.)
#
# | step | shape after it |
# | --- | --- |
# | the picture | `(N, 1, 32, 32)` |
# | convolution, 1 → 6 channels, window 5, and relu | `(N, 6, 28, 28)` |
# | pooling by 2 | `(N, 6, 14, 14)` |
# | convolution, 6 → 16 channels, window 5, and relu | `(N, 16, 10, 10)` |
# | pooling by 2 | `(N, 16, 5, 5)` |
# | flatten | `(N, 400)` |
# | linear, 400 → 120, and relu | `(N, 120)` |
# | linear, 120 → 84, and relu | `(N, 84)` |
# | linear, 84 → 10 | `(N, 10)` |
#
# The one number that you have to work out yourself is 400: 16 maps of 5 × 5. If it does not fit the pictures, the error comes
# from the first linear layer. Here are pictures of 28 × 28:

# %% raises="RuntimeError"
x = torch.zeros(1, 1, 28, 28)
x = F.max_pool2d(F.relu(nn.Conv2d(1, 6, 5)(x)), 2)
x = F.max_pool2d(F.relu(nn.Conv2d(6, 16, 5)(x)), 2)
nn.Linear(400, 120)(torch.flatten(x, 1))

# %% [markdown]
# `mat1` is what arrived, `(1, 256)`, and `mat2` the transposed weight, `(400, 120)`. 256 is 16 maps of 4 × 4. When you meet
# this error, print the shapes on the way.
#
# Where data go straight from one layer to the next, no class is needed: `nn.Sequential` is a module that calls its layers in
# turn. You can index it and loop over it like a list.

# %%
first_half = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2))
print(first_half(images[:4]).shape)
print(first_half[0])
print([type(layer).__name__ for layer in first_half])

# %% [markdown]
# ### 10.4 · Shapes on the way
# *2 points · about 4 minutes*
#
# Return the shape after each layer of `model`, an `nn.Sequential`, when it is given the batch `x`: a list with one tuple for
# each layer, in order, the batch axis included. Leave `x` and the model as they were.
#
# For example `nn.Sequential(nn.Flatten(), nn.Linear(6, 2))` and `x` of shape `(5, 2, 3)` give `[(5, 6), (5, 2)]`.
#
# <details><summary>Hint 1</summary>Go through the layers with a <code>for</code> loop. Each is given what the one before it
# gave.</details>
# <details><summary>Hint 2</summary>In the loop: <code>x = layer(x)</code>, and <code>tuple(x.shape)</code> into the
# list.</details>


# %% solution="layer_shapes"
def layer_shapes(model: nn.Sequential, x: torch.Tensor) -> list[tuple[int, ...]]:
    """The shape after each layer of `model` for the batch `x`."""
    ### BEGIN SOLUTION
    shapes = []
    for layer in model:
        x = layer(x)
        shapes.append(tuple(x.shape))
    return shapes
    ### END SOLUTION


# %% check="layer_shapes" points=1
with check("layer_shapes"):
    pair = nn.Sequential(nn.Flatten(), nn.Linear(6, 2))
    got = layer_shapes(pair, randn(5, 2, 3))
    expect(isinstance(got, list), True, mistake="not_a_list")
    usual = {
        "input_shape_too": ((5, 2, 3), (5, 6), (5, 2)),
        "last_layer_only": ((5, 2),),
        "batch_left_out": ((6,), (2,)),
        "last_layer_missing": ((5, 2, 3), (5, 6)),
    }
    expect(tuple(got), ((5, 6), (5, 2)), mistakes=usual)

# %% hidden="layer_shapes" points=1 checks="LeNet's first half, another network, one layer, no layer, a batch of one, the model unchanged, other devices"
with check("layer_shapes"):
    for device in devices():
        for layers, shape, want in [
            ([nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2)], (2, 1, 32, 32), [(6, 28, 28), (6, 28, 28), (6, 14, 14)]),
            ([nn.Conv2d(3, 4, 2), nn.MaxPool2d(3), nn.Flatten()], (1, 3, 8, 11), [(4, 7, 10), (4, 2, 3), (24,)]),
            ([nn.Linear(3, 3), nn.Sequential(nn.Linear(3, 7), nn.ReLU()), nn.Linear(7, 1)], (4, 3), [(3,), (7,), (1,)]),
            ([nn.Linear(4, 2)], (3, 4), [(2,)]),
            ([], (3, 4), []),
        ]:
            model, x = nn.Sequential(*layers).to(device), randn(*shape, device=device)
            before, weights = x.clone(), [p.detach().clone() for p in model.parameters()]
            got = layer_shapes(model, x)
            expect(isinstance(got, list), True, mistake="not_a_list")
            usual = {"input_shape_too": (shape, *((len(x), *each) for each in want)), "batch_left_out": tuple(want)}
            expect(tuple(got), tuple((len(x), *each) for each in want), mistakes=usual)
            expect(x, before, mistake="input_changed")
            expect((len(model), model.training), (len(layers), True), mistake="network_changed")
            for p, old in zip(model.parameters(), weights, strict=True):
                expect(p, old, mistake="network_changed")

# %% [markdown]
# ### 10.5 · LeNet
# *3 points · about 8 minutes*
#
# Write LeNet as in the table above: from `(n, 1, 32, 32)` to `(n, 10)`, with relu after each layer that has weights, except
# the last. Its parameters are those of the two convolutions and the three linear layers, with their biases. `n` may be 1. As
# before, fill in the class, or let `lenet` return a network that you have built in another way.
#
# For example `lenet()(images[:4])` has shape `(4, 10)`, and the network has 61,706 parameters.
#
# <details><summary>Hint 1</summary>Five layers have weights, so there are five lines in <code>__init__</code>, beginning with
# <code>self.conv1 = nn.Conv2d(1, 6, 5)</code>.</details>
# <details><summary>Hint 2</summary>One round of convolution is <code>x = F.max_pool2d(F.relu(self.conv1(x)), 2)</code>.</details>
# <details><summary>Hint 3</summary>After two of them, <code>x = torch.flatten(x, 1)</code> leaves <code>(n, 400)</code> for
# <code>nn.Linear(400, 120)</code>.</details>


# %% solution="lenet"
class LeNet(nn.Module):
    """From pictures (n, 1, 32, 32) to scores (n, 10)."""

    def __init__(self):
        super().__init__()
        ### BEGIN SOLUTION
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.linear1 = nn.Linear(400, 120)
        self.linear2 = nn.Linear(120, 84)
        self.linear3 = nn.Linear(84, 10)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.linear1(x))
        x = F.relu(self.linear2(x))
        return self.linear3(x)
        ### END SOLUTION


def lenet() -> nn.Module:
    """A new LeNet."""
    return LeNet()


# %% check="lenet" points=1
with check("lenet"):
    model = lenet()
    expect(isinstance(model, nn.Module), True, mistake="not_a_network")
    shapes = {tuple(p.shape) for p in model.parameters()}
    expect(shapes != set(), True, mistake="layers_not_registered")
    usual = {(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,), (10, 84), (10,)}
    expect(shapes == usual and len(list(model.parameters())) == 10, True, mistake="other_parameters")
    with torch.no_grad():
        for p in model.parameters():  # weights that give scores of either sign
            p.copy_(randn(*p.shape, seed=p.numel()) / p[0].numel() ** 0.5)
    got = model(randn(4, 1, 32, 32))
    expect_kind(got, torch.zeros(4, 10))
    expect(bool((got.detach().sum(1) - 1).abs().max() > 1e-4), True, mistake="softmax_in_net")
    expect(bool((got.detach().exp().sum(1) - 1).abs().max() > 1e-4), True, mistake="log_softmax_in_net")
    expect(bool((got < 0).any()), True, mistake="relu_on_scores")

# %% hidden="lenet" points=2 checks="the values for given weights, a batch of one, gradients in every layer, two networks apart, other devices"
with check("lenet"):
    wanted = [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,), (10, 84), (10,)]

    def scores(x, given, straight=(), averaged=()):
        """LeNet without relu behind the layers `straight`, and with the mean for the largest in the poolings `averaged`."""
        for at in (0, 1):
            x = F.conv2d(x, given[wanted[2 * at]], given[wanted[2 * at + 1]])
            x = x if at in straight else F.relu(x)
            x = (F.avg_pool2d if at in averaged else F.max_pool2d)(x, 2)
        x = x.flatten(1)
        for at in (2, 3, 4):
            x = x @ given[wanted[2 * at]].T + given[wanted[2 * at + 1]]
            x = x if at in (*straight, 4) else F.relu(x)
        return x

    for device in devices():
        for n in (3, 1):
            model = lenet()
            expect(isinstance(model, nn.Module), True, mistake="not_a_network")
            model = model.to(device)
            parameters = {tuple(p.shape): p for p in model.parameters()}
            expect(set(parameters) == set(wanted), True, mistake="other_parameters")
            # Weights that keep the numbers at one size, and biases large enough that relu has something to cut.
            given = {each: randn(*each, device=device, seed=at) for at, each in enumerate(wanted)}
            given = {each: p / (p[0].numel() ** 0.5 if p.ndim > 1 else 2) for each, p in given.items()}
            with torch.no_grad():
                for each, p in parameters.items():
                    p.copy_(given[each])
            x = randn(n, 1, 32, 32, device=device, seed=20 + n)
            before, want = x.clone(), scores(x, given)
            usual = {
                "relu_forgotten": scores(x, given, straight=(0, 1, 2, 3)),
                "convolution_relu_forgotten": scores(x, given, straight=(0, 1)),
                "linear_relu_forgotten": scores(x, given, straight=(2, 3)),
                "first_convolution_relu_forgotten": scores(x, given, straight=[0]),
                "second_convolution_relu_forgotten": scores(x, given, straight=[1]),
                "first_linear_relu_forgotten": scores(x, given, straight=[2]),
                "second_linear_relu_forgotten": scores(x, given, straight=[3]),
                "relu_on_scores": want.clamp(min=0),
                "softmax_in_net": want.softmax(1),
                "log_softmax_in_net": want.log_softmax(1),
                "averaged_for_largest": scores(x, given, averaged=(0, 1)),
                "first_pooling_averaged": scores(x, given, averaged=[0]),
                "second_pooling_averaged": scores(x, given, averaged=[1]),
            }
            got = model(x)
            expect(got, want, mistakes=usual, rtol=1e-3)
            expect_requires_grad(got, True)
            expect(x, before, mistake="input_changed")
            got.square().sum().backward()
            expect(all(p.grad is not None for p in model.parameters()), True, mistake="layer_cut_off")
            other = lenet().to(device)
            expect(any(each is p for each in other.parameters() for p in model.parameters()), False, mistake="same_net")

# %% [markdown]
# ## 4 · A loss, and the way back
#
# So that the rest of the lesson runs whether or not yours is ready, here is the same network once more, written as a
# `Sequential`. Its weights are random, and its scores say nothing yet.


# %%
def make_lenet() -> nn.Sequential:
    convolutions = [nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    linear = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*convolutions, nn.Flatten(), *linear)


torch.manual_seed(0)
net = make_lenet()
output = net(images[:1])
print(output)

# %% [markdown]
# To see gradients flow, any loss will do. `nn.MSELoss` of lesson 08 compares the ten scores with ten dummy numbers. The graph
# behind that loss can be walked, as in lesson 07: from `grad_fn` to the step before it, and on, back to the picture.

# %%
target = torch.randn(1, 10)
loss = nn.MSELoss()(output, target)
print(loss)

step = loss.grad_fn
while step is not None:
    print(step.name())
    earlier = [before for before, _ in step.next_functions if before is not None and before.next_functions]
    step = earlier[0] if earlier else None

# %% [markdown]
# Read from the bottom up, this is `forward`: twice convolution, relu, pooling; the flattening, which is a view; then the
# linear layers, which autograd calls `Addmm` because they multiply and add. For two layers the whole graph fits into a
# picture, with the parameters as its leaves. (`TBackward` is the transposing of a weight; `None` is what needs no gradient, the
# points and the target. Beside the arrows, round brackets are the shape of what comes back.)

# %%
aim = torch.tensor([[1.0], [0.0]])
show_graph(
    lambda: nn.MSELoss()(small(points), aim),
    "The graph of the small network of section 1 with its loss. From the loss gradients flow back through the second linear "
    "layer, relu and the first one, and at each layer to its weight and its bias.",
    first_weight=small.first.weight,
    first_bias=small.first.bias,
    second_weight=small.second.weight,
    second_bias=small.second.bias,
)

# %% [markdown]
# `backward()` sends the gradient that way, and leaves one in each parameter. `net.zero_grad()` clears those of all its
# parameters: afterwards `.grad` is `None`.

# %%
net.zero_grad()
print("before:", net[0].bias.grad)
loss.backward()
print("after: ", net[0].bias.grad)

# %% [markdown]
# ### The loss for classes
#
# For real labels the mean squared error is a poor fit: a digit is a name, and 8 is not "nearly 9". What we want is a high
# score for the right class. Three steps lead there. **Softmax** (lesson 03) turns scores into probabilities; we look at the
# one of the right class; and the loss is minus its logarithm: 0 if that probability is 1, and larger the smaller it is.
# `nn.CrossEntropyLoss` does all three, and averages over the batch.

# %%
scores = torch.tensor([[2.0, 0.5, -1.0], [0.0, 3.0, 1.0]])
classes = torch.tensor([0, 2])

probabilities = scores.softmax(dim=1)
print(probabilities)
print("by hand:", -probabilities[[0, 1], classes].log().mean())
print("PyTorch:", nn.CrossEntropyLoss()(scores, classes))

# %% [markdown]
# It wants the scores as they leave the last layer, also known as **logits**: float, of shape `(n, classes)`. The labels are
# int64, of shape `(n,)`, and counted from 0. A net that knows nothing gives each of ten classes a probability near 0.1, and
# its loss is near -log 0.1 = 2.30. Look for that number at the start of a training: if you see 50, something is wrong already.

# %%
print(nn.CrossEntropyLoss()(net(images[:200]), labels[:200]))

# %% raises="RuntimeError"
nn.CrossEntropyLoss()(net(images[:200]), labels[:200].float())

# %% [markdown]
# Labels that came from a file as floats raise an error that says so; `.long()` makes int64 of them. A worse mistake raises
# nothing: a softmax at the end of the network. The loss applies it a second time, and then even a perfect answer costs 1.46.
# Such a net learns slowly, and nobody sees why.

# %%
perfect = torch.tensor([[100.0] + [0.0] * 9])
print("scores: ", nn.CrossEntropyLoss()(perfect, torch.tensor([0])))
print("softmax:", nn.CrossEntropyLoss()(perfect.softmax(dim=1), torch.tensor([0])))

# %% [markdown]
# This is a good place for a break. After it, the net learns.
#
# ## 5 · An update by hand
#
# There is nothing new in the update: it is the rule of lesson 08, for each parameter in turn. Each of five steps on the same 100
# digits brings the loss down a little.

# %%
for _ in range(5):
    net.zero_grad()
    loss = nn.CrossEntropyLoss()(net(images[:100]), labels[:100])
    loss.backward()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter -= 0.2 * parameter.grad
    print(f"{loss.item():.4f}")

# %% [markdown]
# ### 10.6 · Update by hand
# *2 points · about 4 minutes*
#
# `loss` has just been computed from the output of `model`. Take one step of gradient descent with the learning rate `lr`:
# change every parameter **in place**. There may be gradients from earlier in the parameters when you begin; they must not
# count. A parameter that had no part in the loss has no gradient even after `backward`, and stays as it is. Return nothing.
# Do it without `torch.optim` and without `.data`.
#
# For example a model with one weight `w = [[3.]]`, no bias, and the loss `w²`, becomes `[[2.4]]` for `lr = 0.1`.
#
# <details><summary>Hint 1</summary>Clear, backward, update: the loss is computed already, and clearing does not harm
# it.</details>
# <details><summary>Hint 2</summary>Inside <code>with torch.no_grad():</code> go through <code>model.parameters()</code>, and ask
# each whether its <code>.grad</code> is <code>None</code>.</details>


# %% solution="manual_update"
def manual_update(model: nn.Module, loss: torch.Tensor, lr: float) -> None:
    """One step of gradient descent on `loss`: the parameters of `model` change in place."""
    ### BEGIN SOLUTION
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                p -= lr * p.grad
    ### END SOLUTION


# %% check="manual_update" points=1
with check("manual_update"):
    single = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        single.weight.fill_(3.0)
    single.weight.grad = torch.tensor([[1.0]])  # from earlier
    manual_update(single, single(torch.ones(1, 1)).square().sum(), 0.1)
    usual = {"stale_gradient": torch.tensor([[2.3]]), "uphill": torch.tensor([[3.6]])}
    usual |= {"rate_forgotten": torch.tensor([[-3.0]]), "model_untouched": torch.tensor([[3.0]])}
    usual |= {"backward_forgotten": torch.tensor([[2.9]])}
    expect(single.weight, torch.tensor([[2.4]]), mistakes=usual)
    expect(single.weight.requires_grad, True, mistake="grad_switched_off")
    expect_uses(source_of("manual_update"), "data", "optim", "SGD", most=0)

# %% hidden="manual_update" points=1 checks="several layers, two steps in a row, old gradients and none, a layer without part in the loss, other devices"
with check("manual_update"):
    text = source_of("manual_update")
    for device in devices():
        for lr in (0.3, 0.02):
            parts = [nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3), nn.Linear(3, 2)]
            model = nn.Sequential(*parts).to(device)
            with torch.no_grad():
                for at, p in enumerate(model.parameters()):
                    p.copy_(randn(*p.shape, device=device, seed=at) / 2)
            for earlier in (torch.ones_like, lambda p: None):  # old gradients, and none
                for p in model.parameters():
                    p.grad = earlier(p)
                before = [p.detach().clone() for p in model.parameters()]
                loss = F.cross_entropy(model[:3](randn(8, 4, device=device)), torch.arange(8, device=device) % 3)
                used = list(model[:3].parameters())
                slopes = [*torch.autograd.grad(loss, used, retain_graph=True), None, None]
                manual_update(model, loss, lr)
                for p, old, slope in zip(model.parameters(), before, slopes, strict=True):
                    if slope is None:
                        expect(p, old, mistake="idle_parameter_moved")
                        continue
                    usual = {
                        "stale_gradient": old - lr * (slope + 1),
                        "uphill": old + lr * slope,
                        "rate_forgotten": old - slope,
                        "model_untouched": old,
                    }
                    expect(p, old - lr * slope, mistakes=usual, rtol=1e-4)
                    expect(p.requires_grad, True, mistake="grad_switched_off")
    expect_uses(text, "data", "optim", "SGD", most=0)

# %% [markdown]
# ## 6 · Optimisers
#
# `optim` holds ready-made rules. All are used in the same way: `optimiser.zero_grad()`, `loss.backward()`,
# `optimiser.step()`. They differ in what a step does with a slope.
#
# | optimiser | its step |
# | --- | --- |
# | `optim.SGD(params, lr=0.05)` | against the slope, `lr` times as far |
# | `optim.SGD(…, momentum=0.9)` | along a velocity that keeps 0.9 of itself and adds the slope (lesson 08) |
# | `optim.SGD(…, momentum=0.9, nesterov=True)` | the same, but looking one velocity ahead: slope + 0.9 · velocity |
# | `optim.RMSprop(params, lr=0.001)` | against the slope, divided by the recent size of this parameter's slopes |
# | `optim.Adam(params, lr=0.001)` | RMSprop with a velocity |
#
# The "recent size" is the root of a running mean of the squared slopes, kept for each single number that is learned. Dividing
# by it takes the size of the slopes out: a parameter with tiny slopes moves about as far as one with huge slopes. That is why
# Adam often works with its default rate of 0.001, while for SGD you have to look for a rate.
#
# The next cell gives five copies of a small perceptron the same start and the same batches, and each a different optimiser.

# %%
makers = {
    "SGD": lambda params: optim.SGD(params, lr=0.1),
    "momentum": lambda params: optim.SGD(params, lr=0.05, momentum=0.9),
    "Nesterov": lambda params: optim.SGD(params, lr=0.05, momentum=0.9, nesterov=True),
    "RMSprop": lambda params: optim.RMSprop(params, lr=0.005),
    "Adam": lambda params: optim.Adam(params, lr=0.005),
}
batches = torch.randperm(1600, generator=torch.Generator().manual_seed(3)).split(16)
races = {}
for name, make in makers.items():
    torch.manual_seed(3)
    runner = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    optimiser = make(runner.parameters())
    losses = []
    for batch in batches:
        optimiser.zero_grad()
        loss = nn.CrossEntropyLoss()(runner(small_images[batch] / 16), labels[batch])
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    races[name] = torch.tensor(losses).reshape(10, 10).mean(dim=1)  # each point is the mean of ten steps
    print(f"{name:9}", [round(each, 2) for each in races[name].tolist()])

# %% folded="Drawing the race"
figure, axis = plt.subplots(figsize=(7, 3.4))
looks = {"SGD": "-.", "momentum": "--", "Nesterov": (0, (1, 3)), "RMSprop": ":", "Adam": "-"}
marks = {"SGD": "s", "momentum": "^", "Nesterov": "v", "RMSprop": "x", "Adam": "o"}
for name, losses in races.items():
    axis.plot(
        range(5, 100, 10), losses, linestyle=looks[name], marker=marks[name], color="black", markersize=5, label=name
    )
axis.set(xlabel="step", ylabel="loss, mean of ten steps", ylim=(0, 2.5))
axis.legend(frameon=False, handlelength=3.5, loc="center left", bbox_to_anchor=(1, 0.5))
ends = ", ".join(f"{name} {losses[-1]:.2f}" for name, losses in races.items())
picture(
    figure,
    "Loss against step for five optimisers. All begin with the same network, whose loss is about 2.3. Each point is the mean of "
    f"ten steps; the last ten of 100 have these means: {ends}.",
)

# %% [markdown]
# One race on one problem is no ranking: another rate, another seed or another network changes the order. Adam is a good first
# try; SGD with momentum, its rate well chosen, is often as good in the end.
#
# ### 10.7 · Pick the optimiser (predict, then run)
# *1 point · about 3 minutes*
#
# These lines give each of the five optimisers two parameters, with the slopes 200 and 0.02, and let it take **one** step with
# `lr = 0.1`. They print the names of those that move both parameters equally far. Which ones? Return the names as text, in the
# order of the table, with spaces between them, for example `"SGD momentum"`.
#
# ```python
# for name, make in {
#     "SGD": lambda params: optim.SGD(params, lr=0.1),
#     "momentum": lambda params: optim.SGD(params, lr=0.1, momentum=0.9),
#     "Nesterov": lambda params: optim.SGD(params, lr=0.1, momentum=0.9, nesterov=True),
#     "RMSprop": lambda params: optim.RMSprop(params, lr=0.1),
#     "Adam": lambda params: optim.Adam(params, lr=0.1),
# }.items():
#     pair = torch.zeros(2, requires_grad=True)
#     optimiser = make([pair])
#     pair.grad = torch.tensor([200.0, 0.02])
#     optimiser.step()
#     if torch.isclose(pair[0], pair[1], rtol=1e-3):
#         print(name, end=" ")
# ```
#
# <details><summary>Hint 1</summary>SGD moves the first parameter by 20. How far does it move the second?</details>
# <details><summary>Hint 2</summary>After one step, the root of the mean of squares is proportional to the size of the slope. What
# is left of a number that is divided by its own size?</details>


# %% solution="pick_optimiser"
def pick_optimiser() -> str:
    """What the check below prints."""
    ### BEGIN SOLUTION
    return "RMSprop Adam"
    ### END SOLUTION


# %% predict="pick_optimiser" points=1
with predict("pick_optimiser", lambda: pick_optimiser()):
    for name, make in {
        "SGD": lambda params: optim.SGD(params, lr=0.1),
        "momentum": lambda params: optim.SGD(params, lr=0.1, momentum=0.9),
        "Nesterov": lambda params: optim.SGD(params, lr=0.1, momentum=0.9, nesterov=True),
        "RMSprop": lambda params: optim.RMSprop(params, lr=0.1),
        "Adam": lambda params: optim.Adam(params, lr=0.1),
    }.items():
        pair = torch.zeros(2, requires_grad=True)
        optimiser = make([pair])
        pair.grad = torch.tensor([200.0, 0.02])
        optimiser.step()
        if torch.isclose(pair[0], pair[1], rtol=1e-3):
            print(name, end=" ")

# %% [markdown]
# ## 7 · One epoch, and a fair measurement
#
# Some layers behave differently while a network learns. `nn.Dropout(0.5)` sets each entry to 0 with probability 0.5 (and
# doubles the others), so that the net cannot rely on any single number; when the net is used, it must let everything through.
# Two methods of every module switch between the two, for itself and all layers inside it:

# %%
torch.manual_seed(0)
dropout = nn.Dropout(0.5)
dropout.train()
print(dropout(torch.ones(8)), dropout.training)
dropout.eval()
print(dropout(torch.ones(8)), dropout.training)

# %% [markdown]
# `eval()` does not switch gradients off, and `torch.no_grad()` does not change what a layer does. To measure you want both: the
# one for right numbers, the other because a graph that nobody uses costs memory and time.
#
# | | layers such as dropout | autograd |
# | --- | --- | --- |
# | `model.train()` | as in training | no change |
# | `model.eval()` | as in use | no change |
# | `with torch.no_grad():` | no change | keeps no graph |
#
# LeNet has no such layer. Write both all the same: the next network will have one.
#
# ### 10.8 · One epoch
# *3 points · about 7 minutes*
#
# Go once through all batches of `loader`, which gives pairs `(x, y)` on the device of the model, and train on each. `loader`
# may be a `DataLoader` or a list of such pairs. Put the model into training mode first, and leave it there. `loss_fn(scores,
# y)` gives the mean loss over a batch. There may be old gradients in the parameters when you begin: they must not count.
# Return the mean loss over all **examples** as a `float`, each batch's loss being taken before its step. Batches may differ in
# size. Leave them as they were.
#
# For example, two batches of 4 and 1 examples with the losses 2.0 and 1.0 return `(4 · 2.0 + 1 · 1.0) / 5 = 1.8`.
#
# <details><summary>Hint 1</summary>For each batch: <code>zero_grad</code>, forward, loss, <code>backward</code>,
# <code>step</code>.</details>
# <details><summary>Hint 2</summary><code>loss.item() * len(y)</code> is the sum over the batch's examples. Count the examples
# too.</details>


# %% solution="one_epoch"
def one_epoch(model: nn.Module, loader, loss_fn, optimiser: optim.Optimizer) -> float:
    """Train on each batch (x, y) of `loader` once; the mean loss over all examples."""
    ### BEGIN SOLUTION
    model.train()
    total, count = 0.0, 0
    for x, y in loader:
        optimiser.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(y)
        count += len(y)
    return total / count
    ### END SOLUTION


# %% check="one_epoch" points=1
with check("one_epoch"):
    single = nn.Linear(1, 1, bias=False).eval()
    with torch.no_grad():
        single.weight.fill_(0.0)
    single.weight.grad = torch.tensor([[5.0]])  # from earlier
    batches = [(torch.ones(4, 1), torch.full((4, 1), 2.0)), (torch.ones(1, 1), torch.full((1, 1), 2.0))]
    before = tuple(each.clone() for pair in batches for each in pair)
    got = one_epoch(single, batches, nn.MSELoss(), optim.SGD(single.parameters(), lr=0.25))
    if not isinstance(got, float):
        expect(got, 3.4)
    # The weight goes from 0 to 1 and to 1.5. With the old gradients kept it goes to -0.25 and to 0.625.
    usual = {"untrained": 0.0, "stale_gradient": 0.625, "one_step_late": 0.375, "first_batch_only": 1.0}
    usual["cleared_once"] = 2.5
    expect(single.weight.detach(), [[1.5]], mistakes={name: torch.tensor([[each]]) for name, each in usual.items()})
    usual = {"batch_losses_averaged": 2.5, "last_batch_only": 1.0, "examples_not_counted": 17.0}
    expect(got, 3.4, mistakes=usual)
    expect(single.training, True, mistake="train_forgotten")
    expect(tuple(each for pair in batches for each in pair), before, mistake="input_changed")

# %% hidden="one_epoch" points=2 checks="a network with momentum, batches of several sizes, a DataLoader, two epochs, old gradients, training mode, the data unchanged, other devices"
with check("one_epoch"):
    import copy

    def trained(model, batches, order="zero forward backward step", momentum=0.5):
        sgd = optim.SGD(model.parameters(), lr=0.2, momentum=momentum)
        losses = []
        for x, y in batches:
            for move in order.split():
                if move == "forward":
                    loss = F.cross_entropy(model(x), y)
                elif move == "backward":
                    loss.backward()
                elif move == "zero":
                    sgd.zero_grad()
                else:
                    sgd.step()
            losses.append(loss.item())
        return losses, tuple(p.detach().clone() for p in model.parameters())

    class Watched(nn.Linear):
        """Notes in which mode it is called."""

        def __init__(self, *sizes):
            super().__init__(*sizes)
            self.trained = []

        def forward(self, x):
            self.trained.append(self.training)
            return super().forward(x)

    for device in devices():
        for sizes in [(4, 4, 1), (3,), (5, 2, 2, 2)]:
            model = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 4)).to(device)
            with torch.no_grad():
                for at, p in enumerate(model.parameters()):
                    p.copy_(randn(*p.shape, device=device, seed=at))
                    p.grad = torch.ones_like(p)  # from earlier
            batches = [
                (2 * randn(n, 3, device=device, seed=at), (torch.arange(n, device=device) * 3 + at) % 4)
                for at, n in enumerate(sizes)
            ]
            before = tuple(each.clone() for pair in batches for each in pair)
            start = tuple(p.detach().clone() for p in model.parameters())
            losses, want = trained(copy.deepcopy(model), batches)
            usual = {
                "untrained": start,
                "stale_gradient": trained(copy.deepcopy(model), batches, "forward backward step")[1],
                "one_step_late": trained(copy.deepcopy(model), batches, "step zero forward backward")[1],
                "first_batch_only": trained(copy.deepcopy(model), batches[:1])[1],
                "optimiser_replaced": trained(copy.deepcopy(model), batches, momentum=0.0)[1],
            }
            model.eval()
            optimiser = optim.SGD(model.parameters(), lr=0.2, momentum=0.5)
            got = one_epoch(model, batches, nn.CrossEntropyLoss(), optimiser)
            mean = sum(loss * n for loss, n in zip(losses, sizes, strict=True)) / sum(sizes)
            if not isinstance(got, float):
                expect(got, mean)
            expect(tuple(p.detach() for p in model.parameters()), want, mistakes=usual, rtol=1e-3)
            usual = {"batch_losses_averaged": sum(losses) / len(losses), "last_batch_only": losses[-1]}
            expect(got, mean, mistakes=usual, rtol=1e-3)
            expect(model.training, True, mistake="train_forgotten")
            expect(tuple(each for pair in batches for each in pair), before, mistake="input_changed")

        x, y = randn(30, 3, device=device), torch.arange(30, device=device) % 3
        loader = DataLoader(TensorDataset(x, y), batch_size=8, shuffle=True)
        torch.manual_seed(0)
        model = Watched(3, 3).to(device).eval()
        weight, bias, given = model.weight.detach().clone(), model.bias.detach().clone(), (x.clone(), y.clone())
        at_first = F.cross_entropy(x @ weight.T + bias, y).item()
        optimiser = optim.SGD(model.parameters(), lr=0.1)
        for _ in range(2):
            got = one_epoch(model, loader, nn.CrossEntropyLoss(), optimiser)
            if not isinstance(got, float):
                expect(got, 0.0)
        expect(all(model.trained), True, mistake="train_forgotten")
        at_last = F.cross_entropy(given[0] @ model.weight.detach().T + model.bias.detach(), given[1]).item()
        expect(at_last < at_first, True, mistake="untrained")
        expect(at_last < got < at_first, True, mistake="untrained")
        expect((x, y), given, mistake="input_changed")

# %% [markdown]
# ### 10.9 · Evaluate
# *2 points · about 5 minutes*
#
# Return the **accuracy** of `model` on all batches `(x, y)` of `loader` as a `float`: the share of examples for which the
# class with the highest score is the label. As in 10.8, `loader` may be a list of pairs. Measure in eval mode, and leave the
# model in it; build no graph. Parameters, gradients and data stay as they are. Batches may differ in size.
#
# For example, if 2 of 4 examples are right in one batch and 1 of 1 in the next, it is 0.6.
#
# <details><summary>Hint 1</summary><code>model(x)</code> has shape <code>(n, classes)</code>. <code>argmax(dim=1)</code> gives the
# class for each example.</details>
# <details><summary>Hint 2</summary>Count right answers and examples over all batches, and divide once, at the
# end.</details>
# <details><summary>Hint 3</summary><code>(… == y).sum().item()</code> counts the right ones of a batch.</details>


# %% solution="evaluate"
def evaluate(model: nn.Module, loader) -> float:
    """The share of examples in `loader` that `model` puts into their class."""
    ### BEGIN SOLUTION
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(dim=1) == y).sum().item()
            count += len(y)
    return right / count
    ### END SOLUTION


# %% check="evaluate" points=1
with check("evaluate"):
    echo = nn.Identity()  # it gives its input, so the scores are known
    scores = torch.tensor([[3.0, 1.0, 2.0], [0.0, 5.0, 1.0], [1.0, 2.0, 4.0], [9.0, 8.0, 7.0], [1.0, 2.0, 3.0]])
    batches = [(scores[:4], torch.tensor([0, 1, 1, 2])), (scores[4:], torch.tensor([2]))]
    before = tuple(each.clone() for pair in batches for each in pair)
    got = evaluate(echo, batches)
    expect(echo.training, False, mistake="left_training")
    usual = {"mean_of_batches": 0.75, "last_batch_only": 1.0, "first_batch_only": 0.5, "percent_for_share": 60.0}
    usual |= {"values_for_indices": 0.0, "count_for_share": 3 if isinstance(got, int) else 3.0}
    expect(got, 0.6, mistakes=usual)
    expect(tuple(each for pair in batches for each in pair), before, mistake="input_changed")

# %% hidden="evaluate" points=1 checks="networks with dropout, batches of several sizes, a DataLoader, no graph, the model and the data unchanged, other devices"
with check("evaluate"):

    class Watched(nn.Module):
        """Notes how it is called."""

        def __init__(self, inner):
            super().__init__()
            self.inner, self.trained, self.tracked = inner, [], []

        def forward(self, x):
            self.trained.append(self.training)
            self.tracked.append(torch.is_grad_enabled())
            return self.inner(x)

    for device in devices():
        torch.manual_seed(0)
        watched = Watched(nn.Linear(4, 3).to(device))
        x, y = randn(10, 4, device=device), torch.arange(10, device=device) % 3
        best = watched.inner(x).detach().argmax(dim=1).tolist()
        want = sum(guess == at % 3 for at, guess in enumerate(best)) / 10
        got = evaluate(watched.train(), DataLoader(TensorDataset(x, y), batch_size=4))
        expect(any(watched.trained), False, mistake="eval_forgotten")
        expect(watched.training, False, mistake="left_training")
        expect(any(watched.tracked), False, mistake="graph_built")
        expect(got, want)
        for sizes in [(5,), (4, 4, 2), (1, 7, 3)]:
            model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Dropout(0.5), nn.Linear(6, 3)).to(device)
            with torch.no_grad():
                for at, p in enumerate(model.parameters()):
                    p.copy_(randn(*p.shape, device=device, seed=at))
                    p.grad = torch.ones_like(p)
            before = tuple(p.detach().clone() for p in model.parameters())
            batches = [
                (randn(n, 4, device=device, seed=at), (torch.arange(n, device=device) + at) % 3)
                for at, n in enumerate(sizes)
            ]
            given = tuple(each.clone() for pair in batches for each in pair)
            model.eval()  # so that dropout lets everything through
            right = [
                sum(int(row.argmax()) == int(label) for row, label in zip(model(x).detach(), y, strict=True))
                for x, y in batches
            ]
            got = evaluate(model.train(), batches)
            shares = [each / n for each, n in zip(right, sizes, strict=True)]
            usual = {"mean_of_batches": sum(shares) / len(shares)} if len(sizes) > 1 else {}
            usual |= {"last_batch_only": shares[-1]} if len(sizes) > 1 else {}
            expect(tuple(each for pair in batches for each in pair), given, mistake="input_changed")
            expect(got, sum(right) / sum(sizes), mistakes=usual)
            expect(tuple(p.detach() for p in model.parameters()), before, mistake="network_changed")
            kept = all(p.grad is not None and bool((p.grad == 1).all()) for p in model.parameters())
            expect(kept, True, mistake="gradients_changed")

# %% [markdown]
# ## 8 · Train it
#
# Four out of five digits, chosen at random, are for training. The others are held out: the net never sees them while it learns, and
# only they can tell whether it has learned to read or only to remember. Here is the whole training in one cell. It takes some
# seconds. It begins with a line about speed: work on layers this small is not worth sharing among cores, and on a busy machine the
# sharing costs more than it saves.

# %%
torch.set_num_threads(1)

order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
train, held_out = order[:1437], order[1437:]
loader = DataLoader(TensorDataset(images[train], labels[train]), batch_size=32, shuffle=True)

torch.manual_seed(0)
net = make_lenet()
optimiser = optim.Adam(net.parameters(), lr=0.002)
history = []
for epoch in range(10):
    net.train()
    total = 0.0
    for batch, truth in loader:
        optimiser.zero_grad()
        loss = nn.CrossEntropyLoss()(net(batch), truth)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(truth)
    net.eval()
    with torch.no_grad():
        scores = net(images[held_out])
        held_out_loss = nn.CrossEntropyLoss()(scores, labels[held_out]).item()
        accuracy = (scores.argmax(dim=1) == labels[held_out]).float().mean().item()
    history.append([total / len(train), held_out_loss, accuracy])
    print(f"epoch {epoch + 1:2}: loss {history[-1][0]:.3f}, held out {held_out_loss:.3f}, accuracy {accuracy:.1%}")

# %% folded="Drawing the training curves"
curves = torch.tensor(history)
epochs = range(1, len(curves) + 1)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
left.plot(epochs, curves[:, 0], "o-", color="black", markersize=4, label="training digits")
left.plot(epochs, curves[:, 1], "s--", color="black", markersize=4, label="held-out digits")
left.set(xlabel="epoch", ylabel="loss", ylim=(0, None), title="Loss")
left.legend(frameon=False)
right.plot(epochs, 100 * curves[:, 2], "s--", color="black", markersize=4)
right.axhline(95, color="black", linewidth=0.8, linestyle=":")
right.annotate("95 %", (1, 95), (0, 4), textcoords="offset points")
right.set(xlabel="epoch", ylabel="per cent right", ylim=(75, 100.5), title="Accuracy on held-out digits")
first, last = curves[0].tolist(), curves[-1].tolist()
picture(
    figure,
    f"Two curves over {len(curves)} epochs on the left: the loss on the training digits falls from {first[0]:.2f} to {last[0]:.2f}, "
    f"on the held-out ones from {first[1]:.2f} to {last[1]:.2f}. On the right the accuracy on the held-out digits rises from "
    f"{first[2]:.0%} to {last[2]:.0%}; a dotted line marks 95 per cent.",
)

# %% [markdown]
# Both losses fall, the held-out one unevenly: it depends on the last few steps before it is measured, and on a handful of hard
# digits, each of which is 0.3 per cent of the accuracy. As long as they fall together, the net learns what holds for new
# digits too. When the training loss goes on falling while the other one rises from epoch to epoch, it has begun to learn its
# training digits by heart: **overfitting**. The training loss of an epoch is taken while the net still learns, the other one
# at its end; that is why the curve of the held-out digits can lie below at first.
#
# ### What the windows have found
#
# After training, the six windows of the first layer have become detectors. A layer of a `Sequential` can be called by itself,
# so the feature maps are easy to look at:

# %%
example = images[held_out[:1]]
with torch.no_grad():
    first_maps = F.relu(net[0](example))
    second_maps = net[:5](example)  # up to the relu after the second convolution
print(first_maps.shape, second_maps.shape)

# %% folded="Drawing the feature maps"
figure, axes = plt.subplots(3, 8, figsize=(9, 3.9), layout="constrained")
panels = [("picture", example[0, 0])]
panels += [(f"first, {at}", each) for at, each in enumerate(first_maps[0])] + [None]
panels += [(f"second, {at}", each) for at, each in enumerate(second_maps[0])]
for axis, panel in zip(axes.flat, panels, strict=True):
    axis.set_axis_off()
    if panel is not None:
        axis.imshow(panel[1], cmap="gray")
        frame = plt.Rectangle((0, 0), 1, 1, transform=axis.transAxes, fill=False, edgecolor="black", clip_on=False)
        axis.add_patch(frame)  # a map that is black everywhere would be lost on a dark page
        axis.set_title(panel[0], fontsize=9)
picture(
    figure,
    f"A held-out {labels[held_out[0]]}; the six feature maps that the first layer makes of it, in most of which its strokes or "
    "their edges light up; and the sixteen smaller maps of the second layer, most with a few bright spots.",
)

# %% [markdown]
# Bright is where a window found what it looks for. In the first layer some maps show the strokes, and some only the edges on
# one side of them. A map that is black everywhere comes from a window that finds nothing in this digit. The second layer
# combines all six maps into each of its own; what its sixteen stand for is harder to name, and nobody needs to.
#
# ## 9 · What does it misread?
#
# An accuracy says how often, not what. A **confusion matrix** counts pairs: row 3, column 8 says how many threes were taken for
# eights. The right ones stand on the diagonal. scikit-learn has a function for it; here it counts the held-out digits.

# %%
from sklearn.metrics import confusion_matrix

with torch.no_grad():
    predicted = net(images[held_out]).argmax(dim=1)
truth = labels[held_out]
matrix = torch.tensor(confusion_matrix(truth, predicted, labels=range(10)))
print(matrix)

# %% folded="Drawing the confusion matrix"
figure, axis = plt.subplots(figsize=(5.2, 4.6))
for row in range(10):
    for column in range(10):
        count = int(matrix[row, column])
        if row == column:
            axis.add_patch(plt.Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor="black", linewidth=1.5))
        weight = "bold" if count and row != column else "normal"
        axis.text(column, row, str(count) if count else "·", ha="center", va="center", weight=weight)
axis.set(xlim=(-0.5, 9.5), ylim=(9.5, -0.5), xlabel="read as", ylabel="digit", xticks=range(10), yticks=range(10))
pairs = [(row, column) for row in range(10) for column in range(10) if row != column and matrix[row, column]]
mistaken = ", ".join(f"{row} as {column}: {int(matrix[row, column])}" for row, column in pairs)
picture(
    figure,
    f"The confusion matrix as a table, its diagonal outlined. {int(matrix.diagonal().sum())} of {int(matrix.sum())} digits are on "
    f"the diagonal. Off the diagonal: {mistaken or 'none'}.",
)

# %% [markdown]
# And these are the digits that it got wrong. Would you have read all of them?

# %% folded="Drawing the misread digits"
wrong = (predicted != truth).nonzero()[:, 0]
columns = 6
rows = max(1, -(-len(wrong) // columns))
figure, axes = plt.subplots(rows, columns, figsize=(8, 1.75 * rows), layout="constrained", squeeze=False)
for axis in axes.flat:
    axis.set_axis_off()
misread = []
for axis, at in zip(axes.flat, wrong.tolist(), strict=False):
    misread.append(f"{truth[at]} read as {predicted[at]}")
    axis.imshow(images[held_out[at], 0], cmap="gray")
    axis.set_title(misread[-1], fontsize=9)
picture(figure, f"The {len(wrong)} of {len(truth)} held-out digits that were misread: {', '.join(misread) or 'none'}.")

# %% [markdown]
# ### 10.10 · Confusion matrix
# *2 points · about 4 minutes*
#
# Count the pairs yourself. `predicted` and `labels` have shape `(n,)`, int64, with classes from 0 to `classes - 1`. Return
# the matrix, shape `(classes, classes)`, int64, on their device, with a row for each true class and a column for each
# predicted one. `n` may be 0, and some classes may not occur. Leave the inputs as they were. Do it in PyTorch, without
# scikit-learn.
#
# For example `predicted = [0, 1, 1]`, `labels = [0, 0, 0]` and `classes = 2` give `[[1, 2], [0, 0]]`.
#
# <details><summary>Hint 1</summary>Begin with zeros of the right shape, dtype and device, and go through the pairs with
# <code>zip</code>.</details>
# <details><summary>Hint 2</summary><code>matrix[label, guess] += 1</code> in that loop. Without the loop the same line writes a
# repeated pair only once.</details>
# <details><summary>Hint 3</summary>Without a loop: <code>classes * labels + predicted</code> numbers the cells, and
# <code>torch.bincount(…, minlength=classes ** 2)</code> counts them.</details>


# %% solution="confusion"
def confusion(predicted: torch.Tensor, labels: torch.Tensor, classes: int) -> torch.Tensor:
    """How often each true class (row) was read as each class (column), (classes, classes) int64."""
    ### BEGIN SOLUTION
    cells = classes * labels + predicted
    return torch.bincount(cells, minlength=classes**2).reshape(classes, classes)
    ### END SOLUTION


# %% check="confusion" points=1
with check("confusion"):
    guesses, truths = torch.tensor([0, 1, 1, 2, 0]), torch.tensor([0, 0, 0, 1, 2])
    want = torch.tensor([[1, 2, 0], [0, 0, 1], [1, 0, 0]])
    usual = {"predicted_for_true": want.T, "repeated_once": want.clamp(max=1)}
    expect(confusion(guesses, truths, 3), want, mistakes=usual)
    expect((guesses, truths), (torch.tensor([0, 1, 1, 2, 0]), torch.tensor([0, 0, 0, 1, 2])), mistake="input_changed")
    expect_uses(source_of("confusion"), "sklearn", "confusion_matrix", most=0)

# %% hidden="confusion" points=1 checks="classes that do not occur, one class, no example, ten classes, other devices"
with check("confusion"):
    text = source_of("confusion")
    for device in devices():
        for n, classes, used in [(40, 4, 4), (200, 10, 10), (12, 7, 3), (5, 1, 1), (0, 3, 3)]:
            guesses = (randn(n, device=device).abs() * 10).long() % used
            truths = (randn(n, device=device, seed=1).abs() * 10).long() % used
            before = guesses.clone(), truths.clone()
            want = torch.zeros(classes, classes, dtype=torch.int64)
            for guess, label in zip(guesses.tolist(), truths.tolist(), strict=True):
                want[label, guess] += 1
            want = want.to(device)
            usual = {
                "predicted_for_true": want.T.contiguous(),
                "repeated_once": want.clamp(max=1),
                "classes_guessed": want[:used, :used],
            }
            expect(confusion(guesses, truths, classes), want, mistakes=usual)
            expect((guesses, truths), before, mistake="input_changed")
    expect_uses(text, "sklearn", "confusion_matrix", most=0)

# %% [markdown]
# ## 10 · All of it together
#
# ### 10.11 · Digits
# *4 points · about 10 minutes*
#
# Train a network that reads digits. `images` has shape `(n, 1, 32, 32)`, float32, with brightness from 0 to 1; `labels` has
# shape `(n,)`, int64, 0 to 9. Return the trained network, an `nn.Module` in eval mode, on the device of `images`, that turns
# a batch `(m, 1, 32, 32)` into scores `(m, 10)`. Leave the inputs as they were. Which network, loss, optimiser, rate and
# number of epochs you take is up to you; what counts is the score on digits that your function has not been given:
#
# - the check hands you 1,437 digits, and asks for more than 95 per cent of the other 360;
# - the hidden test hands you 600 digits, and asks for more than 70 per cent.
#
# Ten epochs take some seconds. More than twenty may take too long when this is graded.
#
# For example, LeNet with Adam reaches about 98 per cent, as in section 8. (Your own `lenet` and `one_epoch` are at hand; but
# copy what you need into this cell, so that a mistake there cannot cost you points here.)
#
# <details><summary>Hint 1</summary>Make the network, <code>.to(images.device)</code>, then an optimiser for its parameters: in this
# order.</details>
# <details><summary>Hint 2</summary>The training cell of section 8 has all the rest. Take <code>images</code> and
# <code>labels</code> from the arguments, and all of them: nothing is to be held out here.</details>
# <details><summary>Hint 3</summary><code>return net.eval()</code> at the end: <code>eval()</code> returns the network
# itself.</details>


# %% solution="digits"
def digits(images: torch.Tensor, labels: torch.Tensor) -> nn.Module:
    """A network that has learned to read `images` (n, 1, 32, 32), in eval mode: (m, 1, 32, 32) → (m, 10)."""
    ### BEGIN SOLUTION
    net = nn.Sequential(
        *(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    ).to(images.device)
    optimiser = optim.Adam(net.parameters(), lr=0.002)
    loader = DataLoader(TensorDataset(images, labels), batch_size=32, shuffle=True)
    net.train()
    for _ in range(10):
        for x, y in loader:
            optimiser.zero_grad()
            F.cross_entropy(net(x), y).backward()
            optimiser.step()
    return net.eval()
    ### END SOLUTION


# %% check="digits" points=2
with check("digits"):
    from sklearn.datasets import load_digits

    data = load_digits()
    pictures = F.interpolate(torch.tensor(data.images, dtype=torch.float32)[:, None], size=(32, 32), mode="bilinear")
    pictures, truths = pictures / 16, torch.tensor(data.target)
    order = torch.randperm(len(truths), generator=torch.Generator().manual_seed(0))
    seen, unseen = order[:1437], order[1437:]
    torch.manual_seed(0)
    model = digits(pictures[seen], truths[seen])
    expect(isinstance(model, nn.Module), True, mistake="not_a_network")
    expect(model.training, False, mistake="left_training")
    with torch.no_grad():
        scores = model(pictures[unseen])
    expect_kind(scores, torch.zeros(360, 10))
    accuracy = (scores.argmax(1) == truths[unseen]).float().mean().item()
    print(f"{accuracy:.1%} of 360 held-out digits")
    expect(accuracy > 0.3, True, mistake="learned_nothing")
    expect(accuracy > 0.95, True, mistake="learned_too_little")

# %% hidden="digits" points=2 checks="600 other digits, the score on those held out, the inputs unchanged, other devices"
with check("digits"):
    from sklearn.datasets import load_digits

    data = load_digits()
    pictures = F.interpolate(torch.tensor(data.images, dtype=torch.float32)[:, None], size=(32, 32), mode="bilinear")
    pictures = pictures / 16
    truths = (3 * torch.tensor(data.target) + 1) % 10  # classes renamed: who only knows the data set knows no answer
    order = torch.randperm(len(truths), generator=torch.Generator().manual_seed(1))
    for device in devices():
        images, labels = pictures[order[:600]].to(device), truths[order[:600]].to(device)
        before = images.clone(), labels.clone()
        torch.manual_seed(0)
        model = digits(images, labels)
        expect((images, labels), before, mistake="input_changed")
        expect(isinstance(model, nn.Module), True, mistake="not_a_network")
        expect(model.training, False, mistake="left_training")
        with torch.no_grad():
            scores = model(pictures[order[600:]].to(device))
        expect_kind(scores, torch.zeros(1197, 10, device=device))
        accuracy = (scores.argmax(1) == truths[order[600:]].to(device)).float().mean().item()
        expect(accuracy > 0.3, True, mistake="learned_nothing")
        # From 200 seeds LeNet with Adam gave 0.945 on average, standard deviation 0.012, at least 0.906: 0.7 is 20 deviations away.
        # The bank's two other nets: 0.954 and 0.960 from 200 seeds each, deviations 0.005 and 0.008, at least 0.931 and 0.928.
        expect(accuracy > 0.7, True, mistake="learned_too_little")
        with torch.no_grad():
            expect_kind(model(images[:1]), torch.zeros(1, 10, device=device))

# %% [markdown]
# ## What you can do now
#
# | you want | write | mind |
# | --- | --- | --- |
# | a network | `class Net(nn.Module)` with `__init__` and `forward`, or `nn.Sequential(…)` | `super().__init__()`; layers on `self`, not in a list |
# | what it learns | `net.parameters()`, `net.named_parameters()` | the weight of `Linear(2, 4)` is `(4, 2)` |
# | a convolution | `nn.Conv2d(1, 6, 5)` | `(N, C, H, W)`; `n` becomes `n - 5 + 1` |
# | pooling, relu, flattening | `F.max_pool2d(x, 2)`, `F.relu(x)`, `torch.flatten(x, 1)` | no parameters; the batch stays |
# | a loss for classes | `nn.CrossEntropyLoss()(scores, labels)` | scores without softmax, labels int64 |
# | to clear gradients | `net.zero_grad()`, `optimiser.zero_grad()` | before `backward` |
# | an optimiser | `optim.SGD(params, lr, momentum=0.9, nesterov=True)`, `optim.RMSprop`, `optim.Adam` | each needs a rate of its own |
# | to train, to measure | `net.train()`; `net.eval()` and `with torch.no_grad():` | two switches, not one |
# | accuracy | `(scores.argmax(1) == labels).float().mean()` | on digits that it has not seen |
#
# **To stretch yourself** (no points). Shift each held-out digit by three pixels with `torch.roll(images, 3, dims=3)` and
# measure the accuracy again. Then shift the training digits too, each batch by a random amount of its own, train again, and
# see what you gain. Do the same for the perceptron of 10.2: which network suffers less from the shift, and why?
#
# **To read on.** *[Training a classifier](https://docs.pytorch.org/tutorials/beginner/blitz/cifar10_tutorial.html)* does the
# same in colour; *[torch.nn](https://docs.pytorch.org/docs/stable/nn.html)* lists all layers and losses;
# *[torchvision](https://docs.pytorch.org/vision/stable/index.html)* brings larger data sets and networks that are trained
# already.
#
# **This was the last lesson.** You can now work with tensors, their shapes and their devices, follow gradients, and train a
# network and measure it. What comes next, a larger network or other data, is made of the same parts.
