"""The comparisons of a section: every pair of conditions in every asked stratum."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from analysis.data.labels import condition_label
from analysis.data.schema import ASKED_STRATA
from analysis.data.scores import conditions_of
from analysis.data.study_data import StudyData


def pairs_of(
    study: StudyData, strata: Sequence[str] = ASKED_STRATA
) -> Iterator[tuple[str, str, str]]:
    """(stratum, condition_a, condition_b), wrong before right, conditions in their order."""
    for stratum in strata:
        for first, second in combinations(conditions_of(study.scores), 2):
            yield stratum, first, second


def pair_label(condition_a: str, condition_b: str) -> str:
    """Such as `Grad-CAM − PV`."""
    return f"{condition_label(condition_a)} − {condition_label(condition_b)}"
