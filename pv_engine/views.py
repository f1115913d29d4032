"""The console's pages on builds and stimulus sets; they carry, services.py decides."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import SignedInRequest, signed_in
from accounts.limits import limit_uploads
from pv_engine import services
from pv_engine.configs import REFERENCE
from pv_engine.errors import RecipeError
from pv_engine.forms import StartForm
from pv_engine.models import Build, StimulusSet
from study.sorting import Sorting

# What each phase of the engine is called on a page, in their order.
PHASES = {
    "data": "Prepare the images",
    "classifier": "Train or load the classifier",
    "select": "Choose the items",
    "decoder": "Train the decoder",
    "autoencoder": "Train the reference",
    "render": "Render the stimuli",
    "quality": "Measure the quality",
    "publish": "Write the stimulus set",
}
# What the list of builds can be sorted by, and the field behind it.
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
    context = {"builds": builds, "loaded": loaded, "sorting": sorting}
    return render(request, "pv_engine/build_list.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
@limit_uploads
def start(request: SignedInRequest) -> HttpResponse:
    form = StartForm(request.POST, request.FILES) if request.method == "POST" else StartForm()
    if form.is_valid():
        try:
            build = services.start_build(form.cleaned_data["recipe"], request.user)
            return redirect("builds:detail", build.pk)
        except RecipeError as error:
            form.add_error(None, str(error))
    return render(request, "pv_engine/start.html", {"form": form})


@signed_in
@require_GET
def detail(request: SignedInRequest, build_id: int) -> HttpResponse:
    related = Build.objects.select_related("stimulus_set", "started_by")
    build = get_object_or_404(related, pk=build_id)
    context = {
        "build": build,
        "steps": _steps(build),
        "may_steer": services.may_steer(request.user, build),
    }
    return render(request, "pv_engine/build.html", context)


@signed_in
@require_GET
@never_cache
def progress(request: HttpRequest) -> JsonResponse:
    """Every build that is not over yet, by number; a page reloads when its build is missing."""
    active = Build.objects.filter(status__in=services.ACTIVE)
    return JsonResponse({"builds": {str(build.pk): _as_json(build) for build in active}})


@signed_in
@require_POST
def cancel(request: SignedInRequest, build_id: int) -> HttpResponse:
    _require_steering(request, build_id)
    if services.cancel_build(build_id, request.user):
        messages.success(request, "Cancelled. What was done so far is kept; you can resume.")
    else:
        messages.warning(request, "This build was over already.")
    return redirect("builds:detail", build_id)


@signed_in
@require_POST
def resume(request: SignedInRequest, build_id: int) -> HttpResponse:
    _require_steering(request, build_id)
    if not services.resume_build(build_id, request.user):
        messages.warning(request, "Only a failed or cancelled build can be resumed.")
    return redirect("builds:detail", build_id)


@signed_in
@require_GET
def stimulus_set(request: HttpRequest, content_sha256: str) -> HttpResponse:
    found = get_object_or_404(StimulusSet, content_sha256=content_sha256)
    items = found.items.prefetch_related("stimuli")
    kinds = ["original", *found.manifest["conditions"]]
    rows = [_row(item, kinds) for item in items]
    context = {
        "stimulus_set": found,
        "kinds": kinds,
        "rows": rows,
        "quality": _quality(found),
        "precisions": _precisions(found),
        "shortage": found.manifest.get("shortage", {}),
    }
    return render(request, "pv_engine/stimulus_set.html", context)


def _require_steering(request: SignedInRequest, build_id: int) -> None:
    build = get_object_or_404(Build.objects.select_related("started_by"), pk=build_id)
    if not services.may_steer(request.user, build):
        raise PermissionDenied(
            f"This build was started by {build.started_by}; only they and administrators may "
            "cancel or resume it."
        )


def _row(item: Any, kinds: list[str]) -> dict[str, Any]:
    files = {stimulus.kind: stimulus.file_name for stimulus in item.stimuli.all()}
    return {"item": item, "files": [(kind, files[kind]) for kind in kinds if kind in files]}


def _quality(found: StimulusSet) -> list[tuple[str, float]]:
    """The quality measures of classifier and decoder, as the manifest has them."""
    return [
        (f"{part}: {name.replace('_', ' ')}", value)
        for part in ("classifier", "decoder")
        for name, value in found.manifest.get(part, {}).get("quality", {}).items()
        if isinstance(value, int | float)
    ]


def _precisions(found: StimulusSet) -> dict[str, float | None]:
    """The classifier's average precision by class; None for one without a held-out picture."""
    quality = found.manifest.get("classifier", {}).get("quality", {})
    precisions: dict[str, float | None] = quality.get("average_precision", {})
    return precisions


def _steps(build: Build) -> list[dict[str, str]]:
    """The phases with where the build stands: done, now, or later."""
    # The reference autoencoder is trained for its own condition only.
    names = [name for name in PHASES if name != "autoencoder" or REFERENCE in build.recipe_toml]
    now = names.index(build.phase) if build.phase in names else -1
    if build.status == Build.Status.FINISHED:
        now = len(names)
    elif build.phase_total and build.phase_done >= build.phase_total:
        now += 1  # that phase is over, and the segment under way belongs to the next one
    return [
        {
            "name": name,
            "label": PHASES[name],
            "state": "done" if place < now else "now" if place == now else "later",
        }
        for place, name in enumerate(names)
    ]


def _as_json(build: Build) -> dict[str, Any]:
    return {
        "status": build.status,
        "status_label": build.get_status_display(),
        "phase": build.phase,
        "done": build.phase_done,
        "total": build.phase_total,
        "permille": build.permille,
        "percent": f"{build.permille / 10:.0f} %",
        "message": build.message,
        "device": build.device,
        "worker": build.worker,
    }
