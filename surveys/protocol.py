"""The protocol: what a survey shows, to whom, and in which words.

`protocol_file.py` reads it from TOML, key by key; docs/protocol.md describes each key.
"""

import re
from dataclasses import asdict, dataclass, field
from typing import Any

CANT_TELL = "cant_tell"
QUESTION_ORDERS = ("random", "fixed")

DEFAULT_INFORMATION = """
You are invited to take part in a study on how people understand image-recognition programs.

Such a program, the model, looks at a picture and names what it sees. Sometimes it is right,
sometimes it is wrong. You will see a number of pictures, each beside a second picture that shows
something of how the model saw it, and for each you guess what the model’s answer was.

It takes about ten minutes. Taking part is voluntary: you can stop at any time by closing the page.

We store your answers and how long each took. We do not store your name, your address on the
internet or anything else that tells who you are.
""".strip()

DEFAULT_CONSENT = "I am at least 18 years old, I have read this page, and I agree to take part."

DEFAULT_INTRODUCTION = """
In each question you see an image and, beside it, an explanation: a second picture that a
program made to show how the model saw the image.

Your task is to guess which answer the model gave. That need not be what is really in the image,
since the model makes mistakes.
""".strip()

DEFAULT_THANKS = """
Thank you for taking part. Your answers have been stored, and you can close this page now.
""".strip()


@dataclass(frozen=True)
class Texts:
    """What participants read. A blank line begins a new paragraph."""

    information: str = DEFAULT_INFORMATION
    consent: str = DEFAULT_CONSENT
    introduction: str = DEFAULT_INTRODUCTION
    question: str = "What is the model’s prediction?"
    cant_tell: str = "I just can’t tell"
    thanks: str = DEFAULT_THANKS


@dataclass(frozen=True)
class ProtocolCondition:
    """One arm of the study."""

    # The kind of stimulus to show beside the image. Participants never see this name.
    name: str
    # How many participants it gets for each one of a condition with ratio 1.
    ratio: int = 1
    # Paragraphs that explain this condition's kind of picture, above an example of it.
    introduction: str = ""


@dataclass(frozen=True)
class Protocol:
    """A survey's protocol. `stimulus_set` is a folder in the file, a content hash once loaded."""

    slug: str
    title: str
    stimulus_set: str
    seed: int
    conditions: tuple[ProtocolCondition, ...]
    question_order: str = "random"
    texts: Texts = field(default_factory=Texts)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Protocol":
        """The reverse of `as_json`."""
        return cls(
            **{
                **stored,
                "conditions": tuple(ProtocolCondition(**row) for row in stored["conditions"]),
                "texts": Texts(**stored["texts"]),
            }
        )

    def introduction_of(self, condition: str) -> str:
        return next(arm.introduction for arm in self.conditions if arm.name == condition)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a protocol's text, lines joined."""
    parts = re.split(r"\n\s*\n", text.strip())
    return [" ".join(part.split()) for part in parts if part.strip()]
