"""Each shape of each class: one unit high, on its foot, its map as wide as its painting."""

import numpy as np
import pytest
from PIL import Image

from pv_engine.data.scenes.catalogue import KINDS
from pv_engine.data.scenes.colours import BRICK, MUSTARD, NAVY
from pv_engine.data.scenes.pen import Pen, Pose
from pv_engine.data.scenes.variant import Look, Variant

SHAPES = [
    pytest.param(variant, id=f"{kind.name}, {variant.name}")
    for kind in KINDS.values()
    for variant in kind.variants
]
LOOK = Look((BRICK, NAVY, MUSTARD), seed=7)
POSE = Pose(0.5, 0.75, 0.4)
SIDE = 300


def covered(variant: Variant) -> np.ndarray:
    pen = Pen(Image.new("L", (SIDE, SIDE)), POSE, ink=255)
    variant.draw(pen, LOOK)
    return np.asarray(pen.canvas) > 0


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_each_class_has_at_least_three_shapes(kind) -> None:
    assert len({variant.name for variant in kind.variants}) >= 3


@pytest.mark.parametrize("variant", SHAPES)
def test_it_is_one_unit_high_and_stands_on_its_foot(variant: Variant) -> None:
    rows = np.flatnonzero(covered(variant).any(axis=1))
    unit = POSE.size * SIDE
    top, foot = (rows[0] - POSE.y * SIDE) / unit, (rows[-1] - POSE.y * SIDE) / unit
    hangs = "ceiling" in variant.habitats
    flies = variant.habitats == ("air",)
    assert top < -1.2 if hangs else -1.1 < top < -0.8
    assert -0.2 < foot < 0.06 if flies else abs(foot) < 0.06


@pytest.mark.parametrize("variant", SHAPES)
def test_its_map_covers_what_is_painted_solid(variant: Variant) -> None:
    """Whatever the painting changes strongly is on the map; only soft light spills over."""
    canvas = Image.new("RGB", (SIDE, SIDE), (40, 230, 60))
    variant.draw(Pen(canvas, POSE), LOOK)
    changed = np.abs(np.asarray(canvas).astype(int) - (40, 230, 60)).max(axis=2) > 0
    mapped = covered(variant)
    assert (changed | ~mapped).mean() > 0.99
    if not any(
        name in variant.name for name in ("foot", "street", "hanging", "globe", "table", "jointed")
    ):
        assert (mapped | ~changed).mean() > 0.98


def test_the_same_shape_can_be_painted_in_other_colours() -> None:
    variant = KINDS["car"].variants[0]
    pictures = []
    for main in (BRICK, NAVY):
        canvas = Image.new("RGB", (SIDE, SIDE))
        variant.draw(Pen(canvas, POSE), Look((main, MUSTARD, MUSTARD), 1))
        pictures.append(canvas.tobytes())
    assert pictures[0] != pictures[1]


def test_a_flipped_pose_mirrors_the_shape() -> None:
    variant = KINDS["bird"].variants[0]
    maps = []
    for flip in (False, True):
        pen = Pen(Image.new("L", (SIDE, SIDE)), Pose(0.5, 0.75, 0.4, flip=flip), ink=255)
        variant.draw(pen, LOOK)
        maps.append(np.asarray(pen.canvas) > 0)
    mirrored = np.roll(maps[1][:, ::-1], 1, axis=1)
    assert (maps[0] == mirrored).mean() > 0.98
