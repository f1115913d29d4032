"""The manifest of a stimulus folder, and the hash that names it. Free of torch and Django."""

import hashlib
import json
from typing import Any

SCHEMA_VERSION = 1
# What a participant can see and how it is scored; not when, where or with which versions.
HASHED = ("schema_version", "recipe_sha256", "classes", "conditions", "items", "examples")


def content_sha256(manifest: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON of the manifest's lasting content."""
    content = {key: manifest[key] for key in HASHED}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def folder_name(content_hash: str) -> str:
    """The stimulus folder's name: the first 16 digits of its content hash."""
    return content_hash[:16]
