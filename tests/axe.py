"""axe-core, which looks through a page for what shuts people out: https://github.com/dequelabs/axe-core."""

from __future__ import annotations

import json
from collections.abc import Sequence

from selenium import webdriver
from selenium_axe_python import Axe

GRAVE = ("serious", "critical")
OF_COLOUR = ("color-contrast", "link-in-text-block")
"""The rules whose findings depend on the theme."""


def grave(driver: webdriver.Chrome, leave_out: Sequence[str] = (), rules: Sequence[str] = ()) -> list[str]:
    """What axe-core finds serious or critical in the page that is open, by its rules or these alone.

    `leave_out`: CSS selectors of what is not looked at.
    """
    axe = Axe(driver)
    axe.inject()
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    context = {"exclude": [[each] for each in leave_out]} if leave_out else {"include": [["html"]]}
    found = axe.run(json.dumps(context), json.dumps(options))  # it pastes both into a script
    return [
        f"{rule['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]
