"""Ridge regression from sums, so that rows can be added chunk by chunk."""

import torch
from torch import Tensor

from pv_engine.errors import EngineError

# Share of the inputs' mean square that their variance may have by rounding alone.
ROUNDING = 1e-12


class NormalEquations:
    """The sums of a least-squares regression from inputs (rows, d) to targets (rows, m).

    They take d * (d + m) numbers of 8 bytes, however many rows are added.
    """

    def __init__(self, inputs: int, targets: int, device: torch.device) -> None:
        def zeros(*shape: int) -> Tensor:
            return torch.zeros(shape, dtype=torch.float64, device=device)

        self.sums = {
            "rows": zeros(1),
            "x": zeros(inputs),
            "y": zeros(targets),
            "xx": zeros(inputs, inputs),
            "xy": zeros(inputs, targets),
        }

    def add(self, inputs: Tensor, targets: Tensor) -> None:
        """Add rows; they are summed in double precision."""
        x, y = inputs.double(), targets.double()
        self.sums["rows"] += len(x)
        self.sums["x"] += x.sum(dim=0)
        self.sums["y"] += y.sum(dim=0)
        self.sums["xx"].addmm_(x.T, x)
        self.sums["xy"].addmm_(x.T, y)

    def solve(self, ridge: float) -> tuple[Tensor, Tensor]:
        """Return weights (d, m) and intercept (m,) of the ridge regression, in double precision.

        They minimise mean ||y - W'x - b||² + ridge * v * ||W||², where v is the mean variance of
        the inputs, so that `ridge` does not depend on their scale; b is not penalised.

        Raises
        ------
        EngineError
            If the equations have no stable solution.
        """
        rows = self.sums["rows"]
        mean_x, mean_y = self.sums["x"] / rows, self.sums["y"] / rows
        covariance = self.sums["xx"] / rows - torch.outer(mean_x, mean_x)
        cross = self.sums["xy"] / rows - torch.outer(mean_x, mean_y)
        # Inputs that never vary have rounding errors there, or nothing at all.
        least = ROUNDING * self.sums["xx"].diagonal().mean() / rows
        variance = torch.maximum(covariance.diagonal().mean(), least)
        covariance.diagonal().add_(ridge * (variance if variance > 0 else 1.0))
        factor, failed = torch.linalg.cholesky_ex(covariance)
        if failed.item():
            raise EngineError(
                "The linear baseline's equations have no stable solution; "
                f"increase quality.linear_lambda, which is {ridge:g}."
            )
        weights = torch.cholesky_solve(cross, factor)
        return weights, mean_y - mean_x @ weights
