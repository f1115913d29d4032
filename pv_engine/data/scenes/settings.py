"""The settings: how each is painted, where things may be in it, and under which lights."""

from collections.abc import Callable
from dataclasses import dataclass

from pv_engine.data.scenes import indoors, outdoors
from pv_engine.data.scenes.backdrop import Easel

Span = tuple[float, float]


@dataclass(frozen=True)
class Setting:
    """A kind of backdrop.

    zones: for each habitat the span of heights (shares of the side, from the top) in which the
        foot of a thing may be; for "air", "deep", "wall" and "ceiling" the span of its middle.
    odd: the span of heights for the foot of a thing that is not at home here.
    tones: the lights under which it may lie, the more usual ones more often.
    occluders: what may stand in front.
    """

    paint: Callable[[Easel], None]
    zones: dict[str, Span]
    horizon: Span
    odd: Span
    tones: tuple[str, ...]
    occluders: tuple[str, ...]


_OUTDOOR_TONES = ("day", "day", "day", "golden", "dusk", "overcast", "night")

SETTINGS: dict[str, Setting] = {
    "meadow": Setting(
        outdoors.meadow,
        {"ground": (0.74, 0.95), "air": (0.26, 0.5)},
        (0.5, 0.62),
        (0.78, 0.95),
        _OUTDOOR_TONES,
        ("grass", "bush", "fence", "post", "stone"),
    ),
    "seaside": Setting(
        outdoors.seaside,
        {"water": (0.62, 0.8), "ground": (0.91, 0.97), "air": (0.26, 0.46)},
        (0.46, 0.56),
        (0.91, 0.97),
        ("day", "day", "golden", "dusk", "overcast", "night"),
        ("post", "stone", "grass"),
    ),
    "street": Setting(
        outdoors.street,
        {"ground": (0.78, 0.95), "air": (0.24, 0.46), "wall": (0.34, 0.46)},
        (0.66, 0.7),
        (0.8, 0.95),
        ("day", "day", "golden", "overcast", "dusk"),
        ("post", "bush", "stone"),
    ),
    "snow": Setting(
        outdoors.snow,
        {"ground": (0.74, 0.95), "air": (0.26, 0.5)},
        (0.5, 0.62),
        (0.78, 0.95),
        ("day", "overcast", "overcast", "dusk", "night"),
        ("stone", "post", "fence"),
    ),
    "desert": Setting(
        outdoors.desert,
        {"ground": (0.76, 0.95), "air": (0.26, 0.5)},
        (0.52, 0.6),
        (0.78, 0.95),
        ("day", "golden", "golden", "dusk"),
        ("stone", "grass"),
    ),
    "table": Setting(
        indoors.table,
        {"table": (0.82, 0.95), "wall": (0.28, 0.4), "ceiling": (0.24, 0.36)},
        (0.66, 0.74),
        (0.82, 0.95),
        ("day",),
        ("books", "fruit"),
    ),
    "room": Setting(
        indoors.room,
        {
            "ground": (0.8, 0.95),
            "table": (0.82, 0.95),
            "wall": (0.26, 0.4),
            "ceiling": (0.22, 0.34),
        },
        (0.68, 0.74),
        (0.82, 0.95),
        ("day",),
        ("books",),
    ),
    "studio": Setting(
        indoors.studio,
        {
            "ground": (0.78, 0.92),
            "table": (0.78, 0.92),
            "air": (0.36, 0.54),
            "wall": (0.34, 0.5),
            "ceiling": (0.26, 0.4),
        },
        (0.66, 0.74),
        (0.8, 0.92),
        ("day",),
        ("stone", "books"),
    ),
    "underwater": Setting(
        indoors.underwater,
        {"deep": (0.26, 0.66)},
        (0.74, 0.8),
        (0.9, 0.97),
        ("day",),
        ("weed", "stone"),
    ),
}
