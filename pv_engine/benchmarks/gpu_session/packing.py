"""Trained weights in half precision, in files of a bounded size."""

import io
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save

from pv_engine.benchmarks.gpu_session.session import Session
from pv_engine.benchmarks.gpu_session.training import workspace_of

# What comes back from a machine may be limited in number and size of files.
MOST_BYTES = 15 * 2**20
MOST_PARTS = 5


def pack_weights(session: Session, seconds: float) -> dict[str, Any]:
    """Write the decoder's weights, then the classifier's as far as they fit; return their files."""
    workspace, found = workspace_of(session), {}
    left = MOST_PARTS
    for name, path in (
        ("decoder", workspace.decoder_path),
        ("classifier", workspace.classifier_path),
    ):
        if not path.is_file():
            continue
        parts = _parts(_halved(path))
        if len(parts) > left:
            found[name] = f"left out: {len(parts)} files of {MOST_BYTES} bytes"
            continue
        left -= len(parts)
        for number, part in enumerate(parts):
            (session.out / f"{name}.{number}.part").write_bytes(part)
        found[name] = f"{len(parts)} files; join them to {name}.safetensors"
    return found


def _halved(path: Path) -> bytes:
    state = load_file(path)
    halves = {
        key: value.half() if value.dtype == torch.float32 else value for key, value in state.items()
    }
    return save(halves)


def _parts(content: bytes) -> list[bytes]:
    stream = io.BytesIO(content)
    return list(iter(lambda: stream.read(MOST_BYTES), b""))
