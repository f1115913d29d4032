"""Celery tasks of the engine. The work is in builds/."""

from typing import Any

from celery import Task, shared_task

from pv_engine.builds import segments, sharing
from pv_engine.builds.opening import forget_engine
from pv_engine.models import Build
from study.runs.segments import advance
from study.runs.workers import process_lost


@shared_task(bind=True, ignore_result=True)
def advance_build(self: "Task[Any, None]", build_id: int, claim: int = 0) -> None:
    """Do one segment of a build."""
    if not advance(Build, build_id, claim, self.request.hostname or "", segments.run_segment):
        forget_engine()


@shared_task(bind=True, ignore_result=True)
def work_on_chunks(self: "Task[Any, None]", build_id: int) -> None:
    """Do some chunks of a build that workers share; send another message while some are free."""
    sharing.work_on_chunks(build_id, worker=self.request.hostname or "")


def free_chunks_of_lost_process(task: str, args: Any, workers: set[str], **_: object) -> None:
    if task == work_on_chunks.name:
        for worker in workers:
            sharing.release_lost_chunks(args[0], worker)


process_lost.connect(free_chunks_of_lost_process)
