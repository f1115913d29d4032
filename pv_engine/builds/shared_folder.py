"""Keeps builds' folders in a store that machines share, if there is one (STORAGES["builds"]).

Workers that share a folder need none of this. Otherwise each worker has its own folder: it fetches
differences before it works and pushes its changes afterwards. Objects are named by their content
and never changed. The database lists the objects of each folder, and is updated only once they are
stored, so every fetch sees complete files of one consistent state.
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
from pv_engine.data.atomic_files import atomic_file, write_atomically
from pv_engine.models import Build, BuildFile

STORE = "builds"
# The state that this folder and the store had in common at the last fetch or push.
STAMPS = ".stored.json"
# Incomplete tables are large and never pushed: another worker fills its own in the same way.
DATA, DATA_IS_WHOLE = "data", "names.json"
# Large, and can be recomputed from the pictures at any time.
KEPT_FEATURES = "features-"
# Pictures and items, rendered by several workers.
RENDERED = "render/"
# The same from every worker.
DETERMINISTIC = (f"{DATA}/", RENDERED)


def shared_store() -> Storage | None:
    return storages[STORE] if STORE in storages.backends else None


def fetch(build: Build, part: bool = False) -> None:
    """Make the build's folder equal to the store.

    Files that are only here were never pushed and are removed, unless every worker would produce
    the same. With `part`, for chunks that share one folder, nothing is removed.
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
            if name not in stored and not name.startswith(DETERMINISTIC):
                path.unlink()
    _write_stamps(folder, stamps)


def push(build: Build, only: str = "") -> None:
    """Store this worker's changes to the build's folder, or to files that begin with `only`.

    Changes to the whole folder are dropped if another worker has claimed the build meanwhile.
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
    """Record the objects of the folder; False if another worker has claimed the build."""
    # The lock keeps another worker from claiming the build until this is written.
    held = Build.objects.select_for_update().filter(pk=build.pk, claim=build.claim)
    if is_fenced and not held.exists():
        return False
    for name, sha256 in changed.items():
        BuildFile.objects.update_or_create(build=build, path=name, defaults={"sha256": sha256})
    build.files.filter(path__in=gone).delete()
    return True


def _files(folder: Path) -> list[Path]:
    """Return complete files, oldest first, so that a checkpoint follows the files it needs."""
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
    with store.open(key) as stored, atomic_file(path) as stream:
        shutil.copyfileobj(stored, stream)


def _remove_unneeded(store: Storage, build: Build, gone: list[str]) -> None:
    """Delete objects that are no longer files of the build, such as old checkpoints."""
    needed = set(build.files.values_list("sha256", flat=True))
    for sha256 in set(gone) - needed:
        store.delete(_key(build, sha256))


def _stamp(path: Path, sha256: str) -> dict[str, Any]:
    status = path.stat()
    return {"sha256": sha256, "size": status.st_size, "modified": status.st_mtime_ns}


def _hash(path: Path, stamp: dict[str, Any] | None) -> str:
    """Return the file's SHA-256, from its stamp if size and time have not changed."""
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
