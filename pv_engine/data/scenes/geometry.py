"""Outlines: arrays of points (n, 2) in the drawn thing's own units, x to the right, y down.

Equal arguments give the same cached, read-only array, because a build draws thousands of scenes.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Outline = npt.NDArray[np.float64]
Points = tuple[tuple[float, float], ...]


def _frozen(outline: Outline) -> Outline:
    outline.setflags(write=False)
    return outline


@lru_cache(maxsize=4096)
def ellipse(cx: float, cy: float, rx: float, ry: float, degrees: float = 0.0) -> Outline:
    """An ellipse, turned clockwise by `degrees`."""
    return arc(cx, cy, rx, ry, 0.0, 360.0, degrees)


@lru_cache(maxsize=4096)
def arc(
    cx: float, cy: float, rx: float, ry: float, start: float, stop: float, degrees: float = 0.0
) -> Outline:
    """Part of an ellipse from angle `start` to `stop` (degrees clockwise from the right)."""
    angles = np.radians(np.linspace(start, stop, max(6, int(abs(stop - start) / 9))))
    points = np.stack([rx * np.cos(angles), ry * np.sin(angles)], axis=1)
    return _frozen(points @ rotation(degrees).T + (cx, cy))


def rotation(degrees: float) -> Outline:
    """The matrix (2, 2) that turns a point clockwise on the screen."""
    turn = np.radians(degrees)
    return np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])


@lru_cache(maxsize=4096)
def box(left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> Outline:
    """A rectangle with rounded corners."""
    if radius <= 0:
        return polygon(((left, top), (right, top), (right, bottom), (left, bottom)))
    corners = (
        arc(right - radius, top + radius, radius, radius, -90, 0),
        arc(right - radius, bottom - radius, radius, radius, 0, 90),
        arc(left + radius, bottom - radius, radius, radius, 90, 180),
        arc(left + radius, top + radius, radius, radius, 180, 270),
    )
    return _frozen(np.concatenate(corners))


@lru_cache(maxsize=4096)
def polygon(points: Points) -> Outline:
    """The points as they are."""
    return _frozen(np.array(points, dtype=np.float64))


@lru_cache(maxsize=4096)
def smooth(points: Points, *, closed: bool = True, steps: int = 7) -> Outline:
    """A Catmull-Rom curve through the points: https://doi.org/10.1016/B978-0-12-079050-0.50020-5."""
    knots = np.array(points, dtype=np.float64)
    if closed:
        knots = np.concatenate([knots[-1:], knots, knots[:2]])
    else:
        knots = np.concatenate([knots[:1], knots, knots[-1:]])
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[None, :, None]
    a, b, c, d = (knots[i : len(knots) - 3 + i, None, :] for i in range(4))
    curve = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    joined = curve.reshape(-1, 2)
    return _frozen(joined if closed else np.concatenate([joined, knots[-1:]]))


@lru_cache(maxsize=4096)
def ribbon(points: Points, start: float, stop: float) -> Outline:
    """A curved band along the points whose width runs from `start` to `stop`."""
    spine = smooth(points, closed=False)
    along = np.gradient(spine, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    across /= np.maximum(np.hypot(along[:, 0], along[:, 1])[:, None], 1e-9)
    half = np.linspace(start, stop, len(spine))[:, None] / 2
    return _frozen(np.concatenate([spine + across * half, (spine - across * half)[::-1]]))


def mirrored(right: Points) -> Points:
    """The right half of an outline from top to bottom, and its mirror image back to the top."""
    return right + tuple((-x, y) for x, y in reversed(right) if x != 0)


def blob(
    cx: float, cy: float, rx: float, ry: float, rng: np.random.Generator, wobble: float = 0.12
) -> Outline:
    """A roundish, uneven outline."""
    angles = np.linspace(0, 2 * np.pi, 9, endpoint=False)
    reach = 1 + wobble * rng.uniform(-1, 1, len(angles))
    xs, ys = cx + rx * reach * np.cos(angles), cy + ry * reach * np.sin(angles)
    return smooth(tuple(zip(xs.tolist(), ys.tolist(), strict=True)), steps=5)


def scallops(cx: float, cy: float, rx: float, ry: float, count: int, depth: float) -> Outline:
    """A ring of `count` bumps, as foliage or a cloud has: radii wave by `depth` (a share)."""
    angles = np.linspace(0, 2 * np.pi, count * 9, endpoint=False)
    reach = 1 - depth + depth * np.abs(np.sin(angles * count / 2)) * 2
    return np.stack([cx + rx * reach * np.cos(angles), cy + ry * reach * np.sin(angles)], axis=1)
