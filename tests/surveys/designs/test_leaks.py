"""No page depends on the right answer before that answer is stored; feedback does, after it."""

import re

import pytest

from pv_engine.models import Item
from surveys.models import Trial
from tests.surveys.designs.library import DESIGNS, NEEDS, load_design
from tests.surveys.visitor import Visitor

# What differs each time a page is sent.
CHANGING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
WITH_FEEDBACK = {"feature_visualization", "forward_simulation", "meta_predictor"}


def page(visitor, address):
    return CHANGING.sub("", visitor.browser.get(address).content.decode())


def with_another_answer(visitor, trial, address):
    """Return the page as it would be if the item's right answer were another of its options."""
    item, protocol = trial.item, trial.participant.protocol
    column = "answer" if item.answer else "prediction"
    others = [each for each in protocol.task.first.options_of(item.options) if each != item.key]
    Item.objects.filter(pk=item.pk).update(**{column: others[0]})
    changed = page(visitor, address)
    Item.objects.filter(pk=item.pk).update(**{column: getattr(item, column)})
    return changed


@pytest.mark.parametrize("name", sorted([*NEEDS, *DESIGNS]))
def test_the_answer_changes_no_page_before_it_is_stored_and_feedback_after(db, tmp_path, name):
    survey = load_design(name, tmp_path)
    visitor, judged, told = Visitor(survey.slug), set(), 0
    # The last group sees explanations in each design.
    while not visitor.seen or visitor.participant.condition is None:
        visitor.begin()
    while not visitor.is_over:
        kind = visitor.address.removeprefix(visitor.url()).split("/")[0]
        position = visitor.trial or visitor.participant.n_answered
        trial = Trial.objects.filter(participant=visitor.participant, position=position).first()
        # The first questions of each block stand for the others.
        stage = (kind, trial.block if trial else "", visitor.text.count("<fieldset"))
        if trial and trial.kind != Trial.Kind.ATTENTION and stage not in judged:
            judged.add(stage)
            address = visitor.url(f"trial/{position}/") if visitor.trial else visitor.address
            right, wrong = page(visitor, address), with_another_answer(visitor, trial, address)
            is_told = kind == "feedback" and not visitor.trial
            assert (right != wrong) == is_told, (name, address)
            told += is_told
        visitor.send(**visitor.choices())
    assert any(kind == "trial" for kind, _, _ in judged)
    assert bool(told) == (name in WITH_FEEDBACK)
