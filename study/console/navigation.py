"""The navigation of a study in the console: one list for all apps, in the order of the work.

An entry appears once a URL of its name exists, so a new page takes one entry here.
"""

from dataclasses import dataclass, field

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Page:
    """A page of a study; the only argument of its URL is the study's slug."""

    label: str
    # The URL's name.
    name: str
    # One sentence on what it is for.
    help: str
    # The page of the documentation that says more, such as "blinding.html".
    docs: str
    # Whether it is listed for owners only, as nobody else may open it.
    is_for_owners: bool = False


@dataclass(frozen=True)
class Group:
    """Pages of one part of the work; the first group is the overview alone."""

    label: str
    pages: tuple[Page, ...]


STUDY_GROUPS = (
    Group("Overview", (
        Page("Overview", "console:survey",
             "How far the study is, and what comes next.", "tutorial.html"),
    )),
    Group("Design", (
        Page("Edit", "console:edit",
             "Texts, sample, recruiting and questions in a form, and the whole protocol as text.",
             "protocol.html"),
        Page("Protocol", "console:protocol",
             "The text that decides everything about the study, with all its versions.",
             "protocol.html"),
        Page("Stimuli", "console:stimuli",
             "The pictures that participants see; items can be left out until the study opens.",
             "stimulus_folder.html"),
        Page("Sample size", "console:power",
             "How many participants find the difference that you expect.", "analysis.html"),
        Page("Preview", "console:preview_choice",
             "Every page as a participant sees it; nothing is stored.", "tutorial.html"),
        Page("Checks", "console:preflight",
             "What should be true before the study opens.", "tutorial.html"),
    )),
    Group("Run", (
        Page("Recruit", "console:recruit",
             "The address and the codes for Prolific, SONA or MTurk, and who is to be paid.",
             "guides/prolific.html"),
        Page("Live", "console:live",
             "Who is taking part now, and where people leave.", "monitoring.html"),
        Page("Participants", "console:participants",
             "Everybody who agreed to take part, and how far they came.", "monitoring.html"),
        Page("Pilots", "console:pilots",
             "Trial runs with answers of their own, which never mix with the study’s.",
             "tutorial.html"),
        Page("Bots", "console:bots",
             "Simulated participants who answer the real pages.", "tutorial.html"),
    )),
    Group("Results", (
        Page("Summary", "console:results",
             "What the study found, once it is unblinded.", "blinding.html"),
        Page("Exports and reports", "console:exports",
             "All data as a folder for others, and the report.", "exports.html"),
        Page("Reviewers", "console:review_links",
             "Links by which others read the results without an account.", "exports.html"),
    )),
    Group("Team", (
        Page("Members", "console:people",
             "Who may see, change and unblind this study.", "accounts.html"),
        Page("Log", "console:log", "Who did what, and when.", "accounts.html",
             is_for_owners=True),
    )),
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    """One entry of a study's navigation."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Navigation:
    """What the frame of a page shows: the groups, the pages of the current one, and the help."""

    # A group leads to its first page.
    groups: list[Link] = field(default_factory=list)
    # Of the current group; empty where it has only one page.
    pages: list[Link] = field(default_factory=list)
    # The page that is open, or the one above it.
    page: Page | None = None
    url: str = ""


def study_navigation(slug: str, path: str, is_owner: bool = True) -> Navigation:
    """The navigation on the page at `path`; pages below an entry belong to that entry."""
    found = [(group, _pages(group, slug, is_owner)) for group in STUDY_GROUPS]
    above = [
        (url, group, page)
        for group, pages in found
        for page, url in pages
        if path.startswith(url)
    ]  # fmt: skip
    url, here, page = max(above, key=lambda row: len(row[0]), default=("", None, None))
    groups = [
        Link(group.label, pages[0][1], group is here) for group, pages in found if pages
    ]  # fmt: skip
    of_group = next((pages for group, pages in found if group is here), [])
    links = [Link(each.label, its_url, each is page) for each, its_url in of_group]
    return Navigation(groups, links if len(links) > 1 else [], page, url)


def _pages(group: Group, slug: str, is_owner: bool) -> list[tuple[Page, str]]:
    pages = [page for page in group.pages if is_owner or not page.is_for_owners]
    return [(page, url) for page in pages if (url := _find_url(page.name, slug))]


def _find_url(name: str, slug: str) -> str:
    try:
        return reverse(name, args=[slug])
    except NoReverseMatch:
        return ""
