"""Decides about exports and reports of the console: who asks, who makes them, how they end.

One message starts a job. A worker claims it by a conditional update and writes only while its claim
is the latest, so a message that comes twice does nothing. A job that gave no sign of life for LEASE
has lost its worker and can be tried again.
"""

import logging
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from kombu.exceptions import KombuError

from accounts.audit.record import Action, record
from surveys.errors import JobError
from surveys.jobs.files import clear_scratch, remove_files
from surveys.models import Job, Survey
from surveys.studies.blinding import require_unblinded

logger = logging.getLogger(__name__)

ACTIVE = (Job.Status.QUEUED, Job.Status.RUNNING)
# Longer than a million responses took on a machine that was busy with a dozen other things.
LEASE = timedelta(minutes=30)
LOST = "The worker's process was ended from outside; try again."
NO_BROKER = "The broker does not answer, so no worker hears of this; start it, then try again."
SLOT_TAKEN = "One is being made already; wait until it is finished."


# What people ask for


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
                changed_at=timezone.now(),
            )
            _send(job.pk)
            record(person, Action.JOB_STARTED, survey, kind=kind, job=job.pk)
    except IntegrityError as error:
        raise JobError(SLOT_TAKEN) from error
    return job


def retry_job(job: Job, person: User) -> None:
    """Make a failed job, or one whose worker was lost, again. JobError for any other."""
    require_unblinded(job.survey, f"The {job.kind}")
    waiting = {"status": Job.Status.QUEUED, "error": "", "step": "", "permille": 0}
    try:
        with transaction.atomic():
            again = Job.objects.filter(_may_be_retried(), pk=job.pk)
            if not again.update(**waiting, changed_at=timezone.now(), finished_at=None):
                raise JobError("It is being made or finished already, so nothing was changed.")
            _send(job.pk)
            record(person, Action.JOB_RETRIED, job.survey, kind=job.kind, job=job.pk)
    except IntegrityError as error:
        raise JobError(SLOT_TAKEN) from error


def delete_job(job: Job, person: User) -> None:
    """Remove the job and its files for good; the audit log keeps their name and hash."""
    with transaction.atomic():
        gone, _ = Job.objects.filter(_is_over(), pk=job.pk).delete()
        if not gone:
            raise JobError("It is being made; it can be deleted once it is finished.")
        transaction.on_commit(lambda: _remove(job))
        record(
            person, Action.FILE_DELETED, job.survey,
            kind=job.kind, job=job.pk, file=job.file_name, sha256=job.sha256,
        )  # fmt: skip


def _remove(job: Job) -> None:
    remove_files(job)
    clear_scratch(job.survey)


def is_lost(job: Job) -> bool:
    """Whether the job is active by name only."""
    return job.is_active and job.changed_at < timezone.now() - LEASE


def _lapsed() -> Q:
    return Q(status__in=ACTIVE, changed_at__lt=timezone.now() - LEASE)


def _may_be_retried() -> Q:
    return Q(status=Job.Status.FAILED) | _lapsed()


def _is_over() -> Q:
    return Q(status=Job.Status.FINISHED) | _may_be_retried()


def _send(job_id: int) -> None:
    from surveys.tasks import make_file

    def send() -> None:
        try:
            make_file.delay(job_id)
        except (OSError, KombuError):
            logger.exception("Job %s could not be sent.", job_id)
            _fail(Job.objects.filter(pk=job_id, status=Job.Status.QUEUED), NO_BROKER)

    transaction.on_commit(send)


# What workers do


def claim_job(job_id: int, worker: str) -> Job | None:
    """The job, if it waits for a worker."""
    claimed = Job.objects.filter(pk=job_id, status=Job.Status.QUEUED).update(
        status=Job.Status.RUNNING,
        claim=F("claim") + 1,
        worker=worker[:200],
        changed_at=timezone.now(),
    )
    if not claimed:
        return None
    return Job.objects.select_related("survey__stimulus_set", "started_by").get(pk=job_id)


def tell_progress(job: Job, step: str, share: float) -> None:
    """`share` of the whole job is done, from 0 to 1; also the sign of life."""
    _held(job).update(step=step, permille=round(1000 * share), changed_at=timezone.now())


def finish_job(job: Job, **found: Any) -> bool:
    """Store what was made; False when the claim is lost, and the files must not be kept."""
    now = timezone.now()
    return bool(
        _held(job).update(
            status=Job.Status.FINISHED,
            step="", permille=1000, changed_at=now, finished_at=now, **found,
        )
    )  # fmt: skip


def fail_job(job: Job, sentence: str) -> None:
    _fail(_held(job), sentence)


def fail_lost_job(job_id: int) -> None:
    """The process that worked on the job is gone, its worker goes on."""
    _fail(Job.objects.filter(pk=job_id, status=Job.Status.RUNNING), LOST)
    for job in Job.objects.filter(pk=job_id).select_related("survey"):
        clear_scratch(job.survey)


def give_up_interrupted(worker: str) -> int:
    """Called when a worker starts: what it was making when it was stopped is made anew.

    A worker that is only starting cannot hold a claim. The number of jobs is returned.
    """
    lost = list(Job.objects.filter(worker=worker, status=Job.Status.RUNNING))
    for job in lost:
        if _held(job).update(status=Job.Status.QUEUED, step="", permille=0):
            _send(job.pk)
    return len(lost)


def _fail(jobs: QuerySet[Job], sentence: str) -> None:
    now = timezone.now()
    jobs.update(status=Job.Status.FAILED, error=sentence, step="", changed_at=now, finished_at=now)


def _held(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, claim=job.claim, status=Job.Status.RUNNING)
