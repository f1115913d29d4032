"""What a probe is, and the list of all probes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from django.conf import settings


@dataclass(frozen=True)
class Finding:
    """`missing` stops something that people will ask for; `note` only limits it."""

    state: Literal["ok", "note", "missing"]
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Probe:
    """Looks at one part of the installation; `look` returns a finding and never raises."""

    part: str
    look: Callable[[], Finding]
    # The id of the system check that it is, if it is one; it must be fast and needs no database.
    check_id: str = ""
    # What should be true before a study opens, if it matters then.
    before_opening: str = ""
    # Whether a load balancer should send requests elsewhere while it is missing.
    for_health: bool = False


def ok(found: str) -> Finding:
    """A finding that needs no remedy."""
    return Finding("ok", found)


def all_probes() -> Iterator[Probe]:
    """The probes of each module that PROBES in the settings names, in that order."""
    for name in settings.PROBES:
        yield from import_module(name).PROBES


def first_line(error: BaseException) -> str:
    """The first line of what a driver or client says went wrong."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
