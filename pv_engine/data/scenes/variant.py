"""One way in which a class of things can look."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pv_engine.data.scenes.colours import Colour
from pv_engine.data.scenes.pen import Pen

Colours = tuple[Colour, Colour, Colour]


@dataclass(frozen=True)
class Look:
    """What a drawing function knows of the thing it draws: its colours and its own randomness."""

    colours: Colours
    seed: int

    def rng(self) -> np.random.Generator:
        """A fresh generator, the same at every call."""
        return np.random.default_rng(self.seed)


@dataclass(frozen=True)
class Variant:
    """A shape of a class. `draw` paints it one unit high, its foot at (0, 0), up is negative y.

    habitats: where it is at home: "ground", "air", "water" (afloat), "deep" (under water), "table",
        "wall", "ceiling".
    width: how wide its foot is in units of its height; its shadow has this width.
    sizes: smallest and largest height as a share of the picture's side.
    tilt: how many degrees it may lean to either side.
    """

    name: str
    draw: Callable[[Pen, Look], None]
    habitats: tuple[str, ...]
    width: float
    sizes: tuple[float, float] = (0.3, 0.62)
    tilt: float = 5.0
