"""Every mistake by its name, and what a learner is told. Banks, verdicts and reports use the names.

A translation replaces these tables. In braces stand facts that the check fills in: `name` is the exercise, `got` and
`want` are what came and what should have come.
"""

WORDS = {
    # States that are not an answer.
    "not_attempted": "not attempted yet. Put your answer in place of `raise NotImplementedError()`, run that cell, then this one.",
    "not_defined": "there is no `{name}` yet. Run the cell above that defines it, then this one.",
    "raised": "your code stopped with {kind}: {text}{where}",
    # Type.
    "returned_none": "got None. Does your function end with `return`?",
    "wrong_type": "expected {want}, got {got}.",
    "not_a_tensor": "expected a torch.Tensor, got a {got}. torch.tensor makes one of numbers, lists and arrays.",
    "tensor_for_number": "expected a plain Python {want}, got a tensor. `.item()` takes the number out of a tensor that holds one.",
    "wrong_keys": "expected the keys {want}, got {got}.",
    # Shape.
    "wrong_shape": "expected shape {want}, got {got}.",
    "dropped_axis": "expected shape {want}, got {got}: an axis of size 1 got lost. keepdim=True or unsqueeze keeps it.",
    "kept_axis": "expected shape {want}, got {got}: there is an axis of size 1 too many. squeeze(dim) drops it.",
    "transposed": "this is the transpose: rows and columns changed places. Expected shape {want}, got {got}.",
    "off_by_one": "expected shape {want}, got {got}. All the other entries are right: the end is off by one.",
    # Kind of number.
    "wrong_dtype": "the values have dtype {got}; the exercise asks for {want}.",
    "int_for_float": "expected dtype {want}, got {got}: whole numbers give integers. Ask for the dtype, or write 1.0.",
    "float_for_int": "expected dtype {want}, got {got}: these are meant to be whole numbers, and a float cannot index or count.",
    "float64_for_float32": "expected dtype {want}, got {got}: NumPy and `.double()` make 64-bit floats, PyTorch's layers and most of its functions 32-bit ones.",
    "float32_for_float64": "expected dtype {want}, got {got}: half of the digits are gone.",
    # Place.
    "wrong_device": "the result is on {got}; it belongs on {want}, where its input is.",
    # Values.
    "wrong_values": "{count} of {total} values are wrong. At {at}: expected {want}, got {got}.",
    "wrong_value": "expected {want}, got {got}.",
    "input_changed": "`{name}` changed what it was given. Work on something new instead.",
    # Predictions.
    "wrong_prediction": "you wrote `{got}`, and it prints `{want}`. Look at the cell once more: what decides it?",
    # 00 · Start here
    "digits_split": "each number has an axis of its own here. Hand the list over as it is.",
    "tensors_joined": "lists are joined by `+`, tensors are not: two tensors of two entries give one of two entries.",
    "lists_added": "tensors are added place by place, lists are not: `+` puts one list behind the other.",
    "result_not_kept": "`x + 1` makes a new tensor and leaves x alone. Nobody gave the new one a name, so it is gone.",
    "number_joined": "the number was put behind the prices. It should be added to each of them.",
    "added_up": "this is one number, everything added up. Each price should stay a price of its own.",
    "first_line_of_report": "that is how every traceback begins. What went wrong stands in its last line.",
    "message_too": "that is the whole last line. The type is what stands before its first colon.",
    "message_only": "that is what the error has to say. Its type stands before the colon.",
    "last_colon": "a message may hold colons of its own. The type ends at the first one.",
    # 01 · Creating tensors
    "fractions_cut": "the fractions are gone. A tensor of integers cannot hold them, and turning it into floats afterwards does not bring them back. Ask for float32 at once.",
    "sizes_hard_coded": "this is right for one size only. Take the sizes from the arguments.",
    "first_axis_only": "len(x) and shape[0] count the entries along the first axis. numel() counts all of them.",
    "text_for_object": "got text where the thing itself is meant, a {want}. It prints the same, and one can compute with it.",
    "all_ones": "every entry is 1, and that is not what is asked for.",
    "full_lost_dtype": "expected dtype {want}, got {got}: torch.full chooses by its fill value. full_like and new_full follow the tensor.",
    "identity_of_everything": "this is the whole identity matrix. Only its first k rows are asked for; torch.eye takes two sizes.",
    "stop_excluded": "the last multiple is missing: arange stops before its end. Let the end lie beyond `stop`.",
    "counted_by_one": "these go up by 1. The third argument of arange is the step.",
    "past_the_stop": "the last number lies beyond `stop`. An end of stop + step lets one multiple too many in; how little further than `stop` is enough?",
    "end_excluded": "the last point falls short of `stop`: arange leaves out its end. linspace includes both ends.",
    "start_ignored": "these points begin at 0. They should begin at `start`.",
    "global_seed_disturbed": "the numbers are right, but the shared generator was seeded or drawn from: whoever draws next gets other numbers. Use a torch.Generator of your own.",
    "not_reproducible": "two calls with the same seed gave different numbers.",
    "seed_ignored": "two different seeds gave the same numbers. Hand `seed` to the generator.",
    "uniform_for_normal": "there is no negative number among 20,000: that is rand, from 0 to 1. Normal noise comes from randn.",
    "not_standard_normal": "20,000 of these should have a mean near 0 and a standard deviation near 1, and they do not.",
    "die_without_six": "6 never comes up: randint leaves out its second argument.",
    "die_with_zero": "0 comes up, and a die has no 0: randint begins at its first argument.",
    "die_with_seven": "7 comes up: randint's second argument is the first number that it never gives.",
    "loaded_die": "some faces come up more often than others. Rounding does that: the two ends get half as much as the rest.",
    "always_the_same": "two calls gave the same throws. Seeding inside the function makes dice that anyone can foretell.",
    "digits_already_lost": "the dtype is right and the digits are not: they were rounded to float32 before they were widened. Ask for float64 when the tensor is made.",
    "default_dtype_changed": "the default dtype is no longer float32, for everyone. Give dtype= for this one tensor.",
    "floored_for_cut": "floor goes down: -1.7 becomes -2. Cutting off goes towards zero: -1.",
    "cut_for_rounded": "the second tensor is cut off too: once a number is an integer there is nothing left to round. Round first.",
    "halves_upwards": "a half goes to the even neighbour, so 0.5 becomes 0 and 2.5 becomes 2. Adding 0.5 and cutting takes every half upwards; .round() does it right.",
    "swapped": "the right two, in the wrong order.",
    "size_taken_for_value": "torch.tensor(3) holds the number 3. With the capital letter the 3 is a size: three numbers that nobody has set.",
    "value_taken_for_size": "torch.Tensor(3) reserves three numbers. With the small letter the 3 is the content: one number.",
    "integers_stay": "integers cannot hold a half. A float is of a higher sort, so the result is a float.",
    "numpy_promotion": "NumPy and Python would make 64 bits of it. In PyTorch a plain float brings the default dtype, and that is float32.",
    "entries_not_bytes": "that is how many entries there are. Each takes element_size() bytes.",
    "one_entry_only": "that is what one entry takes. There are numel() of them.",
    "four_bytes_each": "4 bytes each is right for float32 and int32 only. element_size() knows the others.",
    "whole_storage": "this counts the whole memory behind the tensor. A column of a larger tensor shares that memory and takes only its own entries.",
}

# What a usual wrong guess at a prediction gives away, by exercise: the guess as `plain` leaves it, and the mistake's name.
GUESSES = {
    "list_or_tensor": {"4 4": "tensors_joined", "2 2": "lists_added", "2 4": "swapped"},
    "is_it_kept": {"tensor([2, 3, 4])": "result_not_kept"},
    "tensor_or_capital": {"1 1": "size_taken_for_value", "3 3": "value_taken_for_size", "1 3": "swapped"},
    "promoted_dtype": {"int64": "integers_stay", "float64": "numpy_promotion"},
}
