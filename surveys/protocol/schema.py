"""The protocol: what a survey shows, to whom, and in which words.

Each key is declared here or in `sections.py`, with what it may be; docs/protocol.md explains them.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from itertools import chain
from typing import Annotated, Any

from django.utils.translation import gettext_noop
from pydantic import Field

from surveys.protocol.about import About
from surveys.protocol.canonical import LATER, to_json
from surveys.protocol.design.blocks import Block, Within
from surveys.protocol.design.groups import Group, groups_of, parts_of
from surveys.protocol.design.rules import design_problems
from surveys.protocol.device import Device
from surveys.protocol.item_draw import ItemDraw
from surveys.protocol.languages import in_order
from surveys.protocol.pay import Pay
from surveys.protocol.sections import (
    AssignmentRule,
    ChecksRule,
    Comprehension,
    Panel,
    QuestionnairePage,
    Sample,
    Stopping,
    TrialRule,
)
from surveys.protocol.task import Task, TaskQuestion
from surveys.protocol.values import (
    LANGUAGES,
    AnswerName,
    ConditionName,
    Heading,
    InLanguages,
    Label,
    Line,
    OrEmpty,
    Paragraphs,
    Slug,
    Text,
    Version,
)
from toml_files.tables import Broken, Many, OneOf, TomlTable, assemble, right, rule

# The condition in which the image stands alone.
NO_EXPLANATION = "none"
# A condition's name must not be mistaken for the picture that all conditions share.
RESERVED_CONDITION = "original"
# The question that `trials.confidence` adds.
CONFIDENCE = "confidence"
QUESTION_ORDERS = ("random", "fixed", "balanced")
LARGEST_SEED = 2**53

DEFAULT_INFORMATION = gettext_noop(
    """You are invited to take part in a study on how people understand image-recognition programs.

Such a program, the model, looks at a picture and names what it sees. Sometimes it is right,
sometimes it is wrong. You will see a number of pictures, each beside a second picture that shows
something of how the model saw it, and for each you guess what the model’s answer was.

It takes about ten minutes. Taking part is voluntary: you can stop at any time by closing the page.

We store your answers and how long each took. We do not store your name, your address on the
internet or anything else that tells who you are."""
)

DEFAULT_CONSENT = gettext_noop(
    "I am at least 18 years old, I have read this page, and I agree to take part."
)

DEFAULT_INTRODUCTION = gettext_noop(
    """In each question you see an image and, beside it, an explanation: a second picture that a
program made to show how the model saw the image.

Your task is to guess which answer the model gave. That need not be what is really in the image,
since the model makes mistakes."""
)

DEFAULT_QUESTION = gettext_noop("What is the model’s prediction?")
DEFAULT_CANT_TELL = gettext_noop("I just can’t tell")
DEFAULT_CONFIDENCE = gettext_noop("How sure are you?")
DEFAULT_LOW, DEFAULT_HIGH = gettext_noop("not at all"), gettext_noop("completely")
DEFAULT_INSTRUCTIONS = gettext_noop(
    "In each question, choose the one answer that you think the model gave. If you have no idea, "
    "choose “{cant_tell}”. You cannot go back to an earlier question."
)
DEFAULT_LEGEND_LOW = gettext_noop("mattered least")
DEFAULT_LEGEND_HIGH = gettext_noop("mattered most")

DEFAULT_THANKS = gettext_noop(
    "Thank you for taking part. Your answers have been stored, and you can close this page now."
)


@dataclass(frozen=True)
class Texts(TomlTable):
    """What participants read. A blank line begins a new paragraph."""

    information: InLanguages[Paragraphs] = DEFAULT_INFORMATION
    """The first page: what the study is about, how long it takes, what is stored."""
    consent: InLanguages[Paragraphs] = DEFAULT_CONSENT
    """The sentence that participants tick."""
    introduction: InLanguages[Paragraphs] = DEFAULT_INTRODUCTION
    """The second page, the same in all conditions."""
    question: InLanguages[Paragraphs] = DEFAULT_QUESTION
    """Asked in every trial."""
    cant_tell: InLanguages[Paragraphs] = DEFAULT_CANT_TELL
    """The option of participants who cannot tell."""
    thanks: InLanguages[Paragraphs] = DEFAULT_THANKS
    """The last page."""
    confidence: InLanguages[Paragraphs] = field(default=DEFAULT_CONFIDENCE, metadata=LATER)
    """Asked with each answer if `trials.confidence` is on."""
    confidence_low: InLanguages[Label] = field(default=DEFAULT_LOW, metadata=LATER)
    """The lowest of its five points."""
    confidence_high: InLanguages[Label] = field(default=DEFAULT_HIGH, metadata=LATER)
    """The highest of its five points."""
    instructions: InLanguages[Paragraphs] = field(default=DEFAULT_INSTRUCTIONS, metadata=LATER)
    """The last paragraph before the first trial; `{cant_tell}` stands for that option."""
    legend_low: InLanguages[Label] = field(default=DEFAULT_LEGEND_LOW, metadata=LATER)
    """Of `task.legend`: what the first colour means."""
    legend_high: InLanguages[Label] = field(default=DEFAULT_LEGEND_HIGH, metadata=LATER)
    """What the last colour means."""
    debriefing: InLanguages[Paragraphs] = field(default="", metadata=LATER)
    """A page after the last question; by default there is none."""
    contact: InLanguages[Paragraphs] = field(default="", metadata=LATER)
    """Whom participants can ask, with an address; a line of its own on the first page."""


@dataclass(frozen=True)
class ProtocolCondition(TomlTable):
    """A condition of the study."""

    name: ConditionName
    """The kind of stimulus to show beside the image. Participants never see this name."""
    ratio: Annotated[int, Field(ge=1, le=1000)] = 1
    """Participants in this condition for each one in a condition with ratio 1."""
    introduction: OrEmpty[InLanguages[Paragraphs]] = ""
    """Paragraphs that explain this condition's pictures, shown above an example."""


Languages = Annotated[Many[Annotated[str, OneOf(LANGUAGES)]], Field(min_length=1)]
Drops = Annotated[dict[str, Line], right("a table of items, each with the reason")]


@dataclass(frozen=True)
class Protocol(TomlTable):
    """A study's protocol. `stimulus_set` is a folder in the file, a content hash once loaded."""

    slug: Slug
    """The study's address, /s/<slug>/."""
    title: InLanguages[Heading]
    """Shown above every page."""
    stimulus_set: Line
    """The stimulus folder, relative to the file, or the set's content hash."""
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)]
    """Assignment, question and option orders follow from it."""
    conditions: Annotated[Many[ProtocolCondition], Field(min_length=1)]
    """The conditions of the study, in the order in which participants are assigned."""
    question_order: Annotated[str, OneOf(QUESTION_ORDERS)] = "random"
    """Another order for each participant, the set's order, or a row of a Williams design."""
    texts: Texts = field(default_factory=Texts)
    languages: Languages = field(default=("en",), metadata=LATER)
    """Texts without a translation are in the first one."""
    labels: dict[str, InLanguages[Label]] = field(default_factory=dict, metadata=LATER)
    """What participants read for a class if it is not its name in the stimulus set."""
    consent_version: OrEmpty[Version] = field(default="", metadata=LATER)
    """The researcher's own name for this version of information and consent."""
    assignment: AssignmentRule = field(default_factory=AssignmentRule, metadata=LATER)
    items: ItemDraw = field(default_factory=ItemDraw, metadata=LATER)
    trials: TrialRule = field(default_factory=TrialRule, metadata=LATER)
    task: Task = field(default_factory=Task, metadata=LATER)
    checks: ChecksRule = field(default_factory=ChecksRule, metadata=LATER)
    comprehension: Comprehension = field(default_factory=Comprehension, metadata=LATER)
    practice: Annotated[int, Field(ge=0, le=100)] = field(default=0, metadata=LATER)
    """How many of the set's examples are used for practice before the first question."""
    questionnaire: Many[QuestionnairePage] = field(default=(), metadata=LATER)
    """Pages of questions after the last trial, but for those that `before` or a block names."""
    panel: Panel = field(default_factory=Panel, metadata=LATER)
    analysis: dict[str, Any] = field(default_factory=dict, metadata=LATER)
    """The analysis plan as it is in the file. Only the analysis app understands it, and checks it
    when a protocol is loaded."""
    device: Device = field(default_factory=Device, metadata=LATER)
    pay: Pay = field(default_factory=Pay, metadata=LATER)
    study: About = field(default_factory=About, metadata=LATER)
    sample: Sample = field(default_factory=Sample, metadata=LATER)
    stopping: Stopping = field(default_factory=Stopping, metadata=LATER)
    dropped: Drops = field(default_factory=dict, metadata=LATER)
    """Items of the stimulus set that are left out, and why."""
    within: Within = field(default_factory=Within, metadata=LATER)
    blocks: Many[Block] = field(default=(), metadata=LATER)
    """Parts of the questions, one after another; none by default."""
    before: Many[AnswerName] = field(default=(), metadata=LATER)
    """Names of questionnaire pages that come before the introduction."""
    follows: OrEmpty[Slug] = field(default="", metadata=LATER)
    """The address of an earlier study, whose participants keep their group by their panel id."""

    def as_json(self) -> dict[str, Any]:
        stored: dict[str, Any] = to_json(self)
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Protocol":
        """The reverse of `as_json`; what was stored once is not checked again."""
        languages = stored.get("languages", ["en"])
        protocol: Protocol = assemble(cls, in_order(stored, languages))
        return protocol

    @property
    def questions(self) -> tuple[TaskQuestion, ...]:
        """What each trial asks, in order; the first is scored."""
        asked = (self.task.first, *self.task.further)
        return (*asked, self._confidence) if self.trials.confidence else asked

    @property
    def _confidence(self) -> TaskQuestion:
        texts = self.texts
        return TaskQuestion(
            name=CONFIDENCE,
            kind="scale",
            question=texts.confidence,
            low=texts.confidence_low,
            high=texts.confidence_high,
        )

    def introduction_of(self, condition: str) -> Text:
        found = (each.introduction for each in self.conditions if each.name == condition)
        return next(found, "")

    @property
    def groups(self) -> tuple[Group, ...]:
        """What participants are assigned to, in the order of assignment."""
        return groups_of(self)

    @property
    def parts(self) -> tuple[Block, ...]:
        """The blocks that each participant sees; none where all questions are alike."""
        return parts_of(self)

    @property
    def ratios(self) -> tuple[int, ...]:
        return tuple(arm.ratio for arm in self.groups)

    @rule("languages")
    def _distinct_languages(self) -> Broken:
        if len(set(self.languages)) != len(self.languages):
            words = "must be a list of different languages"
            yield "languages", f"{words}, but is {list(self.languages)}"

    @rule()
    def _distinct_conditions(self) -> Broken:
        # Also of what could not be read, since each condition stands for itself.
        names = [getattr(arm, "name", "") for arm in self.conditions or ()]
        for index, name in enumerate(names):
            if name and (name in names[:index] or name == RESERVED_CONDITION):
                words = f"names that differ from each other and from {RESERVED_CONDITION!r}"
                yield f"conditions[{index + 1}].name", f"must be {words}, but is {name!r}"

    @rule("conditions", "assignment.block_sizes", "within")
    def _whole_cycles(self) -> Broken:
        cycle = sum(self.ratios)
        for index, size in enumerate(self.assignment.block_sizes, start=1):
            if size % cycle:
                words = f"must be multiples of {cycle}, the sum of the ratios, but is {size}"
                yield f"assignment.block_sizes[{index}]", words

    @rule("questionnaire")
    def _distinct_answers(self) -> Broken:
        names = [row.name for row in chain.from_iterable(p.questions for p in self.questionnaire)]
        for name in dict.fromkeys(names):
            if names.count(name) > 1:
                yield "questionnaire", f"must be questions whose names differ, but is {name!r}"

    @rule("task.questions", "trials.confidence")
    def _one_confidence(self) -> Broken:
        for index, row in enumerate(self.task.questions, start=1):
            if self.trials.confidence and row.name == CONFIDENCE:
                words = f"must be another name than {CONFIDENCE!r}, which trials.confidence asks"
                yield f"task.questions[{index}].name", words

    @rule(
        "conditions",
        "within",
        "blocks",
        "questionnaire",
        "before",
        "items",
        "checks",
        "panel",
        "practice",
        "follows",
    )
    def _design(self) -> Broken:
        yield from design_problems(self)

    @rule("stopping", "sample")
    def _ground_to_close(self) -> Broken:
        if self.stopping.close and not (self.sample.size or self.stopping.last_day):
            yield "stopping.close", "must be given with sample.size or with stopping.last_day"
        looks = list(self.stopping.looks)
        if looks != sorted(set(looks)):
            yield "stopping.looks", f"must be in ascending order, but is {looks}"
        elif looks and self.sample.size <= looks[-1]:
            words = "must be less than sample.size, at which the last look is, but is"
            yield "stopping.looks", f"{words} {looks}"


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a protocol's text, lines joined."""
    parts = re.split(r"\n\s*\n", text.strip())
    return [" ".join(part.split()) for part in parts if part.strip()]


def protocol_sha256(protocol: Protocol) -> str:
    """SHA-256 of the protocol's canonical JSON, which names the stimulus set by its content."""
    canonical = json.dumps(protocol.as_json(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
