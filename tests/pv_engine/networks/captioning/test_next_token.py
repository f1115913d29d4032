"""Captioning networks as classifiers of their next token, against transformers itself."""

import json

import pytest
import torch

from pv_engine.errors import RecipeError
from pv_engine.networks.captioning.next_token import NextToken, continued
from pv_engine.networks.classifier import build_classifier
from pv_engine.networks.cutting.backbones import cut
from pv_engine.networks.cutting.prefix import parted
from pv_engine.networks.heads import PooledLinear
from pv_engine.networks.weights.files import read_state, save_weights
from pv_engine.recipe.reading import parse_recipe
from tests.pv_engine.networks.captioning.explained import assert_explained
from tests.pv_engine.networks.small_captioners import KINDS, SIZE, WORDS, small, tokenizer

START, QUESTION, ANSWERS = 2, [4, 5, 6], [7, 8, 9, 10]


@pytest.fixture
def images():
    return torch.rand(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


@pytest.fixture(params=KINDS)
def model_and_layer(request):
    return small(request.param)


def reads(model):
    return "decoder_input_ids" if hasattr(model, "decoder") else "input_ids"


def test_the_next_token_is_explained_exactly_and_as_pytorch_grad_cam_does(model_and_layer, images):
    model, layer = model_and_layer
    network = NextToken(
        model, torch.tensor([START, *QUESTION]), torch.tensor(ANSWERS), reads(model), SIZE
    )
    assert_explained(network, model.get_submodule(layer), images)


def test_after_further_tokens_the_whole_vocabulary_is_given(model_and_layer, images):
    model, _ = model_and_layer
    network = NextToken(model, torch.tensor([START]), torch.tensor(ANSWERS), reads(model), SIZE)
    encoder, head = cut(network.eval(), "a network")
    with torch.no_grad():
        features, bound = parted(encoder(images), head)
        given = {reads(model): torch.tensor([[START, 4, 8]] * 2)}
        expected = model(pixel_values=images, **given).logits[:, -1]
        found = continued(bound, torch.tensor([4, 8]))(features)
    assert torch.allclose(found, expected, atol=1e-5)


def test_other_networks_have_no_next_token():
    with pytest.raises(RecipeError, match="Only networks that write have a next token"):
        continued(PooledLinear(torch.nn.Linear(3, 2)), torch.tensor([1]))


@pytest.fixture
def folder(model_and_layer, tmp_path):
    """A model and its tokenizer as `save_pretrained` writes them."""
    model, _ = model_and_layer
    model.save_pretrained(tmp_path / "captioner")
    tokenizer().save_pretrained(tmp_path / "captioner")
    return tmp_path / "captioner", model


def captions(tiny_recipe, path, answers, *changes):
    return tiny_recipe(
        f"classifier.architecture=hf:{path}", "classifier.weights=default",
        "classifier.question=a photo of", f"classifier.answers={json.dumps(answers)}",
        "classifier.train=none", f"data.image_size={SIZE}", *changes,
    )  # fmt: skip


def test_a_recipe_asks_a_question_whose_answers_are_the_classes(folder, tiny_recipe, images):
    path, model = folder
    classifier = build_classifier(captions(tiny_recipe, path, WORDS[7:]), 4, images).eval()
    assert classifier.identity_error <= 1e-5
    tokens = torch.tensor([[START, *QUESTION]] * 2)
    with torch.no_grad():
        every = model(pixel_values=classifier.normalised(images), **{reads(model): tokens}).logits
        assert torch.allclose(classifier(images), every[:, -1, ANSWERS], atol=1e-5)
    # Tied layers stand in the file by themselves.
    save_weights(classifier, path / "stored.safetensors")
    assert read_state(path / "stored.safetensors").keys() == classifier.state_dict().keys()


@pytest.mark.parametrize("model_and_layer", KINDS[2:3], indirect=True)
def test_answers_that_cannot_be_the_classes_are_refused(folder, tiny_recipe):
    path, _ = folder
    for answers, words in (
        (["red", "blue"], "has 2 answers, but the data has 4 classes"),
        (["red", "blue", "green", "red photo"], "'red' and 'red photo', which begin with the same"),
    ):
        with pytest.raises(RecipeError, match=words):
            build_classifier(captions(tiny_recipe, path, answers), 4)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('architecture = "timm:resnet18"\nanswers = ["a"]\ntrain = "none"', "hf:<name>; leave it"),
        ('architecture = "hf:x"\nanswers = ["a"]', "train must be 'none' with classifier.answers"),
        (
            'architecture = "hf:x"\nanswers = ["a"]\nprompts = ["a"]\ntrain = "none"',
            "leave one out",
        ),
        ('architecture = "hf:x"\nquestion = "a"', "question needs classifier.answers"),
    ],
)
def test_texts_where_no_network_reads_them_are_refused(tmp_path, keys, words):
    text = f'[data]\nkind = "image_folder"\nroot = "."\n[classifier]\n{keys}\n'
    with pytest.raises(RecipeError, match=words):
        parse_recipe(text, "own.toml", tmp_path)
