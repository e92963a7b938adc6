"""The answer bank of lesson 00: right answers written differently, and the mistakes people make."""

import torch

from autograder.authoring.bank import right, wrong


@right("to_tensor")
def to_tensor(numbers):
    return torch.LongTensor(numbers)


@right("to_tensor")
def to_tensor(numbers):
    result = torch.tensor(numbers)
    return result.clone()


@wrong("to_tensor", mistake="not_a_tensor")
def to_tensor(numbers):
    return numbers


@wrong("to_tensor", mistake="returned_none")
def to_tensor(numbers):
    print(torch.tensor(numbers))


@wrong("to_tensor", mistake="digits_split")
def to_tensor(numbers):
    return torch.tensor([[number] for number in numbers])


@wrong("to_tensor", mistake="float_for_int")
def to_tensor(numbers):
    return torch.Tensor(numbers)


@wrong("to_tensor", mistake="sizes_hard_coded")
def to_tensor(numbers):
    return torch.tensor([4, 7, 9])


@right("list_or_tensor")
def list_or_tensor():
    return "4   2"


@right("list_or_tensor")
def list_or_tensor():
    return f"{len([1, 2, 3, 4])} {len(torch.tensor([4, 6]))}"


@wrong("list_or_tensor", mistake="tensors_joined")
def list_or_tensor():
    return "4 4"


@wrong("list_or_tensor", mistake="lists_added")
def list_or_tensor():
    return "2 2"


@wrong("list_or_tensor", mistake="swapped")
def list_or_tensor():
    return "2 4"


@right("is_it_kept")
def is_it_kept():
    return "Tensor([1,  2, 3])"


@right("is_it_kept")
def is_it_kept():
    return torch.tensor([1, 2, 3])


@wrong("is_it_kept", mistake="result_not_kept")
def is_it_kept():
    return "tensor([2, 3, 4])"


@wrong("is_it_kept", mistake="result_not_kept")
def is_it_kept():
    return "[2, 3, 4]"


@wrong("is_it_kept", mistake="wrong_prediction")
def is_it_kept():
    return "[1, 2, 3]"


@wrong("is_it_kept", mistake="returned_none")
def is_it_kept():
    print("tensor([1, 2, 3])")


@right("with_shipping")
def with_shipping(prices, shipping):
    return torch.tensor([price + shipping for price in prices])


@right("with_shipping")
def with_shipping(prices, shipping):
    return torch.add(torch.tensor(prices), torch.tensor(shipping))


@wrong("with_shipping", mistake="not_a_tensor")
def with_shipping(prices, shipping):
    return [price + shipping for price in prices]


@wrong("with_shipping", mistake="raised")
def with_shipping(prices, shipping):
    return prices + shipping


@wrong("with_shipping", mistake="number_joined")
def with_shipping(prices, shipping):
    return torch.tensor([*prices, shipping])


@wrong("with_shipping", mistake="added_up")
def with_shipping(prices, shipping):
    return torch.tensor(prices).sum() + shipping


@wrong("with_shipping", mistake="nothing_added")
def with_shipping(prices, shipping):
    result = torch.tensor(prices)
    result + shipping
    return result


@wrong("with_shipping", mistake="input_changed")
def with_shipping(prices, shipping):
    for i in range(len(prices)):
        prices[i] += shipping
    return torch.tensor(prices)


@wrong("with_shipping", mistake="sizes_hard_coded")
def with_shipping(prices, shipping):
    return torch.tensor([4.0, 2.5]) + 1.5


@right("error_type")
def error_type(report):
    lines = [line for line in report.split("\n") if line.strip()]
    return lines[-1].partition(":")[0]


@right("error_type")
def error_type(report):
    last = report.rstrip().rsplit("\n", 1)[1]
    return last[: last.index(":")] if ":" in last else last


@wrong("error_type", mistake="first_line_of_report")
def error_type(report):
    return report.split(":")[0]


@wrong("error_type", mistake="message_too")
def error_type(report):
    return report.strip().splitlines()[-1]


@wrong("error_type", mistake="message_only")
def error_type(report):
    return report.strip().splitlines()[-1].split(":")[1]


@wrong("error_type", mistake="last_colon")
def error_type(report):
    line = report.strip().splitlines()[-1]
    return line.rpartition(":")[0] or line


@wrong("error_type", mistake="wrong_value")
def error_type(report):
    return report.splitlines()[-1].split(":")[0]
