"""Strided depthwise convolutions with a fast backward pass on CPUs.

oneDNN computes the gradient of a strided depthwise convolution 5 times (float32) to 30 times
(bfloat16) slower than that of an unstrided one. Convolving without stride and keeping every n-th
cell is the same function.
"""

from typing import TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

Network = TypeVar("Network", bound=nn.Module)


class SubsampledDepthwise(nn.Module):
    """Computes a strided depthwise convolution by subsampling an unstrided one."""

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        self.convolution = convolution

    def forward(self, maps: Tensor) -> Tensor:
        layer = self.convolution
        full = functional.conv2d(
            self._padded(maps), layer.weight, layer.bias, 1, 0, layer.dilation, layer.groups
        )
        kept = full[:, :, :: layer.stride[0], :: layer.stride[1]]
        return kept.contiguous(memory_format=torch.channels_last)

    def _padded(self, maps: Tensor) -> Tensor:
        layer = self.convolution
        if _pads_as_tensorflow(layer):
            from timm.layers.padding import pad_same

            kernel, stride, dilation = (list(each) for each in _geometry(layer))
            return cast(Tensor, pad_same(maps, kernel, stride, dilation))
        down, right = cast(tuple[int, int], layer.padding)
        return functional.pad(maps, (right, right, down, down))


def _geometry(layer: nn.Conv2d) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    return layer.kernel_size, layer.stride, layer.dilation


def _pads_as_tensorflow(layer: nn.Conv2d) -> bool:
    """Return whether this is timm's Conv2dSame, whose padding depends on the picture's size."""
    return type(layer).__name__ == "Conv2dSame"


def subsample_depthwise(network: Network) -> Network:
    """Replace, in place, all strided depthwise convolutions with zero padding."""
    for name, child in network.named_children():
        if isinstance(child, nn.Conv2d):
            if _is_strided_depthwise(child):
                setattr(network, name, SubsampledDepthwise(child))
        else:
            subsample_depthwise(child)
    return network


def _is_strided_depthwise(layer: nn.Conv2d) -> bool:
    return (
        (type(layer) is nn.Conv2d or _pads_as_tensorflow(layer))
        and layer.groups == layer.in_channels > 1
        and max(layer.stride) > 1
        and layer.padding_mode == "zeros"
        and not isinstance(layer.padding, str)
    )
