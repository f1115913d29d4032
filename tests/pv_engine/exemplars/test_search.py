import pytest
import torch

from pv_engine.exemplars import bank as bank_module
from pv_engine.exemplars.search import (
    Comparison,
    Exemplar,
    compare,
    cosine_at,
    likenesses,
    uncovered,
)
from tests.pv_engine.exemplars.rooms import bank_of
from tests.pv_engine.quality.networks import noise


def normal(*shape, seed=1):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def bank(tmp_path):
    return bank_of(tmp_path, noise(20))


def by_hand(picture, query, saliency, shift):
    """The score of one picture (k, h, w) at one shift, cell by cell."""
    _, height, width = query.shape
    inner = own = energy = 0.0
    for row in range(height):
        for column in range(width):
            weight, q = float(saliency[row, column]), query[:, row, column]
            there = (row + shift[0], column + shift[1])
            own += weight * float(q @ q)
            if 0 <= there[0] < height and 0 <= there[1] < width:
                b = picture[:, there[0], there[1]]
                inner += weight * float(q @ b)
                energy += weight * float(b @ b)
    return inner / (own * energy) ** 0.5 if own * energy else 0.0


def test_the_score_is_the_cosine_under_the_map_at_the_best_shift(bank):
    query, saliency = normal(3, 4, 4), torch.zeros(4, 4)
    saliency[1:3, 1:3] = torch.tensor([[0.2, 1.0], [0.7, 0.4]])
    found = compare(bank, query[None], saliency[None], most=1)
    for row in range(20):
        picture = bank.pick(torch.tensor([row]))[0]
        scores = {
            (down, right): by_hand(picture, query, saliency, (down, right))
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
        }
        best = max(scores, key=scores.get)
        assert float(found.scores[0, row]) == pytest.approx(scores[best], abs=1e-5)
        assert tuple(found.shifts[0, row].tolist()) == best


def test_a_picture_is_found_where_it_was_moved_from(bank):
    picture = bank.pick(torch.tensor([7]))[0]
    query, saliency = picture.roll((1, -1), (1, 2)), torch.zeros(4, 4)
    saliency[1:3, 1:3] = 1.0
    [best] = compare(bank, query[None], saliency[None], most=2).best(0, 1, torch.ones(20) > 0)
    assert (best.row, best.shift) == (7, (-1, 1))
    assert best.score == pytest.approx(1, abs=1e-5)


def test_the_size_of_features_plays_no_part(bank):
    query, saliency = normal(1, 3, 4, 4), noise(1, 4)[:, 0]
    once = compare(bank, query, saliency, most=1)
    twice = compare(bank, 9 * query, 0.3 * saliency, most=1)
    assert torch.allclose(once.scores, twice.scores, atol=1e-5)
    assert torch.equal(once.shifts, twice.shifts)


def test_cells_beyond_the_picture_lower_its_score(bank):
    picture = bank.pick(torch.tensor([3]))[0]
    found = cosine_at_all(bank, 3, picture, torch.ones(4, 4))
    assert found[(0, 0)] == pytest.approx(1, abs=1e-5)
    assert all(score < 1 for shift, score in found.items() if shift != (0, 0))


def cosine_at_all(bank, row, features, saliency):
    return {
        shift: cosine_at(bank, Exemplar(row, shift, 0.0), features, saliency)
        for shift in [(0, 0), (1, 0), (0, -1), (2, 2)]
    }


def test_a_single_score_is_that_of_the_search(bank):
    query, saliency = normal(3, 4, 4), noise(1, 4)[0, 0]
    found = compare(bank, query[None], saliency[None], most=2)
    exemplar = found.exemplar(0, 11)
    assert cosine_at(bank, exemplar, query, saliency) == pytest.approx(exemplar.score, abs=1e-6)


def test_a_shift_that_leaves_the_map_without_a_picture_is_not_used(bank):
    saliency = torch.zeros(1, 4, 4)
    saliency[0, :, 3] = 1.0
    assert [float(uncovered(saliency, (0, right))) for right in (-1, 0, 1)] == [0, 0, 1]
    assert [float(uncovered(saliency, (-1, right))) for right in (-1, 0, 1)] == [0.25, 0.25, 1]
    shifts = compare(bank, normal(1, 3, 4, 4), saliency, most=1).shifts
    assert shifts[..., 0].abs().max() == 0
    assert shifts[..., 1].max() == 0
    assert shifts[..., 1].min() == -1


def test_an_empty_map_compares_as_zero_with_everything(bank):
    found = compare(bank, normal(1, 3, 4, 4), torch.zeros(1, 4, 4), most=1)
    assert found.scores.abs().max() == 0
    assert torch.isfinite(found.scores).all()


def test_how_many_pictures_are_compared_at_a_time_changes_no_choice(bank, monkeypatch):
    query, saliency = normal(2, 3, 4, 4), noise(2, 4)[:, 0]
    whole = compare(bank, query, saliency, most=2)
    monkeypatch.setattr(bank_module, "COMPARED", 3)
    parts = compare(bank, query, saliency, most=2)
    assert torch.equal(whole.shifts, parts.shifts)
    assert torch.allclose(whole.scores, parts.scores, atol=1e-6)


def test_only_allowed_pictures_are_named_the_best_first(bank):
    found = compare(bank, normal(1, 3, 4, 4), torch.ones(1, 4, 4), most=0)
    allowed = torch.arange(20) % 4 == 1
    best = found.best(0, 3, allowed)
    assert [exemplar.row % 4 for exemplar in best] == [1, 1, 1]
    scores = [exemplar.score for exemplar in best]
    assert scores == sorted(found.scores[0, allowed].tolist(), reverse=True)[:3]
    assert len(found.best(0, 9, allowed)) == 5


def test_equal_scores_go_by_the_order_of_the_bank():
    scores = torch.tensor([[0.5, 0.9, 0.5, 0.1, 0.5, 0.9]])
    found = Comparison(scores, torch.zeros(1, 6, 2, dtype=torch.int64))
    everything = torch.ones(6, dtype=torch.bool)
    for count, rows in ((3, [1, 5, 0]), (4, [1, 5, 0, 2]), (9, [1, 5, 0, 2, 4, 3])):
        assert [each.row for each in found.best(0, count, everything)] == rows
    assert found.best(0, 3, ~everything) == []


def test_likeness_is_the_mean_cosine_with_the_others_where_the_map_is(bank):
    exemplars = [Exemplar(row, (0, 0), 0.0) for row in (2, 5, 9)]
    saliency = torch.zeros(4, 4)
    saliency[1, 1:3] = torch.tensor([0.5, 1.0])
    weighted = (bank.pick(torch.tensor([2, 5, 9])) * saliency.sqrt()).flatten(1)
    cosine = torch.nn.functional.cosine_similarity
    pairs = {(a, b): cosine(weighted[a], weighted[b], dim=0) for a in range(3) for b in range(3)}
    wanted = [sum(float(pairs[a, b]) for b in range(3) if b != a) / 2 for a in range(3)]
    assert likenesses(bank, exemplars, saliency).tolist() == pytest.approx(wanted, abs=1e-5)


def test_likeness_compares_pictures_as_they_are_moved(bank):
    saliency = torch.zeros(4, 4)
    saliency[1:3, 1:3] = 1.0
    same = [Exemplar(4, (0, 0), 0.0), Exemplar(4, (1, 0), 0.0)]
    still = [Exemplar(4, (0, 0), 0.0), Exemplar(4, (0, 0), 0.0)]
    assert likenesses(bank, still, saliency).tolist() == pytest.approx([1, 1], abs=1e-5)
    assert likenesses(bank, same, saliency).max() < 1
