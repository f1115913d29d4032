"""Participants' pages in the language that they chose, in the protocol's own words and in ours."""

import gettext
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from surveys.checks.stored_data import find_problems
from surveys.models import Response, Survey
from surveys.protocol.wording import consent_version
from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING
from tests.surveys.visitor import Visitor

LOCALE = Path(settings.BASE_DIR) / "surveys" / "locale"
TRANSLATED = ("it", "ar")
THREE = 'languages = ["en", "it", "ar"]\n'
LABELS = '[labels]\nboat = {en = "boat", it = "barca", ar = "قارب"}\n'


def catalogue(code):
    with (LOCALE / code / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def words_of(page):
    """What is to be read on a page, without its markup."""
    body = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def walk(survey, code):
    visitor = Visitor(survey.slug)
    visitor.arrive(f"?lang={code}")
    visitor.finish()
    return visitor


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_page_of_a_whole_survey_has_our_english_left(db, tmp_path, code):
    survey = make_survey(tmp_path, more=THREE + EVERYTHING, n_examples=3)
    visitor = walk(survey, code)
    visitor.get(visitor.url("withdraw/"))
    visitor.send()
    english = [
        " ".join(part.split())
        for text in catalogue(code)._catalog
        for part in ([text] if isinstance(text, str) else [text[0]])
        if len(part) > 5 and "%(" not in part
    ]
    assert len(english) > 60
    read = " ".join(words_of(response.content.decode()) for response in visitor.seen)
    left = [text for text in english if re.search(rf"\b{re.escape(text)}\b", read)]
    assert left == []
    assert list(find_problems(Survey.objects.get())) == []


@pytest.mark.parametrize(("code", "direction"), [("en", "ltr"), ("it", "ltr"), ("ar", "rtl")])
def test_every_page_says_in_which_language_and_direction_it_is(db, tmp_path, code, direction):
    visitor = walk(make_survey(tmp_path, more=THREE), code)
    pages = [r.content.decode() for r in visitor.seen if r.status_code == 200]
    assert len(pages) > 6
    assert all(f'<html lang="{code}" dir="{direction}">' in page for page in pages)


def test_the_browsers_language_comes_first_if_the_protocol_has_it(db, tmp_path):
    survey = make_survey(tmp_path, more='languages = ["en", "it"]')
    for asked, code in (("it-IT,it;q=0.9,en;q=0.5", "it"), ("ar", "en"), ("fr", "en")):
        visitor = Visitor(survey.slug)
        visitor.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = asked
        visitor.begin()
        assert f'lang="{code}"' in visitor.text
        assert visitor.participant.language == code


def test_a_survey_in_one_language_is_in_that_whatever_the_browser_asks(survey):
    visitor = Visitor(survey.slug)
    visitor.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "it"
    visitor.finish()
    assert visitor.participant.language == "en"
    assert "Thank you!" in visitor.text
    assert 'hreflang="' not in visitor.seen[0].content.decode()


def test_a_language_that_the_protocol_does_not_have_is_not_taken(ada):
    ada.arrive("?lang=ar")
    assert 'lang="en"' in ada.text


def test_the_protocols_texts_may_be_given_in_each_language(db, tmp_path):
    more = (
        THREE.replace(', "ar"', "")
        + '[texts]\nquestion = {en = "Which one?", it = "Quale?"}\n'
        + 'thanks = "Danke!"'
    )
    survey = make_survey(tmp_path, more=more)
    for code, question in (("en", "Which one?"), ("it", "Quale?")):
        visitor = walk(survey, code)
        pages = [r.content.decode() for r in visitor.seen]
        assert any(question in page for page in pages)
        assert "Danke!" in visitor.text


def test_a_text_of_the_protocol_is_not_translated_by_chance(db, tmp_path):
    visitor = walk(make_survey(tmp_path, more=THREE + '[texts]\nquestion = "Yes"'), "it")
    pages = [r.content.decode() for r in visitor.seen]
    assert any("<bdi>Yes</bdi>" in page for page in pages)


def test_options_are_read_in_the_language_and_stored_by_the_classes_names(db, tmp_path):
    survey = make_survey(tmp_path, n_right=6, more=THREE + LABELS)
    visitor = walk(survey, "it")
    pages = " ".join(response.content.decode() for response in visitor.seen)
    assert '<bdi class="label">barca</bdi>' in pages
    assert '<bdi class="label">boat</bdi>' not in pages
    assert all("barca" not in trial.options for trial in visitor.participant.trials.all())
    assert all(response.option != "barca" for response in Response.objects.all())


def test_the_consent_version_is_of_the_wording_that_was_read(db, tmp_path):
    survey = make_survey(tmp_path, more=THREE)
    versions = {consent_version(survey.protocol, code) for code in ("en", "it", "ar")}
    assert len(versions) == 3
    visitor = walk(survey, "ar")
    assert visitor.participant.consent_version == consent_version(survey.protocol, "ar")


@pytest.mark.parametrize("code", TRANSLATED)
def test_placeholders_are_the_same_in_every_translation(code):
    for text, translated in catalogue(code)._catalog.items():
        if isinstance(text, str):
            assert set(re.findall(r"%\(\w+\)s", text)) == set(
                re.findall(r"%\(\w+\)s", translated)
            ), text


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="GNU gettext's msgfmt is not installed")
def test_the_compiled_translations_are_those_of_the_source(code, tmp_path):
    source = LOCALE / code / "LC_MESSAGES" / "django.po"
    compiled = tmp_path / "django.mo"
    subprocess.run([shutil.which("msgfmt"), "-o", compiled, source], check=True)
    with compiled.open("rb") as file:
        stored: Any = gettext.GNUTranslations(file)
        assert stored._catalog == catalogue(code)._catalog
