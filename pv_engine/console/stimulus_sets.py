"""The console's pages for stimulus sets: contact sheet, quality report, single items."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.access import signed_in
from pv_engine.console.blind_reading import described, readings_tables
from pv_engine.console.item_choice import ItemChoice, legibility_by_item
from pv_engine.console.legibility_chart import legibility_charts
from pv_engine.models import Item, StimulusSet
from pv_engine.reports.quality_tables import quality_tables
from pv_engine.stimulus_sets.blind_reading import readable_conditions

# Parts of a manifest, with the measure that gives the part its own table.
TABLED_BY = {"classifier": "average_precision", "decoder": "strata"}


@dataclass(frozen=True)
class Neighbours:
    """The previous and the next item in the set; empty at its ends."""

    before: str
    after: str


@signed_in
@require_GET
def stimulus_set(request: HttpRequest, content_sha256: str) -> HttpResponse:
    """Show the items with their pictures, all or those asked for: by stratum, then examples."""
    found = get_object_or_404(StimulusSet, content_sha256=content_sha256)
    items = list(found.items.prefetch_related("stimuli"))
    readings = list(found.blind_readings.all())
    readable = readable_conditions(described(found))
    can_sort = bool(legibility_by_item(found.manifest, items, readings))
    choice = ItemChoice(
        request.GET, classes=found.manifest["classes"], conditions=readable, can_sort=can_sort
    )
    condition = choice.value("condition")
    legibility = legibility_by_item(found.manifest, items, readings, condition)
    kinds = ["original", *([condition] if condition else found.manifest["conditions"])]
    context = {
        "stimulus_set": found,
        "choice": choice,
        "is_whole": not any(request.GET.get(name) for name in choice.fields),
        "groups": _groups(choice.chosen(items, legibility), kinds, legibility),
        "shortage": found.manifest.get("shortage", {}),
        "charts": legibility_charts(found.manifest, readings),
        "readings": readings_tables(readings),
        "readable": readable,
        "reading_stratum": _stratum_to_read(items),
        "surveys": found.surveys.count(),
    }
    return render(request, "pv_engine/stimulus_set.html", context)


@signed_in
@require_GET
def quality(request: HttpRequest, content_sha256: str) -> HttpResponse:
    """Show the manifest's measures of classifier, decoder, baselines and reader."""
    found = get_object_or_404(StimulusSet, content_sha256=content_sha256)
    context = {
        "stimulus_set": found,
        "tables": [*quality_tables(found.manifest), *readings_tables(found.blind_readings.all())],
        "numbers": _numbers(found.manifest),
        "manifest": found.manifest,
    }
    return render(request, "pv_engine/quality.html", context)


@signed_in
@require_GET
def item(request: HttpRequest, content_sha256: str, item_name: str) -> HttpResponse:
    """Show one item: large pictures, answer keys, and its entry in the manifest."""
    found = get_object_or_404(StimulusSet, content_sha256=content_sha256)
    names = list(found.items.values_list("name", flat=True))
    if item_name not in names:
        raise Http404
    shown = found.items.prefetch_related("stimuli").get(name=item_name)
    context = {
        "stimulus_set": found,
        "item": shown,
        "files": _files(shown, ["original", *found.manifest["conditions"]]),
        "entry": _entry(found.manifest, item_name),
        "neighbours": _neighbours(names, item_name),
    }
    return render(request, "pv_engine/item.html", context)


def _groups(
    items: list[Item], kinds: list[str], legibility: Mapping[str, float]
) -> list[tuple[str, list[dict[str, Any]]]]:
    wanted = [
        ("Where the model is wrong", Item.Stratum.MODEL_WRONG),
        ("Where the model is right", Item.Stratum.MODEL_RIGHT),
    ]
    asked = [item for item in items if not item.is_example]
    groups = [
        (heading, [item for item in asked if item.stratum == stratum])
        for heading, stratum in wanted
    ]
    groups.append(("Examples for the introduction", [item for item in items if item.is_example]))
    return [
        (
            heading,
            [
                {
                    "item": item,
                    "files": _files(item, kinds),
                    "legibility": legibility.get(item.name),
                }
                for item in members
            ],
        )
        for heading, members in groups
        if members
    ]


def _stratum_to_read(items: list[Item]) -> str:
    """Where the model is wrong, since there a picture shows what it took the image for."""
    wrong, right = Item.Stratum.MODEL_WRONG, Item.Stratum.MODEL_RIGHT
    return wrong if any(item.stratum == wrong for item in items) else right


def _files(item: Item, kinds: list[str]) -> list[tuple[str, str]]:
    files = {stimulus.kind: stimulus.file_names for stimulus in item.stimuli.all()}
    return [(kind, name) for kind in kinds for name in files.get(kind, [])]


def _entry(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the item's entry in the manifest; empty if there is none."""
    rows = [*manifest.get("items", []), *manifest.get("examples", [])]
    return next((row for row in rows if row["name"] == name), {})


def _neighbours(names: list[str], name: str) -> Neighbours:
    place = names.index(name)
    before = names[place - 1] if place else ""
    return Neighbours(before, names[place + 1] if place + 1 < len(names) else "")


def _numbers(manifest: dict[str, Any]) -> list[tuple[str, float]]:
    """Return the measures of parts without a table, as in sets of earlier versions."""
    parts = {name: manifest.get(name, {}).get("quality", {}) for name in TABLED_BY}
    return [
        (f"{part}: {name.replace('_', ' ')}", value)
        for part, measures in parts.items()
        if TABLED_BY[part] not in measures
        for name, value in measures.items()
        if isinstance(value, int | float)
    ]
