"""The log of each build in the database: events and progress.

    build.note("Started by ada.")                    an event
    note_progress(build, "Step 300 of 600")          the progress at the end of a segment
    last_messages(build)                             both, newest first

The newest of each kind are kept, so that progress does not push events out.
"""

from pv_engine.models import Build, BuildMessage

PROGRESS = BuildMessage.Kind.PROGRESS


def note_progress(build: Build, text: str) -> None:
    """Add a progress message unless it repeats the last one."""
    last = BuildMessage.objects.filter(build=build, kind=PROGRESS).order_by("-pk")
    if text != last.values_list("text", flat=True).first():
        BuildMessage.add(build, PROGRESS, text)


def last_messages(build: Build) -> list[BuildMessage]:
    """Return the messages, newest first, at most BuildMessage.KEPT of each kind."""
    return list(BuildMessage.objects.filter(build=build).order_by("-pk")[: 2 * BuildMessage.KEPT])
