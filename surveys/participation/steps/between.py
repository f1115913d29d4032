"""What the pages have in common that come between the questions of a study in blocks.

Each is about the question answered last or the next one. Its number is that question's, and
`Participant.progress` keeps the number of the last page of its kind.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils import timezone

from surveys.models import Participant, Survey
from surveys.participation.standing import Standing, standing_of
from surveys.participation.steps.step import Changes, Stage, Step
from surveys.protocol.schema import Protocol


@dataclass(frozen=True)
class BetweenQuestions(Step):
    """A page that is due at some places between questions and nowhere else."""

    is_numbered: ClassVar[bool] = True
    is_between: ClassVar[bool] = True

    @abstractmethod
    def place(self, participant: Participant, standing: Standing) -> int:
        """Return the number of the question that the page is about; 0 where none is due here."""

    def due(self, participant: Participant) -> int:
        """Return the number of the page that the participant has to see now, or 0."""
        place = self.place(participant, standing_of(participant))
        return place if place > self.completed(participant) else 0

    def pages(self, protocol: Protocol) -> int:
        return int(bool(protocol.parts))

    def page(self, participant: Participant) -> int | None:
        return self.due(participant)

    def is_complete(self, participant: Participant, protocol: Protocol) -> bool:
        return not protocol.parts or not self.due(participant)

    def changes(self, participant: Participant, answer: Any) -> Changes:
        now, page = timezone.now(), self.due(participant)
        return Changes(self._completion(participant, page, now), self._left(participant, page, now))

    def stages(self, survey: Survey) -> list[Stage]:
        """No lines of the funnel: the questions around these pages have theirs."""
        return []
