"""What each participant is to be paid, from their right answers and the protocol's [pay]."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pv_engine.models import Item
from surveys.models import Survey, Trial
from surveys.protocol.pay import Pay
from surveys.protocol.questions.kind import CANT_TELL

CHUNK = 2000
CENT = Decimal("0.01")


@dataclass
class Earned:
    """Right answers of a participant, and how many guessing would have given."""

    n_correct: int = 0
    by_chance: float = 0.0

    def add(self, is_correct: bool, options: Iterable[str]) -> None:
        """Count one answered question."""
        self.n_correct += is_correct
        self.by_chance += 1 / len(set(options) - {CANT_TELL})


def amount_of(pay: Pay, earned: Earned) -> str:
    """Return what a participant who finished is to be paid, rounded half up to two decimals."""
    paid: float = earned.n_correct
    if pay.above_chance_only:
        paid = max(0.0, earned.n_correct - earned.by_chance)
    exact = Decimal(str(pay.base)) + Decimal(str(pay.per_correct)) * Decimal(str(paid))
    return str(exact.quantize(CENT, ROUND_HALF_UP))


def find_earned(survey: Survey) -> dict[int, Earned]:
    """Return what each participant of a survey has earned, by their key."""
    stimulus_set = survey.stimulus_set_id
    keys = {item.pk: item.key for item in Item.objects.filter(stimulus_set=stimulus_set)}
    main = Trial.objects.filter(participant__survey=survey, kind=Trial.Kind.MAIN)
    answered = main.exclude(response=None).order_by("pk")
    fields = ("participant_id", "item_id", "options", "response__option")
    earned: dict[int, Earned] = {}
    for person, item, options, option in answered.values_list(*fields).iterator(CHUNK):
        earned.setdefault(person, Earned()).add(option == keys[item], options)
    return earned
