"""Addresses of a preview: those of the survey's own pages, under the same names."""

from django.urls import path

from surveys.console.design.preview import page
from surveys.participation import flow
from surveys.participation.shown.at_hand import NAME as AT_HAND
from surveys.participation.shown.instructions import NAME as INSTRUCTIONS
from surveys.participation.urls import page_path

app_name = "preview"
urlpatterns = [
    path("", page, name=flow.CONSENT.name),
    *[path(page_path(step), page, name=step.name) for step in (*flow.STEPS[1:], *flow.ENDS)],
    *[path(f"{name}/", page, name=name) for name in ("arrived", "return")],
    path("withdraw/", page, name="withdrawal"),
    path("at-hand/", page, name=AT_HAND),
    path("instructions/", page, name=INSTRUCTIONS),
]
