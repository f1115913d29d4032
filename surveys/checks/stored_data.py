"""Checks of the stored data: each a generator of what is wrong, in words for the researcher."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Count, F, Q, QuerySet

from surveys.models import Assignment, Event, Participant, Response, Survey, Trial
from surveys.participation.assignment import choose
from surveys.participation.flow import STEPS
from surveys.participation.measures import is_possible
from surveys.participation.questions import further_asked
from surveys.participation.standing import Standing
from surveys.participation.steps.between import BetweenQuestions
from surveys.participation.steps.blocks import BETWEEN
from surveys.participation.withdrawal import WITHDRAWN_ID
from surveys.protocol.design.pages import shown_pages
from surveys.protocol.schema import CONFIDENCE, NO_EXPLANATION
from surveys.protocol.task import GUESS
from surveys.randomisation.trials import Deck, DrawnTrial, draw_trials
from surveys.studies.item_drops import find_drops, find_items
from surveys.studies.protocols.versions import know_protocol, protocols_by_version
from surveys.studies.questions import n_questions_of

Check = Callable[[Survey], Iterator[str]]
CHUNK = 2000


def find_problems(survey: Survey) -> Iterator[str]:
    """Everything that is wrong with the survey's data; nothing when all is well."""
    for check in CHECKS:
        yield from check(survey)


def numbers_have_no_gaps(survey: Survey) -> Iterator[str]:
    numbers = Assignment.objects.filter(survey=survey).order_by("number")
    expected = 0
    for number in numbers.values_list("number", flat=True).iterator(CHUNK):
        expected += 1
        if number != expected:
            yield f"Number {expected} is missing in the ledger; the next one there is {number}."
            return
    if survey.assigned != expected:
        yield f"The study counts {survey.assigned} assigned participants, but has {expected}."


def ledger_follows_the_rule(survey: Survey) -> Iterator[str]:
    """Derive every line of the ledger from the seed and the earlier lines; yield differences."""
    conditions, protocol = list(survey.conditions.order_by("position")), survey.protocol
    given = [0] * len(conditions)
    indices = {arm.pk: index for index, arm in enumerate(conditions)}
    is_counted = protocol.assignment.mode == "least_filled"
    lines = Assignment.objects.filter(survey=survey).order_by("number")
    for line in lines.iterator(CHUNK):
        index = indices[line.condition_id]
        where = f"Number {line.number} of the ledger"
        possible = len(line.taken) == (len(conditions) if is_counted else 0) and all(
            0 <= taken <= before for taken, before in zip(line.taken, given, strict=False)
        )
        if not possible:
            yield f"{where} counts places as taken that were never given."
        elif line.followed is not None:
            yield from _compare_with_earlier(survey, line, conditions[index].name, where)
        else:
            right = choose(protocol, survey.seed, line.number, line.taken)
            if index != right:
                names = [conditions[each].name for each in (right, index)]
                yield f"{where} should be in {names[0]}, but is in {names[1]}."
        given[index] += 1
        if line.place != given[index]:
            yield f"{where} should be place {given[index]} of its condition, but is {line.place}."


def _compare_with_earlier(
    survey: Survey, line: Assignment, group: str, where: str
) -> Iterator[str]:
    """The group of somebody who took part in the study before, from that study's ledger."""
    followed = line.followed or 0
    earlier = Assignment.objects.filter(survey__slug=survey.protocol.follows, number=followed)
    name = earlier.values_list("condition__name", flat=True).first()
    if name != group:
        was = f"in {name}" if name else "not there"
        whose = f"number {line.followed} of the earlier study"
        yield f"{where} keeps {group} of {whose}, who was {was}."


def participants_follow_the_ledger(survey: Survey) -> Iterator[str]:
    lines = {line.number: line for line in Assignment.objects.filter(survey=survey)}
    stored = Participant.objects.filter(survey=survey).exclude(number=None).order_by("number")
    for person in stored.iterator(CHUNK):
        line = lines.pop(person.number or 0, None)
        if line is None:
            yield f"Participant {person.number} is not in the ledger."
        elif person.condition_id != line.condition_id or person.place != line.place:
            yield f"Participant {person.number} is in another condition than the ledger says."
    for number in lines:
        yield f"Participant number {number} is in the ledger, but not among the participants."


def trials_follow_the_seed(survey: Survey) -> Iterator[str]:
    """Question order and option orders, derived again from the seed."""
    items = find_items(survey).order_by("is_example", "position")
    deck, protocol = Deck.of(list(items)), survey.protocol
    drawn: dict[int, list[DrawnTrial]] = {}
    for trial in _trials(survey).iterator(CHUNK):
        number, place = trial.participant.number or 0, trial.participant.place or 0
        if number not in drawn:
            # Trials come participant by participant, so those of one are enough to keep.
            group = trial.participant.group
            drawn = {number: draw_trials(deck, protocol, survey.seed, number, place, group)}
        yield from _compare(trial, drawn[number], f"Trial {trial.position} of participant {number}")


def _compare(trial: Trial, drawn: list[DrawnTrial], where: str) -> Iterator[str]:
    right = drawn[trial.position - 1] if 0 < trial.position <= len(drawn) else None
    if right is None or (trial.item.name, trial.kind) != (right.item, right.kind):
        yield f"{where} is about {trial.item.name}, which the seed does not put there."
    elif sorted(trial.options) != sorted(right.options):
        yield f"{where} shows other options than its item has."
    elif trial.options != right.options:
        yield f"{where} shows its options in another order than the seed gives."
    elif trial.expected != right.expected:
        yield f"{where} asks for another option than the seed gives."
    elif (trial.condition, trial.block) != (right.condition, right.block):
        yield f"{where} shows another condition, or is in another block, than the seed gives."


def drops_are_the_protocols(survey: Survey) -> Iterator[str]:
    dropped = sorted(survey.protocol.dropped)
    stored = sorted(drop.item.name for drop in find_drops(survey).values())
    if dropped != stored:
        yield (
            f"The protocol drops {', '.join(dropped) or 'nothing'}, but the database drops "
            f"{', '.join(stored) or 'nothing'}."
        )


def items_were_dropped_before_opening(survey: Survey) -> Iterator[str]:
    for drop in find_drops(survey).values():
        if survey.opened_at is not None and drop.at > survey.opened_at:
            yield f"{drop.item.name} was dropped after the study was opened."


def trials_are_complete(survey: Survey) -> Iterator[str]:
    checks = survey.protocol.checks
    expected = n_questions_of(survey) + checks.repeats + len(checks.attention_after)
    everybody = Participant.objects.filter(survey=survey).annotate(n_stored=Count("trials"))
    for person in everybody.iterator(CHUNK):
        right = expected if person.introduced_at is not None else 0
        if (person.n_trials, person.n_stored) != (right, right):
            yield (
                f"Participant {person.number} should have {right} trials, but {person.n_stored} "
                f"are stored and {person.n_trials} are counted."
            )


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


def responses_were_offered(survey: Survey) -> Iterator[str]:
    for trial in _trials(survey).exclude(response=None).iterator(CHUNK):
        place = trial.response.position
        shown = trial.options[place - 1] if 0 < place <= len(trial.options) else None
        if shown != trial.response.option:
            yield (
                f"Trial {trial.position} of participant {trial.participant.number} was answered "
                f"{trial.response.option!r} at place {place}, where {shown!r} was shown."
            )


def responses_are_as_the_protocol_asks(survey: Survey) -> Iterator[str]:
    """Confidence and first answers are there where they were asked for, and nowhere else."""
    rule = survey.protocol.trials
    for trial in _trials(survey).exclude(response=None).iterator(CHUNK):
        where = f"Trial {trial.position} of participant {trial.participant.number}"
        is_check = trial.kind == Trial.Kind.ATTENTION
        is_alone = trial.shown_to(trial.participant) in ("", NO_EXPLANATION)
        if bool(trial.first_option) != (rule.two_step and not is_check and not is_alone):
            yield f"{where} has a first answer that was not asked for, or lacks one that was."
        elif trial.first_option and trial.first_option not in trial.options:
            yield f"{where} has a first answer that was not offered."
        asked = rule.confidence and not is_check
        if (trial.response.confidence is not None) != asked or (
            asked and trial.response.confidence not in range(1, GUESS.points + 1)
        ):
            yield f"{where} has a confidence that was not asked for, or lacks one that was."


def further_answers_are_as_the_protocol_asks(survey: Survey) -> Iterator[str]:
    """Each trial has the answers that its questions ask for, each one that was offered."""
    protocols = protocols_by_version(survey)
    if not any(protocol.task.further for protocol in protocols.values()):
        return
    for trial in _trials(survey).prefetch_related("answers").iterator(CHUNK):
        where = f"Trial {trial.position} of participant {trial.participant.number}"
        protocol = protocols[trial.participant.version_id]
        stored = {row.name: row.value for row in trial.answers.all()}
        asked = []
        if hasattr(trial, "response"):
            asked = further_asked(protocol, trial, survey.seed, trial.participant.number or 0)
        for question, each in asked:
            if each.field_name == CONFIDENCE:
                continue
            value = stored.pop(question.name, None)
            if value is None and each.required:
                yield f"{where} lacks the answer to {question.name}."
            elif value is not None and not question.behaviour.is_valid(each, value):
                yield f"{where} answers {question.name} with {value!r}, which was not offered."
        for name in stored:
            yield f"{where} has an answer to {name}, which was not asked."


def missed_trials_have_no_answer(survey: Survey) -> Iterator[str]:
    """A trial is missed only where there is a limit, after it, and without an answer."""
    protocols = protocols_by_version(survey)
    for trial in _trials(survey).exclude(missed_at=None).iterator(CHUNK):
        where = f"Trial {trial.position} of participant {trial.participant.number}"
        limit = timedelta(seconds=protocols[trial.participant.version_id].task.limit_seconds)
        begun = trial.first_answered_at or trial.shown_at
        if hasattr(trial, "response"):
            yield f"{where} is missed, but has an answer."
        elif not limit or not begun or not trial.missed_at or trial.missed_at - begun < limit:
            yield f"{where} is missed before its time was over."


def times_are_in_order(survey: Survey) -> Iterator[str]:
    for person in Participant.objects.filter(survey=survey).iterator(CHUNK):
        moments = [
            person.arrived_at,
            person.consented_at,
            person.understood_at,
            person.assigned_at,
            person.introduced_at,
            person.finished_at,
            person.debriefed_at,
            person.withdrawn_at,
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


def measured_times_are_possible(survey: Survey) -> Iterator[str]:
    """No page measured more time than went by for the server. Bots' times are invented."""
    people = _trials(survey).filter(participant__simulated=False).exclude(response=None)
    for trial in people.iterator(CHUNK):
        where = f"Trial {trial.position} of participant {trial.participant.number}"
        answer, first_at = trial.response, trial.first_answered_at
        if first_at is not None and not _fit(
            trial.first_response_time_ms,
            (trial.first_hidden_time_ms, trial.first_chosen_ms),
            trial.shown_at or first_at,
            first_at,
        ):
            yield f"{where} has times of its first answer that cannot be true."
        parts = (answer.hidden_time_ms, answer.chosen_ms)
        begun = first_at or trial.shown_at or answer.answered_at
        if not _fit(answer.response_time_ms, parts, begun, answer.answered_at):
            yield f"{where} has times of its answer that cannot be true."


def _fit(
    whole: int | None, parts: tuple[int | None, ...], shown_at: datetime, answered_at: datetime
) -> bool:
    is_longest = all(part is None or part <= (whole or 0) for part in parts)
    return is_longest and is_possible(whole, shown_at, answered_at)


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


def _trials(survey: Survey) -> QuerySet[Trial]:
    trials = Trial.objects.filter(participant__survey=survey)
    related = trials.select_related("participant__condition", "item", "response")
    return related.order_by("participant__number", "position")


CHECKS: tuple[Check, ...] = (
    numbers_have_no_gaps,
    ledger_follows_the_rule,
    participants_follow_the_ledger,
    items_were_dropped_before_opening,
    drops_are_the_protocols,
    trials_follow_the_seed,
    trials_are_complete,
    withdrawn_left_nothing,
    steps_are_in_order,
    pages_between_questions_were_seen,
    failed_checks_are_counted,
    answers_are_counted,
    responses_were_offered,
    responses_are_as_the_protocol_asks,
    further_answers_are_as_the_protocol_asks,
    missed_trials_have_no_answer,
    times_are_in_order,
    measured_times_are_possible,
    events_agree,
)
