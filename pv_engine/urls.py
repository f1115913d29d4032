"""The console's pages on stimuli."""

from django.urls import path

from pv_engine import views

app_name = "builds"
urlpatterns = [
    path("", views.build_list, name="list"),
    path("new/", views.start, name="start"),
    path("progress.json", views.progress, name="progress"),
    path("<int:build_id>/", views.detail, name="detail"),
    path("<int:build_id>/cancel/", views.cancel, name="cancel"),
    path("<int:build_id>/resume/", views.resume, name="resume"),
    path("sets/<str:content_sha256>/", views.stimulus_set, name="set"),
]
