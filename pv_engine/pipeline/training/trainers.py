"""What the trainings have in common: their schedule, optimiser and kept features."""

from collections.abc import Callable

import torch
from torch import Tensor

from pv_engine.pipeline.workspace import Workspace
from pv_engine.training.compiling import Compiled
from pv_engine.training.features.kept import KeptFeatures, keep_features
from pv_engine.training.loop import Objective, Trainer
from pv_engine.training.schedule import Schedule


def kept_features(
    workspace: Workspace,
    name: str,
    encode: Callable[[Tensor], Tensor],
    batch_size: int,
    epochs: int,
    mirrored: bool,
) -> KeptFeatures | None:
    """A frozen encoder's features of the training pictures, if they are worth keeping."""
    pictures, _ = workspace.training()
    return keep_features(
        encode,
        pictures,
        min(batch_size, len(pictures)),
        epochs,
        mirrored,
        workspace.folder / name,
        workspace.resources.feature_cache_mib,
    )


def picture_trainer(workspace: Workspace, name: str, objective: Objective, rows: int) -> Trainer:
    """A trainer by the recipe's [decoder] section."""
    config = workspace.recipe.decoder
    schedule = Schedule(
        rows,
        min(config.batch_size, rows),
        config.epochs,
        config.learning_rate,
        config.schedule,
        workspace.recipe.seed + 1,
        config.patience,
    )
    learnt = [each for each in objective.module.parameters() if each.requires_grad]
    optimizer = torch.optim.Adam(learnt, lr=config.learning_rate, fused=fused(workspace))
    return new_trainer(workspace, name, objective, schedule, optimizer)


def new_trainer(
    workspace: Workspace,
    name: str,
    objective: Objective,
    schedule: Schedule,
    optimizer: torch.optim.Optimizer,
) -> Trainer:
    """A trainer in the phase's folder, its network compiled where that is asked for."""
    trainer = Trainer(
        objective, schedule, optimizer, workspace.folder / name, workspace.device, workspace.team
    )
    if workspace.resources.compile_networks:
        objective.learner = Compiled(objective.learner, name)
    return trainer


def fused(workspace: Workspace) -> bool | None:
    """One kernel for all weights on CUDA; elsewhere torch's default, whose bits are known."""
    return True if workspace.device.type == "cuda" else None
