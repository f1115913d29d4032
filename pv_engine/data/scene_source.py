"""Scenes that the project draws itself as a source of labelled images."""

from functools import lru_cache

from PIL import Image

from pv_engine.data import scenes
from pv_engine.recipe import DataConfig


class SceneSource:
    """Scenes that the project draws itself; a name holds the scene's index."""

    classes: tuple[str, ...] = scenes.CLASSES
    # Every size is reduced from one drawing, so that network and participant see the same.
    drawn_size = 256

    def __init__(self, config: DataConfig, seed: int) -> None:
        self.config = config
        self.seed = seed
        # Labels and picture of a scene are asked for one after the other.
        self._scene = lru_cache(maxsize=1)(self._compose)

    def names(self, split: str) -> list[str]:
        first = 0 if split == "train" else self.config.train
        count = self.config.train if split == "train" else self.config.held_out
        return [f"scene-{index:06d}" for index in range(first, first + count)]

    def labels(self, name: str) -> tuple[str, ...]:
        return self._scene(name).labels

    def load(self, name: str, size: int) -> Image.Image:
        picture = scenes.draw_scene(self._scene(name), self.drawn_size)
        return picture.resize((size, size), Image.Resampling.LANCZOS)

    def _compose(self, name: str) -> scenes.Scene:
        return scenes.compose_scene(self.seed, int(name.removeprefix("scene-")))
