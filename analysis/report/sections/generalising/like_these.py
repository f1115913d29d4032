"""Each finding twice: for the images of the study, and for images like these."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.data.labels import INTERACTION
from analysis.data.schema import Row
from analysis.report.numbers import percent, percent_interval
from analysis.report.sections.differences.pairs import pair_label
from analysis.statistics.ranks.effect_sizes import Interval

MIXED, BOOTSTRAP = "mixed model", "two-way bootstrap"
Key = tuple[str, str, str]


def estimates_for_images(numbers: Mapping[str, Any]) -> dict[Key, tuple[Interval, str]]:
    """Differences a - b for participants and images like these, each with its method.

    By (stratum, condition a, condition b): the mixed model's, or the bootstrap's where it was not
    fitted or claims to know more of all images than participants show of these; empty for a study
    of which only scores are known. Pairs that the same participants saw have `paired_bootstraps`.
    """
    model = numbers.get("mixed_model", {})
    found = {
        _key(row): (Interval(row["points"], row["points_ci_low"], row["points_ci_high"]), MIXED)
        for row in (model["effects"] if model.get("fitted") and model["converged"] else [])
    }
    for row in numbers.get("generalisation", []):
        drawn = Interval(row["difference"], row["both_ci_low"], row["both_ci_high"])
        alone = row["participants_only_ci_high"] - row["participants_only_ci_low"]
        fitted = found.get(_key(row))
        if fitted is None or _width(fitted[0]) < alone:
            found[_key(row)] = drawn, BOOTSTRAP
    return found


def paired_bootstraps(numbers: Mapping[str, Any]) -> dict[Key, tuple[Interval, str]]:
    """The two-way bootstrap of each pair that the same participants saw, by the same keys."""
    return {
        _key(row): (Interval(row["difference"], row["both_ci_low"], row["both_ci_high"]), BOOTSTRAP)
        for row in numbers.get("paired_bootstrap", [])
    }


def _key(row: Row) -> Key:
    return row["stratum"], row["condition_a"], row["condition_b"]


def estimate_of(
    found: Mapping[Key, tuple[Interval, str]], stratum: str, first: str, second: str
) -> tuple[Interval, str] | None:
    """The difference first - second, in whichever order the pair is listed."""
    if (stratum, first, second) in found:
        return found[stratum, first, second]
    if (stratum, second, first) not in found:
        return None
    interval, method = found[stratum, second, first]
    return Interval(-interval.estimate, -interval.ci_high, -interval.ci_low), method


def credible(these: Interval, others: tuple[Interval, str] | None) -> tuple[Interval, str] | None:
    """Return None for a model that claims to know more of all images than is known of these."""
    return None if others and _width(others[0]) < _width(these) else others


def disagreement(these: Interval, others: tuple[Interval, str] | None) -> str:
    """One sentence where these images and images like these disagree, or an empty text."""
    if others is None or not disagree(these, others[0]):
        return ""
    here, there = _excludes_zero(these), _excludes_zero(others[0])
    if here and there:
        return " For images like these, the difference has the opposite sign."
    if here:
        return " The difference is shown for these images, but not for images like these."
    return (
        " The interval for images like these excludes 0, but that for these images does not; the"
        " two disagree."
    )


def disagree(these: Interval, like: Interval) -> bool:
    """Whether one interval excludes 0 and the other does not, or both do on different sides."""
    if not all(math.isfinite(end) for found in (these, like) for end in vars(found).values()):
        return False
    here, there = _excludes_zero(these), _excludes_zero(like)
    return here != there or (here and (these.estimate > 0) != (like.estimate > 0))


def _excludes_zero(found: Interval) -> bool:
    return found.ci_low > 0 or found.ci_high < 0


def interactions(
    numbers: Mapping[str, Any],
) -> Iterator[tuple[tuple[str, str], Interval, tuple[Interval, str] | None]]:
    """How much larger each pair's difference is where the model was wrong, in both senses.

    For images like these, the mixed model's, or the bootstrap's of pairs that the same participants
    saw where the model was not fitted or claims to know more of them than participants show of
    these images; None where both do.
    """
    model = numbers.get("mixed_model", {})
    fitted = bool(model.get("fitted") and model["converged"])
    like = {
        (row["condition_a"], row["condition_b"]): (
            Interval(row["points"], row["points_ci_low"], row["points_ci_high"]),
            MIXED,
        )
        for row in (model["interactions"] if fitted else [])
    }
    for row in numbers.get("interaction", []):
        these = Interval(row["difference"], row["ci_low"], row["ci_high"])
        pair = (row["condition_a"], row["condition_b"])
        if not math.isfinite(these.estimate):
            continue
        drawn = estimate_of(paired_bootstraps(numbers), INTERACTION, *pair)
        yield pair, these, credible(these, like.get(pair)) or credible(these, drawn)


def _width(found: Interval) -> float:
    return found.ci_high - found.ci_low


def interaction_sentences(numbers: Mapping[str, Any]) -> Iterator[str]:
    """One sentence for a single pair; of several, those of which the two intervals disagree."""
    found = list(interactions(numbers))
    for pair, these, others in found:
        different = disagreement(these, others)
        if len(found) == 1 or different:
            yield (
                "From images where the model was right to images where it was wrong, the"
                f" difference {pair_label(*pair)} changes by {percent(these.estimate)} percentage"
                f" points (95 % CI {percent_interval(these.ci_low, these.ci_high)}; interaction,"
                f" exploratory).{different}"
            )
