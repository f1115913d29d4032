"""What the rows of several tables have in common: cells, names of participants, times."""

import hashlib
from datetime import UTC, datetime

Cell = str | int | None
# Rows fetched from the database at a time.
CHUNK = 2000


def participant_id(token: str) -> str:
    """A participant's name in an export: always the same, and no way back to the cookie."""
    return f"p-{hashlib.sha256(f'export/{token}'.encode()).hexdigest()[:16]}"


def time_cell(moment: datetime | None) -> str:
    """UTC, to the millisecond."""
    if moment is None:
        return ""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
