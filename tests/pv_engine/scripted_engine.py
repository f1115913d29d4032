"""An engine without torch, for the tests of everything around it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

RECIPE = """
name = "tiny"

[data]
kind = "scenes"
train = 8
held_out = 4
"""


@dataclass
class ScriptedStep:
    """What the engine answers after one segment."""

    phase: str = "decoder"
    done: int = 1
    total: int = 2
    permille: int = 500
    message: str = "Half of it"
    device: str = "CPU"
    stimulus_folder: Path | None = None
    images_per_second: float | None = None
    seconds_left: float | None = None
    curve: tuple[dict[str, float], ...] = ()


@dataclass
class ScriptedEngine:
    """Stands where the torch engine does: each segment takes the next step of the script.

    A step that is an exception is raised, one that is a function is called first.
    """

    script: list[ScriptedStep | Exception | Callable[[], ScriptedStep]]
    seconds: list[float] = field(default_factory=list)

    def shared_phase(self) -> None:
        """Nothing is shared: each segment is one worker's."""

    def advance(self, seconds: float) -> ScriptedStep:
        self.seconds.append(seconds)
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step() if callable(step) else step
