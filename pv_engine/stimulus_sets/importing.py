"""Makes a stimulus folder from pictures that were made elsewhere. Free of torch and Django."""

import hashlib
import importlib.metadata
import json
import platform
import random
import tempfile
from pathlib import Path
from typing import Any

from pv_engine.data.images import load_whole
from pv_engine.errors import ImageDataError
from pv_engine.recipe import UNDRAWN
from pv_engine.stimulus_sets.import_list import ImportedItem, ImportListError, read_import_list
from pv_engine.stimulus_sets.manifest import ORIGINAL, content_sha256, version_of
from pv_engine.stimulus_sets.writing import write_folder, write_picture
from toml_files.problems import Problem

QUALITY = 90
# Of the longer side, in pixels: no screen shows two pictures larger than this.
LONGEST_SIDE = 1024


def import_stimuli(file: Path, images: Path, out_dir: Path, name: str = "", seed: int = 0) -> Path:
    """Write the stimulus folder of a list of items and their pictures, and return its path.

    Parameters
    ----------
    file : Path
        The list, a CSV file with a line for each item.
    images : Path
        The folder that the list's pictures are in.
    out_dir : Path
        Where the stimulus folder is written, under the first digits of its content hash.
    name : str
        Of the set; the list's without its ending if it is empty.
    seed : int
        Shuffles the items, so that their position does not reveal their stratum.

    Pictures are decoded and written again as WebP, without metadata. Raises ImportListError with
    all problems of the list or of its pictures, each with its line. Nothing is written then.
    """
    items = read_import_list(file)
    random.Random(f"import/{seed}").shuffle(items)  # noqa: S311 - an order, no secret
    with tempfile.TemporaryDirectory(prefix="foresee-import-") as folder:
        pictures = Path(folder)
        names = _write_pictures(file, images, items, pictures)
        manifest = _manifest(items, names, name or file.stem, seed)
        return write_folder(manifest, pictures, out_dir, manifest["content_sha256"][:8])


def _write_pictures(
    file: Path, images: Path, items: list[ImportedItem], pictures: Path
) -> dict[str, str]:
    """Write every picture once; return its name by the file it came from."""
    names: dict[str, str] = {}
    wrong: list[tuple[int, str, str, ImageDataError]] = []
    for item in items:
        for kind, source in item.pictures:
            if source in names:
                continue
            try:
                picture = load_whole(images / source, LONGEST_SIDE)
            except ImageDataError as error:
                wrong.append((item.line, kind, source, error))
            else:
                names[source] = write_picture(picture, pictures, QUALITY)
    if wrong:
        elsewhere = _files_by_name(images)
        raise ImportListError.of(
            Problem(str(file), line, kind, f"{kind}: {error}{_hint(elsewhere, images, source)}")
            for line, kind, source, error in wrong
        )
    return names


def _files_by_name(images: Path) -> dict[str, str]:
    """Return the path of each file in the folder and below, by its name in small letters."""
    files = sorted(path for path in images.rglob("*") if path.is_file())
    return {path.name.casefold(): path.relative_to(images).as_posix() for path in reversed(files)}


def _hint(elsewhere: dict[str, str], images: Path, source: str) -> str:
    """Return what the list should say if a missing file is in another folder or case."""
    found = elsewhere.get(Path(source).name.casefold())
    if not found or (images / source).exists():
        return ""
    return f" There is {found}; write that."


def _manifest(
    items: list[ImportedItem], names: dict[str, str], name: str, seed: int
) -> dict[str, Any]:
    rows = [(item.is_example, _row(item, names)) for item in items]
    labels = {
        label for item in items for label in (item.prediction, *item.true_labels, *item.options)
    }
    source = {
        "import": {
            "quality": QUALITY,
            "longest_side": LONGEST_SIDE,
            "seed": seed,
            "items": [row for _, row in rows],
        }
    }
    canonical = json.dumps(source, sort_keys=True, ensure_ascii=False)
    manifest = {
        "schema_version": version_of(row for _, row in rows),
        "name": name,
        "recipe_sha256": hashlib.sha256(canonical.encode()).hexdigest(),
        "recipe": {"import": {"quality": QUALITY, "longest_side": LONGEST_SIDE}},
        "seed": seed,
        "versions": {
            "python": platform.python_version(),
            "pillow": importlib.metadata.version("pillow"),
        },
        "classes": sorted(labels),
        "conditions": [*(kind for kind in items[0].files if kind != ORIGINAL), UNDRAWN],
        "items": [row for is_example, row in rows if not is_example],
        "examples": [row for is_example, row in rows if is_example],
    }
    return {**manifest, "content_sha256": content_sha256(manifest)}


def _row(item: ImportedItem, names: dict[str, str]) -> dict[str, Any]:
    images = {kind: [names[source] for source in files] for kind, files in item.files.items()}
    return {
        "name": item.name,
        "stratum": item.stratum,
        "prediction": item.prediction,
        "predicted_set": [item.prediction],
        "true_labels": list(item.true_labels),
        "options": list(item.options),
        "images": {kind: row if len(row) > 1 else row[0] for kind, row in images.items()},
        **({"answer": item.answer} if item.answer else {}),
        **({"texts": item.texts} if item.texts else {}),
    }
