"""Checks of the stored data: each a generator of what is wrong, in words for the researcher."""

from collections.abc import Callable, Iterator

from django.db.models import Count, F, QuerySet

from pv_engine.models import Item
from surveys.assignment import round_robin
from surveys.models import Event, Participant, Response, Survey, Trial
from surveys.protocol import CANT_TELL
from surveys.seeds import option_order, question_order

Check = Callable[[Survey], Iterator[str]]
CHUNK = 2000


def find_problems(survey: Survey) -> Iterator[str]:
    """Everything that is wrong with the survey's data; nothing when all is well."""
    for check in CHECKS:
        yield from check(survey)


def numbers_have_no_gaps(survey: Survey) -> Iterator[str]:
    numbers = Participant.objects.filter(survey=survey).order_by("number")
    expected = 0
    for number in numbers.values_list("number", flat=True).iterator(CHUNK):
        expected += 1
        if number != expected:
            yield f"Participant number {expected} is missing; the next one stored is {number}."
            return
    if survey.assigned != expected:
        yield f"The survey counts {survey.assigned} assigned participants, but has {expected}."


def conditions_follow_the_round_robin(survey: Survey) -> Iterator[str]:
    arms = list(survey.conditions.order_by("position"))
    ratios = [arm.ratio for arm in arms]
    stored = Participant.objects.filter(survey=survey).exclude(number=None)
    for number, condition in stored.values_list("number", "condition_id").iterator(CHUNK):
        right = arms[round_robin(ratios, int(number or 0))]
        if condition != right.pk:
            yield f"Participant {number} should be in {right.name}, but is in another condition."


def trials_follow_the_seed(survey: Survey) -> Iterator[str]:
    """Question order and option orders, derived again from the seed."""
    items = list(_items(survey).order_by("position"))
    options = {item.name: [*item.options, CANT_TELL] for item in items}
    names, kind = list(options), survey.texts.question_order
    orders: dict[int, list[str]] = {}
    for trial in _trials(survey).iterator(CHUNK):
        number = trial.participant.number or 0
        if number not in orders:
            # Trials come participant by participant, so one order is enough to keep.
            orders = {number: question_order(names, kind, survey.seed, number)}
        order = orders[number]
        where = f"Trial {trial.position} of participant {number}"
        if trial.position > len(order) or trial.item.name != order[trial.position - 1]:
            yield f"{where} is about {trial.item.name}, which the seed does not put there."
            continue
        right = option_order(options[trial.item.name], survey.seed, number, trial.position)
        if sorted(trial.options) != sorted(right):
            yield f"{where} shows other options than its item has."
        elif trial.options != right:
            yield f"{where} shows its options in another order than the seed gives."


def trials_are_complete(survey: Survey) -> Iterator[str]:
    n_items = _items(survey).count()
    everybody = Participant.objects.filter(survey=survey).annotate(n_stored=Count("trials"))
    for person in everybody.iterator(CHUNK):
        right = n_items if person.introduced_at is not None else 0
        if (person.n_trials, person.n_stored) != (right, right):
            yield (
                f"Participant {person.number} should have {right} trials, but {person.n_stored} "
                f"are stored and {person.n_trials} are counted."
            )


def answers_are_counted(survey: Survey) -> Iterator[str]:
    everybody = Participant.objects.filter(survey=survey)
    for person in everybody.annotate(n_stored=Count("trials__response")).iterator(CHUNK):
        if person.n_stored != person.n_answered:
            yield (
                f"Participant {person.number} has {person.n_stored} answers, "
                f"but {person.n_answered} are counted."
            )
        is_finished = 0 < person.n_trials == person.n_answered
        if is_finished != (person.finished_at is not None):
            yield (
                f"Participant {person.number} answered {person.n_answered} of "
                f"{person.n_trials} trials, which does not go with the time of finishing."
            )
    later = Response.objects.filter(
        trial__participant__survey=survey, trial__position__gt=F("trial__participant__n_answered")
    ).select_related("trial__participant")
    for response in later:
        trial = response.trial
        yield f"Trial {trial.position} of participant {trial.participant.number} skips another."


def responses_were_offered(survey: Survey) -> Iterator[str]:
    for trial in _trials(survey).exclude(response=None).iterator(CHUNK):
        place = trial.response.position
        shown = trial.options[place - 1] if 0 < place <= len(trial.options) else None
        if shown != trial.response.option:
            yield (
                f"Trial {trial.position} of participant {trial.participant.number} was answered "
                f"{trial.response.option!r} at place {place}, where {shown!r} was shown."
            )


def times_are_in_order(survey: Survey) -> Iterator[str]:
    for person in Participant.objects.filter(survey=survey).iterator(CHUNK):
        moments = [
            person.arrived_at,
            person.consented_at,
            person.assigned_at,
            person.introduced_at,
            person.finished_at,
        ]
        known = [moment for moment in moments if moment is not None]
        if known != sorted(known):
            yield f"The times of participant {person.number} are not in order."
    previous: Trial | None = None
    for trial in _trials(survey).exclude(response=None).iterator(CHUNK):
        at = trial.response.answered_at
        earliest = trial.shown_at or at
        if previous is not None and previous.participant_id == trial.participant_id:
            earliest = max(earliest, previous.response.answered_at)
        if at < earliest:
            yield (
                f"Trial {trial.position} of participant {trial.participant.number} was answered "
                "before it was shown or before the one ahead of it."
            )
        previous = trial


def events_tell_the_same(survey: Survey) -> Iterator[str]:
    """The append-only events agree with the participants' own times."""
    told = {
        Event.Kind.ASSIGNMENT: {"assigned_at": None},
        Event.Kind.FINISH: {"finished_at": None},
    }
    for kind, not_yet in told.items():
        everybody = Participant.objects.filter(survey=survey)
        due = set(everybody.exclude(**not_yet).values_list("pk", flat=True))
        events = Event.objects.filter(participant__survey=survey, kind=kind)
        stored = list(events.values_list("participant", flat=True))
        if len(stored) != len(set(stored)) or set(stored) != due:
            yield f"The events of kind {kind} do not go with the participants' times."


def _items(survey: Survey) -> QuerySet[Item]:
    return Item.objects.filter(stimulus_set=survey.stimulus_set_id, is_example=False)


def _trials(survey: Survey) -> QuerySet[Trial]:
    trials = Trial.objects.filter(participant__survey=survey)
    related = trials.select_related("participant", "item", "response")
    return related.order_by("participant__number", "position")


CHECKS: tuple[Check, ...] = (
    numbers_have_no_gaps,
    conditions_follow_the_round_robin,
    trials_follow_the_seed,
    trials_are_complete,
    answers_are_counted,
    responses_were_offered,
    times_are_in_order,
    events_tell_the_same,
)
