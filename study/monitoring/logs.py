"""Log lines: each has the id of its request or task, and nothing about a person.

IP addresses, query strings and cookies are never logged. A path is logged as its route, since some
paths contain secrets.
"""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
IDS = ("request_id", "task_id", "task")
# Fields that study/monitoring/request_log.py adds to its lines.
EXTRA = ("method", "route", "status", "milliseconds")


class ContextFilter(logging.Filter):
    """Adds the ids to the record and removes what could identify a person."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs refused requests after the thread's id was reset.
        request = getattr(record, "request", None)
        record.request_id = REQUEST_ID.get() or getattr(request, "request_id", "")
        record.task_id, record.task = _current_task()
        _hide_path(record)
        return True


def _current_task() -> tuple[str, str]:
    from celery import current_task  # a proxy: empty outside of tasks

    if not current_task:  # type: ignore[truthy-bool] # its stub knows of no proxy
        return "", ""
    return str(current_task.request.id or ""), str(current_task.name)


def _hide_path(record: logging.LogRecord) -> None:
    """Replace the path in Django's own lines by the route."""
    request = getattr(record, "request", None)
    path = getattr(request, "path", None)
    if path is None or not isinstance(record.args, tuple):
        return
    route = route_of(request)
    # Django escapes characters beyond ASCII.
    spellings = (path, path.encode("unicode_escape").decode("ascii"))
    record.args = tuple(route if argument in spellings else argument for argument in record.args)


def route_of(request: Any) -> str:
    """Return the route as in urls.py, such as `/s/<slug:slug>/`."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "(unknown address)"


class TextFormatter(logging.Formatter):
    """One line for people: time, level, logger, message, and the id if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        found = getattr(record, "request_id", "") or getattr(record, "task_id", "")
        return f"{line} [{found}]" if found else line


class JsonFormatter(logging.Formatter):
    """One JSON object per line, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, tz=UTC)
        line: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name in IDS if (value := getattr(record, name, ""))}
        line |= {name: getattr(record, name) for name in EXTRA if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def logging_settings(form: str, level: str) -> dict[str, Any]:
    """Return Django's LOGGING setting for the format `text` or `json`."""
    formatter: dict[str, Any] = {"()": JsonFormatter}
    if form == "text":
        pattern = "{asctime} {levelname} {name} {message}"
        formatter = {"()": TextFormatter, "format": pattern, "style": "{"}
    handler = {"class": "logging.StreamHandler", "formatter": "line", "filters": ["context"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": ContextFilter}},
        "formatters": {"line": formatter},
        "handlers": {"stderr": handler},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django sets a level on its own logger, which LOG_LEVEL must override.
            "django": {"level": level},
            # axes logs each sign-in four times; the audit log records it once.
            "axes": {"level": "WARNING"},
            # The server logs the requests of bots already.
            "httpx2": {"level": "WARNING"},
            # Made-up host names of scanners, each with a traceback; answering 400 is enough.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            # One line per request is for programs; it would drown a person.
            "study.monitoring.request_log": {"level": "INFO" if form == "json" else "WARNING"},
        },
    }
