"""Painting a setting: broad washes of colour, and the ground that hills and clouds share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from PIL import Image

from pv_engine.data.scenes.colours import Colour, lit, mix
from pv_engine.data.scenes.geometry import Outline, polygon, scallops, smooth
from pv_engine.data.scenes.pen import Pen, Pose
from pv_engine.data.scenes.scene import Backdrop

Option = TypeVar("Option")

# The sky's colours, upper and lower, under each light.
SKIES: dict[str, tuple[tuple[Colour, Colour], ...]] = {
    "day": (
        ((104, 178, 226), (214, 236, 240)),
        ((126, 196, 222), (246, 236, 206)),
        ((92, 160, 220), (198, 228, 244)),
    ),
    "golden": (((246, 176, 120), (255, 228, 178)), ((236, 150, 128), (255, 220, 164))),
    "dusk": (((92, 88, 156), (238, 164, 152)), ((70, 86, 150), (226, 152, 176))),
    "overcast": (((164, 180, 194), (222, 226, 224)), ((148, 166, 178), (214, 218, 210))),
    "night": (((24, 30, 74), (70, 88, 140)), ((30, 28, 66), (92, 80, 136))),
}


@dataclass
class Easel:
    """The canvas, its pen in shares of the picture's side, and the setting to paint on it."""

    canvas: Image.Image
    backdrop: Backdrop

    def __post_init__(self) -> None:
        self.pen = Pen(self.canvas, Pose())
        self.rng = np.random.default_rng(self.backdrop.seed)
        self.horizon = self.backdrop.horizon

    def pick(self, options: Sequence[Option]) -> Option:
        """One of the options, at random."""
        return options[int(self.rng.integers(len(options)))]

    def wash(self, top: float, bottom: float, upper: Colour, lower: Colour) -> None:
        """Paint the whole width from `top` to `bottom` (shares) with a vertical gradient."""
        side = self.canvas.width
        first, last = round(top * side), round(bottom * side)
        seed = Image.frombytes("RGB", (1, 2), bytes((*upper, *lower)))
        column = seed.resize((1, last - first), Image.Resampling.BILINEAR, box=(0, 0.5, 1, 1.5))
        self.canvas.paste(column.resize((side, last - first), Image.Resampling.NEAREST), (0, first))

    def sky(self, *, clouds: bool = True) -> Colour:
        """Paint the sky down to the horizon, as its light asks; returns its lower colour."""
        tone = self.backdrop.tone
        upper, lower = self.pick(SKIES[tone])
        self.wash(0, self.horizon + 0.1, upper, lower)
        if tone == "night":
            self._stars()
        if tone in ("night", "golden", "dusk") or self.rng.random() < 0.35:
            self._disc(lower)
        if clouds and tone != "night":
            for _ in range(int(self.rng.integers(1, 4))):
                self._cloud(mix(lit(lower, 0.6), (255, 255, 255), 0.4))
        return lower

    def ridge(
        self, base: float, height: float, upper: Colour, lower: Colour, foot: float = 1.02
    ) -> None:
        """Hills from `foot` up to `base`, whose crests rise at most `height` above it."""
        knots = self.rng.uniform(0.0, 1.0, 6)
        xs = np.linspace(-0.1, 1.1, 6)
        crest = smooth(
            tuple((float(x), float(base - height * k)) for x, k in zip(xs, knots, strict=True)),
            closed=False,
        )
        ends: Outline = polygon(((1.1, foot), (-0.1, foot)))
        self.pen.fill(np.concatenate([crest, ends]), upper, lower, 0.0)

    def scatter(self, count: int, top: float, bottom: float) -> list[tuple[float, float]]:
        """`count` places between two heights, the far ones first."""
        ys = np.sort(self.rng.uniform(top, bottom, count))
        return [(float(self.rng.uniform(0, 1)), float(y)) for y in ys]

    def _stars(self) -> None:
        for x, y in self.scatter(26, 0, self.horizon):
            self.pen.dot(x, y, float(self.rng.uniform(0.0012, 0.0036)), (236, 236, 214))

    def _disc(self, lower: Colour) -> None:
        x, y = self.rng.uniform(0.1, 0.9), self.rng.uniform(0.08, 0.26)
        glow = (255, 244, 206) if self.backdrop.tone != "night" else (226, 230, 240)
        self.pen.glow(x, y, 0.26, 0.26, glow, 0.5)
        self.pen.dot(x, y, 0.05, lit(glow, 0.3))
        if self.backdrop.tone == "night":
            self.pen.dot(x + 0.018, y - 0.012, 0.012, mix(glow, lower, 0.25))
            self.pen.dot(x - 0.018, y + 0.016, 0.009, mix(glow, lower, 0.25))

    def _cloud(self, colour: Colour) -> None:
        x, y = self.rng.uniform(0, 1), self.rng.uniform(0.06, max(self.horizon - 0.2, 0.1))
        s = self.rng.uniform(0.06, 0.12)
        for dx, dy, r in (
            (-0.9, 0.1, 0.5),
            (0.9, 0.12, 0.46),
            (0.34, -0.12, 0.62),
            (-0.3, -0.24, 0.7),
        ):
            self.pen.veil(
                scallops(x + dx * s, y + dy * s, r * s * 1.1, r * s * 0.8, 5, 0.04), colour, 0.85
            )
        self.pen.veil(scallops(x, y + 0.2 * s, 1.5 * s, 0.34 * s, 5, 0.04), colour, 0.85)
