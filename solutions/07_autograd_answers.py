"""The answer bank of lesson 07: right answers written differently, and the mistakes people make."""

import torch

from autograder.authoring.bank import right, wrong


@right("slope_at")
def slope_at(f, x):
    at = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(f(at), at)
    return float(slope)


@right("slope_at")
def slope_at(f, x):
    return torch.func.grad(f)(torch.tensor(float(x))).item()


@right("slope_at")
def slope_at(f, x):
    at = torch.tensor([float(x)]).requires_grad_()
    f(at[0]).backward()
    return at.grad.tolist()[0]


@wrong("slope_at", mistake="value_for_slope")
def slope_at(f, x):
    at = torch.tensor(float(x), requires_grad=True)
    y = f(at)
    y.backward()
    return y.item()


@wrong("slope_at", mistake="raised")
def slope_at(f, x):
    at = torch.tensor(x, requires_grad=True)
    f(at).backward()
    return at.grad.item()


@wrong("slope_at", mistake="raised")
def slope_at(f, x):
    at = torch.tensor(float(x))
    f(at).backward()
    return at.grad.item()


@wrong("slope_at", mistake="tensor_for_number")
def slope_at(f, x):
    at = torch.tensor(float(x), requires_grad=True)
    f(at).backward()
    return at.grad


@wrong("slope_at", mistake="none_for_gradient")
def slope_at(f, x):
    at = torch.tensor(float(x), requires_grad=True)
    return f(at).backward()


@wrong("slope_at", mistake="wrong_value")
def slope_at(f, x):
    return 4.0 * x


@wrong("slope_at", mistake="wrong_value")
def slope_at(f, x):
    return float(f(torch.tensor(x + 1.0)) - f(torch.tensor(float(x))))


@wrong("slope_at", mistake="slope_measured")
def slope_at(f, x):
    x = torch.tensor(float(x), dtype=torch.float64)
    return ((f(x + 1e-5) - f(x - 1e-5)) / 2e-5).item()


@wrong("slope_at", mistake="slope_measured")
def slope_at(f, x):
    x = torch.tensor(float(x), dtype=torch.float64)
    return ((f(x + 1e-9) - f(x - 1e-9)) / 2e-9).item()


@wrong("slope_at", mistake="wrong_value")
def slope_at(f, x):
    at = torch.tensor(float(x), requires_grad=True)
    f(at).backward()
    return float(round(at.grad.item()))


@right("gradient_of_sum")
def gradient_of_sum(x):
    return torch.func.grad(lambda x: (2 * x**2).sum())(x)


@right("gradient_of_sum")
def gradient_of_sum(x):
    leaf = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad((2 * leaf**2).sum(), leaf)
    return slope


@right("gradient_of_sum")
def gradient_of_sum(x):
    leaf = x.detach().requires_grad_()
    (2 * leaf * leaf).backward(torch.ones_like(leaf))
    return leaf.grad


@wrong("gradient_of_sum", mistake="watch_left_on")
def gradient_of_sum(x):
    x.requires_grad_()
    (2 * x**2).sum().backward()
    return x.grad


@wrong("gradient_of_sum", mistake="watch_left_on")
def gradient_of_sum(x):
    x.requires_grad_()
    (2 * x**2).sum().backward()
    x.requires_grad_(False)
    return x.grad.clone()


@wrong("gradient_of_sum", mistake="value_for_slope")
def gradient_of_sum(x):
    leaf = x.detach().clone().requires_grad_()
    y = 2 * leaf**2
    y.sum().backward()
    return y.detach()


@wrong("gradient_of_sum", mistake="slope_of_square")
def gradient_of_sum(x):
    return 2 * x


@wrong("gradient_of_sum", mistake="gradients_added_up")
def gradient_of_sum(x):
    leaf = x.detach().clone().requires_grad_()
    (2 * leaf**2).sum().backward()
    return leaf.grad.sum()


@wrong("gradient_of_sum", mistake="raised")
def gradient_of_sum(x):
    leaf = x.detach().clone().requires_grad_()
    (2 * leaf**2).backward()
    return leaf.grad


@wrong("gradient_of_sum", mistake="none_for_gradient")
def gradient_of_sum(x):
    leaf = x.detach().clone().requires_grad_()
    return (2 * leaf**2).sum().backward()


@wrong("gradient_of_sum", mistake="tensor_of_tensor")
def gradient_of_sum(x):
    leaf = torch.tensor(x, requires_grad=True)
    (2 * leaf**2).sum().backward()
    return leaf.grad


@wrong("gradient_of_sum", mistake="mean_for_sum")
def gradient_of_sum(x):
    leaf = x.detach().clone().requires_grad_()
    (2 * leaf**2).mean().backward()
    return leaf.grad


@wrong("gradient_of_sum", mistake="input_changed")
def gradient_of_sum(x):
    return x.mul_(4)


@wrong("gradient_of_sum", mistake="graph_kept")
def gradient_of_sum(x):
    leaf = x.detach().clone().requires_grad_()
    return torch.autograd.grad((2 * leaf**2).sum(), leaf, create_graph=True)[0]


@wrong("gradient_of_sum", mistake="wrong_dtype")
def gradient_of_sum(x):
    return 4 * x.float()


@right("mean_of_squares")
def mean_of_squares(x):
    return 6 * (x + 2) / x.numel()


@right("mean_of_squares")
def mean_of_squares(x):
    leaf = x.clone().requires_grad_()
    out = (3 * (leaf + 2) * (leaf + 2)).sum() / leaf.numel()
    return torch.autograd.grad(out, leaf)[0]


@wrong("mean_of_squares", mistake="summed_for_mean")
def mean_of_squares(x):
    leaf = x.detach().clone().requires_grad_()
    (3 * (leaf + 2) ** 2).sum().backward()
    return leaf.grad


@wrong("mean_of_squares", mistake="constants_for_all")
def mean_of_squares(x):
    return torch.full_like(x, 4.5)


@wrong("mean_of_squares", mistake="sizes_hard_coded")
def mean_of_squares(x):
    return 6 * (x + 2) / 4


@wrong("mean_of_squares", mistake="value_for_slope")
def mean_of_squares(x):
    return 3 * (x + 2) ** 2


@wrong("mean_of_squares", mistake="value_for_slope")
def mean_of_squares(x):
    return (3 * (x + 2) ** 2).mean()


@wrong("mean_of_squares", mistake="watch_left_on")
def mean_of_squares(x):
    x.requires_grad = True
    (3 * (x + 2) ** 2).mean().backward()
    return x.grad


@wrong("mean_of_squares", mistake="none_for_gradient")
def mean_of_squares(x):
    leaf = x.detach().clone().requires_grad_()
    y = leaf + 2
    (3 * y**2).mean().backward()
    return y.grad


@right("by_hand")
def by_hand(x):
    return x.exp() * x * (x + 2)


@right("by_hand")
def by_hand(x):
    y = x**2 * torch.exp(x)
    return 2 * x * torch.exp(x) + y


@right("by_hand")
def by_hand(x):
    def func(x):
        return x.exp()

    return 2 * x * func(x) + x**2 * func(x)


@wrong("by_hand", mistake="product_of_slopes")
def by_hand(x):
    return 2 * x * x.exp()


@wrong("by_hand", mistake="value_for_slope")
def by_hand(x):
    return x**2 * x.exp()


@wrong("by_hand", mistake="one_factor_only")
def by_hand(x):
    return 2 * x + x**2 * x.exp()


@wrong("by_hand", mistake="name_ruled_out")
def by_hand(x):
    leaf = x.detach().clone().requires_grad_()
    (leaf**2 * leaf.exp()).sum().backward()
    return leaf.grad


@wrong("by_hand", mistake="name_ruled_out")
def by_hand(x):
    return torch.func.grad(lambda x: (x**2 * x.exp()).sum())(x)


@wrong("by_hand", mistake="name_ruled_out")
def by_hand(x):
    from torch.autograd.functional import jacobian

    return jacobian(lambda x: (x**2 * x.exp()).sum(), x)


@wrong("by_hand", mistake="hidden_from_view")
def by_hand(x):
    leaf = x.detach().clone().requires_grad_()
    total = (leaf**2 * leaf.exp()).sum()
    getattr(total, "back" + "ward")()
    return getattr(leaf, "gr" + "ad")


@wrong("by_hand", mistake="wrong_values")
def by_hand(x):
    at, h = x.double(), 1e-6
    slope = ((at + h) ** 2 * (at + h).exp() - (at - h) ** 2 * (at - h).exp()) / (2 * h)
    return slope.to(x.dtype)


@wrong("by_hand", mistake="wrong_values")
def by_hand(x):
    h = 1e-3
    return ((x + h) ** 2 * (x + h).exp() - x**2 * x.exp()) / h


@wrong("by_hand", mistake="raised")
def by_hand(x):
    return torch.tensor([(2 * each + each**2) * 2.718281828459045**each for each in x.tolist()])


@wrong("by_hand", mistake="wrong_dtype")
def by_hand(x):
    return (x.float() ** 2 + 2 * x.float()) * x.float().exp()


@right("which_need_grad")
def which_need_grad():
    return "false true false false"


@right("which_need_grad")
def which_need_grad():
    return "False  True False False\n"


@wrong("which_need_grad", mistake="data_requires_grad")
def which_need_grad():
    return "True True False False"


@wrong("which_need_grad", mistake="comparison_has_slope")
def which_need_grad():
    return "False True True False"


@wrong("which_need_grad", mistake="result_is_leaf")
def which_need_grad():
    return "False True False True"


@wrong("which_need_grad", mistake="wrong_prediction")
def which_need_grad():
    return "False False False False"


@right("two_paths")
def two_paths(a, x):
    leaves = a.clone().requires_grad_(), x.clone().requires_grad_()
    y = 2 * leaves[1] ** 2 + 3 * leaves[0]
    z = y**2 + 1 / (6 * leaves[1] * leaves[0] * y)
    return torch.autograd.grad(z.sum(), leaves)


@right("two_paths")
def two_paths(a, x):
    y, b = 2 * x**2 + 3 * a, 6 * x * a
    by_y, by_b = 2 * y - 1 / (b * y**2), -1 / (b**2 * y)
    return by_y * 3 + by_b * 6 * x, by_y * 4 * x + by_b * 6 * a


@right("two_paths")
def two_paths(a, x):
    def z(a, x):
        y = 2 * x**2 + 3 * a
        return (y**2 + 1 / (6 * x * a * y)).sum()

    return torch.func.grad(z, argnums=(0, 1))(a, x)


@wrong("two_paths", mistake="mean_for_sum")
def two_paths(a, x):
    a, x = a.detach().clone().requires_grad_(), x.detach().clone().requires_grad_()
    y = 2 * x**2 + 3 * a
    (y**2 + 1 / (6 * x * a * y)).mean().backward()
    return a.grad, x.grad


@wrong("two_paths", mistake="swapped")
def two_paths(a, x):
    a, x = a.detach().clone().requires_grad_(), x.detach().clone().requires_grad_()
    y = 2 * x**2 + 3 * a
    b = 6 * x * a
    (y**2 + 1 / (b * y)).sum().backward()
    return x.grad, a.grad


@wrong("two_paths", mistake="path_lost")
def two_paths(a, x):
    a, x = a.detach().clone().requires_grad_(), x.detach().clone().requires_grad_()
    y = 2 * x**2 + 3 * a
    b = (6 * x * a).detach()
    (y**2 + 1 / (b * y)).sum().backward()
    return a.grad, x.grad


@wrong("two_paths", mistake="path_lost")
def two_paths(a, x):
    a, x = a.detach().clone().requires_grad_(), x.detach().clone().requires_grad_()
    y = 2 * x**2 + 3 * a
    b = 6 * x.data * a.data
    (y**2 + 1 / (b * y)).sum().backward()
    return a.grad, x.grad


@wrong("two_paths", mistake="divisor_without_brackets")
def two_paths(a, x):
    a, x = a.detach().clone().requires_grad_(), x.detach().clone().requires_grad_()
    y = 2 * x**2 + 3 * a
    b = 6 * x * a
    z = y**2 + 1 / b * y
    z.sum().backward()
    return a.grad, x.grad


@wrong("two_paths", mistake="none_in_pair")
def two_paths(a, x):
    leaf = x.detach().clone().requires_grad_()
    y = 2 * leaf**2 + 3 * a
    z = y**2 + 1 / (6 * leaf * a * y)
    z.sum().backward()
    return a.grad, leaf.grad


@wrong("two_paths", mistake="slope_of_y")
def two_paths(a, x):
    a, x = a.detach().clone().requires_grad_(), x.detach().clone().requires_grad_()
    y = 2 * x**2 + 3 * a
    y.sum().backward()
    return a.grad, x.grad


@wrong("two_paths", mistake="wrong_values")
def two_paths(a, x):
    y = 2 * x**2 + 3 * a
    return 2 * y * 3, 2 * y * 4 * x


@wrong("two_paths", mistake="watch_left_on")
def two_paths(a, x):
    a.requires_grad_(), x.requires_grad_()
    y = 2 * x**2 + 3 * a
    (y**2 + 1 / (6 * x * a * y)).sum().backward()
    return a.grad, x.grad


@wrong("two_paths", mistake="raised")
def two_paths(a, x):
    a, x = a.detach().clone().requires_grad_(), x.detach().clone().requires_grad_()
    y = 2 * x**2 + 3 * a
    (y**2 + 1 / (6 * x * a * y)).backward()
    return a.grad, x.grad


@right("dynamic_branch")
def dynamic_branch(x):
    return torch.where(x <= 100, 0.25 * x, 25 + 0.40 * (x - 100))


@right("dynamic_branch")
def dynamic_branch(x):
    price = 0.25 * x
    if x > 100:
        price = price + 0.15 * (x - 100)
    return price


@right("dynamic_branch")
def dynamic_branch(x):
    return 0.25 * x + 0.15 * (x - 100).relu()


@right("dynamic_branch")
def dynamic_branch(x):
    above = x > 100
    return 0.25 * x + 0.15 * above * (x - 100)


@wrong("dynamic_branch", mistake="name_ruled_out")
def dynamic_branch(x):
    return 0.25 * x if float(x) <= 100 else 25 + 0.40 * (x - 100)


@wrong("dynamic_branch", mistake="other_leaf")
def dynamic_branch(x):
    x = x.detach().clone().requires_grad_(x.requires_grad)
    return 0.25 * x if x <= 100 else 25 + 0.40 * (x - 100)


@wrong("dynamic_branch", mistake="graph_lost")
def dynamic_branch(x):
    amount = x.item()
    price = 0.25 * amount if amount <= 100 else 25 + 0.40 * (amount - 100)
    return torch.tensor(price, dtype=x.dtype, device=x.device)


@wrong("dynamic_branch", mistake="graph_lost")
def dynamic_branch(x):
    x = x.detach()
    return 0.25 * x if x <= 100 else 25 + 0.40 * (x - 100)


@wrong("dynamic_branch", mistake="one_rate_for_all")
def dynamic_branch(x):
    return 0.25 * x if x <= 100 else 0.40 * x


@wrong("dynamic_branch", mistake="number_for_tensor")
def dynamic_branch(x):
    return min(float(x), 100) * 0.25 + max(float(x) - 100, 0) * 0.40


@wrong("dynamic_branch", mistake="slope_at_kink")
def dynamic_branch(x):
    return 0.25 * x if x < 100 else 25 + 0.40 * (x - 100)


@wrong("dynamic_branch", mistake="slope_at_kink")
def dynamic_branch(x):
    return 0.25 * x.clamp(max=100) + 0.40 * (x - 100).clamp(min=0)


@wrong("dynamic_branch", mistake="wrong_values")
def dynamic_branch(x):
    return 0.25 * x if x <= 100 else x * (45 / 150)


@wrong("dynamic_branch", mistake="graph_kept")
def dynamic_branch(x):
    x = x.clone().requires_grad_() if not x.requires_grad else x
    return 0.25 * x if x <= 100 else 25 + 0.40 * (x - 100)


@right("after_two_backwards")
def after_two_backwards():
    return "5.0  4.0"


@right("after_two_backwards")
def after_two_backwards():
    return f"{5.0} {2.0 + 2.0}"


@wrong("after_two_backwards", mistake="overwritten")
def after_two_backwards():
    return "5.0 2.0"


@wrong("after_two_backwards", mistake="all_cleared_needed")
def after_two_backwards():
    return "10.0 4.0"


@wrong("after_two_backwards", mistake="slopes_swapped")
def after_two_backwards():
    return "2.0 10.0"


@wrong("after_two_backwards", mistake="wrong_prediction")
def after_two_backwards():
    return "0.0 4.0"


@right("fresh_gradients")
def fresh_gradients(weights, x, target):
    if weights.grad is not None:
        weights.grad.zero_()
    ((weights * x - target) ** 2).sum().backward()
    return weights.grad.detach().clone()


@right("fresh_gradients")
def fresh_gradients(weights, x, target):
    (slope,) = torch.autograd.grad(((weights * x - target) ** 2).sum(), weights)
    weights.grad = slope
    return slope.clone()


@wrong("fresh_gradients", mistake="gradients_accumulated")
def fresh_gradients(weights, x, target):
    ((weights * x - target) ** 2).sum().backward()
    return weights.grad.clone()


@wrong("fresh_gradients", mistake="raised")
def fresh_gradients(weights, x, target):
    weights.grad.zero_()
    ((weights * x - target) ** 2).sum().backward()
    return weights.grad.clone()


@wrong("fresh_gradients", mistake="not_left_in_grad")
def fresh_gradients(weights, x, target):
    weights = weights.detach().clone().requires_grad_()
    ((weights * x - target) ** 2).sum().backward()
    return weights.grad


@wrong("fresh_gradients", mistake="not_left_in_grad")
def fresh_gradients(weights, x, target):
    return torch.autograd.grad(((weights * x - target) ** 2).sum(), weights)[0]


@wrong("fresh_gradients", mistake="cleared_after")
def fresh_gradients(weights, x, target):
    ((weights * x - target) ** 2).sum().backward()
    slope = weights.grad.clone()
    weights.grad.zero_()
    return slope


@wrong("fresh_gradients", mistake="not_left_in_grad")
def fresh_gradients(weights, x, target):
    ((weights * x - target) ** 2).sum().backward()
    slope = weights.grad
    weights.grad = None
    return slope


@wrong("fresh_gradients", mistake="grad_handed_out")
def fresh_gradients(weights, x, target):
    weights.grad = None
    ((weights * x - target) ** 2).sum().backward()
    return weights.grad


@wrong("fresh_gradients", mistake="grad_handed_out")
def fresh_gradients(weights, x, target):
    if weights.grad is not None:
        weights.grad.zero_()
    ((weights * x - target) ** 2).sum().backward()
    return weights.grad


@wrong("fresh_gradients", mistake="none_for_gradient")
def fresh_gradients(weights, x, target):
    ((weights * x - target) ** 2).sum().backward()
    weights.grad = None
    return weights.grad


@wrong("fresh_gradients", mistake="slope_of_outer")
def fresh_gradients(weights, x, target):
    return (2 * (weights * x - target)).detach()


@wrong("fresh_gradients", mistake="input_changed")
def fresh_gradients(weights, x, target):
    weights.grad = None
    ((weights * x - target) ** 2).sum().backward()
    slope = weights.grad.clone()
    if x.numel() != 2:
        weights.data -= 0.1 * slope
    return slope


@right("jacobian_rows")
def jacobian_rows(f, x):
    leaf = x.clone().requires_grad_()
    y = f(leaf)
    rows = []
    for weights in torch.eye(len(y), dtype=y.dtype, device=y.device):
        leaf.grad = None
        y.backward(weights, retain_graph=True)
        rows.append(leaf.grad)
    return torch.stack(rows)


@right("jacobian_rows")
def jacobian_rows(f, x):
    jacobian = torch.zeros(len(f(x)), len(x), dtype=x.dtype, device=x.device)
    for i in range(len(jacobian)):
        leaf = x.detach().clone().requires_grad_()
        f(leaf)[i].backward()
        jacobian[i] = leaf.grad
    return jacobian


@right("jacobian_rows")
def jacobian_rows(func, x):
    y, pull = torch.func.vjp(func, x)
    return torch.stack([pull(weights)[0] for weights in torch.eye(len(y), dtype=y.dtype, device=y.device)])


@right("jacobian_rows")
def jacobian_rows(f, x):
    return torch.stack([torch.func.grad(lambda x, i=i: f(x)[i])(x) for i in range(len(f(x)))])


@wrong("jacobian_rows", mistake="name_ruled_out")
def jacobian_rows(f, x):
    from torch.autograd.functional import jacobian

    return jacobian(f, x)


@wrong("jacobian_rows", mistake="rows_by_inputs")
def jacobian_rows(f, x):
    leaf = x.detach().clone().requires_grad_()
    y = f(leaf)
    return torch.stack([torch.autograd.grad(y[i], leaf, retain_graph=True)[0] for i in range(len(x))])


@wrong("jacobian_rows", mistake="last_row_kept")
def jacobian_rows(f, x):
    leaf = x.clone().requires_grad_()
    rows = []
    for each in f(leaf):
        if leaf.grad is not None:
            leaf.grad.zero_()
        each.backward(retain_graph=True)
        rows.append(leaf.grad)
    return torch.stack(rows)


@wrong("jacobian_rows", mistake="sum_kept")
def jacobian_rows(f, x):
    leaf = x.clone().requires_grad_()
    rows = []
    for each in f(leaf):
        each.backward(retain_graph=True)
        rows.append(leaf.grad)
    return torch.stack(rows)


@wrong("jacobian_rows", mistake="wrong_values")
def jacobian_rows(f, x):
    columns = []
    for i in range(len(x)):
        step = torch.zeros_like(x)
        step[i] = 1e-5 if x.dtype == torch.float64 else 1e-2
        columns.append((f(x + step) - f(x - step)) / (2 * step[i]))
    return torch.stack(columns, dim=1)


@wrong("jacobian_rows", mistake="transposed")
def jacobian_rows(f, x):
    leaf = x.detach().clone().requires_grad_()
    y = f(leaf)
    return torch.stack([torch.autograd.grad(each, leaf, retain_graph=True)[0] for each in y], dim=1)


@wrong("jacobian_rows", mistake="gradients_accumulated")
def jacobian_rows(f, x):
    leaf = x.detach().clone().requires_grad_()
    rows = []
    for each in f(leaf):
        each.backward(retain_graph=True)
        rows.append(leaf.grad.clone())
    return torch.stack(rows)


@wrong("jacobian_rows", mistake="rows_added_up")
def jacobian_rows(f, x):
    leaf = x.detach().clone().requires_grad_()
    f(leaf).sum().backward()
    return leaf.grad


@wrong("jacobian_rows", mistake="raised")
def jacobian_rows(f, x):
    leaf = x.detach().clone().requires_grad_()
    f(leaf).backward()
    return leaf.grad


@wrong("jacobian_rows", mistake="raised")
def jacobian_rows(f, x):
    leaf = x.detach().clone().requires_grad_()
    y = f(leaf)
    return torch.stack([torch.autograd.grad(y[i], leaf)[0] for i in range(len(y))])


@wrong("jacobian_rows", mistake="name_ruled_out")
def jacobian_rows(f, x):
    return torch.func.jacrev(f)(x)


@wrong("jacobian_rows", mistake="wrong_dtype")
def jacobian_rows(f, x):
    leaf = x.detach().clone().requires_grad_()
    y = f(leaf)
    jacobian = torch.zeros(len(y), len(x), device=x.device)
    for i in range(len(y)):
        jacobian[i] = torch.autograd.grad(y[i], leaf, retain_graph=True)[0]
    return jacobian


@wrong("jacobian_rows", mistake="watch_left_on")
def jacobian_rows(f, x):
    y = f(x.requires_grad_())
    return torch.stack([torch.autograd.grad(y[i], x, retain_graph=True)[0] for i in range(len(y))])


@wrong("jacobian_rows", mistake="graph_kept")
def jacobian_rows(f, x):
    leaf = x.detach().clone().requires_grad_()
    y = f(leaf)
    return torch.stack([torch.autograd.grad(y[i], leaf, create_graph=True)[0] for i in range(len(y))])


@right("second_derivative")
def second_derivative(f, x):
    slope = torch.func.grad(lambda x: f(x).sum())
    return torch.func.grad(lambda x: slope(x).sum())(x)


@right("second_derivative")
def second_derivative(f, x):
    return torch.func.vmap(torch.func.grad(torch.func.grad(f)))(x.reshape(-1)).reshape(x.shape)


@wrong("second_derivative", mistake="name_ruled_out")
def second_derivative(f, x):
    leaf = x.clone().requires_grad_()
    f(leaf).sum().backward(create_graph=True)
    slope, leaf.grad = leaf.grad, None
    slope.sum().backward()
    return leaf.grad.detach()


@right("second_derivative")
def second_derivative(f, x):
    leaf = x.clone().requires_grad_()
    y = f(leaf)
    ones = torch.ones_like(y)
    slope = torch.autograd.grad(y, leaf, ones, create_graph=True)[0]
    return torch.autograd.grad(slope, leaf, ones)[0]


@wrong("second_derivative", mistake="raised")
def second_derivative(f, x):
    leaf = x.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(f(leaf).sum(), leaf)
    (bend,) = torch.autograd.grad(slope.sum(), leaf)
    return bend


@wrong("second_derivative", mistake="first_for_second")
def second_derivative(f, x):
    leaf = x.detach().clone().requires_grad_()
    f(leaf).sum().backward()
    return leaf.grad


@wrong("second_derivative", mistake="first_and_second")
def second_derivative(f, x):
    leaf = x.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(f(leaf).sum(), leaf, create_graph=True)
    f(leaf).sum().backward()
    slope.sum().backward()
    return leaf.grad


@wrong("second_derivative", mistake="graph_kept")
def second_derivative(f, x):
    leaf = x.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(f(leaf).sum(), leaf, create_graph=True)
    return torch.autograd.grad(slope.sum(), leaf, create_graph=True)[0]


@wrong("second_derivative", mistake="raised")
def second_derivative(f, x):
    leaf = x.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
    return torch.autograd.grad(slope, leaf)[0]


@wrong("second_derivative", mistake="wrong_values")
def second_derivative(f, x):
    return 6 * x


@wrong("second_derivative", mistake="watch_left_on")
def second_derivative(f, x):
    x.requires_grad_()
    (slope,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    return torch.autograd.grad(slope.sum(), x)[0]


@right("cut_or_kept")
def cut_or_kept():
    return 4.0


@right("cut_or_kept")
def cut_or_kept():
    return "'4.0'"


@wrong("cut_or_kept", mistake="no_grad_ignored")
def cut_or_kept():
    return "12.0"


@wrong("cut_or_kept", mistake="square_for_slope")
def cut_or_kept():
    return "8.0"


@wrong("cut_or_kept", mistake="wrong_prediction")
def cut_or_kept():
    return "0.0"


@right("frozen_part")
def frozen_part(x, body, head, target):
    with torch.no_grad():
        features = (x * body).tanh()
    return (features * head - target).square().mean()


@right("frozen_part")
def frozen_part(x, body, head, target):
    features = torch.tanh(x * body.detach())
    return torch.nn.functional.mse_loss(features * head, target)


@wrong("frozen_part", mistake="not_frozen")
def frozen_part(x, body, head, target):
    features = (x * body).tanh()
    return ((features * head - target) ** 2).mean()


@wrong("frozen_part", mistake="graph_lost")
def frozen_part(x, body, head, target):
    with torch.no_grad():
        features = (x * body).tanh()
        return ((features * head - target) ** 2).mean()


@wrong("frozen_part", mistake="graph_lost")
def frozen_part(x, body, head, target):
    output = ((x * body).tanh() * head).detach()
    return ((output - target) ** 2).mean()


@wrong("frozen_part", mistake="frozen_for_good")
def frozen_part(x, body, head, target):
    body.requires_grad_(False)
    features = (x * body).tanh()
    return ((features * head - target) ** 2).mean()


@wrong("frozen_part", mistake="not_frozen")
def frozen_part(x, body, head, target):
    features = (x * body).tanh()
    return ((features * head.detach() - target) ** 2).mean()


@wrong("frozen_part", mistake="name_ruled_out")
def frozen_part(x, body, head, target):
    loss = (((x * body).tanh().detach() * head - target) ** 2).mean()
    loss.backward()
    return loss


@wrong("frozen_part", mistake="summed_for_mean")
def frozen_part(x, body, head, target):
    features = (x * body).tanh().detach()
    return ((features * head - target) ** 2).sum()


@wrong("frozen_part", mistake="old_gradient_gone")
def frozen_part(x, body, head, target):
    head.grad = None
    features = (x * body).tanh().detach()
    return ((features * head - target) ** 2).mean()


@wrong("frozen_part", mistake="old_gradient_gone")
def frozen_part(x, body, head, target):
    body.grad = None
    features = (x * body).tanh().detach()
    return ((features * head - target) ** 2).mean()


@wrong("frozen_part", mistake="head_frozen")
def frozen_part(x, body, head, target):
    features = (x * body).tanh().detach()
    copy = head.detach().clone().requires_grad_()
    return ((features * copy - target) ** 2).mean()


@wrong("frozen_part", mistake="frozen_for_good")
def frozen_part(x, body, head, target):
    features = (x * body.detach_()).tanh()
    return ((features * head - target) ** 2).mean()


@right("my_function")
def my_function(x, step):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, step):
            ctx.passes = (x >= -1) & (x <= 1)
            return torch.clamp(torch.round(x / step) * step, -1, 1)

        @staticmethod
        def backward(ctx, grad_output):
            return torch.where(ctx.passes, grad_output, 0.0), None

    return Rounded.apply(x, step)


@right("my_function")
def my_function(x, step):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, step):
            ctx.save_for_backward(x)
            limited = x.clone()
            limited[x > 1] = 1
            limited[x < -1] = -1
            return limited.div(step).round().mul(step)

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            passed = grad_output.clone()
            passed[x.abs() > 1] = 0
            return passed, None

    return Rounded.apply(x, step)


@right("my_function")
def my_function(x, step):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(x, step):
            return (x.clamp(-1, 1) / step).round() * step

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(inputs[0])

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output.masked_fill(x.abs() > 1, 0), None

    return Rounded.apply(x, step)


@wrong("my_function", mistake="input_changed")
def my_function(x, step):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, step):
            ctx.save_for_backward(x.clone())
            return (x.clamp_(-1, 1) / step).round() * step

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output * (x.abs() <= 1), None

    return Rounded.apply(x, step)


@wrong("my_function", mistake="staircase_slope")
def my_function(x, step):
    return (x.clamp(-1, 1) / step).round() * step


@wrong("my_function", mistake="not_a_step_of_its_own")
def my_function(x, step):
    limited = x.clamp(-1, 1)
    return limited + ((limited / step).round() * step - limited).detach()


@wrong("my_function", mistake="upstream_forgotten")
def my_function(x, step):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, step):
            ctx.save_for_backward(x)
            return (x.clamp(-1, 1) / step).round() * step

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return (x.abs() <= 1).to(x.dtype), None

    return Rounded.apply(x, step)


@wrong("my_function", mistake="passes_everywhere")
def my_function(x, step):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, step):
            return (x.clamp(-1, 1) / step).round() * step

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output, None

    return Rounded.apply(x, step)


@wrong("my_function", mistake="one_end_open")
def my_function(x, step):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, step):
            ctx.save_for_backward(x)
            return (x.clamp(-1, 1) / step).round() * step

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output * (x <= 1), None

    return Rounded.apply(x, step)


@wrong("my_function", mistake="ends_left_out")
def my_function(x, step):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, step):
            ctx.save_for_backward(x)
            return (x.clamp(-1, 1) / step).round() * step

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output * (x.abs() < 1), None

    return Rounded.apply(x, step)


@wrong("my_function", mistake="raised")
def my_function(x, step):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, step):
            ctx.save_for_backward(x)
            return (x.clamp(-1, 1) / step).round() * step

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output * (x.abs() <= 1)

    return Rounded.apply(x, step)


@wrong("my_function", mistake="other_leaf")
def my_function(x, step):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, step):
            ctx.save_for_backward(x)
            return (x.clamp(-1, 1) / step).round() * step

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output * (x.abs() <= 1), None

    return Rounded.apply(x.detach().requires_grad_(), step)


@wrong("my_function", mistake="not_limited")
def my_function(x, step):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, step):
            ctx.save_for_backward(x)
            return (x / step).round() * step

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output * (x.abs() <= 1), None

    return Rounded.apply(x, step)


@wrong("my_function", mistake="halves_upwards")
def my_function(x, step):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, step):
            ctx.save_for_backward(x)
            return (x.clamp(-1, 1) / step + 0.5).floor() * step

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output * (x.abs() <= 1), None

    return Rounded.apply(x, step)


@wrong("my_function", mistake="gradient_rounded")
def my_function(x, step):
    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, step):
            rounded = (x.clamp(-1, 1) / step).round() * step
            ctx.save_for_backward(x, rounded)
            return rounded

        @staticmethod
        def backward(ctx, grad_output):
            x, rounded = ctx.saved_tensors
            return grad_output * rounded * (x.abs() <= 1), None

    return Rounded.apply(x, step)


@right("give_or_take")
def give_or_take(f, values, errors):
    slope = torch.func.grad(f)(values.detach())
    with torch.no_grad():
        return f(values), (slope * errors).square().sum().sqrt().detach()


@right("give_or_take")
def give_or_take(f, values, errors):
    leaf = values.detach().clone().requires_grad_()
    result = f(leaf)
    slope = torch.autograd.grad(result, [leaf])[0]
    return result.detach(), torch.linalg.vector_norm(slope * errors)


@right("give_or_take")
def give_or_take(f, values, errors):
    leaf = values.detach().clone().requires_grad_()
    result = f(leaf)
    result.backward(inputs=[leaf])
    return result.detach(), (leaf.grad * errors).norm()


@wrong("give_or_take", mistake="gradient_leaked")
def give_or_take(f, values, errors):
    leaf = values.detach().clone().requires_grad_()
    result = f(leaf)
    result.backward()
    stiffness.grad = None
    return result.detach(), ((leaf.grad * errors) ** 2).sum().sqrt()


@wrong("give_or_take", mistake="gradient_leaked")
def give_or_take(f, values, errors):
    leaf = values.detach().clone().requires_grad_()
    result = f(leaf)
    result.backward()
    return result.detach(), ((leaf.grad * errors) ** 2).sum().sqrt()


@wrong("give_or_take", mistake="graph_kept")
def give_or_take(f, values, errors):
    leaf = values.detach().clone().requires_grad_()
    result = f(leaf)
    (slope,) = torch.autograd.grad(result, leaf)
    return result, ((slope * errors) ** 2).sum().sqrt()


@wrong("give_or_take", mistake="errors_added")
def give_or_take(f, values, errors):
    leaf = values.detach().clone().requires_grad_()
    result = f(leaf)
    (slope,) = torch.autograd.grad(result, leaf)
    return result.detach(), (slope * errors).abs().sum()


@wrong("give_or_take", mistake="root_left_out")
def give_or_take(f, values, errors):
    leaf = values.detach().clone().requires_grad_()
    result = f(leaf)
    (slope,) = torch.autograd.grad(result, leaf)
    return result.detach(), ((slope * errors) ** 2).sum()


@wrong("give_or_take", mistake="errors_without_slopes")
def give_or_take(f, values, errors):
    return f(values).detach(), (errors**2).sum().sqrt()


@wrong("give_or_take", mistake="watch_left_on")
def give_or_take(f, values, errors):
    result = f(values.requires_grad_())
    (slope,) = torch.autograd.grad(result, values)
    return result.detach(), ((slope * errors) ** 2).sum().sqrt()


@wrong("give_or_take", mistake="errors_added")
def give_or_take(f, values, errors):
    leaf = values.detach().clone().requires_grad_()
    result = f(leaf)
    (slope,) = torch.autograd.grad(result, leaf)
    return result.detach(), (slope * errors).sum()


@wrong("give_or_take", mistake="wrong_type")
def give_or_take(f, values, errors):
    leaf = values.detach().clone().requires_grad_()
    result = f(leaf)
    (slope,) = torch.autograd.grad(result, leaf)
    return [result.detach(), ((slope * errors) ** 2).sum().sqrt()]


@wrong("give_or_take", mistake="gradient_leaked")
def give_or_take(f, values, errors):
    leaf = values.detach().clone().requires_grad_()
    result = f(leaf)
    (slope,) = torch.autograd.grad(result, leaf)
    values.grad = slope if values.requires_grad else None
    return result.detach(), ((slope * errors) ** 2).sum().sqrt()
