"""What a recipe may name: the project's own entries, and those of installed packages.

A package adds one by an entry point, which names an object such as a `SaliencyMethod`:

    [project.entry-points."foresee.saliency_methods"]
    mymethod = "my_package:METHOD"

Free of torch, Django and the rest of the engine, so that a package's module can import it at any
time.
"""

from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Literal, TypeVar

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class SaliencyMethod:
    """How a map follows from one pass of the network.

    Attributes
    ----------
    formula : str
        For `features` and `gradient`, a class of pytorch-grad-cam's kind (BaseCAM); for `head`, a
        function of (head, features, targets); for `network`, one of (whole, head, features,
        targets). Features are (B, C, h, w), targets (B,) class numbers, maps (B, h, w).
    reads : {"features", "gradient", "head", "network"}
        See READS in recipe/saliency.py.
    meaning : str
        One line for the reference page.
    source : str
        Address of the paper.
    gradient : str
        What takes the place of Grad-CAM's gradient: a function of (head, features, targets) to
        (B, C, h, w).
    """

    formula: str
    reads: Literal["features", "gradient", "head", "network"]
    meaning: str
    source: str
    gradient: str = "pv_engine.explain.head_gradients:feature_gradients"


@dataclass(frozen=True)
class DataSource:
    """Where images come from.

    Attributes
    ----------
    opens : str
        A function of the section [data], the folder of `data.root` and the seed to an ImageSource
        (data/sources.py).
    meaning : str
        One line for the reference page.
    title : str
        What the console calls it.
    needs_root : bool
        Whether `data.root` must be given.
    has_splits : bool
        Whether training and held-out images are found by `train_split` and `held_out_split`.
    """

    opens: str
    meaning: str
    title: str
    needs_root: bool = True
    has_splits: bool = True


def registry(group: str, own: dict[str, Entry]) -> dict[str, Entry]:
    """Return the project's entries by name, then those of the entry points of `group`.

    Raises
    ------
    TypeError
        For an entry point that takes a name of the project's, or that names another kind of object.
    """
    kind = type(next(iter(own.values())))
    found = dict(own)
    for point in sorted(entry_points(group=group), key=lambda each: each.name):
        entry = point.load()
        if point.name in found or not isinstance(entry, kind):
            wrong = "is taken" if point.name in found else f"is a {type(entry).__name__}"
            raise TypeError(
                f"The entry point {point.name} = {point.value} of {group} {wrong}; it must name a "
                f"{kind.__name__} under a name of its own."
            )
        found[point.name] = entry
    return found


def imported(named: str) -> Any:
    """Import what `<module>:<name>` names."""
    module, _, name = named.partition(":")
    return getattr(import_module(module), name)
