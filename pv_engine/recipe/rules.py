"""What the sections of a recipe share: a broken rule raises RecipeError with one sentence."""

from pv_engine.errors import RecipeError

# One number for every channel of a picture, or one each for red, green and blue.
PerChannel = float | tuple[float, float, float]


def require(holds: bool, sentence: str) -> None:
    if not holds:
        raise RecipeError(sentence)


def is_spread(value: PerChannel | None) -> bool:
    """Whether every channel can be divided by it; None stands for the network's own."""
    parts = value if isinstance(value, tuple) else (value,)
    return all(part is None or part > 0 for part in parts)
