"""Held-out pictures beside the items, chosen by the items' rules and drawn like them."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import nn

from pv_engine.data.atomic_files import write_atomically
from pv_engine.errors import SelectionError
from pv_engine.items.selection import MODEL_RIGHT, MODEL_WRONG, Pick, pick_items, strata_of
from pv_engine.pipeline.select import drawn_for_targets, overlaps_of, read_picks
from pv_engine.pipeline.workspace import PhaseProgress, Workspace
from pv_engine.training.validation_measures import predicted_sets

# Which held-out pictures are read: the first row and the step. Two halves let one choose
# parameters on other pictures than those that are reported.
ROWS = {"all": (0, 1), "even": (0, 2), "odd": (1, 2)}


def pick_further(
    workspace: Workspace, taken: Collection[Pick], most: int, rows: str = "all"
) -> list[Pick]:
    """Return up to `most` held-out pictures of each stratum, none of them `taken`.

    They have a map, and their options follow the items' rules.
    """
    recipe = workspace.recipe
    _, labels = workspace.held_out()
    logits = torch.from_numpy(np.load(workspace.folder / "select" / "logits.npy"))
    free = _drawable(workspace, len(logits), taken) & _among(len(logits), rows)
    overlaps = overlaps_of(workspace)
    predicted = predicted_sets(logits, recipe.classifier)
    strata = strata_of(predicted, labels.bool(), recipe.selection, overlaps)
    there = {name: int((rows & free).sum()) for name, rows in strata.items()}
    wanted = {name: min(most, count) for name, count in there.items()}
    if not sum(wanted.values()):
        return []
    selection = replace(
        recipe.selection,
        model_wrong=wanted[MODEL_WRONG],
        model_right=wanted[MODEL_RIGHT],
        examples=0,
    )
    seed = recipe.seed + 1
    return pick_items(logits, labels, free, recipe.classifier, selection, seed, overlaps)[0]


def _drawable(workspace: Workspace, count: int, taken: Collection[Pick]) -> np.ndarray:
    """Which held-out pictures have a map and are not taken, (count,)."""
    maps = workspace.held_out_maps(list(range(count)))
    free: np.ndarray = (maps.amax(dim=(1, 2)) > 0).cpu().numpy() & drawn_for_targets(workspace)
    free[[pick.row for pick in taken]] = False
    return free


def _among(count: int, rows: str) -> np.ndarray:
    first, step = ROWS[rows]
    chosen = np.zeros(count, dtype=bool)
    chosen[first::step] = True
    return chosen


class _Blank(nn.Module):
    """Draws nothing, (B, 3, 1, 1), at no cost: a decoder of full width takes half a second."""

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return features.new_zeros(len(features), 3, 1, 1)


@dataclass
class FurtherWorkspace(Workspace):
    """A build's workspace whose pictures to draw are further ones, in a folder of their own.

    Data, networks and bank are the build's.
    """

    most: int = 100
    rows: str = "all"

    @property
    def own_folder(self) -> Path:
        return self.folder / "reading" / f"{self.rows}-{self.most}"

    @property
    def picks_path(self) -> Path:
        return self.own_folder / "picks.json"

    @property
    def exemplars_path(self) -> Path:
        return self.own_folder / "exemplars" / "exemplars.json"

    @property
    def render_folder(self) -> Path:
        return self.own_folder / "render"

    @cached_property
    def decoder(self) -> nn.Module:
        """The finished decoder, or a blank where no condition shows what it draws."""
        return super().decoder if self.recipe.rendering.needs("decoder") else _Blank()


class FurtherPhase:
    """Picks the further pictures."""

    name = "select"

    def __init__(self, workspace: FurtherWorkspace) -> None:
        self.workspace = workspace

    @property
    def is_done(self) -> bool:
        return self.workspace.picks_path.is_file()

    def advance(self, seconds: float) -> PhaseProgress:
        """Pick all in one go; SelectionError where no held-out picture is left."""
        workspace = self.workspace
        stored = json.loads((workspace.folder / "select" / "picks.json").read_text())
        taken = read_picks(stored["items"] + stored["examples"])
        picks = pick_further(workspace, taken, workspace.most, workspace.rows)
        if not picks:
            raise SelectionError(
                "No held-out picture beside the items is model_wrong or model_right, so there is "
                "nothing to read; use more held-out pictures (data.held_out)."
            )
        content = {"items": [asdict(pick) for pick in picks], "examples": []}
        write_atomically(workspace.picks_path, json.dumps(content).encode())
        return PhaseProgress(len(picks), len(picks), f"{len(picks)} further pictures")
