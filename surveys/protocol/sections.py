"""The sections that a protocol may have beside its conditions and texts.

Each section is off, or as in the paper, while its values are the defaults. docs/protocol.md
describes each key.
"""

from dataclasses import astuple, dataclass, field
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from surveys.protocol.canonical import LATER
from surveys.protocol.values import (
    Address,
    AnswerName,
    Code,
    Heading,
    InLanguages,
    Label,
    Line,
    OrEmpty,
    Paragraphs,
    Parameter,
    Reason,
)
from toml_files.tables import Broken, Many, OneOf, TomlTable, rule

MODES = ("round_robin", "least_filled", "permuted_blocks")
CANT_TELL_PLACES = ("random", "last")
QUESTION_KINDS = ("choice", "several", "scale", "text")
SPENDINGS = ("obrien_fleming", "pocock")
SAMPLE_COUNTS = ("finished", "passed")
# How many visual checks there are: two of each kind.
MOST_VISUAL = 6
PANEL_PARAMETERS = {
    "prolific": ("PROLIFIC_PID", "STUDY_ID", "SESSION_ID"),
    "sona": ("survey_code", "experiment_id", "credit_token"),
    "mturk": ("workerId", "hitId", "assignmentId"),
    "other": ("participant", "study", "session"),
}
# As participants know them.
PANEL_TITLES = {"prolific": "Prolific", "sona": "SONA", "mturk": "Mechanical Turk"}


def _iso_day(value: Any) -> str:
    # A moment is a kind of date in Python, not in TOML.
    if value != "" and type(value) is not date:
        raise ValueError("a date such as 2030-01-31, without quotes")
    return str(value)


Day = Annotated[
    str, BeforeValidator(_iso_day), WithJsonSchema({"type": "string", "format": "date"})
]
People = Annotated[int, Field(ge=0, le=1_000_000)]
Looked = Annotated[int, Field(ge=2, le=1_000_000)]
Place = Annotated[int, Field(ge=1, le=10_000)]


@dataclass(frozen=True)
class AssignmentRule(TomlTable):
    """How participants get their condition."""

    mode: Annotated[str, OneOf(MODES)] = "round_robin"
    """How the next participant's condition is chosen."""
    block_sizes: Annotated[Many[Place], Field(max_length=100)] = ()
    """For permuted_blocks: the sizes to draw from, each a multiple of the sum of the ratios."""
    active_minutes: Place = 30
    """After this many minutes without a page, a participant's place is free again."""
    places: People = 0
    """The maximum number of participants; 0: no limit."""

    @rule("block_sizes", "mode")
    def _sizes_of_blocks(self) -> Broken:
        if (self.mode == "permuted_blocks") != bool(self.block_sizes):
            yield (
                "block_sizes",
                "must be given with the mode 'permuted_blocks', and with no other, but is "
                f"{list(self.block_sizes)}",
            )


@dataclass(frozen=True)
class TrialRule(TomlTable):
    """What is asked in each trial beside the model's prediction."""

    confidence: bool = False
    """Whether each answer comes with how sure the participant is, from 1 to 5."""
    two_step: bool = False
    """Answer from the image alone, then see the explanation and keep or change the answer."""
    cant_tell: Annotated[str, OneOf(CANT_TELL_PLACES)] = "random"
    """Where "I just can't tell" stands: anywhere, as any other option, or below the others."""


@dataclass(frozen=True)
class ChecksRule(TomlTable):
    """What shows how participants answer: trials that are no data about the conditions and are
    marked as such, visual checks after the last trial, and counts of what pages can notice."""

    attention_after: Annotated[Many[Place], Field(max_length=100)] = ()
    """After these questions comes an attention check, whose text says which option to choose."""
    allowed_failures: Annotated[int, Field(ge=0, le=100)] = 0
    """Participants who fail more attention checks get the completion code for failed checks."""
    repeats: Annotated[int, Field(ge=0, le=1000)] = 0
    """How many questions from the first half are repeated at the end."""
    visual: Annotated[int, Field(ge=0, le=MOST_VISUAL)] = field(default=0, metadata=LATER)
    """How many drawings are asked about after the last trial: easy for people, hard for programs.
    The answers are stored and exclude nobody."""
    count_events: bool = field(default=False, metadata=LATER)
    """Whether pages count how often something is pasted, and clicks, key presses and inputs that
    came from a program instead of the browser; the information page then says so."""

    @rule("attention_after")
    def _in_order(self) -> Broken:
        after = list(self.attention_after)
        if after != sorted(set(after)):
            yield "attention_after", f"must be in ascending order, but is {after}"


@dataclass(frozen=True)
class ComprehensionQuestion(TomlTable):
    """A question about the instructions; the answer is one of the options, from 1."""

    question: InLanguages[Paragraphs]
    """As participants read it."""
    options: Annotated[Many[InLanguages[Line]], Field(min_length=2, max_length=100)]
    """What can be chosen, in the order shown."""
    answer: Annotated[int, Field(ge=1, le=100)]
    """The position of the right option, from 1."""

    @rule("answer", "options")
    def _answer_offered(self) -> Broken:
        if self.answer > len(self.options):
            right = f"a whole number from 1 to {len(self.options)}"
            yield "answer", f"must be {right}, the position of an option, but is {self.answer}"


@dataclass(frozen=True)
class Comprehension(TomlTable):
    """Questions that must be answered correctly before a condition is assigned; none by default."""

    questions: Annotated[Many[ComprehensionQuestion], Field(min_length=1)] = ()
    """All of them, on one page."""
    tries: Annotated[int, Field(ge=1, le=20)] = 2
    """Participants without tries left are turned away and take no place."""

    @rule("questions")
    def _asks(self) -> Broken:
        if not self.questions and self != Comprehension():
            yield "questions", "must be one or more [[comprehension.questions]] tables"


@dataclass(frozen=True)
class Question(TomlTable):
    """One question of a questionnaire page."""

    name: AnswerName
    """The answer's name in the export."""
    question: InLanguages[Paragraphs]
    """As participants read it."""
    kind: Annotated[str, OneOf(QUESTION_KINDS)] = "choice"
    """How it is answered."""
    options: Annotated[Many[InLanguages[Line]], Field(max_length=100)] = ()
    """Of "choice" and "several"; an answer is stored in the first language."""
    points: Annotated[int, Field(ge=2, le=11)] = 7
    """Of "scale": the number of points and what its ends mean."""
    low: OrEmpty[InLanguages[Label]] = ""
    """What the lowest point means."""
    high: OrEmpty[InLanguages[Label]] = ""
    """What the highest point means."""
    required: bool = False
    """Whether it must be answered to go on."""

    @rule("options", "kind")
    def _something_to_choose(self) -> Broken:
        offers, options = self.kind in ("choice", "several"), list(self.options)
        if offers and len(options) < 2:
            yield "options", f"must be a list of 2 to 100 texts, but is {options}"
        if not offers and options:
            yield "options", f"must be left out for the kind {self.kind!r}, but is {options}"


@dataclass(frozen=True)
class QuestionnairePage(TomlTable):
    """One page of questions: after the last trial, unless `before` or a block names it."""

    title: InLanguages[Heading]
    """The heading of the page."""
    questions: Annotated[Many[Question], Field(min_length=1)]
    """The questions, in order."""
    name: OrEmpty[AnswerName] = field(default="", metadata=LATER)
    """What `before` and blocks call the page. Participants never see it."""


OUTCOMES = (
    "complete", "screened_out", "failed_checks", "no_consent", "full", "closed", "partial",
    "withdrawn",
)  # fmt: skip


@dataclass(frozen=True)
class CompletionCodes(TomlTable):
    """What participants show their panel, one for each way a visit can end; empty: none."""

    complete: Code = ""
    """Everything is answered."""
    screened_out: Code = ""
    """The comprehension check was failed."""
    failed_checks: Code = ""
    """Everything is answered, with too many failed attention checks."""
    no_consent: Code = ""
    """Consent was declined."""
    full: Code = ""
    """All places were taken."""
    closed: Code = field(default="", metadata=LATER)
    """The study was closed before anything was answered."""
    partial: Code = field(default="", metadata=LATER)
    """Some questions are answered and kept: the participant stopped, or the study was closed."""
    withdrawn: Code = field(default="", metadata=LATER)
    """The participant withdrew."""

    @rule(*OUTCOMES)
    def _differ(self) -> Broken:
        codes = [code for code in astuple(self) if code]
        if len(set(codes)) != len(codes):
            yield "", "must differ from each other, so that the panel knows how a visit ended"


@dataclass(frozen=True)
class Panel(TomlTable):
    """Where participants come from and return to; no panel by default."""

    name: Annotated[str, OneOf(tuple(PANEL_PARAMETERS))] = ""
    """The panel; empty for none."""
    participant: OrEmpty[Parameter] = ""
    """The URL parameter with the participant's id; by default, the panel's usual one."""
    study: OrEmpty[Parameter] = ""
    """The one with the study's id."""
    session: OrEmpty[Parameter] = ""
    """The one with the visit's id."""
    required: bool = False
    """Whether participants without a panel id are turned away."""
    return_url: OrEmpty[Address] = ""
    """The page to return to; {code} and {participant} are filled in."""
    codes: CompletionCodes = field(default_factory=CompletionCodes)
    """What is shown for each way a visit can end."""

    @property
    def parameters(self) -> tuple[str, str, str]:
        """The names of the URL parameters: of the participant, of the study, of the visit."""
        usual = PANEL_PARAMETERS.get(self.name, ("", "", ""))
        return (self.participant or usual[0], self.study or usual[1], self.session or usual[2])

    @property
    def title(self) -> str:
        """The name by which participants know the panel; empty for `other` and for none."""
        return PANEL_TITLES.get(self.name, "")

    @rule("name")
    def _named(self) -> Broken:
        if not self.name and self != Panel():
            yield "name", f"must be one of {', '.join(map(repr, PANEL_PARAMETERS))}"

    @rule("participant", "study", "session", "name")
    def _three_parameters(self) -> Broken:
        if self.name and len(set(self.parameters)) != len(self.parameters):
            names = ", ".join(self.parameters)
            yield "", f"must have three different parameter names, but has {names}"


@dataclass(frozen=True)
class Sample(TomlTable):
    """The planned number of participants, fixed before the first one."""

    size: People = 0
    """In all conditions together; 0 if not stated."""
    counts: Annotated[str, OneOf(SAMPLE_COUNTS)] = "finished"
    """Who counts: "finished", participants who answered the last question, or "passed", those of
    them who failed no more attention checks than are allowed."""
    justification: OrEmpty[Reason] = ""
    """The reason for this number, such as a power analysis."""


@dataclass(frozen=True)
class Stopping(TomlTable):
    """When recruitment ends, fixed before the first participant."""

    rule: OrEmpty[Reason] = ""
    """In words, for the report."""
    last_day: Day = ""
    """The last day on which participants may begin, a date that ends at midnight UTC."""
    close: bool = False
    """Whether the study closes automatically at the full sample or after the last day."""
    may_finish: bool = field(default=True, metadata=LATER)
    """Whether participants who are under way when the study is closed may finish."""
    looks: Annotated[Many[Looked], Field(max_length=20)] = field(default=(), metadata=LATER)
    """The numbers of counted participants at which the declared tests are looked at before the
    full sample, in ascending order."""
    spending: Annotated[str, OneOf(SPENDINGS)] = field(default="obrien_fleming", metadata=LATER)
    """How the looks share the tests' error: hardly any of it early, or about the same each time."""
