"""The pages of a stimulus set: contact sheet, quality report, items."""

import pytest
from django.urls import reverse

pytest_plugins = ["tests.pv_engine.builds_cast"]


def address(stimulus_set, name, *more):
    return reverse(f"builds:{name}", args=[stimulus_set.content_sha256, *more])


def measures(value, pictures):
    names = ("mse", "psnr", "ssim", "feature_error", "feature_cosine", "top1_agreement")
    return {"pictures": pictures, **dict.fromkeys(names, value)}


def test_the_contact_sheet_shows_every_image_of_every_item_by_stratum(researcher, stimulus_set):
    page = researcher.get(address(stimulus_set, "set"))

    assert page.content.decode().count("<img") == 9
    assert '"/stimuli/item-01-pv.webp"' in page.content.decode()
    shown = [
        (heading, [row["item"].name for row in rows]) for heading, rows in page.context["groups"]
    ]
    assert shown == [
        ("Where the model is wrong", ["item-01"]),
        ("Where the model is right", ["item-02"]),
        ("Examples for the introduction", ["example-1"]),
    ]


def test_a_study_begins_with_the_set_that_is_looked_at(researcher, stimulus_set):
    page = researcher.get(address(stimulus_set, "set")).text
    begin = f"{reverse('console:load')}?begin=starter:{stimulus_set.content_sha256}"
    assert f'href="{begin}">New study' in page


def test_the_contact_sheet_says_what_was_short(researcher, stimulus_set):
    stimulus_set.manifest["shortage"] = {"model_wrong": {"asked": 14, "found": 3}}
    stimulus_set.save()
    page = researcher.get(address(stimulus_set, "set")).content.decode()
    assert "Where the model is wrong, only 3 of the 14 requested items were found" in page


def test_the_quality_report_sets_the_decoder_beside_its_baselines_by_stratum(
    researcher, stimulus_set
):
    wrong = {"strata": {"model_wrong": measures(0.4, 3)}}
    baseline = {**measures(0.25, 9), "strata": {}}
    stimulus_set.manifest["decoder"]["quality"] = {
        **measures(0.5, 9), **wrong, "baselines": {"mean_image": baseline},
    }  # fmt: skip
    stimulus_set.save()
    page = researcher.get(address(stimulus_set, "quality"))
    (table,) = page.context["tables"]
    assert [row[:2] for row in table.rows] == [
        ("decoder", "9"), ("  model wrong", "3"), ("mean image", "9"),
    ]  # fmt: skip
    assert "0.2500" in page.content.decode()


def test_the_quality_report_says_each_classs_precision(researcher, stimulus_set):
    stimulus_set.manifest["classifier"]["quality"] |= {
        "pictures": 40, "mean_average_precision": 0.4321,
        "average_precision": {"boat": 0.4321, "fish": None},
    }  # fmt: skip
    stimulus_set.save()
    page = researcher.get(address(stimulus_set, "quality"))
    (table,) = page.context["tables"]
    assert table.rows[2:] == (("  boat", "0.432"), ("  fish", "–"))


def test_the_quality_report_says_how_legible_the_stimuli_are(researcher, stimulus_set):
    cell = {"pictures": 4, "prediction": 3, "truth": 1}
    stimulus_set.manifest["legibility"] = {"items": {"pv": {"model_wrong": cell}}}
    stimulus_set.save()
    page = researcher.get(address(stimulus_set, "quality")).content.decode()
    assert "3/4 (75 %, 19 to 99)" in page


def test_single_measures_of_earlier_versions_are_shown_as_they_are(researcher, stimulus_set):
    assert "0.021" in researcher.get(address(stimulus_set, "quality")).content.decode()


def test_a_set_without_measures_says_so(researcher, stimulus_set):
    stimulus_set.manifest |= {"classifier": {}, "decoder": {}}
    stimulus_set.save()
    page = researcher.get(address(stimulus_set, "quality")).content.decode()
    assert "No measures" in page


def test_an_items_page_shows_its_pictures_answer_keys_and_neighbours(researcher, stimulus_set):
    entry = {"name": "item-02", "source": "scene-5", "predicted_set": ["boat", "house"]}
    stimulus_set.manifest["items"] = [entry]
    stimulus_set.save()
    page = researcher.get(address(stimulus_set, "item", "item-02")).content.decode()

    assert page.count("<img") == 3
    assert "boat, house" in page
    assert "scene-5" in page
    assert f'rel="prev" href="{address(stimulus_set, "item", "item-01")}"' in page
    assert f'rel="next" href="{address(stimulus_set, "item", "example-1")}"' in page


def test_an_item_that_the_set_has_not_has_no_page(researcher, stimulus_set):
    assert researcher.get(address(stimulus_set, "item", "item-99")).status_code == 404


@pytest.mark.parametrize(("name", "more"), [("set", ()), ("quality", ()), ("item", ("item-01",))])
def test_each_page_takes_under_ten_queries(
    researcher, stimulus_set, django_assert_max_num_queries, name, more
):
    with django_assert_max_num_queries(9):
        researcher.get(address(stimulus_set, name, *more))


def shown(page):
    return [row["item"].name for _, rows in page.context["groups"] for row in rows]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["item-01", "item-02", "example-1"]),
        ({"stratum": "model_right"}, ["item-02", "example-1"]),
        ({"named": "fish"}, ["item-01"]),
        ({"named": "boat"}, ["item-01", "item-02", "example-1"]),
        ({"stratum": "model_right", "named": "fish"}, []),
        ({"stratum": "neither"}, ["item-01", "item-02", "example-1"]),
    ],
)
def test_items_are_chosen_by_stratum_and_by_a_class_predicted_or_true(
    researcher, stimulus_set, query, names
):
    page = researcher.get(address(stimulus_set, "set"), query)
    assert shown(page) == names
    assert ("Show all" in page.content.decode()) == (not names)


def test_one_condition_can_be_shown_beside_the_original(researcher, stimulus_set):
    page = researcher.get(address(stimulus_set, "set"), {"condition": "pv"}).content.decode()
    assert page.count("<img") == 6
    assert "gradcam.webp" not in page


def test_without_any_reading_there_is_no_order_by_legibility(researcher, stimulus_set):
    page = researcher.get(address(stimulus_set, "set"))
    assert "order" not in page.context["choice"].fields
    assert page.context["charts"] == []
