"""The health check for load balancers."""

import logging
import os
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError

from study.celery import app

logger = logging.getLogger(__name__)

BROKER_SECONDS = 2


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Return 200 if database and broker answer, else 503, with the state of each as JSON."""
    parts = {"database": database_answers(), "broker": broker_answers()}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        logger.error("The database does not answer: %s", error)
        return False
    return True


def broker_answers() -> bool:
    try:
        with app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
    except (OSError, KombuError) as error:
        logger.error("The broker does not answer: %s", error)
        return False
    return _message_folder_is_writable()


def _message_folder_is_writable() -> bool:
    """The embedded broker is a folder, so it answers if the folder is writable."""
    folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("data_folder_out")
    if folder is None:
        return True
    writable = Path(folder).is_dir() and os.access(folder, os.W_OK)
    if not writable:
        logger.error("The folder of the embedded broker, %s, cannot be written.", folder)
    return writable
