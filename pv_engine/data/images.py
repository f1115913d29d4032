"""Reads one photograph from a file."""

from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from pv_engine.errors import DataError

# Those of torchvision's ImageFolder.
IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"}
)
# A file of a few kilobytes can unpack to gigabytes; no camera's photograph is larger than this.
MOST_PIXELS = 120_000_000


def load_square(path: Path, size: int) -> Image.Image:
    """Return the central square of an image as RGB, size x size pixels.

    Raises DataError if the file is missing, truncated or not an image.
    """
    try:
        with Image.open(path) as opened:
            refuse_bomb(opened)
            upright = ImageOps.exif_transpose(opened).convert("RGB")
        return ImageOps.fit(upright, (size, size), method=Image.Resampling.BICUBIC)
    except FileNotFoundError as error:
        raise DataError(f"The image {path} does not exist.") from error
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError) as error:
        raise DataError(
            f"The image {path} cannot be read ({error}); replace it, remove it, "
            'or set data.on_bad_image = "skip".'
        ) from error


def refuse_bomb(image: Image.Image) -> None:
    """Raise PIL's DecompressionBombError for a huge image, before any pixel is decoded."""
    n_pixels = image.width * image.height
    if n_pixels > MOST_PIXELS:
        raise Image.DecompressionBombError(
            f"it has {n_pixels:,} pixels, more than the {MOST_PIXELS:,} that are read"
        )
