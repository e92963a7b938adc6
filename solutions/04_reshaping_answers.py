"""The answer bank of lesson 04: right answers written differently, and the mistakes people make."""

import torch

from autograder.authoring.bank import right, wrong


@right("as_columns")
def as_columns(readings, sensors):
    return readings.view(len(readings) // sensors, sensors)


@right("as_columns")
def as_columns(readings, sensors):
    return readings.unflatten(0, (len(readings) // sensors, sensors))


@right("as_columns")
def as_columns(readings, sensors):
    return torch.stack([readings[i::sensors] for i in range(sensors)], dim=1)


@wrong("as_columns", mistake="filled_downwards")
def as_columns(readings, sensors):
    return readings.reshape(sensors, -1).T


@wrong("as_columns", mistake="sizes_swapped")
def as_columns(readings, sensors):
    return readings.reshape(sensors, -1)


@wrong("as_columns", mistake="wrong_shape")
def as_columns(readings, sensors):
    return readings.reshape(-1, 2)


@wrong("as_columns", mistake="returned_none")
def as_columns(readings, sensors):
    readings.reshape(-1, sensors)


@wrong("as_columns", mistake="not_a_tensor")
def as_columns(readings, sensors):
    return readings.reshape(-1, sensors).tolist()


@wrong("as_columns", mistake="raised")
def as_columns(readings, sensors):
    return torch.stack([readings[i : i + sensors] for i in range(0, len(readings), sensors)])


@wrong("as_columns", mistake="input_changed")
def as_columns(readings, sensors):
    return readings.resize_(len(readings) // sensors, sensors)


@right("flatten_batch")
def flatten_batch(x):
    features = 1
    for size in x.shape[1:]:
        features *= size
    return x.reshape(len(x), features)


@right("flatten_batch")
def flatten_batch(x):
    return torch.flatten(x, start_dim=1, end_dim=-1)


@right("flatten_batch")
def flatten_batch(x):
    return torch.nn.Flatten()(x)


@wrong("flatten_batch", mistake="batch_merged_too")
def flatten_batch(x):
    return x.flatten()


@wrong("flatten_batch", mistake="permuted_for_reshaped")
def flatten_batch(x):
    return x.permute(0, *range(x.ndim - 1, 0, -1)).flatten(1)


@wrong("flatten_batch", mistake="batch_of_one_lost")
def flatten_batch(x):
    return x.flatten(1).squeeze()


@wrong("flatten_batch", mistake="raised")
def flatten_batch(x):
    return x.reshape(len(x), -1)


@wrong("flatten_batch", mistake="raised")
def flatten_batch(x):
    return x.view(x.shape[0], x.shape[1] * x.shape[2])


@wrong("flatten_batch", mistake="raised")
def flatten_batch(x):
    return x.contiguous().view(-1, x.shape[1] * x.shape[2])


@wrong("flatten_batch", mistake="first_axes_merged")
def flatten_batch(x):
    return x.flatten(0, 1)


@right("reading_order")
def reading_order():
    return "[3,4] [2,5]"


@right("reading_order")
def reading_order():
    x = torch.tensor([[1, 2, 3], [4, 5, 6]])
    return f"{x.flatten()[2:4].tolist()} {x[:, 1].tolist()}"


@wrong("reading_order", mistake="reshape_taken_for_transpose")
def reading_order():
    return "[2, 5] [2, 5]"


@wrong("reading_order", mistake="transpose_taken_for_reshape")
def reading_order():
    return "[3, 4] [3, 4]"


@wrong("reading_order", mistake="swapped")
def reading_order():
    return "[2, 5] [3, 4]"


@wrong("reading_order", mistake="wrong_prediction")
def reading_order():
    return "[4, 5, 6] [2, 5]"


@wrong("reading_order", mistake="rows_counted_from_1")
def reading_order():
    return "[1, 2] [1, 4]"


@right("channels_first")
def channels_first(images):
    return images.movedim(-1, 1)


@right("channels_first")
def channels_first(images):
    return images.transpose(2, 3).transpose(1, 2)


@right("channels_first")
def channels_first(images):
    return torch.einsum("nhwc->nchw", images).contiguous()


@right("channels_first")
def channels_first(images):
    return torch.stack(images.unbind(-1), dim=1)


@right("channels_first")
def channels_first(images):
    return torch.stack([image.permute(2, 0, 1) for image in images])


@wrong("channels_first", mistake="reshaped_for_permuted")
def channels_first(images):
    n, h, w, c = images.shape
    return images.reshape(n, c, h, w)


@wrong("channels_first", mistake="axes_swapped")
def channels_first(images):
    return images.transpose(1, 3)


@wrong("channels_first", mistake="axes_swapped")
def channels_first(images):
    return images.permute(0, 3, 2, 1)


@wrong("channels_first", mistake="wrong_shape")
def channels_first(images):
    return images.permute(3, 0, 1, 2)


@wrong("channels_first", mistake="wrong_shape")
def channels_first(images):
    return images.permute(0, 2, 3, 1)


@wrong("channels_first", mistake="float_for_int")
def channels_first(images):
    return images.permute(0, 3, 1, 2).float()


@wrong("channels_first", mistake="raised")
def channels_first(images):
    return torch.stack([images[..., 0], images[..., 1], images[..., 2]], dim=1)


@wrong("channels_first", mistake="wrong_shape")
def channels_first(images):
    return images[0].permute(2, 0, 1)[None]


@right("swap_without_copy")
def swap_without_copy(x):
    return x.mT


@right("swap_without_copy")
def swap_without_copy(x):
    return x.movedim(-1, -2)


@right("swap_without_copy")
def swap_without_copy(x):
    front = range(x.ndim - 2)
    return x.permute(*front, x.ndim - 1, x.ndim - 2)


@right("swap_without_copy")
def swap_without_copy(x):
    return torch.swapaxes(x, -1, -2)


@wrong("swap_without_copy", mistake="reshaped_for_permuted")
def swap_without_copy(x):
    return x.reshape(*x.shape[:-2], x.shape[-1], x.shape[-2])


@wrong("swap_without_copy", mistake="copy_for_view")
def swap_without_copy(x):
    return x.mT.contiguous()


@wrong("swap_without_copy", mistake="copy_for_view")
def swap_without_copy(x):
    return x.mT.clone()


@wrong("swap_without_copy", mistake="first_axes_swapped")
def swap_without_copy(x):
    return x.transpose(0, 1)


@wrong("swap_without_copy", mistake="raised")
def swap_without_copy(x):
    return x.transpose(1, 2)


@wrong("swap_without_copy", mistake="all_axes_reversed")
def swap_without_copy(x):
    return x.permute(*range(x.ndim - 1, -1, -1))


@wrong("swap_without_copy", mistake="input_changed")
def swap_without_copy(x):
    return x.transpose_(-2, -1)


@wrong("swap_without_copy", mistake="all_axes_reversed")
def swap_without_copy(x):
    return x.transpose(1, 2) if x.ndim == 3 else x.permute(*range(x.ndim - 1, -1, -1))


@right("why_view_fails")
def why_view_fails():
    return "View refused refused\n"


@right("why_view_fails")
def why_view_fails():
    x = torch.zeros(3, 4)
    return " ".join("view" if each.is_contiguous() else "refused" for each in (x[1:], x[:, 1:], x.T))


@wrong("why_view_fails", mistake="view_taken_for_reshape")
def why_view_fails():
    return "view view view"


@wrong("why_view_fails", mistake="slice_taken_for_contiguous")
def why_view_fails():
    return "view view refused"


@wrong("why_view_fails", mistake="every_slice_refused")
def why_view_fails():
    return "refused refused refused"


@wrong("why_view_fails", mistake="every_slice_refused")
def why_view_fails():
    return "refused refused view"


@wrong("why_view_fails", mistake="every_slice_refused")
def why_view_fails():
    return "refused view refused"


@wrong("why_view_fails", mistake="transpose_taken_for_contiguous")
def why_view_fails():
    return "view refused view"


@wrong("why_view_fails", mistake="wrong_prediction")
def why_view_fails():
    return "refused view view"


@right("shares_storage")
def shares_storage(a, b):
    starts = {x.data_ptr() - x.storage_offset() * x.element_size() for x in (a, b)}
    return len(starts) == 1


@right("shares_storage")
def shares_storage(a, b):
    return len({x.untyped_storage().data_ptr() for x in (a, b)}) == 1


@wrong("shares_storage", mistake="objects_compared")
def shares_storage(a, b):
    return a is b


@wrong("shares_storage", mistake="objects_compared")
def shares_storage(a, b):
    return id(a) == id(b)


@wrong("shares_storage", mistake="contents_compared")
def shares_storage(a, b):
    return sorted(a.flatten().tolist()) == sorted(b.flatten().tolist())


@wrong("shares_storage", mistake="first_entries_compared")
def shares_storage(a, b):
    return a.data_ptr() == b.data_ptr()


@wrong("shares_storage", mistake="shapes_compared")
def shares_storage(a, b):
    return a.stride() == b.stride() and a.data_ptr() == b.data_ptr()


@wrong("shares_storage", mistake="contents_compared")
def shares_storage(a, b):
    return a.untyped_storage().nbytes() == b.untyped_storage().nbytes()


@wrong("shares_storage", mistake="wrong_type")
def shares_storage(a, b):
    return a.untyped_storage().data_ptr()


@wrong("shares_storage", mistake="first_entries_compared")
def shares_storage(a, b):
    first = a.data_ptr() <= b.data_ptr() < a.data_ptr() + a.numel() * a.element_size()
    return first or b.data_ptr() <= a.data_ptr() < b.data_ptr() + b.numel() * b.element_size()


@wrong("shares_storage", mistake="shapes_compared")
def shares_storage(a, b):
    return a.ndim <= b.ndim and a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()


@wrong("shares_storage", mistake="tensor_for_number")
def shares_storage(a, b):
    return torch.tensor(a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr())


@right("add_batch_axis")
def add_batch_axis(x):
    return x[None]


@right("add_batch_axis")
def add_batch_axis(x):
    return x.view(1, *x.shape)


@right("add_batch_axis")
def add_batch_axis(x):
    return x.expand(1, *x.shape)


@wrong("add_batch_axis", mistake="axis_at_the_end")
def add_batch_axis(x):
    return x.unsqueeze(-1)


@wrong("add_batch_axis", mistake="flattened_too")
def add_batch_axis(x):
    return x.reshape(1, -1)


@wrong("add_batch_axis", mistake="copy_for_view")
def add_batch_axis(x):
    return torch.stack([x])


@wrong("add_batch_axis", mistake="input_changed")
def add_batch_axis(x):
    return x.unsqueeze_(0)


@wrong("add_batch_axis", mistake="raised")
def add_batch_axis(x):
    return x[None, :]


@wrong("add_batch_axis", mistake="raised")
def add_batch_axis(x):
    return x.unsqueeze(-3)


@wrong("add_batch_axis", mistake="axis_elsewhere")
def add_batch_axis(x):
    return x.unsqueeze(x.ndim // 2)


@wrong("add_batch_axis", mistake="copy_for_view")
def add_batch_axis(x):
    return x.contiguous().unsqueeze(0)


@right("drop_axis")
def drop_axis(x, dim):
    return x.select(dim, 0)


@right("drop_axis")
def drop_axis(x, dim):
    return x.unbind(dim)[0]


@right("drop_axis")
def drop_axis(x, dim):
    sizes = list(x.shape)
    sizes.pop(dim)
    return x.view(sizes)


@wrong("drop_axis", mistake="batch_of_one_lost")
def drop_axis(x, dim):
    return x.squeeze()


@wrong("drop_axis", mistake="other_axis_dropped")
def drop_axis(x, dim):
    return x.squeeze(0)


@wrong("drop_axis", mistake="other_axis_dropped")
def drop_axis(x, dim):
    return x.squeeze(-1)


@wrong("drop_axis", mistake="input_changed")
def drop_axis(x, dim):
    return x.squeeze_(dim)


@wrong("drop_axis", mistake="copy_for_view")
def drop_axis(x, dim):
    return x.sum(dim)


@wrong("drop_axis", mistake="nothing_dropped")
def drop_axis(x, dim):
    return x.reshape([size for i, size in enumerate(x.shape) if i != dim])


@wrong("drop_axis", mistake="other_axis_dropped")
def drop_axis(x, dim):
    return x[:, :, 0]


@wrong("drop_axis", mistake="raised")
def drop_axis(x, dim):
    return x.squeeze(dim if dim >= 0 else dim + 3)


@right("same_for_all")
def same_for_all(mask, n):
    return mask.unsqueeze(0).expand(n, -1, -1)


@right("same_for_all")
def same_for_all(mask, n):
    return torch.broadcast_to(mask, (n, *mask.shape))


@right("same_for_all")
def same_for_all(mask, n):
    return mask[None].expand(n, *mask.shape)


@wrong("same_for_all", mistake="copy_for_view")
def same_for_all(mask, n):
    return mask.repeat(n, 1, 1)


@wrong("same_for_all", mistake="copy_for_view")
def same_for_all(mask, n):
    return torch.stack([mask] * n)


@wrong("same_for_all", mistake="copy_for_view")
def same_for_all(mask, n):
    return mask.tile(n, 1, 1)


@wrong("same_for_all", mistake="below_each_other")
def same_for_all(mask, n):
    return mask.repeat(n, 1)


@wrong("same_for_all", mistake="axis_elsewhere")
def same_for_all(mask, n):
    return mask.unsqueeze(1).expand(-1, n, -1)


@wrong("same_for_all", mistake="wrong_shape")
def same_for_all(mask, n):
    return mask.expand(n, 2, 3)


@wrong("same_for_all", mistake="raised")
def same_for_all(mask, n):
    return mask.expand(n)


@wrong("same_for_all", mistake="reshaped_for_permuted")
def same_for_all(mask, n):
    return mask.repeat(1, n).reshape(n, *mask.shape)


@wrong("same_for_all", mistake="axis_at_the_end")
def same_for_all(mask, n):
    return mask.unsqueeze(-1).expand(-1, -1, n)


@wrong("same_for_all", mistake="input_changed")
def same_for_all(mask, n):
    return mask.unsqueeze_(0).expand(n, -1, -1)


@wrong("same_for_all", mistake="copy_for_view")
def same_for_all(mask, n):
    return mask.contiguous().expand(n, -1, -1)


@right("join_rows")
def join_rows(parts):
    return torch.concat(parts, dim=0)


@right("join_rows")
def join_rows(parts):
    return torch.vstack(parts)


@right("join_rows")
def join_rows(parts):
    joined = parts[0].new_empty(sum(map(len, parts)), parts[0].shape[1])
    for piece, part in zip(joined.split([len(part) for part in parts]), parts, strict=True):
        piece.copy_(part)
    return joined


@wrong("join_rows", mistake="new_for_existing_axis")
def join_rows(parts):
    return torch.stack(parts)


@wrong("join_rows", mistake="joined_along_wrong_axis")
def join_rows(parts):
    return torch.cat(parts, dim=1)


@wrong("join_rows", mistake="joined_along_wrong_axis")
def join_rows(parts):
    return torch.hstack(parts)


@wrong("join_rows", mistake="raised")
def join_rows(parts):
    return torch.stack(parts).flatten(0, 1)


@wrong("join_rows", mistake="first_two_only")
def join_rows(parts):
    return torch.cat(parts[:2])


@wrong("join_rows", mistake="raised")
def join_rows(parts):
    return torch.cat([parts[0], parts[1]] if len(parts) < 3 else parts)


@wrong("join_rows", mistake="view_for_copy")
def join_rows(parts):
    joined = parts[0]
    for part in parts[1:]:
        joined = torch.cat([joined, part])
    return joined


@wrong("join_rows", mistake="wrong_values")
def join_rows(parts):
    return torch.cat(sorted(parts, key=len))


@wrong("join_rows", mistake="float_for_int")
def join_rows(parts):
    return torch.cat([torch.zeros(0, parts[0].shape[1]), *parts])


@wrong("join_rows", mistake="not_a_tensor")
def join_rows(parts):
    return [row for part in parts for row in part]


@wrong("join_rows", mistake="first_two_only")
def join_rows(parts):
    return torch.cat([parts[0], parts[1]])


@wrong("join_rows", mistake="int_for_float")
def join_rows(parts):
    joined = torch.zeros(sum(map(len, parts)), parts[0].shape[1], dtype=torch.int64, device=parts[0].device)
    for piece, part in zip(joined.split([len(part) for part in parts]), parts, strict=True):
        piece.copy_(part)
    return joined


@right("stack_frames")
def stack_frames(frames):
    return torch.stack(frames).transpose(0, 1)


@right("stack_frames")
def stack_frames(frames):
    return torch.cat([frame.unsqueeze(1) for frame in frames], dim=1)


@right("stack_frames")
def stack_frames(frames):
    return torch.cat(frames, dim=1).unflatten(1, (len(frames), -1))


@wrong("stack_frames", mistake="axis_elsewhere")
def stack_frames(frames):
    return torch.stack(frames)


@wrong("stack_frames", mistake="existing_for_new_axis")
def stack_frames(frames):
    return torch.cat(frames, dim=1)


@wrong("stack_frames", mistake="reshaped_for_permuted")
def stack_frames(frames):
    stacked = torch.stack(frames)
    t, n, h, w = stacked.shape
    return stacked.reshape(n, t, h, w)


@wrong("stack_frames", mistake="newest_first")
def stack_frames(frames):
    return torch.stack(frames[::-1], dim=1)


@wrong("stack_frames", mistake="axis_at_the_end")
def stack_frames(frames):
    return torch.stack(frames, dim=-1)


@wrong("stack_frames", mistake="batch_of_one_lost")
def stack_frames(frames):
    return torch.stack(frames, dim=1).squeeze()


@wrong("stack_frames", mistake="axis_inside_picture")
def stack_frames(frames):
    return torch.stack(frames, dim=2)


@right("three_parts")
def three_parts(x):
    return x.split(x.shape[-1] // 3, dim=-1)


@right("three_parts")
def three_parts(x):
    d = x.shape[-1] // 3
    return x[..., :d], x[..., d : 2 * d], x[..., 2 * d :]


@right("three_parts")
def three_parts(x):
    return x.unflatten(-1, (3, -1)).unbind(-2)


@wrong("three_parts", mistake="cut_along_batch")
def three_parts(x):
    return x.chunk(3)


@wrong("three_parts", mistake="interleaved")
def three_parts(x):
    return x[..., 0::3], x[..., 1::3], x[..., 2::3]


@wrong("three_parts", mistake="interleaved")
def three_parts(x):
    return x.unflatten(-1, (-1, 3)).unbind(-1)


@wrong("three_parts", mistake="size_for_number")
def three_parts(x):
    return x.split(3, dim=-1)


@wrong("three_parts", mistake="size_for_number")
def three_parts(x):
    return x.split(2, dim=-1)


@wrong("three_parts", mistake="size_for_number")
def three_parts(x):
    return x.chunk(2, dim=-1)


@wrong("three_parts", mistake="wrong_length")
def three_parts(x):
    return x.chunk(3, dim=1)


@wrong("three_parts", mistake="copy_for_view")
def three_parts(x):
    return tuple(part.clone() for part in x.chunk(3, dim=-1))


@wrong("three_parts", mistake="wrong_type")
def three_parts(x):
    return list(x.chunk(3, dim=-1))


@wrong("three_parts", mistake="kept_axis")
def three_parts(x):
    d = x.shape[-1] // 3
    return tuple(x.unflatten(-1, (3, d))[..., i : i + 1, :] for i in range(3))


@wrong("three_parts", mistake="parts_exchanged")
def three_parts(x):
    q, k, v = x.chunk(3, dim=-1)
    return q, v, k


@wrong("three_parts", mistake="parts_reversed")
def three_parts(x):
    q, k, v = x.chunk(3, dim=-1)
    return v, k, q


@wrong("three_parts", mistake="wrong_shape")
def three_parts(x):
    return tuple(part[:, None] for part in x[:, 0].chunk(3, dim=-1))


@right("split_heads")
def split_heads(x, heads):
    n, length, width = x.shape
    return x.reshape(n, length, heads, width // heads).permute(0, 2, 1, 3)


@right("split_heads")
def split_heads(x, heads):
    return torch.stack(x.chunk(heads, dim=-1), dim=1)


@right("split_heads")
def split_heads(x, heads):
    return x.mT.unflatten(1, (heads, -1)).mT.contiguous()


@wrong("split_heads", mistake="reshaped_for_permuted")
def split_heads(x, heads):
    n, length, width = x.shape
    return x.reshape(n, heads, length, width // heads)


@wrong("split_heads", mistake="not_turned")
def split_heads(x, heads):
    return x.unflatten(-1, (heads, -1))


@wrong("split_heads", mistake="interleaved")
def split_heads(x, heads):
    return x.unflatten(-1, (-1, heads)).permute(0, 3, 1, 2)


@wrong("split_heads", mistake="heads_first")
def split_heads(x, heads):
    return x.unflatten(-1, (heads, -1)).permute(2, 0, 1, 3)


@wrong("split_heads", mistake="batch_of_one_lost")
def split_heads(x, heads):
    return x.unflatten(-1, (heads, -1)).transpose(1, 2).squeeze()


@wrong("split_heads", mistake="raised")
def split_heads(x, heads):
    return x.unflatten(-1, (heads, 3)).transpose(1, 2)


@wrong("split_heads", mistake="turned_before_split")
def split_heads(x, heads):
    n, length, width = x.shape
    return x.transpose(1, 2).reshape(n, heads, length, width // heads)


@wrong("split_heads", mistake="sizes_exchanged")
def split_heads(x, heads):
    return x.unflatten(-1, (-1, heads)).transpose(1, 2)


@wrong("split_heads", mistake="heads_first")
def split_heads(x, heads):
    return torch.stack(x.chunk(heads, dim=-1))


@wrong("split_heads", mistake="wrong_shape")
def split_heads(x, heads):
    return torch.stack(x[0].chunk(heads, dim=-1))[None]


@right("patches")
def patches(image, size):
    c, h, w = image.shape
    cut = image.reshape(c, h // size, size, w // size, size)
    return cut.permute(1, 3, 0, 2, 4).reshape(-1, c, size, size)


@right("patches")
def patches(image, size):
    windows = image.unfold(1, size, size).unfold(2, size, size)
    return windows.movedim(0, 2).flatten(0, 1)


@right("patches")
def patches(image, size):
    rows = torch.stack(image.split(size, dim=1))
    return torch.stack(rows.split(size, dim=3), dim=1).flatten(0, 1)


@wrong("patches", mistake="reshaped_for_permuted")
def patches(image, size):
    return image.reshape(-1, image.shape[0], size, size)


@wrong("patches", mistake="downwards_first")
def patches(image, size):
    split = image.unflatten(2, (-1, size)).unflatten(1, (-1, size))
    return split.permute(3, 1, 0, 2, 4).flatten(0, 1)


@wrong("patches", mistake="patches_turned")
def patches(image, size):
    split = image.unflatten(2, (-1, size)).unflatten(1, (-1, size))
    return split.permute(1, 3, 0, 4, 2).flatten(0, 1)


@wrong("patches", mistake="channels_apart")
def patches(image, size):
    c, h, w = image.shape
    cut = image.reshape(c, h // size, size, w // size, size)
    return cut.transpose(2, 3).reshape(-1, c, size, size)


@wrong("patches", mistake="loop_used")
def patches(image, size):
    _, h, w = image.shape
    cut = [image[:, i : i + size, j : j + size] for i in range(0, h, size) for j in range(0, w, size)]
    return torch.stack(cut)


@wrong("patches", mistake="not_merged")
def patches(image, size):
    split = image.unflatten(2, (-1, size)).unflatten(1, (-1, size))
    return split.permute(1, 3, 0, 2, 4)


@wrong("patches", mistake="wrong_shape")
def patches(image, size):
    return image.reshape(-1, 1, size, size)


@wrong("patches", mistake="raised")
def patches(image, size):
    c, h, w = image.shape
    cut = image.view(c, h // size, size, w // size, size)
    return cut.permute(1, 3, 0, 2, 4).view(-1, c, size, size)


@wrong("patches", mistake="wrong_shape")
def patches(image, size):
    return image.unfold(1, 2, 2).unfold(2, 2, 2).movedim(0, 2).flatten(0, 1)
