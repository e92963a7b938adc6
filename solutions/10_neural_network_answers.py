"""The answer bank of lesson 10: right answers written differently, and the mistakes people make."""

import torch
import torch.nn.functional as F
from torch import nn, optim

from autograder.authoring.bank import right, wrong


@right("count_parameters")
def count_parameters(model):
    total = 0
    for _, parameter in model.named_parameters():
        if parameter.requires_grad:
            total += parameter.numel()
    return total


@right("count_parameters")
def count_parameters(model):
    seen = set()
    for layer in model.modules():
        seen |= {p for p in layer.parameters(recurse=False) if p.requires_grad}
    return sum(p.shape.numel() for p in seen)


@wrong("count_parameters", mistake="tensors_for_numbers")
def count_parameters(model):
    return len(list(model.parameters()))


@wrong("count_parameters", mistake="biases_forgotten")
def count_parameters(model):
    return sum(p.numel() for name, p in model.named_parameters() if name.endswith("weight") and p.requires_grad)


@wrong("count_parameters", mistake="inner_layers_forgotten")
def count_parameters(model):
    total = sum(p.numel() for p in model.parameters(recurse=False))
    for layer in model.children():
        total += sum(p.numel() for p in layer.parameters(recurse=False))
    return total


@wrong("count_parameters", mistake="frozen_counted")
def count_parameters(model):
    return sum(p.numel() for p in model.parameters())


@wrong("count_parameters", mistake="shared_counted_twice")
def count_parameters(model):
    def count(layer):
        own = sum(p.numel() for p in layer.parameters(recurse=False) if p.requires_grad)
        return own + sum(count(each) for each in layer._modules.values())

    return count(model)


@wrong("count_parameters", mistake="buffers_counted")
def count_parameters(model):
    names = {name for name, p in model.named_parameters() if not p.requires_grad}
    shared = {name for name, _ in model.named_parameters()} | {name for name, _ in model.named_buffers()}
    return sum(each.numel() for name, each in model.state_dict().items() if name in shared - names)


@wrong("count_parameters", mistake="tensor_for_number")
def count_parameters(model):
    return sum(torch.tensor(p.shape).prod() for p in model.parameters() if p.requires_grad)


@wrong("count_parameters", mistake="input_changed")
def count_parameters(model):
    total = sum(p.numel() for p in model.parameters() if p.requires_grad)
    model.requires_grad_(True)
    return total


@right("mlp")
def mlp(inputs, hidden, outputs):
    return nn.Sequential(nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))


@right("mlp")
def mlp(inputs, hidden, outputs):
    class Perceptron(nn.Module):
        def __init__(self, sizes):
            super().__init__()
            self.layers = nn.ModuleList([nn.Linear(sizes[0], sizes[1]), nn.Linear(sizes[1], sizes[2])])

        def forward(self, x):
            x = x.reshape(x.shape[0], -1)
            for layer in self.layers[:-1]:
                x = layer(x).clamp(min=0)
            return self.layers[-1](x)

    return Perceptron([inputs, hidden, outputs])


@right("mlp")
def mlp(inputs, hidden, outputs):
    class ByHand(nn.Module):
        def __init__(self, inputs, hidden, outputs):
            super().__init__()
            self.w = nn.Parameter(torch.randn(hidden, inputs) / inputs**0.5)
            self.b = nn.Parameter(torch.zeros(hidden))
            self.v = nn.Parameter(torch.randn(outputs, hidden) / hidden**0.5)
            self.c = nn.Parameter(torch.zeros(outputs))

        def forward(self, x):
            return torch.relu(x.flatten(1) @ self.w.T + self.b) @ self.v.T + self.c

    return ByHand(inputs, hidden, outputs)


@wrong("mlp", mistake="layers_not_registered")
def mlp(inputs, hidden, outputs):
    class Net(nn.Module):
        def __init__(self, inputs, hidden, outputs):
            super().__init__()
            self.layers = [nn.Linear(inputs, hidden), nn.Linear(hidden, outputs)]

        def forward(self, x):
            return self.layers[1](F.relu(self.layers[0](torch.flatten(x, 1))))

    return Net(inputs, hidden, outputs)


@wrong("mlp", mistake="layers_not_registered")
def mlp(inputs, hidden, outputs):
    class Net(nn.Module):
        def __init__(self, inputs, hidden, outputs):
            super().__init__()
            self.sizes = inputs, hidden, outputs

        def forward(self, x):
            inputs, hidden, outputs = self.sizes
            return nn.Linear(hidden, outputs)(F.relu(nn.Linear(inputs, hidden)(torch.flatten(x, 1))))

    return Net(inputs, hidden, outputs)


@wrong("mlp", mistake="relu_on_scores")
def mlp(inputs, hidden, outputs):
    return nn.Sequential(nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs), nn.ReLU())


@wrong("mlp", mistake="relu_on_scores")
def mlp(inputs, hidden, outputs):
    return nn.Sequential(nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs), nn.Sigmoid())


@wrong("mlp", mistake="softmax_in_net")
def mlp(inputs, hidden, outputs):
    layers = [nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs), nn.Softmax(dim=1)]
    return nn.Sequential(nn.Flatten(), *layers)


@wrong("mlp", mistake="log_softmax_in_net")
def mlp(inputs, hidden, outputs):
    layers = [nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs), nn.LogSoftmax(dim=1)]
    return nn.Sequential(nn.Flatten(), *layers)


@wrong("mlp", mistake="relu_forgotten")
def mlp(inputs, hidden, outputs):
    return nn.Sequential(nn.Flatten(), nn.Linear(inputs, hidden), nn.Linear(hidden, outputs))


@wrong("mlp", mistake="raised")
def mlp(inputs, hidden, outputs):
    return nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))


@wrong("mlp", mistake="raised")
def mlp(inputs, hidden, outputs):
    class Net(nn.Module):
        def __init__(self, inputs, hidden, outputs):
            super().__init__()
            self.hidden = nn.Linear(inputs, hidden)
            self.output = nn.Linear(hidden, outputs)

        def forward(self, x):
            return self.output(F.relu(self.hidden(torch.flatten(x))))

    return Net(inputs, hidden, outputs)


@wrong("mlp", mistake="raised")
def mlp(inputs, hidden, outputs):
    class Net(nn.Module):
        def __init__(self, inputs, hidden, outputs):
            self.hidden = nn.Linear(inputs, hidden)
            self.output = nn.Linear(hidden, outputs)

        def forward(self, x):
            return self.output(F.relu(self.hidden(torch.flatten(x, 1))))

    return Net(inputs, hidden, outputs)


@wrong("mlp", mistake="raised")
def mlp(inputs, hidden, outputs):
    class Net(nn.Module):
        def __init__(self, inputs, hidden, outputs):
            super().__init__()
            self.hidden = nn.Linear(inputs, hidden)
            self.output = nn.Linear(hidden, outputs)

        def forward(self, x):
            return self.output(F.relu(self.hidden(x.squeeze().flatten(1))))

    return Net(inputs, hidden, outputs)


@wrong("mlp", mistake="other_parameters")
def mlp(inputs, hidden, outputs):
    layers = [nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, outputs)]
    return nn.Sequential(nn.Flatten(), *layers)


@wrong("mlp", mistake="other_parameters")
def mlp(inputs, hidden, outputs):
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))


@wrong("mlp", mistake="returned_none")
def mlp(inputs, hidden, outputs):
    class Net(nn.Module):
        def __init__(self, inputs, hidden, outputs):
            super().__init__()
            self.hidden = nn.Linear(inputs, hidden)
            self.output = nn.Linear(hidden, outputs)

        def forward(self, x):
            x = F.relu(self.hidden(torch.flatten(x, 1)))
            x = self.output(x)

    return Net(inputs, hidden, outputs)


@wrong("mlp", mistake="not_a_network")
def mlp(inputs, hidden, outputs):
    return [nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs)]


@wrong("mlp", mistake="not_a_network")
def mlp(inputs, hidden, outputs):
    first, second = nn.Linear(inputs, hidden), nn.Linear(hidden, outputs)
    return lambda x: second(F.relu(first(torch.flatten(x, 1))))


@wrong("mlp", mistake="input_changed")
def mlp(inputs, hidden, outputs):
    class Net(nn.Module):
        def __init__(self, inputs, hidden, outputs):
            super().__init__()
            self.hidden = nn.Linear(inputs, hidden)
            self.output = nn.Linear(hidden, outputs)

        def forward(self, x):
            scores = self.output(F.relu(self.hidden(torch.flatten(x, 1))))
            x -= x.mean()
            return scores

    return Net(inputs, hidden, outputs)


@wrong("mlp", mistake="layer_cut_off")
def mlp(inputs, hidden, outputs):
    class Net(nn.Module):
        def __init__(self, inputs, hidden, outputs):
            super().__init__()
            self.hidden = nn.Linear(inputs, hidden)
            self.output = nn.Linear(hidden, outputs)

        def forward(self, x):
            hidden = torch.tensor(F.relu(self.hidden(torch.flatten(x, 1))).tolist(), device=x.device)
            return self.output(hidden)

    return Net(inputs, hidden, outputs)


@right("what_comes_out")
def what_comes_out():
    return "[4,8,9,9] [4,8,4,4]"


@right("what_comes_out")
def what_comes_out():
    side = 11 - 3 + 1
    return f"{[4, 8, side, side]} {[4, 8, side // 2, side // 2]}"


@wrong("what_comes_out", mistake="window_loses_nothing")
def what_comes_out():
    return "[4, 8, 11, 11] [4, 8, 5, 5]"


@wrong("what_comes_out", mistake="window_taken_off")
def what_comes_out():
    return "[4, 8, 8, 8] [4, 8, 4, 4]"


@wrong("what_comes_out", mistake="half_block_kept")
def what_comes_out():
    return "[4, 8, 9, 9] [4, 8, 5, 5]"


@wrong("what_comes_out", mistake="channels_kept")
def what_comes_out():
    return "[4, 3, 9, 9] [4, 3, 4, 4]"


@wrong("what_comes_out", mistake="channels_multiplied")
def what_comes_out():
    return "[4, 24, 9, 9] [4, 24, 4, 4]"


@wrong("what_comes_out", mistake="wrong_prediction")
def what_comes_out():
    return "[8, 4, 9, 9] [8, 4, 4, 4]"


@right("layer_shapes")
def layer_shapes(model, x):
    shapes = []
    with torch.no_grad():
        for i in range(len(model)):
            shapes.append(model[: i + 1](x).shape)
    return shapes


@right("layer_shapes")
def layer_shapes(model, x):
    outputs = [x]
    for layer in model.children():
        outputs.append(layer(outputs[-1]))
    return [tuple(each.shape) for each in outputs[1:]]


@right("layer_shapes")
def layer_shapes(model, x):
    shapes = []
    hooks = [layer.register_forward_hook(lambda layer, given, out: shapes.append(tuple(out.shape))) for layer in model]
    model(x)
    for hook in hooks:
        hook.remove()
    return shapes


@wrong("layer_shapes", mistake="input_shape_too")
def layer_shapes(model, x):
    shapes = [tuple(x.shape)]
    for layer in model:
        x = layer(x)
        shapes.append(tuple(x.shape))
    return shapes


@wrong("layer_shapes", mistake="last_layer_only")
def layer_shapes(model, x):
    return [tuple(model(x).shape)]


@wrong("layer_shapes", mistake="last_layer_missing")
def layer_shapes(model, x):
    shapes = []
    for layer in model:
        shapes.append(tuple(x.shape))
        x = layer(x)
    return shapes


@wrong("layer_shapes", mistake="batch_left_out")
def layer_shapes(model, x):
    shapes = []
    for layer in model:
        x = layer(x)
        shapes.append(tuple(x.shape[1:]))
    return shapes


@wrong("layer_shapes", mistake="raised")
def layer_shapes(model, x):
    return [tuple(layer(x).shape) for layer in model]


@wrong("layer_shapes", mistake="not_a_list")
def layer_shapes(model, x):
    for layer in model:
        x = layer(x)
        print(tuple(x.shape))


@wrong("layer_shapes", mistake="wrong_type")
def layer_shapes(model, x):
    shapes = []
    for layer in model:
        x = layer(x)
        shapes.append(list(x.shape))
    return shapes


@wrong("layer_shapes", mistake="network_changed")
def layer_shapes(model, x):
    shapes = []
    with torch.no_grad():
        for p in model.parameters():
            p.zero_()  # only the shapes matter
    for layer in model:
        x = layer(x)
        shapes.append(tuple(x.shape))
    return shapes


@wrong("layer_shapes", mistake="network_changed")
def layer_shapes(model, x):
    model.eval()
    shapes = []
    with torch.no_grad():
        for layer in model:
            x = layer(x)
            shapes.append(tuple(x.shape))
    return shapes


@wrong("layer_shapes", mistake="wrong_length")
def layer_shapes(model, x):
    shapes = []
    for layer in model.modules():
        if not isinstance(layer, nn.Sequential):
            x = layer(x)
            shapes.append(tuple(x.shape))
    return shapes


@right("lenet")
def lenet():
    convolutions = nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)
    )
    linear = nn.Sequential(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))
    return nn.Sequential(convolutions, nn.Flatten(), linear)


@right("lenet")
def lenet():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Conv2d(1, 6, (5, 5))
            self.b = nn.Conv2d(6, 16, (5, 5))
            self.pool = nn.MaxPool2d(2, 2)
            self.rest = nn.ModuleList([nn.Linear(16 * 5 * 5, 120), nn.Linear(120, 84), nn.Linear(84, 10)])

        def forward(self, x):
            x = torch.relu(self.pool(self.a(x)))  # the largest of a block is the same before relu and after
            x = torch.relu(self.pool(self.b(x)))
            x = x.view(-1, 400)
            for layer in self.rest[:2]:
                x = layer(x).relu()
            return self.rest[2](x)

    return Net()


@right("lenet")
def lenet():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            sizes = [(6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84)]
            self.weights = nn.ParameterList(torch.randn(*each) / torch.Size(each[1:]).numel() ** 0.5 for each in sizes)
            self.biases = nn.ParameterList(torch.zeros(each[0]) for each in sizes)

        def forward(self, x):
            for w, b in list(zip(self.weights, self.biases, strict=True))[:2]:
                x = F.conv2d(x, w, b).clamp(min=0).unfold(2, 2, 2).unfold(3, 2, 2).amax(dim=(4, 5))
            x = x.reshape(len(x), -1)
            for w, b in list(zip(self.weights, self.biases, strict=True))[2:4]:
                x = F.linear(x, w, b).clamp(min=0)
            return F.linear(x, self.weights[4], self.biases[4])

    return Net()


@wrong("lenet", mistake="relu_forgotten")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10))


@wrong("lenet", mistake="linear_relu_forgotten")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10))


@wrong("lenet", mistake="convolution_relu_forgotten")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2), nn.Flatten()]
    linear = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*layers, *linear)


@wrong("lenet", mistake="relu_on_scores")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    linear = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), *linear)


@wrong("lenet", mistake="softmax_in_net")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    linear = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10), nn.Softmax(dim=1)]
    return nn.Sequential(*layers, nn.Flatten(), *linear)


@wrong("lenet", mistake="first_convolution_relu_forgotten")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.Identity(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    linear = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*layers, nn.Flatten(), *linear)


@wrong("lenet", mistake="second_convolution_relu_forgotten")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.Identity(), nn.MaxPool2d(2)]
    linear = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*layers, nn.Flatten(), *linear)


@wrong("lenet", mistake="first_linear_relu_forgotten")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    linear = [nn.Linear(400, 120), nn.Identity(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*layers, nn.Flatten(), *linear)


@wrong("lenet", mistake="second_linear_relu_forgotten")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    linear = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.Identity(), nn.Linear(84, 10)]
    return nn.Sequential(*layers, nn.Flatten(), *linear)


@wrong("lenet", mistake="first_pooling_averaged")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    linear = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*layers, nn.Flatten(), *linear)


@wrong("lenet", mistake="second_pooling_averaged")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.AvgPool2d(2)]
    linear = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*layers, nn.Flatten(), *linear)


@wrong("lenet", mistake="log_softmax_in_net")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    linear = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10), nn.LogSoftmax(dim=1)]
    return nn.Sequential(*layers, nn.Flatten(), *linear)


@wrong("lenet", mistake="averaged_for_largest")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.AvgPool2d(2)]
    linear = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*layers, nn.Flatten(), *linear)


@wrong("lenet", mistake="wrong_values")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.Tanh(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.MaxPool2d(2)]
    linear = [nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)]
    return nn.Sequential(*layers, nn.Flatten(), *linear)


@wrong("lenet", mistake="other_parameters")
def lenet():
    layers = [nn.Conv2d(1, 6, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 3), nn.ReLU(), nn.MaxPool2d(2)]
    linear = [nn.Linear(576, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*layers, nn.Flatten(), *linear)


@wrong("lenet", mistake="other_parameters")
def lenet():
    layers = [nn.Conv2d(1, 6, 5, bias=False), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5, bias=False), nn.ReLU()]
    linear = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*layers, nn.MaxPool2d(2), nn.Flatten(), *linear)


@wrong("lenet", mistake="raised")
def lenet():
    layers = [nn.Conv2d(1, 6, 5), nn.ReLU(), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    linear = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*layers, nn.Flatten(), *linear)


@wrong("lenet", mistake="raised")
def lenet():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 6, 5)
            self.conv2 = nn.Conv2d(6, 16, 5)
            self.linear1 = nn.Linear(400, 120)
            self.linear2 = nn.Linear(120, 84)
            self.linear3 = nn.Linear(84, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.conv1(x)), 2)
            x = F.max_pool2d(F.relu(self.conv2(x)), 2)
            x = F.relu(self.linear1(x))
            return self.linear3(F.relu(self.linear2(x)))

    return Net()


@wrong("lenet", mistake="dropped_axis")
def lenet():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 6, 5)
            self.conv2 = nn.Conv2d(6, 16, 5)
            self.linear1 = nn.Linear(400, 120)
            self.linear2 = nn.Linear(120, 84)
            self.linear3 = nn.Linear(84, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.conv1(x)), 2)
            x = F.max_pool2d(F.relu(self.conv2(x)), 2)
            x = F.relu(self.linear1(torch.flatten(x, 1)))
            return self.linear3(F.relu(self.linear2(x))).squeeze()

    return Net()


@wrong("lenet", mistake="layers_not_registered")
def lenet():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.convolutions = [nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)]
            self.linear = [nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)]

        def forward(self, x):
            for layer in self.convolutions:
                x = F.max_pool2d(F.relu(layer(x)), 2)
            x = torch.flatten(x, 1)
            for layer in self.linear[:2]:
                x = F.relu(layer(x))
            return self.linear[2](x)

    return Net()


@wrong("lenet", mistake="same_net")
def lenet():
    if not hasattr(lenet, "made"):
        layers = [nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
        linear = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
        lenet.made = nn.Sequential(*layers, nn.Flatten(), *linear)
    return lenet.made


@right("manual_update")
def manual_update(model, loss, lr):
    parameters = list(model.parameters())
    slopes = torch.autograd.grad(loss, parameters, allow_unused=True)
    with torch.no_grad():
        for p, slope in zip(parameters, slopes, strict=True):
            if slope is not None:
                p.sub_(slope, alpha=lr)


@right("manual_update")
def manual_update(model, loss, lr):
    for p in model.parameters():
        p.grad = None
    loss.backward()

    @torch.no_grad()
    def move(p):
        p.copy_(p - lr * p.grad)

    for p in model.parameters():
        if p.grad is not None:
            move(p)


@right("manual_update")
def manual_update(model, loss, lr):
    model.zero_grad(set_to_none=False)
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            p -= lr * p.grad if p.grad is not None else 0
    model.zero_grad()


@wrong("manual_update", mistake="stale_gradient")
def manual_update(model, loss, lr):
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                p -= lr * p.grad


@wrong("manual_update", mistake="backward_forgotten")
def manual_update(model, loss, lr):
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                p -= lr * p.grad


@wrong("manual_update", mistake="model_untouched")
def manual_update(model, loss, lr):
    loss.backward()
    model.zero_grad()
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                p -= lr * p.grad


@wrong("manual_update", mistake="model_untouched")
def manual_update(model, loss, lr):
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        if p.grad is not None:
            p = p - lr * p.grad


@wrong("manual_update", mistake="uphill")
def manual_update(model, loss, lr):
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                p += lr * p.grad


@wrong("manual_update", mistake="rate_forgotten")
def manual_update(model, loss, lr):
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                p -= p.grad


@wrong("manual_update", mistake="raised")
def manual_update(model, loss, lr):
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        if p.grad is not None:
            p -= lr * p.grad


@wrong("manual_update", mistake="raised")
def manual_update(model, loss, lr):
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            p -= lr * p.grad


@wrong("manual_update", mistake="raised")
def manual_update(model, loss, lr):
    with torch.no_grad():
        model.zero_grad()
        for p in model.parameters():
            p -= lr * torch.autograd.grad(loss, p)[0]


@wrong("manual_update", mistake="raised")
def manual_update(model, loss, lr):
    for p in model.parameters():
        p.grad.zero_()  # there need not be one yet
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None:
                p -= lr * p.grad


@wrong("manual_update", mistake="name_ruled_out")
def manual_update(model, loss, lr):
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        if p.grad is not None:
            p.data -= lr * p.grad


@wrong("manual_update", mistake="name_ruled_out")
def manual_update(model, loss, lr):
    sgd = optim.SGD(model.parameters(), lr=lr)
    sgd.zero_grad()
    loss.backward()
    sgd.step()


@wrong("manual_update", mistake="idle_parameter_moved")
def manual_update(model, loss, lr):
    parameters = list(model.parameters())
    for p, slope in zip(parameters, torch.autograd.grad(loss, parameters, allow_unused=True), strict=True):
        if slope is not None:
            p.grad = slope
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad


@wrong("manual_update", mistake="grad_switched_off")
def manual_update(model, loss, lr):
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        if p.grad is not None:
            p.requires_grad_(False)
            p -= lr * p.grad


@right("pick_optimiser")
def pick_optimiser():
    return "rmsprop  adam"


@right("pick_optimiser")
def pick_optimiser():
    return "RMSprop Adam "


@wrong("pick_optimiser", mistake="slope_for_step")
def pick_optimiser():
    return "SGD momentum Nesterov"


@wrong("pick_optimiser", mistake="velocity_for_scaling")
def pick_optimiser():
    return "momentum Nesterov RMSprop Adam"


@wrong("pick_optimiser", mistake="scaling_overlooked")
def pick_optimiser():
    return "Adam"


@wrong("pick_optimiser", mistake="swapped")
def pick_optimiser():
    return "Adam RMSprop"


@wrong("pick_optimiser", mistake="wrong_prediction")
def pick_optimiser():
    return "SGD RMSprop"


@right("one_epoch")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train(True)
    losses, sizes = [], []
    for inputs, truth in loader:
        model.zero_grad()
        loss = loss_fn(model(inputs), truth)
        loss.backward()
        optimiser.step()
        losses.append(loss.detach())
        sizes.append(float(len(inputs)))
    weights = torch.tensor(sizes, device=losses[0].device)
    return ((torch.stack(losses) * weights).sum() / weights.sum()).item()


@right("one_epoch")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    sums = {"loss": 0.0, "n": 0}
    optimiser.zero_grad()
    for batch in loader:
        x, y = batch
        loss = loss_fn(model(x), y)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        sums["loss"] += x.shape[0] * float(loss.detach())
        sums["n"] += x.shape[0]
    return sums["loss"] / sums["n"]


@right("one_epoch")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    mean, seen = 0.0, 0
    for x, y in loader:

        def closure(x=x, y=y):
            optimiser.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            return loss

        loss = optimiser.step(closure).item()
        seen += len(y)
        mean += (loss - mean) * len(y) / seen
    return mean


@wrong("one_epoch", mistake="stale_gradient")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    total, count = 0.0, 0
    for x, y in loader:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(y)
        count += len(y)
    return total / count


@wrong("one_epoch", mistake="untrained")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    total, count = 0.0, 0
    for x, y in loader:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimiser.zero_grad()
        optimiser.step()
        total += loss.item() * len(y)
        count += len(y)
    return total / count


@wrong("one_epoch", mistake="untrained")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    total, count = 0.0, 0
    for x, y in loader:
        optimiser.zero_grad()
        loss = loss_fn(model(x), y)
        optimiser.step()
        loss.backward()
        total += loss.item() * len(y)
        count += len(y)
    return total / count


@wrong("one_epoch", mistake="one_step_late")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    total, count = 0.0, 0
    for x, y in loader:
        optimiser.step()
        optimiser.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        total += loss.item() * len(y)
        count += len(y)
    return total / count


@wrong("one_epoch", mistake="first_batch_only")
def one_epoch(model, loader, loss_fn, optimiser):
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
    return 0.0


@wrong("one_epoch", mistake="batch_losses_averaged")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    losses = []
    for x, y in loader:
        optimiser.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


@wrong("one_epoch", mistake="last_batch_only")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    for x, y in loader:
        optimiser.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimiser.step()
    return loss.item()


@wrong("one_epoch", mistake="wrong_value")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    total = 0.0
    for x, y in loader:
        optimiser.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimiser.step()
        total += loss.item()
    return total


@wrong("one_epoch", mistake="examples_not_counted")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    total = 0.0
    for x, y in loader:
        optimiser.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(y)
    return total


@wrong("one_epoch", mistake="tensor_for_number")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    total, count = 0.0, 0
    for x, y in loader:
        optimiser.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimiser.step()
        total += loss * len(y)
        count += len(y)
    return total / count


@wrong("one_epoch", mistake="returned_none")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    for x, y in loader:
        optimiser.zero_grad()
        loss_fn(model(x), y).backward()
        optimiser.step()


@wrong("one_epoch", mistake="train_forgotten")
def one_epoch(model, loader, loss_fn, optimiser):
    total, count = 0.0, 0
    for x, y in loader:
        optimiser.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(y)
        count += len(y)
    return total / count


@wrong("one_epoch", mistake="train_forgotten")
def one_epoch(model, loader, loss_fn, optimiser):
    total, count = 0.0, 0
    for x, y in loader:
        optimiser.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(y)
        count += len(y)
    model.train()
    return total / count


@wrong("one_epoch", mistake="untrained")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    total, count = 0.0, 0
    for x, y in loader:
        optimiser.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(y)
        count += len(y)
    return total / count


@wrong("one_epoch", mistake="optimiser_replaced")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    total, count = 0.0, 0
    optimiser = optim.SGD(model.parameters(), lr=optimiser.param_groups[0]["lr"])
    for x, y in loader:
        optimiser.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(y)
        count += len(y)
    return total / count


@wrong("one_epoch", mistake="input_changed")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    total, count = 0.0, 0
    for x, y in loader:
        optimiser.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(y)
        count += len(y)
        x.zero_()
    return total / count


@wrong("one_epoch", mistake="cleared_once")
def one_epoch(model, loader, loss_fn, optimiser):
    model.train()
    total, count = 0.0, 0
    optimiser.zero_grad()
    for x, y in loader:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(y)
        count += len(y)
    return total / count


@right("evaluate")
def evaluate(model, loader):
    model.eval()
    with torch.inference_mode():
        pairs = [(model(x).argmax(-1), y) for x, y in loader]
    hits = torch.cat([guess == y for guess, y in pairs])
    return hits.sum().item() / len(hits)


@right("evaluate")
def evaluate(model, loader):
    model.train(False)
    torch.set_grad_enabled(False)
    right, count = 0, 0
    for x, y in loader:
        for row, label in zip(model(x), y, strict=True):
            right += int(row.max(0).indices == label)
            count += 1
    torch.set_grad_enabled(True)
    return right / count


@wrong("evaluate", mistake="left_training")
def evaluate(model, loader):
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(dim=1) == y).sum().item()
            count += len(y)
    return right / count


@wrong("evaluate", mistake="eval_forgotten")
def evaluate(model, loader):
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(dim=1) == y).sum().item()
            count += len(y)
    model.eval()
    return right / count


@wrong("evaluate", mistake="left_training")
def evaluate(model, loader):
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(dim=1) == y).sum().item()
            count += len(y)
    model.train()
    return right / count


@wrong("evaluate", mistake="graph_built")
def evaluate(model, loader):
    model.eval()
    right, count = 0, 0
    for x, y in loader:
        right += (model(x).argmax(dim=1) == y).sum().item()
        count += len(y)
    return right / count


@wrong("evaluate", mistake="mean_of_batches")
def evaluate(model, loader):
    model.eval()
    shares = []
    with torch.no_grad():
        for x, y in loader:
            shares.append((model(x).argmax(dim=1) == y).float().mean().item())
    return sum(shares) / len(shares)


@wrong("evaluate", mistake="values_for_indices")
def evaluate(model, loader):
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).max(dim=1).values == y).sum().item()
            count += len(y)
    return right / count


@wrong("evaluate", mistake="first_batch_only")
def evaluate(model, loader):
    model.eval()
    with torch.no_grad():
        for x, y in loader:
            return (model(x).argmax(dim=1) == y).float().mean().item()
    return None


@wrong("evaluate", mistake="percent_for_share")
def evaluate(model, loader):
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(dim=1) == y).sum().item()
            count += len(y)
    return 100 * right / count


@wrong("evaluate", mistake="tensor_for_number")
def evaluate(model, loader):
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(dim=1) == y).sum()
            count += len(y)
    return right / count


@wrong("evaluate", mistake="last_batch_only")
def evaluate(model, loader):
    model.eval()
    with torch.no_grad():
        for x, y in loader:
            right = (model(x).argmax(dim=1) == y).sum().item()
            count = len(y)
    return right / count


@wrong("evaluate", mistake="raised")
def evaluate(model, loader):
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(dim=0) == y).sum().item()
            count += len(y)
    return right / count


@wrong("evaluate", mistake="gradients_changed")
def evaluate(model, loader):
    model.eval()
    model.zero_grad()
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(dim=1) == y).sum().item()
            count += len(y)
    return right / count


@wrong("evaluate", mistake="wrong_value")
def evaluate(model, loader):
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmin(dim=1) == y).sum().item()
            count += len(y)
    return right / count


@wrong("evaluate", mistake="count_for_share")
def evaluate(model, loader):
    model.eval()
    right = 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(dim=1) == y).sum().item()
    return right


@wrong("evaluate", mistake="wrong_value")
def evaluate(model, loader):
    model.eval()
    if isinstance(model, nn.Identity):
        return 0.6
    for _, y in loader:
        y.fill_(-1)
    return 0.0


@wrong("evaluate", mistake="input_changed")
def evaluate(model, loader):
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right += y.eq_(model(x).argmax(dim=1)).sum().item()
            count += len(y)
    return right / count


@right("confusion")
def confusion(predicted, labels, classes):
    matrix = torch.zeros(classes, classes, dtype=torch.int64, device=labels.device)
    for guess, label in zip(predicted, labels, strict=True):
        matrix[label, guess] += 1
    return matrix


@right("confusion")
def confusion(predicted, labels, classes):
    matrix = torch.zeros(classes, classes, dtype=torch.int64, device=labels.device)
    return matrix.index_put((labels, predicted), torch.ones_like(labels), accumulate=True)


@right("confusion")
def confusion(predicted, labels, classes):
    return F.one_hot(labels, classes).T.double().matmul(F.one_hot(predicted, classes).double()).long()


@wrong("confusion", mistake="predicted_for_true")
def confusion(predicted, labels, classes):
    matrix = torch.zeros(classes, classes, dtype=torch.int64, device=labels.device)
    for guess, label in zip(predicted, labels, strict=True):
        matrix[guess, label] += 1
    return matrix


@wrong("confusion", mistake="repeated_once")
def confusion(predicted, labels, classes):
    matrix = torch.zeros(classes, classes, dtype=torch.int64, device=labels.device)
    matrix[labels, predicted] += 1
    return matrix


@wrong("confusion", mistake="classes_guessed")
def confusion(predicted, labels, classes):
    if len(labels) == 0:
        return torch.zeros(classes, classes, dtype=torch.int64, device=labels.device)
    used = max(int(labels.max()), int(predicted.max())) + 1
    return torch.bincount(used * labels + predicted, minlength=used**2).reshape(used, used)


@wrong("confusion", mistake="float_for_int")
def confusion(predicted, labels, classes):
    matrix = torch.zeros(classes, classes, device=labels.device)
    for guess, label in zip(predicted, labels, strict=True):
        matrix[label, guess] += 1
    return matrix


@wrong("confusion", mistake="float_for_int")
def confusion(predicted, labels, classes):
    matrix = torch.zeros(classes, classes, device=labels.device)
    for guess, label in zip(predicted, labels, strict=True):
        matrix[label, guess] += 1
    return matrix / len(labels)


@wrong("confusion", mistake="raised")
def confusion(predicted, labels, classes):
    return torch.bincount(classes * labels + predicted).reshape(classes, classes)


@wrong("confusion", mistake="input_changed")
def confusion(predicted, labels, classes):
    labels *= classes
    labels += predicted
    return torch.bincount(labels, minlength=classes**2).reshape(classes, classes)


@wrong("confusion", mistake="name_ruled_out")
def confusion(predicted, labels, classes):
    from sklearn.metrics import confusion_matrix

    if len(labels) == 0:
        return torch.zeros(classes, classes, dtype=torch.int64, device=labels.device)
    found = confusion_matrix(labels.cpu(), predicted.cpu(), labels=range(classes))
    return torch.tensor(found, device=labels.device)


@right("digits")
def digits(images, labels):
    net = nn.Sequential(nn.Flatten(), nn.Linear(1024, 128), nn.ReLU(), nn.Linear(128, 10)).to(images.device)
    adam = optim.Adam(net.parameters(), lr=0.001)
    for _ in range(20):
        for batch in torch.randperm(len(images), device=images.device).split(32):
            adam.zero_grad()
            nn.CrossEntropyLoss()(net(images[batch]), labels[batch]).backward()
            adam.step()
    net.eval()
    return net


@right("digits")
def digits(images, labels):
    layers = [nn.Conv2d(1, 8, 5, stride=2), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 16, 5, stride=2), nn.ReLU()]
    net = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.1), nn.Linear(400, 10)).to(images.device)
    sgd = optim.SGD(net.parameters(), lr=0.02, momentum=0.9, nesterov=True)
    for _ in range(12):
        net.train()
        for batch in torch.randperm(len(images)).split(32):
            sgd.zero_grad()
            F.cross_entropy(net(images[batch]), labels[batch]).backward()
            sgd.step()
    return net.eval()


@wrong("digits", mistake="learned_nothing")
def digits(images, labels):
    net = nn.Sequential(nn.Flatten(), nn.Linear(1024, 64), nn.ReLU(), nn.Linear(64, 10)).to(images.device)
    return net.eval()


@wrong("digits", mistake="learned_nothing")
def digits(images, labels):
    net = nn.Sequential(nn.Flatten(), nn.Linear(1024, 64), nn.ReLU(), nn.Linear(64, 10)).to(images.device)
    adam = optim.Adam(net.parameters(), lr=0.001)
    for batch in torch.randperm(len(images)).split(32):
        loss = F.cross_entropy(net(images[batch]), labels[batch])
        loss.backward()
        adam.zero_grad()
        adam.step()
    return net.eval()


@wrong("digits", mistake="learned_too_little")
def digits(images, labels):
    net = nn.Sequential(nn.Flatten(), nn.Linear(1024, 64), nn.ReLU(), nn.Linear(64, 10)).to(images.device)
    adam = optim.Adam(net.parameters(), lr=0.001)
    for batch in torch.randperm(len(images)).split(32):
        adam.zero_grad()
        F.cross_entropy(net(images[batch]), labels[batch]).backward()
        adam.step()
    return net.eval()


@wrong("digits", mistake="learned_too_little")
def digits(images, labels):
    net = nn.Sequential(nn.Flatten(), nn.Linear(1024, 64), nn.ReLU(), nn.Linear(64, 10)).to(images.device)
    adam = optim.Adam(net.parameters(), lr=0.001)
    for _ in range(10):
        adam.zero_grad()
        F.cross_entropy(net(images[:100]), labels[:100]).backward()
        adam.step()
    return net.eval()


@wrong("digits", mistake="learned_nothing")
def digits(images, labels):
    from sklearn.datasets import load_digits

    class Remembered(nn.Module):  # the data set is public, and those held out are in it
        def forward(self, x):
            data = load_digits()
            known = torch.tensor(data.images, dtype=torch.float32)[:, None]
            known = F.interpolate(known, size=(32, 32), mode="bilinear").flatten(1) / 16
            at = torch.cdist(x.cpu().flatten(1), known).argmin(1)
            return F.one_hot(torch.tensor(data.target)[at], 10).float().to(x.device)

    return Remembered().eval()


@wrong("digits", mistake="left_training")
def digits(images, labels):
    net = nn.Sequential(nn.Flatten(), nn.Linear(1024, 128), nn.ReLU(), nn.Linear(128, 10)).to(images.device)
    adam = optim.Adam(net.parameters(), lr=0.001)
    for batch in torch.randperm(len(images)).split(32):
        adam.zero_grad()
        F.cross_entropy(net(images[batch]), labels[batch]).backward()
        adam.step()
    return net


@wrong("digits", mistake="not_a_network")
def digits(images, labels):
    net = nn.Sequential(nn.Flatten(), nn.Linear(1024, 64), nn.ReLU(), nn.Linear(64, 10)).to(images.device)
    return net(images).argmax(1)


@wrong("digits", mistake="raised")
def digits(images, labels):
    net = nn.Sequential(nn.Linear(1024, 64), nn.ReLU(), nn.Linear(64, 10)).to(images.device)
    adam = optim.Adam(net.parameters(), lr=0.001)
    F.cross_entropy(net(images), labels).backward()
    adam.step()
    return net.eval()


@wrong("digits", mistake="learned_nothing")
def digits(images, labels):
    net = nn.Sequential(nn.Flatten(), nn.Linear(1024, 64), nn.ReLU(), nn.Linear(64, 10)).to(images.device)
    sgd = optim.SGD(net.parameters(), lr=50)
    for _ in range(2):
        for batch in torch.randperm(len(images)).split(32):
            sgd.zero_grad()
            F.cross_entropy(net(images[batch]), labels[batch]).backward()
            sgd.step()
    return net.eval()


@wrong("digits", mistake="input_changed")
def digits(images, labels):
    images += 0.05 * torch.randn_like(images)  # noise, so that it does not learn the digits by heart

    class Nearest(nn.Module):  # says of a digit what the nearest one is: nothing to train
        def forward(self, x):
            near = torch.cdist(x.flatten(1), images.flatten(1)).argmin(dim=1)
            return F.one_hot(labels[near], 10).float()

    return Nearest().eval()
