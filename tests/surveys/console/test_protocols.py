"""Protocols in the console: checked, compared, loaded, kept and exported."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from surveys.models import ProtocolVersion, Survey
from surveys.studies.lifecycle.pilots import start_pilot
from surveys.studies.protocols.loading import load_study, propose_text
from surveys.studies.protocols.versions import export_protocol
from tests.factories import make_protocol, make_stimulus_folder, make_survey
from tests.surveys.visitor import Visitor

pytestmark = pytest.mark.django_db
LOAD = "/console/studies/new/"
PAGES = ("protocol/", "protocol/1/", "checks/", "pilots/", "bots/", "preview/choose/")


@pytest.fixture
def survey(tmp_path):
    return make_survey(tmp_path)


@pytest.fixture
def text(survey):
    """The open survey's protocol, with its stimulus set named by content."""
    return export_protocol(survey)


def upload(researcher, text, **more):
    """Check the text, then send the form of the page that asks to confirm."""
    page = researcher.post(LOAD, {"text": text, **more})
    fields = {"text": text, "seen": page.context.get("seen", ""), **more}
    return page, lambda: researcher.post(LOAD, {**fields, "confirmed": "yes"}, follow=True)


def test_strangers_are_asked_to_sign_in(client, survey):
    for page in (LOAD, *(f"/console/surveys/shapes/{page}" for page in PAGES)):
        assert client.get(page)["Location"].startswith(reverse("accounts:login"))
        assert client.post(page)["Location"].startswith(reverse("accounts:login"))


def test_it_names_every_problem_with_its_line_and_loads_nothing(researcher, survey, text):
    wrong = text.replace("seed = 7", "seed = -7").replace("ratio = 1", "ratio = 0")
    response = researcher.post(LOAD, {"text": wrong})
    assert response.status_code == 400
    page = response.text
    assert "3 problems; nothing was saved" in page
    assert "<strong>Line 4:</strong> seed must be a whole number" in page
    assert "<code>seed = -7</code>" in page
    assert "seed = -7\n" in page.split("<textarea")[1]
    assert Survey.objects.get().seed == 7


def test_a_file_is_as_good_as_its_text(researcher, text):
    file = SimpleUploadedFile("mine.toml", text.replace('"shapes"', '"mine"').encode())
    page = researcher.post(LOAD, {"file": file})
    assert "Create the study mine?" in page.text
    garbled = SimpleUploadedFile("mine.toml", b"\xff\xfe")
    assert "not valid TOML" in researcher.post(LOAD, {"file": garbled}).text


def test_a_new_study_is_loaded_as_a_draft_once_it_is_confirmed(researcher, text):
    _, confirm = upload(researcher, text.replace('"shapes"', '"mine"'))
    assert not Survey.objects.filter(slug="mine").exists()
    assert "The study is a draft." in confirm().text
    assert Survey.objects.get(slug="mine").status == Survey.Status.DRAFT


def test_it_does_the_same_as_the_command(researcher, text, tmp_path):
    _, confirm = upload(researcher, text.replace('"shapes"', '"mine"'))
    confirm()
    from_console = Survey.objects.get(slug="mine").protocol_sha256
    Survey.objects.filter(slug="mine").delete()
    survey, _ = load_study(make_protocol(tmp_path, "mine"))
    assert survey.protocol_sha256 == from_console


def test_the_stimulus_set_may_be_chosen(researcher, survey, tmp_path):
    elsewhere = make_protocol(tmp_path, "mine", stimuli="not/here").read_text()
    assert researcher.post(LOAD, {"text": elsewhere}).status_code == 400
    _, confirm = upload(researcher, elsewhere, stimuli=survey.stimulus_set.content_sha256)
    confirm()
    assert Survey.objects.get(slug="mine").stimulus_set == survey.stimulus_set


def test_a_changed_wording_is_shown_and_becomes_a_version(researcher, text):
    changed = text + '\n[texts]\nthanks = "Thank you so much."\n'
    page, confirm = upload(researcher, changed)
    assert "Make version 2 of shapes?" in page.text
    assert "<code>texts.thanks</code>" in page.text
    assert "<ins>" in page.text
    assert ProtocolVersion.objects.count() == 1
    assert "Version 2 is now in force." in confirm().text
    version = ProtocolVersion.objects.get(number=2)
    assert version.by == "rosa"
    page = researcher.get("/console/surveys/shapes/protocol/2/").text
    assert "Changes from version 1" in page
    assert "so much." in page


def test_it_shows_the_difference_again_when_the_study_changed_in_between(researcher, text):
    _, confirm = upload(researcher, text + '\n[texts]\nthanks = "One."\n')
    _, other = upload(researcher, text + '\n[texts]\nthanks = "Two."\n')
    other()
    page = confirm().text
    assert "The study has changed since this page was shown" in page
    assert "Make version 3 of shapes?" in page
    assert Survey.objects.get().version.number == 2


def test_a_change_that_would_break_the_study_says_what_to_do(researcher, text):
    page, confirm = upload(researcher, text.replace("seed = 7", "seed = 8"))
    assert "This change is not allowed" in page.text
    assert "seed may not change" in page.text
    assert 'value="yes"' not in page.text
    assert "at another address" in confirm().text
    assert Survey.objects.get().seed == 7


def test_nothing_changes_when_nothing_differs(researcher, text):
    page, confirm = upload(researcher, text)
    assert "No changes" in page.text
    assert "already loaded" in confirm().text
    assert ProtocolVersion.objects.count() == 1


def test_what_it_exports_loads_to_the_same_hash(researcher, survey):
    for address in ("protocol.toml", "protocol-1.toml"):
        response = researcher.get(f"/console/surveys/shapes/{address}")
        assert "attachment" in response["Content-Disposition"]
        assert propose_text(response.content.decode()).sha256 == survey.protocol_sha256
    assert researcher.get("/console/surveys/shapes/protocol-2.toml").status_code == 404
    Survey.objects.update(protocol_sha256="0" * 64)
    page = researcher.get("/console/surveys/shapes/protocol.toml", follow=True).text
    assert "restore it from a backup" in page


def test_pilots_are_started_and_ended(researcher, survey):
    address = "/console/surveys/shapes/pilots/"
    page = researcher.post(address, follow=True).text
    assert "The pilot shapes-pilot-1 is open" in page
    page = researcher.post(address, {"end": "shapes-pilot-1"}, follow=True).text
    assert "has ended" in page
    assert Survey.objects.get(slug="shapes-pilot-1").status == Survey.Status.CLOSED
    assert Survey.objects.get(slug="shapes").is_open
    page = researcher.post("/console/surveys/shapes-pilot-1/pilots/", follow=True).text
    assert "is a pilot; start a new one from its study" in page
    assert researcher.post(address, {"end": "shapes"}).status_code == 404


@pytest.mark.parametrize("n_more", [0, 4])
def test_no_page_takes_more_queries_for_more_of_anything(
    researcher, survey, text, n_more, tmp_path, django_assert_max_num_queries
):
    make_stimulus_folder(tmp_path / "more", seed=3)
    for index in range(n_more):
        start_pilot(survey, "rosa")
        load_study(make_protocol(tmp_path, more=f'[texts]\nthanks = "{index}"\n'), new_version=True)
        Visitor("shapes").begin()
        survey.bot_runs.create(participants=1, seed=1, policy="uniform", by="rosa")
    for page in PAGES:
        with django_assert_max_num_queries(9):
            assert researcher.get(f"/console/surveys/shapes/{page}").status_code == 200
    with django_assert_max_num_queries(9):
        researcher.post(LOAD, {"text": text + '\n[texts]\nthanks = "x"\n'})


def test_a_researcher_who_may_not_edit_a_study_is_shown_nothing_of_it(team, survey, text):
    changed = text + '\n[texts]\nthanks = "Thank you so much."\n'
    for browser in (team.dee, team.cy):
        response = browser.post(LOAD, {"text": changed, "confirmed": "yes"})
        assert response.status_code == 400
        assert "belongs to a study that you may not edit" in response.text
        assert 'class="changes' not in response.text
    assert ProtocolVersion.objects.count() == 1
    shown = team.ben.post(LOAD, {"text": changed}).text
    assert "Make version 2" in shown
    assert 'class="changes' in shown


def test_a_viewer_sees_the_pages_without_their_buttons(team, survey):
    labels = (
        "Edit the protocol",
        "Load a changed file",
        "Run the checks",
        "Start a pilot",
        "Start the bots",
    )
    buttons = [f">{label}</" for label in labels]
    for page in PAGES:
        address = f"/console/surveys/{survey.slug}/{page}"
        shown = team.cy.get(address).text
        assert not any(button in shown for button in buttons)
    for button in buttons:
        assert any(
            button in team.ben.get(f"/console/surveys/{survey.slug}/{page}").text for page in PAGES
        )


def test_what_is_changed_is_in_the_audit_log(researcher, survey, text):
    from accounts.models import AuditEntry

    _, confirm = upload(researcher, text + '\n[texts]\nthanks = "Thank you so much."\n')
    confirm()
    researcher.post("/console/surveys/shapes/pilots/")
    logged = list(AuditEntry.objects.order_by("-number").values_list("actor", "action")[:3])
    assert logged == [
        ("rosa", "survey.pilot_started"),
        ("rosa", "survey.opened"),
        ("rosa", "survey.changed"),
    ]


def test_a_study_is_duplicated_under_a_free_address(researcher, survey):
    page = researcher.get("/console/surveys/shapes/protocol/").text
    assert 'href="/console/studies/new/?begin=copy:shapes"' in page
    text = researcher.get("/console/studies/new/?begin=copy:shapes").context["upload"].text
    assert 'slug = "shapes-2"' in text
    researcher.post("/console/studies/new/", {"text": text, "confirmed": "yes"})
    copy = Survey.objects.get(slug="shapes-2")
    assert (copy.status, copy.stimulus_set) == (Survey.Status.DRAFT, survey.stimulus_set)
    again = researcher.get("/console/studies/new/?begin=copy:shapes-2").context["upload"].text
    assert 'slug = "shapes-3"' in again


def test_nobody_duplicates_a_study_that_they_may_not_see(team, survey):
    assert team.dee.get("/console/studies/new/?begin=copy:shapes").context["upload"].text == ""


def test_a_new_study_begins_with_everything_that_is_there(researcher, survey):
    groups = dict(researcher.get(LOAD).context["beginnings"])
    assert [len(choices) for choices in groups.values()][:2] == [1, 1]
    designs = {value for value, _ in groups["A design of the library"]}
    assert {"design:crossover", "design:replication"} <= designs
    for choices in groups.values():
        for value, _ in choices:
            shown = researcher.get(LOAD, {"begin": value}).context
            assert shown["upload"].text
            assert not Survey.objects.filter(slug=shown["address"]).exists()


@pytest.mark.parametrize(
    "choice", ["design:../README", "starter:none", "copy:none", "nothing", ":"]
)
def test_what_is_no_beginning_begins_nothing(researcher, survey, choice):
    assert researcher.get(LOAD, {"begin": choice}).context["upload"].text == ""


def test_the_address_of_the_form_goes_before_that_of_the_text(researcher, survey):
    text = researcher.get(LOAD, {"begin": "copy:shapes"}).context["upload"].text
    shown = researcher.post(LOAD, {"text": text, "address": " my-study "})
    sent = {"text": shown.context["upload"].text, "confirmed": "yes"}
    assert researcher.post(LOAD, sent)["Location"].endswith("/my-study/protocol/edit/")
    assert Survey.objects.filter(slug="my-study").exists()


def test_an_address_that_will_not_do_is_named_and_kept_in_the_form(researcher, survey):
    text = researcher.get(LOAD, {"begin": "copy:shapes"}).context["upload"].text
    answer = researcher.post(LOAD, {"text": text, "address": "My Study"})
    assert answer.status_code == 400
    assert answer.context["address"] == "My Study"
    assert "slug" in answer.text
