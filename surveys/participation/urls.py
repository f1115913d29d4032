"""Addresses of participants' pages and of the images on them."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path

from surveys.participation import arrival, flow
from surveys.participation.leaving import views as leaving
from surveys.participation.pages import elsewhere, page_of
from surveys.participation.shown import at_hand, images, instructions, plates
from surveys.participation.shown.visual import registry as visual
from surveys.participation.steps.step import Step


def page_path(step: Step) -> str:
    """Return the address of a step's pages below the study's own."""
    place = step.path or f"{step.name}/"
    return f"{place}<int:position>/" if step.is_numbered else place


def pages() -> list[URLPattern]:
    steps = [*flow.STEPS[1:], flow.THANKS, flow.TURNED_AWAY, flow.STOPPED, flow.WITHDRAWN]
    views: list[tuple[Step, Callable[..., HttpResponse]]] = [
        *((step, page_of(step)) for step in steps),
        *((end, leaving.end_of(end)) for end in (flow.DECLINED, flow.NO_PLACE, flow.CLOSED)),
    ]
    return [path(f"s/<slug:slug>/{page_path(step)}", view, name=step.name) for step, view in views]


app_name = "surveys"
urlpatterns = [
    path("s/<slug:slug>/", arrival.start, name=flow.CONSENT.name),
    *pages(),
    path("s/<slug:slug>/arrived/", arrival.arrived, name="arrived"),
    path("s/<slug:slug>/withdraw/", leaving.withdrawal, name="withdrawal"),
    path("s/<slug:slug>/another/", leaving.another, name="another"),
    path("s/<slug:slug>/at-hand/", at_hand.at_hand, name=at_hand.NAME),
    path("s/<slug:slug>/instructions/", instructions.instructions, name=instructions.NAME),
    path("s/<slug:slug>/return/", leaving.go_back, name="return"),
    path("s/<slug:slug>/visual/<int:number>.png", visual.picture, name=visual.NAME),
    path("s/<slug:slug>/<path:rest>", elsewhere, name="elsewhere"),
    path("plates/<int:number>.svg", plates.plate, name="plate"),
    path("stimuli/<str:file_name>", images.stimulus, name="stimulus"),
]
