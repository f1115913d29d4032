"""Where style sheets, scripts and pictures of the pages are."""

from functools import lru_cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names each file by its content, and finds its address once: a page asks for eight."""

    @lru_cache(maxsize=1000)  # noqa: B019 - a process has one storage, and it stays
    def url(self, name: str | None, force: bool = False) -> str:
        """Return the address of the file."""
        return str(super().url(name, force))
