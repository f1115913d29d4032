"""[within] and [[blocks]]: what each participant sees one after another."""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import Field

from surveys.protocol.item_draw import StratumCounts
from surveys.protocol.values import AnswerName, ConditionName, InLanguages, OrEmpty, Paragraphs
from toml_files.tables import Broken, Many, OneOf, TomlTable, right, rule

SEQUENCE_ORDERS = ("latin_square", "random")
POOLS = ("items", "examples")
FEEDBACKS = ("none", "after_each", "at_end")
REST: Final = "rest"
# What a block's condition may be beside a condition's name.
ARM, WITHIN, SAME = "arm", "within", "same"

HowMany = Annotated[
    Annotated[int, Field(ge=1, le=10_000)] | Literal["rest"] | StratumCounts,
    right("a whole number from 1 to 10000, a table of strata, or 'rest'"),
]


@dataclass(frozen=True)
class Within(TomlTable):
    """The conditions that each participant sees one after another; none by default."""

    conditions: Annotated[Many[ConditionName], Field(max_length=12)] = ()
    """Names of the study's conditions, at least two."""
    order: Annotated[str, OneOf(SEQUENCE_ORDERS)] = "latin_square"
    """Each row of a Williams design is a group, or each participant has a random order."""

    @rule("conditions")
    def _several(self) -> Broken:
        names = list(self.conditions)
        if self != Within() and (len(names) < 2 or len(set(names)) != len(names)):
            yield "conditions", f"must be two or more different conditions, but is {names}"


@dataclass(frozen=True)
class Block(TomlTable):
    """One part of the questions, with a condition and rules of its own."""

    name: AnswerName
    """The block's name in the export. Participants never see it."""
    items: HowMany = REST
    """How many: a number, in proportion to the strata; a table of strata; or what other blocks
    leave, shared equally by the blocks that say so."""
    pool: Annotated[str, OneOf(POOLS)] = "items"
    """Whether it asks about the set's items or its examples."""
    again: OrEmpty[AnswerName] = ""
    """The name of an earlier block whose questions are asked once more, instead of `items`."""
    condition: ConditionName = ARM
    """"arm": the participant's own; "within": the next one of their sequence; "same": that of the
    block before; or a condition's name."""
    feedback: Annotated[str, OneOf(FEEDBACKS)] = "none"
    """Whether the model's answers are shown after each question, or a score after the last one."""
    introduction: OrEmpty[InLanguages[Paragraphs]] = ""
    """Shown before the block's first question."""
    questionnaire: Many[AnswerName] = ()
    """Names of questionnaire pages that come after the block instead of at the end."""
    keep_at_hand: bool = False
    """Whether its questions and the model's answers can be opened during later blocks."""

    @rule("items", "pool")
    def _strata_of_items(self) -> Broken:
        if self.pool == "examples" and isinstance(self.items, StratumCounts):
            yield "items", "must be a whole number or 'rest', since examples have no strata"
        if isinstance(self.items, StratumCounts) and not self.items.total:
            yield "items", "must ask for at least one item"

    @rule("items", "again", "pool")
    def _new_or_again(self) -> Broken:
        if self.again and (self.items != REST or self.pool != "items"):
            yield "again", "must stand without items and pool, which are those of the other block"

    @rule("keep_at_hand", "feedback")
    def _shown_before(self) -> Broken:
        if self.keep_at_hand and self.feedback != "after_each":
            words = "needs feedback = 'after_each', since it shows the model's answers"
            yield "keep_at_hand", f"{words}, but feedback is {self.feedback!r}"
