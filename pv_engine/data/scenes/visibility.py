"""How much of each thing is to be seen, measured on small maps drawn with the same shapes."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from pv_engine.data.scenes.catalogue import KINDS
from pv_engine.data.scenes.foreground import draw_occluder
from pv_engine.data.scenes.pen import Pen, Pose
from pv_engine.data.scenes.scene import Occluder, Thing

Mask = npt.NDArray[np.bool_]

MAP_SIDE = 72
MAP_MARGIN = 48
ENOUGH_SHARE = 0.35
ENOUGH_AREA = 0.01


@lru_cache(maxsize=64)
def thing_mask(thing: Thing) -> Mask:
    """The pixels a thing covers, with the margin beyond the picture's border."""
    pen = _map_pen(thing.pose)
    KINDS[thing.label].variant(thing.variant).draw(pen, thing.look)
    return np.asarray(pen.canvas) > 0


@lru_cache(maxsize=64)
def _occluder_mask(occluder: Occluder) -> Mask:
    pen = _map_pen(Pose(occluder.x, occluder.y, occluder.size))
    draw_occluder(pen, occluder)
    return np.asarray(pen.canvas) > 0


def _map_pen(pose: Pose) -> Pen:
    side = MAP_SIDE + 2 * MAP_MARGIN
    return Pen(Image.new("L", (side, side)), pose, side=MAP_SIDE, margin=MAP_MARGIN, ink=255)


def visible_shares(
    things: Sequence[Thing], occluders: Sequence[Occluder] = ()
) -> list[tuple[float, float]]:
    """Of each thing: the share of it that is visible, and the share of the picture that it fills.

    `things` are in drawing order: later ones hide earlier ones, occluders hide all, and whatever
    lies beyond the picture's border is hidden as well.
    """
    inside = slice(MAP_MARGIN, MAP_MARGIN + MAP_SIDE)
    hidden = np.zeros((MAP_SIDE, MAP_SIDE), dtype=bool)
    for occluder in occluders:
        hidden |= _occluder_mask(occluder)[inside, inside]
    shares = []
    for thing in reversed(things):
        mask = thing_mask(thing)
        seen = int(np.count_nonzero(mask[inside, inside] & ~hidden))
        whole = max(int(np.count_nonzero(mask)), 1)
        shares.append((seen / whole, seen / MAP_SIDE**2))
        hidden |= mask[inside, inside]
    return shares[::-1]


def visible_labels(things: Sequence[Thing], occluders: Sequence[Occluder] = ()) -> tuple[str, ...]:
    """The sorted names of the things of which enough is visible to name them."""
    shares = visible_shares(things, occluders)
    return tuple(sorted({
        thing.label
        for thing, (share, area) in zip(things, shares, strict=True)
        if share >= ENOUGH_SHARE and area >= ENOUGH_AREA
    }))  # fmt: skip
