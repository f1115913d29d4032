"""Composing a scene: which things, where, how large, in which colours, before what."""

from dataclasses import replace

import numpy as np

from pv_engine.data.scenes.catalogue import CLASSES, KINDS
from pv_engine.data.scenes.colours import ACCENTS, Colour, lit, shaded
from pv_engine.data.scenes.foreground import HEIGHTS
from pv_engine.data.scenes.scene import Backdrop, Finish, Occluder, Scene, Thing
from pv_engine.data.scenes.settings import SETTINGS, Span
from pv_engine.data.scenes.variant import Colours, Variant
from pv_engine.data.scenes.visibility import (
    ENOUGH_AREA,
    ENOUGH_SHARE,
    visible_labels,
    visible_shares,
)  # fmt: skip
from pv_engine.errors import DataError

_NUMBERS = (0.62, 0.3, 0.08)  # of scenes with one, two and three things
_STRANGE = 0.18  # of things that are where one would not expect them
_FAR_AWAY = 0.35  # of things that are smaller than their usual sizes
_UNUSUAL_COLOUR = 0.45
_TRIES = 10

# Cups and fish are at home in one setting each and seldom come second, so they start more often.
_WEIGHTS = np.array([{"cup": 1.5, "fish": 1.5, "boat": 1.15}.get(label, 1.0) for label in CLASSES])
_FIRST = _WEIGHTS / _WEIGHTS.sum()

_FLOATING = ("air", "deep", "wall", "ceiling")


def compose_scene(seed: int, index: int) -> Scene:
    """Scene number `index` of the series `seed`: always the same for the same two numbers.

    Raises DataError where one of them is negative.
    """
    if min(seed, index) < 0:
        raise DataError(f"There is no scene {index} of seed {seed}; both numbers start at 0.")
    rng = np.random.default_rng(np.random.SeedSequence([seed, index]))
    number = 1 + int(rng.choice(len(_NUMBERS), p=_NUMBERS))
    label = CLASSES[rng.choice(len(CLASSES), p=_FIRST)]
    first = KINDS[label].variants[rng.integers(len(KINDS[label].variants))]
    backdrop = _backdrop(rng, first)
    occluders = _occluders(rng, backdrop)
    things = _place(rng, backdrop, label, first, (), occluders)
    for _ in range(number - 1):
        label, variant = _companion(rng, backdrop, things)
        things = _place(rng, backdrop, label, variant, things, occluders)
    labels = visible_labels(things, occluders)
    if not labels:  # whatever hides the only thing is taken away
        occluders = ()
        labels = visible_labels(things)
    return Scene(backdrop, things, occluders, _finish(rng), labels)


def _backdrop(rng: np.random.Generator, variant: Variant) -> Backdrop:
    """A setting where the variant is at home, now and then one where it is not."""
    strange = rng.random() < _STRANGE
    kinds = [
        kind
        for kind, setting in SETTINGS.items()
        if bool(set(variant.habitats) & set(setting.zones)) is not strange
    ]
    kind = kinds[rng.integers(len(kinds))]
    setting = SETTINGS[kind]
    tone = setting.tones[rng.integers(len(setting.tones))]
    return Backdrop(kind, tone, float(rng.uniform(*setting.horizon)), _seed(rng))


def _companion(
    rng: np.random.Generator, backdrop: Backdrop, things: tuple[Thing, ...]
) -> tuple[str, Variant]:
    """A further thing, of another class, mostly one that is at home in the setting."""
    taken = {thing.label for thing in things}
    free = [label for label in CLASSES if label not in taken]
    zones = set(SETTINGS[backdrop.kind].zones)
    for _ in range(_TRIES):
        label = free[rng.integers(len(free))]
        variant = KINDS[label].variants[rng.integers(len(KINDS[label].variants))]
        if zones & set(variant.habitats):
            break
    return label, variant


def _place(
    rng: np.random.Generator,
    backdrop: Backdrop,
    label: str,
    variant: Variant,
    things: tuple[Thing, ...],
    occluders: tuple[Occluder, ...],
) -> tuple[Thing, ...]:
    """The things with one more, or as they were where there is no room for it."""
    wanted = float(rng.choice([0.64, 0.76, 0.88], p=[0.3, 0.4, 0.3]))
    thing = _thing(rng, label, variant, bool(things))
    for attempt in range(_TRIES):
        placed = _somewhere(rng, backdrop, variant, thing, bool(things))
        together = tuple(sorted((*things, placed), key=lambda item: item.depth))
        shares = visible_shares(together, occluders)
        least = max(wanted - 0.04 * attempt, ENOUGH_SHARE + 0.22)
        if all(share >= least and area >= 1.5 * ENOUGH_AREA for share, area in shares):
            return together
    return things or (replace(thing, x=0.5, y=0.9, size=0.6),)


def _thing(rng: np.random.Generator, label: str, variant: Variant, crowded: bool) -> Thing:
    low, high = variant.sizes
    size = low + (high - low) * float(rng.beta(1.5, 1.8)) * (0.85 if crowded else 1.0)
    if rng.random() < _FAR_AWAY:
        size *= 0.7
    return Thing(
        label=label,
        variant=variant.name,
        stands="ground",
        x=0.5,
        y=0.9,
        size=size,
        degrees=float(rng.normal(0, 0.8)) * variant.tilt,
        flip=bool(rng.random() < 0.5),
        colours=_colours(rng, KINDS[label].hues),
        seed=_seed(rng),
    )


def _somewhere(
    rng: np.random.Generator, backdrop: Backdrop, variant: Variant, thing: Thing, crowded: bool
) -> Thing:
    """The thing at a place of the setting, its own kind of place where there is one."""
    stands, span = _spot(rng, backdrop, variant)
    y = float(rng.uniform(*span))
    if stands in _FLOATING:
        y += thing.size / 2
    spread = 0.39 if crowded else 0.34
    x = 0.5 + spread * float(rng.uniform(-1, 1))
    return replace(thing, stands=stands, x=x, y=min(y, 0.97))


def _spot(rng: np.random.Generator, backdrop: Backdrop, variant: Variant) -> tuple[str, Span]:
    """How the thing stands and the span of heights for it; what is not at home stands or floats."""
    setting = SETTINGS[backdrop.kind]
    home = [habitat for habitat in variant.habitats if habitat in setting.zones]
    if home:
        stands = home[rng.integers(len(home))]
        return stands, setting.zones[stands]
    if set(variant.habitats) & {"air", "deep", "ceiling"}:
        return "air", (0.32, 0.46)
    return "ground", setting.odd


def _colours(rng: np.random.Generator, hues: tuple[Colour, ...]) -> Colours:
    """The main colour, usually one of the class's own, and two that go with it."""
    unusual = rng.random() < _UNUSUAL_COLOUR
    choice = ACCENTS if unusual else hues
    main = choice[rng.integers(len(choice))]
    others = [accent for accent in ACCENTS if accent != main]
    second, third = (others[i] for i in rng.choice(len(others), 2, replace=False))
    change = float(rng.uniform(-0.16, 0.16))
    main = lit(main, change) if change > 0 else shaded(main, -change)
    return main, second, third


def _occluders(rng: np.random.Generator, backdrop: Backdrop) -> tuple[Occluder, ...]:
    kinds = SETTINGS[backdrop.kind].occluders
    count = int(rng.choice(4, p=[0.4, 0.35, 0.17, 0.08]))
    chosen = []
    for _ in range(count):
        kind = kinds[rng.integers(len(kinds))]
        size = float(rng.uniform(*HEIGHTS[kind]))
        chosen.append(
            Occluder(
                kind,
                float(rng.uniform(0.02, 0.98)),
                float(rng.uniform(0.97, 1.03)),
                size,
                _seed(rng),
            )
        )
    return tuple(chosen)


def _finish(rng: np.random.Generator) -> Finish:
    blur = float(rng.uniform(0.002, 0.004)) if rng.random() < 0.12 else 0.0
    return Finish(blur, int(rng.integers(1, 5)), _seed(rng))


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))
