"""The work folder of a build: what each phase leaves there for the next."""

import json
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from pv_engine.data.class_list import relabelled
from pv_engine.data.sources import SPLITS, ImageSource, open_source
from pv_engine.data.transform import Transform
from pv_engine.data.views import View
from pv_engine.errors import RecipeError
from pv_engine.networks.classifier import Classifier, build_classifier
from pv_engine.networks.decoders.autoencoder import Autoencoder, build_autoencoder
from pv_engine.networks.decoders.critic import WithCritic
from pv_engine.networks.families.known import preset_of
from pv_engine.networks.output_names import refuse_other_classes
from pv_engine.networks.weights.files import load_weights
from pv_engine.pipeline.decoders import new_decoder
from pv_engine.recipe.reading import Recipe
from pv_engine.recipe.resources import Resources
from pv_engine.runtime.device import MEMORY_FORMAT
from pv_engine.training.images import Pictures
from pv_engine.training.seeds import seeded
from pv_engine.training.team import ALONE, Team

Network = TypeVar("Network", bound=nn.Module)


# Pictures on which the classifier's parts are compared with its network.
COMPARED = 4


@dataclass(frozen=True)
class PhaseProgress:
    """How far a phase is, in its own unit, and a sentence about it.

    A training also says how fast it is, how long it will still take, and its curve so far: rows of
    `step`, loss terms and, after validations, measures.
    """

    done: int
    total: int
    message: str
    images_per_second: float | None = None
    seconds_left: float | None = None
    curve: tuple[dict[str, float], ...] = ()


class Phase(Protocol):
    """One stage of a build."""

    name: str

    @property
    def is_done(self) -> bool: ...

    def advance(self, seconds: float) -> PhaseProgress: ...


class Segment:
    """A bounded stretch of work: goes on once in any case, then until its seconds are over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._begun = False

    def goes_on(self) -> bool:
        first, self._begun = not self._begun, True
        return first or self.seconds_left > 0

    @property
    def seconds_left(self) -> float:
        """How long it still is; 0 when it is over."""
        return max(0.0, self._end - time.monotonic())


@dataclass
class Workspace:
    """Recipe, folder and device of one build, and access to what lies in the folder.

    `resources` limits what training may use; `team` are the processes that train together.
    """

    recipe: Recipe
    folder: Path
    device: torch.device
    resources: Resources = field(default_factory=Resources)
    team: Team = ALONE

    @cached_property
    def source(self) -> ImageSource:
        source = open_source(self.recipe)
        listed = self.recipe.data.classes
        return relabelled(source, self.recipe.path(listed)) if listed else source

    @cached_property
    def transform(self) -> Transform | None:
        """How photographs become squares; None for the source's own central square.

        RecipeError for a network of which none is known.
        """
        data = self.recipe.data
        if data.transform == "square":
            return None
        if data.transform == "squash":
            return Transform(data.image_size, data.image_size, mode="squash")
        own = preset_of(self.recipe.classifier).transform
        if own is None:
            raise RecipeError(
                f"data.transform is 'own', but {self.recipe.classifier.architecture} has none that "
                "Foresee can apply; leave it out."
            )
        return own.at(data.image_size)

    @cached_property
    def view(self) -> View:
        """The source's images as network and participants see them."""
        data = self.recipe.data
        return View(self.source, self.transform, data.detail, data.white)

    @cached_property
    def listed(self) -> dict[str, list[str]]:
        """The names of each split, listed once: a million files take half a minute."""
        if self.listed_path.is_file():
            stored: dict[str, list[str]] = json.loads(self.listed_path.read_text())
            return stored
        return {split: self.source.names(split) for split in SPLITS}

    @property
    def listed_path(self) -> Path:
        return self.folder / "data" / "listed.json"

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = json.loads(self.names_path.read_text())
        return names

    @property
    def names_path(self) -> Path:
        return self.folder / "data" / "names.json"

    @property
    def notes_path(self) -> Path:
        return self.folder / "data" / "notes.json"

    def notes(self) -> list[str]:
        """What people should know of the images; nothing from builds of earlier versions."""
        path = self.notes_path
        found: list[str] = json.loads(path.read_text()) if path.is_file() else []
        return found

    @property
    def classifier_path(self) -> Path:
        return self.folder / "classifier" / "classifier.safetensors"

    @property
    def decoder_path(self) -> Path:
        return self.folder / "decoder" / "decoder.safetensors"

    @property
    def autoencoder_path(self) -> Path:
        return self.folder / "autoencoder" / "autoencoder.safetensors"

    @property
    def picks_path(self) -> Path:
        return self.folder / "select" / "picks.json"

    @property
    def bank_folder(self) -> Path:
        """Where the exemplar bank is, which every choice of pictures shares."""
        return self.folder / "exemplars"

    @property
    def exemplars_path(self) -> Path:
        return self.folder / "exemplars" / "exemplars.json"

    @property
    def render_folder(self) -> Path:
        return self.folder / "render"

    @property
    def rendered_path(self) -> Path:
        return self.render_folder / "rendered.json"

    @property
    def pictures_path(self) -> Path:
        return self.render_folder / "images"

    def _load(self, split: str, array: str) -> np.ndarray:
        loaded: np.ndarray = np.load(self.folder / "data" / split / f"{array}.npy", mmap_mode="r")
        return loaded

    def _usable(self, split: str) -> np.ndarray:
        """Row numbers of the images that could be read."""
        return np.flatnonzero(self._load(split, "usable"))

    def _pictures(self, split: str, rows: np.ndarray) -> tuple[Pictures, Tensor]:
        labels = torch.from_numpy(self._load(split, "labels")[rows].astype(np.float32))
        return Pictures(self._load(split, "images"), rows, self.device), labels

    def training(self) -> tuple[Pictures, Tensor]:
        """Pictures and labels that weights are fitted to."""
        return self._pictures("train", self._train_rows[1])

    def validation(self) -> tuple[Pictures, Tensor]:
        """Pictures and labels that only choose the best weights."""
        return self._pictures("train", self._train_rows[0])

    def held_out(self) -> tuple[Pictures, Tensor]:
        """Pictures and labels that items are picked from; no choice of weights rests on them."""
        return self._pictures("held_out", self._usable("held_out"))

    def held_out_name(self, row: int) -> str:
        """The source image of a row of `held_out`."""
        return self._names["held_out"][int(self._usable("held_out")[row])]

    def training_name(self, number: int) -> str:
        """The source image of a number of `training`."""
        return self._names["train"][int(self._train_rows[1][number])]

    def left_out(self) -> dict[str, list[str]]:
        """The images of each split that could not be read, by name."""
        return {
            split: [names[row] for row in np.flatnonzero(~self._load(split, "usable"))]
            for split, names in self._names.items()
        }

    def held_out_maps(self, rows: list[int]) -> Tensor:
        """Small saliency maps, (rows, h, w), that the selection stored."""
        maps = np.load(self.folder / "select" / "maps.npy", mmap_mode="r")
        return torch.from_numpy(np.array(maps[rows])).to(self.device)

    @cached_property
    def _train_rows(self) -> tuple[np.ndarray, np.ndarray]:
        """(validation, training) rows by a seeded permutation."""
        rows = self._usable("train")
        order = torch.randperm(len(rows), generator=seeded(self.recipe.seed, 2)).numpy()
        count = max(1, round(len(rows) * self.recipe.data.validation_share))
        return np.sort(rows[order[:count]]), np.sort(rows[order[count:]])

    @property
    def num_classes(self) -> int | None:
        """How many classes the classifier must distinguish; None for as many as its weights do."""
        return len(self.source.classes)

    @property
    def output_names(self) -> tuple[str, ...]:
        """The names of the classifier's outputs; empty where they are not the data's classes."""
        return () if self.num_classes is None else self.source.classes

    def new_classifier(self) -> Classifier:
        """The recipe's network as training starts from it."""
        return self._placed(self._cut_classifier())

    def _cut_classifier(self) -> Classifier:
        """Cut, and compared with its network."""
        if self.num_classes is not None:
            refuse_other_classes(self.recipe, self.source.classes)
        return build_classifier(self.recipe, self.num_classes, self._compared())

    def _compared(self) -> Tensor:
        """The first training pictures, on which a classifier is compared with its network."""
        pictures, _ = self._pictures("train", self._usable("train")[:COMPARED])
        return pictures.batch(torch.arange(len(pictures))).cpu()

    def new_decoder(self, classifier: Classifier) -> nn.Module:
        """An untrained decoder for the classifier's features."""
        shape = classifier.feature_shape(self.recipe.data.image_size)
        return self._placed(self.untrained_decoder(shape))

    def untrained_decoder(self, shape: tuple[int, int, int]) -> nn.Module:
        """The recipe's decoder for features of this shape."""
        config, size = self.recipe.decoder, self.recipe.data.image_size
        decoder = new_decoder(config.profile, shape, size, config.width, self.recipe.seed)
        return WithCritic(decoder, self.recipe.seed) if config.adversarial_weight else decoder

    def new_autoencoder(self) -> Autoencoder:
        """An untrained reference autoencoder with the decoder's shape."""
        size = self.recipe.data.image_size
        width, seed = self.recipe.decoder.width, self.recipe.seed
        shape = self.classifier.feature_shape(size)
        return self._placed(build_autoencoder(shape, size, width, seed))

    @cached_property
    def exemplars(self) -> dict[str, Any]:
        """What the exemplar phase has found: the bank's size, and each item's exemplars."""
        found: dict[str, Any] = json.loads(self.exemplars_path.read_text())
        return found

    @cached_property
    def autoencoder(self) -> Autoencoder:
        """The finished reference autoencoder, in eval mode."""
        autoencoder = self.new_autoencoder()
        load_weights(autoencoder, self.autoencoder_path)
        return autoencoder.eval()

    @cached_property
    def classifier(self) -> Classifier:
        """The finished classifier, in eval mode, compared again with its network."""
        classifier = self._cut_classifier()
        load_weights(classifier, self.classifier_path)
        classifier.compare(self._compared(), self.recipe.classifier.architecture)
        return self._placed(classifier).eval()

    @cached_property
    def decoder(self) -> nn.Module:
        """The finished decoder, in eval mode."""
        decoder = self.new_decoder(self.classifier)
        load_weights(decoder, self.decoder_path)
        return decoder.eval()

    def _placed(self, network: Network) -> Network:
        placed: Network = network.to(device=self.device, memory_format=MEMORY_FORMAT)  # type: ignore[call-overload] # torch types no such pair
        return placed
