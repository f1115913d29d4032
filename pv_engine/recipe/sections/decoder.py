"""[decoder]: the network that inverts its features."""

import json
from dataclasses import dataclass
from typing import Annotated, Literal

from pv_engine.recipe.registries.profiles import PROFILES
from pv_engine.recipe.sections.values import (
    AtLeastOne,
    BatchSize,
    Count,
    NotNegative,
    Positive,
    Share,
    Width,
)
from toml_files.tables import Broken, OneOf, TomlTable, rule


@dataclass(frozen=True)
class DecoderConfig(TomlTable):
    """The network that turns features into a picture (section 3 of the paper)."""

    profile: Annotated[str, OneOf(tuple(PROFILES))] = "paper"
    """The network and its training: see [Decoder profiles](registries.md#decoder-profiles)."""
    ridge: Positive = 1e-3
    """Penalty of the linear decoder under `residual`, in units of a feature's variance."""
    width: Positive = 1.0
    """Multiplies the profile's channel counts; the paper's are 512, 512, 256, 128, 64."""
    epochs: AtLeastOne = 100
    """Passes over the training images."""
    batch_size: BatchSize = 64
    """Images per step."""
    learning_rate: Positive = 1e-4
    """Peak learning rate of Adam."""
    layout_epochs: AtLeastOne = 8
    """Passes over the training images for the layout of `upsampling`; its details take `epochs`."""
    layout_batch_size: BatchSize = 100
    """Images per step of the layout."""
    layout_learning_rate: Positive = 1e-3
    """Peak learning rate of the layout's AdamW, with cosine decay to zero."""
    layout_weight_decay: NotNegative = 0.05
    """Decay of the layout's AdamW."""
    schedule: Literal["constant", "cosine"] = "constant"
    """Constant as in the paper, or cosine decay to zero."""
    patience: Count = 0
    """Validations without a better score after which training stops; 0 never stops early."""
    mse_weight: NotNegative = 0.2
    """Weight of the mean squared error, alpha 1 of equation (6)."""
    ssim_weight: NotNegative = 0.4
    """Weight of the structural similarity loss, alpha 2."""
    dsim_weight: NotNegative = 0.4
    """Weight of the deep perceptual similarity loss, alpha 3."""
    prediction_weight: NotNegative = 0.0
    """Weight of the divergence of the classifier's answers, under `upsampling` and
    `resizing`; not the paper's."""
    views: bool = False
    """Whether features and answers are compared on randomly shifted and resized pictures and
    reconstructions, so that only what survives display counts; under `resizing`."""
    perceptual_weight: NotNegative = 0.0
    """Weight of the distance of early features, under `resizing`; not the paper's."""
    perceptual: str = "own"
    """Whose early features: `own` for the classifier's, or another network, named as the
    classifier's architecture."""
    perceptual_weights: str = ""
    """The other network's weights, as `quality.reader_weights`."""
    perceptual_width: Width = 32
    """Channels of its first stage, for `small_cnn`."""
    adversarial_weight: NotNegative = 0.0
    """Weight of a patch critic that separates reconstructions from pictures, beside the others and
    not part of their sum, under `resizing`; the paper reports it as unsuccessful (section 5)."""
    feature_loss: Literal["squared", "relative"] = "squared"
    """`squared` as equation (9); `relative`: divided by each picture's own squared features."""
    pooled_share: Share = 0.0
    """Share of the `relative` feature loss that is taken on the means over cells."""
    reduction: Literal["mean", "sum"] = "mean"
    """`mean` as in the authors' code, `sum` as equations (7) to (9) are printed."""
    precision: Literal["auto", "bfloat16", "float32"] = "auto"
    """How training computes the decoder's passes: `auto` is bfloat16 on CUDA and float32 on
    the CPU; a CPU with AVX-512 BF16 is faster with `bfloat16`. Losses are always float32."""
    flip: bool = True
    """Whether every other training image is mirrored."""

    @rule("mse_weight", "ssim_weight", "dsim_weight", "prediction_weight", "perceptual_weight")
    def _weights_of_one(self) -> Broken:
        weights = (
            self.mse_weight,
            self.ssim_weight,
            self.dsim_weight,
            self.prediction_weight,
            self.perceptual_weight,
        )
        if abs(sum(weights) - 1) >= 1e-6:
            yield (
                "mse_weight",
                "and ssim_weight, dsim_weight, prediction_weight and perceptual_weight must sum "
                f"to 1, but sum to {sum(weights):g}",
            )

    @rule("prediction_weight", "views", "perceptual_weight", "adversarial_weight", "profile")
    def _losses_of_the_profile(self) -> Broken:
        for key in ("prediction_weight", "views", "perceptual_weight", "adversarial_weight"):
            able = [name for name, each in PROFILES.items() if key in each.losses]
            if getattr(self, key) and self.profile not in able:
                yield key, f"needs decoder.profile = {' or '.join(map(json.dumps, able))}"

    @rule("perceptual", "perceptual_weights")
    def _perceptual_has_learnt(self) -> Broken:
        if self.perceptual != "own" and not self.perceptual_weights:
            yield "perceptual", "is another network, so it needs decoder.perceptual_weights"

    @rule("pooled_share", "feature_loss")
    def _share_of_relative(self) -> Broken:
        if self.pooled_share and self.feature_loss != "relative":
            yield (
                "pooled_share",
                'is a share of the relative loss; set feature_loss = "relative"',
            )
