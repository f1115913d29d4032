"""Worked questions about examples; their answers are not stored."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict
from django.utils.crypto import constant_time_compare

from pv_engine.models import Item
from surveys.models import Participant, Survey
from surveys.participation import refusals
from surveys.participation.given.answers import form_key
from surveys.participation.refusals import Refusal
from surveys.participation.shown.images import examples_of, find_pictures
from surveys.participation.shown.item_texts import told_of
from surveys.participation.shown.questions import option_sent, show_first
from surveys.participation.steps.step import Context, Stage, Step
from surveys.protocol.wording import legend_of, option_label, task_of
from surveys.randomisation.trials import draw_practice_options


@dataclass(frozen=True)
class Practice(Step):
    """The question first; once it is answered, the same page shows the model's answer."""

    name = "practice"
    title = "Practice"
    column = "n_practised"
    is_numbered = True
    is_recorded = False
    asked_by = "practice"

    def read(self, participant: Participant, sent: QueryDict) -> bool | Refusal | None:
        if constant_time_compare(sent.get("seen", ""), self._proof(participant)):
            return True
        _, options = self._question(participant)
        chosen = option_sent(participant.protocol, options, sent.get("answer", ""))
        return None if chosen else refusals.NO_ANSWER

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        protocol, language = participant.protocol, participant.language
        if participant.condition is None:
            raise ValueError("A participant without a condition has no practice yet.")
        item, options = self._question(participant)
        answer = option_sent(protocol, options, sent.get("answer", ""))
        pictures = find_pictures([item], participant.group, protocol)[0]
        return {
            "position": self.page(participant),
            "total": protocol.practice,
            "first": show_first(participant, options, pictures, QueryDict()),
            "pictures": pictures,
            "told": told_of(protocol, item, language),
            "task": task_of(protocol),
            "legend": legend_of(protocol, language),
            "problem": problem,
            "answer": answer and option_label(protocol, answer, language),
            "address": pictures.choices.get(answer, ""),
            "key": option_label(protocol, item.key, language),
            "key_address": pictures.choices.get(item.key, ""),
            "is_about_model": not item.answer,
            "is_right": answer == item.key,
            "seen": self._proof(participant),
        }

    def stages(self, survey: Survey) -> list[Stage]:
        n = survey.protocol.practice
        return [Stage(self.title, Q(n_practised__gte=n))] if n else []

    def _proof(self, participant: Participant) -> str:
        """What comes back from the page with the model's answer, which is shown for an answer."""
        return form_key(participant, self.completed(participant) + 1, self.name)

    def _question(self, participant: Participant) -> tuple[Item, list[str]]:
        """The example that is practised on, and its options in the order of the page."""
        protocol, position = participant.protocol, participant.n_practised + 1
        # The last examples, so that the introduction can show the first ones.
        item = examples_of(participant)[position - protocol.practice - 1]
        seed, number = participant.survey.seed, participant.number or 0
        return item, draw_practice_options(item, protocol, seed, number)
