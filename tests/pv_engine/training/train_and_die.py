"""python train_and_die.py RECIPE.toml WORK: trains, killed again and again, until it is done.

Prints how often it was killed. Each attempt is a process of its own; they are forked from one that
has imported torch but computed nothing, because importing takes longer than all the rest.
"""

import os
import sys

from dying import die_at_sync  # type: ignore[import-not-found] # a script's neighbour

from pv_engine import train

# A segment of one step, so that every kind of moment comes.
train.SEGMENT_SECONDS = 0.0
# Enough syncs for every attempt to get further than the one before.
FIRST = 8


def main(recipe: str, work: str) -> int:
    killed = 0
    while True:
        attempt = os.fork()
        if attempt == 0:
            die_at_sync(FIRST + killed)
            os._exit(train.main([recipe, "--work", work]))
        _, status = os.waitpid(attempt, 0)
        if not os.WIFSIGNALED(status):
            sys.stdout.write(f"killed {killed} times\n")
            return os.waitstatus_to_exitcode(status)
        killed += 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
