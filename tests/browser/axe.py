"""axe-core on the page as it stands, light and dark."""

from __future__ import annotations

import json
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
RUN = "([where, options]) => axe.run(where, options).then(found => found.violations)"


def check(page: Page, within: str = "html") -> list[str]:
    """Each breach of WCAG 2.2 AA in the page, or in a part of it: scheme, address, rule, element,
    what is wrong."""
    # What is measured before its style sheets came is another page.
    page.wait_for_load_state("load")
    page.evaluate(AXE_SCRIPT)
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        options: dict[str, Any] = {
            "runOnly": {"type": "tag", "values": TAGS},
            "resultTypes": ["violations"],
            # Copying the style sheets into the page is a breach of our policy, for one rule
            # (a screen locked in one orientation) that none of them could break.
            "preload": False,
        }
        for breach in page.evaluate(RUN, [within, options]):
            for node in breach["nodes"]:
                what = [one["message"] for key in ("any", "all", "none") for one in node[key]]
                found.append(
                    f"{scheme} {page.url} {breach['id']}: {json.dumps(node['target'])} "
                    f"{node['html'][:160]} | {' '.join(what)}"
                )
    return found
