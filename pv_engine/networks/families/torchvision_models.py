"""Networks of torchvision, `torchvision:<name>`."""

from typing import Any

from torch import nn

from pv_engine.data.transform import Transform
from pv_engine.errors import RecipeError
from pv_engine.networks.families.family import Preset, triple
from pv_engine.recipe import ClassifierConfig

# Settings that the published weights require: a second normalisation of the pictures, and the
# auxiliary classifiers, which are in the weights file and which the cut drops.
INCEPTIONS = {"transform_input": True, "aux_logits": True, "init_weights": True}


class TorchvisionModels:
    """Their preparation is in the transforms of each network's default weights."""

    def create(self, config: ClassifierConfig, num_classes: int, pretrained: bool) -> nn.Module:
        from torchvision import models

        name = _name(config)
        if pretrained:
            return models.get_model(name, weights="DEFAULT")  # type: ignore[no-any-return] # a module
        settings = INCEPTIONS if name in ("googlenet", "inception_v3") else {}
        network: nn.Module = models.get_model(name, weights=None, **settings)
        return network

    def preset(self, config: ClassifierConfig) -> Preset:
        from torchvision import models

        # Reading the transforms of the weights downloads nothing.
        found: Any = models.get_model_weights(_name(config)).DEFAULT.transforms()
        transform = Transform(
            found.resize_size[0], found.crop_size[0], found.interpolation.value, "center"
        )
        return Preset(triple(found.mean), triple(found.std), transform)


def _name(config: ClassifierConfig) -> str:
    from torchvision import models

    name = config.architecture.partition(":")[2]
    if name not in models.list_models(module=models):
        raise RecipeError(
            f"classifier.architecture is 'torchvision:{name}', which torchvision does not have; "
            "see torchvision.models.list_models()."
        )
    return name
