"""The navigation of a study in the console: one list for all apps.

An entry appears once a URL of its name exists, so a new page takes one line here.
"""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

# Label and URL name; the URL's only argument is the study's slug.
STUDY_PAGES = (
    ("Overview", "console:survey"),
    ("Live", "console:live"),
    ("Protocol", "console:protocol"),
    ("Preview", "console:preview_choice"),
    ("Checks", "console:preflight"),
    ("Pilots", "console:pilots"),
    ("Bots", "console:bots"),
    ("Stimuli", "console:stimuli"),
    ("Team", "console:people"),
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
    """Return the study's pages; the current one is the page at `path` or above it."""
    found = [(label, url) for label, name in STUDY_PAGES if (url := _find_url(name, slug))]
    above = [url for _, url in found if path.startswith(url)]
    current = max(above, key=len, default="")
    return [Link(label, url, url == current) for label, url in found]


def _find_url(name: str, slug: str) -> str:
    try:
        return reverse(name, args=[slug])
    except NoReverseMatch:
        return ""
