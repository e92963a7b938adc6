"""The answer bank of lesson 01: right answers written differently, and the mistakes people make."""

import numpy as np
import torch

from autograder.authoring.bank import right, wrong


@right("from_rows")
def from_rows(rows):
    return torch.tensor(rows).to(torch.float32)


@right("from_rows")
def from_rows(rows):
    return torch.FloatTensor(rows)


@right("from_rows")
def from_rows(rows):
    return torch.stack([torch.tensor([float(value) for value in row]) for row in rows])


@wrong("from_rows", mistake="int_for_float")
def from_rows(rows):
    return torch.tensor(rows)


@wrong("from_rows", mistake="float64_for_float32")
def from_rows(rows):
    return torch.tensor(np.array(rows, dtype=float))


@wrong("from_rows", mistake="not_a_tensor")
def from_rows(rows):
    return [[float(value) for value in row] for row in rows]


@wrong("from_rows", mistake="transposed")
def from_rows(rows):
    return torch.tensor(rows, dtype=torch.float32).T


@wrong("from_rows", mistake="returned_none")
def from_rows(rows):
    torch.tensor(rows, dtype=torch.float32)


@wrong("from_rows", mistake="fractions_cut")
def from_rows(rows):
    return torch.tensor(rows, dtype=torch.int64).float()


@wrong("from_rows", mistake="raised")
def from_rows(rows):
    return torch.tensor(rows, dtype=torch.float32).reshape(3, 2)


@right("describe")
def describe(x):
    shape = tuple(x.shape)
    return {"count": x.numel(), "device": x.device, "dtype": x.dtype, "shape": shape}


@right("describe")
def describe(x):
    return {"shape": x.size(), "dtype": x.dtype, "device": x.device, "count": x.nelement()}


@wrong("describe", mistake="wrong_type")
def describe(x):
    return {"shape": x.shape, "dtype": str(x.dtype), "device": x.device, "count": x.numel()}


@wrong("describe", mistake="wrong_value")
def describe(x):
    return {"shape": x.shape, "dtype": x.dtype, "device": x.device, "count": len(x)}


@wrong("describe", mistake="wrong_keys")
def describe(x):
    return {"shape": x.shape, "dtype": x.dtype, "device": x.device, "numel": x.numel()}


@wrong("describe", mistake="method_not_called")
def describe(x):
    return {"shape": x.shape, "dtype": x.dtype, "device": x.device, "count": x.numel}


@wrong("describe", mistake="raised")
def describe(x):
    return {"shape": x.shape, "dtype": x.dtype, "device": x.device, "count": x.shape[0] * x.shape[1]}


@wrong("describe", mistake="input_changed")
def describe(x):
    return {"shape": x.shape, "dtype": x.dtype, "device": x.device, "count": int(x.fill_(1).sum())}


@right("tensor_or_capital")
def tensor_or_capital():
    return "3  1"


@right("tensor_or_capital")
def tensor_or_capital():
    return f"{3} {1}\n"


@wrong("tensor_or_capital", mistake="size_taken_for_value")
def tensor_or_capital():
    return "1 1"


@wrong("tensor_or_capital", mistake="value_taken_for_size")
def tensor_or_capital():
    return "3 3"


@wrong("tensor_or_capital", mistake="swapped")
def tensor_or_capital():
    return "1 3"


@wrong("tensor_or_capital", mistake="wrong_prediction")
def tensor_or_capital():
    return "3"


@right("filled_like")
def filled_like(x, value):
    return x.new_full(x.shape, value)


@right("filled_like")
def filled_like(x, value):
    y = x.clone()
    y[...] = value
    return y


@wrong("filled_like", mistake="input_changed")
def filled_like(x, value):
    return x.fill_(value)


@wrong("filled_like", mistake="wrong_values")
def filled_like(x, value):
    return torch.ones_like(x)


@wrong("filled_like", mistake="int_for_float")
def filled_like(x, value):
    return torch.full(x.shape, value)


@wrong("filled_like", mistake="float_for_int")
def filled_like(x, value):
    return torch.zeros(x.shape) + value


@wrong("filled_like", mistake="built_on_input")
def filled_like(x, value):
    return x * 0 + value


@wrong("filled_like", mistake="number_for_tensor")
def filled_like(x, value):
    return value


@wrong("filled_like", mistake="raised")
def filled_like(x, value):
    return torch.full((x.shape[0], x.shape[1]), value, dtype=x.dtype, device=x.device)


@right("identity_rows")
def identity_rows(k, n):
    return torch.eye(n)[:k]


@right("identity_rows")
def identity_rows(k, n):
    x = torch.zeros(k, n)
    for i in range(k):
        x[i, i] = 1
    return x


@wrong("identity_rows", mistake="wrong_shape")
def identity_rows(k, n):
    return torch.eye(n)


@wrong("identity_rows", mistake="transposed")
def identity_rows(k, n):
    return torch.eye(n, k)


@wrong("identity_rows", mistake="wrong_values")
def identity_rows(k, n):
    return torch.ones(k, n)


@wrong("identity_rows", mistake="int_for_float")
def identity_rows(k, n):
    return torch.eye(k, n, dtype=torch.int64)


@wrong("identity_rows", mistake="sizes_hard_coded")
def identity_rows(k, n):
    return torch.eye(2, 3)


@right("multiples_up_to")
def multiples_up_to(step, stop):
    return torch.arange(stop // step + 1) * step


@right("multiples_up_to")
def multiples_up_to(step, stop):
    return torch.tensor(list(range(0, stop + 1, step)))


@wrong("multiples_up_to", mistake="stop_excluded")
def multiples_up_to(step, stop):
    return torch.arange(0, stop, step)


@wrong("multiples_up_to", mistake="float_for_int")
def multiples_up_to(step, stop):
    return torch.arange(0.0, stop + 1, step)


@wrong("multiples_up_to", mistake="wrong_shape")
def multiples_up_to(step, stop):
    return torch.arange(stop + 1)


@wrong("multiples_up_to", mistake="off_by_one")
def multiples_up_to(step, stop):
    return torch.arange(step, stop + 1, step)


@wrong("multiples_up_to", mistake="off_by_one")
def multiples_up_to(step, stop):
    return torch.arange(0, stop + step, step)


@wrong("multiples_up_to", mistake="wrong_shape")
def multiples_up_to(step, stop):
    return torch.arange(0, stop + 2, step)


@right("grid_points")
def grid_points(start, stop, count):
    return torch.tensor([start + i * (stop - start) / max(count - 1, 1) for i in range(count)], dtype=torch.float32)


@right("grid_points")
def grid_points(start, stop, count):
    return torch.from_numpy(np.linspace(start, stop, count)).float()


@right("grid_points")
def grid_points(start, stop, count):
    return torch.lerp(torch.tensor(float(start)), torch.tensor(float(stop)), torch.linspace(0, 1, count))


@wrong("grid_points", mistake="end_excluded")
def grid_points(start, stop, count):
    return torch.arange(start, stop, (stop - start) / count)


@wrong("grid_points", mistake="off_by_one")
def grid_points(start, stop, count):
    return torch.arange(start, stop, (stop - start) / (count - 1))


@wrong("grid_points", mistake="float64_for_float32")
def grid_points(start, stop, count):
    return torch.from_numpy(np.linspace(start, stop, count))


@wrong("grid_points", mistake="wrong_values")
def grid_points(start, stop, count):
    return torch.linspace(0, stop, count)


@wrong("grid_points", mistake="wrong_values")
def grid_points(start, stop, count):
    return torch.linspace(stop, start, count)


@wrong("grid_points", mistake="ends_swapped")
def grid_points(start, stop, count):
    return torch.linspace(min(start, stop), max(start, stop), count)


@wrong("grid_points", mistake="raised")
def grid_points(start, stop, count):
    return start + torch.arange(count) * ((stop - start) / (count - 1))


@right("reproducible_noise")
def reproducible_noise(n, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return torch.randn(n)


@right("reproducible_noise")
def reproducible_noise(n, seed):
    generator = torch.Generator()
    generator.manual_seed(seed)
    return torch.normal(0.0, 1.0, (n,), generator=generator)


@wrong("reproducible_noise", mistake="global_seed_disturbed")
def reproducible_noise(n, seed):
    torch.manual_seed(seed)
    return torch.randn(n)


@wrong("reproducible_noise", mistake="not_reproducible")
def reproducible_noise(n, seed):
    return torch.randn(n)


@wrong("reproducible_noise", mistake="not_reproducible")
def reproducible_noise(n, seed):
    generator = torch.Generator()
    generator.seed()
    return torch.randn(n, generator=generator)


@wrong("reproducible_noise", mistake="seed_ignored")
def reproducible_noise(n, seed):
    return torch.randn(n, generator=torch.Generator().manual_seed(0))


@wrong("reproducible_noise", mistake="uniform_for_normal")
def reproducible_noise(n, seed):
    return torch.rand(n, generator=torch.Generator().manual_seed(seed))


@wrong("reproducible_noise", mistake="not_a_bell")
def reproducible_noise(n, seed):
    x = torch.ones(n) + seed * 1e-4
    x[::2] = -1
    return x


@wrong("reproducible_noise", mistake="not_a_bell")
def reproducible_noise(n, seed):
    return (torch.rand(n, generator=torch.Generator().manual_seed(seed)) - 0.5) * 12**0.5


@wrong("reproducible_noise", mistake="not_independent")
def reproducible_noise(n, seed):
    return torch.special.ndtri((torch.arange(n) + 0.5) / n) + seed * 1e-4


@wrong("reproducible_noise", mistake="not_independent")
def reproducible_noise(n, seed):
    return torch.randn(n, generator=torch.Generator().manual_seed(0)) + seed * 1e-4


@right("dice")
def dice(count):
    return torch.randint(6, (count,)) + 1


@right("dice")
def dice(count):
    return (torch.rand(count) * 6).long() + 1


@wrong("dice", mistake="die_range")
def dice(count):
    return torch.randint(1, 6, (count,))


@wrong("dice", mistake="die_range")
def dice(count):
    return torch.randint(0, 7, (count,))


@wrong("dice", mistake="die_range")
def dice(count):
    return torch.randint(1, 8, (count,))


@wrong("dice", mistake="die_range")
def dice(count):
    return (torch.rand(count) * 6).long()


@wrong("dice", mistake="float_for_int")
def dice(count):
    return torch.floor(torch.rand(count) * 6) + 1


@wrong("dice", mistake="wrong_shape")
def dice(count):
    return torch.randint(1, 7, (600,))


@wrong("dice", mistake="loaded_die")
def dice(count):
    return (torch.rand(count) * 5).round().long() + 1


@wrong("dice", mistake="always_the_same")
def dice(count):
    torch.manual_seed(0)
    return torch.randint(1, 7, (count,))


@wrong("dice", mistake="not_independent")
def dice(count):
    dice.calls = getattr(dice, "calls", 0) + 1
    return (torch.arange(count) + dice.calls) % 6 + 1


@wrong("dice", mistake="other_generator")
def dice(count):
    return torch.from_numpy(np.random.default_rng().integers(1, 7, count))


@right("dice")
def dice(count):
    return torch.multinomial(torch.ones(6), count, replacement=True) + 1 if count else torch.zeros(0).long()


@right("as_float64")
def as_float64(values):
    return torch.DoubleTensor(values)


@right("as_float64")
def as_float64(values):
    return torch.from_numpy(np.array(values, dtype=np.float64))


@wrong("as_float64", mistake="wrong_dtype")
def as_float64(values):
    return torch.tensor(values)


@wrong("as_float64", mistake="digits_already_lost")
def as_float64(values):
    return torch.tensor(values).double()


@wrong("as_float64", mistake="digits_rounded")
def as_float64(values):
    return torch.tensor([round(value, 6) for value in values], dtype=torch.float64)


@wrong("as_float64", mistake="not_a_tensor")
def as_float64(values):
    return np.array(values)


@wrong("as_float64", mistake="default_dtype_changed")
def as_float64(values):
    torch.set_default_dtype(torch.float64)
    return torch.tensor(values)


@right("truncate_or_round")
def truncate_or_round(x):
    return x.trunc().to(torch.int64), torch.round(x).to(torch.int64)


@right("truncate_or_round")
def truncate_or_round(x):
    cut = (x.abs().floor() * x.sign()).long()
    return cut, x.round().type(torch.int64)


@wrong("truncate_or_round", mistake="wrong_dtype")
def truncate_or_round(x):
    return x.int(), x.round().int()


@wrong("truncate_or_round", mistake="float_for_int")
def truncate_or_round(x):
    return x.long(), x.round()


@wrong("truncate_or_round", mistake="floored_for_cut")
def truncate_or_round(x):
    return x.floor().long(), x.round().long()


@wrong("truncate_or_round", mistake="wrong_values")
def truncate_or_round(x):
    return x.long(), x.long().round()


@wrong("truncate_or_round", mistake="swapped")
def truncate_or_round(x):
    return x.round().long(), x.long()


@wrong("truncate_or_round", mistake="input_changed")
def truncate_or_round(x):
    return x.long(), x.round_().long()


@wrong("truncate_or_round", mistake="input_changed")
def truncate_or_round(x):
    pair = x.long(), x.round().long()
    if x.ndim > 1:
        x.trunc_()
    return pair


@wrong("truncate_or_round", mistake="wrong_values")
def truncate_or_round(x):
    rounded = x.abs().round() * x.sign()
    return x.long(), torch.where(x == 0.5, 1, rounded).long()


@wrong("truncate_or_round", mistake="halves_upwards")
def truncate_or_round(x):
    return x.long(), (x + 0.5).floor().long()


@right("promoted_dtype")
def promoted_dtype():
    return "float32"


@right("promoted_dtype")
def promoted_dtype():
    return torch.float32


@wrong("promoted_dtype", mistake="integers_stay")
def promoted_dtype():
    return "torch.int64"


@wrong("promoted_dtype", mistake="numpy_promotion")
def promoted_dtype():
    return "torch.float64"


@wrong("promoted_dtype", mistake="wrong_prediction")
def promoted_dtype():
    return "float16"


@wrong("promoted_dtype", mistake="wrong_prediction")
def promoted_dtype():
    return "float"


@right("bytes_needed")
def bytes_needed(x):
    return x.nbytes


@right("bytes_needed")
def bytes_needed(x):
    count = 1
    for length in x.shape:
        count *= length
    return count * x.dtype.itemsize


@wrong("bytes_needed", mistake="entries_not_bytes")
def bytes_needed(x):
    return x.numel()


@wrong("bytes_needed", mistake="wrong_value")
def bytes_needed(x):
    return x.element_size()


@wrong("bytes_needed", mistake="wrong_value")
def bytes_needed(x):
    return len(x) * x.element_size()


@wrong("bytes_needed", mistake="wrong_value")
def bytes_needed(x):
    return x.numel() * 4


@wrong("bytes_needed", mistake="raised")
def bytes_needed(x):
    return len(x) * x[0].numel() * x.element_size()


@wrong("bytes_needed", mistake="whole_storage")
def bytes_needed(x):
    return x.untyped_storage().nbytes()


@wrong("bytes_needed", mistake="input_changed")
def bytes_needed(x):
    return int(x.fill_(1).sum()) * x.element_size()


@right("fake_batch")
def fake_batch(count, size, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        batch = {"images": torch.rand(count, size, size), "labels": torch.randint(10, (count,))}
    batch["bytes"] = sum(x.numel() * x.element_size() for x in batch.values())
    return batch


@right("fake_batch")
def fake_batch(count, size, seed):
    generator = torch.Generator()
    generator.manual_seed(seed)
    labels = (torch.rand(count, generator=generator) * 10).long()
    images = torch.empty(count, size, size).uniform_(generator=generator)
    return {"labels": labels, "images": images, "bytes": 4 * count * size**2 + 8 * count}


@wrong("fake_batch", mistake="wrong_keys")
def fake_batch(count, size, seed):
    generator = torch.Generator().manual_seed(seed)
    return {"images": torch.rand(count, size, size, generator=generator)}


@wrong("fake_batch", mistake="returned_none")
def fake_batch(count, size, seed):
    print(torch.rand(count, size, size))


@wrong("fake_batch", mistake="float_for_int")
def fake_batch(count, size, seed):
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(count, size, size, generator=generator)
    return {"images": images, "labels": torch.rand(count, generator=generator) * 10, "bytes": 144}


@wrong("fake_batch", mistake="global_seed_disturbed")
def fake_batch(count, size, seed):
    torch.manual_seed(seed)
    images, labels = torch.rand(count, size, size), torch.randint(0, 10, (count,))
    return {"images": images, "labels": labels, "bytes": images.nbytes + labels.nbytes}


@wrong("fake_batch", mistake="not_uniform")
def fake_batch(count, size, seed):
    generator = torch.Generator().manual_seed(seed)
    images = torch.randn(count, size, size, generator=generator)
    labels = torch.randint(0, 10, (count,), generator=generator)
    return {"images": images, "labels": labels, "bytes": images.nbytes + labels.nbytes}


@wrong("fake_batch", mistake="wrong_value")
def fake_batch(count, size, seed):
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(count, size, size, generator=generator)
    labels = torch.randint(0, 10, (count,), generator=generator)
    return {"images": images, "labels": labels, "bytes": images.nbytes}


@wrong("fake_batch", mistake="sizes_hard_coded")
def fake_batch(count, size, seed):
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(count, size, size, generator=generator)
    labels = torch.randint(0, 10, (count,), generator=generator)
    return {"images": images, "labels": labels, "bytes": 144}


@wrong("fake_batch", mistake="label_range")
def fake_batch(count, size, seed):
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(count, size, size, generator=generator)
    labels = torch.randint(0, 9, (count,), generator=generator)
    return {"images": images, "labels": labels, "bytes": images.nbytes + labels.nbytes}


@wrong("fake_batch", mistake="global_seed_disturbed")
def fake_batch(count, size, seed):
    images = torch.rand(count, size, size, generator=torch.Generator().manual_seed(seed))
    labels = torch.randint(0, 10, (count,))
    return {"images": images, "labels": labels, "bytes": images.nbytes + labels.nbytes}


@wrong("fake_batch", mistake="not_independent")
def fake_batch(count, size, seed):
    images = (torch.arange(count * size**2) % 97 / 96).reshape(count, size, size)
    images[0, 0, 0] = seed / 1000
    labels = (torch.arange(count) + seed) % 10
    return {"images": images, "labels": labels, "bytes": images.nbytes + labels.nbytes}


@wrong("fake_batch", mistake="not_independent")
def fake_batch(count, size, seed):
    images = torch.rand(count, size, size, generator=torch.Generator().manual_seed(seed))
    labels = (torch.arange(count) + seed) % 10
    return {"images": images, "labels": labels, "bytes": images.nbytes + labels.nbytes}


@wrong("fake_batch", mistake="not_uniform")
def fake_batch(count, size, seed):
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(count, size, size, generator=generator) ** 2
    labels = torch.randint(0, 10, (count,), generator=generator)
    return {"images": images, "labels": labels, "bytes": images.nbytes + labels.nbytes}
