"""What notebooks carry inside: checks and their words, pictures, devices, a look at sources and figures.

`autograder.authoring.inline` copies the definitions that a lesson uses, and nothing else, into the lesson's first cell.
For that, each module here is a plain list of imports, constants, functions and classes: no code that runs, no name that
two modules share, no import but the standard library, torch, matplotlib and IPython. What a learner is told stands in
`words`, under the mistake's name.
"""

from autograder.kit.aliasing import expect_copy, expect_requires_grad, expect_same_object, expect_view
from autograder.kit.broadcasting import show_broadcast
from autograder.kit.checks import NotAttempted, Wrong, check, expect, expect_kind
from autograder.kit.devices import devices, randn
from autograder.kit.figures import figures
from autograder.kit.folding import show_fold
from autograder.kit.gpu_memory import simulated
from autograder.kit.graph_picture import show_graph
from autograder.kit.joining import show_joined
from autograder.kit.memory import show_memory
from autograder.kit.pictures import picture, show
from autograder.kit.predictions import predict
from autograder.kit.products import show_product
from autograder.kit.source import expect_uses, source_of

__all__ = [
    "NotAttempted",
    "Wrong",
    "check",
    "devices",
    "expect",
    "expect_copy",
    "expect_kind",
    "expect_requires_grad",
    "expect_same_object",
    "expect_uses",
    "expect_view",
    "figures",
    "picture",
    "predict",
    "randn",
    "show",
    "show_broadcast",
    "show_fold",
    "show_graph",
    "show_joined",
    "show_memory",
    "show_product",
    "simulated",
    "source_of",
]
