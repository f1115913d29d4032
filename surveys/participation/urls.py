"""Addresses of participants' pages and of the images on them."""

from django.urls import URLPattern, path

from surveys.participation import arrival, flow, images, leaving
from surveys.participation.pages import elsewhere, page_of
from surveys.participation.steps.step import Step


def page_path(step: Step) -> str:
    """Return the address of a step's pages below the study's own."""
    place = step.path or f"{step.name}/"
    return f"{place}<int:position>/" if step.is_numbered else place


def pages() -> list[URLPattern]:
    steps = [*flow.STEPS[1:], flow.THANKS, flow.TURNED_AWAY, flow.WITHDRAWN]
    return [
        path(f"s/<slug:slug>/{page_path(step)}", page_of(step), name=step.name) for step in steps
    ]


app_name = "surveys"
urlpatterns = [
    path("s/<slug:slug>/", arrival.start, name=flow.CONSENT.name),
    *pages(),
    path("s/<slug:slug>/arrived/", arrival.arrived, name="arrived"),
    path("s/<slug:slug>/declined/", leaving.declined, name="declined"),
    path("s/<slug:slug>/no-place/", leaving.no_place, name="no_place"),
    path("s/<slug:slug>/withdraw/", leaving.withdrawal, name="withdrawal"),
    path("s/<slug:slug>/return/", leaving.go_back, name="return"),
    path("s/<slug:slug>/<path:rest>", elsewhere, name="elsewhere"),
    path("stimuli/<str:file_name>", images.stimulus, name="stimulus"),
]
