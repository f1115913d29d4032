"""Addresses of a preview: those of the survey's own pages, under the same names."""

from django.urls import path

from surveys.console.preview import page

app_name = "preview"
urlpatterns = [
    path("", page, name="start"),
    path("declined/", page, name="declined"),
    path("comprehension/", page, name="comprehension"),
    path("introduction/", page, name="introduction"),
    path("practice/<int:position>/", page, name="practice"),
    path("trial/<int:position>/", page, name="trial"),
    path("questions/<int:position>/", page, name="questionnaire"),
    path("debriefing/", page, name="debriefing"),
    path("thanks/", page, name="thanks"),
    path("ended/", page, name="turned_away"),
    path("withdraw/", page, name="withdrawal"),
    path("withdrawn/", page, name="withdrawn"),
    path("return/", page, name="return"),
]
