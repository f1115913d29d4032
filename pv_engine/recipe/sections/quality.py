"""[quality]: what the decoders are measured against."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from pv_engine.recipe.sections.values import (
    AtLeastOne,
    Count,
    NotNegative,
    PerChannel,
    Spreads,
    Width,
)
from toml_files.tables import Broken, Many, TomlTable, rule

# What is measured of each reconstruction, and the strata over which the means are taken.
MEASURES = ("mse", "psnr", "ssim", "feature_error", "feature_cosine", "top1_agreement")
# The last three again, of the reconstruction as displayed.
DISPLAYED_MEASURES = (
    "displayed_feature_error",
    "displayed_feature_cosine",
    "displayed_top1_agreement",
)
# Of a network with prefix tokens: agreement where those of the picture itself are kept.
KEPT = "top1_agreement_prefix_kept"
STRATA = ("model_wrong", "model_right", "other")
Outputs = Annotated[Many[Count], Field(min_length=1)]


@dataclass(frozen=True)
class QualityConfig(TomlTable):
    """How the pictures are measured; nothing here changes a stimulus."""

    pictures: Count = 0
    """How many held-out pictures the decoders are measured on; 0 means all there are."""
    displayed_pictures: AtLeastOne = 100
    """How many held-out pictures of each stratum they are also measured on as displayed."""
    linear_pictures: Count = 2000
    """How many training pictures the mean image and the linear baseline are fitted to; 0 means
    all there are."""
    linear_lambda: NotNegative = 0.0
    """Ridge of the linear baseline, as a multiple of the features' mean variance; 0 lets validation
    pictures choose it."""
    linear_size: Count = 0
    """Side at which the linear baseline draws before it is enlarged, a multiple of the feature
    map's; 0 means `data.image_size`."""
    reader: str = ""
    """Architecture of a second network that reads the stimuli, named as the classifier's; empty
    for none."""
    reader_weights: str = ""
    """Its weights: a file, relative to the recipe, that holds the network's own state dict or
    another build's classifier, or `default`."""
    reader_width: Width = 32
    """Channels of its first stage, for `small_cnn`."""
    reader_size: Count = 0
    """Side of the pictures that it sees, in pixels; 0 means `data.image_size`."""
    reader_mean: PerChannel | None = None
    """Subtracted from images in [0, 1], as `classifier.mean`."""
    reader_std: Spreads | None = None
    """Divides the channels afterwards."""
    reader_classes: dict[str, Outputs] = field(default_factory=dict)
    """For each class, which of the reader's outputs mean it, counted from 0, where the reader
    knows other classes or others besides; the highest counts."""
    reader_pictures: Count = 2000
    """How many training pictures' stimuli its heads are fitted to; 0 means all there are."""
    reader_held_out: Count = 200
    """How many held-out pictures of each stratum it reads beside the items, if there are."""

    @rule("reader", "reader_weights")
    def _reader_has_learnt(self) -> Broken:
        without = ("", "default") if self.reader == "small_cnn" else ("",)
        if self.reader and self.reader_weights in without:
            yield (
                "reader",
                f"is {self.reader!r}, but quality.reader_weights is {self.reader_weights!r}, so it "
                "has learnt nothing; name a weights file",
            )
