"""The results as one self-contained HTML file."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from analysis.data.designs import Design
from analysis.data.labels import condition_in_full, listed
from analysis.data.scores import conditions_of
from analysis.data.study_data import StudyData
from analysis.report.numbers import count, participants
from analysis.report.results import Results
from analysis.report.section import Illustration
from analysis.report.style import inline_svg
from analysis.report.versions import library_versions

TEMPLATES = Path(__file__).parents[1] / "templates" / "analysis"


def render_report(results: Results) -> str:
    """Return report.html, with styles and figures inline and no link to another file."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    study = results.study
    return environment.get_template("report.html").render(
        study=study,
        plan=results.plan,
        sections=results.sections,
        conditions=listed([condition_in_full(name) for name in conditions_of(study.scores)]),
        seen=_seen(study.design),
        arrived=_arrived(study),
        n_conditions=len(conditions_of(study.scores)),
        versions=library_versions(),
        svg=_svg,
        unbroken=_unbroken,
        count=count,
        participants=participants,
    )


def _arrived(study: StudyData) -> str:
    """How many arrived, where not all of them are analysed."""
    n = 0 if study.participants is None else len(study.participants)
    return f"; {count(n)} arrived" if n > study.n_participants else ""


def _seen(design: Design) -> str:
    """Who saw the conditions, where they did not see one each."""
    if not design.shared:
        return ""
    if not design.own:
        return ", all seen by each participant"
    names = listed([condition_in_full(name) for name in design.shared])
    return f"; each participant saw {names}, beside one of the others"


def _unbroken(text: str) -> str:
    """No line break inside a number with its unit, power or sign."""
    for mark in (" × ", " % CI", " %", " = ", " − ", " < ", " > ", " ≠ ", " ± "):
        text = text.replace(mark, mark.replace(" ", "\u00a0"))
    return text


def _svg(illustration: Illustration) -> Markup:
    # From our own figure; inline_svg escapes the one text from outside.
    return Markup(inline_svg(illustration.figure, illustration.text_alternative))  # noqa: S704
