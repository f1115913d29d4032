"""Loss curves as shapes."""

from pv_engine.console.loss_charts import measure_charts


def test_training_and_validation_of_a_measure_share_a_chart_and_its_scale():
    rows = [
        {"step": 0, "total": 4.0},
        {"step": 50, "total": 2.0, "score": 3.0},
        {"step": 100, "total": 1.0, "score": 2.0},
    ]
    (chart,) = measure_charts(rows)
    assert [(line.kind, line.path) for line in chart.lines] == [
        ("training", "M0 0 L0 0 L50 66.67 L100 100"),
        ("validation", "M50 33.33 L50 33.33 L100 66.67"),
    ]
    assert (chart.low, chart.high, chart.first_step, chart.last_step) == ("1", "4", 0, 100)


def test_a_chart_says_in_a_sentence_what_it_shows():
    rows = [{"step": 5, "total": 4.0}, {"step": 9, "total": 1.0, "score": 2.0}]
    assert measure_charts(rows)[0].sentence == (
        "Loss: training from 4 at step 5 to 1 at step 9; validation 2 at step 9."
    )


def test_the_loss_comes_first_and_each_term_has_a_chart_of_its_own():
    rows = [{"step": 5, "mse": 0.1, "total": 0.5, "validation_mse": 0.2, "score": 0.6}]
    assert [(chart.name, len(chart.lines)) for chart in measure_charts(rows)] == [
        ("total", 2),
        ("mse", 2),
    ]


def test_the_ssim_term_of_the_loss_and_the_ssim_of_a_validation_are_not_one_measure():
    charts = measure_charts([{"step": 5, "ssim": -1.8, "validation_ssim": 0.6}])
    assert [(chart.label, len(chart.lines)) for chart in charts] == [
        ("SSIM term of the loss", 1),
        ("SSIM", 1),
    ]


def test_a_value_that_is_not_finite_leaves_a_gap():
    rows = [{"step": step, "total": value} for step, value in enumerate([3.0, None, 1.0, 2.0])]
    (line,) = measure_charts(rows)[0].lines
    assert line.path == "M0 0 L0 0 M66.67 100 L66.67 100 L100 50"


def test_a_measure_that_was_never_finite_has_no_chart():
    assert measure_charts([{"step": 1, "total": None}]) == []
    assert measure_charts([]) == []


def test_values_of_different_orders_of_magnitude_are_drawn_on_a_logarithmic_scale():
    rows = [{"step": step, "total": 10.0**-step} for step in range(3)]
    (chart,) = measure_charts(rows)
    assert chart.is_logarithmic
    assert chart.lines[0].path == "M0 0 L0 0 L50 50 L100 100"


def test_a_loss_below_zero_is_drawn_on_a_plain_scale():
    rows = [{"step": 0, "total": 100.0}, {"step": 1, "total": -1.0}]
    assert not measure_charts(rows)[0].is_logarithmic


def test_one_point_and_a_curve_that_never_changes_are_drawn():
    assert measure_charts([{"step": 7, "total": 0.5}])[0].lines[0].path == "M0 100 L0 100"
    flat = [{"step": 0, "total": 0.5}, {"step": 2, "total": 0.5}]
    assert measure_charts(flat)[0].lines[0].path == "M0 100 L0 100 L100 100"
