"""BLIP's question answering, against its own `generate` and pytorch-grad-cam."""

import json

import pytest
import torch

from pv_engine.errors import RecipeError
from pv_engine.networks.captioning.asked import Asked
from pv_engine.networks.captioning.next_token import NextToken
from pv_engine.networks.classifier import build_classifier
from tests.pv_engine.networks.captioning.explained import assert_explained
from tests.pv_engine.networks.small_captioners import SIZE, WORDS, blip_asked, small, tokenizer

START, QUESTION, ANSWERS = 2, [4, 5, 6], [7, 8, 9, 10]


@pytest.fixture
def images():
    return torch.rand(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


def test_its_logits_are_those_by_which_it_writes_its_answer(images):
    model, _ = small(blip_asked)
    asked = Asked(model, torch.tensor(QUESTION)).eval()
    questions = torch.tensor([QUESTION] * 2)
    with torch.no_grad():
        written = model.generate(
            input_ids=questions, pixel_values=images, do_sample=False, max_new_tokens=2,
            output_logits=True, return_dict_in_generate=True,
        )  # fmt: skip
        first = asked(images, torch.tensor([[START]] * 2)).logits[:, -1]
        second = asked(images, written.sequences[:, :2]).logits[:, -1]
    assert torch.allclose(first, written.logits[0], atol=1e-5)
    assert torch.allclose(second, written.logits[1], atol=1e-5)


def test_it_is_explained_exactly_and_as_pytorch_grad_cam_does(images):
    model, layer = small(blip_asked)
    asked = Asked(model, torch.tensor(QUESTION))
    network = NextToken(asked, torch.tensor([START]), torch.tensor(ANSWERS), "input_ids", SIZE)
    assert_explained(network, model.get_submodule(layer), images)


@pytest.fixture
def asking(tmp_path, tiny_recipe):
    """A recipe of a stored model that answers a question, and the model."""
    model, _ = small(blip_asked)
    model.save_pretrained(tmp_path / "asked")
    tokenizer().save_pretrained(tmp_path / "asked")

    def made(question):
        return tiny_recipe(
            f"classifier.architecture=hf:{tmp_path / 'asked'}", "classifier.weights=default",
            f"classifier.question={question}", f"classifier.answers={json.dumps(WORDS[7:])}",
            "classifier.train=none", f"data.image_size={SIZE}",
        )  # fmt: skip

    return made, model


def test_a_recipe_asks_it_a_question_whose_answers_are_the_classes(asking, images):
    made, model = asking
    classifier = build_classifier(made("a photo of"), 4, images).eval()
    assert classifier.identity_error <= 1e-5
    with torch.no_grad():
        written = model.generate(
            input_ids=torch.tensor([QUESTION] * 2), pixel_values=classifier.normalised(images),
            do_sample=False, max_new_tokens=1, output_logits=True, return_dict_in_generate=True,
        )  # fmt: skip
        expected = written.logits[0][:, ANSWERS]
        assert torch.allclose(classifier(images), expected, atol=1e-5)
    with torch.no_grad():
        other = build_classifier(made("photo a"), 4, images).eval()
        assert not torch.allclose(other(images), expected, atol=1e-3)


def test_without_a_question_it_is_refused(asking):
    made, _ = asking
    with pytest.raises(RecipeError, match=r"answers questions; give it one in classifier.question"):
        build_classifier(made(""), 4)
