"""What a scene consists of: plain values, from which the same picture can be drawn at any time."""

from dataclasses import dataclass

from pv_engine.data.scenes.pen import Pose
from pv_engine.data.scenes.variant import Colours, Look


@dataclass(frozen=True)
class Thing:
    """A labelled thing. Its foot is at (x, y) in shares of the side, its height is `size` of it."""

    label: str
    variant: str
    stands: str
    x: float
    y: float
    size: float
    degrees: float
    flip: bool
    colours: Colours
    seed: int

    @property
    def pose(self) -> Pose:
        return Pose(self.x, self.y, self.size, self.degrees, self.flip)

    @property
    def look(self) -> Look:
        return Look(self.colours, self.seed)

    @property
    def depth(self) -> float:
        """Later is nearer: things on the wall and in the air are drawn before the others."""
        return self.y - (2.0 if self.stands in ("air", "wall", "ceiling") else 0.0)


@dataclass(frozen=True)
class Backdrop:
    """The setting: `kind` names it, `tone` is its light, `horizon` in shares of the side."""

    kind: str
    tone: str
    horizon: float
    seed: int


@dataclass(frozen=True)
class Occluder:
    """An unlabelled thing in front of the others, its foot at (x, y)."""

    kind: str
    x: float
    y: float
    size: float
    seed: int


@dataclass(frozen=True)
class Finish:
    """What the camera adds: blur in shares of the side, grain in grey levels."""

    blur: float
    grain: int
    seed: int


@dataclass(frozen=True)
class Scene:
    """One picture's contents; `things` in the order in which they are drawn.

    labels: the names of the things of which enough is visible, sorted, each once.
    """

    backdrop: Backdrop
    things: tuple[Thing, ...]
    occluders: tuple[Occluder, ...]
    finish: Finish
    labels: tuple[str, ...]
