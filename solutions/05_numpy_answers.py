"""The answer bank of lesson 05: right answers written differently, and the mistakes people make."""

import numpy as np
import torch

from autograder.authoring.bank import right, wrong


@right("random_double_array")
def random_double_array():
    array = torch.rand((3, 2), dtype=torch.double).numpy().copy()
    return array, array.dtype.name


@right("random_double_array")
def random_double_array():
    numbers = torch.rand(6, dtype=torch.float64).reshape(3, 2)
    return np.array(numbers.tolist()), "float64"


@wrong("random_double_array", mistake="torch_name_for_numpy")
def random_double_array():
    x = torch.rand(3, 2, dtype=torch.float64)
    return x.numpy(), str(x.dtype)


@wrong("random_double_array", mistake="wrong_dtype")
def random_double_array():
    array = torch.rand(3, 2).numpy()
    return array, str(array.dtype)


@wrong("random_double_array", mistake="digits_already_lost")
def random_double_array():
    array = torch.rand(3, 2).double().numpy()
    return array, str(array.dtype)


@wrong("random_double_array", mistake="wrong_type")
def random_double_array():
    x = torch.rand(3, 2, dtype=torch.float64)
    return x, str(x.numpy().dtype)


@wrong("random_double_array", mistake="wrong_type")
def random_double_array():
    return torch.rand(3, 2, dtype=torch.float64).numpy()


@wrong("random_double_array", mistake="transposed")
def random_double_array():
    array = torch.rand(3, 2, dtype=torch.float64).T.numpy()
    return array, str(array.dtype)


@wrong("random_double_array", mistake="wrong_values")
def random_double_array():
    array = np.random.default_rng(0).random((3, 2))
    return array, str(array.dtype)


@wrong("random_double_array", mistake="wrong_values")
def random_double_array(own=torch.Generator().manual_seed(0)):  # noqa: B008 - one for all calls is the mistake
    array = torch.rand(3, 2, dtype=torch.float64, generator=own).numpy()
    return array, str(array.dtype)


@wrong("random_double_array", mistake="seeded_inside")
def random_double_array():
    torch.manual_seed(0)
    array = torch.rand(3, 2, dtype=torch.float64).numpy()
    return array, str(array.dtype)


@right("up_by_one_twice")
def up_by_one_twice():
    return "2.0  1.0\n"


@right("up_by_one_twice")
def up_by_one_twice():
    return f"{2.0} {1.0}"


@wrong("up_by_one_twice", mistake="rebound_for_write")
def up_by_one_twice():
    return "2.0 2.0"


@wrong("up_by_one_twice", mistake="sharing_forgotten")
def up_by_one_twice():
    return "2.0 0.0"


@wrong("up_by_one_twice", mistake="swapped")
def up_by_one_twice():
    return "1.0 2.0"


@wrong("up_by_one_twice", mistake="rebinding_forgotten")
def up_by_one_twice():
    return "1.0 1.0"


@wrong("up_by_one_twice", mistake="wrong_prediction")
def up_by_one_twice():
    return "2 1"


@right("increment_both")
def increment_both(array):
    np.add(array, 1, out=array)
    return torch.from_numpy(array)


@right("increment_both")
def increment_both(array):
    array += 1
    return torch.as_tensor(array)


@right("increment_both")
def increment_both(array):
    tensor = torch.from_numpy(array)
    array[...] = array + 1
    return tensor


@wrong("increment_both", mistake="one_side_only")
def increment_both(array):
    return torch.from_numpy(array) + 1


@wrong("increment_both", mistake="one_side_only")
def increment_both(array):
    array = array + 1
    return torch.from_numpy(array)


@wrong("increment_both", mistake="one_side_only")
def increment_both(array):
    return torch.tensor(array).add_(1)


@wrong("increment_both", mistake="incremented_twice")
def increment_both(array):
    tensor = torch.from_numpy(array)
    array += 1
    tensor += 1
    return tensor


@wrong("increment_both", mistake="nothing_written")
def increment_both(array):
    tensor = torch.from_numpy(array)
    array = array + 1
    return tensor


@wrong("increment_both", mistake="copy_for_view")
def increment_both(array):
    array += 1
    return torch.tensor(array)


@wrong("increment_both", mistake="copy_for_view")
def increment_both(array):
    array += 1
    return torch.from_numpy(np.ascontiguousarray(array))


@wrong("increment_both", mistake="neighbours_changed")
def increment_both(array):
    whole, width = array, array.itemsize
    if array.ndim == 1:  # from its first entry to its last, with what lies between them
        count = (array.size - 1) * array.strides[0] // width + 1
        whole = np.lib.stride_tricks.as_strided(array, (count,), (width,))
    whole += 1
    return torch.from_numpy(array)


@wrong("increment_both", mistake="not_a_tensor")
def increment_both(array):
    array += 1
    return array


@wrong("increment_both", mistake="returned_none")
def increment_both(array):
    torch.from_numpy(array).add_(1)


@wrong("increment_both", mistake="float64_for_float32")
def increment_both(array):
    array += 1
    return torch.from_numpy(array).to(torch.float64 if array.dtype == np.float32 else torch.from_numpy(array).dtype)


@right("shared_or_not")
def shared_or_not():
    return " 7.0 0.0 0.0 "


@right("shared_or_not")
def shared_or_not():
    return f"{7.0} {0.0} {0.0}"


@wrong("shared_or_not", mistake="everything_shared")
def shared_or_not():
    return "7.0 7.0 7.0"


@wrong("shared_or_not", mistake="nothing_shared")
def shared_or_not():
    return "0.0 0.0 0.0"


@wrong("shared_or_not", mistake="shared_across_dtypes")
def shared_or_not():
    return "7.0 0.0 7.0"


@wrong("shared_or_not", mistake="shared_by_tensor")
def shared_or_not():
    return "7.0 7.0 0.0"


@wrong("shared_or_not", mistake="copied_by_from_numpy")
def shared_or_not():
    return "0.0 0.0 7.0"


@right("safe_copy")
def safe_copy(array):
    return torch.from_numpy(array.copy())


@right("safe_copy")
def safe_copy(array):
    return torch.as_tensor(array).clone()


@right("safe_copy")
def safe_copy(array):
    kind = torch.from_numpy(np.empty(0, array.dtype)).dtype
    return torch.tensor(array.tolist(), dtype=kind).reshape(array.shape)


@wrong("safe_copy", mistake="view_for_copy")
def safe_copy(array):
    return torch.from_numpy(array)


@wrong("safe_copy", mistake="view_for_copy")
def safe_copy(array):
    return torch.as_tensor(array)


@wrong("safe_copy", mistake="view_for_copy")
def safe_copy(array):
    return torch.from_numpy(array[:]).detach()


@wrong("safe_copy", mistake="view_for_copy")
def safe_copy(array):
    return torch.from_numpy(np.ascontiguousarray(array))


@wrong("safe_copy", mistake="wrong_dtype")
def safe_copy(array):
    return torch.tensor(array, dtype=torch.float32)


@wrong("safe_copy", mistake="input_changed")
def safe_copy(array):
    copied = torch.tensor(array)
    if array.flags.writeable:
        array[...] = 0
    return copied


@wrong("safe_copy", mistake="wrong_dtype")
def safe_copy(array):
    return torch.Tensor(array)


@wrong("safe_copy", mistake="not_a_tensor")
def safe_copy(array):
    return array.copy()


@wrong("safe_copy", mistake="float_for_int")
def safe_copy(array):
    return torch.tensor(array.tolist(), dtype=torch.float64)


@wrong("safe_copy", mistake="view_for_copy")
def safe_copy(array):
    return torch.from_numpy(array) if not array.flags.c_contiguous else torch.tensor(array)


@right("brighter")
def brighter():
    return "[200,44]"


@right("brighter")
def brighter():
    return [200, 44]


@wrong("brighter", mistake="wrapped_round")
def brighter():
    return "[200, 300]"


@wrong("brighter", mistake="limited_to_255")
def brighter():
    return "[200, 255]"


@wrong("brighter", mistake="zero_skipped")
def brighter():
    return "[200, 45]"


@wrong("brighter", mistake="wrong_prediction")
def brighter():
    return "[200, 43]"


@right("image_to_float")
def image_to_float(image):
    return torch.from_numpy(image) / 255


@right("image_to_float")
def image_to_float(image):
    return torch.tensor(image, dtype=torch.float32).div_(255)


@right("image_to_float")
def image_to_float(image):
    return torch.from_numpy(image.astype(np.float32) / 255)


@wrong("image_to_float", mistake="float64_for_float32")
def image_to_float(image):
    return torch.from_numpy(image / 255)


@wrong("image_to_float", mistake="not_scaled")
def image_to_float(image):
    return torch.from_numpy(image).float()


@wrong("image_to_float", mistake="converted_after_scaling")
def image_to_float(image):
    return torch.from_numpy(image // 255).float()


@wrong("image_to_float", mistake="divided_by_256")
def image_to_float(image):
    return torch.from_numpy(image).float() / 256


@wrong("image_to_float", mistake="scaled_by_its_own_maximum")
def image_to_float(image):
    return torch.from_numpy(image).float() / max(int(image.max(initial=0)), 1)


@wrong("image_to_float", mistake="stretched")
def image_to_float(image):
    x = torch.from_numpy(image).float()
    if x.numel() < 2:
        return x / 255
    return (x - x.min()) / (x.max() - x.min())


@wrong("image_to_float", mistake="wrong_values")
def image_to_float(image):
    return torch.from_numpy(image.astype(np.int8)).float() / 255


@wrong("image_to_float", mistake="wrong_shape")
def image_to_float(image):
    x = torch.from_numpy(image).float() / 255
    return x.movedim(-1, -3) if x.ndim > 2 else x  # channels first, as networks like it, and as nobody asked for


@wrong("image_to_float", mistake="wrong_dtype")
def image_to_float(image):
    return torch.from_numpy(image)


@wrong("image_to_float", mistake="input_changed")
def image_to_float(image):
    x = torch.from_numpy(image).float() / 255
    image[...] = 0
    return x


@right("float32_features")
def float32_features(table, names):
    return torch.tensor(np.stack([table[name] for name in names], axis=1), dtype=torch.float32)


@right("float32_features")
def float32_features(table, names):
    columns = [torch.as_tensor(table[name], dtype=torch.float32).unsqueeze(1) for name in names]
    return torch.cat(columns, dim=1)


@right("float32_features")
def float32_features(table, names):
    features = torch.zeros(len(table[names[0]]), len(names))
    for j, name in enumerate(names):
        features[:, j] = torch.from_numpy(table[name])
    return features


@wrong("float32_features", mistake="float64_for_float32")
def float32_features(table, names):
    return torch.from_numpy(np.stack([table[name] for name in names], axis=1))


@wrong("float32_features", mistake="transposed")
def float32_features(table, names):
    return torch.stack([torch.from_numpy(table[name]).float() for name in names])


@wrong("float32_features", mistake="columns_in_table_order")
def float32_features(table, names):
    return torch.stack([torch.from_numpy(column).float() for name, column in table.items() if name in names], dim=1)


@wrong("float32_features", mistake="existing_for_new_axis")
def float32_features(table, names):
    return torch.cat([torch.from_numpy(table[name]).float() for name in names])


@wrong("float32_features", mistake="wrong_shape")
def float32_features(table, names):
    return torch.stack([torch.from_numpy(column).float() for column in table.values()], dim=1)


@wrong("float32_features", mistake="dropped_axis")
def float32_features(table, names):
    return torch.stack([torch.from_numpy(table[name]).float() for name in names], dim=1).squeeze()


@wrong("float32_features", mistake="transposed")
def float32_features(table, names):
    return torch.stack([torch.from_numpy(table[name]).float() for name in names]).reshape(-1, len(names))


@right("from_flipped")
def from_flipped(array):
    return torch.from_numpy(np.array(array))


@wrong("from_flipped", mistake="raised")
def from_flipped(array):
    return torch.from_numpy(np.ascontiguousarray(array))


@right("from_flipped")
def from_flipped(array):
    axes = [axis for axis, stride in enumerate(array.strides) if stride < 0]
    return torch.from_numpy(np.flip(array, axes)).flip(axes)


@wrong("from_flipped", mistake="raised")
def from_flipped(array):
    return torch.from_numpy(array)


@wrong("from_flipped", mistake="raised")
def from_flipped(array):
    return torch.tensor(array)


@wrong("from_flipped", mistake="turned_back")
def from_flipped(array):
    return torch.from_numpy(array[::-1].copy())


@wrong("from_flipped", mistake="turned_back")
def from_flipped(array):
    return torch.from_numpy(array.copy()).flip(0)


@wrong("from_flipped", mistake="wrong_axis_reversed")
def from_flipped(array):
    return torch.from_numpy(array.copy()) if array.ndim == 1 else torch.from_numpy(array.copy()).flip(0)


@wrong("from_flipped", mistake="raised")
def from_flipped(array):
    return torch.from_numpy(array[::-1]).flip(0)


@wrong("from_flipped", mistake="turned_back")
def from_flipped(array):
    return torch.from_numpy(array.copy()) if array.ndim == 1 else torch.from_numpy(array[..., ::-1].copy())


@wrong("from_flipped", mistake="wrong_dtype")
def from_flipped(array):
    return torch.tensor(array.tolist())


@wrong("from_flipped", mistake="float64_for_float32")
def from_flipped(array):
    return torch.tensor(array.tolist(), dtype=torch.float64).reshape(array.shape)


@right("to_numpy")
def to_numpy(x):
    return x.numpy(force=True)


@right("to_numpy")
def to_numpy(x):
    with torch.no_grad():
        return x.cpu().detach().clone().numpy()


@right("to_numpy")
def to_numpy(x):
    return np.asarray(x.detach().cpu())


@wrong("to_numpy", mistake="raised")
def to_numpy(x):
    return x.cpu().numpy()


@wrong("to_numpy", mistake="raised")
def to_numpy(x):
    return x.detach().numpy()[:]


@wrong("to_numpy", mistake="wrong_type")
def to_numpy(x):
    return x.detach().cpu()


@wrong("to_numpy", mistake="wrong_type")
def to_numpy(x):
    return x.tolist()


@wrong("to_numpy", mistake="wrong_dtype")
def to_numpy(x):
    return np.array(x.tolist())


@wrong("to_numpy", mistake="wrong_dtype")
def to_numpy(x):
    return x.detach().cpu().float().numpy()


@wrong("to_numpy", mistake="no_longer_requires_grad")
def to_numpy(x):
    return x.requires_grad_(False).cpu().numpy()


@wrong("to_numpy", mistake="raised")
def to_numpy(x):
    needed = x.requires_grad
    array = x.requires_grad_(False).cpu().numpy()
    x.requires_grad_(needed)
    return array


@wrong("to_numpy", mistake="wrong_shape")
def to_numpy(x):
    return x.detach().cpu().reshape(-1).numpy() if x.ndim != 2 or 1 not in x.shape else x.detach().cpu().numpy()


@right("load_measurements")
def load_measurements(lines):
    header, *rows = [line.split(",") for line in lines]
    kept = [[float(cell) for cell in row] for row in rows if "" not in row]
    return tuple(header), torch.tensor(kept, dtype=torch.float32).reshape(-1, len(header))


@right("load_measurements")
def load_measurements(lines):
    names = tuple(lines[0].split(","))
    table = np.genfromtxt(lines[1:], delimiter=",").reshape(-1, len(names))
    return names, torch.tensor(table[~np.isnan(table).any(axis=1)], dtype=torch.float32)


@wrong("load_measurements", mistake="header_for_data")
def load_measurements(lines):
    table = np.genfromtxt(lines, delimiter=",", ndmin=2)
    return tuple(lines[0].split(",")), torch.from_numpy(table).float()


@wrong("load_measurements", mistake="missing_kept")
def load_measurements(lines):
    table = np.genfromtxt(lines, delimiter=",", skip_header=1, ndmin=2)
    return tuple(lines[0].split(",")), torch.from_numpy(table).float()


@wrong("load_measurements", mistake="missing_as_zero")
def load_measurements(lines):
    table = np.genfromtxt(lines, delimiter=",", skip_header=1, ndmin=2)
    return tuple(lines[0].split(",")), torch.from_numpy(table).float().nan_to_num()


@wrong("load_measurements", mistake="columns_left_out")
def load_measurements(lines):
    values = torch.from_numpy(np.genfromtxt(lines, delimiter=",", skip_header=1, ndmin=2)).float()
    return tuple(lines[0].split(",")), values[:, ~values.isnan().any(dim=0)]


@wrong("load_measurements", mistake="condition_reversed")
def load_measurements(lines):
    values = torch.from_numpy(np.genfromtxt(lines, delimiter=",", skip_header=1, ndmin=2)).float()
    return tuple(lines[0].split(",")), values[values.isnan().any(dim=1)]


@wrong("load_measurements", mistake="row_lost")
def load_measurements(lines):
    table = np.genfromtxt(lines[1:], delimiter=",", skip_header=1, ndmin=2)
    values = torch.from_numpy(table).float()
    return tuple(lines[0].split(",")), values[~values.isnan().any(1)]


@wrong("load_measurements", mistake="float64_for_float32")
def load_measurements(lines):
    table = np.genfromtxt(lines, delimiter=",", skip_header=1, ndmin=2)
    return tuple(lines[0].split(",")), torch.from_numpy(table[~np.isnan(table).any(axis=1)])


@wrong("load_measurements", mistake="wrong_type")
def load_measurements(lines):
    table = np.genfromtxt(lines, delimiter=",", skip_header=1, ndmin=2)
    values = torch.from_numpy(table).float()
    return lines[0].split(","), values[~values.isnan().any(1)]


@wrong("load_measurements", mistake="raised")
def load_measurements(lines):
    table = np.genfromtxt(lines, delimiter=",", skip_header=1)
    values = torch.from_numpy(table).float()
    return tuple(lines[0].split(",")), values[~values.isnan().any(dim=1)]


@wrong("load_measurements", mistake="raised")
def load_measurements(lines):
    return tuple(lines[0].split(",")), torch.from_numpy(np.loadtxt(lines, delimiter=",", skiprows=1)).float()


@wrong("load_measurements", mistake="wrong_shape")
def load_measurements(lines):
    values = torch.from_numpy(np.genfromtxt(lines, delimiter=",", skip_header=1, ndmin=2)).float()
    return tuple(lines[0].split(",")), values[~values.isnan()]


@wrong("load_measurements", mistake="input_changed")
def load_measurements(lines):
    names = tuple(lines.pop(0).split(","))
    values = torch.from_numpy(np.genfromtxt(lines, delimiter=",", ndmin=2)).float()
    return names, values[~values.isnan().any(dim=1)]


@wrong("load_measurements", mistake="missing_kept")
def load_measurements(lines):
    values = torch.from_numpy(np.genfromtxt(lines, delimiter=",", skip_header=1, ndmin=2)).float()
    return tuple(lines[0].split(",")), values[~values[:, -1].isnan()] if len(values) == 3 else values


@right("draw_points")
def draw_points(x, y, xlabel, ylabel):
    plt.figure()
    plt.scatter(to_numpy(x), to_numpy(y), color="tab:red", marker="x")
    plt.xlabel(xlabel)
    plt.ylabel(ylabel)


@right("draw_points")
def draw_points(x, y, xlabel, ylabel):
    axes = plt.figure().add_subplot()
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.scatter(x.tolist(), y.tolist())


@wrong("draw_points", mistake="raised")
def draw_points(x, y, xlabel, ylabel):
    _, axis = plt.subplots()
    axis.scatter(x, y)
    axis.set(xlabel=xlabel, ylabel=ylabel)


@wrong("draw_points", mistake="swapped")
def draw_points(x, y, xlabel, ylabel):
    _, axis = plt.subplots()
    axis.scatter(y.detach().cpu(), x.detach().cpu())
    axis.set(xlabel=xlabel, ylabel=ylabel)


@wrong("draw_points", mistake="no_scatter")
def draw_points(x, y, xlabel, ylabel):
    _, axis = plt.subplots()
    axis.plot(x.detach().cpu(), y.detach().cpu())
    axis.set(xlabel=xlabel, ylabel=ylabel)


@wrong("draw_points", mistake="not_one_figure")
def draw_points(x, y, xlabel, ylabel):
    figure, axis = plt.subplots()
    axis.scatter(x.detach().cpu(), y.detach().cpu())
    axis.set(xlabel=xlabel, ylabel=ylabel)
    plt.close(figure)


@wrong("draw_points", mistake="labels_exchanged")
def draw_points(x, y, xlabel, ylabel):
    _, axis = plt.subplots()
    axis.scatter(x.detach().cpu(), y.detach().cpu())
    axis.set(xlabel=ylabel, ylabel=xlabel)


@wrong("draw_points", mistake="not_one_figure")
def draw_points(x, y, xlabel, ylabel):
    plt.scatter(to_numpy(x), to_numpy(y))
    plt.xlabel(xlabel)
    plt.ylabel(ylabel)


@wrong("draw_points", mistake="raised")
def draw_points(x, y, xlabel, ylabel):
    _, axis = plt.subplots()
    axis.scatter(x.detach().cpu(), y.cpu())
    axis.set(xlabel=xlabel, ylabel=ylabel)


@wrong("draw_points", mistake="no_longer_requires_grad")
def draw_points(x, y, xlabel, ylabel):
    _, axis = plt.subplots()
    axis.scatter(x.detach_().cpu(), y.detach_().cpu())
    axis.set(xlabel=xlabel, ylabel=ylabel)


@wrong("draw_points", mistake="input_changed")
def draw_points(x, y, xlabel, ylabel):
    _, axis = plt.subplots()
    axis.scatter(x.detach().zero_().cpu(), y.detach().zero_().cpu())
    axis.set(xlabel=xlabel, ylabel=ylabel)


@wrong("draw_points", mistake="wrong_values")
def draw_points(x, y, xlabel, ylabel):
    _, axis = plt.subplots()
    axis.scatter(x.detach().cpu() * 0, y.detach().cpu() * 0)
    axis.set(xlabel=xlabel, ylabel=ylabel)


@right("scaled_by_scikit")
def scaled_by_scikit(x):
    array = StandardScaler().fit_transform(to_numpy(x))
    return torch.from_numpy(array).float().to(x.device)


@right("scaled_by_scikit")
def scaled_by_scikit(x):
    x = x.detach()
    spread = x.std(0, correction=0)
    return ((x - x.mean(0)) / torch.where(spread == 0, 1, spread)).float()


@wrong("scaled_by_scikit", mistake="raised")
def scaled_by_scikit(x):
    return torch.as_tensor(StandardScaler().fit_transform(x), dtype=torch.float32, device=x.device)


@wrong("scaled_by_scikit", mistake="wrong_device")
def scaled_by_scikit(x):
    return torch.from_numpy(StandardScaler().fit_transform(x.detach().cpu().numpy())).float()


@wrong("scaled_by_scikit", mistake="float64_for_float32")
def scaled_by_scikit(x):
    return torch.from_numpy(StandardScaler().fit_transform(x.detach().cpu().double().numpy())).to(x.device)


@wrong("scaled_by_scikit", mistake="float64_for_float32")
def scaled_by_scikit(x):
    return torch.from_numpy(StandardScaler().fit_transform(x.detach().cpu().numpy())).to(x.device)


@wrong("scaled_by_scikit", mistake="nan_for_equal_column")
def scaled_by_scikit(x):
    x = x.detach().float()
    return (x - x.mean(0)) / x.std(0, correction=0)


@wrong("scaled_by_scikit", mistake="graph_kept")
def scaled_by_scikit(x):
    spread = x.std(0, correction=0)
    return ((x - x.mean(0)) / torch.where(spread == 0, 1, spread)).float()


@wrong("scaled_by_scikit", mistake="unbiased_for_biased")
def scaled_by_scikit(x):
    x = x.detach().float()
    spread = x.std(0) if len(x) > 2 else x.std(0, correction=0)
    return (x - x.mean(0)) / torch.where(spread == 0, 1, spread)


@wrong("scaled_by_scikit", mistake="only_centred")
def scaled_by_scikit(x):
    x = x.detach().float()
    return x - x.mean(0)


@wrong("scaled_by_scikit", mistake="rows_scaled")
def scaled_by_scikit(x):
    scaled = StandardScaler().fit_transform(to_numpy(x.T))
    return torch.as_tensor(scaled.T, dtype=torch.float32, device=x.device)


@wrong("scaled_by_scikit", mistake="unbiased_for_biased")
def scaled_by_scikit(x):
    x = x.detach().float()
    return (x - x.mean(0)) / x.std(0)


@wrong("scaled_by_scikit", mistake="input_changed")
def scaled_by_scikit(x):
    scaled = StandardScaler(copy=False).fit_transform(to_numpy(x))
    return torch.as_tensor(scaled, dtype=torch.float32, device=x.device)


@wrong("scaled_by_scikit", mistake="not_a_tensor")
def scaled_by_scikit(x):
    return StandardScaler().fit_transform(x.detach().cpu().numpy())


@wrong("scaled_by_scikit", mistake="no_longer_requires_grad")
def scaled_by_scikit(x):
    array = x.requires_grad_(False).cpu().numpy()
    return torch.from_numpy(StandardScaler().fit_transform(array)).float().to(x.device)


@right("measure_gravity")
def measure_gravity(lines):
    names, values = load_measurements(lines)
    column = dict(zip(names, values.T, strict=True))
    length, squared = column["length_m"], (column["seconds"] / column["swings"]) ** 2
    return (4 * torch.pi**2 * length.dot(length) / length.dot(squared)).item()


@right("measure_gravity")
def measure_gravity(lines):
    table = np.genfromtxt(lines, delimiter=",", names=True)
    table = table[~np.isnan(np.array(table.tolist())).any(axis=1)]
    squared = (table["seconds"] / table["swings"]) ** 2
    slope = torch.linalg.lstsq(torch.tensor(table["length_m"])[:, None], torch.tensor(squared)[:, None]).solution
    return float(4 * np.pi**2 / slope)


@wrong("measure_gravity", mistake="swings_ignored")
def measure_gravity(lines):
    names, values = load_measurements(lines)
    length, seconds = values[:, names.index("length_m")], values[:, names.index("seconds")]
    line = LinearRegression(fit_intercept=False).fit(length[:, None].numpy(), (seconds**2).numpy())
    return 4 * np.pi**2 / line.coef_[0].item()


@wrong("measure_gravity", mistake="period_not_squared")
def measure_gravity(lines):
    names, values = load_measurements(lines)
    length, swings, seconds = (values[:, names.index(name)] for name in ("length_m", "swings", "seconds"))
    line = LinearRegression(fit_intercept=False).fit(length[:, None].numpy(), (seconds / swings).numpy())
    return 4 * np.pi**2 / line.coef_[0].item()


@wrong("measure_gravity", mistake="slope_for_gravity")
def measure_gravity(lines):
    names, values = load_measurements(lines)
    length, swings, seconds = (values[:, names.index(name)] for name in ("length_m", "swings", "seconds"))
    line = LinearRegression(fit_intercept=False).fit(length[:, None].numpy(), ((seconds / swings) ** 2).numpy())
    return line.coef_[0].item()


@wrong("measure_gravity", mistake="tensor_for_number")
def measure_gravity(lines):
    names, values = load_measurements(lines)
    length, swings, seconds = (values[:, names.index(name)] for name in ("length_m", "swings", "seconds"))
    return 4 * torch.pi**2 * length.dot(length) / length.dot((seconds / swings) ** 2)


@wrong("measure_gravity", mistake="intercept_fitted")
def measure_gravity(lines):
    names, values = load_measurements(lines)
    length, swings, seconds = (values[:, names.index(name)] for name in ("length_m", "swings", "seconds"))
    line = LinearRegression().fit(length[:, None].numpy(), ((seconds / swings) ** 2).numpy())
    return 4 * np.pi**2 / line.coef_[0].item()


@wrong("measure_gravity", mistake="ratios_averaged")
def measure_gravity(lines):
    names, values = load_measurements(lines)
    length, swings, seconds = (values[:, names.index(name)] for name in ("length_m", "swings", "seconds"))
    return 4 * torch.pi**2 / ((seconds / swings) ** 2 / length).mean().item()


@wrong("measure_gravity", mistake="gravities_averaged")
def measure_gravity(lines):
    names, values = load_measurements(lines)
    length, swings, seconds = (values[:, names.index(name)] for name in ("length_m", "swings", "seconds"))
    return (4 * torch.pi**2 * length / (seconds / swings) ** 2).mean().item()


@wrong("measure_gravity", mistake="columns_by_position")
def measure_gravity(lines):
    length, swings, seconds = load_measurements(lines)[1][:, :3].T
    return 4 * torch.pi**2 * (length.dot(length) / length.dot((seconds / swings) ** 2)).item()


@wrong("measure_gravity", mistake="wrong_value")
def measure_gravity(lines):
    return 9.340927
