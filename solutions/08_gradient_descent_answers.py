"""The answer bank of lesson 08: right answers written differently, and the mistakes people make."""

import torch
from torch import nn, optim

from autograder.authoring.bank import right, wrong


@right("one_step")
def one_step(w, grad, lr):
    return torch.sub(w, grad, alpha=lr)


@right("one_step")
def one_step(w, grad, lr):
    new = w.clone()
    new -= grad * lr
    return new


@wrong("one_step", mistake="uphill")
def one_step(w, grad, lr):
    return w + lr * grad


@wrong("one_step", mistake="rate_forgotten")
def one_step(w, grad, lr):
    return w - grad


@wrong("one_step", mistake="step_for_place")
def one_step(w, grad, lr):
    return lr * grad


@wrong("one_step", mistake="step_negated")
def one_step(w, grad, lr):
    return -lr * grad


@wrong("one_step", mistake="rate_on_place")
def one_step(w, grad, lr):
    return lr * (w - grad)


@wrong("one_step", mistake="input_changed")
def one_step(w, grad, lr):
    w -= lr * grad
    return w


@wrong("one_step", mistake="graph_kept")
def one_step(w, grad, lr):
    return w.clone().requires_grad_() - lr * grad


@wrong("one_step", mistake="returned_none")
def one_step(w, grad, lr):
    w = w - lr * grad


@wrong("one_step", mistake="raised")
def one_step(w, grad, lr):
    return torch.stack([w[i] - lr * grad[i] for i in range(len(w))])


@right("still_a_leaf")
def still_a_leaf():
    return "true false"


@right("still_a_leaf")
def still_a_leaf():
    return f"{True}  {False}"


@wrong("still_a_leaf", mistake="new_taken_for_leaf")
def still_a_leaf():
    return "True True"


@wrong("still_a_leaf", mistake="graph_taken_for_lost")
def still_a_leaf():
    return "False True"


@wrong("still_a_leaf", mistake="graph_taken_for_lost")
def still_a_leaf():
    return "False False"


@right("update_in_place")
def update_in_place(params, lr):
    for p in params:
        if p.grad is None:
            continue
        with torch.no_grad():
            p.sub_(p.grad, alpha=lr)
        p.grad.zero_()


@right("update_in_place")
def update_in_place(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p.copy_(p - lr * p.grad)
                p.grad = torch.zeros_like(p)


@right("update_in_place")
def update_in_place(params, lr):
    for p in params:
        if p.grad is not None:
            p.requires_grad_(False)
            p -= lr * p.grad
            p.requires_grad_(True)
            p.grad = None


@wrong("update_in_place", mistake="nothing_moved")
def update_in_place(params, lr):
    for p in params:
        if p.grad is not None:
            p = p - lr * p.grad
            p.grad = None


@wrong("update_in_place", mistake="nothing_moved")
def update_in_place(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p.grad.zero_()
                p -= lr * p.grad


@wrong("update_in_place", mistake="raised")
def update_in_place(params, lr):
    for p in params:
        if p.grad is not None:
            p -= lr * p.grad
            p.grad = None


@wrong("update_in_place", mistake="raised")
def update_in_place(params, lr):
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad
            p.grad = None


@wrong("update_in_place", mistake="grad_not_cleared")
def update_in_place(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad


@wrong("update_in_place", mistake="uphill")
def update_in_place(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p += lr * p.grad
                p.grad = None


@wrong("update_in_place", mistake="rate_forgotten")
def update_in_place(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= p.grad
                p.grad = None


@wrong("update_in_place", mistake="grad_switched_off")
def update_in_place(params, lr):
    for p in params:
        if p.grad is not None:
            p.requires_grad_(False)
            p -= lr * p.grad
            p.grad = None


@wrong("update_in_place", mistake="name_ruled_out")
def update_in_place(params, lr):
    for p in params:
        if p.grad is not None:
            p.data -= lr * p.grad
            p.grad = None


@wrong("update_in_place", mistake="name_ruled_out")
def update_in_place(params, lr):
    if params:
        torch.optim.SGD(params, lr=lr).step()
    for p in params:
        p.grad = None


@wrong("update_in_place", mistake="parameter_left_out")
def update_in_place(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is None:
                return
            p -= lr * p.grad
            p.grad = None


@right("forgotten_zero")
def forgotten_zero():
    return "8.0  4.4"


@right("forgotten_zero")
def forgotten_zero():
    return f"{10 - 2:.1f} {8 - 3.6:.1f}"


@wrong("forgotten_zero", mistake="zero_taken_for_done")
def forgotten_zero():
    return "8.0 6.4"


@wrong("forgotten_zero", mistake="old_slope_only")
def forgotten_zero():
    return "8.0 6.0"


@wrong("forgotten_zero", mistake="wrong_prediction")
def forgotten_zero():
    return "9.0 8.1"


@right("descend")
def descend(start, lr, steps):
    places = [start.clone()]
    for _ in range(steps):
        places.append(places[-1] - lr * 2 * places[-1])
    return torch.stack(places)


@right("descend")
def descend(start, lr, steps):
    path = torch.empty(steps + 1, device=start.device)
    x = torch.nn.Parameter(start.clone())
    sgd = torch.optim.SGD([x], lr=lr)
    for step in range(steps):
        path[step] = x.detach()
        sgd.zero_grad()
        (x**2 + 20).backward()
        sgd.step()
    path[steps] = x.detach()
    return path


@right("descend")
def descend(start, lr, steps):
    x = start.detach().clone().requires_grad_()
    places = []
    for _step in range(steps + 1):
        places.append(x.detach())
        loss = torch.square(x) + 20
        loss.backward()
        x = (x - lr * x.grad).detach().requires_grad_()
    return torch.stack(places)


@wrong("descend", mistake="grad_not_cleared")
def descend(start, lr, steps):
    x = start.clone().requires_grad_()
    places = [start.clone()]
    for _ in range(steps):
        (x**2 + 20).backward()
        with torch.no_grad():
            x -= lr * x.grad
        places.append(x.detach().clone())
    return torch.stack(places)


@wrong("descend", mistake="raised")
def descend(start, lr, steps):
    x = start.clone().requires_grad_()
    places = [start.clone()]
    for _ in range(steps):
        (x**2 + 20).backward()
        x = x - lr * x.grad
        places.append(x.detach().clone())
    return torch.stack(places)


@wrong("descend", mistake="raised")
def descend(start, lr, steps):
    x = start.clone().requires_grad_()
    places = [start.clone()]
    for _ in range(steps):
        (x**2 + 20).backward()
        with torch.no_grad():
            x = x - lr * x.grad
        places.append(x.detach().clone())
    return torch.stack(places)


@wrong("descend", mistake="nothing_moved")
def descend(start, lr, steps):
    x = start.clone().requires_grad_()
    places = [start.clone()]
    for _ in range(steps):
        (x**2 + 20).backward()
        x.grad.zero_()
        with torch.no_grad():
            x -= lr * x.grad
        places.append(x.detach().clone())
    return torch.stack(places)


@wrong("descend", mistake="same_tensor_after_first")
def descend(start, lr, steps):
    x = start.clone().requires_grad_()
    places = [start.clone()]
    for _ in range(steps):
        (x**2 + 20).backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
        places.append(x.detach())
    return torch.stack(places)


@wrong("descend", mistake="same_tensor_kept")
def descend(start, lr, steps):
    x = start.clone().requires_grad_()
    places = [x.detach()]
    for _ in range(steps):
        (x**2 + 20).backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
        places.append(x.detach())
    return torch.stack(places)


@wrong("descend", mistake="graph_kept")
def descend(start, lr, steps):
    x = start.clone().requires_grad_()
    places = [x.clone()]
    for _ in range(steps):
        (x**2 + 20).backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
        places.append(x.clone())
    return torch.stack(places)


@wrong("descend", mistake="off_by_one")
def descend(start, lr, steps):
    x = start.clone().requires_grad_()
    places = []
    for _ in range(steps):
        (x**2 + 20).backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
        places.append(x.detach().clone())
    return torch.stack(places)


@wrong("descend", mistake="slope_halved")
def descend(start, lr, steps):
    places = [start.clone()]
    for _ in range(steps):
        places.append(places[-1] - lr * places[-1])
    return torch.stack(places)


@wrong("descend", mistake="losses_for_places")
def descend(start, lr, steps):
    x, losses = start.clone(), []
    for _ in range(steps + 1):
        losses.append(x**2 + 20)
        x -= lr * 2 * x
    return torch.stack(losses)


@wrong("descend", mistake="input_changed")
def descend(start, lr, steps):
    x = start.detach().requires_grad_()
    places = [x.detach().clone()]
    for _ in range(steps):
        (x**2 + 20).backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
        places.append(x.detach().clone())
    return torch.stack(places)


@wrong("descend", mistake="wrong_device")
def descend(start, lr, steps):
    x, places = start.item(), [start.item()]
    for _ in range(steps):
        x -= lr * 2 * x
        places.append(x)
    return torch.tensor(places)


@wrong("descend", mistake="input_needs_grad")
def descend(start, lr, steps):
    start.requires_grad_()
    x, places = start, [start.detach()]
    for _ in range(steps):
        (slope,) = torch.autograd.grad(x**2 + 20, x)
        x = (x - lr * slope).detach().requires_grad_()
        places.append(x.detach())
    return torch.stack(places)


@right("diverges")
def diverges():
    return "-20  40"


@right("diverges")
def diverges():
    return f"{10 - 30} {-20 + 60}"


@wrong("diverges", mistake="sign_of_step")
def diverges():
    return "40 160"


@wrong("diverges", mistake="slope_not_renewed")
def diverges():
    return "-20 -50"


@wrong("diverges", mistake="to_and_fro")
def diverges():
    return "-10 10"


@wrong("diverges", mistake="slope_halved")
def diverges():
    return "-5 2"


@right("steps_to_reach")
def steps_to_reach(start, lr, goal, most):
    x, step = start.item(), 0
    while step <= most:
        if x * x + 20 <= goal:
            return step
        x, step = x - lr * 2 * x, step + 1
    return None


@right("steps_to_reach")
def steps_to_reach(start, lr, goal, most):
    x = start.clone().requires_grad_()
    sgd = torch.optim.SGD([x], lr=lr)
    step = 0
    while not x.item() ** 2 + 20 <= goal:
        if step == most:
            return None
        sgd.zero_grad()
        (x**2 + 20).backward()
        sgd.step()
        step += 1
    return step


@right("steps_to_reach")
def steps_to_reach(start, lr, goal, most):
    x = start.clone()
    losses = []
    for _ in range(most + 1):
        losses.append(x**2 + 20)
        x = x - lr * 2 * x
    reached = (torch.stack(losses) <= goal).nonzero()
    if len(reached):
        return int(reached[0])
    return None


@wrong("steps_to_reach", mistake="goal_excluded")
def steps_to_reach(start, lr, goal, most):
    x = start.clone()
    for step in range(most + 1):
        if x**2 + 20 < goal:
            return step
        x -= lr * 2 * x
    return None


@wrong("steps_to_reach", mistake="one_step_less")
def steps_to_reach(start, lr, goal, most):
    x = start.clone()
    for step in range(most):
        x -= lr * 2 * x
        if x**2 + 20 <= goal:
            return step
    return None


@wrong("steps_to_reach", mistake="one_step_more")
def steps_to_reach(start, lr, goal, most):
    x = start.clone()
    for step in range(most + 1):
        loss = x**2 + 20
        x -= lr * 2 * x
        if loss <= goal:
            return step + 1
    return None


@wrong("steps_to_reach", mistake="never_reached")
def steps_to_reach(start, lr, goal, most):
    x = start.clone()
    for step in range(most):
        if x**2 + 20 <= goal:
            return step
        x -= lr * 2 * x
    return None


@wrong("steps_to_reach", mistake="returned_none")
def steps_to_reach(start, lr, goal, most):
    x = start.clone()
    for _ in range(most + 1):
        if x**2 + 20 <= goal:
            break
        x -= lr * 2 * x


@wrong("steps_to_reach", mistake="number_for_none")
def steps_to_reach(start, lr, goal, most):
    x = start.clone()
    step = 0
    while x**2 + 20 > goal and step < most:
        x -= lr * 2 * x
        step += 1
    return step


@wrong("steps_to_reach", mistake="number_for_none")
def steps_to_reach(start, lr, goal, most):
    x = start.clone()
    for step in range(most + 1):
        if x**2 + 20 <= goal:
            return step
        x -= lr * 2 * x
    return -1


@wrong("steps_to_reach", mistake="most_exceeded")
def steps_to_reach(start, lr, goal, most):
    x = start.clone()
    for step in range(most + 2):
        if x**2 + 20 <= goal:
            return step
        x -= lr * 2 * x
    return None


@wrong("steps_to_reach", mistake="nan_taken_for_goal")
def steps_to_reach(start, lr, goal, most):
    x = start.clone()
    step = 0
    while x**2 + 20 > goal:
        if step == most:
            return None
        x -= lr * 2 * x
        step += 1
    return step


@wrong("steps_to_reach", mistake="input_changed")
def steps_to_reach(start, lr, goal, most):
    for step in range(most + 1):
        if start**2 + 20 <= goal:
            return step
        start -= lr * 2 * start
    return None


@wrong("steps_to_reach", mistake="grad_not_cleared")
def steps_to_reach(start, lr, goal, most):
    x = start.clone().requires_grad_()
    for step in range(most + 1):
        loss = x**2 + 20
        if loss <= goal:
            return step
        loss.backward()
        with torch.no_grad():
            x -= lr * x.grad
    return None


@right("mse")
def mse(prediction, target):
    return (prediction - target).square().sum() / target.numel()


@right("mse")
def mse(prediction, target):
    misses = (target - prediction).flatten()
    return torch.dot(misses, misses) / len(misses)


@right("mse")
def mse(prediction, target):
    return torch.mean((prediction - target).pow(2))


@wrong("mse", mistake="summed_for_mean")
def mse(prediction, target):
    return ((prediction - target) ** 2).sum()


@wrong("mse", mistake="root_taken")
def mse(prediction, target):
    return ((prediction - target) ** 2).mean().sqrt()


@wrong("mse", mistake="absolute_for_squared")
def mse(prediction, target):
    return (prediction - target).abs().mean()


@wrong("mse", mistake="differences_cancel")
def mse(prediction, target):
    return (prediction - target).mean()


@wrong("mse", mistake="squared_after_mean")
def mse(prediction, target):
    return (prediction - target).mean() ** 2


@wrong("mse", mistake="halved")
def mse(prediction, target):
    return ((prediction - target) ** 2).mean() / 2


@wrong("mse", mistake="brackets_forgotten")
def mse(prediction, target):
    return (prediction - target**2).mean()


@wrong("mse", mistake="rows_for_all")
def mse(prediction, target):
    return ((prediction - target) ** 2).sum() / len(target)


@wrong("mse", mistake="wrong_shape")
def mse(prediction, target):
    return ((prediction - target) ** 2).mean(dim=0)


@wrong("mse", mistake="number_for_tensor")
def mse(prediction, target):
    return ((prediction - target) ** 2).mean().item()


@wrong("mse", mistake="graph_lost")
def mse(prediction, target):
    return ((prediction.detach() - target) ** 2).mean()


@wrong("mse", mistake="cut_from_input")
def mse(prediction, target):
    value = ((prediction - target) ** 2).mean().item()
    return torch.tensor(value, dtype=prediction.dtype, device=prediction.device, requires_grad=True)


@wrong("mse", mistake="name_ruled_out")
def mse(prediction, target):
    return nn.MSELoss()(prediction, target)


@wrong("mse", mistake="name_ruled_out")
def mse(prediction, target):
    return nn.functional.mse_loss(prediction, target)


@right("gradients_of_layer")
def gradients_of_layer(x, w, b, target):
    pull = 2 * (x @ w + b - target) / target.numel()
    return x.T @ pull, pull.sum(dim=0)


@right("gradients_of_layer")
def gradients_of_layer(x, w, b, target):
    w, b = w.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()
    return torch.autograd.grad(((x @ w + b - target) ** 2).mean(), (w, b))


@right("gradients_of_layer")
def gradients_of_layer(x, w, b, target):
    def loss(w, b):
        return nn.functional.mse_loss(torch.addmm(b, x, w), target)

    return torch.func.grad(loss, argnums=(0, 1))(w, b)


@wrong("gradients_of_layer", mistake="rows_for_all")
def gradients_of_layer(x, w, b, target):
    pull = 2 * (x @ w + b - target) / len(x)
    return x.T @ pull, pull.sum(dim=0)


@wrong("gradients_of_layer", mistake="none_in_pair")
def gradients_of_layer(x, w, b, target):
    leaves = w.clone().requires_grad_(), b.clone().requires_grad_()
    nn.MSELoss()(x @ leaves[0] + leaves[1], target).backward()
    return w.grad, b.grad


@wrong("gradients_of_layer", mistake="summed_for_mean")
def gradients_of_layer(x, w, b, target):
    pull = 2 * (x @ w + b - target)
    return x.T @ pull, pull.sum(dim=0)


@wrong("gradients_of_layer", mistake="halved")
def gradients_of_layer(x, w, b, target):
    pull = (x @ w + b - target) / target.numel()
    return x.T @ pull, pull.sum(dim=0)


@wrong("gradients_of_layer", mistake="bias_not_summed")
def gradients_of_layer(x, w, b, target):
    pull = 2 * (x @ w + b - target) / target.numel()
    return x.T @ pull, pull


@wrong("gradients_of_layer", mistake="bias_averaged")
def gradients_of_layer(x, w, b, target):
    pull = 2 * (x @ w + b - target) / target.numel()
    return x.T @ pull, pull.mean(dim=0)


@wrong("gradients_of_layer", mistake="swapped")
def gradients_of_layer(x, w, b, target):
    pull = 2 * (x @ w + b - target) / target.numel()
    return pull.sum(dim=0), x.T @ pull


@wrong("gradients_of_layer", mistake="transposed")
def gradients_of_layer(x, w, b, target):
    pull = 2 * (x @ w + b - target) / target.numel()
    return pull.T @ x, pull.sum(dim=0)


@wrong("gradients_of_layer", mistake="input_needs_grad")
def gradients_of_layer(x, w, b, target):
    w.requires_grad_()
    b.requires_grad_()
    w.grad = b.grad = None
    nn.MSELoss()(x @ w + b, target).backward()
    return w.grad, b.grad


@wrong("gradients_of_layer", mistake="grad_not_cleared")
def gradients_of_layer(x, w, b, target):
    w.requires_grad_()
    b.requires_grad_()
    nn.MSELoss()(x @ w + b, target).backward()
    w.requires_grad_(False)
    b.requires_grad_(False)
    return w.grad, b.grad


@wrong("gradients_of_layer", mistake="raised")
def gradients_of_layer(x, w, b, target):
    nn.MSELoss()(x @ w + b, target).backward()
    return w.grad, b.grad


@wrong("gradients_of_layer", mistake="graph_kept")
def gradients_of_layer(x, w, b, target):
    w, b = w.clone().requires_grad_(), b.clone().requires_grad_()
    return torch.autograd.grad(((x @ w + b - target) ** 2).mean(), (w, b), create_graph=True)


@right("train_step")
def train_step(x, y, w, b, lr):
    sgd = torch.optim.SGD([w, b], lr=lr)
    sgd.zero_grad()
    loss = nn.MSELoss()(x @ w + b, y)
    loss.backward()
    sgd.step()
    return loss.item()


@right("train_step")
def train_step(x, y, w, b, lr):
    with torch.no_grad():
        misses = x @ w + b - y
        w.sub_(lr * 2 / len(y) * (x.T @ misses))
        b.sub_(lr * 2 * misses.mean())
    return misses.square().mean().item()


@right("train_step")
def train_step(x, y, w, b, lr):
    for p in (w, b):
        if p.grad is not None:
            p.grad.zero_()
    loss = ((torch.matmul(x, w) + b - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        for p in (w, b):
            p.copy_(p - lr * p.grad)
    return loss.item()


@wrong("train_step", mistake="stale_gradient")
def train_step(x, y, w, b, lr):
    loss = nn.MSELoss()(x @ w + b, y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    w.grad = b.grad = None
    return loss.item()


@wrong("train_step", mistake="nothing_moved")
def train_step(x, y, w, b, lr):
    loss = nn.MSELoss()(x @ w + b, y)
    loss.backward()
    w.grad.zero_()
    b.grad.zero_()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return loss.item()


@wrong("train_step", mistake="nothing_moved")
def train_step(x, y, w, b, lr):
    w.grad = b.grad = None
    loss = nn.MSELoss()(x @ w + b, y)
    loss.backward()
    w = w - lr * w.grad
    b = b - lr * b.grad
    return loss.item()


@wrong("train_step", mistake="uphill")
def train_step(x, y, w, b, lr):
    w.grad = b.grad = None
    loss = nn.MSELoss()(x @ w + b, y)
    loss.backward()
    with torch.no_grad():
        w += lr * w.grad
        b += lr * b.grad
    return loss.item()


@wrong("train_step", mistake="raised")
def train_step(x, y, w, b, lr):
    w.grad = b.grad = None
    loss = nn.MSELoss()(x @ w + b, y)
    loss.backward()
    w -= lr * w.grad
    b -= lr * b.grad
    return loss.item()


@wrong("train_step", mistake="nothing_moved")
def train_step(x, y, w, b, lr):
    with torch.no_grad():
        if w.grad is not None:
            w -= lr * w.grad
            b -= lr * b.grad
    w.grad = b.grad = None
    loss = nn.MSELoss()(x @ w + b, y)
    loss.backward()
    return loss.item()


@wrong("train_step", mistake="loss_after_step")
def train_step(x, y, w, b, lr):
    w.grad = b.grad = None
    nn.MSELoss()(x @ w + b, y).backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return nn.MSELoss()(x @ w + b, y).item()


@wrong("train_step", mistake="tensor_for_number")
def train_step(x, y, w, b, lr):
    w.grad = b.grad = None
    loss = nn.MSELoss()(x @ w + b, y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return loss


@wrong("train_step", mistake="bias_forgotten")
def train_step(x, y, w, b, lr):
    w.grad = b.grad = None
    loss = nn.MSELoss()(x @ w + b, y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    return loss.item()


@wrong("train_step", mistake="summed_for_mean")
def train_step(x, y, w, b, lr):
    w.grad = b.grad = None
    loss = ((x @ w + b - y) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return loss.item()


@wrong("train_step", mistake="halved")
def train_step(x, y, w, b, lr):
    w.grad = b.grad = None
    loss = ((x @ w + b - y) ** 2).mean() / 2
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return loss.item()


@wrong("train_step", mistake="pairs_for_entries")
def train_step(x, y, w, b, lr):
    w.grad = b.grad = None
    loss = nn.MSELoss()((x @ w + b)[:, None].expand(-1, len(y)), y.expand(len(y), -1))
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return loss.item()


@wrong("train_step", mistake="raised")
def train_step(x, y, w, b, lr):
    w.grad.zero_()
    b.grad.zero_()
    loss = nn.MSELoss()(x @ w + b, y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad
    return loss.item()


@right("descend_with_momentum")
def descend_with_momentum(start, lr, momentum, steps):
    x, velocity, path = start.clone(), 0, [start.clone()]
    for _ in range(steps):
        velocity = momentum * velocity - lr * 2 * x
        x = x + velocity
        path.append(x)
    return torch.stack(path)


@right("descend_with_momentum")
def descend_with_momentum(start, lr, momentum, steps):
    x = start.clone().requires_grad_()
    sgd = torch.optim.SGD([x], lr=lr, momentum=momentum)
    path = [x.detach().clone()]
    for _ in range(steps):
        sgd.zero_grad()
        (x**2 + 20).sum().backward()
        sgd.step()
        path.append(x.detach().clone())
    return torch.stack(path)


@right("descend_with_momentum")
def descend_with_momentum(start, lr, momentum, steps):
    path = torch.zeros(steps + 1, len(start), device=start.device)
    path[0] = start
    x = start.clone().requires_grad_()
    velocity = torch.zeros_like(x, requires_grad=False)
    for step in range(steps):
        x.grad = None
        loss = x**2 + 20
        loss.backward(torch.ones_like(loss))
        velocity.mul_(momentum).add_(x.grad)
        with torch.no_grad():
            x.sub_(velocity, alpha=lr)
            path[step + 1] = x
    return path


@wrong("descend_with_momentum", mistake="momentum_ignored")
def descend_with_momentum(start, lr, momentum, steps):
    x = start.clone().requires_grad_()
    velocity = torch.zeros_like(start)
    path = [start.clone()]
    for _ in range(steps):
        (x**2 + 20).sum().backward()
        velocity = momentum * torch.zeros_like(start) + x.grad
        with torch.no_grad():
            x -= lr * velocity
        x.grad = None
        path.append(x.detach().clone())
    return torch.stack(path)


@wrong("descend_with_momentum", mistake="slope_weakened")
def descend_with_momentum(start, lr, momentum, steps):
    x = start.clone().requires_grad_()
    velocity = torch.zeros_like(start)
    path = [start.clone()]
    for _ in range(steps):
        (x**2 + 20).sum().backward()
        velocity = momentum * velocity + (1 - momentum) * x.grad
        with torch.no_grad():
            x -= lr * velocity
        x.grad = None
        path.append(x.detach().clone())
    return torch.stack(path)


@wrong("descend_with_momentum", mistake="nesterov_taken")
def descend_with_momentum(start, lr, momentum, steps):
    x = start.clone().requires_grad_()
    velocity = torch.zeros_like(start)
    path = [start.clone()]
    for _ in range(steps):
        (x**2 + 20).sum().backward()
        velocity = momentum * velocity + x.grad
        with torch.no_grad():
            x -= lr * (x.grad + momentum * velocity)
        x.grad = None
        path.append(x.detach().clone())
    return torch.stack(path)


@wrong("descend_with_momentum", mistake="velocity_late")
def descend_with_momentum(start, lr, momentum, steps):
    x = start.clone().requires_grad_()
    velocity = torch.zeros_like(start)
    path = [start.clone()]
    for _ in range(steps):
        (x**2 + 20).sum().backward()
        old, velocity = velocity, momentum * velocity + x.grad
        with torch.no_grad():
            x -= lr * old
        x.grad = None
        path.append(x.detach().clone())
    return torch.stack(path)


@wrong("descend_with_momentum", mistake="grad_not_cleared")
def descend_with_momentum(start, lr, momentum, steps):
    x = start.clone().requires_grad_()
    velocity = torch.zeros_like(start)
    path = [start.clone()]
    for _ in range(steps):
        (x**2 + 20).sum().backward()
        velocity = momentum * velocity + x.grad
        with torch.no_grad():
            x -= lr * velocity
        path.append(x.detach().clone())
    return torch.stack(path)


@wrong("descend_with_momentum", mistake="same_tensor_after_first")
def descend_with_momentum(start, lr, momentum, steps):
    x = start.clone().requires_grad_()
    velocity = torch.zeros_like(start)
    path = [start.clone()]
    for _ in range(steps):
        (x**2 + 20).sum().backward()
        velocity = momentum * velocity + x.grad
        with torch.no_grad():
            x -= lr * velocity
        x.grad = None
        path.append(x.detach())
    return torch.stack(path)


@wrong("descend_with_momentum", mistake="rate_inside_velocity")
def descend_with_momentum(start, lr, momentum, steps):
    x = start.clone().requires_grad_()
    velocity = torch.zeros_like(start)
    path = [start.clone()]
    for _ in range(steps):
        (x**2 + 20).sum().backward()
        velocity = momentum * velocity + lr * x.grad
        with torch.no_grad():
            x -= lr * velocity
        x.grad = None
        path.append(x.detach().clone())
    return torch.stack(path)


@wrong("descend_with_momentum", mistake="raised")
def descend_with_momentum(start, lr, momentum, steps):
    x = start.clone().requires_grad_()
    velocity = torch.zeros_like(start)
    path = [start.clone()]
    for _ in range(steps):
        (x**2 + 20).backward()
        velocity = momentum * velocity + x.grad
        with torch.no_grad():
            x -= lr * velocity
        x.grad = None
        path.append(x.detach().clone())
    return torch.stack(path)


@wrong("descend_with_momentum", mistake="mean_for_sum")
def descend_with_momentum(start, lr, momentum, steps):
    x = start.clone().requires_grad_()
    velocity = torch.zeros_like(start)
    path = [start.clone()]
    for _ in range(steps):
        (x**2 + 20).mean().backward()
        velocity = momentum * velocity + x.grad
        with torch.no_grad():
            x -= lr * velocity
        x.grad = None
        path.append(x.detach().clone())
    return torch.stack(path)


@right("same_as_sgd")
def same_as_sgd(params, velocities, lr, momentum):
    for p, v in zip(params, velocities, strict=True):
        if p.grad is None:
            continue
        with torch.no_grad():
            v *= momentum
            v += p.grad
            p -= lr * v


@right("same_as_sgd")
def same_as_sgd(params, velocities, lr, momentum):
    with torch.no_grad():
        for i in range(len(params)):
            grad = params[i].grad
            if grad is not None:
                velocities[i][...] = momentum * velocities[i] + grad
                params[i].copy_(params[i] - lr * velocities[i])


@wrong("same_as_sgd", mistake="velocity_not_kept")
def same_as_sgd(params, velocities, lr, momentum):
    with torch.no_grad():
        for p, v in zip(params, velocities, strict=True):
            if p.grad is not None:
                v = momentum * v + p.grad
                p -= lr * v


@wrong("same_as_sgd", mistake="rate_inside_velocity")
def same_as_sgd(params, velocities, lr, momentum):
    with torch.no_grad():
        for p, v in zip(params, velocities, strict=True):
            if p.grad is not None:
                v.mul_(momentum).add_(lr * p.grad)
                p -= v


@wrong("same_as_sgd", mistake="momentum_ignored")
def same_as_sgd(params, velocities, lr, momentum):
    with torch.no_grad():
        for p, v in zip(params, velocities, strict=True):
            if p.grad is not None:
                v.mul_(momentum).add_(p.grad)
                p -= lr * p.grad


@wrong("same_as_sgd", mistake="slope_weakened")
def same_as_sgd(params, velocities, lr, momentum):
    with torch.no_grad():
        for p, v in zip(params, velocities, strict=True):
            if p.grad is not None:
                v.mul_(momentum).add_((1 - momentum) * p.grad)
                p -= lr * v


@wrong("same_as_sgd", mistake="nesterov_taken")
def same_as_sgd(params, velocities, lr, momentum):
    with torch.no_grad():
        for p, v in zip(params, velocities, strict=True):
            if p.grad is not None:
                v.mul_(momentum).add_(p.grad)
                p -= lr * (p.grad + momentum * v)


@wrong("same_as_sgd", mistake="velocity_late")
def same_as_sgd(params, velocities, lr, momentum):
    with torch.no_grad():
        for p, v in zip(params, velocities, strict=True):
            if p.grad is not None:
                p -= lr * v
                v.mul_(momentum).add_(p.grad)


@wrong("same_as_sgd", mistake="nothing_moved")
def same_as_sgd(params, velocities, lr, momentum):
    with torch.no_grad():
        for p, v in zip(params, velocities, strict=True):
            if p.grad is not None:
                v.mul_(momentum).add_(p.grad)
                p = p - lr * v


@wrong("same_as_sgd", mistake="cleared_in_step")
def same_as_sgd(params, velocities, lr, momentum):
    with torch.no_grad():
        for p, v in zip(params, velocities, strict=True):
            if p.grad is not None:
                v.mul_(momentum).add_(p.grad)
                p -= lr * v
                p.grad = None


@wrong("same_as_sgd", mistake="name_ruled_out")
def same_as_sgd(params, velocities, lr, momentum):
    with torch.no_grad():
        for p, v in zip(params, velocities, strict=True):
            if p.grad is not None:
                v.mul_(momentum).add_(p.grad)
                p.data -= lr * v


@wrong("same_as_sgd", mistake="raised")
def same_as_sgd(params, velocities, lr, momentum):
    with torch.no_grad():
        for p, v in zip(params, velocities, strict=True):
            v.mul_(momentum).add_(p.grad)
            p -= lr * v


@wrong("same_as_sgd", mistake="raised")
def same_as_sgd(params, velocities, lr, momentum):
    for p, v in zip(params, velocities, strict=True):
        if p.grad is not None:
            v.mul_(momentum).add_(p.grad)
            p -= lr * v


@wrong("same_as_sgd", mistake="moved_without_gradient")
def same_as_sgd(params, velocities, lr, momentum):
    with torch.no_grad():
        for p, v in zip(params, velocities, strict=True):
            v.mul_(momentum)
            if p.grad is not None:
                v.add_(p.grad)
            p -= lr * v


@wrong("same_as_sgd", mistake="parameter_left_out")
def same_as_sgd(params, velocities, lr, momentum):
    with torch.no_grad():
        for p, v in zip(params, velocities, strict=True):
            if p.grad is None:
                return
            v.mul_(momentum).add_(p.grad)
            p -= lr * v


@wrong("same_as_sgd", mistake="zero_taken_for_missing")
def same_as_sgd(params, velocities, lr, momentum):
    with torch.no_grad():
        for p, v in zip(params, velocities, strict=True):
            if p.grad is not None and p.grad.any():
                v.mul_(momentum).add_(p.grad)
                p -= lr * v


@right("locate")
def locate(masts, measured):
    place = masts.mean(dim=0).requires_grad_()
    sgd = optim.SGD([place], lr=0.1, momentum=0.9)
    for _ in range(400):
        sgd.zero_grad()
        distances = torch.linalg.vector_norm(masts - place, dim=1)
        nn.MSELoss()(distances, measured).backward()
        sgd.step()
    return place.detach()


@right("locate")
def locate(masts, measured):
    place = torch.full((2,), 5.1, device=masts.device, requires_grad=True)
    for _ in range(1500):
        loss = ((((masts - place) ** 2).sum(1).sqrt() - measured) ** 2).mean()
        (slope,) = torch.autograd.grad(loss, place)
        place = (place - 0.1 * slope).detach().requires_grad_()
    return place.detach()


@right("locate")
def locate(masts, measured):
    place = masts.mean(dim=0)
    for _ in range(400):
        away = place - masts
        far = away.norm(dim=1)
        pull = 2 * (far - measured) / len(masts)
        place = place - 0.4 * (pull[:, None] * away / far[:, None]).sum(0)
    return place


@wrong("locate", mistake="start_returned")
def locate(masts, measured):
    return masts.mean(dim=0)


@wrong("locate", mistake="nearest_mast")
def locate(masts, measured):
    return masts[measured.argmin()]


@wrong("locate", mistake="start_returned")
def locate(masts, measured):
    place = masts.mean(dim=0).requires_grad_()
    for _ in range(300):
        loss = nn.MSELoss()(torch.linalg.vector_norm(masts - place, dim=1), measured)
        loss.backward()
        place.grad.zero_()
        with torch.no_grad():
            place -= 0.3 * place.grad
    return place.detach()


@wrong("locate", mistake="not_arrived")
def locate(masts, measured):
    place = masts.mean(dim=0).requires_grad_()
    for _ in range(300):
        loss = nn.MSELoss()(torch.linalg.vector_norm(masts - place, dim=1), measured)
        loss.backward()
        with torch.no_grad():
            place -= 0.3 * place.grad
    return place.detach()


@wrong("locate", mistake="not_arrived")
def locate(masts, measured):
    place = masts.mean(dim=0).requires_grad_()
    for _ in range(5):
        loss = nn.MSELoss()(torch.linalg.vector_norm(masts - place, dim=1), measured)
        loss.backward()
        with torch.no_grad():
            place -= 0.3 * place.grad
        place.grad = None
    return place.detach()


@wrong("locate", mistake="went_to_nan")
def locate(masts, measured):
    place = masts.mean(dim=0).requires_grad_()
    for _ in range(300):
        loss = nn.MSELoss()(torch.linalg.vector_norm(masts - place, dim=1), measured)
        loss.backward()
        with torch.no_grad():
            place -= 2.5 * place.grad
        place.grad = None
    return place.detach()


@wrong("locate", mistake="graph_kept")
def locate(masts, measured):
    place = masts.mean(dim=0).requires_grad_()
    for _ in range(300):
        loss = nn.MSELoss()(torch.linalg.vector_norm(masts - place, dim=1), measured)
        loss.backward()
        with torch.no_grad():
            place -= 0.3 * place.grad
        place.grad = None
    return place


@wrong("locate", mistake="went_to_nan")
def locate(masts, measured):
    place = masts[0].clone().requires_grad_()
    for _ in range(300):
        loss = nn.MSELoss()(((masts - place) ** 2).sum(1).sqrt(), measured)
        loss.backward()
        with torch.no_grad():
            place -= 0.3 * place.grad
        place.grad = None
    return place.detach()


@wrong("locate", mistake="coordinates_swapped")
def locate(masts, measured):
    place = masts.mean(dim=0).requires_grad_()
    for _ in range(300):
        loss = nn.MSELoss()(torch.linalg.vector_norm(masts - place, dim=1), measured)
        loss.backward()
        with torch.no_grad():
            place -= 0.3 * place.grad
        place.grad = None
    return place.detach().flip(0)


@wrong("locate", mistake="not_arrived")
def locate(masts, measured):
    place = torch.tensor([6.0, 6.0], device=masts.device).requires_grad_()
    for _ in range(25):
        loss = nn.MSELoss()(torch.linalg.vector_norm(masts - place, dim=1), measured)
        loss.backward()
        with torch.no_grad():
            place -= 0.3 * place.grad
        place.grad = None
    return place.detach()


@wrong("locate", mistake="raised")
def locate(masts, measured):
    place = torch.tensor([4.0, 5.0]).requires_grad_()
    for _ in range(300):
        loss = nn.MSELoss()(torch.linalg.vector_norm(masts - place, dim=1), measured)
        loss.backward()
        with torch.no_grad():
            place -= 0.3 * place.grad
        place.grad = None
    return place.detach()


@wrong("locate", mistake="other_masts")
def locate(masts, measured):
    place = masts.mean(dim=0).requires_grad_()
    for _ in range(300):
        loss = nn.MSELoss()(distances_from(place), measured)  # from the masts of the cell above, not from these
        loss.backward()
        with torch.no_grad():
            place -= 0.3 * place.grad
        place.grad = None
    return place.detach()


@wrong("locate", mistake="name_ruled_out")
def locate(masts, measured):
    sides = 2 * (masts[1:] - masts[0])  # two circles minus each other make a line
    squares = (masts**2).sum(1) - measured**2
    return torch.linalg.lstsq(sides, (squares[1:] - squares[0])[:, None]).solution[:, 0]


@wrong("locate", mistake="name_ruled_out")
def locate(masts, measured):
    sides = 2 * (masts[1:] - masts[0])
    squares = (masts**2).sum(1) - measured**2
    return (sides.T @ sides).inverse() @ sides.T @ (squares[1:] - squares[0])
