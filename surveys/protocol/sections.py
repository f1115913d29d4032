"""The sections that a protocol may have beside its conditions and texts.

Each section is off, or as in the paper, while its values are the defaults. docs/protocol.md
describes each key.
"""

from dataclasses import dataclass, field

from surveys.protocol.canonical import LATER

# A text is one sentence for everybody, or one for each language: {"en": "...", "it": "..."}.
Text = str | dict[str, str]

MODES = ("round_robin", "least_filled", "permuted_blocks")
CANT_TELL_PLACES = ("random", "last")
QUESTION_KINDS = ("choice", "several", "scale", "text")
SAMPLE_COUNTS = ("finished", "passed")
PANEL_PARAMETERS = {
    "prolific": ("PROLIFIC_PID", "STUDY_ID", "SESSION_ID"),
    "sona": ("survey_code", "experiment_id", "credit_token"),
    "mturk": ("workerId", "hitId", "assignmentId"),
    "other": ("participant", "study", "session"),
}


@dataclass(frozen=True)
class AssignmentRule:
    """How participants get their condition."""

    # One of "round_robin", "least_filled", "permuted_blocks".
    mode: str = "round_robin"
    # Of permuted_blocks: the lengths to draw from, each a multiple of the sum of the ratios.
    block_sizes: tuple[int, ...] = ()
    # After so long without a page, a participant is taken for gone and the place given again.
    active_minutes: int = 30
    # How many people may take part; 0 for as many as come.
    places: int = 0


@dataclass(frozen=True)
class TrialRule:
    """What is asked in each trial beside the model's prediction."""

    # Whether each answer comes with how sure the participant is, from 1 to 5.
    confidence: bool = False
    # Answer from the image alone, then see the explanation and keep or change the answer.
    two_step: bool = False
    # Where "I just can't tell" stands: anywhere, as any other option, or below the others.
    cant_tell: str = "random"


@dataclass(frozen=True)
class ChecksRule:
    """Trials that are no data about the conditions, and are marked as such."""

    # After so many questions of the study, a trial whose text says which option to choose.
    attention_after: tuple[int, ...] = ()
    # Whoever fails more attention checks gets the completion code for failed checks.
    allowed_failures: int = 0
    # How many questions from the first half are asked again at the end.
    repeats: int = 0


@dataclass(frozen=True)
class ComprehensionQuestion:
    """A question about the instructions; the answer is one of the options, from 1."""

    # As participants read it.
    question: Text
    # What can be chosen, in the order shown.
    options: tuple[Text, ...]
    # Which option is right, from 1.
    answer: int


@dataclass(frozen=True)
class Comprehension:
    """Questions to be answered rightly before a condition is assigned; none by default."""

    # All of them, on one page.
    questions: tuple[ComprehensionQuestion, ...] = ()
    # Who has none left is turned away and takes no place.
    tries: int = 2


@dataclass(frozen=True)
class Question:
    """One question of a questionnaire page."""

    # The answer's name in the export.
    name: str
    # As participants read it.
    question: Text
    # One of "choice", "several", "scale", "text".
    kind: str = "choice"
    # Of "choice" and "several"; an answer is stored in the first language.
    options: tuple[Text, ...] = ()
    # Of "scale": the number of points and what its ends mean.
    points: int = 7
    # What the lowest point means.
    low: Text = ""
    # What the highest point means.
    high: Text = ""
    # Whether it must be answered to go on.
    required: bool = False


@dataclass(frozen=True)
class QuestionnairePage:
    """One page of questions after the last trial."""

    # The heading of the page.
    title: Text
    # The questions, in order.
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class CompletionCodes:
    """What participants show their panel, one for each way a visit can end; empty: none."""

    # Everything is answered.
    complete: str = ""
    # The comprehension check was not passed.
    screened_out: str = ""
    # Everything is answered, with too many failed attention checks.
    failed_checks: str = ""
    # Consent was declined.
    no_consent: str = ""
    # All places were taken.
    full: str = ""
    # The study was closed before anything was answered.
    closed: str = field(default="", metadata=LATER)
    # Some questions are answered and kept: the participant stopped, or the study was closed.
    partial: str = field(default="", metadata=LATER)
    # The participant took everything back.
    withdrawn: str = field(default="", metadata=LATER)


@dataclass(frozen=True)
class Panel:
    """Where participants come from and go back to; no panel by default."""

    # One of "prolific", "sona", "mturk", "other"; empty for none.
    name: str = ""
    # The query parameter with the person's id; the panel's usual one unless given.
    participant: str = ""
    # That of the study.
    study: str = ""
    # That of the visit.
    session: str = ""
    # Whether people without a panel id are turned away.
    required: bool = False
    # Where to send people back; {code} and {participant} are filled in.
    return_url: str = ""
    # What is shown for each way a visit can end.
    codes: CompletionCodes = field(default_factory=CompletionCodes)

    @property
    def parameters(self) -> tuple[str, str, str]:
        """The names of the query parameters: of the person, of the study, of the visit."""
        usual = PANEL_PARAMETERS.get(self.name, ("", "", ""))
        return (self.participant or usual[0], self.study or usual[1], self.session or usual[2])


@dataclass(frozen=True)
class Sample:
    """How many people are to take part, as planned before the first of them came."""

    # All conditions together; 0 when the protocol does not say.
    size: int = 0
    # Who counts: "finished", whoever answered the last question, or "passed", those of them who
    # failed no more attention checks than are allowed.
    counts: str = "finished"
    # Why so many: the power analysis, or what else decided.
    justification: str = ""


@dataclass(frozen=True)
class Stopping:
    """When no more people are asked, as planned before the first of them came."""

    # In words, for the report.
    rule: str = ""
    # ISO date: the last day on which people may begin; its end is midnight UTC.
    last_day: str = ""
    # Whether the survey closes by itself once the sample is complete or the last day is over.
    close: bool = False
    # Whether participants who are under way when the survey is closed may finish.
    may_finish: bool = field(default=True, metadata=LATER)
