"""Probes and their findings, and the list of all probes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from django.conf import settings


@dataclass(frozen=True)
class Finding:
    """The result of a probe: `missing` breaks a feature, `note` only limits it."""

    state: Literal["ok", "note", "missing"]
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Probe:
    """Checks one part of the installation; `look` returns a finding and never raises."""

    part: str
    look: Callable[[], Finding]
    # The id of the system check, if it is one; it must then be fast and need no database.
    check_id: str = ""
    # The requirement before a study opens, if it is one.
    before_opening: str = ""
    # Whether a load balancer should send requests elsewhere while it is missing.
    for_health: bool = False


def ok(found: str) -> Finding:
    """Return a finding that needs no remedy."""
    return Finding("ok", found)


def all_probes() -> Iterator[Probe]:
    """Yield the probes of the modules in the setting PROBES, in that order."""
    for name in settings.PROBES:
        yield from import_module(name).PROBES


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, at most 200 characters."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
