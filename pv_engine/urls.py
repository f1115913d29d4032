"""The console's pages on stimuli."""

from django.urls import path

from pv_engine import set_views, start_views, views

app_name = "builds"
urlpatterns = [
    path("", views.build_list, name="list"),
    path("new/", start_views.start, name="start"),
    path("progress.json", views.progress, name="progress"),
    path("<int:build_id>/", views.detail, name="detail"),
    path("<int:build_id>/samples/<str:phase>/<int:step>.webp", views.sample, name="sample"),
    path("<int:build_id>/cancel/", views.cancel, name="cancel"),
    path("<int:build_id>/resume/", views.resume, name="resume"),
    path("<int:build_id>/again/", start_views.start_again, name="again"),
    path("sets/<str:content_sha256>/", set_views.stimulus_set, name="set"),
    path("sets/<str:content_sha256>/quality/", set_views.quality, name="quality"),
    path("sets/<str:content_sha256>/items/<str:item_name>/", set_views.item, name="item"),
]
