from dataclasses import replace

import pytest
import torch

from pv_engine.errors import ImageDataError
from pv_engine.exemplars.finding import Finding, assigned, find
from pv_engine.exemplars.gallery import check_bank
from pv_engine.exemplars.search import Exemplar
from pv_engine.items.selection import Pick
from tests.pv_engine.exemplars.rooms import gallery_of, saturated
from tests.pv_engine.quality.networks import colour_classifier


def pick(prediction, *truth):
    return Pick("item", 0, "model_wrong", prediction, (prediction,), truth, (0, 1, 2))


@pytest.fixture
def gallery(tmp_path):
    """Twenty-four pictures whose classes go 0, 1, 2, 0, 1, 2, …"""
    labels = torch.nn.functional.one_hot(torch.arange(24) % 3)
    return gallery_of(tmp_path, saturated(24), labels, shift=0)


def found(gallery, count=6, picks=2):
    images, others = saturated(picks, seed=5), saturated(picks, seed=6)
    encode = colour_classifier().encode
    maps = torch.ones(picks, 32, 32)
    wanted = [pick(place % 3, (place + 1) % 3) for place in range(picks)]
    return find(gallery, encode(images), encode(others), maps, images, wanted, count)


def test_candidates_come_by_their_score(gallery):
    for finding in found(gallery):
        scores = [each.score for each in finding.candidates]
        assert len(scores) == 6
        assert scores == sorted(scores, reverse=True)


def test_the_bounds_hold_their_class_and_are_the_best_that_do(gallery):
    for place, finding in enumerate(found(gallery, count=24)):
        for bound, wanted in ((finding.prediction, place), (finding.truth, place + 1)):
            holding = [each for each in finding.candidates if each.row % 3 == wanted]
            assert bound == holding[0]


def test_the_halves_are_searched_apart(gallery):
    for finding in found(gallery, count=24):
        even, odd = finding.halves
        assert (even.row % 2, odd.row % 2) == (0, 1)
        assert finding.candidates[0] in (even, odd)


def test_the_control_is_what_the_other_features_find_and_is_less_alike(gallery):
    images, others = saturated(1, seed=7), saturated(1, seed=11)
    encode, maps = colour_classifier().encode, torch.ones(1, 32, 32)
    [finding] = find(gallery, encode(images), encode(others), maps, images, [pick(0, 1)], 1)
    [swapped] = find(gallery, encode(others), None, maps, images, [pick(0, 1)], 1)
    assert finding.control == swapped.candidates[0]
    assert swapped.control is None
    [own] = finding.candidates
    assert finding.control.row != own.row
    assert gallery.cosine(own, encode(images)[0], maps[0]) == pytest.approx(own.score, abs=1e-6)
    assert gallery.cosine(own, encode(others)[0], maps[0]) < own.score


def test_a_near_duplicate_is_never_an_exemplar(gallery):
    images = gallery.pictures.batch(torch.tensor([4]))
    encode, maps = colour_classifier().encode, torch.ones(1, 32, 32)
    lent = encode(images)
    [finding] = find(gallery, encode(images), lent, maps, images, [pick(1, 2)], 24)
    assert 4 not in {each.row for each in finding.candidates}
    assert 4 not in {each.row for each in (finding.control, finding.prediction, *finding.halves)}
    [best] = gallery.compare(encode(images), maps).best(0, 1, torch.ones(24) > 0)
    assert best.row == 4


def test_what_is_stored_is_read_as_it_was(gallery):
    for finding in found(gallery):
        assert Finding.read(finding.stored) == finding


def finding_of(*rows):
    exemplars = [Exemplar(row, (0, 0), 1 - row / 100) for row in rows]
    return Finding(exemplars, exemplars[0], exemplars[0], exemplars[:2], None)


def test_no_two_items_show_the_same_picture_unless_the_recipe_lets_them():
    findings = [finding_of(3, 4, 5), finding_of(3, 4, 6), finding_of(4, 3, 7)]
    rows = [[each.row for each in chosen] for chosen in assigned(findings, 2, unique=True)]
    assert rows == [[3, 4], [4, 6], [7]]
    rows = [[each.row for each in chosen] for chosen in assigned(findings, 2, unique=False)]
    assert rows == [[3, 4], [3, 4], [4, 3]]


def test_a_bank_that_is_too_small_or_lacks_a_class_is_refused():
    labels = torch.tensor([[1, 0], [1, 0], [1, 0]])
    with pytest.raises(ImageDataError, match="bank has 3 training pictures, but 4 are needed"):
        check_bank(labels, ("cat", "dog"), 4)
    with pytest.raises(ImageDataError, match="The class 'dog' has no training picture in the"):
        check_bank(labels, ("cat", "dog"), 3)
    check_bank(labels[:, :1], ("cat",), 3)


def test_neighbours_come_by_consensus_where_the_recipe_asks_for_it(tmp_path):
    """Of four pictures, the first is the best, but only the others resemble each other."""
    images = saturated(1, seed=3).repeat(4, 1, 1, 1)
    images[0] = saturated(1, seed=4)
    gallery = gallery_of(tmp_path, images, torch.ones(4, 1), consensus=1.0, shift=0)
    found = [Exemplar(row, (0, 0), score) for row, score in enumerate((0.9, 0.8, 0.7, 0.6))]
    whole = torch.ones(32, 32)
    assert [each.row for each in gallery.ordered(found, whole)] == [1, 2, 3, 0]
    alone = replace(gallery, config=replace(gallery.config, consensus=0.0))
    assert alone.ordered(found, whole) == found
    assert gallery.ordered(found[:1], whole) == found[:1]


def test_what_comes_first_by_the_order_is_what_no_other_item_shows():
    findings = [finding_of(3, 4, 5), finding_of(4, 3, 6)]
    chosen = list(assigned(findings, 2, unique=True, order=lambda _, found: found[::-1]))
    assert [[each.row for each in exemplars] for exemplars in chosen] == [[4, 3], [6, 3]]
