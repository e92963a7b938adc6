"""The files around the package agree with each other, and name nothing that holds on one machine only."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import autograder

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BASE = [Requirement(each) for each in PROJECT["dependencies"]]
TEST = [Requirement(each) for each in PROJECT["optional-dependencies"]["test"]]
ON_CONDA_FORGE = {"torch": "pytorch-cpu", "matplotlib": "matplotlib-base", "bleach": "bleach-with-css"}


def pins() -> dict[str, str]:
    """constraints.txt: version by name."""
    lines = [line.split("#")[0].strip() for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()]
    return dict(line.split("==") for line in lines if line)


def test_the_version_is_the_same_in_the_package() -> None:
    assert PROJECT["version"] == autograder.__version__


@pytest.mark.parametrize("need", BASE + TEST, ids=str)
def test_each_dependency_is_pinned_within_its_range(need: Requirement) -> None:
    assert pins()[canonicalize_name(need.name)] in need.specifier


def test_all_that_a_pinned_package_needs_is_pinned_too() -> None:
    """As far as this environment can tell: what is installed here, for this Python and this system."""
    pinned, missing = pins(), set()
    for name in pinned:
        try:
            needs = [Requirement(each) for each in requires(name) or []]
        except PackageNotFoundError:  # of another system
            continue
        for need in needs:
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                missing.add(canonicalize_name(need.name))
    # A CUDA build of torch pins its own parts.
    assert {each for each in missing - set(pinned) if not each.startswith(("nvidia-", "cuda-", "triton"))} == set()


def test_each_pin_admits_the_first_python_3_11() -> None:
    """Debian 12 has 3.11.2, and a package that wants 3.11.5 shows there as a conflict of versions."""
    for name, version in pins().items():
        try:
            facts = metadata(name)
        except PackageNotFoundError:  # of another system
            continue
        if facts["Version"].split("+")[0] == version:
            assert "3.11.0" in SpecifierSet(facts["Requires-Python"] or ""), name


def test_pins_are_sorted_plain_versions() -> None:
    names = list(pins())
    assert names == sorted(names) == [canonicalize_name(name) for name in names]
    for version in pins().values():
        assert re.fullmatch(r"[0-9][0-9a-z.]*", version), "no local suffix such as +cpu, no address, no hash"


def test_conda_gets_the_ranges_of_pyproject() -> None:
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert conda["channels"][0] == "conda-forge"
    *packages, pip = conda["dependencies"]
    assert pip == {"pip": ["-e ."]}
    assert packages[0] == "python=3.11"
    packages = [each for each in packages[1:] if each != "pip"]
    named = {need.name: need.specifier for need in map(Requirement, packages)}
    assert named == {ON_CONDA_FORGE.get(need.name, need.name): need.specifier for need in BASE}


@pytest.mark.parametrize("need", BASE + TEST, ids=str)
def test_each_dependency_has_its_reason(need: Requirement) -> None:
    assert f"| {need.name} |" in (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")


HOSTS = [
    "py" + "pi.org",
    "files.python" + "hosted",
    "download.py" + "torch.org",
    "conda." + "anaconda.org",
    "regis" + "try.npm",
]
MACHINE = re.compile(
    "|".join(["/" + "root/", "/" + "opt/py", "/" + "work/", "/" + "home/(?!jovyan)", "/" + "tmp/[a-z]", "[A-Z]:.Users"])
)


def ours() -> list[Path]:
    """The files of the repository: tracked, or new and not ignored. Without git, all but what is hidden or made."""
    try:
        command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, check=True, capture_output=True).stdout.decode().split("\0")
        found = [ROOT / name for name in names if name]
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in ROOT.rglob("*") if not {".venv", "graded", "__pycache__"} & set(path.parts)]
    return [path for path in found if path.is_file()]


def test_no_file_names_a_registry_or_a_place_on_one_machine() -> None:
    faults = []
    for path in ours():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if any(host in line for host in HOSTS) or MACHINE.search(line):
                faults.append(f"{path.relative_to(ROOT)}, line {number}: {line.strip()[:80]}")
    assert faults == []
