"""Which images a participant is shown, and the bytes of one image."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.base import File
from django.core.files.storage import storages
from django.urls import reverse

from pv_engine.models import Stimulus
from surveys.models import Condition

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


def find_pairs(item_ids: Sequence[int], condition: Condition) -> list[Pair]:
    """The pair of each item under a condition, in one query."""
    rows = Stimulus.objects.filter(item_id__in=item_ids, kind__in=[ORIGINAL, condition.name])
    urls: dict[int, dict[str, str]] = defaultdict(dict)
    for row in rows:
        urls[row.item_id][row.kind] = reverse("surveys:stimulus", args=[row.file_name])
    return [Pair(urls[key][ORIGINAL], urls[key].get(condition.name, "")) for key in item_ids]


def open_image(file_name: str) -> "tuple[File[Any], str] | None":
    """The image's bytes and content type; None for a name that no stored image has."""
    match = FILE_NAME.fullmatch(file_name)
    if match is None:
        return None
    try:
        return storages["stimuli"].open(file_name), CONTENT_TYPES[match[1]]
    except FileNotFoundError:
        return None
