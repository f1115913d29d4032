"""A decoder in two stages: a small layout of colours, then details and texture on top of it.

The paper's decoder spends most of its time on transposed convolutions of large pictures and learns
colours and details from one loss. Here, the layout is learnt separately at a small size, where a
step is cheap; only thin convolutions process the large picture.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.errors import RecipeError
from pv_engine.networks.decoders.paper import LEAKY_SLOPE, doublings, resized
from pv_engine.networks.decoders.texture import TEXTURE_WIDTH, Texture

# Pixels of the layout along each side of a cell of the feature map.
LAYOUT_PATCH = 4
LAYOUT_WIDTH = 256
LAYOUT_BLOCKS = 4
# Share of the features dropped at random in the training of the layout.
FEATURE_DROPOUT = 0.3
DROPOUT = 0.2
# Initial scale of a mixing block's contribution.
BRANCH_SCALE = 0.3
# Channels after each doubling by convolution; more doublings repeat the first.
DETAIL_WIDTHS = (128, 64, 32)
# The last two doublings are a pixel shuffle and an enlargement: no convolution runs at full size.
# The texture adds finer patterns.
PLAIN_DOUBLINGS = 2
# Keeps pictures away from 0 and 1, where the logit is infinite.
MARGIN = 0.02


class CellMixer(nn.Module):
    """Mixes the cells of each channel, then the channels of each cell; (B, cells, width).

    The block of MLP-Mixer (Tolstikhin et al., 2021), https://arxiv.org/abs/2105.01601.
    """

    def __init__(self, cells: int, width: int) -> None:
        super().__init__()
        self.cell_norm, self.cells = nn.LayerNorm(width), _two_layers(cells)
        self.channel_norm, self.channels = nn.LayerNorm(width), _two_layers(width)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, tokens: Tensor) -> Tensor:
        mixed = self.cells(self.cell_norm(tokens).transpose(1, 2)).transpose(1, 2)
        tokens = tokens + self.dropout(mixed)
        tokens = tokens + self.dropout(self.channels(self.channel_norm(tokens)))
        return tokens


def _two_layers(width: int) -> nn.Sequential:
    last = nn.Linear(2 * width, width)
    with torch.no_grad():
        last.weight.mul_(BRANCH_SCALE)
        last.bias.zero_()
    return nn.Sequential(nn.Linear(width, 2 * width), nn.ReLU(), last)


class ColourLayout(nn.Module):
    """Features (B, C, h, h) to a small picture of LAYOUT_PATCH pixels per cell, not yet clamped.

    Training starts from the mean picture, `mean` (1, 3, LAYOUT_PATCH h, LAYOUT_PATCH h).
    """

    mean: Tensor

    def __init__(self, channels: int, side: int, width: int) -> None:
        super().__init__()
        self.side = side
        self.features = nn.Dropout(FEATURE_DROPOUT)
        self.to_width = nn.Linear(channels, width)
        self.position = nn.Parameter(torch.zeros(1, side * side, width))
        self.blocks = nn.Sequential(*(CellMixer(side * side, width) for _ in range(LAYOUT_BLOCKS)))
        self.norm = nn.LayerNorm(width)
        self.to_patch = nn.Linear(width, 3 * LAYOUT_PATCH**2)
        nn.init.zeros_(self.to_patch.weight)
        nn.init.zeros_(self.to_patch.bias)
        drawn = side * LAYOUT_PATCH
        self.register_buffer("mean", torch.full((1, 3, drawn, drawn), 0.5))

    def mixed(self, features: Tensor) -> Tensor:
        """Return the mixed features, (B, width, h, h)."""
        tokens = self.to_width(self.features(features.flatten(2).transpose(1, 2)))
        return self._maps(self.norm(self.blocks(tokens + self.position)))

    def draw(self, mixed: Tensor) -> Tensor:
        """Return the layout of mixed features, smoothed across the seams of the patches."""
        patches = self._maps(self.to_patch(mixed.flatten(2).transpose(1, 2)))
        return self.mean + _smoothed(functional.pixel_shuffle(patches, LAYOUT_PATCH))

    def forward(self, features: Tensor) -> Tensor:
        return self.draw(self.mixed(features))

    def _maps(self, tokens: Tensor) -> Tensor:
        count, _, width = tokens.shape
        return tokens.transpose(1, 2).reshape(count, width, self.side, self.side)


class Doubling(nn.Module):
    """Changes the channels, doubles the side bilinearly, and adds a 3 x 3 convolution."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.to_width = nn.Conv2d(channels, width, 1)
        self.norm = nn.GroupNorm(1, width)
        self.convolution = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, maps: Tensor) -> Tensor:
        maps = functional.interpolate(
            self.to_width(maps), scale_factor=2, mode="bilinear", align_corners=False
        )
        branch: Tensor = self.convolution(self.norm(maps))
        return functional.leaky_relu(maps + branch, LEAKY_SLOPE)


class Details(nn.Module):
    """Features (B, C, h, h) and mixed features to a correction of logits, (B, 3, size, size).

    Doublings with convolutions, a pixel shuffle whose seams a [1 2 1] / 4 filter smooths, then a
    bilinear enlargement. The last layer is initialised to zero.
    """

    def __init__(self, channels: int, mixed: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.of_features = nn.Conv2d(channels, widths[0], 1)
        self.of_mixed = nn.Conv2d(mixed, widths[0], 1)
        self.doublings = nn.Sequential(*map(Doubling, (widths[0], *widths[:-1]), widths))
        self.to_picture = nn.Conv2d(widths[-1], 3 * 4, 3, padding=1)
        nn.init.zeros_(self.to_picture.weight)
        nn.init.zeros_(self.to_picture.bias)  # type: ignore[arg-type] # made with a bias

    def forward(self, features: Tensor, mixed: Tensor) -> Tensor:
        maps = functional.leaky_relu(self.of_features(features) + self.of_mixed(mixed), LEAKY_SLOPE)
        drawn = functional.pixel_shuffle(self.to_picture(self.doublings(maps)), 2)
        return functional.interpolate(
            _smoothed(drawn), scale_factor=2, mode="bilinear", align_corners=False
        )


class UpsamplingDecoder(nn.Module):
    """sigmoid(logit(enlarged layout) + details + texture), (B, C, h, h) to (B, 3, size, size).

    Pictures are in [0, 1]. The layout is trained earlier and frozen here.
    """

    def __init__(self, layout: ColourLayout, details: Details, texture: Texture, size: int) -> None:
        super().__init__()
        self.layout = layout.requires_grad_(False)
        self.details = details
        self.texture = texture
        self.size = size

    def train(self, mode: bool = True) -> "UpsamplingDecoder":
        """Set the mode, but keep the frozen layout in eval mode."""
        super().train(mode)
        self.layout.eval()
        return self

    def forward(self, features: Tensor) -> Tensor:
        with torch.no_grad():
            mixed = self.layout.mixed(features)
            layout = enlarged(self.layout.draw(mixed).float(), self.size)
            start = torch.logit(layout.clamp(MARGIN, 1 - MARGIN))
        drawn = self.details(features, mixed).float() + self.texture(features, mixed).float()
        return torch.sigmoid(start + resized(drawn, self.size))


def enlarged(layout: Tensor, size: int) -> Tensor:
    """Resize a layout (B, 3, s, s) to (B, 3, size, size), bicubic."""
    return functional.interpolate(layout, (size, size), mode="bicubic", align_corners=False)


def _smoothed(pictures: Tensor) -> Tensor:
    """Apply [1 2 1] / 4 along both axes, as two means of neighbours, repeating the border."""
    padded = functional.pad(pictures, (1, 1, 1, 1), mode="replicate")
    return functional.avg_pool2d(functional.avg_pool2d(padded, 2, stride=1), 2, stride=1)


def build_layout(
    feature_shape: tuple[int, int, int], image_size: int, width: float, seed: int
) -> ColourLayout:
    """Create an untrained layout; `width` multiplies its channels.

    Raises
    ------
    RecipeError
        As in `build_upsampling_decoder`.
    """
    channels, side, breadth = feature_shape
    if side != breadth:
        raise RecipeError(
            f"decoder.profile is 'upsampling', but the feature map has {side} x {breadth} cells; "
            'it draws square maps, so choose decoder.profile = "paper".'
        )
    torch.manual_seed(seed)
    return ColourLayout(channels, side, max(8, round(width * LAYOUT_WIDTH)))


def build_upsampling_decoder(
    feature_shape: tuple[int, int, int], image_size: int, width: float, seed: int
) -> UpsamplingDecoder:
    """Create an untrained decoder from features (C, h, h) to a picture of `image_size` pixels.

    Raises
    ------
    RecipeError
        For a feature map that is not square.
    """
    layout = build_layout(feature_shape, image_size, width, seed)
    total = doublings(feature_shape, image_size, at_least=PLAIN_DOUBLINGS + 1)
    convolved = total - PLAIN_DOUBLINGS
    repeated = DETAIL_WIDTHS[:1] * (convolved - len(DETAIL_WIDTHS)) + DETAIL_WIDTHS
    widths = tuple(max(8, round(width * each)) for each in repeated[-convolved:])
    channels = feature_shape[0]
    mixed = layout.norm.normalized_shape[0]
    details = Details(channels, mixed, widths)
    texture = Texture(channels, mixed, max(8, round(width * TEXTURE_WIDTH)), 2**total)
    return UpsamplingDecoder(layout, details, texture, image_size)
