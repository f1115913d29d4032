"""python -m pv_engine.benchmarks.gpu_session --data DIR --budget 540 --out DIR

Needs torch, torchvision, timm, grad-cam, safetensors, pillow, pydantic and tree-sitter-toml, but no
Django. The same command goes on where a first run stopped.
"""

import argparse
import logging
import sys
from pathlib import Path

from pv_engine.benchmarks.gpu_session.session import FIGURES, Session, run_stages
from pv_engine.benchmarks.gpu_session.stages import STAGES


def main(arguments: list[str] | None = None) -> int:
    """Run the stages; return 1 if some are left to be done."""
    parser = argparse.ArgumentParser(
        prog="python -m pv_engine.benchmarks.gpu_session",
        description="Measure everything that only a GPU can show, within a budget of seconds.",
    )
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="pictures, as gpu-carry wrote them"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="for what is kept")
    parser.add_argument(
        "--work", type=Path, metavar="DIR", help="what a second run goes on with (OUT/work)"
    )
    parser.add_argument("--budget", type=float, default=540.0, help="seconds (540)")
    parser.add_argument("--tiny", action="store_true", help="rehearse with tiny networks, on a CPU")
    options = parser.parse_args(arguments)
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s")
    work = options.work or options.out / "work"
    for folder in (options.out, work):
        folder.mkdir(parents=True, exist_ok=True)
    session = Session(options.data, work, options.out, options.budget, options.tiny, _say)
    is_done = run_stages(session, STAGES)
    _say(f"{options.out / FIGURES}")
    return 0 if is_done else 1


def _say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201 - this is a command


if __name__ == "__main__":
    sys.exit(main())
