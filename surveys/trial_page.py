"""What the question page shows: one for all conditions, both steps, checks, repeated questions."""

from typing import Any

from surveys.models import Participant
from surveys.participation import answers
from surveys.participation.answers import CONFIDENCE, FIRST
from surveys.participation.images import Pair
from surveys.participation.messages import Refusal
from surveys.participation.upcoming import Question
from surveys.protocol.wording import option_label, wording


def trial_page(
    participant: Participant, coming: list[Question], problem: Refusal | None = None
) -> dict[str, Any]:
    """The first of these questions; the images of the next one, if any, are fetched ahead."""
    trial, pairs = coming[0].trial, [question.pair for question in coming]
    protocol, language = participant.protocol, participant.language
    step = answers.step_of(participant, trial)
    return {
        "position": trial.position,
        "question": wording(protocol.texts.question, language),
        "asked_for": trial.expected and option_label(protocol, trial.expected, language),
        "pair": pairs[0].alone() if step == FIRST else pairs[0],
        "upcoming": _upcoming(pairs, step),
        "options": [
            (key, option_label(protocol, key, language), key == trial.first_option)
            for key in trial.options
        ],
        "is_first_step": step == FIRST,
        "is_second_step": bool(trial.first_option),
        "confidence": answers.asks_confidence(participant, trial)
        and wording(protocol.texts.confidence, language),
        "confidence_levels": CONFIDENCE,
        "form_key": answers.form_key(participant, trial.position, step),
        "problem": problem,
    }


def _upcoming(pairs: list[Pair], step: str) -> list[str]:
    """The images to fetch ahead: of the next question, or the explanation of this one."""
    ahead = [pairs[0].explanation] if step == FIRST else []
    for pair in pairs[1:]:
        ahead += [pair.original] if step == FIRST else [pair.original, pair.explanation]
    return [address for address in ahead if address]
