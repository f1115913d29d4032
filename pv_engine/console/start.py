"""Starts builds in the console: choose, upload, paste or edit a recipe, or repeat a build."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest, signed_in
from accounts.limits.rules import limit_uploads
from pv_engine.builds import services
from pv_engine.console.forms import StartForm, recipe_choices
from pv_engine.console.recipe_summary import find_offers, summary
from pv_engine.errors import RecipeError
from pv_engine.models import Build
from pv_engine.recipe.reading import Recipe


@signed_in
@require_http_methods(["GET", "POST"])
@limit_uploads
def start(request: SignedInRequest) -> HttpResponse:
    """Show and process the form; `?recipe=` or `?build=` fills in an existing recipe."""
    origin = _origin(request)
    folder = Path(origin.recipe_folder) if origin else None
    if request.method != "POST":
        return _form_page(request, StartForm(initial={"text": _text(request, origin)}), origin)
    form = StartForm(request.POST, request.FILES, folder=folder)
    if not form.is_valid():
        return _form_page(request, form, origin)
    recipe = form.cleaned_data["recipe"]
    if request.POST.get("do") == "edit":
        checked = StartForm(initial={"text": recipe.text}, folder=folder)
        return _form_page(request, checked, origin, recipe)
    try:
        build = services.start_build(recipe, request.user)
    except RecipeError as error:
        form.add_error(None, str(error))
        return _form_page(request, form, origin)
    return redirect("builds:detail", build.pk)


@signed_in
@require_POST
def start_again(request: SignedInRequest, build_id: int) -> HttpResponse:
    """Start a new build of the same recipe; everybody may, since the first one is not touched."""
    build = get_object_or_404(Build, pk=build_id)
    try:
        started = services.start_again(build, request.user)
    except RecipeError as error:
        messages.error(request, f"{error} Edit the recipe, then start it.")
        return redirect("builds:detail", build_id)
    messages.success(request, f"New build of the recipe of #{build.pk} started.")
    return redirect("builds:detail", started.pk)


def _form_page(
    request: SignedInRequest, form: StartForm, origin: Build | None, recipe: Recipe | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "origin": origin,
        "offers": find_offers(Path(settings.RECIPES_DIR)),
        "summary": summary(recipe) if recipe else [],
    }
    return render(request, "pv_engine/start.html", context)


def _origin(request: SignedInRequest) -> Build | None:
    """Return the build whose recipe is edited, if the URL names one."""
    number = request.GET.get("build", "")
    return get_object_or_404(Build, pk=number) if number.isdecimal() else None


def _text(request: SignedInRequest, origin: Build | None) -> str:
    if origin is not None:
        return origin.recipe_toml
    name = request.GET.get("recipe", "")
    if not name or name not in dict(recipe_choices()):
        return ""
    # An invalid recipe can be fixed here, so it is shown even with broken characters.
    return (Path(settings.RECIPES_DIR) / name).read_text(encoding="utf-8", errors="replace")
