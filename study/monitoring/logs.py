"""What every line of the log carries: the request's or the task's id, and nothing about a person.

Addresses of machines, query strings and cookies are never logged; a path is logged as its route,
since some addresses carry secrets.
"""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
IDS = ("request_id", "task_id", "task")
# What study/monitoring/request_log.py adds to its own lines.
EXTRA = ("method", "route", "status", "milliseconds")


class ContextFilter(logging.Filter):
    """Puts the ids on the record and takes out what could name somebody."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django tells of refused requests when the id is no longer this thread's.
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
    """Django's own lines on requests name the path; the route says as much."""
    request = getattr(record, "request", None)
    path = getattr(request, "path", None)
    if path is None or not isinstance(record.args, tuple):
        return
    route = route_of(request)
    # Django writes what is not ASCII as escapes.
    told = (path, path.encode("unicode_escape").decode("ascii"))
    record.args = tuple(route if argument in told else argument for argument in record.args)


def route_of(request: Any) -> str:
    """The route as urls.py has it, such as `s/<slug:slug>/`; empty for an unknown address."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "(unknown address)"


class TextFormatter(logging.Formatter):
    """One line for people: time, level, logger, message, and the id where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        found = getattr(record, "request_id", "") or getattr(record, "task_id", "")
        return f"{line} [{found}]" if found else line


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for programs that collect logs."""

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
    """Django's LOGGING, in the form `text` or `json`."""
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
            # Django gives its own logger a level, which would make LOG_LEVEL a half-truth.
            "django": {"level": level},
            # Of each sign-in axes tells four times; what matters is in the audit log.
            "axes": {"level": "WARNING"},
            # The requests that bots send are in the server's own log.
            "httpx2": {"level": "WARNING"},
            # A scanner's made-up host names, each with a traceback; they get 400 and no more.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            # A line for each request is for programs; a person would drown in it.
            "study.monitoring.request_log": {"level": "INFO" if form == "json" else "WARNING"},
        },
    }
