"""Blind reading: a person names what the stimuli show, without labels, before anyone is paid.

It answers how legible a condition is to a person, as `quality/reader.py` does for a network.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pv_engine.errors import ImageDataError
from pv_engine.stimulus_sets.manifest import files_of

# The guess of a reader who cannot tell; it counts as naming nothing.
CANNOT_TELL = ""


@dataclass(frozen=True)
class BlindItem:
    """One stimulus to be read, with its options in the order shown and its answer keys."""

    name: str
    file_name: str
    options: tuple[str, ...]
    prediction: str
    true_labels: tuple[str, ...]

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "BlindItem":
        lists = {key: tuple(row[key]) for key in ("options", "true_labels")}
        return cls(**{**row, **lists})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Score:
    """How often guesses named the model's prediction, and how often a true label."""

    n: int
    prediction: int
    truth: int
    # The share of predictions that guessing among the options would name.
    chance: float

    def __add__(self, other: "Score") -> "Score":
        n = self.n + other.n
        chance = (self.n * self.chance + other.n * other.chance) / n if n else 0.0
        return Score(n, self.prediction + other.prediction, self.truth + other.truth, chance)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the Clopper-Pearson interval of the share of predictions named."""
        return exact_interval(self.prediction, self.n, level)

    def words(self) -> str:
        """Return the score as part of a sentence."""
        low, high = (f"{100 * end:.0f}" for end in self.interval())
        return (
            f"named the prediction in {self.prediction} of {self.n} "
            f"({100 * self.prediction / self.n:.0f} %, 95 % interval {low} to {high} %; guessing "
            f"names {100 * self.chance:.0f} %), a true label in {self.truth}"
        )


def exact_interval(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a share of `hits` in `n`.

    Examples
    --------
    >>> [round(end, 3) for end in exact_interval(55, 100)]
    [0.447, 0.65]
    """
    # Slow to import; every process of the web server would wait for it as it starts.
    from scipy.special import betaincinv

    tail, misses = (1 - level) / 2, n - hits
    low = betaincinv(hits, misses + 1, tail) if hits else 0.0
    high = betaincinv(hits + 1, misses, 1 - tail) if misses else 1.0
    return float(low), float(high)


def readable_conditions(manifest: Mapping[str, Any]) -> list[str]:
    """Return the conditions that show a picture of each item, which "none" does not."""
    return [
        name
        for name in manifest["conditions"]
        if all(name in item["images"] for item in manifest["items"])
    ]


def draw_blind_items(
    manifest: Mapping[str, Any],
    condition: str,
    stratum: str,
    n: int,
    seed: int,
    seen: Collection[str] = (),
) -> list[BlindItem]:
    """Return n items of a stratum in random order, those not `seen` first.

    The same seed draws the same items in every condition, each in another order, so that
    conditions can be compared item by item. Raises ImageDataError where the set has no such items.
    """
    conditions = readable_conditions(manifest)
    items = [item for item in manifest["items"] if item["stratum"] == stratum]
    if condition not in conditions:
        raise ImageDataError(
            f"The condition {condition!r} has no pictures in this set; those that have are "
            f"{', '.join(conditions)}."
        )
    if not 1 <= n <= len(items):
        raise ImageDataError(
            f"{n} items ({stratum.replace('_', ' ')}) cannot be drawn: the set has {len(items)}."
        )
    chosen = shuffled(items, seed)
    chosen = sorted(chosen, key=lambda item: item["name"] in seen)[:n]
    return [
        BlindItem(
            item["name"],
            files_of(item, condition)[0],
            tuple(shuffled(item["options"], seed, place)),
            item["prediction"],
            tuple(item["true_labels"]),
        )
        for place, item in enumerate(shuffled(chosen, seed, conditions.index(condition)))
    ]


def shuffled(values: Sequence[Any], *seed: int) -> list[Any]:
    """Return the values in an order that follows from the seed."""
    import numpy as np  # slow to import, which a web server's start would wait for

    return [values[place] for place in np.random.default_rng(seed).permutation(len(values))]


def score_guesses(items: Sequence[BlindItem], guesses: Mapping[str, str]) -> Score:
    """Return the score of guesses (item name to option); an item without one was not named.

    Raises ImageDataError that lists every guess which is not an option of its item.
    """
    options = {item.name: item.options for item in items}
    wrong = [
        f"{name}: {guess!r}"
        for name, guess in guesses.items()
        if guess != CANNOT_TELL and guess not in options.get(name, ())
    ]
    if wrong:
        raise ImageDataError(
            f"{len(wrong)} guesses are not among the options of their items ({'; '.join(wrong)}); "
            "write one of the options, or nothing where you cannot tell."
        )
    named = {item.name: guesses.get(item.name, CANNOT_TELL) for item in items}
    return Score(
        len(items),
        sum(named[item.name] == item.prediction for item in items),
        sum(named[item.name] in item.true_labels for item in items),
        sum(1 / len(item.options) for item in items) / len(items),
    )
