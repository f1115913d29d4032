"""Nothing that is sent to a participant shows what they are asked to guess."""

import io
import json
import re
from http.cookies import SimpleCookie

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core import serializers
from PIL import Image

from pv_engine.models import Item
from surveys.models import (
    Invitation,
    ItemDrop,
    Job,
    Membership,
    Participant,
    ProtocolDraft,
    Unblinding,
)
from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING
from tests.surveys.visitor import Visitor

CONDITIONS = ("okapi-map", "zebra-map")


def take(tmp_path, more, n_examples, n=5):
    """Two visitors, one in each condition, at the end of their surveys."""
    survey = make_survey(
        tmp_path, n_wrong=n, n_right=n, conditions=CONDITIONS, n_examples=n_examples, more=more
    )
    visitors = [Visitor(survey.slug), Visitor(survey.slug)]
    for visitor in visitors:
        visitor.finish()
    assert {visitor.participant.condition.name for visitor in visitors} == set(CONDITIONS)
    return visitors


@pytest.fixture
def walks(db, tmp_path):
    """Through the thinnest survey there is."""
    return take(tmp_path, "", n_examples=0)


@pytest.fixture(params=["thin", "everything"])
def any_walks(db, tmp_path, request):
    """Through the thinnest survey, and through one with every section."""
    if request.param == "thin":
        return take(tmp_path, "", n_examples=0)
    return take(tmp_path, EVERYTHING, n_examples=3, n=2)


def sent_to(visitor):
    """Every byte of every answer, as text, cookies decoded, with the images it names."""
    parts, images = [], {}
    for response in visitor.seen:
        parts.append(response.content.decode())
        parts += [f"{name}: {value}" for name, value in response.items()]
        parts += [morsel.OutputString() for morsel in response.cookies.values()]
        for address in re.findall(r"/stimuli/[^\"']+", response.content.decode()):
            images.setdefault(address, b"".join(visitor.browser.get(address)))
    return "\n".join(parts), images


def test_no_byte_shows_condition_stratum_or_item(any_walks):
    secrets = [*CONDITIONS, "okapi", "zebra", "model_wrong", "model_right", "stratum", "true_label"]
    items = Item.objects.all()
    secrets += [item.name for item in items]
    secrets += [row["source"] for row in items[0].stimulus_set.manifest["items"]]
    secrets.append(items[0].stimulus_set.content_sha256)
    for visitor in any_walks:
        visitor.get(visitor.url("withdraw/"))
        text, images = sent_to(visitor)
        assert len(images) >= 14
        blob = text.encode() + b"".join(images.values())
        for secret in secrets:
            assert secret.encode() not in blob, secret


def test_the_prediction_is_only_ever_one_option_among_the_others(walks):
    """Apart from the answers to choose from, pages of different predictions are alike."""
    for visitor in walks:
        pages = [r.content.decode() for r in visitor.seen if b'id="trial"' in r.content]
        assert len(pages) == 10
        bare = {mask_what_may_differ(page) for page in pages[:-1]}
        assert len(bare) == 1


def mask_what_may_differ(page):
    page = re.sub(r'(name="answer" value=)"[^"]*"', r"\1", page)
    page = re.sub(r'(class="label">)[^<]*', r"\1", page)
    # The first answer stands where its option was drawn to stand.
    page = page.replace(" checked", "")
    page = re.sub(r'\s*<link rel="prefetch"[^>]*>', "", page)
    page = re.sub(r"/stimuli/[0-9a-f]{64}\.webp", "IMAGE", page)
    page = re.sub(r'(name="(csrfmiddlewaretoken|form_key)" value=)"[^"]*"', r"\1", page)
    page = re.sub(r"(Question )?\b\d+ of \d+|/trial/\d+/", "N", page)
    return re.sub(r'(<progress max="\d+" value=)"\d+"', r"\1", page)


def test_nothing_but_the_options_differs_between_questions_in_two_steps(db, tmp_path):
    """With every section: one page for the first step, one for the second, alike for all items."""
    kinds = []
    for visitor in take(tmp_path, EVERYTHING, n_examples=3, n=3):
        pages = [r.content.decode() for r in visitor.seen if b'id="trial"' in r.content]
        pages = [page for page in pages if "To show that you are reading" not in page]
        assert len(pages) == 14
        bare = {mask_what_may_differ(page) for page in pages[:-2]}
        assert len(bare) == 2
        kinds.append(bare)
    assert kinds[0] == kinds[1]


def test_both_conditions_get_the_same_pages_with_the_same_options(walks):
    forms = []
    for visitor in walks:
        trials = visitor.participant.trials.select_related("item")
        forms.append({trial.item.name: sorted(trial.options) for trial in trials})
    assert forms[0] == forms[1]
    bare = [
        {mask_what_may_differ(r.content.decode()) for r in v.seen if b'id="trial"' in r.content}
        for v in walks
    ]
    assert bare[0] == bare[1]


def test_the_place_of_the_prediction_is_drawn_evenly(walks):
    """Over many participants, each place holds the prediction about equally often."""
    from surveys.randomisation.seeds import option_order

    places = [0] * 5
    for number in range(1, 201):
        for position, item in enumerate(Item.objects.all(), start=1):
            order = option_order([*item.options, "cant_tell"], 7, number, position)
            places[order.index(item.prediction)] += 1
    # 2,000 draws, 400 expected in each place, standard deviation 18.
    assert all(abs(count - 400) < 75 for count in places)


def test_cookies_hold_a_token_and_nothing_about_the_study(walks):
    cookies = SimpleCookie()
    for morsel in walks[0].browser.cookies.values():
        cookies.load(morsel.OutputString())
    assert set(cookies) == {"participant", "csrftoken"}
    cookie = cookies["participant"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie["path"] == f"/s/{walks[0].slug}/"
    payload = json.loads(decode_base64(cookie.value.split(":")[0]))
    assert set(payload) == {"token", "arrived", "has_arrived", "simulated", "language"}


def decode_base64(text):
    import base64

    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_images_contain_no_metadata(any_walks):
    _, images = sent_to(any_walks[0])
    for content in images.values():
        image = Image.open(io.BytesIO(content))
        assert set(image.info) <= {"loop", "background", "timestamp", "duration"}


def test_no_page_asks_another_machine_for_anything(any_walks):
    for visitor in any_walks:
        text, _ = sent_to(visitor)
        assert not re.search(r"""(src|href|action)=["'](https?:)?//""", text)
        assert not re.search(r"""src(set)?=["']data:""", text)
        policies = [r["Content-Security-Policy"] for r in visitor.seen if r.status_code == 200]
        assert policies
        assert all("default-src 'self'" in policy for policy in policies)
        assert "<style" not in text
        assert not re.search(r"<script(?![^>]*src=)", text)
        assert " style=" not in text


def test_the_database_has_no_place_for_personal_data_of_participants():
    of_researchers = {Membership, Invitation, ItemDrop, Job, ProtocolDraft, Unblinding}
    fields = {
        field
        for model in apps.get_app_config("surveys").get_models()
        if model not in of_researchers
        for field in model._meta.get_fields()
    }
    personal = {"ip", "ip_address", "user_agent", "email", "name_of_person", "user"}
    assert not {field.name for field in fields} & personal
    assert User not in {field.related_model for field in fields}
    assert Participant not in {
        field.related_model for model in of_researchers for field in model._meta.get_fields()
    }


def test_nothing_of_the_browser_or_its_address_reaches_the_database(any_walks):
    survey = any_walks[0].participant.survey
    visitor = Visitor(survey.slug)
    marks = {
        "REMOTE_ADDR": "203.0.113.77",
        "HTTP_X_FORWARDED_FOR": "203.0.113.78",
        "HTTP_USER_AGENT": "Okapi/5.0",
        "HTTP_REFERER": "https://okapi.example/",
        "HTTP_ACCEPT_LANGUAGE": "se-FI",
    }
    visitor.browser.defaults.update(marks)
    visitor.finish()
    stored = serializers.serialize(
        "json", [row for model in apps.get_models() for row in model._default_manager.all()]
    )
    assert visitor.participant.token in stored
    for mark in marks.values():
        assert mark not in stored
