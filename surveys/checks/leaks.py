"""Looks for what participants must not see, in every page and image of a survey.

Walks the survey's preview in each condition, so nothing is stored.
"""

import re
from collections.abc import Iterator

from django.core.files.storage import storages
from PIL import Image, UnidentifiedImageError

from pv_engine.models import Stimulus, file_names_of
from surveys.bots.rehearsal import rehearse
from surveys.models import Survey
from surveys.protocol.design.groups import shown_conditions
from surveys.protocol.schema import NO_EXPLANATION
from surveys.studies.item_drops import find_items

# What the project's own words for the answer key would be called in a page.
WORDS = ("model_wrong", "model_right", "stratum", "true_label", "true_labels")
# What a WebP or PNG file must say about itself to be shown; anything else is about its making.
PLAIN = {"loop", "background", "timestamp", "duration", "transparency", "gamma", "srgb", "dpi"}


def find_leaks(survey: Survey) -> tuple[list[str], int]:
    """What was found, in words, and how many pages were looked at."""
    leaks, n_pages = list(_leaks_of_images(survey)), 0
    secrets, keys = _as_words(_secrets_of(survey)), _as_words(_keys_of(survey))
    for condition in survey.conditions.all():
        for preview, page in rehearse(survey, condition, survey.protocol.languages[0]):
            n_pages, address = n_pages + 1, preview.url
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
