import numpy as np
import pytest
import torch

from pv_engine.networks.classifier import Classifier
from pv_engine.networks.decoders.critic import WithCritic
from pv_engine.networks.decoders.resizing import build_resizing_decoder
from pv_engine.networks.families.small_cnn import SmallCnn
from pv_engine.quality.overlapping import OverlappingDecoder
from pv_engine.recipe import DecoderConfig
from pv_engine.training.batch import Batch
from pv_engine.training.features.stored import StoredFeatures
from pv_engine.training.images import Pictures
from pv_engine.training.objectives.resizing import ResizingObjective
from pv_engine.training.objectives.upsampling import UpsamplingObjective

WEIGHTS = {"mse_weight": 0.4, "ssim_weight": 0.1, "dsim_weight": 0.2, "prediction_weight": 0.1}


def classifier(seed: int) -> Classifier:
    torch.manual_seed(seed)
    network = SmallCnn(3, width=4, downsampling=8)
    return Classifier(network.features, network.head, 0.5, 0.5).eval()


def one_step(seed: int = 0) -> Batch:
    return Batch(torch.arange(8), torch.Generator().manual_seed(seed), 0, 8)


@pytest.fixture
def make(tmp_path):
    """Makes an objective on noise, with the recipe's [decoder] section as given."""
    array = np.random.default_rng(0).integers(0, 256, (20, 3, 32, 32), dtype=np.uint8)
    training, validation = (
        Pictures(array, rows, torch.device("cpu")) for rows in (np.arange(12), np.arange(12, 20))
    )

    def objective(kind=ResizingObjective, other=None, **settings):
        config = DecoderConfig(profile="resizing", batch_size=8, **settings)
        store = StoredFeatures(tmp_path / "features.npy", classifier(0), training, config.flip)
        while not store.is_complete:
            store.fill_chunk()
        start = OverlappingDecoder(64, 8, 32)
        resizing = build_resizing_decoder(start, (64, 4, 4), 32, 0.1, seed=0)
        torch.nn.init.normal_(resizing.to_picture.weight, std=0.1)
        decoder: torch.nn.Module = resizing
        if config.adversarial_weight:
            decoder = WithCritic(resizing, seed=0)
        further = {"other": other} if other else {}
        return kind(decoder, config, store, validation, "multi_label", **further)

    return objective


def values(terms: dict[str, torch.Tensor]) -> dict[str, float]:
    return {name: term.item() for name, term in terms.items()}


def test_without_views_and_early_features_it_is_the_loss_of_upsampling(make):
    settings = WEIGHTS | {"mse_weight": 0.6, "feature_loss": "relative"}
    found, expected = (
        values(make(kind, **settings).losses(one_step()))
        for kind in (ResizingObjective, UpsamplingObjective)
    )
    assert found == pytest.approx(expected)


def test_every_term_counts_with_its_weight(make):
    objective = make(**WEIGHTS, perceptual_weight=0.2, views=True)
    terms = values(objective.losses(one_step()))
    assert terms["total"] == pytest.approx(
        0.4 * terms["mse"]
        + 0.1 * terms["ssim"]
        + 0.2 * terms["dsim"]
        + 0.1 * terms["prediction"]
        + 0.2 * terms["perceptual"]
    )


def test_views_follow_from_the_step_and_change_only_what_is_seen_through_them(make):
    first, again, other = (
        values(make(**WEIGHTS, perceptual_weight=0.2, views=True, flip=False).losses(one_step(s)))
        for s in (1, 1, 2)
    )
    assert first == again
    assert (first["mse"], first["ssim"]) == (other["mse"], other["ssim"])
    assert first["dsim"] != other["dsim"]
    assert first["perceptual"] != other["perceptual"]


def test_a_perfect_reconstruction_has_no_loss_through_any_view(make):
    objective = make(**WEIGHTS, perceptual_weight=0.2, views=True, flip=False)
    objective.learner = lambda features: objective.features.pictures.batch(torch.arange(8))
    terms = values(objective.losses(one_step()))
    for name in ("mse", "dsim", "prediction", "perceptual"):
        assert terms[name] == pytest.approx(0, abs=1e-6)


def test_another_networks_early_features_are_compared_where_one_is_given(make):
    settings = WEIGHTS | {"perceptual_weight": 0.2}
    own, other = (make(other=each, **settings) for each in (None, classifier(5)))
    found, different = (values(each.losses(one_step())) for each in (own, other))
    assert found["dsim"] == different["dsim"]
    assert found["perceptual"] != different["perceptual"]


def test_only_the_decoder_gets_gradients(make):
    objective = make(**WEIGHTS, perceptual_weight=0.2, views=True, other=classifier(5))
    objective.losses(one_step())["total"].backward()
    for frozen in (objective.classifier, objective.classifier_again, objective.other):
        assert all(each.grad is None for each in frozen.parameters())
    learnt = [each for each in objective.module.parameters() if each.requires_grad]
    assert learnt
    assert all(each.grad is not None for each in learnt)


def test_the_score_is_the_weighted_loss_on_the_validation_pictures(make):
    measures = make(**WEIGHTS, perceptual_weight=0.2, views=True).validate()
    assert measures["score"] == pytest.approx(
        0.4 * measures["validation_mse"]
        - 0.1 * 3 * measures["validation_ssim"]
        + 0.2 * measures["validation_dsim"]
        + 0.1 * measures["validation_prediction"]
        + 0.2 * measures["validation_perceptual"]
    )


def test_the_critics_term_counts_beside_the_others_and_not_in_the_score(make):
    objective = make(**WEIGHTS, perceptual_weight=0.2, adversarial_weight=0.5)
    plain = make(**WEIGHTS, perceptual_weight=0.2)
    terms, without = (values(each.losses(one_step())) for each in (objective, plain))
    assert terms["total"] == pytest.approx(without["total"] + 0.5 * terms["adversarial"])
    assert objective.validate() == plain.validate()


def test_critic_and_decoder_pull_in_opposite_directions(make):
    objective = make(**WEIGHTS, perceptual_weight=0.2, adversarial_weight=1.0, flip=False)
    pictures = objective.features.pictures.batch(torch.arange(8))
    features = objective.features.batch(torch.arange(8), torch.zeros(8, dtype=torch.bool))

    def difference() -> torch.Tensor:
        objective.module.eval()
        found: torch.Tensor = objective.module.difference(pictures, objective.module(features))
        return found

    def after_a_step(part: torch.nn.Module) -> float:
        before = difference()
        objective.module.zero_grad()
        before.backward()
        with torch.no_grad():
            for weights in part.parameters():
                if weights.grad is not None:
                    weights.sub_(weights.grad, alpha=1e-3)
        return float(difference().detach() - before.detach())

    assert after_a_step(objective.module.critic) < 0
    assert after_a_step(objective.module.decoder) > 0
