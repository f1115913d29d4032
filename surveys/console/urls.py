"""Addresses of the researcher's console."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from surveys.console import studies

app_name = "console"
urlpatterns = [
    path("", studies.home, name="home"),
    path("login/", LoginView.as_view(template_name="console/login.html"), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("surveys/<slug:slug>/", studies.survey, name="survey"),
    path("surveys/<slug:slug>/status/", studies.change_status, name="status"),
]
