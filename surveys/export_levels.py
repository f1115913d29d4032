"""Which values a column may hold in the export of one survey."""

from dataclasses import replace

from pv_engine.models import Item
from surveys.export.columns import Column, tables_of
from surveys.models import Survey
from surveys.protocol.schema import CANT_TELL


def tables_with_levels(survey: Survey) -> dict[str, tuple[Column, ...]]:
    """The survey's tables, each column with the levels that it has in this survey."""
    levels = _levels(survey)
    return {
        table: tuple(
            replace(column, levels=levels[column.levels_of]) if column.levels_of else column
            for column in columns
        )
        for table, columns in tables_of(survey.texts).items()
    }


def _levels(survey: Survey) -> dict[str, tuple[str, ...]]:
    items = list(Item.objects.filter(stimulus_set=survey.stimulus_set_id).order_by("position"))
    labels = {
        label for item in items for label in (item.prediction, *item.true_labels, *item.options)
    }
    pages = survey.texts.questionnaire
    return {
        "conditions": tuple(arm.name for arm in survey.texts.conditions),
        "items": tuple(item.name for item in items if not item.is_example),
        "labels": tuple(sorted(labels)),
        "options": (*sorted(labels), CANT_TELL),
        "questions": tuple(question.name for page in pages for question in page.questions),
    }
