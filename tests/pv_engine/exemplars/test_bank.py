import numpy as np
import torch

from pv_engine.exemplars.bank import ENCODED, Bank
from tests.pv_engine.exemplars.rooms import AS_THEY_ARE, CPU, bank_of, pictures_of
from tests.pv_engine.quality.networks import colour_classifier, noise


def test_features_are_kept_in_half_precision_in_a_file_that_is_mapped(tmp_path):
    images = noise(5)
    bank = bank_of(tmp_path, images)
    rows = bank._features.rows
    assert isinstance(rows, np.memmap)
    assert (rows.dtype, rows.shape) == (np.dtype("float16"), (5, 4, 4, 3))
    wanted = torch.nn.functional.avg_pool2d(images, 8)
    assert torch.allclose(bank.pick(torch.arange(5)), wanted, atol=5e-3)


def test_twenty_thousand_pictures_take_less_than_500_megabytes():
    assert 20_000 * 96 * 8 * 8 * np.dtype("float16").itemsize < 500e6


def test_a_bank_that_was_interrupted_goes_on_and_is_the_same_to_the_bit(tmp_path):
    images, turns = noise(2 * ENCODED + 5), iter([True, False, True, True, False])
    whole = bank_of(tmp_path / "whole", images)
    seen = []
    while not seen or seen[-1] < len(images):
        cut = Bank(tmp_path / "cut", len(images), (3, 4, 4), CPU)
        numbers = torch.arange(len(images))
        cut.fill(
            lambda: next(turns), colour_classifier(), AS_THEY_ARE, pictures_of(images), numbers
        )
        seen.append(cut.done)
    assert seen == [ENCODED, len(images)]
    for name in ("features-cells.npy", "features-hashes.npy"):
        first, second = ((tmp_path / each / name).read_bytes() for each in ("whole", "cut"))
        assert first == second
    assert torch.equal(whole.hashes, cut.hashes)


def test_features_that_are_missing_beside_their_hashes_are_computed_again(tmp_path):
    images = noise(5)
    wanted = bank_of(tmp_path, images).pick(torch.arange(5))
    for file in tmp_path.glob("features-cells.*"):
        file.unlink()
    assert not Bank(tmp_path, 5, (3, 4, 4), CPU).is_complete
    assert torch.equal(bank_of(tmp_path, images).pick(torch.arange(5)), wanted)


def test_an_opened_bank_is_read_by_others_without_being_filled_again(tmp_path):
    images = noise(6)
    bank_of(tmp_path, images)
    again = Bank(tmp_path, 6, (3, 4, 4), CPU)
    assert again.is_complete
    [(first, features)] = again.chunks()
    assert (first, features.shape) == (0, (6, 4, 4, 3))
