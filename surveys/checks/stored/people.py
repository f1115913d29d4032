"""How far each participant is: no page skipped, nothing left of who withdrew, all counted."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from django.db.models import Count, F, Q

from surveys.checks.stored.rows import CHUNK
from surveys.models import Event, Participant, Response, Survey, Trial
from surveys.participation.flow import STEPS
from surveys.participation.leaving.withdrawal import WITHDRAWN_ID
from surveys.participation.standing import Standing
from surveys.participation.steps.between import BetweenQuestions
from surveys.participation.steps.blocks import BETWEEN
from surveys.protocol.design.pages import shown_pages
from surveys.studies.protocols.versions import know_protocol, protocols_by_version


def withdrawn_left_nothing(survey: Survey) -> Iterator[str]:
    """A tombstone has no answers, no trials, no events, no questionnaire; of panel ids, a hash."""
    gone = Participant.objects.filter(survey=survey).exclude(withdrawn_at=None)
    has_no_id = Q(panel_identity=None) | Q(panel_identity__panel_id__startswith=WITHDRAWN_ID)
    is_empty = Q(trials=None, events=None, questionnaire={}) & has_no_id
    for person in gone.exclude(is_empty).distinct():
        yield f"Participant {person.number} has withdrawn, but some of their data remain."


def steps_are_in_order(survey: Survey) -> Iterator[str]:
    """Nobody is at a step without having completed those before it."""
    protocols = protocols_by_version(survey)
    for person in Participant.objects.filter(survey=survey, withdrawn_at=None).iterator(CHUNK):
        protocol = protocols[person.version_id]
        steps = [step for step in STEPS if step.pages(protocol) and not step.is_between]
        done = [step.is_complete(person, protocol) for step in steps]
        if sorted(done, reverse=True) != done or (person.turned_away and person.number):
            yield f"Participant {person.number} has skipped a page."
        if person.comprehension_tries > protocol.comprehension.tries:
            yield f"Participant {person.number} has used too many tries."


def pages_between_questions_were_seen(survey: Survey) -> Iterator[str]:
    """Nobody answered a question without the pages before it; `progress` has the last of each."""
    if not survey.protocol.parts:
        return
    protocols = protocols_by_version(survey)
    people = Participant.objects.filter(survey=survey, withdrawn_at=None).exclude(n_answered=0)
    for person in people.select_related("condition").iterator(CHUNK):
        protocol = know_protocol(person, survey, protocols)
        trials = list(person.trials.order_by("position"))
        pairs = list(pairwise([None, *trials, None]))[: person.n_answered + 1]
        for step in BETWEEN:
            if not step.column and not _was_seen(person, step, pairs):
                yield f"Participant {person.number} has skipped a page of kind {step.name}."
        if person.n_pages > len(shown_pages(protocol)):
            yield f"Participant {person.number} has sent more pages of questions than there are."


def _was_seen(
    person: Participant,
    step: BetweenQuestions,
    pairs: Sequence[tuple[Trial | None, Trial | None]],
) -> bool:
    """Whether the last page of the kind was seen; at the participant's present place it may be."""
    places = [step.place(person, Standing(*pair)) for pair in pairs]
    least = max(places[:-1], default=0)
    return step.completed(person) in (least, max(least, places[-1]))


def failed_checks_are_counted(survey: Survey) -> Iterator[str]:
    is_wrong = Q(trials__kind=Trial.Kind.ATTENTION) & ~Q(
        trials__response__option=F("trials__expected")
    )
    everybody = Participant.objects.filter(survey=survey).annotate(
        n_wrong=Count("trials", filter=is_wrong & Q(trials__response__isnull=False))
    )
    for person in everybody.exclude(n_wrong=F("n_failed_checks")).iterator(CHUNK):
        yield (
            f"Participant {person.number} failed {person.n_wrong} attention checks, "
            f"but {person.n_failed_checks} are counted."
        )


def answers_are_counted(survey: Survey) -> Iterator[str]:
    everybody = Participant.objects.filter(survey=survey)
    missed = Count("trials", filter=~Q(trials__missed_at=None), distinct=True)
    counted = everybody.annotate(n_stored=Count("trials__response", distinct=True) + missed)
    for person in counted.iterator(CHUNK):
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


def events_agree(survey: Survey) -> Iterator[str]:
    """The append-only events agree with the participants' own times."""
    expected = {
        Event.Kind.ASSIGNMENT: {"assigned_at": None},
        Event.Kind.FINISH: {"finished_at": None},
    }
    for kind, not_yet in expected.items():
        everybody = Participant.objects.filter(survey=survey, withdrawn_at=None)
        due = set(everybody.exclude(**not_yet).values_list("pk", flat=True))
        events = Event.objects.filter(participant__survey=survey, kind=kind)
        stored = list(events.values_list("participant", flat=True))
        if len(stored) != len(set(stored)) or set(stored) != due:
            yield f"The events of kind {kind} do not go with the participants' times."
