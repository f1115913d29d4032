import pytest
import torch

from pv_engine.errors import RecipeError
from pv_engine.quality.reader import Reader, fit_head
from tests.pv_engine.quality.networks import colour_classifier, noise


def coloured(count, seed):
    """Noise with one channel raised, and which one."""
    generator = torch.Generator().manual_seed(seed)
    kinds = torch.randint(0, 3, (count,), generator=generator)
    pictures = 0.5 * noise(count, seed=seed)
    pictures[torch.arange(count), kinds] += 0.3
    return pictures, torch.nn.functional.one_hot(kinds, 3).float()


@pytest.mark.parametrize("single_label", [True, False])
def test_it_reads_stimuli_that_can_be_distinguished(single_label):
    reader = Reader(colour_classifier(), size=32)
    pictures, labels = coloured(60, seed=0)
    head = fit_head(reader.features(pictures), labels, single_label)
    unseen, truth = coloured(40, seed=1)
    answers = head(reader.features(unseen)).argmax(dim=1)
    assert torch.equal(answers, truth.argmax(dim=1))


def test_a_picture_may_have_several_labels():
    reader = Reader(colour_classifier(), size=32)
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(0, 2, (80, 3), generator=generator).float()
    pictures = 0.5 * noise(80) + 0.4 * labels[:, :, None, None]
    logits = fit_head(reader.features(pictures), labels, single_label=False)(
        reader.features(pictures)
    )
    assert torch.equal(logits > 0, labels.bool())


def test_labels_that_the_stimuli_do_not_show_are_not_read():
    reader = Reader(colour_classifier(), size=32)
    pictures, _ = coloured(200, seed=0)
    _, labels = coloured(200, seed=1)
    unseen, truth = coloured(200, seed=2)
    answers = fit_head(reader.features(pictures), labels, True)(reader.features(unseen))
    share = (answers.argmax(dim=1) == truth.argmax(dim=1)).float().mean()
    assert 0.2 < share < 0.5


def test_fitting_twice_gives_the_same_head():
    reader = Reader(colour_classifier(), size=32)
    pictures, labels = coloured(50, seed=0)
    features = reader.features(pictures)
    first, second = (fit_head(features, labels, True)(features) for _ in range(2))
    assert torch.equal(first, second)


def test_it_sees_stimuli_at_its_own_size():
    seen = []
    network = colour_classifier()
    network.encoder.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].shape))
    assert Reader(network, size=16).features(noise(2, 48)).shape == (2, 3)
    assert seen == [(2, 3, 16, 16)]


def test_its_own_head_answers_as_the_whole_network_does():
    reader, pictures = Reader(colour_classifier(), size=32), noise(5)
    own = reader.own_head(("red", "green", "blue"))
    assert torch.allclose(own(reader.features(pictures)), reader.network(pictures), atol=1e-6)
    assert reader.own_head(("red", "green", "blue", "grey")) is None


def test_the_outputs_that_mean_a_class_can_be_named_and_the_highest_counts():
    reader, pictures = Reader(colour_classifier(), 32, {"warm": (0, 1), "cold": (2,)}), noise(5)
    features = reader.features(pictures)
    logits = reader.network(pictures)
    wanted = torch.stack([logits[:, :2].amax(dim=1), logits[:, 2]], dim=1)
    assert torch.allclose(reader.own_head(("warm", "cold"))(features), wanted, atol=1e-6)


@pytest.mark.parametrize(
    ("outputs", "sentence"),
    [
        ({"warm": (0,)}, "'cold' is missing"),
        ({"warm": (0,), "cold": (1,), "mild": (2,)}, "'mild' is not one of them"),
        ({"warm": (0,), "cold": (3,)}, "names the output 3, but the reader has only 3"),
    ],
)
def test_outputs_that_do_not_fit_are_named(outputs, sentence):
    with pytest.raises(RecipeError, match=sentence):
        Reader(colour_classifier(), 32, outputs).own_head(("warm", "cold"))
