"""A small convolutional network for pictures of about 128 pixels, fast to train on a CPU."""

import itertools
import math

from torch import Tensor, nn

from pv_engine.networks.heads import PooledLinear

EXPANSION = 4


class SmallCnn(nn.Module):
    """Stages that halve the picture and double the channels, an expansion, and a linear head.

    Pictures (B, 3, H, W) to features (B, C, H / downsampling, W / downsampling), where C is
    EXPANSION times the channels of the last stage, width * 2 ** (stages - 1). Without `stages`, as
    many as `downsampling` takes; further ones keep the side. As in MobileNets, a 1 x 1 convolution
    widens the features before the pooling.
    """

    def __init__(
        self, num_classes: int, width: int = 32, downsampling: int = 16, stages: int = 0
    ) -> None:
        super().__init__()
        halvings = int(math.log2(downsampling))
        channels = [3, *(width * 2**stage for stage in range(stages or halvings))]
        features = EXPANSION * channels[-1]
        self.features = nn.Sequential(
            *(
                _stage(before, after, 2 if index < halvings else 1)
                for index, (before, after) in enumerate(itertools.pairwise(channels))
            ),
            nn.Conv2d(channels[-1], features, 1, bias=False),
            nn.BatchNorm2d(features),
            nn.ReLU(),
        )
        self.head = PooledLinear(nn.Linear(features, num_classes))

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(images))
        return logits


def _stage(before: int, after: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(),
        nn.Conv2d(after, after, 3, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(),
    )
