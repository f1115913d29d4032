"""A ResNet-50 from random weights and the paper's decoder on it, in the seconds that there are.

How many epochs fit is measured first, since a schedule of learning rates has to know its end.
"""

import json
from pathlib import Path
from typing import Any

from pv_engine.benchmarks.gpu_session.session import Session
from pv_engine.data.atomic_files import write_atomically
from pv_engine.pipeline.stimulus_build import StimulusBuild
from pv_engine.pipeline.workspace import Workspace
from pv_engine.recipe.reading import parse_recipe
from pv_engine.reports.contact_sheet import contact_sheet
from pv_engine.reports.sheet_png import as_png
from pv_engine.stimulus_sets.manifest import read_manifest

SEGMENT_SECONDS = 5.0
# Of the measured rate: validations, the first steps and the last checkpoint take time, too.
SAFETY = 0.8
PROBED_SEGMENTS = 2
ENDLESS = 100_000
# Phases that come next once there are classifier and items.
DECODER_PHASES = ("exemplars", "decoder")
READER = "reader.safetensors"
RECIPE = """
name = "gpu_session"
seed = 1

[data]
kind = "image_folder"
root = "."
image_size = {size}

[classifier]
architecture = "{network}"
task = "single_label"
epochs = {classifier_epochs}
batch_size = {batch}
learning_rate = 2e-3
weight_decay = 0.05
{own}

[decoder]
width = {width}
epochs = {decoder_epochs}
batch_size = {batch}
learning_rate = 5e-4
schedule = "cosine"

[selection]
model_wrong = {items}
model_right = {items}

[rendering]
conditions = ["gradcam", "pv", "pv_exemplar", "exemplar_random"]
image_size = {shown}

[exemplar]

[quality]
pictures = {pictures}
{reader}
"""
WHOLE = {
    "size": 224, "network": "torchvision:resnet50", "own": "", "batch": 64, "width": 1.0,
    "items": 20, "shown": 320, "pictures": 500,
}  # fmt: skip
TINY = {
    "size": 32, "network": "small_cnn", "own": "width = 4\ndownsampling = 8", "batch": 8,
    "width": 0.05, "items": 2, "shown": 64, "pictures": 8,
}  # fmt: skip
READS = """reader = "timm:tf_efficientnet_lite2"
reader_weights = "reader.safetensors"
reader_size = 260
reader_pictures = 1000
"""


def train_classifier(session: Session, seconds: float) -> dict[str, Any]:
    """Train the classifier and select items; return epochs, speed and quality."""
    build, reached = _advance(session, "classifier", DECODER_PHASES, seconds)
    picks = json.loads(build.render.workspace.picks_path.read_text()) if reached else {}
    return {**_plan_of(session, "classifier"), "is_done": reached,
            "quality": picks.get("classifier_quality")}  # fmt: skip


def train_decoder(session: Session, seconds: float) -> dict[str, Any]:
    """Fill the exemplar bank and train the decoder; return epochs and speed."""
    _, reached = _advance(session, "decoder", ("render",), seconds)
    return {**_plan_of(session, "decoder"), "is_done": reached}


def make_stimuli(session: Session, seconds: float) -> dict[str, Any]:
    """Render items, measure them, and write a contact sheet; return the manifest's measures."""
    build, reached = _advance(session, "decoder", ("",), seconds)
    folder = build.publish.stimulus_folder
    if not reached or folder is None:
        return {"is_done": False}
    (session.out / "contact_sheet.png").write_bytes(as_png(contact_sheet(folder)))
    manifest = read_manifest(folder)
    kept = ("classifier", "legibility", "exemplars")
    measures = {name: manifest[name] for name in kept if name in manifest}
    return {"decoder": manifest["decoder"]["quality"], **measures}


def workspace_of(session: Session) -> Workspace:
    """Return the folder of the finished networks, for packing their weights."""
    return _build(session, "decoder").render.workspace


def _advance(
    session: Session, training: str, ends: tuple[str, ...], seconds: float
) -> tuple[StimulusBuild, bool]:
    """Advance a build until one of `ends` is its next phase, or the seconds are over.

    How many epochs of `training` fit is decided first, once. The end of the build is "".
    """
    until = session.seconds_left - seconds
    if "epochs" not in _plan_of(session, training):
        _plan(session, training, seconds)
    build = _build(session, training)
    while session.seconds_left > until and _next_phase(build) not in ends:
        progress = build.advance(SEGMENT_SECONDS)
        if progress.images_per_second and progress.phase == training:
            _keep(session, training, images_per_second=round(progress.images_per_second, 1))
        session.say(f"  {progress.phase}: {progress.message}")
    return build, _next_phase(build) in ends


def _next_phase(build: StimulusBuild) -> str:
    return next((phase.name for phase in build.phases if not phase.is_done), "")


def _plan(session: Session, training: str, seconds: float) -> None:
    """Train in a folder apart for some seconds, and keep how many epochs fit into the rest."""
    began, rate, trained = session.seconds_left, 0.0, 0
    probe = _build(session, training, is_probe=True)
    while trained < PROBED_SEGMENTS and began - session.seconds_left < seconds / 2:
        progress = probe.advance(SEGMENT_SECONDS)
        if progress.phase == training:
            rate, trained = progress.images_per_second or rate, trained + 1
    left = seconds - (began - session.seconds_left)
    pictures, _ = probe.render.workspace.training()
    _keep(session, training, epochs=max(1, int(SAFETY * left * rate / len(pictures))))


def _build(session: Session, training: str, is_probe: bool = False) -> StimulusBuild:
    epochs = {name: _plan_of(session, name).get("epochs", 1) for name in ("classifier", "decoder")}
    if is_probe:
        epochs[training] = ENDLESS
    values = TINY if session.tiny else WHOLE
    has_reader = (session.data / READER).is_file() and not session.tiny
    text = RECIPE.format(
        **values,
        classifier_epochs=epochs["classifier"],
        decoder_epochs=epochs["decoder"],
        reader=READS if has_reader else "",
    )
    recipe = parse_recipe(text, "gpu_session.toml", session.data)
    folder = session.work / (f"{training}-probe" if is_probe else training)
    _share(session, folder, training)
    return StimulusBuild(recipe, folder, session.work / "sets")


def _share(session: Session, folder: Path, training: str) -> None:
    """Let all folders have the same pictures, and the decoder's the trained classifier."""
    (session.work / "data").mkdir(parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True)
    shared = {"data": session.work / "data"}
    if training == "decoder":
        shared |= {name: session.work / "classifier" / name for name in ("classifier", "select")}
    for name, place in shared.items():
        if not (folder / name).exists():
            (folder / name).symlink_to(place.resolve())


def _plan_of(session: Session, training: str) -> dict[str, Any]:
    path = session.work / f"{training}.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    return found


def _keep(session: Session, training: str, **values: float) -> None:
    plan = _plan_of(session, training) | values
    write_atomically(session.work / f"{training}.json", json.dumps(plan).encode())
