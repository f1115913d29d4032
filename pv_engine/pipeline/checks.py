"""Checks of a build before it begins: whatever would stop it later and can be known now."""

import shutil
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pv_engine.data.masks import IGNORED, true_mask
from pv_engine.data.sources import SPLITS, notes_of
from pv_engine.errors import EngineError, ImageDataError, RecipeError, SelectionError
from pv_engine.explain.gradient_free import WholePass
from pv_engine.explain.saliency import saliency_maps
from pv_engine.networks.classifier import Classifier, build_classifier
from pv_engine.networks.families.family import UNKNOWN
from pv_engine.networks.families.known import preset_of
from pv_engine.networks.heads import PooledLinear
from pv_engine.networks.output_names import notes_on_outputs, refuse_other_classes
from pv_engine.pipeline.work_folder import refuse_negative_seed
from pv_engine.pipeline.workspace import COMPARED, Workspace
from pv_engine.quality.baselines import check_drawn
from pv_engine.quality.reader import build_reader
from pv_engine.recipe import SALIENCY
from pv_engine.recipe.targets import named_classes

# Batch normalisation needs two pictures.
LEAST_TRAINED_ON = 2
# With fewer, a map is one colour or two.
FEWEST_CELLS = 4
GIB = 2**30
# Of the classes, in a message.
MOST_NAMED = 20


class Checks:
    """Everything that can be checked before the first picture is read and the first step taken."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.recipe = workspace.recipe
        self.problems: list[EngineError] = []

    def run(self) -> list[str]:
        """Return notes for the user.

        Raises the EngineError that was found, or RecipeError with several, one in each line.
        """
        self._passes(lambda: refuse_negative_seed(self.recipe))
        opens = self._passes(lambda: self.workspace.source)
        if opens:
            self._passes(self._pictures)
            self._passes(self._classes)
            self._passes(self._targets)
            self._passes(self._trained_on)
            self._passes(self._picked_from)
            self._passes(self._disk)
        self._passes(lambda: self.workspace.transform)
        if not self.problems and self._passes(lambda: self.classifier):
            self._passes(self._decoder)
            self._passes(self._attention)
            self._passes(self._quality)
            self._passes(self._exemplars)
        if self.recipe.quality.reader:
            self._passes(lambda: build_reader(self.recipe, torch.device("cpu")))
        sentences = dict.fromkeys(map(str, self.problems))
        if self.problems:
            raise self.problems[0] if len(sentences) == 1 else RecipeError("\n".join(sentences))
        return list(self._notes())

    def _passes(self, check: Callable[[], object]) -> bool:
        try:
            check()
        except EngineError as error:
            self.problems.append(error)
            return False
        return True

    def _pictures(self) -> None:
        """The first picture of each split can be read and has labels that the source knows."""
        for split in SPLITS:
            self._first(split)
        if self.recipe.data.masks:
            self._masks()

    def _masks(self) -> None:
        """The first mask fits its picture, and some mask has a class."""
        size, names = self.recipe.data.image_size, self.workspace.listed["held_out"]
        values: set[int] = set()
        for name in names:
            try:
                values |= set(np.unique(true_mask(self.workspace.source, name, size)).tolist())
            except ImageDataError:
                if self.recipe.data.on_bad_image == "stop":
                    raise
            if values - {0, IGNORED}:
                return
        if not values:
            raise ImageDataError(f"None of the {len(names)} held-out masks can be read.")
        said = " and ".join(map(str, sorted(values)))
        raise ImageDataError(
            f"The {len(names)} held-out masks have no class, only {said}: a mask's values are the "
            f"numbers of classes from 1, 0 is no class and {IGNORED} does not count; if the masks "
            f"are black and white, name the class of {IGNORED} in the column `label` of "
            'classes.csv, under data.kind = "mask_folder", or renumber them.'
        )

    def _first(self, split: str) -> np.ndarray:
        names, size = self.workspace.listed[split], self.recipe.data.image_size
        found = []
        for name in names:
            try:
                found.append(np.asarray(self.workspace.view.load(name, size)))
                self.workspace.source.labels(name)
            except EngineError:
                if self.recipe.data.on_bad_image == "stop":
                    raise
            if len(found) == COMPARED:
                break
        if not found:
            raise ImageDataError(f"None of the {len(names)} images of {split} can be read.")
        return np.stack(found)

    def _classes(self) -> None:
        options, classes = self.recipe.selection.options, len(self.workspace.source.classes)
        if options > classes:
            raise RecipeError(
                f"selection.options is {options}, but there are only {classes} classes; ask for "
                "fewer options."
            )

    def _targets(self) -> None:
        classes = self.workspace.source.classes
        for name in named_classes(self.recipe.rendering.targets):
            if name not in classes:
                raise RecipeError(
                    f"rendering.targets names the class {name!r}, which the data does not have; "
                    f"it has {', '.join(classes[:MOST_NAMED])}"
                    f"{' and others' * (len(classes) > MOST_NAMED)}."
                )

    def _trained_on(self) -> None:
        count, share = len(self.workspace.listed["train"]), self.recipe.data.validation_share
        validation = max(1, round(count * share))
        if count - validation < LEAST_TRAINED_ON:
            raise ImageDataError(
                f"Of the {count} training images, {validation} are for validation "
                f"(data.validation_share), so {count - validation} are left to train on; at least "
                f"{LEAST_TRAINED_ON} are needed."
            )

    def _picked_from(self) -> None:
        picks, count = self.recipe.selection, len(self.workspace.listed["held_out"])
        wanted = picks.model_wrong + picks.model_right + picks.examples
        if picks.on_shortage == "stop" and count < wanted:
            raise SelectionError(
                f"There are {count} held-out images, but selection asks for {wanted} items and "
                "examples; use more held-out images, ask for fewer, or set "
                'selection.on_shortage = "fewer".'
            )

    def _disk(self) -> None:
        """The tables of pictures fit on the disk; features are kept only where there is room."""
        side = self.recipe.data.image_size
        pictures = sum(len(self.workspace.listed[split]) for split in SPLITS)
        place = _existing(self.workspace.folder)
        needed, free = pictures * 3 * side * side, shutil.disk_usage(place).free
        if needed > free:
            raise RecipeError(
                f"The pictures need {needed / GIB:.1f} GiB, but {free / GIB:.1f} GiB are free at "
                f"{place}; free some space, or use fewer or smaller pictures."
            )

    @cached_property
    def classifier(self) -> Classifier:
        """The network, cut and compared with itself on the first training pictures."""
        pictures = torch.from_numpy(self._first("train")).permute(0, 3, 1, 2).float() / 255
        classes = self.workspace.num_classes
        if classes is not None:
            refuse_other_classes(self.recipe, self.workspace.source.classes)
        return build_classifier(self.recipe, classes, pictures).eval()

    @cached_property
    def _shape(self) -> tuple[int, int, int]:
        return self.classifier.feature_shape(self.recipe.data.image_size)

    def _decoder(self) -> None:
        """The decoder gives a picture of the right size; tried on no device, at no cost."""
        size, decoder = self.recipe.data.image_size, self.recipe.decoder
        shape = self._shape  # found on the classifier's own device
        with torch.device("meta"):
            network = self.workspace.untrained_decoder(shape).eval()
            drawn: Tensor = network(torch.zeros(1, *shape))
        if drawn.shape != (1, 3, size, size):
            raise RecipeError(
                f"The decoder of profile {decoder.profile!r} draws {tuple(drawn.shape[2:])} pixels "
                f"where data.image_size is {size}; choose another profile or size."
            )
        if decoder.prediction_weight and self.classifier.beside:
            raise RecipeError(
                "decoder.prediction_weight is above 0, but the network decides by prefix tokens, "
                "too, which stored features lack; set it to 0."
            )

    def _attention(self) -> None:
        """A method that reads attention finds some, in a network that not every one is."""
        method, size = self.recipe.rendering.saliency, self.recipe.data.image_size
        if SALIENCY[method].reads != "attention":
            return
        blank = torch.full((1, 3, size, size), 0.5)
        with torch.no_grad():
            features, head = self.classifier.seen(blank)
        whole = WholePass(self.classifier, blank)
        saliency_maps(method, head, features, torch.tensor([0]), size, whole=whole)

    def _quality(self) -> None:
        check_drawn(self._shape, self.recipe.data.image_size, self.recipe.quality.linear_size)

    def _exemplars(self) -> None:
        exemplar, picks = self.recipe.exemplar, self.recipe.selection
        if exemplar is None:
            return
        if exemplar.head_share and not isinstance(self.classifier.head, PooledLinear):
            raise RecipeError(
                "exemplar.head_share is above 0, but the network's head is not average pooling and "
                "one linear layer, so it says nothing of single cells; set exemplar.head_share = 0."
            )
        items = picks.model_wrong + picks.model_right + picks.examples
        needed = exemplar.neighbours + (items if exemplar.unique else 0)
        there = len(self.workspace.listed["train"])
        if min(exemplar.bank or there, there) < needed:
            raise ImageDataError(
                f"The exemplar bank has at most {min(exemplar.bank or there, there)} training "
                f"pictures, but {needed} are needed for exemplar.neighbours and, with "
                "exemplar.unique, one for each item; raise exemplar.bank or lower "
                "exemplar.neighbours."
            )

    def _notes(self) -> Iterator[str]:
        yield from notes_of(self.workspace.source)
        if self.workspace.num_classes is not None:
            yield from notes_on_outputs(self.recipe, self.workspace.source.classes)
        data, classifier = self.recipe.data, self.recipe.classifier
        preset = preset_of(classifier)
        own = preset.transform
        if classifier.weights and classifier.mean is None and preset.mean == UNKNOWN.mean:
            yield (
                f"Nothing says how the pictures of {classifier.architecture} are normalised, so "
                f"mean and standard deviation are {UNKNOWN.mean}; set classifier.mean and "
                "classifier.std if its weights were trained with others."
            )
        # Masks are those of the central square.
        if data.transform == "square" and not data.masks and classifier.weights and own is not None:
            yield (
                f"The weights of {classifier.architecture} were evaluated on pictures resized to "
                f"{own.resize} and cropped to {own.crop} pixels ({own.interpolation}, {own.mode}); "
                'data.transform = "own" shows them so.'
            )
        if own is not None and classifier.weights and own.crop != data.image_size:
            yield (
                f"The weights of {classifier.architecture} were evaluated at {own.crop} pixels, "
                f"but data.image_size is {data.image_size}."
            )
        rows, columns = self._shape[1:]
        if rows * columns < FEWEST_CELLS:
            yield (
                f"The last features of {classifier.architecture} have {rows} x {columns} cells for "
                f"pictures of {data.image_size} pixels, so a map hardly says where the model "
                "looked; use larger pictures."
            )
        if self.classifier.beside:
            yield (
                f"{classifier.architecture} decides by {self.classifier.beside}, too: a part of "
                "the answer that no map shows."
            )


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())
