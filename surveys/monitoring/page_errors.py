"""Keeps the unexpected errors of participants' pages for the monitoring: bounded, impersonal."""

import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from surveys.models import PageError, Survey

# So many different errors are kept for each survey; the one that came last is forgotten last.
KEPT = 50
OUR_APPS = ("accounts", "analysis", "pv_engine", "study", "surveys")

log = logging.getLogger(__name__)


def note_exception(sender: object, request: HttpRequest | None = None, **_: Any) -> None:
    """Receives Django's signal that a view has raised what nobody expected."""
    error = sys.exc_info()[1]
    match = request.resolver_match if request is not None else None
    if error is None or match is None or match.app_name != "surveys" or "slug" not in match.kwargs:
        return
    try:
        record_page_error(match.kwargs["slug"], match.url_name or "", error)
    except DatabaseError:
        # The database may be the reason of the error itself; Django's own log has that one.
        log.warning("An error of a participant's page could not be stored.")


def record_page_error(slug: str, page: str, error: BaseException) -> None:
    """Count the error; its class and place in the code are kept, and nothing else about it."""
    survey = Survey.objects.filter(slug=slug).only("pk").first()
    if survey is None:
        return
    now = timezone.now()
    key = {"page": page[:50], "kind": type(error).__name__[:100], "place": _place(error)[:200]}
    with transaction.atomic():
        stored, is_new = PageError.objects.get_or_create(
            survey=survey, **key, defaults={"first_at": now, "last_at": now}
        )
        if not is_new:
            PageError.objects.filter(pk=stored.pk).update(count=F("count") + 1, last_at=now)
            return
        newest = PageError.objects.filter(survey=survey).values_list("pk", flat=True)[:KEPT]
        PageError.objects.filter(survey=survey).exclude(pk__in=list(newest)).delete()


def _place(error: BaseException) -> str:
    """The innermost line of Foresee's own code, or of any code when there is none."""
    frames = _frames(error.__traceback__)
    ours = [frame for frame in frames if _is_ours(frame.filename)]
    if not frames:
        return ""
    frame = (ours or frames)[-1]
    name = Path(frame.filename)
    file = name.relative_to(settings.BASE_DIR).as_posix() if ours else name.name
    return f"{file}:{frame.lineno} {frame.name}"


def _frames(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    return list(traceback.extract_tb(trace))


def _is_ours(file: str) -> bool:
    """An installed Foresee lies beside other packages."""
    path = Path(file)
    return path.is_relative_to(settings.BASE_DIR) and (
        path.relative_to(settings.BASE_DIR).parts[0] in OUR_APPS
    )
