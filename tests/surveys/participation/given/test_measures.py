"""What the page measures is kept where it can be true."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict

from surveys.participation.given.measures import LONGEST_TIME_MS, Measures, read_measures

SHOWN_AT = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)


def read(**sent):
    data = QueryDict(mutable=True)
    data.update(sent)
    return read_measures(data)


@pytest.mark.parametrize("milliseconds", [0, 12, LONGEST_TIME_MS])
def test_whole_milliseconds_are_taken_as_they_are(milliseconds):
    sent = str(milliseconds)
    found = read(response_time_ms=sent, hidden_time_ms=sent, chosen_ms=sent)
    assert {found.response_time_ms, found.hidden_time_ms, found.chosen_ms} == {milliseconds}
    assert found.timed_by == ""


@pytest.mark.parametrize(
    "sent",
    [
        {"response_time_ms": str(LONGEST_TIME_MS + 1)},
        {"response_time_ms": "-1"},
        {"response_time_ms": "12.5"},
        {"response_time_ms": "١٢"},
        {"response_time_ms": "9" * 100_000},
        {"response_time_ms": "100", "hidden_time_ms": "101"},
        {"response_time_ms": "100", "chosen_ms": "101"},
        {"response_time_ms": "100", "chosen_ms": "x"},
        {"hidden_time_ms": "50"},
    ],
)
def test_one_time_that_cannot_be_true_takes_the_others_with_it(sent):
    assert read(**sent, timed_by="element", n_changes="1") == Measures(
        timed_by="impossible", n_changes=1
    )


@pytest.mark.parametrize("timed_by", ["impossible", "sundial", "\0"])
def test_a_page_cannot_say_otherwise_how_it_measured(timed_by):
    assert read(response_time_ms="5", timed_by=timed_by) == Measures(response_time_ms=5)


@pytest.mark.parametrize(("name", "sent"), [("n_changes", "-1"), ("images_failed", "1000")])
def test_counts_that_cannot_be_are_left_out(name, sent):
    assert read(**{name: sent}) == Measures()


def test_nothing_measured_is_nothing_stored():
    assert read() == Measures()


@pytest.mark.parametrize(("milliseconds", "is_kept"), [(6_000, True), (6_001, False)])
def test_a_page_cannot_have_waited_longer_than_the_server(milliseconds, is_kept):
    """But for a second, as clocks of different machines do not run quite alike."""
    measured = Measures(response_time_ms=milliseconds, chosen_ms=1, timed_by="frames")
    found = measured.within(SHOWN_AT, SHOWN_AT + timedelta(seconds=5))
    assert found == (measured if is_kept else Measures(timed_by="impossible"))
