"""Honest damage, as functions that do it to a healthy notebook: `broken(submission(), drop("dice"), …)`."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from notebooks import Notebook, cell_of, code

Damage = Callable[[Notebook], None]


def broken(notebook: Notebook, *damages: Damage) -> Notebook:
    """A copy of `notebook` with all of that done to it."""
    notebook = copy.deepcopy(notebook)
    for damage in damages:
        damage(notebook)
    return notebook


def as_bytes(notebook: Notebook, encoding: str = "utf-8", indent: int | None = 1) -> bytes:
    return json.dumps(notebook, indent=indent, ensure_ascii=False).encode(encoding)


def place_of(notebook: Notebook, name: str) -> int:
    """Where the cell with this grade id or id stands."""
    return next(
        place
        for place, cell in enumerate(notebook["cells"])
        if name in (cell.get("metadata", {}).get("nbgrader", {}).get("grade_id"), cell.get("id"))
    )


def named(notebook: Notebook, name: str) -> Notebook:
    found: Notebook = notebook["cells"][place_of(notebook, name)]
    return found


def drop(*names: str) -> Damage:
    def damage(notebook: Notebook) -> None:
        for name in names:
            del notebook["cells"][place_of(notebook, name)]

    return damage


def double(name: str, after: str = "") -> Damage:
    """A second copy, as "copy and paste" of a cell makes it, marks and id included."""
    return lambda notebook: notebook["cells"].insert(
        place_of(notebook, after or name) + 1, copy.deepcopy(named(notebook, name))
    )


def move(name: str, after: str) -> Damage:
    def damage(notebook: Notebook) -> None:
        cell = notebook["cells"].pop(place_of(notebook, name))
        notebook["cells"].insert(place_of(notebook, after) + 1, cell)

    return damage


def write(name: str, source: Any) -> Damage:
    return lambda notebook: named(notebook, name).update(source=source)


def append(name: str, text: str) -> Damage:
    return lambda notebook: named(notebook, name).update(source=named(notebook, name)["source"] + text)


def own(name: str, source: str, after: str, kind: str = "code") -> Damage:
    """A cell of the student's own."""

    def damage(notebook: Notebook) -> None:
        cell = {**code(source), "id": name, "cell_type": kind}
        notebook["cells"].insert(place_of(notebook, after) + 1, cell)

    return damage


def split(name: str, line: int, *, marked: bool = False) -> Damage:
    """Split before a line; JupyterLab copies the marks, others do not."""

    def damage(notebook: Notebook) -> None:
        cell, place = named(notebook, name), place_of(notebook, name)
        lines = cell["source"].splitlines()
        second = copy.deepcopy(cell) if marked else code("")
        cell["source"], second["source"] = "\n".join(lines[:line]), "\n".join(lines[line:])
        second["id"] = f"{name}-half"
        notebook["cells"].insert(place + 1, second)

    return damage


def merge(first: str, second: str) -> Damage:
    def damage(notebook: Notebook) -> None:
        named(notebook, first)["source"] += "\n\n" + named(notebook, second)["source"]
        drop(second)(notebook)

    return damage


def retype(name: str, kind: Any) -> Damage:
    def damage(notebook: Notebook) -> None:
        cell = named(notebook, name)
        cell["cell_type"] = kind
        if kind in ("markdown", "raw"):
            del cell["outputs"], cell["execution_count"]

    return damage


def rename(name: str, grade_id: str) -> Damage:
    def damage(notebook: Notebook) -> None:
        cell = cell_of(notebook, name)
        cell["metadata"]["nbgrader"]["grade_id"] = cell["id"] = grade_id

    return damage


def every(**values: Any) -> Damage:
    """Something in all cells."""

    def damage(notebook: Notebook) -> None:
        for cell in notebook["cells"]:
            cell.update(copy.deepcopy(values))

    return damage


def without(*keys: str) -> Damage:
    """Something missing in all cells."""

    def damage(notebook: Notebook) -> None:
        for cell in notebook["cells"]:
            for key in keys:
                cell.pop(key, None)

    return damage


def pasted(notebook: Notebook) -> None:
    """Copied into a new notebook: all marks and ids gone, nothing in the metadata."""
    for place, cell in enumerate(notebook["cells"]):
        cell["metadata"], cell["id"] = {}, f"new-{place}"
    notebook["metadata"] = {}


def top(**values: Any) -> Damage:
    return lambda notebook: notebook.update(values)


def tell(**values: Any) -> Damage:
    """Something in the notebook's metadata."""
    return lambda notebook: notebook["metadata"].update(values)


def nbformat_3(notebook: Notebook) -> None:
    cells = notebook.pop("cells")
    for cell in cells:
        cell["input"] = cell.pop("source").splitlines(keepends=True)
        cell["prompt_number"] = cell.pop("execution_count")
        cell["language"] = "python"
        del cell["id"]
    notebook.update(worksheets=[{"cells": cells[:4]}, {"cells": cells[4:]}], nbformat=3, nbformat_minor=0)


def colab(notebook: Notebook) -> None:
    """No ids; its own in the metadata of cells, and of outputs."""
    without("id")(notebook)
    notebook.update(nbformat=4, nbformat_minor=0)
    notebook["metadata"] |= {"colab": {"provenance": [], "toc_visible": True}, "accelerator": "GPU"}
    for place, cell in enumerate(notebook["cells"]):
        cell["metadata"] |= {"id": f"aB{place}", "cellView": "form", "outputId": "x", "colab": {"base_uri": "x"}}


def kaggle(notebook: Notebook) -> None:
    without("id")(notebook)
    notebook.update(nbformat=4, nbformat_minor=4)
    for cell in notebook["cells"]:
        cell["metadata"] |= {"trusted": True, "execution": {"iopub.status.busy": "2026-01-01"}}


def databricks(notebook: Notebook) -> None:
    without("id")(notebook)
    notebook["metadata"] |= {"application/vnd.databricks.v1+notebook": {"language": "python", "widgets": {}}}
    notebook["metadata"].pop("kernelspec")
    for cell in notebook["cells"]:
        cell["metadata"]["application/vnd.databricks.v1+cell"] = {"title": "", "showTitle": False, "nuid": "1"}


def pycharm(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        cell["metadata"]["pycharm"] = {"name": "#%%\n", "is_executing": True}
    tell(kernelspec={"name": "conda-env-torch-py", "language": "python", "display_name": "torch"})(notebook)


def vs_code(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        cell["metadata"]["vscode"] = {"languageId": "python"}
    tell(language_info={"name": "python", "version": "3.12.1"}, orig_nbformat=4)(notebook)
