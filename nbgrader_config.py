"""nbgrader's own commands and the formgrader, run from this folder, work on the course's folders and gradebook.

`nbgrader autograde` and the formgrader's button grade with the judge, as `course grade` does.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))  # for the settings' classes, where the package is not installed

from autograder.engines.nbgrader_settings import nbgrader_settings  # noqa: E402

c = get_config()  # noqa: F821  (traitlets gives it to this file)
c.merge(nbgrader_settings(ROOT))

# What follows changes how they grade. Without a sandbox, what students wrote runs with your rights.
# c.Judge.sandbox = "off"
# c.Judge.device = "cpu"
