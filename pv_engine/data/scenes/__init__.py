"""Seeded pictures of everyday things: first `compose_scene`, then `draw_scene`."""

from pv_engine.data.scenes.catalogue import CLASSES
from pv_engine.data.scenes.composition import compose_scene
from pv_engine.data.scenes.drawing import draw_scene
from pv_engine.data.scenes.scene import Scene

__all__ = ["CLASSES", "Scene", "compose_scene", "draw_scene"]
