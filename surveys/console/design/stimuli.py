"""The pictures of a study, without telling which condition they belong to while it is blind."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from pv_engine.models import Item
from surveys.console.access import for_role
from surveys.models import ItemDrop, Role, Survey
from surveys.protocol.task import ORIGINAL
from surveys.studies.blinding import picture_labels
from surveys.studies.item_drops import find_drops
from surveys.studies.team.membership import role_of


@for_role("viewer")
@require_safe
def stimuli(request: SignedInRequest, survey: Survey) -> HttpResponse:
    rows = find_contact_sheet(survey)
    role = role_of(request.user, survey) or Role.VIEWER
    context = {
        "survey": survey,
        "rows": rows,
        "n_dropped": sum(row.drop is not None for row in rows),
        "n_asked": sum(row.drop is None and not row.item.is_example for row in rows),
        "may_drop": role.includes(Role.EDITOR) and survey.opened_at is None,
    }
    return render(request, "console/stimuli.html", context)


@dataclass(frozen=True)
class SheetRow:
    """An item with its image and what each condition shows beside it: (label, file name)."""

    item: Item
    files: list[tuple[str, str]]
    drop: ItemDrop | None = None


def find_contact_sheet(survey: Survey) -> list[SheetRow]:
    """Every item of the study, in three queries."""
    by_label = sorted((label, kind) for kind, label in picture_labels(survey).items())
    labels = {ORIGINAL: "Image", **{kind: label for label, kind in by_label}}
    items = Item.objects.filter(stimulus_set=survey.stimulus_set_id).prefetch_related("stimuli")
    drops = find_drops(survey)
    return [SheetRow(item, _files(item, labels), drops.get(item.pk)) for item in items]


def _files(item: Item, labels: dict[str, str]) -> list[tuple[str, str]]:
    files = {stimulus.kind: stimulus.file_names for stimulus in item.stimuli.all()}
    return [(label, name) for kind, label in labels.items() for name in files.get(kind, [])]
