"""A stimulus set's page in a real browser: what can be read, and choosing which items are shown."""

from pathlib import Path

import pytest
from django.conf import settings

from pv_engine.models import BlindReading
from pv_engine.stimulus_sets.loading import load_stimulus_set
from tests.browser.inspection import wrong_in_any_look

pytestmark = pytest.mark.django_db(transaction=True)
[DEMO] = (Path(settings.BASE_DIR) / "fixtures" / "stimuli").iterdir()
KINDS = ("original", "gradcam", "pv")


@pytest.fixture
def read_set(db):
    """The demo's set, read by a network of each kind and by the team."""
    made = load_stimulus_set(DEMO)
    cells = {
        kind: {
            "model_wrong": {"pictures": 100, "prediction": 30 + 20 * place, "truth": 20},
            "model_right": {"pictures": 100, "prediction": 95 - 15 * place, "truth": 60},
        }
        for place, kind in enumerate(KINDS)
    }
    names = [item["name"] for item in made.manifest["items"]]
    by_item = {kind: {name: place / 50 for place, name in enumerate(names)} for kind in KINDS[1:]}
    made.manifest["legibility"] = {
        "held_out": cells, "held_out_zero_shot": cells, "by_item": by_item,
    }  # fmt: skip
    made.save()
    BlindReading.objects.create(
        stimulus_set=made, condition="pv", stratum="model_wrong", guesses={}, n=10,
        named_prediction=6, named_truth=2, chance=0.25,
    )  # fmt: skip
    return made


def test_axe_finds_nothing_on_a_set_that_was_read(sign_in, read_set):
    page = sign_in()
    page.goto(f"/console/builds/sets/{read_set.content_sha256}/")
    assert wrong_in_any_look(page) == []


def test_items_are_chosen_and_sorted_without_javascript(sign_in, read_set):
    page = sign_in(javascript=False)
    page.goto(f"/console/builds/sets/{read_set.content_sha256}/")
    page.get_by_label("The model is").select_option("model_wrong")
    page.get_by_label("Condition").select_option("pv")
    page.get_by_label("Order").select_option("most")
    page.get_by_role("button", name="Show").click()
    shown = page.locator(".contact-sheet .item")
    assert page.get_by_role("heading", name="Where the model is right").count() == 0
    first = shown.first
    assert first.locator("figcaption").all_inner_texts() == ["Original", "PV"]
    values = [float(text.split()[1]) for text in shown.get_by_text("Legibility").all_inner_texts()]
    assert len(values) == 14
    assert values == sorted(values, reverse=True)
