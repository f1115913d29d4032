from dataclasses import replace

import pytest
import torch

from pv_engine.errors import RecipeError
from pv_engine.explain.material import Material, drawn
from pv_engine.recipe import CONDITIONS, UNDRAWN
from pv_engine.recipe.conditions import BUILT, title_of

DRAWN = [name for name, each in CONDITIONS.items() if each.draws]


@pytest.fixture
def material():
    generator = torch.Generator().manual_seed(0)
    pictures = torch.rand(3, 2, 3, 16, 16, generator=generator)
    maps = torch.rand(2, 2, 16, 16, generator=generator)
    shown = torch.rand(2, 4, 3, 16, 16, generator=generator)
    lent = torch.rand(2, 1, 3, 16, 16, generator=generator)
    return Material(pictures[0], pictures[1], maps[0], maps[1], pictures[2], shown, lent)


def test_the_image_alone_is_the_only_condition_of_a_build_that_draws_nothing(material):
    assert [name for name in BUILT if CONDITIONS[name].draws is None] == [UNDRAWN]
    with pytest.raises(ValueError, match="draws nothing"):
        drawn(UNDRAWN, material)


@pytest.mark.parametrize("kind", DRAWN)
def test_pictures_have_the_originals_shape_and_range(material, kind):
    pictures = drawn(kind, material)
    assert pictures.shape == material.originals.shape
    assert 0 <= pictures.min() <= pictures.max() <= 1


def test_pv_and_gradcam_differ_only_in_what_the_mask_shows(material):
    looked_at = material.maps[:, None].expand_as(material.originals)
    lost = (1 - looked_at) + looked_at * material.reconstructions
    assert torch.equal(drawn("pv", material), lost)
    same = replace(material, reconstructions=material.originals)
    assert torch.equal(drawn("pv", same), drawn("gradcam", same))


def test_the_control_uses_the_other_map(material):
    swapped = Material(
        material.originals, material.reconstructions, material.other_maps, material.maps
    )
    assert torch.equal(drawn("random_map", material), drawn("pv", swapped))


def test_overlays_differ_in_colours_alone(material):
    assert not torch.equal(
        drawn("gradcam_overlay", material), drawn("gradcam_overlay_jet", material)
    )


def test_a_missing_autoencoder_is_an_error(material):
    bare = Material(material.originals, material.reconstructions, material.maps, material.maps)
    with pytest.raises(ValueError, match="was not trained"):
        drawn("reference_autoencoder", bare)


def test_an_exemplar_takes_the_reconstructions_place(material):
    looked_at = material.maps[:, None].expand_as(material.originals)
    shown = (1 - looked_at) + looked_at * material.exemplars[:, 0]
    assert torch.equal(drawn("pv_exemplar", material), shown)
    lent = (1 - looked_at) + looked_at * material.other_exemplars[:, 0]
    assert torch.equal(drawn("exemplar_random", material), lent)


def test_the_grid_shows_four_exemplars_each_under_the_map(material):
    grid = drawn("pv_exemplars", material)
    for place, corner in enumerate(
        (grid[..., :8, :8], grid[..., :8, 8:], grid[..., 8:, :8], grid[..., 8:, 8:])
    ):
        first = replace(material, exemplars=material.exemplars[:, [place]])
        small = torch.nn.functional.interpolate(
            drawn("pv_exemplar", first), (8, 8), mode="bilinear", antialias=True
        )
        assert torch.allclose(corner, small, atol=1e-6)


@pytest.mark.parametrize("kind", ["pv_exemplar", "pv_exemplars", "exemplar_random"])
def test_missing_exemplars_are_an_error(material, kind):
    bare = Material(material.originals, material.reconstructions, material.maps, material.maps)
    with pytest.raises(ValueError, match="No exemplar was searched"):
        drawn(kind, bare)


def test_a_pair_shows_grad_cam_on_the_left_and_pv_on_the_right(material):
    pair = drawn("pair", material)
    half = 8
    for kind, columns in (("gradcam", slice(half)), ("pv", slice(half, None))):
        small = torch.nn.functional.interpolate(
            drawn(kind, material), (half, half), mode="bilinear", antialias=True
        )
        assert torch.equal(pair[..., 4:12, columns], small)
    assert (pair[..., :4, :] == 1).all()
    assert (pair[..., 12:, :] == 1).all()


def test_a_recipe_cannot_name_what_another_command_makes(tiny_recipe):
    assert title_of("strip") == "Strip of PVs"
    assert CONDITIONS["strip"].made_by == "python -m pv_engine.caption --items"
    with pytest.raises(RecipeError, match=r"must be one of 'gradcam', .*, but is 'strip'"):
        tiny_recipe("rendering.conditions=['strip']")
