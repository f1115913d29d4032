"""How each image fared."""

import pytest

from analysis.statistics.answers.items import item_table


def test_it_has_one_row_for_each_item_and_condition(frames):
    _, trials = frames(n_participants=20, n_wrong=3, n_right=2)
    table = item_table(trials)
    assert len(table) == 10
    assert table["stratum"].tolist() == ["model_wrong"] * 6 + ["model_right"] * 4
    assert (table["n_participants"] == 10).all()
    own = trials[(trials["item"] == "model_wrong-1") & (trials["condition"] == "pv")]
    row = table.query("item == 'model_wrong-1' and condition == 'pv'").iloc[0]
    assert row["accuracy"] == pytest.approx(own["correct"].mean())
    assert row["chose_truth"] == pytest.approx(own["chose_truth"].mean())


def test_wilsons_interval_stays_inside_and_covers_the_share(frames):
    chances = {
        (c, s): p for c in ("gradcam", "pv") for s, p in (("model_wrong", 0), ("model_right", 1))
    }
    table = item_table(frames(chances=chances)[1])
    assert table["ci_low"].between(0, table["accuracy"] + 1e-12).all()
    assert table["ci_high"].between(table["accuracy"] - 1e-12, 1).all()
    # Ten of ten: Wilson's lower end is n / (n + z²).
    right = table[table["stratum"] == "model_right"]
    assert right["ci_low"].to_numpy() == pytest.approx(10 / (10 + 1.959964**2), abs=1e-6)
