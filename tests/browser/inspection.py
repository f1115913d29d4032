"""What is wrong with a page as a browser shows it: by axe's rules, and by what is cut off."""

from collections.abc import Iterator
from typing import Any

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


AXE = axe.Axe().axe_script
FIND = """(rules) => axe.run({ runOnly: rules, resultTypes: ["violations"] }).then((found) =>
    found.violations.flatMap((row) => row.nodes.map((node) => [row.id, node.target, node.html])))"""
# By day in a wide window, and by night on a phone.
LOOKS = ((1280, "light"), (390, "dark"))


def violations(page: Any) -> list[Any]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
        # Half a megabyte, which is sent once and not for every page that follows.
        page.add_init_script(f"if (window === top) {{ {AXE} }}")
    return [tuple(row) for row in page.evaluate(FIND, RULES)]


def in_each_look(page: Any, looks: Any = LOOKS) -> Iterator[tuple[int, str]]:
    """The page as it stands, in each width and scheme of colours; it stays in the last."""
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": page.viewport_size["height"]})
        page.emulate_media(color_scheme=scheme)
        yield width, scheme


def wrong_in_any_look(page: Any) -> list[Any]:
    """What axe finds and what is cut off, with the look in which it is."""
    return [
        (*look, row) for look in in_each_look(page) for row in (*violations(page), *cut_off(page))
    ]


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
