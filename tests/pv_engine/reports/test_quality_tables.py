from pv_engine.recipe.sections.quality import MEASURES
from pv_engine.reports.quality_tables import MeasureTable, quality_tables


def quality(value):
    means = {"pictures": 20, **dict.fromkeys(MEASURES, value)}
    return {**means, "strata": {"model_right": means}}


def cells(pictures, prediction, truth):
    return {"pictures": pictures, "prediction": prediction, "truth": truth}


def test_the_columns_of_a_table_stand_below_each_other():
    text = MeasureTable("Fruit", ("", "kg"), (("apples", "12"), ("figs", "3"))).text()
    assert text.splitlines() == ["Fruit", "        kg", "apples  12", "figs     3"]


def test_the_decoder_stands_above_its_baselines_each_with_its_strata():
    baselines = {"mean_image": quality(0.25), "linear": quality(0.5)}
    manifest = {"decoder": {"quality": {**quality(0.75), "baselines": baselines}}}
    (table,) = quality_tables(manifest)
    assert [row[0].strip() for row in table.rows] == [
        "decoder", "model right", "mean image", "model right", "linear decoder", "model right",
    ]  # fmt: skip
    assert table.rows[0] == ("decoder", "20", "0.7500", "0.75", *["0.750"] * 4)


def test_the_classifier_is_reported_class_by_class():
    measures = {"pictures": 60, "exact_match": 0.5, "mean_average_precision": 0.25}
    precisions = {"boat": 0.25, "fish": None}
    manifest = {"classifier": {"quality": {**measures, "average_precision": precisions}}}
    (table,) = quality_tables(manifest)
    assert table.title == "The classifier on 60 held-out pictures"
    assert table.rows == (
        ("exact match", "0.500"),
        ("mean average precision", "0.250"),
        ("  boat", "0.250"),
        ("  fish", "–"),
    )


def test_the_reader_is_reported_in_counts_and_percent():
    counts = {"pv": {"model_wrong": cells(8, 2, 4), "model_right": cells(0, 0, 0)}}
    (table,) = quality_tables({"legibility": {"items": counts}})
    assert table.headings[1:3] == ("model wrong: model", "model wrong: truth")
    assert table.rows == (("pv", "2/8 (25 %, 3 to 65)", "4/8 (50 %, 16 to 84)", "–", "–"),)


def test_a_manifest_without_measures_has_no_table():
    assert quality_tables({"decoder": {"quality": {}}, "classifier": {}}) == []


def test_exemplars_are_reported_by_stratum():
    part = {"pictures": 14, "cosine": 0.8234, "model_agrees": {"pv_exemplar": 0.5}}
    (table,) = quality_tables({"exemplars": {"bank": 3600, "strata": {"model_wrong": part}}})
    assert table.title == "Exemplars of the items, from a bank of 3600 training pictures"
    assert table.headings == ("", "model wrong")
    assert table.rows == (
        ("pictures", "14"),
        ("cosine", "0.82"),
        ("the model repeats its answer on pv_exemplar", "0.50"),
    )
