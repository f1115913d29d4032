"""Compares what the database stored with what the participants of a load were answered."""

from collections import Counter
from collections.abc import Iterator

from surveys.benchmarks.survey_load.person import Person
from surveys.checks.stored_data import find_problems
from surveys.models import Assignment, Participant, Response, Survey
from surveys.participation.people.identity import read_cookie


def find_losses(survey: Survey, people: list[Person]) -> Iterator[str]:
    """A sentence for each acknowledged answer that is not stored, or not as it was sent, and for
    whatever `check_data` finds."""
    yield from find_problems(survey)
    stored = _stored_answers(survey)
    for person in people:
        visit = read_cookie(person.cookie, survey.slug)
        token = visit.token if visit else ""
        for position, option in person.answers.items():
            found = stored.get((token, position))
            if found != option:
                yield f"Question {position}: {option!r} was acknowledged, {found!r} is stored."


def count_in_conditions(survey: Survey) -> dict[str, int]:
    """How many participants each condition was given."""
    rows = Assignment.objects.filter(survey=survey).values_list("condition__name", flat=True)
    return dict(sorted(Counter(rows).items()))


def count_stored(survey: Survey) -> dict[str, int]:
    """What there is in the database of the survey."""
    people = Participant.objects.filter(survey=survey)
    return {
        "participants": people.count(),
        "finished": people.exclude(finished_at=None).count(),
        "responses": Response.objects.filter(trial__participant__survey=survey).count(),
    }


def _stored_answers(survey: Survey) -> dict[tuple[str, int], str]:
    rows = Response.objects.filter(trial__participant__survey=survey).values_list(
        "trial__participant__token", "trial__position", "option"
    )
    return {(token, position): option for token, position, option in rows.iterator()}
