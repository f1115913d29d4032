"""The protocol: what a survey shows, to whom, and in which words.

`protocol_file.py` reads it from TOML, key by key; docs/protocol.md describes each key.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop

from surveys.protocol.canonical import LATER, from_json, to_json
from surveys.protocol.sections import (
    AssignmentRule,
    ChecksRule,
    Comprehension,
    Panel,
    QuestionnairePage,
    Sample,
    Stopping,
    Text,
    TrialRule,
)

CANT_TELL = "cant_tell"
# The condition in which the image stands alone.
NO_EXPLANATION = "none"
QUESTION_ORDERS = ("random", "fixed", "balanced")

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

DEFAULT_THANKS = gettext_noop(
    "Thank you for taking part. Your answers have been stored, and you can close this page now."
)


@dataclass(frozen=True)
class Texts:
    """What participants read. A blank line begins a new paragraph."""

    information: Text = DEFAULT_INFORMATION
    consent: Text = DEFAULT_CONSENT
    introduction: Text = DEFAULT_INTRODUCTION
    question: Text = DEFAULT_QUESTION
    cant_tell: Text = DEFAULT_CANT_TELL
    thanks: Text = DEFAULT_THANKS
    confidence: Text = field(default=DEFAULT_CONFIDENCE, metadata=LATER)
    debriefing: Text = field(default="", metadata=LATER)


@dataclass(frozen=True)
class ProtocolCondition:
    """One arm of the study."""

    # The kind of stimulus to show beside the image. Participants never see this name.
    name: str
    # How many participants it gets for each one of a condition with ratio 1.
    ratio: int = 1
    # Paragraphs that explain this condition's kind of picture, above an example of it.
    introduction: Text = ""


@dataclass(frozen=True)
class Protocol:
    """A survey's protocol. `stimulus_set` is a folder in the file, a content hash once loaded."""

    slug: str
    title: Text
    stimulus_set: str
    seed: int
    conditions: tuple[ProtocolCondition, ...]
    question_order: str = "random"
    texts: Texts = field(default_factory=Texts)
    # The first is the one that texts without a translation are in.
    languages: tuple[str, ...] = field(default=("en",), metadata=LATER)
    # What participants read for a class, when that is not its name in the stimulus set.
    labels: dict[str, Text] = field(default_factory=dict, metadata=LATER)
    # The researcher's own name for this version of information and consent.
    consent_version: str = field(default="", metadata=LATER)
    assignment: AssignmentRule = field(default_factory=AssignmentRule, metadata=LATER)
    trials: TrialRule = field(default_factory=TrialRule, metadata=LATER)
    checks: ChecksRule = field(default_factory=ChecksRule, metadata=LATER)
    comprehension: Comprehension = field(default_factory=Comprehension, metadata=LATER)
    # How many of the set's examples are practised on before the first question.
    practice: int = field(default=0, metadata=LATER)
    questionnaire: tuple[QuestionnairePage, ...] = field(default=(), metadata=LATER)
    panel: Panel = field(default_factory=Panel, metadata=LATER)
    # The analysis plan as it stands in the file. Only the analysis knows what it means; whoever
    # loads a protocol has it checked there.
    analysis: dict[str, Any] = field(default_factory=dict, metadata=LATER)
    sample: Sample = field(default_factory=Sample, metadata=LATER)
    stopping: Stopping = field(default_factory=Stopping, metadata=LATER)
    # Items of the stimulus set that nobody is asked about, and why.
    dropped: dict[str, str] = field(default_factory=dict, metadata=LATER)

    def as_json(self) -> dict[str, Any]:
        stored: dict[str, Any] = to_json(self)
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Protocol":
        """The reverse of `as_json`."""
        protocol: Protocol = from_json(cls, stored)
        return protocol

    def introduction_of(self, condition: str) -> Text:
        return next(arm.introduction for arm in self.conditions if arm.name == condition)

    @property
    def ratios(self) -> tuple[int, ...]:
        return tuple(arm.ratio for arm in self.conditions)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a protocol's text, lines joined."""
    parts = re.split(r"\n\s*\n", text.strip())
    return [" ".join(part.split()) for part in parts if part.strip()]


def protocol_sha256(protocol: Protocol) -> str:
    """SHA-256 of the protocol's canonical JSON, which names the stimulus set by its content."""
    canonical = json.dumps(protocol.as_json(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
