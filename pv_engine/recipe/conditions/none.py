"""`none`: the image alone, so that no picture is drawn for it."""

from pv_engine.registry import Condition

CONDITION = Condition(
    None,
    title="No explanation",
    introduction="You see the image alone; there is no second picture.",
)
