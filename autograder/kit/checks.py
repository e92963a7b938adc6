"""`check` runs a test and words what went wrong; `expect` finds it."""

import contextlib
import linecache
import traceback
from pathlib import PurePath
from typing import Any

import torch

from autograder.kit.pictures import draw, side_by_side
from autograder.kit.words import WORDS


class Wrong(Exception):
    """An answer that is not right yet. `mistake` is its name in WORDS; `picture` shows got beside expected."""

    sign, name, picture = "✗", "", ""

    def __init__(self, mistake: str, drawn: Any = None, bad: Any = None, **facts: object) -> None:
        self.mistake, self.facts = mistake, facts
        if drawn and all(0 < each.numel() <= 200 and each.ndim <= 4 for each in drawn.values()):
            self.picture = side_by_side(drawn, bad)  # small enough for it to help

    def __str__(self) -> str:
        return WORDS[self.mistake].format(**{"name": self.name, **self.facts})

    def _render_traceback_(self) -> list[str]:  # what IPython prints in place of a traceback
        return [f"{self.sign} {self.name}: {self}"]


class NotAttempted(Wrong):
    """The exercise is as it was handed out."""

    sign = "○"


@contextlib.contextmanager
def check(name: str) -> Any:
    """`with check("name"):` runs the lines below it. All well: a tick. Otherwise: one message."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        wrong = error if isinstance(error, Wrong) else explain(error, name)
        wrong.name = name
        if wrong.picture:
            draw(wrong.picture)
        raise wrong from None
    draw(f"<b>✓ {name}</b>", f"✓ {name}")


def explain(error: BaseException, name: str) -> Wrong:
    """What an exception that is not ours means, with the line of the learner's code where it arose."""
    if isinstance(error, NotImplementedError) and not error.args:  # torch raises it too, with words
        return NotAttempted("not_attempted")
    if isinstance(error, NameError) and error.name == name:
        return NotAttempted("not_defined")
    kit = PurePath(explain.__code__.co_filename)  # IPython names every cell's code like a file in one folder
    lines = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    lines = [each for each in lines if PurePath(each[0]).parent == kit.parent and each[0] != str(kit)]
    mine = lines[-1] if lines and lines[-1][0] != lines[0][0] else None  # the first is the test's own
    where = f" (line {mine[1]} of your cell: `{linecache.getline(*mine).strip()}`)" if mine else ""
    return Wrong("raised", kind=type(error).__name__, text=str(error).strip() or "no message", where=where)


def expect(got: Any, want: Any, *, device: Any = "cpu", mistakes: Any = (), mistake: str = "", rtol: float = 0) -> None:
    """Hold `got` against `want` in type, shape, dtype, device and values, and tell the first difference.

    A list stands for the tensor that it makes on `device`. `mistakes` says what usual mistakes would have given, by
    their names in WORDS; `mistake` names any difference at all. `rtol` 0 is what the dtype of `want` can hold.
    """
    wrong = difference(got, want, device, rtol)
    if wrong:
        usual = (name for name, each in dict(mistakes).items() if not difference(got, each, device, rtol))
        wrong.mistake = mistake or next(usual, wrong.mistake)
        raise wrong


def difference(got: Any, want: Any, device: Any, rtol: float) -> Wrong | None:
    """The first thing that tells `got` from `want`, or None."""
    if isinstance(want, list):
        want = torch.tensor(want, device=device)
    if not isinstance(got, type(want)) or isinstance(got, bool) != isinstance(want, bool):
        return Wrong(kind_mistake(got, want), got=type(got).__name__, want=type(want).__name__)
    if isinstance(want, torch.Tensor):
        return tensor_difference(got, want, rtol)
    if isinstance(want, dict) and got.keys() != want.keys():
        return Wrong("wrong_keys", want=sorted(want), got=sorted(map(str, got)))
    if isinstance(want, tuple) and len(got) != len(want):
        return Wrong("wrong_value", want=f"{len(want)} entries", got=len(got))
    if isinstance(want, (dict, tuple)):
        keys = want if isinstance(want, dict) else range(len(want))
        return next((wrong for key in keys if (wrong := difference(got[key], want[key], device, rtol))), None)
    same = abs(got - want) <= (rtol or 1e-6) * abs(want) if isinstance(want, float) else got == want
    return None if same else Wrong("wrong_value", want=repr(want), got=repr(got))


def kind_mistake(got: Any, want: Any) -> str:
    """The name for giving one kind of thing in place of another."""
    if got is None:
        return "returned_none"
    if isinstance(want, torch.Tensor):
        return "not_a_tensor"
    if isinstance(got, torch.Tensor) and isinstance(want, (int, float)):
        return "tensor_for_number"
    return "text_for_object" if isinstance(got, str) else "wrong_type"


def tensor_difference(got: torch.Tensor, want: torch.Tensor, rtol: float) -> Wrong | None:
    """The first of shape, dtype, device and values in which two tensors differ."""
    if got.shape != want.shape:
        return shape_difference(got, want)
    if got.dtype != want.dtype:
        return Wrong(dtype_mistake(got, want), want=want.dtype, got=got.dtype)
    if got.device != want.device:
        return Wrong("wrong_device", want=want.device, got=got.device)
    got, want = got.detach().cpu(), want.detach().cpu()
    bad, both = ~close(got, want, rtol), {"got": got, "expected": want}
    if not bad.any():
        return None
    if got.ndim == 2 and got.shape == got.T.shape and close(got, want.T, rtol).all():
        return Wrong("transposed", both, bad, want=tuple(want.shape), got=tuple(got.shape))
    at = tuple(bad.nonzero()[0].tolist())
    facts = {"at": list(at), "want": f"{want[at].item():.6g}", "got": f"{got[at].item():.6g}"}
    return Wrong("wrong_values", both, bad, count=int(bad.sum()), total=bad.numel(), **facts)


def shape_difference(got: torch.Tensor, want: torch.Tensor) -> Wrong:
    """How the shapes differ, and whether a vector is merely one entry off at its end."""
    got, want = got.detach().cpu(), want.detach().cpu()
    name = "wrong_shape"
    if [n for n in got.shape if n != 1] == [n for n in want.shape if n != 1] and got.ndim != want.ndim:
        name = "dropped_axis" if got.ndim < want.ndim else "kept_axis"
    elif got.ndim == want.ndim == 2 and got.shape == want.T.shape:
        name = "transposed"
    elif got.ndim == want.ndim == 1 and abs(len(got) - len(want)) == 1:
        n = min(len(got), len(want))
        name = "off_by_one" if close(got[:n].to(want.dtype), want[:n], 1e-4).all() else name
    return Wrong(name, {"got": got, "expected": want}, want=tuple(want.shape), got=tuple(got.shape))


def dtype_mistake(got: torch.Tensor, want: torch.Tensor) -> str:
    """The name for having one dtype in place of the other."""
    if got.is_floating_point() != want.is_floating_point():
        return "int_for_float" if want.is_floating_point() else "float_for_int"
    precision = {torch.float32: "float32_for_float64", torch.float64: "float64_for_float32"}
    return precision[got.dtype] if {got.dtype, want.dtype} == set(precision) else "wrong_dtype"


def close(got: torch.Tensor, want: torch.Tensor, rtol: float) -> torch.Tensor:
    """Which values agree: floats to what their dtype can hold, NaN with NaN, everything else exactly."""
    if not want.is_floating_point():
        return got == want
    rtol = rtol or {torch.float16: 1e-2, torch.bfloat16: 2e-2, torch.float64: 1e-9}.get(want.dtype, 1e-5)
    return torch.isclose(got, want, rtol=rtol, atol=rtol / 10, equal_nan=True)
