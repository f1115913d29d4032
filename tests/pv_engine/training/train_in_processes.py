"""torchrun train_in_processes.py SYNCS RECIPE.toml …: trains, but the first process is killed at
its SYNCS-th sync of a file; 0 for never."""

import os
import sys

from dying import die_at_sync  # type: ignore[import-not-found] # a script's neighbour

from pv_engine import train
from pv_engine.training.team import leave

if __name__ == "__main__":
    if int(sys.argv[1]):
        train.SEGMENT_SECONDS = 0.0
        if os.environ["RANK"] == "0":
            die_at_sync(int(sys.argv[1]))
    leave(train.main(sys.argv[2:]))
