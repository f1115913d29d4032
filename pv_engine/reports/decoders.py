"""Compares the decoders of two finished builds and writes the results."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch

from pv_engine.data.atomic_files import write_atomically
from pv_engine.errors import RecipeError
from pv_engine.networks.weights.files import weights_sha256
from pv_engine.pipeline.workspace import Workspace
from pv_engine.reports.invariance import (
    Decoders,
    compare,
    comparison_sheet,
    comparison_table,
    summary,
)
from pv_engine.reports.quality_tables import MeasureTable
from pv_engine.reports.writing import write_sheet
from pv_engine.training.images import Pictures
from pv_engine.training.seeds import seeded

BATCH = 32


@dataclass(frozen=True)
class Comparison:
    """The results as a table, and the files with them."""

    table: MeasureTable
    files: tuple[Path, ...]


def compare_builds(first: Workspace, second: Workspace, out: Path, shown: int) -> Comparison:
    """Compare both decoders on the first build's held-out pictures, and show some on a sheet.

    Writes comparison.json, comparison.html and comparison.png. Raises RecipeError if the two
    explain different classifiers.
    """
    _refuse_other_classifier(first, second)
    decoders = Decoders(first.classifier, first.decoder, second.decoder)
    pictures, _ = first.held_out()
    names = _names(first, second)
    found = summary(compare(decoders, pictures, BATCH))
    numbers = _some(pictures, shown, first.recipe.seed)
    sheet = comparison_sheet(
        decoders,
        pictures.batch(numbers),
        [first.held_out_name(int(number)) for number in numbers],
        names,
        found,
    )
    content = {"first": _described(first), "second": _described(second), "measures": found}
    report = out / "comparison.json"
    write_atomically(report, json.dumps(content, indent=1).encode())
    return Comparison(
        comparison_table(found, names), (report, *write_sheet(sheet, out, "comparison"))
    )


def _some(pictures: Pictures, count: int, seed: int) -> torch.Tensor:
    order = torch.randperm(len(pictures), generator=seeded(seed, 7))
    return order[:count].sort().values


def _names(first: Workspace, second: Workspace) -> tuple[str, str]:
    if first.recipe.name != second.recipe.name:
        return first.recipe.name, second.recipe.name
    return f"{first.recipe.name} (first)", f"{second.recipe.name} (second)"


def _described(workspace: Workspace) -> dict[str, str]:
    return {
        "name": workspace.recipe.name,
        "recipe_sha256": workspace.recipe.sha256,
        "classifier_sha256": weights_sha256(workspace.classifier),
        "decoder_sha256": weights_sha256(workspace.decoder),
    }


def _refuse_other_classifier(first: Workspace, second: Workspace) -> None:
    if weights_sha256(first.classifier) != weights_sha256(second.classifier):
        raise RecipeError(
            f"{first.recipe.name} and {second.recipe.name} explain different classifiers; in the "
            f"second, set classifier.weights to {first.classifier_path} and classifier.train to "
            '"none", with the same architecture, width, mean and std.'
        )
