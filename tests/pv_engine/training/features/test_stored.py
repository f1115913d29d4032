import numpy as np
import pytest
import torch

from pv_engine.training.features.stored import StoredFeatures
from pv_engine.training.images import Pictures, mirror
from tests.pv_engine.quality.networks import colour_classifier


@pytest.fixture
def pictures():
    array = np.random.default_rng(0).integers(0, 256, (130, 3, 16, 16), dtype=np.uint8)
    return Pictures(array, np.arange(5, 125), torch.device("cpu"))


def filled(path, pictures, mirrored=True):
    store = StoredFeatures(path, colour_classifier(), pictures, mirrored)
    while not store.is_complete:
        store.fill_chunk()
    return store


def test_a_batch_holds_the_encoders_features_of_pictures_and_mirror_images(tmp_path, pictures):
    store = filled(tmp_path / "features.npy", pictures)
    rows, mirrored = torch.tensor([7, 3, 119]), torch.tensor([True, False, True])
    expected = colour_classifier().encode(mirror(pictures.batch(rows), mirrored))
    assert torch.allclose(store.batch(rows, mirrored), expected, atol=1e-3)


def test_a_store_that_was_cut_off_is_filled_from_where_it_stopped(tmp_path, pictures):
    path = tmp_path / "features.npy"
    StoredFeatures(path, colour_classifier(), pictures, True).fill_chunk()
    again = StoredFeatures(path, colour_classifier(), pictures, True)
    assert again.table.done == 50
    whole = filled(tmp_path / "whole.npy", pictures)
    assert np.array_equal(filled(path, pictures).table.rows, whole.table.rows)


def test_without_mirror_images_the_file_is_half_as_large(tmp_path, pictures):
    store = filled(tmp_path / "features.npy", pictures, mirrored=False)
    assert store.table.rows.shape == (120, 1, 3, 2, 2)
