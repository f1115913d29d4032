"""The classifier being explained, cut into encoder and head.

M(x) = head(encoder(x)), where x is an RGB picture in [0, 1] and the encoder normalises it.
"""

from pathlib import Path

import torch
from torch import Tensor, nn

from pv_engine.errors import RecipeError, WeightsError, reason_of
from pv_engine.networks.cutting.answers import gives_probabilities, refuse_without_gradient
from pv_engine.networks.cutting.backbones import checked_identity, cut
from pv_engine.networks.cutting.identity import replace_modules
from pv_engine.networks.cutting.maps import trial_pictures
from pv_engine.networks.cutting.prefix import head_input, parted
from pv_engine.networks.families.family import RED_FIRST, Channels
from pv_engine.networks.families.known import create_network, preset_of
from pv_engine.networks.families.torchvision_models import without_auxiliary
from pv_engine.networks.families.zero_shot import ZeroShot
from pv_engine.networks.heads import PooledLinear, layers_of, new_head
from pv_engine.networks.modes import evaluating
from pv_engine.networks.output_names import refuse_class_as_background
from pv_engine.networks.segmentation.segmenter import (
    SegmentationHead,
    Segmenter,
    has_background,
)
from pv_engine.networks.weights.checkpoints import for_network
from pv_engine.networks.weights.files import fill, read_state
from pv_engine.networks.weights.heads import fit_head, with_head
from pv_engine.recipe import ClassifierConfig, PerChannel
from pv_engine.recipe.reading import Recipe


class Classifier(nn.Module):
    """An encoder up to the last features that form a map, and the head that reads them.

    `encoder`: (B, 3, H, W) normalised to (B, C, h, w); `head`: features to (B, classes) logits. A
    network with prefix tokens (see cutting/prefix.py) gives them beside the features, and its head
    reads both: use `seen`, which returns the head of these very pictures.
    """

    mean: Tensor
    std: Tensor
    # The largest difference from the network that it was cut from, if it was measured.
    identity_error: float | None = None
    # That network, which shares its modules; in a tuple, so that torch does not register it.
    network: tuple[nn.Module, ...] = ()

    def __init__(
        self,
        encoder: nn.Module,
        head: nn.Module,
        mean: PerChannel,
        std: PerChannel,
        channels: Channels = RED_FIRST,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head
        self.channels = channels
        # Kept as given: float32 would turn 0.485 into 0.48500001.
        self._given = {"mean": mean, "std": std}
        self.register_buffer("mean", _for_channels(mean), persistent=False)
        self.register_buffer("std", _for_channels(std), persistent=False)

    @property
    def normalisation(self) -> dict[str, list[float] | str]:
        """Mean and standard deviation of the normalisation, one for each channel or one for all.

        `channels` stands beside them where the network does not read red, green and blue in order.
        """
        found: dict[str, list[float] | str] = {
            name: list(value) if isinstance(value, tuple) else [value]
            for name, value in self._given.items()
        }
        if self.channels != RED_FIRST:
            found["channels"] = "".join("RGB"[channel] for channel in self.channels)
        return found

    def compare(self, pictures: Tensor, architecture: str) -> None:
        """Measure `identity_error` with the weights as they are now, on pictures in [0, 1].

        Raises RecipeError if it exceeds rounding errors.
        """
        (network,) = self.network
        self.identity_error = checked_identity(
            network, (self.encoder, self.head), architecture, self.normalised(pictures)
        )

    def encode(self, images: Tensor) -> Tensor:
        """Return the last features, (B, C, h, w), of pictures (B, 3, H, W) in [0, 1]."""
        return self.seen(images)[0]

    def seen(self, images: Tensor) -> tuple[Tensor, nn.Module]:
        """Return the features of pictures, and the head that reads the features of these pictures.

        The same head for all pictures, unless the network keeps prefix tokens beside the features:
        they stay as they are, whatever features the head is given.
        """
        return parted(self.encoder(self.normalised(images)), self.head)

    def head_input(self, images: Tensor) -> Tensor:
        """Return what `head` itself reads, (B, C, h, w) or packed with prefix tokens."""
        return head_input(self.encoder(self.normalised(images)))

    @property
    def beside(self) -> str:
        """What the head reads beside the features, such as "a class token"; empty for nothing."""
        return str(getattr(self.encoder, "beside", ""))

    def normalised(self, images: Tensor) -> Tensor:
        """Pictures in [0, 1] as the encoder reads them, normalised and in its order of channels."""
        scaled = (images - self.mean) / self.std
        return scaled if self.channels == RED_FIRST else scaled[:, list(self.channels)]

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits, (B, classes), of pictures (B, 3, H, W) in [0, 1]."""
        features, head = self.seen(images)
        logits: Tensor = head(features)
        return logits

    def feature_shape(self, image_size: int) -> tuple[int, int, int]:
        """Return (C, h, w) of the features of a square picture."""
        with evaluating(self), torch.no_grad():
            blank = torch.zeros(1, 3, image_size, image_size, device=self.mean.device)
            shape = self.encode(blank).shape
        return int(shape[1]), int(shape[2]), int(shape[3])


def _for_channels(value: PerChannel) -> Tensor:
    """Return one number as a scalar, three as (3, 1, 1)."""
    return torch.tensor(value)[:, None, None] if isinstance(value, tuple) else torch.tensor(value)


def build_classifier(
    recipe: Recipe, num_classes: int | None, pictures: Tensor | None = None
) -> Classifier:
    """The recipe's network, with its weights loaded and a head for `num_classes`.

    The weights file holds either the network's own state dict or a classifier that another build
    wrote. The head that it brings is kept when nothing is to be trained; `num_classes` None takes
    that head whatever its classes are. On `pictures` in [0, 1], (B, 3, H, W), head(encoder(x)) is
    compared with the network itself. Raises RecipeError for an architecture that cannot be used,
    WeightsError for weights that are missing or do not fit.
    """
    config, path = recipe.classifier, recipe.weights_file
    state = read_state(path) if path else {}
    torch.manual_seed(recipe.seed)
    network = create_network(config, num_classes or 1, recipe.downloads_weights)
    if isinstance(network, Segmenter):
        network.refuse_size(recipe.data.image_size, config.architecture)
        state = without_auxiliary(state)
    if path and not _is_classifier(state) and isinstance(network, ZeroShot):
        network.read(state, path)
    elif path and not _is_classifier(state):
        state = for_network(state, network.state_dict(), path)
        state = with_head(network, state, path, config.train != "none")
        fit_head(network, state, path, config.head_activation)
        fill(network, state, path)
    preset = preset_of(config)
    own_size = None if config.is_library_network else recipe.data.image_size
    encoder, head = cut(network, config.architecture, own_size)
    classifier = Classifier(
        encoder,
        head,
        preset.mean if config.mean is None else config.mean,
        preset.std if config.std is None else config.std,
        preset.channels,
    )
    classifier.network = (network,)
    if pictures is not None:
        classifier.compare(pictures, config.architecture)
    before = dict(classifier.named_modules())
    classifier.head = _fitted_head(head, config, num_classes, _stored_outputs(state, head))
    if path and _is_classifier(state):
        _fill_from_classifier(classifier, state, path, config)
    replace_modules(network, before, classifier)
    if pictures is not None and path and _is_classifier(state):
        classifier.compare(pictures, config.architecture)
    _try_out(classifier, recipe, num_classes)
    return classifier


def _is_classifier(state: dict[str, Tensor]) -> bool:
    """Return whether a state dict is a Classifier's rather than a library network's."""
    parts = {key.partition(".")[0] for key in state}
    return parts == {"encoder", "head"}


def _stored_outputs(state: dict[str, Tensor], head: nn.Module) -> int | None:
    """Return the number of classes of a stored classifier's head; None for other weights."""
    layers = layers_of(head)
    if not _is_classifier(state) or not layers:
        return None
    key = f"head.{layers[-1][0]}.weight"
    return len(state[key]) if key in state else None


def _fitted_head(
    head: nn.Module, config: ClassifierConfig, num_classes: int | None, stored: int | None
) -> nn.Module:
    """Return the head, with a new last layer where it is to be trained or filled from the file."""
    if config.task == "segmentation":
        return head
    if config.train == "none":
        return new_head(head, stored) if stored else head
    if config.is_library_network:
        return new_head(head, num_classes or stored or 1)
    # A user's own network was created for these classes.
    return head


def _fill_from_classifier(
    classifier: Classifier, state: dict[str, Tensor], path: Path, config: ClassifierConfig
) -> None:
    """Load all weights if nothing is to be trained, else the encoder's only."""
    if config.train == "none":
        if config.task == "segmentation":
            fit_head(classifier, state, path, config.head_activation)
        fill(classifier, state, path)
        return
    prefix = "encoder."
    inner = {key.removeprefix(prefix): state[key] for key in state if key.startswith(prefix)}
    fill(classifier.encoder, inner, path)


@torch.no_grad()
def _try_out(classifier: Classifier, recipe: Recipe, num_classes: int | None) -> None:
    """Check the shapes of features and logits with a picture of noise of the recipe's size."""
    name, size = recipe.classifier.architecture, recipe.data.image_size
    noise = torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(0))
    try:
        with evaluating(classifier):
            features, head = classifier.seen(noise)
            logits = head(features)
            has_first_extra = (
                isinstance(head, SegmentationHead)
                and bool(num_classes)
                and has_background(head.pixels(features), num_classes or 0)
            )
    except (RuntimeError, ValueError, AssertionError) as error:
        raise RecipeError(
            f"{name} cannot read pictures of {size} x {size} pixels ({reason_of(error)}); "
            f"choose another data.image_size{_readable(classifier, recipe)}."
        ) from error
    if features.dim() != 4:
        raise RecipeError(
            f"The encoder of {name} gives {features.dim()} dimensions; it must give a feature map "
            "of four, (images, channels, height, width)."
        )
    if not logits.isfinite().all():
        raise WeightsError(
            f"The weights of {name} give logits that are not finite numbers; they are damaged, or "
            "of a training that diverged."
        )
    _try_out_head(head, features, recipe.classifier)
    if has_first_extra:
        refuse_class_as_background(recipe)
    if logits.shape != (1, num_classes or logits.shape[1]):
        remedy = (
            'set classifier.train = "head", or "full", or list all its classes, in the order of '
            "the outputs, in a file and name it in data.classes"
        )
        if not recipe.classifier.is_library_network:
            remedy = "let its factory make as many outputs as it is asked for"
        raise WeightsError(
            f"The head of {name} has {logits.shape[-1]} outputs, but the data has {num_classes} "
            f"classes; {remedy}."
        )


def _readable(classifier: Classifier, recipe: Recipe) -> str:
    """The size at which a library's network was cut, for a message."""
    if not recipe.classifier.is_library_network:
        return ""
    (network,) = classifier.network
    return f", such as {trial_pictures(network).shape[-1]}"


def _try_out_head(head: nn.Module, features: Tensor, config: ClassifierConfig) -> None:
    """Check that the head of a user's own classifier gives logits, and passes gradients."""
    if isinstance(head, PooledLinear) or config.is_library_network:
        return
    with evaluating(head):
        refuse_without_gradient(head, features, config.architecture)
        if config.task != "segmentation" and gives_probabilities(head, features):
            raise RecipeError(
                f"{config.architecture} ends in a softmax or a sigmoid, so its outputs are "
                "probabilities; give it without, since saliency maps and training need logits."
            )
