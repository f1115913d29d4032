"""Checks of the stored data: each a generator of what is wrong, in words for the researcher."""

from collections.abc import Callable, Iterator

from surveys.checks.stored import answers, ledger, people, times, trials
from surveys.models import Survey

Check = Callable[[Survey], Iterator[str]]

CHECKS: tuple[Check, ...] = (
    ledger.numbers_have_no_gaps,
    ledger.ledger_follows_the_rule,
    ledger.draws_follow_the_counts,
    ledger.participants_follow_the_ledger,
    trials.items_were_dropped_before_opening,
    trials.drops_are_the_protocols,
    trials.trials_follow_the_seed,
    trials.trials_are_complete,
    people.withdrawn_left_nothing,
    people.steps_are_in_order,
    people.pages_between_questions_were_seen,
    people.failed_checks_are_counted,
    people.answers_are_counted,
    answers.responses_were_offered,
    answers.responses_are_as_the_protocol_asks,
    answers.further_answers_are_as_the_protocol_asks,
    answers.missed_trials_have_no_answer,
    times.times_are_in_order,
    times.measured_times_are_possible,
    people.events_agree,
)


def find_problems(survey: Survey) -> Iterator[str]:
    """Everything that is wrong with the survey's data; nothing when all is well."""
    for check in CHECKS:
        yield from check(survey)
