"""The two hands that draw a thing: one paints it, one measures which pixels it covers."""

from copy import copy
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from pv_engine.data.scenes.colours import SHADOW, Colour, lit, mix, shaded
from pv_engine.data.scenes.geometry import Outline, Points, polygon, rotation

Corners = tuple[Colour, Colour, Colour, Colour]
_GLOW_SIZE = 48


@dataclass(frozen=True)
class Pose:
    """Where a thing's own coordinates lie: `x`, `y`, `size` in shares of the picture's side."""

    x: float = 0.0
    y: float = 0.0
    size: float = 1.0
    degrees: float = 0.0
    flip: bool = False


class Pen:
    """Draws outlines given in a thing's own units on a picture.

    With `ink`, the picture is a map of numbers: solid shapes write the ink, and whatever lets the
    background through (shadows, glows, reflections) is left out.
    """

    def __init__(
        self,
        canvas: Image.Image,
        pose: Pose,
        *,
        side: float | None = None,
        margin: float = 0.0,
        ink: int | None = None,
    ) -> None:
        """`side`: the picture's side in pixels where the canvas has a `margin` around it."""
        self.canvas = canvas
        self.ink = ink
        self._draw = ImageDraw.Draw(canvas)
        side = canvas.width if side is None else side
        self.scale = pose.size * side
        matrix = rotation(pose.degrees) * self.scale
        if pose.flip:
            matrix = matrix * (-1.0, 1.0)
        self._matrix = np.ascontiguousarray(matrix.T)
        self._origin = np.array([pose.x * side + margin, pose.y * side + margin])

    def turned(self, x: float, y: float, degrees: float, size: float = 1.0) -> "Pen":
        """A pen for the same canvas whose origin is (x, y) of this one, turned and scaled."""
        pen = copy(self)
        pen.scale = self.scale * size
        pen._matrix = np.ascontiguousarray((rotation(degrees) * size).T @ self._matrix)
        pen._origin = self._pixels(np.array([[x, y]]))[0]
        return pen

    def flat(self, outline: Outline, colour: Colour) -> None:
        """Fill with one colour."""
        self._polygon(outline, colour)

    def fill(self, outline: Outline, top: Colour, bottom: Colour, lean: float = 0.3) -> None:
        """Fill with a gradient; `lean` is how far it runs from left to right, too (0..1)."""
        across, down = mix(top, bottom, lean), mix(top, bottom, 1 - lean)
        self._gradient(outline, (top, across, down, bottom))

    def solid(self, outline: Outline, colour: Colour, depth: float = 0.2) -> None:
        """Fill as a body lit from the upper left; `depth` is the strength of light and shade."""
        self.fill(outline, lit(colour, depth), shaded(colour, depth * 1.1))

    def line(self, points: Points | Outline, width: float, colour: Colour) -> None:
        """A line with round ends through the points, `width` in own units, at least one pixel."""
        array = polygon(points) if isinstance(points, tuple) else points
        pixels = self._pixels(array)
        thick = max(1, round(width * self.scale))
        fill = colour if self.ink is None else self.ink
        self._draw.line(pixels.ravel().tolist(), fill=fill, width=thick, joint="curve")
        if thick > 2:
            for x, y in (pixels[0], pixels[-1]):
                half = (thick - 1) / 2
                self._draw.ellipse((x - half, y - half, x + half, y + half), fill=fill)

    def dot(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """A small flat disc."""
        cx, cy = self._pixels(np.array([[x, y]]))[0]
        reach = max(radius * self.scale, 0.6)
        fill = colour if self.ink is None else self.ink
        self._draw.ellipse((cx - reach, cy - reach, cx + reach, cy + reach), fill=fill)

    def glow(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        colour: Colour,
        strength: float = 0.5,
        within: Outline | None = None,
    ) -> None:
        """A soft spot of light or shade that fades to its rim, if asked within an outline."""
        if self.ink is not None:
            return
        cx, cy = self._pixels(np.array([[x, y]]))[0]
        left, top = round(cx - rx * self.scale), round(cy - ry * self.scale)
        width, height = round(2 * rx * self.scale), round(2 * ry * self.scale)
        if min(width, height) < 2:
            return
        mask = _soft_spot(round(strength * 255)).resize((width, height), Image.Resampling.BILINEAR)
        if within is not None:
            clip = Image.new("L", mask.size)
            shape = self._pixels(within) - (left, top)
            ImageDraw.Draw(clip).polygon(shape.ravel().tolist(), fill=255)
            mask = ImageChops.multiply(mask, clip)
        self.canvas.paste(colour, (left, top), mask)

    def veil(self, outline: Outline, colour: Colour, strength: float) -> None:
        """A see-through wash of colour over an outline."""
        if self.ink is not None:
            return
        corner, mask = self._mask(self._pixels(outline), round(255 * strength))
        if mask is not None:
            self.canvas.paste(colour, corner, mask)

    def shadow(self, x: float, y: float, rx: float, ry: float, strength: float = 0.45) -> None:
        """A soft shadow on the ground."""
        self.glow(x, y, rx, ry, SHADOW, strength)

    def _pixels(self, outline: Outline) -> Outline:
        pixels: Outline = outline @ self._matrix + self._origin
        return pixels

    def _polygon(self, outline: Outline, colour: Colour) -> None:
        fill = colour if self.ink is None else self.ink
        self._draw.polygon(self._pixels(outline).ravel().tolist(), fill=fill)

    def _gradient(self, outline: Outline, corners: Corners) -> None:
        if self.ink is not None:
            self._polygon(outline, corners[0])
            return
        pixels = self._pixels(outline)
        corner, mask = self._mask(pixels, 255)
        if mask is None:
            return
        full = np.ceil(pixels.max(axis=0) - pixels.min(axis=0)) + 1
        first = np.floor(pixels.min(axis=0))
        self.canvas.paste(_four_corners(corners, mask.size, corner - first, full), corner, mask)

    def _mask(self, pixels: Outline, strength: int) -> tuple[tuple[int, int], Image.Image | None]:
        """The outline's mask, cut to the canvas, and where its upper left corner lies."""
        low = np.maximum(np.floor(pixels.min(axis=0)), 0).astype(int)
        high = np.minimum(np.ceil(pixels.max(axis=0)) + 1, self.canvas.size).astype(int)
        corner = (int(low[0]), int(low[1]))
        if (high - low).min() <= 0:
            return corner, None
        mask = Image.new("L", (int(high[0] - low[0]), int(high[1] - low[1])))
        ImageDraw.Draw(mask).polygon((pixels - low).ravel().tolist(), fill=strength)
        return corner, mask


@lru_cache(maxsize=256)
def _soft_spot(strength: int) -> Image.Image:
    """A disc (L) that fades smoothly from `strength` in the middle to 0 at the rim."""
    ramp = (np.arange(_GLOW_SIZE) + 0.5) / _GLOW_SIZE * 2 - 1
    distance = np.minimum(np.hypot(ramp[:, None], ramp[None, :]), 1)
    fade = (1 - distance**2) ** 2
    return Image.fromarray((fade * strength).astype(np.uint8))


def _four_corners(
    corners: Corners, size: tuple[int, int], offset: Outline, full: Outline
) -> Image.Image:
    """A patch of the gradient between four corners, `offset` into a gradient of `full` pixels."""
    seed = Image.frombytes("RGB", (2, 2), bytes(value for colour in corners for value in colour))
    start = 0.5 + offset / full
    stop = np.minimum(start + np.array(size) / full, 1.5)
    part = (float(start[0]), float(start[1]), float(stop[0]), float(stop[1]))
    return seed.resize(size, Image.Resampling.BILINEAR, box=part)
