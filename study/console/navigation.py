"""A study's pages in the console, in the order of its navigation: one list for all rooms.

An entry appears as soon as an address of that name exists, so a new page is one line here.
"""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

# Label and name of the address, whose one argument is the study's slug.
STUDY_PAGES = (
    ("Overview", "console:survey"),
    ("Live", "console:live"),
    ("Protocol", "console:protocol"),
    ("Preview", "console:preview_choice"),
    ("Checks", "console:preflight"),
    ("Pilots", "console:pilots"),
    ("Bots", "console:bots"),
    ("Stimuli", "console:stimuli"),
    ("People", "console:people"),
    ("Exports", "console:exports"),
    ("Results", "console:results"),
    ("Log", "console:log"),
)


@dataclass(frozen=True)
class Link:
    """One entry of a study's navigation."""

    label: str
    url: str
    is_current: bool = False


def study_links(slug: str, path: str) -> list[Link]:
    """The study's pages that exist; the one that `path` is, or lies below, is the current one."""
    found = [(label, url) for label, name in STUDY_PAGES if (url := _find_url(name, slug))]
    above = [url for _, url in found if path.startswith(url)]
    current = max(above, key=len, default="")
    return [Link(label, url, url == current) for label, url in found]


def _find_url(name: str, slug: str) -> str:
    try:
        return reverse(name, args=[slug])
    except NoReverseMatch:
        return ""
