"""Names the wording that a participant agreed to."""

import hashlib

from surveys.protocol.schema import Protocol
from surveys.protocol.wording import wording


def consent_version(protocol: Protocol, language: str) -> str:
    """The researcher's own name for the version, if any, and a hash of the wording as it was read.

    The hash is the start of the SHA-256 of information and consent, joined by a line break, in the
    participant's language.
    """
    texts = protocol.texts
    read = "\n".join(
        wording(text, language or protocol.languages[0])
        for text in (texts.information, texts.consent)
    )
    digest = hashlib.sha256(read.encode()).hexdigest()[:12]
    return f"{protocol.consent_version} {digest}".strip()
