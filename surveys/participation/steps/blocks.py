"""The pages between the questions of a study in blocks, in the order in which they come."""

from collections.abc import Sequence

from surveys.models import Participant, Trial
from surveys.participation.standing import Standing
from surveys.participation.steps.between import BetweenQuestions
from surveys.participation.steps.feedback import Feedback
from surveys.participation.steps.part import Part
from surveys.participation.steps.questionnaire import QuestionsOfBlock
from surveys.participation.steps.score import Score

BETWEEN: tuple[BetweenQuestions, ...] = (Feedback(), Score(), QuestionsOfBlock(), Part())


def is_page_between(participant: Participant, upcoming: Sequence[Trial]) -> bool:
    """Return whether a page comes between the first of these trials and the next one."""
    if not participant.protocol.parts or not upcoming:
        return False
    standing = Standing(upcoming[0], upcoming[1] if len(upcoming) > 1 else None)
    return any(step.place(participant, standing) for step in BETWEEN)
