"""A small copy of photographs: python -m pv_engine.benchmarks.gpu_session.photographs DIR.

Copies an image folder, train/<class>/ and val/<class>/, as WebP below a limit in size, for a
machine that gets only what is sent to it; with --reader also a reader's weights, in half precision.
"""

import argparse
import io
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from pv_engine.benchmarks.gpu_session.training import READER
from pv_engine.data.images import IMAGE_SUFFIXES, load_square

SPLITS = ("train", "val")
SIZE = 224
# From the best one that keeps the limit downwards.
QUALITIES = (90, 80, 70, 60, 50, 40, 30, 20, 10)
SAMPLE = 100


def main(arguments: list[str] | None = None) -> int:
    """Write the copy and print its size."""
    parser = argparse.ArgumentParser(
        prog="python -m pv_engine.benchmarks.gpu_session.photographs",
        description="Copy photographs.",
    )
    parser.add_argument(
        "photographs", type=Path, metavar="DIR", help="train/<class>/, val/<class>/"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--limit-mib", type=float, default=56.0, help="size of the copy (56)")
    parser.add_argument("--reader", type=Path, help="weights of tf_efficientnet_lite2")
    options = parser.parse_args(arguments)
    total = copy_photographs(
        options.photographs, options.out, options.limit_mib * 2**20, options.reader
    )
    print(f"{options.out}: {total / 2**20:.1f} MiB")  # noqa: T201 - this is a command
    return 0


def copy_photographs(photographs: Path, out: Path, limit: float, reader: Path | None = None) -> int:
    """Write the copy, as good as `limit` in bytes allows; return its size in bytes."""
    out.mkdir(parents=True, exist_ok=True)
    taken = _copy_reader(reader, out / READER) if reader else 0
    files = [
        path
        for split in SPLITS
        for path in sorted((photographs / split).glob("*/*"))
        if path.suffix.lower() in IMAGE_SUFFIXES
    ]
    if not files:
        sys.exit(f"{photographs} has no photographs in train/<class>/ and val/<class>/.")
    quality = _quality(files, limit - taken)
    for path in files:
        target = (out / path.relative_to(photographs)).with_suffix(".webp")
        target.parent.mkdir(parents=True, exist_ok=True)
        content = _webp(path, quality)
        target.write_bytes(content)
        taken += len(content)
    return taken


def _quality(files: list[Path], limit: float) -> int:
    """Return the best quality at which all files fit, by a sample of them."""
    sample = files[:: max(1, len(files) // SAMPLE)]
    for quality in QUALITIES:
        mean = sum(len(_webp(path, quality)) for path in sample) / len(sample)
        # The sample may be a little smaller than the rest.
        if 1.03 * mean * len(files) <= limit:
            return quality
    sys.exit(f"{len(files)} photographs do not fit into {limit / 2**20:.0f} MiB.")


def _webp(path: Path, quality: int) -> bytes:
    stream = io.BytesIO()
    load_square(path, SIZE).save(stream, "WEBP", quality=quality)
    return stream.getvalue()


def _copy_reader(source: Path, target: Path) -> int:
    state = load_file(source)
    save_file(
        {key: each.half() if each.dtype == torch.float32 else each for key, each in state.items()},
        target,
    )
    return target.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
