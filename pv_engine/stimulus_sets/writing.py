"""Writes a stimulus folder in one step: whole or not at all."""

import hashlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

from PIL import Image

from pv_engine.data.atomic_files import write_atomically
from pv_engine.stimulus_sets.manifest import MANIFEST, folder_name, image_names

IMAGES = "images"


def compressed(picture: Image.Image, quality: int) -> bytes:
    """Return the bytes of a stimulus file."""
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=quality, method=6)
    return buffer.getvalue()


def write_picture(picture: Image.Image, folder: Path, quality: int) -> str:
    """Write a WebP file without metadata, named by the SHA-256 of its bytes; return its name."""
    content = compressed(picture, quality)
    name = f"{hashlib.sha256(content).hexdigest()}.webp"
    if not (folder / name).is_file():
        write_atomically(folder / name, content)
    return name


def write_folder(manifest: dict[str, Any], pictures: Path, out_dir: Path, author: str) -> Path:
    """Copy the manifest's pictures beside it and rename the folder into place; return its path.

    A folder that is there under the same hash already is the same, and stays. `author` names the
    work: the same when it is resumed, another one where two write the same set at once.
    """
    target = out_dir / folder_name(manifest["content_sha256"])
    if (target / MANIFEST).is_file():
        return target
    partial = target.with_name(f".{target.name}.{author}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / IMAGES).mkdir(parents=True)
    for name in image_names(manifest):
        shutil.copyfile(pictures / name, partial / IMAGES / name)
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    write_atomically(partial / MANIFEST, text.encode())
    _move(partial, target)
    return target


def _move(partial: Path, target: Path) -> None:
    """Give a whole folder its name; one that somebody else has put there meanwhile stays."""
    try:
        partial.rename(target)
    except OSError:
        if (target / MANIFEST).is_file():
            shutil.rmtree(partial)
            return
        shutil.rmtree(target)
        partial.rename(target)
