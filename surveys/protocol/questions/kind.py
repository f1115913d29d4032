"""What a kind of question is: how it is shown, read from a form, checked and answered by a bot."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar

from django.http import QueryDict

# The option of participants who cannot tell.
CANT_TELL = "cant_tell"


class NotOfferedError(ValueError):
    """What was sent is no answer that the question offers."""


@dataclass(frozen=True)
class AskedQuestion:
    """A question as one trial asks it."""

    name: str
    kind: str
    # Of the form's field; fields of several parts begin with it.
    field_name: str
    # As they are stored, in the order in which they stand.
    options: Sequence[str] = field(default_factory=tuple)
    # Of a scale: the number of its points.
    points: int = 0
    required: bool = True


class QuestionKind:
    """One kind of question. A kind is a subclass with a template of its own."""

    name: ClassVar[str]
    # One line for the reference page.
    meaning: ClassVar[str]
    # What is stored, for the codebook.
    stores: ClassVar[str]
    # Keys of a question that mean something for this kind alone.
    keys: ClassVar[frozenset[str]] = frozenset()
    # Whether it may come first, and be scored against the item's answer.
    is_scored: ClassVar[bool] = False
    # Whether its answers may contain personal data.
    is_free: ClassVar[bool] = False

    @property
    def template(self) -> str:
        """Return the name of the template that shows it."""
        return f"surveys/includes/questions/{self.name}.html"

    def form_value(self, asked: AskedQuestion, option: str) -> str:
        """Return what the form sends for an option; it must not give away which one it is."""
        return option

    def read(self, asked: AskedQuestion, sent: QueryDict) -> Any:
        """Return the answer in a form; None for none. Raises NotOfferedError."""
        text = sent.get(asked.field_name, "")
        if not text:
            return None
        for option in asked.options:
            if self.form_value(asked, option) == text:
                return option
        raise NotOfferedError(text[:50])

    def is_valid(self, asked: AskedQuestion, value: Any) -> bool:
        """Return whether a stored value is an answer to the question."""
        return value in asked.options

    def as_text(self, value: Any) -> str:
        """Return the value as an export has it."""
        return str(value)

    def fill_in(self, asked: AskedQuestion, random: Random) -> dict[str, str]:
        """Return fields of the form with an invented answer."""
        option = random.choice(list(asked.options))
        return {asked.field_name: self.form_value(asked, option)}
