"""Zero-shot classifiers of open_clip, `open_clip:<name>`, `<name>/<tag>` or a folder.

An optional package, imported only when a recipe names one: `pip install -r requirements-hf.txt`.
"""

import json
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from pv_engine.data.transform import RESAMPLING, Transform
from pv_engine.errors import RecipeError, reason_of
from pv_engine.networks.families.family import UNKNOWN, Preset, triple
from pv_engine.networks.families.zero_shot import ZeroShot, checked_prompts
from pv_engine.recipe import ClassifierConfig


class OpenClip(ZeroShot):
    """A model of open_clip with the classes as prompts."""

    def text_features(self) -> Tensor:
        found: Tensor = self.whole[0].encode_text(self.tokens["text"])  # type: ignore[operator] # a method
        return found

    def picture_features(self, images: Tensor) -> Tensor:
        found: Tensor = self.whole[0].encode_image(images)  # type: ignore[operator] # a method
        return found


class OpenClipModels:
    """A model's name, with the tag of its weights where these are downloaded, or a folder."""

    def create(self, config: ClassifierConfig, num_classes: int, pretrained: bool) -> nn.Module:
        prompts = checked_prompts(config, num_classes)
        name, tag = _named(config)
        if pretrained and not tag and not name.startswith(FOLDER):
            raise RecipeError(
                f"classifier.weights is 'default', but {config.architecture} names no weights; "
                f"add the tag of some, such as {config.architecture}/<tag>, as "
                "open_clip.list_pretrained() has them."
            )
        try:
            import open_clip

            model = open_clip.create_model(
                name, tag or None if pretrained else None, load_weights=pretrained,
                pretrained_text=False,
            )  # fmt: skip
            tokens = open_clip.get_tokenizer(name)(prompts)
        except ImportError as error:
            raise RecipeError(
                f"classifier.architecture is {config.architecture!r}, which needs the package "
                "open_clip_torch; install it with `pip install -r requirements-hf.txt`."
            ) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise RecipeError(
                f"classifier.architecture is {config.architecture!r}, which open_clip cannot "
                f"create ({reason_of(error)}); name one of open_clip.list_models(), or a folder "
                "with open_clip_config.json."
            ) from error
        size = getattr(model.visual, "image_size", None)
        side = size[0] if isinstance(size, tuple) else size
        return OpenClip(model.eval(), ("visual",), {"text": tokens}, side)

    def preset(self, config: ClassifierConfig) -> Preset:
        try:
            return preset_in(*_settings(*_named(config)))
        except (ImportError, OSError, ValueError, KeyError):
            return UNKNOWN  # `create` says what is wrong with the name


# What open_clip puts before a folder.
FOLDER = "local-dir:"
# The normalisation of models that name no other, OpenAI's.
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


def _named(config: ClassifierConfig) -> tuple[str, str]:
    """A model as open_clip names it, and the tag of its weights."""
    named = config.architecture.partition(":")[2]
    folder = Path(named).expanduser()
    if folder.is_dir():
        return f"{FOLDER}{folder.resolve()}", ""
    name, _, tag = named.partition("/")
    return name, tag


def _settings(name: str, tag: str) -> tuple[dict[str, Any], int]:
    """How the pictures are prepared, and the model's own size."""
    if name.startswith(FOLDER):
        found = json.loads((Path(name.removeprefix(FOLDER)) / "open_clip_config.json").read_text())
        model, prepared = found["model_cfg"], found.get("preprocess_cfg", {})
    else:
        import open_clip

        model = open_clip.get_model_config(name) or {}
        prepared = open_clip.pretrained.get_pretrained_cfg(name, tag)
    return prepared, int(model["vision_cfg"]["image_size"])


def preset_in(settings: dict[str, Any], size: int) -> Preset:
    """Return the preparation that a model's settings describe."""
    mean, std = settings.get("mean", MEAN), settings.get("std", STD)
    mode = {"shortest": "center", "squash": "squash"}.get(settings.get("resize_mode", "shortest"))
    interpolation = settings.get("interpolation", "bicubic")
    transform = None
    if mode is not None and interpolation in RESAMPLING:
        transform = Transform(size, size, interpolation, mode)  # type: ignore[arg-type] # of the two
    return Preset(triple(mean), triple(std), transform)
