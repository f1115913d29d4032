"""The embedded broker: Celery messages as files, so that the demo needs no broker server.

Kombu's filesystem transport writes messages in place, so a worker that polls meanwhile reads half
a message. Here, a message appears under its name only once it is complete.
"""

import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps

# A worker notices a stop only between two polls; Celery's own two seconds would delay Ctrl-C.
LONGEST_WAIT_SECONDS = 0.2


class Channel(filesystem.Channel):
    # Kombu's own channel differs from its base in the same way.
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        # As in kombu: milliseconds come first, so that the oldest message sorts first.
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        unfinished = folder / f"{name}.part"
        unfinished.write_text(dumps(payload), encoding="utf-8")
        unfinished.rename(folder / name)


class Transport(filesystem.Transport):
    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> None:
        longest = LONGEST_WAIT_SECONDS if timeout is None else min(timeout, LONGEST_WAIT_SECONDS)
        super().drain_events(connection, timeout=longest, **kwargs)
