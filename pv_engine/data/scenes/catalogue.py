"""Which classes there are, in which variants and natural colours."""

from dataclasses import dataclass
from types import ModuleType

from pv_engine.data.scenes.colours import Colour
from pv_engine.data.scenes.things import (
    balloon,
    bird,
    boat,
    car,
    cat,
    clock,
    cup,
    fish,
    flower,
    house,
    lamp,
    mushroom,
    tree,
    umbrella,
)  # fmt: skip
from pv_engine.data.scenes.variant import Variant


@dataclass(frozen=True)
class Kind:
    """A class of things: its name, its shapes, and the colours that it usually has."""

    name: str
    variants: tuple[Variant, ...]
    hues: tuple[Colour, ...]

    def variant(self, name: str) -> Variant:
        """The variant of this name."""
        return next(variant for variant in self.variants if variant.name == name)


def _kind(module: ModuleType) -> Kind:
    return Kind(module.__name__.rpartition(".")[2], module.VARIANTS, module.HUES)


_MODULES: tuple[ModuleType, ...] = (
    balloon, bird, boat, car, cat, clock, cup, fish, flower, house, lamp, mushroom, tree, umbrella,
)  # fmt: skip

KINDS: dict[str, Kind] = {kind.name: kind for kind in map(_kind, _MODULES)}

CLASSES: tuple[str, ...] = tuple(sorted(KINDS))
