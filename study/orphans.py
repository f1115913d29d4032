"""Stops a server whose supervisor is gone, as after closing the terminal of `make demo`."""

import logging
import os
import signal
import threading
import time

LOOK_EVERY_SECONDS = 1.0
# Read at import: the supervisor may be gone before the server is ready.
PARENT = os.getppid()
# Started to outlive its terminal, as `nohup` does; noted before a server sets its own handlers.
IS_DETACHED = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN

logger = logging.getLogger(__name__)


def stop_when_supervisor_ends() -> None:
    """Do not outlive the program that started this server, unless it was started to do so."""
    if not IS_DETACHED:
        stop_when_orphaned(PARENT)


def stop_when_orphaned(parent: int, insist: bool = False) -> threading.Thread:
    """Watch this process's parent from a thread; send this process SIGTERM when it changes.

    With `insist`, again and again: a process that is still starting may miss the first one.
    """
    watcher = threading.Thread(
        target=_watch, args=(os.getpid(), parent, insist), name="orphans", daemon=True
    )
    watcher.start()
    return watcher


def _watch(process: int, parent: int, insist: bool) -> None:
    # Looked at, since systems have no common way to be woken when a parent ends.
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_SECONDS)
    logger.warning(
        "The program that started this one (process %s) has ended, so this one stops, too; start "
        "it by nohup or a service manager to keep it running.",
        parent,
    )
    os.kill(process, signal.SIGTERM)
    while insist:
        time.sleep(LOOK_EVERY_SECONDS)
        os.kill(process, signal.SIGTERM)
