"""Small stimulus sets of the second version, and studies whose trials have a task of their own."""

from pathlib import Path

from PIL import Image

from pv_engine.stimulus_sets.importing import import_stimuli
from surveys.models import Survey
from surveys.studies.lifecycle.publishing import open_survey
from surveys.studies.protocols.loading import load_study
from tests.factories import make_protocol

COLOURS = ("#c8553d", "#588157", "#3d5a80", "#e9c46a", "#9d4edd", "#2a9d8f", "#b5838d", "#6c757d")
UNITS = "name,options,answer,query_a,query_b,refs,okapi_map,tapir_map,text:hint,example"
EVERY_KIND = """
[task]
pictures = [
  {kind = "refs", place = "left", grid = 2, caption = "Left"},
  {kind = "{condition}_map", place = "right"},
]
told = ["hint"]
told_labels = {hint = "A hint"}

[[task.questions]]
name = "guess"
kind = "pictures"
options = ["query_a", "query_b"]

[[task.questions]]
name = "word"
question = "In a word?"
options = ["edge", "colour", "shape"]
cant_tell = true

[[task.questions]]
name = "sure"
kind = "scale"
question = "How sure are you?"
labels = ["guess", "fairly sure", "certain"]

[[task.questions]]
name = "trust"
kind = "slider"
question = "How far do you trust it?"
low = "not at all"
high = "fully"

[[task.questions]]
name = "why"
kind = "text"
question = "Why?"
required = false

[[task.questions]]
name = "order"
kind = "ranking"
question = "What helped most?"
options = ["edges", "colours", "shapes"]
"""


def make_unit_folder(folder: Path, n: int = 4, n_examples: int = 1, size: int = 24) -> Path:
    """Write a set of which one of two pictures is to be chosen; `folder` is the set's."""
    source = folder.with_name("pictures")
    source.mkdir(parents=True)
    for index, colour in enumerate(COLOURS):
        Image.new("RGB", (size + index, size), colour).save(source / f"{index}.png")
    lines = [UNITS]
    for number in range(n + n_examples):
        files = [f"{(number + step) % len(COLOURS)}.png" for step in range(7)]
        refs = ";".join(files[2:5])
        answer = ("query_a", "query_b")[number % 2]
        example = "yes" if number >= n else ""
        lines.append(
            f"unit-{number},query_a;query_b,{answer},{files[0]},{files[1]},{refs},{files[5]},"
            f"{files[6]},Zebra hint {number},{example}"
        )
    file = folder.with_name("units.csv")
    file.write_text("\n".join(lines) + "\n")
    import_stimuli(file, source, folder.with_name("sets")).rename(folder)
    return folder


def make_task_survey(
    folder: Path, task: str = EVERY_KIND, more: str = "", n: int = 4, slug: str = "units"
) -> Survey:
    """Return an open study with this [task] on a set of units, in two conditions."""
    if not (folder / "stimuli").exists():
        make_unit_folder(folder / "stimuli", n)
    file = make_protocol(folder, slug, ("okapi", "tapir"), more=more + task)
    survey, _ = load_study(file)
    open_survey(survey)
    return survey


def further_choices(form) -> dict[str, str]:
    """Fill in the form: the first of everything, and a place of its own for each rank."""
    chosen = {name: values[0] for name, values in form.choices.items()}
    ranks = [name for name in form.choices if name.startswith("q_order")]
    return chosen | {name: str(place) for place, name in enumerate(ranks, start=1)}
