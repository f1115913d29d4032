"""[rendering]: what is drawn of them."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from pv_engine.recipe.conditions import BUILT, CONDITIONS
from pv_engine.recipe.registries.saliency import SALIENCY
from pv_engine.recipe.sections.values import Side
from pv_engine.recipe.targets import LONGEST_KIND, TOP, further_targets, kind_of
from pv_engine.registry import Need
from toml_files.tables import Broken, Many, OneOf, TomlTable, right, rule

Target = Annotated[
    str,
    Field(pattern=r"^(top|second|true|each:.*\S.*)$"),
    right("top, second, true, or each:<class>,<class>"),
]


@dataclass(frozen=True)
class RenderingConfig(TomlTable):
    """How stimuli are drawn."""

    conditions: Annotated[Many[Annotated[str, OneOf(BUILT)]], Field(min_length=1)] = (
        "gradcam",
        "pv",
    )
    """Kinds of stimulus to draw for every item."""
    image_size: Side = 224
    """Side of the pictures that participants see, in pixels."""
    saliency: Annotated[str, OneOf(tuple(SALIENCY))] = "gradcam"
    """Method of the saliency map."""
    normalisation: Literal["paper", "library"] = "paper"
    """`paper`: ReLU, divide by the maximum; `library`: min-max as in pytorch-grad-cam."""
    quality: Annotated[int, Field(ge=1, le=100)] = 90
    """WebP quality, 1 to 100."""
    targets: Annotated[Many[Target], Field(min_length=1)] = (TOP,)
    """Classes whose maps are drawn: `top`, and beside it `second`, `true`, or `each:dog,cat` for
    named ones, whose pictures are further conditions such as `pv@second`."""

    outline: bool = False
    """Segmentation: whether the outline of the predicted mask of the explained class is drawn on
    the image and on every picture."""

    @rule("targets")
    def _top_and_others(self) -> Broken:
        further = self.further_targets
        if TOP not in self.targets:
            yield "targets", f"must name 'top', which questions ask about, but is {self.targets}"
        for name in dict.fromkeys(further):
            if further.count(name) > 1:
                yield (
                    "targets",
                    f"names {name!r} more than once; a class of that name needs another one, by "
                    "data.classes",
                )

    @rule("targets", "conditions")
    def _kinds_of_targets(self) -> Broken:
        able = [name for name, each in CONDITIONS.items() if each.by_class]
        if self.further_targets and not set(able) & set(self.conditions):
            yield "targets", f"has other classes, which only {', '.join(able)} show; name one"
        for kind in self.further_kinds:
            if len(kind) > LONGEST_KIND:
                yield (
                    "targets",
                    f"gives a condition the name {kind!r} of {len(kind)} characters, but it may "
                    f"have {LONGEST_KIND}; give the class a shorter name in data.classes",
                )

    @rule("targets", "saliency")
    def _class_decides(self) -> Broken:
        if self.further_targets and SALIENCY[self.saliency].is_class_agnostic:
            yield (
                "targets",
                f"has other classes, but the map of {self.saliency!r} is the same for every class; "
                "leave targets out or choose another rendering.saliency",
            )

    @property
    def further_targets(self) -> tuple[str, ...]:
        """The targets beside the top class."""
        return further_targets(self.targets)

    @property
    def further_kinds(self) -> dict[str, tuple[str, str]]:
        """The conditions about further targets, each by its name: condition and target."""
        return {
            kind_of(condition, target): (condition, target)
            for target in self.further_targets
            for condition in self.conditions
            if CONDITIONS[condition].by_class
        }

    def needs(self, need: Need) -> bool:
        """Whether one of the conditions needs it."""
        return any(CONDITIONS[condition].needs == need for condition in self.conditions)
