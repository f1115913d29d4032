"""The arguments of commands that read a recipe without Django."""

import argparse
from pathlib import Path


def add_changes(parser: argparse.ArgumentParser) -> None:
    """Let a command replace values of its recipe, and say where images and weights are."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        help="replace one value of the recipe; may be repeated",
    )
    parser.add_argument(
        "--data-root", type=Path, metavar="DIR", help="where the images are on this machine"
    )
    parser.add_argument(
        "--weights", type=Path, metavar="FILE", help="the classifier's weights on this machine"
    )
