"""The globals that a test runs in: its own, the kit's, and everything else from the student's notebook."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from types import CodeType
from typing import Any


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


def names_in(code: CodeType) -> set[str]:
    """The names that a test's code may look up: globals, and attributes too, which cannot be told apart here."""
    inner = [names_in(each) for each in code.co_consts if isinstance(each, CodeType)]
    return {*code.co_names}.union(*inner)
