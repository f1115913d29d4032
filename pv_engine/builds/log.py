"""The last messages of each build, kept in the database: what happened, and how far it was.

    build.note("Started by ada.")                    what somebody or something did
    note_progress(build, "Step 300 of 600")          where a segment ended
    last_messages(build)                             both, the newest first

Of each kind the newest are kept, so that hours of progress push no event out.
"""

from pv_engine.models import Build, BuildMessage

PROGRESS = BuildMessage.Kind.PROGRESS


def note_progress(build: Build, text: str) -> None:
    """Add how far the build is, unless the last message of this kind says the same."""
    last = BuildMessage.objects.filter(build=build, kind=PROGRESS).order_by("-pk")
    if text != last.values_list("text", flat=True).first():
        BuildMessage.add(build, PROGRESS, text)


def last_messages(build: Build) -> list[BuildMessage]:
    """The newest first; at most BuildMessage.KEPT of each kind."""
    return list(BuildMessage.objects.filter(build=build).order_by("-pk")[: 2 * BuildMessage.KEPT])
