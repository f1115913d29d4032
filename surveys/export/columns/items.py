"""The columns of the table of items."""

from surveys.export.columns.column import (
    CONDITION,
    ITEM,
    PREDICTION,
    STRATUM,
    TRUE_LABELS,
    Column,
)

ITEMS = (
    ITEM,
    Column("item_position", "The item's place in the stimulus set, from 1", "integer"),
    STRATUM,
    PREDICTION,
    TRUE_LABELS,
    Column("options", "The classes offered beside “I just can't tell”", "list", levels_of="labels"),
    Column(
        "dropped",
        "Why the item was dropped before the study opened; nobody was asked about it then",
        "text",
        "not dropped",
    ),
)

ITEM_TEXTS = (
    ITEM,
    Column(
        "text_name", "The text's name in the protocol's `task.told`", "category", levels_of="texts"
    ),
    Column("item_text", "What each trial with the item showed as this text", "text"),
)

EXPOSURE = (
    ITEM,
    CONDITION,
    Column("n_drawn", "Participants whose questions had the item in this condition", "integer"),
    Column("n_shown", "Those of them who reached the item's page", "integer"),
    Column("n_answered", "Those of them who answered", "integer"),
)
