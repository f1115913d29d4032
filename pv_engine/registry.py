"""What a recipe may name: the project's own entries, and those of installed packages.

A package adds one by an entry point, which names an object such as a `SaliencyMethod`:

    [project.entry-points."foresee.saliency_methods"]
    mymethod = "my_package:METHOD"

Free of torch, Django and the rest of the engine, so that a package's module can import it at any
time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Literal, TypeVar

if TYPE_CHECKING:
    from torch import Tensor

    from pv_engine.explain.material import Material

Entry = TypeVar("Entry")
Need = Literal["decoder", "autoencoder", "exemplars"]


@dataclass(frozen=True)
class SaliencyMethod:
    """How a map follows from one pass of the network.

    Attributes
    ----------
    formula : str
        For `features` and `gradient`, a class of pytorch-grad-cam's kind (BaseCAM); for `head`, a
        function of (head, features, targets); for `network` and `attention`, one of (whole, head,
        features, targets). Features are (B, C, h, w), targets (B,) class numbers, maps (B, h, w).
    reads : {"features", "gradient", "head", "network", "attention"}
        See READS in recipe/registries/saliency.py.
    meaning : str
        One line for the reference page.
    source : str
        Address of the paper.
    gradient : str
        What takes the place of Grad-CAM's gradient: a function of (head, features, targets) to
        (B, C, h, w).
    """

    formula: str
    reads: Literal["features", "gradient", "head", "network", "attention"]
    meaning: str
    source: str
    gradient: str = "pv_engine.explain.head_gradients:feature_gradients"

    @property
    def is_class_agnostic(self) -> bool:
        """Whether the map is the same for every class."""
        return self.reads in ("features", "attention")


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


@dataclass(frozen=True)
class Condition:
    """What is shown beside the image.

    Attributes
    ----------
    draws : callable, optional
        A function of the Material (explain/material.py) to pictures (B, 3, s, s) in [0, 1]. Its
        module must not import torch: Material has what a drawing needs. None where the image stands
        alone, or where `made_by` draws.
    introduction : str
        Explains it to participants; empty where its author has to.
    needs : {"decoder", "autoencoder", "exemplars"}, optional
        What draws it beside the classifier.
    exemplars : int
        How many exemplars of an item it shows.
    by_class : bool
        Whether it is also drawn for the further classes of `rendering.targets`.
    title : str
        Its name for readers, as the report has it; empty where its name will do.
    made_by : str
        The command that draws it for items of its own; empty where a build draws it.
    """

    draws: "Callable[[Material], Tensor] | None"
    introduction: str = ""
    needs: Need | None = None
    exemplars: int = 0
    by_class: bool = False
    title: str = ""
    made_by: str = ""


@dataclass(frozen=True)
class DecoderProfile:
    """A network from features to pictures, and its training.

    Attributes
    ----------
    creates : str
        A function of the features' (C, h, w), the picture's side, the factor for the channels and
        the seed, to an untrained network: features (B, C, h, w) to pictures in [0, 1].
    meaning : str
        One line for the reference page.
    stages : tuple of (str, str)
        Each training: its phase, `layout` or `decoder`, and its class (pipeline/training/), made
        with the build's workspace. The last is `decoder`; a single one, by the paper's loss, by
        default.
    losses : tuple of str
        Which of the keys `prediction_weight`, `views`, `perceptual_weight` and `adversarial_weight`
        its training knows.
    """

    creates: str
    meaning: str
    stages: tuple[tuple[str, str], ...] = (
        ("decoder", "pv_engine.pipeline.training.decoder:DecoderTraining"),
    )
    losses: tuple[str, ...] = ()


@dataclass(frozen=True)
class NetworkFamily:
    """Networks that `classifier.architecture` names as `<family>:<name>`.

    Attributes
    ----------
    family : str
        A class of networks/families/family.py's kind, made without arguments.
    names : str
        What stands behind the colon.
    meaning : str
        One line for the reference page.
    tasks : tuple of str
        Which values of `classifier.task` its networks are for.
    texts : tuple of str
        Which of `classifier.prompts` and `classifier.answers` may name its networks' classes.
    """

    family: str
    names: str
    meaning: str
    tasks: tuple[str, ...] = ("multi_label", "single_label")
    texts: tuple[str, ...] = ()


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
