"""URLs of the console's pages for builds and stimulus sets."""

from django.urls import path

from pv_engine.console import blind_reading, builds, imports, start, stimulus_sets

app_name = "builds"
urlpatterns = [
    path("", builds.build_list, name="list"),
    path("new/", start.start, name="start"),
    path("import/", imports.import_set, name="import"),
    path("<int:build_id>/", builds.detail, name="detail"),
    path("<int:build_id>/samples/<str:phase>/<int:step>.webp", builds.sample, name="sample"),
    path("<int:build_id>/cancel/", builds.cancel, name="cancel"),
    path("<int:build_id>/resume/", builds.resume, name="resume"),
    path("<int:build_id>/again/", start.start_again, name="again"),
    path("sets/<str:content_sha256>/", stimulus_sets.stimulus_set, name="set"),
    path("sets/<str:content_sha256>/quality/", stimulus_sets.quality, name="quality"),
    path(
        "sets/<str:content_sha256>/read/<str:condition>/<str:stratum>/",
        blind_reading.read,
        name="read",
    ),
    path("sets/<str:content_sha256>/items/<str:item_name>/", stimulus_sets.item, name="item"),
]
