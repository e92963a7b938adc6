"""What lessons and the kit use of torch, and whether an older torch has it.

    pip download torch==2.7.0 --no-deps --only-binary=:all: --platform macosx_11_0_arm64 --python-version 311
    python tests/torch_api.py torch-2.7.0-*.whl > tests/torch_api.txt

writes the list that `test_torch_api.py` holds the lessons to, or says what that torch does not have. Nothing of the
wheel is installed or run: its Python files and stubs are read. (The one for macOS has them all, and is the smallest.)

A line of the list is a name, with the keywords that it is called with: `torch.arange device dtype`. A name that begins
with a point is an attribute of a tensor or of another thing in CLASSES. Their keywords are left out, as the text does
not tell an array's `sum` from a tensor's, and so are calls that shall fail (in a cell with `raises=`).
"""

from __future__ import annotations

import ast
import importlib
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

CLASSES = (
    *("torch.Tensor", "torch.nn.Module", "torch.optim.Optimizer", "torch.Generator", "torch.device", "torch.dtype"),
    *("torch.finfo", "torch.iinfo", "torch.UntypedStorage", "torch.cuda.Event", "torch.cuda.Stream"),
    *("torch.autograd.graph.Node", "torch.optim.lr_scheduler.LRScheduler", "torch.utils.data.DataLoader"),
)

Used = dict[str, set[str]]
"""Keywords by name."""


def uses(root: Path = ROOT) -> Used:
    """What the lessons of the course at `root`, hidden tests included, and the kit use of torch."""
    found = Used()
    lessons = [path for path in (root / "solutions").glob("*.py") if not path.stem.endswith("_answers")]
    for path in [*lessons, *(root / "autograder" / "kit").glob("*.py")]:
        for name, keywords in used_in(path.read_text(encoding="utf-8")).items():
            found.setdefault(name, set()).update(keywords)
    return found


def used_in(text: str) -> Used:
    """What a Python file uses of torch."""
    tree, used, aliases = ast.parse(text), Used(), {"torch": "torch"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = {each.asname or "torch": each.name for each in node.names if in_torch(each.name)}
            aliases |= {alias: name for alias, name in names.items() if alias != "torch"}
        elif isinstance(node, ast.ImportFrom) and in_torch(node.module or ""):
            names = {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
            aliases |= names
        else:
            continue
        used |= {name: set[str]() for name in names.values()}
    shall_fail = failing(text)
    calls = {
        id(node.func): [each.arg for each in node.keywords if each.arg]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.lineno not in shall_fail
    }
    for node in ast.walk(tree):
        if isinstance(node, (ast.Attribute, ast.Name)) and (name := name_of(node, aliases)):
            used.setdefault(name, set()).update([] if name.startswith(".") else calls.get(id(node), []))
    return used


def failing(text: str) -> set[int]:
    """The lines of a lesson's cells that shall raise an error."""
    found, shall_fail = set(), False
    for number, line in enumerate(text.splitlines(), 1):
        shall_fail = "raises=" in line if line.startswith("# %%") else shall_fail
        found |= {number} if shall_fail else set()
    return found


def in_torch(module: str) -> bool:
    return module.partition(".")[0] == "torch"


def name_of(node: ast.Attribute | ast.Name, aliases: dict[str, str]) -> str:
    """What an expression takes from torch, as in the list: `torch.nn.Linear`, `.sum`; "" for what is not torch's."""
    parts: list[str] = []
    at: ast.expr = node
    while isinstance(at, ast.Attribute):
        parts.insert(0, at.attr)
        at = at.value
    if (parts and hasattr(type, parts[-1])) or parts[-1:] == ["__file__"]:  # Python's own, such as __name__
        return ""
    if isinstance(at, ast.Name) and at.id in aliases:
        owner = ".".join([aliases[at.id], *parts[:-1]])
        # A module's own: also where the installed torch has no such name. Else something made, as in torch.e.bit_count.
        if not parts or isinstance(installed(owner), (type(ast), type)):
            return ".".join([aliases[at.id], *parts])
    return f".{parts[-1]}" if parts and any(hasattr(installed(each), parts[-1]) for each in CLASSES) else ""


@cache
def installed(name: str) -> object:
    """What a dotted name stands for in the installed torch; None if there is no such thing."""
    try:
        return importlib.import_module(name)
    except ImportError:
        owner, _, last = name.rpartition(".")
        return getattr(installed(owner), last, None) if owner else None


def lines(used: Used) -> list[str]:
    return [" ".join([name, *sorted(keywords)]) for name, keywords in sorted(used.items())]


class Wheel:
    """The names that stand in a wheel's text."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as wheel:
            names = [each for each in wheel.namelist() if each.startswith("torch/") and each.endswith((".py", ".pyi"))]
            self.files = {name: wheel.read(name).decode() for name in names}

    def missing(self, used: Used) -> list[str]:
        """Which names, and which keywords of the others, it does not have."""
        names = [name for name in used if not self.has(name)]
        keywords = [f"{name}({each}=)" for name in used.keys() - names for each in used[name]]
        return sorted([*names, *(each for each in keywords if not self.takes(*each[:-2].split("(")))])

    def has(self, name: str) -> bool:
        if not name.startswith("."):
            return bool(self.find(name))
        owners = [each for each in CLASSES if hasattr(installed(each), name[1:])]
        return any(name[1:] in self.members(node) for owner in owners for node in self.find(owner))

    def takes(self, name: str, keyword: str) -> bool:
        """Whether it has a signature with that keyword, or none at all, as things written in C++ without a stub."""
        found = self.find(name)
        made = [each for node in found if isinstance(node, ast.ClassDef) for each in node.body]
        found += [each for each in made if isinstance(each, ast.FunctionDef) and each.name in ("__init__", "__new__")]
        signatures = [each.args for each in found if isinstance(each, ast.FunctionDef)]
        names = {arg.arg for each in signatures for arg in (*each.posonlyargs, *each.args, *each.kwonlyargs)}
        return not signatures or keyword in names or any(each.kwarg for each in signatures)

    def find(self, name: str, seen: frozenset[str] = frozenset()) -> list[ast.AST]:
        """The definitions of a dotted name; [] if there are none."""
        if name in seen:
            return []
        if self.of_module(name):
            return [ast.Module([], [])]
        module, _, last = name.rpartition(".")
        found: list[ast.AST] = []
        files = self.of_module(module)
        for file in files:
            for node in self.top(file).get(last, []):
                found.append(node)
                if isinstance(node, ast.ImportFrom):
                    original = next(each.name for each in node.names if (each.asname or each.name) == last)
                    found += self.find(f"{origin(node, file)}.{original}", seen | {name})
            for node in self.top(file).get("*", []):
                if isinstance(node, ast.ImportFrom):
                    found += self.find(f"{origin(node, file)}.{last}", seen | {name})
        if module == "torch":  # where `import torch` takes most of its names from
            found += self.find(f"torch._C.{last}", seen) + self.find(f"torch._C._VariableFunctions.{last}", seen)
        if not files and module:
            owners = [node for node in self.find(module, seen | {name}) if isinstance(node, ast.ClassDef)]
            found += [ast.Pass() for node in owners if last in self.members(node)]
        return found

    def members(self, node: ast.AST) -> set[str]:
        """The attributes of a class, those of its parents and those that it gives itself included."""
        if not isinstance(node, ast.ClassDef):
            return set()
        own = {name for each in statements(node.body) for name in bound(each)}
        own |= {
            each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store)
        }
        parents = [ast.unparse(base).removeprefix("torch._C.") for base in node.bases]
        return own.union(*(self.members(each) for base in parents for each in self.find(f"torch._C.{base}")))

    def of_module(self, name: str) -> list[str]:
        """A module's stub and its text."""
        ends = (".pyi", ".py", "/__init__.pyi", "/__init__.py")
        return [file for end in ends if (file := name.replace(".", "/") + end) in self.files]

    @cache  # noqa: B019
    def top(self, file: str) -> dict[str, list[ast.AST]]:
        """The statements at a file's top level, by the names that they bind."""
        found: dict[str, list[ast.AST]] = {}
        for node in statements(ast.parse(self.files[file]).body):
            for name in bound(node):
                found.setdefault(name, []).append(node)
        return found


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """These, and those below `if`, `try` and `with`."""
    for node in body:
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from statements([*node.body, *getattr(node, "orelse", [])])


def bound(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [each.asname or each.name for each in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [name.id for each in targets if each for name in ast.walk(each) if isinstance(name, ast.Name)]


def origin(node: ast.ImportFrom, file: str) -> str:
    """The full name of the module that an import takes from."""
    folders = file.split("/")[:-1]
    above = folders[: len(folders) - node.level + 1] if node.level else []
    return ".".join([*above, *filter(None, [node.module])])


if __name__ == "__main__":
    path, everything = Path(sys.argv[1]), uses()
    if newer := Wheel(path).missing(everything):
        sys.exit(f"not in {path.name}: {', '.join(newer)}")
    print(
        f"# What lessons and the kit use of torch, all of it in {path.name}: written by torch_api.py, which says how."
    )
    print("\n".join(lines(everything)))
