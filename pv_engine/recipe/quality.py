"""[quality]: what the decoders are measured against."""

from dataclasses import dataclass

from pv_engine.recipe.rules import PerChannel, is_spread, require

# What is measured of each reconstruction, and the strata over which the means are taken.
MEASURES = ("mse", "psnr", "ssim", "feature_error", "feature_cosine", "top1_agreement")
STRATA = ("model_wrong", "model_right", "other")


@dataclass(frozen=True)
class QualityConfig:
    """How the pictures are measured; nothing here changes a stimulus."""

    pictures: int = 0
    """How many held-out pictures the decoders are measured on; 0 means all there are."""
    linear_pictures: int = 2000
    """How many training pictures the mean image and the linear baseline are fitted to; 0 means
    all there are."""
    linear_lambda: float = 0.0
    """Ridge of the linear baseline, as a multiple of the features' mean variance; 0 lets validation
    pictures choose it."""
    linear_size: int = 0
    """Side at which the linear baseline draws before it is enlarged, a multiple of the feature
    map's; 0 means `data.image_size`."""
    reader: str = ""
    """Architecture of a second network that reads the stimuli, named as the classifier's; empty
    for none."""
    reader_weights: str = ""
    """Its weights: a file, relative to the recipe, that holds the network's own state dict or
    another build's classifier, or `default`."""
    reader_width: int = 32
    """Channels of its first stage, for `small_cnn`."""
    reader_size: int = 0
    """Side of the pictures that it sees, in pixels; 0 means `data.image_size`."""
    reader_mean: PerChannel | None = None
    """Subtracted from images in [0, 1], as `classifier.mean`."""
    reader_std: PerChannel | None = None
    """Divides the channels afterwards."""
    reader_pictures: int = 2000
    """How many training pictures' stimuli its heads are fitted to; 0 means all there are."""
    reader_held_out: int = 200
    """How many held-out pictures of each stratum it reads beside the items, if there are."""

    def __post_init__(self) -> None:
        counts = (self.pictures, self.linear_pictures, self.reader_pictures, self.reader_held_out)
        require(
            min(counts) >= 0,
            "quality.pictures, linear_pictures, reader_pictures and reader_held_out must not be "
            "negative.",
        )
        require(
            self.linear_lambda >= 0,
            "quality.linear_lambda must be 0 (chosen by validation) or more, but is "
            f"{self.linear_lambda}.",
        )
        require(
            min(self.linear_size, self.reader_size) >= 0,
            "quality.linear_size and reader_size must be 0 (data.image_size) or more.",
        )
        require(
            is_spread(self.reader_std),
            f"quality.reader_std must be above 0, but is {self.reader_std}.",
        )
        without = ("", "default") if self.reader == "small_cnn" else ("",)
        require(
            not self.reader or self.reader_weights not in without,
            f"quality.reader is {self.reader!r}, but quality.reader_weights is "
            f"{self.reader_weights!r}, so it has learnt nothing; name a weights file.",
        )
