"""[classifier]: the network that is explained."""

from dataclasses import dataclass
from typing import Literal

from pv_engine.recipe.rules import PerChannel, is_spread, require


@dataclass(frozen=True)
class ClassifierConfig:
    """The network being explained."""

    architecture: str = "small_cnn"
    """`small_cnn`, `timm:<name>`, `torchvision:<name>`, or `<package.module>:<factory>`, a function
    that takes the number of classes and returns a network with `encoder` and `head`."""
    weights: str = ""
    """Local .safetensors or .pt file (state dict), relative to the recipe; `default` downloads
    the library's own; empty starts from random weights."""
    task: Literal["multi_label", "single_label"] = "multi_label"
    """Sigmoid and binary cross-entropy, or softmax and cross-entropy."""
    train: Literal["full", "head", "none"] = "full"
    """What is trained: the whole network, a new head on frozen features, or nothing."""
    width: int = 32
    """Channels of the first stage of `small_cnn`."""
    downsampling: Literal[4, 8, 16] = 16
    """How many times smaller than the picture the features of `small_cnn` are."""
    epochs: int = 10
    """Passes over the training images."""
    batch_size: int = 64
    """Images per step."""
    learning_rate: float = 1e-3
    """Peak learning rate of AdamW."""
    weight_decay: float = 1e-4
    """Decay of AdamW."""
    patience: int = 0
    """Validations without a lower loss after which training stops; 0 never stops early."""
    flip: bool = True
    """Whether every other training image is mirrored."""
    shift: bool = True
    """Whether training images are moved by up to a sixteenth of their side; without it a frozen
    encoder's features can be kept from epoch to epoch."""
    threshold: float = 0.5
    """Probability from which a class belongs to the predicted set (multi-label)."""
    mean: PerChannel | None = None
    """Subtracted from images in [0, 1]: a number, or a list of three for red, green and blue. Left
    out, a library's network takes its own, any other network 0.5."""
    std: PerChannel | None = None
    """Divides the channels afterwards; as `mean`."""

    def __post_init__(self) -> None:
        require(
            0 < self.threshold < 1,
            f"classifier.threshold must lie between 0 and 1, but is {self.threshold}.",
        )
        require(is_spread(self.std), f"classifier.std must be above 0, but is {self.std}.")
        require(
            self.train == "none" or self.epochs > 0,
            f"classifier.epochs must be above 0, but is {self.epochs}.",
        )
        require(
            self.batch_size > 1,
            f"classifier.batch_size must be at least 2, but is {self.batch_size}.",
        )
        require(
            self.patience >= 0,
            f"classifier.patience must be 0 (never) or more, but is {self.patience}.",
        )
        require(
            not (self.architecture == "small_cnn" and self.train == "none" and not self.weights),
            "classifier.train is none and no classifier.weights are given, so nothing is learnt; "
            "name a weights file or train.",
        )

    @property
    def is_library_network(self) -> bool:
        """Whether the network comes from timm or torchvision, with a head for other classes."""
        return self.architecture.startswith(("timm:", "torchvision:"))
