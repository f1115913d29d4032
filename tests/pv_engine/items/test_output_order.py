"""A good network under the wrong names is noticed, a bad one is not accused."""

import pytest
import torch

from pv_engine.errors import SelectionError
from pv_engine.items.output_order import refuse_other_order

# As folders named 0 to 11 are sorted.
AS_TEXT = tuple(sorted(map(str, range(12))))
LABELS = torch.arange(12).repeat(6)


def one_hot(classes):
    return torch.nn.functional.one_hot(classes, 12).float()


def test_outputs_in_the_order_of_numbers_are_named_with_the_likely_cause():
    numbers = torch.tensor([int(name) for name in AS_TEXT])[LABELS]
    with pytest.raises(SelectionError) as refused:
        refuse_other_order(one_hot(numbers), one_hot(LABELS), AS_TEXT)
    assert (
        "Only 16.7% of the held-out images are right, but 100.0% would be if output 10 were '10'"
        in str(refused.value)
    )
    assert "from the answers alone they seem to stand in another order" in str(refused.value)
    assert "name it in data.classes" in str(refused.value)


@pytest.mark.parametrize("shares", [1.0, 0.6, 0.3])
def test_a_network_that_is_often_wrong_is_left_alone(shares):
    generator = torch.Generator().manual_seed(0)
    guesses = torch.randint(0, 12, LABELS.shape, generator=generator)
    right = torch.rand(LABELS.shape, generator=generator) < shares
    refuse_other_order(one_hot(torch.where(right, LABELS, guesses)), one_hot(LABELS), AS_TEXT)


def test_two_exchanged_classes_of_many_are_overlooked():
    exchanged = torch.where(LABELS < 2, 1 - LABELS, LABELS)
    refuse_other_order(one_hot(exchanged), one_hot(LABELS), AS_TEXT)


def test_a_few_images_of_each_class_prove_nothing():
    few = torch.arange(12)
    refuse_other_order(one_hot(few.roll(1)), one_hot(few), AS_TEXT)
