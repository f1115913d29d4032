"""Addresses of participants' pages and of the images on them."""

from django.urls import path

from surveys import views

app_name = "surveys"
urlpatterns = [
    path("s/<slug:slug>/", views.start, name="start"),
    path("s/<slug:slug>/introduction/", views.introduction, name="introduction"),
    path("s/<slug:slug>/trial/<int:position>/", views.trial, name="trial"),
    path("s/<slug:slug>/thanks/", views.thanks, name="thanks"),
    path("s/<slug:slug>/<path:rest>", views.elsewhere, name="elsewhere"),
    path("stimuli/<str:file_name>", views.stimulus, name="stimulus"),
]
