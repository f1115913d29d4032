"""The part of an image that network and participants see."""

from pathlib import Path
from typing import Protocol, runtime_checkable

from PIL import Image

from pv_engine.data.images import load_photograph, load_square
from pv_engine.data.sources import ImageSource
from pv_engine.data.transform import Transform
from pv_engine.errors import RecipeError


@runtime_checkable
class FileSource(Protocol):
    """A source whose images are files, so that a network's own transform can be applied exactly."""

    def path(self, name: str) -> Path:
        """Return the file of an image."""
        ...


class View:
    """A source's images, seen by a transform; without one, each source's own square.

    `detail` above 0 is the side in pixels to which the network's pictures are reduced first.
    `white` above 0 is the grey of files with more than 8 bits that is shown as white.
    """

    def __init__(
        self, source: ImageSource, transform: Transform | None, detail: int = 0, white: int = 0
    ) -> None:
        if white and not isinstance(source, FileSource):
            raise RecipeError(
                f"data.white is {white}, but the pictures of this data source are not files; leave "
                "it out."
            )
        self.source = source
        self.transform = transform
        self.detail = detail
        self.white = white

    def load(self, name: str, size: int) -> Image.Image:
        """Return an image as RGB, size x size pixels; ImageDataError if it cannot be read."""
        transform = self.transform
        if transform is None:
            if isinstance(self.source, FileSource) and self.white:
                return load_square(self.source.path(name), size, self.white)
            return self.source.load(name, size)
        if isinstance(self.source, FileSource):
            return load_photograph(
                self.source.path(name),
                2 * max(size, transform.resize),
                lambda photograph: transform.shown_picture(photograph, size),
                self.white,
            )
        # What code draws comes in any size, always square.
        scaled = transform.at(size)
        return scaled.network_picture(self.source.load(name, scaled.resize))

    def seen(self, picture: Image.Image) -> Image.Image:
        """Return a picture as large as before, with no more detail than the network may see."""
        if not self.detail:
            return picture
        small = picture.resize((self.detail, self.detail), Image.Resampling.BICUBIC)
        return small.resize(picture.size, Image.Resampling.BICUBIC)
