"""Drops an item of a study with a reason, and takes it back, before the study opens."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.access import SignedInRequest
from pv_engine.models import Item
from surveys.console.access import for_role
from surveys.errors import ItemDropError
from surveys.models import Survey
from surveys.studies.item_drops import drop_item, take_item_back


@for_role("editor")
@require_POST
def drop(request: SignedInRequest, survey: Survey, item_name: str) -> HttpResponse:
    item = get_object_or_404(Item, stimulus_set=survey.stimulus_set_id, name=item_name)
    try:
        drop_item(survey, item, request.user, request.POST.get("reason", ""))
        messages.success(request, f"{item.name} is dropped. It will not be asked about.")
    except ItemDropError as error:
        messages.error(request, str(error))
    return redirect("console:stimuli", survey.slug)


@for_role("editor")
@require_POST
def take_back(request: SignedInRequest, survey: Survey, item_name: str) -> HttpResponse:
    item = get_object_or_404(Item, stimulus_set=survey.stimulus_set_id, name=item_name)
    try:
        if take_item_back(survey, item, request.user):
            messages.success(request, f"{item.name} is restored.")
        else:
            messages.warning(request, f"Nothing was changed: {item.name} is not dropped.")
    except ItemDropError as error:
        messages.error(request, str(error))
    return redirect("console:stimuli", survey.slug)
