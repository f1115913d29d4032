import pytest
import torch
from torch import nn

from pv_engine.errors import SaliencyError
from pv_engine.explain.perception import explain, masked, refuse_empty
from pv_engine.networks.classifier import Classifier
from pv_engine.networks.decoders.paper import build_decoder
from pv_engine.networks.heads import PooledLinear
from pv_engine.recipe import RenderingConfig


def tiny_networks():
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Conv2d(3, 6, 4, stride=4), nn.ReLU())
    classifier = Classifier(encoder, PooledLinear(nn.Linear(6, 3)), 0.5, 0.5)
    return classifier.eval(), build_decoder((6, 8, 8), 32, 0.05, seed=0).eval()


def test_equation_2_is_white_where_the_model_does_not_look():
    pictures = torch.full((1, 3, 2, 2), 0.2)
    maps = torch.tensor([[[0.0, 1.0], [0.5, 0.0]]])
    perception = masked(pictures, maps)
    assert torch.allclose(perception[0, 0], torch.tensor([[1.0, 0.2], [0.6, 1.0]]))


def test_one_pass_through_the_encoder_serves_all_conditions():
    classifier, decoder = tiny_networks()
    passes = []
    classifier.encoder.register_forward_hook(lambda *_: passes.append(1))
    images = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    explanation = explain(classifier, decoder, images, RenderingConfig(image_size=48))
    assert len(passes) == 1
    assert explanation.maps.shape == (4, 48, 48)
    assert explanation.reconstructions.shape == (4, 3, 48, 48)
    assert torch.equal(explanation.targets, explanation.logits.argmax(dim=1))


def test_an_image_whose_map_is_empty_is_flagged_and_refused_by_name():
    classifier, decoder = tiny_networks()
    with torch.no_grad():
        classifier.head.linear.weight.fill_(-1)  # nothing speaks for any class
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    explanation = explain(classifier, decoder, images, RenderingConfig(image_size=32))
    assert explanation.empty.all()
    with pytest.raises(SaliencyError, match="map of item-07 highlights nothing, so its stimulus"):
        refuse_empty(explanation.empty, ["item-07", "item-08"])


def test_the_prediction_is_that_of_the_whole_network():
    classifier, decoder = tiny_networks()
    images = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    explanation = explain(classifier, decoder, images, RenderingConfig(image_size=32))
    with torch.no_grad():
        assert torch.allclose(explanation.logits, classifier(images))
