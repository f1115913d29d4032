import copy

import pytest
import torch
from timm.layers.conv2d_same import Conv2dSame
from torch import nn

from pv_engine.networks.layers.strided_depthwise import SubsampledDepthwise, subsample_depthwise


@pytest.mark.parametrize("size", [9, 12])
@pytest.mark.parametrize(
    "convolution",
    [
        nn.Conv2d(4, 4, 3, stride=2, padding=1, groups=4),
        nn.Conv2d(4, 4, 5, stride=(2, 3), padding=(2, 1), groups=4, bias=False),
        Conv2dSame(4, 4, 3, stride=2, groups=4, bias=False),
        Conv2dSame(4, 4, 5, stride=2, groups=4),
    ],
)
def test_output_and_gradient_are_those_of_the_strided_convolution(convolution, size):
    maps = torch.rand(2, 4, size, size, generator=torch.Generator().manual_seed(0))
    network = nn.Sequential(nn.Identity(), copy.deepcopy(convolution))
    expected, found = maps.clone().requires_grad_(), maps.clone().requires_grad_()
    before = network(expected)
    after = subsample_depthwise(network)(found)
    assert isinstance(network[1], SubsampledDepthwise)
    assert torch.allclose(after, before, atol=1e-6)
    before.square().sum().backward()
    after.square().sum().backward()
    assert torch.allclose(found.grad, expected.grad, atol=1e-5)


def test_other_convolutions_stay_as_they_are():
    network = nn.Sequential(
        nn.Conv2d(4, 4, 3, groups=4),
        nn.Conv2d(4, 8, 3, stride=2),
        nn.Conv2d(4, 4, 3, stride=2, groups=4, padding=1, padding_mode="reflect"),
        nn.Conv2d(1, 1, 3, stride=2),
    )
    kinds = [type(layer) for layer in network]
    assert [type(layer) for layer in subsample_depthwise(network)] == kinds
