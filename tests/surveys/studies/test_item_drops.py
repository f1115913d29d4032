"""Items are dropped with a reason before a study opens, and never after."""

import csv

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import storages
from django.urls import reverse

from accounts.models import AuditEntry
from surveys.checks.leaks import find_leaks
from surveys.checks.preflight import unmet_points
from surveys.checks.stored_data import find_problems
from surveys.errors import ItemDropError, LoadError, ProtocolError
from surveys.export.folder import export_study
from surveys.models import ItemDrop, Survey, Trial
from surveys.participation.steps.trial import TrialPage
from surveys.studies.item_drops import drop_item, find_items, take_item_back
from surveys.studies.lifecycle.pilots import start_pilot
from surveys.studies.lifecycle.publishing import close_survey, open_survey
from surveys.studies.protocols.loading import load_study, propose_file, propose_text, store
from surveys.studies.protocols.versions import export_protocol
from tests.factories import make_protocol, make_stimulus_folder, make_survey
from tests.surveys.visitor import Visitor
from tests.team import make_team


@pytest.fixture
def draft(db, tmp_path):
    """Four items, and nobody in yet."""
    return make_survey(tmp_path, is_open=False)


@pytest.fixture
def person(db):
    return User.objects.create_user("eva")


def item_of(survey, name="item-02"):
    return survey.stimulus_set.items.get(name=name)


def names(survey):
    return [item.name for item in find_items(survey).filter(is_example=False)]


def test_participants_are_not_asked_about_a_dropped_item(draft, person):
    drop_item(draft, item_of(draft), person, "Shows a face.")
    open_survey(draft)
    Visitor(draft.slug).finish()

    assert names(draft) == ["item-01", "item-03", "item-04"]
    asked = Trial.objects.values_list("item__name", flat=True)
    assert sorted(asked) == ["item-01", "item-03", "item-04"]
    assert list(find_problems(Survey.objects.get())) == []


def test_a_drop_keeps_why_by_whom_and_when_and_the_log_has_it(draft, person):
    drop_item(draft, item_of(draft), person, "  Shows\n a face. ")
    drop = ItemDrop.objects.get()

    assert (drop.reason, drop.by, drop.by_name) == ("Shows a face.", person, "eva")
    assert drop.at is not None
    entry = AuditEntry.objects.get(action="survey.item_dropped")
    assert (entry.actor, entry.details) == ("eva", {"item": "item-02", "reason": "Shows a face."})


def test_a_dropped_item_is_taken_back_before_the_opening(draft, person):
    drop_item(draft, item_of(draft), person, "Shows a face.")
    assert take_item_back(draft, item_of(draft), person)
    assert not take_item_back(draft, item_of(draft), person)

    assert len(names(draft)) == 4
    assert AuditEntry.objects.filter(action="survey.item_taken_back").count() == 1


@pytest.mark.parametrize("status", ["open", "closed"])
def test_nothing_is_dropped_or_taken_back_once_the_survey_has_been_opened(draft, person, status):
    drop_item(draft, item_of(draft), person, "Shows a face.")
    open_survey(draft)
    if status == "closed":
        close_survey(draft)
    with pytest.raises(ItemDropError, match="has been opened, so its items can no longer change"):
        drop_item(draft, item_of(draft, "item-01"), person, "Blurred.")
    with pytest.raises(ItemDropError, match="has been opened"):
        take_item_back(draft, item_of(draft), person)
    assert ItemDrop.objects.count() == 1


def test_what_was_dropped_is_recorded_with_the_hashes_when_the_survey_opens(draft, person):
    drop_item(draft, item_of(draft), person, "Shows a face.")
    open_survey(draft, person)
    details = AuditEntry.objects.get(action="survey.opened").details
    assert details["dropped_items"] == {"item-02": "Shows a face."}
    assert details["protocol_sha256"] == draft.protocol_sha256


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501])
def test_a_drop_without_a_reason_or_with_an_essay_is_refused(draft, person, reason):
    with pytest.raises(ItemDropError, match="dropping item-02 must have 1 to 500 characters"):
        drop_item(draft, item_of(draft), person, reason)
    assert not ItemDrop.objects.exists()


def test_an_example_is_not_dropped(draft, person):
    with pytest.raises(ItemDropError, match="example-1 is not asked about"):
        drop_item(draft, item_of(draft, "example-1"), person, "Blurred.")


def test_an_item_is_dropped_once(draft, person):
    drop_item(draft, item_of(draft), person, "Blurred.")
    with pytest.raises(ItemDropError, match="item-02 is already dropped"):
        drop_item(draft, item_of(draft), person, "Blurred.")


def test_one_item_is_left_at_least(draft, person):
    for name in ("item-01", "item-02", "item-03"):
        drop_item(draft, item_of(draft, name), person, "Blurred.")
    with pytest.raises(ItemDropError, match="there would be 0 items, but the protocol needs at"):
        drop_item(draft, item_of(draft, "item-04"), person, "Blurred.")


def test_as_many_items_are_left_as_the_checks_need(db, tmp_path, person):
    draft = make_survey(tmp_path, is_open=False, more="[checks]\nrepeats = 2")
    with pytest.raises(ItemDropError, match="the protocol needs at least 4"):
        drop_item(draft, item_of(draft), person, "Blurred.")


def test_a_drop_is_part_of_the_protocol_its_hash_and_its_file(draft, person, tmp_path):
    before = draft.protocol_sha256
    drop_item(draft, item_of(draft), person, 'Shows "a face".')
    drop_item(draft, item_of(draft, "item-03"), person, "Blurred.")
    stored = Survey.objects.get()
    assert stored.protocol_sha256 not in (before, "")
    assert stored.protocol.dropped == {"item-02": 'Shows "a face".', "item-03": "Blurred."}
    text = export_protocol(stored)
    assert propose_text(text).is_unchanged
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text(text)
    again, _ = load_study(elsewhere, slug="again")
    assert names(again) == ["item-01", "item-04"]
    for name in ("item-02", "item-03"):
        take_item_back(draft, item_of(draft, name), person)
    assert Survey.objects.get(pk=draft.pk).protocol_sha256 == before


def test_opening_freezes_what_was_dropped(draft, person):
    drop_item(draft, item_of(draft), person, "Blurred.")
    open_survey(draft)
    assert draft.version.protocol.dropped == {"item-02": "Blurred."}
    assert draft.version.sha256 == draft.protocol_sha256
    changed = export_protocol(Survey.objects.get()).replace("item-02", "item-03")
    assert "dropped.item-02, dropped.item-03 may not change" in propose_text(changed).refusal


def test_a_protocol_that_is_loaded_says_what_is_dropped(draft, person, tmp_path):
    drop_item(draft, item_of(draft), person, "Shows a face.")
    file = make_protocol(tmp_path, more='[dropped]\nitem-03 = "Blurred."')
    assert propose_file(file).takes_back == ["item-02"]
    upload = {"text": file.read_text(), "stimuli": draft.stimulus_set.content_sha256}
    page = make_team(draft).ben.post(reverse("console:load"), upload).content.decode()
    assert "The draft drops item-02, but this protocol does not" in page
    with pytest.raises(LoadError, match="item-02 of 'shapes' was dropped in the console"):
        load_study(file)
    store(propose_file(file), "the command line")
    assert names(draft) == ["item-01", "item-02", "item-04"]
    assert ItemDrop.objects.get().by_name == "the command line"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('[dropped]\nitem-99 = "Blurred."', "dropped.item-99 is no item of the stimulus set"),
        ('[dropped]\nitem-01 = ""', "dropped.item-01 must be a text of 1 to 500 characters"),
        ('[dropped]\nitem-01 = "Blurred."\n[checks]\nrepeats = 2', "has 3 items that are not"),
        ("[dropped]\n" + "".join(f'item-0{n} = "x"\n' for n in range(1, 5)), "leaves no item"),
    ],
)
def test_a_protocol_drops_items_that_there_are_and_keeps_enough(draft, tmp_path, more, message):
    with pytest.raises(ProtocolError, match=message):
        load_study(make_protocol(tmp_path, more=more))


def test_a_table_in_one_line_is_written_like_any_other(draft, person, tmp_path):
    load_study(make_protocol(tmp_path, more='dropped = {item-01 = "Blurred."}'))
    draft.refresh_from_db()
    drop_item(draft, item_of(draft), person, "Shows a face.")
    dropped = {"item-01": "Blurred.", "item-02": "Shows a face."}
    assert Survey.objects.get().protocol.dropped == dropped
    assert propose_text(export_protocol(Survey.objects.get())).is_unchanged


def test_a_text_that_cannot_be_read_any_more_is_left_to_its_author(draft, person):
    Survey.objects.update(protocol_toml="colour = 1")
    with pytest.raises(ItemDropError, match=r"cannot be changed here; export it as a file"):
        drop_item(draft, item_of(draft), person, "Blurred.")
    assert Survey.objects.get().protocol_toml == "colour = 1"


def test_what_was_dropped_of_one_stimulus_set_does_not_count_for_another(draft, person, tmp_path):
    drop_item(draft, item_of(draft), person, "Blurred.")
    make_stimulus_folder(tmp_path / "other", seed=5)
    changed, _ = load_study(make_protocol(tmp_path, stimuli="other", more="[checks]\nrepeats = 2"))
    assert changed.protocol.checks.repeats == 2


def test_the_checks_before_opening_look_at_what_will_be_asked_about_only(draft, person):
    item = item_of(draft)
    for stimulus in item.stimuli.all():
        storages["stimuli"].delete(stimulus.file_name)
    assert any("Every image" in row.title for row in unmet_points(draft))
    assert len(find_leaks(draft)[0]) == 3
    drop_item(draft, item, person, "The files are damaged.")
    assert not any("Every image" in row.title for row in unmet_points(draft))
    assert find_leaks(draft)[0] == []


def test_another_study_with_the_same_set_still_asks_about_the_item(draft, person, tmp_path):
    other = make_survey(tmp_path, slug="other", is_open=False)
    drop_item(draft, item_of(draft), person, "Blurred.")
    assert len(names(other)) == 4


def test_the_export_marks_dropped_items_with_their_reason(draft, person, tmp_path):
    drop_item(draft, item_of(draft), person, "Shows a face.")
    open_survey(draft)
    Visitor(draft.slug).finish()
    export_study(draft, tmp_path / "out")
    (file,) = (tmp_path / "out").rglob("*items*.csv")
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert {row["item"]: row["dropped"] for row in rows} == {
        "item-01": "", "item-02": "Shows a face.", "item-03": "", "item-04": "",
    }  # fmt: skip


def test_a_pilot_leaves_out_what_the_study_does(draft, person):
    drop_item(draft, item_of(draft), person, "Shows a face.")
    pilot = start_pilot(draft, person)
    assert names(pilot) == ["item-01", "item-03", "item-04"]
    assert list(find_problems(pilot)) == []


def test_two_editors_who_drop_at_once_lose_no_drop(draft, person):
    stale = Survey.objects.get()
    drop_item(draft, item_of(draft), person, "Blurred.")
    drop_item(stale, item_of(draft, "item-03"), person, "Blurred.")
    assert set(Survey.objects.get().protocol.dropped) == {"item-02", "item-03"}


def test_check_data_finds_drops_that_the_protocol_does_not_have(draft, person):
    drop_item(draft, item_of(draft), person, "Blurred.")
    ItemDrop.objects.all().delete()
    problems = list(find_problems(Survey.objects.get()))
    assert problems == ["The protocol drops item-02, but the database drops nothing."]


def test_check_data_finds_a_drop_that_came_after_the_opening(draft, person):
    open_survey(draft)
    ItemDrop.objects.create(survey=draft, item=item_of(draft), reason="Late.", by_name="ada")
    problems = list(find_problems(Survey.objects.get()))
    assert "item-02 was dropped after the study was opened." in problems


def test_the_funnel_counts_the_questions_that_are_asked(draft, person):
    drop_item(draft, item_of(draft), person, "Blurred.")
    assert TrialPage().stages(draft)[-1].label == "Question 3 of 3"


def test_an_editor_drops_and_takes_back_on_the_page(draft):
    ben = make_team(draft).ben
    page = reverse("console:stimuli", args=[draft.slug])
    drop = reverse("console:drop_item", args=[draft.slug, "item-02"])
    back = reverse("console:take_item_back", args=[draft.slug, "item-02"])

    assert drop in ben.get(page).content.decode()
    answer = ben.post(drop, {"reason": "Shows a face."}, follow=True).content.decode()
    assert "item-02 is dropped. It will not be asked about." in answer
    assert "Shows a face." in answer
    assert "asked about 3 items; 1 was dropped" in answer
    overview = ben.get(reverse("console:survey", args=[draft.slug])).content.decode()
    assert "<dt>Questions</dt><dd>3, order random</dd>" in overview
    assert "item-02 is restored." in ben.post(back, follow=True).content.decode()
    assert "item-02 is not dropped" in ben.post(back, follow=True).content.decode()


def test_a_viewer_sees_what_was_dropped_but_no_button(draft, person):
    drop_item(draft, item_of(draft), person, "Shows a face.")
    page = make_team(draft).cy.get(reverse("console:stimuli", args=[draft.slug]))
    assert "Shows a face." in page.content.decode()
    assert "take-back" not in page.content.decode()
    assert "/drop/" not in page.content.decode()


def test_the_page_of_an_opened_study_offers_no_drop_and_refuses_one_in_a_sentence(survey):
    ben = make_team(survey).ben
    page = ben.get(reverse("console:stimuli", args=[survey.slug])).content.decode()
    assert "The study has been opened, so its items can no longer change." in page
    assert "/drop/" not in page
    drop = reverse("console:drop_item", args=[survey.slug, "item-02"])
    answer = ben.post(drop, {"reason": "Late."}, follow=True).content.decode()
    assert "has been opened, so its items can no longer change" in answer
    assert not ItemDrop.objects.exists()
