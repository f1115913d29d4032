"""Addresses of the researcher's console."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from surveys import console_views

app_name = "console"
urlpatterns = [
    path("", console_views.home, name="home"),
    path("login/", LoginView.as_view(template_name="console/login.html"), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("surveys/<slug:slug>/", console_views.survey, name="survey"),
    path("surveys/<slug:slug>/status/", console_views.change_status, name="status"),
]
