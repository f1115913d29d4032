"""A survey in the database as a study. The only file here that knows of surveys."""

from pathlib import Path
from tempfile import TemporaryDirectory

from analysis.data.exports import read_export
from analysis.data.study_data import StudyData
from analysis.errors import DataError
from surveys.export.folder import write_data
from surveys.export.tables import write_stimuli
from surveys.models import Survey


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
        write_stimuli(survey, Path(folder))
        return read_export(Path(folder))
