"""What those lost could change lies between naming nothing and naming all."""

import numpy as np
import pandas as pd
import pytest

from analysis.data.study_data import from_frames
from analysis.report.sections.flow import flow_sections
from analysis.statistics.dropout_bounds import dropout_bounds


def test_the_truth_lies_between_the_bounds_however_people_are_lost():
    random = np.random.default_rng(1)
    everybody = random.beta(2, 3, 60)
    for keep in (everybody > 0.3, everybody < 0.5, random.random(60) < 0.7):
        scores = pd.DataFrame(
            {"condition": "pv", "stratum": "model_wrong", "accuracy": everybody[keep]}
        )
        [row] = dropout_bounds(scores, {"pv": 60}).to_dict("records")
        assert row["n_lost"] == 60 - keep.sum()
        assert row["low"] <= everybody.mean() <= row["high"]
        assert row["high"] - row["low"] == pytest.approx(row["n_lost"] / 60)


def test_the_report_has_bounds_where_somebody_was_lost_and_not_else(frames):
    for share, expected in ((0.5, True), (1.0, False)):
        people, trials = frames(n_participants=20, finished_share=share)
        sections = flow_sections(from_frames("Shapes", people, trials), people)
        names = [table.name for section in sections for table in section.tables]
        assert ("table_dropout_bounds" in names) == expected
