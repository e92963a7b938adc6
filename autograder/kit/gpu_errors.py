"""What errors on the simulated GPU say, and what their tracebacks show: what a real GPU's would."""

import re
from types import TracebackType
from typing import Any

from IPython import get_ipython

from autograder.kit.gpu_memory import out_of_memory

KERNELS = [  # a CPU kernel's name in an error's message, and CUDA's
    (r"\btorch\.(\w+Tensor)\b", r"torch.cuda.\1"),
    (r"expected m1 and m2 to", "expected mat1 and mat2 to"),
    (r'"(log_)?softmax_(lastdim_)?kernel_impl"', '"host_softmax"'),
    (r'"addmm_impl_cpu_"', '"addmm_cuda"'),
]


def in_cudas_words(error: RuntimeError) -> RuntimeError:
    """What CUDA says where the CPU says this."""
    text = words = str(error)
    asked = text.partition("you tried to allocate ")[2].partition(" ")[0]
    if asked:
        return out_of_memory(int(asked))
    for pattern, instead in KERNELS:
        words = re.sub(pattern, instead, words)
    return error if words == text else type(error)(words)


def rendered(error: Exception) -> Any:
    """IPython's traceback of an error, without the frames that it would not have on a real GPU."""
    table = get_ipython().InteractiveTB
    return table.structured_traceback(type(error), error, without_own(error.__traceback__), tb_offset=1)


def without_own(trace: Any) -> Any:
    """A traceback less the frames of the simulation, and of what torch does to call it."""
    if trace is None:
        return None
    frame, rest = trace.tb_frame, without_own(trace.tb_next)
    file, module = frame.f_code.co_filename, str(frame.f_globals.get("__name__"))
    own = file == without_own.__code__.co_filename or module.startswith("autograder.kit.gpu")  # one cell, or modules
    if own or "_dynamo" in file or file.endswith("_compile.py"):
        return rest
    return TracebackType(rest, frame, trace.tb_lasti, trace.tb_lineno)
