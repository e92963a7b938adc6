"""The answer bank of lesson 02: right answers written differently, and the mistakes people make."""

import torch

from autograder.authoring.bank import right, wrong


@right("column_shapes")
def column_shapes():
    return "[3] [3,1]"


@right("column_shapes")
def column_shapes():
    return f"{[3]} {[3, 1]}\n"


@wrong("column_shapes", mistake="number_keeps_axis")
def column_shapes():
    return "[3, 1] [3, 1]"


@wrong("column_shapes", mistake="range_drops_axis")
def column_shapes():
    return "[3] [3]"


@wrong("column_shapes", mistake="range_stop_counted")
def column_shapes():
    return "[3] [3, 2]"


@wrong("column_shapes", mistake="rows_for_columns")
def column_shapes():
    return "[4] [1, 4]"


@wrong("column_shapes", mistake="wrong_prediction")
def column_shapes():
    return "[2] [2, 3]"


@right("corner")
def corner(x):
    n, m = x.shape
    return x[n - 2 :, m - 2 :]


@right("corner")
def corner(x):
    return x[[[-2], [-1]], [-2, -1]]


@right("corner")
def corner(x):
    return x[-2:][:, -2:].clone()


@wrong("corner", mistake="columns_not_picked")
def corner(x):
    return x[-2:][-2:]


@wrong("corner", mistake="columns_not_picked")
def corner(x):
    return x[-2:]


@wrong("corner", mistake="inclusive_stop")
def corner(x):
    return x[-2:-1, -2:-1]


@wrong("corner", mistake="other_corner")
def corner(x):
    return x[:2, :2]


@wrong("corner", mistake="sizes_hard_coded")
def corner(x):
    return x[1:3, 1:3]


@wrong("corner", mistake="sizes_hard_coded")
def corner(x):
    return x[1:, 1:]


@wrong("corner", mistake="wrong_shape")
def corner(x):
    return x[[-2, -1], [-2, -1]]


@wrong("corner", mistake="wrong_values")
def corner(x):
    return x.flip(0, 1)[:2, :2]


@wrong("corner", mistake="not_a_tensor")
def corner(x):
    return x[-2:, -2:].tolist()


@right("every_other_column")
def every_other_column(x):
    return x[:, torch.arange(0, x.shape[1], 2)]


@right("every_other_column")
def every_other_column(x):
    return x[..., 0::2]


@right("every_other_column")
def every_other_column(x):
    mask = torch.arange(x.shape[1]) % 2 == 0
    return x[:, mask.to(x.device)]


@wrong("every_other_column", mistake="even_odd_swapped")
def every_other_column(x):
    return x[:, 1::2]


@wrong("every_other_column", mistake="rows_for_columns")
def every_other_column(x):
    return x[::2]


@wrong("every_other_column", mistake="neighbours_for_every_other")
def every_other_column(x):
    return x[:, : x.shape[1] // 2]


@wrong("every_other_column", mistake="last_column_lost")
def every_other_column(x):
    return x[:, 0:-1:2]


@wrong("every_other_column", mistake="wrong_shape")
def every_other_column(x):
    return x[:, [0, 2]]


@wrong("every_other_column", mistake="wrong_shape")
def every_other_column(x):
    return x[::2, ::2]


@right("reversed_rows")
def reversed_rows(x):
    return x[torch.arange(len(x) - 1, -1, -1)]


@right("reversed_rows")
def reversed_rows(x):
    return x.flipud()


@right("reversed_rows")
def reversed_rows(x):
    result = x.clone()
    for i in range(len(x)):
        result[i] = x[-1 - i]
    return result


@wrong("reversed_rows", mistake="raised")
def reversed_rows(x):
    return x[::-1]


@wrong("reversed_rows", mistake="wrong_axis_reversed")
def reversed_rows(x):
    return x.flip(1)


@wrong("reversed_rows", mistake="both_axes_reversed")
def reversed_rows(x):
    return x.flip(0, 1)


@wrong("reversed_rows", mistake="not_reversed")
def reversed_rows(x):
    x.flip(0)
    return x


@wrong("reversed_rows", mistake="overwritten_too_soon")
def reversed_rows(x):
    for i in range(len(x)):
        x[i] = x[len(x) - 1 - i]
    return x


@wrong("reversed_rows", mistake="raised")
def reversed_rows(x):
    return x[[2, 1, 0]]


@wrong("reversed_rows", mistake="input_changed")
def reversed_rows(x):
    x[:] = x.flip(0)
    return x


@wrong("reversed_rows", mistake="raised")
def reversed_rows(x):
    return torch.stack([x[-1 - i] for i in range(len(x))])


@right("paint_centre")
def paint_centre(n):
    square = torch.ones(n, n)
    square[[[n // 2 - 1], [n // 2]], [n // 2 - 1, n // 2]] = 2
    return square


@right("paint_centre")
def paint_centre(n):
    square = torch.ones(n, n)
    edge = (n - 2) // 2
    centre = square[edge : edge + 2]
    centre[:, edge : edge + 2] += 1
    return square


@wrong("paint_centre", mistake="one_of_four")
def paint_centre(n):
    square = torch.ones(n, n)
    square[n // 2 - 1 : n // 2, n // 2 - 1 : n // 2] = 2
    return square


@wrong("paint_centre", mistake="one_of_four")
def paint_centre(n):
    square = torch.ones(n, n)
    square[n // 2 - 1, n // 2 - 1] = 2
    return square


@wrong("paint_centre", mistake="write_lost")
def paint_centre(n):
    square = torch.ones(n, n)
    square[n // 2 - 1 : n // 2 + 1, n // 2 - 1 : n // 2 + 1] == 2  # noqa: B015 - the mistake
    return square


@wrong("paint_centre", mistake="sizes_hard_coded")
def paint_centre(n):
    square = torch.ones(n, n)
    square[1:3, 1:3] = 2
    return square


@wrong("paint_centre", mistake="inside_for_middle")
def paint_centre(n):
    square = torch.ones(n, n)
    square[1:-1, 1:-1] = 2
    return square


@wrong("paint_centre", mistake="pair_for_block")
def paint_centre(n):
    square = torch.ones(n, n)
    square[[n // 2 - 1, n // 2], [n // 2 - 1, n // 2]] = 2
    return square


@wrong("paint_centre", mistake="write_lost")
def paint_centre(n):
    square = torch.ones(n, n)
    middle = [n // 2 - 1, n // 2]
    square[middle][:, middle] = 2
    return square


@wrong("paint_centre", mistake="write_lost")
def paint_centre(n):
    square = torch.ones(n, n)
    centre = square[n // 2 - 1 : n // 2 + 1, n // 2 - 1 : n // 2 + 1]
    centre = 2
    return square


@wrong("paint_centre", mistake="brackets_in_a_row")
def paint_centre(n):
    square = torch.ones(n, n)
    square[n // 2 - 1 : n // 2 + 1][n // 2 - 1 : n // 2 + 1] = 2
    return square


@wrong("paint_centre", mistake="int_for_float")
def paint_centre(n):
    square = torch.full((n, n), 1)
    square[n // 2 - 1 : n // 2 + 1, n // 2 - 1 : n // 2 + 1] = 2
    return square


@wrong("paint_centre", mistake="not_the_middle")
def paint_centre(n):
    square = torch.ones(n, n)
    square[:2, :2] = 2
    return square


@wrong("paint_centre", mistake="wrong_shape")
def paint_centre(n):
    return torch.full((2, 2), 2.0)


@right("one_channel")
def one_channel(pictures, k):
    k %= pictures.shape[-1]
    return pictures[..., k : k + 1]


@right("one_channel")
def one_channel(pictures, k):
    return pictures.select(-1, k).unsqueeze(-1)


@wrong("one_channel", mistake="slice_to_zero")
def one_channel(pictures, k):
    return pictures[..., k : k + 1]


@wrong("one_channel", mistake="dropped_axis")
def one_channel(pictures, k):
    return pictures[..., k]


@wrong("one_channel", mistake="copy_for_view")
def one_channel(pictures, k):
    return pictures[..., [k]]


@wrong("one_channel", mistake="neighbour_taken")
def one_channel(pictures, k):
    return pictures[..., k - 1, None]


@wrong("one_channel", mistake="sizes_hard_coded")
def one_channel(pictures, k):
    k %= 3
    return pictures[..., k : k + 1]


@wrong("one_channel", mistake="wrong_end")
def one_channel(pictures, k):
    return pictures[:, :, k, None]


@wrong("one_channel", mistake="raised")
def one_channel(pictures, k):
    return pictures[k, ..., None]


@right("blank_border")
def blank_border(pages):
    cleaned = torch.zeros_like(pages)
    cleaned[..., 1:-1, 1:-1] = pages[..., 1:-1, 1:-1]
    return cleaned


@right("blank_border")
def blank_border(pages):
    border = torch.ones(pages.shape[-2:], dtype=torch.bool, device=pages.device)
    border[1:-1, 1:-1] = False
    return pages.masked_fill(border, 0)


@right("blank_border")
def blank_border(pages):
    cleaned = pages.clone()
    cleaned[..., [0, -1], :] = 0
    cleaned[..., [0, -1]] = 0
    return cleaned


@wrong("blank_border", mistake="input_changed")
def blank_border(pages):
    before = pages.clone()
    pages[..., [0, -1], :] = 0
    pages[..., [0, -1]] = 0
    return before.copy_(pages)


@wrong("blank_border", mistake="view_for_copy")
def blank_border(pages):
    cleaned = pages.clone()
    cleaned[..., [0, -1], :] = 0
    cleaned[..., [0, -1]] = 0
    return pages if torch.equal(cleaned, pages) else cleaned


@wrong("blank_border", mistake="input_changed")
def blank_border(pages):
    cleaned = pages[:]
    cleaned[..., [0, -1], :] = 0
    cleaned[..., [0, -1]] = 0
    return cleaned


@wrong("blank_border", mistake="wrong_end")
def blank_border(pages):
    cleaned = pages.clone()
    cleaned[0] = 0
    cleaned[-1] = 0
    cleaned[:, 0] = 0
    cleaned[:, -1] = 0
    return cleaned


@wrong("blank_border", mistake="rows_only")
def blank_border(pages):
    cleaned = pages.clone()
    cleaned[..., [0, -1], :] = 0
    return cleaned


@wrong("blank_border", mistake="inside_for_border")
def blank_border(pages):
    cleaned = pages.clone()
    cleaned[..., 1:-1, 1:-1] = 0
    return cleaned


@wrong("blank_border", mistake="inner_only")
def blank_border(pages):
    return pages[..., 1:-1, 1:-1].clone()


@wrong("blank_border", mistake="corners_only")
def blank_border(pages):
    cleaned = pages.clone()
    cleaned[..., [0, 0, -1, -1], [0, -1, 0, -1]] = 0
    return cleaned


@wrong("blank_border", mistake="two_corners")
def blank_border(pages):
    cleaned = pages.clone()
    cleaned[..., 0, 0] = 0
    cleaned[..., -1, -1] = 0
    return cleaned


@wrong("blank_border", mistake="two_corners")
def blank_border(pages):
    cleaned = pages.clone()
    cleaned[..., [0, -1], [0, -1]] = 0
    return cleaned


@wrong("blank_border", mistake="nan_survives")
def blank_border(pages):
    kept = torch.zeros_like(pages)
    kept[..., 1:-1, 1:-1] = 1
    return pages * kept


@wrong("blank_border", mistake="raised")
def blank_border(pages):
    cleaned = pages.clone()
    height, width = pages.shape
    cleaned[0], cleaned[height - 1], cleaned[:, 0], cleaned[:, width - 1] = 0, 0, 0, 0
    return cleaned


@right("view_or_copy")
def view_or_copy():
    return [1, 0, 0, 3]


@right("view_or_copy")
def view_or_copy():
    return "[1,0,0,3]"


@wrong("view_or_copy", mistake="copy_write_kept")
def view_or_copy():
    return "[1, 0, 2, 3]"


@wrong("view_or_copy", mistake="slice_taken_for_copy")
def view_or_copy():
    return "[0, 0, 0, 3]"


@wrong("view_or_copy", mistake="list_write_lost")
def view_or_copy():
    return "[1, 0, 0, 0]"


@wrong("view_or_copy", mistake="view_copy_swapped")
def view_or_copy():
    return "[0, 0, 2, 3]"


@wrong("view_or_copy", mistake="wrong_prediction")
def view_or_copy():
    return "[1, 1, 0, 3]"


@right("pick_pairs")
def pick_pairs(x, rows, columns):
    return x[rows].gather(1, columns[:, None] % x.shape[1])[:, 0]


@right("pick_pairs")
def pick_pairs(x, rows, columns):
    n, m = x.shape
    return x.flatten()[rows % n * m + columns % m]


@right("pick_pairs")
def pick_pairs(x, rows, columns):
    return x[rows][torch.arange(len(rows)), columns]


@wrong("pick_pairs", mistake="block_for_pair")
def pick_pairs(x, rows, columns):
    return x[rows][:, columns]


@wrong("pick_pairs", mistake="block_for_pair")
def pick_pairs(x, rows, columns):
    return x[rows[:, None], columns]


@wrong("pick_pairs", mistake="loop_used")
def pick_pairs(x, rows, columns):
    picked = torch.zeros(len(rows), dtype=x.dtype, device=x.device)
    for at in range(len(rows)):
        picked[at] = x[rows[at], columns[at]]
    return picked


@wrong("pick_pairs", mistake="loop_used")
def pick_pairs(x, rows, columns):
    return torch.stack([x[i, j] for i, j in zip(rows, columns, strict=True)])


@wrong("pick_pairs", mistake="brackets_in_a_row")
def pick_pairs(x, rows, columns):
    return x[rows][columns]


@wrong("pick_pairs", mistake="swapped")
def pick_pairs(x, rows, columns):
    return x[columns, rows]


@wrong("pick_pairs", mistake="wrong_values")
def pick_pairs(x, rows, columns):
    return x.flatten()[rows * x.shape[1] + columns]


@right("pick_block")
def pick_block(x, rows, columns):
    return x[rows][:, columns]


@right("pick_block")
def pick_block(x, rows, columns):
    return x.index_select(1, columns % x.shape[1]).index_select(0, rows % x.shape[0])


@right("pick_block")
def pick_block(x, rows, columns):
    return x[:, columns][rows]


@wrong("pick_block", mistake="pair_for_block")
def pick_block(x, rows, columns):
    return x[rows, columns]


@wrong("pick_block", mistake="transposed")
def pick_block(x, rows, columns):
    return x[rows, columns[:, None]]


@wrong("pick_block", mistake="order_ignored")
def pick_block(x, rows, columns):
    return x[rows.sort().values][:, columns]


@wrong("pick_block", mistake="loop_used")
def pick_block(x, rows, columns):
    return torch.stack([x[i][columns] for i in rows])


@wrong("pick_block", mistake="brackets_in_a_row")
def pick_block(x, rows, columns):
    return x[rows][columns]


@wrong("pick_block", mistake="raised")
def pick_block(x, rows, columns):
    n = len(rows)
    return x[rows[:, None].expand(n, n), columns.expand(n, n)]


@wrong("pick_block", mistake="raised")
def pick_block(x, rows, columns):
    return x.index_select(0, rows).index_select(1, columns)


@right("rows_where")
def rows_where(table, column, limit):
    return table[(table[:, column] > limit).nonzero()[:, 0]]


@right("rows_where")
def rows_where(table, column, limit):
    (kept,) = torch.where(table[:, column] > limit)
    return table.index_select(0, kept)


@right("rows_where")
def rows_where(table, column, limit):
    return table[~(table[:, column] <= limit), :]


@wrong("rows_where", mistake="limit_included")
def rows_where(table, column, limit):
    return table[table[:, column] >= limit]


@wrong("rows_where", mistake="flattened")
def rows_where(table, column, limit):
    return table[table > limit]


@wrong("rows_where", mistake="column_only")
def rows_where(table, column, limit):
    values = table[:, column]
    return values[values > limit]


@wrong("rows_where", mistake="mask_for_rows")
def rows_where(table, column, limit):
    return table[:, column] > limit


@wrong("rows_where", mistake="condition_reversed")
def rows_where(table, column, limit):
    return table[table[:, column] < limit]


@wrong("rows_where", mistake="kept_axis")
def rows_where(table, column, limit):
    return table[(table[:, column] > limit).nonzero()]


@wrong("rows_where", mistake="raised")
def rows_where(table, column, limit):
    return table[table[column] > limit]


@wrong("rows_where", mistake="loop_used")
def rows_where(table, column, limit):
    return table[[i for i in range(len(table)) if table[i, column] > limit]]


@wrong("rows_where", mistake="raised")
def rows_where(table, column, limit):
    kept = table[table[:, column] > limit]
    return kept if kept[0, column] > limit else None


@wrong("rows_where", mistake="raised")
def rows_where(table, column, limit):
    hot = table.T.gather(0, torch.full((1, len(table)), column, device=table.device))[0]
    return table[hot > limit]


@wrong("rows_where", mistake="dropped_axis")
def rows_where(table, column, limit):
    return table[(table[:, column] > limit).nonzero().squeeze()]  # one row only: it loses its axis


@wrong("rows_where", mistake="column_ignored")
def rows_where(table, column, limit):
    return table[table[:, 1] > limit]


@right("columns_where")
def columns_where(table, first, last):
    return table[:, ~((table[0] < first) | (table[0] > last))]


@right("columns_where")
def columns_where(table, first, last):
    kept = table[:, table[0] >= first]
    return kept[:, kept[0] <= last]


@right("columns_where")
def columns_where(table, first, last):
    inside = torch.logical_and(first <= table[0], table[0] <= last)
    return table.index_select(1, inside.nonzero()[:, 0])


@wrong("columns_where", mistake="raised")
def columns_where(table, first, last):
    return table[:, first <= table[0] <= last]


@wrong("columns_where", mistake="raised")
def columns_where(table, first, last):
    return table[:, table[0] >= first & table[0] <= last]


@wrong("columns_where", mistake="first_excluded")
def columns_where(table, first, last):
    return table[:, (table[0] > first) & (table[0] <= last)]


@wrong("columns_where", mistake="limit_excluded")
def columns_where(table, first, last):
    return table[:, (table[0] > first) & (table[0] < last)]


@wrong("columns_where", mistake="last_excluded")
def columns_where(table, first, last):
    return table[:, (table[0] >= first) & (table[0] < last)]


@wrong("columns_where", mistake="either_for_both")
def columns_where(table, first, last):
    return table[:, (table[0] >= first) | (table[0] <= last)]


@wrong("columns_where", mistake="raised")
def columns_where(table, first, last):
    return table[(table[0] >= first) & (table[0] <= last)]


@wrong("columns_where", mistake="first_row_only")
def columns_where(table, first, last):
    years = table[0]
    return years[(years >= first) & (years <= last)]


@wrong("columns_where", mistake="first_row_dropped")
def columns_where(table, first, last):
    return table[1:, (table[0] >= first) & (table[0] <= last)]


@wrong("columns_where", mistake="last_ignored")
def columns_where(table, first, last):
    return table[:, table[0] >= first]


@wrong("columns_where", mistake="first_ignored")
def columns_where(table, first, last):
    return table[:, table[0] <= last]


@wrong("columns_where", mistake="last_ignored")
def columns_where(table, first, last):
    return table[:, 1:]


@wrong("columns_where", mistake="blanked_for_left_out")
def columns_where(table, first, last):
    table[:, (table[0] < first) | (table[0] > last)] = 0
    return table


@wrong("columns_where", mistake="loop_used")
def columns_where(table, first, last):
    return table[:, [j for j in range(table.shape[1]) if first <= table[0, j] <= last]]


@wrong("columns_where", mistake="last_ignored")
def columns_where(table, first, last):
    places = ((table[0] >= first) & (table[0] <= last)).nonzero()
    return table[:, places[0, 0] : places[-1, 0] + 1]


@wrong("columns_where", mistake="hidden_from_view")
def columns_where(table, first, last):
    known = {"years": table[0].tolist(), "first": first, "last": last}
    return table[:, eval("[j for j, year in enumerate(years) if first <= year <= last]", known)]


@wrong("columns_where", mistake="dropped_axis")
def columns_where(table, first, last):
    places = ((table[0] >= first) & (table[0] <= last)).nonzero().squeeze()
    return table[:, places]  # one column only: it loses its axis


@right("clamp_negatives_in_place")
def clamp_negatives_in_place(x):
    return x.clamp_(min=0)


@right("clamp_negatives_in_place")
def clamp_negatives_in_place(x):
    return x.masked_fill_(x < 0, 0)


@right("clamp_negatives_in_place")
def clamp_negatives_in_place(x):
    x[...] = torch.where(x < 0, 0, x)
    return x


@wrong("clamp_negatives_in_place", mistake="new_tensor_for_in_place")
def clamp_negatives_in_place(x):
    return torch.where(x < 0, 0, x)


@wrong("clamp_negatives_in_place", mistake="new_tensor_for_in_place")
def clamp_negatives_in_place(x):
    x = x.clamp(min=0)
    x[x < 0] = 0
    return x


@wrong("clamp_negatives_in_place", mistake="write_lost")
def clamp_negatives_in_place(x):
    x[x < 0][:] = 0
    return x


@wrong("clamp_negatives_in_place", mistake="write_lost")
def clamp_negatives_in_place(x):
    x.masked_fill(x < 0, 0)
    return x


@wrong("clamp_negatives_in_place", mistake="returned_none")
def clamp_negatives_in_place(x):
    x[x < 0] = 0


@wrong("clamp_negatives_in_place", mistake="inf_times_zero")
def clamp_negatives_in_place(x):
    x *= x > 0
    return x


@wrong("clamp_negatives_in_place", mistake="input_left_unchanged")
def clamp_negatives_in_place(x):
    if x.is_contiguous():
        x[x < 0] = 0
    else:
        copy = x.contiguous()
        copy[copy < 0] = 0
    return x


@wrong("clamp_negatives_in_place", mistake="sign_dropped")
def clamp_negatives_in_place(x):
    return x.abs_()


@wrong("clamp_negatives_in_place", mistake="condition_reversed")
def clamp_negatives_in_place(x):
    x[x > 0] = 0
    return x


@wrong("clamp_negatives_in_place", mistake="new_tensor_for_in_place")
def clamp_negatives_in_place(x):
    x[x < 0] = 0
    return x[:]


@wrong("clamp_negatives_in_place", mistake="raised")
def clamp_negatives_in_place(x):
    for i in range(len(x)):
        if x[i] < 0:
            x[i] = 0
    return x


@right("fill_gaps")
def fill_gaps(readings, backup):
    gaps = torch.isnan(readings)
    filled = readings.clone()
    filled[gaps] = backup[gaps]
    return filled


@right("fill_gaps")
def fill_gaps(readings, backup):
    return torch.where(readings == readings, readings, backup)


@wrong("fill_gaps", mistake="nan_never_equal")
def fill_gaps(readings, backup):
    return torch.where(readings == float("nan"), backup, readings)


@wrong("fill_gaps", mistake="swapped_sources")
def fill_gaps(readings, backup):
    return torch.where(torch.isnan(readings), readings, backup)


@wrong("fill_gaps", mistake="zero_for_backup")
def fill_gaps(readings, backup):
    return readings.masked_fill(torch.isnan(readings), 0)


@wrong("fill_gaps", mistake="raised")
def fill_gaps(readings, backup):
    return readings.masked_fill(torch.isnan(readings), backup)


@wrong("fill_gaps", mistake="input_changed")
def fill_gaps(readings, backup):
    gaps = torch.isnan(readings)
    readings[gaps] = backup[gaps]
    return readings.clone()


@wrong("fill_gaps", mistake="input_changed")
def fill_gaps(readings, backup):
    gaps = torch.isnan(readings)
    readings[gaps] = backup[gaps]
    return readings


@wrong("fill_gaps", mistake="loop_used")
def fill_gaps(readings, backup):
    filled = readings.clone()
    for i in range(len(filled)):
        if torch.isnan(filled[i]):
            filled[i] = backup[i]
    return filled


@wrong("fill_gaps", mistake="view_for_copy")
def fill_gaps(readings, backup):
    gaps = torch.isnan(readings)
    return torch.where(gaps, backup, readings) if gaps.any() else readings


@wrong("fill_gaps", mistake="inf_replaced")
def fill_gaps(readings, backup):
    return torch.where(torch.isfinite(readings), readings, backup)


@wrong("fill_gaps", mistake="nan_survives")
def fill_gaps(readings, backup):
    kept = torch.nan_to_num(readings, posinf=float("inf"), neginf=-float("inf"))
    return kept + torch.isnan(readings) * backup


@wrong("fill_gaps", mistake="zero_for_backup")
def fill_gaps(readings, backup):
    readings[torch.isnan(readings)] = 0
    return readings


@wrong("fill_gaps", mistake="swapped_sources")
def fill_gaps(readings, backup):
    readings[~torch.isnan(readings)] = backup[~torch.isnan(readings)]
    return readings


@wrong("fill_gaps", mistake="swapped_sources")
def fill_gaps(readings, backup):
    gaps, filled = torch.isnan(readings), readings.clone()
    filled[~gaps] = backup[~gaps]
    return filled


@wrong("fill_gaps", mistake="mean_for_backup")
def fill_gaps(readings, backup):
    return torch.where(torch.isnan(readings), readings.nanmean(), readings)


@wrong("fill_gaps", mistake="input_changed")
def fill_gaps(readings, backup):
    heard = ~torch.isnan(readings)
    backup[heard] = readings[heard]
    return backup.clone()


@wrong("fill_gaps", mistake="gaps_only")
def fill_gaps(readings, backup):
    return backup[torch.isnan(readings)]


@wrong("fill_gaps", mistake="gaps_dropped")
def fill_gaps(readings, backup):
    return readings[~torch.isnan(readings)]


@wrong("fill_gaps", mistake="raised")
def fill_gaps(readings, backup):
    filled = readings.clone()
    filled[torch.isnan(readings)] = backup
    return filled


@right("best_per_row")
def best_per_row(scores, prices):
    return prices[torch.arange(len(scores)), scores.argmax(dim=1)]


@right("best_per_row")
def best_per_row(scores, prices):
    best = scores.argmax(dim=1, keepdim=True)
    return torch.take_along_dim(prices, best, dim=1).squeeze(1)


@wrong("best_per_row", mistake="indices_for_values")
def best_per_row(scores, prices):
    return scores.argmax(dim=1)


@wrong("best_per_row", mistake="score_for_price")
def best_per_row(scores, prices):
    best = scores.argmax(dim=1)
    return scores[torch.arange(len(scores)), best]


@wrong("best_per_row", mistake="column_for_vector")
def best_per_row(scores, prices):
    return prices.gather(1, scores.argmax(dim=1)[:, None])


@wrong("best_per_row", mistake="whole_rows")
def best_per_row(scores, prices):
    return prices[scores.argmax(dim=1)]


@wrong("best_per_row", mistake="max_of_prices")
def best_per_row(scores, prices):
    return prices.max(dim=1)


@wrong("best_per_row", mistake="max_of_scores")
def best_per_row(scores, prices):
    return scores.max(dim=1)


@wrong("best_per_row", mistake="largest_price")
def best_per_row(scores, prices):
    return prices.max(dim=1).values


@wrong("best_per_row", mistake="block_for_pair")
def best_per_row(scores, prices):
    return prices[:, scores.argmax(dim=1)]


@wrong("best_per_row", mistake="raised")
def best_per_row(scores, prices):
    return prices.gather(1, scores.argmax(dim=1))


@wrong("best_per_row", mistake="dropped_axis")
def best_per_row(scores, prices):
    return prices.gather(1, scores.argmax(dim=1, keepdim=True)).squeeze()  # one customer only: a number


@wrong("best_per_row", mistake="first_row_for_all")
def best_per_row(scores, prices):
    return prices.take(scores.argmax(dim=1))


@wrong("best_per_row", mistake="first_row_for_all")
def best_per_row(scores, prices):
    return prices.gather(1, scores.argmax(dim=1)[None])[0]


@wrong("best_per_row", mistake="best_column_of_all")
def best_per_row(scores, prices):
    return prices[:, scores.argmax() % scores.shape[1]]


@wrong("best_per_row", mistake="worst_for_best")
def best_per_row(scores, prices):
    return prices[torch.arange(len(scores)), scores.argmin(dim=1)]


@wrong("best_per_row", mistake="last_of_ties")
def best_per_row(scores, prices):
    last = scores.shape[1] - 1 - scores.flip(1).argmax(dim=1)
    return prices[torch.arange(len(scores)), last]


@wrong("best_per_row", mistake="loop_used")
def best_per_row(scores, prices):
    best = scores.argmax(dim=1)
    return torch.tensor([prices[i, best[i]] for i in range(len(best))], dtype=prices.dtype, device=prices.device)


@wrong("best_per_row", mistake="float_for_int")
def best_per_row(scores, prices):
    return prices[torch.arange(len(scores)), scores.argmax(dim=1)].to(scores.dtype)


@wrong("best_per_row", mistake="several_for_one")
def best_per_row(scores, prices):
    return prices[scores == scores.amax(dim=1, keepdim=True)]


@right("one_hot")
def one_hot(labels, classes):
    rows = torch.zeros(len(labels), classes, device=labels.device)
    return rows.scatter_(1, labels[:, None], 1.0)


@right("one_hot")
def one_hot(labels, classes):
    return torch.eye(classes, device=labels.device)[labels]


@right("one_hot")
def one_hot(labels, classes):
    return (labels[:, None] == torch.arange(classes, device=labels.device)).float()


@wrong("one_hot", mistake="class_skipped")
def one_hot(labels, classes):
    rows = torch.zeros(len(labels), classes, device=labels.device)
    rows[torch.arange(len(labels)), labels - 1] = 1
    return rows


@wrong("one_hot", mistake="class_zero_unwritten")
def one_hot(labels, classes):
    rows = torch.zeros(len(labels), classes, device=labels.device)
    present = (labels > 0).nonzero()[:, 0]
    rows[present, labels[present]] = 1
    return rows


@wrong("one_hot", mistake="block_for_pair")
def one_hot(labels, classes):
    rows = torch.zeros(len(labels), classes, device=labels.device)
    rows[:, labels] = 1
    return rows


@wrong("one_hot", mistake="whole_rows")
def one_hot(labels, classes):
    rows = torch.zeros(len(labels), classes, device=labels.device)
    rows[labels] = 1
    return rows


@wrong("one_hot", mistake="classes_guessed")
def one_hot(labels, classes):
    return torch.eye(max(int(labels.max()) + 1, 4), device=labels.device)[labels]


@wrong("one_hot", mistake="int_for_float")
def one_hot(labels, classes):
    return torch.nn.functional.one_hot(labels, classes)


@wrong("one_hot", mistake="name_ruled_out")
def one_hot(labels, classes):
    return torch.nn.functional.one_hot(labels, classes).float()


@wrong("one_hot", mistake="loop_used")
def one_hot(labels, classes):
    rows = torch.zeros(len(labels), classes, device=labels.device)
    for i, label in enumerate(labels):
        rows[i, label] = 1
    return rows


@wrong("one_hot", mistake="write_lost")
def one_hot(labels, classes):
    rows = torch.zeros(len(labels), classes, device=labels.device)
    rows[torch.arange(len(labels))][:, labels] = 1
    return rows


@wrong("one_hot", mistake="write_lost")
def one_hot(labels, classes):
    rows = torch.zeros(len(labels), classes, device=labels.device)
    rows.scatter(1, labels[:, None], 1.0)
    return rows


@wrong("one_hot", mistake="transposed")
def one_hot(labels, classes):
    rows = torch.zeros(classes, len(labels), device=labels.device)
    rows[labels, torch.arange(len(labels))] = 1
    return rows


@right("last_steps")
def last_steps(outputs, lengths):
    n, t, f = outputs.shape
    last = outputs.gather(1, (lengths - 1)[:, None, None].expand(n, 1, f))[:, 0]
    padding = torch.arange(t, device=outputs.device)[None] >= lengths[:, None]
    return last, outputs.masked_fill(padding[..., None], 0)


@right("last_steps")
def last_steps(outputs, lengths):
    words = torch.arange(outputs.shape[1], device=outputs.device) < lengths[:, None]
    cleaned = torch.zeros_like(outputs)
    cleaned[words] = outputs[words]
    return torch.take_along_dim(outputs, (lengths - 1)[:, None, None], dim=1)[:, 0], cleaned


@wrong("last_steps", mistake="padding_for_last")
def last_steps(outputs, lengths):
    padding = torch.arange(outputs.shape[1], device=outputs.device) >= lengths[:, None]
    cleaned = outputs.clone()
    cleaned[padding] = 0
    return outputs[:, -1], cleaned


@wrong("last_steps", mistake="step_after_last")
def last_steps(outputs, lengths):
    padding = torch.arange(outputs.shape[1], device=outputs.device) >= lengths[:, None]
    cleaned = outputs.clone()
    cleaned[padding] = 0
    return outputs[torch.arange(len(lengths)), lengths], cleaned


@wrong("last_steps", mistake="block_for_pair")
def last_steps(outputs, lengths):
    padding = torch.arange(outputs.shape[1], device=outputs.device) >= lengths[:, None]
    cleaned = outputs.clone()
    cleaned[padding] = 0
    return outputs[:, lengths - 1], cleaned


@wrong("last_steps", mistake="padding_left")
def last_steps(outputs, lengths):
    last = outputs[torch.arange(len(lengths)), lengths - 1]
    cleaned = outputs.clone()
    cleaned[torch.arange(outputs.shape[1], device=outputs.device) > lengths[:, None]] = 0
    return last, cleaned


@wrong("last_steps", mistake="last_word_blanked")
def last_steps(outputs, lengths):
    last = outputs[torch.arange(len(lengths)), lengths - 1]
    outputs[torch.arange(outputs.shape[1], device=outputs.device) >= lengths[:, None] - 1] = 0
    return last, outputs


@wrong("last_steps", mistake="condition_reversed")
def last_steps(outputs, lengths):
    last = outputs[torch.arange(len(lengths)), lengths - 1]
    cleaned = outputs.clone()
    cleaned[torch.arange(outputs.shape[1], device=outputs.device) < lengths[:, None]] = 0
    return last, cleaned


@wrong("last_steps", mistake="write_lost")
def last_steps(outputs, lengths):
    last = outputs[torch.arange(len(lengths)), lengths - 1]
    cleaned = outputs.clone()
    cleaned[torch.arange(outputs.shape[1], device=outputs.device) >= lengths[:, None]][:] = 0
    return last, cleaned


@wrong("last_steps", mistake="write_lost")
def last_steps(outputs, lengths):
    last = outputs[torch.arange(len(lengths)), lengths - 1]
    cleaned = outputs.clone()
    padding = torch.arange(outputs.shape[1], device=outputs.device) >= lengths[:, None]
    cleaned.masked_fill(padding[..., None], 0)
    return last, cleaned


@wrong("last_steps", mistake="view_for_copy")
def last_steps(outputs, lengths):
    last = outputs[torch.arange(len(lengths)), lengths - 1]
    padding = torch.arange(outputs.shape[1], device=outputs.device) >= lengths[:, None]
    return last, outputs.masked_fill(padding[..., None], 0) if padding.any() else outputs


@wrong("last_steps", mistake="input_changed")
def last_steps(outputs, lengths):
    last = outputs[torch.arange(len(lengths)), lengths - 1]
    outputs[torch.arange(outputs.shape[1], device=outputs.device) >= lengths[:, None]] = 0
    return last, outputs


@wrong("last_steps", mistake="input_changed")
def last_steps(outputs, lengths):
    last = outputs[torch.arange(len(lengths)), lengths - 1]
    outputs[torch.arange(outputs.shape[1], device=outputs.device) >= lengths[:, None]] = 0
    return last, outputs.clone()


@wrong("last_steps", mistake="nan_survives")
def last_steps(outputs, lengths):
    last = outputs[torch.arange(len(lengths)), lengths - 1]
    words = torch.arange(outputs.shape[1], device=outputs.device) < lengths[:, None]
    return last, outputs * words[..., None]


@wrong("last_steps", mistake="loop_used")
def last_steps(outputs, lengths):
    last = outputs[torch.arange(len(lengths)), lengths - 1]
    cleaned = outputs.clone()
    for i in range(len(lengths)):
        cleaned[i, lengths[i] :] = 0
    return last, cleaned


@wrong("last_steps", mistake="wrong_type")
def last_steps(outputs, lengths):
    return outputs[torch.arange(len(lengths)), lengths - 1]


@wrong("last_steps", mistake="input_changed")
def last_steps(outputs, lengths):
    lengths -= 1
    last = outputs[torch.arange(len(lengths)), lengths]
    padding = torch.arange(outputs.shape[1], device=outputs.device) > lengths[:, None]
    return last, outputs.masked_fill(padding[..., None], 0)
