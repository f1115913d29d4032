"""What notebooks import takes frames of one's own, and shows itself."""

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis import analyse, cliffs_delta, mann_whitney, mixed_model, signed_ranks, welch
from analysis.data.study_data import from_frames
from analysis.errors import DataError

FRAME = pd.DataFrame(
    {"who": ["a", "a", "a", "b", "b", "b", "b"], "score": [0.1, 0.2, 0.4, 0.3, 0.5, 0.6, 0.9]}
)


def test_a_frame_gives_what_its_two_samples_give():
    a, b = ([0.1, 0.2, 0.4], pd.Series([0.3, 0.5, 0.6, 0.9]))
    of_frame = mann_whitney(data=FRAME, dv="score", between="who", alternative="less")
    assert of_frame == mann_whitney(a, b, "less")
    turned = cliffs_delta(data=FRAME, dv="score", between="who", groups=("b", "a"))
    assert turned.delta.estimate == pytest.approx(-cliffs_delta(a, b).delta.estimate)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"dv": "accuracy"}, "no column 'accuracy'; it has 'who', 'score'"),
        ({"dv": "score", "between": "group"}, "no column 'group'"),
        ({"dv": "score", "between": "score"}, "has 7 groups"),
    ],
)
def test_an_error_names_the_column(asked, message):
    with pytest.raises(DataError, match=message):
        mann_whitney(data=FRAME, **{"between": "who", **asked})
    with pytest.raises(DataError, match="two samples, or data"):
        mann_whitney()


def test_the_mixed_model_reads_columns_of_other_names(frames):
    _, trials = frames(n_participants=12)
    names = {"participant_id": "subject", "correct": "hit"}
    found = mixed_model(trials.rename(columns=names), columns=names)
    pd.testing.assert_frame_equal(found.fixed, mixed_model(trials).fixed)
    with pytest.raises(DataError, match="no column 'participant_id', 'correct'"):
        mixed_model(trials.rename(columns=names))


def test_results_have_the_names_of_scipys_and_show_themselves(frames):
    a, b = np.array([0.1, 0.6, 0.4, 0.3]), np.array([0.3, 0.5, 0.5, 0.9])
    for result in (welch(a, b), signed_ranks(a, b)):
        low, high = result.confidence_interval()
        assert low < high
        assert result.pvalue > 0
        assert f"{result.statistic:.4g}" in result._repr_html_()
    results = analyse(from_frames("<Shapes>", *frames(n_participants=12)))
    assert "&lt;Shapes&gt;" in results._repr_html_()
    assert results.figures[0]._repr_html_().startswith("<svg")


def test_every_name_that_is_offered_exists():
    for name in analysis.PUBLIC:
        assert callable(getattr(analysis, name))
