"""The globals that a test runs in: its own, the kit's, and everything else from the student's notebook."""

from __future__ import annotations

import builtins
import symtable
from collections.abc import Callable
from typing import Any

from autograder.judge.python_source import globals_read


class Names(dict[str, Any]):
    """A test's globals. What neither the test nor the kit defines is asked of the student's notebook, each time."""

    def __init__(self, own: dict[str, Any], ask: Callable[[str], Any], earlier: dict[str, Any]) -> None:
        super().__init__(own)
        self.ask, self.earlier = ask, earlier

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name) or name in ("__annotations__", "__file__"):
            raise KeyError(name)
        try:
            return self.ask(name)
        except NameError:
            if name in self.earlier:
                return self.earlier[name]
            raise


def asked_in(source: str) -> list[str]:
    """The names that a test's text reads and does not define: all that a student's process is told of it beforehand."""
    table = symtable.symtable(source, "<test>", "exec")
    own = {each.get_name() for each in table.get_symbols() if each.is_assigned() or each.is_imported()}
    return sorted(set(globals_read(table)) - own - vars(builtins).keys())
