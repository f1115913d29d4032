"""Everything that should be true before a survey is opened, and what to do where it is not.

Nothing here keeps a survey from being opened. The researcher sees them, and decides.
"""

import hashlib
from collections.abc import Iterator

from django.core.files.storage import storages

from pv_engine.models import Stimulus, file_names_of
from surveys.checks.point import Point, State, point
from surveys.checks.preflight_protocol import protocol_points
from surveys.checks.preflight_site import site_points
from surveys.models import Participant, PreflightRun, Survey
from surveys.studies.item_drops import find_items


def preflight(survey: Survey, read_images: bool = True) -> list[tuple[str, list[Point]]]:
    """The points under the heading that they belong to. `survey` comes with its stimulus set.

    Without `read_images`, which may ask a bucket for each of them, that point is left out.
    """
    last_run = survey.preflight_runs.first()
    return [
        ("Protocol", list(protocol_points(survey))),
        ("Stimuli", [*([_images(survey)] if read_images else []), _leaks(survey, last_run)]),
        ("Pilot", list(_trials(survey))),
        ("Server", list(site_points(last_run))),
    ]


def unmet_points(survey: Survey) -> list[Point]:
    """Those that are not known to be met."""
    return [row for _, points in preflight(survey) for row in points if row.state != State.MET]


def count_unmet(survey: Survey) -> int:
    """How many are not met of a draft whose protocol was searched, without those of the pilot.

    Images are not read: the page that shows the number is opened again and again.
    """
    if survey.opened_at is not None:
        return 0
    last_run = survey.preflight_runs.filter(protocol_sha256=survey.protocol_sha256).first()
    if last_run is None or not last_run.is_finished:
        return 0
    sections = [
        points for heading, points in preflight(survey, read_images=False) if heading != "Pilot"
    ]
    return sum(row.state != State.MET for points in sections for row in points)


def _images(survey: Survey) -> Point:
    """Reads every image that may be shown, since a file may be there and yet be another one."""
    names = file_names_of(Stimulus.objects.filter(item__in=find_items(survey)))
    broken = [name for name in names if not _is_whole(name)]
    return point(
        "Every image exists and is intact",
        not broken,
        f"{len(names)} images."
        if not broken
        else f"{len(broken)} of {len(names)} are missing or damaged, such as {broken[0][:16]}….",
        "Load the protocol again from its stimulus folder, or restore the images from a backup.",
    )


def _is_whole(name: str) -> bool:
    try:
        with storages["stimuli"].open(name) as file:
            return hashlib.sha256(file.read()).hexdigest() == name.split(".")[0]
    except OSError:
        return False


def _leaks(survey: Survey, last_run: PreflightRun | None) -> Point:
    title = "No page or image gives the answer away"
    advice = "Press “Run the checks” to search every page of every condition."
    if last_run is None or not last_run.is_finished:
        return Point(title, State.UNKNOWN, "Not searched yet.", advice)
    if last_run.protocol_sha256 != survey.protocol_sha256:
        return Point(title, State.UNKNOWN, "The protocol has changed since then.", advice)
    leaks = last_run.leaks
    more = f" and {len(leaks) - 3} more" if len(leaks) > 3 else ""
    return point(
        title,
        not leaks,
        " ".join(leaks[:3]) + more if leaks else f"{last_run.n_pages} pages were searched.",
        "Change the text that gives it away, or build the stimulus set again.",
    )


def _trials(survey: Survey) -> Iterator[Point]:
    piloted = Participant.objects.filter(
        survey__pilot_of=survey,
        survey__protocol_sha256=survey.protocol_sha256,
        finished_at__isnull=False,
    )
    kinds = set(piloted.values_list("simulated", flat=True).distinct())
    yield point(
        "This version was piloted",
        bool(kinds),
        "Nobody has finished a pilot of it."
        if not kinds
        else "By people."
        if False in kinds
        else "By bots only.",
        "Start a pilot and take it yourself, or send bots.",
        "console:pilots",
    )
    bots = survey.participants.filter(simulated=True).exclude(number=None).count()
    yield point(
        "No bot has a participant number",
        not bots,
        f"Bots have {bots} of {survey.assigned} numbers."
        if bots
        else f"{survey.assigned} given, none to a bot."
        if survey.assigned
        else "No numbers yet.",
        "Load the protocol at another address, and run bots in pilots only.",
    )
