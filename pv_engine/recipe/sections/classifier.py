"""[classifier]: the network that is explained."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from pv_engine.recipe.registries.networks import NETWORKS
from pv_engine.recipe.sections.values import (
    BatchSize,
    Count,
    NotNegative,
    Part,
    PerChannel,
    Positive,
    Spreads,
    Width,
)
from toml_files.tables import Broken, Many, TomlTable, rule


@dataclass(frozen=True)
class ClassifierConfig(TomlTable):
    """The network being explained."""

    architecture: str = "small_cnn"
    """`small_cnn`; `<family>:<name>` of the [families](registries.md#networks), such as
    `timm:<name>`; or `<package.module>:<factory>`, a function of the number of classes that returns
    a network."""
    weights: str = ""
    """Local .safetensors or .pt file (state dict), relative to the recipe; `default` downloads
    the library's own; empty starts from random weights."""
    task: Literal["multi_label", "single_label", "segmentation"] = "multi_label"
    """Sigmoid and binary cross-entropy, or softmax and cross-entropy; or a network that names the
    class of every pixel, which is not trained here."""
    train: Literal["full", "head", "none"] = "full"
    """What is trained: the whole network, a new head on frozen features, or nothing."""
    head_activation: Literal[
        "", "none", "relu", "gelu", "silu", "tanh", "leaky_relu", "hardswish"
    ] = ""
    """What stands between the linear layers of a head that a weights file has in place of the
    network's own; needed only there."""
    prompts: Many[Annotated[str, Field(min_length=1)]] = ()
    """Zero-shot classifiers: a text for each class, in the order of the classes, such as
    `"a photo of a dog"`."""
    question: str = ""
    """Captioning networks: the text before the answer, such as `"a photo of a"`."""
    answers: Many[Annotated[str, Field(min_length=1)]] = ()
    """Captioning networks: an answer for each class, in the order of the classes, of which the
    first token counts."""
    width: Width = 32
    """Channels of the first stage of `small_cnn`."""
    downsampling: Literal[4, 8, 16] = 16
    """How many times smaller than the picture the features of `small_cnn` are."""
    stages: Annotated[int, Field(ge=0, le=6)] = 0
    """Stages of `small_cnn`, each with twice the channels; those beyond the halvings that
    `downsampling` asks for look further without making the features smaller. 0: no such stage."""
    epochs: Count = 10
    """Passes over the training images."""
    batch_size: BatchSize = 64
    """Images per step."""
    learning_rate: Positive = 1e-3
    """Peak learning rate of AdamW."""
    weight_decay: NotNegative = 1e-4
    """Decay of AdamW."""
    patience: Count = 0
    """Validations without a lower loss after which training stops; 0 never stops early."""
    flip: bool = True
    """Whether every other training image is mirrored."""
    shift: bool = True
    """Whether training images are moved by up to a sixteenth of their side; without it a frozen
    encoder's features can be kept from epoch to epoch."""
    precision: Literal["auto", "bfloat16", "float32"] = "auto"
    """How training computes the network's passes, as `decoder.precision`."""
    threshold: Part = 0.5
    """Probability from which a class belongs to the predicted set (multi-label)."""
    mean: PerChannel | None = None
    """Subtracted from images in [0, 1]: a number, or a list of three for red, green and blue. Left
    out, a library's network takes its own, any other network 0.5."""
    std: Spreads | None = None
    """Divides the channels afterwards; as `mean`."""

    @rule("stages", "downsampling")
    def _stages_that_halve(self) -> Broken:
        halvings = self.downsampling.bit_length() - 1
        if self.stages and self.stages < halvings:
            yield (
                "stages",
                f"must be 0 or at least {halvings}, since classifier.downsampling = "
                f"{self.downsampling} takes as many halvings, but is {self.stages}",
            )

    @rule("epochs", "train")
    def _some_epochs(self) -> Broken:
        if self.train != "none" and not self.epochs:
            yield "epochs", "must be above 0, but is 0"

    @rule("train", "architecture", "weights")
    def _something_learnt(self) -> Broken:
        if self.architecture == "small_cnn" and self.train == "none" and not self.weights:
            yield (
                "train",
                "is 'none' and no classifier.weights are given, so nothing is learnt; name a "
                "weights file or train",
            )

    @rule("prompts", "answers", "question", "architecture", "train")
    def _texts_where_read(self) -> Broken:
        family = self.architecture.partition(":")[0]
        kinds = {"prompts": "zero-shot classifiers", "answers": "captioning networks"}
        for key, what in kinds.items():
            able = [f"{name}:<name>" for name, each in NETWORKS.items() if key in each.texts]
            if getattr(self, key) and not any(each.startswith(f"{family}:") for each in able):
                yield key, f"is for {what}, {' or '.join(able)}; leave it out"
        if self.answers and self.prompts:
            yield "answers", "and classifier.prompts are for different networks; leave one out"
        if self.answers and self.train != "none":
            yield "train", "must be 'none' with classifier.answers, which no layer is trained for"
        if self.question and not self.answers:
            yield "question", "needs classifier.answers, a word for each class"

    @rule("task", "train")
    def _trained_elsewhere(self) -> Broken:
        if self.task == "segmentation" and self.train != "none":
            yield (
                "train",
                f"is {self.train!r}, but a segmentation network is not trained here; give its "
                'weights and set classifier.train = "none"',
            )

    @property
    def is_library_network(self) -> bool:
        """Whether the network comes from a library, with a head for other classes."""
        family, colon, _ = self.architecture.partition(":")
        return bool(colon) and family in NETWORKS
