"""No page of a participant takes more than six queries, whatever the survey's size."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING
from tests.surveys.visitor import Visitor

MOST = 6
# Beginning and ending a transaction asks the database for nothing.
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


class CountingVisitor(Visitor):
    """Counts the queries of each request by itself."""

    counts: list[Any]

    def __init__(self, slug):
        super().__init__(slug)
        self.counts = []
        for method in ("get", "post"):
            setattr(self.browser, method, self._counted(getattr(self.browser, method)))

    def _counted(self, send):
        def sent(address, *args):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                response = send(address, *args)
            asked = [q["sql"] for q in queries if not q["sql"].startswith(CONTROL)]
            self.counts.append((len(asked), address, asked))
            return response

        return sent


@pytest.mark.parametrize("n_right", [2, 28])
def test_every_page_takes_at_most_six_queries(db, tmp_path, n_right):
    survey = make_survey(tmp_path, n_right=n_right)
    visitor = CountingVisitor(survey.slug)
    visitor.finish()
    visitor.get(visitor.url())
    visitor.get(visitor.url("trial/1/"))
    assert len(visitor.counts) > n_right
    for count, address, asked in visitor.counts:
        assert count <= MOST, (address, asked)


@pytest.mark.parametrize("n_others", [0, 6])
def test_neither_more_sections_nor_more_participants_take_more(db, tmp_path, n_others):
    places = EVERYTHING + "places = 100\n"
    survey = make_survey(tmp_path, n_examples=3, more='languages = ["en", "it"]\n' + places)
    for _ in range(n_others):
        Visitor(survey.slug).go_to("trial")
    visitor = CountingVisitor(survey.slug)
    visitor.arrive("?PROLIFIC_PID=abc&lang=it")
    visitor.finish()
    visitor.get(visitor.url("return/"))
    visitor.arrive("?PROLIFIC_PID=abc")
    visitor.get(visitor.url("withdraw/"))
    visitor.send()
    late, refusing = CountingVisitor(survey.slug), CountingVisitor(survey.slug)
    late.go_to("comprehension")
    for _ in range(2):
        late.send(answer_1="1", answer_2="1")
    refusing.arrive()
    refusing.send(agree="no")
    counts = visitor.counts + late.counts + refusing.counts
    assert len(counts) > 40
    for count, address, asked in counts:
        # SQLite deletes from one table at a time, but nothing is sent to a server.
        deletions = [each for each in asked if each.startswith("delete")]
        assert count - max(len(deletions) - 1, 0) <= MOST, (address, asked)
        assert connection.vendor == "sqlite" or count <= MOST, (address, asked)


def test_refusals_take_no_more(ben):
    form = ben.filled_form()
    ben.answer()
    visitor = CountingVisitor(ben.slug)
    visitor.browser.cookies = ben.browser.cookies
    visitor.post(ben.url("trial/3/"), form)
    visitor.post(ben.url("trial/4/"), {**ben.form.values, "answer": "zebra"})
    assert [address for _, address, _ in visitor.counts] == [
        ben.url("trial/3/"),
        ben.url("trial/4/"),
        ben.url("trial/4/"),
    ]
    assert all(count <= MOST for count, _, _ in visitor.counts)
