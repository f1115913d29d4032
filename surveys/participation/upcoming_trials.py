"""The trials that a participant has before them, each with its pair of images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from surveys.models import Condition, Participant, Trial
from surveys.participation.images import ORIGINAL, Pair, find_pairs, pair_of
from surveys.participation.sql.reads import ComposedOnce


@dataclass(frozen=True)
class UpcomingTrial:
    """A trial and the images that it shows."""

    trial: Trial
    pair: Pair


def upcoming_trials(participant: Participant, count: int) -> list[UpcomingTrial]:
    """Return the participant's current trial and those after it: `count`, or fewer near the end."""
    if participant.condition is None:
        return []
    first = participant.n_answered + 1
    if participant.rehearsed_trials is not None:
        trials = participant.rehearsed_trials[first - 1 : first - 1 + count]
        return _with_pairs(trials, participant.condition)
    rows = _IMAGES_OF_TRIALS.rows(
        participant=participant.pk,
        first=first,
        last=first + count - 1,
        explanation=participant.condition.name,
    )
    by_position: dict[int, list[Any]] = {}
    for row in rows:
        by_position.setdefault(row.position, []).append(row)
    return [_upcoming(images, participant.condition) for images in by_position.values()]


def _with_pairs(trials: Sequence[Trial], condition: Condition) -> list[UpcomingTrial]:
    pairs = find_pairs([trial.item_id for trial in trials], condition)
    return [UpcomingTrial(trial, pair) for trial, pair in zip(trials, pairs, strict=True)]


def _upcoming(images: list[Any], condition: Condition) -> UpcomingTrial:
    """From the rows of one trial, of which each carries the name of one of its images."""
    file_names = {row.image_kind: row.file_name for row in images}
    return UpcomingTrial(images[0], pair_of(file_names, condition))


def _images_of_trials(
    participant: int, first: int, last: int, explanation: str
) -> "QuerySet[Trial]":
    """Each trial as often as it has images."""
    return (
        Trial.objects.filter(
            participant=participant,
            position__gte=first,
            position__lte=last,
            item__stimuli__kind__in=[ORIGINAL, explanation],
        )
        .annotate(image_kind=F("item__stimuli__kind"), file_name=F("item__stimuli__file_name"))
        .order_by("position")
    )


# Asked with every trial, so its SQL is composed once.
_IMAGES_OF_TRIALS = ComposedOnce(
    _images_of_trials, participant=30_001, first=30_002, last=30_003, explanation="explanation?"
)
