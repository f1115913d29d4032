"""Reads a survey in the database as a study. The only file here that imports surveys."""

from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import CommandError, call_command

from analysis.data.exports import read_export
from analysis.data.study_data import StudyData
from analysis.errors import DataError
from surveys.export.folder import write_data
from surveys.export.pages.writing import write_questions
from surveys.export.tables import write_stimuli
from surveys.models import Survey

CODEBOOK = "codebook.csv"


def load_study(slug: str) -> StudyData:
    """Return the study of a survey in the database; raise DataError for an unknown survey.

    It is exported into a temporary folder, so a survey and its export give the same numbers and the
    same hash.
    """
    try:
        survey = Survey.objects.get(slug=slug)
    except Survey.DoesNotExist as error:
        known = ", ".join(Survey.objects.values_list("slug", flat=True)) or "none"
        raise DataError(
            f"There is no study {slug!r}; the studies in the database are: {known}."
        ) from error
    if not survey.participants.exists():
        raise DataError(f"The study {slug!r} has no participants yet.")
    with TemporaryDirectory(prefix="foresee-") as folder:
        write_data(survey, Path(folder))
        write_stimuli(survey, Path(folder))
        write_questions(survey, Path(folder))
        return read_export(Path(folder))


def export_problems(folder: Path) -> list[str]:
    """Return how a folder differs from what was exported, as `check_export` reports it.

    The command is the interface that the export offers; it names up to 100 problems.
    """
    if not (folder / CODEBOOK).is_file():
        return [f"{CODEBOOK} is missing, so the tables cannot be compared with what was exported."]
    report = StringIO()
    try:
        call_command("check_export", folder, stdout=report)
    except CommandError as error:
        # Where nothing could be compared, there is only the error.
        return report.getvalue().splitlines() or [str(error)]
    return []
