"""What is wrong with a page as a browser shows it: by axe's rules, and by what is cut off."""

from typing import Any

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Any) -> list[Any]:
    results = (
        axe.Axe()
        .run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
        .response["violations"]
    )
    return [(row["id"], node["target"], node["html"]) for row in results for node in row["nodes"]]


def cut_off(page: Any) -> list[str]:
    """What reaches out of the window; tables may, inside a box of theirs that scrolls."""
    found: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth > innerWidth ? ["scrolls"] :
            [...document.querySelectorAll("body *")]
            .filter((e) => !e.closest(".skip-link, .visually-hidden, .table-box, pre, svg"))
            .filter((e) => { const r = e.getBoundingClientRect();
                return r.width > 0 && (r.right > innerWidth + 1 || r.left < -1); })
            .map((e) => e.outerHTML.slice(0, 120))"""
    )
    return found
