"""Names a protocol by what is in it."""

import hashlib
import json

from surveys.protocol.schema import Protocol


def protocol_sha256(protocol: Protocol) -> str:
    """SHA-256 of the protocol's canonical JSON, which names the stimulus set by its content."""
    canonical = json.dumps(protocol.as_json(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
