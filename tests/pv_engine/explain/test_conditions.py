from dataclasses import replace

import pytest
import torch

from pv_engine.explain.conditions import DRAWN, Material
from pv_engine.recipe import CONDITIONS, UNDRAWN


@pytest.fixture
def material():
    generator = torch.Generator().manual_seed(0)
    pictures = torch.rand(3, 2, 3, 16, 16, generator=generator)
    maps = torch.rand(2, 2, 16, 16, generator=generator)
    return Material(pictures[0], pictures[1], maps[0], maps[1], pictures[2])


def test_every_condition_that_a_recipe_may_name_can_be_drawn():
    assert set(DRAWN) == set(CONDITIONS) - {UNDRAWN}


@pytest.mark.parametrize("kind", DRAWN)
def test_pictures_have_the_originals_shape_and_range(material, kind):
    drawn = DRAWN[kind](material)
    assert drawn.shape == material.originals.shape
    assert 0 <= drawn.min() <= drawn.max() <= 1


def test_pv_and_gradcam_differ_only_in_what_the_mask_shows(material):
    looked_at = material.maps[:, None].expand_as(material.originals)
    lost = (1 - looked_at) + looked_at * material.reconstructions
    assert torch.equal(DRAWN["pv"](material), lost)
    same = replace(material, reconstructions=material.originals)
    assert torch.equal(DRAWN["pv"](same), DRAWN["gradcam"](same))


def test_the_control_uses_the_other_map(material):
    swapped = Material(
        material.originals, material.reconstructions, material.other_maps, material.maps
    )
    assert torch.equal(DRAWN["random_map"](material), DRAWN["pv"](swapped))


def test_overlays_differ_in_colours_alone(material):
    assert not torch.equal(
        DRAWN["gradcam_overlay"](material), DRAWN["gradcam_overlay_jet"](material)
    )


def test_a_missing_autoencoder_is_an_error(material):
    bare = Material(material.originals, material.reconstructions, material.maps, material.maps)
    with pytest.raises(ValueError, match="was not trained"):
        DRAWN["reference_autoencoder"](bare)
