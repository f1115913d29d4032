"""Which images a participant is shown, and the bytes of one image."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.base import File
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from pv_engine.models import Item, Stimulus
from surveys.models import Participant

ORIGINAL = "original"
CONTENT_TYPES = {".webp": "image/webp", ".png": "image/png"}
FILE_NAME = re.compile(r"[0-9a-f]{64}(\.webp|\.png)")


@dataclass(frozen=True)
class Pair:
    """The addresses of an item's image and of the explanation beside it, if there is one."""

    original: str
    explanation: str = ""

    def alone(self) -> "Pair":
        return Pair(self.original)


def find_pairs(item_ids: Sequence[int], condition: str) -> list[Pair]:
    """The pair of each item under the condition of that name, in one query."""
    return find_pairs_of([(key, condition) for key in item_ids])


def find_pairs_of(shown: Sequence[tuple[int, str]]) -> list[Pair]:
    """The pair of each item under a condition of its own, in one query."""
    kinds = {ORIGINAL, *(condition for _, condition in shown)}
    rows = Stimulus.objects.filter(item_id__in=[key for key, _ in shown], kind__in=kinds)
    file_names: dict[int, dict[str, str]] = defaultdict(dict)
    for row in rows:
        file_names[row.item_id][row.kind] = row.file_name
    return [pair_of(file_names[key], condition) for key, condition in shown]


def pair_of(file_names: Mapping[str, str], condition: str) -> Pair:
    """The pair under a condition, from the file names of an item's images by kind."""
    explanation = file_names.get(condition)
    return Pair(_address(file_names[ORIGINAL]), _address(explanation) if explanation else "")


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
