"""What the pages around the trials show, for participants and for a preview alike.

Each function returns what its template needs; none of them stores anything.
"""

from typing import Any

from pv_engine.models import Item
from surveys.models import Participant
from surveys.participation.images import find_pairs
from surveys.participation.messages import Refusal
from surveys.participation.outcomes import Outcome, completion_code, return_address
from surveys.participation.steps.questionnaire import show_comprehension, show_page
from surveys.protocol.schema import Protocol, paragraphs
from surveys.protocol.wording import LANGUAGE_NAMES, consent_version, option_label, wording
from surveys.randomisation.trials import draw_practice_options

Context = dict[str, Any]
MAX_EXAMPLES = 2


def consent_page(protocol: Protocol, language: str, problem: Refusal | None = None) -> Context:
    others = [code for code in protocol.languages if code != language]
    return {
        "information": paragraphs(wording(protocol.texts.information, language)),
        "consent": wording(protocol.texts.consent, language),
        # Comes back with the form, so that nobody agrees to a wording that they were not shown.
        "wording": consent_version(protocol, language),
        "other_languages": [(code, LANGUAGE_NAMES[code]) for code in others],
        "has_panel": bool(protocol.panel.name),
        "problem": problem,
    }


def comprehension_page(
    participant: Participant, given: dict[int, int], problem: Refusal | None = None
) -> Context:
    protocol, language = participant.protocol, participant.language
    check = protocol.comprehension
    return {
        "introduction": paragraphs(wording(protocol.texts.introduction, language)),
        "questions": show_comprehension(check, given, language),
        "attempt": participant.comprehension_tries,
        "tries_left": check.tries - participant.comprehension_tries,
        "problem": problem,
    }


def examples_of(participant: Participant) -> list[Item]:
    """The stimulus set's examples, of which nothing is asked in the trials."""
    stimulus_set = participant.survey.stimulus_set_id
    found = Item.objects.filter(stimulus_set=stimulus_set, is_example=True)
    return list(found.order_by("position"))


def introduction_page(participant: Participant) -> Context:
    condition, protocol = participant.condition, participant.protocol
    if condition is None:
        raise ValueError("A participant without a condition has no introduction yet.")
    language = participant.language
    examples = examples_of(participant)
    # What is practised on later is not given away here, unless there is nothing else to show.
    shown = (examples[: len(examples) - protocol.practice] or examples)[:MAX_EXAMPLES]
    answers = [option_label(protocol, example.prediction, language) for example in shown]
    pairs = find_pairs([example.pk for example in shown], condition)
    return {
        "common": paragraphs(wording(protocol.texts.introduction, language)),
        "specific": paragraphs(wording(protocol.introduction_of(condition.name), language)),
        "question": wording(protocol.texts.question, language),
        "cant_tell": wording(protocol.texts.cant_tell, language),
        "examples": list(zip(answers, pairs, strict=True)),
        "has_practice": protocol.practice > 0,
    }


def practice_item(participant: Participant, position: int) -> tuple[Item, list[str]]:
    """The example that is practised on, and its options in the order in which they are shown."""
    protocol = participant.protocol
    # The last examples, so that the introduction can show the first ones.
    item = examples_of(participant)[position - protocol.practice - 1]
    seed, number = participant.survey.seed, participant.number or 0
    return item, draw_practice_options(item, protocol, seed, number)


def practice_page(
    participant: Participant,
    position: int,
    drawn: tuple[Item, list[str]],
    answer: str = "",
    problem: Refusal | None = None,
) -> Context:
    """The practice question or, once it is answered, the model's answer to it."""
    protocol, language = participant.protocol, participant.language
    item, options = drawn
    if participant.condition is None:
        raise ValueError("A participant without a condition has no practice yet.")
    return {
        "position": position,
        "total": protocol.practice,
        "question": wording(protocol.texts.question, language),
        "pair": find_pairs([item.pk], participant.condition)[0],
        "options": [
            (option, option_label(protocol, option, language), False) for option in options
        ],
        "problem": problem,
        "answer": answer in options and option_label(protocol, answer, language),
        "prediction": option_label(protocol, item.prediction, language),
        "is_right": answer == item.prediction,
    }


def questionnaire_page(
    participant: Participant,
    position: int,
    answers: dict[str, Any],
    missing: list[str],
    problem: Refusal | None = None,
) -> Context:
    pages = participant.protocol.questionnaire
    page = pages[position - 1]
    return {
        "position": position,
        "total": len(pages),
        "heading": wording(page.title, participant.language),
        "questions": show_page(page, answers, missing, participant.language),
        "problem": problem,
    }


def debriefing_page(participant: Participant) -> Context:
    text = wording(participant.protocol.texts.debriefing, participant.language)
    return {"text": paragraphs(text)}


def thanks_page(participant: Participant, outcome: Outcome, panel_id: str) -> Context:
    text = wording(participant.protocol.texts.thanks, participant.language)
    ending = ending_of(participant.protocol, outcome, panel_id)
    return {**ending, "thanks": paragraphs(text)}


def ending_of(protocol: Protocol, outcome: Outcome, panel_id: str) -> Context:
    """What the panel wants to see at the end, if there is a panel."""
    return {
        "outcome": str(outcome),
        "code": completion_code(protocol, outcome),
        "can_return": bool(return_address(protocol, outcome, panel_id)),
    }
