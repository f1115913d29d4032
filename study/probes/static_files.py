"""Whether the pages' static files were collected: without them no page can be shown."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage

from study.configuration.commands import command

ADVICE = f"Run {command('collectstatic')}, then restart the web server and the workers."


def find_uncollected() -> list[str]:
    """Names of static files that the manifest lacks, in order; none where pages need no manifest.

    As this process has read the manifest: one that is older than the last collectstatic still lacks
    what came with it.
    """
    if settings.DEBUG or not isinstance(staticfiles_storage, ManifestStaticFilesStorage):
        return []
    known = staticfiles_storage.hashed_files
    ignored = StaticFilesConfig.ignore_patterns
    found = {Path(name).as_posix() for finder in get_finders() for name, _ in finder.list(ignored)}
    return sorted(found - known.keys())
