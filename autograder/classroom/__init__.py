"""The instructor's side: what was handed in, what became of it, and how both are shown.

    intake → reading → (an engine) → verdict → feedback, report

`grading` is the thread through it. A submission that cannot be graded is a verdict with a cause, never an exception.
"""
