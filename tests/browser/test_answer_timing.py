"""The benchmark of how well answers are timed, at the real pages."""

import pytest

from surveys.benchmarks.answer_timing import measure
from surveys.models import Response
from tests.factories import make_survey

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_compares_what_was_stored_with_what_went_by(
    chromium, live_server, tmp_path, monkeypatch
):
    monkeypatch.setattr("surveys.benchmarks.timed_answers.WAIT_MS", 100)
    survey = make_survey(tmp_path, n_wrong=2, n_right=2)
    found = measure(chromium, survey, live_server.url, None, trials=2, slowdown=1)
    assert [row["trials"] for row in found.values()] == [2, 2]
    stored = Response.objects.order_by("trial__participant", "trial__position")
    chosen = stored.values_list("timed_by", "chosen_ms")
    assert [timed_by for timed_by, _ in chosen] == ["element"] * 3 + ["frames"] * 3
    assert all(time >= 99 for by, time in chosen if by == "element")
    assert found["foresee"]["smallest_ms"] >= -1
