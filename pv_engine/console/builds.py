"""The console's pages for builds; builds/services.py has the decisions."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import SignedInRequest, signed_in
from pv_engine.builds import services
from pv_engine.builds.training_records import sample_pictures
from pv_engine.console.build_page import build_context
from pv_engine.models import Build, StimulusSet
from study.console.sorting import Sorting

# Sortable columns of the list of builds, with their fields.
COLUMNS = {
    "recipe": "recipe_name",
    "status": "status",
    "progress": "permille",
    "started": "created_at",
}


@signed_in
@require_GET
def build_list(request: HttpRequest) -> HttpResponse:
    sorting = Sorting.of(request, COLUMNS, default="-started")
    everything = Build.objects.select_related("stimulus_set").defer("stimulus_set__manifest")
    builds = everything.order_by(sorting.order(COLUMNS[sorting.column]), "-pk")[:50]
    loaded = StimulusSet.objects.defer("manifest").filter(builds=None)
    context = {
        "builds": builds,
        "loaded": loaded,
        "sorting": sorting,
        "n_active": sum(build.is_active for build in builds),
    }
    return render(request, "pv_engine/build_list.html", context)


@signed_in
@require_GET
def detail(request: SignedInRequest, build_id: int) -> HttpResponse:
    related = Build.objects.select_related("stimulus_set", "started_by")
    build = get_object_or_404(related, pk=build_id)
    context = {**build_context(build), "may_steer": services.may_steer(request.user, build)}
    return render(request, "pv_engine/build.html", context)


@signed_in
@require_GET
def sample(request: HttpRequest, build_id: int, phase: str, step: int) -> HttpResponse:
    """Return one sample picture of a training, looked up among the existing files."""
    build = get_object_or_404(Build, pk=build_id)
    for picture in sample_pictures(build):
        if (picture.phase, picture.step) == (phase, step):
            return HttpResponse(picture.path.read_bytes(), content_type="image/webp")
    raise Http404


@signed_in
@require_POST
def cancel(request: SignedInRequest, build_id: int) -> HttpResponse:
    _require_steering(request, build_id)
    if services.cancel_build(build_id, request.user):
        messages.success(request, "Cancelled. Completed work is kept, and you can resume.")
    else:
        messages.warning(request, "This build has already ended.")
    return redirect("builds:detail", build_id)


@signed_in
@require_POST
def resume(request: SignedInRequest, build_id: int) -> HttpResponse:
    _require_steering(request, build_id)
    if not services.resume_build(build_id, request.user):
        messages.warning(request, "This build is running or has finished.")
    return redirect("builds:detail", build_id)


def _require_steering(request: SignedInRequest, build_id: int) -> None:
    build = get_object_or_404(Build.objects.select_related("started_by"), pk=build_id)
    if not services.may_steer(request.user, build):
        raise PermissionDenied(
            f"{build.started_by} started this build; only they and administrators may cancel or "
            "resume it."
        )
