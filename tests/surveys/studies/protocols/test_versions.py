"""Opening freezes a protocol; what changes later is a version of its own."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from surveys.checks.stored_data import find_problems
from surveys.errors import ExportError, LoadError
from surveys.export.folder import export_study
from surveys.export.tables import data_file
from surveys.models import ProtocolVersion, Survey
from surveys.protocol.difference import Change, find_changes
from surveys.studies.lifecycle.publishing import close_survey, open_survey
from surveys.studies.protocols.editing import (
    editable_text,
    form_sections,
    propose_edit,
    with_values,
)
from surveys.studies.protocols.loading import load_study, propose_file, propose_text, store
from surveys.studies.protocols.versions import export_protocol, write_protocol
from tests.factories import make_protocol, make_stimulus_folder, make_survey
from tests.surveys.everything import EVERYTHING, QUESTIONNAIRE
from tests.surveys.visitor import Visitor

pytestmark = pytest.mark.django_db
THANKS = '[texts]\nthanks = "{}"\ndebriefing = "It was about pictures."\n'
OTHER_THANKS = THANKS.format("Thanks a lot.")


@pytest.fixture
def survey(tmp_path):
    return make_survey(tmp_path, more=THANKS.format("Thank you."))


def change(tmp_path, more=OTHER_THANKS, **changes):
    return load_study(make_protocol(tmp_path, more=more, **changes), new_version=True)


def test_a_draft_has_no_version_and_opening_makes_the_first(tmp_path):
    survey = make_survey(tmp_path, is_open=False)
    assert survey.version is None
    open_survey(survey, "rosa")
    version = survey.versions.get()
    assert (version.number, version.by, version.pk) == (1, "rosa", survey.version_id)
    assert version.sha256 == survey.protocol_sha256
    assert version.stimulus_set == survey.stimulus_set
    close_survey(survey)
    open_survey(survey)
    assert survey.versions.count() == 1


def test_a_version_is_never_changed_or_removed(survey):
    version = survey.versions.get()
    for forbidden in (
        version.save, version.delete, survey.versions.all().delete,
        lambda: survey.versions.update(number=2),
    ):  # fmt: skip
        with pytest.raises(TypeError, match="version of a protocol cannot be"):
            forbidden()


def test_a_changed_wording_of_an_opened_survey_is_a_new_version(survey, tmp_path):
    changed, was_changed = change(tmp_path)
    assert (changed.pk, was_changed) == (survey.pk, True)
    assert [version.protocol.texts.thanks for version in changed.versions.all()] == [
        "Thank you.",
        "Thanks a lot.",
    ]
    assert changed.version.number == 2
    assert change(tmp_path) == (changed, False)
    back, _ = change(tmp_path, THANKS.format("Thank you."))
    assert back.version.number == 3
    assert back.version.sha256 == survey.protocol_sha256


def test_it_asks_before_it_makes_a_version_and_shows_the_difference(survey, tmp_path):
    file = make_protocol(tmp_path, more=OTHER_THANKS)
    with pytest.raises(CommandError, match="add --new-version") as caught:
        call_command("load_study", file)
    assert "  texts.thanks: Thank you. → Thanks a lot." in str(caught.value).splitlines()
    out = StringIO()
    call_command("load_study", file, new_version=True, stdout=out)
    assert "loaded" in out.getvalue()
    assert ProtocolVersion.objects.get(number=2).by == "the command line"


@pytest.mark.parametrize("is_closed", [False, True])
@pytest.mark.parametrize(
    ("more", "changes", "key"),
    [
        ("", {"seed": 8}, "seed"),
        ("", {"ratios": [2, 1]}, r"conditions\[1\].ratio"),
        ("", {"conditions": ["pv", "gradcam"]}, r"conditions\[1\].name"),
        ("", {"conditions": ["gradcam", "pv", "none"]}, r"conditions\[3\].name"),
        ('question_order = "fixed"', {}, "question_order"),
        ('languages = ["it", "en"]', {}, r"languages\[1\]"),
        ("[trials]\nconfidence = true", {}, "trials.confidence"),
        ("[checks]\nrepeats = 1", {}, "checks.repeats"),
        ('[assignment]\nmode = "least_filled"', {}, "assignment.mode"),
        (QUESTIONNAIRE, {}, r"questionnaire\[1\].questions\[1\].name"),
        ("", {"stimuli": "others"}, "stimulus_set"),
    ],
)
def test_what_would_break_the_study_is_refused(tmp_path, more, changes, key, is_closed):
    survey = make_survey(tmp_path)
    make_stimulus_folder(tmp_path / "others", seed=5)
    if is_closed:
        close_survey(survey)
    with pytest.raises(LoadError, match=rf"has been opened, so .*{key}.* may not change") as caught:
        change(tmp_path, more, **changes)
    assert "at another address" in str(caught.value)
    assert Survey.objects.get().protocol_sha256 == survey.protocol_sha256
    assert ProtocolVersion.objects.count() == 1


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_deviation_can_be_written_by_the_form_whether_a_study_is_open_or_closed(
    tmp_path, is_closed
):
    survey = make_survey(tmp_path)
    if is_closed:
        close_survey(survey)
    texts = ["The server was down on 3 May.", "Ten were paid late."]
    after = with_values(
        editable_text(survey), {"study.deviations": "\r\n".join(texts)}, Survey.objects.get()
    )
    changed, _ = store(propose_edit(survey, after), "rosa")
    assert changed.version.number == 2
    assert changed.protocol.study.deviations == tuple(texts)
    [found] = [
        section
        for section in form_sections(editable_text(changed), changed)
        if section.heading == "Deviations from the plan"
    ]
    assert found.fields[0].value.splitlines() == texts
    assert found.is_open


def test_participants_keep_the_version_they_began_with(survey, tmp_path):
    early, late = Visitor("shapes"), Visitor("shapes")
    early.begin()
    change(
        tmp_path, 'title = "x"\n[texts]\nthanks = "Thanks a lot."\n'.replace('title = "x"\n', "")
    )
    late.finish()
    early.finish()
    assert "It was about pictures." in "".join(r.content.decode() for r in early.seen)
    assert "Thank you." in early.text
    assert "It was about pictures." not in "".join(r.content.decode() for r in late.seen)
    assert "Thanks a lot." in late.text
    assert [v.participant.version.number for v in (early, late)] == [1, 2]
    assert list(find_problems(Survey.objects.get())) == []


def test_the_export_says_who_was_given_which_version(survey, tmp_path):
    Visitor("shapes").begin()
    change(tmp_path, "")
    Visitor("shapes").finish()
    survey = Survey.objects.get()
    export_study(survey, tmp_path / "out")
    file = tmp_path / "out" / "data" / data_file("shapes", "participants")
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert [(row["protocol_version"], row["outcome"]) for row in rows] == [
        ("1", "unfinished"),
        ("2", "complete"),
    ]


def test_consent_is_asked_again_when_its_wording_changed_in_between(survey, tmp_path):
    visitor = Visitor("shapes")
    visitor.arrive()
    change(tmp_path, '[texts]\nconsent = "I agree to much more."\n')
    response = visitor.send_consent()
    assert response.status_code == 409
    assert "I agree to much more." in visitor.text
    assert not survey.participants.exists()
    visitor.send_consent()
    assert visitor.participant.version.number == 2


def test_nobody_is_asked_again_when_another_page_changed(survey, tmp_path):
    visitor = Visitor("shapes")
    visitor.arrive()
    change(tmp_path)
    visitor.send_consent()
    assert visitor.participant.version.number == 2


def test_a_proposal_stores_nothing_and_is_not_stored_over_somebody_elses_change(survey, tmp_path):
    proposal = propose_file(make_protocol(tmp_path, more=OTHER_THANKS))
    assert proposal.makes_version
    assert [change.key for change in proposal.changes] == ["texts.thanks"]
    assert ProtocolVersion.objects.count() == 1
    change(tmp_path, THANKS.format("Many thanks."))
    with pytest.raises(LoadError, match="has changed in the meantime"):
        store(proposal, "rosa")
    assert Survey.objects.get().protocol.texts.thanks == "Many thanks."


def test_changes_are_named_key_by_key(tmp_path):
    make_stimulus_folder(tmp_path / "stimuli", n_examples=3)
    before = propose_file(make_protocol(tmp_path)).protocol
    after = propose_file(make_protocol(tmp_path, more=EVERYTHING)).protocol
    assert find_changes(before, before) == []
    found = {change.key: change for change in find_changes(before, after)}
    assert found["practice"] == Change("practice", 0, 1)
    assert str(found["trials.confidence"]) == "trials.confidence: false → true"
    assert str(found["panel.name"]) == "panel.name: '' → prolific"
    assert str(found["questionnaire[1].title"]) == "questionnaire[1].title: nothing → About you"
    words = Change("texts.thanks", "Thank you very much.", "Thank you so much.").words()
    assert words == [
        ("same", "Thank you "),
        ("gone", "very"),
        ("new", "so"),
        ("same", " much."),
    ]


def test_a_changed_text_is_shown_from_a_little_before_its_first_difference_on():
    start = "Responsible is Ada Rossi of Example University; write to ada@example.org. "
    change = Change("texts.information", f"{start}Stored for ten years.", f"{start}For five.")
    assert str(change) == (
        "texts.information: …ada@example.org. Stored for ten years. → …ada@example.org. For five."
    )
    assert str(Change("seed", 1, 2)) == "seed: 1 → 2"
    assert str(Change("texts.debriefing", "", "Thank you.")) == "texts.debriefing: '' → Thank you."
    long = Change("texts.thanks", "word " * 40, "word " * 39)
    assert max(map(len, str(long).split(" → "))) <= len("texts.thanks: ") + 60


def test_lines_of_a_paragraph_are_compared_as_participants_read_them():
    before, after = "One line\nand another.\n\nA paragraph.", "One line and another.\n\nOne more."
    assert Change("texts.thanks", before, after).words() == [
        ("same", "One line and another.\n\n"),
        ("gone", "A"),
        ("new", "One"),
        ("same", " "),
        ("gone", "paragraph."),
        ("new", "more."),
    ]


def test_line_breaks_are_shown_where_nothing_else_differs():
    words = Change("texts.thanks", "One\ntwo", "One two").words()
    assert words == [("same", "One"), ("gone", "\n"), ("new", " "), ("same", "two")]


def test_values_without_a_word_in_common_are_one_for_the_other():
    assert Change("sample.size", 0, 100).is_replaced
    assert Change("stopping.rule", "", "At ten.").is_replaced
    assert not Change("texts.thanks", "Thank you very much.", "Thank you.").is_replaced


@pytest.mark.parametrize("slug", ["", "rehearsal"])
def test_an_exported_protocol_loads_elsewhere_to_the_same_hash(tmp_path, slug):
    make_stimulus_folder(tmp_path / "stimuli", n_examples=3)
    file = make_protocol(tmp_path, more="# A comment of ours.\n" + EVERYTHING)
    survey, _ = load_study(file, slug)
    digest, content = survey.protocol_sha256, survey.stimulus_set.content_sha256
    elsewhere = tmp_path / "elsewhere"
    write_protocol(survey, elsewhere / "study.toml")
    assert "# A comment of ours." in (elsewhere / "study.toml").read_text()
    Survey.objects.all().delete()
    assert propose_text((elsewhere / "study.toml").read_text()).sha256 == digest
    survey.stimulus_set.delete()
    (tmp_path / "stimuli").rename(elsewhere / content[:16])
    again, _ = load_study(elsewhere / "study.toml")
    assert (again.slug, again.protocol_sha256) == (slug or "shapes", digest)


def test_each_version_can_be_exported(survey, tmp_path):
    change(tmp_path)
    survey = Survey.objects.get()
    first, second = survey.versions.all()
    assert 'thanks = "Thank you."' in export_protocol(survey, first)
    assert export_protocol(survey, second) == export_protocol(survey)


def test_an_export_that_does_not_give_the_hash_is_refused(survey, tmp_path):
    Survey.objects.update(protocol_sha256="0" * 64)
    with pytest.raises(ExportError, match="instead of 0000000000000000"):
        export_protocol(Survey.objects.get())


def test_the_command_writes_the_protocol_and_never_over_a_file(survey, tmp_path):
    out = StringIO()
    call_command("export_protocol", "shapes", out=tmp_path / "x.toml", stdout=out)
    assert survey.stimulus_set.content_sha256[:16] in out.getvalue()
    with pytest.raises(CommandError, match="exists already"):
        call_command("export_protocol", "shapes", out=tmp_path / "x.toml")
    with pytest.raises(CommandError, match="There is no study 'nothing'"):
        call_command("export_protocol", "nothing", out=tmp_path / "y.toml")


def test_a_text_without_a_folder_needs_a_stimulus_set_that_is_loaded(survey, tmp_path):
    text = make_protocol(tmp_path, "other").read_text()
    content = survey.stimulus_set.content_sha256
    with pytest.raises(Exception, match=rf"stimulus_set must be a stimulus set .*{content[:16]}"):
        propose_text(text)
    proposal = propose_text(text, stimuli=content)
    other, _ = store(proposal, "rosa")
    assert other.stimulus_set == survey.stimulus_set
    by_folder_name = text.replace('"stimuli"', f'"stimuli/{content[:16]}"')
    assert propose_text(by_folder_name).sha256 == other.protocol_sha256
