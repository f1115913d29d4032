"""How a photograph becomes the square that a network sees, and the same part for participants."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from PIL import Image

RESAMPLING = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


@dataclass(frozen=True)
class Transform:
    """Resize a photograph, then cut its centre out: the usual evaluation of image classifiers.

    Attributes
    ----------
    resize : int
        Side in pixels to which the photograph is resized.
    crop : int
        Side of the central square that is kept.
    interpolation : str
        A key of RESAMPLING.
    mode : {"center", "squash"}
        What `resize` is: the shorter side's length, or the length of both sides, whatever their
        ratio.
    """

    resize: int
    crop: int
    interpolation: str = "bicubic"
    mode: Literal["center", "squash"] = "center"

    def __post_init__(self) -> None:
        if self.crop > self.resize or self.interpolation not in RESAMPLING:
            raise ValueError(
                f"There is no crop of {self.crop} from {self.resize} pixels, {self.interpolation}."
            )

    @property
    def described(self) -> dict[str, Any]:
        """As the manifest has it."""
        return asdict(self)

    def at(self, size: int) -> "Transform":
        """Return the same transform for pictures of another size."""
        if size == self.crop:
            return self
        return replace(self, resize=max(size, round(self.resize * size / self.crop)), crop=size)

    def network_picture(self, photograph: Image.Image) -> Image.Image:
        """Return the crop x crop pixels that the network sees, as torchvision and timm do."""
        resampling = RESAMPLING[self.interpolation]
        resized = photograph.resize(self._resized(photograph), resampling)
        left, top = self._corner(*resized.size)
        return resized.crop((left, top, left + self.crop, top + self.crop))

    def shown_picture(self, photograph: Image.Image, size: int) -> Image.Image:
        """Return the same part of the photograph, size x size pixels, for participants."""
        if size == self.crop:
            return self.network_picture(photograph)
        width, height = self._resized(photograph)
        left, top = self._corner(width, height)
        across, down = photograph.width / width, photograph.height / height
        box = (
            left * across,
            top * down,
            min(photograph.width, (left + self.crop) * across),
            min(photograph.height, (top + self.crop) * down),
        )
        return photograph.resize((size, size), Image.Resampling.BICUBIC, box=box)

    def _resized(self, photograph: Image.Image) -> tuple[int, int]:
        """Width and height before the crop, rounded as torchvision does."""
        width, height = photograph.size
        if self.mode == "squash":
            return self.resize, self.resize
        if width <= height:
            return self.resize, int(self.resize * height / width)
        return int(self.resize * width / height), self.resize

    def _corner(self, width: int, height: int) -> tuple[int, int]:
        return round((width - self.crop) / 2.0), round((height - self.crop) / 2.0)
