"""The contact sheet of a stimulus folder: every item in every condition."""

from pathlib import Path
from typing import Any

from pv_engine.reports.quality_tables import quality_tables
from pv_engine.reports.sheet import Card, Sheet, SheetSection, Shown, open_picture
from pv_engine.stimulus_sets.manifest import ORIGINAL, STRATA, files_of, read_manifest

HEADINGS = {"model_wrong": "The model is wrong", "model_right": "The model is right"}


def contact_sheet(folder: Path) -> Sheet:
    """Return the items by stratum, the examples, and the set's quality measures.

    It shows the answers, so it is for researchers only. Raises ImageDataError if the folder is
    not a stimulus folder or lacks a picture.
    """
    manifest = read_manifest(folder)
    sections = [
        SheetSection(HEADINGS[stratum], _cards(folder, manifest, _of_stratum(manifest, stratum)))
        for stratum in STRATA
    ]
    sections.append(SheetSection("Examples", _cards(folder, manifest, manifest["examples"])))
    classifier = manifest.get("classifier", {}).get("architecture", "")
    return Sheet(
        title=f"Stimulus set {manifest['name']}",
        about=(
            f"{len(manifest['items'])} items of {len(manifest['classes'])} classes; "
            f"classifier {classifier or 'unknown'}; "
            f"content {manifest['content_sha256'][:16]}. For researchers only. "
            f"{manifest.get('exemplars', {}).get('note', '')}".rstrip()
        ),
        sections=tuple(section for section in sections if section.cards),
        tables=tuple(quality_tables(manifest)),
    )


def _of_stratum(manifest: dict[str, Any], stratum: str) -> list[dict[str, Any]]:
    return [item for item in manifest["items"] if item["stratum"] == stratum]


def _cards(folder: Path, manifest: dict[str, Any], items: list[dict[str, Any]]) -> tuple[Card, ...]:
    kinds = [ORIGINAL, *manifest["conditions"]]
    return tuple(_card(folder, item, kinds) for item in items)


def _card(folder: Path, item: dict[str, Any], kinds: list[str]) -> Card:
    pictures = [
        Shown(kind, open_picture(folder / "images" / name))
        for kind in kinds
        if kind in item["images"]
        for name in files_of(item, kind)
    ]
    others = [option for option in item["options"] if option != item["prediction"]]
    return Card(
        name=item["name"],
        pictures=tuple(pictures),
        lines=(
            ("The model says", item["prediction"]),
            ("In the image", ", ".join(item["true_labels"])),
            ("Other options", ", ".join(others)),
        ),
    )
