"""The engine of the segment that this process ran last.

Whoever also runs the next one finds the networks, pictures and features still in memory; what
counts is on disk in any case.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from pv_engine.models import Build

if TYPE_CHECKING:  # the engine imports torch, which the web process must not
    from pv_engine.pipeline.stimulus_build import StimulusBuild

_engines: dict[tuple[int, datetime, int], "StimulusBuild"] = {}


def keep_engine(build: Build, engine: "StimulusBuild") -> None:
    _engines[build.pk, build.created_at, build.claim] = engine


def take_engine(build: Build) -> "StimulusBuild | None":
    """The engine as the segment just before this one left it, if this process ran that."""
    engine = _engines.get((build.pk, build.created_at, build.claim - 1))
    _engines.clear()
    return engine


def forget_engine() -> None:
    """Free what an engine holds in memory, before another one is opened."""
    _engines.clear()
