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


class Channel(filesystem.Channel):  # type: ignore[misc] # kombu has no types
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        folder = Path(self.data_folder_out)
        # As in kombu: milliseconds come first, so that the oldest message sorts first.
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        unfinished = folder / f"{name}.part"
        unfinished.write_text(dumps(payload), encoding="utf-8")
        unfinished.rename(folder / name)


class Transport(filesystem.Transport):  # type: ignore[misc]
    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None) -> Any:
        longest = LONGEST_WAIT_SECONDS if timeout is None else min(timeout, LONGEST_WAIT_SECONDS)
        return super().drain_events(connection, timeout=longest)
