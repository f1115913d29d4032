"""Who did the study, by whose leave and with whose money, as its protocol states it."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.data.study_data import StudyData
from analysis.report.section import Section
from analysis.report.tables import Table

UNSTATED = "not stated by the study"


def about_section(study: StudyData) -> Section:
    """Return the facts of [study] and [pay], those that are missing named as such."""
    facts = dict(stated(study))
    frame = pd.DataFrame({"fact": list(facts), "stated": list(facts.values())})
    shown = frame.assign(stated=frame["stated"].replace("", UNSTATED))
    table = Table(
        "table_about",
        "What the study’s protocol states",
        frame,
        shown.set_axis(["", "Stated"], axis=1),
        "From the protocol’s [study] and [pay]; nobody has checked it.",
        text_columns=2,
    )
    return Section(title="About the study", tables=[table], numbers={"about": facts})


def stated(study: StudyData) -> Iterator[tuple[str, str]]:
    """Yield each fact with its text, empty where the protocol does not state it."""
    about, pay = _part(study, "study"), _part(study, "pay")
    yield "Authors", "; ".join(_author(author) for author in about.get("authors") or [])
    yield "Ethics", str(about.get("ethics") or "")
    yield "Funding", "; ".join(about.get("funding") or [])
    yield "Conflicts of interest", str(about.get("conflicts") or "")
    yield "Registration", str(about.get("registration") or "")
    yield "Contact", str(about.get("contact") or "")
    yield "Pay", _pay(pay)
    yield "Licence of the data", str(about.get("data_licence") or "")
    yield "Licence of the pictures", str(about.get("picture_licence") or "")


def _part(study: StudyData, name: str) -> dict[str, Any]:
    found = study.protocol.get(name)
    return found if isinstance(found, dict) else {}


def _author(author: dict[str, Any]) -> str:
    more = ", ".join(
        part for part in (author.get("institution"), author.get("orcid") and _orcid(author)) if part
    )
    return f"{author['name']} ({more})" if more else str(author["name"])


def _orcid(author: dict[str, Any]) -> str:
    return f"ORCID {author['orcid']}"


def _pay(pay: dict[str, Any]) -> str:
    parts = []
    if pay.get("base"):
        parts.append(f"{pay['base']:.2f} {pay['currency']} for finishing")
    if pay.get("per_correct"):
        beyond = " beyond chance" if pay.get("above_chance_only") else ""
        parts.append(f"{pay['per_correct']:.2f} {pay['currency']} for each right answer{beyond}")
    return ", ".join(parts)
