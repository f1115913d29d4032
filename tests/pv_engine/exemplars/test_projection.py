import pytest
import torch
from torch import nn

from pv_engine.errors import RecipeError
from pv_engine.exemplars.projection import CellMoments, fit_projection
from pv_engine.networks.heads import PooledLinear


def features(count=40, channels=6, seed=0):
    """Features (count, channels, 4, 4) of unlike variances, not centred."""
    generator = torch.Generator().manual_seed(seed)
    spread = torch.linspace(0.2, 3, channels)[:, None, None]
    return torch.randn(count, channels, 4, 4, generator=generator) * spread + 1


def moments_of(*batches):
    moments = CellMoments(batches[0].shape[1])
    for batch in batches:
        moments.add(batch)
    return moments


@pytest.fixture
def head():
    torch.manual_seed(1)
    return PooledLinear(nn.Linear(6, 3))


def mean_square(projected):
    return float(projected.square().sum(dim=1).mean())


def test_moments_are_those_of_all_cells_however_they_come():
    whole = features()
    cells = whole.permute(0, 2, 3, 1).reshape(-1, 6).double()
    moments = moments_of(*torch.split(whole, 7))
    assert torch.allclose(moments.mean, cells.mean(dim=0))
    assert torch.allclose(moments.covariance, torch.cov(cells.T, correction=0))


def test_components_keep_angles_between_centred_features(head):
    given = features()
    centred = given - given.mean(dim=(0, 2, 3), keepdim=True)
    projected = fit_projection(moments_of(given), head, 6, 0.0)(given)
    wanted = nn.functional.cosine_similarity(centred[:20].flatten(1), centred[20:].flatten(1))
    found = nn.functional.cosine_similarity(projected[:20].flatten(1), projected[20:].flatten(1))
    assert torch.allclose(wanted, found, atol=1e-4)


def test_fewer_components_are_those_of_the_largest_variance(head):
    given = features()
    projected = fit_projection(moments_of(given), head, 2, 0.0)(given)
    assert projected.shape == (40, 2, 4, 4)
    variances = projected.var(dim=(0, 2, 3))
    largest = torch.linalg.eigvalsh(moments_of(given).covariance).flip(0)[:2]
    # Not whitened: they still vary unequally.
    assert float(variances[0] / variances[1]) == pytest.approx(float(largest[0] / largest[1]))


@pytest.mark.parametrize("scale", [1, 1e-10])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_head_has_its_share_of_the_mean_square(head, share, scale):
    given = scale * features()
    projected = fit_projection(moments_of(given), head, 4, share)(given)
    split = 0 if share == 1 else 4
    assert mean_square(projected[:, :split]) == pytest.approx(1 - share, abs=1e-4)
    assert mean_square(projected[:, split:]) == pytest.approx(share, abs=1e-4)


def test_the_heads_rows_say_how_classes_differ_in_a_cell(head):
    given = features()
    projected = fit_projection(moments_of(given), head, 4, 1.0)(given)
    cells = given - given.mean(dim=(0, 2, 3), keepdim=True)
    said = torch.einsum("nc,bchw->bnhw", head.linear.weight.detach(), cells)
    wanted = said - said.mean(dim=1, keepdim=True)
    ratio = projected / wanted
    assert torch.allclose(ratio, ratio.mean().expand_as(ratio), rtol=1e-2)


def test_features_alone_need_no_particular_head():
    general = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.ReLU(), nn.Linear(6, 3))
    moments = moments_of(features())
    assert len(fit_projection(moments, general, 4, 0.0).rows) == 4
    with pytest.raises(RecipeError, match=r"so it says nothing of single cells; set exemplar\.h"):
        fit_projection(moments, general, 4, 0.5)
