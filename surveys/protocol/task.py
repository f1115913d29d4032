"""[task]: what a trial shows and asks."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from surveys.protocol.questions.kind import CANT_TELL, QuestionKind
from surveys.protocol.questions.registry import KINDS
from surveys.protocol.values import (
    AnswerName,
    InLanguages,
    Label,
    Line,
    OrEmpty,
    Paragraphs,
    stored_option,
)
from toml_files.tables import Broken, Many, OneOf, TomlTable, right, rule

PLACES = ("left", "centre", "right")
ORDERS = ("random", "fixed")
# Colours of overlays, from what mattered least to what mattered most.
LEGENDS = ("cividis", "viridis", "jet", "grey")
# In the kind of a picture, it stands for the name of the condition.
CONDITION = "{condition}"
ORIGINAL = "original"
# Texts that every item has.
TRUTH, PREDICTION = "truth", "prediction"
# The options of the item itself.
ITEM: Final = "item"
# Separates options in exports.
SEPARATOR = ";"

PictureKind = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=50,
        pattern=r"^[^{}]*(\{condition\})?[^{}]*$",
    ),
    right("the name of a kind of picture, in which {condition} may stand for the condition's name"),
]
Options = Annotated[
    Literal["item"] | Annotated[Many[InLanguages[Line]], Field(min_length=2, max_length=100)],
    right('"item" or a list of 2 to 100 texts'),
]


@dataclass(frozen=True)
class TaskPicture(TomlTable):
    """One picture of each trial, or several of a kind."""

    kind: PictureKind
    """The kind in the stimulus set; `{condition}` stands for the condition's name."""
    place: Annotated[str, OneOf(PLACES)] = "centre"
    """Where it stands."""
    grid: Annotated[int, Field(ge=1, le=6)] = 1
    """Pictures side by side, where the kind has several."""
    caption: OrEmpty[InLanguages[Label]] = ""
    """Below it; by default “Image” and “Explanation” below these two, else nothing."""

    @property
    def is_explanation(self) -> bool:
        """Whether the condition decides what it shows."""
        return CONDITION in self.kind

    def kind_in(self, condition: str) -> str:
        """Return the kind that participants in a condition see."""
        return self.kind.replace(CONDITION, condition)


@dataclass(frozen=True)
class TaskQuestion(TomlTable):
    """One question of each trial; the first is scored against the item's answer."""

    name: AnswerName
    """The answer's name in the export."""
    kind: Annotated[str, OneOf(tuple(KINDS))] = "choice"
    """How it is answered."""
    question: OrEmpty[InLanguages[Paragraphs]] = ""
    """As participants read it; by default, that of the first is `texts.question`."""
    options: Options = ITEM
    """Of "choice", "pictures" and "ranking": those of the item, or a list. An answer is stored in
    the first language."""
    order: Annotated[str, OneOf(ORDERS)] = "random"
    """Of the options: another order in each trial, or the one given."""
    cant_tell: bool = False
    """Whether “I just can't tell” is offered, too."""
    points: Annotated[int, Field(ge=2, le=11)] = 5
    """Of "scale": the number of points, unless each has a label."""
    labels: Annotated[Many[InLanguages[Label]], Field(max_length=11)] = ()
    """Of "scale": what each point means."""
    low: OrEmpty[InLanguages[Label]] = ""
    """Of "scale" and "slider": what the lowest point means."""
    high: OrEmpty[InLanguages[Label]] = ""
    """What the highest point means."""
    required: bool = True
    """Whether it must be answered to go on."""

    @property
    def behaviour(self) -> QuestionKind:
        """What the kind does."""
        return KINDS[self.kind]

    @property
    def n_points(self) -> int:
        return len(self.labels) or self.points

    def options_of(self, item_options: Sequence[str]) -> list[str]:
        """Return the options as they are stored, without “I just can't tell”."""
        if isinstance(self.options, str):
            return list(item_options)
        return [stored_option(option) for option in self.options]

    @property
    def has_own_options(self) -> bool:
        """Whether they are in the protocol, not in the stimulus set."""
        return not isinstance(self.options, str)

    @rule("kind")
    def _keys_of_the_kind(self) -> Broken:
        known = {key for kind in KINDS.values() for key in kind.keys}
        for row in fields(self):
            value = getattr(self, row.name)
            if row.name in known - self.behaviour.keys and value != row.default:
                shown = list(value) if isinstance(value, tuple) else value
                yield row.name, f"must be left out for the kind {self.kind!r}, but is {shown!r}"

    @rule("options", "kind")
    def _different_options(self) -> Broken:
        stored = self.options_of(())
        if len(set(stored)) != len(stored) or any(SEPARATOR in option for option in stored):
            yield "options", f"must be different texts without {SEPARATOR!r}, but are {stored}"
        if CANT_TELL in stored:
            words = "of participants who cannot tell; set cant_tell instead"
            yield "options", f"must be other texts than {CANT_TELL!r}, which is the option {words}"

    @rule("labels")
    def _several_labels(self) -> Broken:
        if len(self.labels) == 1:
            yield "labels", f"must be a list of 2 to 11 texts, but is {list(self.labels)}"


# What every trial asks unless the protocol says otherwise.
GUESS = TaskQuestion(name="answer", cant_tell=True)
PAIR = (TaskPicture(ORIGINAL, "left"), TaskPicture(CONDITION, "right"))

Seconds = Annotated[int, Field(ge=0, le=3600)]


@dataclass(frozen=True)
class Task(TomlTable):
    """What a trial shows and asks; by default an image, its explanation and one question."""

    pictures: Annotated[Many[TaskPicture], Field(max_length=20)] = ()
    """The pictures; by default the image on the left, and the condition's picture on the right."""
    told: Many[AnswerName] = ()
    """Texts of the item that are shown: `truth`, `prediction`, and names of the item's `texts`."""
    told_labels: dict[str, InLanguages[Label]] = field(default_factory=dict)
    """What stands before each of them."""
    minimum_seconds: Seconds = 0
    """An answer is accepted only after this time."""
    limit_seconds: Seconds = 0
    """After this time the trial is missing; 0: no limit."""
    present_ms: Annotated[int, Field(ge=0, le=600_000)] = 0
    """Pictures vanish after this time, which needs JavaScript; 0: they stay."""
    legend: OrEmpty[Annotated[str, OneOf(LEGENDS)]] = ""
    """A colour bar below explanations, for overlays with these colours; empty: none."""
    questions: Annotated[Many[TaskQuestion], Field(max_length=20)] = ()
    """The questions, in order; by default, one about the model's prediction."""

    @property
    def told_texts(self) -> tuple[str, ...]:
        """The names among `told` of texts that only the stimulus set has."""
        return tuple(name for name in self.told if name not in (TRUTH, PREDICTION))

    @property
    def first(self) -> TaskQuestion:
        """The question that is scored."""
        return self.questions[0] if self.questions else GUESS

    @property
    def further(self) -> tuple[TaskQuestion, ...]:
        """The questions whose answers are stored beside it."""
        return self.questions[1:]

    @property
    def shown(self) -> tuple[TaskPicture, ...]:
        return self.pictures or PAIR

    def kinds_in(self, condition: str, without_explanation: bool = False) -> list[str]:
        """Return the kinds of pictures that are shown in a condition, options left aside."""
        shown = [each for each in self.shown if not (without_explanation and each.is_explanation)]
        return [each.kind_in(condition) for each in shown]

    def option_kinds(self, item_options: Sequence[str]) -> list[str]:
        """Return the kinds of pictures to choose from."""
        asked = [each for each in self.questions if each.kind == "pictures"]
        return [kind for each in asked for kind in each.options_of(item_options)]

    @property
    def picks_item_pictures(self) -> bool:
        """Whether the pictures to choose from differ between items."""
        return any(row.kind == "pictures" and not row.has_own_options for row in self.questions)

    @property
    def needs_item(self) -> bool:
        """Whether a trial's page needs more of its item than the options drawn for it."""
        mixed = self.first.has_own_options and any(
            not row.has_own_options and "options" in row.behaviour.keys for row in self.further
        )
        return bool(self.told) or mixed

    @rule("questions")
    def _distinct_names(self) -> Broken:
        names = [row.name for row in self.questions]
        for index, name in enumerate(names):
            if name in names[:index]:
                yield (
                    f"questions[{index + 1}].name",
                    f"must differ from the names of the other questions, but is {name!r}",
                )

    @rule("questions")
    def _first_is_scored(self) -> Broken:
        if not self.questions:
            return
        if not self.first.behaviour.is_scored:
            scored = " or ".join(repr(name) for name, kind in KINDS.items() if kind.is_scored)
            yield (
                "questions[1].kind",
                f"must be {scored}, since the first question is scored, but is {self.first.kind!r}",
            )
        if not self.first.required:
            yield "questions[1].required", "must be true, since the first question is scored"

    @rule("questions")
    def _worded(self) -> Broken:
        for index, row in enumerate(self.further, start=2):
            if not row.question:
                yield f"questions[{index}].question", "must be given; only the first has a default"

    @rule("pictures")
    def _distinct_kinds(self) -> Broken:
        kinds = [row.kind for row in self.pictures]
        for index, kind in enumerate(kinds):
            if kind in kinds[:index]:
                words = f"must differ from the other pictures, but is {kind!r}"
                yield f"pictures[{index + 1}].kind", words

    @rule("told", "told_labels")
    def _labels_of_told(self) -> Broken:
        for name in self.told_labels:
            if name not in self.told:
                yield f"told_labels.{name}", f"must be the label of one of told, {list(self.told)}"

    @rule("minimum_seconds", "limit_seconds")
    def _time_to_answer(self) -> Broken:
        if 0 < self.limit_seconds <= self.minimum_seconds:
            yield (
                "limit_seconds",
                f"must be more than minimum_seconds, {self.minimum_seconds}, but is "
                f"{self.limit_seconds}",
            )
