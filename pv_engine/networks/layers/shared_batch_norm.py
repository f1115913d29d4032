"""Batch normalisation over the batches of several processes.

torch's SyncBatchNorm does not support CPUs. This one does the same there, so that training in
several processes can be compared with a single process without a GPU.
"""

from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.nn.modules.batchnorm import _BatchNorm


class _Sum(torch.autograd.Function):
    """The sum of a tensor over all processes; its gradient is summed, too."""

    @staticmethod
    def forward(_context: Any, values: Tensor) -> Tensor:
        total = values.clone()
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(_context: Any, gradient: Tensor) -> Tensor:
        total = gradient.clone()
        distributed.all_reduce(total)
        return total


def _summed(values: Tensor) -> Tensor:
    total: Tensor = _Sum.apply(values)  # type: ignore[no-untyped-call] # torch leaves it untyped
    return total


class SharedBatchNorm(_BatchNorm):
    """Normalises (B, C, ...) by mean and variance over all processes, which have equal batch sizes.

    In eval mode, it is the batch norm that it replaces.
    """

    def _check_input_dim(self, _values: Tensor) -> None:
        """Accept any number of dimensions after the channels."""

    def forward(self, values: Tensor) -> Tensor:
        if not self.training:
            return super().forward(values)
        processes = distributed.get_world_size()
        dims = [0, *range(2, values.dim())]
        mean = _summed(values.mean(dim=dims)) / processes
        centred = values - _along_channels(mean, values)
        variance = _summed((centred**2).mean(dim=dims)) / processes
        self._remember(mean.detach(), variance.detach(), values.numel() // len(mean) * processes)
        normal = centred * torch.rsqrt(_along_channels(variance, values) + self.eps)
        weight, bias = _along_channels(self.weight, values), _along_channels(self.bias, values)
        return normal * weight + bias

    def _remember(self, mean: Tensor, variance: Tensor, count: int) -> None:
        """Update the running statistics as nn.BatchNorm2d does, with the unbiased variance."""
        if self.running_mean is None or self.running_var is None:
            return
        momentum = 0.1 if self.momentum is None else self.momentum
        self.running_mean.lerp_(mean, momentum)
        self.running_var.lerp_(variance * count / max(1, count - 1), momentum)
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)


def _along_channels(values: Tensor, like: Tensor) -> Tensor:
    return values.reshape(1, -1, *([1] * (like.dim() - 2)))


def share_batch_norms(module: nn.Module, device: torch.device) -> nn.Module:
    """Replace every batch norm in the module; parameters, buffers and their names do not change."""
    if device.type == "cuda":
        converted: nn.Module = nn.SyncBatchNorm.convert_sync_batchnorm(module)  # type: ignore[no-untyped-call] # torch leaves it untyped
        return converted
    for name, child in module.named_children():
        if isinstance(child, _BatchNorm) and child.affine:
            setattr(module, name, _shared(child))
        else:
            share_batch_norms(child, device)
    return module


def _shared(norm: _BatchNorm) -> SharedBatchNorm:
    shared = SharedBatchNorm(norm.num_features, norm.eps, norm.momentum)
    shared.weight, shared.bias = norm.weight, norm.bias
    shared.running_mean, shared.running_var = norm.running_mean, norm.running_var
    shared.num_batches_tracked = norm.num_batches_tracked
    return shared.train(norm.training)
