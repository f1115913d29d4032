"""Ends a server whose supervisor is gone, as when the terminal of `make demo` is closed."""

import os
import signal
import threading
import time

LOOK_EVERY_SECONDS = 1.0
# Noted as early as can be: the supervisor may be gone before the server is ready.
PARENT = os.getppid()


def stop_when_orphaned(parent: int = PARENT) -> threading.Thread:
    """Watch this process's parent from a thread; send this process SIGTERM when it changes."""
    watcher = threading.Thread(
        target=_watch, args=(os.getpid(), parent), name="orphans", daemon=True
    )
    watcher.start()
    return watcher


def _watch(process: int, parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_SECONDS)
    os.kill(process, signal.SIGTERM)
