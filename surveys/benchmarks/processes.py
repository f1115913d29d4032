"""Runs one of our commands in a process of its own, so that its memory is its own, too."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass

from django.conf import settings

from surveys.errors import ExportError


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    seconds: float
    # Of the processor, ours alone: what other programs take does not count.
    cpu_seconds: float
    peak_memory_mib: float


def cost_of(*arguments: str) -> Cost:
    """Seconds and peak resident memory of `manage.py` with these arguments.

    Raises ExportError with its last words where it fails.
    """
    begin = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - a command of our own
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        last_words = process.stderr.read() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ExportError(f"manage.py {' '.join(arguments)} failed: {last_words.strip()}")
    # Linux counts in KiB.
    return Cost(
        seconds=time.perf_counter() - begin,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_memory_mib=usage.ru_maxrss / 1024,
    )
