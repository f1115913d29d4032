"""The values of a protocol that the console's form offers: one list, in the form's order."""

from dataclasses import dataclass
from typing import Literal

from surveys.protocol.sections import PANEL_PARAMETERS, PANEL_TITLES

# A list of numbers in one line, texts one per line, and names that are ticked.
LISTS = ("numbers", "lines", "several")
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class EditedValue:
    """A value of the protocol that the form offers."""

    # Keys that lead to it, such as ("sample", "size"); numbers are indices of tables in a list.
    path: tuple[str | int, ...]
    label: str
    kind: Literal["line", "paragraphs", "number", "choice", "yes_no", "numbers", "lines", "several"]
    help: str = ""
    # Of a choice: each value and what the form calls it.
    options: Options = ()
    # Instead of these: what the stimulus set shows, or the conditions that the text names.
    offers: Literal["", "rendered", "conditions"] = ""
    # Shown while the text leaves it out, where that is not the schema's default.
    blank: str | None = None

    @property
    def key(self) -> str:
        """Its dotted name, which is also that of the form's field; positions count from 1."""
        return ".".join(str(part + 1 if isinstance(part, int) else part) for part in self.path)

    @property
    def id(self) -> str:
        """That of its field on the page."""
        return "edit-" + self.key.replace(".", "-")

    @property
    def is_list(self) -> bool:
        return self.kind in LISTS


@dataclass(frozen=True)
class EditedList:
    """Tables of the same kind, which the form changes, adds, removes and, if asked, moves."""

    path: tuple[str, ...]
    noun: str
    # The paths of its columns begin in the table; one more table has the first of them.
    columns: tuple[EditedValue, ...]
    help: str = ""
    is_ordered: bool = False


@dataclass(frozen=True)
class Section:
    """Values that belong together; what few studies need is closed at first."""

    heading: str
    values: tuple[EditedValue, ...]
    is_open: bool = True
    lists: tuple[EditedList, ...] = ()


PANELS = (
    ("", "nobody: no ids are stored"),
    *((name, PANEL_TITLES.get(name, "another panel")) for name in PANEL_PARAMETERS),
)
# Where a panel that has just been chosen expects its participants back.
RETURN_ADDRESSES = {"prolific": "https://app.prolific.com/submissions/complete?cc={code}"}


def _code(outcome: str, label: str, help: str) -> EditedValue:
    return EditedValue(("panel", "codes", outcome), label, "line", help)


NOT_CHOSEN = ("", "not chosen")
STRATA = (
    ("model_wrong", "images on which the model is wrong"),
    ("model_right", "images on which the model is right"),
    ("all", "all images"),
)
CONDITIONS = EditedList(("conditions",), "condition", (
    EditedValue(("name",), "What is shown beside the image", "choice",
                "One of the stimulus set’s conditions, or the image alone.", offers="rendered"),
    EditedValue(("ratio",), "Share", "number",
                "Participants in this condition for each one in a condition with share 1."),
    EditedValue(("introduction",), "Introduction to its pictures", "paragraphs",
                "Shown above an example."),
), "In the order of assignment.", is_ordered=True)  # fmt: skip
COMPREHENSION = EditedList(("comprehension", "questions"), "comprehension question", (
    EditedValue(("question",), "Question about the instructions", "paragraphs"),
    EditedValue(("options",), "Options", "lines", "One per line."),
    EditedValue(("answer",), "Right option", "number", "Its position, from 1."),
), "Asked before the first image, all on one page.")  # fmt: skip
TESTS = EditedList(("analysis", "tests"), "test", (
    EditedValue(("stratum",), "Compares accuracy on", "choice", options=(NOT_CHOSEN, *STRATA)),
    EditedValue(("condition_a",), "Of the condition", "choice", offers="conditions"),
    EditedValue(("alternative",), "Is expected to be", "choice", options=(
        ("two-sided", "different from"), ("less", "below"), ("greater", "above"),
    )),
    EditedValue(("condition_b",), "That of the condition", "choice", offers="conditions"),
    EditedValue(("test",), "By", "choice", options=(
        ("", "the test that fits the design"),
        ("mann_whitney", "Mann-Whitney: different participants"),
        ("wilcoxon", "Wilcoxon: the same participants"),
    )),
), "The comparisons that decide. What was not declared here is reported as exploratory."
)  # fmt: skip

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
    Section("Conditions", (), lists=(CONDITIONS,)),
    Section("Sample", (
        EditedValue(("sample", "size"), "Sample size", "number",
                    "Participants in all conditions; 0: not planned."),
        EditedValue(("sample", "justification"), "Why this size", "paragraphs",
                    "For the report, such as a power analysis."),
        EditedValue(("assignment", "places"), "Places", "number",
                    "The most that may take part; 0: no limit."),
        EditedValue(("stopping", "rule"), "Stopping rule", "paragraphs",
                    "For the report: when you stop recruiting."),
    )),
    Section("Checks", (
        EditedValue(("checks", "attention_after"), "Attention checks after questions", "numbers",
                    "Such as 10, 20. Each is an example whose text says which option to choose."),
        EditedValue(("checks", "allowed_failures"), "Attention checks that may be failed", "number",
                    "Participants who fail more get the code for failed checks."),
        EditedValue(("checks", "repeats"), "Repeated questions", "number",
                    "How many from the first half are asked again at the end."),
        EditedValue(("checks", "visual"), "Drawings", "number",
                    "Easy for people, hard for programs: at most 6 after the last image. They "
                    "exclude nobody."),
        EditedValue(("checks", "count_events"), "Pastes and clicks by programs", "yes_no",
                    options=(("False", "are not counted"), ("True", "are counted"))),
        EditedValue(("comprehension", "tries"), "Tries at the comprehension check", "number",
                    "Participants without tries left are turned away."),
    ), is_open=False, lists=(COMPREHENSION,)),
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
    Section("Analysis plan", (
        EditedValue(("analysis", "origin"), "Where it was declared", "line",
                    "As the report cites it, such as a registration.", blank=""),
        EditedValue(("analysis", "alpha"), "Alpha", "number",
                    "A hypothesis is supported if its corrected p is below."),
        EditedValue(("analysis", "correction"), "Correction for several tests", "choice", options=(
            ("holm", "Holm"), ("benjamini_hochberg", "Benjamini and Hochberg"),
        )),
        EditedValue(("analysis", "method"), "P-values of Mann-Whitney tests", "choice", options=(
            ("auto", "exact for small samples without ties"), ("exact", "exact"),
            ("mid-p", "mid-p"), ("asymptotic", "normal approximation"),
        )),
        EditedValue(("analysis", "continuity"), "Continuity correction", "yes_no",
                    "Of the normal approximation.", (("True", "yes"), ("False", "no"))),
        EditedValue(("analysis", "equivalence_margin"), "Equivalence margin", "number",
                    "Also tests whether a difference is smaller, such as 0.1; empty: not tested."),
        EditedValue(("analysis", "exclusions", "rules"), "Left out of the second analysis",
                    "several", options=(
            ("too_fast", "who answer too fast"),
            ("same_position", "who mostly choose one position"),
            ("cant_tell", "who mostly answer “I just can’t tell”"),
            ("failed_checks", "who fail attention checks"),
        )),
        EditedValue(("analysis", "exclusions", "fastest_median_ms"), "Too fast: median below",
                    "number", "Milliseconds."),
        EditedValue(("analysis", "exclusions", "same_position_share"), "One position: at least",
                    "number", "The share of a participant’s answers, such as 0.8."),
        EditedValue(("analysis", "exclusions", "cant_tell_share"), "“I just can’t tell”: at least",
                    "number", "The share of a participant’s answers."),
        EditedValue(("analysis", "exclusions", "failed_checks"), "Failed checks: at least",
                    "number", "Empty: one more than may be failed.", blank=""),
    ), is_open=False, lists=(TESTS,)),
    Section("Deviations from the plan", (
        EditedValue(("study", "deviations"), "What was done otherwise than planned", "lines",
                    "For the report, one per line: what neither the protocol nor the data show."),
    ), is_open=False),
)  # fmt: skip
EDITED = tuple(value for section in SECTIONS for value in section.values)
