"""Assignment to a condition: no page of its own, the participant goes straight on."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from surveys.models import Participant
from surveys.participation.people.assignment import assign
from surveys.participation.steps.step import Step


@dataclass(frozen=True)
class Assignment(Step):
    """participation/assignment.py chooses the condition and writes the ledger."""

    name = "assignment"
    title = "Assignment"
    column = "number"

    def respond(self, request: HttpRequest, participant: Participant) -> HttpResponse | None:
        assign(participant)
        return None
