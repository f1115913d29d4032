import io

import numpy as np
import torch
from PIL import Image

from pv_engine.exemplars.likeness import BITS, hashes, near
from pv_engine.items.pictures import to_picture, to_tensor
from tests.pv_engine.quality.networks import noise


def smooth(count, seed=0):
    """Pictures (count, 3, 64, 64) without sharp edges."""
    return torch.nn.functional.interpolate(noise(count, 8, seed), (64, 64), mode="bicubic").clamp(
        0, 1
    )


def recompressed(picture, size, quality):
    buffer = io.BytesIO()
    to_picture(picture).resize((size, size)).save(buffer, "JPEG", quality=quality)
    return to_tensor(Image.open(buffer).resize((64, 64)).convert("RGB"))


def test_a_picture_that_was_scaled_and_compressed_is_nearly_the_same():
    pictures = smooth(6)
    copies = torch.stack([recompressed(picture, 48, 60) for picture in pictures])
    assert torch.equal(near(hashes(pictures), hashes(copies)), torch.eye(6) > 0)


def test_a_brighter_copy_is_nearly_the_same_and_a_mirrored_one_is_not():
    pictures = smooth(3)
    assert near(hashes(pictures), hashes(0.7 * pictures + 0.2)).diagonal().all()
    assert not near(hashes(pictures), hashes(pictures.flip(3))).any()


def test_hashes_are_signs_on_the_cpu():
    found = hashes(smooth(2))
    assert (found.shape, found.dtype) == ((2, BITS), torch.int8)
    assert set(np.unique(found.numpy())) == {-1, 1}
