"""A survey in the database as a study. The only file here that knows of surveys."""

from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import CommandError, call_command

from analysis.data.exports import read_export
from analysis.data.study_data import StudyData
from analysis.errors import DataError
from surveys.export.folder import write_data
from surveys.export.tables import write_stimuli
from surveys.models import Survey

CODEBOOK = "codebook.csv"


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


def export_problems(folder: Path) -> list[str]:
    """What `check_export` finds in a folder: how it differs from what was exported.

    By its command, which is what the export offers to others; it names up to 100 problems.
    """
    if not (folder / CODEBOOK).is_file():
        return [f"{CODEBOOK} is missing, so that nothing can be compared with what was exported."]
    said = StringIO()
    try:
        call_command("check_export", folder, stdout=said)
    except CommandError as error:
        # Where nothing could be compared, the error is all that is said.
        return said.getvalue().splitlines() or [str(error)]
    return []
