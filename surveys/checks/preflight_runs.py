"""Has a worker do the checks before opening that take too long for a page.

That the worker answers is itself one of the things to know before opening.
"""

from django.db import transaction

from study.runs.messages import send
from study.runs.segments import end, finish
from surveys.checks.leaks import find_leaks
from surveys.errors import StatusError
from surveys.models import PreflightRun, Survey

CHANGED = "The protocol has changed since the checks were requested; run them again."


@transaction.atomic
def ask(survey: Survey) -> PreflightRun:
    """Checks of the protocol as it is now, instead of any that still wait."""
    end(survey.preflight_runs.all(), PreflightRun.Status.CANCELLED)
    asked = PreflightRun.objects.create(survey=survey, protocol_sha256=survey.protocol_sha256)
    send(asked)
    return asked


def run_checks(asked: PreflightRun) -> None:
    """Do the checks of a claimed run and store what they found."""
    survey = Survey.objects.select_related("stimulus_set").get(pk=asked.survey_id)
    if survey.protocol_sha256 != asked.protocol_sha256:
        raise StatusError(CHANGED)
    leaks, n_pages = find_leaks(survey)
    finish(asked, leaks=leaks, n_pages=n_pages)
