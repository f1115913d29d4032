"""The last messages of each build, kept in the database: what happened, and how far it was.

    note_event(build, "Taken up by worker@one.")     what somebody or something did
    note_progress(build, "Step 300 of 600")          where a segment ended
    last_messages(build)                             both, the newest first

Of each kind the newest are kept, so that hours of progress push no event out.
"""

from pv_engine.models import Build, BuildMessage

KEPT = 100
Kind = BuildMessage.Kind


def note_event(build: Build, text: str) -> None:
    """Add what was done to the build, or what went wrong."""
    _note(build, Kind.EVENT, text)


def note_progress(build: Build, text: str) -> None:
    """Add how far the build is, unless the last message of this kind says the same."""
    last = BuildMessage.objects.filter(build=build, kind=Kind.PROGRESS).order_by("-pk")
    if text != last.values_list("text", flat=True).first():
        _note(build, Kind.PROGRESS, text)


def last_messages(build: Build) -> list[BuildMessage]:
    """The newest first; at most KEPT of each kind."""
    return list(BuildMessage.objects.filter(build=build).order_by("-pk")[: 2 * KEPT])


def _note(build: Build, kind: str, text: str) -> None:
    BuildMessage.objects.create(build=build, kind=kind, phase=build.phase, text=text)
    of_kind = BuildMessage.objects.filter(build=build, kind=kind).order_by("-pk")
    oldest_kept = of_kind.values_list("pk", flat=True)[KEPT - 1 : KEPT].first()
    if oldest_kept is not None:
        BuildMessage.objects.filter(build=build, kind=kind, pk__lt=oldest_kept).delete()
