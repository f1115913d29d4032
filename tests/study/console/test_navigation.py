from study.console.navigation import STUDY_PAGES, study_links


def test_only_pages_that_exist_are_listed_in_the_order_of_the_list(monkeypatch):
    pages = (
        ("Overview", "console:survey"),
        ("Later", "console:not_built"),
        ("Live", "console:live"),
    )
    monkeypatch.setattr("study.console.navigation.STUDY_PAGES", pages)
    links = study_links("shapes", "/console/surveys/shapes/live/")
    assert [link.label for link in links] == ["Overview", "Live"]
    assert [link.url for link in links] == [
        "/console/surveys/shapes/",
        "/console/surveys/shapes/live/",
    ]


def test_a_page_below_another_marks_that_one_and_not_the_overview():
    links = study_links("shapes", "/console/surveys/shapes/results/table/")
    assert [link.label for link in links if link.is_current] == ["Results"]


def test_a_page_that_no_entry_leads_to_belongs_to_the_overview():
    links = study_links("shapes", "/console/surveys/shapes/elsewhere/")
    assert [link.label for link in links if link.is_current] == ["Overview"]


def test_no_entry_is_listed_twice():
    assert len({name for _, name in STUDY_PAGES}) == len(STUDY_PAGES)


def test_every_entry_leads_to_a_page():
    assert [link.label for link in study_links("shapes", "/")] == [
        label for label, _ in STUDY_PAGES
    ]
