"""[decoder]: the network that inverts its features."""

from dataclasses import dataclass
from typing import Literal

from pv_engine.recipe.rules import require


@dataclass(frozen=True)
class DecoderConfig:
    """The network that turns features into a picture (section 3 of the paper)."""

    profile: Literal["paper", "residual", "upsampling"] = "paper"
    """`paper`: the published decoder; `residual`: the same on top of the best linear decoder;
    `upsampling`: a layout of colours learnt first, then details by up-sampling and convolution."""
    ridge: float = 1e-3
    """Penalty of the linear decoder under `residual`, in units of a feature's variance."""
    width: float = 1.0
    """Multiplies the profile's channel counts; the paper's are 512, 512, 256, 128, 64."""
    epochs: int = 100
    """Passes over the training images."""
    batch_size: int = 64
    """Images per step."""
    learning_rate: float = 1e-4
    """Peak learning rate of Adam."""
    layout_epochs: int = 8
    """Passes over the training images for the layout of `upsampling`; its details take `epochs`."""
    layout_batch_size: int = 100
    """Images per step of the layout."""
    layout_learning_rate: float = 1e-3
    """Peak learning rate of the layout's AdamW, with cosine decay to zero."""
    layout_weight_decay: float = 0.05
    """Decay of the layout's AdamW."""
    schedule: Literal["constant", "cosine"] = "constant"
    """Constant as in the paper, or cosine decay to zero."""
    patience: int = 0
    """Validations without a better score after which training stops; 0 never stops early."""
    mse_weight: float = 0.2
    """Weight of the mean squared error, alpha 1 of equation (6)."""
    ssim_weight: float = 0.4
    """Weight of the structural similarity loss, alpha 2."""
    dsim_weight: float = 0.4
    """Weight of the deep perceptual similarity loss, alpha 3."""
    prediction_weight: float = 0.0
    """Weight of the divergence of the classifier's answers, under `upsampling`; not the paper's."""
    feature_loss: Literal["squared", "relative"] = "squared"
    """`squared` as equation (9); `relative`: divided by each picture's own squared features."""
    pooled_share: float = 0.0
    """Share of the `relative` feature loss that is taken on the means over cells."""
    reduction: Literal["mean", "sum"] = "mean"
    """`mean` as in the authors' code, `sum` as equations (7) to (9) are printed."""
    precision: Literal["auto", "bfloat16", "float32"] = "auto"
    """How training computes the decoder's passes: `auto` is bfloat16 on CUDA and float32 on
    the CPU; a CPU with AVX-512 BF16 is faster with `bfloat16`. Losses are always float32."""
    flip: bool = True
    """Whether every other training image is mirrored."""

    def __post_init__(self) -> None:
        weights = (
            self.mse_weight,
            self.ssim_weight,
            self.dsim_weight,
            self.prediction_weight,
        )
        require(min(weights) >= 0, "The decoder's loss weights must not be negative.")
        require(
            abs(sum(weights) - 1) < 1e-6,
            "decoder.mse_weight, ssim_weight, dsim_weight and prediction_weight must sum to 1, "
            f"but sum to {sum(weights):g}.",
        )
        require(
            self.prediction_weight == 0 or self.profile == "upsampling",
            'decoder.prediction_weight needs decoder.profile = "upsampling".',
        )
        require(
            0 <= self.pooled_share <= 1,
            f"decoder.pooled_share must lie between 0 and 1, but is {self.pooled_share}.",
        )
        require(
            self.pooled_share == 0 or self.feature_loss == "relative",
            'decoder.pooled_share is a share of the relative loss; set feature_loss = "relative".',
        )
        require(
            self.layout_epochs > 0 and self.layout_batch_size > 1,
            "decoder.layout_epochs must be above 0 and layout_batch_size at least 2, but they are "
            f"{self.layout_epochs} and {self.layout_batch_size}.",
        )
        require(self.ridge > 0, f"decoder.ridge must be above 0, but is {self.ridge}.")
        require(self.width > 0, f"decoder.width must be above 0, but is {self.width}.")
        require(self.epochs > 0, f"decoder.epochs must be above 0, but is {self.epochs}.")
        require(
            self.batch_size > 1, f"decoder.batch_size must be at least 2, but is {self.batch_size}."
        )
        require(
            self.patience >= 0,
            f"decoder.patience must be 0 (never) or more, but is {self.patience}.",
        )
