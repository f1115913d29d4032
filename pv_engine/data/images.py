"""Reads one photograph from a file."""

from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from pv_engine.errors import DataError, reason_of

# Those of torchvision's ImageFolder.
IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"}
)
# A file of some kilobytes can unpack to gigabytes; no photograph of a camera is larger than this.
MOST_PIXELS = 120_000_000


def load_square(path: Path, size: int) -> Image.Image:
    """The central square of an image as RGB, size x size pixels.

    Raises DataError with the file's name when it is missing, truncated or no image.
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
            f"The image {path} cannot be read ({reason_of(error)}); replace it, remove it, "
            'or set data.on_bad_image = "skip".'
        ) from error


def refuse_bomb(image: Image.Image) -> None:
    """Refuse an image that says it is huge, before a single pixel of it is decoded.

    Raises PIL's DecompressionBombError.
    """
    n_pixels = image.width * image.height
    if n_pixels > MOST_PIXELS:
        raise Image.DecompressionBombError(
            f"it has {n_pixels:,} pixels, more than the {MOST_PIXELS:,} that are read"
        )
