"""Every mistake by its name, and what a learner is told. Banks, verdicts and reports use the names.

A translation replaces these tables. In braces stand facts that the check fills in: `name` is the exercise, `got` and
`want` are what came and what should have come.
"""

WORDS = {
    # States that are not an answer.
    "not_attempted": "not attempted yet. Write your answer in place of `raise NotImplementedError()`, and run that cell.",
    "not_defined": "there is no `{missing}` yet. Run the cells above, from the top, then this one.",
    "raised": "{where}stopped with {kind}: {text}",
    # Type.
    "returned_none": "got None. Does your function end with `return`?",
    "wrong_type": "expected something of type {want}, got {got}.",
    "method_not_called": "got the function `{called}` itself. Brackets after it call it: `{called}()`.",
    "not_a_tensor": "expected a torch.Tensor, got something of type {got}. torch.tensor makes one of numbers, lists and arrays.",
    "tensor_for_number": "expected a plain Python {want}, got a tensor. `.item()` takes the number out of a tensor that holds one.",
    "wrong_keys": "expected entries under {want}, got them under {got}.",
    # Shape.
    "wrong_shape": "expected shape {want}, got {got}.",
    "dropped_axis": "expected shape {want}, got {got}: an axis of size 1 is missing.",
    "kept_axis": "expected shape {want}, got {got}: there is an axis of size 1 too many, as from one pair of brackets too many.",
    "transposed": "this is the transpose of what is expected: rows and columns changed places.",
    "off_by_one": "expected shape {want}, got {got}: one entry too {many} at the {end}. The others are right.",
    # Kind of number.
    "wrong_dtype": "expected dtype {want}, got {got}.",
    "int_for_float": "expected dtype {want}, got {got}: whole numbers make a tensor of integers unless you ask for a float dtype.",
    "float_for_int": "expected dtype {want}, got {got}: the exercise asks for integers, and these are floats.",
    "float64_for_float32": "expected dtype {want}, got {got}: NumPy, Python's `float` and `.double()` mean 64 bits; PyTorch works with 32.",
    # Place.
    "wrong_device": "the result is on {got}; it belongs on {want}, where its input is.",
    # Values.
    "wrong_values": "{count} of {total} values wrong{at}: expected {want}, got {got}.",
    "wrong_value": "expected {want}, got {got}.",
    "input_changed": "`{name}` changed what it was given. Work on something new instead.",
    # Predictions.
    "wrong_prediction": "you wrote `{got}`, and it prints `{want}`. If you meant the same, write it as it is printed. If not, which of your assumptions was wrong?",
    # 00 · Start here
    "digits_split": "each number has an axis of its own here. Pass the list as it is.",
    "tensors_joined": "lists are joined by `+`, tensors are not: two tensors of two entries give one of two entries.",
    "lists_added": "tensors are added entry by entry, lists are not: `+` joins two lists end to end.",
    "result_not_kept": "`x + 1` makes a new tensor and leaves x alone. Nobody gave the new one a name, so it is gone.",
    "number_joined": "the number was appended to the prices. It should be added to each of them.",
    "added_up": "this is one number, everything added up. Each price should stay a price of its own.",
    "nothing_added": "these are the prices as they were. `+` makes a new tensor; that one is the result.",
    "first_line_of_report": "that is how every traceback begins. What went wrong is in its last line.",
    "message_too": "almost: the type is only what comes before the first colon of that line.",
    "message_only": "that is what the error has to say. Its type comes before the colon.",
    "last_colon": "a message may hold colons of its own. The type ends at the first one.",
    # 01 · Creating tensors
    "fractions_cut": "the fractions are gone. A tensor of integers cannot hold them, and turning it into floats afterwards does not bring them back. Ask for float32 at once.",
    "sizes_hard_coded": "this is right for one size only. Take the sizes from the arguments.",
    "built_on_input": "x * 0 is not 0 everywhere: where x is inf or nan it is nan. Make the tensor anew.",
    "stop_excluded": "the last multiple is missing: arange stops before its end.",
    "end_excluded": "the last point falls short of `stop`: arange leaves out its end. linspace includes both ends.",
    "ends_swapped": "these run from `stop` to `start`. They should run from `start` to `stop`.",
    "global_seed_disturbed": "the numbers are right, but the shared generator was seeded or drawn from: whoever draws next gets other numbers. Use a torch.Generator of your own.",
    "not_reproducible": "two calls with the same seed gave different numbers.",
    "seed_ignored": "two different seeds gave the same numbers. Hand `seed` to the generator.",
    "uniform_for_normal": "there is no negative number among 20,000: that is rand, from 0 to 1. Normal noise comes from randn.",
    "not_standard_normal": "20,000 of these should have a mean near 0 and a standard deviation near 1, and they do not.",
    "die_range": "a die shows 1 to 6, and these throws do not. randint begins at its first argument and stops before its second.",
    "loaded_die": "some faces come up more often than others. Rounding does that: the two ends get half as much as the rest.",
    "always_the_same": "two calls gave the same throws. Seeding inside the function makes dice that anyone can foretell.",
    "not_uniform": "uniform numbers from 0 to 1 come close to 0 and close to 1, and never leave that range. These do not do so.",
    "label_range": "among 500 labels every digit from 0 to 9 should occur, and nothing else.",
    "digits_already_lost": "the dtype is right and the digits are not: they were rounded to float32 before they were widened. Ask for float64 when the tensor is made.",
    "digits_rounded": "some digits are rounded away. float64 holds about 16 of them; keep them all.",
    "default_dtype_changed": "your code changed the default dtype for the whole session. Give dtype= for this one tensor instead.",
    "floored_for_cut": "floor goes down: -1.7 becomes -2. Cutting off goes towards zero: -1.",
    "halves_upwards": "a half goes to the even neighbour, so 0.5 becomes 0 and 2.5 becomes 2. Adding 0.5 and cutting takes every half upwards; .round() does it right.",
    "swapped": "the right two, in the wrong order.",
    "size_taken_for_value": "torch.tensor(3) holds the number 3. With the capital letter the 3 is a size: three numbers that nobody has set.",
    "value_taken_for_size": "torch.Tensor(3) reserves three numbers. With the small letter the 3 is the content: one number.",
    "integers_stay": "integers cannot hold a half. Floats are the higher category, so the result is a float.",
    "numpy_promotion": "NumPy and Python would make 64 bits of it. In PyTorch a plain float brings the default dtype, and that is float32.",
    "entries_not_bytes": "that is how many entries there are. Each takes element_size() bytes.",
    "whole_storage": "this counts the whole memory behind the tensor. A column of a larger tensor shares that memory and takes only its own entries.",
}

# What a usual wrong guess at a prediction gives away, by exercise: the guess as `plain` leaves it, and the mistake's name.
GUESSES = {
    "list_or_tensor": {"4 4": "tensors_joined", "2 2": "lists_added", "2 4": "swapped"},
    "is_it_kept": {"tensor([2, 3, 4])": "result_not_kept", "[2, 3, 4]": "result_not_kept"},
    "tensor_or_capital": {"1 1": "size_taken_for_value", "3 3": "value_taken_for_size", "1 3": "swapped"},
    "promoted_dtype": {"int64": "integers_stay", "float64": "numpy_promotion"},
}
