"""Everybody who agreed to take part: a table, and a page for each of them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest
from study.console.sorting import Sorting
from surveys.console.access import for_role
from surveys.errors import ExclusionError
from surveys.models import Participant, Survey
from surveys.monitoring.people import (
    DESCRIBED_BY,
    SORTED_BY,
    STATUSES,
    Wanted,
    describe,
    find_people,
)
from surveys.monitoring.visit import find_visit
from surveys.protocol.wording import LANGUAGE_NAMES
from surveys.studies.blinding import condition_labels
from surveys.studies.exclusions import LONGEST_REASON, exclude, include_again

PER_PAGE = 50


@for_role("viewer")
@require_safe
def participants(request: SignedInRequest, survey: Survey) -> HttpResponse:
    now, sorting = timezone.now(), Sorting.of(request, SORTED_BY, default="-number")
    asked = {name: request.GET.get(name, "").strip() for name in Wanted.__annotations__}
    found = find_people(survey, Wanted(**asked), now)
    ordered = found.order_by(sorting.order(SORTED_BY[sorting.column]), "-pk")
    page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "survey": survey,
        "page": page,
        "people": describe(survey, list(page.object_list), now),
        "sorting": sorting,
        "asked": asked,
        "is_filtered": any(asked.values()),
        "query": query.urlencode(),
        "statuses": STATUSES,
        "conditions": list(condition_labels(survey).values()),
    }
    return render(request, "console/participants.html", context)


@for_role("viewer")
@require_http_methods(["GET", "HEAD", "POST"])
def participant(request: SignedInRequest, survey: Survey, participant_id: int) -> HttpResponse:
    """One person's visit; a form excludes them, or takes that back."""
    everybody = Participant.objects.select_related(*DESCRIBED_BY)
    person = get_object_or_404(everybody, survey=survey, pk=participant_id)
    if request.method == "POST":
        _change(request, person)
        return redirect("console:participant", survey.slug, person.pk)
    (described,) = describe(survey, [person], timezone.now())
    context = {
        "survey": survey,
        "person": described,
        "language": LANGUAGE_NAMES.get(person.language, person.language),
        "visit": find_visit(survey, person),
        "longest_reason": LONGEST_REASON,
    }
    return render(request, "console/participant.html", context)


def _change(request: SignedInRequest, person: Participant) -> None:
    try:
        if request.POST.get("do") == "include":
            include_again(person, request.user)
            messages.success(request, "The exclusion was taken back.")
        else:
            exclude(person, request.user, request.POST.get("reason", ""))
            messages.success(
                request, "Excluded. Their answers are kept and exported with your reason."
            )
    except ExclusionError as error:
        messages.error(request, str(error))
