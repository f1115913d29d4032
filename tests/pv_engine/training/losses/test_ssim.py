import json
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.ndimage import correlate1d

from pv_engine.training.losses.ssim import ssim_per_channel

REFERENCE = json.loads(
    (Path(__file__).parents[4] / "fixtures" / "reference" / "ssim_tensorflow.json").read_text()
)


def reference_picture(a: float, b: float, c: float, height: int, width: int) -> torch.Tensor:
    """The picture that the reference file describes, (1, 3, height, width)."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    channels = [
        0.5 + 0.5 * np.sin(a * x / 7 + b * y / 5 + k) * np.cos(c * x * y / 97 + k) for k in range(3)
    ]
    return torch.from_numpy(np.stack(channels))[None].float()


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: f"{case['height']}px")
def test_it_equals_tensorflows(case):
    first, second = (
        reference_picture(a, b, c, case["height"], case["width"])
        for a, b, c in (case["first"], case["second"])
    )
    assert ssim_per_channel(first, second)[0].tolist() == pytest.approx(case["ssim"], abs=1e-5)


def pictures(seed: int, size: int = 24) -> torch.Tensor:
    return torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(seed))


def direct_ssim(first: np.ndarray, second: np.ndarray) -> float:
    """The formula of Wang et al. in float64, window by window, without any shortcut."""
    distance = np.arange(11) - 5
    line = np.exp(-(distance**2) / (2 * 1.5**2))
    window = np.outer(line, line) / np.outer(line, line).sum()
    values = []
    for row in range(first.shape[0] - 10):
        for column in range(first.shape[1] - 10):
            x = first[row : row + 11, column : column + 11]
            y = second[row : row + 11, column : column + 11]
            mx, my = (window * x).sum(), (window * y).sum()
            vx, vy = (window * (x - mx) ** 2).sum(), (window * (y - my) ** 2).sum()
            cov = (window * (x - mx) * (y - my)).sum()
            values.append(
                (2 * mx * my + 1e-4) * (2 * cov + 9e-4)
                / ((mx**2 + my**2 + 1e-4) * (vx + vy + 9e-4))
            )  # fmt: skip
    return float(np.mean(values))


def test_it_equals_the_definition_written_out():
    first, second = pictures(1), pictures(2)
    computed = ssim_per_channel(first, second)
    for picture in range(2):
        for channel in range(3):
            expected = direct_ssim(
                first[picture, channel].double().numpy(), second[picture, channel].double().numpy()
            )
            assert computed[picture, channel].item() == pytest.approx(expected, abs=1e-5)


def test_a_picture_is_wholly_similar_to_itself():
    first = pictures(1)
    assert torch.allclose(ssim_per_channel(first, first), torch.ones(2, 3), atol=1e-5)


def test_blurring_lowers_similarity_more_the_stronger_it_is():
    sharp = pictures(3, 40)

    def blurred(times):
        array = sharp.numpy()
        for _ in range(times):
            array = correlate1d(correlate1d(array, [0.25, 0.5, 0.25], 2), [0.25, 0.5, 0.25], 3)
        return torch.from_numpy(array)

    little, much = (ssim_per_channel(sharp, blurred(times)).mean() for times in (1, 5))
    assert 1 > little > much


def test_it_refuses_pictures_smaller_than_its_window():
    with pytest.raises(ValueError, match="sides of at least 11"):
        ssim_per_channel(torch.zeros(1, 3, 10, 20), torch.zeros(1, 3, 10, 20))


def test_half_precision_input_is_compared_in_float32():
    first, second = pictures(1).bfloat16(), pictures(2).bfloat16()
    exact = ssim_per_channel(first.float(), second.float())
    assert torch.equal(ssim_per_channel(first, second), exact)
