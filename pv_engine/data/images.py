"""Reads one photograph from a file."""

from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from pv_engine.errors import DataError

# Those of torchvision's ImageFolder.
IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"}
)


def load_square(path: Path, size: int) -> Image.Image:
    """The central square of an image as RGB, size x size pixels.

    Raises DataError with the file's name when it is missing, truncated or no image.
    """
    try:
        with Image.open(path) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
        return ImageOps.fit(upright, (size, size), method=Image.Resampling.BICUBIC)
    except FileNotFoundError as error:
        raise DataError(f"The image {path} does not exist.") from error
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError) as error:
        raise DataError(
            f"The image {path} cannot be read ({error}); replace it, remove it, "
            'or set data.on_bad_image = "skip".'
        ) from error
