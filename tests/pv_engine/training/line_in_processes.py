"""torchrun line_in_processes.py OUT: each process trains the line and leaves its weights."""

import math
import sys
from pathlib import Path
from typing import Literal

import torch

from pv_engine.training.loop import Trainer
from pv_engine.training.schedule import Schedule
from pv_engine.training.team import ALONE, Team, leave, team_of_torchrun
from tests.pv_engine.training.line import Line


def trained(reduction: Literal["mean", "sum"], folder: Path, team: Team = ALONE) -> Trainer:
    """A finished training in float64, where rounding cannot hide a difference."""
    line = Line()
    line.reduction = reduction
    line.module.double()
    line.inputs = line.inputs.double()
    schedule = Schedule(40, 8, 6, 0.05, "cosine", seed=1)
    optimizer = torch.optim.Adam(line.module.parameters(), lr=0.05)
    trainer = Trainer(line, schedule, optimizer, folder, torch.device("cpu"), team)
    trainer.run(math.inf)
    return trainer


def main(out: Path) -> None:
    with team_of_torchrun() as team:
        for reduction in ("mean", "sum"):
            trainer = trained(reduction, out / reduction, team)
            kept = {"module": trainer.state.module, "history": trainer.state.history}
            torch.save(kept, out / f"{reduction}-{team.rank}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    leave(0)
