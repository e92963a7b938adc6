"""What students get has all that they need, and nothing that graders know."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from autograder import publish as publishing
from autograder.authoring.secrets import folded, strings_in
from autograder.course import load
from autograder.errors import UsageError
from autograder.publish import LeakError, publish, tree

Course = Callable[..., subprocess.CompletedProcess[str]]
COURSE = load()
SMALL = replace(COURSE, lessons=(COURSE.lesson("01"),))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "students"
    publish(COURSE, folder, "some-school/torch", "autumn")
    return folder


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_it_holds_lessons_data_environment_and_readme_and_nothing_else(published: Path) -> None:
    lessons = {f"notebooks/{lesson.name}/{lesson.name}.ipynb" for lesson in COURSE.lessons}
    data = {f"data/{name}" for name in ("README.md", "make_pendulum.py", "pendulum.csv")}

    others = {".published-course", "LICENSE", "README.md", "environment.yml", "notebooks/index.ipynb"}
    assert names(published) == lessons | data | others


def test_no_line_of_a_solution_a_hidden_test_or_a_bank_is_in_it(published: Path) -> None:
    """Held against the sources in a way of its own: every long line that only they have."""
    public, secret = set[str](), set[str]()
    for lesson in COURSE.lessons:
        in_secret, kind = False, ""
        for line in COURSE.source(lesson).read_text(encoding="utf-8").splitlines():
            if line.startswith("# %%"):
                kind, in_secret = line, 'hidden="' in line
            elif "### BEGIN SOLUTION" in line or "### END SOLUTION" in line:
                in_secret = "BEGIN" in line
            else:
                text = line.removeprefix("# ").removeprefix("#") if "[markdown]" in kind else line
                (secret if in_secret else public).update(folded(text))
        secret |= set(folded(COURSE.bank(lesson).read_text(encoding="utf-8")))
    given_away = {line for line in secret - public if len(line) >= 30}
    assert len(given_away) > 2000
    for name in names(published):
        text = (published / name).read_text(encoding="utf-8")
        strings = list(strings_in(json.loads(text))) if name.endswith(".ipynb") else [text]
        assert not given_away & {line for string in strings for line in folded(string)}, name
        assert not re.search(r"BEGIN (SOLUTION|HIDDEN)", text), name


def test_every_link_in_it_names_the_repository_and_the_branch(published: Path) -> None:
    for name in names(published):
        text = (published / name).read_text(encoding="utf-8")
        assert "OWNER/NAME" not in text, name
        if name.endswith(".ipynb"):
            assert "some-school/torch/blob/autumn" in text, name
    assert "mybinder.org/v2/gh/some-school/torch/autumn?labpath=notebooks%2Findex.ipynb" in (
        published / "README.md"
    ).read_text(encoding="utf-8")


def test_its_links_lead_to_files_of_its_own(published: Path) -> None:
    for name in ("README.md", "notebooks/index.ipynb", "data/README.md"):
        text = (published / name).read_text(encoding="utf-8")
        local = [each for each in re.findall(r"\]\(([^)\s]+)\)", text) if "//" not in each]
        assert name == "data/README.md" or local
        for each in local:
            assert ((published / name).parent / each).is_file(), (name, each)


def test_the_environment_is_the_students_part_of_ours(published: Path) -> None:
    ours = yaml.safe_load((COURSE.root / "environment.yml").read_text(encoding="utf-8"))
    theirs = yaml.safe_load((published / "environment.yml").read_text(encoding="utf-8"))

    named = [re.split(r"[<>=]", each)[0] for each in theirs["dependencies"]]
    lessons = ["pytorch-cpu", "numpy", "matplotlib-base", "scikit-learn"]
    assert named == ["python", *lessons, "jupyterlab", "ipykernel", "ipywidgets"]
    assert set(theirs["dependencies"]) <= {each for each in ours["dependencies"] if isinstance(each, str)}
    assert theirs["channels"] == ours["channels"]


@pytest.mark.filterwarnings("ignore:pythonjsonlogger:DeprecationWarning")  # repo2docker imports it by its old name
def test_binder_takes_it_for_a_conda_environment(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from repo2docker.app import Repo2Docker

    monkeypatch.chdir(published)
    app = Repo2Docker()
    packs = [pack(base_image=app.base_image) for pack in app.buildpacks]
    pack = next(pack for pack in packs if pack.detect())
    pack.platform = "linux/amd64"

    assert type(pack).__name__ == "CondaBuildPack"
    assert (pack.python_version, pack.uses_r) == ("3.11", False)
    assert re.search(r"COPY .*environment\.yml|env update .*environment\.yml", pack.render())


def test_publishing_again_brings_it_up_to_date_and_keeps_what_is_hidden(tmp_path: Path) -> None:
    publish(SMALL, tmp_path, "a/b")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref", encoding="utf-8")
    (tmp_path / "notebooks" / "old.ipynb").write_text("{}", encoding="utf-8")
    publish(SMALL, tmp_path, "c/d")

    assert (tmp_path / ".git" / "HEAD").read_text(encoding="utf-8") == "ref"
    assert not (tmp_path / "notebooks" / "old.ipynb").exists()
    assert "c/d" in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".publishing")]


@pytest.mark.parametrize(
    ("held", "named", "words"),
    [
        (["essay.txt"], "a/b", "holds essay.txt, which course publish did not write"),
        (["notebooks/mine.ipynb"], "a/b", "holds notebooks, which course publish did not write"),
        ([], "no-slash", "is not of the form OWNER/NAME"),
        ([], "a/b/c", "is not of the form OWNER/NAME"),
        ([], "a/b)", "is not of the form OWNER/NAME"),
    ],
)
def test_what_is_not_ours_is_not_written_over(tmp_path: Path, held: list[str], named: str, words: str) -> None:
    for name in held:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine", encoding="utf-8")

    with pytest.raises(UsageError, match=re.escape(words)):
        publish(COURSE, tmp_path, named)
    assert names(tmp_path) == set(held)


@pytest.mark.parametrize("folder", [COURSE.root, COURSE.root.parent])
def test_the_courses_own_folder_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="holds the course itself"):
        publish(COURSE, folder, "a/b")


def with_leak(texts: dict[str, str], name: str) -> dict[str, str]:
    lesson = COURSE.lesson("01")
    hidden = COURSE.source(lesson).read_text(encoding="utf-8").partition('hidden="')[2].splitlines()
    line = next(each for each in hidden[2:] if len(each.strip()) > 40)
    if name.endswith(".ipynb"):
        notebook: dict[str, Any] = json.loads(texts[name])
        notebook["cells"][3]["source"] = [line]
        return {**texts, name: json.dumps(notebook)}
    return {**texts, name: texts[name] + line}


@pytest.mark.parametrize("name", ["notebooks/01_tensors/01_tensors.ipynb", "README.md", "data/pendulum.csv"])
def test_a_secret_in_any_file_stops_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    texts = with_leak(tree(replace(SMALL, repository="a/b")), name)
    monkeypatch.setattr(publishing, "tree", lambda course: texts)

    with pytest.raises(LeakError, match=f"{re.escape(name)} shows a line of the hidden"):
        publish(SMALL, tmp_path / "out", "a/b")
    assert not (tmp_path / "out").exists()


def test_the_command_says_what_it_wrote_and_refuses_in_one_line(tmp_path: Path, course_command: Course) -> None:
    done = course_command(COURSE.root, "publish", tmp_path / "out", "--repository", "a/b")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{len(names(tmp_path / 'out')) - 1} files in {tmp_path / 'out'}, with links to a/b\n"

    done = course_command(COURSE.root, "publish", tmp_path, "--repository", "a/b")
    assert done.returncode == 2
    assert done.stderr.startswith("course: ") and "which course publish did not write" in done.stderr
