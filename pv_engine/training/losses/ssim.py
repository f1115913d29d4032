"""Structural similarity (Wang et al., 2004), defined as in tf.image.ssim."""

import torch
from torch import Tensor
from torch.nn import functional

WINDOW = 11
SIGMA = 1.5
K1 = 0.01
K2 = 0.03


def ssim_per_channel(first: Tensor, second: Tensor) -> Tensor:
    """Return the structural similarity of each channel.

    The window is Gaussian, 11 x 11 with sigma 1.5 and valid padding; K1 is 0.01, K2 0.03, and the
    dynamic range 1. Computed in float32.

    Parameters
    ----------
    first, second : (B, C, H, W) in [0, 1]

    Returns
    -------
    (B, C)
        At most 1, which means equal.

    Raises
    ------
    ValueError
        For different shapes, or a side shorter than the window.

    References
    ----------
    Wang et al. (2004), https://doi.org/10.1109/TIP.2003.819861

    Examples
    --------
    >>> ssim_per_channel(torch.ones(1, 1, 11, 11), torch.ones(1, 1, 11, 11)).tolist()
    [[1.0]]
    """
    if first.shape != second.shape or min(first.shape[-2:]) < WINDOW:
        raise ValueError(
            f"Both batches must have the same shape with sides of at least {WINDOW}, "
            f"but are {tuple(first.shape)} and {tuple(second.shape)}."
        )
    with torch.autocast(first.device.type, enabled=False):
        return _ssim(first.float(), second.float())


def _ssim(first: Tensor, second: Tensor) -> Tensor:
    c1, c2 = K1**2, K2**2
    mean_first, mean_second = _blur(first), _blur(second)
    product_of_means = mean_first * mean_second
    squares_of_means = mean_first**2 + mean_second**2
    luminance = (2 * product_of_means + c1) / (squares_of_means + c1)
    twice_covariance = 2 * (_blur(first * second) - product_of_means)
    variances = _blur(first**2 + second**2) - squares_of_means
    structure = (twice_covariance + c2) / (variances + c2)
    return (luminance * structure).mean(dim=(2, 3))


def _blur(images: Tensor) -> Tensor:
    """Apply the Gaussian filter along one axis after the other, without padding."""
    channels = images.shape[1]
    kernel = _gaussian(images.device).expand(channels, 1, WINDOW)
    down = functional.conv2d(images, kernel[:, :, :, None], groups=channels)
    return functional.conv2d(down, kernel[:, :, None, :], groups=channels)


def _gaussian(device: torch.device) -> Tensor:
    distance = torch.arange(WINDOW, dtype=torch.float32, device=device) - WINDOW // 2
    weights = torch.exp(-(distance**2) / (2 * SIGMA**2))
    return weights / weights.sum()
