"""The console's page for a team member to read ten stimuli blind."""

import secrets
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import signed_in
from pv_engine.console.legibility_chart import scores_of_team
from pv_engine.errors import ImageDataError
from pv_engine.models import BlindReading, Item, StimulusSet
from pv_engine.recipe.conditions import title_of
from pv_engine.reports.quality_tables import MeasureTable
from pv_engine.stimulus_sets.blind_reading import BlindItem, Score, draw_blind_items, score_guesses

ITEMS_A_PAGE = 10
# Salt for signing the items of a page, so that its form is scored on the same items.
SALT = "blind reading"
HEADINGS = (
    "condition",
    "items",
    "named the prediction",
    "95 % interval",
    "guessing",
    "named a true label",
)


class GuessForm(forms.Form):
    """One choice for each picture of a page; without a choice, "cannot tell"."""

    def __init__(self, *args: Any, items: list[BlindItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, item in enumerate(items, start=1):
            self.fields[item.name] = forms.ChoiceField(
                label=f"Picture {number}",
                choices=[*((option, option) for option in item.options), ("", "Cannot tell")],
                widget=forms.RadioSelect,
                required=False,
            )


@signed_in
@require_http_methods(["GET", "POST"])
def read(request: HttpRequest, content_sha256: str, condition: str, stratum: str) -> HttpResponse:
    """Show ten stimuli of a condition with their options, and store the guesses."""
    found = get_object_or_404(StimulusSet, content_sha256=content_sha256)
    try:
        seed, seen = _page(request, found)
        items = _draw(found, condition, stratum, seed, seen)
    except (ImageDataError, signing.BadSignature) as error:
        return HttpResponseBadRequest(str(error), content_type="text/plain; charset=utf-8")
    form = GuessForm(request.POST or None, items=items)
    if request.method == "POST" and form.is_valid():
        score = score_guesses(items, form.cleaned_data)
        _store(request, found, condition, stratum, form.cleaned_data, score)
        messages.success(request, f"You {score.words()}.")
        return redirect("builds:set", content_sha256)
    context = {
        "stimulus_set": found,
        "condition": condition,
        "pictures": list(zip(items, form, strict=True)),
        "page": signing.dumps([seed, sorted(seen)], salt=SALT),
    }
    return render(request, "pv_engine/read.html", context)


def _page(request: HttpRequest, found: StimulusSet) -> tuple[int, set[str]]:
    """Return the page's seed and the items that its reader has read earlier, in any condition."""
    if request.method == "POST":
        seed, seen = signing.loads(request.POST.get("page", ""), salt=SALT)
        return seed, set(seen)
    readings = found.blind_readings.filter(reader=request.user.pk)
    return secrets.randbelow(2**32), {name for reading in readings for name in reading.guesses}


def described(found: StimulusSet) -> dict[str, Any]:
    """Return a set's conditions and items as in a manifest, even for sets without one."""
    items = found.items.filter(is_example=False).prefetch_related("stimuli")
    keys = ("name", "stratum", "options", "prediction", "true_labels")
    rows = [
        {key: getattr(item, key) for key in keys}
        | {"images": {stimulus.kind: stimulus.file_name for stimulus in item.stimuli.all()}}
        for item in items
    ]
    return {"conditions": found.manifest["conditions"], "items": rows}


def _draw(
    found: StimulusSet, condition: str, stratum: str, seed: int, seen: set[str]
) -> list[BlindItem]:
    manifest = described(found)
    available = sum(item["stratum"] == stratum for item in manifest["items"])
    n = min(ITEMS_A_PAGE, available)
    return draw_blind_items(manifest, condition, stratum, n, seed, seen)


def _store(
    request: HttpRequest,
    found: StimulusSet,
    condition: str,
    stratum: str,
    guesses: dict[str, str],
    score: Score,
) -> None:
    BlindReading.objects.create(
        stimulus_set=found,
        reader_id=request.user.pk,
        condition=condition,
        stratum=stratum,
        guesses=guesses,
        n=score.n,
        named_prediction=score.prediction,
        named_truth=score.truth,
        chance=score.chance,
    )


def readings_tables(readings: Iterable[BlindReading]) -> list[MeasureTable]:
    """Return one table for each stratum, with all readers of a condition together."""
    scores = scores_of_team(readings)
    return [
        MeasureTable(
            f"Read blind by the team, {label}",
            HEADINGS,
            tuple(_row(kind, scores[of, kind]) for of, kind in scores if of == stratum),
        )
        for stratum, label in Item.Stratum.choices
        if any(of == stratum for of, _ in scores)
    ]


def _row(condition: str, score: Score) -> tuple[str, ...]:
    low, high = score.interval()
    return (
        title_of(condition),
        str(score.n),
        f"{score.prediction} ({100 * score.prediction / score.n:.0f} %)",
        f"{100 * low:.0f} to {100 * high:.0f} %",
        f"{100 * score.chance:.0f} %",
        str(score.truth),
    )
