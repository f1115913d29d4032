"""The health check for load balancers."""

import logging

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from study.probes.probe import all_probes

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Return 200 if database and broker answer, else 503, with the state of each as JSON."""
    parts = {}
    for probe in all_probes():
        if probe.for_health:
            finding = probe.look()
            parts[probe.part] = finding.state != "missing"
            if not parts[probe.part]:
                logger.error("The %s cannot be used: %s", probe.part, finding.found)
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)
