"""All URLs of the project, by app."""

from django.urls import include, path
from django.views.generic import RedirectView

from study.monitoring.metrics import metrics
from study.probes.health import healthz
from study.server.documentation import documentation

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="console:home"), name="root"),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("docs/", RedirectView.as_view(url="/docs/index.html"), name="docs_home"),
    path("docs/<path:page>", documentation, name="docs"),
    path("console/builds/", include("pv_engine.console.urls")),
    path("console/", include("accounts.urls")),
    path("console/", include("surveys.console.urls")),
    path("", include("surveys.participation.urls")),
]
handler404 = "study.server.error_pages.not_found"
handler400 = "study.server.error_pages.bad_request"
