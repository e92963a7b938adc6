"""nbgrader's own commands and the formgrader, run from this folder, work on the course's folders and gradebook."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))  # for the preprocessors below, where the package is not installed

from autograder.engines.nbgrader_settings import nbgrader_settings  # noqa: E402

c = get_config()  # noqa: F821  (traitlets gives it to this file)
c.merge(nbgrader_settings(ROOT))
