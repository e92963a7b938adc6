"""Where a notebook opens with one click. Every such address is made here, of the repository named in course.toml.

The forms are the services' own: Colab and Kaggle take a notebook by its page on GitHub, Binder takes the repository and
then the notebook's path.
"""

from __future__ import annotations

from urllib.parse import quote

from autograder.course import Course

BADGES = {
    "Colab": "https://colab.research.google.com/assets/colab-badge.svg",
    "Kaggle": "https://kaggle.com/static/images/open-in-kaggle.svg",
    "Binder": "https://mybinder.org/badge_logo.svg",
}


def links(course: Course, path: str) -> dict[str, str]:
    """The addresses at which a notebook opens, by service; `path` is its place in the repository, with slashes."""
    page = f"{course.repository}/blob/{course.branch}/{quote(path)}"
    branch = f"{course.repository}/{quote(course.branch, '')}"
    return {
        "Colab": f"https://colab.research.google.com/github/{page}",
        "Kaggle": f"https://kaggle.com/kernels/welcome?src=https://github.com/{page}",
        "Binder": f"https://mybinder.org/v2/gh/{branch}?labpath={quote(path, '')}",
    }


def badges(course: Course, path: str, *services: str) -> str:
    """The same as pictures to click on, in Markdown, for these services or for all."""
    found = links(course, path)
    return "\n".join(f"[![Open in {each}]({BADGES[each]})]({found[each]})" for each in services or found)


def words(course: Course, path: str, *services: str) -> str:
    """The same as words to click on, for a table's cell."""
    found = links(course, path)
    return " · ".join(f"[{each}]({found[each]})" for each in services)
