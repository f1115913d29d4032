"""One thing that should be true before a survey is opened."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Whether it is true. Nothing but the researcher decides whether that matters."""

    MET = "met"
    UNMET = "unmet"
    # Not known yet, such as a check that has not been run.
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Point:
    """What should be true, whether it is, what was found, and what to do about it."""

    title: str
    state: State
    found: str
    advice: str = ""
    # The URL name of the study's page where it is done; empty where no page of the console does.
    page: str = ""


def point(title: str, is_met: bool, found: str, advice: str, page: str = "") -> Point:
    """Met, or unmet with the advice on what to do and where."""
    if is_met:
        return Point(title, State.MET, found)
    return Point(title, State.UNMET, found, advice, page)
