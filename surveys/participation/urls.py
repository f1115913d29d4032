"""Addresses of participants' pages and of the images on them."""

from django.urls import path

from surveys.participation import ends
from surveys.participation.steps import assignment, consent, trial

app_name = "surveys"
urlpatterns = [
    path("s/<slug:slug>/", consent.start, name="start"),
    path("s/<slug:slug>/declined/", ends.declined, name="declined"),
    path("s/<slug:slug>/no-place/", ends.no_place, name="no_place"),
    path("s/<slug:slug>/comprehension/", assignment.comprehension, name="comprehension"),
    path("s/<slug:slug>/assignment/", assignment.assignment, name="assignment"),
    path("s/<slug:slug>/introduction/", assignment.introduction, name="introduction"),
    path("s/<slug:slug>/practice/<int:position>/", assignment.practice, name="practice"),
    path("s/<slug:slug>/trial/<int:position>/", trial.trial, name="trial"),
    path("s/<slug:slug>/questions/<int:position>/", assignment.questionnaire, name="questionnaire"),
    path("s/<slug:slug>/debriefing/", assignment.debriefing, name="debriefing"),
    path("s/<slug:slug>/thanks/", ends.thanks, name="thanks"),
    path("s/<slug:slug>/ended/", ends.turned_away, name="turned_away"),
    path("s/<slug:slug>/withdraw/", ends.withdrawal, name="withdrawal"),
    path("s/<slug:slug>/withdrawn/", ends.withdrawn, name="withdrawn"),
    path("s/<slug:slug>/return/", ends.go_back, name="return"),
    path("s/<slug:slug>/<path:rest>", consent.elsewhere, name="elsewhere"),
    path("stimuli/<str:file_name>", consent.stimulus, name="stimulus"),
]
