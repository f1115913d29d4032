"""A run of stages within a budget of seconds, whose figures are on disk after each."""

import json
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from pv_engine.data.atomic_files import write_atomically
from pv_engine.runtime.device import choose_device, describe_device

FIGURES = "figures.json"
Say = Callable[[str], None]


@dataclass
class Session:
    """Where everything lies, and how long it may take.

    `data` has pictures as `photographs.py` writes them, `work` what a second run goes on with,
    `out` what is to be kept. `tiny` makes every stage small, to rehearse the whole on a CPU.
    """

    data: Path
    work: Path
    out: Path
    budget: float
    tiny: bool = False
    say: Say = print
    device: torch.device = field(default_factory=choose_device)
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.budget

    @property
    def seconds_left(self) -> float:
        return max(0.0, self._end - time.monotonic())

    @property
    def figures(self) -> dict[str, Any]:
        """The figures so far, with those of earlier runs in the same work folder."""
        path = self.work / FIGURES
        found: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
        return found

    def keep(self, name: str, figures: dict[str, Any]) -> None:
        """Add the figures of a stage to those in both folders."""
        text = json.dumps({**self.figures, name: figures}, indent=1) + "\n"
        for folder in (self.work, self.out):
            write_atomically(folder / FIGURES, text.encode())


@dataclass(frozen=True)
class Stage:
    """One part of a run: `run(session, seconds)` returns its figures within about `seconds`.

    It gets `share` of the seconds that are left when it begins. A stage that says `is_done` in its
    figures is not run again.
    """

    name: str
    share: float
    run: Callable[[Session, float], dict[str, Any]]


def run_stages(session: Session, stages: Sequence[Stage]) -> bool:
    """Run the stages in order; return whether all are done.

    One that fails is noted with its error, and the next one runs: time on a GPU is scarce.
    """
    session.keep("machine", {"device": describe_device(session.device), "torch": torch.__version__})
    for stage in stages:
        before = session.figures.get(stage.name, {})
        if before.get("is_done"):
            continue
        if not session.seconds_left:
            session.say(f"{stage.name}: no time left")
            break
        began, seconds = time.monotonic(), stage.share * session.seconds_left
        session.say(f"{stage.name}: up to {seconds:.0f} s")
        try:
            found = stage.run(session, seconds)
        except Exception as error:  # noqa: BLE001 - the next stages are worth running
            traceback.print_exc()
            found = {"error": f"{type(error).__name__}: {error}"}
        taken = time.monotonic() - began
        done = {"is_done": "error" not in found, **found}
        session.keep(stage.name, {"seconds": round(taken, 1), **done})
        session.say(f"{stage.name}: {taken:.0f} s")
    return all(session.figures.get(stage.name, {}).get("is_done") for stage in stages)
