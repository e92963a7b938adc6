"""What notebooks carry inside: checks and their words, pictures, devices.

`autograder.authoring.inline` copies the definitions that a lesson uses, and nothing else, into the lesson's first cell.
For that, each module here is a plain list of imports, constants, functions and classes: no code that runs, no name that
two modules share, no import but the standard library, torch, matplotlib and IPython. What a learner is told stands in
`words`, under the mistake's name.
"""

from autograder.kit.checks import NotAttempted, Wrong, check, expect, expect_kind
from autograder.kit.devices import devices, randn
from autograder.kit.pictures import picture, show
from autograder.kit.predictions import predict

__all__ = ["NotAttempted", "Wrong", "check", "devices", "expect", "expect_kind", "picture", "predict", "randn", "show"]
