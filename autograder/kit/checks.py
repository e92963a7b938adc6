"""`check` runs a test and words what went wrong; `expect` finds it."""

import contextlib
import linecache
import math
import textwrap
import traceback
from pathlib import PurePath
from typing import Any

import numpy
import torch

from autograder.kit.pictures import draw, side_by_side
from autograder.kit.words import WORDS

RESULTS = dict[str, str]()  # how each check went when it last ran
DTYPES = {  # got and wanted, and the mistake's name
    **dict.fromkeys([(torch.int64, torch.float32), (torch.int64, torch.float64)], "int_for_float"),
    **dict.fromkeys([(torch.float32, torch.int64), (torch.float64, torch.int64)], "float_for_int"),
    (torch.float64, torch.float32): "float64_for_float32",
}


class Wrong(Exception):
    """An answer that is not right yet. `mistake` is its name in WORDS; `picture` shows got beside expected."""

    sign, name, place, picture = "✗", "", "", ""

    def __init__(self, mistake: str, drawn: Any = None, bad: Any = None, **facts: object) -> None:
        self.mistake, self.facts = mistake, facts
        if drawn and all(0 < each.numel() <= 200 and each.ndim <= 4 for each in drawn.values()):
            self.picture = side_by_side(drawn, bad)  # small enough for it to help

    def __str__(self) -> str:
        return self.place + WORDS[self.mistake].format(**{"name": self.name, **self.facts})

    def _render_traceback_(self) -> list[str]:  # what IPython prints in place of a traceback
        return [f"{self.sign} {self.name}: {self}"]


class NotAttempted(Wrong):
    sign = "○"  # the exercise is as it was handed out


@contextlib.contextmanager
def check(name: str) -> Any:
    """`with check("name"):` runs the lines below it. All well: a tick. Otherwise: one message."""
    default = torch.get_default_dtype()
    try:
        yield
        if torch.get_default_dtype() != default:
            raise Wrong("default_dtype_changed")
    except (Exception, SystemExit) as error:
        wrong = error if isinstance(error, Wrong) else explain(error)
        wrong.name, RESULTS[name] = name, wrong.sign
        draw(wrong.picture) if wrong.picture else None
        raise wrong from None
    finally:
        torch.set_default_dtype(default)
    RESULTS[name] = "✓"
    draw(f"<b>✓ {name}</b>", f"✓ {name}")


def explain(error: BaseException) -> Wrong:
    """What an exception that is not ours means, with the line of the learner's code where it arose."""
    if isinstance(error, NotImplementedError) and not error.args:  # torch raises it too, with words
        return NotAttempted("not_attempted")
    own = PurePath(explain.__code__.co_filename)  # IPython names every cell's code like a file in one folder
    files = [(PurePath(frame.f_code.co_filename), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    lines = [(str(file), line) for file, line in files if file.parent == own.parent and file != own]
    mine = lines[-1] if lines and lines[-1][0] != lines[0][0] else None  # the first is the test's own
    if isinstance(error, NameError) and not mine:
        return NotAttempted("not_defined", missing=error.name)
    where = f"line {mine[1]} of your cell, `{linecache.getline(*mine).strip()}`, " if mine else "your code "
    text = str(error).strip().partition("\n")[0].partition(", but expected one of")[0] or "no message"
    return Wrong("raised", kind=type(error).__name__, text=textwrap.shorten(text, 300, placeholder=" …"), where=where)


def expect(got: Any, want: Any, device: Any = "cpu", mistakes: Any = (), mistake: str = "", rtol: float = 0) -> None:
    """Tell the first difference in type, shape, dtype, device or values; a list is the tensor it makes on `device`.

    `mistakes`: what usual ones give, by name in WORDS. `mistake`: the name of any. `rtol` 0: what the dtype can hold.
    """
    if wrong := difference(got, want, device, rtol):
        none = "returned_none" * (got is None)  # further inside, no `return` is missing
        usual = next((name for name, each in dict(mistakes).items() if not difference(got, each, device, rtol)), none)
        if mistake or usual:
            wrong.mistake, wrong.place, wrong.picture = mistake or usual, "", "" if mistake else wrong.picture
        raise wrong


def expect_kind(got: Any, like: torch.Tensor) -> None:
    """Hold `got` against `like` in all but its values."""
    same = isinstance(got, torch.Tensor) and (got.shape, got.dtype) == (like.shape, like.dtype)
    try:
        expect(got, got.detach().to(like.device) if same else like)
    except Wrong as wrong:
        wrong.picture = ""  # the values of `like` are not what is expected
        raise


def difference(got: Any, want: Any, device: Any, rtol: float) -> Wrong | None:
    """The first thing that tells `got` from `want`, or None."""
    want = torch.tensor(want, device=device) if isinstance(want, list) else want
    if not isinstance(got, type(want)) or isinstance(got, bool) != isinstance(want, bool):
        kinds = [f"{type(each).__module__}.{type(each).__name__}".removeprefix("builtins.") for each in (got, want)]
        return Wrong(kind_mistake(got, want), got=kinds[0], want=kinds[1], called=getattr(got, "__name__", ""))
    if isinstance(want, numpy.ndarray):
        if got.dtype != want.dtype and (got.shape == want.shape or got.dtype.kind not in "?biufc"):  # not of numbers
            return Wrong("wrong_dtype", want=want.dtype, got=got.dtype)
        got, want = (torch.from_numpy(each.astype(want.dtype, order="C")) for each in (got, want))
    if isinstance(want, torch.Tensor):
        return tensor_difference(got, want, rtol)
    if isinstance(want, tuple):
        if len(got) != len(want):
            return Wrong("wrong_length", want=len(want), got=len(got))
        got, want = dict(enumerate(got)), dict(enumerate(want))
    if isinstance(want, dict):
        if got.keys() != want.keys():
            return Wrong("wrong_keys", want=list(want), got=list(got))
        found = ((key, difference(got[key], want[key], device, rtol)) for key in want)
        key, wrong = next(((key, wrong) for key, wrong in found if wrong), (None, None))
        if wrong:
            wrong.place = f"[{key!r}]" + (wrong.place or ": ")
        return wrong
    same = got == want or (isinstance(want, float) and math.isclose(got, want, rel_tol=rtol or 1e-6, abs_tol=1e-9))
    return None if same or (got != got and want != want) else Wrong("wrong_value", want=repr(want), got=repr(got))


def kind_mistake(got: Any, want: Any) -> str:
    """The name for giving one kind of thing in place of another."""
    kinds = [
        (callable(got) and hasattr(got, "__name__") and not isinstance(got, type), "method_not_called"),
        (type(got).__module__ == "torch.return_types", "pair_for_tensor"),  # of max, sort, topk, median
        (isinstance(want, torch.Tensor) and isinstance(got, (int, float)), "number_for_tensor"),
        (isinstance(want, torch.Tensor) and isinstance(got, (list, numpy.ndarray)), "not_a_tensor"),
        (isinstance(got, torch.Tensor) and isinstance(want, (int, float)), "tensor_for_number"),
    ]
    return next((name for holds, name in kinds if holds), "wrong_type")


def tensor_difference(got: torch.Tensor, want: torch.Tensor, rtol: float) -> Wrong | None:
    """The first of shape, dtype, device and values in which two tensors differ."""
    if got.shape != want.shape:
        return shape_difference(got.detach().cpu(), want.detach().cpu())
    if got.dtype != want.dtype:
        return Wrong(DTYPES.get((got.dtype, want.dtype), "wrong_dtype"), want=want.dtype, got=got.dtype)
    if got.device != want.device:
        return Wrong("wrong_device", want=want.device, got=got.device)
    got, want = got.detach().cpu(), want.detach().cpu()
    if torch.equal(got, want) or not (bad := ~close(got, want, rtol)).any():
        return None
    at = tuple(bad.nonzero()[0].tolist())
    digits = ".6g" if want.is_floating_point() and f"{got[at]:.6g}" != f"{want[at]:.6g}" else ""
    first = {name: format(each[at].item(), digits) for name, each in (("got", got), ("want", want))}
    turned = got.ndim == 2 and got.shape == got.T.shape and close(got, want.T, rtol).all()
    name, where = "transposed" if turned else "wrong_values", f", the first at {list(at)}" * bool(at)
    return Wrong(name, {"got": got, "expected": want}, bad, count=int(bad.sum()), total=bad.numel(), at=where, **first)


def shape_difference(got: torch.Tensor, want: torch.Tensor) -> Wrong:
    """How the shapes differ, and whether a vector is merely one entry off at its start or end."""
    n, name = min(got.numel(), want.numel()), "wrong_shape"
    facts: dict[str, Any] = {"want": tuple(want.shape), "got": tuple(got.shape)}
    if [n for n in got.shape if n != 1] == [n for n in want.shape if n != 1] and got.ndim != want.ndim:
        name = "dropped_axis" if got.ndim < want.ndim else "kept_axis"
    elif got.ndim == want.ndim == 2 and got.shape == want.T.shape and close(got.T.to(want.dtype), want, 1e-4).all():
        name = "transposed"
    elif got.ndim == want.ndim == 1 and abs(len(got) - len(want)) == 1 < n:
        for end, kept in (("end", slice(n)), ("start", slice(-n, None))):
            if close(got[kept].to(want.dtype), want[kept], 1e-4).all():
                name, facts = "off_by_one", {**facts, "end": end, "many": "few" if len(got) < len(want) else "many"}
    return Wrong(name, {"got": got, "expected": want}, **facts)


def close(got: torch.Tensor, want: torch.Tensor, rtol: float) -> torch.Tensor:
    """Which values agree: floats to what their dtype can hold, NaN with NaN, everything else exactly."""
    if not want.is_floating_point():
        return got == want
    rtol = rtol or torch.finfo(want.dtype).eps ** 0.75  # 6e-6 for float32, 2e-12 for float64
    return torch.isclose(got, want, rtol=rtol, atol=rtol / 10, equal_nan=True)
