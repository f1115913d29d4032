"""Studies of every protocol in protocols/, each on a small stimulus set made for it."""

import re
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from PIL import Image

from pv_engine.stimulus_sets.importing import import_stimuli
from surveys.models import Survey
from surveys.protocol.schema import Protocol
from surveys.protocol.task import ORIGINAL
from surveys.studies.lifecycle.publishing import open_survey
from surveys.studies.protocols.loading import load_study
from tests.factories import make_stimulus_folder
from tests.surveys.protocol_files import read_file

LIBRARY = Path(settings.BASE_DIR) / "protocols"
# With a task of their own: the options, and the items' own answers in turn, if they have some.
DESIGNS = {
    "hive_agreement": ("correct;incorrect", "correct", "incorrect"),
    "hive_distinction": ("class_1;class_2;class_3;class_4", "class_2", "class_3"),
    "feature_visualization": ("query_a;query_b", "query_a", "query_b"),
    "alqaraawi": ("yes;no", "yes", "no"),
    "guess_wrong_label": ("lynx;wolf;deer;boat;kite", "", ""),
    "counterfactual_simulation": ("okapi;tapir;boat;kite", "tapir", "okapi"),
}
# The others: items where the model is wrong, items where it is right, and examples.
FULL = {"forward_simulation": (16, 16, 16), "meta_predictor": (10, 11, 15)}
NEEDS = {
    "crossover": (3, 3, 2),
    "forward_simulation": (1, 1, 2),
    "meta_predictor": (3, 3, 6),
    "replication": (3, 3, 2),
    "two_step": (3, 3, 2),
}
N_ITEMS, N_EXAMPLES = 4, 1


def plain_picture(kind: str, number: int, place: int, k: int) -> Image.Image:
    """Return the k-th picture of a kind, of an item; no two are the same."""
    return Image.new("RGB", (16 + k, 16), (40 * number, 9 * place, 60))


def load_design(
    name: str,
    folder: Path,
    is_full: bool = False,
    draw: Callable[[str, int, int, int], Image.Image] = plain_picture,
) -> Survey:
    """Load a design into an empty folder with its set, and open it.

    Each of its blocks has two items, unless it is to be full. A set that is there already stays.
    """
    protocol = read_file(LIBRARY / f"{name}.toml")
    stimuli = folder / protocol.stimulus_set
    if stimuli.exists():
        pass
    elif name in NEEDS:
        wrong, right, examples = FULL[name] if is_full else NEEDS[name]
        make_stimulus_folder(stimuli, wrong, right, ("gradcam", "pv"), examples, size=24)
    else:
        made = _make_set(protocol, name, folder / "pictures", draw)
        stimuli.parent.mkdir()
        made.rename(stimuli)
    text, copy = (LIBRARY / f"{name}.toml").read_text(), folder / f"{name}.toml"
    copy.write_text(text if is_full else re.sub(r"(?m)^items = \d+$", "items = 2", text))
    survey, _ = load_study(copy)
    open_survey(survey)
    return survey


def _make_set(
    protocol: Protocol,
    design: str,
    folder: Path,
    draw: Callable[[str, int, int, int], Image.Image],
) -> Path:
    """Import a set with the pictures, texts and answers that the protocol asks for."""
    task, (options, *answers) = protocol.task, DESIGNS[design]
    kinds = [kind for arm in protocol.conditions for kind in task.kinds_in(arm.name)]
    kinds += task.option_kinds(options.split(";"))
    shown = [kind for kind in dict.fromkeys([ORIGINAL, *kinds]) if kind != "none"]
    texts = [name for name in task.told if name not in ("truth", "prediction")]
    head = ["prediction", "true_labels", "options", "answer", "example", *shown]
    lines = [",".join(head + [f"text:{name}" for name in texts])]
    folder.mkdir()
    for number in range(N_ITEMS + N_EXAMPLES):
        files = []
        for place, kind in enumerate(shown):
            several = [f"{number}-{place}-{k}.png" for k in range(3 if "_" in kind else 1)]
            if kind in task.option_kinds(()):
                several = several[:1]
            for k, name in enumerate(several):
                draw(kind, number, place, k).save(folder / name)
            files.append(";".join(several))
        answer, is_example = answers[number % 2], "yes" if number >= N_ITEMS else ""
        prediction = "" if not options.startswith("lynx") else ("lynx", "wolf")[number % 2]
        row = [prediction or "okapi", "tapir", options, answer, is_example, *files]
        lines.append(",".join(row + [f"{name} {number}" for name in texts]))
    file = folder / "items.csv"
    file.write_text("\n".join(lines) + "\n")
    return import_stimuli(file, folder, folder / "out")
