"""Keeps builds' folders in a store that machines share, when there is one (STORAGES["builds"]).

Workers that see one folder need none of this. Otherwise each worker has a folder of its own: before
it works it fetches what differs, afterwards it pushes what it has changed. Objects are named by
their content and never changed; which of them make up a build's folder is in the database, written
only once the objects are stored. So whoever fetches sees whole files of one state of each.
"""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction

from pv_engine.builds.training_records import build_folder
from pv_engine.data.arrays import whole_file, write_atomically
from pv_engine.models import Build, BuildFile

STORE = "builds"
# What this folder had in common with the store when they last met.
STAMPS = ".stored.json"
# Tables that are still being filled are large, and another worker fills its own the same way.
DATA, DATA_IS_WHOLE = "data", "names.json"
# Large, and computed anew from the pictures at any time.
KEPT_FEATURES = "features-"
# Pictures and items that several workers make, each the same way.
RENDERED = "render/"
SAME_BY_WHOMEVER = (f"{DATA}/", RENDERED)


def shared_store() -> Storage | None:
    return storages[STORE] if STORE in storages.backends else None


def fetch(build: Build, part: bool = False) -> None:
    """Make the build's folder what the store has.

    What is only here is work that was never handed in, and removed, but for what is the same
    whoever makes it. `part` is for chunks, of which several are done in one folder at once: there
    nothing is removed.
    """
    store = shared_store()
    if store is None:
        return
    folder = build_folder(build)
    stamps = _read_stamps(folder)
    stored = dict(build.files.values_list("path", "sha256"))
    for name, sha256 in stored.items():
        path = folder / name
        if not path.is_file() or _hash(path, stamps.get(name)) != sha256:
            _download(store, _key(build, sha256), path)
        stamps[name] = _stamp(path, sha256)
    if not part:
        for path in _files(folder):
            name = path.relative_to(folder).as_posix()
            if name not in stored and not name.startswith(SAME_BY_WHOMEVER):
                path.unlink()
    _write_stamps(folder, stamps)


def push(build: Build, only: str = "") -> None:
    """Store what this worker has changed in the build's folder, or in a part of it.

    Nothing counts if the claim on the build has passed to another worker meanwhile, unless it is
    the same whoever makes it.
    """
    store = shared_store()
    if store is None:
        return
    folder = build_folder(build)
    stamps = _read_stamps(folder)
    hashes = {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if name.startswith(only):
            hashes[name] = _hash(path, stamps.get(name))
    changed = {
        name: sha256 for name, sha256 in hashes.items()
        if stamps.get(name, {}).get("sha256") != sha256
    }  # fmt: skip
    for name, sha256 in changed.items():
        _upload(store, folder / name, _key(build, sha256))
    gone = [name for name in stamps if name.startswith(only) and name not in hashes]
    if _note(build, changed, gone, is_fenced=not only):
        before = dict(stamps)
        stamps |= {name: _stamp(folder / name, sha256) for name, sha256 in hashes.items()}
        replaced = [before[name]["sha256"] for name in (*gone, *changed) if name in before]
        _write_stamps(folder, {name: stamps[name] for name in stamps if name not in gone})
        _remove_unneeded(store, build, replaced)


@transaction.atomic
def _note(build: Build, changed: dict[str, str], gone: list[str], is_fenced: bool) -> bool:
    """Write down which objects make up the folder now; False when the claim is another's."""
    # The lock keeps another worker from claiming the build until this is written.
    held = Build.objects.select_for_update().filter(pk=build.pk, claim=build.claim)
    if is_fenced and not held.exists():
        return False
    for name, sha256 in changed.items():
        BuildFile.objects.update_or_create(build=build, path=name, defaults={"sha256": sha256})
    build.files.filter(path__in=gone).delete()
    return True


def _files(folder: Path) -> list[Path]:
    """Whole files, oldest first, so that a checkpoint never comes before what it rests on."""
    whole = (folder / DATA / DATA_IS_WHOLE).is_file()
    found = [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.name.startswith((".", KEPT_FEATURES))
        and (whole or path.relative_to(folder).parts[0] != DATA)
    ]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path))


def _key(build: Build, sha256: str) -> str:
    return f"{build.pk}/{sha256}"


def _upload(store: Storage, path: Path, key: str) -> None:
    if not store.exists(key):
        with path.open("rb") as stream:
            store.save(key, File(stream))


def _download(store: Storage, key: str, path: Path) -> None:
    with store.open(key) as stored, whole_file(path) as stream:
        shutil.copyfileobj(stored, stream)


def _remove_unneeded(store: Storage, build: Build, gone: list[str]) -> None:
    """Delete objects, as of old checkpoints, that are no file of the build any more."""
    needed = set(build.files.values_list("sha256", flat=True))
    for sha256 in set(gone) - needed:
        store.delete(_key(build, sha256))


def _stamp(path: Path, sha256: str) -> dict[str, Any]:
    status = path.stat()
    return {"sha256": sha256, "size": status.st_size, "modified": status.st_mtime_ns}


def _hash(path: Path, stamp: dict[str, Any] | None) -> str:
    """SHA-256 of a file; not read again when size and time are those of its stamp."""
    status = path.stat()
    if stamp and (stamp["size"], stamp["modified"]) == (status.st_size, status.st_mtime_ns):
        return str(stamp["sha256"])
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_stamps(folder: Path) -> dict[str, Any]:
    try:
        stamps: dict[str, Any] = json.loads((folder / STAMPS).read_text())
    except (OSError, ValueError):
        return {}
    return stamps


def _write_stamps(folder: Path, stamps: dict[str, Any]) -> None:
    write_atomically(folder / STAMPS, json.dumps(stamps).encode())
