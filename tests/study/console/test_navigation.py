from study.console.navigation import STUDY_GROUPS, Group, Page, study_navigation


def page(label: str, name: str) -> Page:
    return Page(label, name, "What it is for.", "index.html")


def labels(links) -> list[str]:
    return [link.label for link in links]


def current(links) -> list[str]:
    return [link.label for link in links if link.is_current]


def test_only_pages_that_exist_are_listed_in_the_order_of_the_list(monkeypatch):
    groups = (
        Group("Overview", (page("Overview", "console:survey"),)),
        Group("Run", (page("Later", "console:not_built"), page("Live", "console:live"),
                      page("Bots", "console:bots"))),
        Group("Never", (page("Gone", "console:gone"),)),
    )  # fmt: skip
    monkeypatch.setattr("study.console.navigation.STUDY_GROUPS", groups)
    found = study_navigation("shapes", "/console/surveys/shapes/live/")
    assert labels(found.groups) == ["Overview", "Run"]
    assert labels(found.pages) == ["Live", "Bots"]
    assert [link.url for link in found.groups] == [
        "/console/surveys/shapes/",
        "/console/surveys/shapes/live/",
    ]


def test_a_page_below_another_marks_that_one_and_its_group():
    found = study_navigation("shapes", "/console/surveys/shapes/results/table/")
    assert current(found.groups) == ["Results"]
    assert current(found.pages) == ["Summary"]
    assert found.url == "/console/surveys/shapes/results/"


def test_a_page_that_no_entry_leads_to_belongs_to_the_overview():
    found = study_navigation("shapes", "/console/surveys/shapes/elsewhere/")
    assert current(found.groups) == ["Overview"]


def test_a_group_of_one_page_has_no_second_row():
    assert study_navigation("shapes", "/console/surveys/shapes/").pages == []


def test_no_entry_is_listed_twice():
    names = [page.name for group in STUDY_GROUPS for page in group.pages]
    assert len(set(names)) == len(names)


def test_every_entry_leads_to_a_page():
    for group in STUDY_GROUPS:
        for entry in group.pages:
            found = study_navigation("shapes", "/")
            assert group.label in labels(found.groups), entry


def test_what_only_owners_may_open_is_listed_for_them_alone():
    path = "/console/surveys/shapes/people/"
    assert labels(study_navigation("shapes", path).pages) == ["Members", "Log"]
    assert "Log" not in labels(study_navigation("shapes", path, is_owner=False).pages)
