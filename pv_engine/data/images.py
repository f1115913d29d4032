"""Reads one photograph from a file."""

from collections.abc import Callable
from pathlib import Path

from PIL import ExifTags, Image, ImageOps

from pv_engine.errors import ImageDataError, reason_of

# Those of torchvision's ImageFolder.
IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"}
)
# A file of a few kilobytes can unpack to gigabytes; no camera's photograph is larger than this.
MOST_PIXELS = 120_000_000
# A JPEG with more pixels is decoded at a fraction of its size, which no square of a build notices.
LARGE_PIXELS = 24_000_000
# The largest grey of 16 bits.
WHITEST = 65_535
# What EXIF calls an orientation; `ImageOps.exif_transpose` also rewrites the other tags, and fails
# where one of them is odd.
ORIENTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Those that exchange width and height.
QUARTER_TURNS = (5, 6, 7, 8)


def is_image(name: str) -> bool:
    """Whether a file's name ends as an image's does."""
    return Path(name).suffix.lower() in IMAGE_SUFFIXES


def is_hidden(name: str) -> bool:
    """Whether a file or folder is a program's own, such as a thumbnail."""
    return name.startswith(".")


def load_square(path: Path, size: int, white: int = 0) -> Image.Image:
    """Return the central square of an image as RGB, size x size pixels; see load_photograph."""
    return load_photograph(
        path,
        2 * size,
        lambda upright: ImageOps.fit(upright, (size, size), method=Image.Resampling.BICUBIC),
        white,
    )


def load_photograph(
    path: Path, needed: int, shape: Callable[[Image.Image], Image.Image], white: int = 0
) -> Image.Image:
    """Return what `shape` makes of an image, upright and as RGB.

    Transparent pixels are shown on white. Greys of more than 8 bits are scaled so that `white` is
    white; with 0, that is the largest number of 16 bits. A very large JPEG is decoded with at least
    `needed` pixels on each side. Raises ImageDataError if the file is missing, truncated, not an
    image, or has greys of unknown range.
    """
    try:
        with Image.open(path) as opened:
            refuse_bomb(opened)
            if opened.width * opened.height > LARGE_PIXELS:
                opened.draft("RGB", (needed, needed))
            turn, picture = _turn(opened), _as_rgb(opened, white)
        return shape(picture if turn is None else picture.transpose(turn))
    except FileNotFoundError as error:
        raise ImageDataError(f"The image {path} does not exist.") from error
    except Exception as error:  # whatever a decoder raises is the file's fault
        raise ImageDataError(
            f"The image {path} cannot be read ({reason_of(error)}); replace it, remove it, "
            'or set data.on_bad_image = "skip".'
        ) from error


def load_whole(path: Path, longest: int) -> Image.Image:
    """Return an image as RGB, upright, in its own shape; its longer side at most `longest` pixels.

    Raises ImageDataError as `load_square` does.
    """
    try:
        with Image.open(path) as opened:
            refuse_bomb(opened)
            turn, picture = _turn(opened), _as_rgb(opened)
            upright = picture if turn is None else picture.transpose(turn)
    except FileNotFoundError as error:
        raise ImageDataError(f"The image {path} does not exist.") from error
    except Exception as error:  # whatever a decoder raises is the file's fault
        raise ImageDataError(f"The image {path} cannot be read ({reason_of(error)}).") from error
    upright.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return upright


def _as_rgb(image: Image.Image, white: int = 0) -> Image.Image:
    is_wide = image.mode in ("I", "F")
    if is_wide and not white:
        raise ValueError(
            f"its greys have 32 bits ({image.mode}) and no known range: say in data.white which "
            "number is white, or save it with 8 or 16 bits"
        )
    if is_wide or image.mode.startswith("I;16"):
        # Through 32 bits, since few of Pillow's operations know 16.
        wide = image if is_wide else image.convert("I")
        step = (white or WHITEST) / 255
        return wide.point(lambda grey: grey / step).convert("L").convert("RGB")
    if image.has_transparency_data:
        layers = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layers.size, "white"), layers).convert("RGB")
    return image.convert("RGB")


def _turn(image: Image.Image) -> Image.Transpose | None:
    """Return the rotation that makes a photograph upright, by its EXIF tags; None for none."""
    return ORIENTATIONS.get(orientation_of(image) or 1)


def orientation_of(image: Image.Image) -> int | None:
    """Return the orientation that EXIF gives, 1 to 8; None without it, or with damaged tags."""
    try:
        found: int | None = image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # noqa: BLE001 - the tags' fault, not the picture's
        return None
    return found


def refuse_bomb(image: Image.Image) -> None:
    """Raise PIL's DecompressionBombError for a huge image, before any pixel is decoded."""
    n_pixels = image.width * image.height
    if n_pixels > MOST_PIXELS:
        raise Image.DecompressionBombError(
            f"it has {n_pixels:,} pixels, more than the {MOST_PIXELS:,} that are read"
        )
