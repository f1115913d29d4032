"""A survey in the database as a study. The only file here that knows of surveys."""

import base64
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.storage import storages

from analysis.errors import DataError
from analysis.exports import read_export
from analysis.scores import conditions_of
from analysis.study_data import StudyData
from analysis.wording import condition_label
from surveys.export import write_data
from surveys.models import Survey

CONTENT_TYPES = {".webp": "image/webp", ".png": "image/png"}


def load_study(slug: str) -> StudyData:
    """The study of a survey in the database; raises DataError where there is none by that name.

    It is exported into a folder that is thrown away, so that a survey and its export cannot but
    give the same numbers and the same hash.
    """
    try:
        survey = Survey.objects.get(slug=slug)
    except Survey.DoesNotExist as error:
        known = ", ".join(Survey.objects.values_list("slug", flat=True)) or "none"
        raise DataError(
            f"There is no survey {slug!r}; the surveys in the database are: {known}."
        ) from error
    if not survey.participants.exists():
        raise DataError(f"The survey {slug!r} has no participants yet.")
    with TemporaryDirectory(prefix="foresee-") as folder:
        write_data(survey, Path(folder))
        study = read_export(Path(folder))
    return replace(study, pictures=item_pictures(survey, conditions_of(study.scores)))


def item_pictures(survey: Survey, conditions: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Each asked item's image and explanations as data URIs, for a report that stands alone."""
    found = {}
    for item in survey.stimulus_set.items.filter(is_example=False).prefetch_related("stimuli"):
        files = {stimulus.kind: stimulus.file_name for stimulus in item.stimuli.all()}
        kinds = [kind for kind in ("original", *conditions) if kind in files]
        found[item.name] = [(condition_label(kind), _data_uri(files[kind])) for kind in kinds]
    return found


def _data_uri(file_name: str) -> str:
    with storages["stimuli"].open(file_name) as file:
        content = base64.b64encode(file.read()).decode()
    return f"data:{CONTENT_TYPES[Path(file_name).suffix]};base64,{content}"
