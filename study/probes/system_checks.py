"""Django's system checks, one for each probe that has a check id."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from study.probes.probe import all_probes


@register()
def check_installation(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Errors and warnings by the letter of the id; no warnings while developing."""
    messages: list[CheckMessage] = []
    for probe in all_probes():
        is_error = ".E" in probe.check_id
        if not probe.check_id or (settings.DEBUG and not is_error):
            continue
        finding = probe.look()
        if finding.state == "missing":
            kind = Error if is_error else Warning
            messages.append(kind(finding.found, hint=finding.remedy, id=probe.check_id))
    return messages
