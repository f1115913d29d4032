"""Decides who may ask for exports and reports, again or for the first time, and delete them."""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.audit.record import Action, record
from study.runs.messages import send
from study.runs.segments import resume
from surveys.errors import JobError
from surveys.jobs.files import clear_scratch, remove_files
from surveys.models import Job, Survey
from surveys.studies.blinding import require_unblinded

SLOT_TAKEN = "One is already being made; wait until it has finished."


def start_job(survey: Survey, kind: str, person: User, with_images: bool = False) -> Job:
    """BlindingError while the study is blind, JobError when one of the kind is being made."""
    require_unblinded(survey, f"The {Job.Kind(kind)}")
    if not survey.participants.exists():
        raise JobError(f"{survey.slug!r} has no participants yet, so there is nothing to write.")
    try:
        with transaction.atomic():
            job = Job.objects.create(
                survey=survey,
                kind=kind,
                with_images=with_images and kind == Job.Kind.EXPORT,
                started_by=person,
                started_by_name=person.get_full_name() or person.username,
            )
            send(job)
            record(person, Action.JOB_STARTED, survey, kind=kind, job=job.pk)
    except IntegrityError as error:
        raise JobError(SLOT_TAKEN) from error
    return job


def retry_job(job: Job, person: User) -> None:
    """Make a failed job, or one whose worker was lost, again. JobError for any other."""
    require_unblinded(job.survey, f"The {job.kind}")
    try:
        with transaction.atomic():
            if not resume(job, message="", permille=0):
                raise JobError("It is being made or has finished, so nothing was changed.")
            record(person, Action.JOB_RETRIED, job.survey, kind=job.kind, job=job.pk)
    except IntegrityError as error:
        raise JobError(SLOT_TAKEN) from error


def delete_job(job: Job, person: User) -> None:
    """Remove the job and its files for good; the audit log keeps their name and hash."""
    with transaction.atomic():
        is_over = ~Q(status__in=Job.ACTIVE) | Job.lost()
        gone, _ = Job.objects.filter(is_over, pk=job.pk).delete()
        if not gone:
            raise JobError("It is being made; delete it once it has finished.")
        transaction.on_commit(lambda: _remove(job))
        record(
            person, Action.FILE_DELETED, job.survey,
            kind=job.kind, job=job.pk, file=job.file_name, sha256=job.sha256,
        )  # fmt: skip


def _remove(job: Job) -> None:
    remove_files(job)
    clear_scratch(job.survey)


def clear_after_loss(job_id: int) -> None:
    """Remove what the lost process of a failed job left half-written."""
    for job in Job.objects.filter(pk=job_id).select_related("survey"):
        clear_scratch(job.survey)
