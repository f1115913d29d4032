"""Kills its own process, without any chance to tidy up, when a file reaches the disk.

Every file that a build writes is synced before it gets its name and its folder afterwards, so odd
calls die with a file that nobody can see yet, and even ones with a file that is just there.
"""

import os
import signal


def die_at_sync(number: int) -> None:
    """Let the process be killed with SIGKILL at its `number`-th sync from now."""
    real, count = os.fsync, 0

    def fsync(descriptor: int) -> None:
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)
        real(descriptor)

    os.fsync = fsync  # type: ignore[assignment]
