"""A query set that is composed once answers as the query set itself does, with any values."""

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from pv_engine.models import Item
from surveys.participation.sql.reads import ComposedOnce
from tests.factories import make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def items(tmp_path):
    make_survey(tmp_path, n_wrong=2, n_right=2)
    return list(Item.objects.order_by("pk"))


def of_item(item, name):
    found = Item.objects.select_related("stimulus_set").filter(pk__gte=item, name__gte=name)
    return found.annotate(kind=F("stimuli__kind")).order_by("pk", "kind")


def test_it_answers_as_the_query_set_does_with_every_value(items):
    composed = ComposedOnce(of_item, item=30_001, name="name?")
    for item in items:
        for name in ("", "item-02", "zebra"):
            expected = list(of_item(item.pk, name))
            found = composed.rows(item=item.pk, name=name)
            assert found == expected
            assert [(row.kind, row.options) for row in found] == [
                (row.kind, row.options) for row in expected
            ]


def test_it_asks_the_same_sql_and_fetches_relations_along(items):
    composed = ComposedOnce(of_item, item=30_001, name="name?")
    composed.rows(item=0, name="")
    with CaptureQueriesContext(connection) as queries:
        names = {row.stimulus_set.name for row in composed.rows(item=items[1].pk, name="item")}
    with CaptureQueriesContext(connection) as expected:
        list(of_item(items[1].pk, "item"))
    assert names == {items[0].stimulus_set.name}
    assert [query["sql"] for query in queries] == [query["sql"] for query in expected]


def test_it_sees_what_has_changed_since_it_was_asked_before(items):
    composed = ComposedOnce(of_item, item=30_001, name="name?")
    before = composed.rows(item=items[-1].pk, name="")
    Item.objects.filter(pk=items[-1].pk).update(prediction="another")
    after = composed.rows(item=items[-1].pk, name="")
    assert before[0].prediction != after[0].prediction == "another"


@pytest.mark.parametrize("values", [{"item": 1}, {"item": 1, "name": None}, {"item": 1, "a": 2}])
def test_it_refuses_values_that_do_not_fit_its_marks(values):
    composed = ComposedOnce(of_item, item=30_001, name="name?")
    with pytest.raises(TypeError, match="Values are needed for item, name"):
        composed.rows(**values)


def test_it_refuses_a_mark_that_the_query_does_not_have():
    composed = ComposedOnce(lambda item: Item.objects.all(), item=30_001)
    with pytest.raises(ValueError, match="does not have the value of item"):
        composed.rows(item=1)
