"""Looks for what participants must not see, in every page and image of a survey.

Walks the survey's preview in each condition, so nothing is stored.
"""

import re
from collections.abc import Iterator
from random import Random

from django.core.files.storage import storages
from django.http import HttpRequest, QueryDict
from PIL import Image, UnidentifiedImageError

from pv_engine.models import Stimulus, file_names_of
from surveys.bots.page_reader import read_page
from surveys.models import Condition, Survey
from surveys.participation.refusals import Refusal
from surveys.participation.shown.questions import fill_in_further
from surveys.participation.sql.reads import upcoming_trials
from surveys.participation.steps.trial import TrialPage
from surveys.preview.walk import Preview, Walk, read_only
from surveys.protocol.design.groups import shown_conditions
from surveys.protocol.schema import NO_EXPLANATION
from surveys.studies.item_drops import find_items

# What the project's own words for the answer key would be called in a page.
WORDS = ("model_wrong", "model_right", "stratum", "true_label", "true_labels")
# What a WebP or PNG file must say about itself to be shown; anything else is about its making.
PLAIN = {"loop", "background", "timestamp", "duration", "transparency", "gamma", "srgb", "dpi"}
LONGEST_WALK = 10_000


def find_leaks(survey: Survey) -> tuple[list[str], int]:
    """What was found, in words, and how many pages were looked at."""
    leaks, n_pages = list(_leaks_of_images(survey)), 0
    secrets, keys = _as_words(_secrets_of(survey)), _as_words(_keys_of(survey))
    for condition in survey.conditions.all():
        for address, page in _pages_of(survey, condition):
            n_pages += 1
            for secret, pattern in {**secrets, **(keys if "/trial/" in address else {})}.items():
                if pattern.search(page):
                    leaks.append(f"{address} ({condition.name}) contains {secret!r}.")
    return leaks, n_pages


def _secrets_of(survey: Survey) -> set[str]:
    """Names of conditions, items, sources and hashes."""
    manifest = survey.stimulus_set.manifest
    rows = [*manifest["items"], *manifest["examples"]]
    names = {*shown_conditions(survey.protocol), *(arm.name for arm in survey.protocol.groups)}
    secrets = names - {NO_EXPLANATION}
    secrets |= {str(row[key]) for row in rows for key in ("name", "source") if row.get(key)}
    return secrets | {*WORDS, survey.stimulus_set.content_sha256, survey.protocol_sha256}


def _keys_of(survey: Survey) -> set[str]:
    """Classes, where trials neither offer nor show any: predictions and true labels."""
    task, manifest = survey.protocol.task, survey.stimulus_set.manifest
    if task.told or not task.first.has_own_options:
        return set()
    rows = [*manifest["items"], *manifest["examples"]]
    known = {label for row in rows for label in (row["prediction"], *row["true_labels"])}
    return known - set(task.first.options_of(()))


def _as_words(secrets: set[str]) -> dict[str, re.Pattern[str]]:
    """A pattern for each, as a word of its own."""
    return {
        secret: re.compile(rf"(?<![\w-]){re.escape(secret)}(?![\w-])") for secret in sorted(secrets)
    }


def _pages_of(survey: Survey, condition: Condition) -> Iterator[tuple[str, str]]:
    """The address and the HTML of each page, from the first to the last."""
    walk = Walk(condition.name, survey.protocol.languages[0])
    sent = QueryDict(mutable=True)
    with read_only():
        for _ in range(LONGEST_WALK):
            preview = Preview(survey, walk, condition)
            html = preview.show(_request(preview.url), sent, has_bar=False).content.decode()
            yield preview.url, html
            if preview.step.is_end:
                return
            sent = _fill_in(preview, html)
            result = preview.go_on(sent)
            if isinstance(result, Refusal):
                raise RuntimeError(f"The preview does not go on from {preview.url}.")
            if result is not None:
                walk, sent = result, QueryDict(mutable=True)


def _request(address: str) -> HttpRequest:
    request = HttpRequest()
    request.method, request.path = "GET", address
    return request


def _fill_in(preview: Preview, html: str) -> QueryDict:
    """The first of everything, but the right answers where wrong ones end the survey."""
    form = read_page(html).forms[0]
    data = QueryDict(mutable=True)
    data.update({**form.values, **{name: rows[0] for name, rows in form.choices.items()}})
    data.update(dict.fromkeys(form.texts, "x"))
    for name, value in _needed(preview).items():
        data[name] = value
    return data


def _needed(preview: Preview) -> dict[str, str]:
    """Fields without which the page does not let anybody go on."""
    person, survey = preview.participant, preview.survey
    if preview.step.name != TrialPage.name:
        return preview.step.right_answers(survey.protocol)
    if not survey.protocol.task.further:
        return {}
    trial = upcoming_trials(person, 1)[0].trial
    random = Random(trial.position)  # noqa: S311 - invented answers, no secrets
    return fill_in_further(survey.protocol, trial, survey.seed, person.number or 0, random)


def _leaks_of_images(survey: Survey) -> Iterator[str]:
    for name in file_names_of(Stimulus.objects.filter(item__in=find_items(survey))):
        yield from _leaks_of_image(name)


def _leaks_of_image(name: str) -> Iterator[str]:
    try:
        with storages["stimuli"].open(name) as file, Image.open(file) as image:
            found = {str(key) for key in image.info} | ({"exif"} if image.getexif() else set())
    except (OSError, UnidentifiedImageError):
        yield f"The image {name[:16]}… cannot be read."
        return
    for key in sorted(found - PLAIN):
        yield f"The image {name[:16]}… has {key}, which may show how it was made."
