"""What a new study can begin with: a copy, a starter protocol, or a design of the library."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from tomlkit import parse
from tomlkit.exceptions import TOMLKitError

from pv_engine.models import StimulusSet
from surveys.errors import ProtocolError
from surveys.studies.protocols.slugs import copied_protocol, free_slug
from surveys.studies.protocols.starter import starter_protocol
from surveys.studies.team.membership import surveys_of
from toml_files.document import read_text
from toml_files.editing import set_value

DESIGNS = Path(settings.BASE_DIR) / "protocols"
# What each design of the library asks.
QUESTIONS = {
    "alqaraawi": "Alqaraawi 2020: foresee a new image after examples",
    "counterfactual_simulation": "Counterfactual simulation: foresee how the answer changes",
    "crossover": "Crossover: everybody sees two conditions, on different images",
    "feature_visualization": "Borowski 2021: which picture fits a unit’s responses?",
    "forward_simulation": "Forward simulation: a test before and after explanations",
    "guess_wrong_label": "Shen 2020: foresee which mistake the model makes",
    "hive_agreement": "HIVE 2022, agreement: is the model right?",
    "hive_distinction": "HIVE 2022, distinction: which explanation is the model’s?",
    "meta_predictor": "Meta-predictor: how fast do people learn to foresee the model?",
    "replication": "Giulivi 2021: foresee the model from Grad-CAM or PV",
    "two_step": "Two steps: the image alone, then with an explanation",
}
# The most studies to copy that are listed, the newest first.
MOST_COPIES = 30


def beginnings(person: User) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Groups of what can be chosen, each with its name and with (choice, title)."""
    sets = StimulusSet.objects.defer("manifest")
    yield (
        "A stimulus set, with default texts",
        [
            (f"starter:{row.content_sha256}", f"Pictures of {row.name} ({row.content_sha256[:8]})")
            for row in sets
        ],
    )
    own = surveys_of(person).filter(archived_at=None).order_by("-pk")[:MOST_COPIES]
    copies = [(f"copy:{row.slug}", f"Copy of {row.title} ({row.slug})") for row in own]
    yield "A copy of a study", copies
    designs = [file.stem for file in sorted(DESIGNS.glob("*.toml"))]
    yield (
        "A design of the library",
        [(f"design:{name}", QUESTIONS.get(name, name.replace("_", " "))) for name in designs],
    )


def title_of(choice: str, groups: list[tuple[str, list[tuple[str, str]]]]) -> str:
    """What the choice is called in these groups of `beginnings`; empty for none of them."""
    return next((title for _, rows in groups for value, title in rows if value == choice), "")


def text_to_begin(choice: str, person: User) -> str:
    """The protocol of a choice, under an address that is free; empty for what is no choice.

    Raises SurveyError where it cannot be read.
    """
    kind, _, name = choice.partition(":")
    if kind == "copy":
        survey = surveys_of(person).filter(slug=name).first()
        return copied_protocol(survey) if survey else ""
    if kind == "starter":
        found = StimulusSet.objects.filter(content_sha256=name).first()
        return starter_protocol(found.manifest, slug=free_slug("my-study")) if found else ""
    if kind == "design" and name in {file.stem for file in DESIGNS.glob("*.toml")}:
        text = read_text(DESIGNS / f"{name}.toml", ProtocolError, "protocol")
        return set_value(text, "slug", value=free_slug(name.replace("_", "-")))
    return ""


def address_in(text: str) -> str:
    """The address that a protocol's text gives; empty for a text that cannot be read."""
    try:
        return str(parse(text).get("slug", ""))
    except TOMLKitError:
        return ""
