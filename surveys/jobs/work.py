"""Makes the file of an export or a report, under another name until it is whole."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.audit.record import COMMAND_LINE, Action, record
from study.runs.claims import keep
from study.runs.segments import finish
from surveys.errors import JobError
from surveys.export.folder import export_study
from surveys.jobs.files import pack, publish_report, put_in_place, remove_files, scratch_folder
from surveys.models import Job
from surveys.studies.blinding import require_unblinded

# Thousandths of the whole at which the data are written and packed.
WRITTEN, PACKED = 800, 980


def make_file_of(job: Job) -> None:
    """Carry out a claimed job; whatever goes wrong is raised."""
    require_unblinded(job.survey, f"The {job.kind}")
    with scratch_folder(job) as scratch:
        job.file_name = _file_name(job)
        content = _write(job, scratch)
        _keep(job, scratch, content)


def _file_name(job: Job) -> str:
    return f"{job.survey.slug}-{job.kind}-{timezone.now():%Y%m%d-%H%M%S}-{job.pk}.zip"


def _write(job: Job, scratch: Path) -> Path:
    """The folder that is to be packed, named for the person who unpacks it."""
    folder = scratch / f"{job.survey.slug}-{job.kind}"
    if job.kind == Job.Kind.EXPORT:
        keep(job, message="Writing the tables", permille=50)
        actor = job.started_by or COMMAND_LINE
        export_study(job.survey, folder, stimuli=job.with_images, actor=actor, pages=True)
        return folder
    keep(job, message="Computing tables, tests and figures", permille=50)
    build: Callable[[str, Path], str] = import_string(settings.REPORT_BUILDER)
    problem = build(job.survey.slug, folder)
    if problem:
        raise JobError(problem)
    return folder


def _keep(job: Job, scratch: Path, content: Path) -> None:
    """Pack, and in one transaction: the row is finished and the files have their names."""
    archive = scratch / "archive.zip"
    sha256, size = pack(content, archive, partial(_report_packed, job))
    is_report = job.kind == Job.Kind.REPORT
    with transaction.atomic():
        if not finish(job, message="", file_name=job.file_name, sha256=sha256, size=size):
            return
        try:
            put_in_place(job, archive, content / "report.html" if is_report else None)
            if is_report:
                publish_report(job.survey, content)
        except BaseException:
            remove_files(job)
            raise
        if is_report:
            actor = job.started_by or COMMAND_LINE
            record(actor, Action.REPORT_BUILT, job.survey, file=job.file_name, sha256=sha256)


def _report_packed(job: Job, share: float) -> None:
    keep(job, message="Packing", permille=round(WRITTEN + (PACKED - WRITTEN) * share))
