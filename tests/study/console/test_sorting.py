import pytest
from django.template import Context, Template

from study.console.sorting import Sorting

COLUMNS = ("title", "finished")


def sorted_by(rf, query):
    return Sorting.of(rf.get(f"/console/{query}"), COLUMNS, default="-finished")


@pytest.mark.parametrize(
    ("query", "column", "is_descending"),
    [
        ("", "finished", True),
        ("?sort=title", "title", False),
        ("?sort=-title", "title", True),
        ("?sort=password", "finished", True),
        ("?sort=--title", "finished", True),
    ],
)
def test_it_sorts_by_what_the_address_asks_for_if_that_is_a_column(
    rf, query, column, is_descending
):
    assert sorted_by(rf, query) == Sorting(column, is_descending)


def test_choosing_a_heading_again_turns_the_order_round(rf):
    ascending = sorted_by(rf, "?sort=title")
    assert ascending.value_after("title") == "-title"
    assert ascending.value_after("finished") == "finished"
    assert sorted_by(rf, "?sort=-title").value_after("title") == "title"


def test_a_query_gets_the_field_in_that_order(rf):
    assert sorted_by(rf, "?sort=title").order("name") == "name"
    assert sorted_by(rf, "?sort=-title").order("name") == "-name"


def test_a_heading_is_a_link_and_says_the_order_of_its_own_column_only(rf):
    request = rf.get("/console/?page=2&sort=-title")
    sorting = Sorting.of(request, COLUMNS, default="title")
    template = Template(
        '{% load console %}{% sort_heading sorting "title" "Study" %}'
        '{% sort_heading sorting "finished" "Finished" "number" %}'
    )
    html = template.render(Context({"request": request, "sorting": sorting}))
    study, finished = html.strip().splitlines()
    assert 'aria-sort="descending"' in study
    assert 'href="?page=2&amp;sort=title"' in study
    assert "aria-sort" not in finished
    assert 'class="number"' in finished
