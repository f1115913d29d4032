"""The pictures of a study's items side by side, under labels that do not end the blinding."""

from dataclasses import dataclass

from django.urls import reverse

from pv_engine.models import Item
from surveys.blinding import picture_labels
from surveys.models import Survey
from surveys.stimuli import ORIGINAL


@dataclass(frozen=True)
class Picture:
    label: str
    url: str


@dataclass(frozen=True)
class SheetRow:
    """An item with its image and what each condition shows beside it."""

    item: Item
    pictures: list[Picture]


def find_contact_sheet(survey: Survey) -> list[SheetRow]:
    """Every item of the study, in two queries."""
    labels = {ORIGINAL: "Image", **dict(sorted(picture_labels(survey).items(), key=_by_label))}
    items = Item.objects.filter(stimulus_set=survey.stimulus_set_id).prefetch_related("stimuli")
    return [SheetRow(item, _pictures(item, labels)) for item in items]


def _by_label(pair: tuple[str, str]) -> str:
    return pair[1]


def _pictures(item: Item, labels: dict[str, str]) -> list[Picture]:
    files = {stimulus.kind: stimulus.file_name for stimulus in item.stimuli.all()}
    return [
        Picture(label, reverse("surveys:stimulus", args=[files[kind]]))
        for kind, label in labels.items()
        if kind in files
    ]
