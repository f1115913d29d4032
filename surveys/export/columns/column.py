"""One column of an exported table, and the columns that several tables have."""

from dataclasses import dataclass
from typing import Literal

# list: texts joined by ;  boolean: 1 or 0  timestamp: UTC, ISO 8601 with milliseconds.
ColumnType = Literal["text", "category", "list", "integer", "boolean", "timestamp"]
# Levels that only the survey knows; `tables_with_levels` fills them in.
LevelsOf = Literal[
    "",
    "asked",
    "blocks",
    "conditions",
    "groups",
    "items",
    "labels",
    "options",
    "questions",
    "texts",
]

STRATA = ("model_wrong", "model_right")


@dataclass(frozen=True)
class Column:
    """One column of an exported table."""

    name: str
    meaning: str
    type: ColumnType
    # What an empty cell means; a column without it has no empty cells.
    missing: str = ""
    unit: str = ""
    # The values that may occur; none where any may.
    levels: tuple[str, ...] = ()
    levels_of: LevelsOf = ""


PARTICIPANT_ID = Column("participant_id", "The participant, under a random name", "text")
CONDITION = Column(
    "condition", "The kind of picture shown beside each image", "category", levels_of="conditions"
)
ITEM = Column(
    "item", "The image asked about, by its name in the stimulus set", "category", levels_of="items"
)
STRATUM = Column(
    "stratum", "Whether the model was wrong or right about the item", "category", levels=STRATA
)
PREDICTION = Column(
    "prediction", "The class that the model predicted", "category", levels_of="labels"
)
TRUE_LABELS = Column("true_labels", "The classes really in the image", "list", levels_of="labels")
SIMULATED = Column("simulated", "Whether a bot took part instead of a person", "boolean")
