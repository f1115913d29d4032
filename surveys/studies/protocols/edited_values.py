"""The values of a protocol that the console's form offers: one list, in the form's order."""

from dataclasses import dataclass
from typing import Literal

from surveys.protocol.sections import PANEL_PARAMETERS, PANEL_TITLES


@dataclass(frozen=True)
class EditedValue:
    """A value of the protocol that the form offers."""

    # Keys that lead to it, such as ("sample", "size").
    path: tuple[str, ...]
    label: str
    kind: Literal["line", "paragraphs", "number", "choice", "yes_no"]
    help: str = ""
    # Of a choice: each value and what the form calls it.
    options: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """Its dotted name, which is also that of the form's field."""
        return ".".join(self.path)

    @property
    def id(self) -> str:
        """That of its field on the page."""
        return "edit-" + "-".join(self.path)


@dataclass(frozen=True)
class Section:
    """Values that belong together; what few studies need is closed at first."""

    heading: str
    values: tuple[EditedValue, ...]
    is_open: bool = True


PANELS = (
    ("", "nobody: no ids are stored"),
    *((name, PANEL_TITLES.get(name, "another panel")) for name in PANEL_PARAMETERS),
)
# Where a panel that has just been chosen expects its participants back.
RETURN_ADDRESSES = {"prolific": "https://app.prolific.com/submissions/complete?cc={code}"}


def _code(outcome: str, label: str, help: str) -> EditedValue:
    return EditedValue(("panel", "codes", outcome), label, "line", help)


SECTIONS = (
    Section("Texts", (
        EditedValue(("title",), "Title", "line", "Above every page."),
        EditedValue(("texts", "information"), "Information", "paragraphs",
                    "The first page: what it is about, who is responsible, how long it takes, what "
                    "is stored. An empty line begins a paragraph."),
        EditedValue(("texts", "contact"), "Contact", "line",
                    "Whom participants can ask, with an address; a line on the first page."),
        EditedValue(("texts", "consent"), "Consent", "paragraphs", "The sentence to tick."),
        EditedValue(("texts", "introduction"), "Introduction", "paragraphs",
                    "The second page, the same in all conditions."),
        EditedValue(("texts", "question"), "Question", "line", "Asked in every trial."),
        EditedValue(("texts", "thanks"), "Thanks", "paragraphs", "The last page."),
    )),
    Section("Sample", (
        EditedValue(("sample", "size"), "Sample size", "number", "Participants in all conditions."),
        EditedValue(("sample", "justification"), "Why this size", "paragraphs",
                    "For the report, such as a power analysis."),
        EditedValue(("assignment", "places"), "Places", "number",
                    "The most that may take part; 0: no limit."),
        EditedValue(("stopping", "rule"), "Stopping rule", "paragraphs",
                    "For the report: when you stop recruiting."),
    )),
    Section("Recruiting", (
        EditedValue(("panel", "name"), "Recruit with", "choice",
                    "Where participants come from and are sent back to.", PANELS),
        EditedValue(("panel", "codes", "complete"), "Completion code", "line",
                    "Shown when everything is answered."),
        EditedValue(("panel", "return_url"), "Way back", "line",
                    "Where participants go after the last page. For Prolific it is filled in when "
                    "you save."),
        EditedValue(("panel", "required"), "People without an id", "yes_no",
                    "Who comes without the id that Prolific, SONA or Mechanical Turk adds.",
                    (("False", "may take part"), ("True", "are turned away"))),
    )),
    Section("Codes for other endings", (
        _code("failed_checks", "Code: failed checks",
              "Everything is answered, with too many failed attention checks."),
        _code("screened_out", "Code: screened out", "The comprehension check was failed."),
        _code("no_consent", "Code: no consent", "Consent was declined."),
        _code("full", "Code: full", "All places were taken."),
        _code("closed", "Code: closed", "The study was closed before anything was answered."),
        _code("partial", "Code: partial", "Some questions are answered and kept."),
        _code("withdrawn", "Code: withdrawn", "The participant withdrew; nothing is kept."),
    ), is_open=False),
)  # fmt: skip
EDITED = tuple(value for section in SECTIONS for value in section.values)
