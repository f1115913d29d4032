"""Stops a server whose supervisor is gone, as after closing the terminal of `make demo`."""

import os
import signal
import threading
import time

LOOK_EVERY_SECONDS = 1.0
# Read at import: the supervisor may be gone before the server is ready.
PARENT = os.getppid()


def stop_when_orphaned(parent: int = PARENT) -> threading.Thread:
    """Watch this process's parent in a thread; send this process SIGTERM when it changes."""
    watcher = threading.Thread(
        target=_watch, args=(os.getpid(), parent), name="orphans", daemon=True
    )
    watcher.start()
    return watcher


def _watch(process: int, parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_SECONDS)
    os.kill(process, signal.SIGTERM)
