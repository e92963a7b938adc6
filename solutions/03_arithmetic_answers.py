"""The answer bank of lesson 03: right answers written differently, and the mistakes people make."""

import torch

from autograder.authoring.bank import right, wrong


@right("celsius")
def celsius(fahrenheit):
    return fahrenheit.sub(32).mul(5).div(9)


@right("celsius")
def celsius(fahrenheit):
    return (fahrenheit - 32) / 1.8


@right("celsius")
def celsius(fahrenheit):
    kept = fahrenheit.clone()
    kept -= 32
    return kept * (5 / 9)


@wrong("celsius", mistake="precedence")
def celsius(fahrenheit):
    return fahrenheit - 32 * 5 / 9


@wrong("celsius", mistake="inverse_formula")
def celsius(fahrenheit):
    return fahrenheit * 9 / 5 + 32


@wrong("celsius", mistake="integer_division")
def celsius(fahrenheit):
    return (fahrenheit - 32) * 5 // 9


@wrong("celsius", mistake="integer_division")
def celsius(fahrenheit):
    return (fahrenheit - 32) * (5 // 9)


@wrong("celsius", mistake="input_changed")
def celsius(fahrenheit):
    fahrenheit -= 32
    return fahrenheit * 5 / 9


@wrong("celsius", mistake="returned_none")
def celsius(fahrenheit):
    fahrenheit = (fahrenheit - 32) * 5 / 9


@wrong("celsius", mistake="wrong_dtype")
def celsius(fahrenheit):
    return ((fahrenheit - 32) * 5 / 9).float()


@wrong("celsius", mistake="ratio_inverted")
def celsius(fahrenheit):
    return (fahrenheit - 32) * 9 / 5


@wrong("celsius", mistake="subtraction_lost")
def celsius(fahrenheit):
    fahrenheit.sub(32)
    return fahrenheit * 5 / 9


@right("floor_or_cut")
def floor_or_cut():
    return "[3,-4]"


@right("floor_or_cut")
def floor_or_cut():
    return [3, -4]


@wrong("floor_or_cut", mistake="cut_for_floor")
def floor_or_cut():
    return "[3, -3]"


@wrong("floor_or_cut", mistake="division_for_floor")
def floor_or_cut():
    return "[3.5, -3.5]"


@wrong("floor_or_cut", mistake="rounded_for_floor")
def floor_or_cut():
    return "[4, -4]"


@wrong("floor_or_cut", mistake="wrong_prediction")
def floor_or_cut():
    return "3 -4"


@right("scale_in_place")
def scale_in_place(x, factor):
    x *= factor
    return x


@right("scale_in_place")
def scale_in_place(x, factor):
    x[...] = x * factor
    return x


@right("scale_in_place")
def scale_in_place(x, factor):
    return torch.mul(x, factor, out=x)


@wrong("scale_in_place", mistake="new_tensor_for_in_place")
def scale_in_place(x, factor):
    return x * factor


@wrong("scale_in_place", mistake="result_ignored")
def scale_in_place(x, factor):
    x.mul(factor)
    return x


@wrong("scale_in_place", mistake="returned_none")
def scale_in_place(x, factor):
    x.mul_(factor)


@wrong("scale_in_place", mistake="new_tensor_for_in_place")
def scale_in_place(x, factor):
    x.mul_(factor)
    return x.clone()


@wrong("scale_in_place", mistake="raised")
def scale_in_place(x, factor):
    for i in range(x.shape[0]):
        x[i] = x[i] * factor
    return x


@right("add_into")
def add_into(a, b, out):
    return out.copy_(a + b)


@right("add_into")
def add_into(a, b, out):
    out[:] = a + b
    return out


@right("add_into")
def add_into(a, b, out):
    out.copy_(a)
    out += b
    return out


@wrong("add_into", mistake="new_tensor_for_in_place")
def add_into(a, b, out):
    return a + b


@wrong("add_into", mistake="out_added_to")
def add_into(a, b, out):
    out += a + b
    return out


@wrong("add_into", mistake="result_ignored")
def add_into(a, b, out):
    torch.add(a, b)
    return out


@wrong("add_into", mistake="input_changed")
def add_into(a, b, out):
    out.copy_(a.add_(b))
    return out


@wrong("add_into", mistake="returned_none")
def add_into(a, b, out):
    torch.add(a, b, out=out)


@wrong("add_into", mistake="raised")
def add_into(a, b, out):
    out.view(-1).copy_((a + b).reshape(-1))
    return out


@wrong("add_into", mistake="raised")
def add_into(a, b, out):
    for i in range(len(out)):
        for j in range(out.shape[1]):
            out[i, j] = a[i, j] + b[i, j]
    return out


@wrong("add_into", mistake="input_changed")
def add_into(a, b, out):
    return a.add_(b)


@right("decibels")
def decibels(wave):
    return 20 * wave.abs().clamp(min=1e-3).log10()


@right("decibels")
def decibels(wave):
    loud = torch.log10(wave**2) * 10
    return torch.where(loud < -60, -60.0, loud)


@right("decibels")
def decibels(wave):
    return torch.maximum(20 * wave.abs().log() / torch.log(torch.tensor(10.0)), torch.tensor(-60.0))


@wrong("decibels", mistake="natural_logarithm")
def decibels(wave):
    return (20 * wave.abs().log()).clamp(min=-60)


@wrong("decibels", mistake="no_limit")
def decibels(wave):
    return 20 * wave.abs().log10()


@wrong("decibels", mistake="limit_on_wrong_side")
def decibels(wave):
    return (20 * wave.abs().log10()).clamp(max=-60)


@wrong("decibels", mistake="sign_not_removed")
def decibels(wave):
    return (20 * wave.log10()).clamp(min=-60)


@wrong("decibels", mistake="input_changed")
def decibels(wave):
    return (20 * wave.abs_().log10()).clamp(min=-60)


@wrong("decibels", mistake="limited_above")
def decibels(wave):
    return (20 * wave.abs().log10()).clamp(-60, 0)


@wrong("decibels", mistake="wrong_values")
def decibels(wave):
    return (20 * (wave.abs() + 1e-3).log10()).clamp(min=-60)


@wrong("decibels", mistake="limited_too_early")
def decibels(wave):
    return 20 * wave.abs().log10().clamp(min=-60)


@wrong("decibels", mistake="wrong_values")
def decibels(wave):
    loudness = 20 * wave.abs().log10()
    return torch.where(loudness <= -80, -60.0, loudness)  # between the two nothing is limited


@wrong("decibels", mistake="only_silence_limited")
def decibels(wave):
    return torch.where(wave == 0, -60.0, 20 * wave.abs().log10())


@right("row_means")
def row_means(scores):
    return scores.sum(1, keepdim=True) / scores.shape[1]


@right("row_means")
def row_means(scores):
    return scores.mean(-1)[:, None]


@right("row_means")
def row_means(scores):
    means = scores.new_zeros(len(scores), 1)
    for i, row in enumerate(scores):
        means[i] = row.mean()
    return means


@wrong("row_means", mistake="keepdim_forgotten")
def row_means(scores):
    return scores.mean(dim=1)


@wrong("row_means", mistake="wrong_axis")
def row_means(scores):
    return scores.mean(dim=0, keepdim=True)


@wrong("row_means", mistake="wrong_axis_dropped")
def row_means(scores):
    return scores.mean(dim=0)


@wrong("row_means", mistake="whole_for_axis")
def row_means(scores):
    return scores.mean()


@wrong("row_means", mistake="sizes_hard_coded")
def row_means(scores):
    return scores.sum(1, keepdim=True) / 3


@wrong("row_means", mistake="input_changed")
def row_means(scores):
    scores[:, 0] = scores.mean(1)
    return scores[:, :1].clone()


@wrong("row_means", mistake="raised")
def row_means(scores):
    return scores.view(-1, 3).mean(1, keepdim=True)


@right("accuracy")
def accuracy(outputs, labels):
    return int((outputs.max(dim=1).indices == labels).sum()) / len(labels)


@right("accuracy")
def accuracy(outputs, labels):
    right = 0
    for row, label in zip(outputs, labels, strict=True):
        right += int(row.argmax() == label)
    return right / len(labels)


@wrong("accuracy", mistake="tensor_for_number")
def accuracy(outputs, labels):
    return (outputs.argmax(dim=1) == labels).float().mean()


@wrong("accuracy", mistake="raised")
def accuracy(outputs, labels):
    return (outputs.argmax(dim=1) == labels).mean().item()


@wrong("accuracy", mistake="raised")
def accuracy(outputs, labels):
    return (outputs.argmax(dim=0) == labels).float().mean().item()


@wrong("accuracy", mistake="count_for_share")
def accuracy(outputs, labels):
    return float((outputs.argmax(dim=1) == labels).sum())


@wrong("accuracy", mistake="percent_for_share")
def accuracy(outputs, labels):
    return 100 * (outputs.argmax(dim=1) == labels).float().mean().item()


@wrong("accuracy", mistake="pairs_for_entries")
def accuracy(outputs, labels):
    return (outputs.argmax(dim=1, keepdim=True) == labels).float().mean().item()


@wrong("accuracy", mistake="smallest_for_largest")
def accuracy(outputs, labels):
    return (outputs.argmin(dim=1) == labels).float().mean().item()


@wrong("accuracy", mistake="raised")
def accuracy(outputs, labels):
    return (outputs.max(dim=1) == labels).float().mean().item()


@wrong("accuracy", mistake="values_for_indices")
def accuracy(outputs, labels):
    return (outputs.max(dim=1).values == labels).float().mean().item()


@wrong("accuracy", mistake="wrong_ones_counted")
def accuracy(outputs, labels):
    return (outputs.argmax(dim=1) != labels).float().mean().item()


@wrong("accuracy", mistake="last_of_equals")
def accuracy(outputs, labels):
    last = outputs.shape[1] - 1 - outputs.flip(1).argmax(dim=1)
    return (last == labels).float().mean().item()


@wrong("accuracy", mistake="wrong_value")
def accuracy(outputs, labels):
    largest = outputs.amax(dim=1)
    at_label = outputs[torch.arange(len(labels), device=labels.device), labels]
    return (at_label == largest).float().mean().item()  # right but for ties


@wrong("accuracy", mistake="wrong_value")
def accuracy(outputs, labels):
    return (outputs.argmax(dim=1) == labels).float().sum().item() / 4


@wrong("accuracy", mistake="count_for_share")
def accuracy(outputs, labels):
    return (outputs.argmax(dim=1) == labels).sum().item()


@wrong("accuracy", mistake="divided_by_all")
def accuracy(outputs, labels):
    return (outputs.argmax(dim=1) == labels).sum().item() / outputs.numel()


@right("standardise_columns")
def standardise_columns(table):
    centred = table - table.mean(dim=0, keepdim=True)
    return centred / (table.std(dim=0, keepdim=True, unbiased=False) + 1e-8)


@right("standardise_columns")
def standardise_columns(table):
    centred = table - table.sum(0) / len(table)
    variance = (centred**2).mean(0)
    return torch.where(variance > 0, centred / variance.sqrt(), torch.zeros_like(centred))


@right("standardise_columns")
def standardise_columns(table):
    return torch.nan_to_num((table - table.mean(0)) / table.std(0, correction=0))


@right("standardise_columns")
def standardise_columns(table):
    std = table.std(dim=0, correction=0)
    std[std == 0] = 1
    return (table - table.mean(dim=0)) / std


@right("standardise_columns")
def standardise_columns(table):
    equal = table.amax(dim=0) == table.amin(dim=0)
    std = torch.where(equal, 1.0, table.std(dim=0, correction=0))
    return torch.where(equal, 0.0, (table - table.mean(dim=0)) / std)


@wrong("standardise_columns", mistake="unbiased_for_biased")
def standardise_columns(table):
    std = table.std(dim=0)
    return (table - table.mean(dim=0)) / torch.where(std == 0, 1.0, std)


@wrong("standardise_columns", mistake="divided_by_zero")
def standardise_columns(table):
    return (table - table.mean(dim=0)) / table.std(dim=0, correction=0)


@wrong("standardise_columns", mistake="raised")
def standardise_columns(table):
    return (table - table.mean(dim=1)) / table.std(dim=1, correction=0)


@wrong("standardise_columns", mistake="wrong_axis")
def standardise_columns(table):
    return (table - table.mean(dim=1, keepdim=True)) / table.std(dim=1, keepdim=True, correction=0)


@wrong("standardise_columns", mistake="whole_for_axis")
def standardise_columns(table):
    return (table - table.mean()) / table.std(correction=0)


@wrong("standardise_columns", mistake="variance_for_deviation")
def standardise_columns(table):
    return (table - table.mean(dim=0)) / table.var(dim=0, correction=0)


@wrong("standardise_columns", mistake="only_centred")
def standardise_columns(table):
    return table - table.mean(dim=0)


@wrong("standardise_columns", mistake="input_changed")
def standardise_columns(table):
    std = table.std(dim=0, correction=0)
    table -= table.mean(dim=0)
    return table / torch.where(std == 0, 1.0, std)


@wrong("standardise_columns", mistake="wrong_values")
def standardise_columns(table):
    std = table.std(dim=0, correction=0)
    return (table - table.mean(dim=0)) / std.clamp(min=1)


@wrong("standardise_columns", mistake="precedence")
def standardise_columns(table):
    return table - table.mean(dim=0) / table.std(dim=0, correction=0)


@wrong("standardise_columns", mistake="divided_by_zero")
def standardise_columns(table):
    n = len(table)
    std = table.std(dim=0) * ((n - 1) / n) ** 0.5  # nan where n is 1
    return (table - table.mean(dim=0)) / torch.where(std == 0, 1.0, std)


@right("which_shape")
def which_shape():
    return "(4,4)"


@right("which_shape")
def which_shape():
    return (4, 4)


@wrong("which_shape", mistake="shape_by_entries")
def which_shape():
    return "(4, 1)"


@wrong("which_shape", mistake="shape_by_entries")
def which_shape():
    return "(4,)"


@wrong("which_shape", mistake="wrong_prediction")
def which_shape():
    return "RuntimeError"


@right("outer_product")
def outer_product(a, b):
    return a.unsqueeze(1) * b.unsqueeze(0)


@right("outer_product")
def outer_product(a, b):
    return torch.einsum("i,j->ij", a, b)


@right("outer_product")
def outer_product(a, b):
    return (b * a[:, None]).contiguous()


@right("outer_product")
def outer_product(a, b):
    outer = a.reshape(-1, 1).expand(len(a), len(b))
    return outer * b


@wrong("outer_product", mistake="raised")
def outer_product(a, b):
    return a * b


@wrong("outer_product", mistake="name_ruled_out")
def outer_product(a, b):
    outer = torch.outer
    return outer(a, b)


@wrong("outer_product", mistake="transposed")
def outer_product(a, b):
    return a * b[:, None]


@wrong("outer_product", mistake="raised")
def outer_product(a, b):
    return a @ b


@wrong("outer_product", mistake="name_ruled_out")
def outer_product(a, b):
    return torch.outer(a, b)


@wrong("outer_product", mistake="loop_used")
def outer_product(a, b):
    return torch.stack([value * b for value in a])


@wrong("outer_product", mistake="int_for_float")
def outer_product(a, b):
    return a.long()[:, None] * b.long()


@wrong("outer_product", mistake="raised")
def outer_product(a, b):
    return a.reshape(3, 1) * b


@wrong("outer_product", mistake="name_ruled_out")
def outer_product(a, b):
    return a.ger(b)


@right("pairwise_distances")
def pairwise_distances(a, b):
    return (a.unsqueeze(1) - b).pow(2).sum(-1).sqrt()


@right("pairwise_distances")
def pairwise_distances(a, b):
    return (b[None] - a[:, None]).norm(dim=-1)


@right("pairwise_distances")
def pairwise_distances(a, b):
    gaps = a[:, None, :] - b[None, :, :]
    return torch.einsum("ijk,ijk->ij", gaps, gaps) ** 0.5


@wrong("pairwise_distances", mistake="root_forgotten")
def pairwise_distances(a, b):
    return ((a[:, None, :] - b[None, :, :]) ** 2).sum(dim=2)


@wrong("pairwise_distances", mistake="summed_over_points")
def pairwise_distances(a, b):
    return ((a[:, None, :] - b[None, :, :]) ** 2).sum(dim=1).sqrt()


@wrong("pairwise_distances", mistake="not_squared")
def pairwise_distances(a, b):
    return (a[:, None, :] - b[None, :, :]).sum(dim=2).abs()


@wrong("pairwise_distances", mistake="along_axes")
def pairwise_distances(a, b):
    return (a[:, None, :] - b[None, :, :]).abs().sum(dim=2)


@wrong("pairwise_distances", mistake="not_added_up")
def pairwise_distances(a, b):
    return ((a[:, None, :] - b[None, :, :]) ** 2).sqrt()


@wrong("pairwise_distances", mistake="transposed")
def pairwise_distances(a, b):
    return ((b[:, None, :] - a[None, :, :]) ** 2).sum(dim=2).sqrt()


@wrong("pairwise_distances", mistake="raised")
def pairwise_distances(a, b):
    return ((a - b) ** 2).sum(dim=1).sqrt()


@wrong("pairwise_distances", mistake="name_ruled_out")
def pairwise_distances(a, b):
    return torch.cdist(a, b)


@wrong("pairwise_distances", mistake="loop_used")
def pairwise_distances(a, b):
    return torch.stack([((point - b) ** 2).sum(dim=1).sqrt() for point in a])


@wrong("pairwise_distances", mistake="digits_cancelled")
def pairwise_distances(a, b):
    squares = (a**2).sum(dim=1)[:, None] + (b**2).sum(dim=1)
    return (squares - 2 * a @ b.T).clamp(min=0).sqrt()


@wrong("pairwise_distances", mistake="raised")
def pairwise_distances(a, b):
    x = (a[:, 0, None] - b[:, 0]) ** 2
    y = (a[:, 1, None] - b[:, 1]) ** 2
    return (x + y + 0 * (a[:, None, :] - b[None, :, :]).reshape(len(a), len(b), 2).sum(2)).sqrt()


@wrong("pairwise_distances", mistake="exponent_without_brackets")
def pairwise_distances(a, b):
    return ((a[:, None] - b) ** 2).sum(-1) ** 1 / 2


@right("hadamard_or_matmul")
def hadamard_or_matmul():
    return "[0,2]  [2,1]"


@right("hadamard_or_matmul")
def hadamard_or_matmul():
    return f"{[0, 2]} {[2, 1]}"


@wrong("hadamard_or_matmul", mistake="swapped")
def hadamard_or_matmul():
    return "[2, 1] [0, 2]"


@wrong("hadamard_or_matmul", mistake="hadamard_for_matmul")
def hadamard_or_matmul():
    return "[0, 2] [0, 2]"


@wrong("hadamard_or_matmul", mistake="matmul_for_hadamard")
def hadamard_or_matmul():
    return "[2, 1] [2, 1]"


@right("batch_product")
def batch_product(a, b):
    return torch.matmul(a, b)


@right("batch_product")
def batch_product(a, b):
    return torch.einsum("nij,njk->nik" if b.ndim == 3 else "nij,jk->nik", a, b)


@right("batch_product")
def batch_product(a, b):
    return (a[..., None] * (b[:, None] if b.ndim == 3 else b)).sum(2)


@wrong("batch_product", mistake="hadamard_for_matmul")
def batch_product(a, b):
    return a * b


@wrong("batch_product", mistake="operands_swapped")
def batch_product(a, b):
    return b @ a


@wrong("batch_product", mistake="first_of_batch")
def batch_product(a, b):
    return a @ b[0]


@wrong("batch_product", mistake="raised")
def batch_product(a, b):
    return torch.bmm(a, b)


@wrong("batch_product", mistake="raised")
def batch_product(a, b):
    return torch.mm(a, b)


@wrong("batch_product", mistake="loop_used")
def batch_product(a, b):
    return torch.stack([a[i] @ (b[i] if b.ndim == 3 else b) for i in range(len(a))])


@wrong("batch_product", mistake="raised")
def batch_product(a, b):
    return torch.bmm(a, b[None] if b.ndim == 2 else b)


@wrong("batch_product", mistake="raised")
def batch_product(a, b):
    return (a @ b).reshape(a.shape)  # right for square matrices


@right("stable_softmax")
def stable_softmax(x, dim):
    return (x - torch.logsumexp(x, dim, keepdim=True)).exp()


@right("stable_softmax")
def stable_softmax(x, dim):
    y = x - x.max(dim, keepdim=True).values
    y.exp_()
    y /= y.sum(dim, keepdim=True)
    return y


@right("stable_softmax")
def stable_softmax(x, dim):
    softmax = (x - x.amax(dim, keepdim=True)).exp()
    softmax /= softmax.sum(dim, keepdim=True)
    return softmax


@wrong("stable_softmax", mistake="overflowed")
def stable_softmax(x, dim):
    return x.exp() / x.exp().sum(dim=dim, keepdim=True)


@wrong("stable_softmax", mistake="max_of_all")
def stable_softmax(x, dim):
    powers = (x - x.max()).exp()
    return powers / powers.sum(dim=dim, keepdim=True)


@wrong("stable_softmax", mistake="whole_for_axis")
def stable_softmax(x, dim):
    powers = (x - x.max()).exp()
    return powers / powers.sum()


@wrong("stable_softmax", mistake="raised")
def stable_softmax(x, dim):
    powers = (x - x.max(dim=dim, keepdim=True)).exp()
    return powers / powers.sum(dim=dim, keepdim=True)


@wrong("stable_softmax", mistake="raised")
def stable_softmax(x, dim):
    powers = (x - x.amax(dim=dim)).exp()
    return powers / powers.sum(dim=dim)


@wrong("stable_softmax", mistake="not_divided")
def stable_softmax(x, dim):
    return (x - x.amax(dim=dim, keepdim=True)).exp()


@wrong("stable_softmax", mistake="wrong_axis")
def stable_softmax(x, dim):
    powers = (x - x.amax(dim=0, keepdim=True)).exp()
    return powers / powers.sum(dim=0, keepdim=True)


@wrong("stable_softmax", mistake="dim_ignored")
def stable_softmax(x, dim):
    powers = (x - x.amax(dim=-1, keepdim=True)).exp()
    return powers / powers.sum(dim=-1, keepdim=True)


@wrong("stable_softmax", mistake="input_changed")
def stable_softmax(x, dim):
    x -= x.amax(dim=dim, keepdim=True)
    return x.exp() / x.exp().sum(dim=dim, keepdim=True)


@wrong("stable_softmax", mistake="name_ruled_out")
def stable_softmax(x, dim):
    return torch.softmax(x, dim=dim)


@wrong("stable_softmax", mistake="wrong_values")
def stable_softmax(x, dim):
    powers = x.clamp(max=80).exp()
    return powers / powers.sum(dim=dim, keepdim=True)


@wrong("stable_softmax", mistake="summed_over_all")
def stable_softmax(x, dim):
    powers = (x - x.amax(dim=dim, keepdim=True)).exp()
    return powers / powers.sum()


@wrong("stable_softmax", mistake="overflowed")
def stable_softmax(x, dim):
    powers = (x - x.mean(dim=dim, keepdim=True)).exp()
    return powers / powers.sum(dim=dim, keepdim=True)


@wrong("stable_softmax", mistake="wrong_values")
def stable_softmax(x, dim):
    axis = 0 if dim == 0 else 1  # right for two axes, counted from the front
    powers = (x - x.amax(dim=axis, keepdim=True)).exp()
    return powers / powers.sum(dim=axis, keepdim=True)


@right("geometric_mean")
def geometric_mean(x, dim):
    return torch.exp(torch.log(x).sum(dim) / x.shape[dim])


@right("geometric_mean")
def geometric_mean(x, dim):
    return 2 ** x.log2().mean(dim)


@right("geometric_mean")
def geometric_mean(x, dim):
    return (x.double() ** (1 / x.shape[dim])).prod(dim).float()


@wrong("geometric_mean", mistake="arithmetic_for_geometric")
def geometric_mean(x, dim):
    return x.mean(dim)


@wrong("geometric_mean", mistake="product_overflowed")
def geometric_mean(x, dim):
    return x.prod(dim) ** (1 / x.shape[dim])


@wrong("geometric_mean", mistake="log_left")
def geometric_mean(x, dim):
    return x.log().mean(dim)


@wrong("geometric_mean", mistake="product_for_mean")
def geometric_mean(x, dim):
    return x.prod(dim)


@wrong("geometric_mean", mistake="product_for_mean")
def geometric_mean(x, dim):
    return x.log().sum(dim).exp()


@wrong("geometric_mean", mistake="wrong_axis")
def geometric_mean(x, dim):
    return x.log().mean(0).exp()


@wrong("geometric_mean", mistake="whole_for_axis")
def geometric_mean(x, dim):
    return x.log().mean().exp()


@wrong("geometric_mean", mistake="dim_ignored")
def geometric_mean(x, dim):
    return x.log().mean(-1).exp()


@wrong("geometric_mean", mistake="kept_axis")
def geometric_mean(x, dim):
    return x.log().mean(dim, keepdim=True).exp()


@wrong("geometric_mean", mistake="wrong_values")
def geometric_mean(x, dim):
    return (x + 1e-3).log().mean(dim).exp()


@wrong("geometric_mean", mistake="input_changed")
def geometric_mean(x, dim):
    return x.log_().mean(dim).exp()


@wrong("geometric_mean", mistake="exponent_without_brackets")
def geometric_mean(x, dim):
    return x.prod(dim) ** 1 / x.shape[dim]


@wrong("geometric_mean", mistake="sizes_hard_coded")
def geometric_mean(x, dim):
    return (x.log().sum(dim) / 2).exp()


@wrong("geometric_mean", mistake="product_overflowed")
def geometric_mean(x, dim):
    return (x.double().prod(dim) ** (1 / x.shape[dim])).float()  # float64 ends as well


@right("nearest_mean")
def nearest_mean(stations, readings, places, k):
    order = pairwise_distances(places, stations).argsort(dim=1)
    return readings[order[:, :k]].mean(dim=1)


@right("nearest_mean")
def nearest_mean(stations, readings, places, k):
    nearest = (-torch.cdist(places, stations)).topk(k).indices
    return readings[nearest].sum(-1) / k


@right("nearest_mean")
def nearest_mean(stations, readings, places, k):
    far = pairwise_distances(places, stations)
    limit = far.sort(dim=1).values[:, k - 1 : k]
    taken = (far <= limit).float()
    return taken @ readings / k


@wrong("nearest_mean", mistake="farthest_for_nearest")
def nearest_mean(stations, readings, places, k):
    return readings[pairwise_distances(places, stations).topk(k, dim=1).indices].mean(dim=1)


@wrong("nearest_mean", mistake="distances_for_values")
def nearest_mean(stations, readings, places, k):
    return pairwise_distances(places, stations).topk(k, dim=1, largest=False).values.mean(dim=1)


@wrong("nearest_mean", mistake="k_ignored")
def nearest_mean(stations, readings, places, k):
    return readings[pairwise_distances(places, stations).argmin(dim=1)]


@wrong("nearest_mean", mistake="places_for_values")
def nearest_mean(stations, readings, places, k):
    return pairwise_distances(places, stations).topk(k, dim=1, largest=False).indices.float().mean(dim=1)


@wrong("nearest_mean", mistake="wrong_axis")
def nearest_mean(stations, readings, places, k):
    return readings[pairwise_distances(places, stations).topk(k, dim=1, largest=False).indices].mean(dim=0)


@wrong("nearest_mean", mistake="wrong_axis_sorted")
def nearest_mean(stations, readings, places, k):
    return readings[pairwise_distances(places, stations).argsort(dim=0)[:, :k]].mean(dim=1)


@wrong("nearest_mean", mistake="stations_for_places")
def nearest_mean(stations, readings, places, k):
    return readings[pairwise_distances(places, stations).topk(k, dim=0, largest=False).indices].mean(dim=0)


@wrong("nearest_mean", mistake="whole_for_axis")
def nearest_mean(stations, readings, places, k):
    return readings[pairwise_distances(places, stations).topk(k, dim=1, largest=False).indices].mean()


@wrong("nearest_mean", mistake="not_averaged")
def nearest_mean(stations, readings, places, k):
    return readings[pairwise_distances(places, stations).topk(k, dim=1, largest=False).indices]


@wrong("nearest_mean", mistake="k_hard_coded")
def nearest_mean(stations, readings, places, k):
    return readings[pairwise_distances(places, stations).argsort(dim=1)[:, :2]].mean(dim=1)


@wrong("nearest_mean", mistake="raised")
def nearest_mean(stations, readings, places, k):
    nearest = pairwise_distances(places, stations).topk(k, dim=1, largest=False)
    return readings[nearest].mean(dim=1)


@wrong("nearest_mean", mistake="loop_used")
def nearest_mean(stations, readings, places, k):
    far = pairwise_distances(places, stations)
    return torch.stack([readings[row.topk(k, largest=False).indices].mean() for row in far])


@wrong("nearest_mean", mistake="stations_for_places")
def nearest_mean(stations, readings, places, k):
    far = pairwise_distances(stations, places)
    return readings[far.topk(k, dim=1, largest=False).indices].mean(dim=1)


@wrong("nearest_mean", mistake="rows_for_columns")
def nearest_mean(stations, readings, places, k):
    order = pairwise_distances(places, stations).argsort(dim=1)
    return readings[order[:k]].mean(dim=1)


@wrong("nearest_mean", mistake="not_divided_by_k")
def nearest_mean(stations, readings, places, k):
    nearest = pairwise_distances(places, stations).topk(k, largest=False).indices
    return readings[nearest].sum(dim=1)


@wrong("nearest_mean", mistake="wrong_values")
def nearest_mean(stations, readings, places, k):
    apart = (places[:, None] - stations).abs().sum(dim=2)
    return readings[apart.topk(k, largest=False).indices].mean(dim=1)
