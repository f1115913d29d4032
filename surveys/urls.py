"""Addresses of participants' pages and of the images on them."""

from django.urls import path

from surveys import end_views, step_views, trial_views, views

app_name = "surveys"
urlpatterns = [
    path("s/<slug:slug>/", views.start, name="start"),
    path("s/<slug:slug>/declined/", end_views.declined, name="declined"),
    path("s/<slug:slug>/no-place/", end_views.no_place, name="no_place"),
    path("s/<slug:slug>/comprehension/", step_views.comprehension, name="comprehension"),
    path("s/<slug:slug>/assignment/", step_views.assignment, name="assignment"),
    path("s/<slug:slug>/introduction/", step_views.introduction, name="introduction"),
    path("s/<slug:slug>/practice/<int:position>/", step_views.practice, name="practice"),
    path("s/<slug:slug>/trial/<int:position>/", trial_views.trial, name="trial"),
    path("s/<slug:slug>/questions/<int:position>/", step_views.questionnaire, name="questionnaire"),
    path("s/<slug:slug>/debriefing/", step_views.debriefing, name="debriefing"),
    path("s/<slug:slug>/thanks/", end_views.thanks, name="thanks"),
    path("s/<slug:slug>/ended/", end_views.turned_away, name="turned_away"),
    path("s/<slug:slug>/withdraw/", end_views.withdrawal, name="withdrawal"),
    path("s/<slug:slug>/withdrawn/", end_views.withdrawn, name="withdrawn"),
    path("s/<slug:slug>/return/", end_views.go_back, name="return"),
    path("s/<slug:slug>/<path:rest>", views.elsewhere, name="elsewhere"),
    path("stimuli/<str:file_name>", views.stimulus, name="stimulus"),
]
