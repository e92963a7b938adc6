"""The course's tools: authoring, the kit that notebooks carry, and the grader. The `course` command is in `cli`."""

__version__ = "0.1.0"
