"""The sections of a recipe: frozen, one docstring per field, rules across fields in __post_init__.

Free of torch and Django. A broken rule raises RecipeError with one sentence.
"""

from dataclasses import dataclass
from typing import Literal

from pv_engine.errors import RecipeError

# One number for every channel of a picture, or one each for red, green and blue.
PerChannel = float | tuple[float, float, float]

CONDITIONS = (
    "gradcam",
    "gradcam_overlay",
    "gradcam_overlay_jet",
    "pv",
    "reconstruction",
    "none",
    "random_map",
    "reference_autoencoder",
)
# The condition that shows the image alone: no picture is drawn for it.
UNDRAWN = "none"
# The condition that needs a second decoder.
REFERENCE = "reference_autoencoder"
SALIENCY_METHODS = (
    "gradcam",
    "gradcam++",
    "xgradcam",
    "hirescam",
    "layercam",
    "eigencam",
    "eigengradcam",
    "gradcamelementwise",
    "segeigencam",
    "kpcacam",
    "fem",
    "finercam",
    "shapleycam",
    "scorecam",
    "ablationcam",
)


def require(holds: bool, sentence: str) -> None:
    if not holds:
        raise RecipeError(sentence)


def is_spread(value: PerChannel | None) -> bool:
    """Whether every channel can be divided by it; None stands for the network's own."""
    parts = value if isinstance(value, tuple) else (value,)
    return all(part is None or part > 0 for part in parts)


@dataclass(frozen=True)
class DataConfig:
    """Where the images come from."""

    kind: Literal["scenes", "image_folder", "voc", "csv"]
    """`scenes`: drawn by the project; `image_folder`: `root/<split>/<class>/<image>`; `voc`:
    PASCAL VOC under `root/VOCdevkit`; `csv`: `root/<split>.csv` with the columns `filename` and
    `labels` (separated by semicolons)."""
    image_size: int = 224
    """Side of the square that the network sees, in pixels."""
    root: str = ""
    """Folder of the images, relative to the recipe."""
    train_split: str = "train"
    """Sub-folder, list or image set that the classifier and the decoder are trained on."""
    held_out_split: str = "val"
    """The one that items are picked from and quality is measured on."""
    year: Literal["2007", "2012"] = "2012"
    """Edition of PASCAL VOC."""
    difficult: Literal["ignore", "count"] = "ignore"
    """Whether a VOC object that is marked difficult gives its image a label."""
    download: bool = False
    """Whether torchvision may download PASCAL VOC into `root`."""
    train: int = 0
    """How many training images to use; 0 means all there are."""
    held_out: int = 0
    """How many held-out images to use; 0 means all there are."""
    validation_share: float = 0.1
    """Share of the training images that only chooses the best weights."""
    on_bad_image: Literal["stop", "skip"] = "stop"
    """Whether an unreadable image stops the build or is left out by name."""

    def __post_init__(self) -> None:
        require(
            self.image_size >= 32,
            f"data.image_size must be at least 32 pixels, but is {self.image_size}.",
        )
        require(
            0 < self.validation_share < 1,
            f"data.validation_share must lie between 0 and 1, but is {self.validation_share}.",
        )
        require(
            self.train >= 0 and self.held_out >= 0,
            "data.train and data.held_out must be 0 (all) or more.",
        )
        if self.kind == "scenes":
            require(
                self.train > 0 and self.held_out > 0,
                "data.train and data.held_out must say how many scenes to draw.",
            )
        else:
            require(self.root != "", "data.root must name the folder of the images.")
            require(
                self.train_split != self.held_out_split,
                f"data.train_split and held_out_split are both {self.train_split!r}; held-out "
                "images must not be trained on.",
            )


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


@dataclass(frozen=True)
class SelectionConfig:
    """Which images become items (section 4 of the paper)."""

    model_wrong: int = 14
    """Items where no true label is in a non-empty predicted set."""
    model_right: int = 16
    """Items where the predicted set equals the label set."""
    examples: int = 2
    """Further items, one of each stratum in turn, that only explain the conditions."""
    options: int = 4
    """Classes offered for each item, beside "I just can't tell"."""
    balance: Literal["none", "prediction"] = "none"
    """`none`: uniformly within a stratum, as in the paper; `prediction`: in rounds over the classes
    that the model predicts there, so that each is the right answer about equally often."""
    on_shortage: Literal["stop", "fewer"] = "stop"
    """Whether a stratum with too few images stops the build, or yields those that it has; then the
    manifest says how many were asked for and found."""

    def __post_init__(self) -> None:
        require(
            min(self.model_wrong, self.model_right, self.examples) >= 0
            and self.model_wrong + self.model_right > 0,
            "selection.model_wrong, model_right and examples must not be negative, "
            "and at least one item is needed.",
        )
        require(self.options >= 2, f"selection.options must be at least 2, but is {self.options}.")


@dataclass(frozen=True)
class RenderingConfig:
    """How stimuli are drawn."""

    conditions: tuple[str, ...] = ("gradcam", "pv")
    """Kinds of stimulus to draw for every item."""
    image_size: int = 224
    """Side of the pictures that participants see, in pixels."""
    saliency: str = "gradcam"
    """Method of the saliency map."""
    normalisation: Literal["paper", "library"] = "paper"
    """`paper`: ReLU, divide by the maximum; `library`: min-max as in pytorch-grad-cam."""
    quality: int = 90
    """WebP quality, 1 to 100."""

    def __post_init__(self) -> None:
        for condition in self.conditions:
            require(
                condition in CONDITIONS,
                f"rendering.conditions has {condition!r}; known are {', '.join(CONDITIONS)}.",
            )
        require(len(self.conditions) > 0, "rendering.conditions must name at least one kind.")
        require(
            self.saliency in SALIENCY_METHODS,
            f"rendering.saliency is {self.saliency!r}; known are {', '.join(SALIENCY_METHODS)}.",
        )
        require(
            1 <= self.quality <= 100,
            f"rendering.quality must lie between 1 and 100, but is {self.quality}.",
        )
        require(
            self.image_size >= 32,
            f"rendering.image_size must be at least 32 pixels, but is {self.image_size}.",
        )


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
