"""The stored trials, as the checks read them."""

from django.db.models import QuerySet

from surveys.models import Survey, Trial

# How many rows are read at once.
CHUNK = 2000


def trials_of(survey: Survey) -> QuerySet[Trial]:
    """Return all trials with what belongs to them, participant by participant, in order."""
    trials = Trial.objects.filter(participant__survey=survey)
    related = trials.select_related("participant__condition", "item", "response")
    return related.order_by("participant__number", "position")
