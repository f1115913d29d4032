"""Fits the baselines that a decoder is set against, chunk by chunk."""

from collections.abc import Sized
from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from pv_engine.data.atomic_files import write_atomically
from pv_engine.pipeline.workspace import Segment, Workspace
from pv_engine.quality.baselines import BaselineFit, LinearDecoder, drawn_side
from pv_engine.training.seeds import seeded

CHUNK = 64
# What the linear baseline's ridge is chosen from, and by how many validation pictures.
LAMBDAS = (0.001, 0.01, 0.1, 1.0)
VALIDATED = 128


def some(pictures: Sized, limit: int, seed: int) -> Tensor:
    """A seeded choice of `limit` numbers of the pictures in their order; all of them for 0."""
    order = torch.randperm(len(pictures), generator=seeded(seed, 5))
    return order[: limit or len(pictures)].sort().values


class Fitting:
    """The mean image and the linear decoder, from training pictures."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.folder = workspace.folder / "quality"
        self.pictures, _ = workspace.training()
        quality = workspace.recipe.quality
        self.numbers = some(self.pictures, quality.linear_pictures, workspace.recipe.seed)
        self.total = len(self.numbers)
        self.fit: BaselineFit | None = None

    @property
    def result(self) -> Path:
        return self.folder / "baselines.safetensors"

    @property
    def done(self) -> int:
        if self.result.is_file():
            return self.total
        return int(self.fit.done) if self.fit else 0

    def run(self, segment: Segment) -> None:
        if self.result.is_file():
            return
        self.fit = fit = self._resumed()
        while self.done < self.total and segment.goes_on():
            self._add_chunk(fit)
        if self.done < self.total:
            write_atomically(self._sums, save(stored(fit.state)))
            return
        linear, ridge = self._linear_decoder(fit)
        tensors = {"mean_image": fit.mean_image(), **linear.state_dict()}
        tensors["lambda"] = torch.tensor(ridge, dtype=torch.float64)
        write_atomically(self.result, save(stored(tensors)))
        self._sums.unlink(missing_ok=True)

    @property
    def _sums(self) -> Path:
        return self.folder / "sums.safetensors"

    def _new_fit(self) -> BaselineFit:
        recipe, device = self.workspace.recipe, self.workspace.device
        size = recipe.data.image_size
        shape = self.workspace.classifier.feature_shape(size)
        return BaselineFit(
            shape, size, recipe.quality.linear_size or drawn_side(shape, size), device
        )

    def _resumed(self) -> BaselineFit:
        fit = self._new_fit()
        if self._sums.is_file():
            stored = load_file(self._sums)
            for key, value in fit.state.items():
                value.copy_(stored[key])
        return fit

    @torch.no_grad()
    def _add_chunk(self, fit: BaselineFit) -> None:
        done = int(fit.done)
        images = self.pictures.batch(self.numbers[done : done + CHUNK])
        fit.add(images, self.workspace.classifier.encode(images))

    @torch.no_grad()
    def _linear_decoder(self, fit: BaselineFit) -> tuple[LinearDecoder, float]:
        """The linear decoder and its ridge: the recipe's, or the best on validation pictures."""
        given = self.workspace.recipe.quality.linear_lambda
        pictures, _ = self.workspace.validation()
        images = pictures.batch(some(pictures, VALIDATED, self.workspace.recipe.seed))
        features = torch.cat(
            [self.workspace.classifier.encode(each) for each in torch.split(images, CHUNK)]
        )
        tried = []
        for ridge in (given,) if given else LAMBDAS:
            decoder = fit.linear_decoder(ridge)
            error = float(((decoder(features) - images) ** 2).mean())
            tried.append((error, ridge, decoder))
        _, ridge, decoder = min(tried, key=lambda each: each[0])
        return decoder, ridge

    @property
    def chosen_lambda(self) -> float:
        """The ridge of the finished linear decoder."""
        return float(load_file(self.result)["lambda"])

    def baselines(self) -> tuple[Tensor, LinearDecoder]:
        """The finished mean image (1, 3, H, W) and linear decoder."""
        fit, device = self._new_fit(), self.workspace.device
        tensors = {key: value.to(device) for key, value in load_file(self.result).items()}
        mean_image = tensors.pop("mean_image")
        tensors.pop("lambda")
        linear = LinearDecoder(fit.channels, fit.patch, fit.size)
        linear.load_state_dict(tensors)
        return mean_image, linear.to(device).eval()


def stored(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors as a file holds them."""
    return {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
