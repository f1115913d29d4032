"""How a load is played."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LoadOptions:
    """Who comes, how fast, and how clumsily."""

    site: str
    """Address of the server, on this machine."""
    slug: str
    participants: int
    """How many come in all."""
    simultaneous: int
    """How many are there at a time; each who leaves makes room for the next."""
    seed: int
    think_seconds: float = 0.0
    """Mean pause before each form is sent, exponential."""
    arrivals_per_second: float = 0.0
    """How fast they come; 0 is all at once."""
    double_submits: float = 0.0
    """Share of forms that are sent twice at the same moment."""
    reloads: float = 0.0
    """Share of pages that are loaded once more before they are answered."""
    images: bool = True
    """Whether each image is fetched, once a participant, as a browser's memory has it."""
    only_arrive: bool = False
    """Whether they stop once they have a condition, before the first question."""
