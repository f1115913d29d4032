"""Which images a trial shows, and the bytes of one image."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from django.core.files.base import File
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from pv_engine.models import Item, Stimulus
from surveys.models import Participant
from surveys.protocol.schema import Protocol
from surveys.protocol.task import ORIGINAL, PLACES
from surveys.protocol.values import Text

CONTENT_TYPES = {".webp": "image/webp", ".png": "image/png"}
FILE_NAME = re.compile(r"[0-9a-f]{64}(\.webp|\.png)")


@dataclass(frozen=True)
class ShownImage:
    """An image of a trial."""

    address: str
    # From 1, on its page.
    number: int


@dataclass(frozen=True)
class ShownPicture:
    """One picture of a trial, or several of a kind in a grid."""

    images: tuple[ShownImage, ...]
    place: str
    columns: int
    caption: Text
    is_original: bool
    is_explanation: bool


@dataclass(frozen=True)
class Pictures:
    """All that a trial shows of an item."""

    shown: tuple[ShownPicture, ...]
    # By kind: addresses of the pictures to choose from.
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def places(self) -> list[list[ShownPicture]]:
        """Return the pictures in each place that has some, from the left."""
        found = [[each for each in self.shown if each.place == place] for place in PLACES]
        return [place for place in found if place]

    @property
    def has_explanation(self) -> bool:
        return any(each.is_explanation for each in self.shown)

    @property
    def addresses(self) -> list[str]:
        """Return the address of every image of the trial."""
        shown = [image.address for each in self.shown for image in each.images]
        return [*shown, *self.choices.values()]

    @property
    def explanations(self) -> list[str]:
        """Return the addresses of those that the first of two steps does not show."""
        explaining = [each for each in self.shown if each.is_explanation]
        return [image.address for each in explaining for image in each.images]

    def without_explanation(self) -> "Pictures":
        """Return what the first of two steps shows."""
        return replace(self, shown=tuple(each for each in self.shown if not each.is_explanation))


def find_pictures(items: Sequence[Item], condition: str, protocol: Protocol) -> list[Pictures]:
    """The pictures of each item under the condition of that name, in one query."""
    return find_pictures_of([(item, condition) for item in items], protocol)


def find_pictures_of(shown: Sequence[tuple[Item, str]], protocol: Protocol) -> list[Pictures]:
    """The pictures of each item under a condition of its own, in one query."""
    files: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for row in Stimulus.objects.filter(item__in=[item for item, _ in shown]):
        files[row.item_id][row.kind] = row.file_names
    return [
        pictures_of(files[item.pk], item.options, condition, protocol) for item, condition in shown
    ]


def pictures_of(
    files: Mapping[str, Sequence[str]],
    item_options: Sequence[str],
    condition: str,
    protocol: Protocol,
) -> Pictures:
    """What is shown under a condition, from the files of an item's images by kind."""
    shown: list[ShownPicture] = []
    number = 0
    for picture in protocol.task.shown:
        names = files.get(picture.kind_in(condition), ())
        images = tuple(ShownImage(_address(name), number + k) for k, name in enumerate(names, 1))
        number += len(images)
        if images:
            shown.append(
                ShownPicture(
                    images,
                    picture.place,
                    picture.grid,
                    picture.caption,
                    picture.kind == ORIGINAL,
                    picture.is_explanation,
                )
            )
    kinds = protocol.task.option_kinds(item_options)
    choices = {kind: _address(files[kind][0]) for kind in kinds if kind in files}
    return Pictures(tuple(shown), choices)


@lru_cache(maxsize=10_000)
def _address(file_name: str) -> str:
    return reverse("surveys:stimulus", args=[file_name])


def open_image(file_name: str) -> "tuple[File[Any], str] | None":
    """The image's bytes and content type; None for a name that no stored image has."""
    match = FILE_NAME.fullmatch(file_name)
    if match is None:
        return None
    try:
        return storages["stimuli"].open(file_name), CONTENT_TYPES[match[1]]
    except FileNotFoundError:
        return None


def examples_of(participant: Participant) -> list[Item]:
    """Return the stimulus set's examples, of which nothing is asked in the trials."""
    stimulus_set = participant.survey.stimulus_set_id
    found = Item.objects.filter(stimulus_set=stimulus_set, is_example=True)
    return list(found.order_by("position"))


@require_GET
@cache_control(public=True, max_age=31_536_000, immutable=True)
def stimulus(request: HttpRequest, file_name: str) -> HttpResponseBase:
    """One image, by its content hash; it never changes, so browsers need not ask again."""
    found = open_image(file_name)
    if found is None:
        raise Http404
    image, content_type = found
    return FileResponse(image, content_type=content_type)
