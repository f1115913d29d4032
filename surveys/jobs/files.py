"""The files of exports and reports: where they lie, how they are packed, how they come to be.

A study's files are in REPORTS_DIR/<slug>.files/, beside REPORTS_DIR/<slug>/ with its newest report,
which is replaced as a whole by the next one. No slug has a dot, so the two cannot be confused.
"""

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from surveys.errors import JobError
from surveys.jobs.report_summary import results_file
from surveys.models import Job, Survey

# The smallest date that a ZIP file can have: the same data give the same bytes, whenever packed.
DATE = (1980, 1, 1, 0, 0, 0)
PORTION = 1 << 20
# Begins the name of a folder in which a file is being made; the job's number follows.
SCRATCH = ".making-"
# Of bytes packed, from 0 to 1.
Progress = Callable[[float], None]


def files_folder(survey: Survey) -> Path:
    return Path(settings.REPORTS_DIR) / f"{survey.slug}.files"


def newest_files(survey: Survey) -> dict[str, Job]:
    """Return the newest finished job of each kind: "report" and "export"."""
    newest: dict[str, Job] = {}
    for job in survey.jobs.filter(status=Job.Status.FINISHED).select_related("survey"):
        newest.setdefault(job.kind, job)
    return newest


def archive_of(job: Job) -> Path:
    """The job's ZIP file. JobError when there is none, or its name leads elsewhere."""
    return _existing(job, job.file_name)


def page_of(job: Job) -> Path:
    """The page of a finished report, as it was packed."""
    return _existing(job, _page_name(job))


def _page_name(job: Job) -> str:
    return f"{Path(job.file_name).stem}.html"


def _existing(job: Job, name: str) -> Path:
    folder = files_folder(job.survey).resolve()
    file = (folder / name).resolve()
    if not name or file.parent != folder or not file.is_file():
        raise JobError(f"The file {name!r} is not there any more; make it again.")
    return file


@contextmanager
def scratch_folder(job: Job) -> Iterator[Path]:
    """A folder on the same disk as the files, gone when the block ends."""
    folder = files_folder(job.survey)
    folder.mkdir(parents=True, exist_ok=True)
    clear_scratch(job.survey, but_also=job)
    with tempfile.TemporaryDirectory(prefix=f"{SCRATCH}{job.pk}-", dir=folder) as scratch:
        yield Path(scratch)


def clear_scratch(survey: Survey, but_also: Job | None = None) -> None:
    """Remove what processes that were killed left half-written, of jobs that do not run now.

    `but_also` is a job that is only beginning: what there is of it is an earlier, lost claim's.
    """
    running = set(survey.jobs.filter(status=Job.Status.RUNNING).values_list("pk", flat=True))
    running -= {but_also.pk} if but_also else set()
    kept = {str(number) for number in running}
    for left in files_folder(survey).glob(f"{SCRATCH}*"):
        if left.name.removeprefix(SCRATCH).partition("-")[0] not in kept:
            shutil.rmtree(left, ignore_errors=True)


def pack(folder: Path, archive: Path, progress: Progress) -> tuple[str, int]:
    """Write every file of the folder into the new ZIP file; its SHA-256 and its bytes.

    The paths in it begin with the folder's name. It depends on names and contents alone.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    whole, done = sum(path.stat().st_size for path in files), 0
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with path.open("rb") as source, packed.open(entry, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, PORTION)
            done += path.stat().st_size
            progress(done / whole if whole else 1.0)
    with archive.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest(), archive.stat().st_size


def put_in_place(job: Job, archive: Path, page: Path | None = None) -> None:
    """Give the finished files the names under which they are kept."""
    folder = files_folder(job.survey)
    if page is not None:
        shutil.copyfile(page, archive.with_suffix(".page"))
        archive.with_suffix(".page").rename(folder / _page_name(job))
    archive.rename(folder / job.file_name)


def publish_report(survey: Survey, report: Path) -> None:
    """Make the folder the study's newest report, which the page of results reads.

    JobError where something else lies: only a report is ever replaced.
    """
    newest = results_file(survey).parent
    if newest.exists():
        if any(newest.iterdir()) and not results_file(survey).is_file():
            raise JobError(f"{newest} holds files that are no report; move them elsewhere.")
        newest.rename(report.with_name("earlier"))
    report.rename(newest)


def remove_files(job: Job) -> None:
    """Whatever there is of the job's files."""
    if job.file_name:
        for name in (job.file_name, _page_name(job)):
            (files_folder(job.survey) / Path(name).name).unlink(missing_ok=True)
