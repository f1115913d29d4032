"""Networks of torchvision, `torchvision:<name>`."""

from typing import Any

from torch import Tensor, nn

from pv_engine.data.transform import Transform
from pv_engine.errors import RecipeError
from pv_engine.networks.families.family import Preset, triple
from pv_engine.networks.segmentation.segmenter import Segmenter, segmenter_of
from pv_engine.recipe import ClassifierConfig

SEGMENTING = (
    "fcn_resnet50",
    "fcn_resnet101",
    "deeplabv3_resnet50",
    "deeplabv3_resnet101",
    "deeplabv3_mobilenet_v3_large",
    "lraspp_mobilenet_v3_large",
)
# The names of what only helped in training.
AUXILIARY = ("aux_classifier.", "auxiliary_head.")
# Settings that the published weights require: a second normalisation of the pictures, and the
# auxiliary classifiers, which are in the weights file and which the cut drops.
INCEPTIONS = {"transform_input": True, "aux_logits": True, "init_weights": True}


class TorchvisionModels:
    """Their preparation is in the transforms of each network's default weights."""

    def create(self, config: ClassifierConfig, num_classes: int, pretrained: bool) -> nn.Module:
        from torchvision import models

        name = _name(config)
        if config.task == "segmentation":
            return _segmenter(name, num_classes, pretrained)
        if pretrained:
            return models.get_model(name, weights="DEFAULT")  # type: ignore[no-any-return] # a module
        settings = INCEPTIONS if name in ("googlenet", "inception_v3") else {}
        network: nn.Module = models.get_model(name, weights=None, **settings)
        return network

    def preset(self, config: ClassifierConfig) -> Preset:
        from torchvision import models

        # Reading what the weights say of themselves downloads nothing.
        weights = models.get_model_weights(_name(config)).DEFAULT
        found: Any = weights.transforms()
        outputs = tuple(weights.meta["categories"])
        if config.task == "segmentation":  # whole photographs, of any shape
            return Preset(triple(found.mean), triple(found.std), outputs=outputs)
        transform = Transform(
            found.resize_size[0], found.crop_size[0], found.interpolation.value, "center"
        )
        return Preset(triple(found.mean), triple(found.std), transform, outputs)


def _segmenter(name: str, num_classes: int, pretrained: bool) -> Segmenter:
    """One output for each class, and one before them for the background."""
    from torchvision import models

    if pretrained:
        network: nn.Module = models.get_model(name, weights="DEFAULT")
    else:
        network = models.get_model(
            name, weights=None, weights_backbone=None, num_classes=num_classes + 1
        )
    # What helped in training decides nothing.
    setattr(network, "aux_classifier", None)  # noqa: B010 - typed as a module elsewhere
    return segmenter_of(network, num_classes, f"torchvision:{name}")


def without_auxiliary(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return a state dict of a segmentation network without what only helped in training."""
    return {
        key: value for key, value in state.items() if not any(each in key for each in AUXILIARY)
    }


def _name(config: ClassifierConfig) -> str:
    from torchvision import models

    name = config.architecture.partition(":")[2]
    is_segmenting = name in models.list_models(module=models.segmentation)
    if config.task == "segmentation" and name not in SEGMENTING:
        raise RecipeError(
            f"classifier.architecture is 'torchvision:{name}', which is no segmentation "
            f"network; choose one of {', '.join(SEGMENTING)}."
        )
    if is_segmenting and config.task != "segmentation":
        raise RecipeError(
            f"classifier.architecture is 'torchvision:{name}', a segmentation network; set "
            'classifier.task = "segmentation".'
        )
    if not is_segmenting and name not in models.list_models(module=models):
        raise RecipeError(
            f"classifier.architecture is 'torchvision:{name}', which torchvision does not have; "
            "see torchvision.models.list_models()."
        )
    return name
