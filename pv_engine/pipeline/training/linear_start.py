"""Fits the linear decoder that a residual one starts from, in segments that resume."""

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save

from pv_engine.data.atomic_files import write_atomically
from pv_engine.networks.weights.files import save_weights
from pv_engine.pipeline.quality.baselines import stored
from pv_engine.pipeline.workspace import Workspace
from pv_engine.quality.baselines import BaselineFit


class LinearStart:
    """The weights of the linear start, in `start.safetensors` of the decoder's folder.

    `new_fit` creates what is fitted, to at most `limit` pictures; 0 for all of them.
    """

    def __init__(
        self, workspace: Workspace, new_fit: Callable[[Workspace], BaselineFit], limit: int = 0
    ) -> None:
        self.workspace = workspace
        self.new_fit = new_fit
        self.folder = workspace.folder / "decoder"
        self.pictures, _ = workspace.training()
        self.total = min(len(self.pictures), limit or len(self.pictures))
        self.fit: BaselineFit | None = None

    def __str__(self) -> str:
        return f"Linear start from {self.done} of {self.total} pictures"

    @property
    def path(self) -> Path:
        return self.folder / "start.safetensors"

    @property
    def is_complete(self) -> bool:
        return self.path.is_file()

    @property
    def done(self) -> int:
        return int(self.fit.done) if self.fit else 0

    def fill(self, goes_on: Callable[[], bool]) -> None:
        """Take in further pictures while `goes_on()`; what was summed is on disk afterwards."""
        if self.is_complete:
            return
        self.fit = fit = self.fit or self._resumed()
        while self.done < self.total and goes_on():
            self._add(fit)
        if self.done < self.total:
            write_atomically(self._sums, save(stored(fit.state)))
            return
        save_weights(fit.linear_decoder(self.workspace.recipe.decoder.ridge), self.path)
        self._sums.unlink(missing_ok=True)

    @property
    def _sums(self) -> Path:
        return self.folder / "start-sums.safetensors"

    def _resumed(self) -> BaselineFit:
        fit = self.new_fit(self.workspace)
        if self._sums.is_file():
            sums = load_file(self._sums)
            for key, value in fit.state.items():
                value.copy_(sums[key])
        return fit

    @torch.no_grad()
    def _add(self, fit: BaselineFit) -> None:
        done = self.done
        size = self.workspace.recipe.decoder.batch_size
        numbers = torch.arange(done, min(self.total, done + size))
        images = self.pictures.batch(numbers)
        fit.add(images, self.workspace.classifier.encode(images))
