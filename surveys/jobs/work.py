"""Makes the file of an export or a report, under another name until it is whole."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.audit.record import COMMAND_LINE, Action, record
from surveys.errors import JobError, SurveyError
from surveys.export.folder import export_study
from surveys.jobs.files import pack, publish_report, put_in_place, remove_files, scratch_folder
from surveys.jobs.queue import fail_job, finish_job, tell_progress
from surveys.models import Job
from surveys.studies.blinding import require_unblinded

logger = logging.getLogger(__name__)

UNEXPECTED = "Something unexpected went wrong on the worker; its log has the details. Try again."
# Shares of the whole at which the data are written and packed.
WRITTEN, PACKED = 0.8, 0.98


def make_file_of(job: Job) -> None:
    """Carry out a job that the caller has claimed; however it ends, the row says so."""
    try:
        require_unblinded(job.survey, f"The {job.kind}")
        with scratch_folder(job) as scratch:
            job.file_name = _file_name(job)
            content = _write(job, scratch)
            _keep(job, scratch, content)
    except SurveyError as error:
        fail_job(job, str(error))
    except Exception:
        logger.exception("Job %s failed.", job.pk)
        fail_job(job, UNEXPECTED)


def _file_name(job: Job) -> str:
    return f"{job.survey.slug}-{job.kind}-{timezone.now():%Y%m%d-%H%M%S}-{job.pk}.zip"


def _write(job: Job, scratch: Path) -> Path:
    """The folder that is to be packed, named for whoever unpacks it."""
    folder = scratch / f"{job.survey.slug}-{job.kind}"
    if job.kind == Job.Kind.EXPORT:
        tell_progress(job, "Writing the tables", 0.05)
        actor = job.started_by or COMMAND_LINE
        export_study(job.survey, folder, stimuli=job.with_images, actor=actor)
        return folder
    tell_progress(job, "Computing tables, tests and figures", 0.05)
    build: Callable[[str, Path], str] = import_string(settings.REPORT_BUILDER)
    problem = build(job.survey.slug, folder)
    if problem:
        raise JobError(problem)
    return folder


def _keep(job: Job, scratch: Path, content: Path) -> None:
    """Pack, and in one transaction: the row is finished and the files have their names."""
    archive = scratch / "archive.zip"
    sha256, size = pack(content, archive, partial(_tell_packed, job))
    is_report = job.kind == Job.Kind.REPORT
    with transaction.atomic():
        if not finish_job(job, file_name=job.file_name, sha256=sha256, size=size):
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


def _tell_packed(job: Job, share: float) -> None:
    tell_progress(job, "Packing", WRITTEN + (PACKED - WRITTEN) * share)
