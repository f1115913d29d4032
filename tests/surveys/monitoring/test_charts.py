from datetime import UTC, datetime, timedelta

import pytest

from surveys.monitoring.charts import bar, pace_chart, round_up
from surveys.monitoring.pace import Pace, PacePoint

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def make_pace(finished=(2, 3), target=10, per_day=2.5, is_open=True, bots=0):
    points, total = [], 0
    for index, count in enumerate(finished):
        total += count
        points.append(PacePoint(START + index * DAY, START + (index + 1) * DAY, count, total))
    until = START + len(finished) * DAY
    people = total - bots
    return Pace("day", points, START, until, total, people, target, per_day, per_day, is_open)


def test_the_parts_of_a_bar_follow_each_other_and_share_its_whole():
    parts = bar([("done", 3), ("main", 1)], 8)
    assert [(part.kind, part.x, part.width) for part in parts] == [
        ("done", "0", "37.5"),
        ("main", "37.5", "12.5"),
    ]


def test_a_bar_of_nothing_has_no_length():
    assert [part.width for part in bar([("done", 0)], 0)] == ["0"]


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (1, 1), (7, 8), (10, 10), (11, 15), (98, 100), (101, 150)]
)
def test_an_axis_ends_at_a_round_number(value, top):
    assert round_up(value) == top


def test_the_line_rises_from_the_opening_to_what_is_finished_now():
    chart = pace_chart(make_pace(target=None))
    assert chart.line == "M0 100 L50 60 L100 0"
    assert (chart.projection, chart.target_y, chart.top) == ("", "", 5)


def test_the_projection_goes_on_at_the_same_pace_to_the_target():
    pace = make_pace()
    # 5 of 10 after two days: two more days at 2.5 a day.
    assert pace.projected_end == START + 4 * DAY
    chart = pace_chart(pace)
    assert chart.line == "M0 100 L25 80 L50 50"
    assert chart.projection == "M50 50 L100 0"
    assert chart.target_y == "0"


def test_a_line_with_bots_in_it_leads_to_no_target_that_they_do_not_count_for():
    pace = make_pace(bots=1)
    # 4 of 10 count after two days.
    assert pace.share == 0.4
    assert pace.projected_end == START + 2 * DAY + 6 / 2.5 * DAY
    chart = pace_chart(pace)
    assert (chart.line, chart.top) == ("M0 100 L50 60 L100 0", 5)
    assert (chart.projection, chart.target_y) == ("", "")


def test_nothing_is_drawn_before_anybody_has_finished():
    assert pace_chart(make_pace(finished=())) is None


@pytest.mark.parametrize(
    "changed",
    [{"target": None}, {"target": 5}, {"per_day": 0.0}, {"per_day": 1e-9}, {"is_open": False}],
)
def test_no_end_is_projected_where_none_can_be_said(changed):
    assert make_pace(**changed).projected_end is None


def test_the_line_is_level_while_nobody_finishes():
    points = [
        PacePoint(START, START + DAY, 2, 2),
        PacePoint(START + 3 * DAY, START + 4 * DAY, 3, 5),
    ]
    pace = Pace("day", points, START, START + 10 * DAY, 5, 5, None, 1.0, 1.0, True)
    assert pace_chart(pace).line == "M0 100 L10 60 L30 60 L40 0 L100 0"
