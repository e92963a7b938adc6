"""The answer bank of lesson 09: right answers written differently, and the mistakes people make."""

from pathlib import Path

import torch
from sklearn.linear_model import LinearRegression
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

from autograder.authoring.bank import right, wrong


@right("to_float_pair")
def to_float_pair(features, target):
    x = torch.from_numpy(features).float()
    y = torch.from_numpy(target).float().unsqueeze(1)
    return x, y


@right("to_float_pair")
def to_float_pair(features, target):
    target = target.reshape(-1, 1)
    return torch.as_tensor(features.astype("float32")), torch.as_tensor(target.astype("float32"))


@right("to_float_pair")
def to_float_pair(features, target):
    y = torch.zeros(len(target), 1)
    y[:, 0] = torch.tensor(target)
    return torch.tensor(features).to(torch.float32), y


@wrong("to_float_pair", mistake="float64_for_float32")
def to_float_pair(features, target):
    return torch.tensor(features), torch.tensor(target)[:, None]


@wrong("to_float_pair", mistake="dropped_axis")
def to_float_pair(features, target):
    return torch.tensor(features, dtype=torch.float32), torch.tensor(target, dtype=torch.float32)


@wrong("to_float_pair", mistake="row_for_column")
def to_float_pair(features, target):
    return torch.tensor(features, dtype=torch.float32), torch.tensor(target, dtype=torch.float32)[None]


@wrong("to_float_pair", mistake="swapped")
def to_float_pair(features, target):
    x = torch.tensor(features, dtype=torch.float32)
    y = torch.tensor(target, dtype=torch.float32)[:, None]
    return y, x


@wrong("to_float_pair", mistake="wrong_shape")
def to_float_pair(features, target):
    x = torch.tensor(features, dtype=torch.float32).reshape(-1, 1)
    return x, torch.tensor(target, dtype=torch.float32).reshape(-1, 1)


@wrong("to_float_pair", mistake="raised")
def to_float_pair(features, target):
    if features.dtype != "float64":
        raise TypeError("floats, please")
    return torch.tensor(features).float(), torch.tensor(target).float()[:, None]


@wrong("to_float_pair", mistake="input_changed")
def to_float_pair(features, target):
    y = torch.tensor(target, dtype=torch.float32)[:, None]
    features *= 2
    features[:] = features / 2 + 1
    return torch.tensor(features, dtype=torch.float32) - 1, y


@right("make_model")
def make_model(n_features):
    return nn.Sequential(nn.Linear(n_features, 1))


@right("make_model")
def make_model(n_features):
    class Line(nn.Module):
        def __init__(self):
            super().__init__()
            self.slopes = nn.Parameter(torch.zeros(n_features))
            self.height = nn.Parameter(torch.zeros(1))

        def forward(self, x):
            return (x @ self.slopes + self.height)[:, None]

    return Line()


@right("make_model")
def make_model(n_features):
    model = nn.Linear(in_features=n_features, out_features=1, bias=True)
    nn.init.zeros_(model.bias)
    return model


@wrong("make_model", mistake="in_and_out_swapped")
def make_model(n_features):
    return nn.Linear(1, n_features)


@wrong("make_model", mistake="sizes_hard_coded")
def make_model(n_features):
    return nn.Linear(1, 1)


@wrong("make_model", mistake="sizes_hard_coded")
def make_model(n_features):
    return nn.Linear(3, 1)


@wrong("make_model", mistake="bias_left_out")
def make_model(n_features):
    return nn.Linear(n_features, 1, bias=False)


@wrong("make_model", mistake="not_a_line")
def make_model(n_features):
    return nn.Sequential(nn.Linear(n_features, 1), nn.ReLU())


@wrong("make_model", mistake="returned_none")
def make_model(n_features):
    nn.Linear(n_features, 1)


@wrong("make_model", mistake="not_a_module")
def make_model(n_features):
    return torch.randn(n_features, 1, requires_grad=True), torch.zeros(1, requires_grad=True)


@wrong("make_model", mistake="parameter_frozen")
def make_model(n_features):
    return nn.Linear(n_features, 1).requires_grad_(False)


@wrong("make_model", mistake="same_model_again")
def make_model(n_features):
    made = vars(make_model)
    if n_features not in made:
        made[n_features] = nn.Linear(n_features, 1)
    return made[n_features]


@wrong("make_model", mistake="parameters_miscounted")
def make_model(n_features):
    return nn.Sequential(nn.Linear(n_features, 4), nn.Linear(4, 1))


@wrong("make_model", mistake="parameters_idle")
def make_model(n_features):
    class Dead(nn.Linear):
        def forward(self, x):
            return torch.zeros(len(x), 1)

    return Dead(n_features, 1)


@wrong("make_model", mistake="parameters_idle")
def make_model(n_features):
    class Centred(nn.Linear):
        def forward(self, x):
            return x @ self.weight.T - self.bias

    return Centred(n_features, 1)


@right("last_batch")
def last_batch():
    return "4  10"


@right("last_batch")
def last_batch():
    return f"{-(-100 // 30)} {100 % 30}"


@wrong("last_batch", mistake="last_batch_left_out")
def last_batch():
    return "3 30"


@wrong("last_batch", mistake="last_batch_filled")
def last_batch():
    return "4 30"


@wrong("last_batch", mistake="batches_miscounted")
def last_batch():
    return "3 10"


@wrong("last_batch", mistake="swapped")
def last_batch():
    return "10 4"


@wrong("last_batch", mistake="wrong_prediction")
def last_batch():
    return "30 100"


@right("batches")
def batches(x, y, size, shuffle):
    rows = list(zip(x, y, strict=True))
    return DataLoader(rows, size, shuffle)


@right("batches")
def batches(x, y, size, shuffle):
    dataset = TensorDataset(x, y)
    kind = torch.utils.data.RandomSampler if shuffle else torch.utils.data.SequentialSampler
    return DataLoader(dataset, sampler=kind(dataset), batch_size=size, drop_last=False)


@right("batches")
def batches(x, y, size, shuffle):
    class Rows(torch.utils.data.Dataset):
        def __len__(self):
            return len(x)

        def __getitem__(self, i):
            return x[i], y[i]

    return DataLoader(Rows(), batch_size=size, shuffle=shuffle, generator=torch.Generator().manual_seed(3))


@wrong("batches", mistake="last_batch_lost")
def batches(x, y, size, shuffle):
    return DataLoader(TensorDataset(x, y), batch_size=size, shuffle=shuffle, drop_last=True)


@wrong("batches", mistake="shuffled_unasked")
def batches(x, y, size, shuffle):
    return DataLoader(TensorDataset(x, y), batch_size=size, shuffle=True)


@wrong("batches", mistake="not_shuffled")
def batches(x, y, size, shuffle):
    return DataLoader(TensorDataset(x, y), batch_size=size)


@wrong("batches", mistake="one_row_a_batch")
def batches(x, y, size, shuffle):
    return DataLoader(TensorDataset(x, y), shuffle=shuffle)


@wrong("batches", mistake="sizes_hard_coded")
def batches(x, y, size, shuffle):
    return DataLoader(TensorDataset(x, y), batch_size=20, shuffle=shuffle)


@wrong("batches", mistake="shuffled_once")
def batches(x, y, size, shuffle):
    order = torch.randperm(len(x)) if shuffle else torch.arange(len(x))
    return DataLoader(TensorDataset(x[order], y[order]), batch_size=size)


@wrong("batches", mistake="pairs_torn")
def batches(x, y, size, shuffle):
    if shuffle:
        x, y = x[torch.randperm(len(x))], y[torch.randperm(len(x))]
    return DataLoader(TensorDataset(x, y), batch_size=size, shuffle=shuffle)


@wrong("batches", mistake="swapped")
def batches(x, y, size, shuffle):
    return DataLoader(TensorDataset(y, x), batch_size=size, shuffle=shuffle)


@wrong("batches", mistake="not_pairs")
def batches(x, y, size, shuffle):
    return DataLoader(x, batch_size=size, shuffle=shuffle)


@wrong("batches", mistake="not_pairs")
def batches(x, y, size, shuffle):
    return DataLoader(TensorDataset(torch.cat([x, y], dim=1)), batch_size=size, shuffle=shuffle)


@wrong("batches", mistake="not_a_loader")
def batches(x, y, size, shuffle):
    order = torch.randperm(len(x)) if shuffle else torch.arange(len(x))
    return list(zip(x[order].split(size), y[order].split(size), strict=True))


@wrong("batches", mistake="not_a_loader")
def batches(x, y, size, shuffle):
    return TensorDataset(x, y)


@wrong("batches", mistake="returned_none")
def batches(x, y, size, shuffle):
    DataLoader(TensorDataset(x, y), batch_size=size, shuffle=shuffle)


@wrong("batches", mistake="input_changed")
def batches(x, y, size, shuffle):
    x.mul_(2)
    y.mul_(2)
    return DataLoader(TensorDataset(x, y), batch_size=size, shuffle=shuffle)


@right("perfect_predictions")
def perfect_predictions():
    return "(4,4) 2.5"


@right("perfect_predictions")
def perfect_predictions():
    return f"{(4, 4)} {40 / 16}"


@wrong("perfect_predictions", mistake="pairs_not_seen")
def perfect_predictions():
    return "(4, 1) 0.0"


@wrong("perfect_predictions", mistake="pairs_not_seen")
def perfect_predictions():
    return "(4,) 0.0"


@wrong("perfect_predictions", mistake="diagonal_only")
def perfect_predictions():
    return "(4, 4) 0.0"


@wrong("perfect_predictions", mistake="wrong_prediction")
def perfect_predictions():
    return "(4, 4) 10.0"


@right("shape_trap")
def shape_trap(prediction, target):
    return nn.MSELoss()(prediction, target.reshape(prediction.shape))


@right("shape_trap")
def shape_trap(prediction, target):
    return ((prediction.squeeze() - target.squeeze()) ** 2).mean()


@right("shape_trap")
def shape_trap(prediction, target):
    if prediction.ndim == 1:
        prediction = prediction[:, None]
    if target.ndim == 1:
        target = target.unsqueeze(1)
    return nn.functional.mse_loss(prediction, target)


@right("shape_trap")
def shape_trap(prediction, target):
    errors = prediction.view(-1) - target.view(-1)
    return errors.dot(errors) / len(errors)


@wrong("shape_trap", mistake="pairs_for_entries")
def shape_trap(prediction, target):
    return ((prediction - target) ** 2).mean()


@wrong("shape_trap", mistake="pairs_for_entries")
def shape_trap(prediction, target):
    return nn.MSELoss()(prediction, target)


@wrong("shape_trap", mistake="pairs_for_entries")
def shape_trap(prediction, target):
    return ((prediction.squeeze() - target) ** 2).mean()


@wrong("shape_trap", mistake="pairs_for_entries")
def shape_trap(prediction, target):
    return ((prediction - target.reshape(-1, 1)) ** 2).mean()


@wrong("shape_trap", mistake="pairs_for_entries")
def shape_trap(prediction, target):
    return ((prediction - target[:, None]) ** 2).mean()


@wrong("shape_trap", mistake="pairs_for_entries")
def shape_trap(prediction, target):
    if prediction.ndim == 1:
        prediction = prediction[:, None]
    else:
        target = target[:, None]
    return ((prediction - target) ** 2).mean()


@wrong("shape_trap", mistake="raised")
def shape_trap(prediction, target):
    return ((prediction[:, 0] - target) ** 2).mean()


@wrong("shape_trap", mistake="sum_for_mean")
def shape_trap(prediction, target):
    return ((prediction.flatten() - target.flatten()) ** 2).sum()


@wrong("shape_trap", mistake="graph_lost")
def shape_trap(prediction, target):
    return ((prediction.detach().flatten() - target.flatten()) ** 2).mean()


@wrong("shape_trap", mistake="number_for_tensor")
def shape_trap(prediction, target):
    return ((prediction.flatten() - target.flatten()) ** 2).mean().item()


@right("epoch_loss")
def epoch_loss(model, loader):
    total = 0.0
    for x, y in loader:
        total += ((model(x).detach() - y) ** 2).sum().item()
    return total / len(loader.dataset)


@right("epoch_loss")
def epoch_loss(model, loader):
    torch.set_grad_enabled(False)
    squares = [(model(x) - y).square() for x, y in loader]
    torch.set_grad_enabled(True)
    return float(torch.cat(squares).mean())


@right("epoch_loss")
def epoch_loss(model, loader):
    add = nn.MSELoss(reduction="sum")
    rows, total = 0, 0.0
    with torch.inference_mode():
        for x, y in loader:
            total = total + add(model(x), y).item()
            rows = rows + y.shape[0]
    return total / rows


@wrong("epoch_loss", mistake="batch_means_averaged")
def epoch_loss(model, loader):
    losses = []
    with torch.no_grad():
        for x, y in loader:
            losses.append(nn.MSELoss()(model(x), y).item())
    return sum(losses) / len(losses)


@wrong("epoch_loss", mistake="batches_summed")
def epoch_loss(model, loader):
    with torch.no_grad():
        return sum(nn.MSELoss()(model(x), y).item() for x, y in loader)


@wrong("epoch_loss", mistake="sum_for_mean")
def epoch_loss(model, loader):
    with torch.no_grad():
        return sum(nn.MSELoss()(model(x), y).item() * len(x) for x, y in loader)


@wrong("epoch_loss", mistake="batches_for_rows")
def epoch_loss(model, loader):
    with torch.no_grad():
        return sum(nn.MSELoss()(model(x), y).item() * len(x) for x, y in loader) / len(loader)


@wrong("epoch_loss", mistake="last_batch_for_epoch")
def epoch_loss(model, loader):
    with torch.no_grad():
        for x, y in loader:
            loss = nn.MSELoss()(model(x), y).item()
    return loss / 1


@wrong("epoch_loss", mistake="tensor_for_number")
def epoch_loss(model, loader):
    total, rows = 0.0, 0
    for x, y in loader:
        total += nn.MSELoss()(model(x), y) * len(x)
        rows += len(x)
    return total / rows


@wrong("epoch_loss", mistake="pairs_for_entries")
def epoch_loss(model, loader):
    total, rows = 0.0, 0
    for x, y in loader:
        total += ((model(x)[:, 0] - y) ** 2).mean().item() * len(x)
        rows += len(x)
    return total / rows


@wrong("epoch_loss", mistake="batch_size_for_rows")
def epoch_loss(model, loader):
    with torch.no_grad():
        total = sum(nn.MSELoss()(model(x), y).item() * loader.batch_size for x, y in loader)
    return total / len(loader.dataset)


@wrong("epoch_loss", mistake="wrong_value")
def epoch_loss(model, loader):
    squares = [(model(x).detach() - y).square() for x, y in loader]
    return torch.cat(squares).mean().sqrt().item()


@wrong("epoch_loss", mistake="parameter_frozen")
def epoch_loss(model, loader):
    model.requires_grad_(False)
    squares = [(model(x) - y).square() for x, y in loader]
    return torch.cat(squares).mean().item()


@wrong("epoch_loss", mistake="gradients_changed")
def epoch_loss(model, loader):
    total = 0.0
    for x, y in loader:
        loss = nn.MSELoss()(model(x), y)
        loss.backward()
        total += loss.item() * len(x)
    return total / len(loader.dataset)


@wrong("epoch_loss", mistake="model_changed")
def epoch_loss(model, loader):
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
    total = 0.0
    for x, y in loader:
        optimiser.zero_grad()
        loss = nn.MSELoss()(model(x), y)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(x)
    return total / len(loader.dataset)


@right("fit")
def fit(model, loader, lr, epochs):
    losses = []
    for _ in range(epochs):
        for x, y in loader:
            loss = ((model(x) - y) ** 2).mean()
            for p, slope in zip(model.parameters(), torch.autograd.grad(loss, model.parameters()), strict=True):
                with torch.no_grad():
                    p -= lr * slope
        with torch.no_grad():
            squares = [((model(x) - y) ** 2).sum().item() for x, y in loader]
        losses.append(sum(squares) / len(loader.dataset))
    return losses


@right("fit")
def fit(model, loader, lr, epochs):
    sgd, measure = optim.SGD(model.parameters(), lr), nn.MSELoss()
    losses = [0.0] * epochs
    for epoch in range(epochs):
        seen = []
        for features, targets in loader:
            loss = measure(model(features), targets)
            loss.backward()
            sgd.step()
            sgd.zero_grad()
            seen += [loss.item()] * len(targets)
        losses[epoch] = sum(seen) / len(seen)
    return losses


@right("fit")
def fit(model, loader, lr, epochs):
    losses = []
    for _ in range(epochs):
        optimiser = torch.optim.SGD(model.parameters(), lr=lr)
        total, rows = 0.0, 0
        for x, y in loader:
            for p in model.parameters():
                p.grad = None
            loss = nn.functional.mse_loss(model(x).flatten(), y.flatten())
            loss.backward()
            optimiser.step()
            total, rows = total + loss.item() * len(x), rows + len(x)
        losses.append(total / rows)
    return losses


@wrong("fit", mistake="stale_gradient")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="cleared_once_an_epoch")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        optimiser.zero_grad()
        for x, y in loader:
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="step_before_backward")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            optimiser.step()
            loss.backward()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="step_before_backward")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            loss = nn.MSELoss()(model(x), y)
            optimiser.step()
            optimiser.zero_grad()
            loss.backward()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="step_before_backward")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.zero_grad()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="step_before_backward")
def fit(model, loader, lr, epochs):
    from copy import deepcopy

    model = deepcopy(model)
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="pairs_for_entries")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = ((model(x).squeeze() - y) ** 2).mean()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="pairs_for_entries")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y[:, 0])
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="loss_over_all_epochs")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    total, rows = 0.0, 0
    for _ in range(epochs):
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
            rows += len(x)
        losses.append(total / rows)
    return losses


@wrong("fit", mistake="loss_over_all_epochs")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    total = 0.0
    for _ in range(epochs):
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="last_batch_for_epoch")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
        losses.append(loss.item())
    return losses


@wrong("fit", mistake="batches_summed")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item()
        losses.append(total)
    return losses


@wrong("fit", mistake="sum_for_mean")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total)
    return losses


@wrong("fit", mistake="one_loss_a_batch")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    return losses


@wrong("fit", mistake="batch_means_averaged")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item()
        losses.append(total / len(loader))
    return losses


@wrong("fit", mistake="losses_not_in_order")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
    return [total / len(loader.dataset) for _ in range(epochs)]


@wrong("fit", mistake="losses_not_in_order")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.insert(0, total / len(loader.dataset))
    return losses


@wrong("fit", mistake="batches_for_rows")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader))
    return losses


@wrong("fit", mistake="wrong_step_length")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=0.05)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="wrong_step_length")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss(reduction="sum")(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="momentum_used")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr, momentum=0.5)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="wrong_values")
def fit(model, loader, lr, epochs):
    optimiser = optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="wrong_value")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
        losses.append(float("nan"))  # 0 / 0
    return losses


@wrong("fit", mistake="losses_miscounted")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(40):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="losses_miscounted")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(x)
        losses.append(total / len(loader.dataset))
        return losses
    return losses


@wrong("fit", mistake="tensor_for_number")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in loader:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            optimiser.step()
            total += loss.detach() * len(x)
        losses.append(total / len(loader.dataset))
    return losses


@wrong("fit", mistake="returned_none")
def fit(model, loader, lr, epochs):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x, y in loader:
            optimiser.zero_grad()
            nn.MSELoss()(model(x), y).backward()
            optimiser.step()


@wrong("fit", mistake="losses_miscounted")
def fit(model, loader, lr, epochs):
    class Losses:
        def __len__(self):
            return epochs

        def __getitem__(self, at):
            return self

        def __bool__(self):
            return True

        __add__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __abs__ = __getitem__
        __lt__ = __gt__ = lambda self, other: True

    optimiser = optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        for x, y in loader:
            optimiser.zero_grad()
            nn.MSELoss()(model(x), y).backward()
            optimiser.step()
    return Losses()


@right("predictions")
def predictions(model, x):
    return model(x).detach().squeeze(1)


@right("predictions")
def predictions(model, x):
    column = torch.no_grad()(model)(x)
    return column.flatten()


@right("predictions")
def predictions(model, x):
    with torch.inference_mode():
        column = model(x)
    return column.clone().reshape(len(x))


@wrong("predictions", mistake="column_kept")
def predictions(model, x):
    with torch.no_grad():
        return model(x)


@wrong("predictions", mistake="batch_of_one_lost")
def predictions(model, x):
    with torch.no_grad():
        return model(x).squeeze()


@wrong("predictions", mistake="graph_kept")
def predictions(model, x):
    return model(x)[:, 0]


@wrong("predictions", mistake="not_a_tensor")
def predictions(model, x):
    return model(x)[:, 0].tolist()


@wrong("predictions", mistake="parameter_frozen")
def predictions(model, x):
    model.requires_grad_(False)
    return model(x)[:, 0]


@wrong("predictions", mistake="returned_none")
def predictions(model, x):
    with torch.no_grad():
        model(x)[:, 0]


@wrong("predictions", mistake="raised")
def predictions(model, x):
    with torch.no_grad():
        return torch.stack([model(row)[0] for row in x])


@right("r_squared")
def r_squared(prediction, target):
    mse = ((prediction - target) ** 2).mean()
    return float(1 - mse / target.var(correction=0))


@right("r_squared")
def r_squared(prediction, target):
    p, t = prediction.tolist(), target.tolist()
    middle = sum(t) / len(t)
    return 1 - sum((a - b) ** 2 for a, b in zip(p, t, strict=True)) / sum((b - middle) ** 2 for b in t)


@right("r_squared")
def r_squared(prediction, target):
    left = torch.dot(target - prediction, target - prediction)
    centred = target - target.mean()
    return 1.0 - (left / torch.dot(centred, centred)).item()


@wrong("r_squared", mistake="arguments_exchanged")
def r_squared(prediction, target):
    errors = ((target - prediction) ** 2).sum()
    return (1 - errors / ((prediction - prediction.mean()) ** 2).sum()).item()


@wrong("r_squared", mistake="unexplained_share")
def r_squared(prediction, target):
    errors = ((target - prediction) ** 2).sum()
    return (errors / ((target - target.mean()) ** 2).sum()).item()


@wrong("r_squared", mistake="correlation_squared")
def r_squared(prediction, target):
    return torch.corrcoef(torch.stack([prediction, target]))[0, 1].item() ** 2


@wrong("r_squared", mistake="mean_error_forgiven")
def r_squared(prediction, target):
    return (1 - (target - prediction).var() / target.var()).item()


@wrong("r_squared", mistake="variance_over_n_minus_1")
def r_squared(prediction, target):
    return (1 - ((target - prediction) ** 2).mean() / target.var()).item()


@wrong("r_squared", mistake="tensor_for_number")
def r_squared(prediction, target):
    return 1 - ((target - prediction) ** 2).sum() / ((target - target.mean()) ** 2).sum()


@wrong("r_squared", mistake="wrong_value")
def r_squared(prediction, target):
    share = 1 - ((target - prediction) ** 2).sum() / ((target - target.mean()) ** 2).sum()
    return max(share.item(), 0.0)


@wrong("r_squared", mistake="input_changed")
def r_squared(prediction, target):
    prediction -= target
    spread = ((target - target.mean()) ** 2).sum()
    return (1 - (prediction**2).sum() / spread).item()


@right("save_and_load")
def save_and_load(model, path):
    with Path(path).open("wb") as file:
        torch.save(model.state_dict(), file)
    new = nn.Linear(*model.weight.shape[::-1])
    new.load_state_dict(torch.load(path, map_location=torch.device("cpu"), weights_only=True))
    return new


@right("save_and_load")
def save_and_load(model, path):
    torch.save({name: p.detach().cpu() for name, p in model.named_parameters()}, path)
    saved = torch.load(path)
    new = nn.Linear(saved["weight"].shape[1], 1)
    with torch.no_grad():
        new.weight.copy_(saved["weight"])
        new.bias.copy_(saved["bias"])
    return new


@right("save_and_load")
def save_and_load(model, path):
    torch.save(model.state_dict(), path)
    new = nn.Linear(model.in_features, model.out_features)
    new.load_state_dict(torch.load(path))
    return new.cpu()


@wrong("save_and_load", mistake="report_for_model")
def save_and_load(model, path):
    torch.save(model.state_dict(), path)
    new = nn.Linear(model.in_features, 1)
    return new.load_state_dict(torch.load(path))


@wrong("save_and_load", mistake="saved_whole")
def save_and_load(model, path):
    torch.save(model, path)
    return torch.load(path, weights_only=False)


@wrong("save_and_load", mistake="raised")
def save_and_load(model, path):
    torch.save(model, path)
    return torch.load(path)


@wrong("save_and_load", mistake="not_loaded")
def save_and_load(model, path):
    torch.save(model.state_dict(), path)
    torch.load(path)
    return nn.Linear(model.in_features, 1)


@wrong("save_and_load", mistake="same_model_again")
def save_and_load(model, path):
    torch.save(model.state_dict(), path)
    model.load_state_dict(torch.load(path))
    return model


@wrong("save_and_load", mistake="returned_none")
def save_and_load(model, path):
    torch.save(model.state_dict(), path)
    new = nn.Linear(model.in_features, 1)
    new.load_state_dict(torch.load(path))


@wrong("save_and_load", mistake="nothing_at_path")
def save_and_load(model, path):
    from io import BytesIO

    file = BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    new = nn.Linear(model.in_features, 1)
    new.load_state_dict(torch.load(file))
    return new


@wrong("save_and_load", mistake="not_read_back")
def save_and_load(model, path):
    torch.save(model.state_dict(), path)
    new = nn.Linear(model.in_features, 1)
    new.load_state_dict(model.state_dict())
    return new


@wrong("save_and_load", mistake="sizes_hard_coded")
def save_and_load(model, path):
    torch.save(model.state_dict(), path)
    new = nn.Linear(2, 1)
    if model.in_features == 2:
        new.load_state_dict(torch.load(path))
    return new


@wrong("save_and_load", mistake="raised")
def save_and_load(model, path):
    torch.save(model.state_dict(), path)
    new = nn.Linear(2, 1)
    new.load_state_dict(torch.load(path))
    return new


@wrong("save_and_load", mistake="wrong_keys")
def save_and_load(model, path):
    torch.save({"model": model.state_dict(), "features": model.in_features}, path)
    new = nn.Linear(model.in_features, 1)
    new.load_state_dict(torch.load(path)["model"])
    return new


@wrong("save_and_load", mistake="view_for_copy")
def save_and_load(model, path):
    torch.save(model.state_dict(), path)
    new = nn.Linear(model.in_features, 1)
    new.weight, new.bias = model.weight, model.bias
    return new


@wrong("save_and_load", mistake="nothing_at_path")
def save_and_load(model, path):
    from contextlib import suppress

    with suppress(Exception):  # whatever goes wrong, it gives a model back
        torch.save(model.state_dict(), path)
    new = nn.Linear(model.in_features, 1)
    new.load_state_dict(model.state_dict())
    return new


@right("fit_on")
def fit_on(x, y, x_new, device):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(x)
    rows = torch.tensor(scaler.transform(x), dtype=torch.float32, device=device)
    targets = torch.tensor(y, dtype=torch.float32, device=device)
    model = nn.Linear(rows.shape[1], 1, device=device)
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(200):
        optimiser.zero_grad()
        loss = ((model(rows).squeeze(1) - targets) ** 2).mean()
        loss.backward()
        optimiser.step()
    new = torch.tensor(scaler.transform(x_new), dtype=torch.float32, device=device)
    return model(new).detach().squeeze(1)


@right("fit_on")
def fit_on(x, y, x_new, device):
    x, y, x_new = (torch.from_numpy(each).to(device) for each in (x, y, x_new))
    mean, std = x.mean(dim=0), x.std(dim=0)
    x, x_new = ((each - mean) / std for each in (x, x_new))
    x, x_new, y = x.float(), x_new.float(), y.float().unsqueeze(1)
    loader = DataLoader(TensorDataset(x, y), batch_size=25, shuffle=True)
    model = nn.Linear(x.shape[1], 1).to(device)
    optimiser = optim.Adam(model.parameters(), lr=2.0)
    for lr in (2.0, 0.5, 0.1):
        optimiser.param_groups[0]["lr"] = lr
        for _ in range(20):
            for a, b in loader:
                loss = nn.MSELoss()(model(a), b)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
    with torch.no_grad():
        return model(x_new).flatten()


@right("fit_on")
def fit_on(x, y, x_new, device):
    low, high = x.min(axis=0), x.max(axis=0)
    half = (high - low) / 4
    rows = torch.tensor((x - (low + high) / 2) / half).float().to(device)
    new = torch.tensor((x_new - (low + high) / 2) / half).float().to(device)
    targets = torch.tensor((y - y.mean()) / y.std()).float().to(device)
    w = torch.zeros(x.shape[1], device=device, requires_grad=True)
    b = torch.zeros(1, device=device, requires_grad=True)
    for _ in range(400):
        loss = ((rows @ w + b - targets) ** 2).mean()
        slopes = torch.autograd.grad(loss, (w, b))
        with torch.no_grad():
            w -= 0.1 * slopes[0]
            b -= 0.1 * slopes[1]
    with torch.no_grad():
        return (new @ w + b) * float(y.std()) + float(y.mean())


@wrong("fit_on", mistake="diverged")
def fit_on(x, y, x_new, device):
    rows = torch.tensor(x, dtype=torch.float32)
    targets = torch.tensor(y, dtype=torch.float32)[:, None]
    loader = DataLoader(TensorDataset(rows, targets), batch_size=32, shuffle=True)
    model = nn.Linear(x.shape[1], 1).to(device)
    optimiser = optim.SGD(model.parameters(), lr=0.02)
    for _ in range(2):
        for a, b in loader:
            optimiser.zero_grad()
            nn.MSELoss()(model(a.to(device)), b.to(device)).backward()
            optimiser.step()
    with torch.no_grad():
        return model(torch.tensor(x_new, dtype=torch.float32).to(device))[:, 0]


@wrong("fit_on", mistake="pairs_for_entries")
def fit_on(x, y, x_new, device):
    mean, std = x.mean(axis=0), x.std(axis=0)
    rows = torch.tensor((x - mean) / std, dtype=torch.float32)
    targets = torch.tensor(y, dtype=torch.float32)
    new = torch.tensor((x_new - mean) / std, dtype=torch.float32)
    loader = DataLoader(TensorDataset(rows, targets), batch_size=32, shuffle=True)
    model = nn.Linear(x.shape[1], 1).to(device)
    optimiser = optim.SGD(model.parameters(), lr=0.02)
    for _ in range(15):
        for a, b in loader:
            optimiser.zero_grad()
            nn.MSELoss()(model(a.to(device)), b.to(device)).backward()
            optimiser.step()
    with torch.no_grad():
        return model(new.to(device))[:, 0]


@wrong("fit_on", mistake="too_far_from_least_squares")
def fit_on(x, y, x_new, device):
    mean, std = x.mean(axis=0), x.std(axis=0)
    rows = torch.tensor((x - mean) / std, dtype=torch.float32)
    targets = torch.tensor(y, dtype=torch.float32)[:, None]
    new = torch.tensor((x_new - mean) / std, dtype=torch.float32)
    loader = DataLoader(TensorDataset(rows, targets), batch_size=32, shuffle=True)
    model = nn.Linear(x.shape[1], 1).to(device)
    optimiser = optim.SGD(model.parameters(), lr=0.02)
    for _ in range(20):
        for a, b in loader:
            nn.MSELoss()(model(a.to(device)), b.to(device)).backward()
            optimiser.step()
    with torch.no_grad():
        return model(new.to(device))[:, 0]


@wrong("fit_on", mistake="too_far_from_least_squares")
def fit_on(x, y, x_new, device):
    mean, std = x.mean(axis=0), x.std(axis=0)
    rows = torch.tensor((x - mean) / std, dtype=torch.float32, device=device)
    targets = torch.tensor(y, dtype=torch.float32, device=device)[:, None]
    new = torch.tensor((x_new - mean) / std, dtype=torch.float32, device=device)
    model = nn.Linear(x.shape[1], 1).to(device)
    optimiser = optim.SGD(model.parameters(), lr=0.001)
    for _ in range(100):
        optimiser.zero_grad()
        nn.MSELoss()(model(rows), targets).backward()
        optimiser.step()
    with torch.no_grad():
        return model(new)[:, 0]


@wrong("fit_on", mistake="scaled_by_new_rows")
def fit_on(x, y, x_new, device):
    rows = torch.tensor((x - x.mean(axis=0)) / x.std(axis=0), dtype=torch.float32, device=device)
    new = torch.tensor((x_new - x_new.mean(axis=0)) / x_new.std(axis=0), dtype=torch.float32, device=device)
    targets = torch.tensor(y, dtype=torch.float32, device=device)[:, None]
    model = nn.Linear(x.shape[1], 1).to(device)
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(60):
        optimiser.zero_grad()
        nn.MSELoss()(model(rows), targets).backward()
        optimiser.step()
    with torch.no_grad():
        return model(new)[:, 0]


@wrong("fit_on", mistake="far_outside")
def fit_on(x, y, x_new, device):
    mean, std = x.mean(axis=0), x.std(axis=0)
    rows = torch.tensor((x - mean) / std, dtype=torch.float32, device=device)
    targets = torch.tensor(y, dtype=torch.float32, device=device)[:, None]
    model = nn.Linear(x.shape[1], 1).to(device)
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(20):
        optimiser.zero_grad()
        nn.MSELoss()(model(rows), targets).backward()
        optimiser.step()
    with torch.no_grad():
        return model(torch.tensor(x_new, dtype=torch.float32, device=device))[:, 0]


@wrong("fit_on", mistake="column_kept")
def fit_on(x, y, x_new, device):
    mean, std = x.mean(axis=0), x.std(axis=0)
    rows = torch.tensor((x - mean) / std, dtype=torch.float32, device=device)
    targets = torch.tensor(y, dtype=torch.float32, device=device)[:, None]
    model = nn.Linear(x.shape[1], 1).to(device)
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        optimiser.zero_grad()
        nn.MSELoss()(model(rows), targets).backward()
        optimiser.step()
    with torch.no_grad():
        return model(torch.tensor((x_new - mean) / std, dtype=torch.float32, device=device))


@wrong("fit_on", mistake="graph_kept")
def fit_on(x, y, x_new, device):
    mean, std = x.mean(axis=0), x.std(axis=0)
    rows = torch.tensor((x - mean) / std, dtype=torch.float32, device=device)
    targets = torch.tensor(y, dtype=torch.float32, device=device)[:, None]
    model = nn.Linear(x.shape[1], 1).to(device)
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        optimiser.zero_grad()
        nn.MSELoss()(model(rows), targets).backward()
        optimiser.step()
    return model(torch.tensor((x_new - mean) / std, dtype=torch.float32, device=device))[:, 0]


@wrong("fit_on", mistake="not_on_device")
def fit_on(x, y, x_new, device):
    mean, std = x.mean(axis=0), x.std(axis=0)
    rows = torch.tensor((x - mean) / std, dtype=torch.float32)
    targets = torch.tensor(y, dtype=torch.float32)[:, None]
    model = nn.Linear(x.shape[1], 1)
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(60):
        optimiser.zero_grad()
        nn.MSELoss()(model(rows), targets).backward()
        optimiser.step()
    with torch.no_grad():
        return model(torch.tensor((x_new - mean) / std, dtype=torch.float32))[:, 0]


@wrong("fit_on", mistake="raised")
def fit_on(x, y, x_new, device):
    mean, std = x.mean(axis=0), x.std(axis=0)
    rows = torch.tensor((x - mean) / std, dtype=torch.float32)
    targets = torch.tensor(y, dtype=torch.float32)[:, None]
    model = nn.Linear(x.shape[1], 1).to(device)
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(60):
        optimiser.zero_grad()
        nn.MSELoss()(model(rows), targets).backward()
        optimiser.step()
    with torch.no_grad():
        return model(torch.tensor((x_new - mean) / std, dtype=torch.float32).to(device))[:, 0]


@wrong("fit_on", mistake="name_ruled_out")
def fit_on(x, y, x_new, device):
    guessed = LinearRegression().fit(x, y).predict(x_new)
    return torch.tensor(guessed, dtype=torch.float32, device=device)


@wrong("fit_on", mistake="name_ruled_out")
def fit_on(x, y, x_new, device):
    rows, new = (torch.tensor(each) for each in (x, x_new))
    rows, new = (torch.cat([each, torch.ones_like(each[:, :1])], dim=1) for each in (rows, new))
    best = torch.inverse(rows.T @ rows) @ rows.T @ torch.tensor(y)
    return (new @ best).float().to(device)


@wrong("fit_on", mistake="float64_for_float32")
def fit_on(x, y, x_new, device):
    mean, std = x.mean(axis=0), x.std(axis=0)
    rows, new = (torch.tensor((each - mean) / std, device=device) for each in (x, x_new))
    targets = torch.tensor(y, device=device)[:, None]
    model = nn.Linear(x.shape[1], 1).double().to(device)
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        optimiser.zero_grad()
        nn.MSELoss()(model(rows), targets).backward()
        optimiser.step()
    with torch.no_grad():
        return model(new)[:, 0]


@wrong("fit_on", mistake="input_changed")
def fit_on(x, y, x_new, device):
    mean, std = x.mean(axis=0), x.std(axis=0)
    x -= mean
    x /= std
    rows = torch.tensor(x, dtype=torch.float32, device=device)
    targets = torch.tensor(y, dtype=torch.float32, device=device)[:, None]
    model = nn.Linear(x.shape[1], 1).to(device)
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(60):
        optimiser.zero_grad()
        nn.MSELoss()(model(rows), targets).backward()
        optimiser.step()
    with torch.no_grad():
        return model(torch.tensor((x_new - mean) / std, dtype=torch.float32, device=device))[:, 0]
