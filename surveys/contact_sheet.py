"""The pictures of a study's items side by side, under labels that do not end the blinding."""

from dataclasses import dataclass

from pv_engine.models import Item
from surveys.models import ItemDrop, Survey
from surveys.participation.images import ORIGINAL
from surveys.studies.blinding import picture_labels
from surveys.studies.item_drops import find_drops


@dataclass(frozen=True)
class SheetRow:
    """An item with its image and what each condition shows beside it: (label, file name)."""

    item: Item
    files: list[tuple[str, str]]
    drop: ItemDrop | None = None


def find_contact_sheet(survey: Survey) -> list[SheetRow]:
    """Every item of the study, in three queries."""
    by_label = sorted((label, kind) for kind, label in picture_labels(survey).items())
    labels = {ORIGINAL: "Image", **{kind: label for label, kind in by_label}}
    items = Item.objects.filter(stimulus_set=survey.stimulus_set_id).prefetch_related("stimuli")
    drops = find_drops(survey)
    return [SheetRow(item, _files(item, labels), drops.get(item.pk)) for item in items]


def _files(item: Item, labels: dict[str, str]) -> list[tuple[str, str]]:
    names = {stimulus.kind: stimulus.file_name for stimulus in item.stimuli.all()}
    return [(label, names[kind]) for kind, label in labels.items() if kind in names]
