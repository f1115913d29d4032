"""Gives each request an id, logs it in one line and measures its duration."""

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from study.monitoring.logs import REQUEST_ID, route_of
from study.monitoring.metrics import observe_request

logger = logging.getLogger(__name__)
HEADER = "X-Request-ID"


class RequestLogMiddleware:
    """Puts a new id, never the client's, into the log and the response's header."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = secrets.token_hex(8)
        request.request_id = request_id  # type: ignore[attr-defined]
        token = REQUEST_ID.set(request_id)
        start = time.perf_counter()
        try:
            response = self.respond(request)
            response[HEADER] = request_id
            _log_request(request, response.status_code, time.perf_counter() - start)
            return response
        finally:
            REQUEST_ID.reset(token)


def _log_request(request: HttpRequest, status: int, seconds: float) -> None:
    route = route_of(request)
    observe_request(request.method or "", route, status, seconds)
    milliseconds = round(seconds * 1000, 1)
    logger.info(
        "%s %s %d",
        request.method,
        route,
        status,
        extra={
            "method": request.method,
            "route": route,
            "status": status,
            "milliseconds": milliseconds,
        },
    )
