"""Each finding twice: for the images of the study, and for images like these."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.data.schema import Row
from analysis.report.numbers import percent, percent_interval
from analysis.report.sections.differences.pairs import pair_label
from analysis.statistics.ranks.effect_sizes import Interval

MIXED, BOOTSTRAP = "mixed model", "two-way bootstrap"
Key = tuple[str, str, str]


def estimates_for_images(numbers: Mapping[str, Any]) -> dict[Key, tuple[Interval, str]]:
    """Differences a - b for participants and images like these, each with its method.

    By (stratum, condition a, condition b): the mixed model's, or the bootstrap's where it was not
    fitted; empty for a study of which only scores are known.
    """
    model = numbers.get("mixed_model", {})
    if model.get("fitted") and model["converged"]:
        return {
            _key(row): (Interval(row["points"], row["points_ci_low"], row["points_ci_high"]), MIXED)
            for row in model["effects"]
        }
    return {
        _key(row): (Interval(row["difference"], row["both_ci_low"], row["both_ci_high"]), BOOTSTRAP)
        for row in numbers.get("generalisation", [])
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


def both_intervals(these: Interval, others: tuple[Interval, str] | None) -> str:
    """The difference in percentage points for these images and, where known, for images like these.

    Such as `−26.7 percentage points for these images, 95 % CI ..., and −27.9 for images like
    these, 95 % CI ..., mixed model`.
    """
    own = (
        f"{percent(these.estimate)} percentage points"
        f"{' for these images' if others else ''}, 95 % CI"
        f" {percent_interval(these.ci_low, these.ci_high)}"
    )
    if others is None:
        return own
    like, method = others
    return (
        f"{own}, and {percent(like.estimate)} for images like these, 95 % CI"
        f" {percent_interval(like.ci_low, like.ci_high)}, {method}"
    )


def disagreement(these: Interval, others: tuple[Interval, str] | None) -> str:
    """One sentence where the two lead to different conclusions, or an empty text."""
    if others is None or not disagree(these, others[0]):
        return ""
    here, there = _excludes_zero(these), _excludes_zero(others[0])
    if here and there:
        return " The two disagree: the differences have opposite signs."
    if here:
        return (
            " The two disagree: the difference is shown for these images, but not for others like"
            " them."
        )
    return (
        " The two disagree: the interval for images like these excludes 0, and that for these"
        " images does not."
    )


def disagree(these: Interval, like: Interval) -> bool:
    """Whether one interval excludes 0 and the other does not, or both do on different sides."""
    if not all(math.isfinite(end) for found in (these, like) for end in vars(found).values()):
        return False
    here, there = _excludes_zero(these), _excludes_zero(like)
    return here != there or (here and (these.estimate > 0) != (like.estimate > 0))


def _excludes_zero(found: Interval) -> bool:
    return found.ci_low > 0 or found.ci_high < 0


def interaction_sentences(numbers: Mapping[str, Any]) -> Iterator[str]:
    """How much larger each pair's difference is where the model was wrong, in both senses."""
    model = numbers.get("mixed_model", {})
    fitted = bool(model.get("fitted") and model["converged"])
    like = {
        (row["condition_a"], row["condition_b"]): row
        for row in (model["interactions"] if fitted else [])
    }
    for row in numbers.get("interaction", []):
        these = Interval(row["difference"], row["ci_low"], row["ci_high"])
        if not math.isfinite(these.estimate):
            continue
        pair = (row["condition_a"], row["condition_b"])
        found = like.get(pair)
        others = found and (
            Interval(found["points"], found["points_ci_low"], found["points_ci_high"]),
            MIXED,
        )
        yield (
            "From images where the model was right to images where it was wrong, the difference"
            f" {pair_label(*pair)} changes by {both_intervals(these, others or None)}"
            f" (interaction, exploratory).{disagreement(these, others or None)}"
        )
