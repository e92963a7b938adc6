"""The addresses at which notebooks open have their services' documented forms and lead to what is in the tree."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest

from autograder.course import load
from autograder.links import badges, links

COURSE = load()
FORMS = {
    "Colab": re.compile(r"https://colab\.research\.google\.com/github/(?P<repository>[^/]+/[^/]+)/blob/(?P<rest>.+)"),
    "Kaggle": re.compile(
        r"https://kaggle\.com/kernels/welcome\?src=https://github\.com/(?P<repository>[^/]+/[^/]+)/blob/(?P<rest>.+)"
    ),
    "Binder": re.compile(
        r"https://mybinder\.org/v2/gh/(?P<repository>[^/]+/[^/]+)/(?P<branch>[^/?]+)\?labpath=(?P<path>[^&/]+)"
    ),
}
LINK = re.compile(r"\]\((https://(?:colab\.|kaggle\.|www\.kaggle\.|mybinder\.)[^)\s]+)\)")


@pytest.mark.parametrize("service", FORMS)
@pytest.mark.parametrize("branch", ["main", "teaching/2026"])
def test_a_link_names_repository_branch_and_file(service: str, branch: str) -> None:
    course = replace(COURSE, repository="some-school/torch.course", branch=branch)
    found = FORMS[service].fullmatch(links(course, "notebooks/01 ü/01.ipynb")[service])

    assert found
    assert found["repository"] == "some-school/torch.course"
    rest = f"{found['branch']}/{found['path']}" if service == "Binder" else found["rest"]
    assert unquote(rest) == f"{branch}/notebooks/01 ü/01.ipynb"
    assert " " not in found[0] and "ü" not in found[0]


def test_badges_say_in_words_what_they_open() -> None:
    assert re.findall(r"!\[(.*?)\]", badges(COURSE, "x.ipynb")) == ["Open in Colab", "Open in Kaggle", "Open in Binder"]
    assert badges(COURSE, "x.ipynb", "Binder").count("![") == 1


def lead(link: str) -> tuple[str, str]:
    """The repository, and the branch with the file's place, that a link names."""
    facts = next(match.groupdict() for match in (form.fullmatch(link) for form in FORMS.values()) if match)
    return facts["repository"], unquote(facts.get("rest") or f"{facts['branch']}/{facts['path']}")


def test_every_link_in_the_tree_leads_to_a_file_of_the_tree() -> None:
    texts = [COURSE.root / "README.md", COURSE.root / "notebooks" / "index.ipynb"]
    texts += [COURSE.notebook(lesson) for lesson in COURSE.lessons]
    for path in texts:
        found = [each for each in LINK.findall(path.read_text(encoding="utf-8")) if not each.endswith(".svg")]
        assert found, path
        for link in found:
            repository, place = lead(link)
            assert repository == COURSE.repository
            assert (COURSE.root / place.removeprefix(f"{COURSE.branch}/")).is_file(), link
