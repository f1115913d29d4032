import pytest
import torch
from sklearn.linear_model import Ridge

from pv_engine.errors import EngineError
from pv_engine.quality.normal_equations import NormalEquations

CPU = torch.device("cpu")


def rows(count=200, inputs=5, targets=3):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(count, inputs, generator=generator, dtype=torch.float64) * 3 + 7
    y = torch.randn(count, targets, generator=generator, dtype=torch.float64) + x[:, :targets]
    return x, y


def solved(x, y, chunk, ridge):
    equations = NormalEquations(x.shape[1], y.shape[1], CPU)
    for some_x, some_y in zip(x.split(chunk), y.split(chunk), strict=True):
        equations.add(some_x, some_y)
    return equations.solve(ridge)


def test_it_agrees_with_scikit_learns_ridge_regression():
    x, y = rows()
    weights, intercept = solved(x, y, chunk=33, ridge=0.1)
    # scikit-learn's penalty is on the sum over rows and in the inputs' own units.
    alpha = 0.1 * float(x.var(dim=0, correction=0).mean()) * len(x)
    expected = Ridge(alpha=alpha).fit(x.numpy(), y.numpy())
    assert weights.T.numpy() == pytest.approx(expected.coef_, abs=1e-9)
    assert intercept.numpy() == pytest.approx(expected.intercept_, abs=1e-9)


def test_the_size_of_the_chunks_does_not_matter():
    x, y = rows()
    for one, other in zip(solved(x, y, 7, 0.1), solved(x, y, 200, 0.1), strict=True):
        assert torch.allclose(one, other, atol=1e-10)


@pytest.mark.parametrize("scale", [1000, 1e-13])
def test_the_inputs_scale_does_not_change_the_predictions(scale):
    x, y = rows()
    weights, intercept = solved(x, y, 50, 0.1)
    scaled, same_intercept = solved(scale * x, y, 50, 0.1)
    assert torch.allclose(scale * scaled, weights, atol=1e-8)
    assert torch.allclose(same_intercept, intercept, atol=1e-8)


def test_inputs_that_never_vary_do_no_harm():
    x, y = rows()
    weights, _ = solved(torch.cat([x, torch.ones(len(x), 2)], dim=1), y, 50, 0.1)
    assert torch.isfinite(weights).all()
    assert torch.allclose(weights[-2:], torch.zeros(2, 3, dtype=torch.float64), atol=1e-9)


def test_equations_without_a_stable_solution_are_refused():
    x, y = rows()
    with pytest.raises(EngineError, match=r"increase quality.linear_lambda, which is 0"):
        solved(torch.cat([x, torch.zeros(len(x), 1)], dim=1), y, 50, ridge=0.0)
