"""The rows of the tables of items and of how often each was shown."""

from collections.abc import Iterator

from django.db.models import Count, Value
from django.db.models.functions import Coalesce, NullIf

from pv_engine.models import Item
from surveys.export.rows.cells import Cell
from surveys.models import Survey, Trial
from surveys.studies.item_drops import find_drops


def item_rows(survey: Survey) -> Iterator[list[Cell]]:
    items = Item.objects.filter(stimulus_set=survey.stimulus_set_id, is_example=False)
    drops = find_drops(survey)
    for item in items.order_by("position"):
        yield [
            item.name,
            item.position,
            item.stratum,
            item.prediction,
            ";".join(item.true_labels),
            ";".join(item.options),
            drops[item.pk].reason if item.pk in drops else None,
        ]


def item_text_rows(survey: Survey) -> Iterator[list[Cell]]:
    """The texts that trials showed; an item may lack some."""
    items = Item.objects.filter(stimulus_set=survey.stimulus_set_id, is_example=False)
    names = survey.protocol.task.told_texts
    for item in items.order_by("position"):
        yield from ([item.name, name, item.texts[name]] for name in names if item.texts.get(name))


def exposure_rows(survey: Survey) -> Iterator[list[Cell]]:
    """How many participants each item was drawn for, in each condition, and how far they came."""
    trials = Trial.objects.filter(participant__survey=survey, kind=Trial.Kind.MAIN)
    # Without [within], a trial shows the condition of its participant.
    seen = Coalesce(NullIf("condition", Value("")), "participant__condition__name")
    counts = {"drawn": Count("pk"), "shown": Count("shown_at"), "answered": Count("response")}
    by_item = trials.annotate(seen=seen).values_list("item__name", "seen").annotate(**counts)
    yield from map(list, by_item.order_by("item__position", "seen"))
