"""Checks that static files were collected: without them, no page can be shown."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage

from study.configuration.commands import command

ADVICE = f"Run {command('collectstatic')}, then restart the web server and the workers."


def find_uncollected() -> list[str]:
    """Return the static files that the manifest lacks, sorted; none if no manifest is needed.

    The manifest is as this process read it at its start, so files collected later are missing.
    """
    if settings.DEBUG or not isinstance(staticfiles_storage, ManifestStaticFilesStorage):
        return []
    known = staticfiles_storage.hashed_files
    ignored = StaticFilesConfig.ignore_patterns
    found = {Path(name).as_posix() for finder in get_finders() for name, _ in finder.list(ignored)}
    return sorted(found - known.keys())
