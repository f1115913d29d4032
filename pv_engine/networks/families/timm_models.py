"""Networks of timm, `timm:<name>`."""

import math
from typing import Any

from torch import nn

from pv_engine.data.transform import Transform
from pv_engine.errors import RecipeError
from pv_engine.networks.families.family import Preset, triple
from pv_engine.recipe import ClassifierConfig

# timm's own for networks that do not say.
CROP_SHARE = 0.875


class TimmModels:
    """Their preparation is in each network's `pretrained_cfg`."""

    def create(self, config: ClassifierConfig, num_classes: int, pretrained: bool) -> nn.Module:
        import timm

        name = _name(config)
        # Some published weights have no classes of their own: a new head is needed.
        known = _settings(config)["num_classes"]
        given: dict[str, Any] = {} if known else {"num_classes": num_classes}
        if given and pretrained and config.train == "none":
            raise RecipeError(
                f"classifier.weights is 'default', but the weights of timm:{name} know no classes; "
                'set classifier.train = "head", or "full".'
            )
        network: nn.Module = timm.create_model(name, pretrained=pretrained, **given)
        return network

    def preset(self, config: ClassifierConfig) -> Preset:
        settings = _settings(config)
        return Preset(
            triple(settings["mean"]), triple(settings["std"]), evaluation_in(settings),
            _outputs(settings),
        )  # fmt: skip


def _name(config: ClassifierConfig) -> str:
    import timm

    name = config.architecture.partition(":")[2]
    if not timm.is_model(name):
        raise RecipeError(
            f"classifier.architecture is 'timm:{name}', which timm {timm.__version__} does not "
            "have; see timm.list_models()."
        )
    return name


def _settings(config: ClassifierConfig) -> dict[str, Any]:
    import timm

    name = _name(config)
    found: Any = timm.get_pretrained_cfg(name) or timm.models.PretrainedCfg()
    settings: dict[str, Any] = found.to_dict()
    return settings


def _outputs(settings: dict[str, Any]) -> tuple[str, ...]:
    """The names of the outputs; those of ImageNet with the names of their folders and synonyms."""
    from timm.data.imagenet_info import ImageNetInfo, infer_imagenet_subset

    if settings.get("label_names"):
        return tuple(settings["label_names"])
    subset = infer_imagenet_subset(settings)
    if subset is None:
        return ()
    known: Any = ImageNetInfo(subset)
    return tuple(
        f"{name}, {known.index_to_description(place)}"
        for place, name in enumerate(known.label_names())
    )


def evaluation_in(settings: dict[str, Any]) -> Transform | None:
    """timm's evaluation; None for a rare mode that pads, or a picture that is not square."""
    _, height, width = settings["input_size"]
    mode: Any = settings.get("crop_mode") or "center"
    if height != width or mode not in ("center", "squash"):
        return None
    share = settings.get("crop_pct") or CROP_SHARE
    interpolation = settings.get("interpolation") or "bicubic"
    return Transform(math.floor(height / share), height, interpolation, mode)
