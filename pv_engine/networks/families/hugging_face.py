"""Networks of Hugging Face's transformers, `hf:<name or folder>`.

An optional package, imported only when a recipe names one: `pip install -r requirements-hf.txt`.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from pv_engine.data.transform import RESAMPLING, Transform
from pv_engine.errors import RecipeError, reason_of
from pv_engine.networks.families.family import PLAIN, UNKNOWN, Preset, triple
from pv_engine.networks.segmentation.segmenter import segmenter_of
from pv_engine.recipe import ClassifierConfig

# What a processor means by its number is Pillow's.
INTERPOLATIONS = {int(each): name for name, each in RESAMPLING.items()}


class Logits(nn.Module):
    """Gives the logits of a network that gives other things as well; (B, 3, H, W) to (B, n)."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        side = getattr(getattr(model, "config", None), "image_size", None)
        # Where timm's networks say it, for the trial pictures.
        self.pretrained_cfg = {"input_size": (3, side, side)} if isinstance(side, int) else {}

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.model(images).logits
        return logits


class HuggingFace:
    """A name of the hub, or a folder that `save_pretrained` wrote; weights as safetensors only."""

    def create(self, config: ClassifierConfig, num_classes: int, pretrained: bool) -> nn.Module:
        segments = config.task == "segmentation"
        kind = "AutoModelForSemanticSegmentation" if segments else "AutoModelForImageClassification"
        model = _loaded(config, kind, pretrained)
        if not segments:
            return Logits(model)
        # What helped in training decides nothing.
        setattr(model, "auxiliary_head", None)  # noqa: B010 - typed as a module elsewhere
        return segmenter_of(model, num_classes, config.architecture)

    def preset(self, config: ClassifierConfig) -> Preset:
        try:
            from transformers.image_processing_base import ImageProcessingMixin

            found, _ = ImageProcessingMixin.get_image_processor_dict(_named(config))
        except (ImportError, OSError, ValueError):
            return UNKNOWN  # `create` says what is wrong with the name
        preset = preset_in(found)
        # Whole photographs, of any shape.
        return replace(preset, transform=None) if config.task == "segmentation" else preset


# What the kinds of models are called in a message.
MEANT = {
    "AutoModelForImageClassification": "an image classifier",
    "AutoModelForSemanticSegmentation": "a segmentation network",
}


def _loaded(config: ClassifierConfig, kind: str, pretrained: bool) -> nn.Module:
    """A model of one of transformers' classes, with its weights or with random ones."""
    named = _named(config)
    try:
        import transformers

        maker: Any = getattr(transformers, kind)
        if pretrained:
            found: nn.Module = maker.from_pretrained(named, use_safetensors=True)
        else:
            found = maker.from_config(transformers.AutoConfig.from_pretrained(named))
        return found
    except ImportError as error:
        raise RecipeError(
            f"classifier.architecture is {config.architecture!r}, which needs the package "
            "transformers; install it with `pip install -r requirements-hf.txt`."
        ) from error
    except (OSError, ValueError) as error:
        raise RecipeError(
            f"classifier.architecture is {config.architecture!r}, which cannot be loaded as "
            f"{MEANT[kind]} ({reason_of(error)}); name one of the hub, or a folder that "
            "save_pretrained wrote."
        ) from error


def _named(config: ClassifierConfig) -> str:
    named = config.architecture.partition(":")[2]
    folder = Path(named).expanduser()
    return str(folder.resolve()) if folder.is_dir() else named


def preset_in(settings: dict[str, Any]) -> Preset:
    """Return the preparation that an image processor's settings describe."""
    mean, std = PLAIN
    if settings.get("do_normalize", True) and settings.get("image_mean"):
        mean, std = triple(settings["image_mean"]), triple(settings["image_std"])
    return Preset(mean, std, _transform(settings))


def _transform(settings: dict[str, Any]) -> Transform | None:
    """Resize and crop; None for what Foresee has no transform for, such as sides that differ."""
    interpolation = INTERPOLATIONS.get(settings.get("resample", 2))
    size = settings.get("size") or {}
    size = {"height": size, "width": size} if isinstance(size, int) else size
    crop = settings.get("crop_size") or {}
    crop = {"height": crop, "width": crop} if isinstance(crop, int) else crop
    shortest, height = size.get("shortest_edge"), size.get("height")
    if interpolation is None or not settings.get("do_resize", True):
        return None
    if shortest and settings.get("crop_pct"):  # ConvNeXt: `size` is that of the crop
        return Transform(int(shortest / settings["crop_pct"]), shortest, interpolation)
    cropped = crop.get("height") if settings.get("do_center_crop") else None
    if shortest and cropped and cropped == crop.get("width") and cropped <= shortest:
        return Transform(shortest, cropped, interpolation)
    if height and height == size.get("width") and (cropped or height) <= height:
        return Transform(height, cropped or height, interpolation, "squash")
    return None
